//! A passkey where a second factor is asked of its owner: it is both factors at the door, the second one after a password, and never
//! passed by with the password alone (AD-24).

use access::{Actor, Command, PersonId, RoleId, event::ProfileField};
use axum::http::{Method, StatusCode};
use ledger::{Change, CredentialKind, NewCredential, Of, Options, Stage, SubmitError};
use testkit::databases::TestDatabase;

use super::{
    authenticator::Authenticator,
    device::{Device, answer, register, remove_first, sign_in, with_passkey},
};
use crate::browser::{House, OWNER, PASSWORD};

testkit::on_both![
    a_passkey_is_a_second_factor_where_one_is_asked_for,
    ad_24_a_password_alone_sets_up_no_other_factor,
    ad_24_an_answer_to_the_second_step_is_ones_own_and_for_it_alone,
    ad_28_sessions_of_a_password_are_over_where_a_passkey_is_asked_for,
    ad_24_a_required_factor_is_left_whoever_is_quicker,
    ad_24_who_resets_it_takes_the_last_one_too,
];

const ULF: &str = "ulf@example.net";
const SECOND: (&str, &str) = ("/sign-in/code/passkey/begin", "/sign-in/code/passkey");

async fn require(house: &House) {
    let require = Command::RequireSecondFactor {
        role: Some(RoleId::ADMIN),
        required: true,
    };
    house.submit(house.owners(), require).await;
}

async fn a_passkey_is_a_second_factor_where_one_is_asked_for(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    require(&house).await;
    let (mut browser, mut device) = with_passkey(&house, ULF).await;
    assert_eq!(browser.look("/").await.status, StatusCode::OK);
    assert_eq!(sign_in(&mut browser, &mut device).await.leads_to(), "/");
    assert_eq!(browser.look("/").await.status, StatusCode::OK);
    // After the password it is the second step.
    let mut with_password = house.browser();
    let half = with_password.sign_in(ULF, PASSWORD).await;
    assert_eq!(half.leads_to(), "/sign-in/code?next=%2F");
    let page = with_password.look("/sign-in/code?next=%2Faudit").await;
    assert!(
        page.text.contains("yours is a passkey") && !page.text.contains("name=\"code\""),
        "{}",
        page.text
    );
    let done = answer(&mut with_password, &mut device, SECOND).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, "/"),
        "{}",
        done.text
    );
    assert_eq!(with_password.look("/").await.status, StatusCode::OK);
    let sessions = house.account.sign_in_sessions(ulf, i64::MAX / 2).await;
    let mut stages = sessions.unwrap().into_iter().map(|session| session.stage);
    assert!(stages.all(|stage| stage == Stage::TwoFactors));
    // And the last one stays.
    let page = browser.look("/account/passkeys").await;
    let refused = remove_first(&mut browser, &page).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.text.contains("second_factor_required"),
        "{}",
        refused.text
    );
    assert_eq!(house.account.passkeys(ulf).await.unwrap().len(), 1);
}

