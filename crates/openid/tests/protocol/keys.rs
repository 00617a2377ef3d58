//! What is known of a provider, and for how long.

use openid::{Error, Whose, Wish};
use serde_json::{Value, json};

use crate::fake::{other_rsa, rsa};
use crate::logout::logout_token;
use crate::stage::{NOW_MS, Said, Stage, code};

const METADATA: &str = "GET /.well-known/openid-configuration";
const HOUR_MS: i64 = 60 * 60 * 1_000;

fn signed_with_the_new_one(said: &mut Said) {
    said.key = other_rsa();
    said.header["kid"] = json!("b");
}

#[tokio::test]
async fn a_new_key_is_found_by_asking_once_more() {
    let stage = Stage::new().await;
    assert_eq!(code(stage.sign_in(|_| {}).await), "let in");
    assert_eq!(stage.fake.asked_for_keys(), 1);
    stage
        .fake
        .publish(&[other_rsa().published("b"), rsa().published("a")]);
    for _ in 0..2 {
        assert_eq!(code(stage.sign_in(signed_with_the_new_one).await), "let in");
        assert_eq!(code(stage.sign_in(|_| {}).await), "let in");
    }
    assert_eq!(stage.fake.asked_for_keys(), 2);
    // The old one is withdrawn, and believed no longer than keys are kept.
    stage.fake.publish(&[other_rsa().published("b")]);
    let token = logout_token(&stage, |said| {
        said.claims["iat"] = json!(NOW_MS / 1_000 + 3_600)
    });
    let out = stage
        .party
        .back_channel_logout(&stage.client, &token, NOW_MS + HOUR_MS);
    assert_eq!(code(out.await), "token_unknown_key");
}

#[tokio::test]
async fn a_key_that_stays_unknown_is_not_looked_for_again_and_again() {
    let stage = Stage::new().await;
    for _ in 0..20 {
        assert_eq!(
            code(stage.sign_in(signed_with_the_new_one).await),
            "token_unknown_key"
        );
    }
    assert_eq!(stage.fake.asked_for_keys(), 2, "once more, and not again");
    for seconds in 0..90 {
        let token = logout_token(&stage, |said| {
            said.header["kid"] = json!(format!("kid-{seconds}"))
        });
        let now_ms = NOW_MS + seconds * 1_000;
        let out = stage
            .party
            .back_channel_logout(&stage.client, &token, now_ms);
        assert_eq!(code(out.await), "token_unknown_key");
    }
    assert_eq!(
        stage.fake.asked_for_keys(),
        4,
        "twice in a minute and a half"
    );
}

#[tokio::test]
async fn a_key_without_an_id_may_change_too() {
    let stage = Stage::new().await;
    let nameless = |key: &crate::fake::Key| {
        let mut key = key.published("");
        key.as_object_mut().unwrap().remove("kid");
        key
    };
    stage.fake.publish(&[nameless(rsa())]);
    let without = |said: &mut Said| said.header = json!({"alg": "RS256"});
    assert_eq!(code(stage.sign_in(without).await), "let in");
    stage.fake.publish(&[nameless(other_rsa())]);
    let later = |said: &mut Said| {
        without(said);
        said.key = other_rsa();
    };
    assert_eq!(code(stage.sign_in(later).await), "let in");
}

#[tokio::test]
async fn what_is_known_is_asked_for_once_an_hour() {
    let stage = Stage::new().await;
    // All at the same moment.
    let begun = (0..10).map(|_| async { stage.begin(&Wish::default()).await.map(|_| ()) });
    for begun in futures_util::future::join_all(begun).await {
        begun.unwrap();
    }
    assert_eq!(stage.fake.came(METADATA).len(), 1);
    let fill = |bytes: &mut [u8]| bytes.fill(1);
    for (later_ms, asked) in [(HOUR_MS - 1, 1), (HOUR_MS, 2), (HOUR_MS + 1, 2)] {
        let wish = Wish::default();
        let begun = stage
            .party
            .begin(&stage.client, &wish, &fill, NOW_MS + later_ms);
        begun.await.unwrap();
        assert_eq!(stage.fake.came(METADATA).len(), asked);
    }
    // Whoever connects it wants to know what is there now.
    let announced = stage.party.look(&stage.client, NOW_MS).await.unwrap();
    assert!(announced.logout && announced.back_channel_logout && announced.keys == 1);
    assert_eq!(stage.fake.came(METADATA).len(), 3);
}

