//! Mass actions (SD-4): exactly the records that were looked at are changed, by the rights that their runner has at that moment, for one service
//! only.

use access::{
    Command,
    event::MassActionStep,
    state::{ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use service_desk::MassActionWorker;
use testkit::databases::TestDatabase;

use super::bench::{ADA, Bench, NILS, PAGES, RECORDS, UNA, ask, ask_with, body_of, edit, text_of};
use crate::browser::{Browser, Seen};

testkit::on_both![
    sd_4_exactly_the_records_that_were_looked_at_are_changed,
    sd_4_a_mass_action_does_what_single_saves_do,
    sd_4_mass_actions_are_for_administrators_of_the_service_alone,
    sd_4_no_key_of_a_body_reaches_another_service,
    sd_4_a_page_leads_from_the_list_to_the_outcome,
    sd_4_all_that_a_saved_query_finds_is_changed,
    sd_33_a_mass_action_is_told_to_nobody_who_sees_none_of_its_records,
    sd_26_a_tag_that_was_the_name_of_an_erased_person_is_given_to_nobody,
];

pub const ACTIONS: &str = "/api/v1/service-desk/mass-actions";

pub fn worker(bench: &Bench) -> MassActionWorker {
    MassActionWorker::new(bench.desk.house.engine.clone())
}

pub async fn work(bench: &Bench) {
    let worker = worker(bench);
    while worker.round().await.unwrap() > 0 {}
}

async fn look_at(bench: &Bench, by: &mut Browser, more: &str, change: Value) -> Seen {
    let service = bench.id(bench.payroll);
    let path = format!("{ACTIONS}?service={service}{more}");
    ask(by, Method::POST, &path, Some(json!({"change": change}))).await
}

/// Looks at it, and tells its id.
pub async fn looked_at(bench: &Bench, by: &mut Browser, change: Value) -> String {
    let seen = look_at(bench, by, "", change).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    text_of(&seen, "id")
}

pub async fn act(by: &mut Browser, action: &str, what: &str) -> Seen {
    ask(
        by,
        Method::POST,
        &format!("{ACTIONS}/{action}/{what}"),
        None,
    )
    .await
}

pub async fn started(bench: &Bench, by: &mut Browser, change: Value) -> String {
    let action = looked_at(bench, by, change).await;
    let done = act(by, &action, "start").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    action
}

pub async fn told(by: &mut Browser, action: &str) -> Value {
    let seen = by.look(&format!("{ACTIONS}/{action}")).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    body_of(&seen)
}

pub fn counts(waiting: u64, changed: u64, unchanged: u64, skipped: u64) -> Value {
    json!({"waiting": waiting, "changed": changed, "unchanged": unchanged, "skipped": skipped})
}

/// Record, outcome and reason, the newest first.
pub async fn outcomes(by: &mut Browser, action: &str) -> Vec<(String, String, Value)> {
    let found = body_of(
        &by.look(&format!("{ACTIONS}/{action}/records?page_size=500"))
            .await,
    );
    let items = found["items"].as_array().unwrap().iter();
    let one = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap().to_owned();
        (text("record"), text("outcome"), item["why"].clone())
    };
    items.map(one).collect()
}

pub async fn priority(by: &mut Browser, record: &str) -> Value {
    body_of(&by.look(&format!("{RECORDS}/{record}")).await)["priority"].clone()
}

pub async fn incidents(bench: &Bench, by: &mut Browser, count: usize) -> Vec<String> {
    let mut made = Vec::new();
    for _ in 0..count {
        made.push(bench.incident(by, bench.payroll, json!({})).await);
    }
    made
}

/// How many of these have this priority.
pub async fn with_priority(by: &mut Browser, records: &[String], wanted: u64) -> usize {
    let mut found = 0;
    for record in records {
        found += usize::from(priority(by, record).await == json!(wanted));
    }
    found
}

/// The steps of mass actions that the log tells of, the oldest first.
pub async fn steps(bench: &Bench) -> Vec<MassActionStep> {
    let page = bench.desk.house.account.log_page(None, 500).await.unwrap();
    let events = page
        .iter()
        .rev()
        .flat_map(|entry| ledger::events(entry).unwrap());
    events
        .filter_map(|event| match event {
            access::Event::MassAction { step, .. } => Some(step),
            _ => None,
        })
        .collect()
}

async fn sd_4_exactly_the_records_that_were_looked_at_are_changed(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    bench
        .desk
        .tie(bench.ada, Tie::Service(bench.network, ServiceLevel::User))
        .await;
    let chosen = incidents(&bench, &mut ada, 6).await;
    let [changes, changed, moved, deleted, so_already, last] = &chosen[..] else {
        unreachable!("six");
    };
    edit(&mut ada, so_already, json!({"priority": 1})).await;
    let of_network = bench.incident(&mut owner, bench.network, json!({})).await;
    let action = looked_at(&bench, &mut ada, json!({"priority": 1})).await;
    assert_eq!(told(&mut ada, &action).await["counts"], counts(5, 0, 1, 0));
    assert_eq!(
        with_priority(&mut ada, &chosen, 1).await,
        1,
        "nothing is changed yet"
    );

    let late = bench.incident(&mut ada, bench.payroll, json!({})).await;
    edit(&mut owner, changed, json!({"title": "No sound at all"})).await;
    let mark = text_of(&owner.look(&format!("{RECORDS}/{moved}")).await, "mark");
    let path = format!("{RECORDS}/{moved}/move");
    let to = Some(json!({"service": bench.id(bench.network)}));
    let done = ask_with(&mut owner, Method::POST, &path, to, &[("if-mark", &mark)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    ask(
        &mut owner,
        Method::DELETE,
        &format!("{RECORDS}/{deleted}"),
        None,
    )
    .await;

    assert_eq!(act(&mut ada, &action, "start").await.status, StatusCode::OK);
    work(&bench).await;
    let done = told(&mut ada, &action).await;
    assert_eq!(done["stage"], "done");
    // The moved one is seen by Ada, who works on both services; the deleted one is nowhere.
    assert_eq!(
        (&done["counts"], &done["unseen"]),
        (&counts(0, 2, 1, 2), &json!(1))
    );
    let is = |record: &String, outcome: &str, why: Value| (record.clone(), outcome.to_owned(), why);
    assert_eq!(
        outcomes(&mut ada, &action).await,
        [
            is(last, "changed", Value::Null),
            is(so_already, "unchanged", Value::Null),
            is(moved, "skipped", json!("gone")),
            is(changed, "skipped", json!("changed_meanwhile")),
            is(changes, "changed", Value::Null),
        ]
    );
    for (record, wanted) in [
        (changes, 1),
        (last, 1),
        (changed, 3),
        (moved, 3),
        (&late, 3),
    ] {
        assert_eq!(priority(&mut ada, record).await, json!(wanted));
    }
    assert_eq!(priority(&mut owner, &of_network).await, json!(3));
    // It stands in the history of each as a single save does, and in the audit log once for all.
    let page = ada.look(&format!("{PAGES}/{changes}")).await;
    assert!(
        page.main().contains("Priority: Normal → Critical"),
        "{}",
        page.main()
    );
    assert!(page.main().contains("Ada User"));
    assert_eq!(
        steps(&bench).await,
        [MassActionStep::Started, MassActionStep::Done]
    );
    let audit = owner.look("/audit").await;
    for words in ["had a mass action started", "had a mass action done"] {
        assert!(audit.main().contains(words), "{words}: {}", audit.main());
    }
    // It is not done twice.
    assert_eq!(
        act(&mut ada, &action, "start").await.status,
        StatusCode::CONFLICT
    );
}

async fn sd_4_a_mass_action_does_what_single_saves_do(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    let [open, closed, problem] = [
        bench.incident(&mut ada, bench.payroll, json!({})).await,
        bench.incident(&mut ada, bench.payroll, json!({})).await,
        bench
            .incident(&mut ada, bench.payroll, json!({"kind": "problem"}))
            .await,
    ];
    let solved = json!({"status": "closed", "reason": "solved"});
    edit(&mut ada, &closed, solved).await;
    let tags = format!("{RECORDS}/{open}/tags");
    let mark = text_of(&ada.look(&tags).await, "mark");
    let body = Some(json!({"tags": ["printer", "floor 3"]}));
    ask_with(&mut ada, Method::PUT, &tags, body, &[("if-mark", &mark)]).await;
    // SD-19: the assignee has access to the service.
    let nobody =
        json!({"assignee": {"user": bench.id(bench.nils)}, "status": "waiting_for_customer"});
    let action = looked_at(&bench, &mut owner, nobody).await;
    assert_eq!(
        told(&mut owner, &action).await["counts"]["waiting"],
        json!(0)
    );
    let seen = outcomes(&mut owner, &action).await;
    let why = |record: &str| seen.iter().find(|one| one.0 == record).unwrap().2.clone();
    assert_eq!(why(&open), "assignee_without_access");
    assert_eq!(
        (why(&closed), why(&problem)),
        (json!("not_next"), json!("not_next"))
    );

    let change = json!({
        "assignee": {"user": bench.id(bench.una)}, "status": "closed", "reason": "withdrawn",
        "add_tags": ["Summer"], "take_tags": ["printer"],
    });
    let action = started(&bench, &mut ada, change).await;
    work(&bench).await;
    assert_eq!(told(&mut ada, &action).await["stage"], "done");
    let read = body_of(&ada.look(&format!("{RECORDS}/{open}")).await);
    assert_eq!(
        (&read["status"], &read["reason"]),
        (&json!("closed"), &json!("withdrawn"))
    );
    assert_eq!(read["assignee"]["user"], json!(bench.id(bench.una)));
    assert!(
        read["resolved_at"].is_string() || read["closed_at"].is_string(),
        "{read}"
    );
    assert_eq!(
        body_of(&ada.look(&tags).await)["items"],
        json!(["floor 3", "summer"])
    );
    let page = ada.look(&format!("{PAGES}/{open}")).await;
    for words in [
        "State: New → Closed (Withdrawn)",
        "Changed the tags",
        "Assigned to: nobody →",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    for flaw in [
        json!({}),
        json!({"status": "closed"}),
        json!({"reason": "solved"}),
        json!({"priority": 6}),
        json!({"add_tags": ["a"], "take_tags": ["A"]}),
    ] {
        let refused = look_at(&bench, &mut ada, "", flaw.clone()).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{flaw}: {}",
            refused.text
        );
    }
}

async fn sd_4_mass_actions_are_for_administrators_of_the_service_alone(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut nils) = (bench.browser(UNA).await, bench.browser(NILS).await);
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    let records = incidents(&bench, &mut ada, 2).await;
    let action = looked_at(&bench, &mut ada, json!({"priority": 1})).await;
    let before = bench.trace().await;
    // SD-4: a user of the service works on its records one by one.
    let refused = look_at(&bench, &mut una, "", json!({"priority": 1})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let list = una
        .look(&format!("{PAGES}?service={}", bench.id(bench.payroll)))
        .await;
    assert!(!list.main().contains("Change all of them"));
    // SD-5: of a service that one may not know of nothing is told.
    let refused = look_at(&bench, &mut nils, "", json!({"priority": 1})).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text
    );
    // What was only looked at is for whoever did, even where others may run some.
    for by in [&mut una, &mut nils, &mut owner] {
        for path in ["", "/records"] {
            let seen = by.look(&format!("{ACTIONS}/{action}{path}")).await;
            assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
        }
        let page = by
            .look(&format!("/service-desk/mass-actions/{action}"))
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        for what in ["start", "stop"] {
            assert_eq!(act(by, &action, what).await.status, StatusCode::NOT_FOUND);
        }
    }
    assert_eq!(bench.trace().await, before, "a denied act leaves no trace");
    assert_eq!(bench.desk.house.rows("service_desk_mass_actions").await, 1);
    work(&bench).await;
    assert_eq!(with_priority(&mut ada, &records, 1).await, 0);

    assert_eq!(act(&mut ada, &action, "start").await.status, StatusCode::OK);
    let items = async |by: &mut Browser| body_of(&by.look(ACTIONS).await)["items"].clone();
    assert_eq!(items(&mut owner).await[0]["id"], json!(action));
    assert_eq!(
        told(&mut owner, &action).await["counts"],
        counts(2, 0, 0, 0)
    );
    for by in [&mut una, &mut nils] {
        assert_eq!(by.look(ACTIONS).await.status, StatusCode::FORBIDDEN);
        assert_eq!(act(by, &action, "stop").await.status, StatusCode::NOT_FOUND);
        let page = by
            .look(&format!("/service-desk/mass-actions/{action}"))
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(told(&mut ada, &action).await["stage"], "running");
}

async fn sd_4_no_key_of_a_body_reaches_another_service(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    incidents(&bench, &mut ada, 1).await;
    let other = bench.incident(&mut owner, bench.network, json!({})).await;
    let network = bench.id(bench.network);
    let path = format!("{ACTIONS}?service={}", bench.id(bench.payroll));
    for body in [
        json!({"change": {"priority": 1}, "service": network}),
        json!({"change": {"priority": 1}, "records": [other]}),
        json!({"change": {"priority": 1, "service": network}}),
        json!({"change": {"priority": 1, "customer": bench.id(bench.nora)}}),
        json!({"change": {"priority": 1}, "runner": bench.id(bench.una)}),
    ] {
        let refused = ask(&mut ada, Method::POST, &path, Some(body.clone())).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{body}: {}",
            refused.text
        );
    }
    // A mass action is on records of one service.
    for question in ["", "?state=open", &format!("?service={network}")] {
        let body = Some(json!({"change": {"priority": 1}}));
        let refused = ask(
            &mut ada,
            Method::POST,
            &format!("{ACTIONS}{question}"),
            body,
        )
        .await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            refused.text
        );
    }
    // What is not understood is no filter, and not everything either.
    for more in ["&status=closed", "&Priority=1"] {
        let refused = look_at(&bench, &mut ada, more, json!({"priority": 1})).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            refused.text
        );
        assert_eq!(text_of(&refused, "at"), "query");
    }
    // A number or words of the other service find nothing.
    let number = body_of(&owner.look(&format!("{RECORDS}/{other}")).await)["number"].clone();
    let seen = look_at(
        &bench,
        &mut ada,
        &format!("&number={number}"),
        json!({"priority": 1}),
    )
    .await;
    assert_eq!(seen.status, StatusCode::CONFLICT, "{}", seen.text);
    assert_eq!(text_of(&seen, "code"), "no_records");
    assert_eq!(bench.desk.house.rows("service_desk_mass_actions").await, 0);
    assert_eq!(priority(&mut owner, &other).await, json!(3));
}

