//! Mail into the desk (SD-37): what opens an incident, what is somebody's answer, and what is nobody's.

use std::sync::Arc;

use access::{
    Command, PersonId, ServiceId,
    state::{CustomerAccess, Tie},
};
use axum::http::{Method, StatusCode};
use ledger::{DatabaseConfig, Engine, SystemRandomness};
use mail::inbound::{Delivery, Handler as _, Outcome, Reply, ReplyKey};
use serde_json::{Value, json};
use service_desk::MailRoom;
use testkit::databases::TestDatabase;

use super::bench::{
    ADA, Bench, CARA, INCIDENTS, NILS, PAGES, RECORDS, UNA, ask, ask_with, body_of, listed, text_of,
};
use crate::browser::{Browser, Seen};

testkit::on_both![
    sd_37_a_mail_opens_an_incident_of_its_customer_unverified,
    sd_37_a_trusted_relay_makes_it_verified,
    sd_37_whoever_is_nobody_there_is_text_without_customer,
    sd_37_a_mail_that_comes_twice_is_stored_once_by_two_nodes_at_once,
    sd_37_automatic_mail_and_loops_open_nothing_and_are_not_answered,
    sd_37_files_of_a_mail_hang_on_the_record_and_the_mail_is_kept_for_staff,
    sd_37_what_is_no_mail_is_refused_for_good,
    sd_37_an_archived_service_takes_no_mails,
    sd_26_mails_go_with_whoever_sent_them,
    sd_26_an_erasure_says_what_goes_and_what_stays_and_takes_no_more,
    sd_4_mails_go_with_the_record,
];

pub const SUPPORT: &str = "support@example.org";
pub const RELAY: &str = "mx.example.org";

