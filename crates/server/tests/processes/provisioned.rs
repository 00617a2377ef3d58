//! A directory is connected to a running server, and somebody comes, works, and goes: what the mappings gave is theirs, a second program
//! asks over AuthZEN and is told why, and whoever is switched off at the directory has nothing within a second.

use std::sync::Arc;
use std::time::Duration;

use access::{Moment, PersonId, PublicId};
use ledger::{
    Beginning, DatabaseConfig, Engine, NewSession, SignInProof, SystemClock, SystemRandomness,
};
use reqwest::{Method, StatusCode, redirect};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use tokio::time::{Instant, timeout};

use crate::directory::{Directory, address, connect};
use crate::program::{Client, Server, printed};
use crate::receiver::Receiver;

testkit::on_both![
    ad_24_whoever_is_switched_off_at_the_directory_has_nothing_within_a_second,
    ad_28_what_a_mapping_gave_ends_with_the_group_while_somebody_hears_by_it,
    a_directory_that_asks_too_often_is_told_when_to_come_back,
];

const AUDIT: &str = "admin.audit.view";
const CREATE: &str = "service_desk.record.create";
/// A webhook of these tests is on this machine, and they ask often.
const OPTIONS: [&str; 4] = [
    "--outgoing-network",
    "127.0.0.0/8",
    "--requests-per-token",
    "1000000",
];
const SECOND: Duration = Duration::from_secs(1);

/// A house with a directory, what its two groups are mapped to, and a second program that asks.
struct House {
    db: TestDatabase,
    server: Server,
    /// It follows no redirect: whoever is not signed in is led away.
    http: reqwest::Client,
    owner: Client,
    directory: Directory,
    gateway: String,
    service: String,
    /// The group of the directory that gives the role of auditors, and the one that gives work in the service.
    auditors: String,
    desk: String,
    ada: String,
    bob: String,
    /// What they give.
    role: String,
    pool: String,
}

impl House {
    async fn open(db: TestDatabase) -> Self {
        let mut server = Server::with(&db.address, &OPTIONS);
        let first = server.set_up().await;
        let owner = server.client(&first.token);
        let service = json!({"name": "Payroll", "first_administrator": first.person});
        let service = owner.made("/services", service).await;
        let pool =
            json!({"name": "Desk", "product": "service_desk", "model": "named", "seats": 20});
        let pool = owner.made("/licences", pool).await;
        let role = json!({"name": "Auditor", "permissions": [AUDIT]});
        let role = owner.made("/roles", role).await;
        let asking = json!({"name": "Asking", "permissions": ["admin.access.ask"]});
        let asking = owner.made("/roles", asking).await;
        let gateway = json!({"name": "Gateway", "role": asking});
        let (_, gateway) = connect(&owner, gateway).await;

        let directory = Directory::connect(&server, &owner).await;
        let [ada, bob, cyd] = [
            directory.user("Ada").await,
            directory.user("Bob").await,
            directory.user("Cyd").await,
        ];
        let auditors = directory.group("Auditors", &[&ada]).await;
        let desk = directory.group("Payroll desk", &[&ada, &bob, &cyd]).await;
        let client = reqwest::Client::builder().redirect(redirect::Policy::none());
        Self {
            db,
            server,
            http: client.build().unwrap(),
            owner,
            directory,
            gateway,
            service,
            auditors,
            desk,
            ada,
            bob,
            role,
            pool,
        }
    }

