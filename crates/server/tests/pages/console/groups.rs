//! Configure › Groups.

use access::{Command, GroupId, Permission::ServiceDeskRecordCreate, PublicId};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};

testkit::on_both![
    sd_20_a_group_is_made_filled_and_emptied_in_a_browser,
    i_8_only_users_are_members_of_a_group,
    ad_25_an_archived_group_gives_nothing_and_says_so,
    whoever_configures_nothing_finds_no_groups,
];

async fn sd_20_a_group_is_made_filled_and_emptied_in_a_browser(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut browser = desk.owner().await;
    let empty = browser.look("/configure/groups").await;
    assert!(
        empty.text.contains("There is no group yet."),
        "{}",
        empty.text
    );

    let nameless = browser
        .send("/configure/groups/new", &[("name", "  ")])
        .await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nameless.text.contains(r#"aria-describedby="name-error""#));
    let made = browser
        .send("/configure/groups/new", &[("name", "Night shift")])
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let path = made.leads_to().to_owned();
    let id: PublicId<GroupId> = path.rsplit_once('/').unwrap().1.parse().unwrap();
    let group = desk.house.account.state().resolve(id).unwrap();
    desk.by_owner(Command::SaveGroupsTab {
        service: desk.service,
        rows: vec![(group, true)],
    })
    .await;

    // Typed without a script: one is found, and shown what they gain.
    let form = format!("{path}/members");
    let review = browser.send(&form, &[("person_text", "Ulf")]).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.text);
    assert!(review.text.contains("Put Ulf User into Night shift?"));
    assert!(!desk.may(desk.ulf, ServiceDeskRecordCreate));
    let saved = browser.save(&form, &[("person_text", "Ulf")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert!(desk.may(desk.ulf, ServiceDeskRecordCreate), "SD-8");
    let page = browser.look(&path).await;
    assert!(page.main().contains("Ulf User") && page.text.contains("Payroll"));

    let person = desk.id(desk.ulf);
    let taken = browser
        .save(&format!("{path}/members/take"), &[("person", &person)])
        .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    assert!(!desk.may(desk.ulf, ServiceDeskRecordCreate));
    let page = browser.look(&path).await;
    assert!(page.text.contains("Nobody is in this group yet."));
}

async fn i_8_only_users_are_members_of_a_group(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let group = desk.group("Night shift").await;
    let cara = desk.customer("Cara Customer", "cara@acme.example").await;
    let mut browser = desk.owner().await;
    let form = format!("/configure/groups/{}/members", desk.id(group));
    let cara = desk.id(cara);
    let chosen = [
        ("person", &*cara),
        ("person_text", "Cara"),
        ("person_asked", "Cara"),
    ];
    let refused = browser.save(&form, &chosen).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert!(
        refused.text.contains("This cannot be saved."),
        "{}",
        refused.text
    );
    // Nor does the field find them.
    for text in ["Cara", "Zz"] {
        let nobody = browser.send(&form, &[("person_text", text)]).await;
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nobody.text.contains(r#"aria-invalid="true""#));
    }
    let state = desk.house.account.state();
    assert!(state.groups().get(group).unwrap().members.is_empty());
}

async fn ad_25_an_archived_group_gives_nothing_and_says_so(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let group = desk.group("Night shift").await;
    desk.tie(desk.ulf, access::state::Tie::Group(group)).await;
    desk.by_owner(Command::SaveGroupsTab {
        service: desk.service,
        rows: vec![(group, true)],
    })
    .await;
    let mut browser = desk.owner().await;
    let page = format!("/configure/groups/{}", desk.id(group));
    let form = format!("{page}/life");
    let review = browser.send(&form, &[("life", "archive")]).await;
    assert!(review.main().contains("Ulf User"), "{}", review.text);
    assert!(desk.may(desk.ulf, ServiceDeskRecordCreate));
    browser.save(&form, &[("life", "archive")]).await;
    assert!(!desk.may(desk.ulf, ServiceDeskRecordCreate));
    let shown = browser.look(&page).await;
    assert!(shown.text.contains("This group is archived."));
    browser.save(&form, &[("life", "restore")]).await;
    assert!(desk.may(desk.ulf, ServiceDeskRecordCreate));
    // What cannot be undone is looked at, even where nobody has anything by it.
    let other = desk.group("Empty").await;
    let form = format!("/configure/groups/{}/life", desk.id(other));
    let review = browser.send(&form, &[("life", "delete")]).await;
    assert_eq!(review.status, StatusCode::OK);
    let gone = browser.save(&form, &[("life", "delete")]).await;
    assert_eq!(gone.leads_to(), "/configure/groups");
}

async fn whoever_configures_nothing_finds_no_groups(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let group = desk.group("Night shift").await;
    desk.house.set_role(desk.ulf, access::RoleId::MEMBER).await;
    let mut browser = desk.browser(ULF).await;
    let home = browser.look("/").await;
    assert!(
        !home.text.contains("/configure/groups"),
        "no link leads there"
    );
    for path in [
        "/configure/groups".to_owned(),
        format!("/configure/groups/{}", desk.id(group)),
    ] {
        assert_eq!(
            browser.look(&path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let form = format!("/configure/groups/{}/members", desk.id(group));
    let put = browser.save(&form, &[("person_text", "Ulf")]).await;
    assert_eq!(put.status, StatusCode::FORBIDDEN);
    let state = desk.house.account.state();
    assert!(state.groups().get(group).unwrap().members.is_empty());
}
