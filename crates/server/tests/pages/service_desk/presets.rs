//! What a service gives its records: the group that new ones go to, categories, text modules, and the signature of answers.

use access::{
    Command, GroupId,
    state::{CustomerAccess, PortalLevel, Tie},
};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{
    ADA, Bench, CARA, INCIDENTS, NILS, PAGES, RECORDS, UNA, ask, ask_with, body_of, edit, listed,
    text_of,
};
use crate::browser::{Browser, Seen};

testkit::on_both![
    presets_are_set_one_by_one_on_a_page,
    sd_19_new_records_go_to_the_default_group_while_it_has_access,
    sd_19_a_group_without_access_is_no_default_group,
    a_record_has_a_category_of_its_service,
    a_category_is_a_filter_of_the_list,
    a_category_that_is_removed_is_no_records,
    sd_38_a_record_that_moves_loses_its_category,
    a_text_module_is_put_into_an_answer_and_read_before_it_is_sent,
    sd_32_answers_are_signed_as_the_form_shows_and_notes_are_not,
    presets_that_somebody_else_changed_are_not_overwritten,
    sd_5_presets_are_for_those_who_configure_and_those_who_work,
    sd_26_names_in_presets_are_blanked,
];

fn presets_of(bench: &Bench) -> String {
    format!("/api/v1/services/{}/presets", bench.id(bench.payroll))
}

/// Sets what Payroll gives its records, by what stands there.
async fn set(by: &mut Browser, bench: &Bench, presets: Value) -> Seen {
    let path = presets_of(bench);
    let read = by.look(&path).await;
    let mark = match read.status {
        StatusCode::OK => text_of(&read, "mark"),
        _ => "0".repeat(32),
    };
    ask_with(by, Method::PUT, &path, Some(presets), &[("if-mark", &mark)]).await
}

