//! Where somebody is signed in, on their own page, and what ends there.

use access::{Command, PersonId, RoleId};
use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER};

testkit::on_both![
    ad_24_a_browser_of_somebody_is_signed_out_and_the_others_go_on,
    ad_24_all_browsers_of_somebody_are_signed_out,
    ad_24_what_is_over_already_is_not_logged_as_ended_again,
    ad_24_who_may_not_sees_no_session_and_ends_none,
    ad_27_whoever_views_as_somebody_ends_no_session,
    ad_24_sessions_are_listed_and_ended_over_rest_by_who_may,
];

const ULF: &str = "ulf@example.net";
const UNA: &str = "una@example.net";
const HEADING: &str = "Sign-in sessions</h2>";

fn path(house: &House, person: PersonId) -> String {
    format!("/people/{}", house.account.state().public(person).unwrap())
}

/// The public id of the session of a browser.
fn id(browser: &Browser) -> String {
    let cookie = browser.cookie.as_ref().unwrap();
    cookie.split('_').nth(3).unwrap().to_owned()
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    let ours = [("sec-fetch-site", "same-origin")];
    let me = browser.ask(Method::GET, "/api/v1/me", &ours, None).await;
    me.status == StatusCode::OK
}

async fn ad_24_a_browser_of_somebody_is_signed_out_and_the_others_go_on(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut first = house.signed_in(ULF).await;
    let mut second = house.signed_in(ULF).await;
    let mut owner = house.signed_in(OWNER).await;
    let page = owner.look(&path(&house, ulf)).await;
    assert!(page.main().contains(HEADING), "{}", page.text);
    assert_eq!(page.main().matches("Firefox on Linux</th>").count(), 2);
    assert!(page.text.contains(&id(&first)) && !page.text.contains("192.0.2.1"));
    let before = house.account.state().version();
    let form = format!("{}/sessions/end", path(&house, ulf));
    let ended = owner.send(&form, &[("session", &id(&second))]).await;
    assert_eq!(
        (ended.status, ended.leads_to()),
        (StatusCode::SEE_OTHER, &*path(&house, ulf)),
        "{}",
        ended.text
    );
    assert!(!is_signed_in(&mut second).await);
    assert!(is_signed_in(&mut first).await && is_signed_in(&mut owner).await);
    // Both logs say so: who was signed out, and by whom.
    assert_eq!(house.log().await.last(), Some(&("ended", Some(ulf))));
    assert_eq!(house.account.state().version().0, before.0 + 1);
    let log = house.account.log_page(None, 1).await.unwrap();
    assert_eq!(log[0].act, "end_sign_in_sessions");
    let audit = owner.look("/audit").await;
    assert!(
        audit.main().contains("ign-in sessions of"),
        "{}",
        audit.text
    );
    let page = owner.look(&path(&house, ulf)).await;
    assert_eq!(page.main().matches("Firefox on Linux</th>").count(), 1);
}

async fn ad_24_all_browsers_of_somebody_are_signed_out(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut browsers = [house.signed_in(ULF).await, house.signed_in(ULF).await];
    let mut admin = house.signed_in(OWNER).await;
    // One may have begun to view as somebody: that is over with the session.
    let una = house.user(UNA).await;
    house.set_role(una, RoleId::MEMBER).await;
    browsers[0].look(&path(&house, una)).await;
    let viewing = format!("{}/view-as", path(&house, una));
    assert_eq!(browsers[0].send(&viewing, &[]).await.leads_to(), "/");
    admin.look(&path(&house, ulf)).await;
    let form = format!("{}/sessions/end", path(&house, ulf));
    assert_eq!(admin.send(&form, &[]).await.status, StatusCode::SEE_OTHER);
    for browser in &mut browsers {
        assert!(!is_signed_in(browser).await);
    }
    let viewings = house.account.viewings_of(una, None, 1).await.unwrap();
    assert_eq!(viewings[0].until, house.account.now());
    assert!(is_signed_in(&mut admin).await);
    let ended = house.log().await;
    let ended = ended.iter().filter(|entry| **entry == ("ended", Some(ulf)));
    assert_eq!(ended.count(), 2);
    let page = admin.look(&path(&house, ulf)).await;
    assert!(page.main().contains("Signed in nowhere."), "{}", page.text);
    assert!(!page.main().contains("End all"));
    // They sign in again: nothing of how they do it was touched.
    assert!(is_signed_in(&mut house.signed_in(ULF).await).await);
}

