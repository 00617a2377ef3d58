//! Registering in the portal (SD-22, SD-23): an address is confirmed before anything opens, and nobody learns whose it is or who accepts it.

use std::time::Duration;

use access::{
    Actor, Command, CompanyId, PersonId, PublicId,
    command::SystemSubject,
    state::{CustomerFacet, Placement, PortalLevel, RegistrationPolicy},
};
use axum::http::StatusCode;
use ledger::{Change, Field, Of, ProfileWrite};
use testkit::databases::TestDatabase;

use super::bench::{Bench, CARA, PORTAL, UNA};
use crate::browser::{Browser, Seen};

testkit::on_both![
    sd_23_people_of_a_company_that_accepts_it_come_when_the_address_is_confirmed,
    sd_23_anyone_comes_as_standard_with_the_services_that_are_open_to_all,
    sd_23_where_nobody_may_register_there_is_no_such_page,
    sd_23_the_answer_and_the_rows_are_the_same_for_every_address,
    sd_23_who_may_come_is_asked_again_when_the_link_is_used,
    sd_23_a_link_is_over_after_a_day_and_nobody_else_makes_one,
    a_wrong_name_or_password_leaves_the_link_good,
    sd_23_wishes_are_counted,
    sd_23_an_address_is_sent_one_mail_within_minutes_and_a_few_a_day,
    sd_23_of_two_who_come_at_once_by_one_link_one_comes,
    sd_23_whoever_did_not_get_to_the_end_of_it_goes_on_with_another_link,
    whoever_is_signed_in_is_led_on,
    sd_26_a_mail_that_waits_for_somebody_who_is_erased_goes_with_them,
    sd_26_who_registered_is_erased_and_may_come_as_somebody_new,
];

const NEW: &str = "nina@mail.acme.example";
const PASSWORD: &str = "seven green tractors";

async fn ask(by: &mut Browser, email: &str) -> Seen {
    by.send("/register", &[("email", email)]).await
}

async fn confirm(by: &mut Browser, link: &str) -> Seen {
    come(by, link, ("Nina New", PASSWORD)).await
}

async fn come(by: &mut Browser, link: &str, (name, password): (&str, &str)) -> Seen {
    let fields = [("link", link), ("name", name), ("password", password)];
    by.send("/register/confirm", &fields).await
}

/// Somebody who registered and did not confirm, as an earlier release left them where the server stopped in between.
async fn waiting(bench: &Bench, name: &str, email: &str) -> PersonId {
    let house = &bench.desk.house;
    let id = PublicId::<PersonId>::new(house.engine.new_uuid());
    let register = Change::from(Command::Register {
        id,
        domain: email.rsplit_once('@').unwrap().1.into(),
        denied: false,
    });
    let profile = ProfileWrite::new(Of::public(id))
        .set(Field::Name, name)
        .set(Field::Email, email);
    let registration = Actor::System(SystemSubject::Registration);
    house
        .submit(registration, register.with_profile(profile))
        .await;
    who(bench, email).await
}

async fn set_policy(bench: &Bench, policy: RegistrationPolicy) {
    let set = Command::SetRegistration {
        policy: Some(policy),
        denied: 0,
        allowed: 0,
    };
    bench.desk.by_owner(set).await;
}

async fn deny(bench: &Bench, entry: &str) {
    let mut change = Change::from(Command::SetRegistration {
        policy: None,
        denied: 1,
        allowed: 0,
    });
    change.deny = vec![entry.to_owned()];
    bench.desk.by_owner(change).await;
}

/// Acme has two domains, and accepts its people where it is said; Bolt has one, and does not.
async fn with_companies(bench: &Bench, policy: RegistrationPolicy) -> CompanyId {
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let bolt = bench.desk.company("Bolt").await;
    for (company, domain) in [(acme, "acme.example"), (bolt, "bolt.example")] {
        let domain = domain.into();
        bench
            .desk
            .by_owner(Command::AddDomain { company, domain })
            .await;
    }
    let accepts = true;
    let company = acme;
    bench
        .desk
        .by_owner(Command::SetCompanyRegistration { company, accepts })
        .await;
    set_policy(bench, policy).await;
    acme
}

/// The link that an address was sent.
async fn link(bench: &Bench, email: &str) -> String {
    let asked = ask(&mut bench.desk.house.browser(), email).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    bench.desk.house.link_to(email).await
}

async fn opens_nothing(bench: &Bench, link: &str) {
    let before = trace(bench).await;
    let mut browser = bench.desk.house.browser();
    let seen = confirm(&mut browser, link).await;
    assert_eq!(
        seen.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        seen.text
    );
    assert!(seen.text.contains("used, expired or unknown"));
    assert!(seen.header("set-cookie").is_empty());
    assert_eq!(trace(bench).await, before, "a denied act leaves no trace");
}

