//! What is asked of providers, from the first request to the identity.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{CoreAuthPrompt, CoreJsonWebKey, CoreResponseType};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthenticationFlow, CsrfToken, LoginHint, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, Scope,
};
use outgoing::{Allowed, Outgoing};

use crate::error::BadToken;
use crate::exchange::{library, tokens, user_info};
use crate::identity::{is_incomplete, subject};
use crate::logout;
use crate::pending::is_same;
use crate::provider::{Metadata, Providers};
use crate::token::{Claims, Expected, Kind, Token, milliseconds, text};
use crate::{Announced, Callback, Client, Error, Goodbye, Identity, LoggedOut, Pending, Wish};

/// Bytes of an address that somebody typed.
const HINT_MAX: usize = 320;

/// Asks providers. One for a server: clones share what is known of the providers.
#[derive(Clone)]
pub struct RelyingParty {
    providers: Arc<Providers>,
}

impl fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RelyingParty(…)")
    }
}

impl RelyingParty {
    /// Which knows nothing of any provider yet.
    pub fn new(outgoing: Outgoing) -> Self {
        Self {
            providers: Arc::new(Providers::new(outgoing)),
        }
    }

    /// Where requests may go: for [`Client::new`].
    pub fn allowed(&self) -> &Allowed {
        self.providers.outgoing().allowed()
    }

    /// Asks the provider anew what it can do: the try of a connection.
    pub async fn look(&self, client: &Client, now_ms: i64) -> Result<Announced, Error> {
        self.providers.look(client.issuer(), now_ms).await
    }

    /// Where to send the browser, and what to keep until it comes back. `fill` fills a buffer with what cannot be guessed.
    pub async fn begin(
        &self,
        client: &Client,
        wish: &Wish,
        fill: &(dyn Fn(&mut [u8]) + Sync),
        now_ms: i64,
    ) -> Result<(String, Pending), Error> {
        let metadata = self.metadata(client, now_ms).await?;
        let pending = Pending::begin(client, wish, fill, now_ms);
        let url = authorization_url(client, &metadata, wish, &pending)?;
        Ok((url, pending))
    }

    /// Who came back. The code is worth one try: whatever comes of it, forget the pending sign-in *before* this is called.
    pub async fn finish(
        &self,
        client: &Client,
        pending: &Pending,
        callback: &Callback,
        now_ms: i64,
    ) -> Result<Identity, Error> {
        pending.check(client, callback, now_ms)?;
        let metadata = self.metadata(client, now_ms).await?;
        check_callback_issuer(client, &metadata, callback)?;
        let code = callback
            .outcome
            .as_ref()
            .map_err(|why| Error::Denied(*why))?;
        let outgoing = self.providers.outgoing();
        let tokens = tokens(outgoing, client, &metadata, pending, code).await?;
        let id_token = tokens.id_token.ok_or(Error::NoIdToken)?;
        let access_token = &tokens.access_token;

        let (token, key) = self.verified(client, &id_token, Kind::Id, now_ms).await?;
        check_access_token(&token, &key, access_token)?;
        let claims = token.into_claims();
        check_answer(client, pending, &claims, now_ms)?;

        let asked = match is_incomplete(client, &claims) {
            true => {
                let sub = subject(&claims, "sub")?;
                user_info(outgoing, &metadata, access_token, &sub).await
            }
            false => Ok(None),
        };
        let (more, unanswered) = match asked {
            Ok(more) => (more, None),
            // Somebody is mixed up with somebody else.
            Err(Error::UserInfoSubject) => return Err(Error::UserInfoSubject),
            // Who it is has been proved all the same.
            Err(error) => (None, Some(error)),
        };
        let identity = Identity::of(client, &claims, more.as_ref(), id_token.clone())?;
        Ok(Identity {
            unanswered,
            ..identity
        })
    }

    /// Where to send a browser that signed out here, so that it signs out there; `None` where the provider knows no such thing.
    pub async fn logout_url(
        &self,
        client: &Client,
        goodbye: &Goodbye,
        now_ms: i64,
    ) -> Result<Option<String>, Error> {
        let metadata = self.metadata(client, now_ms).await?;
        logout::url(client, &metadata, goodbye)
    }

    /// From whom a logout token says that it is, and for whom: which client to ask about it. Nothing of it is proved yet.
    pub fn names(token: &str) -> Option<(String, Vec<String>)> {
        let token = Token::read(token).ok()?;
        let claims = token.claims();
        let issuer = text(claims, "iss")?.to_owned();
        let audiences = match claims.get("aud")? {
            serde_json::Value::String(one) => vec![one.clone()],
            serde_json::Value::Array(some) => some
                .iter()
                .filter_map(|one| one.as_str().map(str::to_owned))
                .collect(),
            _ => return None,
        };
        Some((issuer, audiences))
    }

