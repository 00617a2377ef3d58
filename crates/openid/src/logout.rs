//! Signing out: there because of here (RP-Initiated Logout 1.0), and here because of there (Back-Channel Logout 1.0).

use std::fmt;

use openidconnect::{ClientId, CsrfToken, LogoutRequest, PostLogoutRedirectUrl};
use serde_json::Value;

use crate::error::BadToken;
use crate::identity::{session, subject};
use crate::provider::Metadata;
use crate::token::{Claims, LOGOUT_AGE_MS, milliseconds};
use crate::{Client, Error};

/// The event of a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Bytes of an ID token in an address: with a longer one, servers refuse the whole request.
const HINT_MAX: usize = 4_000;

/// What is told to the provider when somebody signs out here.
#[derive(Clone, Default)]
pub struct Goodbye {
    /// The ID token that they came in with, where it was kept: the provider does not ask them then. One that is too long for an address is
    /// left out.
    pub id_token: Option<String>,
    /// Where it sends the browser afterwards, as it was registered there.
    pub back_to: Option<String>,
    /// Comes back with the browser.
    pub state: Option<String>,
}

impl fmt::Debug for Goodbye {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Goodbye(…)")
    }
}

/// Whose sessions end: at least one of `sub` and `session` is there.
#[derive(Clone, PartialEq, Eq)]
pub struct LoggedOut {
    /// Who says so.
    pub issuer: String,
    /// `sub`: compare it with [`Identity::sub`](crate::Identity::sub). Without a session, all of theirs end.
    pub sub: Option<String>,
    /// The one session that ends.
    pub session: Option<String>,
    /// The token's own id. Refuse it where it was seen before, until `remember_until_ms`; after that the token is too old anyway.
    pub jti: String,
    /// Until when `jti` has to be remembered.
    pub remember_until_ms: i64,
}

impl fmt::Debug for LoggedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoggedOut(…)")
    }
}

/// Where a browser signs out, if it can.
pub(crate) fn url(
    client: &Client,
    metadata: &Metadata,
    goodbye: &Goodbye,
) -> Result<Option<String>, Error> {
    let more = metadata.additional_metadata();
    let Some(end) = more.end_session_endpoint.clone() else {
        return Ok(None);
    };
    let client_id = ClientId::new(client.client_id().to_owned());
    let mut request = LogoutRequest::from(end).set_client_id(client_id);
    if let Some(back_to) = &goodbye.back_to {
        let back_to = PostLogoutRedirectUrl::new(back_to.clone());
        let back_to = back_to.map_err(|_| Error::Registration("post_logout_redirect_uri"))?;
        request = request.set_post_logout_redirect_uri(back_to);
    }
    if let Some(state) = &goodbye.state {
        request = request.set_state(CsrfToken::new(state.clone()));
    }
    let mut url = request.http_get_url();
    let hint = goodbye.id_token.as_deref();
    if let Some(hint) = hint.filter(|hint| hint.len() <= HINT_MAX) {
        url.query_pairs_mut().append_pair("id_token_hint", hint);
    }
    Ok(Some(url.into()))
}

/// Whom a token signs out that is the provider's, for us, and of now (Back-Channel Logout 1.0 §2.6).
pub(crate) fn logged_out(client: &Client, claims: &Claims) -> Result<LoggedOut, BadToken> {
    let event = claims.get("events").and_then(|events| events.get(EVENT));
    // An ID token has a nonce: it is none of these, whatever else it says.
    if !event.is_some_and(Value::is_object) || claims.contains_key("nonce") {
        return Err(BadToken::Event);
    }
    let sub = match claims.contains_key("sub") {
        true => Some(subject(claims, "sub")?),
        false => None,
    };
    let session = session(claims)?;
    if sub.is_none() && session.is_none() {
        return Err(BadToken::Subject);
    }
    let issued_ms = milliseconds(claims, "iat")?.ok_or(BadToken::Malformed)?;
    let remember_ms = LOGOUT_AGE_MS.saturating_add(client.clock_skew_ms());
    Ok(LoggedOut {
        issuer: client.issuer().to_owned(),
        sub,
        session,
        jti: subject(claims, "jti").map_err(|_| BadToken::Id)?,
        remember_until_ms: issued_ms.saturating_add(remember_ms),
    })
}
