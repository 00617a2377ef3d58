//! An account with a connection that may be told, over HTTP and without a socket; and the worker that tells.

use std::{sync::Arc, time::Duration};

use access::{
    Actor, Command, Moment, PersonId, PublicId, TokenId, Version, command::SystemSubject,
    state::TokenOwner,
};
use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode},
    response::Response,
};
use http_body_util::BodyExt;
use ledger::{
    Account, Change, Clock, DatabaseConfig, Engine, FakeClock, NewSecret, Of, Options, Purpose,
    Secret, SystemClock, SystemRandomness,
};
use outgoing::{Allowed, Outgoing};
use serde_json::{Value, json};
use testkit::{certificates, databases::TestDatabase};
use tokio::{sync::oneshot, task::JoinHandle};
use tower::ServiceExt;
use web::Limits;

pub struct House {
    router: Router,
    pub engine: Engine,
    pub account: Account,
    pub clock: Option<FakeClock>,
    /// Token of the owner.
    pub owner: String,
    /// A connection that may be told, its role, and a token of it.
    pub listener: String,
    pub role: String,
    pub listener_token: String,
    workers: Vec<(oneshot::Sender<()>, JoinHandle<()>)>,
}

/// Where `localhost` leads.
fn here() -> Allowed {
    ["127.0.0.0/8", "::1/128"]
        .map(|network| network.parse().unwrap())
        .to_vec()
        .into()
}

impl House {
    /// With a clock that a test moves.
    pub async fn open(db: &TestDatabase) -> Self {
        let clock = FakeClock::at(Moment(1_790_000_000_000));
        Self::with(db, Some(clock), here()).await
    }

    /// With the clock of the machine.
    pub async fn in_real_time(db: &TestDatabase) -> Self {
        Self::with(db, None, here()).await
    }

    /// As servers are by default: nothing inside of a network is spoken to.
    pub async fn closed(db: &TestDatabase) -> Self {
        Self::with(db, None, Allowed::default()).await
    }

    async fn with(db: &TestDatabase, clock: Option<FakeClock>, allowed: Allowed) -> Self {
        let time: Arc<dyn Clock> = match &clock {
            Some(clock) => Arc::new(clock.clone()),
            None => Arc::new(SystemClock),
        };
        let config = DatabaseConfig::at(&db.address);
        let randomness = Arc::new(SystemRandomness);
        let engine = Engine::open(config, time, randomness, rolecall::CONSEQUENCES);
        let engine = engine.await.unwrap();
        let limits = Limits {
            per_address: 1_000_000,
            per_token: 1_000_000,
            outgoing: allowed,
            ..Limits::default()
        };
        let router = rolecall::wiring::router(engine.clone(), limits, Vec::new()).unwrap();
        let account = engine.create_account().await.unwrap();
        let mut house = Self {
            router,
            engine,
            account,
            clock,
            owner: String::new(),
            listener: String::new(),
            role: String::new(),
            listener_token: String::new(),
            workers: Vec::new(),
        };
        house.set_up().await;
        house
    }

    async fn set_up(&mut self) {
        let expires = Moment(self.account.now().0 + 60_000);
        let link = self.account.set_up_secret(expires).await.unwrap();
        let body =
            json!({"link": link.reveal(), "name": "Olga Owner", "email": "owner@example.net"});
        let opened = self
            .send(Method::POST, "/api/v1/set-up", "", Some(body))
            .await;
        self.owner = opened["token"].as_str().unwrap().to_owned();
        let role = json!({"name": "Listening", "permissions": ["admin.audit.view"]});
        self.role = self.made("roles", role).await;
        (self.listener, self.listener_token) = self.connection(&self.role.clone()).await;
    }

    /// A connection with a role, and a token of it.
    pub async fn connection(&self, role: &str) -> (String, String) {
        let connection = json!({"name": "Mirror", "role": role});
        let id = self.made("connections", connection).await;
        let ends = web::decision::timestamp(Moment(self.account.now().0 + 86_400_000 * 300));
        let token = json!({"name": "Mirror", "expires": ends.to_string()});
        let path = format!("connections/{id}/tokens");
        let made = self.ask(Method::POST, &path, Some(token)).await;
        (id, made["secret"].as_str().unwrap().to_owned())
    }

    /// One more server begins to tell.
    pub fn tell(&mut self) {
        let outgoing = Outgoing::new(here(), &[certificates::root()]).unwrap();
        let worker = events::Worker::new(self.engine.clone(), outgoing);
        let (stop, stopped) = oneshot::channel();
        let stopped = async move {
            let _ = stopped.await;
        };
        self.workers.push((stop, tokio::spawn(worker.run(stopped))));
    }

    /// Stops it, as a server stops.
    pub async fn stop_telling(&mut self) {
        let (stop, worker) = self.workers.remove(0);
        stop.send(()).unwrap();
        worker.await.unwrap();
    }

