//! The portal as a customer meets it (SD-14 to SD-16, SD-32, SD-33).

use std::time::Duration;

use access::{Command, state::PortalLevel};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{
    Bench, CARA, INCIDENTS, PAGES, PORTAL, RECORDS, UNA, ask, body_of, edit, text_of,
};
use crate::browser::Browser;

testkit::on_both![
    sd_14_a_customer_logs_follows_answers_closes_and_opens_again,
    sd_14_the_same_by_a_program,
    sd_14_a_list_goes_on_page_by_page,
    sd_32_a_customer_is_told_nothing_that_is_for_staff,
    sd_16_a_company_admin_works_on_the_incidents_of_the_company,
    sd_33_whoever_moves_keeps_their_own_incidents_and_leaves_the_companys,
    sd_26_an_erased_technician_is_a_blank_in_what_they_answered,
    what_is_wrong_is_told_at_its_field,
];

/// Logs an incident by the form, and tells its page.
pub async fn log(bench: &Bench, by: &mut Browser, title: &str) -> String {
    let service = bench.id(bench.payroll);
    by.look("/portal/new").await;
    let said = [
        ("service", service.as_str()),
        ("title", title),
        ("description", "Since Monday."),
    ];
    let logged = by.send("/portal/new", &said).await;
    assert_eq!(logged.status, StatusCode::SEE_OTHER, "{}", logged.text);
    logged.leads_to().to_owned()
}

/// The id at the end of a page's path.
pub fn id_in(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// The ids of a list of the portal, in its order.
pub async fn listed(by: &mut Browser, question: &str) -> Vec<String> {
    let list = by.look(&format!("{INCIDENTS}{question}")).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    let list = body_of(&list);
    let items = list["items"].as_array().unwrap().iter();
    let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
    items.map(id).collect()
}

async fn sd_14_a_customer_logs_follows_answers_closes_and_opens_again(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut cara = bench.browser(CARA).await;
    let home = cara.look("/").await;
    assert_eq!(
        (home.status, home.leads_to()),
        (StatusCode::SEE_OTHER, PORTAL)
    );
    let home = cara.look(PORTAL).await;
    for words in [
        "Hello, ",
        "Cara Customer",
        "Log an incident",
        "None is open",
        "You have no incident yet.",
    ] {
        assert!(home.main().contains(words), "{words}: {}", home.main());
    }
    for staff in ["Rolecall", "class=\"rail\"", "Company’s", "/find"] {
        assert!(!home.text.contains(staff), "{staff}: {}", home.text);
    }
    let form = cara.look("/portal/new").await;
    assert!(form.main().contains("Payroll") && !form.main().contains("Network"));
    let path = log(&bench, &mut cara, "The payslip is wrong").await;
    let page = cara.look(&path).await;
    for words in [
        "The payslip is wrong",
        "Since Monday.",
        "Received",
        "Payroll",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }

    // SD-33: at the desk it is Cara's, and of the company that she has now.
    let mut una = bench.browser(UNA).await;
    let record = id_in(&path);
    let desk = una.look(&format!("{PAGES}/{record}")).await;
    for words in ["Cara Customer", "Acme", "Opened it", "Normal"] {
        assert!(desk.main().contains(words), "{words}: {}", desk.main());
    }
    let note = format!("{PAGES}/{record}/notes");
    una.send(&note, &[("text", "Which month?"), ("to", "public")])
        .await;
    una.send(&note, &[("text", "A difficult one"), ("to", "internal")])
        .await;
    let waits = json!({"status": "waiting_for_customer"});
    assert_eq!(edit(&mut una, &record, waits).await.status, StatusCode::OK);

    let home = cara.look(PORTAL).await;
    assert!(
        home.main().contains("1 open, 1 waits for you"),
        "{}",
        home.main()
    );
    let page = cara.look(&path).await;
    for words in ["Waits for your answer", "Which month?", "Una User"] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    assert!(!page.text.contains("A difficult one"), "SD-32");
    let sent = cara
        .send(&format!("{path}/answers"), &[("text", "October.")])
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let page = cara.look(&path).await;
    assert!(page.main().contains("October.") && page.main().contains("Being worked on"));
    let desk = una.look(&format!("{PAGES}/{record}")).await;
    for words in [
        "October.",
        "answered in the portal",
        "State: Waiting for the customer → In progress",
        "Answered in the portal",
    ] {
        assert!(desk.main().contains(words), "{words}: {}", desk.main());
    }

    let closed = cara
        .send(&format!("{path}/close"), &[("reason", "solved")])
        .await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
    let page = cara.look(&path).await;
    assert!(page.main().contains("Closed: solved") && !page.main().contains("Send the answer"));
    let late = cara
        .send(&format!("{path}/answers"), &[("text", "One more")])
        .await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        late.main().contains("open it again to say more"),
        "{}",
        late.main()
    );
    assert!(
        cara.look("/portal/incidents")
            .await
            .main()
            .contains("None is open.")
    );
    let done = cara.look("/portal/incidents?state=done").await;
    assert!(done.main().contains("The payslip is wrong"));
    let again = cara
        .send(&format!("{path}/reopen"), &[("text", "It is back.")])
        .await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    let page = cara.look(&path).await;
    assert!(page.main().contains("It is back.") && page.main().contains("Being worked on"));
    let desk = una.look(&format!("{PAGES}/{record}")).await;
    assert!(desk.main().contains("State: Closed → In progress"));
}

