//! A small world over HTTP: one account with one thing of each kind, another account, and their tokens. No socket is opened.

use std::{collections::HashMap, sync::Arc};

use access::{
    Actor, Command, CompanyId, ConnectionId, Dense, Moment, PersonId, PublicId, TokenId,
    command::SystemSubject,
    state::{Facet, TokenOwner},
};
use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, request},
    response::Response,
};
use http_body_util::BodyExt;
use ledger::{
    Account, Beginning, Change, DatabaseConfig, Engine, NewSecret, NewSession, Of, Options,
    Purpose, Secret, SignInProof, SystemClock, SystemRandomness, Through,
};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use tower::ServiceExt;
use web::Limits;

use super::{bodies, document};

/// Ids by kind.
pub type Ids = HashMap<&'static str, String>;

pub struct World {
    router: Router,
    pub account: Account,
    pub ids: Ids,
    /// What else bodies name, as `{name}`: other people, and the marks of what was read.
    pub words: Ids,
    /// Token of the first user.
    pub owner: String,
    /// Token of an active user who holds a licence and nothing else.
    pub nobody: String,
    pub nobody_id: String,
    /// A moment at which a new token may end.
    pub soon: String,
    /// Token of the first user of another account.
    pub stranger: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub version: Option<String>,
    /// Where it leads, if it does.
    pub leads_to: String,
    /// The text of a page is a string.
    pub body: Value,
}

impl World {
    pub async fn make(db: &TestDatabase) -> Self {
        let config = DatabaseConfig::at(&db.address);
        let engine = Engine::open(
            config,
            Arc::new(SystemClock),
            Arc::new(SystemRandomness),
            rolecall::CONSEQUENCES,
        )
        .await
        .unwrap();
        let limits = Limits {
            per_address: 1_000_000,
            per_token: 1_000_000,
            ..Limits::default()
        };
        let router = rolecall::wiring::router(engine.clone(), limits, Vec::new()).unwrap();
        let account = engine.create_account().await.unwrap();
        let mut world = Self {
            router,
            account: account.clone(),
            ids: HashMap::new(),
            words: HashMap::new(),
            owner: String::new(),
            nobody: String::new(),
            nobody_id: String::new(),
            soon: web::decision::timestamp(Moment(engine.now().0 + 86_400_000)).to_string(),
            stranger: String::new(),
        };
        let opened = world.open(&account).await;
        world.owner = opened["token"].as_str().unwrap().to_owned();
        let first = opened["person"].as_str().unwrap().to_owned();
        world.fill(&first).await;
        world.nobody_id = world
            .user("Nobody Noone", "nobody@example.net", &account)
            .await;
        let seat = format!(
            "/api/v1/licences/{}/holders/{}",
            world.ids["licence"], world.nobody_id
        );
        world.done(Method::PUT, &seat, json!({})).await;
        world.nobody = token_of(&account, &world.nobody_id).await;
        world.words.insert("colleague", world.nobody_id.clone());
        let agent = world.user("Anton Agent", "anton@example.net", &account);
        let agent = agent.await;
        let seat = format!("/api/v1/queues/{}/agents/{agent}", world.ids["queue"]);
        let licence = json!({"licence": world.ids["cc_licence"]});
        world.done(Method::PUT, &seat, licence).await;
        world.words.insert("agent", agent);
        let manager = world.user("Mona Manager", "mona@example.net", &account);
        let manager = manager.await;
        let north = &world.ids["user_group"];
        let lead = json!({"name": "Lead", "permissions": ["admin.history.access"]});
        let lead = world.done(Method::POST, "/api/v1/roles", lead).await;
        let role = json!({"role": lead, "user_groups": [north]});
        let path = format!("/api/v1/people/{manager}/account-role");
        world.done(Method::PUT, &path, role).await;
        let path = format!("/api/v1/user-groups/{north}/extra-grants");
        let grant = json!({"permission": "admin.audit.view"});
        world.done(Method::POST, &path, grant).await;
        world.words.insert("manager", manager);
        let target = world
            .user("Tara Target", "target@example.net", &account)
            .await;
        world.ids.insert("person", target);
        for (path, body) in [("customer-facet", json!({})), ("agent", json!({}))] {
            let path = format!("/api/v1/people/{}/{path}", world.ids["person"]);
            let method = if path.ends_with("agent") {
                Method::PUT
            } else {
                Method::POST
            };
            world.done(method, &path, body).await;
        }
        let admin = format!("/api/v1/people/{}/account-admin", world.ids["person"]);
        world
            .done(Method::PUT, &admin, json!({"access": "full"}))
            .await;
        let seat = format!("/api/v1/licences/{}/holders/{first}", world.ids["licence"]);
        world.done(Method::PUT, &seat, json!({})).await;
        let other = engine.create_account().await.unwrap();
        world.stranger = world.open(&other).await["token"]
            .as_str()
            .unwrap()
            .to_owned();
        world
    }

