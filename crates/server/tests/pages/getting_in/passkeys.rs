//! Passkeys, with an authenticator in software: registered, good for both factors, each answer good once.

use std::time::Duration;

use access::{Command, RoleId, state::Facet};
use axum::http::{Method, StatusCode};
use ledger::Stage;
use testkit::databases::TestDatabase;

use super::{
    authenticator::set_up,
    device::{
        Device, ORIGIN, PRESENT, VERIFIED, answer, answer_with, asked, is_refused, remove_first,
        send, sign_in, with_passkey,
    },
};
use crate::browser::{House, OWNER};

testkit::on_both![
    a_passkey_is_registered_and_signs_in_as_both_factors,
    an_answer_counts_once_in_time_and_for_one_purpose,
    a_passkey_of_another_place_or_without_its_owner_is_none,
    a_copied_passkey_is_noticed,
    a_passkey_proves_who_sits_there,
    ad_7_a_passkey_goes_on_with_what_was_begun,
    ad_24_a_removed_passkey_opens_nothing,
    ad_15_whoever_it_was_the_answer_is_the_same,
    the_passkey_door_fills_no_log,
];

async fn a_passkey_is_registered_and_signs_in_as_both_factors(db: TestDatabase) {
    let house = House::open(&db).await;
    set_up(&house, OWNER).await;
    let ulf = house.user("ulf@example.net").await;
    let mut other = house.signed_in("ulf@example.net").await;
    let (mut browser, mut device) = with_passkey(&house, "ulf@example.net").await;
    assert_eq!(
        other.look("/").await.status,
        StatusCode::SEE_OTHER,
        "other sessions ended"
    );
    let page = browser.look("/account/passkeys").await;
    assert!(page.text.contains("Firefox on Linux"), "{}", page.text);
    assert!(house.log().await.contains(&("factor_added", Some(ulf))));

    let mut anew = house.browser();
    let done = sign_in(&mut anew, &mut device).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, "/"),
        "{}",
        done.text
    );
    assert_eq!(anew.look("/").await.status, StatusCode::OK);
    assert_eq!(house.log().await.last().unwrap(), &("signed_in", Some(ulf)));
    let sessions = house
        .account
        .sign_in_sessions(ulf, i64::MAX / 2)
        .await
        .unwrap();
    assert!(
        sessions
            .iter()
            .all(|session| session.stage == Stage::TwoFactors)
    );
}

async fn an_answer_counts_once_in_time_and_for_one_purpose(db: TestDatabase) {
    let house = House::open(&db).await;
    let (mut theirs, mut device) = with_passkey(&house, OWNER).await;
    let mut browser = house.browser();
    let (options, state) = asked(&mut browser, "/sign-in/passkey/begin", ORIGIN).await;
    let credential = device.sign(&options);
    let fields = [
        ("credential", credential.as_str()),
        ("state", state.as_str()),
    ];
    let done = send(&mut browser.clone(), "/sign-in/passkey", &fields, ORIGIN).await;
    assert_eq!(done.leads_to(), "/");
    let again = send(&mut browser, "/sign-in/passkey", &fields, ORIGIN).await;
    is_refused(&house, &mut browser, &again).await;

    let (options, state) = asked(&mut browser, "/sign-in/passkey/begin", ORIGIN).await;
    let credential = device.sign(&options);
    house.advance(Duration::from_secs(5 * 60)).await;
    let fields = [
        ("credential", credential.as_str()),
        ("state", state.as_str()),
    ];
    let late = send(&mut browser, "/sign-in/passkey", &fields, ORIGIN).await;
    is_refused(&house, &mut browser, &late).await;

    // What was asked for a registration signs nobody in, and the reverse.
    theirs.look("/account/passkeys").await;
    let (options, state) = asked(&mut theirs, "/account/passkeys/begin", ORIGIN).await;
    let credential = device.sign(&options);
    let fields = [
        ("credential", credential.as_str()),
        ("state", state.as_str()),
    ];
    let other = send(&mut browser, "/sign-in/passkey", &fields, ORIGIN).await;
    is_refused(&house, &mut browser, &other).await;
    for (credential, state) in [("", ""), ("{}", "AAAA"), ("null", state.as_str())] {
        let fields = [("credential", credential), ("state", state)];
        let nothing = send(&mut browser, "/sign-in/passkey", &fields, ORIGIN).await;
        is_refused(&house, &mut browser, &nothing).await;
    }
}

