//! Accepting an invitation at a browser.

use access::state::Facet;
use access::{Command, Moment, PersonId};
use axum::http::StatusCode;
use ledger::{Change, NewSecret, Of, Purpose, Secret};
use testkit::databases::TestDatabase;

use crate::browser::{House, PASSWORD};

testkit::on_both![
    ad_15_whoever_accepts_chooses_a_password_and_is_signed_in,
    ad_15_whoever_holds_nothing_accepts_and_is_not_signed_in,
    ad_8_an_acceptance_without_a_password_is_none,
    seven_a_link_that_is_not_the_one_invites_nobody,
    sd_24_a_customer_with_a_password_keeps_it_when_invited_as_user,
    ad_8_whoever_was_vouched_for_without_a_password_gets_one,
];

/// Sends a person a link, in the place of an earlier one.
async fn linked(house: &House, person: PersonId, lasts_ms: i64) -> String {
    let secret = Secret::make(house.engine.randomness().as_ref());
    let invite = Command::Invite {
        person,
        facet: Facet::User,
    };
    let change = Change::from(invite).with_secret(NewSecret {
        purpose: Purpose::Invitation,
        of: Some(Of::known(person)),
        secret: secret.clone(),
        expires_at: Some(Moment(house.account.now().0 + lasts_ms)),
    });
    house.submit(house.owners(), change).await;
    secret.reveal().to_owned()
}

fn form<'a>(link: &'a str, password: &'a str) -> [(&'static str, &'a str); 2] {
    [("link", link), ("password", password)]
}

fn accepted(house: &House, person: PersonId) -> bool {
    house.account.state().people().get(person).unwrap().accepted
}

async fn ad_15_whoever_accepts_chooses_a_password_and_is_signed_in(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.invited("ulf@example.net").await;
    let link = linked(&house, ulf, 60_000).await;
    let mut browser = house.browser();
    let page = browser.look("/invitation").await;
    assert_eq!(page.status, StatusCode::OK);
    let done = browser.send("/invitation", &form(&link, PASSWORD)).await;
    assert_eq!((done.status, done.leads_to()), (StatusCode::SEE_OTHER, "/"));
    let home = browser.look("/").await;
    assert!(home.text.contains("Ulf User"), "{}", home.text);
    let again = house.browser().sign_in("ulf@example.net", PASSWORD).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    // It works once.
    let other = "a different password";
    let late = house
        .browser()
        .send("/invitation", &form(&link, other))
        .await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("used, expired or unknown"));
    let stranger = house.browser().sign_in("ulf@example.net", other).await;
    assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn ad_15_whoever_holds_nothing_accepts_and_is_not_signed_in(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.invited("ulf@example.net").await;
    house.set_role(ulf, access::RoleId::MEMBER).await;
    let link = linked(&house, ulf, 60_000).await;
    let mut browser = house.browser();
    let done = browser.send("/invitation", &form(&link, PASSWORD)).await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(
        done.text.contains("Nothing is given to you yet"),
        "{}",
        done.text
    );
    assert!(accepted(&house, ulf) && browser.cookie.is_none());
    house.give_admin(ulf).await;
    let later = house.browser().sign_in("ulf@example.net", PASSWORD).await;
    assert_eq!(later.status, StatusCode::SEE_OTHER);
}

/// Who had accepted and had no way in would be counted among those who can sign in.
async fn ad_8_an_acceptance_without_a_password_is_none(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.invited("ulf@example.net").await;
    let link = linked(&house, ulf, 60_000).await;
    for (weak, told) in [
        ("", "Too short"),
        ("ulf@example.net", "your name"),
        ("password1234", "tried first"),
    ] {
        let answer = house
            .browser()
            .send("/invitation", &form(&link, weak))
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(told), "{weak}: {}", answer.text);
        let mut program = house.browser();
        let body = serde_json::json!({"link": link, "password": weak}).to_string();
        let json = [("content-type", "application/json")];
        let answer = program
            .ask(
                axum::http::Method::POST,
                "/api/v1/invitations/accept",
                &json,
                Some(body),
            )
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("/password"), "{}", answer.text);
    }
    assert!(!accepted(&house, ulf));
    assert_eq!(house.rows("credentials").await, 1, "the owner's");
    let done = house
        .browser()
        .send("/invitation", &form(&link, PASSWORD))
        .await;
    assert_eq!(
        done.status,
        StatusCode::SEE_OTHER,
        "the link still works: {}",
        done.text
    );
}

/// §7: an expired, used, truncated, empty or re-cased invitation.
async fn seven_a_link_that_is_not_the_one_invites_nobody(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.invited("ulf@example.net").await;
    let replaced = linked(&house, ulf, 60_000).await;
    let link = linked(&house, ulf, 60_000).await;
    for wrong in [
        String::new(),
        link.to_uppercase(),
        link[..link.len() - 1].to_owned(),
        replaced,
    ] {
        let answer = house
            .browser()
            .send("/invitation", &form(&wrong, PASSWORD))
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.text.contains("used, expired or unknown"),
            "{wrong}: {}",
            answer.text
        );
    }
    house.advance(std::time::Duration::from_secs(61)).await;
    let late = house
        .browser()
        .send("/invitation", &form(&link, PASSWORD))
        .await;
    assert!(late.text.contains("used, expired or unknown"));
    assert!(!accepted(&house, ulf));
}

async fn sd_24_a_customer_with_a_password_keeps_it_when_invited_as_user(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.invited("ulf@example.net").await;
    let sign_in = Command::SetSignIn {
        person: ulf,
        possible: true,
    };
    let pages = access::Actor::System(access::command::SystemSubject::SignIn);
    let change = Change::from(sign_in).with_credential(crate::browser::password_of(ulf));
    house.submit(pages, change).await;
    let link = linked(&house, ulf, 60_000).await;
    let other = "a different password";
    let done = house
        .browser()
        .send("/invitation", &form(&link, other))
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(done.text.contains("the password that you have"));
    assert!(accepted(&house, ulf));
    let kept = house.browser().sign_in("ulf@example.net", PASSWORD).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    let refused = house.browser().sign_in("ulf@example.net", other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn ad_8_whoever_was_vouched_for_without_a_password_gets_one(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.invited("ulf@example.net").await;
    let vouched = Command::SetSignIn {
        person: ulf,
        possible: true,
    };
    let pages = access::Actor::System(access::command::SystemSubject::SignIn);
    house.submit(pages, vouched).await;
    let link = linked(&house, ulf, 60_000).await;
    let mut browser = house.browser();
    let weak = browser.send("/invitation", &form(&link, "short")).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = browser.send("/invitation", &form(&link, PASSWORD)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let again = house.browser().sign_in("ulf@example.net", PASSWORD).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
}
