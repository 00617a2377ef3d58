//! One's own name and address: what everybody may edit about themselves (RULES §4).

use access::{Event, event::ProfileField};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER, PASSWORD, Seen};

testkit::on_both![
    four_everybody_edits_their_own_name,
    four_a_new_address_counts_when_it_is_confirmed_at_both,
    four_whether_an_address_is_taken_is_told_to_who_reads_its_mails,
    four_a_wish_for_an_address_can_be_taken_back,
    ad_24_a_wish_ends_with_what_is_done_to_its_person,
    what_is_no_new_address_is_told_at_the_field,
];

const ULF: &str = "ulf@example.net";
const NEW: &str = "ulf.new@example.net";
const PROFILE: &str = "/account/profile";

async fn ask(browser: &mut Browser, email: &str) -> Seen {
    browser.look(PROFILE).await;
    let path = "/account/profile/address";
    browser.send(path, &[("email", email)]).await
}

async fn confirm(house: &House, link: &str) -> Seen {
    let fields = [("link", link)];
    house.browser().send("/confirm-address", &fields).await
}

async fn four_everybody_edits_their_own_name(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    house.set_role(ulf, access::RoleId::ADMIN).await;
    let mut browser = house.signed_in(ULF).await;
    let page = browser.look(PROFILE).await;
    assert!(page.main().contains("value=\"Ulf User\"") && page.text.contains(ULF));
    let rename = "/account/profile/name";
    for (name, says) in [
        ("", "give 1 to 200"),
        ("  ", "give 1 to 200"),
        ("a\nb", "one line"),
    ] {
        let wrong = browser.send(rename, &[("name", name)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains(says), "{}", wrong.text);
        assert!(wrong.text.contains("aria-describedby=\"name-error\""));
    }
    let done = browser.send(rename, &[("name", " Ulf <b>Under ")]).await;
    assert_eq!(
        (done.status, done.leads_to()),
        (StatusCode::SEE_OTHER, PROFILE)
    );
    let home = browser.look("/").await;
    assert!(home.text.contains("Ulf &#60;b&#62;Under") && !home.text.contains("<b>Under"));
    let log = house.account.log_page(None, 1).await.unwrap();
    let event = Event::ProfileEdited {
        person: ulf,
        fields: vec![ProfileField::Name],
    };
    assert_eq!(ledger::events(&log[0]).unwrap(), [event]);
    assert_eq!(
        browser.look("/").await.status,
        StatusCode::OK,
        "no session ends with that"
    );
    // A name that is there already is no act.
    browser.send(rename, &[("name", "Ulf <b>Under")]).await;
    let after = house.account.log_page(None, 1).await.unwrap();
    assert_eq!(after[0].position, log[0].position);
}

async fn four_a_new_address_counts_when_it_is_confirmed_at_both(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    for (index, new_first) in [true, false].into_iter().enumerate() {
        let (old, new) = match index {
            0 => (ULF, NEW),
            _ => (NEW, ULF),
        };
        let mut browser = house.signed_in(old).await;
        let before = house.mails().await.len();
        let asked = ask(&mut browser, new).await;
        assert_eq!(asked.leads_to(), PROFILE, "{}", asked.text);
        let page = browser.look(PROFILE).await;
        assert!(page.text.contains("waits to be confirmed") && page.text.contains(new));
        assert_eq!(house.mails().await.len(), before + 2);
        let (at_new, at_old) = (house.link_to(new).await, house.link_to(old).await);
        assert_ne!(at_new, at_old);
        let (first, second) = match new_first {
            true => (at_new, at_old),
            false => (at_old, at_new),
        };
        assert_eq!(
            browser.look("/confirm-address").await.status,
            StatusCode::OK
        );
        let half = confirm(&house, &first).await;
        assert!(half.text.contains("Confirmed here"), "{}", half.text);
        assert_eq!(house.person(old).await, ulf, "one of them is not both");
        let again = confirm(&house, &first).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = browser.look(PROFILE).await;
        assert_eq!(page.text.matches(": confirmed").count(), 1);
        assert_eq!(page.text.matches(": not confirmed yet").count(), 1);
        let both = confirm(&house, &second).await;
        assert_eq!(both.status, StatusCode::OK);
        assert!(
            both.text.contains("Your address is changed"),
            "{}",
            both.text
        );
        assert_eq!(house.person(new).await, ulf);
        let mails = house.mails().await;
        let told = (mails[0].to.as_str(), mails[0].text.subject.as_str());
        assert_eq!(told, (old, "Your address was changed"));
        assert!(
            !mails[0].text.body.contains(new),
            "the new one is not told there"
        );
        let late = house.browser().sign_in(old, PASSWORD).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        house.signed_in(new).await;
        // By oneself: the browser where it was asked for stays signed in (AD-24 is about others).
        let page = browser.look(PROFILE).await;
        assert!(!page.text.contains("waits to be confirmed"));
    }
    let log = house.account.log_page(None, 1).await.unwrap();
    let event = Event::ProfileEdited {
        person: ulf,
        fields: vec![ProfileField::Address],
    };
    assert_eq!(ledger::events(&log[0]).unwrap(), [event]);
}

/// An address cannot be tried out on oneself.
async fn four_whether_an_address_is_taken_is_told_to_who_reads_its_mails(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut browser = house.signed_in(ULF).await;
    let free = ask(&mut browser, "nobody@example.net").await;
    let taken = ask(&mut browser, OWNER).await;
    assert_eq!(
        (free.status, free.leads_to()),
        (taken.status, taken.leads_to())
    );
    assert_eq!(free.header("set-cookie"), taken.header("set-cookie"));
    let (at_new, at_old) = (house.link_to(OWNER).await, house.link_to(ULF).await);
    confirm(&house, &at_new).await;
    let told = confirm(&house, &at_old).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        told.text.contains("Somebody else here has the new one"),
        "{}",
        told.text
    );
    assert_eq!(house.person(ULF).await, ulf);
    assert_eq!(house.person(OWNER).await, house.owner);
}

