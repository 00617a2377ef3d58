//! Sign-in sessions: what they are good for, and when they are over.

use std::time::Duration;

use access::{Command, RoleId, event::ProfileField, state::Facet};
use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER, PASSWORD, Seen};

testkit::on_both![
    the_cookie_is_for_this_host_alone_and_for_no_script,
    ad_28_after_a_change_of_rights_the_next_request_is_refused,
    ad_24_sessions_end_with_what_is_done_to_their_owner,
    a_session_ends_when_it_is_unused_and_when_its_time_is_over,
    sessions_are_listed_and_ended_by_their_owner_alone,
    signing_out_ends_the_session_and_not_only_the_cookie,
    a_session_counts_for_the_api_and_is_no_token,
    sd_26_an_erased_person_leaves_no_way_to_sign_in,
];

async fn me(browser: &mut Browser) -> Seen {
    browser
        .ask(
            Method::GET,
            "/api/v1/me",
            &[("sec-fetch-site", "same-origin")],
            None,
        )
        .await
}

async fn the_cookie_is_for_this_host_alone_and_for_no_script(db: TestDatabase) {
    let house = House::open(&db).await;
    let done = house.browser().sign_in(OWNER, PASSWORD).await;
    let cookie = done.header("set-cookie");
    assert!(cookie.starts_with("__Host-rolecall=rc_"), "{cookie}");
    for part in [
        "; Path=/",
        "; Secure",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Max-Age=43200",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let secret = cookie.split(['=', ';']).nth(1).unwrap();
    let mut tx = house.engine.database().begin_read().await.unwrap();
    let kept = tx
        .fetch_all("SELECT prefix FROM sign_in_sessions", [])
        .await
        .unwrap();
    assert!(
        kept.iter()
            .all(|row| !secret.ends_with(&row.get::<String>(0).unwrap()))
    );
}

async fn ad_28_after_a_change_of_rights_the_next_request_is_refused(db: TestDatabase) {
    let house = House::open(&db).await;
    let person = house.user("ulf@example.net").await;
    house.set_role(person, RoleId::SUPER_ADMIN).await;
    let mut browser = house.signed_in("ulf@example.net").await;
    let ours = [("sec-fetch-site", "same-origin")];
    let may = browser
        .ask(Method::GET, "/api/v1/products", &ours, None)
        .await;
    assert_eq!(may.status, StatusCode::OK, "{}", may.text);
    house.set_role(person, RoleId::ADMIN).await;
    let may_not = browser
        .ask(Method::GET, "/api/v1/products", &ours, None)
        .await;
    assert_eq!(may_not.status, StatusCode::FORBIDDEN, "{}", may_not.text);
    assert_eq!(browser.look("/").await.status, StatusCode::OK);
}

async fn ad_24_sessions_end_with_what_is_done_to_their_owner(db: TestDatabase) {
    let house = House::open(&db).await;
    let facet = Facet::User;
    let deeds: [fn(access::PersonId) -> Command; 3] = [
        |person| Command::Deactivate {
            person,
            facet: Facet::User,
        },
        |person| Command::SetSignIn {
            person,
            possible: false,
        },
        |person| Command::EditProfile {
            person,
            fields: vec![ProfileField::SignIn],
        },
    ];
    for (index, deed) in deeds.into_iter().enumerate() {
        let email = format!("ulf{index}@example.net");
        let person = house.user(&email).await;
        let mut browser = house.signed_in(&email).await;
        assert_eq!(me(&mut browser).await.status, StatusCode::OK);
        house.submit(house.owners(), deed(person)).await;
        assert_eq!(me(&mut browser).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(browser.look("/").await.leads_to(), "/sign-in?next=%2F");
        assert_eq!(house.log().await.last(), Some(&("ended", Some(person))));
    }
    // Brought back, old sessions stay over.
    let person = house.person("ulf0@example.net").await;
    let mut browser = house.browser();
    house
        .submit(house.owners(), Command::Reactivate { person, facet })
        .await;
    let again = browser.sign_in("ulf0@example.net", PASSWORD).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!(
        house.rows("sign_in_sessions").await,
        2,
        "this one, and that of the set-up"
    );
}

async fn a_session_ends_when_it_is_unused_and_when_its_time_is_over(db: TestDatabase) {
    let house = House::open(&db).await;
    let four_hours = Duration::from_secs(4 * 3_600);
    let mut used = house.signed_in(OWNER).await;
    for _ in 0..2 {
        house.advance(four_hours).await;
        assert_eq!(me(&mut used).await.status, StatusCode::OK);
    }
    house.advance(four_hours).await;
    assert_eq!(me(&mut used).await.status, StatusCode::UNAUTHORIZED);
    let sessions = house
        .account
        .sign_in_sessions(house.owner, 60_000)
        .await
        .unwrap();
    assert!(sessions.is_empty());
    let browser = house.signed_in(OWNER).await;
    let secret = browser
        .cookie
        .unwrap()
        .split_once('=')
        .unwrap()
        .1
        .parse::<String>()
        .unwrap();
    let secret = ledger::Secret::parse(&secret).unwrap();
    let idle_ms = 30 * 60_000;
    house
        .advance(Duration::from_millis(idle_ms as u64 - 1))
        .await;
    assert!(
        house
            .engine
            .sign_in_session(&secret, idle_ms)
            .await
            .unwrap()
            .is_some()
    );
    house.advance(Duration::from_millis(1)).await;
    assert!(
        house
            .engine
            .sign_in_session(&secret, idle_ms)
            .await
            .unwrap()
            .is_none()
    );
}

async fn sessions_are_listed_and_ended_by_their_owner_alone(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    let mut first = house.signed_in("ulf@example.net").await;
    let mut second = house.signed_in("ulf@example.net").await;
    let mut owner = house.signed_in(OWNER).await;
    let page = first.look("/account/sessions").await;
    assert_eq!(
        page.text.matches("Firefox on Linux</th>").count()
            + page.text.matches("Firefox on Linux <span").count(),
        2
    );
    let id = |browser: &Browser| {
        browser
            .cookie
            .clone()
            .unwrap()
            .split('_')
            .nth(3)
            .unwrap()
            .to_owned()
    };
    assert!(page.text.contains(&id(&second)), "{}", page.text);
    // Somebody else's session is none of the owner's.
    owner.look("/account/sessions").await;
    let seconds = id(&second);
    owner
        .send("/account/sessions/end", &[("session", &seconds)])
        .await;
    assert_eq!(me(&mut second).await.status, StatusCode::OK);
    let ended = first
        .send("/account/sessions/end", &[("session", &seconds)])
        .await;
    assert_eq!(
        (ended.status, ended.leads_to()),
        (StatusCode::SEE_OTHER, "/account/sessions")
    );
    assert_eq!(me(&mut second).await.status, StatusCode::UNAUTHORIZED);
    let mut third = house.signed_in("ulf@example.net").await;
    first.look("/account/sessions").await;
    first.send("/account/sessions/end-others", &[]).await;
    assert_eq!(me(&mut third).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(me(&mut first).await.status, StatusCode::OK);
}

async fn signing_out_ends_the_session_and_not_only_the_cookie(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    browser.look("/").await;
    let mut copy = browser.clone();
    let left = browser.send("/sign-out", &[]).await;
    assert_eq!(
        (left.status, left.leads_to()),
        (StatusCode::SEE_OTHER, "/sign-in")
    );
    assert_eq!(browser.cookie, None);
    assert_eq!(me(&mut copy).await.status, StatusCode::UNAUTHORIZED);
}

/// A bearer never comes from a cookie, and a session never from a bearer.
async fn a_session_counts_for_the_api_and_is_no_token(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    assert_eq!(me(&mut browser).await.status, StatusCode::OK);
    let secret = browser
        .cookie
        .clone()
        .unwrap()
        .split_once('=')
        .unwrap()
        .1
        .to_owned();
    let mut bare = house.browser();
    let bearer = format!("Bearer {secret}");
    let as_token = bare
        .ask(
            Method::GET,
            "/api/v1/me",
            &[("authorization", &bearer)],
            None,
        )
        .await;
    assert_eq!(as_token.status, StatusCode::UNAUTHORIZED);
    bare.cookie = Some(format!("rolecall={secret}"));
    assert_eq!(me(&mut bare).await.status, StatusCode::UNAUTHORIZED);
    bare.cookie = Some(format!(
        "__Host-rolecall={secret}; __Host-rolecall={secret}"
    ));
    assert_eq!(me(&mut bare).await.status, StatusCode::UNAUTHORIZED);
}

async fn sd_26_an_erased_person_leaves_no_way_to_sign_in(db: TestDatabase) {
    let house = House::open(&db).await;
    let person = house.user("ulf@example.net").await;
    let mut browser = house.signed_in("ulf@example.net").await;
    assert_eq!(
        (
            house.rows("credentials").await,
            house.rows("sign_in_sessions").await
        ),
        (2, 2)
    );
    house
        .submit(house.owners(), Command::ErasePerson { person })
        .await;
    assert_eq!(
        (
            house.rows("credentials").await,
            house.rows("sign_in_sessions").await
        ),
        (1, 1)
    );
    assert_eq!(me(&mut browser).await.status, StatusCode::UNAUTHORIZED);
    let again = house.browser().sign_in("ulf@example.net", PASSWORD).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}
