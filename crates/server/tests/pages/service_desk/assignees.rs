//! Who works on a record (SD-19, I-9): somebody with access when assigned, and nobody without it afterwards.

use access::{
    Command, GroupId, PersonId,
    event::Node,
    state::{DeskRight, Facet, ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{Bench, NILS, PAGES, RECORDS, ask, body_of, edit, text_of};

testkit::on_both![
    sd_19_whoever_has_no_access_is_not_assigned,
    sd_19_losing_access_clears_the_assignee_in_the_same_step,
    sd_19_losing_one_way_of_several_clears_nothing,
    sd_19_the_review_names_the_records_that_its_reader_sees,
    sd_19_a_level_that_ended_by_time_takes_its_record_along_at_the_next_change,
    sd_19_a_level_that_ends_by_time_takes_its_records_along_when_it_ends,
    sd_19_an_account_that_cannot_be_looked_at_keeps_no_other_one_from_it,
    sd_19_an_assignee_who_is_erased_is_assigned_no_more,
    sd_19_a_group_without_the_service_is_not_assigned_any_more,
    sd_33_company_access_that_is_cut_clears_what_it_hides_alone,
    sd_33_an_assignee_who_does_not_see_the_new_company_is_cleared,
];

fn user(bench: &Bench, person: PersonId) -> Value {
    json!({"user": bench.id(person)})
}

async fn assignee(bench: &Bench, record: &str) -> Value {
    let mut owner = bench.owner().await;
    body_of(&owner.look(&format!("{RECORDS}/{record}")).await)["assignee"].clone()
}

async fn sd_19_whoever_has_no_access_is_not_assigned(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let group = bench.desk.group("Night shift").await;
    let before = bench.trace().await;
    for who in [user(&bench, bench.nils), json!({"group": bench.id(group)})] {
        let refused = edit(&mut owner, &record, json!({"assignee": who})).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        assert_eq!(text_of(&refused, "rule"), "SD-19");
    }
    assert_eq!(bench.trace().await, before);
    let taken = edit(
        &mut owner,
        &record,
        json!({"assignee": user(&bench, bench.una)}),
    )
    .await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    // The choice offers exactly those.
    let service = bench.id(bench.payroll);
    for (text, is_offered) in [("Una", true), ("Nils", false)] {
        let asked = [
            ("q", text),
            ("kinds", "user,group"),
            ("on", service.as_str()),
        ];
        let hits = owner.send("/find/hits", &asked).await.text;
        assert_eq!(hits.contains(text), is_offered, "{hits}");
    }
}

// proves: I-9
async fn sd_19_losing_access_clears_the_assignee_in_the_same_step(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let (una, payroll) = (bench.una, bench.payroll);
    bench
        .desk
        .tie(una, Tie::Service(bench.network, ServiceLevel::User))
        .await;
    bench.keeps_active(una).await;
    let own = bench.desk.licence;
    let level = Tie::Service(payroll, ServiceLevel::User);
    let untie = |tie| Command::Untie { person: una, tie };
    let cases = [
        (
            untie(level),
            vec![Command::Tie {
                person: una,
                tie: level,
                window: access::Window::ALWAYS,
            }],
        ),
        (
            Command::Deactivate {
                person: una,
                facet: Facet::User,
            },
            vec![Command::Reactivate {
                person: una,
                facet: Facet::User,
            }],
        ),
        (
            untie(Tie::Licence(own)),
            vec![Command::Tie {
                person: una,
                tie: Tie::Licence(own),
                window: access::Window::ALWAYS,
            }],
        ),
        (
            Command::Archive {
                node: Node::Service(payroll),
            },
            vec![Command::Restore {
                node: Node::Service(payroll),
            }],
        ),
    ];
    for (loss, back) in cases {
        let assigned = json!({"assignee": user(&bench, una)});
        let record = bench.incident(&mut owner, payroll, assigned.clone()).await;
        let others = bench
            .incident(
                &mut owner,
                payroll,
                json!({"assignee": user(&bench, bench.ada)}),
            )
            .await;
        let elsewhere = bench.incident(&mut owner, bench.network, assigned).await;
        let what = format!("{loss:?}");
        let takes_the_service = matches!(loss, Command::Archive { .. });
        let takes_the_level = matches!(
            loss,
            Command::Untie {
                tie: Tie::Service(..),
                ..
            }
        );
        bench.desk.by_owner(loss).await;
        for command in back {
            bench.desk.by_owner(command).await;
        }
        assert_eq!(assignee(&bench, &record).await, Value::Null, "{what}");
        let of_ada = assignee(&bench, &others).await;
        assert_eq!(of_ada.is_null(), takes_the_service, "{what}");
        let kept = takes_the_level || takes_the_service;
        assert_eq!(
            !assignee(&bench, &elsewhere).await.is_null(),
            kept,
            "{what}"
        );
        let page = owner.look(&format!("{PAGES}/{record}")).await;
        assert!(
            page.main()
                .contains("Una User lost access, and is not assigned any more"),
            "{what}: {}",
            page.main()
        );
    }
}

async fn sd_19_losing_one_way_of_several_clears_nothing(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let (una, payroll) = (bench.una, bench.payroll);
    let group = full_group(&bench).await;
    bench.desk.tie(una, Tie::Group(group)).await;
    let record = bench
        .incident(&mut owner, payroll, json!({"assignee": user(&bench, una)}))
        .await;
    let tie = Tie::Service(payroll, ServiceLevel::User);
    bench
        .desk
        .by_owner(Command::Untie { person: una, tie })
        .await;
    assert!(
        !assignee(&bench, &record).await.is_null(),
        "User by the group is left (SD-10)"
    );
    bench
        .desk
        .by_owner(Command::Untie {
            person: una,
            tie: Tie::Group(group),
        })
        .await;
    assert!(assignee(&bench, &record).await.is_null());
}

/// A group with full access to Payroll.
async fn full_group(bench: &Bench) -> GroupId {
    let group = bench.desk.group("Night shift").await;
    let (service, rows) = (bench.payroll, vec![(group, true)]);
    bench
        .desk
        .by_owner(Command::SaveGroupsTab { service, rows })
        .await;
    group
}

async fn sd_19_a_group_without_the_service_is_not_assigned_any_more(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let (group, service) = (full_group(&bench).await, bench.payroll);
    let losses = [
        Command::SaveGroupsTab {
            service,
            rows: vec![(group, false)],
        },
        Command::Archive {
            node: Node::Group(group),
        },
    ];
    for loss in losses {
        let rows = vec![(group, true)];
        bench
            .desk
            .by_owner(Command::SaveGroupsTab { service, rows })
            .await;
        let who = json!({"assignee": {"group": bench.id(group)}});
        let record = bench.incident(&mut owner, service, who).await;
        assert!(!assignee(&bench, &record).await.is_null());
        bench.desk.by_owner(loss).await;
        assert!(assignee(&bench, &record).await.is_null());
    }
}

async fn sd_33_company_access_that_is_cut_clears_what_it_hides_alone(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let who = user(&bench, bench.una);
    let cara = bench.id(bench.cara);
    let of_acme = json!({"assignee": who, "customer": cara});
    let of_acme = bench.incident(&mut owner, bench.payroll, of_acme).await;
    let nobodys = bench
        .incident(&mut owner, bench.payroll, json!({"assignee": who}))
        .await;
    bench.sees_companies(bench.una, &[], false).await;
    assert!(assignee(&bench, &of_acme).await.is_null());
    assert!(
        !assignee(&bench, &nobodys).await.is_null(),
        "a record without customer passes"
    );
}

async fn sd_33_an_assignee_who_does_not_see_the_new_company_is_cleared(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let other = bench.desk.company("Bolt").await;
    bench.sees_companies(bench.una, &[acme], false).await;
    let said = json!({"assignee": user(&bench, bench.una), "customer": bench.id(bench.cara)});
    let record = bench.incident(&mut owner, bench.payroll, said).await;
    let moved = edit(&mut owner, &record, json!({"company": bench.id(other)})).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text);
    assert!(assignee(&bench, &record).await.is_null());
}

async fn sd_19_the_review_names_the_records_that_its_reader_sees(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let assigned = json!({"assignee": user(&bench, bench.una), "title": "Only in the review"});
    bench.incident(&mut owner, bench.payroll, assigned).await;
    bench
        .incident(&mut owner, bench.payroll, json!({"title": "Of nobody"}))
        .await;
    // Nils may configure the desk, too, and works on another service (SD-6).
    bench
        .desk
        .tie(bench.nils, Tie::DeskRight(DeskRight::Configure))
        .await;
    let mut nils = bench.browser(NILS).await;
    let tab = format!("/configure/services/{}", bench.id(bench.payroll));
    let (row, form) = (bench.id(bench.una), format!("{tab}/users"));
    let review = async |who: &mut crate::browser::Browser| {
        who.look(&tab).await;
        let chosen = [(row.as_str(), "none.user"), ("to", "filter")];
        who.send(&form, &chosen).await;
        who.send(&format!("{form}/save"), &[]).await
    };
    let seen = review(&mut owner).await;
    assert!(
        seen.main().contains("record loses its assignee")
            && seen.main().contains("Only in the review")
            && !seen.main().contains("Of nobody"),
        "{}",
        seen.main()
    );
    // A program that tries it is told the same.
    let tried = async |who: &mut crate::browser::Browser| {
        let service = bench.id(bench.payroll);
        let path = format!("/api/v1/services/{service}/users/{row}?dry_run=true");
        let tried = ask(who, Method::DELETE, &path, None).await;
        assert_eq!(tried.status, StatusCode::OK, "{}", tried.text);
        body_of(&tried)["loses_assignee"].clone()
    };
    let loses = tried(&mut owner).await;
    assert_eq!(loses["total"], 1, "{loses}");
    assert_eq!(loses["listed"][0]["title"], "Only in the review");
    assert_eq!(loses["listed"][0]["assignee"], json!(row));
    assert!(tried(&mut nils).await.is_null());
    let seen = review(&mut nils).await;
    assert!(seen.main().contains("loses access"), "{}", seen.main());
    assert!(
        !seen.main().contains("assignee") && !seen.main().contains("Only in the review"),
        "{}",
        seen.main()
    );
}

async fn sd_19_a_level_that_ended_by_time_takes_its_record_along_at_the_next_change(
    db: TestDatabase,
) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let tie = Tie::Service(bench.payroll, ServiceLevel::User);
    bench.desk.tie_for(bench.nils, tie, 60_000).await;
    let assigned = json!({"assignee": user(&bench, bench.nils)});
    let record = bench.incident(&mut owner, bench.payroll, assigned).await;
    bench
        .desk
        .house
        .advance(std::time::Duration::from_secs(120))
        .await;
    let saved = edit(&mut owner, &record, json!({"title": "Louder"})).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    assert!(assignee(&bench, &record).await.is_null());
}

