//! Signing in to the portal with a link by mail: once, soon, for customers alone, and nobody learns whose address is known.

use std::time::Duration;

use access::{Actor, Command, command::SystemSubject, state::Facet};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::bench::{Bench, CARA, PORTAL, UNA};
use crate::{
    browser::{Browser, Seen},
    getting_in::authenticator::set_up,
};

testkit::on_both![
    a_customer_signs_in_with_a_link_once,
    a_link_is_over_soon_and_a_newer_one_takes_its_place,
    whoever_has_the_address_the_answer_and_the_rows_are_the_same,
    ad_24_what_changes_who_somebody_is_ends_the_link,
    whoever_is_staff_too_is_sent_none_and_a_link_from_before_opens_nothing,
    a_second_factor_is_asked_for_all_the_same,
    a_link_is_no_fresh_proof,
    whoever_becomes_staff_is_no_longer_signed_in_by_a_link,
    wishes_are_counted,
];

const ASK: &str = "/sign-in/send-link";

async fn ask(by: &mut Browser, email: &str) -> Seen {
    by.send(ASK, &[("email", email)]).await
}

async fn take(by: &mut Browser, link: &str) -> Seen {
    by.send("/sign-in/link", &[("link", link)]).await
}

/// A link that Cara was sent.
async fn link(bench: &Bench) -> String {
    let asked = ask(&mut bench.desk.house.browser(), CARA).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    bench.desk.house.link_to(CARA).await
}

async fn opens_nothing(bench: &Bench, link: &str) {
    let mut browser = bench.desk.house.browser();
    let seen = take(&mut browser, link).await;
    assert_eq!(
        seen.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        seen.text
    );
    assert!(seen.text.contains("used, expired or unknown"));
    assert!(seen.header("set-cookie").is_empty());
}

