//! Mails of real processes: through a mail server, into the demonstration's mailbox, and into neither.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use testkit::smtp::{MailServer, Turn};

use crate::program::{Server, run};

testkit::on_both![
    an_invited_user_is_sent_a_mail_and_accepts_with_it,
    the_demonstration_shows_its_mails_and_no_other_server_does,
    a_mail_goes_over_tls_to_a_server_that_is_trusted,
];

async fn until<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..200 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing came");
}

async fn an_invited_user_is_sent_a_mail_and_accepts_with_it(db: TestDatabase) {
    let post = MailServer::start().await;
    post.next(Turn::RefuseReceiver(550));
    let mut server = Server::with_mails(&db.address, &post.url());
    // It listens on a port of its own; links lead to the address that callers know.
    assert_eq!(server.hear("https://"), "https://rolecall.example");
    let port = server.hear("listens on ");
    server.url = format!("http://{}", port.trim_start_matches("listens on "));
    let owner = server.set_up().await;
    let client = server.client(&owner.token);
    let nobody = json!({"name": "Nora Nobody", "email": "nora.nobody@example.net"});
    let nora = client.made("/people/users", nobody).await;
    let given_up = until(async || {
        let shown = client.read(&format!("/people/{nora}/invitation")).await;
        (shown["mail"]["state"] == "given_up").then_some(shown)
    })
    .await;
    assert_eq!(given_up["mail"]["error"], "smtp_550");
    let rita = json!({"name": "Rita Roth", "email": "rita.roth@example.net"});
    let rita = client.made("/people/users", rita).await;
    let mail = until(async || post.received().pop()).await;
    assert_eq!(mail.to, "rita.roth@example.net");
    let link = mail.link().unwrap();
    assert!(
        mail.text()
            .contains(&format!("https://rolecall.example/invitation#{link}"))
    );
    let body = json!({"link": link, "password": "seven green tractors"});
    let accepted = server
        .client("")
        .done(Method::POST, "/invitations/accept", body)
        .await;
    assert_eq!(accepted.body["person"], Value::String(rita));
    let numbers = reqwest::get(format!("{}/metrics", server.url)).await;
    let numbers = numbers.unwrap().text().await.unwrap();
    for outcome in ["sent", "given_up"] {
        let counted = format!("rolecall_mails_total{{outcome=\"{outcome}\"}} 1");
        assert!(numbers.contains(&counted), "{numbers}");
    }
    // No personal data in the log, and no link.
    let log = server.stop();
    assert!(log.contains("a mail was sent"), "{log}");
    for secret in ["example.net", "Rita", "Nora", "rc_"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

async fn the_demonstration_shows_its_mails_and_no_other_server_does(db: TestDatabase) {
    let mut demo = Server::demo(&db, "small");
    let token = demo.demonstrates();
    assert!(demo.url.starts_with("http://127.0.0.1:"), "{}", demo.url);
    let client = demo.client(&token);
    let rita = json!({"name": "Rita <b>Roth", "email": "rita@example.net"});
    client.made("/people/users", rita).await;
    let mailbox = format!("{}/demo/mailbox", demo.url);
    let page = until(async || {
        let page = reqwest::get(&mailbox).await.unwrap();
        let page = page.text().await.unwrap();
        page.contains("rita@example.net").then_some(page)
    })
    .await;
    // The list leads to each mail, and the mail to where its link leads.
    let (_, rest) = page.split_once("href=\"/demo/mailbox/").unwrap();
    let number = rest.split('"').next().unwrap();
    let mail = reqwest::get(format!("{mailbox}/{number}")).await.unwrap();
    let mail = mail.text().await.unwrap();
    assert!(
        mail.contains("rita@example.net") && !mail.contains("<b>Roth"),
        "{mail}"
    );
    assert!(mail.contains(&format!("href=\"{}/invitation#rc_", demo.url)));
    let absent = reqwest::get(format!("{mailbox}/999")).await.unwrap();
    assert_eq!(absent.status().as_u16(), 404);
    demo.kill();
    // The same account behind `serve`.
    let mut server = Server::start(&db.address);
    assert!(server.hear("No mail server").contains("mails wait"));
    for path in ["demo/mailbox", "demo/mailbox/1"] {
        let answer = reqwest::get(format!("{}/{path}", server.url)).await;
        assert_eq!(answer.unwrap().status().as_u16(), 404);
    }
}

/// STARTTLS, with a root that the operator names as for every program that uses the system's (`SSL_CERT_FILE`).
async fn a_mail_goes_over_tls_to_a_server_that_is_trusted(db: TestDatabase) {
    let post = MailServer::start_with_tls().await;
    let mut server = Server::with_trusted_mails(&db.address, &post.url_with_tls());
    let port = server.hear("listens on ");
    server.url = format!("http://{}", port.trim_start_matches("listens on "));
    let owner = server.set_up().await;
    let client = server.client(&owner.token);
    let rita = json!({"name": "Rita Roth", "email": "rita.roth@example.net"});
    client.made("/people/users", rita).await;
    let mail = until(async || post.received().pop()).await;
    assert_eq!(mail.to, "rita.roth@example.net");
    assert!(mail.secured && mail.link().is_some());
}

#[test]
fn the_demonstration_binds_this_machine_only() {
    for option in [
        ["--listen", "0.0.0.0:0"],
        ["--address", "0.0.0.0"],
        ["--port", "0.0.0.0:0"],
    ] {
        let output = run("unused.db", &["demo", option[0], option[1]]);
        assert!(!output.status.success(), "{option:?}");
    }
}

#[test]
fn a_mail_server_without_what_it_needs_is_refused_at_the_start() {
    let serve = |further: &[&str]| {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("mails.db").display().to_string();
        let output = run(
            &database,
            &[&["serve", "--listen", "127.0.0.1:0"], further].concat(),
        );
        assert!(!output.status.success(), "{further:?}");
        assert!(!std::path::Path::new(&database).exists(), "nothing is made");
        String::from_utf8(output.stderr).unwrap()
    };
    let (smtp, from) = (
        ["--smtp", "smtp://user:hunter2@mail.example.org"],
        ["--mail-from", "rolecall@example.org"],
    );
    let url = ["--external-url", "https://rolecall.example"];
    assert!(serve(&smtp).contains("--mail-from"));
    assert!(serve(&[smtp, from].concat()).contains("--external-url"));
    let plain = ["--smtp", "smtp://user:hunter2@mail.example.org?tls=none"];
    let told = serve(&[plain, from, url].concat());
    assert!(told.contains("TLS") && !told.contains("hunter2"), "{told}");
    let nowhere = ["--smtp", "mail.example.org"];
    assert!(serve(&[nowhere, from, url].concat()).contains("smtp://"));
    let sender = ["--mail-from", "Rolecall"];
    assert!(serve(&[smtp, sender, url].concat()).contains("sender"));
}
