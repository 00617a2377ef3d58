//! Passwords: changed with the old one; never taken away without the state knowing (AD-8).

use access::{Actor, Command, Event, RefusalKind, command::SystemSubject, event::ProfileField};
use axum::http::{Method, StatusCode};
use ledger::{Change, CredentialKind, NewCredential, Of, Options, SubmitError};
use testkit::databases::TestDatabase;

use crate::browser::{House, OWNER, PASSWORD, password_of};

testkit::on_both![
    a_password_is_changed_with_the_old_one_and_ends_other_sessions,
    a_guess_at_the_old_password_is_counted,
    ad_8_the_last_super_admin_keeps_a_way_to_sign_in,
    a_credential_is_never_written_unsaid,
    the_sign_in_log_is_for_those_who_may_audit,
];

const NEW: &str = "an entirely other thing";

async fn a_password_is_changed_with_the_old_one_and_ends_other_sessions(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    let mut other = house.signed_in(OWNER).await;
    browser.look("/account/password").await;
    for (old, new, again, says) in [
        ("wrong", NEW, NEW, "not your present password"),
        (PASSWORD, "short", "short", "Too short"),
        (
            PASSWORD,
            "Olga-Owner-2026",
            "Olga-Owner-2026",
            "little more than your name",
        ),
        (PASSWORD, NEW, "something else here", "not the same"),
    ] {
        let answer = browser
            .send(
                "/account/password",
                &[("old", old), ("new", new), ("again", again)],
            )
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(says), "{says}: {}", answer.text);
    }
    assert_eq!(
        other.look("/").await.status,
        StatusCode::OK,
        "nothing happened so far"
    );
    let done = browser
        .send(
            "/account/password",
            &[("old", PASSWORD), ("new", NEW), ("again", NEW)],
        )
        .await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, "/account/sessions")
    );
    assert_eq!(
        browser.look("/").await.status,
        StatusCode::OK,
        "signed in here, with a new session"
    );
    assert_eq!(other.look("/").await.leads_to(), "/sign-in?next=%2F");
    let old = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = house.browser().sign_in(OWNER, NEW).await;
    assert_eq!(new.status, StatusCode::SEE_OTHER);
    // The log knows that it changed, and nothing of it.
    let log = house.account.log_page(None, 1).await.unwrap();
    let event = Event::ProfileEdited {
        person: house.owner,
        fields: vec![ProfileField::SignIn],
    };
    assert_eq!(ledger::events(&log[0]).unwrap(), [event]);
}

async fn a_guess_at_the_old_password_is_counted(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    browser.look("/account/password").await;
    for _ in 0..10 {
        browser
            .send(
                "/account/password",
                &[("old", "wrong"), ("new", NEW), ("again", NEW)],
            )
            .await;
    }
    let late = browser
        .send(
            "/account/password",
            &[("old", PASSWORD), ("new", NEW), ("again", NEW)],
        )
        .await;
    assert!(late.text.contains("Too many tries"), "{}", late.text);
    let elsewhere = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(elsewhere.status, StatusCode::TOO_MANY_REQUESTS);
}

fn taken(person: access::PersonId) -> NewCredential {
    NewCredential {
        of: Of::known(person),
        kind: CredentialKind::Password,
        data: None,
    }
}

async fn ad_8_the_last_super_admin_keeps_a_way_to_sign_in(db: TestDatabase) {
    let house = House::open(&db).await;
    let person = house.owner;
    let lock_out = || {
        let command = Command::SetSignIn {
            person,
            possible: false,
        };
        Change::from(command).with_credential(taken(person))
    };
    for actor in [house.owners(), Actor::System(SystemSubject::SignIn)] {
        let refused = house
            .account
            .submit(actor, lock_out(), Options::untold("tests"))
            .await;
        let Err(SubmitError::Refused(refusal)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(
            (refusal.rule, refusal.kind),
            ("AD-8", RefusalKind::Conflict)
        );
    }
    assert_eq!(house.rows("credentials").await, 1);
    house.signed_in(OWNER).await;
    // With a second one who can sign in it is allowed.
    let second = house.user("ulf@example.net").await;
    house.set_role(second, access::RoleId::SUPER_ADMIN).await;
    house.submit(house.owners(), lock_out()).await;
    assert_eq!(house.rows("credentials").await, 1);
    let out = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(out.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// AD-8, AD-20: what lets somebody in is not changed beside an act that says nothing of it.
async fn a_credential_is_never_written_unsaid(db: TestDatabase) {
    let house = House::open(&db).await;
    let person = house.user("ulf@example.net").await;
    let other = house.user("uta@example.net").await;
    let unsaid = [
        Change::from(Command::AcceptInvitation { person }).with_credential(taken(person)),
        Change::from(Command::EditProfile {
            person,
            fields: vec![ProfileField::Name],
        })
        .with_credential(password_of(person)),
        Change::from(Command::EditProfile {
            person,
            fields: vec![ProfileField::SignIn],
        })
        .with_credential(taken(other)),
    ];
    for change in unsaid {
        let refused = house
            .account
            .submit(
                Actor::System(SystemSubject::SignIn),
                change,
                Options::untold("tests"),
            )
            .await;
        let Err(SubmitError::Refused(refusal)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(refusal.code, "not_logged");
    }
    assert_eq!(house.rows("credentials").await, 3);
}

async fn the_sign_in_log_is_for_those_who_may_audit(db: TestDatabase) {
    let house = House::open(&db).await;
    let person = house.user("ulf@example.net").await;
    house.browser().sign_in("ulf@example.net", "wrong").await;
    house.browser().sign_in("nobody@example.net", "wrong").await;
    let mut ulf = house.signed_in("ulf@example.net").await;
    let mut owner = house.signed_in(OWNER).await;
    let path = "/api/v1/sign-in-log?page_size=5";
    let allowed = ulf.ask(Method::GET, path, &[], None).await;
    assert_eq!(allowed.status, StatusCode::OK);
    let body = r#"{"name": "Helper", "permissions": ["admin.history.access"]}"#;
    let role = house.custom_role(body).await;
    house.set_role(person, role).await;
    let denied = ulf.ask(Method::GET, path, &[], None).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    let read = owner.ask(Method::GET, path, &[], None).await;
    let body: serde_json::Value = serde_json::from_str(&read.text).unwrap();
    let items = body["items"].as_array().unwrap();
    let whats: Vec<_> = items
        .iter()
        .map(|item| item["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        whats,
        ["signed_in", "signed_in", "signed_in", "failed", "failed"]
    );
    let id = house.account.state().public(person).unwrap().to_string();
    assert_eq!(items[2]["person"], id);
    assert_eq!(
        (&items[3]["person"], &items[4]["person"]),
        (&serde_json::Value::Null, &serde_json::json!(id))
    );
    assert!(
        body["next"].is_string() && !read.text.contains("example.net"),
        "{}",
        read.text
    );
}