/// Payroll with these categories; their ids.
async fn categories(bench: &Bench, names: &[&str]) -> Vec<String> {
    let mut owner = bench.owner().await;
    let categories: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
    let done = set(&mut owner, bench, json!({"categories": categories})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let read = body_of(&owner.look(&presets_of(bench)).await);
    let read = read["categories"].as_array().unwrap().iter();
    read.map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn record(by: &mut Browser, id: &str) -> Value {
    body_of(&by.look(&format!("{RECORDS}/{id}")).await)
}

impl Bench {
    /// A group with Una in it, with full access to Payroll.
    async fn crew(&self) -> GroupId {
        let crew = self.desk.group("Crew").await;
        self.desk.tie(self.una, Tie::Group(crew)).await;
        let service = self.payroll;
        let full = Command::SaveGroupsTab {
            service,
            rows: vec![(crew, true)],
        };
        self.desk.by_owner(full).await;
        crew
    }
}

async fn presets_are_set_one_by_one_on_a_page(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let page = format!("/configure/services/{}/presets", bench.id(bench.payroll));
    let path = presets_of(&bench);
    let send = async |by: &mut Browser, form: &[(&str, &str)]| {
        by.look(&page).await;
        let mark = text_of(&by.look(&path).await, "mark");
        by.look(&page).await;
        by.send(&page, &[form, &[("mark", &*mark)]].concat()).await
    };
    for form in [
        [("what", "category"), ("name", "Printer")].as_slice(),
        &[("what", "category"), ("name", "Payslip")],
        &[
            ("what", "module"),
            ("name", "Hello"),
            ("text", "Dear {customer},"),
        ],
        &[("what", "signature"), ("text", "Your payroll desk")],
    ] {
        let done = send(&mut owner, form).await;
        assert_eq!(done.leads_to(), page, "{}", done.text);
    }
    let read = body_of(&owner.look(&path).await);
    let second = read["categories"][1]["id"].as_str().unwrap().to_owned();
    let up = [
        ("what", "category"),
        ("id", &*second),
        ("name", "Payslip"),
        ("to", "up"),
    ];
    assert_eq!(send(&mut owner, &up).await.leads_to(), page);
    let renamed = [("what", "category"), ("id", &*second), ("name", "Payslips")];
    assert_eq!(send(&mut owner, &renamed).await.leads_to(), page);
    let again = send(&mut owner, &[("what", "category"), ("name", "PRINTER")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("has a name of its own") && again.main().contains("PRINTER"));
    let read = body_of(&owner.look(&path).await);
    let names: Vec<_> = read["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["Payslips", "Printer"]);
    assert_eq!(read["categories"][0]["id"], second.as_str());
    assert_eq!(read["text_modules"][0]["text"], "Dear {customer},");
    assert_eq!(read["signature"], "Your payroll desk");
    let gone = [("what", "category"), ("id", &*second), ("to", "remove")];
    assert_eq!(send(&mut owner, &gone).await.leads_to(), page);
    assert_eq!(bench.desk.house.rows("service_desk_entries").await, 2);
    // The log knows that it happened, and nothing of what was typed.
    let entry = &bench.desk.house.account.log_page(None, 1).await.unwrap()[0];
    assert_eq!(entry.act, "set_service_presets");
    let service = bench.payroll;
    let events = ledger::events(entry).unwrap();
    assert_eq!(events, [access::Event::ServicePresetsSet { service }]);
}

async fn sd_19_new_records_go_to_the_default_group_while_it_has_access(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let crew = bench.crew().await;
    let (mut owner, mut ada) = (bench.owner().await, bench.browser(ADA).await);
    let crew_id = bench.id(crew);
    let done = set(&mut owner, &bench, json!({"default_group": crew_id})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let of_crew = json!({"group": crew_id});
    let by_staff = bench.incident(&mut ada, bench.payroll, json!({})).await;
    assert_eq!(record(&mut ada, &by_staff).await["assignee"], of_crew);
    // What a customer logs is not their own to assign, and goes there, too.
    bench.lets_in(bench.cara).await;
    bench
        .set_portal_level(bench.cara, PortalLevel::Company)
        .await;
    let mut cara = bench.browser(CARA).await;
    let body = json!({"service": bench.id(bench.payroll), "title": "No payslip"});
    let logged = ask(&mut cara, Method::POST, INCIDENTS, Some(body)).await;
    assert_eq!(logged.status, StatusCode::OK, "{}", logged.text);
    let logged = text_of(&logged, "id");
    assert_eq!(record(&mut ada, &logged).await["assignee"], of_crew);
    assert!(
        !cara
            .look(&format!("/portal/incidents/{logged}"))
            .await
            .text
            .contains("Crew")
    );
    // Somebody who is named is meant.
    let more = json!({"assignee": {"user": bench.id(bench.una)}});
    let named = bench.incident(&mut ada, bench.payroll, more.clone()).await;
    assert_eq!(record(&mut ada, &named).await["assignee"], more["assignee"]);
    // Without access it gets nothing any more, and the page says so.
    let (service, rows) = (bench.payroll, vec![(crew, false)]);
    bench
        .desk
        .by_owner(Command::SaveGroupsTab { service, rows })
        .await;
    let later = bench.incident(&mut ada, bench.payroll, json!({})).await;
    assert_eq!(record(&mut ada, &later).await["assignee"], Value::Null);
    let page = format!("/configure/services/{}/presets", bench.id(bench.payroll));
    let page = owner.look(&page).await;
    assert!(
        page.main()
            .contains("This group has no access to Payroll any more")
    );
}

async fn sd_19_a_group_without_access_is_no_default_group(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let group = bench.desk.group("Others").await;
    let mut owner = bench.owner().await;
    let before = bench.trace().await;
    let refused = set(
        &mut owner,
        &bench,
        json!({"default_group": bench.id(group)}),
    )
    .await;
    assert_eq!(text_of(&refused, "code"), "assignee_without_access");
    assert_eq!(bench.trace().await, before);
    assert_eq!(bench.desk.house.rows("service_desk_presets").await, 0);
}

async fn a_record_has_a_category_of_its_service(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let ids = categories(&bench, &["Printer", "Payslip"]).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let of_first = bench
        .incident(&mut una, bench.payroll, json!({"category": ids[0]}))
        .await;
    assert_eq!(
        record(&mut una, &of_first).await["category"],
        ids[0].as_str()
    );
    let done = edit(&mut una, &of_first, json!({"category": ids[1]})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let page = una.look(&format!("{PAGES}/{of_first}")).await;
    let main = page.main();
    assert!(
        main.contains("<dt>Category</dt><dd><bdi>Payslip</bdi></dd>"),
        "{main}"
    );
    assert!(main.contains("Changed the category"));
    // By the form, where nothing else is changed.
    let mark = record(&mut una, &of_first).await["mark"]
        .as_str()
        .unwrap()
        .to_owned();
    let form = [
        ("title", "No sound"),
        ("description", ""),
        ("priority", "3"),
        ("status", "1"),
        ("reason", ""),
        ("category", ids[0].as_str()),
        ("mark", &mark),
    ];
    let page = format!("{PAGES}/{of_first}");
    let done = una.send(&page, &form).await;
    assert_eq!(done.leads_to(), page, "{}", done.text);
    assert_eq!(
        record(&mut una, &of_first).await["category"],
        ids[0].as_str()
    );
    let done = edit(&mut una, &of_first, json!({"category": null})).await;
    assert_eq!(done.status, StatusCode::OK);
    assert_eq!(record(&mut una, &of_first).await["category"], Value::Null);
    // None of another service, and none that is not there.
    let before = bench.trace().await;
    let of_network = bench.incident(&mut owner, bench.network, json!({})).await;
    let nobodys = "cat_00000000000000000000000000000001";
    for (record, category) in [(&of_network, ids[0].as_str()), (&of_first, nobodys)] {
        let refused = edit(&mut owner, record, json!({"category": category})).await;
        assert_eq!(
            text_of(&refused, "code"),
            "category_not_of_service",
            "{}",
            refused.text
        );
    }
    let body = json!({"kind": "incident", "service": bench.id(bench.network), "title": "X", "category": ids[0]});
    let refused = ask(&mut owner, Method::POST, RECORDS, Some(body)).await;
    assert_eq!(text_of(&refused, "code"), "category_not_of_service");
    assert_eq!(bench.trace().await[1], before[1] + 1);
    // SD-32: the portal says nothing of it.
    let shown = bench.desk.house.rows("service_desk_records").await;
    assert_eq!(shown, 2);
}

async fn a_category_is_a_filter_of_the_list(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let ids = categories(&bench, &["Printer", "Payslip"]).await;
    let mut una = bench.browser(UNA).await;
    let more = json!({"category": ids[0], "title": "Paper jam"});
    let jam = bench.incident(&mut una, bench.payroll, more).await;
    let more = json!({"category": ids[1], "title": "Wrong rate"});
    bench.incident(&mut una, bench.payroll, more).await;
    assert_eq!(
        listed(&mut una, &format!("?category={}", ids[0])).await,
        [jam]
    );
    let service = bench.id(bench.payroll);
    una.look(PAGES).await;
    let form = [("service", service.as_str()), ("category", ids[0].as_str())];
    let found = una.send(PAGES, &form).await;
    let list = una.look(found.leads_to()).await;
    let main = list.main();
    assert!(
        main.contains("Paper jam") && main.contains("· <bdi>Printer</bdi>"),
        "{main}"
    );
    assert!(
        !main.contains("Wrong rate") && main.contains("selected>Printer"),
        "{main}"
    );
    let file = una
        .look(&format!("{PAGES}/export?category={}", ids[0]))
        .await;
    assert!(
        file.text.contains(r#""Printer""#) && !file.text.contains("Payslip"),
        "{}",
        file.text
    );
    // A category of a service that is not chosen any more is not asked for.
    let found = una.send(PAGES, &[("category", ids[0].as_str())]).await;
    assert!(!found.leads_to().contains("category"));
    // SD-5: whoever does not work on the service finds nothing, and is told no name.
    let mut nils = bench.browser(NILS).await;
    assert_eq!(
        listed(&mut nils, &format!("?category={}", ids[0])).await,
        [""; 0]
    );
    let list = nils
        .look(&format!("{PAGES}?service={service}&category={}", ids[0]))
        .await;
    assert!(!list.text.contains("Printer") && !list.text.contains("Payroll"));
}

async fn a_category_that_is_removed_is_no_records(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let ids = categories(&bench, &["Printer", "Payslip"]).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let record = bench
        .incident(&mut una, bench.payroll, json!({"category": ids[0]}))
        .await;
    let left = json!({"categories": [{"id": ids[1], "name": "Payslip"}]});
    let done = set(&mut owner, &bench, left).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let page = una.look(&format!("{PAGES}/{record}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.main().contains("<dt>Category</dt>") && !page.main().contains("Printer"));
    assert!(!una.look(PAGES).await.main().contains("Printer"));
    // It is edited as before.
    let done = edit(&mut una, &record, json!({"title": "Still no sound"})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    // An id that is not of this service is not taken.
    let body = json!({"categories": [{"id": ids[0], "name": "Back again"}]});
    let refused = set(&mut owner, &bench, body).await;
    assert_eq!(text_of(&refused, "code"), "unknown_id", "{}", refused.text);
}

async fn sd_38_a_record_that_moves_loses_its_category(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let ids = categories(&bench, &["Printer"]).await;
    let mut owner = bench.owner().await;
    let moving = bench
        .incident(&mut owner, bench.payroll, json!({"category": ids[0]}))
        .await;
    let to = bench.id(bench.network);
    let review = owner
        .look(&format!("{PAGES}/{moving}/move?service={to}"))
        .await;
    let words = "It loses its category <bdi>Printer</bdi>";
    assert!(review.main().contains(words), "{}", review.main());
    let mark = record(&mut owner, &moving).await["mark"]
        .as_str()
        .unwrap()
        .to_owned();
    let form = [
        ("service", to.as_str()),
        ("mark", &mark),
        ("customer", "same"),
    ];
    let done = owner.send(&format!("{PAGES}/{moving}/move"), &form).await;
    assert_eq!(
        done.leads_to(),
        format!("{PAGES}/{moving}"),
        "{}",
        done.text
    );
    assert_eq!(record(&mut owner, &moving).await["category"], Value::Null);
}

async fn a_text_module_is_put_into_an_answer_and_read_before_it_is_sent(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let text = "Dear {customer}, your number is {number}. {agent} <b>greets</b> {you}";
    let modules = json!({"text_modules": [{"name": "Hello", "text": text}]});
    let done = set(&mut owner, &bench, modules).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let more = json!({"customer": bench.id(bench.cara)});
    let record = bench.incident(&mut una, bench.payroll, more).await;
    let page = format!("{PAGES}/{record}");
    let seen = una.look(&page).await;
    let (before, _) = seen.main().split_once(">Hello</option>").unwrap();
    let module = before
        .rsplit_once("value=\"")
        .unwrap()
        .1
        .trim_end_matches('"');
    let before = bench.trace().await;
    let form = [
        ("text", "First this."),
        ("to", "public"),
        ("module", module),
    ];
    let again = una.send(&format!("{page}/notes/insert"), &form).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    // Plain text, whatever the names say, behind what stood there.
    let wanted = "First this.\n\nDear Cara Customer, your number is 1. Una User &#60;b&#62;greets&#60;/b&#62; {you}</textarea>";
    assert!(again.main().contains(wanted), "{}", again.main());
    assert!(again.main().contains(r#"value="public" checked"#));
    assert_eq!(bench.trace().await, before, "nothing is said yet");
    let form = [("text", "Mine"), ("to", "internal"), ("module", "")];
    let again = una.send(&format!("{page}/notes/insert"), &form).await;
    assert!(
        again.main().contains("Choose a text module first.") && again.main().contains(">Mine<")
    );
    // SD-5: nobody reads the modules of a service by a record that is not theirs.
    let mut nils = bench.browser(NILS).await;
    nils.look(PAGES).await;
    let form = [("text", ""), ("to", "internal"), ("module", module)];
    let denied = nils.send(&format!("{page}/notes/insert"), &form).await;
    assert_eq!(denied.status, StatusCode::NOT_FOUND);
}

async fn sd_32_answers_are_signed_as_the_form_shows_and_notes_are_not(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut una) = (bench.owner().await, bench.browser(UNA).await);
    let done = set(
        &mut owner,
        &bench,
        json!({"signature": "Record {number}, the payroll desk"}),
    )
    .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let page = format!("{PAGES}/{record}");
    let seen = una.look(&page).await;
    let signature = "Record 1, the payroll desk";
    assert!(
        seen.main().contains(&format!(">{signature}</textarea>")),
        "{}",
        seen.main()
    );
    let notes = format!("{page}/notes");
    for (text, to, signature) in [
        ("Signed", "public", signature),
        ("Changed", "public", "Una"),
        ("Bare", "public", ""),
        ("Among us", "internal", signature),
    ] {
        let form = [("text", text), ("to", to), ("signature", signature)];
        assert_eq!(una.send(&notes, &form).await.leads_to(), page);
    }
    let read = body_of(&una.look(&format!("{RECORDS}/{record}/notes")).await);
    let texts: Vec<_> = read["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["text"])
        .collect();
    let signed = format!("Signed\n\n{signature}");
    assert_eq!(texts, ["Among us", "Bare", "Changed\n\nUna", &signed]);
    // A signature alone is no answer.
    let form = [("text", " "), ("to", "public"), ("signature", signature)];
    let again = una.send(&notes, &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn presets_that_somebody_else_changed_are_not_overwritten(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let path = presets_of(&bench);
    let old = text_of(&owner.look(&path).await, "mark");
    set(&mut owner, &bench, json!({"signature": "First"})).await;
    let body = Some(json!({"signature": "Second"}));
    let late = ask_with(
        &mut owner,
        Method::PUT,
        &path,
        body.clone(),
        &[("if-mark", &old)],
    )
    .await;
    assert_eq!(text_of(&late, "code"), "changed_meanwhile", "{}", late.text);
    let unread = ask(&mut owner, Method::PUT, &path, body).await;
    assert_eq!(unread.status, StatusCode::PRECONDITION_REQUIRED);
    let page = format!("/configure/services/{}/presets", bench.id(bench.payroll));
    owner.look(&page).await;
    let form = [("what", "signature"), ("text", "Second"), ("mark", &*old)];
    let again = owner.send(&page, &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again.main().contains(">Second</textarea>"),
        "{}",
        again.main()
    );
    assert_eq!(text_of(&owner.look(&path).await, "signature"), "First");
}

async fn sd_5_presets_are_for_those_who_configure_and_those_who_work(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    categories(&bench, &["Printer"]).await;
    let (mut una, mut nils) = (bench.browser(UNA).await, bench.browser(NILS).await);
    bench.lets_in(bench.cara).await;
    bench
        .set_portal_level(bench.cara, PortalLevel::Company)
        .await;
    bench
        .desk
        .tie(
            bench.cara,
            Tie::Customer(bench.payroll, CustomerAccess::Portal),
        )
        .await;
    let mut cara = bench.browser(CARA).await;
    let service = bench.id(bench.payroll);
    let of_desk = format!("/api/v1/service-desk/services/{service}/presets");
    let read = body_of(&una.look(&of_desk).await);
    assert_eq!(read["categories"][0]["name"], "Printer");
    let before = bench.trace().await;
    let page = format!("/configure/services/{service}/presets");
    for by in [&mut nils, &mut cara] {
        let denied = by.look(&of_desk).await;
        assert!(denied.status.is_client_error() && !denied.text.contains("Printer"));
    }
    for by in [&mut una, &mut nils, &mut cara] {
        for path in [&presets_of(&bench), &page] {
            let denied = by.look(path).await;
            assert!(denied.status.is_client_error(), "{path}: {}", denied.status);
            assert!(!denied.text.contains("Printer"));
        }
        let denied = set(by, &bench, json!({"signature": "Mine"})).await;
        assert!(denied.status.is_client_error(), "{}", denied.text);
    }
    assert_eq!(bench.trace().await, before);
    let mut owner = bench.owner().await;
    assert_eq!(
        text_of(&owner.look(&presets_of(&bench)).await, "signature"),
        ""
    );
}

async fn sd_26_names_in_presets_are_blanked(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let presets = json!({
        "categories": [{"name": "Cara Customer"}, {"name": "Printer"}],
        "text_modules": [
            {"name": "For Cara Customer", "text": "Write to cara@acme.example."},
            {"name": "Cara Customer", "text": "One"},
            {"name": "cara@acme.example", "text": "Two"},
        ],
        "signature": "Cara Customer and the desk",
    });
    let done = set(&mut owner, &bench, presets).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let person = bench.cara;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    let read = owner.look(&presets_of(&bench)).await;
    assert!(!read.text.to_lowercase().contains("cara"), "{}", read.text);
    let read = body_of(&read);
    assert_eq!(read["categories"][0]["name"], "");
    // What is blank is read, and saved again with the rest.
    let mut again = read.clone();
    for told in ["mark", "version"] {
        again.as_object_mut().unwrap().remove(told);
    }
    again["signature"] = json!("The desk");
    let done = set(&mut owner, &bench, again).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let read = body_of(&owner.look(&presets_of(&bench)).await);
    let texts = |read: &Value| {
        let modules = read["text_modules"].as_array().unwrap().iter();
        modules
            .map(|one| (one["name"].clone(), one["text"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        texts(&read)[1..],
        [(json!(""), json!("One")), (json!(""), json!("Two"))]
    );
    let page = format!("/configure/services/{}/presets", bench.id(bench.payroll));
    let seen = owner.look(&page).await;
    assert_eq!(seen.status, StatusCode::OK);
    let mark = read["mark"].as_str().unwrap();
    let form = [("what", "category"), ("name", "Payslip"), ("mark", mark)];
    assert_eq!(owner.send(&page, &form).await.leads_to(), page);
}