    /// What the groups give: a licence first, with which people come, and then all of it, which is looked at before it is saved.
    async fn give(&self) -> String {
        let path = format!("/connections/{}/mappings", self.directory.connection);
        let licence = json!({"provider_group": self.desk, "kind": "licence", "id": self.pool});
        let first = json!({"mappings": [licence]});
        self.owner.done(Method::PUT, &path, first).await;
        let token = self.comes("Ada").await;
        self.comes("Bob").await;
        let all = json!({"mappings": [
            {"provider_group": self.auditors, "kind": "account_role", "id": self.role},
            licence,
            {"provider_group": self.desk, "kind": "service", "id": self.service, "level": "user"},
        ]});
        let tried = format!("{path}?dry_run=true");
        let tried = self.owner.done(Method::PUT, &tried, all.clone()).await;
        let gains = tried.body["effect"]["gains"].to_string();
        assert!(gains.contains(AUDIT) && gains.contains(CREATE), "{gains}");
        assert_eq!(self.held(&self.ada).await, ["licence"]);
        self.owner.done(Method::PUT, &path, all).await;
        token
    }

    /// The kinds of what somebody has by mappings alone.
    async fn held(&self, person: &str) -> Vec<String> {
        let body = self.owner.read(&format!("/people/{person}/mapped")).await;
        assert_eq!(body["unmet"], json!([]));
        let held = body["held"].as_array().unwrap().iter();
        let mut kinds: Vec<_> = held
            .map(|mapping| mapping["kind"].as_str().unwrap().to_owned())
            .collect();
        kinds.sort();
        kinds
    }

    /// What the second program is told of somebody whom it knows by the directory's id.
    async fn asks(&self, external_id: &str, action: &str, resource: Value) -> Value {
        let question = json!({
            "subject": {"type": "person", "id": external_id},
            "action": {"name": action},
            "resource": resource,
        });
        let answer = self
            .http
            .post(format!("{}/access/v1/evaluation", self.server.url))
            .bearer_auth(&self.gateway)
            .json(&question)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "a no is an answer");
        answer.json().await.unwrap()
    }

    /// May they read the audit log?
    async fn audits(&self, external_id: &str) -> Value {
        let account = json!({"type": "account", "id": "account"});
        self.asks(external_id, AUDIT, account).await
    }

    /// May they work in the service?
    async fn works(&self, external_id: &str) -> Value {
        let service = json!({"type": "service", "id": self.service});
        self.asks(external_id, CREATE, service).await
    }

    /// Somebody of the directory comes for the first time: a token of their own.
    async fn comes(&self, given: &str) -> String {
        let arguments = ["token", &address(given), "--accept-invitation"];
        let token = printed(&self.db.address, &arguments).trim().to_owned();
        // What another process wrote is heard of a moment later.
        for _ in 0..200 {
            if self.may("/api/v1/me", &token).await {
                return token;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the token of {given} is good for nothing");
    }

    /// A browser in which somebody is signed in: its cookie. The session is written beside the running server, as another node does.
    async fn signs_in(&self, person: &str) -> String {
        let engine = Engine::open(
            DatabaseConfig::at(&self.db.address),
            Arc::new(SystemClock),
            Arc::new(SystemRandomness),
            rolecall::CONSEQUENCES,
        );
        let engine = engine.await.unwrap();
        let account = engine.first_account().await.unwrap();
        let person: PublicId<PersonId> = person.parse().unwrap();
        let new = NewSession {
            person: account.state().resolve(person).unwrap(),
            tried: None,
            browser: "Firefox",
            ends_at: Moment(account.now().0 + 3_600_000),
            proved_at: None,
            proof: SignInProof::Password,
            through: None,
        };
        let begun = account.begin_sign_in_session(new, |_| true).await;
        let Beginning::Begun(secret, _) = begun.unwrap() else {
            panic!("somebody signs in");
        };
        let cookie = format!("__Host-rolecall={}", secret.reveal());
        engine.close().await;
        cookie
    }

    /// Whether a token is good for a path.
    async fn may(&self, path: &str, token: &str) -> bool {
        let request = self.http.get(format!("{}{path}", self.server.url));
        let answer = request.bearer_auth(token).send().await.unwrap();
        answer.status() == StatusCode::OK
    }

    /// Whether a browser with this cookie is let in, and not led to the sign-in page.
    async fn is_signed_in(&self, cookie: &str) -> bool {
        let request = self.http.get(format!("{}/", self.server.url));
        let answer = request.header("cookie", cookie).send().await.unwrap();
        answer.status() == StatusCode::OK
    }

    /// The live stream, which has begun.
    async fn listens(&self, token: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}/api/v1/events", self.server.url));
        let answer = request.bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer
    }

    /// Somebody's status, as the house says it.
    async fn status(&self, person: &str) -> Value {
        self.owner.read(&format!("/people/{person}")).await["user"]["status"].clone()
    }
}

