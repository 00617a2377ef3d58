//! The panels that slices show of somebody: there for who has something of the product or can give it, and absent for everybody else.

use access::{
    Command, LicenceId, PermissionSet, PersonId, Product, QueueId, RoleId,
    command::RoleAssignment,
    state::{CustomerAccess, LicenceModel, PeopleScope, QueueKind, ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};
use crate::browser::Browser;

testkit::on_both![
    ad_31_each_slice_shows_what_somebody_holds_of_its_product,
    cc_10_the_skills_of_an_agent_are_shown_to_who_sees_skills_and_lead_to_them,
    ad_14_a_panel_is_absent_where_nothing_is_held_and_nothing_can_be_given,
];

const WATCHER: &str = "wanda@example.net";

async fn licence(desk: &Desk, name: &str, product: Product) -> LicenceId {
    desk.named(name, |id| Command::BuyLicence {
        id,
        product,
        model: LicenceModel::Named,
        seats: 5,
    })
    .await
}

async fn queue(desk: &Desk) -> QueueId {
    desk.named("Hotline", |id| Command::CreateQueue {
        id,
        kind: QueueKind::Call,
    })
    .await
}

/// Somebody who may ask about everybody, and gives nothing.
async fn watcher(desk: &Desk) -> (PersonId, Browser) {
    let wanda = desk.house.user(WATCHER).await;
    let role: RoleId = desk
        .named("Watcher", |id| Command::CreateRole {
            id,
            permissions: PermissionSet::of(&[access::Permission::AdminAccessAsk]),
        })
        .await;
    desk.by_owner(Command::SetAccountRoles {
        people: vec![wanda],
        assignment: RoleAssignment {
            role,
            scope: PeopleScope::All,
        },
        keep: Vec::new(),
        bulk: false,
    })
    .await;
    (wanda, desk.browser(WATCHER).await)
}

const PANELS: [&str; 5] = [
    "licences",
    "desk",
    "contact-centre",
    "remote-support",
    "portal-services",
];

/// The panels of the tab Products, in the order in which they stand.
async fn panels(desk: &Desk, browser: &mut Browser, person: PersonId) -> Vec<&'static str> {
    let page = browser
        .look(&format!("/people/{}/products", desk.id(person)))
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let place = |id: &str| page.main().find(&format!("id=\"s-{id}\""));
    let mut there: Vec<_> = PANELS
        .into_iter()
        .filter_map(|id| Some((place(id)?, id)))
        .collect();
    there.sort_unstable();
    there.into_iter().map(|(_, id)| id).collect()
}

async fn ad_31_each_slice_shows_what_somebody_holds_of_its_product(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let una = desk.house.user("una@example.net").await;
    desk.house.set_role(una, RoleId::MEMBER).await;
    let cara = desk.customer("Cara Customer", "cara@example.net").await;
    let voices = licence(&desk, "Voices", Product::ContactCentre).await;
    let remote = licence(&desk, "Remote", Product::RemoteSupport).await;
    let queue = queue(&desk).await;
    let group = desk.group("Night shift").await;
    let (wanda, mut watcher) = watcher(&desk).await;
    for tie in [
        Tie::Licence(desk.licence),
        Tie::Licence(voices),
        Tie::Licence(remote),
        Tie::Group(group),
        Tie::QueueAgent(queue),
    ] {
        desk.tie(una, tie).await;
    }
    desk.by_owner(Command::SaveUsersTab {
        service: desk.service,
        rows: vec![(una, Some(ServiceLevel::User))],
    })
    .await;
    desk.tie(wanda, Tie::Licence(voices)).await;
    desk.by_owner(Command::SaveCustomersTab {
        service: desk.service,
        rows: vec![(cara, Some(CustomerAccess::Portal))],
    })
    .await;
    // Whoever sees nothing of a product sees nothing of what others have of it.
    assert_eq!(panels(&desk, &mut watcher, una).await, ["licences"]);
    let page = format!("/people/{}/products", desk.id(una));
    desk.tie(wanda, Tie::Licence(desk.licence)).await;
    desk.by_owner(Command::SaveUsersTab {
        service: desk.service,
        rows: vec![(wanda, Some(ServiceLevel::User))],
    })
    .await;
    let there = ["licences", "desk"];
    assert_eq!(panels(&desk, &mut watcher, una).await, there);
    assert!(watcher.look(&page).await.main().contains("Payroll"));
    desk.tie(wanda, Tie::QueueAgent(queue)).await;
    let there = ["licences", "desk", "contact-centre"];
    assert_eq!(panels(&desk, &mut watcher, una).await, there);
    assert!(watcher.look(&page).await.main().contains("Hotline"));
    desk.tie(una, Tie::Agent).await;
    let there = ["licences", "desk", "contact-centre", "remote-support"];
    assert_eq!(panels(&desk, &mut watcher, una).await, there);
    // A customer has one of their own.
    let mut owner = desk.owner().await;
    assert_eq!(panels(&desk, &mut owner, cara).await, ["portal-services"]);
    // RULES §4: what one may not do is not offered.
    let seen = watcher.look(&page).await;
    assert!(!seen.text.contains("/change\""), "{}", seen.text);
}

