//! Answers by mail (SD-37): somebody's with the signed address, their own From, and the right that they still have. Every other one is refused
//! and leaves no trace.

use access::{
    Command,
    state::{ServiceLevel, Tie},
};
use axum::http::StatusCode;
use mail::inbound::{Delivery, Handler as _, Outcome, Reply, ReplyKey};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{
    bench::{ADA, CARA, INCIDENTS, NILS, PAGES, RECORDS, UNA, body_of, edit, listed},
    mails::{SUPPORT, deliver, mail, mails, notes, only_record, open, opened},
};

testkit::on_both![
    sd_37_a_reply_is_an_answer_of_the_person_and_what_is_done_goes_on,
    sd_37_a_reply_of_staff_is_an_answer_to_the_customer,
    sd_37_staff_who_are_its_customer_reply_to_an_incident_as_such_and_to_a_problem_as_staff,
    sd_37_a_forged_reply_is_refused_before_it_is_sent_and_never_stored,
    sd_37_a_late_reply_is_refused_when_the_right_has_ended,
    sd_37_an_address_of_another_account_or_of_nobody_is_refused,
];

async fn sd_37_a_reply_is_an_answer_of_the_person_and_what_is_done_goes_on(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let mut una = bench.browser(UNA).await;
    let id = opened(&room, &mut una).await;
    let to = bench.reply_address(1, bench.cara);
    assert!(room.knows(&to).await && room.knows(&to.to_uppercase()).await);
    let waits = json!({"status": "waiting_for_customer"});
    assert_eq!(edit(&mut una, &id, waits).await.status, StatusCode::OK);
    let raw = mail(
        "2",
        "Cara <cara@acme.example>",
        "",
        "Room 7.\r\n\r\nOn 1 May Support wrote:\r\n> Where?",
    );
    assert_eq!(
        deliver(&room, &to.to_uppercase(), &raw).await,
        Outcome::Stored
    );
    let said = notes(&mut una, &id).await;
    assert_eq!(said.len(), 1);
    for (member, value) in [
        ("text", json!("Room 7.")),
        ("author", json!(bench.id(bench.cara))),
        ("is_public", json!(true)),
        ("by_customer", json!(true)),
        ("by_mail", json!(true)),
    ] {
        assert_eq!(said[0][member], value, "{member}");
    }
    let record = only_record(&mut una).await;
    assert_eq!(record["status"], json!("in_progress"));
    let page = una.look(&format!("{PAGES}/{id}")).await;
    for words in ["answered by mail", "Answered by mail"] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    // A copy to the service opens no second incident.
    let both = Delivery {
        sender: Some("cara@acme.example".to_owned()),
        recipients: vec![SUPPORT.to_owned(), to.clone()],
        raw: mail("3", CARA, "", "And 8.").into_bytes(),
    };
    assert_eq!(room.receive(both).await, [Outcome::Stored; 2]);
    assert_eq!(listed(&mut una, "").await.len(), 1);
    // What is closed is open again.
    let closes = json!({"status": "closed", "reason": "solved"});
    assert_eq!(edit(&mut una, &id, closes).await.status, StatusCode::OK);
    let raw = mail("4", CARA, "", "Again.");
    assert_eq!(deliver(&room, &to, &raw).await, Outcome::Stored);
    assert_eq!(only_record(&mut una).await["status"], json!("in_progress"));
    assert_eq!(notes(&mut una, &id).await.len(), 3);
    assert_eq!(mails(&mut una, &id).await.len(), 4);
}

