//! Who is told of a record by mail (SD-37), and that nobody is told what they may not see (SD-32).

use access::{
    Command,
    state::{CustomerAccess, PortalLevel, ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use mail::{KeptMail, inbound::Outcome};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{
    attachments::send,
    bench::{
        ADA, Bench, CARA, INCIDENTS, PAGES, RECORDS, UNA, ask, body_of, edit, listed, text_of,
    },
    mails::{RELAY, SUPPORT, deliver, mail, notes, opened, room},
};
use crate::browser::Browser;

testkit::on_both![
    sd_37_a_customer_is_told_of_receipt_answer_and_closing,
    sd_37_whoever_works_on_it_is_told_of_assignment_and_the_customers_answer,
    sd_37_a_file_is_told_and_counts_as_an_answer_does,
    sd_32_of_an_internal_note_no_customer_is_told,
    sd_37_a_receipt_repeats_a_mail_only_where_somebody_vouches_for_its_sender,
    sd_37_receipts_and_incidents_by_mail_are_bounded_and_nothing_is_lost,
    sd_37_letters_of_one_record_hang_together,
    sd_11_whoever_has_only_mail_is_told_and_answers_until_access_ends,
    sd_37_the_right_is_asked_again_when_a_mail_is_sent,
    sd_37_everybody_says_of_what_they_want_no_mails,
];

async fn open(db: &TestDatabase) -> Bench {
    let bench = Bench::open(db).await;
    bench.lets_in(bench.cara).await;
    bench.takes_mails(bench.payroll, &[SUPPORT]).await;
    bench
}

/// What was sent since so many, the oldest first.
async fn sent(bench: &Bench, since: usize) -> Vec<KeptMail> {
    let mut mails = bench.desk.house.mails().await;
    mails.reverse();
    mails.split_off(since)
}

async fn note(by: &mut Browser, id: &str, text: &str, is_public: bool) {
    let path = format!("{RECORDS}/{id}/notes");
    let body = json!({"text": text, "is_public": is_public});
    let done = ask(by, Method::POST, &path, Some(body)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

fn reply_to(mail: &KeptMail) -> String {
    mail.text.thread.as_ref().unwrap().reply_to.clone().unwrap()
}

async fn sd_37_a_customer_is_told_of_receipt_answer_and_closing(db: TestDatabase) {
    let bench = open(&db).await;
    let room = room(&bench);
    let raw = mail("1", CARA, "", "It burns.");
    assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    let receipt = &sent(&bench, 0).await[..];
    let [receipt] = receipt else {
        panic!("{}", receipt.len())
    };
    assert_eq!(receipt.to, CARA);
    assert_eq!(receipt.text.subject, "Incident 1");
    assert!(
        receipt.text.body.contains("Hello Cara Customer"),
        "{}",
        receipt.text.body
    );
    assert_eq!(reply_to(receipt), bench.reply_address(1, bench.cara));

    let mut una = bench.browser(UNA).await;
    let id = super::bench::listed(&mut una, "").await.remove(0);
    note(&mut una, &id, "Where does it burn?", true).await;
    let answer = &sent(&bench, 1).await[0];
    assert!(answer.text.body.contains("Where does it burn?"));
    assert!(
        answer
            .text
            .body
            .contains(&format!("/portal/incidents/{id}"))
    );
    assert!(!answer.text.body.contains(UNA), "no address of staff");
    assert_eq!(reply_to(answer), bench.reply_address(1, bench.cara));

    let closes = json!({"status": "closed", "reason": "solved"});
    assert_eq!(edit(&mut una, &id, closes).await.status, StatusCode::OK);
    let closed = sent(&bench, 2).await;
    assert_eq!(closed.len(), 1);
    assert!(
        closed[0]
            .text
            .body
            .contains("Incident 1 is closed (solved)"),
        "{}",
        closed[0].text.body
    );
    // Other changes are not told, and of one's own nobody is.
    let again = json!({"status": "in_progress", "priority": 1});
    assert_eq!(edit(&mut una, &id, again).await.status, StatusCode::OK);
    let to = bench.reply_address(1, bench.cara);
    assert_eq!(
        deliver(&room, &to, &mail("2", CARA, "", "Thanks.")).await,
        Outcome::Stored
    );
    assert!(sent(&bench, 3).await.is_empty());
    // What staff log for a customer is told, too.
    let customer = json!({"customer": bench.id(bench.cara)});
    bench.incident(&mut una, bench.payroll, customer).await;
    let logged = sent(&bench, 3).await;
    assert_eq!((logged.len(), logged[0].to.as_str()), (1, CARA));
}

async fn sd_37_whoever_works_on_it_is_told_of_assignment_and_the_customers_answer(
    db: TestDatabase,
) {
    let bench = open(&db).await;
    let room = room(&bench);
    let mut una = bench.browser(UNA).await;
    let id = bench.incident(&mut una, bench.payroll, json!({})).await;
    let theirs =
        json!({"customer": bench.id(bench.cara), "assignee": {"user": bench.id(bench.ada)}});
    assert_eq!(edit(&mut una, &id, theirs).await.status, StatusCode::OK);
    let assigned = sent(&bench, 0).await;
    assert_eq!((assigned.len(), assigned[0].to.as_str()), (1, ADA));
    assert!(
        assigned[0]
            .text
            .body
            .contains("Incident 1 is assigned to you")
    );
    assert!(assigned[0].text.body.contains(&format!("{PAGES}/{id}")));
    assert_eq!(reply_to(&assigned[0]), bench.reply_address(1, bench.ada));
    // Una follows it. She is not told of what she does, nor Ada twice.
    let watch = format!("{RECORDS}/{id}/watchers/{}", bench.id(bench.una));
    assert_eq!(
        ask(&mut una, Method::PUT, &watch, None).await.status,
        StatusCode::OK
    );
    let to = bench.reply_address(1, bench.cara);
    let raw = mail("2", CARA, "", "It still burns.");
    assert_eq!(deliver(&room, &to, &raw).await, Outcome::Stored);
    let told = sent(&bench, 1).await;
    let mut people: Vec<_> = told.iter().map(|mail| mail.to.as_str()).collect();
    people.sort_unstable();
    assert_eq!(people, [ADA, UNA]);
    assert!(
        told.iter()
            .all(|mail| mail.text.body.contains("It still burns."))
    );
    // The same said in the portal.
    let mut cara = bench.browser(CARA).await;
    let path = format!("/portal/incidents/{id}/answers");
    assert_eq!(
        cara.send(&path, &[("text", "Hurry.")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(sent(&bench, 3).await.len(), 2);
    // To oneself work is given without a word.
    let mine = json!({"assignee": {"user": bench.id(bench.una)}});
    assert_eq!(edit(&mut una, &id, mine).await.status, StatusCode::OK);
    assert!(sent(&bench, 5).await.is_empty());
}

async fn sd_37_a_file_is_told_and_counts_as_an_answer_does(db: TestDatabase) {
    let bench = open(&db).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    let theirs =
        json!({"customer": bench.id(bench.cara), "assignee": {"user": bench.id(bench.ada)}});
    let id = bench.incident(&mut una, bench.payroll, theirs).await;
    let before = sent(&bench, 0).await.len();
    let path = format!("{RECORDS}/{id}");
    let files = format!("{path}/attachments");
    let internal = send(&mut una, &files, "internal.txt", "a", "").await;
    assert_eq!(internal.status, StatusCode::OK, "{}", internal.text);
    assert!(sent(&bench, before).await.is_empty());
    // SD-30: what staff keep to themselves answers nobody.
    let read = body_of(&una.look(&path).await);
    assert!(read.get("responded_at").is_none(), "{read}");

    let theirs = format!("/portal/incidents/{id}/attachments");
    let done = send(&mut cara, &theirs, "fire.txt", "a", "").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let told = sent(&bench, before).await;
    assert_eq!((told.len(), told[0].to.as_str()), (1, ADA));
    assert!(told[0].text.body.contains("A file was sent."));

    let public = format!("{files}?public=true");
    let answer = send(&mut una, &public, "answer.txt", "a", "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let told = sent(&bench, before + 1).await;
    assert_eq!((told.len(), told[0].to.as_str()), (1, CARA));
    assert!(told[0].text.body.contains("A file was sent."));
    let read = body_of(&una.look(&path).await);
    assert!(read.get("responded_at").is_some(), "{read}");

    // SD-32: of a file that is gone before it is told nobody hears.
    let gone = text_of(&answer, "id");
    let again = send(&mut una, &public, "again.txt", "a", "").await;
    for file in [gone, text_of(&again, "id")] {
        let done = ask(&mut una, Method::DELETE, &format!("{files}/{file}"), None).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    }
    assert!(sent(&bench, before + 2).await.is_empty());
}

async fn sd_32_of_an_internal_note_no_customer_is_told(db: TestDatabase) {
    let bench = open(&db).await;
    let mut una = bench.browser(UNA).await;
    let customer = json!({"customer": bench.id(bench.cara)});
    let id = bench
        .incident(&mut una, bench.payroll, customer.clone())
        .await;
    assert_eq!(sent(&bench, 0).await.len(), 1);
    note(&mut una, &id, "A difficult one", false).await;
    assert_eq!(bench.desk.house.rows("mails").await, 1, "nothing is queued");
    // What is only tried tells nobody.
    let path = format!("{RECORDS}/{id}/notes?dry_run=true");
    let tried = json!({"text": "x", "is_public": true});
    let tried = ask(&mut una, Method::POST, &path, Some(tried)).await;
    assert_eq!(tried.status, StatusCode::OK);
    assert_eq!(bench.desk.house.rows("mails").await, 1, "nothing is queued");
    // A problem is no incident: its customer does not see it, and hears nothing.
    let mut problem = customer;
    problem["kind"] = json!("problem");
    let id = bench.incident(&mut una, bench.payroll, problem).await;
    note(&mut una, &id, "Known", true).await;
}

async fn sd_37_a_receipt_repeats_a_mail_only_where_somebody_vouches_for_its_sender(
    db: TestDatabase,
) {
    let bench = open(&db).await;
    let room = room(&bench);
    let vouched =
        format!("Authentication-Results: {RELAY}; dmarc=pass header.from=acme.example\r\n");
    for (id, headers) in [("1", ""), ("2", vouched.as_str())] {
        let raw = mail(id, CARA, headers, "It burns.");
        assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    }
    let told = sent(&bench, 0).await;
    let of = |subject: &str| told.iter().find(|mail| mail.text.subject == subject);
    let (forged, vouched) = (of("Incident 1"), of("Incident 2: Printer on fire"));
    let forged = &forged.unwrap().text.body;
    assert!(forged.contains("it is incident 1."), "{forged}");
    assert!(
        !forged.contains("Printer") && !forged.contains("burns"),
        "what a forger wrote goes to nobody: {forged}"
    );
    assert!(vouched.is_some() && told.len() == 2);

    // Nor do later letters of it repeat what was forged.
    let mut una = bench.browser(UNA).await;
    for id in listed(&mut una, "").await {
        note(&mut una, &id, "Where is it?", true).await;
        let closes = json!({"status": "closed", "reason": "solved"});
        assert_eq!(edit(&mut una, &id, closes).await.status, StatusCode::OK);
    }
    let later = sent(&bench, 2).await;
    let of = |subject: &str| {
        let all = later.iter().filter(|mail| mail.text.subject == subject);
        all.collect::<Vec<_>>()
    };
    let (forged, vouched) = (of("Incident 1"), of("Incident 2: Printer on fire"));
    assert_eq!((forged.len(), vouched.len(), later.len()), (2, 2, 4));
    let mut bodies = forged.iter().map(|mail| &mail.text.body);
    assert!(bodies.clone().all(|body| !body.contains("Printer")));
    assert!(bodies.any(|body| body.contains("Incident 1 is closed")));
}

async fn sd_37_receipts_and_incidents_by_mail_are_bounded_and_nothing_is_lost(db: TestDatabase) {
    let bench = open(&db).await;
    let room = room(&bench);
    for number in 1..=60 {
        let raw = mail(&format!("n{number}"), CARA, "", "It burns.");
        assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    }
    assert_eq!(bench.desk.house.rows("service_desk_records").await, 60);
    assert_eq!(sent(&bench, 0).await.len(), 5, "receipts to one customer");
    let one_more = mail("n61", CARA, "", "It burns.");
    let before = bench.mail_trace().await;
    assert_eq!(deliver(&room, SUPPORT, &one_more).await, Outcome::Later);
    assert_eq!(bench.mail_trace().await, before, "it left no trace");
    // Her own mail, for which somebody vouches, is kept waiting by none of these, nor is its receipt.
    let vouched =
        format!("Authentication-Results: {RELAY}; dmarc=pass header.from=acme.example\r\n");
    let genuine = mail("v1", CARA, &vouched, "It does burn.");
    assert_eq!(deliver(&room, SUPPORT, &genuine).await, Outcome::Stored);
    assert_eq!(sent(&bench, 5).await.len(), 1);
    // Another sender is not kept waiting by that; all of them together are bounded by the address.
    let eve = |id| mail(id, "eve@elsewhere.example", "", "Hello.");
    let eves = eve("e1");
    assert_eq!(deliver(&room, SUPPORT, &eves).await, Outcome::Stored);
    let mut tx = bench.desk.house.engine.database().begin().await.unwrap();
    let many = "UPDATE service_desk_mail_counts SET count = 600 WHERE count = 61";
    tx.execute(many, []).await.unwrap();
    tx.commit().await.unwrap();
    let eves = eve("e2");
    assert_eq!(deliver(&room, SUPPORT, &eves).await, Outcome::Later);
    let genuine = mail("v2", CARA, &vouched, "It still does.");
    assert_eq!(deliver(&room, SUPPORT, &genuine).await, Outcome::Stored);
    // What waited comes again, and is not taken for one that was here.
    let hour = std::time::Duration::from_secs(60 * 60);
    bench.desk.house.advance(hour).await;
    for raw in [eves, one_more] {
        assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    }
    assert_eq!(bench.desk.house.rows("service_desk_records").await, 65);
    assert_eq!(sent(&bench, 6).await.len(), 2);
}

async fn sd_37_letters_of_one_record_hang_together(db: TestDatabase) {
    let bench = open(&db).await;
    let mut una = bench.browser(UNA).await;
    let theirs =
        json!({"customer": bench.id(bench.cara), "assignee": {"user": bench.id(bench.ada)}});
    let id = bench
        .incident(&mut una, bench.payroll, theirs.clone())
        .await;
    note(&mut una, &id, "Where does it burn?", true).await;
    let told = sent(&bench, 0).await;
    let about = |mail: &KeptMail| mail.text.thread.as_ref().unwrap().about.clone().unwrap();
    let first = about(&told[0]);
    assert!(told.len() == 3 && told.iter().all(|mail| about(mail) == first));
    let says = first.contains(id.split('_').next_back().unwrap());
    assert!(first.len() == 32 && !says, "made up: {first}");
    bench.incident(&mut una, bench.payroll, theirs).await;
    let other = sent(&bench, 3).await;
    assert!(other.iter().all(|mail| about(mail) != first));
}

async fn sd_11_whoever_has_only_mail_is_told_and_answers_until_access_ends(db: TestDatabase) {
    let bench = open(&db).await;
    let room = room(&bench);
    // SD-15: by hand the portal is closed to her and to a colleague; both stay selectable.
    let only_mail = Tie::Customer(bench.payroll, CustomerAccess::NoPortal);
    let otto = bench.customer("Otto Other", "otto@acme.example").await;
    let acme = bench.desk.company_of(bench.cara).unwrap();
    bench.desk.employ(otto, acme).await;
    for person in [bench.cara, otto] {
        bench.desk.tie(person, only_mail).await;
    }
    bench
        .set_portal_level(bench.cara, PortalLevel::Standard)
        .await;
    let mut una = bench.browser(UNA).await;
    let id = opened(&room, &mut una).await;
    note(&mut una, &id, "Where does it burn?", true).await;
    let told = sent(&bench, 0).await;
    assert_eq!(told.len(), 2, "the receipt and the answer");
    for mail in &told {
        assert_eq!(mail.to, CARA);
        let body = &mail.text.body;
        assert!(body.contains("Reply to this mail"), "{body}");
        assert!(
            !body.contains("/portal") && !body.contains("https:"),
            "no way that is closed to her: {body}"
        );
    }
    let to = reply_to(&told[1]);
    let raw = mail("2", CARA, "", "Room 7.");
    assert_eq!(deliver(&room, &to, &raw).await, Outcome::Stored);
    let said = notes(&mut una, &id).await;
    assert!(said.iter().any(|note| note["text"] == json!("Room 7.")
        && note["author"] == json!(bench.id(bench.cara))
        && note["by_mail"] == json!(true)));
    // The portal stays closed, and a colleague's incident is not theirs by mail, either (SD-16).
    let mut cara = bench.browser(CARA).await;
    let seen = cara.look(&format!("{INCIDENTS}/{id}")).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    let colleague = bench.reply_address(1, otto);
    let before = bench.mail_trace().await;
    let raw = mail("3", "otto@acme.example", "", "Mine, too.");
    assert_eq!(deliver(&room, &colleague, &raw).await, Outcome::Refused);
    assert_eq!(bench.mail_trace().await, before, "it left no trace");

    // What is on its way when access ends is not sent, and nothing is taken or queued from then on.
    note(&mut una, &id, "Thank you.", true).await;
    let (person, tie) = (bench.cara, only_mail);
    bench.desk.by_owner(Command::Untie { person, tie }).await;
    bench.leaves_company(bench.cara).await;
    let before = bench.mail_trace().await;
    let raw = mail("4", CARA, "", "Late.");
    assert_eq!(deliver(&room, &to, &raw).await, Outcome::Refused);
    assert_eq!(bench.mail_trace().await, before, "it left no trace");
    assert!(sent(&bench, 2).await.is_empty());
    let waiting = bench.desk.house.rows("mails").await;
    note(&mut una, &id, "And good night.", true).await;
    assert_eq!(bench.desk.house.rows("mails").await, waiting);
}

async fn sd_37_the_right_is_asked_again_when_a_mail_is_sent(db: TestDatabase) {
    let bench = open(&db).await;
    let mut ada = bench.browser(ADA).await;
    let customer =
        json!({"customer": bench.id(bench.cara), "assignee": {"user": bench.id(bench.una)}});
    let id = bench.incident(&mut ada, bench.payroll, customer).await;
    note(&mut ada, &id, "Where does it burn?", true).await;
    assert_eq!(bench.desk.house.rows("mails").await, 3, "they wait");
    // Both lose it before anything is sent.
    let acme = bench.desk.company_of(bench.cara).unwrap();
    bench.leaves_company(bench.cara).await;
    let (person, tie) = (bench.una, Tie::Service(bench.payroll, ServiceLevel::User));
    bench.desk.by_owner(Command::Untie { person, tie }).await;
    assert!(sent(&bench, 0).await.is_empty());
    // What was made internal meanwhile is not sent, either.
    let bench = &bench;
    bench.desk.employ(bench.cara, acme).await;
    let other = bench.customer("Otto Other", "otto@acme.example").await;
    bench.desk.employ(other, acme).await;
    note(&mut ada, &id, "Only for Cara", true).await;
    let given = json!({"customer": bench.id(other)});
    assert_eq!(edit(&mut ada, &id, given).await.status, StatusCode::OK);
    let given = json!({"customer": bench.id(bench.cara)});
    assert_eq!(edit(&mut ada, &id, given).await.status, StatusCode::OK);
    assert!(sent(bench, 0).await.is_empty());
}

async fn sd_37_everybody_says_of_what_they_want_no_mails(db: TestDatabase) {
    const MINE: &str = "/account/mails";
    const REST: &str = "/api/v1/me/mails";
    let bench = open(&db).await;
    let (mut una, mut cara) = (bench.browser(UNA).await, bench.browser(CARA).await);
    // Each is asked of what they are told at all.
    let (theirs, hers) = (una.look(MINE).await, cara.look(MINE).await);
    assert!(
        theirs.main().contains("name=\"assigned\"") && !theirs.main().contains("name=\"closed\"")
    );
    assert!(hers.main().contains("name=\"closed\"") && !hers.main().contains("name=\"assigned\""));
    assert!(cara.look("/account").await.main().contains(MINE));
    let saved = cara.send(MINE, &[("closed", "yes")]).await;
    assert_eq!(
        (saved.status, saved.leads_to()),
        (StatusCode::SEE_OTHER, MINE)
    );
    let off = super::bench::body_of(&cara.look(REST).await);
    assert_eq!(off["off"], json!(["logged", "answered"]));
    let none = json!({"off": ["assigned"]});
    let set = ask(&mut una, Method::PUT, REST, Some(none)).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    let wrong = ask(&mut una, Method::PUT, REST, Some(json!({"off": ["all"]}))).await;
    assert!(wrong.status.is_client_error());

    let mut ada = bench.browser(ADA).await;
    let both = json!({"customer": bench.id(bench.cara), "assignee": {"user": bench.id(bench.una)}});
    let id = bench.incident(&mut ada, bench.payroll, both).await;
    note(&mut ada, &id, "Where does it burn?", true).await;
    assert!(sent(&bench, 0).await.is_empty());
    let closes = json!({"status": "closed", "reason": "solved"});
    assert_eq!(edit(&mut ada, &id, closes).await.status, StatusCode::OK);
    let told = sent(&bench, 0).await;
    assert_eq!((told.len(), told[0].to.as_str()), (1, CARA));
    // It is theirs again as they say so.
    let saved = cara
        .send(
            MINE,
            &[("closed", "yes"), ("answered", "yes"), ("logged", "yes")],
        )
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let open = json!({"status": "in_progress"});
    assert_eq!(edit(&mut ada, &id, open).await.status, StatusCode::OK);
    note(&mut ada, &id, "It burns no more", true).await;
    assert_eq!(sent(&bench, 1).await.len(), 1);
}
