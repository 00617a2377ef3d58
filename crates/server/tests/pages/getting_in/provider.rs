//! A sign-in provider to come in by, on a port of this machine, and a house that knows it.

#[path = "../../../../openid/tests/protocol/fake.rs"]
#[expect(dead_code, reason = "the tests of the protocol use the rest")]
pub mod fake;

use std::collections::HashMap;

use access::{
    Actor, Command, CompanyId, ConnectionId, PersonId, PublicId, RoleId,
    state::{ConnectionKind, ConnectionRights, PortalLevel},
};
use axum::http::{Method, StatusCode};
use ledger::{Change, Field, Of, ProfileWrite};
use openid::RelyingParty;
use outgoing::{Allowed, Outgoing};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use web::Limits;

use self::fake::{Fake, rsa};
use super::device::ORIGIN;
use crate::browser::{Browser, House, OWNER, Seen};

pub struct Stage {
    pub house: House,
    pub fake: Fake,
}

/// A provider that is set up, as the tests name it.
pub struct Provider {
    pub connection: ConnectionId,
    pub issuer: String,
    /// Where it is set up.
    pub path: String,
}

impl Stage {
    pub async fn open(db: &TestDatabase) -> Self {
        let here: Allowed = vec!["127.0.0.0/8".parse().unwrap()].into();
        let outgoing = Outgoing::new(here.clone(), &[]).unwrap();
        let limits = Limits {
            outgoing: here,
            providers: Some(RelyingParty::new(outgoing)),
            origin: Some(ORIGIN.to_owned()),
            ..House::limits()
        };
        let stage = Self {
            house: House::open_with(db, limits).await,
            fake: Fake::start().await,
        };
        stage.fake.publish(&[rsa().published("a")]);
        stage
    }

