//! A provider, and us.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};

use openid::{
    Callback, Client, Error, Identity, Pending, Registration, RelyingParty, Subject, Wish,
};
use outgoing::{Allowed, Outgoing};
use serde_json::{Value, json};

use crate::fake::{Fake, Key, rsa};

/// 2027-01-15.
pub const NOW_MS: i64 = 1_800_000_000_000;
pub const NOW: i64 = NOW_MS / 1_000;
pub const ACCESS_TOKEN: &str = "an-access-token-of-theirs";

pub fn here() -> Allowed {
    vec!["127.0.0.0/8".parse().unwrap()].into()
}

pub struct Stage {
    pub fake: Fake,
    pub party: RelyingParty,
    pub client: Client,
}

/// What the provider is to say when somebody comes back.
pub struct Said {
    pub key: &'static Key,
    pub header: Value,
    pub claims: Value,
    /// What the browser brings.
    pub query: String,
    /// What stands beside the ID token.
    pub beside: Value,
    /// When the browser is back.
    pub now_ms: i64,
}

impl Said {
    pub fn claim(&mut self, name: &str, value: Value) {
        self.claims[name] = value;
    }

    pub fn forget(&mut self, name: &str) {
        self.claims.as_object_mut().unwrap().remove(name);
    }
}

impl Stage {
    /// A provider that signs with [`rsa`] under the id `a`, and a client with a secret.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Registration)) -> Self {
        let fake = Fake::start().await;
        let mut registration = Registration {
            issuer: fake.root.clone(),
            client_id: "rolecall".to_owned(),
            client_secret: Some("a secret/of ours".to_owned()),
            redirect_uri: "https://desk.example.org/sign-in/back".to_owned(),
            scopes: vec!["email".to_owned(), "profile".to_owned()],
            subject: Subject::Sub,
            groups_claim: None,
            clock_skew_seconds: 60,
        };
        change(&mut registration);
        let stage = Self {
            party: RelyingParty::new(Outgoing::new(here(), &[]).unwrap()),
            client: Client::new(registration, &here()).unwrap(),
            fake,
        };
        stage.announce(json!({}));
        stage.fake.publish(&[rsa().published("a")]);
        stage
    }

    /// The metadata, with these in their place.
    pub fn announce(&self, other: Value) {
        let (root, issuer) = (&self.fake.root, &self.client.registration().issuer);
        let mut metadata = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{root}/authorize"),
            "token_endpoint": format!("{root}/token"),
            "userinfo_endpoint": format!("{root}/me"),
            "jwks_uri": format!("{root}/keys"),
            "end_session_endpoint": format!("{root}/end"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": true,
            "backchannel_logout_supported": true,
        });
        metadata
            .as_object_mut()
            .unwrap()
            .extend(other.as_object().unwrap().clone());
        let path = issuer.strip_prefix(root.as_str()).unwrap();
        let path = format!("{path}/.well-known/openid-configuration");
        self.fake.put(&path, 200, metadata);
    }

    pub async fn begin(&self, wish: &Wish) -> Result<(String, Pending), Error> {
        static DRAWN: AtomicU8 = AtomicU8::new(1);
        let fill = |bytes: &mut [u8]| bytes.fill(DRAWN.fetch_add(1, Ordering::Relaxed));
        self.party.begin(&self.client, wish, &fill, NOW_MS).await
    }

    /// Somebody signs in, and the provider says what is right, or what `change` makes of it.
    pub async fn sign_in(&self, change: impl FnOnce(&mut Said)) -> Result<Identity, Error> {
        self.sign_in_as(&Wish::default(), change).await
    }

    pub async fn sign_in_as(
        &self,
        wish: &Wish,
        change: impl FnOnce(&mut Said),
    ) -> Result<Identity, Error> {
        let (url, pending) = self.begin(wish).await?;
        let said = self.said(&url, change);
        let id_token = said.key.signed(&said.header, &said.claims);
        self.give(json!(id_token), &said.beside);
        self.come_back(&pending, &said.query, said.now_ms).await
    }

    pub fn said(&self, url: &str, change: impl FnOnce(&mut Said)) -> Said {
        let asked = asked(url);
        let issuer = &self.client.registration().issuer;
        let mut said = Said {
            key: rsa(),
            header: json!({"alg": "RS256", "kid": "a", "typ": "JWT"}),
            claims: json!({
                "iss": issuer, "aud": "rolecall", "iat": NOW, "exp": NOW + 300,
                "sub": "248289761001", "sid": "session-1", "nonce": asked["nonce"],
                "email": "ann@example.org", "email_verified": true, "name": "Ann Example",
                "given_name": "Ann", "family_name": "Example", "auth_time": NOW - 20,
                "amr": ["pwd", "otp"], "updated_at": "not a number, and not ours to judge",
            }),
            query: format!("code=the-code&state={}&iss={issuer}", asked["state"]),
            beside: json!({}),
            now_ms: NOW_MS,
        };
        change(&mut said);
        said
    }

    /// What stands at the token endpoint.
    pub fn give(&self, id_token: Value, beside: &Value) {
        let mut body = json!({
            "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": "300",
            "id_token": id_token,
        });
        let beside = beside.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(beside);
        self.fake.put("/token", 200, body);
    }

    pub async fn come_back(
        &self,
        pending: &Pending,
        query: &str,
        now_ms: i64,
    ) -> Result<Identity, Error> {
        let callback = Callback::parse(query)?;
        let party = &self.party;
        party.finish(&self.client, pending, &callback, now_ms).await
    }
}

/// The parameters of an address.
pub fn asked(url: &str) -> HashMap<String, String> {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().into_owned().collect()
}

pub fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    match result {
        Ok(_) => "let in",
        Err(error) => error.code(),
    }
}