/// Waits until a stream ends, and for no longer than a second.
async fn until_it_ends(mut stream: reqwest::Response) -> String {
    let mut heard = String::new();
    let rest = timeout(SECOND, async {
        while let Ok(Some(bytes)) = stream.chunk().await {
            heard += &String::from_utf8_lossy(&bytes);
        }
    });
    rest.await.expect("the stream ends within a second");
    heard
}

async fn ad_24_whoever_is_switched_off_at_the_directory_has_nothing_within_a_second(
    db: TestDatabase,
) {
    let receiver = Receiver::open().await;
    let house = House::open(db).await;
    let token = house.give().await;
    let (ada, bob) = (house.ada.as_str(), house.bob.as_str());
    assert_eq!(
        house.held(ada).await,
        ["account_role", "licence", "service"]
    );
    assert_eq!(house.held(bob).await, ["licence", "service"]);

    let cookie = house.signs_in(ada).await;
    assert!(house.is_signed_in(&cookie).await);
    let stream = house.listens(&token).await;

    // A second program asks, by the ids of the directory, and is told why.
    for (id, yes) in [("HR-Ada", true), ("HR-Bob", false), ("HR-Nobody", false)] {
        let answer = house.audits(id).await;
        assert_eq!(answer["decision"], yes, "{answer}");
        assert!(
            answer["context"]["reason_admin"]["en"].is_string(),
            "{answer}"
        );
    }
    let allowed = house.audits("HR-Ada").await;
    assert_ne!(allowed["context"]["paths"], Value::Null, "{allowed}");
    // Cyd is in the same group, and has not come yet (AD-15).
    for (id, yes) in [("HR-Ada", true), ("HR-Bob", true), ("HR-Cyd", false)] {
        let answer = house.works(id).await;
        assert_eq!(answer["decision"], yes, "{answer}");
    }

    // A program is told of it as it happens, and stays (AD-29).
    let listening = json!({"name": "Listening", "permissions": [AUDIT]});
    let listening = house.owner.made("/roles", listening).await;
    let (mirror, mirror_token) =
        connect(&house.owner, json!({"name": "Mirror", "role": listening})).await;
    let hook = json!({"name": "Hook", "connection": mirror, "url": receiver.url(), "kinds": ["person.user_set"]});
    let hook = house.owner.made("/subscriptions", hook).await;

    let off = json!({"op": "Replace", "path": "active", "value": "False"});
    house.directory.patch(&format!("/Users/{ada}"), off).await;
    let ended_at = Instant::now();
    assert!(!house.may("/api/v1/me", &token).await, "the token");
    assert!(!house.is_signed_in(&cookie).await, "the session");
    until_it_ends(stream).await;
    let no = house.audits("HR-Ada").await;
    assert_eq!(no["decision"], false);
    assert!(
        no["context"]["reason_admin"]["en"].is_string() && no["context"]["gates"].is_array(),
        "{no}"
    );
    assert_eq!(house.works("HR-Ada").await["decision"], false);
    let told = receiver.kind("person.user_set").await;
    assert!(told.body.contains(ada), "{}", told.body);
    assert!(ended_at.elapsed() < SECOND, "{:?}", ended_at.elapsed());

    assert_eq!(house.status(ada).await, "deactivated");
    assert_eq!(house.status(bob).await, "active");
    assert_eq!(house.works("HR-Bob").await["decision"], true);
    assert!(house.may("/api/v1/me", &mirror_token).await);
    let state = house.owner.read(&format!("/subscriptions/{hook}")).await["state"].clone();
    assert_eq!(state, "active");

    // Back at the directory, and here: nothing that ended comes back with the person (AD-24).
    let on = json!({"op": "Replace", "path": "active", "value": "True"});
    house.directory.patch(&format!("/Users/{ada}"), on).await;
    house.comes("Ada").await;
    assert_eq!(house.audits("HR-Ada").await["decision"], true);
    assert!(!house.may("/api/v1/me", &token).await);
    assert!(!house.is_signed_in(&cookie).await);

    // Gone from the directory: hidden there, and here a person who is switched off, until somebody erases them.
    let path = format!("/Users/{ada}");
    let gone = house.directory.ask(Method::DELETE, &path, None).await;
    assert_eq!(gone.status, 204);
    let read = house.directory.ask(Method::GET, &path, None).await;
    assert_eq!(read.status, 404);
    assert_eq!(house.status(ada).await, "deactivated");
    assert_eq!(house.audits("HR-Ada").await["decision"], false);
}

