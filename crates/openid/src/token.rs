//! What makes a signed token one of the provider's, and one for us (RFC 7515, RFC 7519, OpenID Connect Core 1.0 §3.1.3.7).
//!
//! ID tokens and logout tokens are read here, both by the same rules. The library knows keys and signatures; what it would leave open is
//! closed here: a text is read in one way only (base64url without spare bits), `azp` and `nbf` count, clocks may be apart by so much and no
//! more, and one kind of token is never taken for the other.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::JsonWebKey as _;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm as Algorithm};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::BadToken;
use crate::provider::Keys;

/// Bytes of a token.
const TOKEN_MAX: usize = 64 * 1024;
/// How long ago an ID token may have been issued: it is fetched the moment it is.
const ID_AGE_MS: i64 = 10 * 60 * 1_000;
/// How long ago somebody may have signed out elsewhere.
pub(crate) const LOGOUT_AGE_MS: i64 = 5 * 60 * 1_000;

pub(crate) type Claims = Map<String, Value>;

/// Which of the two it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Id,
    Logout,
}

/// For whom it has to be, and when.
#[derive(Debug)]
pub(crate) struct Expected<'a> {
    pub(crate) kind: Kind,
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) clock_skew_ms: i64,
    pub(crate) now_ms: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    cty: Option<Value>,
    crit: Option<Value>,
}

/// A token that was read. Nothing that it says counts before [`Token::signer`] and [`Expected::check`].
pub(crate) struct Token<'a> {
    header: Header,
    claims: Claims,
    algorithm: Algorithm,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Token<'a> {
    pub(crate) fn read(text: &'a str) -> Result<Self, BadToken> {
        if text.len() > TOKEN_MAX {
            return Err(BadToken::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(BadToken::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(BadToken::Malformed)?;
        let header: Header = serde_json::from_slice(&decoded(header)?).map_err(malformed)?;
        let claims: Claims = serde_json::from_slice(&decoded(claims)?).map_err(malformed)?;
        // RFC 7515 §4.1.11: what has to be understood, and is not. With `cty` another token stands inside.
        if header.crit.is_some() || header.cty.is_some() {
            return Err(BadToken::Malformed);
        }
        Ok(Self {
            algorithm: algorithm(&header.alg).ok_or(BadToken::Algorithm)?,
            header,
            claims,
            signed,
            signature: decoded(signature)?,
        })
    }

    /// The key that it is signed with.
    ///
    /// # Errors
    /// [`BadToken::UnknownKey`] where it could be one of the provider's newer keys, [`BadToken::Signature`] where it is one of these, and wrong.
    pub(crate) fn signer<'k>(&self, keys: &'k Keys) -> Result<&'k CoreJsonWebKey, BadToken> {
        let kid = self.header.kid.as_deref();
        let mut named = keys
            .iter()
            .filter(|key| kid.is_none() || key.key_id().map(|id| id.as_str()) == kid)
            .peekable();
        // A token that names no key may be signed with one that is not here yet.
        let otherwise = match (kid, named.peek()) {
            (Some(_), Some(_)) => BadToken::Signature,
            _ => BadToken::UnknownKey,
        };
        // The library refuses a key of another type, algorithm or use.
        named
            .find(|key| {
                let signed = self.signed.as_bytes();
                key.verify_signature(&self.algorithm, signed, &self.signature)
                    .is_ok()
            })
            .ok_or(otherwise)
    }

    pub(crate) fn algorithm(&self) -> &Algorithm {
        &self.algorithm
    }

    pub(crate) fn claims(&self) -> &Claims {
        &self.claims
    }

    pub(crate) fn into_claims(self) -> Claims {
        self.claims
    }
}

