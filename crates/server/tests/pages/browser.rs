//! A server with one account, and a browser that keeps cookies and sends forms, without a script and without a socket.

use std::{sync::Arc, time::Duration};

use access::{Actor, Command, Moment, PersonId, PublicId, command::SystemSubject};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use ledger::{
    Account, Change, CredentialKind, DatabaseConfig, Engine, FakeClock, Field, NewCredential, Of,
    Options, ProfileWrite, SystemRandomness,
};
use sign_in::password::{Password, hash_now};
use testkit::databases::TestDatabase;
use tower::ServiceExt;
use web::{Limits, page::find::Stretches};

pub const OWNER: &str = "olga@example.net";
pub const PASSWORD: &str = "seven green tractors";
/// Short ones, so that a few dozen customers walk through several.
pub const STRETCHES: Stretches = Stretches { few: 5, first: 10 };

pub struct House {
    router: Router,
    pub engine: Engine,
    pub account: Account,
    pub clock: Arc<FakeClock>,
    pub owner: PersonId,
    mailbox: mail::Mailbox,
}

impl House {
    /// A house that is set up: Olga owns it, and has a password.
    pub async fn open(db: &TestDatabase) -> Self {
        Self::open_with(db, Self::limits()).await
    }

    /// The same, with other settings than those of every house.
    pub async fn open_with(db: &TestDatabase, limits: Limits) -> Self {
        let (mut house, link) = Self::new_with(db, limits).await;
        let mut browser = house.browser();
        let done = browser.send("/set-up", &first_user(&link)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        house.owner = house.person(OWNER).await;
        house
    }

    /// A house that waits for its first user, with the key of the link.
    pub async fn new(db: &TestDatabase) -> (Self, String) {
        Self::new_with(db, Self::limits()).await
    }

    /// The settings of every house.
    pub fn limits() -> Limits {
        Limits {
            per_address: 1_000_000,
            proxies: vec!["0.0.0.0/32".parse().unwrap()].into(),
            customer_choice: STRETCHES,
            ..Limits::default()
        }
    }

    async fn new_with(db: &TestDatabase, limits: Limits) -> (Self, String) {
        let clock = Arc::new(FakeClock::at(Moment(1_790_000_000_000)));
        let config = DatabaseConfig::at(&db.address);
        let engine = Engine::open(
            config,
            clock.clone(),
            Arc::new(SystemRandomness),
            rolecall::CONSEQUENCES,
        )
        .await
        .unwrap();
        let router = rolecall::wiring::router(engine.clone(), limits, Vec::new()).unwrap();
        let account = engine.first_account().await.unwrap();
        let expires = Moment(account.now().0 + 60_000);
        let link = account.set_up_secret(expires).await.unwrap();
        let house = Self {
            router,
            engine,
            account,
            clock,
            owner: access::Dense::from_index(0).unwrap(),
            mailbox: mail::Mailbox::default(),
        };
        (house, link.reveal().to_owned())
    }

    /// Lets time pass, and the server hear its database again.
    pub async fn advance(&self, by: Duration) {
        self.clock.advance(by);
        while !self.account.is_current() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookie: None,
            brought: None,
            form_token: None,
            from: "192.0.2.1".to_owned(),
        }
    }

    /// A browser in which somebody is signed in.
    pub async fn signed_in(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        let done = browser.sign_in(email, PASSWORD).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        browser
    }

    /// A user who accepted the invitation, with the password of everybody here.
    pub async fn user(&self, email: &str) -> PersonId {
        let person = self.invited(email).await;
        self.submit(
            Actor::System(SystemSubject::SignIn),
            Change::from(Command::AcceptInvitation { person }).with_credential(password_of(person)),
        )
        .await;
        person
    }

    pub async fn invited(&self, email: &str) -> PersonId {
        let id = PublicId::<PersonId>::new(self.engine.new_uuid());
        let add = Command::AddUser {
            id,
            user_groups: Vec::new(),
            account_role: None,
        };
        let profile = ProfileWrite::new(Of::public(id))
            .set(Field::Name, &*name_of(email))
            .set(Field::Email, email);
        self.submit(self.owners(), Change::from(add).with_profile(profile))
            .await;
        let person = self.account.state().resolve(id).unwrap();
        // Whoever holds nothing is suspended (AD-15).
        self.give_admin(person).await;
        person
    }