/// Whoever learned the password, and has nothing else, gets nowhere: not to the page where another factor is set up.
async fn ad_24_a_password_alone_sets_up_no_other_factor(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    require(&house).await;
    let (mut own, _) = with_passkey(&house, ULF).await;
    let app = Authenticator::of(&own.look("/account/second-factor").await.text);
    let mut thief = house.browser();
    thief.sign_in(ULF, PASSWORD).await;
    for page in ["/", "/account/second-factor", "/account/passkeys"] {
        let seen = thief.look(page).await;
        assert!(seen.leads_to().starts_with("/sign-in?next="), "{page}");
    }
    let code = app.code(&house);
    let sent = thief
        .send("/account/second-factor", &[("code", &code)])
        .await;
    assert_eq!(sent.leads_to(), "/sign-in?next=%2F");
    assert!(house.account.one_time_codes(ulf).await.unwrap().is_none());
    // Codes that are nobody's are none here either.
    let guess = thief.send("/sign-in/code", &[("code", "000000")]).await;
    assert_eq!(guess.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = [("recovery", "aaaa-bbbb-cccc-dddd")];
    let guess = thief.send("/sign-in/code", &unknown).await;
    assert_eq!(guess.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn ad_24_an_answer_to_the_second_step_is_ones_own_and_for_it_alone(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user(ULF).await;
    house.user("una@example.net").await;
    require(&house).await;
    let (_, mut ulfs) = with_passkey(&house, ULF).await;
    let (_, mut unas) = with_passkey(&house, "una@example.net").await;
    let mut browser = house.browser();
    browser.sign_in(ULF, PASSWORD).await;
    let at_the_door = ("/sign-in/passkey/begin", SECOND.1);
    for (device, how) in [
        (&mut unas, SECOND),
        (&mut Device::new(), SECOND),
        (&mut ulfs, at_the_door),
    ] {
        let refused = answer(&mut browser, device, how).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("No passkey of yours"));
        assert!(!browser.look("/").await.leads_to().is_empty());
    }
    let sent_to_the_door = (SECOND.0, "/sign-in/passkey");
    let refused = answer(&mut browser, &mut ulfs, sent_to_the_door).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Without the first step there is nothing to ask for.
    let bare = super::device::send(&mut house.browser(), SECOND.0, &[], ulfs.origin).await;
    assert_eq!(bare.status, StatusCode::UNAUTHORIZED);
    let done = answer(&mut browser, &mut ulfs, SECOND).await;
    assert_eq!(done.leads_to(), "/", "{}", done.text);
}

async fn ad_28_sessions_of_a_password_are_over_where_a_passkey_is_asked_for(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user(ULF).await;
    let (mut with_passkey, _) = with_passkey(&house, ULF).await;
    let mut with_password = house.signed_in(ULF).await;
    assert_eq!(with_password.look("/").await.status, StatusCode::OK);
    require(&house).await;
    for page in ["/", "/account/second-factor"] {
        let seen = with_password.look(page).await;
        assert!(seen.leads_to().starts_with("/sign-in?next="), "{page}");
    }
    assert_eq!(with_passkey.look("/").await.status, StatusCode::OK);
}

/// Two passkeys taken off at the same instant: the one that is left is there, whoever read what before.
async fn ad_24_a_required_factor_is_left_whoever_is_quicker(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let (mut browser, _) = with_passkey(&house, ULF).await;
    register(&mut browser, &mut Device::new()).await;
    require(&house).await;
    let stored = house.account.passkeys(ulf).await.unwrap();
    assert_eq!(stored.len(), 2);
    let kinds = [0, 1].map(|index: usize| CredentialKind::Passkey(stored[index].id));
    let (one, other) = tokio::join!(
        take_off(&house, ulf, &kinds[..1]),
        take_off(&house, ulf, &kinds[1..])
    );
    let refused = [one, other].into_iter().filter_map(Result::err);
    let refused: Vec<_> = refused.collect();
    assert!(
        matches!(&refused[..], [SubmitError::Refused(refusal)] if refusal.code == "second_factor_required"),
        "{refused:?}"
    );
    assert_eq!(house.account.passkeys(ulf).await.unwrap().len(), 1);
    // Nor all at once.
    let all = take_off(&house, ulf, &[CredentialKind::EveryPasskey]).await;
    assert!(all.is_err());
    // With codes it is not the last any more.
    browser = house.browser();
    let left = house.account.passkeys(ulf).await.unwrap();
    let codes = NewCredential {
        of: Of::known(ulf),
        kind: CredentialKind::OneTimeCodes,
        data: Some("x".to_owned()),
    };
    house
        .submit(Actor::Person(ulf), own(ulf).with_credential(codes))
        .await;
    let last = [CredentialKind::Passkey(left[0].id)];
    take_off(&house, ulf, &last).await.unwrap();
    assert!(
        take_off(&house, ulf, &[CredentialKind::OneTimeCodes])
            .await
            .is_err()
    );
    assert_eq!(browser.look("/").await.status, StatusCode::SEE_OTHER);
}

fn own(person: PersonId) -> Change {
    Change::from(Command::EditProfile {
        person,
        fields: vec![ProfileField::SignIn],
    })
}

async fn take_off(
    house: &House,
    person: PersonId,
    kinds: &[CredentialKind],
) -> Result<ledger::Done, SubmitError> {
    let mut change = own(person);
    for kind in kinds {
        change = change.with_credential(NewCredential {
            of: Of::known(person),
            kind: *kind,
            data: None,
        });
    }
    let actor = Actor::Person(person);
    house
        .account
        .submit(actor, change, Options::untold("tests"))
        .await
}

async fn ad_24_who_resets_it_takes_the_last_one_too(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    require(&house).await;
    with_passkey(&house, ULF).await;
    let mut owner = house.signed_in(OWNER).await;
    let id = house.account.state().public(ulf).unwrap();
    let path = format!("/api/v1/people/{id}/second-factor/reset");
    let ours = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let reset = owner.ask(Method::POST, &path, &ours, None).await;
    assert_eq!(reset.status, StatusCode::OK, "{}", reset.text);
    assert!(house.account.passkeys(ulf).await.unwrap().is_empty());
    // Then they set up a new one, with the password, as whoever never had one.
    let mut anew = house.signed_in(ULF).await;
    assert_eq!(anew.look("/").await.leads_to(), "/account/second-factor");
}
