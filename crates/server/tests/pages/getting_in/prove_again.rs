//! The password asked for again: before an admin role, a token, or a change of how somebody signs in; of sessions, never of tokens.

use std::time::Duration;

use access::{PersonId, RoleId};
use axum::http::{Method, StatusCode};
use ledger::SignInSession;
use testkit::databases::TestDatabase;

use super::{
    authenticator::Authenticator,
    device::{Device, register, remove_first},
};
use crate::{
    browser::{Browser, House, OWNER, PASSWORD, Seen},
    filled::Filled,
};

testkit::on_both![
    ad_7_what_hands_out_keys_wants_a_fresh_proof,
    a_wrong_password_proves_nothing_and_is_counted,
    a_page_leads_to_the_proof_and_back,
    ad_7_a_form_that_comes_too_late_is_carried_through_the_proof,
    ad_7_what_is_carried_through_the_proof_leads_nowhere_else,
    a_proof_is_this_sessions_alone,
    a_proof_is_not_renewed_by_what_is_done_with_it,
];

const PROOF: Duration = Duration::from_secs(10 * 60);

async fn rest(browser: &mut Browser, method: Method, path: &str, body: &str) -> Seen {
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    browser
        .ask(method, path, &headers, Some(body.to_owned()))
        .await
}

async fn prove(browser: &mut Browser, password: &str) -> Seen {
    browser.look("/sign-in/again").await;
    browser
        .send("/sign-in/again", &[("password", password)])
        .await
}

