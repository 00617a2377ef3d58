//! To view as somebody, and one's own settings, where they see who did.

use std::time::Duration;

use access::{Command, Moment, PersonId, RoleId, event::ProfileField, state::Facet};
use axum::http::StatusCode;
use ledger::Viewing;
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER};

testkit::on_both![
    ad_27_a_banner_says_whom_one_views_as_and_leads_out,
    ad_27_it_is_in_the_audit_log_and_in_the_settings_of_the_viewed_person,
    ad_27_it_ends_after_half_an_hour_and_its_forms_with_it,
    ad_28_it_ends_with_the_right,
    ad_27_it_ends_with_the_session_whatever_ends_that,
    ad_27_asked_for_twice_at_once_it_begins_once,
    ad_24_nobody_views_as_a_superior,
    ad_27_what_proves_who_somebody_is_is_shown_to_them_alone,
    ad_17_the_only_user_finds_the_account_among_their_own_settings,
];

const ULF: &str = "ulf@example.net";
const UNA: &str = "una@example.net";
const BANNER: &str = "You view as";

fn path(house: &House, person: PersonId) -> String {
    format!("/people/{}", house.account.state().public(person).unwrap())
}

async fn view_as(browser: &mut Browser, house: &House, person: PersonId) {
    let path = path(house, person);
    browser.look(&path).await;
    let begun = browser.send(&format!("{path}/view-as"), &[]).await;
    assert_eq!(begun.leads_to(), "/", "{}", begun.text);
}

async fn ad_27_a_banner_says_whom_one_views_as_and_leads_out(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut browser = house.signed_in(OWNER).await;
    assert!(
        browser
            .look(&path(&house, ulf))
            .await
            .text
            .contains("View as</button>")
    );
    view_as(&mut browser, &house, ulf).await;
    for page in ["/", "/account", "/audit", path(&house, ulf).as_str()] {
        let seen = browser.look(page).await;
        assert_eq!(seen.status, StatusCode::OK, "{page}");
        assert!(
            seen.text.contains(BANNER) && seen.text.contains("<bdi>Ulf User</bdi>"),
            "{page}"
        );
    }
    // Nothing to change is offered, and what is sent all the same changes nothing.
    let page = browser.look(&path(&house, house.owner)).await;
    assert!(!page.text.contains("Deactivate…") && !page.text.contains("View as</button>"));
    let version = house.account.state().version();
    let fields = [("act", "deactivate"), ("value", "user")];
    let to = format!("{}/change", path(&house, ulf));
    let refused = browser.send(&to, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text.contains("You view as somebody else") && refused.text.contains("AD-27"),
        "{}",
        refused.text
    );
    assert_eq!(house.account.state().version(), version);
    browser.look("/").await;
    let out = browser.send("/view-as/end", &[]).await;
    assert_eq!(out.leads_to(), path(&house, ulf));
    let own = browser.look("/").await;
    assert!(own.text.contains("Hello, <bdi>Olga Owner</bdi>") && !own.text.contains(BANNER));
}

async fn ad_27_it_is_in_the_audit_log_and_in_the_settings_of_the_viewed_person(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    house.user(UNA).await;
    let mut own = house.signed_in(ULF).await;
    assert!(own.look("/account").await.text.contains("Nobody did"));
    let mut browser = house.signed_in(OWNER).await;
    view_as(&mut browser, &house, ulf).await;
    browser.look("/").await;
    browser.send("/view-as/end", &[]).await;
    let log = house.account.log_page(None, 1).await.unwrap();
    assert_eq!(log[0].act, "view_as");
    let audit = browser.look("/audit").await;
    assert!(audit.text.contains("Viewed as"), "{}", audit.text);
    let told = own.look("/account").await;
    assert!(told.main().contains("Olga Owner"), "{}", told.text);
    let mut other = house.signed_in(UNA).await;
    assert!(other.look("/account").await.text.contains("Nobody did"));
}

