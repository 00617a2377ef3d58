//! From a mail to its answer and back, by Debian's Postfix as a real process (SD-37).

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use mail::inbound::{Limits, Lmtp};
use serde_json::json;
use testkit::{databases::TestDatabase, postfix::Postfix};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    sync::oneshot,
};

use super::{
    bench::{Bench, CARA, PAGES, RECORDS, UNA, body_of, edit, listed},
    mails::{SUPPORT, mail, room},
};

testkit::on_both![sd_37_a_mail_is_answered_by_staff_and_replied_to_by_its_customer];

/// Gives a mail to Postfix, as anybody's mail server would.
async fn send(postfix: &Postfix, from: &str, to: &str, raw: &str) {
    let stream = TcpStream::connect(("127.0.0.1", postfix.port()))
        .await
        .unwrap();
    let mut stream = BufReader::new(stream);
    let mail = raw.replace("\r\n.", "\r\n..");
    let lines = [
        String::new(),
        "HELO mail.example\r\n".to_owned(),
        format!("MAIL FROM:<{from}>\r\n"),
        format!("RCPT TO:<{to}>\r\n"),
        "DATA\r\n".to_owned(),
        format!("{mail}\r\n.\r\n"),
        "QUIT\r\n".to_owned(),
    ];
    for line in lines {
        stream.write_all(line.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_line(&mut answer).await.unwrap();
        assert!(
            answer.starts_with(['2', '3']),
            "{answer}\n{}",
            postfix.log()
        );
    }
}

/// Until something is so.
async fn until(postfix: &Postfix, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..300 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{}", postfix.log());
}

async fn sd_37_a_mail_is_answered_by_staff_and_replied_to_by_its_customer(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    bench.takes_mails(bench.payroll, &[SUPPORT]).await;
    let lmtp = Lmtp::open("lmtp://127.0.0.1:0", Limits::default())
        .await
        .unwrap();
    let port = lmtp.port().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(lmtp.run(Arc::new(room(&bench)), async {
        let _ = stopped.await;
    }));
    let postfix = Postfix::start("example.org", port, &[CARA]);

    // It opens an incident, of a sender whom the relay vouches for.
    let raw = mail("1", "Cara Customer <cara@acme.example>", "", "It burns.");
    send(&postfix, CARA, SUPPORT, &raw).await;
    let mut una = bench.browser(UNA).await;
    until(&postfix, async || !listed(&mut una, "").await.is_empty()).await;
    let id = listed(&mut una, "").await.remove(0);
    let page = una.look(&format!("{PAGES}/{id}")).await;
    assert!(
        page.main().contains("Cara Customer") && page.main().contains(">by mail<"),
        "{}",
        page.main()
    );

    // Una answers, and the answer reaches Cara, with an address for hers.
    let note = format!("{PAGES}/{id}/notes");
    let said = [("text", "Where does it burn?"), ("to", "public")];
    assert_eq!(una.send(&note, &said).await.status, StatusCode::SEE_OTHER);
    let mails = bench.desk.house.mails().await;
    let answer = mails
        .iter()
        .find(|mail| mail.text.body.contains("Where does it burn?"))
        .unwrap();
    assert_eq!(answer.to, CARA);
    let to = answer
        .text
        .thread
        .as_ref()
        .unwrap()
        .reply_to
        .clone()
        .unwrap();

    // Her reply becomes a note; a forged one is turned away at the door, and so is Eve's.
    let forged = to.replace("support+", "support+0");
    send(
        &postfix,
        "eve@elsewhere.example",
        &forged,
        &mail("2", CARA, "", "Pay me."),
    )
    .await;
    send(
        &postfix,
        "eve@elsewhere.example",
        &to,
        &mail("3", "eve@elsewhere.example", "", "Pay me."),
    )
    .await;
    let reply = mail(
        "4",
        CARA,
        "In-Reply-To: <x@example.org>\r\n",
        "In room 7.\r\n\r\n> Where does it burn?",
    );
    send(&postfix, CARA, &to, &reply).await;
    send(&postfix, CARA, &to, &reply).await;
    let path = format!("{RECORDS}/{id}/notes");
    until(&postfix, async || {
        let notes = body_of(&una.look(&path).await);
        notes["items"].as_array().unwrap().len() == 2
    })
    .await;
    until(&postfix, async || {
        let log = postfix.log();
        log.matches("status=sent").count() >= 3 && log.matches("status=bounced").count() >= 2
    })
    .await;
    let notes = body_of(&una.look(&path).await);
    let notes = notes["items"].as_array().unwrap();
    assert_eq!(notes.len(), 2);
    assert_eq!(
        (&notes[0]["text"], &notes[0]["author"]),
        (&json!("In room 7."), &json!(bench.id(bench.cara)))
    );

    // It is closed, and Cara is told.
    let closes = json!({"status": "closed", "reason": "solved"});
    assert_eq!(edit(&mut una, &id, closes).await.status, StatusCode::OK);
    let mails = bench.desk.house.mails().await;
    assert!(mails[0].to == CARA && mails[0].text.body.contains("is closed"));
    drop(stop);
    task.await.unwrap();
}