async fn four_a_wish_for_an_address_can_be_taken_back(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut browser = house.signed_in(ULF).await;
    ask(&mut browser, NEW).await;
    let (at_new, at_old) = (house.link_to(NEW).await, house.link_to(ULF).await);
    confirm(&house, &at_new).await;
    browser.look(PROFILE).await;
    let kept = browser.send("/account/profile/address/keep", &[]).await;
    assert_eq!(kept.leads_to(), PROFILE);
    let late = confirm(&house, &at_old).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.person(ULF).await, ulf);
    let page = browser.look(PROFILE).await;
    assert!(!page.text.contains("waits to be confirmed"));
    // A newer wish takes the place of an older one.
    ask(&mut browser, NEW).await;
    let old_links = (house.link_to(NEW).await, house.link_to(ULF).await);
    ask(&mut browser, "third@example.net").await;
    for link in [old_links.0, old_links.1] {
        let late = confirm(&house, &link).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

async fn ad_24_a_wish_ends_with_what_is_done_to_its_person(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut browser = house.signed_in(ULF).await;
    ask(&mut browser, NEW).await;
    let links = [house.link_to(NEW).await, house.link_to(ULF).await];
    assert_eq!(house.rows("address_changes").await, 1);
    let facet = access::state::Facet::User;
    let off = access::Command::Deactivate { person: ulf, facet };
    house.submit(house.owners(), off).await;
    assert_eq!(house.rows("address_changes").await, 0);
    for link in links {
        let late = confirm(&house, &link).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.text.contains("used, expired or unknown"));
    }
    assert_eq!(house.person(ULF).await, ulf);
}

async fn what_is_no_new_address_is_told_at_the_field(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user(ULF).await;
    let mut browser = house.signed_in(ULF).await;
    for (email, says) in [
        ("nobody", "reads somebody@example.org"),
        ("", "reads somebody@example.org"),
        ("ULF@example.net", "the address that you have"),
    ] {
        let wrong = ask(&mut browser, email).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains(says), "{email}: {}", wrong.text);
        assert!(wrong.text.contains("role=\"alert\""));
    }
    assert!(house.mails().await.is_empty());
    for _ in 0..5 {
        ask(&mut browser, "victim@example.org").await;
    }
    let many = ask(&mut browser, "victim@example.org").await;
    assert!(many.text.contains("Too many links"), "{}", many.text);
}
