//! One-time codes and recovery codes: set up, asked for, each good once; half of a proof is none.

use std::time::Duration;

use access::{Actor, Command, Event, PersonId, command::SystemSubject, event::ProfileField};
use axum::http::{Method, StatusCode};
use ledger::{Change, CredentialKind, NewCredential, Of, SubmitError};
use testkit::databases::TestDatabase;

use super::authenticator::{Authenticator, recovery_codes, set_up};
use crate::browser::{Browser, House, OWNER, PASSWORD};

testkit::on_both![
    ad_24_a_second_factor_is_set_up_with_its_first_code,
    a_half_finished_sign_in_is_nobody,
    a_code_works_once_and_a_recovery_code_too,
    guesses_at_the_code_are_counted_with_those_at_the_password,
    half_of_a_proof_is_over_soon_and_after_one_use,
    half_finished_sign_ins_end_no_session,
    new_recovery_codes_take_the_place_of_the_old,
    a_second_factor_is_taken_off,
    ad_8_a_second_factor_is_never_changed_unsaid,
    sd_26_an_erased_person_leaves_no_second_factor,
];

async fn half(house: &House, email: &str) -> Browser {
    let mut browser = house.browser();
    let done = browser.sign_in(email, PASSWORD).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, "/sign-in/code?next=%2F")
    );
    browser
}

