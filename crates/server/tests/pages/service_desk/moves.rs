//! A record in another service (SD-38): the right is needed on both sides, and what it does is shown first. Two that become one: `merges`.

use access::state::{CustomerAccess, ServiceLevel, Tie};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{
    Bench, NILS, PAGES, RECORDS, UNA, ask, ask_with, body_of, edit, listed, text_of,
};
use crate::browser::{Browser, Seen};

testkit::on_both![
    sd_38_a_record_moves_and_keeps_its_number_and_its_id,
    sd_38_moving_needs_the_right_on_both_sides,
    sd_38_whoever_has_no_access_there_loses_it,
    sd_12_a_customer_who_cannot_be_chosen_there_stays_behind_by_word_alone,
    sd_33_nobody_moves_a_record_out_of_their_own_sight_by_its_service,
    sd_28_a_service_with_a_record_that_came_is_archived_and_not_deleted,
    sd_38_a_move_is_looked_at_and_is_refused_if_the_record_changed,
];

pub async fn read(by: &mut Browser, record: &str) -> Value {
    body_of(&by.look(&format!("{RECORDS}/{record}")).await)
}

/// Orders something of a record, by what was read of it.
pub async fn order(by: &mut Browser, record: &str, what: &str, body: Value) -> Seen {
    let seen = by.look(&format!("{RECORDS}/{record}")).await;
    let mark = match seen.status {
        StatusCode::OK => text_of(&seen, "mark"),
        _ => "0".repeat(32),
    };
    let path = format!("{RECORDS}/{record}/{what}");
    ask_with(by, Method::POST, &path, Some(body), &[("if-mark", &mark)]).await
}

async fn moved(bench: &Bench, by: &mut Browser, record: &str, more: Value) -> Seen {
    let mut body = json!({"service": bench.id(bench.network)});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    order(by, record, "move", body).await
}