async fn sd_37_a_reply_of_staff_is_an_answer_to_the_customer(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let mut una = bench.browser(UNA).await;
    let id = opened(&room, &mut una).await;
    let to = bench.reply_address(1, bench.una);
    let headers = format!("To: Support <{to}>\r\nCc: {to}\r\n");
    assert_eq!(
        deliver(&room, &to, &mail("2", UNA, &headers, "Where?")).await,
        Outcome::Stored
    );
    // Whoever reads the record has the mail, and no address by which they could answer as her.
    let mut kept = mails(&mut una, &id).await;
    kept.retain(|mail| mail["opened"] == json!(false));
    let path = kept[0]["id"].as_str().unwrap();
    let path = format!("{RECORDS}/{id}/mails/{path}");
    let mut ada = bench.browser(ADA).await;
    let raw = ada.look(&path).await.text;
    let token = to.split(['+', '@']).nth(1).unwrap();
    assert!(raw.contains("To: Support <support+xxx"), "{raw}");
    assert!(!raw.contains(token) && !kept[0].to_string().contains(token));
    let said = notes(&mut una, &id).await;
    assert_eq!(said[0]["by_mail"], json!(true));
    assert_eq!(said[0]["by_customer"], json!(false));
    let mut cara = bench.browser(CARA).await;
    let seen = body_of(&cara.look(&format!("{INCIDENTS}/{id}/answers")).await);
    assert_eq!(seen["items"][0]["text"], json!("Where?"));
    // Nils has an address that was made for him; his right is none.
    let to = bench.reply_address(1, bench.nils);
    let before = bench.mail_trace().await;
    assert_eq!(
        deliver(&room, &to, &mail("3", NILS, "", "Me too.")).await,
        Outcome::Refused
    );
    assert_eq!(bench.mail_trace().await, before);
}

async fn sd_37_staff_who_are_its_customer_reply_to_an_incident_as_such_and_to_a_problem_as_staff(
    db: TestDatabase,
) {
    let (bench, room) = open(&db).await;
    bench.serves(bench.una).await;
    let mut ada = bench.browser(ADA).await;
    let mut records = Vec::new();
    for (number, kind, as_customer) in [(1, "incident", true), (2, "problem", false)] {
        let said = json!({"kind": kind, "customer": bench.id(bench.una)});
        let id = bench.incident(&mut ada, bench.payroll, said).await;
        let to = bench.reply_address(number, bench.una);
        let raw = mail(kind, UNA, "", "Room 7.");
        assert_eq!(deliver(&room, &to, &raw).await, Outcome::Stored, "{kind}");
        let said = notes(&mut ada, &id).await;
        assert_eq!(said.len(), 1, "{kind}");
        for (member, value) in [
            ("author", json!(bench.id(bench.una))),
            ("by_customer", json!(as_customer)),
            ("by_mail", json!(true)),
        ] {
            assert_eq!(said[0][member], value, "{kind} {member}");
        }
        records.push(id);
    }
    // SD-14: whoever is the customer of a problem and nothing else has no say in it.
    let said = json!({"kind": "problem", "customer": bench.id(bench.cara)});
    bench.incident(&mut ada, bench.payroll, said).await;
    let person = bench.una;
    let tie = Tie::Service(bench.payroll, ServiceLevel::User);
    bench.desk.by_owner(Command::Untie { person, tie }).await;
    let before = bench.mail_trace().await;
    for (number, person, from) in [(3, bench.cara, CARA), (2, bench.una, UNA)] {
        let to = bench.reply_address(number, person);
        let raw = mail("late", from, "", "Hurry.");
        assert_eq!(deliver(&room, &to, &raw).await, Outcome::Refused, "{from}");
    }
    assert_eq!(bench.mail_trace().await, before);
    // The incident is still hers.
    let to = bench.reply_address(1, bench.una);
    let raw = mail("still", UNA, "", "Hurry.");
    assert_eq!(deliver(&room, &to, &raw).await, Outcome::Stored);
    assert_eq!(notes(&mut ada, &records[0]).await.len(), 2);
    assert_eq!(notes(&mut ada, &records[1]).await.len(), 1);
}