/// What there is of people: none of it may be of somebody who did not confirm.
async fn trace(bench: &Bench) -> [i64; 4] {
    let house = &bench.desk.house;
    let position = i64::try_from(house.account.head().position).unwrap();
    [
        position,
        house.rows("profiles").await,
        house.rows("emails").await,
        house.rows("person_row").await,
    ]
}

async fn who(bench: &Bench, email: &str) -> PersonId {
    bench.desk.house.person(email).await
}

async fn sd_23_people_of_a_company_that_accepts_it_come_when_the_address_is_confirmed(
    db: TestDatabase,
) {
    let bench = Bench::open(&db).await;
    let acme = with_companies(&bench, RegistrationPolicy::Companies).await;
    let before = trace(&bench).await;
    let mut browser = bench.desk.house.browser();
    let door = browser.look("/sign-in").await;
    assert!(door.text.contains("href=\"/register\""));
    assert_eq!(browser.look("/register").await.status, StatusCode::OK);
    let link = link(&bench, NEW).await;
    let mails = bench.desk.house.mails().await;
    assert_eq!(
        (mails[0].to.as_str(), mails[0].text.subject.as_str()),
        (NEW, "Confirm your address")
    );
    let address = format!("https://rolecall.example/register/confirm#{link}");
    assert_eq!(mails[0].text.link.as_deref(), Some(address.as_str()));
    assert!(!link.contains("nina"), "the address is sealed in it");
    for _ in 0..2 {
        let page = browser.look("/register/confirm").await;
        assert_eq!(page.status, StatusCode::OK);
    }
    assert_eq!(trace(&bench).await, before, "nothing is there before");
    let done = confirm(&mut browser, &link).await;
    assert_eq!((done.status, done.leads_to()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(browser.look("/").await.leads_to(), PORTAL);
    let home = browser.look(PORTAL).await;
    assert!(home.main().contains("Nina New"), "{}", home.main());
    let nina = who(&bench, NEW).await;
    let state = bench.desk.house.account.state();
    let row = state.people().get(nina).unwrap();
    assert_eq!(row.customer, CustomerFacet::Active);
    assert_eq!(row.portal_level, PortalLevel::Company);
    // SD-22: a sub-domain is of the company that has the domain.
    assert_eq!(
        (row.company, row.placement),
        (Some(acme), Placement::ByDomain)
    );
    opens_nothing(&bench, &link).await;
    let again = bench.desk.house.browser().sign_in(NEW, PASSWORD).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let audit = bench.owner().await.look("/audit").await;
    assert!(audit.main().contains("The registration"), "AD-20");
}

async fn sd_23_anyone_comes_as_standard_with_the_services_that_are_open_to_all(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Anyone).await;
    let service = bench.network;
    let open = true;
    bench
        .desk
        .by_owner(Command::SetServiceOpenToAll { service, open })
        .await;
    let address = "olaf@elsewhere.example";
    let link = link(&bench, address).await;
    let mut browser = bench.desk.house.browser();
    let done = confirm(&mut browser, &link).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let olaf = who(&bench, address).await;
    let state = bench.desk.house.account.state();
    let row = state.people().get(olaf).unwrap();
    assert_eq!(
        (row.portal_level, row.company),
        (PortalLevel::Standard, None)
    );
    let form = browser.look("/portal/new").await;
    assert!(form.main().contains("Network") && !form.main().contains("Payroll"));
}

async fn sd_23_where_nobody_may_register_there_is_no_such_page(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut browser = bench.desk.house.browser();
    let before = bench.desk.house.rows("mails").await;
    assert!(!browser.look("/sign-in").await.text.contains("/register"));
    for path in ["/register", "/register/confirm"] {
        assert_eq!(browser.look(path).await.status, StatusCode::NOT_FOUND);
    }
    let asked = ask(&mut browser, NEW).await;
    assert_eq!(asked.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.desk.house.rows("mails").await, before);
}

async fn sd_23_the_answer_and_the_rows_are_the_same_for_every_address(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Companies).await;
    deny(&bench, "denied.acme.example").await;
    let house = &bench.desk.house;
    let mut answers = Vec::new();
    for email in [
        NEW,
        "bea@bolt.example",
        "nobody@elsewhere.example",
        "dan@denied.acme.example",
        CARA,
        UNA,
    ] {
        let before = (trace(&bench).await, house.rows("mails").await);
        let asked = ask(&mut house.browser(), email).await;
        let after = (trace(&bench).await, house.rows("mails").await - 1);
        assert_eq!(after, before, "{email}");
        answers.push((asked.status, asked.text));
    }
    assert_eq!(answers[0].0, StatusCode::OK);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    // Who may come hears of it, and so does whoever is known already; nobody else.
    let sent = house.mails().await;
    let mut sent: Vec<_> = sent
        .iter()
        .map(|mail| (mail.to.as_str(), mail.text.subject.as_str()))
        .collect();
    sent.sort_unstable();
    assert_eq!(
        sent,
        [
            (CARA, "You are known here already"),
            (NEW, "Confirm your address"),
            (UNA, "You are known here already"),
        ]
    );
}

