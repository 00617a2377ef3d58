//! Files of incidents in the portal: a customer has those that are for customers, of incidents that the portal shows to them, and no others
//! (SD-14, SD-16, SD-32).

use access::{Command, state::PortalLevel};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    attachments::send,
    bench::{
        Bench, CARA, INCIDENTS, PAGES, RECORDS, UNA, ask, ask_with, body_of, edit, listed, text_of,
    },
    portal::{id_in, log},
};
use crate::browser::{Browser, Seen};

testkit::on_both![
    sd_14_a_customer_sends_a_file_and_both_sides_have_it,
    sd_32_an_internal_file_is_not_there_for_a_customer,
    sd_32_a_guessed_file_of_an_incident_is_not_there,
    sd_16_a_company_admin_has_the_files_of_the_company,
    sd_32_files_for_one_customer_are_not_for_the_next_one,
    sd_38_what_is_closed_or_merged_takes_no_file,
    the_bounds_of_one_side_tell_nothing_of_the_other,
    ad_28_a_file_breaks_off_when_the_right_to_it_ends,
    the_same_file_with_one_key_is_sent_once_whatever_stands_between_its_parts,
    sd_26_files_of_an_erased_customer_are_gone,
];

const ATTACHED: &str = "service_desk_attachments";

fn files_of(record: &str) -> String {
    format!("{INCIDENTS}/{record}/attachments")
}

fn page_of(record: &str) -> String {
    format!("/portal/incidents/{record}")
}

/// The names of the files that a customer is told of.
async fn names(by: &mut Browser, record: &str) -> Vec<String> {
    let found = by.look(&files_of(record)).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    let found = body_of(&found);
    let items = found["items"].as_array().unwrap().iter();
    items
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Attaches a file at the desk, and tells its id.
async fn attach(by: &mut Browser, record: &str, name: &str, is_public: bool) -> String {
    let path = format!("{RECORDS}/{record}/attachments?public={is_public}");
    let done = send(by, &path, name, name, "").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    text_of(&done, "id")
}

async fn of_cara(bench: &Bench, by: &mut Browser) -> String {
    let customer = json!({"customer": bench.id(bench.cara)});
    bench.incident(by, bench.payroll, customer).await
}

async fn is_not_there(by: &mut Browser, record: &str, file: &str) {
    for path in [
        format!("{}/{file}", files_of(record)),
        format!("{}/attachments/{file}", page_of(record)),
    ] {
        let seen = by.look(&path).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}: {}", seen.text);
    }
}

async fn sd_14_a_customer_sends_a_file_and_both_sides_have_it(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let path = log(&bench, &mut cara, "The payslip is wrong").await;
    let record = id_in(&path);
    let waits = json!({"status": "waiting_for_customer"});
    assert_eq!(edit(&mut una, &record, waits).await.status, StatusCode::OK);
    let sent = send(
        &mut cara,
        &format!("{path}/attachments"),
        "payslip.html",
        "<b>7</b>",
        "internal",
    )
    .await;
    assert_eq!(sent.leads_to(), path, "{}", sent.text);
    let page = cara.look(&path).await;
    for words in ["payslip.html", "8 bytes · you", "Being worked on"] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    assert_eq!(names(&mut cara, &record).await, ["payslip.html"]);
    // It is for the customer, whatever the form says, and waits for an answer as their words do.
    let desk = una.look(&format!("{PAGES}/{record}")).await;
    for words in ["payslip.html", "for the customer", "Cara Customer"] {
        assert!(desk.main().contains(words), "{words}: {}", desk.main());
    }
    assert_eq!(
        listed(&mut una, "?answered=true&state=open").await,
        [record.as_str()]
    );

    let attached = attach(&mut una, &record, "answer.txt", true).await;
    assert_eq!(listed(&mut una, "?answered=true&state=open").await, [""; 0]);
    let page = cara.look(&path).await;
    assert!(page.main().contains("answer.txt") && page.main().contains("Una User"));
    for path in [
        format!("{path}/attachments/{attached}"),
        format!("{}/{attached}", files_of(&record)),
    ] {
        let file = cara.look(&path).await;
        assert_eq!(
            (file.status, file.text.as_str()),
            (StatusCode::OK, "answer.txt")
        );
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert!(file.header("content-security-policy").contains("sandbox"));
        assert!(
            file.header("content-disposition")
                .starts_with("attachment; ")
        );
    }
    // What is no file is told at its field.
    let again = send(&mut cara, &format!("{path}/attachments"), "a.txt", "", "").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("This file is empty."));
}