#[tokio::test]
async fn a_provider_that_fails_is_left_alone_for_a_while() {
    let stage = Stage::new().await;
    stage.fake.put("/.well-known/openid-configuration", 503, "");
    let fill = |bytes: &mut [u8]| bytes.fill(1);
    let begin = async |later_ms: i64| {
        let wish = Wish::default();
        let begun = stage
            .party
            .begin(&stage.client, &wish, &fill, NOW_MS + later_ms);
        code(begun.await)
    };
    for later_ms in [0, 1, 9_999] {
        assert_eq!(begin(later_ms).await, "provider_status");
    }
    assert_eq!(stage.fake.came(METADATA).len(), 1);
    stage.announce(json!({}));
    assert_eq!(begin(9_999).await, "provider_status");
    assert_eq!(begin(10_000).await, "let in");
    assert_eq!(stage.fake.came(METADATA).len(), 2);
}

#[tokio::test]
async fn metadata_is_that_of_the_issuer_and_leads_to_places_that_may_be_asked() {
    let stage = Stage::new().await;
    let root = stage.fake.root.clone();
    let look = async || stage.party.look(&stage.client, NOW_MS).await;
    let cases: [(Value, &str); 9] = [
        (json!({"issuer": format!("{root}/")}), "issuer_differs"),
        (
            json!({"issuer": "https://id.example.org"}),
            "issuer_differs",
        ),
        (json!({"issuer": null}), "provider_unreadable"),
        (json!({"token_endpoint": null}), "provider_endpoint"),
        (
            json!({"token_endpoint": "http://10.0.0.1/token"}),
            "provider_endpoint",
        ),
        (
            json!({"jwks_uri": "http://id.example.org:0/"}),
            "provider_endpoint",
        ),
        (
            json!({"authorization_endpoint": "javascript:alert(1)"}),
            "provider_endpoint",
        ),
        (
            json!({"end_session_endpoint": "https://169.254.169.254/"}),
            "provider_endpoint",
        ),
        (
            json!({"jwks_uri": format!("{root}/nowhere")}),
            "provider_status",
        ),
    ];
    for (other, wanted) in cases {
        stage.announce(other.clone());
        assert_eq!(code(look().await), wanted, "{other}");
    }
    stage.announce(json!({}));
    for keys in [
        "[]",
        r#"{"keys": []}"#,
        r#"{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}"#,
    ] {
        stage.fake.put("/keys", 200, keys);
        assert_eq!(code(look().await), "provider_unreadable", "{keys}");
    }
    stage.fake.publish(&[rsa().published("a")]);
    assert_eq!(code(look().await), "let in");
}

#[tokio::test]
async fn what_is_too_long_or_stands_elsewhere_is_not_read() {
    let stage = Stage::new().await;
    let long = " ".repeat(300_000);
    let look = async || stage.party.look(&stage.client, NOW_MS).await.unwrap_err();
    stage.fake.put("/keys", 200, &long);
    assert_eq!(look().await.code(), "provider_unreachable");
    stage.fake.put("/keys", 302, "");
    let elsewhere = look().await;
    assert!(matches!(elsewhere, Error::Status { status: 302, .. }));
    assert_eq!(elsewhere.whose(), Whose::Provider);
    stage
        .fake
        .put("/.well-known/openid-configuration", 200, &long);
    assert_eq!(look().await.code(), "provider_unreachable");
    assert!(stage.fake.came("GET /elsewhere").is_empty());
}