pub async fn note(by: &mut Browser, record: &str, text: &str, is_public: bool) {
    let path = format!("{RECORDS}/{record}/notes");
    let body = Some(json!({"text": text, "is_public": is_public}));
    let done = ask(by, Method::POST, &path, body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

/// Text and whether the customer reads it, the newest first.
pub async fn notes(by: &mut Browser, record: &str) -> Value {
    let found = body_of(&by.look(&format!("{RECORDS}/{record}/notes")).await);
    let items = found["items"].as_array().unwrap().iter();
    items
        .map(|one| json!([one["text"], one["is_public"]]))
        .collect()
}

pub async fn items(by: &mut Browser, record: &str, what: &str) -> Value {
    body_of(&by.look(&format!("{RECORDS}/{record}/{what}")).await)["items"].clone()
}

pub async fn watch(bench: &Bench, by: &mut Browser, record: &str, who: access::PersonId) {
    let path = format!("{RECORDS}/{record}/watchers/{}", bench.id(who));
    let done = ask(by, Method::PUT, &path, None).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

/// Una works on Network, too.
async fn una_on_both(bench: &Bench) -> Browser {
    let tie = Tie::Service(bench.network, ServiceLevel::User);
    bench.desk.tie(bench.una, tie).await;
    bench.browser(UNA).await
}

async fn sd_38_a_record_moves_and_keeps_its_number_and_its_id(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = una_on_both(&bench).await;
    let me = json!({"assignee": {"user": bench.id(bench.una)}});
    let record = bench.incident(&mut una, bench.payroll, me).await;
    note(&mut una, &record, "Hello", true).await;
    watch(&bench, &mut una, &record, bench.una).await;
    let before = read(&mut una, &record).await;
    let done = moved(&bench, &mut una, &record, json!({})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let after = read(&mut una, &record).await;
    assert_eq!(after["service"], json!(bench.id(bench.network)));
    for kept in ["id", "number", "title", "assignee", "status"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    assert_eq!(notes(&mut una, &record).await, json!([["Hello", true]]));
    assert_eq!(
        items(&mut una, &record, "watchers").await,
        json!([bench.id(bench.una)])
    );
    let page = una.look(&format!("{PAGES}/{record}")).await;
    assert!(
        page.main().contains("Moved: Payroll → Network"),
        "{}",
        page.main()
    );
    let mut nils = bench.browser(NILS).await;
    assert_eq!(listed(&mut nils, "").await, std::slice::from_ref(&record));
    // SD-5: where it came from is not told to who does not see that service.
    let page = nils.look(&format!("{PAGES}/{record}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.main().contains("Payroll"), "{}", page.main());
    // It is there already.
    let again = moved(&bench, &mut una, &record, json!({})).await;
    assert_eq!(body_of(&again)["changed"], json!(false));
}

async fn sd_38_moving_needs_the_right_on_both_sides(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut nils) = (bench.browser(UNA).await, bench.browser(NILS).await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let before = bench.trace().await;
    // Una does not know Network, and Nils not the record.
    let refused = moved(&bench, &mut una, &record, json!({})).await;
    assert_eq!(text_of(&refused, "code"), "unknown_id", "{}", refused.text);
    let refused = moved(&bench, &mut nils, &record, json!({})).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);
    let page = format!("{PAGES}/{record}/move");
    assert_eq!(nils.look(&page).await.status, StatusCode::NOT_FOUND);
    let network = bench.id(bench.network);
    let seen = una.look(&format!("{page}?service={network}")).await;
    assert!(!seen.main().contains("Network") && seen.main().contains("nowhere to move it"));
    let form = [
        ("service", network.as_str()),
        ("mark", &"0".repeat(32)),
        ("customer", "same"),
    ];
    let seen = una.send(&page, &form).await;
    assert_ne!(seen.status, StatusCode::SEE_OTHER);
    // Whoever configures the desk knows the service, and works on none of it (SD-5).
    let right = Tie::DeskRight(access::state::DeskRight::Configure);
    bench.desk.tie(bench.una, right).await;
    let before = (before[1..].to_vec(), bench.trace().await[0]);
    let refused = moved(&bench, &mut una, &record, json!({})).await;
    assert_eq!(text_of(&refused, "code"), "right_on_both_sides");
    let now = bench.trace().await;
    assert_eq!((now[1..].to_vec(), now[0]), before);
    let mut owner = bench.owner().await;
    let service = read(&mut owner, &record).await["service"].clone();
    assert_eq!(service, json!(bench.id(bench.payroll)));
}

async fn sd_38_whoever_has_no_access_there_loses_it(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (una_on_both(&bench).await, bench.owner().await);
    let adas = json!({"assignee": {"user": bench.id(bench.ada)}});
    let record = bench.incident(&mut una, bench.payroll, adas).await;
    watch(&bench, &mut una, &record, bench.ada).await;
    watch(&bench, &mut una, &record, bench.una).await;
    let network = bench.id(bench.network);
    let page = format!("{PAGES}/{record}/move");
    let seen = una.look(&format!("{page}?service={network}")).await;
    let main = seen.main();
    assert!(
        main.contains("nobody is assigned to it") && main.contains("follows it no more"),
        "{main}"
    );
    assert!(
        main.contains("Ada User") && !main.contains("Una User has"),
        "{main}"
    );
    let mark = seen.hidden("mark").unwrap().to_owned();
    let form = [
        ("service", network.as_str()),
        ("mark", mark.as_str()),
        ("customer", "same"),
    ];
    let done = una.send(&page, &form).await;
    assert_eq!(
        done.leads_to(),
        format!("{PAGES}/{record}"),
        "{}",
        done.text
    );
    assert!(read(&mut una, &record).await["assignee"].is_null());
    assert_eq!(
        items(&mut una, &record, "watchers").await,
        json!([bench.id(bench.una)])
    );
    let page = owner.look(&format!("{PAGES}/{record}")).await;
    for words in [
        "Ada User lost access, and is not assigned any more",
        "Ada User lost access, and does not follow it any more",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
}

async fn sd_12_a_customer_who_cannot_be_chosen_there_stays_behind_by_word_alone(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, cara) = (una_on_both(&bench).await, bench.id(bench.cara));
    let customer = json!({"customer": cara});
    let record = bench
        .incident(&mut una, bench.payroll, customer.clone())
        .await;
    let other = bench
        .incident(&mut una, bench.payroll, customer.clone())
        .await;
    let before = bench.trace().await;
    for body in [json!({}), customer.clone()] {
        let refused = moved(&bench, &mut una, &record, body).await;
        assert_eq!(
            (refused.status, text_of(&refused, "rule").as_str()),
            (StatusCode::CONFLICT, "SD-12")
        );
    }
    assert_eq!(bench.trace().await, before);
    // Another one, who can be chosen there.
    let nora = json!({"customer": bench.id(bench.nora)});
    let done = moved(&bench, &mut una, &other, nora).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let after = read(&mut una, &other).await;
    assert_eq!(after["customer"], json!(bench.id(bench.nora)));
    assert!(after["company"].is_null(), "she has none");
    // Nobody, and the page says so.
    let network = bench.id(bench.network);
    let page = format!("{PAGES}/{record}/move");
    let seen = una.look(&format!("{page}?service={network}")).await;
    assert!(
        seen.main().contains("goes without a customer"),
        "{}",
        seen.main()
    );
    let mark = seen.hidden("mark").unwrap().to_owned();
    let form = [
        ("service", network.as_str()),
        ("mark", mark.as_str()),
        ("customer", "nobody"),
    ];
    let done = una.send(&page, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let after = read(&mut una, &record).await;
    assert!(after["customer"].is_null() && after["company"].is_null());
    // Whoever can be chosen in both comes along.
    let tie = Tie::Customer(bench.network, CustomerAccess::NoPortal);
    bench.desk.tie(bench.cara, tie).await;
    let both = bench.incident(&mut una, bench.payroll, customer).await;
    let done = moved(&bench, &mut una, &both, json!({})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let after = read(&mut una, &both).await;
    assert_eq!(after["customer"], json!(cara));
    let acme = bench.desk.company_of(bench.cara).unwrap();
    assert_eq!(
        after["company"],
        json!(bench.id(acme)),
        "it stays where it was logged"
    );
}

async fn sd_33_nobody_moves_a_record_out_of_their_own_sight_by_its_service(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = una_on_both(&bench).await;
    let bolt = bench.desk.company("Bolt").await;
    let dan = bench.desk.customer("Dan Doe", "dan@bolt.example").await;
    bench.desk.employ(dan, bolt).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    bench.sees_companies(bench.una, &[acme], true).await;
    let before = bench.trace().await;
    // A customer whom she does not see is none that she can name.
    let refused = moved(
        &bench,
        &mut una,
        &record,
        json!({"customer": bench.id(dan)}),
    )
    .await;
    assert_eq!(text_of(&refused, "code"), "unknown_id", "{}", refused.text);
    assert_eq!(bench.trace().await, before);
}

async fn sd_28_a_service_with_a_record_that_came_is_archived_and_not_deleted(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (una_on_both(&bench).await, bench.owner().await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let done = moved(&bench, &mut una, &record, json!({})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let service = format!("/api/v1/services/{}", bench.id(bench.network));
    let refused = ask(&mut owner, Method::DELETE, &service, None).await;
    assert_eq!(text_of(&refused, "rule"), "SD-28", "{}", refused.text);
}

async fn sd_38_a_move_is_looked_at_and_is_refused_if_the_record_changed(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = una_on_both(&bench).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let network = bench.id(bench.network);
    let page = format!("{PAGES}/{record}/move");
    let seen = una.look(&format!("{page}?service={network}")).await;
    let mark = seen.hidden("mark").unwrap().to_owned();
    edit(&mut una, &record, json!({"title": "Louder"})).await;
    let before = bench.trace().await;
    let form = [
        ("service", network.as_str()),
        ("mark", mark.as_str()),
        ("customer", "same"),
    ];
    let again = una.send(&page, &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("Not moved."), "{}", again.main());
    let path = format!("{RECORDS}/{record}/move");
    let unread = ask(
        &mut una,
        Method::POST,
        &path,
        Some(json!({"service": network})),
    )
    .await;
    assert_eq!(unread.status, StatusCode::PRECONDITION_REQUIRED);
    let tried = format!("{path}?dry_run=true");
    let tried = ask(
        &mut una,
        Method::POST,
        &tried,
        Some(json!({"service": network})),
    )
    .await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.text);
    assert_eq!(bench.trace().await, before);
    let service = read(&mut una, &record).await["service"].clone();
    assert_eq!(service, json!(bench.id(bench.payroll)));
}