async fn sd_32_an_internal_file_is_not_there_for_a_customer(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let record = of_cara(&bench, &mut una).await;
    let told = |seen: Seen| body_of(&seen)["changed_at"].clone();
    let path = format!("{INCIDENTS}/{record}");
    let before = told(cara.look(&path).await);
    bench
        .desk
        .house
        .advance(std::time::Duration::from_secs(5))
        .await;
    let internal = attach(&mut una, &record, "internal.txt", false).await;
    is_not_there(&mut cara, &record, &internal).await;
    assert_eq!(names(&mut cara, &record).await, [""; 0]);
    let page = cara.look(&page_of(&record)).await;
    assert!(!page.text.contains("internal.txt"), "{}", page.text);
    // Not even that something happened.
    assert_eq!(told(cara.look(&path).await), before);
    attach(&mut una, &record, "public.txt", true).await;
    assert_ne!(told(cara.look(&path).await), before);
    assert_eq!(names(&mut cara, &record).await, ["public.txt"]);
    // The desk's page says who has it.
    let headers = [("accept", "text/html"), ("sec-fetch-site", "same-origin")];
    let desk = una
        .ask(Method::GET, &format!("{PAGES}/{record}"), &headers, None)
        .await;
    for words in ["Staff alone", "Visible to the customer"] {
        assert!(desk.main().contains(words), "{words}");
    }
}

async fn sd_32_a_guessed_file_of_an_incident_is_not_there(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let eve = bench.customer("Eve Else", "eve@example.org").await;
    let portal = access::state::CustomerAccess::Portal;
    bench
        .desk
        .tie(eve, access::state::Tie::Customer(bench.payroll, portal))
        .await;
    bench.set_portal_level(eve, PortalLevel::Standard).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut eve) = (
        bench.browser(UNA).await,
        bench.browser("eve@example.org").await,
    );
    let mut cara = bench.browser(CARA).await;
    let caras = of_cara(&bench, &mut una).await;
    let file = attach(&mut una, &caras, "cara.txt", true).await;
    let eves = id_in(&log(&bench, &mut eve, "Something else").await);
    let before = (bench.trace().await, bench.desk.house.rows(ATTACHED).await);
    // Neither below the incident of another, nor below one's own.
    is_not_there(&mut eve, &caras, &file).await;
    is_not_there(&mut eve, &eves, &file).await;
    is_not_there(&mut eve, &eves, "nonsense").await;
    let none = eve.look(&files_of(&caras)).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    for path in [files_of(&caras), format!("{}/attachments", page_of(&caras))] {
        let seen = send(&mut eve, &path, "a.txt", "a", "").await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
    }
    // The doors of staff are none of a customer's.
    for path in [
        format!("{RECORDS}/{caras}/attachments/{file}"),
        format!("{PAGES}/{caras}/attachments/{file}"),
    ] {
        let seen = cara.look(&path).await;
        assert_ne!(seen.status, StatusCode::OK);
        assert!(!seen.text.contains("cara.txt"));
    }
    assert_eq!(
        (bench.trace().await, bench.desk.house.rows(ATTACHED).await),
        before
    );
}