    /// A licence of the desk, and no level in it.
    pub async fn licence(&self, person: PersonId) -> access::LicenceId {
        let id = PublicId::new(self.engine.new_uuid());
        let buy = Command::BuyLicence {
            id,
            product: access::Product::ServiceDesk,
            model: access::state::LicenceModel::Named,
            seats: 1,
        };
        self.submit(self.owners(), buy).await;
        let licence = self.account.state().resolve(id).unwrap();
        let give = Command::Tie {
            person,
            tie: access::state::Tie::Licence(licence),
            window: access::Window::ALWAYS,
        };
        self.submit(self.owners(), give).await;
        licence
    }

    pub async fn give_admin(&self, person: PersonId) {
        self.set_role(person, access::RoleId::ADMIN).await;
    }

    pub async fn set_role(&self, person: PersonId, role: access::RoleId) {
        let assignment = access::command::RoleAssignment {
            role,
            scope: access::state::PeopleScope::All,
        };
        let set = Command::SetAccountRoles {
            bulk: false,
            people: vec![person],
            assignment,
            keep: Vec::new(),
        };
        self.submit(self.owners(), set).await;
    }

    /// A role of the owner's making.
    pub async fn custom_role(&self, body: &str) -> access::RoleId {
        let mut owner = self.signed_in(OWNER).await;
        let headers = [
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
        ];
        let body = Some(body.to_owned());
        let made = owner
            .ask(Method::POST, "/api/v1/roles", &headers, body)
            .await;
        let made: serde_json::Value = serde_json::from_str(&made.text).unwrap();
        let role: PublicId<access::RoleId> = made["id"].as_str().unwrap().parse().unwrap();
        self.account.state().resolve(role).unwrap()
    }

    pub fn owners(&self) -> Actor {
        Actor::Person(self.owner)
    }

    pub async fn submit(&self, actor: Actor, change: impl Into<Change>) {
        self.account
            .submit(actor, change, Options::untold("tests"))
            .await
            .unwrap();
    }

    pub async fn person(&self, email: &str) -> PersonId {
        let found = self
            .engine
            .sign_in_candidates(&[self.account.id()], email)
            .await
            .unwrap();
        found[0].person
    }

    /// The number of rows of a table.
    pub async fn rows(&self, table: &str) -> i64 {
        let mut tx = self.engine.database().begin_read().await.unwrap();
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        tx.fetch_optional(sql, [])
            .await
            .unwrap()
            .unwrap()
            .get(0)
            .unwrap()
    }

    /// Sends what waits in the outbox; all that was sent, the newest first.
    pub async fn mails(&self) -> Vec<mail::KeptMail> {
        let post = mail::Post::Mailbox(self.mailbox.clone());
        let base = "https://rolecall.example".to_owned();
        let worker = mail::Worker::new(self.engine.clone(), post, mail::Letterhead { base });
        let worker = worker.with(Arc::new(service_desk::Notices));
        while worker.round().await.unwrap() > 0 {}
        self.mailbox.mails()
    }

    /// The key of the link in the newest mail to an address.
    pub async fn link_to(&self, address: &str) -> String {
        let mails = self.mails().await;
        let mail = mails.iter().find(|mail| mail.to == address).unwrap();
        let link = mail.text.link.as_deref().unwrap();
        link.split_once('#').unwrap().1.to_owned()
    }

    /// What the sign-in log says, oldest first.
    pub async fn log(&self) -> Vec<(&'static str, Option<PersonId>)> {
        let log = self
            .account
            .sign_in_log(&ledger::SignInFilter::default(), None, 1_000)
            .await
            .unwrap();
        log.into_iter()
            .rev()
            .map(|entry| (entry.what.name(), entry.person))
            .collect()
    }
}

/// What somebody with this address is called: "Ulf User" is ulf@example.net.
pub fn name_of(email: &str) -> String {
    let begin = email.split(['@', '.', '+']).next().unwrap();
    let (first, rest) = begin.split_at(1);
    format!("{}{rest} User", first.to_uppercase())
}

pub fn password_of(person: PersonId) -> NewCredential {
    NewCredential {
        of: Of::known(person),
        kind: CredentialKind::Password,
        data: Some(hash_now(&Password::typed(PASSWORD), b"a salt for tests").unwrap()),
    }
}

pub fn first_user(link: &str) -> [(&'static str, &str); 4] {
    [
        ("link", link),
        ("name", "Olga Owner"),
        ("email", OWNER),
        ("password", PASSWORD),
    ]
}

#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookie: Option<String>,
    /// What it brings along to a sign-in provider and back.
    pub brought: Option<String>,
    /// Of the last page that had a form.
    pub form_token: Option<String>,
    /// The network address that a trusted proxy tells.
    pub from: String,
}