async fn a_passkey_of_another_place_or_without_its_owner_is_none(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, mut device) = with_passkey(&house, OWNER).await;
    let mut browser = house.browser();
    // Nobody's finger.
    device.flags = PRESENT;
    let unverified = sign_in(&mut browser, &mut device).await;
    is_refused(&house, &mut browser, &unverified).await;
    device.flags = PRESENT | VERIFIED;
    // At another site, which sends on what it is given.
    let (options, state) = asked(&mut browser, "/sign-in/passkey/begin", ORIGIN).await;
    device.origin = "https://evil.example";
    let credential = device.sign(&options);
    let fields = [
        ("credential", credential.as_str()),
        ("state", state.as_str()),
    ];
    let foreign = send(&mut browser, "/sign-in/passkey", &fields, ORIGIN).await;
    is_refused(&house, &mut browser, &foreign).await;
    // And as that site itself.
    let as_it = sign_in(&mut browser, &mut device).await;
    assert_eq!(
        (as_it.status, as_it.leads_to()),
        (StatusCode::UNPROCESSABLE_ENTITY, "")
    );
    device.origin = ORIGIN;
    // Somebody else's, with the same owner on it.
    let mut forged = Device::new();
    forged.owner = device.owner.clone();
    let unknown = sign_in(&mut browser, &mut forged).await;
    is_refused(&house, &mut browser, &unknown).await;
    assert_eq!(sign_in(&mut browser, &mut device).await.leads_to(), "/");
}

async fn a_copied_passkey_is_noticed(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, mut device) = with_passkey(&house, OWNER).await;
    device.counter = 10;
    assert_eq!(
        sign_in(&mut house.browser(), &mut device).await.leads_to(),
        "/"
    );
    device.counter = 5;
    let mut browser = house.browser();
    let behind = sign_in(&mut browser, &mut device).await;
    is_refused(&house, &mut browser, &behind).await;
}

async fn a_passkey_proves_who_sits_there(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    let (mut browser, mut device) = with_passkey(&house, OWNER).await;
    let (_, mut ulfs) = with_passkey(&house, "ulf@example.net").await;
    house.advance(Duration::from_secs(10 * 60)).await;
    let again = browser.look("/account/passkeys").await;
    assert_eq!(
        again.leads_to(),
        "/sign-in/again?next=%2Faccount%2Fpasskeys"
    );
    for (device, status) in [
        (&mut ulfs, StatusCode::FORBIDDEN),
        (&mut device, StatusCode::SEE_OTHER),
    ] {
        browser.look("/sign-in/again").await;
        // What was asked for at the door proves nothing here.
        let door = ("/sign-in/passkey/begin", "/sign-in/again/passkey");
        let other = answer(&mut browser, device, door).await;
        assert_eq!(other.status, StatusCode::FORBIDDEN, "{}", other.text);
        let here = ("/sign-in/again/passkey/begin", "/sign-in/again/passkey");
        let answer = answer(&mut browser, device, here).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        let page = browser.look("/account/passkeys").await;
        assert_eq!(
            page.status == StatusCode::OK,
            status == StatusCode::SEE_OTHER
        );
    }
}

async fn ad_7_a_passkey_goes_on_with_what_was_begun(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let (_, mut ulfs) = with_passkey(&house, "ulf@example.net").await;
    let (mut browser, mut device) = with_passkey(&house, OWNER).await;
    let state = house.account.state();
    let roles = format!("/people/{}/roles", state.public(ulf).unwrap());
    let role = state.public(RoleId::SUPER_ADMIN).unwrap().to_string();
    let form = browser.look(&roles).await.form(&["account_role"]);
    house.advance(Duration::from_secs(10 * 60)).await;
    let mut asked = form.with("on", &role).send(&mut browser).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.text);
    let way = ("/sign-in/again/passkey/begin", "/sign-in/again/passkey");
    for (device, status) in [
        (&mut ulfs, StatusCode::FORBIDDEN),
        (&mut device, StatusCode::OK),
    ] {
        let form = asked.form(&["/sign-in/again/passkey"]);
        let begun = [("begun", form.value("begun").unwrap())];
        asked = answer_with(&mut browser, device, way, &begun).await;
        assert_eq!(asked.status, status, "{}", asked.text);
    }
    let review = asked.form(&["/change\""]).send(&mut browser).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.text);
    assert!(review.text.contains("the account role Super admin?"));
}

