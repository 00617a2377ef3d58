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
        assert_ne!(refused.status, StatusCode::OK, "{life}");
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
