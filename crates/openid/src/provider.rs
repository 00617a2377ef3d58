//! What is known of a provider, and for how long.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, EndSessionUrl, ProviderMetadata};
use outgoing::{Address, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::Error;
use crate::error::Asked;
use crate::http::get;

/// How long metadata and keys count. A key that a provider withdraws is believed for so long at most.
pub(crate) const LASTS_MS: i64 = 60 * 60 * 1_000;
/// Between two looks for a key that is not known: anybody can send a token that names one.
pub(crate) const KEYS_PAUSE_MS: i64 = 30 * 1_000;
/// Whoever did not answer is left alone for so long, and everybody hears why.
pub(crate) const FAILED_PAUSE_MS: i64 = 10 * 1_000;
/// Providers that are known at a time; the one that was asked for longest ago is forgotten.
const KNOWN_MAX: usize = 1_000;
/// Keys of one provider.
const KEYS_MAX: usize = 100;
/// RFC 7518 §3.3: no shorter ones.
const RSA_BYTES_MIN: usize = 2_048 / 8;

/// What a provider says that it can do, for the page on which it is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Signing out here can sign out there.
    pub logout: bool,
    /// It tells us when somebody signs out there.
    pub back_channel_logout: bool,
    /// Keys of its that we can use.
    pub keys: usize,
}

/// What the library does not know of metadata.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct More {
    /// RP-Initiated Logout 1.0.
    pub(crate) end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
    /// Back-Channel Logout 1.0.
    #[serde(default)]
    pub(crate) backchannel_logout_supported: bool,
}

impl AdditionalProviderMetadata for More {}

pub(crate) type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The public keys of a provider.
pub(crate) type Keys = Vec<CoreJsonWebKey>;

/// All that are known.
pub(crate) struct Providers {
    outgoing: Outgoing,
    slots: std::sync::Mutex<HashMap<String, Arc<Slot>>>,
}

#[derive(Default)]
struct Slot {
    used_ms: AtomicI64,
    /// Held while the provider is asked: whoever else wants to know waits for the same answer.
    known: Mutex<Known>,
}

/// Of one provider.
#[derive(Default)]
struct Known {
    metadata: Option<Dated<Metadata>>,
    keys: Option<Dated<Keys>>,
    /// When a key was looked for last that was not known.
    looked_ms: Option<i64>,
    failed: Option<(Error, i64)>,
}

struct Dated<T> {
    value: Arc<T>,
    at_ms: i64,
}

impl<T> Dated<T> {
    fn at(now_ms: i64, value: T) -> Self {
        Self {
            value: Arc::new(value),
            at_ms: now_ms,
        }
    }
}

impl Providers {
    pub(crate) fn new(outgoing: Outgoing) -> Self {
        Self {
            outgoing,
            slots: std::sync::Mutex::default(),
        }
    }

    pub(crate) fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    pub(crate) async fn metadata(&self, issuer: &str, now_ms: i64) -> Result<Arc<Metadata>, Error> {
        let slot = self.slot(issuer, now_ms);
        let mut known = slot.known.lock().await;
        known.metadata(&self.outgoing, issuer, now_ms).await
    }

    pub(crate) async fn keys(&self, issuer: &str, now_ms: i64) -> Result<Arc<Keys>, Error> {
        let slot = self.slot(issuer, now_ms);
        let mut known = slot.known.lock().await;
        known.keys(&self.outgoing, issuer, now_ms).await
    }

    /// Keys among which one is looked for that was not among `seen`: the same again, where one was looked for just now.
    pub(crate) async fn newer_keys(
        &self,
        issuer: &str,
        seen: &Arc<Keys>,
        now_ms: i64,
    ) -> Result<Arc<Keys>, Error> {
        let slot = self.slot(issuer, now_ms);
        let mut known = slot.known.lock().await;
        let looked = known.looked_ms;
        if let Some(keys) = &known.keys
            && (!Arc::ptr_eq(&keys.value, seen)
                || looked.is_some_and(|at_ms| is_within(at_ms, now_ms, KEYS_PAUSE_MS)))
        {
            return Ok(keys.value.clone());
        }
        known.looked_ms = Some(now_ms);
        known.fetch_keys(&self.outgoing, issuer, now_ms).await
    }

