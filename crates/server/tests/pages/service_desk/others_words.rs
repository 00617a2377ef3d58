//! What was said to one customer, and the next one: nobody finds the words of somebody else (SD-32, SD-38).

use access::state::{CustomerAccess, Tie};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{Bench, CARA, INCIDENTS, RECORDS, UNA, ask, body_of, edit, listed, text_of};
use crate::browser::{Browser, Seen};

testkit::on_both![
    sd_32_what_was_said_to_one_customer_is_not_for_the_next_one,
    sd_32_what_was_said_to_one_company_is_not_for_another_by_a_merge,
    sd_38_what_was_merged_stays_closed,
    sd_14_an_answer_to_what_is_resolved_opens_it_again,
    what_is_done_is_not_late,
];

async fn say(by: &mut Browser, record: &str, text: &str) {
    let note = json!({"text": text, "is_public": true});
    let path = format!("{RECORDS}/{record}/notes");
    let said = ask(by, Method::POST, &path, Some(note)).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.text);
}

/// Whether each note of a record is for the customer, the newest first.
async fn are_public(by: &mut Browser, record: &str) -> Vec<bool> {
    let notes = body_of(&by.look(&format!("{RECORDS}/{record}/notes")).await);
    let notes = notes["items"].as_array().unwrap().iter();
    notes.map(|note| note["is_public"] == true).collect()
}

/// Merges a record into the one with a number.
async fn merge(by: &mut Browser, record: &str, into: i64) -> Seen {
    let path = format!("{RECORDS}/{record}");
    let mark = text_of(&by.look(&path).await, "mark");
    let into = Some(json!({"into": into}));
    let path = format!("{path}/merge");
    super::bench::ask_with(by, Method::POST, &path, into, &[("if-mark", &mark)]).await
}

async fn sd_32_what_was_said_to_one_customer_is_not_for_the_next_one(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let eve = bench.desk.customer("Eve Else", "eve@example.org").await;
    bench
        .desk
        .tie(eve, Tie::Customer(bench.payroll, CustomerAccess::NoPortal))
        .await;
    let mut una = bench.browser(UNA).await;
    let of_eve = json!({"customer": bench.id(eve)});
    let record = bench.incident(&mut una, bench.payroll, of_eve).await;
    say(&mut una, &record, "For Eve alone").await;
    // Another title takes nothing from her.
    edit(&mut una, &record, json!({"title": "Still no sound"})).await;
    assert_eq!(are_public(&mut una, &record).await, [true]);
    let of_cara = json!({"customer": bench.id(bench.cara)});
    let given = edit(&mut una, &record, of_cara).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.text);
    assert_eq!(are_public(&mut una, &record).await, [false]);
    let page = una.look(&format!("/service-desk/records/{record}")).await;
    assert!(
        page.main()
            .contains("Made internal what was said to another customer")
    );
    bench.lets_in(bench.cara).await;
    let mut cara = bench.browser(CARA).await;
    let shown = cara.look(&format!("{INCIDENTS}/{record}/answers")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(!shown.text.contains("For Eve alone"), "{}", shown.text);
}

async fn sd_32_what_was_said_to_one_company_is_not_for_another_by_a_merge(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let bolt = bench.desk.company("Bolt").await;
    let mut una = bench.browser(UNA).await;
    let mut made = Vec::new();
    for company in [acme, bolt] {
        let record = bench.incident(&mut una, bench.payroll, json!({})).await;
        let of = edit(&mut una, &record, json!({"company": bench.id(company)})).await;
        assert_eq!(of.status, StatusCode::OK, "{}", of.text);
        made.push(record);
    }
    say(&mut una, &made[1], "For Bolt alone").await;
    let done = merge(&mut una, &made[1], 1).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(are_public(&mut una, &made[0]).await, [false]);
}

async fn sd_38_what_was_merged_stays_closed(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let of_cara = || json!({"customer": bench.id(bench.cara)});
    bench.incident(&mut una, bench.payroll, of_cara()).await;
    let merged = bench.incident(&mut una, bench.payroll, of_cara()).await;
    assert_eq!(merge(&mut una, &merged, 1).await.status, StatusCode::OK);
    let before = bench.trace().await;
    let again = edit(&mut una, &merged, json!({"status": "in_progress"})).await;
    let reopen = format!("{INCIDENTS}/{merged}/reopen");
    let by_customer = ask(
        &mut cara,
        Method::POST,
        &reopen,
        Some(json!({"text": "Again"})),
    )
    .await;
    for refused in [again, by_customer] {
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        assert_eq!(text_of(&refused, "code"), "merged_already");
    }
    assert_eq!(bench.trace().await, before, "a denied act leaves no trace");
    let record: Value = body_of(&una.look(&format!("{RECORDS}/{merged}")).await);
    assert_eq!(record["status"], "closed");
}

async fn sd_14_an_answer_to_what_is_resolved_opens_it_again(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let of_cara = json!({"customer": bench.id(bench.cara)});
    let record = bench.incident(&mut una, bench.payroll, of_cara).await;
    edit(&mut una, &record, json!({"status": "resolved"})).await;
    let path = format!("{INCIDENTS}/{record}/answers");
    let said = ask(
        &mut cara,
        Method::POST,
        &path,
        Some(json!({"text": "It still is"})),
    )
    .await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.text);
    assert_eq!(
        listed(&mut una, "?answered=true&state=open").await,
        [record]
    );
}

async fn what_is_done_is_not_late(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let due = json!({"due_at": "2020-01-01T00:00:00Z"});
    let path = format!("{RECORDS}/{record}/due-date");
    assert_eq!(
        ask(&mut owner, Method::PUT, &path, Some(due)).await.status,
        StatusCode::OK
    );
    assert_eq!(listed(&mut owner, "?due=late").await, [record.as_str()]);
    edit(&mut owner, &record, json!({"status": "resolved"})).await;
    assert_eq!(listed(&mut owner, "?due=late").await, [""; 0]);
}