async fn sd_19_a_level_that_ends_by_time_takes_its_records_along_when_it_ends(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let house = &bench.desk.house;
    let lapses = service_desk::Lapses::new(house.engine.clone());
    let tie = Tie::Service(bench.payroll, ServiceLevel::User);
    bench.desk.tie_for(bench.nils, tie, 60_000).await;
    let of = json!({"assignee": user(&bench, bench.nils)});
    let record = bench.incident(&mut owner, bench.payroll, of.clone()).await;
    let elsewhere = bench.incident(&mut owner, bench.network, of).await;
    let una = json!({"assignee": user(&bench, bench.una)});
    let others = bench.incident(&mut owner, bench.payroll, una).await;
    for record in [&record, &elsewhere] {
        let watch = format!("{RECORDS}/{record}/watchers/{}", bench.id(bench.nils));
        ask(&mut owner, Method::PUT, &watch, None).await;
    }
    lapses.round().await.unwrap();
    house.advance(std::time::Duration::from_secs(59)).await;
    let before = bench.trace().await;
    lapses.round().await.unwrap();
    assert_eq!(bench.trace().await, before, "it is theirs to the end");
    // An account that is switched off takes nobody's work, whatever ends meanwhile.
    let switch = async |active| {
        let operator = access::Actor::System(access::command::SystemSubject::Operator);
        house
            .submit(operator, Command::SetAccountActive { active })
            .await;
    };
    switch(false).await;
    house.advance(std::time::Duration::from_secs(1)).await;
    lapses.round().await.unwrap();
    assert_eq!(bench.trace().await[3], before[3], "AD-25");
    switch(true).await;
    lapses.round().await.unwrap();
    let mut owner = bench.owner().await;
    assert!(assignee(&bench, &record).await.is_null());
    assert!(!assignee(&bench, &elsewhere).await.is_null());
    assert!(!assignee(&bench, &others).await.is_null());
    assert_eq!(house.rows("service_desk_watchers").await, 1, "SD-38");
    let page = owner.look(&format!("{PAGES}/{record}")).await;
    for words in [
        "Nils User lost access, and is not assigned any more",
        "Nils User lost access, and does not follow it any more",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    // Once is enough, also for another server that begins only now.
    let before = bench.trace().await;
    lapses.round().await.unwrap();
    let second = service_desk::Lapses::new(house.engine.clone());
    second.round().await.unwrap();
    assert_eq!(bench.trace().await, before);
    assert_eq!(
        before[0],
        i64::try_from(house.account.head().position).unwrap()
    );
}

async fn sd_19_an_account_that_cannot_be_looked_at_keeps_no_other_one_from_it(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let house = &bench.desk.house;
    let tie = Tie::Service(bench.payroll, ServiceLevel::User);
    bench.desk.tie_for(bench.nils, tie, 60_000).await;
    let of = json!({"assignee": user(&bench, bench.nils)});
    let record = bench.incident(&mut owner, bench.payroll, of).await;
    // It comes before that of the bench, and nothing else of it is there.
    let lost = "INSERT INTO service_desk_numbers (account, last) VALUES (0, 1)";
    let mut tx = house.engine.database().begin().await.unwrap();
    tx.execute(lost, []).await.unwrap();
    tx.commit().await.unwrap();
    house.advance(std::time::Duration::from_secs(60)).await;
    let lapses = service_desk::Lapses::new(house.engine.clone());
    assert_eq!(lapses.round().await.unwrap(), 1);
    assert!(assignee(&bench, &record).await.is_null());
    assert_eq!(lapses.round().await.unwrap(), 1, "it is tried again");
}

async fn sd_19_an_assignee_who_is_erased_is_assigned_no_more(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let assigned = json!({"assignee": user(&bench, bench.una)});
    let record = bench.incident(&mut owner, bench.payroll, assigned).await;
    bench
        .desk
        .by_owner(Command::ErasePerson { person: bench.una })
        .await;
    assert!(assignee(&bench, &record).await.is_null());
    let page = owner.look(&format!("{PAGES}/{record}")).await;
    assert!(!page.main().contains("Una"), "{}", page.main());
}