async fn a_customer_signs_in_with_a_link_once(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut browser = bench.desk.house.browser();
    let door = browser.look("/sign-in").await;
    assert!(door.text.contains(ASK), "{}", door.text);
    let asked = ask(&mut browser, "CARA@acme.example").await;
    assert!(
        asked.text.contains("Look into your mails"),
        "{}",
        asked.text
    );
    let link = bench.desk.house.link_to(CARA).await;
    let mails = bench.desk.house.mails().await;
    let address = format!("https://rolecall.example/sign-in/link#{link}");
    assert_eq!(mails[0].text.link.as_deref(), Some(address.as_str()));
    // Programs that look through mails follow links: nothing is used up by that.
    for _ in 0..2 {
        let page = browser.look("/sign-in/link").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("when you press the button"));
    }
    let done = take(&mut browser, &link).await;
    assert_eq!((done.status, done.leads_to()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(browser.look("/").await.leads_to(), PORTAL);
    assert_eq!(browser.look(PORTAL).await.status, StatusCode::OK);
    let log = bench.desk.house.log().await;
    assert_eq!(log.last().unwrap(), &("signed_in", Some(bench.cara)));
    opens_nothing(&bench, &link).await;
    opens_nothing(&bench, "rc_0").await;
    opens_nothing(&bench, "").await;
}

async fn a_link_is_over_soon_and_a_newer_one_takes_its_place(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let first = link(&bench).await;
    // Asked again at once, the page is the same, and the link that was sent stays good.
    assert_eq!(link(&bench).await, first);
    let minutes = Duration::from_secs(3 * 60);
    bench.desk.house.advance(minutes).await;
    let second = link(&bench).await;
    opens_nothing(&bench, &first).await;
    bench.desk.house.advance(Duration::from_secs(15 * 60)).await;
    opens_nothing(&bench, &second).await;
}

async fn whoever_has_the_address_the_answer_and_the_rows_are_the_same(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let house = &bench.desk.house;
    let rows = async || [house.rows("secrets").await, house.rows("mails").await];
    // A customer, nobody, somebody of staff, and a customer who has not accepted yet.
    let mut answers = Vec::new();
    for email in [CARA, "nobody@example.org", UNA, "nora@example.org"] {
        let before = rows().await;
        let asked = ask(&mut house.browser(), email).await;
        let after = rows().await;
        assert_eq!(after, before.map(|rows| rows + 1), "{email}");
        answers.push((asked.status, asked.text));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let sent: Vec<_> = house
        .mails()
        .await
        .into_iter()
        .map(|mail| mail.to)
        .collect();
    assert_eq!(sent, [CARA]);
}

async fn ad_24_what_changes_who_somebody_is_ends_the_link(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let first = link(&bench).await;
    let person = bench.cara;
    let deactivate = Command::Deactivate {
        person,
        facet: Facet::Customer,
    };
    bench.desk.by_owner(deactivate).await;
    opens_nothing(&bench, &first).await;
    let bring_back = Command::Reactivate {
        person,
        facet: Facet::Customer,
    };
    bench.desk.by_owner(bring_back).await;
    opens_nothing(&bench, &first).await;
    bench.desk.house.advance(Duration::from_secs(3 * 60)).await;
    let second = link(&bench).await;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    opens_nothing(&bench, &second).await;
    let secrets = bench.desk.house.rows("mails").await;
    ask(&mut bench.desk.house.browser(), CARA).await;
    // A decoy, which is sent to nobody.
    assert_eq!(bench.desk.house.rows("mails").await, secrets + 1);
}

async fn whoever_is_staff_too_is_sent_none_and_a_link_from_before_opens_nothing(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let before = link(&bench).await;
    let mails = bench.desk.house.mails().await.len();
    let add = Command::AddUserFacet {
        person: bench.cara,
        user_groups: Vec::new(),
    };
    bench.desk.by_owner(add).await;
    opens_nothing(&bench, &before).await;
    bench.desk.house.advance(Duration::from_secs(3 * 60)).await;
    ask(&mut bench.desk.house.browser(), CARA).await;
    assert_eq!(bench.desk.house.mails().await.len(), mails);
}

async fn a_second_factor_is_asked_for_all_the_same(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (app, _) = set_up(&bench.desk.house, CARA).await;
    bench.desk.house.advance(Duration::from_secs(60)).await;
    let link = link(&bench).await;
    let mut browser = bench.desk.house.browser();
    let half = take(&mut browser, &link).await;
    assert_eq!(half.leads_to(), "/sign-in/code?next=%2F", "{}", half.text);
    assert_ne!(browser.look(PORTAL).await.status, StatusCode::OK);
    opens_nothing(&bench, &link).await;
    browser.look("/sign-in/code").await;
    let code = app.code(&bench.desk.house);
    let done = browser.send("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(browser.look(PORTAL).await.status, StatusCode::OK);
    // A code is no password: nothing is proved freshly by both.
    let asked = browser.look("/account/second-factor").await;
    assert!(asked.leads_to().starts_with("/sign-in/again"));
}

async fn whoever_becomes_staff_is_no_longer_signed_in_by_a_link(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (house, person) = (&bench.desk.house, bench.cara);
    bench.lets_in(person).await;
    let first = link(&bench).await;
    let mut by_link = house.browser();
    take(&mut by_link, &first).await;
    let mut by_password = bench.browser(CARA).await;
    for browser in [&mut by_link, &mut by_password] {
        assert_eq!(browser.look(PORTAL).await.status, StatusCode::OK);
    }
    let add = Command::AddUserFacet {
        person,
        user_groups: Vec::new(),
    };
    bench.desk.by_owner(add).await;
    let pages = Actor::System(SystemSubject::SignIn);
    let accept = Command::AcceptInvitation { person };
    house.submit(pages, accept).await;
    let seen = by_link.look("/account").await;
    assert_eq!(seen.leads_to(), "/sign-in?next=%2Faccount");
    let seen = by_password.look("/account").await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
}

async fn a_link_is_no_fresh_proof(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let link = link(&bench).await;
    let mut browser = bench.desk.house.browser();
    take(&mut browser, &link).await;
    // A mailbox alone sets no factor beside the password that is there.
    let asked = browser.look("/account/second-factor").await;
    assert!(
        asked.leads_to().starts_with("/sign-in/again"),
        "{} {}",
        asked.status,
        asked.leads_to()
    );
}

async fn wishes_are_counted(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut browser = bench.desk.house.browser();
    for email in [CARA, "nobody@example.org"] {
        for _ in 0..5 {
            assert_eq!(ask(&mut browser, email).await.status, StatusCode::OK);
        }
        let before = bench.desk.house.rows("mails").await;
        let waits = ask(&mut browser, email).await;
        assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(waits.text.contains("Too many tries"));
        assert_eq!(bench.desk.house.rows("mails").await, before);
    }
    let wrong = ask(&mut browser, "no address").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}
