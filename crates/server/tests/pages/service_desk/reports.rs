//! SD-36: reports count the records that their reader sees, and no others.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{
    bench::{Bench, NILS, UNA, edit},
    targets::promised,
};
use crate::browser::Browser;

testkit::on_both![
    sd_36_a_report_counts_what_its_reader_sees,
    sd_30_a_report_says_what_was_in_time,
    sd_7_without_records_there_are_no_reports,
];

const REPORTS: &str = "/service-desk/reports";
const DAYS: &str = "/service-desk/reports/days";
const TARGETS: &str = "/service-desk/reports/targets";

/// The rows of a file, without its heads.
async fn file(by: &mut Browser, path: &str) -> Vec<String> {
    let file = by.look(path).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    let rows = file.text.lines().skip(1);
    rows.map(|row| row.replace('"', "")).collect()
}

/// What was opened and done in all.
async fn counted(by: &mut Browser, question: &str) -> (u32, u32) {
    let rows = file(by, &format!("{DAYS}{question}")).await;
    let number = |row: &String, at: usize| row.split(',').nth(at).unwrap().parse::<u32>().unwrap();
    let sum = |at: usize| rows.iter().map(|row| number(row, at)).sum();
    (sum(1), sum(2))
}

async fn sd_36_a_report_counts_what_its_reader_sees(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una, mut nils) = (
        bench.owner().await,
        bench.browser(UNA).await,
        bench.browser(NILS).await,
    );
    let customer = json!({"customer": bench.id(bench.cara)});
    bench.incident(&mut owner, bench.payroll, customer).await;
    let done = bench.incident(&mut owner, bench.payroll, json!({})).await;
    bench.incident(&mut owner, bench.network, json!({})).await;
    edit(&mut owner, &done, json!({"status": "resolved"})).await;
    bench.desk.house.advance(Duration::from_secs(60)).await;
    assert_eq!(counted(&mut owner, "").await, (3, 1));
    assert_eq!(counted(&mut una, "").await, (2, 1));
    assert_eq!(counted(&mut nils, "").await, (1, 0));
    // SD-5: a service that one does not work on has no numbers.
    let payroll = format!("?service={}", bench.id(bench.payroll));
    assert_eq!(counted(&mut owner, &payroll).await, (2, 1));
    assert_eq!(counted(&mut nils, &payroll).await, (0, 0));
    assert_eq!(file(&mut nils, TARGETS).await, Vec::<String>::new());
    let page = nils
        .look(&format!("{REPORTS}{}", payroll.replace('&', "&amp;")))
        .await;
    assert!(!page.main().contains("Payroll"), "{}", page.main());
    // SD-33: nor do records of companies that are hidden.
    let other = bench.desk.company("Bolt").await;
    bench.sees_companies(bench.una, &[other], false).await;
    assert_eq!(counted(&mut una, "").await, (1, 1));
    assert_eq!(file(&mut una, DAYS).await.len(), 28);
    assert_eq!(file(&mut una, &format!("{DAYS}?days=7")).await.len(), 7);
    let page = una.look(REPORTS).await;
    for words in [
        "<b>1</b> opened",
        "<b>1</b> done",
        "2026-09-21",
        r#"role="img""#,
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
}

async fn sd_30_a_report_says_what_was_in_time(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    promised(&bench, &mut owner).await;
    let urgent = json!({"priority": 1});
    let soon = bench
        .incident(&mut owner, bench.payroll, urgent.clone())
        .await;
    let late = bench
        .incident(&mut owner, bench.payroll, urgent.clone())
        .await;
    let free = bench.incident(&mut owner, bench.payroll, json!({})).await;
    bench.incident(&mut owner, bench.payroll, urgent).await;
    for (minutes, record) in [(30, &soon), (60, &free), (60, &late)] {
        bench
            .desk
            .house
            .advance(Duration::from_secs(minutes * 60))
            .await;
        let done = edit(&mut owner, record, json!({"status": "resolved"})).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    }
    bench.desk.house.advance(Duration::from_secs(60)).await;
    let service = file(&mut owner, TARGETS).await;
    assert_eq!(service.len(), 1, "{service:?}");
    assert!(service[0].ends_with(",3,1,1,1,1"), "{service:?}");
    let priority = file(&mut owner, &format!("{TARGETS}?by=priority")).await;
    assert_eq!(priority, ["Critical,2,1,1,1,1", "Normal,1,0,0,0,0"]);
    let group = file(&mut owner, &format!("{TARGETS}?by=group")).await;
    assert_eq!(group, ["No group,3,1,1,1,1"]);
    let page = owner.look(&format!("{REPORTS}?by=priority&days=7")).await;
    for words in [
        "<b>1</b> done in time",
        "<b>1</b> done too late",
        "Critical",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
}

async fn sd_7_without_records_there_are_no_reports(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let outside = bench.desk.house.user("zoe@example.net").await;
    bench.keeps_active(outside).await;
    let mut zoe = bench.browser("zoe@example.net").await;
    for path in [REPORTS, DAYS, TARGETS] {
        assert_eq!(zoe.look(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