async fn ad_24_sessions_are_listed_and_ended_over_rest_by_who_may(db: TestDatabase) {
    let house = House::open(&db).await;
    let (ulf, una) = (house.user(ULF).await, house.user(UNA).await);
    let mut first = house.signed_in(ULF).await;
    let mut second = house.signed_in(ULF).await;
    let mut unas = house.signed_in(UNA).await;
    let mut owner = house.signed_in(OWNER).await;
    let ours = [("sec-fetch-site", "same-origin")];
    let api = |person| format!("/api/v1{}/sign-in-sessions", path(&house, person));
    let (all, of_una) = (api(ulf), api(una));
    let list = owner.ask(Method::GET, &all, &ours, None).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    for browser in [&first, &second] {
        assert!(list.text.contains(&id(browser)), "{}", list.text);
    }
    assert!(!list.text.contains(&id(&unas)) && !list.text.contains("192.0.2.1"));
    // An Admin, of an equal: neither told of them, nor let.
    let before = (house.log().await, house.account.state().version());
    for method in [Method::GET, Method::DELETE] {
        let refused = first.ask(method, &of_una, &ours, None).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    }
    // The address of one person leads to no session of another, and what is tried is not done.
    for path in [
        format!("{all}/{}", id(&unas)),
        format!("{all}/unknown"),
        format!("{all}?dry_run=true"),
    ] {
        let nothing = owner.ask(Method::DELETE, &path, &ours, None).await;
        assert_eq!(nothing.status, StatusCode::OK, "{}", nothing.text);
    }
    assert_eq!(before, (house.log().await, house.account.state().version()));
    assert!(is_signed_in(&mut unas).await && is_signed_in(&mut first).await);
    let one = format!("{all}/{}", id(&second));
    let ended = owner.ask(Method::DELETE, &one, &ours, None).await;
    assert_eq!(ended.status, StatusCode::OK, "{}", ended.text);
    assert!(!is_signed_in(&mut second).await && is_signed_in(&mut first).await);
    let ended = owner.ask(Method::DELETE, &all, &ours, None).await;
    assert_eq!(ended.status, StatusCode::OK, "{}", ended.text);
    assert!(!is_signed_in(&mut first).await && is_signed_in(&mut owner).await);
    assert_eq!(house.log().await.last(), Some(&("ended", Some(ulf))));
}

async fn ad_24_what_is_over_already_is_not_logged_as_ended_again(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    house.user(UNA).await;
    let mut ulfs = house.signed_in(ULF).await;
    let mut unas = house.signed_in(UNA).await;
    let mut owner = house.signed_in(OWNER).await;
    owner.look(&path(&house, ulf)).await;
    let before = house.account.state().version();
    let form = format!("{}/sessions/end", path(&house, ulf));
    // Neither does the page of one person lead to the session of another.
    for other in ["0", &*id(&unas), &*id(&owner)] {
        let done = owner.send(&form, &[("session", other)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    assert_eq!(house.account.state().version(), before);
    for browser in [&mut ulfs, &mut unas, &mut owner] {
        assert!(is_signed_in(browser).await);
    }
}

async fn ad_24_who_may_not_sees_no_session_and_ends_none(db: TestDatabase) {
    let house = House::open(&db).await;
    let (ulf, una) = (house.user(ULF).await, house.user(UNA).await);
    let mut unas = house.signed_in(UNA).await;
    let mut ulfs = house.signed_in(ULF).await;
    house.signed_in(OWNER).await;
    // An Admin, of an equal and of a superior.
    for person in [una, house.owner] {
        let page = ulfs.look(&path(&house, person)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains(HEADING), "{}", page.text);
        let before = (house.log().await, house.account.state().version());
        let form = format!("{}/sessions/end", path(&house, person));
        for fields in [&[][..], &[("session", &*id(&unas))], &[("session", "0")]] {
            let refused = ulfs.send(&form, fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        }
        let after = (house.log().await, house.account.state().version());
        assert_eq!(before, after);
    }
    assert!(is_signed_in(&mut unas).await);
    // Of whom one may not know there is nothing to end.
    house.licence(ulf).await;
    house.set_role(ulf, RoleId::MEMBER).await;
    ulfs.look("/account/sessions").await;
    let form = format!("{}/sessions/end", path(&house, una));
    let unknown = ulfs.send(&form, &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", unknown.text);
    assert!(is_signed_in(&mut unas).await);
    // One's own have a page of their own.
    let mut owner = house.signed_in(OWNER).await;
    let own = owner.look(&path(&house, house.owner)).await;
    assert!(own.main().contains("href=\"/account/sessions\""));
    assert!(!own.main().contains("/sessions/end"), "{}", own.text);
    // Nothing of them is left of somebody who is erased.
    house
        .submit(house.owners(), Command::ErasePerson { person: una })
        .await;
    let gone = owner
        .send(&format!("{}/sessions/end", path(&house, una)), &[])
        .await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

async fn ad_27_whoever_views_as_somebody_ends_no_session(db: TestDatabase) {
    let house = House::open(&db).await;
    let (ulf, una) = (house.user(ULF).await, house.user(UNA).await);
    house.licence(una).await;
    house.set_role(una, RoleId::MEMBER).await;
    let mut unas = house.signed_in(UNA).await;
    let mut owner = house.signed_in(OWNER).await;
    owner.look(&path(&house, ulf)).await;
    let viewing = format!("{}/view-as", path(&house, ulf));
    assert_eq!(owner.send(&viewing, &[]).await.leads_to(), "/");
    let page = owner.look(&path(&house, una)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains(HEADING), "{}", page.text);
    let before = (house.log().await, house.account.state().version());
    let form = format!("{}/sessions/end", path(&house, una));
    let refused = owner.send(&form, &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("AD-27"), "{}", refused.text);
    let after = (house.log().await, house.account.state().version());
    assert_eq!(before, after);
    assert!(is_signed_in(&mut unas).await);
}