async fn ad_24_a_removed_passkey_opens_nothing(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let (mut browser, mut device) = with_passkey(&house, "ulf@example.net").await;
    let page = browser.look("/account/passkeys").await;
    // Not even its id is good for anything to somebody else.
    let mut owner = house.signed_in(OWNER).await;
    owner.look("/account/passkeys").await;
    remove_first(&mut owner, &page).await;
    assert_eq!(house.account.passkeys(ulf).await.unwrap().len(), 1);
    let done = remove_first(&mut browser, &page).await;
    assert_eq!(done.leads_to(), "/account/passkeys");
    assert!(house.account.passkeys(ulf).await.unwrap().is_empty());
    assert!(house.log().await.contains(&("factor_removed", Some(ulf))));
    let mut anew = house.browser();
    let refused = sign_in(&mut anew, &mut device).await;
    is_refused(&house, &mut anew, &refused).await;
    let sessions = house
        .account
        .sign_in_sessions(ulf, i64::MAX / 2)
        .await
        .unwrap();
    assert_eq!(sessions[0].stage, Stage::OneFactor);
    // A reset by an administrator takes all of them.
    let (_, mut again) = with_passkey(&house, "ulf@example.net").await;
    let id = house.account.state().public(ulf).unwrap();
    let path = format!("/api/v1/people/{id}/second-factor/reset");
    let ours = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let reset = owner.ask(Method::POST, &path, &ours, None).await;
    assert_eq!(reset.status, StatusCode::OK, "{}", reset.text);
    let refused = sign_in(&mut anew, &mut again).await;
    is_refused(&house, &mut anew, &refused).await;
}

/// AD-15: switched off, removed, or nobody's: one answer, one row, and nobody is signed in.
async fn ad_15_whoever_it_was_the_answer_is_the_same(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    house.user("una@example.net").await;
    let (_, mut off) = with_passkey(&house, "ulf@example.net").await;
    let (mut una, mut removed) = with_passkey(&house, "una@example.net").await;
    let page = una.look("/account/passkeys").await;
    assert_eq!(
        remove_first(&mut una, &page).await.leads_to(),
        "/account/passkeys"
    );
    let facet = Facet::User;
    let person = ulf;
    house
        .submit(house.owners(), Command::Deactivate { person, facet })
        .await;
    let mut nobodys = Device::new();
    nobodys.owner = off.owner.clone();
    let mut told = Vec::new();
    for device in [&mut off, &mut removed, &mut nobodys] {
        let mut browser = house.browser();
        let rows = house.rows("sign_in_log").await;
        let refused = sign_in(&mut browser, device).await;
        is_refused(&house, &mut browser, &refused).await;
        assert_eq!(house.rows("sign_in_log").await, rows + 1);
        assert!(refused.header("set-cookie").is_empty());
        told.push(refused.text);
    }
    assert!(told.iter().all(|text| *text == told[0]), "{told:?}");
}

/// To look and to ask leaves nothing; what is sent is counted by where it comes from, and a right one is given back.
async fn the_passkey_door_fills_no_log(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, mut device) = with_passkey(&house, OWNER).await;
    let mut browser = house.browser();
    let rows = house.rows("sign_in_log").await;
    for _ in 0..3 {
        browser.look("/sign-in").await;
        asked(&mut browser, "/sign-in/passkey/begin", ORIGIN).await;
    }
    assert_eq!(house.rows("sign_in_log").await, rows);
    let network = browser.from.parse().unwrap();
    for _ in 0..98 {
        let wait = house.engine.count_try_from(network).await.unwrap();
        assert_eq!(wait, None);
    }
    for _ in 0..2 {
        let right = sign_in(&mut house.browser(), &mut device).await;
        assert_eq!(right.leads_to(), "/", "{}", right.text);
    }
    let rows = house.rows("sign_in_log").await;
    let nothing = [("credential", "{}"), ("state", "AAAA")];
    for written in [1, 2, 2, 2] {
        let answer = send(&mut browser, "/sign-in/passkey", &nothing, ORIGIN).await;
        assert_ne!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(house.rows("sign_in_log").await - rows, written);
    }
    let late = sign_in(&mut browser, &mut device).await;
    assert_eq!(late.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(late.text.contains("Wait 15 minutes"), "{}", late.text);
    // Elsewhere, and when the time is over, the door is open.
    let mut elsewhere = house.browser();
    elsewhere.from = "198.51.100.9".to_owned();
    assert_eq!(sign_in(&mut elsewhere, &mut device).await.leads_to(), "/");
    house.advance(Duration::from_secs(15 * 60)).await;
    assert_eq!(sign_in(&mut browser, &mut device).await.leads_to(), "/");
}
