//! Files that are made while they are sent: each ends where the right to it does.

use access::{Command, PublicId};
use axum::http::StatusCode;
use ledger::Options;
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};
use super::programs::make;
use crate::browser::{Browser, OWNER, Parts};

testkit::on_both![
    ad_28_who_can_as_a_file_ends_where_the_right_to_it_does,
    ad_28_the_audit_log_as_a_file_ends_where_the_right_to_it_does,
    ad_24_a_file_ends_where_whoever_reads_it_is_signed_out,
    ad_27_a_file_ends_where_viewing_does,
    ad_28_a_file_ends_with_the_token_that_it_is_read_by,
    ad_31_who_can_as_a_file_has_the_order_of_its_page,
    ad_20_the_audit_log_as_a_file_says_moments_for_programs_and_nothing_in_words,
];

/// More people than one stretch of a file tells of.
async fn with_many(db: &TestDatabase) -> Desk {
    let desk = Desk::open(db).await;
    let (account, mut answers) = (&desk.house.account, Vec::new());
    for _ in 0..600 {
        let id = PublicId::new(desk.house.engine.new_uuid());
        let add = Command::AddCustomer { id, service: None };
        let (owner, options) = (desk.house.owners(), Options::untold("test"));
        answers.push(account.begin(owner, add, options).await.unwrap());
    }
    for answer in answers {
        answer.await.unwrap();
    }
    desk
}

/// A file of which the first stretch was read.
async fn begun(browser: &mut Browser, path: &str) -> Parts {
    let whole = browser.look(path).await;
    assert!(whole.text.lines().count() > 600);
    let mut parts = browser.stream(path).await;
    let begin = parts.next().await.unwrap().unwrap();
    assert!(begin.lines().count() > 50 && begin.len() < whole.text.len());
    parts
}

/// The right goes after the first stretch.
async fn ends(desk: &Desk, path: &str) {
    let mut browser = desk.house.signed_in(ULF).await;
    let mut parts = begun(&mut browser, path).await;
    let body = r#"{"name": "Helper", "permissions": ["admin.history.access"]}"#;
    let role = desk.house.custom_role(body).await;
    desk.house.set_role(desk.ulf, role).await;
    assert!(parts.next().await.unwrap().is_err(), "it is broken off");
}

async fn ad_24_a_file_ends_where_whoever_reads_it_is_signed_out(db: TestDatabase) {
    let desk = with_many(&db).await;
    let mut browser = desk.house.signed_in(ULF).await;
    let mut parts = begun(&mut browser, "/audit/export").await;
    let mut owner = desk.house.signed_in(OWNER).await;
    owner.look("/account").await;
    let form = format!("/people/{}/sessions/end", desk.id(desk.ulf));
    let ended = owner.send(&form, &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text);
    assert!(parts.next().await.unwrap().is_err(), "it is broken off");
}

async fn ad_27_a_file_ends_where_viewing_does(db: TestDatabase) {
    let desk = with_many(&db).await;
    let mut owner = desk.house.signed_in(OWNER).await;
    owner.look("/account").await;
    let form = format!("/people/{}/view-as", desk.id(desk.ulf));
    assert_eq!(owner.send(&form, &[]).await.leads_to(), "/");
    let mut parts = begun(&mut owner, "/audit/export").await;
    owner.look("/").await;
    owner.send("/view-as/end", &[]).await;
    assert!(parts.next().await.unwrap().is_err(), "it is broken off");
}

async fn ad_28_a_file_ends_with_the_token_that_it_is_read_by(db: TestDatabase) {
    let desk = with_many(&db).await;
    let mut owner = desk.owner().await;
    let secret = make(&mut owner, "/configure/tokens/new").await;
    let bearer = format!("Bearer {secret}");
    let mut program = desk.house.browser();
    let bearer = [("authorization", &*bearer)];
    let mut parts = program.stream_as("/audit/export", &bearer).await;
    assert!(parts.next().await.unwrap().unwrap().lines().count() > 50);
    let token = desk.house.account.state().tokens().ids().last().unwrap();
    let revoke = format!("/configure/tokens/{}/revoke", desk.id(token));
    owner.save(&revoke, &[]).await;
    assert!(parts.next().await.unwrap().is_err(), "it is broken off");
}

async fn ad_31_who_can_as_a_file_has_the_order_of_its_page(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.customer("Zed Customer", "zed@acme.example").await;
    desk.customer("Abe Customer", "abe@acme.example").await;
    let mut browser = desk.owner().await;
    let asked = format!("?on={}&people=everybody", desk.id(desk.service));
    let page = browser.look(&format!("/access/who-can{asked}")).await;
    assert!(page.text.contains("by name"), "{}", page.text);
    let file = browser
        .look(&format!("/access/who-can/export{asked}"))
        .await;
    let rows = file.text.lines().skip(1);
    let names: Vec<_> = rows.map(|row| row.split('"').nth(3).unwrap()).collect();
    let by_name = ["Abe Customer", "Olga Owner", "Ulf User", "Zed Customer"];
    assert_eq!(names, by_name, "{}", file.text);
}

async fn ad_20_the_audit_log_as_a_file_says_moments_for_programs_and_nothing_in_words(
    db: TestDatabase,
) {
    let desk = Desk::open(&db).await;
    desk.group("Night shift").await;
    let mut browser = desk.owner().await;
    let file = browser.look("/audit/export").await;
    let first = file.text.lines().nth(1).unwrap();
    let at = first.split('"').nth(3).unwrap();
    assert_eq!(
        (&at[4..5], &at[10..11], &at[at.len() - 1..]),
        ("-", "T", "Z")
    );
    assert!(first.contains("name: nothing → Night shift"), "{first}");
}

async fn ad_28_who_can_as_a_file_ends_where_the_right_to_it_does(db: TestDatabase) {
    let desk = with_many(&db).await;
    let service = desk.id(desk.service);
    ends(
        &desk,
        &format!("/access/who-can/export?on={service}&people=everybody"),
    )
    .await;
}

async fn ad_28_the_audit_log_as_a_file_ends_where_the_right_to_it_does(db: TestDatabase) {
    ends(&with_many(&db).await, "/audit/export").await;
}
