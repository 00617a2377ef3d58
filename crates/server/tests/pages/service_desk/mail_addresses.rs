//! At which addresses a service takes mails (SD-37): set by whoever configures the desk, once in the account, and looked at before.

use access::{Command, event::Node};
use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::bench::{ADA, Bench, CARA, UNA, ask_with, body_of, text_of};
use crate::browser::Browser;

testkit::on_both![
    sd_37_addresses_are_reviewed_saved_and_told_in_the_log,
    sd_37_an_address_belongs_to_one_service,
    sd_37_an_address_belongs_to_one_account,
    sd_37_addresses_are_for_whoever_configures_the_desk,
    sd_37_what_is_no_address_is_told_at_its_field,
];

fn page_of(bench: &Bench) -> String {
    format!("/configure/services/{}/mail", bench.id(bench.payroll))
}

fn path_of(bench: &Bench, service: access::ServiceId) -> String {
    format!("/api/v1/services/{}/mail-addresses", bench.id(service))
}

async fn set(by: &mut Browser, path: &str, addresses: &[&str]) -> crate::browser::Seen {
    let read = by.look(path).await;
    let mark = match read.status {
        StatusCode::OK => text_of(&read, "mark"),
        _ => "0".repeat(32),
    };
    let body = json!({"addresses": addresses});
    ask_with(by, Method::PUT, path, Some(body), &[("if-mark", &mark)]).await
}

async fn sd_37_addresses_are_reviewed_saved_and_told_in_the_log(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let page = page_of(&bench);
    let log = bench.desk.house.account.head().position;
    let seen = owner.look(&page).await;
    let mark = seen.hidden("mark").unwrap().to_owned();
    let typed = " Support@example.org\r\n\r\nprinters@example.org ";
    let review = owner
        .send(&page, &[("addresses", typed), ("mark", &mark)])
        .await;
    for words in [
        "Not saved yet",
        "support@example.org",
        "printers@example.org",
        "Save the addresses",
    ] {
        assert!(review.main().contains(words), "{words}: {}", review.main());
    }
    assert_eq!(
        bench.desk.house.account.head().position,
        log,
        "a review changes nothing"
    );
    let reviewed = review.hidden("reviewed").unwrap().to_owned();
    // What was typed since is looked at again.
    let other = [
        ("addresses", "other@example.org"),
        ("mark", &mark),
        ("reviewed", &reviewed),
    ];
    let again = owner.send(&page, &other).await;
    assert!(again.main().contains("Not saved yet"), "{}", again.main());
    let same = [
        ("addresses", typed),
        ("mark", mark.as_str()),
        ("reviewed", &reviewed),
    ];
    let saved = owner.send(&page, &same).await;
    assert_eq!(
        (saved.status, saved.leads_to()),
        (StatusCode::SEE_OTHER, page.as_str()),
        "{}",
        saved.text
    );
    let path = path_of(&bench, bench.payroll);
    let there = body_of(&owner.look(&path).await);
    assert_eq!(
        there["addresses"],
        json!(["support@example.org", "printers@example.org"])
    );
    let entry = &bench.desk.house.account.log_page(None, 1).await.unwrap()[0];
    assert_eq!(entry.act, "set_service_mail");
    let audit = owner.look("/audit").await;
    assert!(
        audit.main().contains("takes mails at other addresses"),
        "{}",
        audit.main()
    );
    assert!(
        !audit.text.contains("support@example.org"),
        "no text in the log"
    );
    // By what was read before it is refused.
    let stale = [("if-mark", mark.as_str())];
    let body = json!({"addresses": []});
    let refused = ask_with(&mut owner, Method::PUT, &path, Some(body), &stale).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(text_of(&refused, "code"), "changed_meanwhile");
    let gone = set(&mut owner, &path, &["printers@example.org"]).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    assert_eq!(
        bench.desk.house.rows("service_desk_mail_addresses").await,
        1
    );
}

async fn sd_37_an_address_belongs_to_one_service(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let done = set(
        &mut owner,
        &path_of(&bench, bench.payroll),
        &["support@example.org"],
    )
    .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let other = path_of(&bench, bench.network);
    let refused = set(
        &mut owner,
        &other,
        &["network@example.org", "SUPPORT@example.org"],
    )
    .await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(text_of(&refused, "code"), "address_of_another");
    assert_eq!(body_of(&owner.look(&other).await)["addresses"], json!([]));
    // A service that is gone takes no mails, and its address is free (SD-28).
    let node = Node::Service(bench.payroll);
    bench.desk.by_owner(Command::Delete { node }).await;
    let done = set(&mut owner, &other, &["support@example.org"]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let rows = bench.desk.house.rows("service_desk_mail_addresses").await;
    assert_eq!(rows, 1);
}

/// Mails to it would go to the account that is older, and nobody in the other one would hear of it.
async fn sd_37_an_address_belongs_to_one_account(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let engine = &bench.desk.house.engine;
    let other = engine.create_account().await.unwrap();
    let mut tx = engine.database().begin().await.unwrap();
    let sql = "INSERT INTO service_desk_mail_addresses (account, address, service, place) VALUES ($1, 'help@b.example', 1, 0)";
    tx.execute(sql, [other.id().0.into()]).await.unwrap();
    tx.commit().await.unwrap();
    let mut owner = bench.owner().await;
    let path = path_of(&bench, bench.payroll);
    let refused = set(&mut owner, &path, &["help@b.example"]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(text_of(&refused, "code"), "address_of_another");
}

async fn sd_37_addresses_are_for_whoever_configures_the_desk(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    bench.lets_in(bench.cara).await;
    let (page, path) = (page_of(&bench), path_of(&bench, bench.payroll));
    for email in [UNA, ADA, CARA] {
        let mut who = bench.browser(email).await;
        let looked = who.look(&page).await.status;
        assert!(
            [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&looked),
            "{email}: {looked}"
        );
        assert_ne!(who.look(&path).await.status, StatusCode::OK);
        let mark = "0".repeat(32);
        let sent = who
            .send(&page, &[("addresses", "me@example.org"), ("mark", &mark)])
            .await;
        assert_ne!(sent.status, StatusCode::SEE_OTHER);
        assert_ne!(
            set(&mut who, &path, &["me@example.org"]).await.status,
            StatusCode::OK
        );
    }
    assert_eq!(
        bench.desk.house.rows("service_desk_mail_addresses").await,
        0
    );
}

async fn sd_37_what_is_no_address_is_told_at_its_field(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let (page, path) = (page_of(&bench), path_of(&bench, bench.payroll));
    let mark = owner.look(&page).await.hidden("mark").unwrap().to_owned();
    for wrong in ["support", "a+b@example.org", "a@example.org\nA@example.org"] {
        let again = owner
            .send(&page, &[("addresses", wrong), ("mark", &mark)])
            .await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(again.main().contains("addresses-error"), "{}", again.main());
    }
    let refused = set(&mut owner, &path, &["ok@example.org", "no"]).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text
    );
    assert!(refused.text.contains("/addresses/1"), "{}", refused.text);
    assert_eq!(
        bench.desk.house.rows("service_desk_mail_addresses").await,
        0
    );
}
