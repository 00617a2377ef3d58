//! What is deleted (AD-25): its address leads to nothing, on pages and over REST, save where one asks about the time before.

use access::{
    Command, Product, RoleId,
    event::Node,
    state::{ConnectionKind, LicenceModel},
};
use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use super::desk::Desk;

testkit::on_both![
    ad_25_the_address_of_what_is_deleted_leads_to_nothing,
    sd_25_a_deletion_that_is_asked_again_gets_its_first_answer,
    ad_25_the_log_names_what_is_deleted_and_leads_nowhere,
];

async fn ad_25_the_address_of_what_is_deleted_leads_to_nothing(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let owner = desk.house.owner;
    let service = desk
        .named("Travel", |id| Command::CreateService {
            id,
            first_administrator: owner,
        })
        .await;
    let group = desk.group("Desk two").await;
    let company = desk.company("Acme").await;
    let licence = desk
        .named("Spare", |id| Command::BuyLicence {
            id,
            product: Product::RemoteSupport,
            model: LicenceModel::Named,
            seats: 1,
        })
        .await;
    let connection = desk
        .named("Sync", |id| Command::CreateConnection {
            id,
            role: RoleId::MEMBER,
            kind: ConnectionKind::Service,
            rights: Default::default(),
        })
        .await;
    let gone = [
        (
            Node::Service(service),
            desk.id(service),
            "services",
            "/configure/services",
        ),
        (
            Node::Group(group),
            desk.id(group),
            "groups",
            "/configure/groups",
        ),
        (
            Node::Company(company),
            desk.id(company),
            "companies",
            "/configure/companies",
        ),
        (
            Node::Licence(licence),
            desk.id(licence),
            "licences",
            "/billing/licences",
        ),
        (
            Node::Connection(connection),
            desk.id(connection),
            "connections",
            "/configure/connections",
        ),
    ];
    let mut browser = desk.owner().await;
    for (node, id, rest, page) in gone {
        let (page, rest) = (format!("{page}/{id}"), format!("/api/v1/{rest}/{id}"));
        assert_eq!(browser.look(&page).await.status, StatusCode::OK, "{page}");
        let before = desk.house.account.state().version().0;
        desk.by_owner(Command::Delete { node }).await;
        let seen = browser.look(&page).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{page}: {}", seen.text);
        let life = format!("{page}/life");
        let refused = browser.send(&life, &[("life", "restore")]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{life}");
        let read = async |browser: &mut crate::browser::Browser, path: &str| {
            browser.ask(Method::GET, path, &[], None).await.status
        };
        assert_eq!(
            read(&mut browser, &rest).await,
            StatusCode::NOT_FOUND,
            "{rest}"
        );
        let past = format!("{rest}?as_of={before}");
        assert_eq!(read(&mut browser, &past).await, StatusCode::OK, "{past}");
    }
}

/// SD-25: whoever lost the answer asks again with the same key, also where the thing is gone.
async fn sd_25_a_deletion_that_is_asked_again_gets_its_first_answer(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let group = desk.group("Desk two").await;
    let path = format!("/api/v1/groups/{}", desk.id(group));
    let mut browser = desk.owner().await;
    let mut ask = async |method: Method, path: &str, key: Option<&str>| {
        let mut headers = vec![("sec-fetch-site", "same-origin")];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        let answer = browser.ask(method, path, &headers, None).await;
        let body: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
        (answer.status, body)
    };
    let (status, mut first) = ask(Method::DELETE, &path, Some("once")).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    assert_eq!(first["changed"], true, "{first}");
    let version = desk.house.account.state().version();
    first["repeated"] = true.into();
    let again = ask(Method::DELETE, &path, Some("once")).await;
    assert_eq!(again, (StatusCode::OK, first));
    // Whatever else is asked of it, with a key or without, is asked of nothing.
    let archive = format!("{path}/archive");
    for (method, path, key) in [
        (Method::DELETE, &path, Some("another")),
        (Method::DELETE, &path, None),
        (Method::POST, &archive, Some("further")),
        (Method::GET, &path, Some("once")),
    ] {
        let (status, body) = ask(method, path, key).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path} {key:?}: {body}");
    }
    assert_eq!(desk.house.account.state().version(), version);
}

async fn ad_25_the_log_names_what_is_deleted_and_leads_nowhere(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let group = desk.group("Desk two").await;
    let id = desk.id(group);
    let node = Node::Group(group);
    desk.by_owner(Command::Delete { node }).await;
    let mut browser = desk.owner().await;
    let log = browser.look("/audit").await;
    assert!(log.main().contains("Desk two"), "{}", log.text);
    assert!(!log.text.contains(&format!("/configure/groups/{id}")));
}
