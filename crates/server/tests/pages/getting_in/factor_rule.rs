//! A second factor that has to be there: whoever has none sets it up before anything else, and nobody is locked out.

use access::{Command, RoleId};
use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use super::authenticator::{Authenticator, set_up};
use crate::browser::{House, OWNER, PASSWORD};

testkit::on_both![
    whoever_has_to_have_one_sets_it_up_before_anything_else,
    ad_28_a_requirement_holds_for_sessions_that_are_there,
    ad_8_the_last_super_admin_gets_in_to_set_it_up,
    what_is_asked_of_a_role_is_asked_of_its_holders,
    what_is_asked_for_cannot_be_taken_off,
];

fn require(role: Option<RoleId>) -> Command {
    Command::RequireSecondFactor {
        role,
        required: true,
    }
}

async fn whoever_has_to_have_one_sets_it_up_before_anything_else(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    house.submit(house.owners(), require(None)).await;
    let mut browser = house.signed_in("ulf@example.net").await;
    for page in ["/", "/account/sessions", "/account/password"] {
        let seen = browser.look(page).await;
        assert_eq!(
            (seen.status, seen.leads_to()),
            (StatusCode::SEE_OTHER, "/account/second-factor"),
            "{page}"
        );
    }
    let ours = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    for (method, path, body) in [
        (Method::GET, "/api/v1/me", None),
        (Method::GET, "/api/v1/people", None),
        (
            Method::POST,
            "/api/v1/tokens",
            Some(r#"{"name": "Robot", "expires": "2027-01-01T00:00:00Z"}"#),
        ),
        (
            Method::POST,
            "/api/v1/people/users",
            Some(r#"{"name": "New", "email": "new@example.net"}"#),
        ),
    ] {
        let refused = browser
            .ask(method, path, &ours, body.map(str::to_owned))
            .await;
        assert_eq!(
            refused.status,
            StatusCode::FORBIDDEN,
            "{path}: {}",
            refused.text
        );
        assert!(
            refused.text.contains("second_factor_required"),
            "{path}: {}",
            refused.text
        );
    }
    let page = browser.look("/account/second-factor").await;
    assert!(page.text.contains("is asked of you here"), "{}", page.text);
    let app = Authenticator::of(&page.text);
    let done = browser
        .send("/account/second-factor", &[("code", &app.code(&house))])
        .await;
    assert_eq!(done.status, StatusCode::OK);
    assert_eq!(browser.look("/").await.status, StatusCode::OK);
}

async fn ad_28_a_requirement_holds_for_sessions_that_are_there(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    house.user("uma@example.net").await;
    set_up(&house, "uma@example.net").await;
    let mut without = house.signed_in("ulf@example.net").await;
    assert_eq!(without.look("/").await.status, StatusCode::OK);
    house.submit(house.owners(), require(None)).await;
    assert_eq!(without.look("/").await.leads_to(), "/account/second-factor");
    // One can leave all the same.
    without.look("/account/second-factor").await;
    assert_eq!(without.send("/sign-out", &[]).await.leads_to(), "/sign-in");
}

async fn ad_8_the_last_super_admin_gets_in_to_set_it_up(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut owner = house.signed_in(OWNER).await;
    house
        .submit(house.owners(), require(Some(RoleId::SUPER_ADMIN)))
        .await;
    house.submit(house.owners(), require(None)).await;
    assert_eq!(owner.look("/").await.leads_to(), "/account/second-factor");
    let mut anew = house.signed_in(OWNER).await;
    let page = anew.look("/account/second-factor").await;
    let app = Authenticator::of(&page.text);
    anew.send("/account/second-factor", &[("code", &app.code(&house))])
        .await;
    assert_eq!(anew.look("/").await.status, StatusCode::OK);
}

async fn what_is_asked_of_a_role_is_asked_of_its_holders(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let mut owner = house.signed_in(OWNER).await;
    let admin = house.account.state().public(RoleId::ADMIN).unwrap();
    let path = format!("/api/v1/roles/{admin}/second-factor");
    let ours = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let body = Some(r#"{"required": true}"#.to_owned());
    // An Admin does not set what is asked of Admins.
    let mut theirs = house.signed_in("ulf@example.net").await;
    let refused = theirs.ask(Method::PUT, &path, &ours, body.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let done = owner.ask(Method::PUT, &path, &ours, body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(theirs.look("/").await.leads_to(), "/account/second-factor");
    assert_eq!(owner.look("/").await.status, StatusCode::OK);
    let rule = owner
        .ask(Method::GET, "/api/v1/second-factor", &ours, None)
        .await;
    assert!(rule.text.contains(&admin.to_string()), "{}", rule.text);
    house.set_role(ulf, RoleId::SUPER_ADMIN).await;
    assert_eq!(theirs.look("/").await.status, StatusCode::OK);
}

async fn what_is_asked_for_cannot_be_taken_off(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, codes) = set_up(&house, OWNER).await;
    house.submit(house.owners(), require(None)).await;
    let mut browser = house.browser();
    browser.sign_in(OWNER, PASSWORD).await;
    browser
        .send("/sign-in/code", &[("recovery", &codes[0])])
        .await;
    let page = browser.look("/account/second-factor").await;
    assert!(!page.text.contains("Take it off"), "{}", page.text);
    let refused = browser.send("/account/second-factor/remove", &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        house
            .account
            .one_time_codes(house.owner)
            .await
            .unwrap()
            .is_some()
    );
}
