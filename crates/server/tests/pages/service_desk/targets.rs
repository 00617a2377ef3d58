//! What a service says of when its records are due (SD-30): who sets it, and what cannot be meant.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{ADA, Bench, RECORDS, ask, ask_with, body_of, text_of};
use crate::browser::{Browser, Seen};

testkit::on_both![
    sd_30_every_service_begins_with_five_defaults,
    sd_30_targets_are_set_by_who_configures_the_desk_and_the_log_says_so,
    sd_30_what_somebody_else_saved_is_not_saved_over,
    sd_30_what_no_service_can_mean_is_told_at_its_field,
];

/// Around the clock: what is urgent in two hours, with a word after one; all else without a promise.
pub fn around_the_clock() -> Value {
    json!({
        "time_zone": "UTC", "hours": null, "holidays": [], "warn_at_percent": 50,
        "targets": [
            {"priority": 1, "first_response_minutes": 60, "resolution_minutes": 120},
            {"priority": 2, "resolution_minutes": 480},
        ],
    })
}

async fn settings(bench: &Bench) -> String {
    format!("/api/v1/services/{}/targets", bench.id(bench.payroll))
}

/// Says what Payroll promises, by its present mark.
pub async fn promise(bench: &Bench, by: &mut Browser, body: Value) -> Seen {
    let path = settings(bench).await;
    let mark = text_of(&by.look(&path).await, "mark");
    ask_with(by, Method::PUT, &path, Some(body), &[("if-mark", &mark)]).await
}

