//! Mass actions while they run (SD-4): the worker that does them, and what ends them, stops them or lets them go on.

use std::{sync::Arc, time::Duration};

use access::{
    Command, PersonId,
    command::SystemSubject,
    event::MassActionStep,
    state::{ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use ledger::{DatabaseConfig, Engine, SystemRandomness};
use serde_json::json;
use service_desk::MassActionWorker;
use testkit::databases::TestDatabase;

use super::{
    bench::{ADA, Bench, PAGES, UNA, ask, body_of, text_of},
    mass_actions::{
        ACTIONS, act, counts, incidents, looked_at, outcomes, priority, started, steps, told,
        with_priority, work, worker,
    },
};

testkit::on_both![
    sd_4_a_mass_action_ends_with_the_right_of_its_runner,
    sd_4_the_right_ends_by_its_time_too,
    sd_4_whoever_administers_the_service_stops_it,
    sd_4_another_worker_goes_on_where_one_fell_silent,
    sd_4_few_run_at_once,
    sd_33_what_the_runner_does_not_see_any_more_is_left_alone,
    sd_4_one_that_cannot_be_written_keeps_no_other_waiting,
    sd_4_a_mass_action_is_told_of_for_ninety_days,
    sd_37_a_customer_is_told_that_a_mass_action_closed_their_incident,
];

/// A worker that says nothing for so long works no more.
const SILENCE: Duration = Duration::from_secs(6);

/// Ada is a user of Payroll from now on, and administers it no more.
async fn demote(bench: &Bench, who: PersonId) {
    bench
        .desk
        .tie(who, Tie::Service(bench.payroll, ServiceLevel::User))
        .await;
}

async fn sd_4_a_mass_action_ends_with_the_right_of_its_runner(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    let records = incidents(&bench, &mut ada, 25).await;
    let action = started(&bench, &mut ada, json!({"priority": 1})).await;
    let worker = worker(&bench);
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(with_priority(&mut owner, &records, 1).await, 20);
    demote(&bench, bench.ada).await;
    assert_eq!(worker.round().await.unwrap(), 0);
    let ended = told(&mut owner, &action).await;
    assert_eq!(ended["stage"], "right_ended");
    assert_eq!(ended["counts"], counts(5, 20, 0, 0));
    assert_eq!(
        steps(&bench).await,
        [MassActionStep::Started, MassActionStep::RightEnded]
    );
    let page = owner
        .look(&format!("/service-desk/mass-actions/{action}"))
        .await;
    assert!(
        page.main().contains("may not run it any more"),
        "{}",
        page.main()
    );
    // SD-5: whoever lost the right sees no more of it.
    assert_eq!(
        ada.look(&format!("{ACTIONS}/{action}")).await.status,
        StatusCode::NOT_FOUND
    );
    // Given again, it does not go on.
    let tie = Tie::Service(bench.payroll, ServiceLevel::Administrator);
    bench.desk.tie(bench.ada, tie).await;
    work(&bench).await;
    assert_eq!(
        with_priority(&mut owner, &records, 1).await,
        20,
        "the rest is left alone"
    );
    assert_eq!(told(&mut ada, &action).await["stage"], "right_ended");
    // Nobody says so by hand.
    let by_hand = Command::EndMassAction {
        service: bench.payroll,
        action: bench.desk.house.engine.new_uuid(),
        failed: false,
    };
    let house = &bench.desk.house;
    let how = ledger::Options::untold("tests");
    assert!(
        house
            .account
            .submit(house.owners(), by_hand, how)
            .await
            .is_err()
    );
}

async fn sd_4_the_right_ends_by_its_time_too(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    let records = incidents(&bench, &mut ada, 3).await;
    let person = bench.ada;
    let tie = Tie::Service(bench.payroll, ServiceLevel::Administrator);
    bench.desk.by_owner(Command::Untie { person, tie }).await;
    bench.desk.tie_for(person, tie, 60_000).await;
    let action = started(&bench, &mut ada, json!({"priority": 1})).await;
    bench.desk.house.advance(Duration::from_secs(61)).await;
    work(&bench).await;
    assert_eq!(told(&mut owner, &action).await["stage"], "right_ended");
    assert_eq!(with_priority(&mut owner, &records, 1).await, 0);
    // AD-25: the account is switched off while one runs.
    let action = started(&bench, &mut owner, json!({"priority": 2})).await;
    let operator = access::Actor::System(SystemSubject::Operator);
    let house = &bench.desk.house;
    for active in [false, true] {
        house
            .submit(operator, Command::SetAccountActive { active })
            .await;
        work(&bench).await;
    }
    let mut owner = bench.owner().await;
    assert_eq!(told(&mut owner, &action).await["stage"], "right_ended");
    assert_eq!(with_priority(&mut owner, &records, 2).await, 0);
}

async fn sd_4_whoever_administers_the_service_stops_it(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    let mut una = bench.browser(UNA).await;
    let records = incidents(&bench, &mut ada, 25).await;
    let action = started(&bench, &mut ada, json!({"priority": 1})).await;
    let worker = worker(&bench);
    worker.round().await.unwrap();
    assert_eq!(
        act(&mut una, &action, "stop").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(told(&mut ada, &action).await["stage"], "running");
    let page = format!("/service-desk/mass-actions/{action}");
    assert!(
        owner
            .look(&page)
            .await
            .main()
            .contains("20 of 25 records done")
    );
    let stopped = owner.send(&format!("{page}/stop"), &[]).await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER, "{}", stopped.text);
    assert_eq!(worker.round().await.unwrap(), 0);
    work(&bench).await;
    assert_eq!(with_priority(&mut owner, &records, 1).await, 20);
    let told = told(&mut ada, &action).await;
    assert_eq!(
        (&told["stage"], &told["counts"]),
        (&json!("stopped"), &counts(5, 20, 0, 0))
    );
    assert_eq!(
        steps(&bench).await,
        [MassActionStep::Started, MassActionStep::Stopped]
    );
    for what in ["start", "stop"] {
        assert_eq!(
            act(&mut ada, &action, what).await.status,
            StatusCode::CONFLICT,
            "{what}"
        );
    }
    assert!(ada.look(&page).await.main().contains("Left alone"));
}

async fn sd_4_another_worker_goes_on_where_one_fell_silent(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut ada = bench.browser(ADA).await;
    let records = incidents(&bench, &mut ada, 45).await;
    let action = started(&bench, &mut ada, json!({"priority": 1})).await;
    let first = worker(&bench);
    assert_eq!(first.round().await.unwrap(), 1);
    // Another node of the same database; a file is one server's.
    let house = &bench.desk.house;
    let engine = match db.address.starts_with("postgres") {
        false => house.engine.clone(),
        true => Engine::open(
            DatabaseConfig::at(&db.address),
            house.clock.clone(),
            Arc::new(SystemRandomness),
            rolecall::CONSEQUENCES,
        )
        .await
        .unwrap(),
    };
    let second = MassActionWorker::new(engine);
    assert_eq!(second.round().await.unwrap(), 0, "the first is at it");
    assert_eq!(with_priority(&mut ada, &records, 1).await, 20);
    drop(first);
    house.advance(SILENCE).await;
    while second.round().await.unwrap() > 0 {}
    assert_eq!(told(&mut ada, &action).await["counts"], counts(0, 45, 0, 0));
    assert_eq!(with_priority(&mut ada, &records, 1).await, 45);
    // Each was changed once: opened, given another priority, given another due date.
    let page = ada.look(&format!("{PAGES}/{}", records[44])).await;
    assert_eq!(
        page.main().matches("Priority: Normal → Critical").count(),
        1
    );
    assert_eq!(
        steps(&bench).await,
        [MassActionStep::Started, MassActionStep::Done]
    );
}

async fn sd_4_few_run_at_once(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut ada = bench.browser(ADA).await;
    incidents(&bench, &mut ada, 1).await;
    for priority in [1, 2] {
        started(&bench, &mut ada, json!({"priority": priority})).await;
    }
    // What somebody looks at takes the place of what they looked at before.
    let before = looked_at(&bench, &mut ada, json!({"priority": 5})).await;
    let action = looked_at(&bench, &mut ada, json!({"priority": 5})).await;
    assert_eq!(
        ada.look(&format!("{ACTIONS}/{before}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(bench.desk.house.rows("service_desk_mass_actions").await, 3);
    assert_eq!(
        bench
            .desk
            .house
            .rows("service_desk_mass_action_records")
            .await,
        3
    );
    let refused = act(&mut ada, &action, "start").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert_eq!(text_of(&refused, "code"), "too_many_running");
    // SD-5: another service does not wait for this one.
    let mut owner = bench.owner().await;
    bench.incident(&mut owner, bench.network, json!({})).await;
    let path = format!("{ACTIONS}?service={}", bench.id(bench.network));
    let body = Some(json!({"change": {"priority": 1}}));
    let elsewhere = ask(&mut owner, Method::POST, &path, body).await;
    let elsewhere = text_of(&elsewhere, "id");
    assert_eq!(
        act(&mut owner, &elsewhere, "start").await.status,
        StatusCode::OK
    );
    work(&bench).await;
    assert_eq!(act(&mut ada, &action, "start").await.status, StatusCode::OK);
    work(&bench).await;
    // The first changed it, and the others found it changed: so was the last.
    assert_eq!(told(&mut ada, &action).await["counts"], counts(0, 0, 0, 1));
}

async fn sd_33_what_the_runner_does_not_see_any_more_is_left_alone(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    let of_acme = json!({"customer": bench.id(bench.cara)});
    let of_acme = bench.incident(&mut ada, bench.payroll, of_acme).await;
    let nobodys = bench.incident(&mut ada, bench.payroll, json!({})).await;
    let action = started(&bench, &mut ada, json!({"priority": 1})).await;
    bench.sees_companies(bench.ada, &[], true).await;
    work(&bench).await;
    assert_eq!(priority(&mut owner, &of_acme).await, json!(3));
    assert_eq!(priority(&mut owner, &nobodys).await, json!(1));
    let seen = told(&mut ada, &action).await;
    assert_eq!(
        (&seen["counts"], &seen["unseen"]),
        (&counts(0, 1, 0, 0), &json!(1))
    );
    assert_eq!(outcomes(&mut ada, &action).await.len(), 1);
    let all = told(&mut owner, &action).await;
    assert_eq!(
        (&all["counts"], &all["unseen"]),
        (&counts(0, 1, 0, 1), &json!(0))
    );
    // SD-36: of what one does not see nothing is counted, in what others ran.
    let theirs = started(&bench, &mut owner, json!({"priority": 2})).await;
    let seen = told(&mut ada, &theirs).await;
    assert_eq!(
        (&seen["counts"], &seen["unseen"]),
        (&counts(1, 0, 0, 0), &json!(0))
    );
    let page = ada
        .look(&format!("/service-desk/mass-actions/{theirs}"))
        .await;
    assert!(!page.main().contains(&of_acme) && page.main().contains("0 of one record"));
    // What she looks at is what she sees.
    let own = looked_at(&bench, &mut ada, json!({"priority": 4})).await;
    assert_eq!(told(&mut ada, &own).await["counts"], counts(1, 0, 0, 0));
}

async fn sd_4_one_that_cannot_be_written_keeps_no_other_waiting(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut ada, mut owner) = (bench.browser(ADA).await, bench.owner().await);
    bench.incident(&mut ada, bench.payroll, json!({})).await;
    let other = bench.incident(&mut owner, bench.network, json!({})).await;
    let action = started(&bench, &mut ada, json!({"priority": 1})).await;
    let path = format!("{ACTIONS}?service={}", bench.id(bench.network));
    let body = Some(json!({"change": {"priority": 1}}));
    let elsewhere = ask(&mut owner, Method::POST, &path, body).await;
    let elsewhere = text_of(&elsewhere, "id");
    act(&mut owner, &elsewhere, "start").await;
    // A row that nobody can read.
    let house = &bench.desk.house;
    let mut tx = house.engine.database().begin().await.unwrap();
    let sql = "UPDATE service_desk_records SET kind = 99 WHERE number = 1";
    tx.execute(sql, []).await.unwrap();
    tx.commit().await.unwrap();
    let worker = worker(&bench);
    while worker.round().await.unwrap() > 0 {}
    assert_eq!(told(&mut owner, &elsewhere).await["stage"], "done");
    assert_eq!(priority(&mut owner, &other).await, json!(1));
    assert_eq!(told(&mut ada, &action).await["stage"], "running");
    for _ in 0..5 {
        house.advance(Duration::from_secs(11)).await;
        assert_eq!(worker.round().await.unwrap(), 0);
    }
    let ended = told(&mut ada, &action).await;
    assert_eq!(
        (&ended["stage"], &ended["counts"]),
        (&json!("failed"), &counts(1, 0, 0, 0))
    );
    assert_eq!(steps(&bench).await.last(), Some(&MassActionStep::Failed));
    let audit = owner.look("/audit").await;
    assert!(audit.main().contains("because it could not be written"));
    // An end that did not happen is told of by nobody.
    let command = Command::EndMassAction {
        service: bench.payroll,
        action: action.split_once('_').unwrap().1.parse().unwrap(),
        failed: true,
    };
    let before = bench.trace().await;
    let worker = access::Actor::System(SystemSubject::MassActions);
    let how = ledger::Options::untold("tests");
    house.account.submit(worker, command, how).await.unwrap();
    assert_eq!(bench.trace().await, before);
}

async fn sd_4_a_mass_action_is_told_of_for_ninety_days(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut ada = bench.browser(ADA).await;
    incidents(&bench, &mut ada, 1).await;
    let action = started(&bench, &mut ada, json!({"priority": 1})).await;
    let worker = worker(&bench);
    while worker.round().await.unwrap() > 0 {}
    bench
        .desk
        .house
        .advance(Duration::from_secs(91 * 24 * 60 * 60))
        .await;
    let mut ada = bench.browser(ADA).await;
    assert_eq!(body_of(&ada.look(ACTIONS).await)["items"], json!([]));
    let path = format!("{ACTIONS}/{action}");
    assert_eq!(ada.look(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(worker.round().await.unwrap(), 0);
    for table in [
        "service_desk_mass_actions",
        "service_desk_mass_action_records",
    ] {
        assert_eq!(bench.desk.house.rows(table).await, 0, "{table}");
    }
}

async fn sd_37_a_customer_is_told_that_a_mass_action_closed_their_incident(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut ada = bench.browser(ADA).await;
    let customer = json!({"customer": bench.id(bench.cara)});
    bench.incident(&mut ada, bench.payroll, customer).await;
    incidents(&bench, &mut ada, 1).await;
    let before = bench.desk.house.mails().await.len();
    let una = json!({"user": bench.id(bench.una)});
    let change = json!({"status": "closed", "reason": "solved", "assignee": una});
    started(&bench, &mut ada, change).await;
    work(&bench).await;
    let mut mails = bench.desk.house.mails().await;
    assert_eq!(
        mails.len(),
        before + 1,
        "of what is assigned nobody is told"
    );
    // The newest leads.
    let mail = mails.swap_remove(0);
    assert_eq!(mail.to, super::bench::CARA);
    assert!(
        mail.text.body.contains("Incident 1 is closed (solved)"),
        "{}",
        mail.text.body
    );
}
