//! When records are due (SD-29, SD-30): what their priority promises, and what stops the clock.

use std::time::Duration;

use access::{Command, event::Node, state::DueDateOverride};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    bench::{ADA, Bench, PAGES, RECORDS, UNA, ask, edit, listed},
    targets::{around_the_clock, promise, promised, read},
};
use crate::browser::Browser;

testkit::on_both![
    sd_30_the_priority_gives_the_due_date_of_what_is_opened_afterwards,
    sd_30_hours_holidays_and_the_zone_of_the_service_count,
    sd_30_the_clock_stands_while_the_customer_is_asked,
    sd_30_the_first_answer_counts_and_an_internal_note_does_not,
    sd_30_a_record_says_whether_it_is_late,
    sd_29_what_is_set_by_hand_stays_until_it_is_given_back,
    sd_30_doing_a_record_stops_its_clock,
];

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// An urgent incident of Payroll, and the moment at which it was opened.
async fn urgent(bench: &Bench, by: &mut Browser) -> (String, jiff::Timestamp) {
    let record = bench
        .incident(by, bench.payroll, json!({"priority": 1}))
        .await;
    let read = read(by, &record).await;
    (record, moment(&read, "opened_at"))
}

fn moment(record: &Value, member: &str) -> jiff::Timestamp {
    let text = record[member].as_str().expect(member);
    text.parse().unwrap()
}

/// Minutes between two moments of a record.
fn minutes(record: &Value, from: &str, to: &str) -> i64 {
    (moment(record, to) - moment(record, from)).get_seconds() / 60
        + (moment(record, to) - moment(record, from)).get_minutes()
}

async fn pass(bench: &Bench, seconds: u64) {
    bench.desk.house.advance(Duration::from_secs(seconds)).await;
}

async fn sd_30_the_priority_gives_the_due_date_of_what_is_opened_afterwards(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    promised(&bench, &mut owner).await;
    let (record, _) = urgent(&bench, &mut owner).await;
    let first = read(&mut owner, &record).await;
    assert_eq!(minutes(&first, "opened_at", "due_at"), 120);
    assert_eq!(minutes(&first, "opened_at", "warn_at"), 60);
    assert_eq!(minutes(&first, "opened_at", "respond_by"), 60);
    let normal = bench.incident(&mut owner, bench.payroll, json!({})).await;
    assert!(
        read(&mut owner, &normal).await.get("due_at").is_none(),
        "nothing is promised"
    );
    let change = json!({"kind": "change", "priority": 1});
    let change = bench.incident(&mut owner, bench.payroll, change).await;
    let change = read(&mut owner, &change).await;
    assert_eq!(minutes(&change, "opened_at", "due_at"), 120);
    assert!(
        change.get("respond_by").is_none(),
        "nobody waits for a word on a change"
    );

    // Another target is for what is opened, or gets another priority, afterwards.
    let mut other = around_the_clock();
    other["targets"][0]["resolution_minutes"] = json!(180);
    assert_eq!(
        promise(&bench, &mut owner, other).await.status,
        StatusCode::OK
    );
    let same = read(&mut owner, &record).await;
    assert_eq!(same["due_at"], first["due_at"]);
    let (later, _) = urgent(&bench, &mut owner).await;
    let later = read(&mut owner, &later).await;
    assert_eq!(minutes(&later, "opened_at", "due_at"), 180);
    for (priority, due) in [(2, Some(480)), (3, None), (1, Some(180))] {
        let saved = edit(&mut owner, &record, json!({"priority": priority})).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
        let read = read(&mut owner, &record).await;
        let is = read
            .get("due_at")
            .map(|_| minutes(&read, "opened_at", "due_at"));
        assert_eq!(is, due, "priority {priority}");
    }
    let page = owner.look(&format!("{PAGES}/{record}")).await;
    assert!(page.main().contains("(by its priority)"), "{}", page.main());
    // Another service keeps to the defaults.
    let network = bench
        .incident(&mut owner, bench.network, json!({"priority": 1}))
        .await;
    let network = read(&mut owner, &network).await;
    assert_ne!(minutes(&network, "opened_at", "due_at"), 180);
}