    /// The first that tells dies, in the middle of whatever it does.
    pub async fn kill_telling(&mut self) {
        let (_stop, worker) = self.workers.remove(0);
        worker.abort();
        assert!(worker.await.unwrap_err().is_cancelled());
    }

    /// Lets time pass, and the server hear its database again.
    pub async fn advance(&self, by: Duration) {
        self.clock.as_ref().unwrap().advance(by);
        while !self.account.is_current() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Sends a request of somebody.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Response {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = match body {
            None => request.body(Body::empty()),
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
        };
        self.router.clone().oneshot(request.unwrap()).await.unwrap()
    }

    /// What somebody is answered, and with which status.
    pub async fn answer(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> (StatusCode, Value) {
        let response = self.request(method, path, token, body, headers).await;
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        (
            status,
            serde_json::from_slice(&bytes).unwrap_or_else(|_| text()),
        )
    }

    /// What a page answers: where it leads, or what it shows.
    pub async fn page(&self, request: Request<Body>) -> (StatusCode, String) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let to = response.headers().get("location");
        let to = to.map(|to| to.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let shown = || String::from_utf8_lossy(&bytes).into_owned();
        (status, to.unwrap_or_else(shown))
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Value {
        let (status, answer) = self.answer(method, path, token, body, &[]).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    /// Asks the API as the owner.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let owner = self.owner.clone();
        self.send(method, &format!("/api/v1/{path}"), &owner, body)
            .await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, None).await
    }

    /// Makes something as the owner.
    pub async fn made(&self, path: &str, body: Value) -> String {
        let made = self.ask(Method::POST, path, Some(body)).await;
        made["id"].as_str().unwrap_or_default().to_owned()
    }

    /// A subscription to everything: its id and its secret.
    pub async fn webhook(&self, url: &str) -> (String, String) {
        self.webhook_to(url, &[]).await
    }

    /// A subscription to some kinds; to all where none is named.
    pub async fn webhook_to(&self, url: &str, kinds: &[&str]) -> (String, String) {
        let mut new = json!({"name": "Hook", "connection": self.listener, "url": url});
        if !kinds.is_empty() {
            new["kinds"] = json!(kinds);
        }
        let made = self.ask(Method::POST, "subscriptions", Some(new)).await;
        let text = |field: &str| made[field].as_str().unwrap_or_default().to_owned();
        (text("id"), text("secret"))
    }

    /// A user who accepted the invitation.
    pub async fn user(&self, name: &str, email: &str) -> String {
        let id = self
            .made("people/users", json!({"name": name, "email": email}))
            .await;
        let person = id.parse::<PublicId<PersonId>>().unwrap();
        let person = self.account.state().resolve(person).unwrap();
        let actor = Actor::System(SystemSubject::SignIn);
        let accept = Command::AcceptInvitation { person };
        let done = self
            .account
            .submit(actor, accept, Options::untold("tests"))
            .await;
        done.unwrap();
        id
    }

    /// A token of a user's own.
    pub async fn token_of(&self, person: &str) -> String {
        let person = person.parse::<PublicId<PersonId>>().unwrap();
        let person = self.account.state().resolve(person).unwrap();
        let id = PublicId::<TokenId>::new(self.engine.new_uuid());
        let expires = Moment(self.account.now().0 + 86_400_000);
        let secret = Secret::make(self.engine.randomness().as_ref());
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
        let options = Options::untold("tests");
        let done = self
            .account
            .submit(Actor::Person(person), change, options)
            .await;
        done.unwrap();
        secret.reveal().to_owned()
    }

    pub fn version(&self) -> Version {
        self.account.state().version()
    }

    /// What is listed of a subscription.
    pub async fn deliveries(&self, id: &str, list: &str) -> Vec<Value> {
        let listed = self.get(&format!("subscriptions/{id}/deliveries")).await;
        listed[list].as_array().unwrap().clone()
    }

    /// Waits until so many stand in a list of a subscription.
    pub async fn until_listed(&self, id: &str, list: &str, many: usize) -> Vec<Value> {
        for _ in 0..4_000 {
            let listed = self.deliveries(id, list).await;
            if listed.len() == many {
                return listed;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!(
            "not {many} are {list}: {:?}",
            self.deliveries(id, list).await
        );
    }

    /// Waits until the one message that waits was tried so many times, as it is listed.
    pub async fn until_tried(&self, id: &str, tries: usize) {
        for _ in 0..4_000 {
            let waiting = self.until_listed(id, "waiting", 1).await;
            if waiting[0]["attempts"] == json!(tries) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it was not tried {tries} times");
    }

    /// Waits until a subscription stands so.
    pub async fn until_state(&self, id: &str, state: &str) {
        for _ in 0..4_000 {
            if self.get(&format!("subscriptions/{id}")).await["state"] == state {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it is not {state}");
    }
}