pub async fn promised(bench: &Bench, by: &mut Browser) {
    let done = promise(bench, by, around_the_clock()).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

pub async fn read(by: &mut Browser, record: &str) -> Value {
    body_of(&by.look(&format!("{RECORDS}/{record}")).await)
}

async fn sd_30_every_service_begins_with_five_defaults(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let there = body_of(&owner.look(&settings(&bench).await).await);
    assert_eq!(there["is_default"], true);
    assert_eq!(there["targets"].as_array().unwrap().len(), 5);
    assert_eq!(
        there["targets"][0],
        json!({"priority": 1, "first_response_minutes": 30, "resolution_minutes": 240})
    );
    assert_eq!(
        there["hours"]["monday"],
        json!([{"from": "09:00", "to": "17:00"}])
    );
    assert_eq!(there["hours"]["sunday"], json!([]));
    let page = format!("/configure/services/{}/targets", bench.id(bench.payroll));
    let page = owner.look(&page).await;
    for words in [
        "that every service begins with",
        "09:00–17:00",
        "30 min",
        "80 h",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let read = read(&mut owner, &record).await;
    assert_eq!(read["due"], "ahead");
    assert_eq!(read["due_is_set"], false);
}

async fn sd_30_targets_are_set_by_who_configures_the_desk_and_the_log_says_so(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut ada) = (bench.owner().await, bench.browser(ADA).await);
    let path = settings(&bench).await;
    let page = format!("/configure/services/{}/targets", bench.id(bench.payroll));
    let before = bench.trace().await;
    // SD-6: an administrator of the service configures nothing.
    for path in [&path, &page] {
        assert_eq!(ada.look(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let zeros = "0".repeat(32);
    let read = [("if-mark", zeros.as_str())];
    let body = Some(around_the_clock());
    let set = ask_with(&mut ada, Method::PUT, &path, body, &read).await;
    assert_eq!(set.status, StatusCode::FORBIDDEN);
    assert_eq!(bench.trace().await, before, "a denied act leaves no trace");
    assert_eq!(bench.desk.house.rows("service_desk_targets").await, 0);

    let unread = ask(&mut owner, Method::PUT, &path, Some(around_the_clock())).await;
    assert_eq!(unread.status, StatusCode::PRECONDITION_REQUIRED);
    let seen = owner.look(&page).await;
    let mark = seen.hidden("mark").unwrap().to_owned();
    let mut fields = form(&mark);
    fields.push(("holidays", "2030-12-25\r\n2030-12-26"));
    let saved = owner.send(&page, &fields).await;
    assert_eq!(
        (saved.status, saved.leads_to()),
        (StatusCode::SEE_OTHER, page.as_str()),
        "{}",
        saved.text
    );
    let there = body_of(&owner.look(&path).await);
    assert_eq!(there["time_zone"], "Europe/Brussels");
    assert_eq!(there["holidays"], json!(["2030-12-25", "2030-12-26"]));
    assert_eq!(there["hours"]["monday"].as_array().unwrap().len(), 2);
    assert_eq!(
        there["targets"][0],
        json!({"priority": 1, "first_response_minutes": 30, "resolution_minutes": 90})
    );
    assert_eq!(there["targets"][4], json!({"priority": 5}));
    let entry = &bench.desk.house.account.log_page(None, 1).await.unwrap()[0];
    assert_eq!(entry.act, "set_service_targets");
    let events = ledger::events(entry).unwrap();
    let service = bench.payroll;
    assert_eq!(events, [access::Event::ServiceTargetsSet { service }]);
    let audit = owner.look("/audit").await;
    assert!(
        audit.main().contains("changed when its records are due"),
        "{}",
        audit.main()
    );
    // Saving the same once more is no act.
    let position = bench.trace().await;
    let mark = owner.look(&page).await.hidden("mark").unwrap().to_owned();
    let mut fields = form(&mark);
    fields.push(("holidays", "2030-12-26\n2030-12-25"));
    assert_eq!(
        owner.send(&page, &fields).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(bench.trace().await, position);
}

/// The form of targets, without its holidays.
fn form(mark: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("zone", "Europe/Brussels"),
        ("when", "week"),
        ("day_1", "09:00–12:30, 13:30-17:00"),
        ("day_2", "9:00-17:00"),
        ("day_3", ""),
        ("day_4", ""),
        ("day_5", ""),
        ("day_6", ""),
        ("day_7", ""),
        ("warn", "80"),
        ("response_1", "30 min"),
        ("response_2", ""),
        ("response_3", ""),
        ("response_4", ""),
        ("response_5", ""),
        ("resolution_1", "1 h 30 min"),
        ("resolution_2", "4h"),
        ("resolution_3", ""),
        ("resolution_4", ""),
        ("resolution_5", ""),
        ("mark", mark),
    ]
}

async fn sd_30_what_somebody_else_saved_is_not_saved_over(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let page = format!("/configure/services/{}/targets", bench.id(bench.payroll));
    let mark = owner.look(&page).await.hidden("mark").unwrap().to_owned();
    promised(&bench, &mut owner).await;
    let mut fields = form(&mark);
    fields.push(("holidays", ""));
    let refused = owner.send(&page, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "Somebody else changed the targets meanwhile.",
        "1 h 30 min",
        "Europe/Brussels",
    ] {
        assert!(
            refused.main().contains(words),
            "{words}: {}",
            refused.main()
        );
    }
    let there = body_of(&owner.look(&settings(&bench).await).await);
    assert_eq!(there["time_zone"], "UTC", "nothing was saved over it");
    let path = settings(&bench).await;
    let put = ask_with(
        &mut owner,
        Method::PUT,
        &path,
        Some(json!({
            "time_zone": "Europe/Paris", "hours": null, "warn_at_percent": 75, "targets": [],
        })),
        &[("if-mark", &mark)],
    )
    .await;
    assert_eq!(
        (put.status, text_of(&put, "code").as_str()),
        (StatusCode::CONFLICT, "changed_meanwhile")
    );
    // Whoever looked at what is there now saves it.
    let mark = refused.hidden("mark").unwrap().to_owned();
    let mut fields = form(&mark);
    fields.push(("holidays", ""));
    assert_eq!(
        owner.send(&page, &fields).await.status,
        StatusCode::SEE_OTHER
    );
}

async fn sd_30_what_no_service_can_mean_is_told_at_its_field(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let night = json!({"friday": [{"from": "22:00", "to": "06:00"}]});
    let never = json!({});
    let odd = json!({"friday": [{"from": "25:00", "to": "26:00"}]});
    for (member, value, at) in [
        ("time_zone", json!("Moon/Tranquillity"), "/time_zone"),
        ("hours", night, "/hours/friday"),
        ("hours", never, "/hours/monday"),
        ("hours", odd, "/hours/friday"),
        ("warn_at_percent", json!(100), "/warn_at_percent"),
        (
            "targets",
            json!([{"priority": 2, "resolution_minutes": 0}]),
            "/targets/0/resolution_minutes",
        ),
        (
            "targets",
            json!([{"priority": 2, "first_response_minutes": 9, "resolution_minutes": 5}]),
            "/targets/0/first_response_minutes",
        ),
        (
            "targets",
            json!([{"priority": 2}, {"priority": 2}]),
            "/targets/1/priority",
        ),
    ] {
        let mut body = around_the_clock();
        body[member] = value;
        let refused = promise(&bench, &mut owner, body.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(refused.text.contains(at), "{at}: {}", refused.text);
    }
    let page = format!("/configure/services/{}/targets", bench.id(bench.payroll));
    let mark = owner.look(&page).await.hidden("mark").unwrap().to_owned();
    for (field, typed, words) in [
        ("zone", "Brussels", "name of a time zone"),
        ("day_1", "22:00-06:00", "past midnight"),
        ("day_2", "nine to five", "Write hours like"),
        ("holidays", "Christmas", "Write one day a line"),
        ("warn", "a lot", "1 to 99 percent"),
        ("response_3", "soon", "Write a time like"),
        ("response_1", "9 h", "not due later than the resolution"),
    ] {
        let mut fields = form(&mark);
        fields.push(("holidays", ""));
        fields.retain(|(name, _)| *name != field);
        fields.push((field, typed));
        let again = owner.send(&page, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(
            again.main().contains(words) && again.main().contains(typed),
            "{field}: {}",
            again.main()
        );
        assert!(again.main().contains(&format!("{field}-error")), "{field}");
    }
    assert_eq!(bench.desk.house.rows("service_desk_targets").await, 0);
}
