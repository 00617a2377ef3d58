//! Which tokens are not believed.

use std::sync::OnceLock;

use aws_lc_rs::digest;
use openid::{Error, Wish};
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use serde_json::json;

use crate::fake::{Key, base64, other_rsa, rsa};
use crate::logout::logout_token;
use crate::stage::{ACCESS_TOKEN, NOW, NOW_MS, Said, Stage, code};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[tokio::test]
async fn a_token_is_of_this_provider_for_us_now_and_for_this_sign_in() {
    let stage = Stage::new().await;
    type Change = fn(&mut Said);
    let wrongs: [(&str, Change); 17] = [
        ("token_nonce", |it| it.claim("nonce", json!("another"))),
        ("token_nonce", |it| it.forget("nonce")),
        ("token_issuer", |it| {
            it.claim("iss", json!("https://id.example.org"))
        }),
        ("token_issuer", |it| it.forget("iss")),
        ("token_audience", |it| it.claim("aud", json!("another"))),
        ("token_audience", |it| {
            it.claim("aud", json!(["rolecall", "another"]))
        }),
        ("token_audience", |it| it.claim("azp", json!("another"))),
        ("token_expired", |it| it.claim("exp", json!(NOW - 60))),
        ("let in", |it| it.claim("exp", json!(NOW - 59))),
        ("token_early", |it| it.claim("iat", json!(NOW + 61))),
        ("let in", |it| it.claim("iat", json!(NOW + 60))),
        ("token_early", |it| it.claim("nbf", json!(NOW + 61))),
        ("token_malformed", |it| it.forget("exp")),
        ("token_subject", |it| it.forget("sub")),
        ("token_subject", |it| {
            it.claim("sub", json!("a".repeat(256)))
        }),
        ("token_kind", |it| it.header["typ"] = json!("logout+jwt")),
        ("token_malformed", |it| it.header["crit"] = json!(["exp"])),
    ];
    for (wanted, change) in wrongs {
        assert_eq!(code(stage.sign_in(change).await), wanted);
    }
}

#[tokio::test]
async fn a_token_is_signed_with_a_private_key_of_the_provider() {
    let stage = Stage::new().await;
    let published = rsa().published("a");
    let n = published["n"].as_str().unwrap().as_bytes().to_vec();
    // What everybody knows is no secret: neither the key as it is published, nor our own.
    let secrets = [
        n,
        published.to_string().into_bytes(),
        b"a secret/of ours".to_vec(),
    ];
    for secret in secrets {
        let key: &'static Key = Box::leak(Box::new(Key::Secret(secret)));
        let signed = stage.sign_in(|said| {
            said.key = key;
            said.header = json!({"alg": "HS256", "kid": "a"});
        });
        assert_eq!(code(signed.await), "token_algorithm");
    }
    for algorithm in ["none", "None", "NONE", ""] {
        let unsigned = stage.sign_in(|said| {
            said.key = &Key::Nothing;
            said.header = json!({"alg": algorithm});
        });
        assert_eq!(code(unsigned.await), "token_algorithm", "{algorithm}");
    }
    // Nothing where a signature should be, somebody else's, and one for another algorithm or type of key.
    let nothing = stage.sign_in(|said| said.key = &Key::Nothing);
    assert_eq!(code(nothing.await), "token_signature");
    let forged = stage.sign_in(|said| said.key = other_rsa());
    assert_eq!(code(forged.await), "token_signature");
    for algorithm in ["RS512", "PS256", "ES256", "EdDSA"] {
        let (url, pending) = stage.begin(&Wish::default()).await.unwrap();
        let mut said = stage.said(&url, |_| {});
        said.header["alg"] = json!(algorithm);
        // RS256 is what the key makes of it, whatever the header says.
        let signed = said
            .key
            .signed(&json!({"alg": "RS256", "kid": "a"}), &said.claims);
        let signature = signed.rsplit_once('.').unwrap().1;
        let part = |value: &serde_json::Value| base64(value.to_string());
        let token = format!("{}.{}.{signature}", part(&said.header), part(&said.claims));
        stage.give(json!(token), &json!({}));
        let back = stage.come_back(&pending, &said.query, NOW_MS).await;
        assert_eq!(code(back), "token_signature", "{algorithm}");
    }
}

#[tokio::test]
async fn the_access_token_is_the_one_that_the_token_was_made_with() {
    let stage = Stage::new().await;
    let half =
        |token: &str| base64(&digest::digest(&digest::SHA256, token.as_bytes()).as_ref()[..16]);
    let right = stage.sign_in(|said| said.claim("at_hash", json!(half(ACCESS_TOKEN))));
    assert_eq!(code(right.await), "let in");
    for wrong in [json!(half("another")), json!(""), json!(7)] {
        let other = stage.sign_in(|said| said.claim("at_hash", wrong));
        assert_eq!(code(other.await), "token_access_token");
    }
}

#[tokio::test]
async fn whoever_had_to_prove_it_again_has_done_so() {
    let stage = Stage::new().await;
    let wish = Wish {
        max_age_seconds: Some(30),
        ..Wish::default()
    };
    type Change = fn(&mut Said);
    let cases: [(&str, Change); 4] = [
        ("let in", |it| it.claim("auth_time", json!(NOW - 90))),
        ("token_auth_time", |it| {
            it.claim("auth_time", json!(NOW - 91))
        }),
        ("token_auth_time", |it| it.forget("auth_time")),
        ("token_malformed", |it| it.claim("auth_time", json!("now"))),
    ];
    for (wanted, change) in cases {
        assert_eq!(code(stage.sign_in_as(&wish, change).await), wanted);
    }
}

/// Each place of an ID token, with the letter beside it: the smallest change that there is.
#[tokio::test]
async fn no_place_of_an_id_token_can_be_changed() {
    let stage = Stage::new().await;
    let (url, pending) = stage.begin(&Wish::default()).await.unwrap();
    let said = stage.said(&url, |_| {});
    let token = said.key.signed(&said.header, &said.claims);
    for place in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        let letter = ALPHABET.iter().position(|letter| *letter == bytes[place]);
        bytes[place] = letter.map_or(b'A', |letter| ALPHABET[letter ^ 1]);
        stage.give(json!(String::from_utf8(bytes).unwrap()), &json!({}));
        let back = stage.come_back(&pending, &said.query, NOW_MS).await;
        assert!(
            matches!(back, Err(Error::Token(_))),
            "place {place} of {}",
            token.len()
        );
    }
    stage.give(json!(token), &json!({}));
    let back = stage.come_back(&pending, &said.query, NOW_MS).await;
    assert_eq!(code(back), "let in");
    assert!(
        stage.fake.asked_for_keys() <= 2,
        "however many kids were tried"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Any byte, at any place, of a logout token.
    #[test]
    fn any_changed_byte_of_a_token_is_refused(place in any::<proptest::sample::Index>(), byte in 1_u8..128) {
        static STAGE: OnceLock<(tokio::runtime::Runtime, Stage)> = OnceLock::new();
        let (runtime, stage) = STAGE.get_or_init(|| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let stage = runtime.block_on(Stage::new());
            (runtime, stage)
        });
        let token = logout_token(stage, |_| {});
        let mut bytes = token.clone().into_bytes();
        let place = place.index(bytes.len());
        let is_same = bytes[place] == byte;
        bytes[place] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        let out = stage.party.back_channel_logout(&stage.client, &changed, NOW_MS);
        prop_assert_eq!(runtime.block_on(out).is_ok(), is_same);
    }
}
