//! Signing out, from here and from there.

use openid::{Goodbye, LoggedOut};
use serde_json::{Value, json};

use crate::fake::{Key, other_rsa, rsa};
use crate::stage::{NOW, NOW_MS, Stage, asked, code};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What the provider posts.
pub struct Posted {
    pub key: &'static Key,
    pub header: Value,
    pub claims: Value,
}

pub fn logout_token(stage: &Stage, change: impl FnOnce(&mut Posted)) -> String {
    let mut posted = Posted {
        key: rsa(),
        header: json!({"alg": "RS256", "kid": "a", "typ": "logout+jwt"}),
        claims: json!({
            "iss": stage.fake.root, "aud": "rolecall", "iat": NOW, "exp": NOW + 120,
            "jti": "token-1", "sub": "248289761001", "sid": "session-1",
            "events": {EVENT: {}},
        }),
    };
    change(&mut posted);
    posted.key.signed(&posted.header, &posted.claims)
}

#[tokio::test]
async fn a_provider_says_who_signed_out_there() {
    let stage = Stage::new().await;
    let out = async |change: fn(&mut Posted)| {
        let token = logout_token(&stage, change);
        stage
            .party
            .back_channel_logout(&stage.client, &token, NOW_MS)
            .await
    };
    let all = out(|_| {}).await.unwrap();
    let wanted = LoggedOut {
        issuer: stage.fake.root.clone(),
        sub: Some("248289761001".to_owned()),
        session: Some("session-1".to_owned()),
        jti: "token-1".to_owned(),
        remember_until_ms: NOW_MS + 6 * 60_000,
    };
    assert_eq!(all, wanted);
    assert_eq!(format!("{all:?}"), "LoggedOut(…)");
    let forget = |posted: &mut Posted, name: &str| {
        posted.claims.as_object_mut().unwrap().remove(name);
    };
    let token = logout_token(&stage, |posted| forget(posted, "sid"));
    let one = stage
        .party
        .back_channel_logout(&stage.client, &token, NOW_MS);
    assert_eq!(one.await.unwrap().session, None);
    let token = logout_token(&stage, |posted| forget(posted, "sub"));
    let one = stage
        .party
        .back_channel_logout(&stage.client, &token, NOW_MS);
    assert_eq!(one.await.unwrap().sub, None);
}

#[tokio::test]
async fn a_token_that_says_so_in_another_way_signs_nobody_out() {
    let stage = Stage::new().await;
    type Change = fn(&mut Posted);
    fn without(posted: &mut Posted, name: &str) {
        posted.claims.as_object_mut().unwrap().remove(name);
    }
    let cases: [(&str, Change); 19] = [
        ("token_event", |it| without(it, "events")),
        ("token_event", |it| it.claims["events"] = json!([EVENT])),
        ("token_event", |it| {
            it.claims["events"] = json!({EVENT: true})
        }),
        ("token_event", |it| {
            it.claims["events"] = json!({"https://example.org/event": {}})
        }),
        // An ID token, whatever else it says.
        ("token_event", |it| it.claims["nonce"] = json!("a nonce")),
        ("token_kind", |it| it.header["typ"] = json!("at+jwt")),
        ("token_subject", |it| {
            without(it, "sub");
            without(it, "sid");
        }),
        ("token_subject", |it| it.claims["sub"] = json!(7)),
        ("token_subject", |it| it.claims["sid"] = json!("")),
        ("token_id", |it| without(it, "jti")),
        ("token_issuer", |it| {
            it.claims["iss"] = json!("https://id.example.org")
        }),
        ("token_audience", |it| it.claims["aud"] = json!("another")),
        ("token_malformed", |it| without(it, "iat")),
        ("token_expired", |it| {
            without(it, "exp");
            it.claims["iat"] = json!(NOW - 360);
        }),
        ("token_expired", |it| it.claims["exp"] = json!(NOW - 60)),
        ("token_early", |it| it.claims["iat"] = json!(NOW + 61)),
        ("token_signature", |it| it.key = other_rsa()),
        ("token_unknown_key", |it| it.header["kid"] = json!("b")),
        ("token_algorithm", |it| {
            it.key = &Key::Nothing;
            it.header["alg"] = json!("none");
        }),
    ];
    for (wanted, change) in cases {
        let token = logout_token(&stage, change);
        let out = stage
            .party
            .back_channel_logout(&stage.client, &token, NOW_MS);
        assert_eq!(code(out.await), wanted);
    }
    let id_token = stage.sign_in(|_| {}).await.unwrap().id_token;
    let out = stage
        .party
        .back_channel_logout(&stage.client, &id_token, NOW_MS);
    assert_eq!(code(out.await), "token_event");
    let out = stage.party.back_channel_logout(&stage.client, "", NOW_MS);
    assert_eq!(code(out.await), "token_malformed");
}

#[tokio::test]
async fn a_browser_is_sent_to_sign_out_there() {
    let stage = Stage::new().await;
    let url = async |goodbye: Goodbye| {
        let url = stage.party.logout_url(&stage.client, &goodbye, NOW_MS);
        url.await.unwrap()
    };
    let goodbye = Goodbye {
        id_token: Some("a.b.c".to_owned()),
        back_to: Some("https://desk.example.org/signed-out".to_owned()),
        state: Some("s".to_owned()),
    };
    let there = url(goodbye.clone()).await.unwrap();
    assert!(
        there.starts_with(&format!("{}/end?", stage.fake.root)),
        "{there}"
    );
    let asked = asked(&there);
    for (name, wanted) in [
        ("id_token_hint", "a.b.c"),
        ("client_id", "rolecall"),
        (
            "post_logout_redirect_uri",
            "https://desk.example.org/signed-out",
        ),
        ("state", "s"),
    ] {
        assert_eq!(asked.get(name).map(String::as_str), Some(wanted), "{name}");
    }
    // A token that is too long for an address stays here.
    let long = Goodbye {
        id_token: Some("a".repeat(4_001)),
        ..goodbye
    };
    assert!(!url(long).await.unwrap().contains("id_token_hint"));

    stage.announce(json!({"end_session_endpoint": null}));
    stage.party.look(&stage.client, NOW_MS).await.unwrap();
    assert_eq!(url(Goodbye::default()).await, None);
}