async fn ad_24_a_second_factor_is_set_up_with_its_first_code(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    let mut other = house.signed_in(OWNER).await;
    let page = browser.look("/account/second-factor").await;
    assert!(page.text.contains("<svg class=\"qr\"") && !page.text.contains("style="));
    let app = Authenticator::of(&page.text);
    // The same key when the page is loaded again, another one in another browser.
    let again = browser.look("/account/second-factor").await;
    assert_eq!(Authenticator::of(&again.text).secret, app.secret);
    let elsewhere = other.look("/account/second-factor").await;
    assert_ne!(Authenticator::of(&elsewhere.text).secret, app.secret);

    let wrong = browser
        .send("/account/second-factor", &[("code", "000000")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("not the code of that key"),
        "{}",
        wrong.text
    );
    let signed_in = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(signed_in.leads_to(), "/", "nothing was set up so far");

    let code = app.code(&house);
    let done = browser
        .send("/account/second-factor", &[("code", &code)])
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(done.header("cache-control"), "no-store");
    assert_eq!(recovery_codes(&done.text).len(), 10);
    // Signed in here, with a new session; nowhere else.
    let page = browser.look("/account/second-factor").await;
    assert!(
        page.text.contains("10 recovery codes are left"),
        "{}",
        page.text
    );
    assert_eq!(other.look("/").await.leads_to(), "/sign-in?next=%2F");
    // Nothing of the codes is readable in the database, nor of the key.
    let mut tx = house.engine.database().begin_read().await.unwrap();
    let rows = tx
        .fetch_all("SELECT data FROM credentials", [])
        .await
        .unwrap();
    for row in rows {
        let data: String = row.get(0).unwrap();
        for code in recovery_codes(&done.text) {
            assert!(!data.contains(&code) && !data.contains(&code.replace('-', "")));
        }
        assert!(!data.contains(&app.hex()), "the key is sealed");
    }
    drop(tx);
    let log = house.account.log_page(None, 1).await.unwrap();
    let event = Event::ProfileEdited {
        person: house.owner,
        fields: vec![ProfileField::SignIn],
    };
    assert_eq!(ledger::events(&log[0]).unwrap(), [event]);
    let whats: Vec<_> = house
        .log()
        .await
        .into_iter()
        .map(|(what, _)| what)
        .collect();
    assert!(whats.contains(&"factor_added") && whats.contains(&"recovery_codes_made"));
    // The code that set it up is used up.
    let mut late = half(&house, OWNER).await;
    let used = late.send("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Whoever proved a password alone may do nothing, at no door.
async fn a_half_finished_sign_in_is_nobody(db: TestDatabase) {
    let house = House::open(&db).await;
    let (app, _) = set_up(&house, OWNER).await;
    let mut browser = half(&house, OWNER).await;
    for page in [
        "/",
        "/account/sessions",
        "/account/second-factor",
        "/account/password",
        "/sign-in/again",
    ] {
        let seen = browser.look(page).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{page}");
        assert!(seen.leads_to().starts_with("/sign-in?next="), "{page}");
    }
    let ours = [("sec-fetch-site", "same-origin")];
    let me = browser.ask(Method::GET, "/api/v1/me", &ours, None).await;
    assert_eq!(me.status, StatusCode::UNAUTHORIZED);
    for form in [
        "/account/second-factor/remove",
        "/account/second-factor/recovery-codes",
        "/sign-out",
    ] {
        let sent = browser.send(form, &[]).await;
        assert_eq!(sent.leads_to(), "/sign-in?next=%2F", "{form}");
    }
    let left = house
        .account
        .recovery_codes_left(house.owner)
        .await
        .unwrap();
    assert_eq!(left, 10, "nothing happened");
    // Without the first step there is no second one.
    let bare = house.browser().look("/sign-in/code").await;
    assert_eq!(bare.leads_to(), "/sign-in");
    house.advance(Duration::from_secs(60)).await;
    let cookie = browser.cookie.clone();
    let done = browser
        .send(
            "/sign-in/code",
            &[("code", &app.code(&house)), ("next", "/account/sessions")],
        )
        .await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, "/account/sessions")
    );
    assert_ne!(
        browser.cookie, cookie,
        "a secret that was good for half is not good for all"
    );
    assert_eq!(browser.look("/").await.status, StatusCode::OK);
}

async fn a_code_works_once_and_a_recovery_code_too(db: TestDatabase) {
    let house = House::open(&db).await;
    let (app, codes) = set_up(&house, OWNER).await;
    house.advance(Duration::from_secs(60)).await;
    let code = app.code(&house);
    let mut first = half(&house, OWNER).await;
    let mut second = half(&house, OWNER).await;
    let done = first.send("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(done.leads_to(), "/");
    let again = second.send("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("used before"), "{}", again.text);
    assert_eq!(
        house.log().await.last().unwrap(),
        &("code_failed", Some(house.owner))
    );

    let mut third = half(&house, OWNER).await;
    let mut fourth = half(&house, OWNER).await;
    // However it is typed.
    let typed = codes[3].replace('-', " ").to_uppercase();
    let done = third.send("/sign-in/code", &[("recovery", &typed)]).await;
    assert_eq!(done.leads_to(), "/", "{}", done.text);
    let again = fourth
        .send("/sign-in/code", &[("recovery", &codes[3])])
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let left = house
        .account
        .recovery_codes_left(house.owner)
        .await
        .unwrap();
    assert_eq!(left, 9);
    let other = fourth
        .send("/sign-in/code", &[("recovery", &codes[4])])
        .await;
    assert_eq!(other.leads_to(), "/");
    let log = house.log().await;
    let used = log.iter().filter(|(what, _)| *what == "recovery_code_used");
    assert_eq!(used.count(), 2);
}

async fn guesses_at_the_code_are_counted_with_those_at_the_password(db: TestDatabase) {
    let house = House::open(&db).await;
    let (app, codes) = set_up(&house, OWNER).await;
    let mut browser = half(&house, OWNER).await;
    let mut seen = StatusCode::OK;
    for _ in 0..10 {
        let answer = browser.send("/sign-in/code", &[("code", "000000")]).await;
        seen = answer.status;
    }
    assert_eq!(seen, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        house.log().await.last().unwrap(),
        &("locked", Some(house.owner))
    );
    // Nothing helps until the time is over: not the right code, not a recovery code, not a new first step.
    house.advance(Duration::from_secs(60)).await;
    for proof in [("code", app.code(&house)), ("recovery", codes[0].clone())] {
        let late = browser.send("/sign-in/code", &[(proof.0, &proof.1)]).await;
        assert_eq!(late.status, StatusCode::TOO_MANY_REQUESTS);
    }
    let anew = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(anew.status, StatusCode::TOO_MANY_REQUESTS);
    house.advance(Duration::from_secs(15 * 60)).await;
    let mut browser = half(&house, OWNER).await;
    let done = browser
        .send("/sign-in/code", &[("code", &app.code(&house))])
        .await;
    assert_eq!(done.leads_to(), "/");
}

async fn half_of_a_proof_is_over_soon_and_after_one_use(db: TestDatabase) {
    let house = House::open(&db).await;
    let (app, codes) = set_up(&house, OWNER).await;
    let mut slow = half(&house, OWNER).await;
    house.advance(Duration::from_secs(5 * 60)).await;
    let late = slow
        .send("/sign-in/code", &[("code", &app.code(&house))])
        .await;
    assert_eq!(late.leads_to(), "/sign-in");
    let mut browser = half(&house, OWNER).await;
    let mut copy = browser.clone();
    let done = browser
        .send("/sign-in/code", &[("code", &app.code(&house))])
        .await;
    assert_eq!(done.leads_to(), "/");
    let again = copy.send("/sign-in/code", &[("recovery", &codes[0])]).await;
    assert_eq!(again.leads_to(), "/sign-in");
    let left = house
        .account
        .recovery_codes_left(house.owner)
        .await
        .unwrap();
    assert_eq!(left, 10);
}

async fn half_finished_sign_ins_end_no_session(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, codes) = set_up(&house, OWNER).await;
    let mut browser = half(&house, OWNER).await;
    browser
        .send("/sign-in/code", &[("recovery", &codes[0])])
        .await;
    let before = house.rows("sign_in_sessions").await;
    for _ in 0..25 {
        half(&house, OWNER).await;
        // Whoever knows the password gets no further; the tries are those of others.
        house.advance(Duration::from_secs(100)).await;
    }
    assert_eq!(browser.look("/").await.status, StatusCode::OK);
    assert_eq!(house.rows("sign_in_sessions").await, before + 3);
    let page = browser.look("/account/sessions").await;
    assert_eq!(page.text.matches("this one").count(), 1);
    assert_eq!(
        page.text.matches("End this").count() + page.text.matches("Sign out<span").count(),
        2
    );
}

async fn new_recovery_codes_take_the_place_of_the_old(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, old) = set_up(&house, OWNER).await;
    let mut browser = half(&house, OWNER).await;
    browser
        .send("/sign-in/code", &[("recovery", &old[0])])
        .await;
    browser.look("/account/second-factor").await;
    let made = browser
        .send("/account/second-factor/recovery-codes", &[])
        .await;
    let new = recovery_codes(&made.text);
    assert_eq!(new.len(), 10);
    assert!(new.iter().all(|code| !old.contains(code)));
    // Both factors were proved in the session that goes on.
    assert_eq!(
        browser.look("/account/second-factor").await.status,
        StatusCode::OK
    );
    let mut other = half(&house, OWNER).await;
    let refused = other.send("/sign-in/code", &[("recovery", &old[1])]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = other.send("/sign-in/code", &[("recovery", &new[1])]).await;
    assert_eq!(done.leads_to(), "/");
}

async fn a_second_factor_is_taken_off(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, codes) = set_up(&house, OWNER).await;
    let mut browser = half(&house, OWNER).await;
    browser
        .send("/sign-in/code", &[("recovery", &codes[0])])
        .await;
    browser.look("/account/second-factor").await;
    let done = browser.send("/account/second-factor/remove", &[]).await;
    assert_eq!(done.leads_to(), "/account/second-factor");
    let page = browser.look("/account/second-factor").await;
    assert!(page.text.contains("Set it up"), "{}", page.text);
    assert_eq!(
        house.browser().sign_in(OWNER, PASSWORD).await.leads_to(),
        "/"
    );
    assert_eq!(house.rows("credentials").await, 1, "the password");
    let log = house.log().await;
    assert!(log.contains(&("factor_removed", Some(house.owner))));
    let nothing = browser.send("/account/second-factor/remove", &[]).await;
    assert_eq!(nothing.status, StatusCode::CONFLICT);
}

async fn ad_8_a_second_factor_is_never_changed_unsaid(db: TestDatabase) {
    let house = House::open(&db).await;
    set_up(&house, OWNER).await;
    let taken = |person: PersonId, kind| NewCredential {
        of: Of::known(person),
        kind,
        data: None,
    };
    // Without an event about the person nothing of it is written.
    for kind in [
        CredentialKind::OneTimeCodes,
        CredentialKind::RecoveryCodes,
        CredentialKind::EveryPasskey,
    ] {
        let edit = Command::EditProfile {
            person: house.owner,
            fields: vec![ProfileField::Phone],
        };
        let change = Change::from(edit).with_credential(taken(house.owner, kind));
        let refused = house
            .account
            .submit(house.owners(), change, ledger::Options::untold("tests"))
            .await;
        assert!(
            matches!(refused, Err(SubmitError::Refused(refusal)) if refusal.code == "not_logged")
        );
    }
    // The last Super admin keeps a way in, whatever goes with it.
    for actor in [house.owners(), Actor::System(SystemSubject::SignIn)] {
        let lock_out = Command::SetSignIn {
            person: house.owner,
            possible: false,
        };
        let change = Change::from(lock_out)
            .with_credential(taken(house.owner, CredentialKind::Password))
            .with_credential(taken(house.owner, CredentialKind::OneTimeCodes));
        let refused = house
            .account
            .submit(actor, change, ledger::Options::untold("tests"))
            .await;
        assert!(matches!(refused, Err(SubmitError::Refused(refusal)) if refusal.rule == "AD-8"));
    }
    half(&house, OWNER).await;
}

async fn sd_26_an_erased_person_leaves_no_second_factor(db: TestDatabase) {
    let house = House::open(&db).await;
    let person = house.user("ulf@example.net").await;
    set_up(&house, "ulf@example.net").await;
    assert_eq!(house.rows("credentials").await, 4);
    house
        .submit(house.owners(), Command::ErasePerson { person })
        .await;
    assert_eq!(house.rows("credentials").await, 1);
}