    /// Asks it, whatever is known.
    pub(crate) async fn look(&self, issuer: &str, now_ms: i64) -> Result<Announced, Error> {
        let mut anew = Known::default();
        let metadata = anew.metadata(&self.outgoing, issuer, now_ms).await?;
        let keys = anew.keys(&self.outgoing, issuer, now_ms).await?;
        *self.slot(issuer, now_ms).known.lock().await = anew;
        let more = metadata.additional_metadata();
        Ok(Announced {
            logout: more.end_session_endpoint.is_some(),
            back_channel_logout: more.backchannel_logout_supported,
            keys: keys.len(),
        })
    }

    fn slot(&self, issuer: &str, now_ms: i64) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if !slots.contains_key(issuer) && slots.len() >= KNOWN_MAX {
            let oldest = slots
                .iter()
                .min_by_key(|(_, slot)| slot.used_ms.load(Ordering::Relaxed));
            if let Some(oldest) = oldest.map(|(issuer, _)| issuer.clone()) {
                slots.remove(&oldest);
            }
        }
        let slot = slots.entry(issuer.to_owned()).or_default();
        slot.used_ms.store(now_ms, Ordering::Relaxed);
        slot.clone()
    }
}

impl Known {
    async fn metadata(
        &mut self,
        outgoing: &Outgoing,
        issuer: &str,
        now_ms: i64,
    ) -> Result<Arc<Metadata>, Error> {
        if let Some(known) = &self.metadata
            && is_within(known.at_ms, now_ms, LASTS_MS)
        {
            return Ok(known.value.clone());
        }
        self.leave_alone(now_ms)?;
        let fetched = fetch_metadata(outgoing, issuer).await;
        let fetched = fetched.map_err(|error| self.fail(error, now_ms))?;
        let kept = self.metadata.insert(Dated::at(now_ms, fetched));
        Ok(kept.value.clone())
    }

    async fn keys(
        &mut self,
        outgoing: &Outgoing,
        issuer: &str,
        now_ms: i64,
    ) -> Result<Arc<Keys>, Error> {
        match &self.keys {
            Some(keys) if is_within(keys.at_ms, now_ms, LASTS_MS) => Ok(keys.value.clone()),
            _ => self.fetch_keys(outgoing, issuer, now_ms).await,
        }
    }

    async fn fetch_keys(
        &mut self,
        outgoing: &Outgoing,
        issuer: &str,
        now_ms: i64,
    ) -> Result<Arc<Keys>, Error> {
        let metadata = self.metadata(outgoing, issuer, now_ms).await?;
        self.leave_alone(now_ms)?;
        let url = metadata.jwks_uri().as_str();
        let fetched = get(outgoing, Asked::Keys, url, Vec::new()).await;
        let keys = fetched.and_then(|body| read_keys(&body).ok_or(Error::Unreadable(Asked::Keys)));
        let keys = keys.map_err(|error| self.fail(error, now_ms))?;
        let kept = self.keys.insert(Dated::at(now_ms, keys));
        Ok(kept.value.clone())
    }

    fn leave_alone(&self, now_ms: i64) -> Result<(), Error> {
        match &self.failed {
            Some((error, at_ms)) if is_within(*at_ms, now_ms, FAILED_PAUSE_MS) => {
                Err(error.clone())
            }
            _ => Ok(()),
        }
    }

    fn fail(&mut self, error: Error, now_ms: i64) -> Error {
        self.failed = Some((error.clone(), now_ms));
        error
    }
}

/// Whether two moments are less than that apart. The earlier one may come second: requests overtake each other, and clocks are set.
fn is_within(at_ms: i64, now_ms: i64, apart_ms: i64) -> bool {
    now_ms.saturating_sub(at_ms).saturating_abs() < apart_ms
}