    /// Sets an account up with its link.
    async fn open(&self, account: &Account) -> Value {
        let link = account
            .set_up_secret(Moment(account.now().0 + 60_000))
            .await
            .unwrap();
        let body =
            json!({"link": link.reveal(), "name": "Olga Owner", "email": "owner@example.net"});
        let answer = self
            .send(Method::POST, "/api/v1/set-up", None, Some(body))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    /// One thing of each kind, made by the owner.
    async fn fill(&mut self, first: &str) {
        let made = [
            (
                "licence",
                "licences",
                json!({"name": "Agents", "product": "remote_support", "model": "concurrent", "seats": 5}),
            ),
            (
                "cc_licence",
                "licences",
                json!({"name": "Voices", "product": "contact_centre", "model": "named", "seats": 9}),
            ),
            ("user_group", "user-groups", json!({"name": "North"})),
            ("device_group", "device-groups", json!({"name": "Tills"})),
            ("group", "groups", json!({"name": "Night shift"})),
            ("company", "companies", json!({"name": "Acme"})),
            (
                "service",
                "services",
                json!({"name": "Payroll", "first_administrator": first}),
            ),
            (
                "queue",
                "queues",
                json!({"name": "Front desk", "kind": "call"}),
            ),
            (
                "pause_reason",
                "contact-centre/pause-reasons",
                json!({"name": "Lunch"}),
            ),
            ("skill", "contact-centre/skills", json!({"name": "Frisian"})),
            (
                "prerecorded_message",
                "contact-centre/pre-recorded-messages",
                json!({"name": "Greeting", "text": "Welcome to Acme"}),
            ),
            (
                "prewritten_message",
                "contact-centre/pre-written-messages",
                json!({"name": "Goodbye", "text": "Have a good day"}),
            ),
            (
                "role",
                "roles",
                json!({"name": "Helper", "permissions": ["admin.history.access"]}),
            ),
        ];
        for (kind, path, body) in made {
            let id = self
                .done(Method::POST, &format!("/api/v1/{path}"), body)
                .await;
            self.ids.insert(kind, id);
        }
        for (word, list) in [
            ("pause_reason_mark", "pause-reasons"),
            ("skill_mark", "skills"),
            ("prerecorded_message_mark", "pre-recorded-messages"),
            ("prewritten_message_mark", "pre-written-messages"),
        ] {
            let path = format!("/api/v1/contact-centre/{list}");
            let listed = self.get(&path, &self.owner).await.body;
            let mark = listed["items"][0]["mark"].as_str().unwrap().to_owned();
            self.words.insert(word, mark);
        }
        let service = &self.ids["service"];
        let record = json!({"kind": "incident", "service": service, "title": "Printer on fire"});
        let path = "/api/v1/service-desk/records";
        let record = self.done(Method::POST, path, record).await;
        // Its number is 2.
        let other = json!({"kind": "incident", "service": service, "title": "Printer under water"});
        self.done(Method::POST, path, other).await;
        let read = self.get(&format!("{path}/{record}"), &self.owner).await;
        let mark = read.body["mark"].as_str().unwrap().to_owned();
        self.words.insert("record_mark", mark);
        let tags = format!("{path}/{record}/tags");
        let read = self.get(&tags, &self.owner).await;
        let mark = read.body["mark"].as_str().unwrap().to_owned();
        self.words.insert("tags_mark", mark);
        self.ids.insert("record", record);
        let query = json!({"name": "What is open", "question": "state=open"});
        let query = self
            .done(Method::POST, "/api/v1/service-desk/queries", query)
            .await;
        self.ids.insert("query", query);
        let actions = "/api/v1/service-desk/mass-actions";
        let chosen = format!("{actions}?service={}", self.ids["service"]);
        let change = json!({"change": {"priority": 2}});
        let action = self.done(Method::POST, &chosen, change).await;
        let start = format!("{actions}/{action}/start");
        self.done(Method::POST, &start, json!({})).await;
        self.ids.insert("action", action);
        let device = json!({"name": "Till 1", "device_group": self.ids["device_group"]});
        let kind = "sign_in_provider";
        let connection = json!({"name": "Sync", "role": self.ids["role"], "kind": kind});
        for (kind, path, body) in [
            ("device", "devices", device),
            ("connection", "connections", connection),
        ] {
            let id = self
                .done(Method::POST, &format!("/api/v1/{path}"), body)
                .await;
            self.ids.insert(kind, id);
        }
        let path = format!(
            "/api/v1/connections/{}/provider-groups",
            self.ids["connection"]
        );
        let group = self.done(Method::POST, &path, json!({"name": "Helpers"}));
        let group = group.await;
        self.ids.insert("provider_group", group);
        let token = json!({"name": "Robot", "expires": self.soon});
        let product = self
            .done(
                Method::POST,
                "/api/v1/products",
                json!({"catalogue": bodies::TODO}),
            )
            .await;
        let thing = json!({"side": "subject", "type": "user", "external_id": "morty"});
        let thing = self
            .done(
                Method::POST,
                &format!("/api/v1/products/{product}/things"),
                thing,
            )
            .await;
        self.ids.extend([("product", product), ("thing", thing)]);
        let role = json!({"name": "Listening", "permissions": ["admin.audit.view"]});
        let role = self.done(Method::POST, "/api/v1/roles", role).await;
        let listener = json!({"name": "Mirror", "role": role});
        let listener = self
            .done(Method::POST, "/api/v1/connections", listener)
            .await;
        let hook = json!({"name": "Hook", "connection": listener, "url": "https://receiver.example.org/hook"});
        let hook = self.done(Method::POST, "/api/v1/subscriptions", hook).await;
        let read = self
            .get(&format!("/api/v1/subscriptions/{hook}"), &self.owner)
            .await;
        let mark = read.body["mark"].as_str().unwrap().to_owned();
        self.words.insert("subscription_mark", mark);
        let provider = format!(
            "/api/v1/connections/{}/sign-in-provider",
            self.ids["connection"]
        );
        let set_up = json!({"issuer": "https://login.example.org/", "client_id": "desk", "audience": "staff"});
        self.done(Method::POST, &provider, set_up).await;
        let read = self.get(&provider, &self.owner).await;
        let mark = read.body["mark"].as_str().unwrap().to_owned();
        self.words.insert("provider_mark", mark);
        self.words.insert("listener", listener);
        self.ids.insert("subscription", hook);
        let path = format!("/api/v1/connections/{}/tokens", self.ids["connection"]);
        let id = self.done(Method::POST, &path, token).await;
        self.ids.insert("token", id);
    }

    /// A user who accepted the invitation.
    pub async fn user(&self, name: &str, email: &str, account: &Account) -> String {
        let id = self
            .done(
                Method::POST,
                "/api/v1/people/users",
                json!({"name": name, "email": email}),
            )
            .await;
        let person = account
            .state()
            .resolve(id.parse::<PublicId<PersonId>>().unwrap())
            .unwrap();
        let actor = Actor::System(SystemSubject::SignIn);
        account
            .submit(
                actor,
                Command::AcceptInvitation { person },
                Options::untold("tests"),
            )
            .await
            .unwrap();
        id
    }

    /// A browser in which somebody views as somebody else, in the place of a token.
    pub async fn viewing(&self, viewer: &str, viewed: &str) -> String {
        let id = |text: &str| text.parse::<PublicId<PersonId>>().unwrap();
        let state = self.account.state();
        let viewer = state.resolve(id(viewer)).unwrap();
        let viewed = state.resolve(id(viewed)).unwrap();
        let until = Moment(self.account.now().0 + 60_000 * 30);
        let new = NewSession {
            person: viewer,
            tried: None,
            browser: "Firefox",
            ends_at: until,
            proved_at: None,
            proof: SignInProof::Password,
            through: None,
        };
        let begun = self.account.begin_sign_in_session(new, |_| true).await;
        let Beginning::Begun(secret, _) = begun.unwrap() else {
            panic!("somebody signs in");
        };
        let sessions = self.account.sign_in_sessions(viewer, i64::MAX / 4).await;
        let session = &sessions.unwrap()[0].id;
        self.account
            .begin_viewing(session, viewer, viewed, until)
            .await
            .unwrap();
        let cookie = format!("__Host-rolecall={}", secret.reveal());
        let page = self.get("/", &format!("{cookie} none")).await;
        let (_, rest) = page
            .body
            .as_str()
            .unwrap()
            .split_once("You view as")
            .unwrap();
        let (_, rest) = rest.split_once(r#"name="form_token" value=""#).unwrap();
        format!("{cookie} {}", rest.split('"').next().unwrap())
    }

    /// A sign-in provider.
    pub async fn provider(&self) -> ConnectionId {
        let body = json!({"name": "Provider", "role": format!("rol_{:032x}", 3), "kind": "sign_in_provider"});
        let id = self.done(Method::POST, "/api/v1/connections", body).await;
        let id = id.parse::<PublicId<ConnectionId>>().unwrap();
        self.account.state().resolve(id).unwrap()
    }

    /// The cookie and the form token of somebody who came through a provider that opens one facet: for customers, those of the company.
    pub async fn through(&self, person: &str, provider: ConnectionId, facet: Facet) -> String {
        let state = self.account.state();
        let person = state.resolve(person.parse::<PublicId<PersonId>>().unwrap());
        let company = self.ids["company"].parse::<PublicId<CompanyId>>().unwrap();
        let through = Through {
            connection: provider,
            facet,
            companies: vec![state.resolve(company).unwrap()],
            subject_mark: "subject".into(),
            session_mark: None,
            goodbye: None,
        };
        let new = NewSession {
            person: person.unwrap(),
            tried: None,
            browser: "Firefox",
            ends_at: Moment(self.account.now().0 + 60_000 * 30),
            proved_at: None,
            proof: SignInProof::Provider { two_factors: true },
            through: Some(&through),
        };
        let begun = self.account.begin_sign_in_session(new, |_| true).await;
        let Beginning::Begun(secret, _) = begun.unwrap() else {
            panic!("somebody signs in");
        };
        let cookie = format!("__Host-rolecall={}", secret.reveal());
        let page = self
            .get("/account/sessions", &format!("{cookie} none"))
            .await;
        let page = page.body.as_str().unwrap().to_owned();
        let (_, rest) = page.split_once(r#"name="form_token" value=""#).unwrap();
        format!("{cookie} {}", rest.split('"').next().unwrap())
    }

    /// Does something as the owner; gives back the id of what was made, if something was.
    pub async fn done(&self, method: Method, path: &str, body: Value) -> String {
        let answer = self.send(method, path, Some(&self.owner), Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.body["id"].as_str().unwrap_or_default().to_owned()
    }

    /// Reads an address with things of the first account.
    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(Method::GET, &self.with_ids(path), Some(token), None)
            .await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let body = body.map(|body| body.to_string());
        self.send_text(method, path, token, body).await
    }

    /// The same with a body that is spelled as it is.
    pub async fn send_text(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<String>,
    ) -> Answer {
        self.send_with(method, path, token, body, &[]).await
    }

    /// The same with headers.
    pub async fn send_with(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request = signed(request, token);
        let request = match body {
            None => request.body(Body::empty()),
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body)),
        };
        self.answer(request.unwrap()).await
    }

    /// Sends a request as it is; the response as it comes.
    pub async fn response(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends a request as it is.
    pub async fn answer(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.response(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = response.into_body();
        // A stream does not end: that it begins is its answer.
        let is_stream = headers
            .get("content-type")
            .is_some_and(|media| media == "text/event-stream");
        let bytes = match is_stream {
            true => body
                .frame()
                .await
                .unwrap()
                .unwrap()
                .into_data()
                .unwrap_or_default(),
            false => body.collect().await.unwrap().to_bytes(),
        };
        let version = headers
            .get("rolecall-version")
            .map(|version| version.to_str().unwrap().to_owned());
        let location = headers.get("location");
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| match bytes.is_empty() {
            true => Value::Null,
            false => text(),
        });
        document::hold(&method, &path, status, &headers, &body);
        Answer {
            status,
            version,
            leads_to: location.map_or("", |to| to.to_str().unwrap()).to_owned(),
            body,
        }
    }
}

/// A request of whom a token stands for: a bearer's, or a browser's cookie with the proof of its forms.
pub fn signed(request: request::Builder, token: Option<&str>) -> request::Builder {
    match token.map(|token| (token, token.split_once(' '))) {
        None => request,
        Some((token, None)) => request.header("authorization", format!("Bearer {token}")),
        Some((_, Some((cookie, _)))) => request
            .header("cookie", cookie)
            .header("sec-fetch-site", "same-origin"),
    }
}

pub async fn token_of(account: &Account, person: &str) -> String {
    let person = account
        .state()
        .resolve(person.parse::<PublicId<PersonId>>().unwrap())
        .unwrap();
    let id = PublicId::<TokenId>::new(account.engine().new_uuid());
    // Longer than every route takes on a slow machine.
    let expires = Moment(account.now().0 + 3_600_000);
    let secret = Secret::make(account.engine().randomness().as_ref());
    let change = Change::from(Command::IssueToken {
        id,
        owner: TokenOwner::Person(person),
        expires,
    })
    .with_secret(NewSecret {
        purpose: Purpose::Token,
        of: Some(Of::public(id)),
        secret: secret.clone(),
        expires_at: Some(expires),
    });
    account
        .submit(Actor::Person(person), change, Options::untold("tests"))
        .await
        .unwrap();
    assert!(person.number() > 1, "nobody is not the owner");
    secret.reveal().to_owned()
}
