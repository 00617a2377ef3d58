//! A record from its opening to its closing (SD-3, SD-4, SD-12, SD-28, SD-33).

use access::{Command, event::Node, state::DueDateOverride};
use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::bench::{ADA, Bench, PAGES, RECORDS, UNA, ask, body_of, edit, listed, text_of};

testkit::on_both![
    sd_3_a_user_of_the_service_works_an_incident_to_its_closing,
    sd_4_marks_and_deletion_are_for_administrators_of_the_service,
    sd_29_the_due_date_is_set_by_those_whom_the_service_says,
    sd_12_the_customer_belongs_to_the_service_when_chosen,
    sd_33_a_record_belongs_to_the_company_its_customer_had,
    sd_33_nobody_moves_a_record_out_of_their_own_sight,
    sd_33_the_company_follows_the_customer_unless_staff_say_another,
    sd_33_what_a_record_named_before_is_shown_to_those_who_see_it,
    a_record_goes_only_where_its_life_leads,
    sd_26_an_erased_customer_is_blanked_and_the_number_stays,
    sd_28_a_service_with_records_is_archived_and_not_deleted,
    a_number_is_never_given_again,
    what_is_wrong_is_told_at_its_field,
];

async fn sd_3_a_user_of_the_service_works_an_incident_to_its_closing(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let home = una.look("/").await;
    assert!(
        home.text.contains(r#"href="/service-desk/my-work""#),
        "the rail leads to it"
    );
    let empty = una.look(PAGES).await;
    assert!(empty.main().contains("There is no record yet."));
    let (service, cara, me) = (
        bench.id(bench.payroll),
        bench.id(bench.cara),
        bench.id(bench.una),
    );
    let form = format!("{PAGES}/new?service={service}&kind=incident");
    assert_eq!(una.look(&form).await.status, StatusCode::OK);
    let said = [
        ("service", service.as_str()),
        ("kind", "incident"),
        ("title", "No sound"),
        ("description", "Since this morning."),
        ("priority", "2"),
        ("customer", &cara),
        ("customer_text", "Cara Customer"),
        ("customer_asked", "Cara Customer"),
        ("assignee", &me),
        ("assignee_text", "Una User"),
        ("assignee_asked", "Una User"),
    ];
    let opened = una.send(&format!("{PAGES}/new"), &said).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let path = opened.leads_to().to_owned();
    let page = una.look(&path).await;
    for words in [
        "Incident 1 of",
        "Cara Customer",
        "Acme",
        "High",
        "Opened it",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    assert!(una.look(PAGES).await.main().contains("No sound"));

    una.send(
        &format!("{path}/notes"),
        &[("text", "The volume was down."), ("to", "public")],
    )
    .await;
    let page = una.look(&path).await;
    assert!(
        page.main().contains("The volume was down.")
            && page.main().contains("answered the customer")
    );
    let mark = page.hidden("mark").unwrap().to_owned();
    let closed = [
        ("title", "No sound at all"),
        ("description", "Since this morning."),
        ("priority", "2"),
        ("status", "6"),
        ("reason", "1"),
        ("customer", &cara),
        ("customer_text", "Cara Customer"),
        ("customer_asked", "Cara Customer"),
        ("assignee", &me),
        ("assignee_text", "Una User"),
        ("assignee_asked", "Una User"),
        ("mark", &mark),
    ];
    let saved = una.send(&path, &closed).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = una.look(&path).await;
    for words in [
        "Closed: Solved",
        "State: New → Closed (Solved)",
        "Changed the title",
        "Cara Customer",
        "Acme",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    let done = una.look(&format!("{PAGES}?state=open")).await;
    assert!(done.main().contains("No record is so."));
    let done = una
        .look(&format!("{PAGES}?state=done&whose=mine&service={service}"))
        .await;
    assert!(done.main().contains("No sound at all") && done.main().contains("One record"));
}

async fn sd_4_marks_and_deletion_are_for_administrators_of_the_service(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let path = format!("{RECORDS}/{record}");
    let before = bench.trace().await;
    for below in ["common", "interesting"] {
        let put = format!("{path}/{below}");
        let put = ask(&mut una, Method::PUT, &put, Some(json!({"is": true})));
        assert_eq!(put.await.status, StatusCode::FORBIDDEN, "{below}");
    }
    let gone = ask(&mut una, Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::FORBIDDEN, "{}", gone.text);
    let page = una.look(&format!("{PAGES}/{record}")).await;
    assert!(!page.main().contains("Delete…") && !page.main().contains("Mark as common"));
    assert_eq!(bench.trace().await, before, "a denied act leaves no trace");

    for below in ["common", "interesting"] {
        let put = format!("{path}/{below}");
        let put = ask(&mut ada, Method::PUT, &put, Some(json!({"is": true})));
        assert_eq!(put.await.status, StatusCode::OK, "{below}");
    }
    let read = body_of(&una.look(&path).await);
    assert_eq!(
        (&read["is_common"], &read["is_interesting"]),
        (&json!(true), &json!(true))
    );
    let page = format!("{PAGES}/{record}");
    assert!(ada.look(&page).await.main().contains("Delete…"));
    let gone = ada.send(&format!("{page}/delete"), &[]).await;
    assert_eq!(
        (gone.status, gone.leads_to()),
        (StatusCode::SEE_OTHER, PAGES)
    );
    assert_eq!(una.look(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        bench.trace().await[1..3],
        [0, 0],
        "nothing that was said is left"
    );
}

async fn sd_29_the_due_date_is_set_by_those_whom_the_service_says(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut ada) = (bench.browser(UNA).await, bench.browser(ADA).await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let path = format!("{RECORDS}/{record}/due-date");
    let due = || Some(json!({"due_at": "2030-01-01T12:00:00Z"}));
    let cases = [
        (
            DueDateOverride::Administrators,
            StatusCode::FORBIDDEN,
            StatusCode::OK,
        ),
        (DueDateOverride::EveryUser, StatusCode::OK, StatusCode::OK),
        (
            DueDateOverride::Off,
            StatusCode::FORBIDDEN,
            StatusCode::FORBIDDEN,
        ),
    ];
    for (policy, unas, adas) in cases {
        let service = bench.payroll;
        if policy != DueDateOverride::Administrators {
            bench
                .desk
                .by_owner(Command::SetDueDateOverride { service, policy })
                .await;
        }
        for (who, expected) in [(&mut una, unas), (&mut ada, adas)] {
            let set = ask(who, Method::PUT, &path, due()).await;
            assert_eq!(set.status, expected, "{policy:?}: {}", set.text);
            let page = who.look(&format!("{PAGES}/{record}")).await;
            let offers = page.main().contains("Set the due date");
            assert_eq!(offers, expected == StatusCode::OK, "{policy:?}");
        }
    }
    let read = body_of(&una.look(&format!("{RECORDS}/{record}")).await);
    assert_eq!(read["due_at"], "2030-01-01T12:00:00Z");
}

async fn sd_12_the_customer_belongs_to_the_service_when_chosen(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let nora = bench.id(bench.nora);
    let before = bench.trace().await;
    let body = json!({"kind": "incident", "service": bench.id(bench.payroll), "title": "No sound", "customer": nora});
    let refused = ask(&mut owner, Method::POST, RECORDS, Some(body)).await;
    assert_eq!(
        (refused.status, text_of(&refused, "rule").as_str()),
        (StatusCode::CONFLICT, "SD-12")
    );
    assert_eq!(bench.trace().await, before);
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let refused = edit(&mut owner, &record, json!({"customer": nora})).await;
    assert_eq!(
        (refused.status, text_of(&refused, "rule").as_str()),
        (StatusCode::CONFLICT, "SD-12")
    );
    let taken = edit(
        &mut owner,
        &record,
        json!({"customer": bench.id(bench.cara)}),
    )
    .await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
}

async fn sd_33_a_record_belongs_to_the_company_its_customer_had(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let customer = json!({"customer": bench.id(bench.cara)});
    let of_acme = bench.incident(&mut owner, bench.payroll, customer).await;
    let nobodys = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let other = bench.desk.company("Bolt").await;
    bench
        .desk
        .by_owner(Command::SetEmployer {
            person: bench.cara,
            company: Some(other),
            move_from_other: true,
        })
        .await;
    let read = body_of(&owner.look(&format!("{RECORDS}/{of_acme}")).await);
    assert_eq!(
        read["company"],
        json!(bench.id(acme)),
        "it stays where it was logged"
    );
    bench.sees_companies(bench.una, &[other], false).await;
    assert_eq!(
        listed(&mut una, "").await,
        std::slice::from_ref(&nobodys),
        "a record without customer passes"
    );
    assert_eq!(
        una.look(&format!("{RECORDS}/{of_acme}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(
        !una.look(PAGES).await.main().contains("2 records"),
        "counts tell of what is seen alone"
    );
    bench.sees_companies(bench.una, &[acme], false).await;
    assert_eq!(listed(&mut una, "").await, [nobodys, of_acme]);
}

async fn sd_33_nobody_moves_a_record_out_of_their_own_sight(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let other = bench.desk.company("Bolt").await;
    bench.sees_companies(bench.una, &[acme], false).await;
    let customer = json!({"customer": bench.id(bench.cara)});
    let record = bench.incident(&mut owner, bench.payroll, customer).await;
    let before = bench.trace().await;
    let unknown = edit(&mut una, &record, json!({"company": bench.id(other)})).await;
    assert_eq!(
        text_of(&unknown, "code"),
        "unknown_id",
        "of what one does not see nothing is said"
    );
    let refused = edit(&mut una, &record, json!({"company": null})).await;
    assert_eq!(
        (refused.status, text_of(&refused, "rule").as_str()),
        (StatusCode::CONFLICT, "SD-33")
    );
    assert_eq!(bench.trace().await, before);
}

async fn sd_33_the_company_follows_the_customer_unless_staff_say_another(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let bolt = bench.desk.company("Bolt").await;
    let dan = bench.desk.customer("Dan Doe", "dan@bolt.example").await;
    bench.desk.employ(dan, bolt).await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let path = format!("{RECORDS}/{record}");
    for (edits, company) in [
        (
            json!({"customer": bench.id(bench.cara)}),
            json!(bench.id(acme)),
        ),
        (json!({"customer": bench.id(dan)}), json!(bench.id(bolt))),
        (json!({"company": bench.id(acme)}), json!(bench.id(acme))),
        (json!({"title": "Louder"}), json!(bench.id(acme))),
        (json!({"customer": null}), serde_json::Value::Null),
    ] {
        let saved = edit(&mut owner, &record, edits.clone()).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
        assert_eq!(
            body_of(&owner.look(&path).await)["company"],
            company,
            "{edits}"
        );
    }
    // Whoever sees one company alone adds its customer to a record that was nobody's.
    bench.sees_companies(bench.una, &[acme], false).await;
    let mut una = bench.browser(UNA).await;
    let saved = edit(&mut una, &record, json!({"customer": bench.id(bench.cara)})).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
}

async fn sd_33_what_a_record_named_before_is_shown_to_those_who_see_it(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let customer = json!({"customer": bench.id(bench.cara)});
    let record = bench.incident(&mut owner, bench.payroll, customer).await;
    let saved = edit(&mut owner, &record, json!({"customer": null})).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    bench.sees_companies(bench.una, &[], true).await;
    let mut una = bench.browser(UNA).await;
    let page = una.look(&format!("{PAGES}/{record}")).await;
    assert_eq!(page.status, StatusCode::OK, "nobody's record passes");
    for name in ["Cara", "Acme"] {
        assert!(!page.main().contains(name), "{name}: {}", page.main());
    }
    assert!(
        owner
            .look(&format!("{PAGES}/{record}"))
            .await
            .main()
            .contains("Cara Customer")
    );
}

async fn a_record_goes_only_where_its_life_leads(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let change = json!({"kind": "change"});
    let record = bench.incident(&mut una, bench.payroll, change).await;
    let refused = edit(&mut una, &record, json!({"status": "testing"})).await;
    assert_eq!(text_of(&refused, "code"), "not_next", "{}", refused.text);
    let refused = edit(&mut una, &record, json!({"status": "known_error"})).await;
    assert_eq!(text_of(&refused, "code"), "not_next");
    let refused = edit(&mut una, &record, json!({"status": "closed"})).await;
    assert_eq!(text_of(&refused, "code"), "reason_of_closing");
    for (edits, state) in [
        (json!({"status": "approved"}), "Approved"),
        (json!({"status": "in_progress"}), "Being made"),
        (
            json!({"status": "closed", "reason": "rejected"}),
            "Closed: Rejected",
        ),
        (json!({"status": "in_progress"}), "Being made"),
    ] {
        let saved = edit(&mut una, &record, edits).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
        let page = una.look(&format!("{PAGES}/{record}")).await;
        assert!(page.main().contains(state), "{state}");
    }
}

async fn sd_26_an_erased_customer_is_blanked_and_the_number_stays(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let said = json!({
        "customer": bench.id(bench.cara), "title": "Cara Customer hears nothing", "description": "Write to cara@acme.example.",
    });
    let record = bench.incident(&mut una, bench.payroll, said).await;
    let note = Some(json!({"text": "Cara Customer called again", "is_public": true}));
    ask(
        &mut una,
        Method::POST,
        &format!("{RECORDS}/{record}/notes"),
        note,
    )
    .await;
    let person = bench.cara;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    let path = format!("{RECORDS}/{record}");
    for seen in [
        una.look(&path).await,
        una.look(&format!("{path}/notes")).await,
        una.look(&format!("{PAGES}/{record}")).await,
        una.look(PAGES).await,
    ] {
        assert_eq!(seen.status, StatusCode::OK);
        let text = &seen.text;
        assert!(
            !text.contains("Cara") && !text.contains("acme.example"),
            "{text}"
        );
        assert!(
            text.contains("hears nothing") || text.contains("called again"),
            "the rest stays: {text}"
        );
    }
    assert_eq!(body_of(&una.look(&path).await)["number"], json!(1));
    let page = una.look(&format!("{PAGES}/{record}")).await;
    assert!(
        page.main().contains("an erased person"),
        "a blank with its mark: {}",
        page.main()
    );
}

async fn sd_28_a_service_with_records_is_archived_and_not_deleted(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let service = format!("/api/v1/services/{}", bench.id(bench.payroll));
    let refused = ask(&mut owner, Method::DELETE, &service, None).await;
    assert_eq!(text_of(&refused, "rule"), "SD-28", "{}", refused.text);
    let node = Node::Service(bench.payroll);
    bench.desk.by_owner(Command::Archive { node }).await;
    // AD-25: what is archived gives nothing.
    assert_eq!(
        una.look(&format!("{RECORDS}/{record}")).await.status,
        StatusCode::NOT_FOUND
    );
    bench.desk.by_owner(Command::Restore { node }).await;
    assert_eq!(
        una.look(&format!("{RECORDS}/{record}")).await.status,
        StatusCode::OK
    );
}

async fn a_number_is_never_given_again(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut ada = bench.browser(ADA).await;
    let first = bench.incident(&mut ada, bench.payroll, json!({})).await;
    let gone = ask(
        &mut ada,
        Method::DELETE,
        &format!("{RECORDS}/{first}"),
        None,
    )
    .await;
    assert_eq!(gone.status, StatusCode::OK);
    let second = bench.incident(&mut ada, bench.payroll, json!({})).await;
    let read = body_of(&ada.look(&format!("{RECORDS}/{second}")).await);
    assert_eq!(read["number"], json!(2));
    assert_eq!(listed(&mut ada, "?number=2").await, [second]);
    assert!(listed(&mut ada, "?number=1").await.is_empty());
}

async fn what_is_wrong_is_told_at_its_field(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let service = bench.id(bench.payroll);
    let before = bench.trace().await;
    let long = "x".repeat(20_001);
    let said = [
        ("service", service.as_str()),
        ("kind", "incident"),
        ("title", " "),
        ("description", &long),
        ("priority", "3"),
        ("customer_text", "Nora"),
        ("customer_asked", ""),
    ];
    let again = una.send(&format!("{PAGES}/new"), &said).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    for wrong in ["title-error", "description-error", "pick-customer-error"] {
        assert!(again.main().contains(wrong), "{wrong}: {}", again.main());
    }
    assert_eq!(bench.trace().await, before);
    let body =
        json!({"kind": "incident", "service": service, "title": "No sound", "is_common": true});
    let refused = ask(&mut una, Method::POST, RECORDS, Some(body)).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a key that nobody knows: {}",
        refused.text
    );
    let empty = Some(json!({"text": "  "}));
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let path = format!("{RECORDS}/{record}/notes");
    let refused = ask(&mut una, Method::POST, &path, empty).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}