/// OpenID Connect Discovery 1.0 §4.
async fn fetch_metadata(outgoing: &Outgoing, issuer: &str) -> Result<Metadata, Error> {
    let root = issuer.trim_end_matches('/');
    let url = format!("{root}/.well-known/openid-configuration");
    let body = get(outgoing, Asked::Metadata, &url, Vec::new()).await?;
    let metadata: Metadata =
        serde_json::from_slice(&body).map_err(|_| Error::Unreadable(Asked::Metadata))?;
    // §4.3: exactly.
    if metadata.issuer().as_str() != issuer {
        return Err(Error::IssuerDiffers);
    }
    let tokens = metadata.token_endpoint().map(|url| url.as_str());
    let user_info = metadata.userinfo_endpoint().map(|url| url.as_str());
    let end = metadata.additional_metadata().end_session_endpoint.as_ref();
    let authorization = metadata.authorization_endpoint().as_str();
    // A browser is sent to two of these: nobody is sent to where we would not go.
    for (name, url) in [
        ("authorization_endpoint", Some(authorization)),
        ("token_endpoint", Some(tokens.unwrap_or_default())),
        ("jwks_uri", Some(metadata.jwks_uri().as_str())),
        ("userinfo_endpoint", user_info),
        ("end_session_endpoint", end.map(|url| url.as_str())),
    ] {
        if url.is_some_and(|url| Address::parse(url, outgoing.allowed()).is_err()) {
            return Err(Error::Endpoint(name));
        }
    }
    Ok(metadata)
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// RFC 7517 §5: those that are not understood are left out. `None` where nothing is left.
fn read_keys(body: &[u8]) -> Option<Keys> {
    let set: KeySet = serde_json::from_slice(body).ok()?;
    let keys: Keys = set
        .keys
        .into_iter()
        .take(KEYS_MAX)
        .filter_map(usable)
        .collect();
    (!keys.is_empty()).then_some(keys)
}

fn usable(key: Value) -> Option<CoreJsonWebKey> {
    let is_strong = match key.get("kty")?.as_str()? {
        "RSA" => {
            let n = URL_SAFE_NO_PAD.decode(key.get("n")?.as_str()?).ok()?;
            let zeros = n.iter().take_while(|byte| **byte == 0).count();
            n.len() - zeros >= RSA_BYTES_MIN
        }
        "EC" | "OKP" => true,
        // A secret, which everybody could read here.
        _ => false,
    };
    if !is_strong {
        return None;
    }
    serde_json::from_value(key).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_secret_weak_or_unknown_are_left_out() {
        let n = |bytes: usize| URL_SAFE_NO_PAD.encode(vec![0xf1; bytes]);
        let padded = URL_SAFE_NO_PAD.encode([vec![0; 1], vec![0xf1; 255]].concat());
        let rsa = |n: &str| serde_json::json!({"kty": "RSA", "kid": "a", "n": n, "e": "AQAB"});
        assert!(usable(rsa(&n(256))).is_some());
        assert!(usable(rsa(&n(255))).is_none());
        assert!(usable(rsa(&padded)).is_none());
        assert!(usable(serde_json::json!({"kty": "oct", "k": n(32)})).is_none());
        assert!(usable(serde_json::json!({"kty": "quantum"})).is_none());
        let set = serde_json::json!({"keys": [{"kty": "oct", "k": n(32)}, 7, rsa(&n(256))]});
        assert_eq!(read_keys(set.to_string().as_bytes()).unwrap().len(), 1);
        assert!(read_keys(br#"{"keys": []}"#).is_none());
        assert!(read_keys(b"[]").is_none());
    }

    #[test]
    fn moments_are_near_in_either_order() {
        assert!(is_within(1_000, 1_999, 1_000) && is_within(1_999, 1_000, 1_000));
        assert!(!is_within(1_000, 2_000, 1_000) && !is_within(i64::MIN, i64::MAX, 1_000));
    }

    #[test]
    fn no_more_than_so_many_providers_are_known() {
        let outgoing = Outgoing::new(outgoing::Allowed::default(), &[]).unwrap();
        let providers = Providers::new(outgoing);
        let issuer = |number: usize| format!("https://{number}.example.org");
        for number in 0..=KNOWN_MAX {
            providers.slot(&issuer(number), number as i64);
        }
        let slots = providers.slots.lock().unwrap();
        assert_eq!(slots.len(), KNOWN_MAX);
        assert!(!slots.contains_key(&issuer(0)) && slots.contains_key(&issuer(KNOWN_MAX)));
    }
}