    /// Metadata of an issuer below the root, which is all that differs between several.
    fn announce(&self, issuer: &str) {
        let root = &self.fake.root;
        let path = issuer.strip_prefix(root.as_str()).unwrap();
        let metadata = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{root}/authorize"),
            "token_endpoint": format!("{root}/token"),
            "jwks_uri": format!("{root}/keys"),
            "end_session_endpoint": format!("{root}/end"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "backchannel_logout_supported": true,
        });
        let path = format!("{path}/.well-known/openid-configuration");
        self.fake.put(&path, 200, metadata);
    }

    pub async fn connection(&self, name: &str, kind: ConnectionKind) -> ConnectionId {
        let id = PublicId::<ConnectionId>::new(self.house.engine.new_uuid());
        let rights = ConnectionRights {
            configure_desk: true,
            contact_admin: false,
        };
        let make = Command::CreateConnection {
            id,
            role: RoleId::ADMIN,
            kind,
            rights,
        };
        let profile = ProfileWrite::new(Of::public(id)).set(Field::Name, name);
        let make = Change::from(make).with_profile(profile);
        self.house.submit(self.house.owners(), make).await;
        self.house.account.state().resolve(id).unwrap()
    }

    /// A provider at a path below the root, with these set besides.
    pub async fn provider(&self, name: &str, besides: Value) -> Provider {
        let (provider, seen) = self.try_provider(name, besides).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
        provider
    }

    pub async fn try_provider(&self, name: &str, besides: Value) -> (Provider, Seen) {
        let mut owner = self.house.signed_in(OWNER).await;
        self.try_provider_by(&mut owner, name, besides).await
    }

    /// The same in a browser of the owner's, where a password alone does not let them in.
    pub async fn try_provider_by(
        &self,
        owner: &mut Browser,
        name: &str,
        besides: Value,
    ) -> (Provider, Seen) {
        let issuer = format!("{}/{name}", self.fake.root);
        self.announce(&issuer);
        let kind = ConnectionKind::SignInProvider;
        let connection = self.connection(name, kind).await;
        let id = web::session::id_in(&self.house.account.state(), connection).0;
        let provider = Provider {
            connection,
            path: format!("/api/v1/connections/{id}/sign-in-provider"),
            issuer,
        };
        let mut order =
            json!({"issuer": provider.issuer, "client_id": "rolecall", "audience": "staff"});
        let besides = besides.as_object().unwrap().clone();
        order.as_object_mut().unwrap().extend(besides);
        let seen = call(owner, Method::POST, &provider.path, order).await;
        (provider, seen)
    }

    /// Makes it what is said here, and nothing else.
    pub async fn edit(&self, owner: &mut Browser, provider: &Provider, besides: Value) -> Seen {
        let now = call(owner, Method::GET, &provider.path, Value::Null).await;
        let now: Value = serde_json::from_str(&now.text).unwrap();
        let mut order =
            json!({"issuer": provider.issuer, "client_id": "rolecall", "audience": "staff"});
        let besides = besides.as_object().unwrap().clone();
        order.as_object_mut().unwrap().extend(besides);
        let headers = [
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
            ("if-mark", now["mark"].as_str().unwrap()),
        ];
        let body = Some(order.to_string());
        owner.ask(Method::PUT, &provider.path, &headers, body).await
    }

    pub fn id(&self, thing: impl access::state::Resolve) -> String {
        let state = self.house.account.state();
        web::session::id_in(&state, thing).0.to_string()
    }

    /// Off to the provider: where to, with what it is asked.
    pub async fn leave(&self, browser: &mut Browser, email: &str) -> HashMap<String, String> {
        let fields = [("email", email), ("next", "/")];
        away(&browser.send("/sign-in/provider", &fields).await)
    }

    /// The same, where a domain has a provider for its staff and one for its customers.
    pub async fn leave_as(
        &self,
        browser: &mut Browser,
        email: &str,
        audience: &str,
    ) -> HashMap<String, String> {
        let fields = [("email", email), ("audience", audience)];
        away(&browser.send("/sign-in/provider", &fields).await)
    }

    /// Back from it, with what it says of somebody; what is null it does not say.
    pub async fn come_back(
        &self,
        browser: &mut Browser,
        provider: &Provider,
        (state, nonce): (&str, &str),
        says: Value,
    ) -> Seen {
        let now = self.house.account.now().0 / 1_000;
        let mut claims = json!({
            "iss": provider.issuer, "aud": "rolecall", "iat": now, "exp": now + 300, "sub": "one-of-theirs",
            "nonce": nonce, "name": "Somebody", "auth_time": now,
        });
        claims
            .as_object_mut()
            .unwrap()
            .extend(says.as_object().unwrap().clone());
        claims
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        let token = rsa().signed(&json!({"alg": "RS256", "kid": "a", "typ": "JWT"}), &claims);
        let tokens = json!({"access_token": "theirs", "token_type": "Bearer", "id_token": token});
        self.fake.put("/token", 200, tokens);
        let path = self.callback(provider);
        let path = format!("{path}?code=a-code&state={state}");
        let headers = [("accept", "text/html"), ("sec-fetch-site", "cross-site")];
        browser.ask(Method::GET, &path, &headers, None).await
    }

    /// Where it sends people back to.
    pub fn callback(&self, provider: &Provider) -> String {
        format!(
            "/sign-in/provider/{}/callback",
            self.id(provider.connection)
        )
    }

    /// Both, from the sign-in page to where it leads.
    pub async fn come(
        &self,
        browser: &mut Browser,
        provider: &Provider,
        email: &str,
        says: Value,
    ) -> Seen {
        let asked = self.leave(browser, email).await;
        let (state, nonce) = (&asked["state"], &asked["nonce"]);
        self.come_back(browser, provider, (state, nonce), says)
            .await
    }

    /// What the provider says of its sessions, at the back.
    pub async fn tell(&self, provider: &Provider, besides: Value) -> Seen {
        let token = logout_token(self.house.account.now().0 / 1_000, provider, besides);
        self.post(&token).await
    }

    pub async fn post(&self, token: &str) -> Seen {
        let fields = [("logout_token", token)];
        let mut nobody = self.house.browser();
        nobody
            .send_as("/sign-out/provider/back-channel", &fields, &[])
            .await
    }

    /// How many sessions somebody has, however they came.
    pub async fn sessions(&self, person: PersonId) -> usize {
        let account = &self.house.account;
        let sessions = account.sign_in_sessions(person, i64::MAX / 2).await;
        sessions.unwrap().len()
    }

    /// How many providers know somebody.
    pub async fn known(&self, person: PersonId) -> usize {
        self.house.account.providers_of(person).await.unwrap().len()
    }

    /// How many people there are.
    pub fn people(&self) -> usize {
        self.house.account.state().people().iter().count()
    }

    /// Somebody who is a customer and nothing else.
    pub async fn customer(&self, email: &str) -> PersonId {
        let id = PublicId::<PersonId>::new(self.house.engine.new_uuid());
        let add = Command::AddCustomer { id, service: None };
        let profile = ProfileWrite::new(Of::public(id))
            .set(Field::Name, "Carla Customer")
            .set(Field::Email, email);
        self.by_owner(Change::from(add).with_profile(profile)).await;
        let person = self.house.account.state().resolve(id).unwrap();
        let open = Command::SetPortalLevel {
            people: vec![person],
            level: PortalLevel::Standard,
            bulk: false,
        };
        self.by_owner(open).await;
        person
    }

    /// A company with a domain.
    pub async fn company(&self, domain: &str) -> CompanyId {
        let id = PublicId::new(self.house.engine.new_uuid());
        let name = ProfileWrite::new(Of::public(id)).set(Field::Name, domain);
        let create = Change::from(Command::CreateCompany { id }).with_profile(name);
        self.by_owner(create).await;
        let company = self.house.account.state().resolve(id).unwrap();
        let domain = domain.into();
        self.by_owner(Command::AddDomain { company, domain }).await;
        company
    }

    /// Somebody who is staff is a customer too, and works for this company.
    pub async fn serve(&self, person: PersonId, company: CompanyId) {
        self.by_owner(Command::SetEmployer {
            person,
            company: Some(company),
            move_from_other: false,
        })
        .await;
        self.by_owner(Command::AddCustomerFacet {
            person,
            service: None,
        })
        .await;
        self.by_owner(Command::SetPortalLevel {
            people: vec![person],
            level: PortalLevel::Standard,
            bulk: false,
        })
        .await;
    }

    pub async fn by_owner(&self, change: impl Into<Change>) {
        self.house.submit(self.house.owners(), change).await;
    }

    pub async fn by(&self, connection: ConnectionId, change: impl Into<Change>) {
        self.house
            .submit(Actor::Connection(connection), change)
            .await;
    }
}

