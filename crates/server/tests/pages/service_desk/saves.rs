//! Saving what somebody else saved, too: nothing is lost unseen, and nothing is done twice.

use access::Command;
use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::bench::{
    ADA, Bench, PAGES, RECORDS, UNA, ask, ask_with, body_of, edit, listed, text_of,
};

testkit::on_both![
    a_change_takes_nothing_away_that_was_not_read,
    what_was_not_looked_at_is_not_saved_over_after_a_slip,
    what_is_tried_or_sent_twice_makes_no_second_record,
];

async fn a_change_takes_nothing_away_that_was_not_read(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let page = format!("{PAGES}/{record}");
    let read = una.look(&page).await.hidden("mark").unwrap().to_owned();
    let first = edit(
        &mut ada,
        &record,
        json!({"title": "No sound in room 4", "priority": 1}),
    )
    .await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    let form = |mark: &str| {
        let fields = [
            ("title", "No sound, again"),
            ("description", ""),
            ("priority", "3"),
            ("status", "1"),
            ("reason", ""),
            ("mark", mark),
        ];
        fields.map(|(name, value)| (name, value.to_owned()))
    };
    let send = async |una: &mut crate::browser::Browser, mark: &str| {
        let form = form(mark);
        let form: Vec<_> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        una.send(&page, &form).await
    };
    let conflict = send(&mut una, &read).await;
    assert_eq!(conflict.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "No sound in room 4",
        "Title now",
        "Critical",
        r#"value="No sound, again""#,
    ] {
        assert!(
            conflict.main().contains(words),
            "{words}: {}",
            conflict.main()
        );
    }
    let now = conflict.hidden("mark").unwrap().to_owned();
    assert_eq!(
        send(&mut una, &now).await.status,
        StatusCode::SEE_OTHER,
        "saving again keeps one's own"
    );
    // A program is told the same, and one that read nothing changes nothing.
    let path = format!("{RECORDS}/{record}");
    let stale = [("if-mark", read.as_str())];
    let edits = || Some(json!({"title": "Another"}));
    let refused = ask_with(&mut una, Method::PATCH, &path, edits(), &stale).await;
    assert_eq!(text_of(&refused, "code"), "changed_meanwhile");
    let unread = ask(&mut una, Method::PATCH, &path, edits()).await;
    assert_eq!(unread.status, StatusCode::PRECONDITION_REQUIRED);
}

async fn what_was_not_looked_at_is_not_saved_over_after_a_slip(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let page = format!("{PAGES}/{record}");
    let read = una.look(&page).await.hidden("mark").unwrap().to_owned();
    let theirs = json!({"description": "Ada looked into it", "status": "in_progress"});
    assert_eq!(edit(&mut ada, &record, theirs).await.status, StatusCode::OK);
    let send = async |una: &mut crate::browser::Browser, title: &str, mark: &str| {
        let form = [
            ("title", title),
            ("description", ""),
            ("priority", "3"),
            ("status", "1"),
            ("reason", ""),
            ("mark", mark),
        ];
        una.send(&page, &form).await
    };
    let slip = send(&mut una, " ", &read).await;
    assert_eq!(slip.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = slip.hidden("mark").unwrap().to_owned();
    let conflict = send(&mut una, "Mine", &kept).await;
    assert_eq!(conflict.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "Description now",
        "Ada looked into it",
        "State now",
        "In progress",
    ] {
        assert!(
            conflict.main().contains(words),
            "{words}: {}",
            conflict.main()
        );
    }
    let now = body_of(&una.look(&format!("{RECORDS}/{record}")).await);
    assert_eq!(now["description"], "Ada looked into it");
    // SD-26: an erasure changes what stands there, too.
    let said =
        json!({"customer": bench.id(bench.cara), "description": "Write to cara@acme.example"});
    assert_eq!(edit(&mut ada, &record, said).await.status, StatusCode::OK);
    let read = una.look(&page).await.hidden("mark").unwrap().to_owned();
    bench
        .desk
        .by_owner(Command::ErasePerson { person: bench.cara })
        .await;
    let late = send(&mut una, "Write to cara@acme.example", &read).await;
    assert_eq!(
        late.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        late.text
    );
    let now = una.look(&format!("{RECORDS}/{record}")).await;
    assert!(!now.text.contains("acme.example"), "{}", now.text);
}

async fn what_is_tried_or_sent_twice_makes_no_second_record(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let before = bench.trace().await;
    let body = json!({"kind": "incident", "service": bench.id(bench.payroll), "title": "No sound"});
    let tried = format!("{RECORDS}?dry_run=true");
    let tried = ask(&mut una, Method::POST, &tried, Some(body.clone())).await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.text);
    assert_eq!(bench.trace().await, before, "a dry run writes nothing");
    let key = [("idempotency-key", "once")];
    let mut ids = Vec::new();
    for repeated in [false, true] {
        let made = ask_with(&mut una, Method::POST, RECORDS, Some(body.clone()), &key).await;
        assert_eq!(
            body_of(&made)["repeated"] == json!(true),
            repeated,
            "{}",
            made.text
        );
        ids.push(text_of(&made, "id"));
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(listed(&mut una, "").await, &ids[..1]);
    let read = body_of(&una.look(&format!("{RECORDS}/{}", ids[0])).await);
    assert_eq!(read["number"], json!(1), "what was tried took no number");
}