async fn sd_23_who_may_come_is_asked_again_when_the_link_is_used(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Companies).await;
    let first = link(&bench, NEW).await;
    deny(&bench, NEW).await;
    opens_nothing(&bench, &first).await;
    let other = "otto@acme.example";
    let second = link(&bench, other).await;
    let company = bench.desk.company_of(bench.cara).unwrap();
    let accepts = false;
    bench
        .desk
        .by_owner(Command::SetCompanyRegistration { company, accepts })
        .await;
    opens_nothing(&bench, &second).await;
    set_policy(&bench, RegistrationPolicy::Nobody).await;
    let mut browser = bench.desk.house.browser();
    let closed = confirm(&mut browser, &second).await;
    assert_eq!(closed.status, StatusCode::NOT_FOUND);
    // Somebody was added with the address meanwhile.
    set_policy(&bench, RegistrationPolicy::Anyone).await;
    bench.desk.customer("Otto Other", other).await;
    opens_nothing(&bench, &second).await;
}

async fn sd_23_a_link_is_over_after_a_day_and_nobody_else_makes_one(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Anyone).await;
    let link = link(&bench, NEW).await;
    let mut changed = link.clone().into_bytes();
    let last = changed.last_mut().unwrap();
    *last = if *last == b'0' { b'1' } else { b'0' };
    let changed = String::from_utf8(changed).unwrap();
    for none in ["", "00", "rc_0", changed.as_str()] {
        opens_nothing(&bench, none).await;
    }
    let day = Duration::from_secs(24 * 60 * 60);
    bench.desk.house.advance(day).await;
    opens_nothing(&bench, &link).await;
}

async fn a_wrong_name_or_password_leaves_the_link_good(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Companies).await;
    let link = link(&bench, NEW).await;
    let before = trace(&bench).await;
    let mut browser = bench.desk.house.browser();
    for (name, password, at) in [
        ("Nina New", "short", "password-error"),
        ("", PASSWORD, "name-error"),
    ] {
        let fields = [
            ("link", link.as_str()),
            ("name", name),
            ("password", password),
        ];
        let again = browser.send("/register/confirm", &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains(at) && again.text.contains(&link));
    }
    assert_eq!(trace(&bench).await, before);
    let done = confirm(&mut browser, &link).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

async fn sd_23_of_two_who_come_at_once_by_one_link_one_comes(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Companies).await;
    let waits = "wanda@acme.example";
    waiting(&bench, "Wanda Waiting", waits).await;
    for email in [NEW, "otto@acme.example", waits] {
        let link = link(&bench, email).await;
        one_of_two_comes(&bench, email, &link).await;
        opens_nothing(&bench, &link).await;
    }
}

/// Two who say what they are called, and choose a password.
const TWO: [(&str, &str); 2] = [
    ("Nina New", PASSWORD),
    ("Nora Newer", "eleven blue lanterns"),
];

async fn one_of_two_comes(bench: &Bench, email: &str, link: &str) {
    let house = &bench.desk.house;
    let before = house.account.head().position;
    let (mut one, mut other) = (house.browser(), house.browser());
    let (first, second) =
        tokio::join!(come(&mut one, link, TWO[0]), come(&mut other, link, TWO[1]));
    let (won, mut browser, lost) = match first.status {
        StatusCode::SEE_OTHER => (0, one, second),
        _ => (1, other, first),
    };
    assert_eq!(
        lost.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{email}: {}",
        lost.text
    );
    assert!(lost.text.contains("used, expired or unknown"));
    assert!(lost.header("set-cookie").is_empty());
    // What the one who won is called and signs in with is theirs alone, in one entry of the log.
    let home = browser.look(PORTAL).await;
    assert!(home.main().contains(TWO[won].0), "{email}: {}", home.main());
    let entries = house.account.log_page(None, 10).await.unwrap();
    let entries = entries.iter().filter(|entry| entry.position > before);
    let acts: Vec<_> = entries.map(|entry| entry.act.as_str()).collect();
    assert_eq!(acts, ["arrive"], "{email}");
    for (at, (_, password)) in TWO.into_iter().enumerate() {
        let seen = house.browser().sign_in(email, password).await;
        let is_in = seen.status == StatusCode::SEE_OTHER;
        assert_eq!(is_in, at == won, "{email}: {}", seen.text);
    }
}