async fn ad_7_what_hands_out_keys_wants_a_fresh_proof(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    house.set_role(ulf, RoleId::ADMIN).await;
    let state = house.account.state();
    let id = state.public(ulf).unwrap().to_string();
    let role = |role: RoleId| state.public(role).unwrap().to_string();
    let mut browser = house.signed_in(OWNER).await;
    let until = "2027-01-01T00:00:00Z";
    let super_admin = format!(r#"{{"role": "{}"}}"#, role(RoleId::SUPER_ADMIN));
    let keys = [
        (
            Method::PUT,
            format!("/api/v1/people/{id}/account-role"),
            super_admin,
        ),
        (
            Method::PUT,
            format!("/api/v1/people/{id}/account-admin"),
            r#"{"access": "full"}"#.to_owned(),
        ),
        (
            Method::POST,
            "/api/v1/tokens".to_owned(),
            format!(r#"{{"name": "Robot", "expires": "{until}"}}"#),
        ),
        (
            Method::POST,
            format!("/api/v1/people/{id}/second-factor/reset"),
            String::new(),
        ),
        (
            Method::PUT,
            "/api/v1/second-factor".to_owned(),
            r#"{"required": true}"#.to_owned(),
        ),
        (
            Method::POST,
            "/api/v1/connections".to_owned(),
            format!(r#"{{"name": "Robot", "role": "{}"}}"#, role(RoleId::ADMIN)),
        ),
    ];
    house.advance(PROOF).await;
    let version = house.account.state().version();
    for (method, path, body) in &keys {
        let asked = rest(&mut browser, method.clone(), path, body).await;
        assert_eq!(
            asked.status,
            StatusCode::FORBIDDEN,
            "{path}: {}",
            asked.text
        );
        assert!(
            asked.text.contains(r#""code":"prove_again""#),
            "{path}: {}",
            asked.text
        );
    }
    assert_eq!(house.account.state().version(), version, "nothing was done");
    // To look at what it would do, an open browser is enough; so it is for what hands out no keys.
    let preview = format!("{}?dry_run=true", keys[0].1);
    let seen = rest(&mut browser, Method::PUT, &preview, &keys[0].2).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    let member = format!(r#"{{"role": "{}"}}"#, role(RoleId::MEMBER));
    let path = format!("/api/v1/people/{id}/account-role");
    let taken = rest(&mut browser, Method::PUT, &path, &member).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);

    assert_eq!(prove(&mut browser, PASSWORD).await.leads_to(), "/");
    for (method, path, body) in [&keys[0], &keys[2]] {
        let done = rest(&mut browser, method.clone(), path, body).await;
        assert_eq!(done.status, StatusCode::OK, "{path}: {}", done.text);
    }
    let row = house
        .account
        .state()
        .people()
        .get(ulf)
        .unwrap()
        .account_role;
    assert_eq!(row, RoleId::SUPER_ADMIN);
    // A program's token proves itself, however old it is.
    let token: serde_json::Value = serde_json::from_str(
        &rest(&mut browser, Method::POST, &keys[2].1, &keys[2].2)
            .await
            .text,
    )
    .unwrap();
    let bearer = format!("Bearer {}", token["secret"].as_str().unwrap());
    house.advance(2 * PROOF).await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let made = house
        .browser()
        .ask(Method::POST, &keys[2].1, &headers, Some(keys[2].2.clone()))
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
}

async fn a_wrong_password_proves_nothing_and_is_counted(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    house.advance(PROOF).await;
    for _ in 0..9 {
        let wrong = prove(&mut browser, "wrong").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(
        house.log().await.last().unwrap(),
        &("failed", Some(house.owner))
    );
    let asked = browser.look("/account/second-factor").await;
    assert_eq!(
        asked.leads_to(),
        "/sign-in/again?next=%2Faccount%2Fsecond-factor"
    );
    prove(&mut browser, "wrong").await;
    let late = prove(&mut browser, PASSWORD).await;
    assert_eq!(late.status, StatusCode::TOO_MANY_REQUESTS);
    let elsewhere = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(elsewhere.status, StatusCode::TOO_MANY_REQUESTS);
}

async fn a_page_leads_to_the_proof_and_back(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    let page = browser.look("/account/second-factor").await;
    assert_eq!(page.status, StatusCode::OK, "signing in is a proof");
    let app = Authenticator::of(&page.text);
    house.advance(PROOF).await;
    // A form that was open for too long leads back to its page, and nothing is done.
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("host", "rolecall.example"),
        ("referer", "https://rolecall.example/account/second-factor"),
    ];
    let token = browser.form_token.clone().unwrap();
    let code = app.code(&house);
    let fields = [("code", code.as_str()), ("form_token", token.as_str())];
    let sent = browser
        .send_as("/account/second-factor", &fields, &headers)
        .await;
    let again = "/sign-in/again?next=%2Faccount%2Fsecond-factor";
    assert_eq!(
        (sent.status, sent.leads_to()),
        (StatusCode::SEE_OTHER, again)
    );
    assert_eq!(house.rows("credentials").await, 1);
    // Another site's page is no place of ours.
    let foreign = [
        headers[0],
        headers[1],
        ("referer", "https://evil.example/account"),
    ];
    let sent = browser
        .send_as("/account/second-factor", &fields, &foreign)
        .await;
    assert_eq!(sent.leads_to(), "/sign-in/again?next=%2F");
    browser.look(again).await;
    let done = browser
        .send(
            "/sign-in/again",
            &[("password", PASSWORD), ("next", "/account/second-factor")],
        )
        .await;
    assert_eq!(done.leads_to(), "/account/second-factor");
    assert_eq!(
        browser.look("/account/second-factor").await.status,
        StatusCode::OK
    );
    browser.look("/sign-in/again").await;
    let elsewhere = browser
        .send(
            "/sign-in/again",
            &[("password", PASSWORD), ("next", "//evil.example/")],
        )
        .await;
    assert_eq!(elsewhere.leads_to(), "/");
}

/// A form that gives Ulf a role, of an Admin's page.
async fn gives_super_admin(
    house: &House,
    browser: &mut Browser,
    ulf: PersonId,
) -> (String, Filled) {
    let state = house.account.state();
    let roles = format!("/people/{}/roles", state.public(ulf).unwrap());
    let role = state.public(RoleId::SUPER_ADMIN).unwrap().to_string();
    let form = browser.look(&roles).await.form(&["account_role"]);
    (roles, form.with("on", &role))
}

fn role_of(house: &House, person: PersonId) -> RoleId {
    let state = house.account.state();
    state.people().get(person).unwrap().account_role
}

async fn ad_7_a_form_that_comes_too_late_is_carried_through_the_proof(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let mut browser = house.signed_in(OWNER).await;
    let (roles, form) = gives_super_admin(&house, &mut browser, ulf).await;
    house.advance(PROOF).await;
    let asked = form.send(&mut browser).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.text);
    let begun = "You were about to: <b>Give Ulf User the account role Super admin</b>";
    assert!(asked.main().contains(begun), "{}", asked.text);
    // The person is in the section that they were in.
    let rail = asked.text.split("<main").next().unwrap();
    let current = r#"href="/people/users" aria-current="true""#;
    assert!(rail.contains(current), "{rail}");
    assert!(!rail.contains("My sign-in sessions"));
    let password = asked.form(&["/sign-in/again\""]).with("password", "wrong");
    let wrong = password.send(&mut browser).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.main().contains(begun), "{}", wrong.text);
    let password = wrong.form(&["/sign-in/again\""]).with("password", PASSWORD);
    let proved = password.send(&mut browser).await;
    assert_eq!(proved.status, StatusCode::OK, "{}", proved.text);
    assert!(proved.main().contains(begun), "{}", proved.text);
    let review = proved.form(&["/change\""]).send(&mut browser).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.text);
    assert_eq!(role_of(&house, ulf), RoleId::ADMIN, "it is shown first");
    // Nor is anything lost where the proof is over when it is to be saved.
    house.advance(PROOF).await;
    let asked = review.form(&["reviewed"]).send(&mut browser).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.text);
    let password = asked.form(&["/sign-in/again\""]).with("password", PASSWORD);
    let proved = password.send(&mut browser).await;
    assert_eq!(role_of(&house, ulf), RoleId::ADMIN);
    let saved = proved.form(&["/change\""]).send(&mut browser).await;
    assert_eq!(saved.leads_to(), roles, "{}", saved.text);
    assert_eq!(role_of(&house, ulf), RoleId::SUPER_ADMIN);
}