/// A mail of somebody to somebody; every one has another id.
pub fn mail(id: &str, from: &str, headers: &str, text: &str) -> String {
    format!(
        "From: {from}\r\nMessage-ID: <{id}@mail.example>\r\nSubject: Printer on fire\r\n{headers}\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
}

/// The mail room of a house, as the server has it.
pub fn room(bench: &Bench) -> MailRoom {
    MailRoom::new(bench.desk.house.engine.clone(), vec![RELAY.to_owned()])
}

pub async fn deliver(room: &MailRoom, to: &str, raw: &str) -> Outcome {
    let delivery = Delivery {
        sender: Some("sender@mail.example".to_owned()),
        recipients: vec![to.to_owned()],
        raw: raw.as_bytes().to_vec(),
    };
    room.receive(delivery).await[0]
}

impl Bench {
    /// A service takes mails here.
    pub async fn takes_mails(&self, service: ServiceId, addresses: &[&str]) {
        let mut owner = self.owner().await;
        let path = format!("/api/v1/services/{}/mail-addresses", self.id(service));
        let mark = text_of(&owner.look(&path).await, "mark");
        let body = json!({"addresses": addresses});
        let headers = [("if-mark", mark.as_str())];
        let set = ask_with(&mut owner, Method::PUT, &path, Some(body), &headers).await;
        assert_eq!(set.status, StatusCode::OK, "{}", set.text);
    }

    /// The address by which somebody answers a record.
    pub fn reply_address(&self, record: i64, person: PersonId) -> String {
        let account = &self.desk.house.account;
        let secret = account.keyed("reply addresses", &[]).unwrap();
        let key = ReplyKey::new(secret, account.id());
        key.address(SUPPORT, Reply { record, person }).unwrap()
    }

    /// What is written of mails, besides what is written of records.
    pub async fn mail_trace(&self) -> [i64; 7] {
        let house = &self.desk.house;
        let [position, records, notes, history] = self.trace().await;
        [
            position,
            records,
            notes,
            history,
            house.rows("service_desk_mails").await,
            house.rows("service_desk_mails_known").await,
            house.rows("mails").await,
        ]
    }
}

/// A desk whose Payroll takes mails, and the room that takes them.
pub async fn open(db: &TestDatabase) -> (Bench, MailRoom) {
    let bench = Bench::open(db).await;
    bench.lets_in(bench.cara).await;
    bench.takes_mails(bench.payroll, &[SUPPORT]).await;
    let room = room(&bench);
    (bench, room)
}

pub async fn only_record(by: &mut Browser) -> Value {
    let all = listed(by, "").await;
    assert_eq!(all.len(), 1);
    body_of(&by.look(&format!("{RECORDS}/{}", all[0])).await)
}

pub async fn notes(by: &mut Browser, record: &str) -> Vec<Value> {
    let found = body_of(&by.look(&format!("{RECORDS}/{record}/notes")).await);
    found["items"].as_array().unwrap().clone()
}

pub async fn mails(by: &mut Browser, record: &str) -> Vec<Value> {
    let found = body_of(&by.look(&format!("{RECORDS}/{record}/mails")).await);
    found["items"].as_array().unwrap().clone()
}

async fn sd_37_a_mail_opens_an_incident_of_its_customer_unverified(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    assert!(room.knows("Support@EXAMPLE.org").await);
    let raw = mail(
        "1",
        "Cara <Cara@acme.example>",
        "Cc: boss@acme.example\r\n",
        "It burns.\r\n\r\n> Before\r\n",
    );
    assert_eq!(
        deliver(&room, "Support@example.org", &raw).await,
        Outcome::Stored
    );
    let mut una = bench.browser(UNA).await;
    let record = only_record(&mut una).await;
    let id = record["id"].as_str().unwrap();
    for (member, value) in [
        ("kind", json!("incident")),
        ("title", json!("Printer on fire")),
        ("status", json!("new")),
        ("customer", json!(bench.id(bench.cara))),
        ("service", json!(bench.id(bench.payroll))),
    ] {
        assert_eq!(record[member], value, "{member}");
    }
    assert!(record["company"].is_string(), "SD-33");
    let said = record["description"].as_str().unwrap();
    assert!(
        said.starts_with("It burns.") && said.contains("> Before"),
        "{said}"
    );
    let kept = mails(&mut una, id).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["person"], json!(bench.id(bench.cara)));
    assert_eq!(kept[0]["is_verified"], json!(false));
    assert_eq!(kept[0]["copies"], json!("boss@acme.example"), "SD-38: text");
    let page = una.look(&format!("{PAGES}/{id}")).await;
    for words in [
        "by mail, unverified",
        "Opened by mail, unverified",
        "nobody in person",
    ] {
        assert!(page.main().contains(words), "{words}: {}", page.main());
    }
    // It is hers in the portal, as if she had logged it there.
    let mut cara = bench.browser(CARA).await;
    let seen = cara.look(&format!("{INCIDENTS}/{id}")).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    // Whoever works elsewhere hears nothing of it.
    let mut nils = bench.browser(NILS).await;
    for path in [
        format!("{RECORDS}/{id}"),
        format!("{RECORDS}/{id}/mails"),
        format!("{RECORDS}/{id}/mails/{}", kept[0]["id"].as_str().unwrap()),
        format!("{PAGES}/{id}/mails/{}", kept[0]["id"].as_str().unwrap()),
    ] {
        assert_eq!(
            nils.look(&path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

async fn sd_37_a_trusted_relay_makes_it_verified(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let vouched =
        |by: &str| format!("Authentication-Results: {by}; dmarc=pass header.from=acme.example\r\n");
    for (id, relay) in [("1", "mx.elsewhere.example"), ("2", RELAY)] {
        let raw = mail(id, CARA, &vouched(relay), "It burns.");
        assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    }
    let mut una = bench.browser(UNA).await;
    let mut verified = Vec::new();
    for id in listed(&mut una, "").await {
        verified.push(mails(&mut una, &id).await[0]["is_verified"].clone());
    }
    verified.sort_by_key(|is| is.as_bool());
    assert_eq!(verified, [json!(false), json!(true)]);
}

async fn sd_37_whoever_is_nobody_there_is_text_without_customer(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    // Unknown; a customer of another service; staff; two at once.
    for (id, from) in [
        ("1", "Eve <eve@elsewhere.example>"),
        ("2", "nora@example.org"),
        ("3", UNA),
        ("4", "cara@acme.example, eve@elsewhere.example"),
    ] {
        let headers = format!(
            "Authentication-Results: {RELAY}; dmarc=pass header.from=elsewhere.example\r\n"
        );
        let raw = mail(id, from, &headers, "Let me in.");
        assert_eq!(
            deliver(&room, SUPPORT, &raw).await,
            Outcome::Stored,
            "{from}"
        );
    }
    let mut ada = bench.browser(ADA).await;
    let mut senders = Vec::new();
    for id in listed(&mut ada, "").await {
        let record = body_of(&ada.look(&format!("{RECORDS}/{id}")).await);
        assert!(record.get("customer").is_none() && record.get("company").is_none());
        let kept = &mails(&mut ada, &id).await[0];
        assert!(kept.get("person").is_none());
        assert_eq!(kept["is_verified"], json!(false), "nobody is verified");
        senders.push(kept["sender"].as_str().unwrap_or_default().to_owned());
        let page = ada.look(&format!("{PAGES}/{id}")).await;
        assert!(page.main().contains("by mail, unverified"));
    }
    senders.sort();
    assert_eq!(
        senders,
        ["", "Eve <eve@elsewhere.example>", "nora@example.org", UNA]
    );
    // Nobody hears of it.
    assert_eq!(bench.desk.house.rows("mails").await, 0);
}

/// Opens an incident of Cara by mail; its id.
pub async fn opened(room: &MailRoom, una: &mut Browser) -> String {
    let raw = mail("opens", CARA, "", "It burns.");
    assert_eq!(deliver(room, SUPPORT, &raw).await, Outcome::Stored);
    let record = only_record(una).await;
    assert_eq!(record["number"], json!(1));
    record["id"].as_str().unwrap().to_owned()
}

async fn sd_37_a_mail_that_comes_twice_is_stored_once_by_two_nodes_at_once(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let other = Engine::open(
        DatabaseConfig::at(&db.address),
        bench.desk.house.clock.clone(),
        Arc::new(SystemRandomness),
        rolecall::CONSEQUENCES,
    );
    let other = other.await.unwrap();
    let there = MailRoom::new(other.clone(), Vec::new());
    let raw = mail("1", CARA, "", "It burns.");
    let (one, two) = tokio::join!(
        deliver(&room, SUPPORT, &raw),
        deliver(&there, SUPPORT, &raw)
    );
    assert_eq!([one, two], [Outcome::Stored; 2]);
    assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    let mut una = bench.browser(UNA).await;
    let record = only_record(&mut una).await;
    let to = bench.reply_address(1, bench.cara);
    // The other node makes and reads the same addresses.
    assert!(there.knows(&to).await);
    let raw = mail("2", CARA, "", "Hurry.");
    let (one, two) = tokio::join!(deliver(&room, &to, &raw), deliver(&there, &to, &raw));
    assert_eq!([one, two], [Outcome::Stored; 2]);
    let id = record["id"].as_str().unwrap();
    assert_eq!(notes(&mut una, id).await.len(), 1);
    assert_eq!(mails(&mut una, id).await.len(), 2);
    // Without an id it is known by all of it.
    let raw = mail("3", CARA, "", "Nameless.").replace("Message-ID: <3@mail.example>\r\n", "");
    for _ in 0..2 {
        assert_eq!(deliver(&there, SUPPORT, &raw).await, Outcome::Stored);
    }
    assert_eq!(listed(&mut una, "").await.len(), 2);
    // Somebody who knows an id cannot keep the mail of another one out.
    let theirs = mail("4", "eve@elsewhere.example", "", "First.");
    assert_eq!(deliver(&room, SUPPORT, &theirs).await, Outcome::Stored);
    let hers = mail("4", CARA, "", "Second.");
    assert_eq!(deliver(&room, SUPPORT, &hers).await, Outcome::Stored);
    assert_eq!(listed(&mut una, "").await.len(), 4);
    other.close().await;
}

async fn sd_37_automatic_mail_and_loops_open_nothing_and_are_not_answered(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let mut una = bench.browser(UNA).await;
    opened(&room, &mut una).await;
    let before = bench.mail_trace().await;
    for (id, headers) in [
        ("2", "Auto-Submitted: auto-replied\r\n"),
        ("3", "Precedence: bulk\r\n"),
        ("4", "List-Id: <all.example.org>\r\n"),
        ("5", "X-Rolecall-Loop: 1\r\n"),
    ] {
        for to in [SUPPORT.to_owned(), bench.reply_address(1, bench.cara)] {
            let raw = mail(id, CARA, headers, "I am away.");
            assert_eq!(
                deliver(&room, &to, &raw).await,
                Outcome::Stored,
                "{headers}"
            );
        }
    }
    let report = Delivery {
        sender: None,
        recipients: vec![SUPPORT.to_owned()],
        raw: mail("6", CARA, "", "It could not be delivered.").into_bytes(),
    };
    assert_eq!(room.receive(report).await, [Outcome::Stored]);
    assert_eq!(bench.mail_trace().await, before);
}

/// A mail with a text and some files.
fn with_files(id: &str, from: &str, files: &[(&str, &str)]) -> String {
    let parts: String = files
        .iter()
        .map(|(name, text)| {
            format!(
                "--x\r\nContent-Type: application/octet-stream\r\n\
                 Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{text}\r\n"
            )
        })
        .collect();
    format!(
        "From: {from}\r\nMessage-ID: <{id}@mail.example>\r\nSubject: Files\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee there.\r\n{parts}--x--\r\n"
    )
}

async fn sd_37_files_of_a_mail_hang_on_the_record_and_the_mail_is_kept_for_staff(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let raw = with_files("1", CARA, &[("../a.html", "<script>"), ("b.txt", "two")]);
    assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    let mut una = bench.browser(UNA).await;
    let record = only_record(&mut una).await;
    let id = record["id"].as_str().unwrap();
    let files = body_of(&una.look(&format!("{RECORDS}/{id}/attachments")).await);
    let files = files["items"].as_array().unwrap();
    let mut names: Vec<_> = files
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["a.html", "b.txt"]);
    assert!(
        files
            .iter()
            .all(|file| file["author"] == json!(bench.id(bench.cara)))
    );
    let file = files.iter().find(|file| file["name"] == "a.html").unwrap();
    let path = format!(
        "{RECORDS}/{id}/attachments/{}",
        file["id"].as_str().unwrap()
    );
    let file = una.look(&path).await;
    assert_eq!(
        (file.text.as_str(), file.header("content-type")),
        ("<script>", "text/plain; charset=utf-8")
    );
    // The mail comes back to the byte, and is never shown.
    let kept = mails(&mut una, id).await;
    let mail = kept[0]["id"].as_str().unwrap();
    for path in [
        format!("{RECORDS}/{id}/mails/{mail}"),
        format!("{PAGES}/{id}/mails/{mail}"),
    ] {
        let seen = una.look(&path).await;
        assert_eq!(seen.text, raw);
        assert_eq!(seen.header("content-type"), "message/rfc822");
        assert!(seen.header("content-disposition").starts_with("attachment"));
        assert_eq!(seen.header("x-content-type-options"), "nosniff");
        let mut cara = bench.browser(CARA).await;
        assert_eq!(
            cara.look(&path).await.status,
            StatusCode::NOT_FOUND,
            "SD-32"
        );
    }
    let other = bench.incident(&mut una, bench.payroll, json!({})).await;
    let path = format!("{RECORDS}/{other}/mails/{mail}");
    assert_eq!(una.look(&path).await.status, StatusCode::NOT_FOUND);
    // A record has fifty files at most: the rest is counted, and stands in the mail.
    for round in 0..3 {
        let files: Vec<_> = (0..20).map(|at| format!("{round}-{at}.txt")).collect();
        let files: Vec<_> = files.iter().map(|name| (name.as_str(), "x")).collect();
        let raw = with_files(&format!("more-{round}"), CARA, &files);
        let to = bench.reply_address(1, bench.cara);
        assert_eq!(deliver(&room, &to, &raw).await, Outcome::Stored);
    }
    assert_eq!(bench.desk.house.rows("service_desk_attachments").await, 50);
    let kept = mails(&mut una, id).await;
    assert_eq!(
        kept.iter()
            .map(|mail| mail["left_out"].as_i64().unwrap())
            .sum::<i64>(),
        12
    );
}

async fn sd_37_what_is_no_mail_is_refused_for_good(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let before = bench.mail_trace().await;
    for raw in ["", "\r\n\r\n", "no header at all"] {
        assert_eq!(
            deliver(&room, SUPPORT, raw).await,
            Outcome::Refused,
            "{raw:?}"
        );
    }
    assert_eq!(bench.mail_trace().await, before);
}

async fn sd_37_an_archived_service_takes_no_mails(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let node = access::event::Node::Service(bench.payroll);
    bench.desk.by_owner(Command::Archive { node }).await;
    let before = bench.mail_trace().await;
    assert_eq!(
        deliver(&room, SUPPORT, &mail("1", CARA, "", "?")).await,
        Outcome::Refused
    );
    assert_eq!(bench.mail_trace().await, before);
}

async fn sd_26_mails_go_with_whoever_sent_them(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let raw = with_files(
        "1",
        "Cara Customer <cara@acme.example>",
        &[("a.txt", "hers")],
    );
    assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    // Of somebody of whom nobody knew, and who became a customer later; with Cara in copy.
    let raw = mail(
        "2",
        "Lena Late <lena@acme.example>",
        "Cc: cara@acme.example\r\n",
        "Me, too.",
    );
    assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    let raw = with_files(
        "3",
        "Lena Late <LENA@acme.example>",
        &[("cv.txt", "hers, too")],
    );
    assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    let lena = bench.desk.customer("Lena Late", "lena@acme.example").await;
    let house = &bench.desk.house;
    let rows = async || {
        [
            house.rows("service_desk_mails").await,
            house.rows("service_desk_mail_pieces").await,
            house.rows("service_desk_attachments").await,
            house.rows("service_desk_attachment_pieces").await,
        ]
    };
    assert_eq!(rows().await, [3, 3, 2, 2]);
    bench
        .desk
        .by_owner(Command::ErasePerson { person: bench.cara })
        .await;
    assert_eq!(rows().await, [2, 2, 1, 1], "others' mails and files stay");
    let mut una = bench.browser(UNA).await;
    let ids = listed(&mut una, "").await;
    assert_eq!(ids.len(), 3, "records stay");
    for id in &ids {
        for mail in mails(&mut una, id).await {
            assert!(mail.get("copies").is_none(), "{mail}: headers are blanked");
        }
    }
    bench
        .desk
        .by_owner(Command::ErasePerson { person: lena })
        .await;
    assert_eq!(rows().await, [0, 0, 0, 0]);
    for id in &ids {
        let page = una.look(&format!("{PAGES}/{id}")).await;
        for gone in ["lena@", "cara@", "Lena Late", "Cara Customer"] {
            assert!(!page.text.contains(gone), "{gone}");
        }
    }
    // It is known when it comes again, and nobody's mail is kept for that.
    let again = with_files(
        "1",
        "Cara Customer <cara@acme.example>",
        &[("a.txt", "hers")],
    );
    assert_eq!(deliver(&room, SUPPORT, &again).await, Outcome::Stored);
    assert_eq!(rows().await, [0, 0, 0, 0]);
}

async fn sd_26_an_erasure_says_what_goes_and_what_stays_and_takes_no_more(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let from = "Lena Late <lena@acme.example>";
    let raw = with_files("1", from, &[("a.txt", "hers"), ("b.txt", "hers, too")]);
    assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    let raw = with_files("2", CARA, &[("c.txt", "Cara's")]);
    assert_eq!(deliver(&room, SUPPORT, &raw).await, Outcome::Stored);
    // Somebody who was nobody when she wrote; a user brings a file to her record.
    let lena = bench.desk.customer("Lena Late", "lena@acme.example").await;
    let mut una = bench.browser(UNA).await;
    let mut records = listed(&mut una, "").await;
    records.sort();
    for id in &records {
        let path = format!("{RECORDS}/{id}");
        let is_hers = body_of(&una.look(&path).await)["number"] == json!(1);
        if is_hers {
            let files = format!("{path}/attachments");
            let done = super::attachments::send(&mut una, &files, "una.txt", "a", "").await;
            assert_eq!(done.status, StatusCode::OK, "{}", done.text);
        }
    }
    let mut owner = bench.owner().await;
    let look = async |owner: &mut Browser, person: PersonId| {
        let path = format!("/people/{}", bench.id(person));
        owner.look(&path).await;
        let fields = [("act", "erase"), ("value", "")];
        owner.send(&format!("{path}/change"), &fields).await
    };
    let said = "Deleted with them: 2 files that they brought and 1 mail that they sent. \
                1 file and 0 mails of others on the same records stay.";
    let review = look(&mut owner, lena).await;
    assert!(review.text.contains(said), "{}", review.text);
    assert!(!review.text.contains("A service takes mails"));
    // A program that tries it is told the same.
    let tried = async |who: &mut Browser, person: PersonId| {
        let path = format!("/api/v1/people/{}?dry_run=true", bench.id(person));
        ask(who, Method::DELETE, &path, None).await
    };
    let body = body_of(&tried(&mut owner, lena).await);
    let goes = json!([
        {"what": "files", "theirs": 2, "others": 1},
        {"what": "mails", "theirs": 1, "others": 0},
    ]);
    assert_eq!(body["goes_along"], goes, "{body}");
    assert!(!body["notices"].to_string().contains("service_address_goes"));
    let house = &bench.desk.house;
    let rows = async || {
        [
            house.rows("service_desk_attachments").await,
            house.rows("service_desk_mails").await,
        ]
    };
    assert_eq!(rows().await, [4, 2]);
    // What was shown is not what would happen any more: it is said again, and then it is done.
    let access = Tie::Customer(bench.network, CustomerAccess::NoPortal);
    bench.desk.tie(lena, access).await;
    let confirm = async |owner: &mut Browser, review: &Seen| {
        let path = format!("/people/{}/change", bench.id(lena));
        let seen = review.hidden("reviewed").unwrap().to_owned();
        let fields = [("act", "erase"), ("value", ""), ("reviewed", &*seen)];
        owner.send(&path, &fields).await
    };
    let again = confirm(&mut owner, &review).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text);
    assert!(again.text.contains(said), "{}", again.text);
    assert_eq!(rows().await, [4, 2]);
    let done = confirm(&mut owner, &again).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(rows().await, [2, 1], "as it was said");
    // Whoever may not erase her is told no number.
    let refused = look(&mut una, bench.cara).await;
    assert!(!refused.text.contains("Deleted with them"));
    let refused = tried(&mut una, bench.cara).await;
    assert!(refused.status.is_client_error() && !refused.text.contains("goes_along"));
    // A service takes mails at the address of somebody: it goes, for it is theirs as well, and that is said.
    let odd = bench.desk.customer("Odd One", SUPPORT).await;
    let review = look(&mut owner, odd).await;
    assert!(
        review
            .text
            .contains("A service takes mails at an address of theirs")
    );
    let body = body_of(&tried(&mut owner, odd).await);
    let notices = body["notices"].as_array().unwrap().iter();
    assert!(
        notices
            .filter_map(|notice| notice["code"].as_str())
            .any(|code| code == "service_address_goes"),
        "{body}"
    );
    bench
        .desk
        .by_owner(Command::ErasePerson { person: odd })
        .await;
    assert!(!room.knows(SUPPORT).await);
}

async fn sd_4_mails_go_with_the_record(db: TestDatabase) {
    let (bench, room) = open(&db).await;
    let mut ada = bench.browser(ADA).await;
    let id = opened(&room, &mut ada).await;
    let gone = ask(&mut ada, Method::DELETE, &format!("{RECORDS}/{id}"), None).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    let house = &bench.desk.house;
    assert_eq!(house.rows("service_desk_mails").await, 0);
    assert_eq!(house.rows("service_desk_mail_pieces").await, 0);
    // Nobody answers what is gone.
    let to = bench.reply_address(1, bench.cara);
    assert_eq!(
        deliver(&room, &to, &mail("2", CARA, "", "?")).await,
        Outcome::Refused
    );
}