async fn ad_28_what_a_mapping_gave_ends_with_the_group_while_somebody_hears_by_it(
    db: TestDatabase,
) {
    let receiver = Receiver::open().await;
    let house = House::open(db).await;
    let token = house.give().await;
    let stream = house.listens(&token).await;
    assert!(house.may("/api/v1/audit", &token).await);
    let (mirror, _) = connect(&house.owner, json!({"name": "Mirror", "role": house.role})).await;
    let hook = json!({"name": "Hook", "connection": mirror, "url": receiver.url()});
    house.owner.made("/subscriptions", hook).await;

    let leaves = json!({"op": "remove", "path": format!("members[value eq \"{}\"]", house.ada)});
    let group = format!("/Groups/{}", house.auditors);
    house.directory.patch(&group, leaves).await;
    let ended_at = Instant::now();
    until_it_ends(stream).await;
    assert!(!house.may("/api/v1/audit", &token).await);
    assert!(
        house.may("/api/v1/me", &token).await,
        "the token alone goes on"
    );
    assert_eq!(house.audits("HR-Ada").await["decision"], false);
    receiver.kind("access.role_set").await;
    assert!(ended_at.elapsed() < SECOND, "{:?}", ended_at.elapsed());
    // What the other group gave stays.
    assert_eq!(house.held(&house.ada).await, ["licence", "service"]);
    assert_eq!(house.works("HR-Ada").await["decision"], true);
}

/// RFC 7644 leaves it to HTTP: 429, with the seconds after which there is room again, and a body like all refusals of SCIM.
async fn a_directory_that_asks_too_often_is_told_when_to_come_back(db: TestDatabase) {
    let mut server = Server::with(&db.address, &["--requests-per-token", "10"]);
    let owner = server.set_up().await;
    let owner = server.client(&owner.token);
    let directory = Directory::connect(&server, &owner).await;
    let client = reqwest::Client::new();
    for _ in 0..50 {
        let request = client.get(format!("{}/Users", directory.base));
        let answer = request.bearer_auth(&directory.token).send().await.unwrap();
        if answer.status() == StatusCode::OK {
            continue;
        }
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        let after = answer.headers()["retry-after"].to_str().unwrap();
        assert!(after.parse::<u64>().unwrap() >= 1, "{after}");
        let body: Value = answer.json().await.unwrap();
        let error = "urn:ietf:params:scim:api:messages:2.0:Error";
        assert_eq!(
            (&body["schemas"], &body["status"]),
            (&json!([error]), &json!("429"))
        );
        // Whoever looks for what the directory was refused finds it.
        let log = format!("/connections/{}/provisioning-log", directory.connection);
        let log = owner.read(&log).await;
        let newest = &log["items"][0];
        let told = (&newest["status"], &newest["method"], &newest["route"]);
        assert_eq!(
            told,
            (&json!(429), &json!("GET"), &json!("/Users")),
            "{log}"
        );
        return;
    }
    panic!("fifty requests at once are too many");
}
