//! "Forgot your password?": whoever reads the mails of an address chooses a new one, and nobody learns whose address is known.

use std::time::Duration;

use access::{
    Actor, Command, Event, Moment, PersonId, PublicId, TokenId, command::SystemSubject,
    event::ProfileField, state::Facet, state::TokenOwner,
};
use axum::http::{Method, StatusCode};
use ledger::{Change, NewSecret, Of, Purpose, Secret};
use sign_in::password::hashes_made;
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER, PASSWORD, Seen, first_user};

testkit::on_both![
    ad_24_a_new_password_by_mail_ends_sessions_and_tokens_and_is_told,
    whoever_has_the_address_the_answer_and_the_work_are_the_same,
    links_are_counted_by_address_and_not_among_the_tries_to_sign_in,
    links_are_counted_by_where_they_are_asked_for_from_too,
    seven_a_link_that_is_not_the_one_sets_no_password,
    a_weak_password_leaves_the_link_good,
    whoever_is_locked_out_gets_in_with_the_new_password,
    ad_15_who_is_invited_or_switched_off_is_sent_nothing,
    in_several_accounts_a_wish_costs_the_same,
    a_program_asks_and_chooses_too,
];

const ULF: &str = "ulf@example.net";
const NEW: &str = "an entirely other thing";

async fn ask(browser: &mut Browser, email: &str) -> Seen {
    browser.send("/forgot-password", &[("email", email)]).await
}

async fn choose(house: &House, link: &str, password: &str) -> Seen {
    let fields = [("link", link), ("password", password)];
    house.browser().send("/password-reset", &fields).await
}

async fn a_token_of(house: &House, person: PersonId) -> String {
    let id = PublicId::<TokenId>::new(house.engine.new_uuid());
    let expires = Moment(house.account.now().0 + 86_400_000);
    let secret = Secret::make(house.engine.randomness().as_ref());
    let owner = TokenOwner::Person(person);
    let change = Change::from(Command::IssueToken { id, owner, expires });
    let change = change.with_secret(NewSecret {
        purpose: Purpose::Token,
        of: Some(Of::public(id)),
        secret: secret.clone(),
        expires_at: Some(expires),
    });
    house.submit(Actor::Person(person), change).await;
    secret.reveal().to_owned()
}

async fn me(house: &House, token: &str) -> StatusCode {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let mut program = house.browser();
    let answer = program.ask(Method::GET, "/api/v1/me", &headers, None).await;
    answer.status
}

async fn ad_24_a_new_password_by_mail_ends_sessions_and_tokens_and_is_told(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let mut signed_in = house.signed_in(ULF).await;
    let token = a_token_of(&house, ulf).await;
    assert_eq!(me(&house, &token).await, StatusCode::OK);
    let mut browser = house.browser();
    let door = browser.look("/sign-in").await;
    assert!(door.text.contains("href=\"/forgot-password\""));
    assert_eq!(
        browser.look("/forgot-password").await.status,
        StatusCode::OK
    );
    // However it is spelled.
    let asked = ask(&mut browser, "ULF@Example.net").await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(
        asked.text.contains("Look into your mails"),
        "{}",
        asked.text
    );
    let link = house.link_to(ULF).await;
    let mails = house.mails().await;
    let address = format!("https://rolecall.example/password-reset#{link}");
    assert_eq!(mails[0].text.link.as_deref(), Some(address.as_str()));
    assert_eq!(
        signed_in.look("/").await.status,
        StatusCode::OK,
        "asking ends nothing"
    );
    assert_eq!(browser.look("/password-reset").await.status, StatusCode::OK);
    let done = choose(&house, &link, NEW).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    // Whoever reads mails is not signed in by that: a second factor would be passed by.
    assert!(done.header("set-cookie").is_empty());
    assert!(done.text.contains("href=\"/sign-in\""));
    assert_eq!(signed_in.look("/").await.leads_to(), "/sign-in?next=%2F");
    assert_eq!(me(&house, &token).await, StatusCode::UNAUTHORIZED);
    let old = house.browser().sign_in(ULF, PASSWORD).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = house.browser().sign_in(ULF, NEW).await;
    assert_eq!(new.status, StatusCode::SEE_OTHER);
    let told = house.mails().await;
    assert_eq!(told.len(), mails.len() + 1);
    assert_eq!(
        (told[0].to.as_str(), told[0].text.subject.as_str()),
        (ULF, "Your password was changed")
    );
    // The log knows who did what, and nothing of it.
    let log = house.account.log_page(None, 1).await.unwrap();
    let events = [
        Event::ProfileEdited {
            person: ulf,
            fields: vec![ProfileField::SignIn],
        },
        Event::AccessEnded { person: ulf },
    ];
    assert_eq!(ledger::events(&log[0]).unwrap(), events);
    assert!(house.log().await.contains(&("password_reset", Some(ulf))));
    // It works once.
    let late = choose(&house, &link, "yet another password").await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("used, expired or unknown"));
    let still = house.browser().sign_in(ULF, NEW).await;
    assert_eq!(still.status, StatusCode::SEE_OTHER);
}