async fn sd_14_the_same_by_a_program(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut cara = bench.browser(CARA).await;
    let body = json!({"service": bench.id(bench.payroll), "title": "No sound"});
    let logged = ask(&mut cara, Method::POST, INCIDENTS, Some(body)).await;
    assert_eq!(logged.status, StatusCode::OK, "{}", logged.text);
    let id = text_of(&logged, "id");
    let path = format!("{INCIDENTS}/{id}");
    let steps = [
        ("answers", json!({"text": "Hello?"}), "new", json!(null)),
        (
            "close",
            json!({"reason": "withdrawn"}),
            "closed",
            json!("withdrawn"),
        ),
        ("reopen", json!({}), "in_progress", json!(null)),
        (
            "close",
            json!({"reason": "solved"}),
            "closed",
            json!("solved"),
        ),
        (
            "reopen",
            json!({"text": "Still"}),
            "in_progress",
            json!(null),
        ),
    ];
    for (below, body, status, reason) in steps {
        let post = format!("{path}/{below}");
        let done = ask(&mut cara, Method::POST, &post, Some(body)).await;
        assert_eq!(done.status, StatusCode::OK, "{below}: {}", done.text);
        let read = body_of(&cara.look(&path).await);
        assert_eq!(
            (&read["status"], &read["reason"]),
            (&json!(status), &reason)
        );
    }
    let again = ask(
        &mut cara,
        Method::POST,
        &format!("{path}/reopen"),
        Some(json!({})),
    )
    .await;
    assert_eq!(
        (again.status, text_of(&again, "code").as_str()),
        (StatusCode::CONFLICT, "not_next")
    );
    let said = body_of(&cara.look(&format!("{path}/answers")).await);
    let texts = said["items"].as_array().unwrap().iter();
    let texts: Vec<_> = texts
        .map(|one| (&one["text"], &one["from"], &one["is_mine"]))
        .collect();
    let (customer, mine) = (json!("customer"), json!(true));
    assert_eq!(
        texts,
        [
            (&json!("Hello?"), &customer, &mine),
            (&json!("Still"), &customer, &mine)
        ]
    );
    assert_eq!(listed(&mut cara, "").await, [id]);
}

