//! Provisioning as directories do it: what providers document that they send, request by request, with what is answered and what it did in
//! the house. The bodies stand in files, word by word as the providers have them (`crates/scim/tests/requests`) or restated
//! (`scim_directories/requests`); the ids in them are put in the place of those that this server gave.

#[path = "scim_directories/entra.rs"]
mod entra;
#[path = "scim_directories/okta.rs"]
mod okta;
#[path = "scim_directories/protocol.rs"]
mod protocol;
#[path = "scim_directories/rights.rs"]
mod rights;

use std::path::PathBuf;

use access::{Actor, Command, Moment, PersonId, PublicId, Version, command::SystemSubject};
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode},
};
use http_body_util::BodyExt;
use ledger::{Beginning, NewSession, Options, SignInProof};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::{World, token_of};

const SUPER_ADMIN: &str = "rol_00000000000000000000000000000001";
const ADMIN: &str = "rol_00000000000000000000000000000002";
const MEMBER: &str = "rol_00000000000000000000000000000003";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The folders of bodies, from here.
const FOLDERS: [&str; 2] = [
    "../scim/tests/requests",
    "tests/routes/scim_directories/requests",
];

fn folder(place: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(place)
}

/// A body by the name of its file, with what the provider calls something in the place of what this server does.
fn body(name: &str, ids: &[(&str, &str)]) -> Value {
    let text = FOLDERS.iter().find_map(|place| {
        let file = folder(place).join(name).with_extension("json");
        std::fs::read_to_string(file).ok()
    });
    let mut text = text.unwrap_or_else(|| panic!("there is no request {name}"));
    for (theirs, ours) in ids {
        assert!(text.contains(theirs), "{name} does not name {theirs}");
        text = text.replace(theirs, ours);
    }
    serde_json::from_str(&text).unwrap()
}

/// What is answered.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    fn id(&self) -> String {
        self.body["id"].as_str().unwrap().to_owned()
    }

    /// It is this refusal, in the form of RFC 7644 §3.12.
    #[track_caller]
    fn is_refused(&self, status: u16, keyword: Option<&str>) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.body["schemas"], json!([ERROR]), "{}", self.body);
        assert_eq!(self.body["status"], status.to_string(), "{}", self.body);
        assert_eq!(self.body["scimType"].as_str(), keyword, "{}", self.body);
    }

    /// The resources of a list (RFC 7644 §3.4.2), which is whole.
    #[track_caller]
    fn resources(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.body);
        assert_eq!(self.body["schemas"], json!([LIST]));
        let resources = self.body["Resources"].as_array();
        let resources = resources.cloned().unwrap_or_default();
        assert_eq!(self.body["totalResults"], resources.len(), "{}", self.body);
        resources
    }
}

/// A provider of identities with a connection, and the house that it writes to.
struct Directory {
    world: World,
    /// The connection.
    connection: String,
    token: String,
}

impl Directory {
    /// One that may give whatever can be mapped.
    async fn connect(db: &TestDatabase) -> Self {
        let world = World::make(db).await;
        let rights = json!({"configure_desk": true, "contact_admin": true});
        let new =
            json!({"name": "Directory", "kind": "provisioning", "role": ADMIN, "rights": rights});
        let connection = world.done(Method::POST, "/api/v1/connections", new).await;
        let token = connection_token(&world, &connection).await;
        Self {
            world,
            connection,
            token,
        }
    }