async fn sd_16_a_company_admin_has_the_files_of_the_company(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    let carl = bench.customer("Carl Chief", "carl@acme.example").await;
    bench.desk.employ(carl, acme).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut carl_) = (
        bench.browser(UNA).await,
        bench.browser("carl@acme.example").await,
    );
    let record = of_cara(&bench, &mut una).await;
    let file = attach(&mut una, &record, "acme.txt", true).await;
    is_not_there(&mut carl_, &record, &file).await;
    bench
        .set_portal_level(carl, PortalLevel::CompanyAdmin)
        .await;
    assert_eq!(names(&mut carl_, &record).await, ["acme.txt"]);
    let sent = send(&mut carl_, &files_of(&record), "carl.txt", "carl", "").await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    let mut cara = bench.browser(CARA).await;
    let page = cara.look(&page_of(&record)).await;
    assert!(page.main().contains("carl.txt") && page.main().contains("Carl Chief"));
}

async fn sd_32_files_for_one_customer_are_not_for_the_next_one(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let nick = bench.desk.customer("Nick Next", "nick@example.org").await;
    let no_portal = access::state::CustomerAccess::NoPortal;
    bench
        .desk
        .tie(nick, access::state::Tie::Customer(bench.payroll, no_portal))
        .await;
    let of_nick = json!({"customer": bench.id(nick)});
    let record = bench.incident(&mut una, bench.payroll, of_nick).await;
    let file = attach(&mut una, &record, "nick.txt", true).await;
    let given = json!({"customer": bench.id(bench.cara)});
    assert_eq!(edit(&mut una, &record, given).await.status, StatusCode::OK);
    is_not_there(&mut cara, &record, &file).await;
    assert_eq!(names(&mut cara, &record).await, [""; 0]);
}