async fn ad_27_it_ends_after_half_an_hour_and_its_forms_with_it(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut browser = house.signed_in(OWNER).await;
    view_as(&mut browser, &house, ulf).await;
    house.advance(Duration::from_secs(29 * 60)).await;
    let seen = browser.look("/").await;
    assert!(seen.text.contains(BANNER));
    house.advance(Duration::from_secs(61)).await;
    // What was shown as Ulf's is not sent as Olga's.
    let stale = browser.send("/account/sessions/end-others", &[]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    let own = browser.look("/").await;
    assert!(!own.text.contains(BANNER) && own.text.contains("Olga Owner"));
}

async fn ad_28_it_ends_with_the_right(db: TestDatabase) {
    let house = House::open(&db).await;
    let (_, una) = (house.user(ULF).await, house.user(UNA).await);
    house.set_role(una, RoleId::MEMBER).await;
    let mut browser = house.signed_in(ULF).await;
    view_as(&mut browser, &house, una).await;
    assert!(browser.look("/").await.text.contains(BANNER));
    house.give_admin(una).await;
    let own = browser.look("/").await;
    assert_eq!(own.status, StatusCode::OK);
    assert!(!own.text.contains(BANNER), "an Admin views as an equal");
    // A right that comes back does not bring it back.
    house.set_role(una, RoleId::MEMBER).await;
    assert!(!browser.look("/").await.text.contains(BANNER));
    assert_eq!(last(&house, una).await.until, house.account.now());
}

async fn last(house: &House, viewed: PersonId) -> Viewing {
    let viewings = house.account.viewings_of(viewed, None, 1).await;
    viewings.unwrap().remove(0)
}

async fn ad_27_it_ends_with_the_session_whatever_ends_that(db: TestDatabase) {
    let house = House::open(&db).await;
    let (ulf, una) = (house.user(ULF).await, house.user(UNA).await);
    house.set_role(una, RoleId::MEMBER).await;
    let minute = Duration::from_secs(60);
    let person = ulf;
    let facet = Facet::User;
    let deeds = [
        Command::EditProfile {
            person,
            fields: vec![ProfileField::SignIn],
        },
        Command::Deactivate { person, facet },
    ];
    for deed in deeds {
        let mut browser = house.signed_in(ULF).await;
        view_as(&mut browser, &house, una).await;
        house.advance(minute).await;
        let now = house.account.now();
        assert!(last(&house, una).await.until > now);
        house.submit(house.owners(), deed).await;
        assert_eq!(last(&house, una).await.until, now);
        house.advance(minute).await;
        assert_eq!(last(&house, una).await.until, now, "it stays so");
    }
    // And by oneself, in another browser.
    let mut browser = house.signed_in(OWNER).await;
    view_as(&mut browser, &house, una).await;
    house.advance(minute).await;
    let mut other = house.signed_in(OWNER).await;
    other.look("/account/sessions").await;
    let ended = other.send("/account/sessions/end-others", &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text);
    assert_eq!(last(&house, una).await.until, house.account.now());
}

async fn ad_27_asked_for_twice_at_once_it_begins_once(db: TestDatabase) {
    let house = House::open(&db).await;
    let (ulf, una) = (house.user(ULF).await, house.user(UNA).await);
    house.signed_in(OWNER).await;
    let sessions = house.account.sign_in_sessions(house.owner, i64::MAX / 2);
    let session = sessions.await.unwrap().remove(0);
    // Nor does it last longer than the session.
    let until = Moment(session.ends_at.0 + 1);
    let begin = |viewed| {
        let (account, id) = (&house.account, session.id.as_str());
        account.begin_viewing(id, house.owner, viewed, until)
    };
    let (one, other) = tokio::join!(begin(ulf), begin(ulf));
    one.unwrap();
    other.unwrap();
    assert_eq!(house.rows("viewings").await, 1);
    assert_eq!(last(&house, ulf).await.until, session.ends_at);
    // Somebody else takes their place.
    begin(una).await.unwrap();
    assert_eq!(last(&house, ulf).await.until, house.account.now());
    assert_eq!(last(&house, una).await.until, session.ends_at);
    // In a session that is over, or another's, nothing begins.
    let not_theirs = house.account.begin_viewing(&session.id, ulf, una, until);
    assert!(not_theirs.await.is_err());
    assert!(
        house
            .account
            .begin_viewing("0", house.owner, una, until)
            .await
            .is_err()
    );
    assert_eq!(house.rows("viewings").await, 2);
}

async fn ad_24_nobody_views_as_a_superior(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user(ULF).await;
    let mut browser = house.signed_in(ULF).await;
    let path = path(&house, house.owner);
    assert!(!browser.look(&path).await.text.contains("View as</button>"));
    let refused = browser.send(&format!("{path}/view-as"), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!browser.look("/").await.text.contains(BANNER));
    assert_eq!(house.rows("viewings").await, 0);
}

async fn ad_27_what_proves_who_somebody_is_is_shown_to_them_alone(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut browser = house.signed_in(OWNER).await;
    view_as(&mut browser, &house, ulf).await;
    for page in [
        "/account/sessions",
        "/account/password",
        "/account/second-factor",
    ] {
        let seen = browser.look(page).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{page}");
    }
    let page = browser.look("/account").await;
    assert!(!page.text.contains("/account/password"));
}

async fn ad_17_the_only_user_finds_the_account_among_their_own_settings(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.signed_in(OWNER).await;
    let alone = browser.look("/account").await;
    assert!(
        alone.text.contains("you are its only user") && alone.text.contains("/configure/services"),
        "{}",
        alone.text
    );
    house.user(ULF).await;
    let page = browser.look("/account").await;
    assert!(!page.text.contains("you are its only user"));
    assert!(page.text.contains("/account/sessions"));
}
