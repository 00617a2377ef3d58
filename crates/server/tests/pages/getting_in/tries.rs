//! Signing in: the same for everybody, and not for ever.

use std::time::Duration;

use access::{Actor, Command, Moment, command::SystemSubject, state::Facet};
use axum::http::{Method, StatusCode};
use ledger::Change;
use sign_in::password::hashes_made;
use testkit::databases::TestDatabase;

use crate::browser::{House, OWNER, PASSWORD, first_user, password_of};

testkit::on_both![
    whoever_it_is_the_answer_and_the_work_are_the_same,
    too_many_tries_lock_the_address_for_a_time,
    tries_are_counted_by_where_they_come_from_too,
    signing_in_gives_the_tries_back,
    the_invited_and_the_suspended_do_not_get_in,
    what_is_asked_for_is_shown_after_signing_in,
    somebody_in_two_accounts_says_which_one_is_meant,
];

/// What a try costs and says.
async fn cost(house: &House, email: &str, password: &str) -> (StatusCode, String, u64, i64, i64) {
    let before = (
        hashes_made(),
        house.rows("sign_in_log").await,
        house.rows("sign_in_attempts").await,
    );
    let answer = house.browser().sign_in(email, password).await;
    let log = house.rows("sign_in_log").await - before.1;
    let attempts = house.rows("sign_in_attempts").await - before.2;
    (
        answer.status,
        answer.text.replace(email, "…"),
        hashes_made() - before.0,
        log,
        attempts,
    )
}

/// Known, unknown, without a password, deactivated with the right password: one hash, one row, one answer.
async fn whoever_it_is_the_answer_and_the_work_are_the_same(db: TestDatabase) {
    let house = House::open(&db).await;
    house.invited("invited@example.net").await;
    let gone = house.user("gone@example.net").await;
    let facet = Facet::User;
    house
        .submit(
            house.owners(),
            Command::Deactivate {
                person: gone,
                facet,
            },
        )
        .await;
    // The row of the network address is there from now on.
    house.browser().sign_in("first@example.net", "x").await;
    let known = cost(&house, OWNER, "wrong").await;
    assert_eq!(
        (known.0, known.2, known.3, known.4),
        (StatusCode::UNPROCESSABLE_ENTITY, 1, 1, 1)
    );
    assert!(known.1.contains("do not match"), "{}", known.1);
    for (email, password) in [
        ("nobody@example.net", "wrong"),
        ("invited@example.net", PASSWORD),
        ("gone@example.net", PASSWORD),
        ("", ""),
    ] {
        let other = cost(&house, email, password).await;
        // The page has the address in it, or a place for it.
        assert_eq!(
            (other.0, other.2, other.3, other.4),
            (known.0, known.2, known.3, known.4),
            "{email}"
        );
        if !email.is_empty() {
            assert_eq!(other.1, known.1, "{email}");
        }
    }
    assert_eq!(
        house.rows("sign_in_sessions").await,
        1,
        "that of the set-up"
    );
}

async fn too_many_tries_lock_the_address_for_a_time(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.browser();
    for _ in 0..10 {
        let wrong = browser.sign_in(OWNER, "wrong").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let made = hashes_made();
    for from in ["192.0.2.1", "198.51.100.9"] {
        browser.from = from.to_owned();
        let locked = browser.sign_in(OWNER, PASSWORD).await;
        assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(locked.text.contains("Wait 15 minutes"), "{}", locked.text);
    }
    assert_eq!(hashes_made(), made, "nothing is looked at");
    // An address that is nobody's locks alike.
    for _ in 0..10 {
        browser.sign_in("nobody@example.net", "wrong").await;
    }
    let nobody = browser.sign_in("nobody@example.net", "wrong").await;
    assert_eq!(nobody.status, StatusCode::TOO_MANY_REQUESTS);
    let log = house.log().await;
    assert_eq!(
        log.iter()
            .filter(|entry| **entry == ("locked", Some(house.owner)))
            .count(),
        1
    );
    assert_eq!(
        log.iter()
            .filter(|entry| **entry == ("locked", None))
            .count(),
        1
    );
    house.advance(Duration::from_secs(15 * 60)).await;
    let later = browser.sign_in(OWNER, PASSWORD).await;
    assert_eq!(later.status, StatusCode::SEE_OTHER);
}

async fn tries_are_counted_by_where_they_come_from_too(db: TestDatabase) {
    let house = House::open(&db).await;
    let network: std::net::IpAddr = "192.0.2.1".parse().unwrap();
    for index in 0..100 {
        let address = format!("guess{index}@example.net");
        let tried = house.engine.count_try(&address, network).await.unwrap();
        assert_eq!(tried.wait_until, None, "{index}");
    }
    let here = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(here.status, StatusCode::TOO_MANY_REQUESTS);
    let mut elsewhere = house.browser();
    elsewhere.from = "198.51.100.9".to_owned();
    let there = elsewhere.sign_in(OWNER, PASSWORD).await;
    assert_eq!(there.status, StatusCode::SEE_OTHER);
}

async fn signing_in_gives_the_tries_back(db: TestDatabase) {
    let house = House::open(&db).await;
    for _ in 0..3 {
        for _ in 0..9 {
            house.browser().sign_in(OWNER, "wrong").await;
        }
        let right = house.browser().sign_in(OWNER, PASSWORD).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER);
    }
}