pub fn logout_token(now: i64, provider: &Provider, besides: Value) -> String {
    let event = "http://schemas.openid.net/event/backchannel-logout";
    let mut claims = json!({
        "iss": provider.issuer, "aud": "rolecall", "iat": now, "exp": now + 120, "jti": "once", "events": {event: {}},
    });
    claims
        .as_object_mut()
        .unwrap()
        .extend(besides.as_object().unwrap().clone());
    let header = json!({"alg": "RS256", "kid": "a", "typ": "logout+jwt"});
    rsa().signed(&header, &claims)
}

pub async fn call(browser: &mut Browser, method: Method, path: &str, body: Value) -> Seen {
    let headers = [
        ("content-type", "application/json"),
        ("sec-fetch-site", "same-origin"),
    ];
    let body = (method != Method::GET).then(|| body.to_string());
    browser.ask(method, path, &headers, body).await
}

/// Where a page sends the browser: with what it asks there.
pub fn away(seen: &Seen) -> HashMap<String, String> {
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    let (_, rest) = seen.text.split_once("content=\"0; url=").expect(&seen.text);
    let url = rest.split('"').next().unwrap();
    let url = url.replace("&#38;", "&").replace("&amp;", "&");
    asked(&url)
}

/// The parameters of an address.
pub fn asked(url: &str) -> HashMap<String, String> {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().into_owned().collect()
}

/// Whether the browser is somebody's.
pub async fn is_in(browser: &mut Browser) -> bool {
    browser.look("/account/sessions").await.status == StatusCode::OK
}