impl Expected<'_> {
    /// Who says it, to whom, and when.
    pub(crate) fn check(&self, token: &Token<'_>) -> Result<(), BadToken> {
        self.check_kind(token.header.typ.as_deref())?;
        let claims = &token.claims;
        if text(claims, "iss") != Some(self.issuer) {
            return Err(BadToken::Issuer);
        }
        self.check_audience(claims)?;
        self.check_time(claims)
    }

    /// RFC 8725 §3.11: each kind says which it is, or that it is a token.
    fn check_kind(&self, typ: Option<&str>) -> Result<(), BadToken> {
        let Some(typ) = typ.map(str::to_ascii_lowercase) else {
            return Ok(());
        };
        match (self.kind, typ.trim_start_matches("application/")) {
            (_, "jwt") | (Kind::Id, "jose") | (Kind::Logout, "logout+jwt") => Ok(()),
            _ => Err(BadToken::Kind),
        }
    }

    /// Core §3.1.3.7, steps 3 to 5: where it is for others too, it says that it was given to us.
    fn check_audience(&self, claims: &Claims) -> Result<(), BadToken> {
        let (is_ours, is_shared) = match claims.get("aud") {
            Some(Value::String(one)) => (one == self.client_id, false),
            Some(Value::Array(some)) => (
                some.iter().any(|one| one == self.client_id),
                some.iter().any(|one| one != self.client_id),
            ),
            _ => (false, false),
        };
        let party = claims.get("azp");
        let is_party = party.map_or(!is_shared, |party| party == self.client_id);
        match is_ours && is_party {
            true => Ok(()),
            false => Err(BadToken::Audience),
        }
    }

    fn check_time(&self, claims: &Claims) -> Result<(), BadToken> {
        let skew_ms = self.clock_skew_ms;
        let (age_ms, needs_end) = match self.kind {
            Kind::Id => (ID_AGE_MS, true),
            // Providers of before 2022 give no end; the age is an end too.
            Kind::Logout => (LOGOUT_AGE_MS, false),
        };
        let issued_ms = milliseconds(claims, "iat")?.ok_or(BadToken::Malformed)?;
        let end_ms = match milliseconds(claims, "exp")? {
            None if needs_end => return Err(BadToken::Malformed),
            end => end.unwrap_or(i64::MAX),
        };
        let start_ms = milliseconds(claims, "nbf")?.unwrap_or(i64::MIN);
        if self.now_ms >= end_ms.saturating_add(skew_ms) {
            return Err(BadToken::Expired);
        }
        if self.now_ms >= issued_ms.saturating_add(age_ms).saturating_add(skew_ms) {
            return Err(BadToken::Expired);
        }
        if self.now_ms < start_ms.max(issued_ms).saturating_sub(skew_ms) {
            return Err(BadToken::Early);
        }
        Ok(())
    }
}

/// Signed with a private key, in a way that the library can check; `none` and what is signed with a secret are not here.
fn algorithm(name: &str) -> Option<Algorithm> {
    Some(match name {
        "RS256" => Algorithm::RsaSsaPkcs1V15Sha256,
        "RS384" => Algorithm::RsaSsaPkcs1V15Sha384,
        "RS512" => Algorithm::RsaSsaPkcs1V15Sha512,
        "PS256" => Algorithm::RsaSsaPssSha256,
        "PS384" => Algorithm::RsaSsaPssSha384,
        "PS512" => Algorithm::RsaSsaPssSha512,
        "ES256" => Algorithm::EcdsaP256Sha256,
        "ES384" => Algorithm::EcdsaP384Sha384,
        "EdDSA" => Algorithm::EdDsa,
        _ => return None,
    })
}

/// A claim that is a text, and says something.
pub(crate) fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    let text = claims.get(name)?.as_str()?;
    (!text.is_empty()).then_some(text)
}

/// A claim that is a moment: seconds, and parts of one where somebody gives them.
pub(crate) fn milliseconds(claims: &Claims, name: &str) -> Result<Option<i64>, BadToken> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let whole = value.as_i64().map(|seconds| seconds.saturating_mul(1_000));
    // A number that is too large for a moment becomes the last one.
    let part = || value.as_f64().map(|seconds| (seconds * 1_000.0) as i64);
    whole.or_else(part).map(Some).ok_or(BadToken::Malformed)
}

fn decoded(part: &str) -> Result<Vec<u8>, BadToken> {
    URL_SAFE_NO_PAD.decode(part).map_err(malformed)
}