/// What a wish costs and says.
async fn cost(house: &House, email: &str) -> (StatusCode, String, u64, [i64; 4]) {
    let rows = async || {
        [
            house.rows("mails").await,
            house.rows("secrets").await,
            house.rows("sign_in_attempts").await,
            house.rows("sign_in_log").await,
        ]
    };
    let (made, before) = (hashes_made(), rows().await);
    let answer = ask(&mut house.browser(), email).await;
    let after = rows().await;
    let written = std::array::from_fn(|index| after[index] - before[index]);
    (
        answer.status,
        answer.text.replace(email, "…"),
        hashes_made() - made,
        written,
    )
}

/// Known, unknown, without a password, switched off: no hash, one row each, one answer.
async fn whoever_has_the_address_the_answer_and_the_work_are_the_same(db: TestDatabase) {
    let house = House::open(&db).await;
    house.invited("invited@example.net").await;
    let gone = house.user("gone@example.net").await;
    let facet = Facet::User;
    let off = Command::Deactivate {
        person: gone,
        facet,
    };
    house.submit(house.owners(), off).await;
    // The row of the network address is there from now on.
    ask(&mut house.browser(), "first@example.net").await;
    let known = cost(&house, OWNER).await;
    assert_eq!(
        (known.0, known.2, known.3),
        (StatusCode::OK, 0, [1, 1, 1, 0])
    );
    for email in [
        "nobody@example.net",
        "invited@example.net",
        "gone@example.net",
    ] {
        assert_eq!(cost(&house, email).await, known, "{email}");
    }
    let mails = house.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, OWNER);
    // What is no address is told to everybody alike.
    let odd = cost(&house, "nobody").await;
    assert_eq!((odd.0, odd.3), (StatusCode::UNPROCESSABLE_ENTITY, [0; 4]));
}

