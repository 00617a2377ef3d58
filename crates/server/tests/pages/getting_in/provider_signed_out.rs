//! Signing out at the provider because of here, and here because of the provider (back-channel logout).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use tokio::time::timeout;

use super::provider::{
    Provider, Stage, asked,
    fake::{Key, other_rsa},
    is_in, logout_token,
};
use crate::browser::Browser;

testkit::on_both![
    whoever_signs_out_here_goes_on_to_sign_out_at_the_provider,
    what_the_provider_says_ends_its_sessions_at_once,
    ad_28_a_stream_ends_within_a_second_of_the_providers_word,
    a_token_that_is_not_the_providers_or_was_used_ends_nothing,
];

const ULF: &str = "ulf@staff.example.com";

async fn provider(stage: &Stage) -> Provider {
    let domains = json!({"domains": ["staff.example.com"]});
    stage.provider("staff", domains).await
}

async fn come(stage: &Stage, provider: &Provider, session: &str) -> Browser {
    let mut browser = stage.house.browser();
    let says = json!({"sub": "ulf-there", "sid": session, "email": ULF, "email_verified": true});
    stage.come(&mut browser, provider, ULF, says).await;
    assert!(is_in(&mut browser).await);
    browser
}

async fn whoever_signs_out_here_goes_on_to_sign_out_at_the_provider(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = provider(&stage).await;
    let ulf = stage.house.user(ULF).await;
    let mut browser = come(&stage, &provider, "one").await;
    let out = browser.send("/sign-out", &[]).await;
    assert_eq!(out.leads_to(), "/sign-out/provider", "{}", out.text);
    assert_eq!(stage.sessions(ulf).await, 0, "here they are out already");
    let page = browser.look("/sign-out/provider").await;
    let (_, rest) = page.text.split_once("content=\"0; url=").expect(&page.text);
    let url = rest.split('"').next().unwrap().replace("&#38;", "&");
    assert!(
        url.starts_with(&format!("{}/end?", stage.fake.root)),
        "{url}"
    );
    let said = asked(&url);
    assert_eq!(said["client_id"], "rolecall");
    assert_eq!(
        said["post_logout_redirect_uri"],
        "https://rolecall.example/sign-in"
    );
    assert_eq!(said["id_token_hint"].split('.').count(), 3);
    // Once.
    let again = browser.look("/sign-out/provider").await;
    assert_eq!(again.leads_to(), "/sign-in");
    // Whoever came by their own means goes nowhere.
    let mut own = stage.house.signed_in(ULF).await;
    own.look("/account/sessions").await;
    assert_eq!(own.send("/sign-out", &[]).await.leads_to(), "/sign-in");
}

async fn what_the_provider_says_ends_its_sessions_at_once(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = provider(&stage).await;
    stage.house.user(ULF).await;
    let mut own = stage.house.signed_in(ULF).await;
    let mut one = come(&stage, &provider, "one").await;
    let mut two = come(&stage, &provider, "two").await;
    let mut three = come(&stage, &provider, "three").await;
    let told = stage
        .tell(&provider, json!({"jti": "a", "sid": "one"}))
        .await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert_eq!(told.header("cache-control"), "no-store");
    assert!(!is_in(&mut one).await && is_in(&mut two).await && is_in(&mut three).await);
    // Of somebody else it is not their session.
    let other = json!({"jti": "b", "sid": "two", "sub": "another"});
    stage.tell(&provider, other).await;
    assert!(is_in(&mut two).await);
    stage
        .tell(&provider, json!({"jti": "c", "sub": "ulf-there"}))
        .await;
    assert!(!is_in(&mut two).await && !is_in(&mut three).await);
    assert!(
        is_in(&mut own).await,
        "what they have here themselves stays"
    );
}

async fn ad_28_a_stream_ends_within_a_second_of_the_providers_word(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = provider(&stage).await;
    stage.house.user(ULF).await;
    let mut browser = come(&stage, &provider, "one").await;
    let mut stream = browser.stream("/api/v1/events").await;
    stream.next().await.unwrap().unwrap();
    stage.tell(&provider, json!({"sid": "one"})).await;
    let ends = async { while let Some(Ok(_)) = stream.next().await {} };
    timeout(Duration::from_secs(1), ends).await.unwrap();
}

async fn a_token_that_is_not_the_providers_or_was_used_ends_nothing(db: TestDatabase) {
    let stage = Stage::open(&db).await;
    let provider = provider(&stage).await;
    let ulf = stage.house.user(ULF).await;
    let _browser = come(&stage, &provider, "one").await;
    let now = stage.house.account.now().0 / 1_000;
    let says = || json!({"sub": "ulf-there"});
    let right = logout_token(now, &provider, says());
    let (head_and_claims, _) = right.rsplit_once('.').unwrap();
    let foreign = other_rsa().signed(&json!({"alg": "RS256", "kid": "a"}), &claims(&right));
    let unsigned = Key::Nothing.signed(&json!({"alg": "none"}), &claims(&right));
    let elsewhere = Provider {
        connection: provider.connection,
        issuer: format!("{}/elsewhere", stage.fake.root),
        path: String::new(),
    };
    for token in [
        format!("{head_and_claims}."),
        foreign,
        unsigned,
        logout_token(now, &elsewhere, says()),
        logout_token(
            now,
            &provider,
            json!({"sub": "ulf-there", "aud": "another"}),
        ),
        logout_token(now, &provider, json!({"sub": "ulf-there", "events": {}})),
        logout_token(
            now,
            &provider,
            json!({"sub": "ulf-there", "nonce": "an ID token"}),
        ),
        logout_token(now - 3_600, &provider, says()),
        "none".to_owned(),
        String::new(),
    ] {
        let refused = stage.post(&token).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{token}");
    }
    assert_eq!(stage.sessions(ulf).await, 1);
    // Once is once: whoever comes in again is not put out by an old token.
    assert_eq!(stage.post(&right).await.status, StatusCode::OK);
    assert_eq!(stage.sessions(ulf).await, 0);
    let mut again = come(&stage, &provider, "two").await;
    assert_eq!(stage.post(&right).await.status, StatusCode::BAD_REQUEST);
    assert!(is_in(&mut again).await);
}

fn claims(token: &str) -> Value {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as B64};
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&B64.decode(part).unwrap()).unwrap()
}
