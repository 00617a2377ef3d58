//! What somebody needs of lists and records all day: what they follow, what has a tag, and what was said long ago.

use access::Command;
use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::bench::{Bench, NILS, PAGES, RECORDS, UNA, ask, ask_with, body_of, listed, text_of};
use crate::browser::Browser;

testkit::on_both![
    sd_38_what_one_follows_is_a_filter_of_the_list,
    sd_5_a_tag_is_a_filter_and_stands_in_no_address,
    notes_are_read_page_by_page,
    sd_36_a_customer_in_a_list_leads_to_their_card,
    a_file_goes_by_number_whatever_the_order_of_the_list,
    sd_36_totals_of_a_report_are_those_of_all_rows,
];

/// Gives a record tags.
async fn tag(by: &mut Browser, record: &str, tags: &[&str]) {
    let path = format!("{RECORDS}/{record}/tags");
    let mark = text_of(&by.look(&path).await, "mark");
    let body = Some(json!({"tags": tags}));
    let done = ask_with(by, Method::PUT, &path, body, &[("if-mark", &mark)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

async fn sd_38_what_one_follows_is_a_filter_of_the_list(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench
        .incident(&mut una, bench.payroll, json!({"title": "Followed one"}))
        .await;
    bench
        .incident(&mut una, bench.payroll, json!({"title": "Other one"}))
        .await;
    let put = format!("{RECORDS}/{record}/watchers/{}", bench.id(bench.una));
    ask(&mut una, Method::PUT, &put, None).await;
    una.look(PAGES).await;
    let found = una.send(PAGES, &[("followed", "true")]).await;
    let list = una.look(found.leads_to()).await;
    assert!(list.main().contains("Followed one") && list.main().contains("One record"));
    assert!(!list.main().contains("Other one"), "{}", list.main());
    assert!(
        list.main()
            .contains(r#"<option value="true" selected>by me</option>"#)
    );
}

async fn sd_5_a_tag_is_a_filter_and_stands_in_no_address(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let titled = |title: &str| json!({"title": title});
    let first = bench
        .incident(&mut owner, bench.payroll, titled("Loud fan"))
        .await;
    let second = bench
        .incident(&mut owner, bench.payroll, titled("Loud door"))
        .await;
    let hidden = bench
        .incident(&mut owner, bench.network, titled("Loud rack"))
        .await;
    for record in [&first, &hidden] {
        tag(&mut owner, record, &["floor 3", "noise"]).await;
    }
    tag(&mut owner, &second, &["noise"]).await;
    una.look(PAGES).await;
    for (q, tag, wanted) in [
        ("", "Floor  3", vec!["Loud fan"]),
        ("", "noise", vec!["Loud fan", "Loud door"]),
        ("door", "noise", vec!["Loud door"]),
        ("door", "floor 3", vec![]),
        ("", "rack", vec![]),
    ] {
        let found = una.send(PAGES, &[("q", q), ("tag", tag)]).await;
        let at = found.leads_to().to_owned();
        assert!(!at.contains("floor") && !at.contains("noise"), "{at}");
        let list = una.look(&at).await;
        for title in ["Loud fan", "Loud door", "Loud rack"] {
            let is_there = list.main().contains(title);
            assert_eq!(is_there, wanted.contains(&title), "{q} {tag}: {title}");
        }
        let file = una.look(&at.replace("records?", "records/export?")).await;
        assert_eq!(file.text.lines().count(), wanted.len() + 1, "{}", file.text);
    }
    let found = una.send(PAGES, &[("q", "fan"), ("tag", "noise")]).await;
    let list = una.look(found.leads_to()).await;
    for field in [r#"name="q" value="fan""#, r#"name="tag" value="noise""#] {
        assert!(list.main().contains(field), "{field}: {}", list.main());
    }
    // For programs, and as a saved query.
    let search = format!("{RECORDS}/search");
    let body = json!({"tag": "floor 3"});
    let found = body_of(&ask(&mut una, Method::POST, &search, Some(body)).await);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["id"], first.as_str());
    let body = json!({"name": "Noise", "words": "door tag:\"noise\""});
    let saved = ask(
        &mut una,
        Method::POST,
        "/api/v1/service-desk/queries",
        Some(body),
    )
    .await;
    let list = una
        .look(&format!("{PAGES}?query={}", text_of(&saved, "id")))
        .await;
    assert!(list.main().contains("Loud door") && !list.main().contains("Loud fan"));
}

async fn notes_are_read_page_by_page(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let path = format!("{RECORDS}/{record}/notes");
    for number in 1..=60 {
        let body = json!({"text": format!("Said as number {number}.")});
        let said = ask(&mut una, Method::POST, &path, Some(body)).await;
        assert_eq!(said.status, StatusCode::OK, "{}", said.text);
    }
    let page = format!("{PAGES}/{record}");
    let newest = una.look(&page).await;
    let main = newest.main();
    assert!(main.contains("number 60.") && main.contains("number 11."));
    assert!(!main.contains("number 10."));
    let (_, next) = main
        .split_once(&format!(r#"<a href="{page}?page="#))
        .unwrap();
    let (next, _) = next.split_once('"').unwrap();
    let older = una.look(&format!("{page}?page={next}")).await;
    assert!(older.main().contains("number 10.") && older.main().contains("number 1."));
    assert!(!older.main().contains("number 11."));
    // Whoever reads old notes is told of new ones, and not of those that were there.
    let seen = |main: &str| {
        let (_, seen) = main.split_once("data-live-seen=\"").unwrap();
        seen.split_once('"').unwrap().0.to_owned()
    };
    assert_eq!(seen(older.main()), seen(main));
    // For programs.
    let first = body_of(&una.look(&format!("{path}?page_size=40")).await);
    let next = first["next"].as_str().unwrap();
    let second = body_of(&una.look(&format!("{path}?page_size=40&page={next}")).await);
    let numbers = [&first, &second].map(|page| page["items"].as_array().unwrap().clone());
    let numbers: Vec<_> = numbers
        .concat()
        .iter()
        .map(|one| one["number"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=60).rev().collect::<Vec<_>>());
    assert!(second["next"].is_null());
    let mut nils = bench.browser(NILS).await;
    let denied = nils.look(&format!("{path}?page={next}")).await;
    assert!(denied.status.is_client_error() && !denied.text.contains("number 1"));
}

async fn sd_36_a_customer_in_a_list_leads_to_their_card(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let more = json!({"customer": bench.id(bench.cara)});
    bench.incident(&mut owner, bench.payroll, more).await;
    let list = una.look(PAGES).await;
    let card = format!("/people/{}", bench.id(bench.cara));
    assert!(
        list.main().contains(&format!(r#"href="{card}""#)),
        "{}",
        list.main()
    );
    assert_eq!(una.look(&card).await.status, StatusCode::OK);
    // Of whom there is no card for the reader, the name alone is shown (SD-19).
    let (person, company) = (bench.cara, None);
    let gone = Command::SetEmployer {
        person,
        company,
        move_from_other: true,
    };
    bench.desk.by_owner(gone).await;
    let list = una.look(PAGES).await;
    let is_card = una.look(&card).await.status == StatusCode::OK;
    let leads = list.main().contains(&format!(r#"href="{card}""#));
    assert!(list.main().contains("Cara Customer") && leads == is_card);
}

async fn a_file_goes_by_number_whatever_the_order_of_the_list(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    for priority in [3, 1, 2] {
        bench
            .incident(&mut una, bench.payroll, json!({"priority": priority}))
            .await;
    }
    let list = listed(&mut una, "?sort=urgent").await;
    assert_eq!(list.len(), 3);
    let file = una.look(&format!("{PAGES}/export?sort=urgent")).await;
    // The first line names the columns.
    let numbers = file.text.lines().skip(1);
    let numbers: Vec<_> = numbers
        .map(|row| row.split(',').next().unwrap().replace('"', ""))
        .collect();
    assert_eq!(numbers, ["3", "2", "1"], "{}", file.text);
}

async fn sd_36_totals_of_a_report_are_those_of_all_rows(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    for service in [bench.payroll, bench.network] {
        let record = bench.incident(&mut owner, service, json!({})).await;
        let done = super::bench::edit(&mut owner, &record, json!({"status": "resolved"})).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    }
    let mut nils = bench.browser(NILS).await;
    for (by, all) in [(&mut owner, 2), (&mut nils, 1)] {
        let page = by.look("/service-desk/reports").await;
        let words = format!("<b>{all}</b> done in time");
        assert!(page.main().contains(&words), "{}", page.main());
    }
}
