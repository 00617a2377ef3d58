//! Configure › Services: the list, what it counts, and a new service.

use access::{
    Command, ServiceId,
    event::{ListedCompanies, Node},
    state::{DeskRight, Facet, ServiceLevel, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};

testkit::on_both![
    sd_1_a_new_service_names_a_user,
    sd_39_a_service_that_nobody_works_on_is_said,
    sd_10_sd_11_counts_are_of_who_has_access_by_whichever_way,
    sd_33_customers_are_counted_for_whoever_sees_those_of_every_company,
];

const PLACE: &str = "/configure/services";
const NEW: &str = "/configure/services/new";

async fn sd_1_a_new_service_names_a_user(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.customer("Cara Customer", "cara@acme.example").await;
    let services = || desk.house.account.state().services().len();
    let before = services();
    let mut browser = desk.owner().await;
    for (name, person, says) in [
        // A field for users finds no customers.
        ("Travel", "cara@acme.example", "Nothing that you see"),
        ("Travel", "nobody@example.org", "Nothing that you see"),
        ("Travel", "", "Type the beginning of a name"),
        (" ", "ulf@", "aria-describedby=\"name-error\""),
    ] {
        let fields = [("name", name), ("first_administrator_text", person)];
        let again = browser.send(NEW, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{person}");
        assert!(again.text.contains(says), "{person}: {}", again.text);
        assert!(again.text.contains("The service is not made yet."));
    }
    assert_eq!(services(), before);
    let fields = [("name", "Travel"), ("first_administrator_text", "ulf@")];
    let (review, made) = browser.reviewed(NEW, &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    assert!(review.text.contains("on Travel"), "{}", review.text);
    assert!(!review.text.contains("without a name"), "{}", review.text);
    assert_eq!(services(), before + 1);
    let page = browser.look(PLACE).await;
    assert!(page.text.contains("<bdi>Travel</bdi>"), "{}", page.text);
}

async fn sd_39_a_service_that_nobody_works_on_is_said(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let first_administrator = desk.ulf;
    let made = |id| Command::CreateService {
        id,
        first_administrator,
    };
    let service: ServiceId = desk.named("Travel", made).await;
    let mut browser = desk.owner().await;
    let broken = "nobody works on it";
    let left = "One service has nobody left who works on it.";
    assert!(!browser.look(PLACE).await.text.contains(broken));
    assert!(!browser.look("/").await.text.contains(left));
    // His level stays stored; what counts is that he may do nothing any more.
    desk.by_owner(Command::Deactivate {
        person: desk.ulf,
        facet: Facet::User,
    })
    .await;
    let list = browser.look(PLACE).await;
    assert_eq!(list.text.matches(broken).count(), 1, "{}", list.text);
    let home = browser.look("/").await;
    assert!(
        home.text.contains(left) && home.text.contains(&desk.id(service)),
        "{}",
        home.text
    );
    desk.by_owner(Command::Archive {
        node: Node::Service(service),
    })
    .await;
    assert!(!browser.look("/").await.text.contains(left));
}

async fn sd_10_sd_11_counts_are_of_who_has_access_by_whichever_way(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    // One by a group, one by hand who is deactivated, two by the company.
    let group = desk.group("Night shift").await;
    desk.tie(desk.ulf, Tie::Group(group)).await;
    desk.by_owner(Command::SaveGroupsTab {
        service: desk.service,
        rows: vec![(group, true)],
    })
    .await;
    let gone = desk.house.user("gone@example.net").await;
    desk.by_owner(Command::SaveUsersTab {
        service: desk.service,
        rows: vec![(gone, Some(ServiceLevel::User))],
    })
    .await;
    desk.by_owner(Command::Deactivate {
        person: gone,
        facet: Facet::User,
    })
    .await;
    let company = desk.company("Acme").await;
    for (name, email) in [("Cara", "cara@acme.example"), ("Cem", "cem@acme.example")] {
        let customer = desk.customer(name, email).await;
        desk.employ(customer, company).await;
    }
    let mut browser = desk.owner().await;
    let list = browser.look(PLACE).await;
    for (label, count) in [
        ("Users", 2),
        ("Groups", 1),
        ("Customers", 2),
        ("Companies", 1),
    ] {
        let cell = format!(r#"data-label="{label}">{count}<"#);
        assert!(list.main().contains(&cell), "{cell}: {}", list.text);
    }
    let page = browser
        .look(&format!("{PLACE}/{}", desk.id(desk.service)))
        .await;
    for (label, count) in [
        ("Users", 2),
        ("Groups", 1),
        ("Customers", 2),
        ("Companies", 1),
    ] {
        let tab = format!(r#"{label} <span class="count">{count}<"#);
        assert!(page.main().contains(&tab), "{tab}: {}", page.text);
    }
}

async fn sd_33_customers_are_counted_for_whoever_sees_those_of_every_company(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let company = desk.company("Acme").await;
    desk.company("Globex").await;
    desk.house.set_role(desk.ulf, access::RoleId::MEMBER).await;
    desk.tie(desk.ulf, Tie::DeskRight(DeskRight::Configure))
        .await;
    let mut browser = desk.browser(ULF).await;
    let hidden = "not for you to see";
    assert!(!browser.look(PLACE).await.text.contains(hidden));
    desk.by_owner(Command::SetCompanyAccess {
        person: desk.ulf,
        listed: Some(ListedCompanies {
            companies: vec![company],
            without_company: true,
        }),
    })
    .await;
    let page = browser.look(PLACE).await;
    assert_eq!(page.text.matches(hidden).count(), 2, "{}", page.text);
}