async fn sd_14_a_list_goes_on_page_by_page(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut cara = bench.browser(CARA).await;
    for title in ["First", "Second", "Third"] {
        log(&bench, &mut cara, title).await;
    }
    let whole = listed(&mut cara, "").await;
    let (mut walked, mut page) = (Vec::new(), String::new());
    loop {
        let list = cara.look(&format!("{INCIDENTS}?page_size=1{page}")).await;
        let list = body_of(&list);
        let items = list["items"].as_array().unwrap();
        assert!(items.len() <= 1);
        walked.extend(
            items
                .iter()
                .map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        match list["next"].as_str() {
            Some(next) => page = format!("&page={next}"),
            None => break,
        }
    }
    assert_eq!((walked, whole.len()), (whole, 3));
    let first = cara.look("/portal/incidents?page_size=2").await;
    assert!(first.main().contains("Third") && !first.main().contains("First<"));
    assert!(first.main().contains("Next page"));
}

async fn sd_32_a_customer_is_told_nothing_that_is_for_staff(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut cara, mut ada) = (
        bench.browser(CARA).await,
        bench.browser(super::bench::ADA).await,
    );
    let path = log(&bench, &mut cara, "The payslip is wrong").await;
    let record = id_in(&path);
    let before = cara.look(&path).await;
    let read = body_of(&cara.look(&format!("{INCIDENTS}/{record}")).await);
    bench.desk.house.advance(Duration::from_secs(3_600)).await;
    // Everything that staff do to it among themselves.
    let inside = json!({"priority": 1, "assignee": {"user": bench.id(bench.una)}});
    assert_eq!(edit(&mut ada, &record, inside).await.status, StatusCode::OK);
    let api = format!("{RECORDS}/{record}");
    for (below, method, body) in [
        ("notes", Method::POST, json!({"text": "Between us"})),
        ("common", Method::PUT, json!({"is": true})),
        ("interesting", Method::PUT, json!({"is": true})),
        (
            "due-date",
            Method::PUT,
            json!({"due_at": "2031-05-06T07:08:09Z"}),
        ),
    ] {
        let done = ask(&mut ada, method, &format!("{api}/{below}"), Some(body)).await;
        assert_eq!(done.status, StatusCode::OK, "{below}: {}", done.text);
    }
    // Not even that something happened: neither when, nor by gaps in what is counted.
    let after = cara.look(&path).await;
    let plain = |seen: &crate::browser::Seen| {
        let token = seen.hidden("form_token").unwrap().to_owned();
        seen.main().replace(&token, "")
    };
    assert_eq!(plain(&after), plain(&before));
    let now = body_of(&cara.look(&format!("{INCIDENTS}/{record}")).await);
    assert_eq!(now, read);
    let mut keys: Vec<_> = now.as_object().unwrap().keys().collect();
    keys.retain(|key| *key != "version");
    assert_eq!(
        keys,
        [
            "changed_at",
            "customer",
            "description",
            "id",
            "is_mine",
            "number",
            "opened_at",
            "service",
            "status",
            "title",
        ]
    );
    let said = cara.look(&format!("{INCIDENTS}/{record}/answers")).await;
    assert_eq!(body_of(&said)["items"], json!([]));
    // What is told moves it.
    let note = json!({"text": "To you", "is_public": true});
    ask(&mut ada, Method::POST, &format!("{api}/notes"), Some(note)).await;
    let now = body_of(&cara.look(&format!("{INCIDENTS}/{record}")).await);
    assert_ne!(now["changed_at"], read["changed_at"]);
    let said = cara.look(&format!("{INCIDENTS}/{record}/answers")).await;
    assert!(!said.text.contains("Between us") && !said.text.contains("\"note\""));
    assert_eq!(body_of(&said)["items"].as_array().unwrap().len(), 1);
}