async fn ad_7_what_is_carried_through_the_proof_leads_nowhere_else(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let mut browser = house.signed_in(OWNER).await;
    let (_, form) = gives_super_admin(&house, &mut browser, ulf).await;
    house.advance(PROOF).await;
    let asked = form.send(&mut browser).await;
    let password = asked.form(&["/sign-in/again\""]).with("password", PASSWORD);
    let begun = password.value("begun").unwrap();
    let elsewhere = [
        begun.replace(r#""action":"/people"#, r#""action":"//evil.example/people"#),
        begun.replace(
            r#""back":"/people"#,
            r#""back":"https://evil.example/people"#,
        ),
        "{}".to_owned(),
    ];
    for begun in elsewhere {
        let sent = password.clone().with("begun", &begun);
        let sent = sent.send(&mut browser).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{begun}");
        assert!(!sent.text.contains("evil.example"), "{}", sent.text);
    }
    // It was no proof either.
    let page = browser.look("/account/second-factor").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

async fn a_proof_is_this_sessions_alone(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut proving = house.signed_in(OWNER).await;
    let mut other = house.signed_in(OWNER).await;
    house.advance(PROOF).await;
    prove(&mut proving, PASSWORD).await;
    assert_eq!(
        proving.look("/account/second-factor").await.status,
        StatusCode::OK
    );
    assert_eq!(
        other.look("/account/second-factor").await.status,
        StatusCode::SEE_OTHER
    );
}

/// Whoever finds an open browser would set things up again and again, and never be asked.
async fn a_proof_is_not_renewed_by_what_is_done_with_it(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let mut browser = house.signed_in("ulf@example.net").await;
    let began = session_of(&house, ulf).await;
    house.advance(PROOF - Duration::from_secs(60)).await;
    let page = browser.look("/account/second-factor").await;
    let app = Authenticator::of(&page.text);
    let code = app.code(&house);
    let done = browser
        .send("/account/second-factor", &[("code", &code)])
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    register(&mut browser, &mut Device::new()).await;
    browser.look("/account/second-factor").await;
    let made = browser
        .send("/account/second-factor/recovery-codes", &[])
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let page = browser.look("/account/passkeys").await;
    let removed = remove_first(&mut browser, &page).await;
    assert_eq!(removed.leads_to(), "/account/passkeys", "{}", removed.text);
    // Each was another session: as old as the first, and over when that would have been.
    let now = session_of(&house, ulf).await;
    assert_ne!(now.id, began.id);
    assert_eq!(
        (now.proved_at, now.ends_at),
        (began.proved_at, began.ends_at)
    );
    house.advance(Duration::from_secs(60)).await;
    for page in ["/account/second-factor", "/account/passkeys"] {
        let asked = browser.look(page).await;
        assert!(asked.leads_to().starts_with("/sign-in/again?"), "{page}");
    }
    // The password typed for a new one is a proof.
    let new = "an entirely other thing";
    browser.look("/account/password").await;
    let fields = [("old", PASSWORD), ("new", new), ("again", new)];
    let changed = browser.send("/account/password", &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    let page = browser.look("/account/second-factor").await;
    assert_eq!(page.status, StatusCode::OK);
}

/// The one session that somebody has.
async fn session_of(house: &House, person: PersonId) -> SignInSession {
    let sessions = house.account.sign_in_sessions(person, i64::MAX / 2).await;
    let [session] = <[_; 1]>::try_from(sessions.unwrap()).unwrap();
    session
}