async fn sd_38_what_is_closed_or_merged_takes_no_file(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    of_cara(&bench, &mut una).await;
    let merged = of_cara(&bench, &mut una).await;
    let file = attach(&mut una, &merged, "kept.txt", true).await;
    let path = format!("{RECORDS}/{merged}");
    let mark = text_of(&una.look(&path).await, "mark");
    let into = Some(json!({"into": 1}));
    let path = format!("{path}/merge");
    let done = ask_with(&mut una, Method::POST, &path, into, &[("if-mark", &mark)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    // It went along with what was said.
    is_not_there(&mut cara, &merged, &file).await;
    let before = (bench.trace().await, bench.desk.house.rows(ATTACHED).await);
    let refused = send(&mut cara, &files_of(&merged), "a.txt", "a", "").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    let page = format!("{}/attachments", page_of(&merged));
    let again = send(&mut cara, &page, "a.txt", "a", "").await;
    assert_eq!(
        again.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        again.text
    );
    assert_eq!(
        (bench.trace().await, bench.desk.house.rows(ATTACHED).await),
        before,
        "a denied act leaves no trace"
    );

    let closed = of_cara(&bench, &mut una).await;
    let closes = json!({"status": "closed", "reason": "solved"});
    assert_eq!(edit(&mut una, &closed, closes).await.status, StatusCode::OK);
    let before = (bench.trace().await, bench.desk.house.rows(ATTACHED).await);
    let refused = send(&mut cara, &files_of(&closed), "a.txt", "a", "").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert_eq!(text_of(&refused, "code"), "not_next");
    assert_eq!(
        (bench.trace().await, bench.desk.house.rows(ATTACHED).await),
        before
    );
}

async fn the_bounds_of_one_side_tell_nothing_of_the_other(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let record = of_cara(&bench, &mut una).await;
    for _ in 0..50 {
        attach(&mut una, &record, "a.txt", false).await;
    }
    for _ in 0..50 {
        let sent = send(&mut cara, &files_of(&record), "b.txt", "b", "").await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    }
    let refused = send(&mut cara, &files_of(&record), "b.txt", "b", "").await;
    assert_eq!(text_of(&refused, "code"), "too_many_files");
    assert_eq!(bench.desk.house.rows(ATTACHED).await, 100);

    // The other way round: neither what customers brought nor what they may have takes a place.
    let record = of_cara(&bench, &mut una).await;
    attach(&mut una, &record, "a.txt", true).await;
    for _ in 0..50 {
        let sent = send(&mut cara, &files_of(&record), "b.txt", "b", "").await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.text);
    }
    for _ in 1..50 {
        attach(&mut una, &record, "a.txt", true).await;
    }
    let path = format!("{RECORDS}/{record}/attachments?public=true");
    let refused = send(&mut una, &path, "a.txt", "a", "").await;
    assert_eq!(text_of(&refused, "code"), "too_many_files");
    assert_eq!(names(&mut cara, &record).await.len(), 100);
}

async fn ad_28_a_file_breaks_off_when_the_right_to_it_ends(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let record = of_cara(&bench, &mut una).await;
    let pieces = "x".repeat(1024 * 1024);
    let path = format!("{RECORDS}/{record}/attachments?public=true");
    let done = send(&mut una, &path, "a.txt", &pieces, "").await;
    let file = text_of(&done, "id");
    let path = format!("{}/attachments/{file}", page_of(&record));
    let mut whole = cara.stream(&path).await;
    let mut read = 0;
    while let Some(part) = whole.next().await {
        read += part.unwrap().len();
    }
    assert_eq!(read, pieces.len());

    let mut parts = cara.stream(&path).await;
    assert!(parts.next().await.unwrap().is_ok());
    // SD-15: the level that opens the service is taken away while the file is on its way.
    bench.set_portal_level(bench.cara, PortalLevel::None).await;
    let broken = loop {
        match parts.next().await {
            Some(Ok(_)) => {}
            other => break other,
        }
    };
    assert!(broken.unwrap().is_err(), "nobody takes it for whole");

    // The same at the desk, where the file itself is taken away.
    let desk = format!("{PAGES}/{record}/attachments/{file}");
    let mut parts = una.stream(&desk).await;
    assert!(parts.next().await.unwrap().is_ok());
    let path = format!("{RECORDS}/{record}/attachments/{file}");
    let gone = ask(&mut una, Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    let broken = loop {
        match parts.next().await {
            Some(Ok(_)) => {}
            other => break other,
        }
    };
    assert!(broken.unwrap().is_err());
}

async fn the_same_file_with_one_key_is_sent_once_whatever_stands_between_its_parts(
    db: TestDatabase,
) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let record = of_cara(&bench, &mut una).await;
    cara.look("/portal").await;
    let token = cara.form_token.clone().unwrap();
    let mut ids = Vec::new();
    for (boundary, text, status) in [
        ("one", "a", StatusCode::OK),
        ("two", "a", StatusCode::OK),
        ("two", "b", StatusCode::CONFLICT),
    ] {
        let media = format!("multipart/form-data; boundary={boundary}");
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("accept", "application/json"),
            ("content-type", media.as_str()),
            ("idempotency-key", "the-same-key"),
        ];
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n{text}\r\n--{boundary}--\r\n"
        );
        let sent = cara
            .ask(Method::POST, &files_of(&record), &headers, Some(body))
            .await;
        assert_eq!(sent.status, status, "{boundary} {text}: {}", sent.text);
        ids.push(body_of(&sent).get("id").cloned());
    }
    assert!(ids[0].is_some() && ids[0] == ids[1]);
    assert_eq!(bench.desk.house.rows(ATTACHED).await, 1);
}

async fn sd_26_files_of_an_erased_customer_are_gone(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let record = of_cara(&bench, &mut una).await;
    let sent = send(&mut cara, &files_of(&record), "cara.txt", "hers", "").await;
    let file = text_of(&sent, "id");
    attach(&mut una, &record, "una.txt", true).await;
    let person = bench.cara;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    let rows = |table| bench.desk.house.rows(table);
    assert_eq!(rows(ATTACHED).await, 1);
    assert_eq!(rows("service_desk_attachment_pieces").await, 1);
    let gone = una
        .look(&format!("{RECORDS}/{record}/attachments/{file}"))
        .await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let left: Value = body_of(&una.look(&format!("{RECORDS}/{record}/attachments")).await);
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
}