async fn sd_30_hours_holidays_and_the_zone_of_the_service_count(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    // It is the afternoon of Monday, 21 September 2026.
    let hours = json!({"tuesday": [{"from": "08:00", "to": "10:00"}], "wednesday": [{"from": "08:00", "to": "18:00"}]});
    let body = json!({
        "time_zone": "Asia/Kathmandu", "hours": hours, "holidays": ["2026-09-22"], "warn_at_percent": 50,
        "targets": [{"priority": 1, "resolution_minutes": 60}],
    });
    let done = promise(&bench, &mut owner, body).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let (record, opened) = urgent(&bench, &mut owner).await;
    assert_eq!(opened.to_string().get(..10), Some("2026-09-21"));
    let read = read(&mut owner, &record).await;
    assert_eq!(
        read["due_at"], "2026-09-23T03:15:00Z",
        "nine in Kathmandu, after the holiday"
    );
}

async fn sd_30_the_clock_stands_while_the_customer_is_asked(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    promised(&bench, &mut owner).await;
    let (record, _) = urgent(&bench, &mut owner).await;
    pass(&bench, 30 * MINUTE).await;
    edit(&mut una, &record, json!({"status": "waiting_for_customer"})).await;
    pass(&bench, 5 * HOUR).await;
    let waits = read(&mut una, &record).await;
    assert_eq!(
        (&waits["due"], &waits["first_response"]),
        (&json!("stands"), &json!("stands"))
    );
    assert_eq!(minutes(&waits, "opened_at", "waiting_since"), 30);
    let page = una.look(&format!("{PAGES}/{record}")).await;
    assert!(
        page.main()
            .contains("the clock stands while it waits for the customer")
    );
    edit(&mut una, &record, json!({"status": "in_progress"})).await;
    let goes_on = read(&mut una, &record).await;
    assert!(goes_on.get("waiting_since").is_none());
    assert_eq!(minutes(&goes_on, "opened_at", "due_at"), 120 + 300);
    assert_eq!(minutes(&goes_on, "opened_at", "warn_at"), 60 + 300);
    assert_eq!(minutes(&goes_on, "opened_at", "respond_by"), 60 + 300);
    assert_eq!(goes_on["due"], "ahead");
    let page = una.look(&format!("{PAGES}/{record}")).await;
    assert!(
        page.main().contains("(the clock stood while it waited)"),
        "{}",
        page.main()
    );
    // Another priority counts from the opening, without what it waited.
    edit(&mut una, &record, json!({"priority": 2})).await;
    let read = read(&mut una, &record).await;
    assert_eq!(minutes(&read, "opened_at", "due_at"), 480 + 300);
}

async fn sd_30_the_first_answer_counts_and_an_internal_note_does_not(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    promised(&bench, &mut owner).await;
    let (record, _) = urgent(&bench, &mut owner).await;
    let notes = format!("{RECORDS}/{record}/notes");
    let note = |public: bool| Some(json!({"text": "We are looking into it.", "is_public": public}));
    ask(&mut una, Method::POST, &notes, note(false)).await;
    pass(&bench, 35 * MINUTE).await;
    let read_now = read(&mut una, &record).await;
    assert_eq!(read_now["first_response"], "soon");
    assert!(read_now.get("responded_at").is_none());
    let mark = read_now["mark"].clone();
    ask(&mut una, Method::POST, &notes, note(true)).await;
    pass(&bench, 3 * HOUR).await;
    ask(&mut una, Method::POST, &notes, note(true)).await;
    let answered = read(&mut una, &record).await;
    assert_eq!(
        (&answered["first_response"], &answered["due"]),
        (&json!("met"), &json!("late"))
    );
    assert_eq!(
        minutes(&answered, "opened_at", "responded_at"),
        35,
        "the first one"
    );
    assert_eq!(
        answered["mark"], mark,
        "an answer does not stop whoever edits the record"
    );
    let (late, _) = urgent(&bench, &mut owner).await;
    pass(&bench, 2 * HOUR).await;
    assert_eq!(read(&mut una, &late).await["first_response"], "late");
    let notes = format!("{RECORDS}/{late}/notes");
    ask(&mut una, Method::POST, &notes, note(true)).await;
    assert_eq!(read(&mut una, &late).await["first_response"], "missed");
}

