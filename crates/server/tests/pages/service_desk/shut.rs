//! What must stay shut: records of a service that somebody has no level on are not there, by whatever way they are asked for (SD-5, SD-6, SD-7).

use access::{
    Command,
    state::{DeskRight, Tie},
};
use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::bench::{Bench, NILS, PAGES, RECORDS, UNA, ask, ask_with, listed, text_of};

testkit::on_both![
    sd_5_records_of_another_service_are_not_there,
    sd_5_sd_6_whoever_configures_the_desk_reads_no_record,
    sd_7_without_a_licence_nothing_of_it_opens,
    sd_5_a_page_that_is_open_ends_with_the_access,
];

async fn sd_5_records_of_another_service_are_not_there(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut nils) = (bench.browser(UNA).await, bench.browser(NILS).await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let read = una.look(&format!("{RECORDS}/{record}")).await;
    let mark = text_of(&read, "mark");
    let none = format!("{RECORDS}/rec_{}", "0".repeat(32));
    let before = bench.trace().await;
    let asked = [
        (Method::GET, "", None),
        (Method::PATCH, "", Some(json!({"title": "Mine"}))),
        (Method::DELETE, "", None),
        (Method::GET, "/notes", None),
        (Method::POST, "/notes", Some(json!({"text": "Hello"}))),
        (Method::PUT, "/common", Some(json!({"is": true}))),
        (Method::PUT, "/interesting", Some(json!({"is": true}))),
        (Method::PUT, "/due-date", Some(json!({"due_at": null}))),
    ];
    for (method, below, body) in asked {
        let there = format!("{RECORDS}/{record}{below}");
        let nowhere = format!("{none}{below}");
        let headers = [("if-mark", mark.as_str())];
        let [seen, unknown] = [
            ask_with(&mut nils, method.clone(), &there, body.clone(), &headers).await,
            ask_with(&mut nils, method.clone(), &nowhere, body, &headers).await,
        ];
        assert_eq!(
            seen.status,
            StatusCode::NOT_FOUND,
            "{method} {below}: {}",
            seen.text
        );
        let same = |text: &str| text.replace(&record, "it").replace(&"0".repeat(32), "it");
        let plain = |seen: &crate::browser::Seen| {
            let mut body = super::bench::body_of(seen);
            body.as_object_mut().unwrap().remove("request_id");
            same(&body.to_string())
        };
        assert_eq!(
            plain(&seen),
            plain(&unknown),
            "as if there were none: {method} {below}"
        );
    }
    let page = format!("{PAGES}/{record}");
    assert_eq!(nils.look(&page).await.status, StatusCode::NOT_FOUND);
    for (below, form) in [
        ("/notes", [("text", "Hello"), ("to", "public")].as_slice()),
        ("/marks", &[("mark", "common"), ("to", "yes")]),
        ("/due-date", &[("day", "2030-01-01"), ("time", "")]),
        ("/delete", &[]),
    ] {
        let seen = nils.send(&format!("{page}{below}"), form).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{below}: {}", seen.text);
    }
    assert_eq!(bench.trace().await, before, "a denied act leaves no trace");
    // Lists, counts and filters.
    assert!(listed(&mut nils, "").await.is_empty());
    assert!(listed(&mut nils, "?number=1").await.is_empty());
    let list = nils.look(PAGES).await;
    assert!(list.main().contains("There is no record yet.") && !list.main().contains("Payroll"));
    let payroll = bench.id(bench.payroll);
    let filtered = format!("{RECORDS}?service={payroll}");
    let filtered = ask(&mut nils, Method::GET, &filtered, None).await;
    assert_eq!(text_of(&filtered, "code"), "unknown_id");
    let filtered = nils.look(&format!("{PAGES}?service={payroll}")).await;
    assert!(filtered.main().contains("No record is so."));
    // Nothing is opened there, and nothing tells that the service is there.
    let body = json!({"kind": "incident", "service": payroll, "title": "No sound"});
    let opened = ask(&mut nils, Method::POST, RECORDS, Some(body)).await;
    assert_eq!(text_of(&opened, "code"), "unknown_id");
    let form = nils
        .look(&format!("{PAGES}/new?service={payroll}&kind=incident"))
        .await;
    assert!(!form.main().contains("Payroll"));
    let hits = [
        ("q", "Cara"),
        ("kinds", "customer"),
        ("on", payroll.as_str()),
    ];
    assert!(!nils.send("/find/hits", &hits).await.text.contains("Cara"));
    assert_eq!(bench.trace().await, before);
}

async fn sd_5_sd_6_whoever_configures_the_desk_reads_no_record(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut nils) = (bench.browser(UNA).await, bench.browser(NILS).await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    bench
        .desk
        .tie(bench.nils, Tie::DeskRight(DeskRight::Configure))
        .await;
    let service = format!("/configure/services/{}", bench.id(bench.payroll));
    let settings = nils.look(&service).await;
    assert_eq!(
        settings.status,
        StatusCode::OK,
        "the service is theirs to set up"
    );
    assert!(!settings.text.contains("No sound"));
    let note = Some(json!({"text": "Hello"}));
    let notes = ask(
        &mut nils,
        Method::POST,
        &format!("{RECORDS}/{record}/notes"),
        note,
    )
    .await;
    assert_eq!(notes.status, StatusCode::NOT_FOUND, "{}", notes.text);
    assert_eq!(
        nils.look(&format!("{RECORDS}/{record}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(listed(&mut nils, "").await.is_empty());
    // SD-35: who works there is for those who do.
    let payroll = bench.id(bench.payroll);
    let hits = [("q", "Una"), ("kinds", "user"), ("on", payroll.as_str())];
    assert!(
        !nils
            .send("/find/hits", &hits)
            .await
            .text
            .contains("Una User")
    );
    let hits = &hits[..2];
    assert!(
        nils.send("/find/hits", hits)
            .await
            .text
            .contains("Una User")
    );
}

async fn sd_7_without_a_licence_nothing_of_it_opens(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    bench.keeps_active(bench.una).await;
    let tie = Tie::Licence(bench.desk.licence);
    bench
        .desk
        .by_owner(Command::Untie {
            person: bench.una,
            tie,
        })
        .await;
    for path in [
        RECORDS.to_owned(),
        PAGES.to_owned(),
        format!("{RECORDS}/{record}"),
        format!("{PAGES}/new"),
    ] {
        let expected = match path.contains("rec_") {
            true => StatusCode::NOT_FOUND,
            false => StatusCode::FORBIDDEN,
        };
        assert_eq!(una.look(&path).await.status, expected, "{path}");
    }
    assert!(
        !una.look("/").await.text.contains(PAGES),
        "nor is it led to"
    );
}

async fn sd_5_a_page_that_is_open_ends_with_the_access(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let page = format!("{PAGES}/{record}");
    assert_eq!(una.look(&page).await.status, StatusCode::OK);
    let level = access::state::ServiceLevel::User;
    let tie = Tie::Service(bench.payroll, level);
    bench
        .desk
        .by_owner(Command::Untie {
            person: bench.una,
            tie,
        })
        .await;
    bench
        .desk
        .tie(bench.una, Tie::Service(bench.network, level))
        .await;
    let before = bench.trace().await;
    let said = [("text", "One more thing"), ("to", "internal")];
    assert_eq!(
        una.send(&format!("{page}/notes"), &said).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(una.look(&page).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.trace().await, before);
}