/// AD-15: invited and suspended do not sign in, whatever they know.
async fn the_invited_and_the_suspended_do_not_get_in(db: TestDatabase) {
    let house = House::open(&db).await;
    let invited = house.invited("invited@example.net").await;
    let pages = Actor::System(SystemSubject::SignIn);
    let possible = Command::SetSignIn {
        person: invited,
        possible: true,
    };
    house
        .submit(
            pages,
            Change::from(possible).with_credential(password_of(invited)),
        )
        .await;
    let answer = house
        .browser()
        .sign_in("invited@example.net", PASSWORD)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let suspended = house.user("suspended@example.net").await;
    house.set_role(suspended, access::RoleId::MEMBER).await;
    let answer = house
        .browser()
        .sign_in("suspended@example.net", PASSWORD)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn what_is_asked_for_is_shown_after_signing_in(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.browser();
    let asked = browser.look("/account/sessions?").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    assert_eq!(asked.leads_to(), "/sign-in?next=%2Faccount%2Fsessions%3F");
    let page = browser.look("/sign-in?next=%2Faccount%2Fsessions").await;
    assert!(
        page.text
            .contains(r#"name="next" value="/account/sessions""#),
        "{}",
        page.text
    );
    for (next, leads_to) in [
        ("/account/sessions", "/account/sessions"),
        ("//evil.example/", "/"),
        ("https://evil.example", "/"),
    ] {
        let fields = [("email", OWNER), ("password", PASSWORD), ("next", next)];
        let done = house.browser().send("/sign-in", &fields).await;
        assert_eq!(
            (done.status, done.leads_to()),
            (StatusCode::SEE_OTHER, leads_to)
        );
    }
}

/// Where there are several accounts, a try costs the same whether somebody is in none of them, in one, or in two.
async fn somebody_in_two_accounts_says_which_one_is_meant(db: TestDatabase) {
    let house = House::open(&db).await;
    let second = house.engine.create_account().await.unwrap();
    let expires = Moment(second.now().0 + 60_000);
    let link = second.set_up_secret(expires).await.unwrap();
    let opened = house
        .browser()
        .send("/set-up", &first_user(link.reveal()))
        .await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    house.user("ulf@example.net").await;
    for email in [OWNER, "ulf@example.net", "nobody@example.net"] {
        let made = hashes_made();
        house.browser().sign_in(email, "wrong").await;
        assert_eq!(hashes_made() - made, 4, "{email}");
    }
    let asked = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ids = [house.account.public_id(), second.public_id()].map(|id| id.to_string());
    assert!(
        ids.iter().all(|id| asked.text.contains(id)),
        "{}",
        asked.text
    );
    for id in &ids {
        let mut browser = house.browser();
        let fields = [("email", OWNER), ("password", PASSWORD), ("account", id)];
        let done = browser.send("/sign-in", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let headers = [("sec-fetch-site", "same-origin")];
        let me = browser.ask(Method::GET, "/api/v1/me", &headers, None).await;
        assert!(me.text.contains(id), "{}", me.text);
    }
    let one = house.browser().sign_in("ulf@example.net", PASSWORD).await;
    assert_eq!(
        one.status,
        StatusCode::SEE_OTHER,
        "who is in one of them is not asked"
    );
}