async fn sd_23_whoever_did_not_get_to_the_end_of_it_goes_on_with_another_link(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Companies).await;
    let house = &bench.desk.house;
    let nina = waiting(&bench, "Nina New", NEW).await;
    let first = link(&bench, NEW).await;
    // It may have stopped behind the password as well, and before the address was confirmed: nobody gets in by that.
    bench.lets_in(nina).await;
    let early = house.browser().sign_in(NEW, crate::browser::PASSWORD).await;
    assert_ne!(early.status, StatusCode::SEE_OTHER);
    house.advance(Duration::from_secs(3 * 60)).await;
    let second = link(&bench, NEW).await;
    assert_ne!(first, second);
    let done = confirm(&mut house.browser(), &second).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(who(&bench, NEW).await, nina);
    let again = house.browser().sign_in(NEW, PASSWORD).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "the newest password");
    for link in [first, second] {
        opens_nothing(&bench, &link).await;
    }
}

async fn sd_23_an_address_is_sent_one_mail_within_minutes_and_a_few_a_day(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Companies).await;
    let house = &bench.desk.house;
    let mut browser = house.browser();
    let mut answers = Vec::new();
    for round in 0_u64..8 {
        // Somebody whom nobody knows, and somebody who is known: both are answered alike.
        for address in [NEW, CARA, NEW, CARA] {
            let before = house.rows("mails").await;
            let asked = ask(&mut browser, address).await;
            answers.push((asked.status, asked.text));
            assert_eq!(house.rows("mails").await, before + 1, "{address}");
        }
        let sent = usize::try_from(round.min(5) + 1).unwrap();
        let mails = house.mails().await;
        for address in [NEW, CARA] {
            let theirs = mails.iter().filter(|mail| mail.to == address);
            assert_eq!(theirs.count(), sent, "{address} {round}");
        }
        house.advance(Duration::from_secs(16 * 60)).await;
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    // On the next day there are others, and whoever asked for a sign-in link has no more of them.
    house.advance(Duration::from_secs(24 * 60 * 60)).await;
    let before = house.mails().await.len();
    bench.lets_in(bench.cara).await;
    ask(&mut browser, CARA).await;
    let link = [("email", CARA)];
    browser.send("/sign-in/send-link", &link).await;
    assert_eq!(house.mails().await.len(), before + 1);
}

async fn whoever_is_signed_in_is_led_on(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Companies).await;
    bench.lets_in(bench.cara).await;
    let mut cara = bench.browser(CARA).await;
    for path in [
        "/sign-in/send-link",
        "/sign-in/link",
        "/register",
        "/register/confirm",
    ] {
        let seen = cara.look(path).await;
        assert_eq!(
            (seen.status, seen.leads_to()),
            (StatusCode::SEE_OTHER, "/"),
            "{path}"
        );
    }
}

async fn sd_26_a_mail_that_waits_for_somebody_who_is_erased_goes_with_them(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Companies).await;
    let house = &bench.desk.house;
    ask(&mut house.browser(), NEW).await;
    let of_nobody = "mails WHERE person = 0";
    assert_eq!(house.rows(of_nobody).await, 1);
    let person = bench.desk.customer("Nina New", NEW).await;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    assert_eq!(house.rows(of_nobody).await, 0);
    assert!(house.mails().await.iter().all(|mail| mail.to != NEW));
}

async fn sd_23_wishes_are_counted(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Companies).await;
    let mut browser = bench.desk.house.browser();
    for _ in 0..5 {
        assert_eq!(ask(&mut browser, NEW).await.status, StatusCode::OK);
    }
    let before = bench.desk.house.rows("mails").await;
    let waits = ask(&mut browser, NEW).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(bench.desk.house.rows("mails").await, before);
    let wrong = ask(&mut browser, "no address").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn sd_26_who_registered_is_erased_and_may_come_as_somebody_new(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    with_companies(&bench, RegistrationPolicy::Companies).await;
    let emails = bench.desk.house.rows("emails").await;
    let first = link(&bench, NEW).await;
    confirm(&mut bench.desk.house.browser(), &first).await;
    let person = who(&bench, NEW).await;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    assert_eq!(bench.desk.house.rows("emails").await, emails);
    // What was sent is sealed no longer: its body went with it. SD-27.
    bench.desk.house.advance(Duration::from_secs(3 * 60)).await;
    let second = link(&bench, NEW).await;
    let done = confirm(&mut bench.desk.house.browser(), &second).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_ne!(who(&bench, NEW).await, person);
}