    /// Whom the provider signed out: `token` is the field `logout_token` of the form that it posts. On an error the answer to it is 400.
    pub async fn back_channel_logout(
        &self,
        client: &Client,
        token: &str,
        now_ms: i64,
    ) -> Result<LoggedOut, Error> {
        let (token, _) = self.verified(client, token, Kind::Logout, now_ms).await?;
        Ok(logout::logged_out(client, token.claims())?)
    }

    async fn metadata(&self, client: &Client, now_ms: i64) -> Result<Arc<Metadata>, Error> {
        self.providers.metadata(client.issuer(), now_ms).await
    }

    /// A token of the provider's, for us, and of now; with the key that it is signed with. Keys change: for one that is not known the provider
    /// is asked once more.
    async fn verified<'t>(
        &self,
        client: &Client,
        text: &'t str,
        kind: Kind,
        now_ms: i64,
    ) -> Result<(Token<'t>, CoreJsonWebKey), Error> {
        let token = Token::read(text)?;
        let issuer = client.issuer();
        let keys = self.providers.keys(issuer, now_ms).await?;
        let key = match token.signer(&keys).cloned() {
            Err(BadToken::UnknownKey) => {
                let newer = self.providers.newer_keys(issuer, &keys, now_ms).await?;
                token.signer(&newer)?.clone()
            }
            other => other?,
        };
        let expected = Expected {
            kind,
            issuer,
            client_id: client.client_id(),
            clock_skew_ms: client.clock_skew_ms(),
            now_ms,
        };
        expected.check(&token)?;
        Ok((token, key))
    }
}

fn authorization_url(
    client: &Client,
    metadata: &Metadata,
    wish: &Wish,
    pending: &Pending,
) -> Result<String, Error> {
    let library = library(client, metadata)?;
    let state = CsrfToken::new(pending.state.clone());
    let nonce = Nonce::new(pending.nonce.clone());
    let verifier = PkceCodeVerifier::new(pending.pkce_verifier.clone());
    let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
    let scopes = client.registration().scopes.iter().cloned();
    let mut request = library
        .authorize_url(flow, move || state, move || nonce)
        .add_scopes(scopes.map(Scope::new))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    let hint = wish.login_hint.as_ref();
    if let Some(hint) = hint.filter(|hint| hint.len() <= HINT_MAX) {
        request = request.set_login_hint(LoginHint::new(hint.clone()));
    }
    if let Some(seconds) = wish.max_age_seconds {
        request = request.set_max_age(Duration::from_secs(seconds.into()));
    }
    if wish.again {
        request = request.add_prompt(CoreAuthPrompt::Login);
    }
    Ok(request.url().0.into())
}

/// RFC 9207 §2.4: a provider that says it names itself does; whoever does so unasked has to be the right one all the same.
fn check_callback_issuer(
    client: &Client,
    metadata: &Metadata,
    callback: &Callback,
) -> Result<(), Error> {
    let more = metadata.additional_metadata();
    let is_right = match &callback.issuer {
        Some(issuer) => issuer == client.issuer(),
        None => !more.authorization_response_iss_parameter_supported,
    };
    match is_right {
        true => Ok(()),
        false => Err(Error::CallbackIssuer),
    }
}

/// Core §3.1.3.8: that the two tokens belong together, where it is said.
fn check_access_token(
    token: &Token<'_>,
    key: &CoreJsonWebKey,
    access_token: &AccessToken,
) -> Result<(), BadToken> {
    let Some(said) = token.claims().get("at_hash") else {
        return Ok(());
    };
    let hash = AccessTokenHash::from_token(access_token, token.algorithm(), key);
    let is_same = hash.is_ok_and(|hash| said.as_str().is_some_and(|said| said == hash.as_str()));
    match is_same {
        true => Ok(()),
        false => Err(BadToken::AccessToken),
    }
}

/// That the token answers this sign-in (Core §3.1.3.7, steps 11 and 13).
fn check_answer(
    client: &Client,
    pending: &Pending,
    claims: &Claims,
    now_ms: i64,
) -> Result<(), BadToken> {
    if !text(claims, "nonce").is_some_and(|nonce| is_same(nonce, &pending.nonce)) {
        return Err(BadToken::Nonce);
    }
    let Some(seconds) = pending.max_age_seconds else {
        return Ok(());
    };
    let proved_ms = milliseconds(claims, "auth_time")?.ok_or(BadToken::AuthTime)?;
    let oldest_ms = now_ms
        .saturating_sub(i64::from(seconds) * 1_000)
        .saturating_sub(client.clock_skew_ms());
    match proved_ms >= oldest_ms {
        true => Ok(()),
        false => Err(BadToken::AuthTime),
    }
}
