//! "I lost my second factor": taken off by who outranks the person (AD-24).

use access::{PublicId, RoleId};
use axum::http::{Method, StatusCode};
use ledger::Stage;
use testkit::databases::TestDatabase;

use super::authenticator::set_up;
use crate::browser::{House, OWNER, PASSWORD};

testkit::on_both![
    ad_24_who_outranks_takes_it_off_and_everything_ends,
    ad_24_nobody_takes_it_off_an_equal_or_a_superior,
    ad_24_ones_own_is_not_taken_off_from_outside,
];

async fn ad_24_who_outranks_takes_it_off_and_everything_ends(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let (_, codes) = set_up(&house, "ulf@example.net").await;
    let mut theirs = house.browser();
    theirs.sign_in("ulf@example.net", PASSWORD).await;
    theirs
        .send("/sign-in/code", &[("recovery", &codes[0])])
        .await;
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let token = r#"{"name": "Robot", "expires": "2027-01-01T00:00:00Z"}"#.to_owned();
    let made = theirs
        .ask(Method::POST, "/api/v1/tokens", &headers, Some(token))
        .await;
    let made: serde_json::Value = serde_json::from_str(&made.text).unwrap();
    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());

    let id = house.account.state().public(ulf).unwrap().to_string();
    let page = format!("/people/{id}/second-factor/reset");
    let mut owner = house.signed_in(OWNER).await;
    let seen = owner.look(&page).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert!(seen.main().contains("Ulf User"), "{}", seen.text);
    // What it does is shown first.
    let review = owner.send(&page, &[]).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.text);
    assert_eq!(
        theirs.look("/").await.status,
        StatusCode::OK,
        "nothing happened so far"
    );
    let (_, rest) = review
        .text
        .split_once(r#"name="reviewed" value=""#)
        .unwrap();
    let reviewed = rest.split('"').next().unwrap().to_owned();
    let done = owner.send(&page, &[("reviewed", &reviewed)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);

    assert_eq!(theirs.look("/").await.leads_to(), "/sign-in?next=%2F");
    let as_token = [("authorization", bearer.as_str())];
    let dead = house
        .browser()
        .ask(Method::GET, "/api/v1/me", &as_token, None)
        .await;
    assert_eq!(dead.status, StatusCode::UNAUTHORIZED);
    assert!(house.log().await.contains(&("factor_reset", Some(ulf))));
    let (codes, keys) = (
        house.account.one_time_codes(ulf).await.unwrap(),
        house.account.passkeys(ulf).await.unwrap(),
    );
    assert!(codes.is_none() && keys.is_empty());
    let mut tx = house.engine.database().begin_read().await.unwrap();
    let mails = tx
        .fetch_all("SELECT template FROM mails", [])
        .await
        .unwrap();
    let told = mails
        .iter()
        .any(|row| row.get::<String>(0).unwrap() == "second_factor_reset");
    assert!(told, "the person is told");
    drop(tx);
    // The password alone is enough again.
    let again = theirs.sign_in("ulf@example.net", PASSWORD).await;
    assert_eq!(again.leads_to(), "/");
    let sessions = house
        .account
        .sign_in_sessions(ulf, i64::MAX / 2)
        .await
        .unwrap();
    assert_eq!(sessions[0].stage, Stage::OneFactor);
}

async fn ad_24_nobody_takes_it_off_an_equal_or_a_superior(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    let equal = house.user("uma@example.net").await;
    set_up(&house, "uma@example.net").await;
    set_up(&house, OWNER).await;
    let mut ulf = house.signed_in("ulf@example.net").await;
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    for person in [equal, house.owner] {
        let id = house.account.state().public(person).unwrap().to_string();
        let path = format!("/api/v1/people/{id}/second-factor/reset");
        let refused = ulf.ask(Method::POST, &path, &headers, None).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        let page = format!("/people/{id}/second-factor/reset");
        assert_eq!(ulf.look(&page).await.status, StatusCode::FORBIDDEN);
        let sent = ulf.send(&page, &[]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN);
        assert!(
            house
                .account
                .one_time_codes(person)
                .await
                .unwrap()
                .is_some()
        );
    }
    assert!(
        !house
            .log()
            .await
            .iter()
            .any(|(what, _)| *what == "factor_reset")
    );
}

/// Not even with a token, which is no proof that its owner sits there.
async fn ad_24_ones_own_is_not_taken_off_from_outside(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    house.set_role(ulf, RoleId::SUPER_ADMIN).await;
    let (_, codes) = set_up(&house, "ulf@example.net").await;
    let mut browser = house.browser();
    browser.sign_in("ulf@example.net", PASSWORD).await;
    browser
        .send("/sign-in/code", &[("recovery", &codes[0])])
        .await;
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let id: PublicId<access::PersonId> = house.account.state().public(ulf).unwrap();
    let path = format!("/api/v1/people/{id}/second-factor/reset");
    let refused = browser.ask(Method::POST, &path, &headers, None).await;
    assert!(
        refused.text.contains("own_second_factor"),
        "{}",
        refused.text
    );
    assert!(house.account.one_time_codes(ulf).await.unwrap().is_some());
}
