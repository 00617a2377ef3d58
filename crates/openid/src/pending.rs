//! A sign-in that was begun, and is not finished.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::{Callback, Client, Error};

/// Bytes of each secret. In base64url that is what PKCE wants at least (RFC 7636 §4.1).
const SECRET_BYTES: usize = 32;

/// How somebody is to be asked.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The address that they typed: the provider need not ask for it again.
    pub login_hint: Option<String>,
    /// They are to prove who they are although they are signed in there (`prompt=login`).
    pub again: bool,
    /// How long ago they may have proved it there at most; `auth_time` is looked at then.
    pub max_age_seconds: Option<u32>,
}

/// What only we know of a sign-in that was begun. It is a secret of the browser that began it: keep it where that browser alone leads to,
/// sealed or on the server, for [`Pending::LASTS_MS`].
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) pkce_verifier: String,
    pub(crate) max_age_seconds: Option<u32>,
    pub(crate) began_ms: i64,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending(…)")
    }
}

impl Pending {
    /// How long somebody may take at the provider.
    pub const LASTS_MS: i64 = 10 * 60 * 1_000;

    /// What the browser will come back with.
    pub fn state(&self) -> &str {
        &self.state
    }

    pub(crate) fn begin(
        client: &Client,
        wish: &Wish,
        fill: &(dyn Fn(&mut [u8]) + Sync),
        now_ms: i64,
    ) -> Self {
        let secret = || {
            let mut bytes = [0; SECRET_BYTES];
            fill(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        };
        Self {
            issuer: client.issuer().to_owned(),
            client_id: client.client_id().to_owned(),
            state: secret(),
            nonce: secret(),
            pkce_verifier: secret(),
            max_age_seconds: wish.max_age_seconds,
            began_ms: now_ms,
        }
    }

    /// Whether this is what the browser went away with, and came back in time.
    pub(crate) fn check(
        &self,
        client: &Client,
        callback: &Callback,
        now_ms: i64,
    ) -> Result<(), Error> {
        let is_same_state = is_same(&self.state, &callback.state);
        let is_same_client = self.issuer == client.issuer() && self.client_id == client.client_id();
        if !is_same_state || !is_same_client {
            return Err(Error::State);
        }
        match now_ms.saturating_sub(self.began_ms) < Self::LASTS_MS {
            true => Ok(()),
            false => Err(Error::TooLate),
        }
    }
}

/// Compares what nobody may find out letter by letter.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