    /// As a directory asks: a path below `/scim/v2`, with its filter as it is written, and a body in the media type of SCIM.
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        self.ask_with(method, path, body, &[]).await
    }

    async fn ask_with(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/scim/v2{}", encoded(path)))
            .header("accept", "application/scim+json");
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = match body {
            None => request.body(Body::empty()),
            Some(body) => request
                .header("content-type", "application/scim+json; charset=utf-8")
                .body(Body::from(body.to_string())),
        };
        let response = self.world.response(request.unwrap()).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let reply = Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        };
        if !bytes.is_empty() && reply.status != 401 {
            let media = reply.header("content-type");
            assert!(
                media.starts_with("application/scim+json"),
                "{path}: {media} {:?}",
                bytes
            );
        }
        reply
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path, None).await
    }

    /// What is there.
    async fn read(&self, path: &str) -> Value {
        let reply = self.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.body
    }

    /// Makes something of a body.
    async fn create(&self, path: &str, body: Value) -> Reply {
        let reply = self.ask(Method::POST, path, Some(body)).await;
        assert_eq!(reply.status, 201, "{path}: {}", reply.body);
        reply
    }

    /// A change that is done: answered with the whole resource, or with nothing (RFC 7644 §3.5.2).
    async fn patch(&self, path: &str, body: Value) {
        let reply = self.ask(Method::PATCH, path, Some(body)).await;
        assert!([200, 204].contains(&reply.status), "{path}: {}", reply.body);
    }

    async fn put(&self, path: &str, body: Value) -> Value {
        let reply = self.ask(Method::PUT, path, Some(body)).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.body
    }

    async fn delete(&self, path: &str) {
        let reply = self.ask(Method::DELETE, path, None).await;
        assert_eq!((reply.status, reply.body), (204, Value::Null), "{path}");
        self.get(path).await.is_refused(404, None);
    }

    /// A user who is not of the provider's examples.
    async fn user(&self, name: &str) -> String {
        let new = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": format!("{name}@directory.example"),
            "externalId": format!("HR-{name}"),
            "displayName": name,
            "emails": [{"value": format!("{name}@directory.example"), "type": "work", "primary": true}],
        });
        self.create("/Users", new).await.id()
    }

    /// A group with members.
    async fn group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<_> = members.iter().map(|id| json!({"value": id})).collect();
        let new = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": name, "members": members,
        });
        self.create("/Groups", new).await.id()
    }

    // ---- what it did in the house ----

    /// Reads something as the owner of the account.
    async fn house(&self, path: &str) -> Value {
        let answer = self.world.get(path, &self.world.owner).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.body
    }

    async fn person(&self, id: &str) -> Value {
        self.house(&format!("/api/v1/people/{id}")).await
    }

    /// Name, address, external id and status of somebody.
    async fn known_as(&self, id: &str) -> [String; 4] {
        let person = self.person(id).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        [
            text(&person["name"]),
            text(&person["email"]).to_lowercase(),
            text(&person["external_id"]),
            text(&person["user"]["status"]),
        ]
    }

    async fn status(&self, id: &str) -> String {
        let [.., status] = self.known_as(id).await;
        status
    }

    fn version(&self) -> Version {
        self.world.account.state().version()
    }

    /// What the groups of the directory are mapped to.
    async fn map(&self, mappings: Value) {
        let path = format!("/api/v1/connections/{}/mappings", self.connection);
        let body = json!({"mappings": mappings});
        self.world.done(Method::PUT, &path, body).await;
    }

    /// The kinds of what somebody has by mappings alone; nothing is wanted in vain.
    async fn held(&self, id: &str) -> Vec<String> {
        let body = self.house(&format!("/api/v1/people/{id}/mapped")).await;
        assert_eq!(body["unmet"], json!([]));
        let held = body["held"].as_array().unwrap().iter();
        let mut kinds: Vec<_> = held
            .map(|mapping| mapping["kind"].as_str().unwrap().to_owned())
            .collect();
        kinds.sort();
        kinds
    }

    fn resolved(&self, id: &str) -> PersonId {
        let id: PublicId<PersonId> = id.parse().unwrap();
        self.world.account.state().resolve(id).unwrap()
    }

    /// Somebody comes for the first time, and chooses a password; by hand there is a licence for them, without which nobody is active (AD-15).
    async fn accepts(&self, id: &str) {
        let seat = format!("/api/v1/licences/{{licence}}/holders/{id}");
        let seat = self.world.with_ids(&seat);
        self.world.done(Method::PUT, &seat, json!({})).await;
        let person = self.resolved(id);
        let possible = true;
        for command in [
            Command::AcceptInvitation { person },
            Command::SetSignIn { person, possible },
        ] {
            let actor = Actor::System(SystemSubject::SignIn);
            let options = Options::untold("tests");
            let done = self.world.account.submit(actor, command, options);
            done.await.unwrap();
        }
    }

    /// What somebody has in hands who works here: a browser in which they are signed in, and a token of their own.
    async fn works(&self, id: &str) -> InHands {
        let account = &self.world.account;
        let new = NewSession {
            person: self.resolved(id),
            tried: None,
            browser: "Firefox",
            ends_at: Moment(account.now().0 + 60_000 * 30),
            proved_at: None,
            proof: SignInProof::Password,
            through: None,
        };
        let begun = account.begin_sign_in_session(new, |_| true).await;
        let Beginning::Begun(secret, _) = begun.unwrap() else {
            panic!("somebody signs in");
        };
        let hands = InHands {
            cookie: format!("__Host-rolecall={} none", secret.reveal()),
            token: token_of(account, id).await,
        };
        assert_eq!(hands.open(&self.world).await, [true, true]);
        hands
    }
}

/// A cookie and a token.
struct InHands {
    cookie: String,
    token: String,
}

impl InHands {
    /// Whether each of them is still good.
    async fn open(&self, world: &World) -> [bool; 2] {
        let page = world.get("/", &self.cookie).await.status;
        let me = world.get("/api/v1/me", &self.token).await.status;
        [page, me].map(|status| status == StatusCode::OK)
    }
}

/// A token for a connection.
async fn connection_token(world: &World, connection: &str) -> String {
    let path = format!("/api/v1/connections/{connection}/tokens");
    let body = json!({"name": "Directory", "expires": world.soon});
    let owner = Some(world.owner.as_str());
    let made = world.send(Method::POST, &path, owner, Some(body)).await;
    made.body["secret"].as_str().unwrap().to_owned()
}

/// An address in which a filter stands as it is written.
fn encoded(path: &str) -> String {
    let one = |sign: char| match sign {
        ' ' => "%20".to_owned(),
        '"' => "%22".to_owned(),
        '[' => "%5B".to_owned(),
        ']' => "%5D".to_owned(),
        sign => sign.to_string(),
    };
    path.chars().map(one).collect()
}

#[test]
fn every_request_has_a_source_and_is_sent() {
    let here = folder(FOLDERS[1]);
    let readme = std::fs::read_to_string(here.join("README.md")).unwrap();
    let walks = [
        include_str!("scim_directories/entra.rs"),
        include_str!("scim_directories/okta.rs"),
    ]
    .concat();
    let mut known = 0;
    for place in FOLDERS {
        for file in std::fs::read_dir(folder(place)).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let Some(name) = name.strip_suffix(".json") else {
                continue;
            };
            known += 1;
            assert!(walks.contains(&format!("\"{name}\"")), "{name} is not sent");
            let has_source = place == FOLDERS[0] || readme.contains(&format!("`{name}.json` |"));
            assert!(has_source, "{name} has no source");
        }
    }
    assert!(known > 20);
}