pub struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

/// What comes of a file, part by part.
pub struct Parts(Body);

impl Parts {
    pub async fn next(&mut self) -> Option<Result<String, axum::Error>> {
        let frame = self.0.frame().await?;
        Some(frame.map(|frame| {
            let bytes = frame.into_data().unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        }))
    }
}

impl Seen {
    pub fn leads_to(&self) -> &str {
        self.header("location")
    }

    /// The page without its frame: in the rail stands the name of whoever looks at it.
    pub fn main(&self) -> &str {
        let (_, main) = self.text.split_once("<main").expect(&self.text);
        main
    }

    /// The value of the hidden field of this name.
    pub fn hidden(&self, name: &str) -> Option<&str> {
        let begin = format!(r#"<input type="hidden" name="{name}" value=""#);
        let (_, rest) = self.text.split_once(&begin)?;
        rest.split('"').next()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl Browser {
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Seen {
        self.send("/sign-in", &[("email", email), ("password", password)])
            .await
    }

    /// Looks at a page.
    pub async fn look(&mut self, path: &str) -> Seen {
        self.ask(
            Method::GET,
            path,
            &[("accept", "text/html"), ("sec-fetch-site", "same-origin")],
            None,
        )
        .await
    }

    /// Looks at a file that comes in parts.
    pub async fn stream(&mut self, path: &str) -> Parts {
        self.stream_as(path, &[]).await
    }

    /// The same, with headers.
    pub async fn stream_as(&mut self, path: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder()
            .uri(path)
            .header("x-forwarded-for", &self.from)
            .header("sec-fetch-site", "same-origin");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        Parts(response.into_body())
    }

    /// Sends a form of the last page.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut fields = fields.to_vec();
        let token = self.form_token.clone();
        if let Some(token) = &token {
            fields.push(("form_token", token));
        }
        self.send_as(path, &fields, &[("sec-fetch-site", "same-origin")])
            .await
    }

    /// Sends a form, looks at the review that has to come, and saves from there: the review, and what the save was answered.
    pub async fn reviewed(&mut self, path: &str, fields: &[(&str, &str)]) -> (Seen, Seen) {
        let review = self.send(path, fields).await;
        assert_eq!(review.status, StatusCode::OK, "{path}: {}", review.text);
        let seen = review
            .hidden("reviewed")
            .expect("it is a review")
            .to_owned();
        let mut fields = fields.to_vec();
        fields.push(("reviewed", &seen));
        let done = self.send(path, &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.text);
        (review, done)
    }

    /// Sends a form, and what its review asks to be saved.
    pub async fn save(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let review = self.send(path, fields).await;
        let Some(seen) = review.hidden("reviewed").map(str::to_owned) else {
            return review;
        };
        let mut fields = fields.to_vec();
        fields.push(("reviewed", &seen));
        self.send(path, &fields).await
    }

    /// Sends a form as it is, with headers.
    pub async fn send_as(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Seen {
        let body: String = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect::<Vec<_>>()
            .join("&");
        let mut headers = headers.to_vec();
        headers.extend([
            ("accept", "text/html"),
            ("content-type", "application/x-www-form-urlencoded"),
        ]);
        self.ask(Method::POST, path, &headers, Some(body)).await
    }

    pub async fn ask(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Seen {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-forwarded-for", &self.from);
        request = request.header(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        );
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("theme=dark; {cookie}"));
        }
        if let Some(brought) = &self.brought {
            request = request.header(header::COOKIE, brought);
        }
        let request = request
            .body(body.map_or(Body::empty(), Body::from))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, mut body) = response.into_parts();
        // A stream does not end: that it begins is its answer.
        let media = parts.headers.get(header::CONTENT_TYPE);
        let bytes = match media.is_some_and(|media| media == "text/event-stream") {
            true => body.frame().await.unwrap().unwrap().into_data().unwrap(),
            false => body.collect().await.unwrap().to_bytes(),
        };
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            if pair.starts_with("__Host-rolecall-provider=") {
                self.brought = Some(pair.clone()).filter(|pair| !pair.ends_with('='));
            }
            // The other cookie is a sentence for the next page.
            if pair.starts_with("__Host-rolecall=") {
                self.cookie = Some(pair).filter(|pair| !pair.ends_with('='));
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((_, rest)) = text.split_once(r#"name="form_token" value=""#) {
            self.form_token = rest.split('"').next().map(str::to_owned);
        }
        Seen {
            status: parts.status,
            headers: parts.headers,
            text,
        }
    }
}

fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