async fn sd_4_a_page_leads_from_the_list_to_the_outcome(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut ada = bench.browser(ADA).await;
    let records = incidents(&bench, &mut ada, 3).await;
    edit(
        &mut ada,
        &records[0],
        json!({"status": "closed", "reason": "solved"}),
    )
    .await;
    let service = bench.id(bench.payroll);
    assert!(
        !ada.look(PAGES).await.main().contains("Change all of them"),
        "of one service only"
    );
    let list = ada.look(&format!("{PAGES}?service={service}")).await;
    assert!(list.main().contains("Change all of them"));
    let new = format!("/service-desk/mass-actions/new?service={service}");
    let form = ada.look(&new).await;
    assert!(form.main().contains("3 records of"), "{}", form.main());
    let filled = form.form(&["take_tags"]);
    let wrong = filled.clone().with("status", "6").send(&mut ada).await;
    assert_eq!(
        wrong.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        wrong.text
    );
    assert!(wrong.main().contains("Say why the records are closed."));
    let filled = filled.with("status", "4").with("add_tags", "Summer");
    let done = filled.with("to", "nobody").send(&mut ada).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let path = done.leads_to().to_owned();
    let review = ada.look(&path).await;
    for words in [
        "2 records would be changed, 1 left out",
        "State: On hold",
        "Gets the tags: summer",
        "Its state does not lead there",
    ] {
        assert!(review.main().contains(words), "{words}: {}", review.main());
    }
    let done = ada.send(&format!("{path}/start"), &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(
        ada.look(&path)
            .await
            .main()
            .contains("1 of 3 records done.")
    );
    work(&bench).await;
    let outcome = ada.look(&path).await;
    for words in ["Done.", "2 records changed", "Left out"] {
        assert!(
            outcome.main().contains(words),
            "{words}: {}",
            outcome.main()
        );
    }
    let left_out = ada.look(&format!("{path}?outcome=skipped")).await;
    assert_eq!(
        left_out
            .main()
            .matches("/service-desk/records/rec_")
            .count(),
        1
    );
    let all = ada.look("/service-desk/mass-actions").await;
    assert!(all.main().contains("State: On hold"));
    // What was typed to find records is not in the page's address, and not found by somebody else.
    let kept = ada
        .send(PAGES, &[("q", "sound"), ("service", &service)])
        .await;
    let view = kept.leads_to().split_once('?').unwrap().1.to_owned();
    let form = ada
        .look(&format!("/service-desk/mass-actions/new?{view}"))
        .await;
    assert!(form.main().contains("3 records of"), "{}", form.main());
    let mut owner = bench.owner().await;
    let theirs = owner
        .look(&format!("/service-desk/mass-actions/new?{view}"))
        .await;
    assert_ne!(theirs.status, StatusCode::OK, "nothing would be everything");
}

async fn sd_4_all_that_a_saved_query_finds_is_changed(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut ada = bench.browser(ADA).await;
    for title in ["Loud fan", "Loud door", "Cold office"] {
        bench
            .incident(&mut ada, bench.payroll, json!({"title": title}))
            .await;
    }
    let question = format!("service={}", bench.id(bench.payroll));
    let body = json!({"name": "Loud", "question": question, "words": "loud"});
    let saved = ask(
        &mut ada,
        Method::POST,
        "/api/v1/service-desk/queries",
        Some(body),
    )
    .await;
    let query = text_of(&saved, "id");
    let list = ada.look(&format!("{PAGES}?query={query}")).await;
    let new = format!("/service-desk/mass-actions/new?query={query}");
    assert!(list.main().contains(&new), "{}", list.main());
    let form = ada.look(&new).await;
    assert!(form.main().contains("2 records of"), "{}", form.main());
    let filled = form.form(&["take_tags"]).with("priority", "1");
    let done = filled.send(&mut ada).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let path = done.leads_to().to_owned();
    let review = ada.look(&path).await;
    assert!(
        review.main().contains("2 records would be changed"),
        "{}",
        review.main()
    );
    assert!(!review.main().contains("Cold office"));
}

async fn sd_33_a_mass_action_is_told_to_nobody_who_sees_none_of_its_records(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    let customer = json!({"customer": bench.id(bench.cara)});
    bench.incident(&mut owner, bench.payroll, customer).await;
    let change = json!({"add_tags": ["merger"]});
    let action = started(&bench, &mut owner, change).await;
    let items = async |by: &mut Browser| body_of(&by.look(ACTIONS).await)["items"].clone();
    assert_eq!(items(&mut ada).await[0]["id"], json!(action));
    let other = bench.desk.company("Bolt").await;
    bench.sees_companies(bench.ada, &[other], true).await;
    assert_eq!(items(&mut ada).await, json!([]));
    let list = ada.look("/service-desk/mass-actions").await;
    assert!(!list.main().contains("merger"), "{}", list.main());
    let page = format!("/service-desk/mass-actions/{action}");
    for path in [&page, &format!("{ACTIONS}/{action}")] {
        assert_eq!(ada.look(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(
        act(&mut ada, &action, "stop").await.status,
        StatusCode::NOT_FOUND
    );
    // Whoever runs it is told of it, whatever they see.
    assert_eq!(told(&mut owner, &action).await["stage"], "running");
}

async fn sd_26_a_tag_that_was_the_name_of_an_erased_person_is_given_to_nobody(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    let records = incidents(&bench, &mut ada, 1).await;
    let change = json!({"add_tags": ["Cara Customer", "summer"]});
    let action = started(&bench, &mut ada, change).await;
    let person = bench.cara;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    work(&bench).await;
    let tags = format!("{RECORDS}/{}/tags", records[0]);
    assert_eq!(body_of(&ada.look(&tags).await)["items"], json!(["summer"]));
    let path = format!("/service-desk/mass-actions/{action}");
    for page in [path.as_str(), "/service-desk/mass-actions"] {
        let page = owner.look(page).await;
        assert!(
            !page.main().to_lowercase().contains("cara"),
            "{}",
            page.main()
        );
    }
    let told = told(&mut ada, &action).await;
    assert_eq!(told["change"]["add_tags"], json!(["summer"]));
}
