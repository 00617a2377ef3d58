//! Configure › Services › [service]: the tabs of groups, customers and companies, and what overrides due dates.

use access::{
    Command, Permission,
    state::{ServiceLevel, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::Desk;
use crate::browser::Browser;

testkit::on_both![
    sd_8_a_group_has_full_access_by_its_tab_or_none,
    sd_8_whoever_a_group_reaches_is_named_in_order_with_the_reason,
    sd_10_a_review_says_what_a_group_gives_beside_the_own_level,
    sd_4_a_service_without_an_administrator_is_said_in_the_review,
    sd_11_a_customer_is_selectable_or_opens_the_portal_by_the_tab,
    sd_9_a_company_has_the_service_by_its_tab,
    sd_9_a_review_names_the_company_and_tells_of_its_people_at_once,
    sd_18_what_was_kept_before_is_named_in_the_review,
    sd_11_people_of_one_name_are_told_apart_in_the_review,
    sd_29_who_overrides_due_dates_is_saved_after_its_review,
];

/// Chooses one level on a tab, looks at the review, and saves it.
async fn choose(desk: &Desk, browser: &mut Browser, tab: &str, thing: &str, to: &str) {
    let save = format!("/configure/services/{}/{tab}/save", desk.id(desk.service));
    let review = browser.send(&save, &[(thing, to)]).await;
    assert!(
        review.main().contains("Save 1 change to Payroll?"),
        "{}",
        review.text
    );
    let saved = browser.save(&save, &[(thing, to)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = browser.look(saved.leads_to()).await;
    assert!(page.main().contains("No changes"), "{}", page.text);
}

async fn sd_8_a_group_has_full_access_by_its_tab_or_none(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let group = desk.group("Night shift").await;
    desk.tie(desk.ulf, Tie::Group(group)).await;
    let mut owner = desk.owner().await;
    let id = desk.id(group);
    choose(&desk, &mut owner, "groups", &id, "full.none").await;
    assert!(desk.may(desk.ulf, Permission::ServiceDeskRecordCreate));
    assert!(
        !desk.may(desk.ulf, Permission::ServiceDeskRecordDelete),
        "User access only"
    );
    let users = owner
        .look(&format!("/configure/services/{}", desk.id(desk.service)))
        .await;
    assert!(
        users.main().contains("Night shift"),
        "through which group: {}",
        users.text
    );
    choose(&desk, &mut owner, "groups", &id, "none.full").await;
    assert!(!desk.may(desk.ulf, Permission::ServiceDeskRecordCreate));
}

/// The part of a review that begins with this heading.
fn part<'a>(main: &'a str, id: &str) -> &'a str {
    let begin = format!(r#"aria-labelledby="{id}""#);
    let (_, rest) = main.split_once(&begin).unwrap();
    rest.split("</section>").next().unwrap()
}

async fn sd_8_whoever_a_group_reaches_is_named_in_order_with_the_reason(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let group = desk.group("Night shift").await;
    for name in ["zora", "ann", "mila"] {
        let person = desk.house.user(&format!("{name}@example.net")).await;
        desk.tie(person, Tie::Licence(desk.licence)).await;
        desk.tie(person, Tie::Group(group)).await;
    }
    let mut owner = desk.owner().await;
    let save = format!("/configure/services/{}/groups/save", desk.id(desk.service));
    let group = desk.id(group);
    for (to, id, why) in [
        ("full.none", "gains", "gives it."),
        ("none.full", "losses", "gives it no longer."),
    ] {
        let review = owner.send(&save, &[(&group, to)]).await;
        let told = part(review.main(), id);
        let place = |name: &str| told.find(name).unwrap_or_else(|| panic!("{name}: {told}"));
        assert!(place("Ann User") < place("Mila User") && place("Mila User") < place("Zora User"));
        let why = format!("Because group <bdi>Night shift</bdi> {why}");
        assert_eq!(told.matches(&why).count(), 3, "{told}");
        owner.save(&save, &[(&group, to)]).await;
    }
}

async fn sd_10_a_review_says_what_a_group_gives_beside_the_own_level(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let group = desk.group("Night shift").await;
    desk.tie(desk.ulf, Tie::Group(group)).await;
    desk.by_owner(Command::SaveGroupsTab {
        service: desk.service,
        rows: vec![(group, true)],
    })
    .await;
    let mut owner = desk.owner().await;
    let save = format!("/configure/services/{}/users/save", desk.id(desk.service));
    let ulf = desk.id(desk.ulf);
    let both = "</span>No access (User by group Night shift)<";
    let review = owner.send(&save, &[(&ulf, "administrator.none")]).await;
    assert!(
        review.main().contains(&format!("now {both}/del>"))
            && review.main().contains("</span>Administrator</ins>"),
        "{}",
        review.text
    );
    // What was chosen is why.
    assert!(!review.main().contains("Because"), "{}", review.text);
    owner.save(&save, &[(&ulf, "administrator.none")]).await;
    let review = owner.send(&save, &[(&ulf, "none.administrator")]).await;
    assert!(
        review.main().contains("</span>Administrator</del>")
            && review.main().contains(&format!("afterwards {both}/ins>")),
        "{}",
        review.text
    );
    // A customer has what the company has.
    let cara = desk.customer("Cara Customer", "cara@example.net").await;
    let company = desk.company("Bakery").await;
    desk.employ(cara, company).await;
    let save = format!(
        "/configure/services/{}/customers/save",
        desk.id(desk.service)
    );
    let review = owner
        .send(&save, &[(&desk.id(cara), "no_portal.none")])
        .await;
    let before = "now </span>No access (portal open by company Bakery)</del>";
    assert!(review.main().contains(before), "{}", review.text);
}

async fn sd_4_a_service_without_an_administrator_is_said_in_the_review(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut owner = desk.owner().await;
    let save = format!("/configure/services/{}/users/save", desk.id(desk.service));
    let (olga, vacant) = (
        desk.id(desk.house.owner),
        "<bdi>Payroll</bdi> would have no administrator.",
    );
    let row = [(&*olga, "user.administrator")];
    let review = owner.send(&save, &row).await;
    assert!(review.main().contains(vacant), "{}", review.text);
    desk.by_owner(Command::SaveUsersTab {
        service: desk.service,
        rows: vec![(desk.ulf, Some(ServiceLevel::Administrator))],
    })
    .await;
    let review = owner.send(&save, &row).await;
    assert!(!review.main().contains("would have no"), "{}", review.text);
}

async fn sd_11_a_customer_is_selectable_or_opens_the_portal_by_the_tab(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let cara = desk.customer("Cara Customer", "cara@example.net").await;
    let mut owner = desk.owner().await;
    let id = desk.id(cara);
    let opens = || desk.may(cara, Permission::PortalIncidentLog);
    choose(&desk, &mut owner, "customers", &id, "no_portal.none").await;
    assert!(!opens());
    choose(&desk, &mut owner, "customers", &id, "portal.no_portal").await;
    assert!(opens());
    choose(&desk, &mut owner, "customers", &id, "none.portal").await;
    assert!(!opens());
}

async fn sd_9_a_company_has_the_service_by_its_tab(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let cara = desk.customer("Cara Customer", "cara@example.net").await;
    let company = desk.company("Bakery").await;
    desk.employ(cara, company).await;
    let mut owner = desk.owner().await;
    let id = desk.id(company);
    assert!(desk.may(cara, Permission::PortalIncidentLog));
    choose(&desk, &mut owner, "companies", &id, "none.full").await;
    assert!(!desk.may(cara, Permission::PortalIncidentLog));
    choose(&desk, &mut owner, "companies", &id, "full.none").await;
    assert!(desk.may(cara, Permission::PortalIncidentLog));
}

async fn sd_9_a_review_names_the_company_and_tells_of_its_people_at_once(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let company = desk.company("Bakery").await;
    let names = ["Cara One", "Cleo Two", "Cora Three", "Cyra Four"];
    for (number, name) in names.into_iter().enumerate() {
        let customer = desk.customer(name, &format!("c{number}@example.net")).await;
        desk.employ(customer, company).await;
    }
    let mut owner = desk.owner().await;
    let save = format!(
        "/configure/services/{}/companies/save",
        desk.id(desk.service)
    );
    let review = owner.send(&save, &[(&desk.id(company), "none.full")]).await;
    let stored = part(review.main(), "stored");
    assert!(
        stored.contains("<bdi>Bakery</bdi>")
            && stored.contains("now </span>Full access</del>")
            && stored.contains("afterwards </span>No access</ins>"),
        "{stored}"
    );
    let losses = part(review.main(), "losses");
    assert!(losses.contains("<b>4 customers</b>"), "{losses}");
    for name in names {
        assert_eq!(losses.matches(name).count(), 1, "{losses}");
    }
    let once = Permission::PortalIncidentLog.label();
    assert_eq!(losses.matches(once).count(), 1, "{losses}");
    let gains = part(review.main(), "gains");
    assert!(gains.contains("Nobody gains anything."), "{gains}");
}

async fn sd_18_what_was_kept_before_is_named_in_the_review(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let (early, late) = (desk.group("Early").await, desk.group("Late").await);
    let mut owner = desk.owner().await;
    let tab = format!("/configure/services/{}/groups", desk.id(desk.service));
    owner.send(&tab, &[(&desk.id(early), "full.none")]).await;
    let save = format!("{tab}/save");
    let rows = [(&*desk.id(late), "full.none")];
    let review = owner.send(&save, &rows).await;
    let main = review.main();
    assert!(main.contains("Save 2 changes to Payroll?"), "{main}");
    assert!(
        main.contains("With 1 change kept in your draft from "),
        "{main}"
    );
    let stored = part(main, "stored");
    assert!(
        stored.find("Early").unwrap() < stored.find("Late").unwrap(),
        "{stored}"
    );
}

async fn sd_11_people_of_one_name_are_told_apart_in_the_review(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let one = desk.customer("Sam Same", "sam@example.net").await;
    let other = desk.customer("Sam Same", "same@example.net").await;
    let single = desk.customer("Sol Single", "sol@example.net").await;
    let mut owner = desk.owner().await;
    let save = format!(
        "/configure/services/{}/customers/save",
        desk.id(desk.service)
    );
    let rows = [one, other, single].map(|customer| desk.id(customer));
    let rows: Vec<_> = rows.iter().map(|id| (&**id, "portal.none")).collect();
    let review = owner.send(&save, &rows).await;
    let gains = part(review.main(), "gains");
    assert!(
        gains.contains("sam@example.net") && gains.contains("same@example.net"),
        "{gains}"
    );
    assert!(!gains.contains("sol@example.net"), "{gains}");
}

async fn sd_29_who_overrides_due_dates_is_saved_after_its_review(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut owner = desk.owner().await;
    choose(&desk, &mut owner, "users", &desk.id(desk.ulf), "user.none").await;
    let path = format!("/configure/services/{}/settings", desk.id(desk.service));
    let overrides = |person| desk.may(person, Permission::ServiceDeskDueDateOverride);
    for (policy, every_user, administrators) in [
        ("every_user", true, true),
        ("administrators", false, true),
        ("off", false, false),
    ] {
        let fields = [("policy", policy)];
        owner
            .reviewed(&format!("{path}/due-date-override"), &fields)
            .await;
        assert_eq!(overrides(desk.ulf), every_user, "{policy}");
        assert_eq!(overrides(desk.house.owner), administrators, "{policy}");
    }
}