async fn links_are_counted_by_address_and_not_among_the_tries_to_sign_in(db: TestDatabase) {
    let house = House::open(&db).await;
    let mut browser = house.browser();
    for email in [OWNER, "nobody@example.net"] {
        for _ in 0..5 {
            assert_eq!(ask(&mut browser, email).await.status, StatusCode::OK);
        }
        browser.from = "198.51.100.9".to_owned();
        let rows = house.rows("mails").await;
        let late = ask(&mut browser, email).await;
        assert_eq!(late.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(late.text.contains("Wait 15 minutes"), "{}", late.text);
        assert_eq!(house.rows("mails").await, rows, "nothing is looked at");
    }
    // One mail waits, with the newest link.
    assert_eq!(house.mails().await.len(), 1);
    let right = house.browser().sign_in(OWNER, PASSWORD).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    house.advance(Duration::from_secs(15 * 60)).await;
    assert_eq!(ask(&mut browser, OWNER).await.status, StatusCode::OK);
}

async fn links_are_counted_by_where_they_are_asked_for_from_too(db: TestDatabase) {
    let house = House::open(&db).await;
    let network: std::net::IpAddr = "192.0.2.1".parse().unwrap();
    // Those of the set-up count among them.
    for index in 0..20 {
        let address = format!("guess{index}@example.net");
        let counted = house.engine.count_link(&address, network).await.unwrap();
        assert_eq!(counted.wait_until, None, "{index}");
    }
    let here = ask(&mut house.browser(), OWNER).await;
    assert_eq!(here.status, StatusCode::TOO_MANY_REQUESTS);
    let mut elsewhere = house.browser();
    elsewhere.from = "198.51.100.9".to_owned();
    assert_eq!(ask(&mut elsewhere, OWNER).await.status, StatusCode::OK);
}

/// §7: an expired, used, truncated, empty or re-cased link, and one that is good for something else.
async fn seven_a_link_that_is_not_the_one_sets_no_password(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    ask(&mut house.browser(), ULF).await;
    let replaced = house.link_to(ULF).await;
    ask(&mut house.browser(), ULF).await;
    let link = house.link_to(ULF).await;
    let token = a_token_of(&house, ulf).await;
    for wrong in [
        String::new(),
        link.to_uppercase(),
        link[..link.len() - 1].to_owned(),
        format!("{link}0"),
        replaced,
        token,
    ] {
        let answer = choose(&house, &wrong, NEW).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let told = answer.text.contains("used, expired or unknown");
        assert!(told, "{wrong}: {}", answer.text);
    }
    // A link to choose a password is none to accept with.
    let fields = [("link", link.as_str()), ("password", NEW)];
    let other = house.browser().send("/invitation", &fields).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.advance(Duration::from_secs(60 * 60 + 1)).await;
    let late = choose(&house, &link, NEW).await;
    assert!(late.text.contains("used, expired or unknown"));
    let old = house.browser().sign_in(ULF, PASSWORD).await;
    assert_eq!(old.status, StatusCode::SEE_OTHER);
}

async fn a_weak_password_leaves_the_link_good(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user(ULF).await;
    ask(&mut house.browser(), ULF).await;
    let link = house.link_to(ULF).await;
    for (weak, says) in [
        ("short", "Too short"),
        ("ulf@example.net", "your name"),
        ("password1234", "tried first"),
    ] {
        let answer = choose(&house, &link, weak).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(says), "{weak}: {}", answer.text);
        // The key is still in its field, the password is not.
        assert!(answer.text.contains(&format!("value=\"{link}\"")));
        assert!(!answer.text.contains(&format!("value=\"{weak}\"")));
    }
    let done = choose(&house, &link, NEW).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

async fn whoever_is_locked_out_gets_in_with_the_new_password(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user(ULF).await;
    for _ in 0..11 {
        house.browser().sign_in(ULF, "wrong").await;
    }
    let locked = house.browser().sign_in(ULF, PASSWORD).await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    ask(&mut house.browser(), ULF).await;
    let link = house.link_to(ULF).await;
    choose(&house, &link, NEW).await;
    let new = house.browser().sign_in(ULF, NEW).await;
    assert_eq!(new.status, StatusCode::SEE_OTHER, "{}", new.text);
}

async fn ad_15_who_is_invited_or_switched_off_is_sent_nothing(db: TestDatabase) {
    let house = House::open(&db).await;
    house.invited("invited@example.net").await;
    let ulf = house.user(ULF).await;
    ask(&mut house.browser(), ULF).await;
    let link = house.link_to(ULF).await;
    let facet = Facet::User;
    let person = ulf;
    house
        .submit(house.owners(), Command::Deactivate { person, facet })
        .await;
    for email in ["invited@example.net", ULF] {
        ask(&mut house.browser(), email).await;
    }
    assert_eq!(house.mails().await.len(), 1, "the one from before");
    let late = choose(&house, &link, NEW).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Brought back, the link stays over (AD-24).
    house
        .submit(house.owners(), Command::Reactivate { person, facet })
        .await;
    let late = choose(&house, &link, NEW).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    let old = house.browser().sign_in(ULF, PASSWORD).await;
    assert_eq!(old.status, StatusCode::SEE_OTHER);
}

async fn in_several_accounts_a_wish_costs_the_same(db: TestDatabase) {
    let house = House::open(&db).await;
    let second = house.engine.create_account().await.unwrap();
    let expires = Moment(second.now().0 + 60_000);
    let link = second.set_up_secret(expires).await.unwrap();
    let opened = house
        .browser()
        .send("/set-up", &first_user(link.reveal()))
        .await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    house.user(ULF).await;
    let mut costs = Vec::new();
    for email in [OWNER, ULF, "nobody@example.net"] {
        let cost = cost(&house, email).await;
        assert_eq!(cost.3[..2], [4, 4], "{email}");
        costs.push((cost.0, cost.1));
    }
    assert!(costs.iter().all(|cost| *cost == costs[0]));
    let mut to: Vec<_> = house
        .mails()
        .await
        .into_iter()
        .map(|mail| mail.to)
        .collect();
    to.sort_unstable();
    assert_eq!(to, [OWNER, OWNER, ULF], "one for each account");
}

async fn a_program_asks_and_chooses_too(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user(ULF).await;
    let post = async |path: &str, body: serde_json::Value| {
        let json = [("content-type", "application/json")];
        let mut program = house.browser();
        let path = format!("/api/v1/{path}");
        let answer = program
            .ask(Method::POST, &path, &json, Some(body.to_string()))
            .await;
        let body: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
        (answer.status, body)
    };
    let email = |email: &str| serde_json::json!({"email": email});
    let known = post("password-resets", email(ULF)).await;
    assert_eq!(known.0, StatusCode::OK, "{}", known.1);
    let unknown = post("password-resets", email("nobody@example.net")).await;
    assert_eq!(known, unknown);
    let link = house.link_to(ULF).await;
    let new = |password: &str| serde_json::json!({"link": link, "password": password});
    let weak = post("password-resets/complete", new("short")).await;
    assert_eq!(
        (weak.0, weak.1["at"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("/password"))
    );
    let done = post("password-resets/complete", new(NEW)).await;
    let id = house.account.state().public(ulf).unwrap().to_string();
    assert_eq!(
        (done.0, done.1["person"].as_str()),
        (StatusCode::OK, Some(id.as_str()))
    );
    let late = post("password-resets/complete", new(NEW)).await;
    assert_eq!(
        (late.0, late.1["code"].as_str()),
        (StatusCode::CONFLICT, Some("link_used"))
    );
    for _ in 0..4 {
        post("password-resets", email(ULF)).await;
    }
    let too_many = post("password-resets", email(ULF)).await;
    assert_eq!(too_many.0, StatusCode::TOO_MANY_REQUESTS);
    // AD-24: the pages' own actor is the only one who gives a sign-in back.
    let log = house.account.log_page(None, 1).await.unwrap();
    let pages = ledger::actor_text(Actor::System(SystemSubject::SignIn));
    assert_eq!(log[0].actor, pages);
}