async fn sd_37_a_forged_reply_is_refused_before_it_is_sent_and_never_stored(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let mut una = bench.browser(UNA).await;
    opened(&room, &mut una).await;
    let good = bench.reply_address(1, bench.cara);
    let before = bench.mail_trace().await;
    for forged in [
        good.replace("support+", "support+0"),
        "support+1@example.org".to_owned(),
        "support+@example.org".to_owned(),
    ] {
        assert!(!room.knows(&forged).await, "{forged}");
        let raw = mail("2", CARA, "", "Pay me.");
        assert_eq!(deliver(&room, &forged, &raw).await, Outcome::Refused);
        // With the service in copy it opens nothing, either.
        let both = Delivery {
            sender: Some("x@mail.example".to_owned()),
            recipients: vec![forged, SUPPORT.to_owned()],
            raw: raw.into_bytes(),
        };
        assert_eq!(room.receive(both).await, [Outcome::Refused; 2]);
    }
    // The address is good, the From is somebody else's, nobody's, or two people's.
    for from in [
        UNA,
        "eve@elsewhere.example",
        "cara@acme.example, una@example.net",
        "nobody",
    ] {
        let raw = mail("3", from, "", "Pay me.");
        assert_eq!(
            deliver(&room, &good, &raw).await,
            Outcome::Refused,
            "{from}"
        );
    }
    // A reply to a record that is not there.
    let none = bench.reply_address(99, bench.cara);
    assert_eq!(
        deliver(&room, &none, &mail("4", CARA, "", "?")).await,
        Outcome::Refused
    );
    assert_eq!(bench.mail_trace().await, before, "it left no trace");
}

async fn sd_37_a_late_reply_is_refused_when_the_right_has_ended(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let mut una = bench.browser(UNA).await;
    let id = opened(&room, &mut una).await;
    let (theirs, hers) = (
        bench.reply_address(1, bench.cara),
        bench.reply_address(1, bench.una),
    );
    // SD-11: she is not selectable there any more, and stays its customer.
    bench.leaves_company(bench.cara).await;
    let before = bench.mail_trace().await;
    assert_eq!(
        deliver(&room, &theirs, &mail("2", CARA, "", "Late.")).await,
        Outcome::Refused
    );
    assert_eq!(bench.mail_trace().await, before);
    let person = bench.una;
    let tie = Tie::Service(bench.payroll, ServiceLevel::User);
    bench.desk.by_owner(Command::Untie { person, tie }).await;
    let before = bench.mail_trace().await;
    assert_eq!(
        deliver(&room, &hers, &mail("3", UNA, "", "Late.")).await,
        Outcome::Refused
    );
    assert_eq!(bench.mail_trace().await, before);
    let mut ada = bench.browser(ADA).await;
    assert!(notes(&mut ada, &id).await.is_empty());
}

async fn sd_37_an_address_of_another_account_or_of_nobody_is_refused(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let mut una = bench.browser(UNA).await;
    opened(&room, &mut una).await;
    // The same record and person by the key of another account of the same database.
    let other = bench.desk.house.engine.create_account().await.unwrap();
    let secret = other.keyed("reply addresses", &[]).unwrap();
    let own = bench
        .desk
        .house
        .account
        .keyed("reply addresses", &[])
        .unwrap();
    assert_ne!(secret, own);
    let meant = Reply {
        record: 1,
        person: bench.cara,
    };
    let before = bench.mail_trace().await;
    for key in [
        ReplyKey::new(secret, other.id()),
        ReplyKey::new(own, other.id()),
    ] {
        let address = key.address(SUPPORT, meant).unwrap();
        assert!(!room.knows(&address).await);
        assert_eq!(
            deliver(&room, &address, &mail("2", CARA, "", "?")).await,
            Outcome::Refused
        );
    }
    for nobody in [
        "sales@example.org",
        "support@example.com",
        "",
        "support",
        "@example.org",
    ] {
        assert!(!room.knows(nobody).await, "{nobody}");
        assert_eq!(
            deliver(&room, nobody, &mail("3", CARA, "", "?")).await,
            Outcome::Refused
        );
    }
    assert_eq!(bench.mail_trace().await, before);
}
