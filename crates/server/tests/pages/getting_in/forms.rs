//! Forms come from pages of this server, and from the session's own (cross-site request forgery).

use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use crate::browser::{House, OWNER, PASSWORD};

testkit::on_both![
    a_form_of_another_site_does_nothing,
    a_form_needs_the_token_of_its_session,
    a_form_with_odd_fields_is_refused,
];

async fn a_form_of_another_site_does_nothing(db: TestDatabase) {
    let house = House::open(&db).await;
    let fields = [("email", OWNER), ("password", PASSWORD)];
    for headers in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[
            ("origin", "https://evil.example"),
            ("host", "rolecall.example"),
        ],
        &[("origin", "null"), ("host", "rolecall.example")],
    ] {
        let answer = house.browser().send_as("/sign-in", &fields, headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let ours = [
        ("origin", "https://rolecall.example"),
        ("host", "rolecall.example"),
    ];
    let answer = house.browser().send_as("/sign-in", &fields, &ours).await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "a browser that says no more than its origin"
    );
    let mut browser = house.signed_in(OWNER).await;
    browser.look("/").await;
    let token = browser.form_token.clone().unwrap();
    let before = house.rows("sign_in_sessions").await;
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
    ];
    let answer = browser
        .send_as("/sign-out", &[("form_token", &token)], &foreign)
        .await;
    // The cookie does not count for it at all.
    assert_eq!(answer.leads_to(), "/sign-in?next=%2F");
    assert_eq!(house.rows("sign_in_sessions").await, before);
    let read = browser
        .ask(
            Method::GET,
            "/api/v1/me",
            &[("sec-fetch-site", "cross-site")],
            None,
        )
        .await;
    assert_eq!(read.status, StatusCode::UNAUTHORIZED);
    let write = browser
        .ask(
            Method::POST,
            "/api/v1/groups",
            &foreign,
            Some("{}".to_owned()),
        )
        .await;
    assert_eq!(write.status, StatusCode::UNAUTHORIZED);
}

async fn a_form_needs_the_token_of_its_session(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    let mut other = house.signed_in(OWNER).await;
    browser.look("/").await;
    other.look("/").await;
    let (own, others) = (
        browser.form_token.clone().unwrap(),
        other.form_token.unwrap(),
    );
    browser.look("/").await;
    assert_ne!(
        browser.form_token,
        Some(own.clone()),
        "each page has another one"
    );
    let same = [("sec-fetch-site", "same-origin")];
    for wrong in [
        "",
        ".",
        "x",
        others.as_str(),
        &own.to_uppercase(),
        &own[1..],
    ] {
        let answer = browser
            .send_as("/sign-out", &[("form_token", wrong)], &same)
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{wrong}");
        assert!(
            answer.text.contains("open the page again"),
            "{}",
            answer.text
        );
    }
    let answer = browser.send_as("/sign-out", &[], &same).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = browser
        .send_as("/sign-out", &[("form_token", &own)], &same)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

/// §7: extra body keys.
async fn a_form_with_odd_fields_is_refused(db: TestDatabase) {
    let house = House::open(&db).await;
    let fields = [("email", OWNER), ("password", PASSWORD)];
    for odd in [("is_admin", "true"), ("email", "other@example.net")] {
        let mut all = fields.to_vec();
        all.push(odd);
        let answer = house.browser().send("/sign-in", &all).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.header("set-cookie"), "");
    }
    let missing = house.browser().send("/sign-in", &fields[..1]).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let json = [
        ("content-type", "application/json"),
        ("sec-fetch-site", "same-origin"),
    ];
    let answer = house
        .browser()
        .ask(Method::POST, "/sign-in", &json, Some("{}".to_owned()))
        .await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