async fn ad_14_a_panel_is_absent_where_nothing_is_held_and_nothing_can_be_given(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let una = desk.house.user("una@example.net").await;
    desk.house.set_role(una, RoleId::MEMBER).await;
    let mut owner = desk.owner().await;
    queue(&desk).await;
    licence(&desk, "Voices", Product::ContactCentre).await;
    // A Super admin gives everything.
    let staff = ["licences", "desk", "contact-centre", "remote-support"];
    assert_eq!(panels(&desk, &mut owner, una).await, staff);
    let (_, mut watcher) = watcher(&desk).await;
    assert!(panels(&desk, &mut watcher, una).await.is_empty());
    let page = format!("/people/{}/products", desk.id(una));
    let page = watcher.look(&page).await;
    assert!(page.main().contains("Nothing is set."), "{}", page.text);
    // Of whom one may not ask there is no such page.
    desk.house.set_role(desk.ulf, RoleId::MEMBER).await;
    let mut ulf = desk.browser(ULF).await;
    let page = format!("/people/{}/products", desk.id(una));
    let denied = ulf.look(&page).await;
    assert!(
        [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&denied.status),
        "{}",
        denied.text
    );
}

async fn cc_10_the_skills_of_an_agent_are_shown_to_who_sees_skills_and_lead_to_them(
    db: TestDatabase,
) {
    let desk = Desk::open(&db).await;
    let una = desk.house.user("una@example.net").await;
    let voices = licence(&desk, "Voices", Product::ContactCentre).await;
    desk.tie(una, Tie::Licence(voices)).await;
    let queue = queue(&desk).await;
    desk.tie(una, Tie::QueueAgent(queue)).await;
    let mut owner = desk.owner().await;
    let headers = [
        ("content-type", "application/json"),
        ("sec-fetch-site", "same-origin"),
    ];
    let skills = "/api/v1/contact-centre/skills";
    let body = Some(r#"{"name": "French <b>"}"#.to_owned());
    let made = owner.ask(Method::POST, skills, &headers, body).await;
    let made: serde_json::Value = serde_json::from_str(&made.text).unwrap();
    let skill = made["id"].as_str().unwrap();
    let give = format!("{skills}/{skill}/agents/{}", desk.id(una));
    let given = owner.ask(Method::PUT, &give, &headers, None).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.text);
    let page = format!("/people/{}/products", desk.id(una));
    let seen = owner.look(&page).await;
    let link = format!("href=\"/contact-centre/admin/skills/{skill}/agents\"");
    assert!(seen.main().contains(&link), "{}", seen.text);
    assert!(!seen.main().contains("<b>"), "{}", seen.text);
    assert_eq!(
        owner
            .look(&format!("/contact-centre/admin/skills/{skill}/agents"))
            .await
            .status,
        StatusCode::OK
    );
    // Whoever sees no skills sees the queues alone.
    let (wanda, mut watcher) = watcher(&desk).await;
    desk.tie(wanda, Tie::Licence(voices)).await;
    desk.tie(wanda, Tie::QueueAgent(queue)).await;
    let seen = watcher.look(&page).await;
    assert!(seen.main().contains("Hotline") && !seen.text.contains(skill));
}