async fn sd_30_a_record_says_whether_it_is_late(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    promised(&bench, &mut owner).await;
    let (record, _) = urgent(&bench, &mut owner).await;
    let page = format!("{PAGES}/{record}");
    for (passed, due, words) in [
        (10 * MINUTE, "ahead", r#"<span class="status on">by "#),
        (
            55 * MINUTE,
            "soon",
            r#"<span class="status wait">soon: by "#,
        ),
        (
            60 * MINUTE,
            "late",
            r#"<span class="status stop">late since "#,
        ),
    ] {
        pass(&bench, passed).await;
        assert_eq!(read(&mut una, &record).await["due"], due);
        // Lists and My work say of it what it says of itself.
        for asked in ["soon", "late"] {
            let found = listed(&mut una, &format!("?due={asked}")).await;
            assert_eq!(!found.is_empty(), asked == due, "{due}: {asked}");
            let work = una
                .look(&format!("/service-desk/my-work?show={asked}"))
                .await;
            assert_eq!(
                work.main().contains(&record),
                asked == due,
                "{due}: {asked}"
            );
        }
        let page = una.look(&page).await;
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
}

async fn sd_29_what_is_set_by_hand_stays_until_it_is_given_back(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut ada) = (bench.owner().await, bench.browser(ADA).await);
    promised(&bench, &mut owner).await;
    let (record, _) = urgent(&bench, &mut owner).await;
    let path = format!("{RECORDS}/{record}/due-date");
    let due = |at: Value| Some(json!({"due_at": at}));
    let set = ask(
        &mut ada,
        Method::PUT,
        &path,
        due(json!("2030-01-01T12:00:00Z")),
    )
    .await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    for edits in [
        json!({"priority": 2}),
        json!({"status": "waiting_for_customer"}),
        json!({"status": "in_progress"}),
    ] {
        pass(&bench, HOUR).await;
        let saved = edit(&mut ada, &record, edits).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
        let there = read(&mut ada, &record).await;
        assert_eq!(
            (&there["due_at"], &there["due_is_set"]),
            (&json!("2030-01-01T12:00:00Z"), &json!(true))
        );
    }
    let page = ada.look(&format!("{PAGES}/{record}")).await;
    assert!(
        page.main().contains("set by hand")
            && page.main().contains("gives it back to its target: ")
    );
    // What may not be set may not be given back either.
    let (service, policy) = (bench.payroll, DueDateOverride::Off);
    bench
        .desk
        .by_owner(Command::SetDueDateOverride { service, policy })
        .await;
    let before = bench.trace().await;
    let denied = ask(&mut ada, Method::PUT, &path, due(Value::Null)).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    assert_eq!(bench.trace().await, before);
    let policy = DueDateOverride::Administrators;
    bench
        .desk
        .by_owner(Command::SetDueDateOverride { service, policy })
        .await;
    let given = ada
        .send(
            &format!("{PAGES}/{record}/due-date"),
            &[("day", ""), ("time", "")],
        )
        .await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    let there = read(&mut ada, &record).await;
    assert_eq!(there["due_is_set"], false);
    assert_eq!(
        minutes(&there, "opened_at", "due_at"),
        480 + 60,
        "eight hours, and one that it waited"
    );
    let page = ada.look(&format!("{PAGES}/{record}")).await;
    assert!(
        page.main().contains("Gave the due date back to its target"),
        "{}",
        page.main()
    );
    // SD-28: what a service promised goes into its backup with it, and its records stay when it is archived.
    bench
        .desk
        .by_owner(Command::Archive {
            node: Node::Service(service),
        })
        .await;
    assert_eq!(bench.desk.house.rows("service_desk_targets").await, 1);
}

async fn sd_30_doing_a_record_stops_its_clock(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    promised(&bench, &mut owner).await;
    let (record, _) = urgent(&bench, &mut owner).await;
    pass(&bench, 90 * MINUTE).await;
    edit(&mut una, &record, json!({"status": "resolved"})).await;
    pass(&bench, 4 * HOUR).await;
    let done = read(&mut una, &record).await;
    assert_eq!(
        (&done["due"], minutes(&done, "opened_at", "resolved_at")),
        (&json!("met"), 90)
    );
    assert_eq!(
        done["first_response"], "missed",
        "doing it was the first word, and came late"
    );
    edit(
        &mut una,
        &record,
        json!({"status": "closed", "reason": "solved"}),
    )
    .await;
    let closed = read(&mut una, &record).await;
    assert_eq!(
        (
            minutes(&closed, "opened_at", "closed_at"),
            &closed["resolved_at"]
        ),
        (330, &done["resolved_at"])
    );
    pass(&bench, HOUR).await;
    edit(&mut una, &record, json!({"status": "in_progress"})).await;
    let reopened = read(&mut una, &record).await;
    assert!(reopened.get("resolved_at").is_none() && reopened.get("closed_at").is_none());
    assert_eq!(
        minutes(&reopened, "opened_at", "due_at"),
        120 + 300,
        "half an hour is left"
    );
    assert_eq!(reopened["due"], "soon");
}