fn malformed<E>(_: E) -> BadToken {
    BadToken::Malformed
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_800_000_000_000;
    const SKEW_MS: i64 = 60_000;

    fn check(kind: Kind, typ: Option<&str>, claims: Value) -> Result<(), BadToken> {
        let expected = Expected {
            kind,
            issuer: "https://id.example.org",
            client_id: "rolecall",
            clock_skew_ms: SKEW_MS,
            now_ms: NOW_MS,
        };
        let header = serde_json::json!({"alg": "RS256", "typ": typ});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}.AAAA", part(&header), part(&claims));
        expected.check(&Token::read(&text)?)
    }

    /// The claims that are right, and these in their place; what is null is left out.
    fn claims(other: Value) -> Value {
        let now = NOW_MS / 1_000;
        let mut claims = serde_json::json!({
            "iss": "https://id.example.org", "aud": "rolecall", "iat": now, "exp": now + 300,
        });
        let object = claims.as_object_mut().unwrap();
        object.extend(other.as_object().unwrap().clone());
        object.retain(|_, value| !value.is_null());
        claims
    }

    #[test]
    fn a_token_is_from_the_provider_and_for_us() {
        use BadToken::{Audience, Issuer};
        for (other, wanted) in [
            (serde_json::json!({}), Ok(())),
            (
                serde_json::json!({"iss": "https://id.example.org/"}),
                Err(Issuer),
            ),
            (serde_json::json!({"iss": null}), Err(Issuer)),
            (serde_json::json!({"aud": ["rolecall"]}), Ok(())),
            (serde_json::json!({"aud": "another"}), Err(Audience)),
            (serde_json::json!({"aud": []}), Err(Audience)),
            (serde_json::json!({"aud": null}), Err(Audience)),
            (serde_json::json!({"aud": {"a": "rolecall"}}), Err(Audience)),
            (
                serde_json::json!({"aud": ["rolecall", "another"]}),
                Err(Audience),
            ),
            (
                serde_json::json!({"aud": ["rolecall", "another"], "azp": "rolecall"}),
                Ok(()),
            ),
            (
                serde_json::json!({"aud": ["rolecall", "another"], "azp": "another"}),
                Err(Audience),
            ),
            (
                serde_json::json!({"aud": ["another"], "azp": "rolecall"}),
                Err(Audience),
            ),
            (serde_json::json!({"azp": "another"}), Err(Audience)),
        ] {
            assert_eq!(
                check(Kind::Id, None, claims(other.clone())),
                wanted,
                "{other}"
            );
        }
    }

    #[test]
    fn clocks_may_be_apart_by_the_skew_and_no_more() {
        use BadToken::{Early, Expired, Malformed};
        let now = NOW_MS / 1_000;
        for (other, wanted) in [
            (serde_json::json!({"exp": now - 59}), Ok(())),
            (serde_json::json!({"exp": now - 60}), Err(Expired)),
            (serde_json::json!({"iat": now + 60}), Ok(())),
            (serde_json::json!({"iat": now + 61}), Err(Early)),
            (serde_json::json!({"nbf": now + 60}), Ok(())),
            (serde_json::json!({"nbf": now + 61}), Err(Early)),
            (serde_json::json!({"iat": now - 659}), Ok(())),
            (serde_json::json!({"iat": now - 660}), Err(Expired)),
            (serde_json::json!({"iat": now as f64 + 0.5}), Ok(())),
            (serde_json::json!({"exp": null}), Err(Malformed)),
            (serde_json::json!({"iat": null}), Err(Malformed)),
            (serde_json::json!({"exp": "soon"}), Err(Malformed)),
            (serde_json::json!({"exp": 1e300}), Ok(())),
        ] {
            assert_eq!(
                check(Kind::Id, None, claims(other.clone())),
                wanted,
                "{other}"
            );
        }
        for (other, wanted) in [
            (serde_json::json!({"exp": null}), Ok(())),
            (serde_json::json!({"exp": null, "iat": now - 359}), Ok(())),
            (
                serde_json::json!({"exp": null, "iat": now - 360}),
                Err(Expired),
            ),
            (serde_json::json!({"exp": now - 60}), Err(Expired)),
        ] {
            assert_eq!(
                check(Kind::Logout, None, claims(other.clone())),
                wanted,
                "{other}"
            );
        }
    }

    #[test]
    fn one_kind_is_not_taken_for_the_other() {
        for (kind, typ, fits) in [
            (Kind::Id, "JWT", true),
            (Kind::Id, "application/jwt", true),
            (Kind::Id, "logout+jwt", false),
            (Kind::Id, "at+jwt", false),
            (Kind::Logout, "JWT", true),
            (Kind::Logout, "logout+jwt", true),
            (Kind::Logout, "application/logout+jwt", true),
            (Kind::Logout, "secevent+jwt", false),
        ] {
            let checked = check(kind, Some(typ), claims(serde_json::json!({})));
            let wanted = if fits { Ok(()) } else { Err(BadToken::Kind) };
            assert_eq!(checked, wanted, "{kind:?} {typ}");
        }
    }

    #[test]
    fn what_is_no_signed_token_is_not_read() {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let right = part(r#"{"alg":"RS256"}"#);
        for (text, wanted) in [
            (String::new(), BadToken::Malformed),
            (format!("{right}.{}", part("{}")), BadToken::Malformed),
            (format!("{right}.{}.A", part("{}")), BadToken::Malformed),
            (format!("{right}.{}.AB", part("{}")), BadToken::Malformed),
            (format!("{right}.{}.AA==", part("{}")), BadToken::Malformed),
            (
                format!("{right}.{}.A.A.AA", part("{}")),
                BadToken::Malformed,
            ),
            (format!("{right}.{}.AA", part("[]")), BadToken::Malformed),
            (
                format!("{right}.{}.{}", part("{}"), "A".repeat(TOKEN_MAX)),
                BadToken::Malformed,
            ),
            (
                format!(
                    "{}.{}.AA",
                    part(r#"{"alg":"RS256","crit":["b64"]}"#),
                    part("{}")
                ),
                BadToken::Malformed,
            ),
            (
                format!(
                    "{}.{}.AA",
                    part(r#"{"alg":"RS256","cty":"JWT"}"#),
                    part("{}")
                ),
                BadToken::Malformed,
            ),
            (
                format!("{}.{}.", part(r#"{"alg":"none"}"#), part("{}")),
                BadToken::Algorithm,
            ),
            (
                format!("{}.{}.AA", part(r#"{"alg":"HS256"}"#), part("{}")),
                BadToken::Algorithm,
            ),
            (
                format!("{}.{}.AA", part(r#"{"alg":"rs256"}"#), part("{}")),
                BadToken::Algorithm,
            ),
        ] {
            let read = Token::read(&text).err();
            assert_eq!(read, Some(wanted), "{}", &text[..text.len().min(90)]);
        }
    }
}
