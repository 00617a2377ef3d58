//! Guesses at a password, wherever it is asked for: counted in one place, written down alike, and given back to whoever is right, no further.

use std::time::Duration;

use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::authenticator::set_up;
use crate::browser::{Browser, House, OWNER, PASSWORD, Seen};

testkit::on_both![
    a_subnet_of_ipv6_has_the_tries_of_one,
    wishes_for_links_keep_nobody_from_signing_in,
    a_new_password_by_mail_gives_back_ones_own_tries_alone,
    a_new_password_by_mail_gives_no_more_guesses_at_codes,
    the_old_password_is_asked_for_as_at_the_door,
    the_tries_are_given_back_to_whoever_is_right,
];

const ULF: &str = "ulf@example.net";
const NEW: &str = "an entirely other thing";

async fn sign_in_from(house: &House, from: &str) -> StatusCode {
    let mut browser = house.browser();
    browser.from = from.to_owned();
    browser.sign_in(OWNER, PASSWORD).await.status
}

/// A subscriber owns a /64: another address of it for each guess is no other place.
async fn a_subnet_of_ipv6_has_the_tries_of_one(db: TestDatabase) {
    let house = House::open(&db).await;
    for index in 0..100 {
        let address = format!("guess{index}@example.net");
        let from = format!("2001:db8::{index:x}:1").parse().unwrap();
        let tried = house.engine.count_try(&address, from).await.unwrap();
        assert_eq!(tried.wait_until, None, "{index}");
        let link = house.engine.count_link(&address, from).await.unwrap();
        assert_eq!(link.wait_until.is_some(), index >= 20, "{index}");
    }
    assert_eq!(
        sign_in_from(&house, "2001:db8::ffff:ffff:1:1").await,
        StatusCode::TOO_MANY_REQUESTS
    );
    let mut browser = house.browser();
    browser.from = "2001:db8::ffff:ffff:1:1".to_owned();
    let link = browser.send("/forgot-password", &[("email", OWNER)]).await;
    assert_eq!(link.status, StatusCode::TOO_MANY_REQUESTS);
    // The neighbour's is another one.
    assert_eq!(
        sign_in_from(&house, "2001:db8:0:1::1").await,
        StatusCode::SEE_OTHER
    );
}

async fn wishes_for_links_keep_nobody_from_signing_in(db: TestDatabase) {
    let house = House::open(&db).await;
    let from = "192.0.2.1".parse().unwrap();
    for index in 0..21 {
        let address = format!("guess{index}@example.net");
        house.engine.count_link(&address, from).await.unwrap();
    }
    let mut browser = house.browser();
    let link = browser.send("/forgot-password", &[("email", OWNER)]).await;
    assert_eq!(link.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        sign_in_from(&house, "192.0.2.1").await,
        StatusCode::SEE_OTHER
    );
}

async fn lock(house: &House, email: &str) {
    for _ in 0..11 {
        house.browser().sign_in(email, "wrong").await;
    }
    let locked = house.browser().sign_in(email, PASSWORD).await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
}

async fn reset(house: &House, email: &str) {
    let mut browser = house.browser();
    browser.send("/forgot-password", &[("email", email)]).await;
    let link = house.link_to(email).await;
    let fields = [("link", link.as_str()), ("password", NEW)];
    let done = browser.send("/password-reset", &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

async fn a_new_password_by_mail_gives_back_ones_own_tries_alone(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user(ULF).await;
    lock(&house, ULF).await;
    lock(&house, OWNER).await;
    let network = "SELECT CAST(SUM(count) AS BIGINT) FROM sign_in_attempts";
    let counted = async || -> i64 {
        let mut tx = house.engine.database().begin_read().await.unwrap();
        let row = tx.fetch_optional(network, []).await.unwrap().unwrap();
        row.get(0).unwrap()
    };
    let before = counted().await;
    reset(&house, ULF).await;
    // His twelve are gone, and one wish for a link came, by address and by where from; those of the network stay.
    assert_eq!(counted().await, before - 12 + 2);
    let ulf = house.browser().sign_in(ULF, NEW).await;
    assert_eq!(ulf.status, StatusCode::SEE_OTHER, "{}", ulf.text);
    let owner = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(owner.status, StatusCode::TOO_MANY_REQUESTS);
}

/// Whoever reads the mails would guess at the code for ever.
async fn a_new_password_by_mail_gives_no_more_guesses_at_codes(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user(ULF).await;
    let (app, _) = set_up(&house, ULF).await;
    let mut browser = house.browser();
    browser.sign_in(ULF, PASSWORD).await;
    for _ in 0..10 {
        browser.send("/sign-in/code", &[("code", "000000")]).await;
    }
    reset(&house, ULF).await;
    let locked = house.browser().sign_in(ULF, NEW).await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    house.advance(Duration::from_secs(15 * 60)).await;
    let mut browser = house.browser();
    let half = browser.sign_in(ULF, NEW).await;
    assert_eq!(half.leads_to(), "/sign-in/code?next=%2F");
    let code = app.code(&house);
    let done = browser.send("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(done.leads_to(), "/");
}

async fn change(browser: &mut Browser, old: &str) -> Seen {
    let fields = [("old", old), ("new", NEW), ("again", NEW)];
    browser.send("/account/password", &fields).await
}

async fn the_old_password_is_asked_for_as_at_the_door(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut browser = house.signed_in(ULF).await;
    browser.look("/account/password").await;
    for left in (1..=9).rev() {
        let wrong = change(&mut browser, "wrong").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let says_how_many = wrong.text.contains("then we wait");
        assert_eq!(says_how_many, left < 5, "{left}: {}", wrong.text);
        assert_eq!(house.log().await.last(), Some(&("failed", Some(ulf))));
    }
    change(&mut browser, "wrong").await;
    let late = change(&mut browser, PASSWORD).await;
    assert_eq!(late.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(late.text.contains("Wait 15 minutes"), "{}", late.text);
    let log = house.log().await;
    let failed = log.iter().filter(|entry| **entry == ("failed", Some(ulf)));
    assert_eq!(failed.count(), 10);
    let locked = log.iter().filter(|entry| **entry == ("locked", Some(ulf)));
    assert_eq!(locked.count(), 1);
    // It is one lock, at the door and here.
    let door = house.browser().sign_in(ULF, PASSWORD).await;
    assert_eq!(door.status, StatusCode::TOO_MANY_REQUESTS);
    browser.look("/sign-in/again").await;
    let again = browser
        .send("/sign-in/again", &[("password", PASSWORD)])
        .await;
    assert_eq!(again.status, StatusCode::TOO_MANY_REQUESTS);
    house.advance(Duration::from_secs(15 * 60)).await;
    browser.look("/account/password").await;
    let done = change(&mut browser, PASSWORD).await;
    assert_eq!(done.leads_to(), "/account/sessions", "{}", done.text);
}

async fn the_tries_are_given_back_to_whoever_is_right(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    for _ in 0..3 {
        browser.look("/sign-in/again").await;
        for _ in 0..9 {
            browser
                .send("/sign-in/again", &[("password", "wrong")])
                .await;
        }
        let right = [("password", PASSWORD)];
        let right = browser.send("/sign-in/again", &right).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.text);
    }
    for _ in 0..9 {
        house.browser().sign_in(OWNER, "wrong").await;
    }
    browser.look("/account/password").await;
    let done = change(&mut browser, PASSWORD).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    for _ in 0..9 {
        house.browser().sign_in(OWNER, "wrong").await;
    }
    let right = house.browser().sign_in(OWNER, NEW).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.text);
}