async fn sd_16_a_company_admin_works_on_the_incidents_of_the_company(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let dan = bench.customer("Dan Doe", "dan@acme.example").await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    bench.desk.employ(dan, acme).await;
    let (mut cara, mut dan_at) = (
        bench.browser(CARA).await,
        bench.browser("dan@acme.example").await,
    );
    let path = log(&bench, &mut cara, "The payslip is wrong").await;
    let record = id_in(&path);
    let api = format!("{INCIDENTS}/{record}");
    // Level Company sees one's own alone.
    let before = bench.trace().await;
    for closed in [path.as_str(), api.as_str()] {
        assert_eq!(dan_at.look(closed).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(
        dan_at.look("/portal/company").await.status,
        StatusCode::FORBIDDEN
    );
    assert!(listed(&mut dan_at, "?of=company").await.is_empty());
    let answer = Some(json!({"text": "Me too"}));
    let answered = ask(
        &mut dan_at,
        Method::POST,
        &format!("{api}/answers"),
        answer.clone(),
    )
    .await;
    assert_eq!(answered.status, StatusCode::NOT_FOUND);
    assert_eq!(bench.trace().await, before);

    bench.set_portal_level(dan, PortalLevel::CompanyAdmin).await;
    let home = dan_at.look(PORTAL).await;
    assert!(home.main().contains("Acme’s incidents") && home.main().contains("1 open"));
    let list = dan_at.look("/portal/company").await;
    for words in ["The payslip is wrong", "Cara Customer"] {
        assert!(list.main().contains(words), "{words}: {}", list.main());
    }
    assert!(listed(&mut dan_at, "").await.is_empty(), "it is not Dan's");
    assert_eq!(
        listed(&mut dan_at, "?of=company").await,
        std::slice::from_ref(&record)
    );
    for (below, form) in [
        ("answers", [("text", "Me too")]),
        ("close", [("reason", "withdrawn")]),
        ("reopen", [("text", "")]),
    ] {
        dan_at.look(&path).await;
        let done = dan_at.send(&format!("{path}/{below}"), &form).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{below}: {}", done.text);
    }
    let page = cara.look(&path).await;
    assert!(page.main().contains("Dan Doe") && page.main().contains("Me too"));
    // They manage no people and no services.
    for closed in [
        "/people/customers/new",
        "/configure/companies",
        "/configure/services",
    ] {
        assert_eq!(
            dan_at.look(closed).await.status,
            StatusCode::FORBIDDEN,
            "{closed}"
        );
    }
    // It is another company's for whoever administers that one.
    let bolt = bench.desk.company("Bolt").await;
    let eve = bench.customer("Eve Else", "eve@bolt.example").await;
    bench.desk.employ(eve, bolt).await;
    bench.set_portal_level(eve, PortalLevel::CompanyAdmin).await;
    let mut eve = bench.browser("eve@bolt.example").await;
    assert!(listed(&mut eve, "?of=company").await.is_empty());
    for closed in [path.as_str(), api.as_str()] {
        assert_eq!(eve.look(closed).await.status, StatusCode::NOT_FOUND);
    }
}

async fn sd_33_whoever_moves_keeps_their_own_incidents_and_leaves_the_companys(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let bolt = bench.desk.company("Bolt").await;
    let (stays, waits) = (
        bench.customer("Dan Doe", "dan@acme.example").await,
        bench.customer("Eve Else", "eve@bolt.example").await,
    );
    bench.desk.employ(stays, acme).await;
    bench.desk.employ(waits, bolt).await;
    for person in [bench.cara, stays, waits] {
        bench
            .set_portal_level(person, PortalLevel::CompanyAdmin)
            .await;
    }
    let mut cara = bench.browser(CARA).await;
    let mut dan = bench.browser("dan@acme.example").await;
    let mut eve = bench.browser("eve@bolt.example").await;
    let old = id_in(&log(&bench, &mut cara, "At Acme").await);
    let dans = id_in(&log(&bench, &mut dan, "Dan’s at Acme").await);
    assert_eq!(
        listed(&mut cara, "?of=company").await,
        [dans.clone(), old.clone()]
    );

    bench.employ_instead(bench.cara, bolt).await;
    let new = id_in(&log(&bench, &mut cara, "At Bolt").await);
    assert_eq!(
        listed(&mut cara, "").await,
        [new.clone(), old.clone()],
        "both are hers"
    );
    assert_eq!(
        listed(&mut cara, "?of=company").await,
        std::slice::from_ref(&new)
    );
    assert_eq!(
        cara.look(&format!("{INCIDENTS}/{dans}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        listed(&mut dan, "?of=company").await,
        [dans, old.clone()],
        "it stays Acme's"
    );
    assert_eq!(
        listed(&mut eve, "?of=company").await,
        std::slice::from_ref(&new)
    );
    for (who, hidden) in [(&mut dan, &new), (&mut eve, &old)] {
        let there = format!("{INCIDENTS}/{hidden}");
        assert_eq!(who.look(&there).await.status, StatusCode::NOT_FOUND);
    }
    // A company that lost the service shows no incident of it, and nobody's own either.
    let (service, rows) = (bench.payroll, vec![(bolt, false)]);
    bench
        .desk
        .by_owner(Command::SaveCompaniesTab { service, rows })
        .await;
    for hidden in [&old, &new] {
        for who in [&mut cara, &mut eve] {
            let there = format!("{INCIDENTS}/{hidden}");
            assert_eq!(who.look(&there).await.status, StatusCode::NOT_FOUND);
        }
    }
    assert_eq!(cara.look(PORTAL).await.status, StatusCode::FORBIDDEN);
    let home = cara.look("/").await;
    assert!(
        home.main().contains("Nothing is open to you here yet."),
        "{}",
        home.text
    );
    assert!(!home.text.contains("class=\"rail\""));
}

async fn sd_26_an_erased_technician_is_a_blank_in_what_they_answered(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut cara, mut una) = (bench.browser(CARA).await, bench.browser(UNA).await);
    let path = log(&bench, &mut cara, "The payslip is wrong").await;
    let note = format!("{PAGES}/{}/notes", id_in(&path));
    una.send(&note, &[("text", "It is mended."), ("to", "public")])
        .await;
    assert!(cara.look(&path).await.main().contains("Una User"));
    bench
        .desk
        .by_owner(Command::ErasePerson { person: bench.una })
        .await;
    let page = cara.look(&path).await;
    assert!(page.main().contains("It is mended.") && page.main().contains("an erased person"));
    assert!(!page.main().contains("Una"));
}

async fn what_is_wrong_is_told_at_its_field(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let mut cara = bench.browser(CARA).await;
    let service = bench.id(bench.payroll);
    let before = bench.trace().await;
    cara.look("/portal/new").await;
    let said = [
        ("service", service.as_str()),
        ("title", "  "),
        ("description", "It is kept."),
    ];
    let again = cara.send("/portal/new", &said).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("title-error") && again.main().contains("It is kept."));
    assert_eq!(bench.trace().await, before);
    let path = log(&bench, &mut cara, "The payslip is wrong").await;
    let before = bench.trace().await;
    cara.look(&path).await;
    let again = cara
        .send(&format!("{path}/answers"), &[("text", " ")])
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("An answer says something."));
    assert_eq!(bench.trace().await, before);
}
