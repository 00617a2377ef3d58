//! Signatures of Standard Webhooks: that a message comes from us, is whole, and is of this moment.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use ledger::Randomness;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Before each secret, as the standard has it.
const PREFIX: &str = "whsec_";
const BYTES: usize = 32;

/// What a webhook and its receiver share.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one.
    pub fn new(randomness: &dyn Randomness) -> Self {
        let mut bytes = [0; BYTES];
        randomness.fill(&mut bytes);
        Self(bytes.to_vec())
    }

    /// As its receiver keeps it; shown once.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        Some(format!("v1,{signature}"))
    }
}

/// The header `webhook-signature`: one for each secret that is good now, with a space between them.
pub(crate) fn signatures(secrets: &[Secret], id: &str, seconds: i64, body: &[u8]) -> String {
    let signed = secrets
        .iter()
        .filter_map(|secret| secret.sign(id, seconds, body));
    signed.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_standard_publishes_comes_out() {
        // The example of the specification of Standard Webhooks.
        let secret = Secret(
            BASE64_STANDARD
                .decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                .unwrap(),
        );
        assert_eq!(secret.reveal(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let body = br#"{"test": 2432232314}"#;
        let signed = signatures(
            std::slice::from_ref(&secret),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            body,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let two = signatures(
            &[secret.clone(), secret],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            body,
        );
        assert_eq!(two, format!("{signed} {signed}"));
    }
}
