//! A record in another service, and two that become one (SD-38): the right is needed on both sides, and what it does is shown first.

use access::state::{CustomerAccess, ServiceLevel, Tie};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{
    Bench, CARA, NILS, PAGES, RECORDS, UNA, ask, ask_with, body_of, edit, listed, text_of,
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
    sd_38_merging_takes_everything_over_and_closes_the_duplicate,
    sd_38_merging_records_of_different_customers_makes_notes_internal,
    sd_38_merging_needs_the_right_on_both_sides,
    sd_38_nothing_is_merged_twice_or_into_itself_or_in_a_circle,
    sd_38_a_merge_is_looked_at_first,
    sd_38_a_merge_takes_over_as_many_files_of_each_side_as_a_record_has,
];

async fn read(by: &mut Browser, record: &str) -> Value {
    body_of(&by.look(&format!("{RECORDS}/{record}")).await)
}

/// Orders something of a record, by what was read of it.
async fn order(by: &mut Browser, record: &str, what: &str, body: Value) -> Seen {
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

async fn merge(by: &mut Browser, record: &str, into: i64) -> Seen {
    order(by, record, "merge", json!({"into": into})).await
}

async fn note(by: &mut Browser, record: &str, text: &str, is_public: bool) {
    let path = format!("{RECORDS}/{record}/notes");
    let body = Some(json!({"text": text, "is_public": is_public}));
    let done = ask(by, Method::POST, &path, body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

/// Text and whether the customer reads it, the newest first.
async fn notes(by: &mut Browser, record: &str) -> Value {
    let found = body_of(&by.look(&format!("{RECORDS}/{record}/notes")).await);
    let items = found["items"].as_array().unwrap().iter();
    items
        .map(|one| json!([one["text"], one["is_public"]]))
        .collect()
}

async fn items(by: &mut Browser, record: &str, what: &str) -> Value {
    body_of(&by.look(&format!("{RECORDS}/{record}/{what}")).await)["items"].clone()
}

async fn watch(bench: &Bench, by: &mut Browser, record: &str, who: access::PersonId) {
    let path = format!("{RECORDS}/{record}/watchers/{}", bench.id(who));
    let done = ask(by, Method::PUT, &path, None).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

async fn tag(by: &mut Browser, record: &str, tags: Value) {
    let path = format!("{RECORDS}/{record}/tags");
    let mark = text_of(&by.look(&path).await, "mark");
    let body = Some(json!({"tags": tags}));
    let done = ask_with(by, Method::PUT, &path, body, &[("if-mark", &mark)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

async fn attach(by: &mut Browser, record: &str) {
    let path = format!("{RECORDS}/{record}/attachments?public=true");
    by.look(PAGES).await;
    let token = by.form_token.clone().unwrap_or_default();
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--x\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n"
    );
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    let done = by.ask(Method::POST, &path, &headers, Some(body)).await;
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

async fn sd_38_merging_takes_everything_over_and_closes_the_duplicate(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let customer = json!({"customer": bench.id(bench.cara)});
    let target = bench
        .incident(&mut una, bench.payroll, customer.clone())
        .await;
    let record = bench.incident(&mut una, bench.payroll, customer).await;
    note(&mut una, &record, "First", true).await;
    bench
        .desk
        .house
        .advance(std::time::Duration::from_secs(1))
        .await;
    note(&mut una, &target, "Second", false).await;
    attach(&mut una, &record).await;
    watch(&bench, &mut una, &record, bench.ada).await;
    watch(&bench, &mut una, &record, bench.una).await;
    watch(&bench, &mut una, &target, bench.una).await;
    tag(&mut una, &record, json!(["sound", "floor 3"])).await;
    tag(&mut una, &target, json!(["sound"])).await;
    let done = merge(&mut una, &record, 1).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    // In the order in which they were said.
    let said = json!([["Second", false], ["First", true]]);
    assert_eq!(notes(&mut una, &target).await, said);
    assert_eq!(notes(&mut una, &record).await, json!([]));
    let files = items(&mut una, &target, "attachments").await;
    assert_eq!(files[0]["is_public"], json!(true), "the same customer");
    let id = files[0]["id"].as_str().unwrap();
    let path = format!("{RECORDS}/{target}/attachments/{id}");
    assert_eq!(una.look(&path).await.text, "hello");
    assert_eq!(items(&mut una, &record, "attachments").await, json!([]));
    let both = json!([bench.id(bench.una), bench.id(bench.ada)]);
    assert_eq!(items(&mut una, &target, "watchers").await, both);
    assert_eq!(items(&mut una, &record, "watchers").await, json!([]));
    let tags = json!(["sound", "floor 3"]);
    assert_eq!(items(&mut una, &target, "tags").await, tags);
    assert_eq!(items(&mut una, &record, "tags").await, json!([]));
    let closed = read(&mut una, &record).await;
    assert_eq!(
        (&closed["status"], &closed["reason"]),
        (&json!("closed"), &json!("duplicate"))
    );
    assert_eq!(closed["number"], json!(2));
    let page = owner.look(&format!("{PAGES}/{record}")).await;
    for words in [
        "It was merged into record 1",
        "Closed: Duplicate",
        "State: New → Closed (Duplicate)",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    let page = owner.look(&format!("{PAGES}/{target}")).await;
    assert!(
        page.main().contains("It took in record 2"),
        "{}",
        page.main()
    );
    // What merging made is not taken away by hand.
    let path = format!("{RECORDS}/{record}/links/merged_into/1");
    let refused = ask(&mut owner, Method::DELETE, &path, None).await;
    assert_eq!(text_of(&refused, "code"), "made_by_merging");
}

async fn sd_38_merging_records_of_different_customers_makes_notes_internal(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let customer = json!({"customer": bench.id(bench.cara)});
    let caras = bench.incident(&mut una, bench.payroll, customer).await;
    let nobodys = bench.incident(&mut una, bench.payroll, json!({})).await;
    note(&mut una, &caras, "For Cara", true).await;
    note(&mut una, &nobodys, "For nobody", true).await;
    attach(&mut una, &nobodys).await;
    let page = format!("{PAGES}/{nobodys}/merge?into=1");
    let seen = una.look(&page).await;
    assert!(seen.main().contains("becomes internal"), "{}", seen.main());
    let done = merge(&mut una, &nobodys, 1).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let said = notes(&mut una, &caras).await;
    assert!(
        said.as_array()
            .unwrap()
            .contains(&json!(["For nobody", false])),
        "{said}"
    );
    // What was said to her stays hers.
    assert!(
        said.as_array()
            .unwrap()
            .contains(&json!(["For Cara", true])),
        "{said}"
    );
    let files = items(&mut una, &caras, "attachments").await;
    assert_eq!(files[0]["is_public"], json!(false));
}

async fn sd_38_merging_needs_the_right_on_both_sides(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut nils) = (bench.browser(UNA).await, bench.browser(NILS).await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    bench.incident(&mut nils, bench.network, json!({})).await;
    let before = bench.trace().await;
    let plain = |seen: &Seen| {
        let mut body = body_of(seen);
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    let hidden = merge(&mut una, &record, 2).await;
    let unknown = merge(&mut una, &record, 99).await;
    assert_eq!(hidden.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(plain(&hidden), plain(&unknown), "as if there were none");
    let seen = merge(&mut nils, &record, 2).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
    let page = format!("{PAGES}/{record}/merge");
    assert_eq!(nils.look(&page).await.status, StatusCode::NOT_FOUND);
    for into in ["2", "99"] {
        let seen = una.look(&format!("{page}?into={into}")).await;
        assert!(
            seen.main()
                .contains("No record that you see has this number.")
        );
    }
    assert_eq!(bench.trace().await, before);
}

async fn sd_38_nothing_is_merged_twice_or_into_itself_or_in_a_circle(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let first = bench.incident(&mut una, bench.payroll, json!({})).await;
    let second = bench.incident(&mut una, bench.payroll, json!({})).await;
    let third = bench.incident(&mut una, bench.payroll, json!({})).await;
    let change = json!({"kind": "change"});
    bench.incident(&mut una, bench.payroll, change).await;
    let code = |seen: &Seen| text_of(seen, "code");
    assert_eq!(
        code(&merge(&mut una, &first, 1).await),
        "merged_into_itself"
    );
    let other_kind = merge(&mut una, &first, 4).await;
    assert_eq!(code(&other_kind), "merged_into_another_kind");
    let done = merge(&mut una, &first, 2).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let before = bench.trace().await;
    for (record, into) in [(&first, 2), (&first, 3), (&second, 1), (&third, 1)] {
        let refused = merge(&mut una, record, into).await;
        assert_eq!(code(&refused), "merged_already", "{into}: {}", refused.text);
    }
    assert_eq!(bench.trace().await, before);
    // What took something in can become a part of a third one.
    let done = merge(&mut una, &second, 3).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let refused = merge(&mut una, &third, 1).await;
    assert_eq!(code(&refused), "merged_already", "no circle");
}

async fn sd_38_a_merge_is_looked_at_first(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let title = json!({"title": "The first one"});
    bench.incident(&mut una, bench.payroll, title).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    note(&mut una, &record, "Hello", false).await;
    watch(&bench, &mut una, &record, bench.ada).await;
    tag(&mut una, &record, json!(["sound"])).await;
    let page = format!("{PAGES}/{record}/merge");
    assert!(
        una.look(&page)
            .await
            .main()
            .contains("Look at what it does")
    );
    let before = bench.trace().await;
    let seen = una.look(&format!("{page}?into=1")).await;
    for words in [
        "The first one",
        "one note and no file",
        "Ada User",
        "sound",
        "Merge them",
    ] {
        assert!(seen.main().contains(words), "{words}: {}", seen.main());
    }
    assert!(!seen.main().contains("becomes internal"), "nobody's, both");
    assert_eq!(bench.trace().await, before);
    let mark = seen.hidden("mark").unwrap().to_owned();
    let form = [("into", "1"), ("mark", mark.as_str())];
    edit(&mut una, &record, json!({"title": "Louder"})).await;
    let again = una.send(&page, &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("Not merged."), "{}", again.main());
    let mark = again.hidden("mark").unwrap().to_owned();
    let form = [("into", "1"), ("mark", mark.as_str())];
    let done = una.send(&page, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let led = una.look(done.leads_to()).await;
    assert!(
        led.main().contains("The first one"),
        "to the one that took it in"
    );
}

async fn sd_38_a_merge_takes_over_as_many_files_of_each_side_as_a_record_has(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let customer = json!({"customer": bench.id(bench.cara)});
    let (mut ids, house) = (Vec::new(), &bench.desk.house);
    for (of_staff, of_customers) in [(26, 26), (25, 25)] {
        let id = bench
            .incident(&mut una, bench.payroll, customer.clone())
            .await;
        for _ in 0..of_staff {
            attach(&mut una, &id).await;
        }
        let path = format!("/portal/incidents/{id}/attachments");
        for _ in 0..of_customers {
            let done = super::attachments::send(&mut cara, &path, "a.txt", "a", "").await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        }
        ids.push(id);
    }
    // Fifty of each side, and no more of either: each is taken away in its turn.
    for side in ["staff", "customers"] {
        let before = bench.trace().await;
        let refused = merge(&mut una, &ids[0], 2).await;
        assert_eq!(
            text_of(&refused, "code"),
            "too_many_files",
            "{}",
            refused.text
        );
        assert!(
            refused.text.contains(&format!("files of {side}")),
            "{}",
            refused.text
        );
        assert_eq!(bench.trace().await, before);
        let by_customer = i64::from(side == "customers");
        let mut tx = house.engine.database().begin().await.unwrap();
        let sql = "DELETE FROM service_desk_attachments WHERE id = (SELECT MIN(id) FROM service_desk_attachments \
                   WHERE record = 1 AND by_customer = $1)";
        tx.execute(sql, [by_customer.into()]).await.unwrap();
        tx.commit().await.unwrap();
    }
    let done = merge(&mut una, &ids[0], 2).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(
        house
            .rows("service_desk_attachments WHERE record = 2")
            .await,
        100
    );
}
