//! Tags of records: short words in one field, and offered to those alone who see a record that has them (SD-5, SD-33).

use access::Command;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{Bench, NILS, PAGES, RECORDS, UNA, ask, ask_with, body_of, text_of};
use crate::browser::{Browser, Seen};

testkit::on_both![
    tags_are_typed_in_one_field_and_kept_without_case,
    what_is_too_much_is_told_at_the_field,
    tags_that_somebody_else_changed_are_not_overwritten,
    sd_5_sd_33_tags_are_offered_of_records_that_one_sees,
    sd_26_a_name_in_a_tag_is_blanked,
    sd_5_tags_of_what_one_may_not_know_are_not_there,
];

fn tags_of(record: &str) -> String {
    format!("{RECORDS}/{record}/tags")
}

/// Replaces the tags, by what stands there.
async fn set(by: &mut Browser, record: &str, tags: &[&str]) -> Seen {
    let path = tags_of(record);
    let read = by.look(&path).await;
    let mark = match read.status {
        StatusCode::OK => text_of(&read, "mark"),
        _ => "0".repeat(32),
    };
    let body = Some(json!({"tags": tags}));
    ask_with(by, Method::PUT, &path, body, &[("if-mark", &mark)]).await
}

async fn tags(by: &mut Browser, record: &str) -> Value {
    body_of(&by.look(&tags_of(record)).await)["items"].clone()
}

async fn found(by: &mut Browser, q: &str) -> Value {
    let path = "/api/v1/service-desk/tags/search";
    let found = ask(by, Method::POST, path, Some(json!({"q": q}))).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    body_of(&found)["items"].clone()
}

async fn tags_are_typed_in_one_field_and_kept_without_case(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let page = format!("{PAGES}/{record}");
    una.look(&page).await;
    let mark = body_of(&una.look(&tags_of(&record)).await)["mark"].clone();
    let form = [
        ("tags", "Printer,  Floor  3, printer,"),
        ("mark", mark.as_str().unwrap()),
    ];
    let done = una.send(&format!("{page}/tags"), &form).await;
    assert_eq!(done.leads_to(), page, "{}", done.text);
    assert_eq!(tags(&mut una, &record).await, json!(["printer", "floor 3"]));
    let seen = una.look(&page).await;
    for words in ["printer, floor 3", "<bdi>floor 3</bdi>", "Changed the tags"] {
        assert!(seen.main().contains(words), "{words}: {}", seen.main());
    }
    let done = set(&mut una, &record, &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(tags(&mut una, &record).await, json!([]));
    // They go with the record.
    set(&mut una, &record, &["printer"]).await;
    let mut owner = bench.owner().await;
    let path = format!("{RECORDS}/{record}");
    ask(&mut owner, Method::DELETE, &path, None).await;
    assert_eq!(bench.desk.house.rows("service_desk_tags").await, 0);
}

async fn what_is_too_much_is_told_at_the_field(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let before = bench.trace().await;
    let (long, many) = ("x".repeat(41), ["a", "b", "c", "d", "e"].join(","));
    let many = format!("{many},f,g,h,i,j,k");
    let mark = text_of(&una.look(&tags_of(&record)).await, "mark");
    let page = format!("{PAGES}/{record}");
    una.look(&page).await;
    for text in [&long, &many] {
        let form = [("tags", text.as_str()), ("mark", mark.as_str())];
        let again = una.send(&format!("{page}/tags"), &form).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.main().contains("tags-error") && again.main().contains(text.as_str()));
    }
    for tags in [vec![long.as_str()], vec!["a,b"]] {
        let refused = set(&mut una, &record, &tags).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(text_of(&refused, "at"), "/tags");
    }
    assert_eq!(bench.trace().await, before);
    assert_eq!(tags(&mut una, &record).await, json!([]));
}

async fn tags_that_somebody_else_changed_are_not_overwritten(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let path = tags_of(&record);
    let mark = text_of(&una.look(&path).await, "mark");
    set(&mut owner, &record, &["owner"]).await;
    let body = Some(json!({"tags": ["una"]}));
    let late = ask_with(
        &mut una,
        Method::PUT,
        &path,
        body.clone(),
        &[("if-mark", &mark)],
    )
    .await;
    assert_eq!(text_of(&late, "code"), "changed_meanwhile", "{}", late.text);
    let page = format!("{PAGES}/{record}");
    una.look(&page).await;
    let form = [("tags", "una"), ("mark", mark.as_str())];
    let again = una.send(&format!("{page}/tags"), &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains(r#"value="una""#), "{}", again.main());
    assert_eq!(tags(&mut una, &record).await, json!(["owner"]));
    let unread = ask(&mut una, Method::PUT, &path, body).await;
    assert_eq!(unread.status, StatusCode::PRECONDITION_REQUIRED);
}

async fn sd_5_sd_33_tags_are_offered_of_records_that_one_sees(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let of_payroll = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let of_network = bench.incident(&mut owner, bench.network, json!({})).await;
    let customer = json!({"customer": bench.id(bench.cara)});
    let of_acme = bench.incident(&mut owner, bench.payroll, customer).await;
    for (record, tags) in [
        (&of_payroll, ["print", "sound"]),
        (&of_network, ["print", "printer secret"]),
        (&of_acme, ["print", "print at acme"]),
    ] {
        let done = set(&mut owner, record, &tags).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    }
    let all = json!(["print", "print at acme", "printer secret"]);
    assert_eq!(found(&mut owner, "Print").await, all);
    assert_eq!(
        found(&mut una, "print").await,
        json!(["print", "print at acme"])
    );
    bench.sees_companies(bench.una, &[], false).await;
    assert_eq!(found(&mut una, "print").await, json!(["print"]));
    let mut nils = bench.browser(NILS).await;
    assert_eq!(found(&mut nils, "s").await, json!([]));
    // The field offers the same, behind what stands in it already.
    una.look(PAGES).await;
    let asked = [("tags", "sound, pri")];
    let hits = una.send("/service-desk/tags/hits", &asked).await;
    assert!(
        hits.text.contains(r#"value="sound, print""#),
        "{}",
        hits.text
    );
    assert!(!hits.text.contains("acme") && !hits.text.contains("secret"));
}

async fn sd_26_a_name_in_a_tag_is_blanked(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let said = [
        "Cara Customer",
        "for cara customer",
        "cara@acme.example",
        "sound",
    ];
    set(&mut owner, &record, &said).await;
    let person = bench.cara;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    assert_eq!(tags(&mut owner, &record).await, json!(["for", "sound"]));
    assert_eq!(found(&mut owner, "cara").await, json!([]));
    let page = owner.look(&format!("{PAGES}/{record}")).await;
    assert!(!page.main().to_lowercase().contains("cara"));
}

async fn sd_5_tags_of_what_one_may_not_know_are_not_there(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut nils) = (bench.owner().await, bench.browser(NILS).await);
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    set(&mut owner, &record, &["sound"]).await;
    let before = bench.trace().await;
    let seen = nils.look(&tags_of(&record)).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    let seen = set(&mut nils, &record, &["mine"]).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
    nils.look(PAGES).await;
    let form = [("tags", "mine"), ("mark", &"0".repeat(32))];
    let seen = nils.send(&format!("{PAGES}/{record}/tags"), &form).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
    assert_eq!(bench.trace().await, before);
    assert_eq!(tags(&mut owner, &record).await, json!(["sound"]));
}
