//! The forms of a person's pages: each is reviewed, saved, and does what it says.

use access::{
    Command, Permission, PermissionSet, PersonId, Subject, Target,
    state::{
        AccountAdminKind, CompanyAccess, CustomerAccess, DeskRight, LicenceModel, PeopleScope,
        Person, PortalLevel, QueueKind, ServiceLevel, Tie,
    },
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};
use crate::browser::{Browser, OWNER, Seen};

testkit::on_both![
    sd_17_the_profile_and_the_tab_show_one_value,
    sd_6_an_account_right_is_given_and_leaves_the_licence,
    sd_13_a_portal_level_is_set_and_opens_what_it_opens,
    sd_33_the_companies_that_a_user_sees_are_ticked,
    ad_9_an_extra_grant_is_given_for_a_group_and_taken,
    ad_10_an_account_admin_is_limited_to_what_is_ticked,
    ad_19_an_agent_is_given_a_feature_and_loses_it,
    cc_13_a_contact_admin_is_made_with_a_licence,
    cc_13_a_role_of_a_queue_brings_the_licence_that_it_needs,
    ad_6_an_admin_is_not_offered_to_make_a_full_account_admin,
    ad_10_no_other_act_is_let_in_by_the_form,
];

/// Sends a form of the person's pages, looks at its review and saves; answers the page that it leads to.
async fn act(
    desk: &Desk,
    browser: &mut Browser,
    person: PersonId,
    fields: &[(&str, &str)],
) -> Seen {
    let path = format!("/people/{}/change", desk.id(person));
    let version = || desk.house.account.state().version();
    let before = version();
    let review = browser.send(&path, fields).await;
    assert_eq!(review.status, StatusCode::OK, "{fields:?}: {}", review.text);
    assert!(review.main().contains(r#"class="review""#), "{fields:?}");
    assert_eq!(version(), before, "a review saves nothing");
    let saved = browser.save(&path, fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = browser.look(saved.leads_to()).await;
    assert_eq!(page.status, StatusCode::OK);
    page
}

/// The same where nobody's access changes by it: it is done without a review.
async fn quiet(desk: &Desk, browser: &mut Browser, person: PersonId, fields: &[(&str, &str)]) {
    let path = format!("/people/{}/change", desk.id(person));
    let done = browser.send(&path, fields).await;
    assert_eq!(
        done.status,
        StatusCode::SEE_OTHER,
        "{fields:?}: {}",
        done.text
    );
}

fn has(desk: &Desk, person: PersonId, tie: Tie) -> bool {
    of(desk, person, |row| row.ties.has(tie))
}

fn of<A>(desk: &Desk, person: PersonId, read: impl FnOnce(&Person) -> A) -> A {
    let state = desk.house.account.state();
    read(state.people().get(person).unwrap())
}

fn holds(desk: &Desk, person: PersonId, permission: Permission, on: impl Into<Target>) -> bool {
    let (state, now) = (desk.house.account.state(), desk.house.account.now());
    let view = state.view(Subject::Person(person), now);
    view.may(permission, on)
}

async fn sd_17_the_profile_and_the_tab_show_one_value(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let cara = desk.customer("Cara Customer", "cara@example.net").await;
    let mut owner = desk.owner().await;
    let service = desk.id(desk.service);
    let level = |value| {
        [
            ("act", "service_level"),
            ("on", &*service),
            ("value", value),
        ]
    };
    act(&desk, &mut owner, desk.ulf, &level("user")).await;
    assert!(has(
        &desk,
        desk.ulf,
        Tie::Service(desk.service, ServiceLevel::User)
    ));
    assert!(desk.may(desk.ulf, Permission::ServiceDeskRecordCreate));

    let tab = format!("/configure/services/{service}");
    let row = (&*desk.id(desk.ulf), "administrator.user");
    let saved = owner.save(&format!("{tab}/users/save"), &[row]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = owner
        .look(&format!("/people/{}/products", desk.id(desk.ulf)))
        .await;
    assert!(page.main().contains("Administrator"), "{}", page.text);
    let page = act(&desk, &mut owner, desk.ulf, &level("none")).await;
    assert!(
        !page.main().contains("Administrator access"),
        "{}",
        page.text
    );
    assert!(!desk.may(desk.ulf, Permission::ServiceDeskRecordCreate));

    let access = |value| {
        [
            ("act", "customer_access"),
            ("on", &*service),
            ("value", value),
        ]
    };
    act(&desk, &mut owner, cara, &access("no_portal")).await;
    assert!(has(
        &desk,
        cara,
        Tie::Customer(desk.service, CustomerAccess::NoPortal)
    ));
    assert!(!desk.may(cara, Permission::PortalIncidentLog), "SD-15");
    act(&desk, &mut owner, cara, &access("portal")).await;
    assert!(desk.may(cara, Permission::PortalIncidentLog));
}

async fn sd_6_an_account_right_is_given_and_leaves_the_licence(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut owner = desk.owner().await;
    let right = |act| [("act", act), ("value", "desk_right"), ("on", "configure")];
    let configures = || {
        holds(
            &desk,
            desk.ulf,
            Permission::ServiceDeskAccountConfigure,
            Target::Account,
        )
    };
    assert!(!configures());
    act(&desk, &mut owner, desk.ulf, &right("give")).await;
    assert!(configures() && has(&desk, desk.ulf, Tie::DeskRight(DeskRight::Configure)));
    assert!(
        !desk.may(desk.ulf, Permission::ServiceDeskRecordCreate),
        "SD-6"
    );
    act(&desk, &mut owner, desk.ulf, &right("take")).await;
    assert!(!configures() && has(&desk, desk.ulf, Tie::Licence(desk.licence)));

    let licence = desk.id(desk.licence);
    let seat = |act| [("act", act), ("value", "licence"), ("on", &*licence)];
    quiet(&desk, &mut owner, desk.ulf, &seat("take")).await;
    assert!(!has(&desk, desk.ulf, Tie::Licence(desk.licence)));
}

async fn sd_13_a_portal_level_is_set_and_opens_what_it_opens(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let cara = desk.customer("Cara Customer", "cara@example.net").await;
    let company = desk.company("Bakery").await;
    desk.employ(cara, company).await;
    let mut owner = desk.owner().await;
    for (value, level, sees) in [
        ("company_admin", PortalLevel::CompanyAdmin, true),
        ("none", PortalLevel::None, false),
    ] {
        let fields = [("act", "portal_level"), ("value", value)];
        act(&desk, &mut owner, cara, &fields).await;
        assert_eq!(of(&desk, cara, |row| row.portal_level), level);
        let seen = desk.may(cara, Permission::PortalIncidentViewCompany);
        assert_eq!(seen, sees, "{value}");
    }
}

async fn sd_33_the_companies_that_a_user_sees_are_ticked(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let (bakery, mill) = (desk.company("Bakery").await, desk.company("Mill").await);
    let mut owner = desk.owner().await;
    let box_of_it = format!("company.{}", desk.id(bakery));
    let admits = |company| of(&desk, desk.ulf, |row| row.company_access().admits(company));
    assert!(admits(Some(mill)));
    let listed = [
        ("act", "company_access"),
        ("value", "listed"),
        (&*box_of_it, "yes"),
    ];
    act(&desk, &mut owner, desk.ulf, &listed).await;
    assert!(admits(Some(bakery)) && !admits(Some(mill)) && !admits(None));
    let without = [&listed[..], &[("without_company", "yes")]].concat();
    act(&desk, &mut owner, desk.ulf, &without).await;
    assert!(admits(Some(bakery)) && !admits(Some(mill)) && admits(None));
    // AD-26: none ticked is none.
    let was = format!("was.{box_of_it}");
    let none = [
        &listed[..2],
        &[(&*was, "yes"), ("was.without_company", "yes")],
    ]
    .concat();
    act(&desk, &mut owner, desk.ulf, &none).await;
    assert!(!admits(Some(bakery)) && !admits(None));
    let all = [("act", "company_access"), ("value", "all")];
    act(&desk, &mut owner, desk.ulf, &all).await;
    assert!(of(&desk, desk.ulf, |row| *row.company_access()
        == CompanyAccess::All));
}

async fn ad_9_an_extra_grant_is_given_for_a_group_and_taken(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let north = desk
        .named("North", |id| Command::CreateUserGroup { id, parent: None })
        .await;
    let una = desk.house.user("una@example.net").await;
    let other = desk.house.user("otto@example.net").await;
    desk.tie(una, Tie::UserGroup(north)).await;
    for person in [desk.ulf, una, other] {
        // Whoever holds nothing is suspended (AD-15).
        desk.tie(person, Tie::Licence(desk.licence)).await;
        desk.house.set_role(person, access::RoleId::MEMBER).await;
    }
    let mut owner = desk.owner().await;
    let group = format!("group.{}", desk.id(north));
    let given = [
        ("act", "give_extra_grant"),
        ("on", "admin.users.manage"),
        ("scope", "groups"),
        (&*group, "yes"),
    ];
    let manages = |person| holds(&desk, desk.ulf, Permission::AdminUsersManage, person);
    assert!(!manages(una));
    let page = act(&desk, &mut owner, desk.ulf, &given).await;
    assert!(manages(una) && !manages(other));
    let form = page.form(&["take_extra_grant"]);
    let taken = [
        ("act", "take_extra_grant"),
        ("grant", form.value("grant").unwrap()),
    ];
    act(&desk, &mut owner, desk.ulf, &taken).await;
    assert!(!manages(una));
}

async fn ad_10_an_account_admin_is_limited_to_what_is_ticked(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let north = desk
        .named("North", |id| Command::CreateUserGroup { id, parent: None })
        .await;
    let una = desk.house.user("una@example.net").await;
    desk.tie(una, Tie::UserGroup(north)).await;
    desk.house.set_role(una, access::RoleId::MEMBER).await;
    desk.tie(desk.ulf, Tie::Agent).await;
    desk.house.set_role(desk.ulf, access::RoleId::MEMBER).await;
    let mut owner = desk.owner().await;
    let group = format!("group.{}", desk.id(north));
    let limited = [
        ("act", "account_admin"),
        ("value", "limited"),
        ("scope", "groups"),
        (&*group, "yes"),
        ("permission.admin.users.manage", "yes"),
    ];
    act(&desk, &mut owner, desk.ulf, &limited).await;
    let is = |kind| has(&desk, desk.ulf, Tie::AccountAdmin(kind));
    assert!(is(AccountAdminKind::Limited) && !is(AccountAdminKind::Full));
    of(&desk, desk.ulf, |row| {
        let admin = row.extras().limited_admin.as_ref().unwrap();
        let ticked = PermissionSet::from_iter([Permission::AdminUsersManage]);
        assert_eq!(admin.privileges, ticked);
        assert_eq!(admin.scope, PeopleScope::UserGroups(vec![north]));
    });
    let choose = |value| [("act", "account_admin"), ("value", value)];
    act(&desk, &mut owner, desk.ulf, &choose("full")).await;
    assert!(is(AccountAdminKind::Full) && !is(AccountAdminKind::Limited));
    act(&desk, &mut owner, desk.ulf, &choose("none")).await;
    assert!(!is(AccountAdminKind::Full) && !is(AccountAdminKind::Limited));
}

async fn ad_19_an_agent_is_given_a_feature_and_loses_it(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let state = desk.house.account.state();
    let mut licences = state.licences().iter();
    let licence = licences.find(|(_, row)| row.product == access::Product::RemoteSupport);
    let (licence, _) = licence.unwrap();
    desk.by_owner(Command::SetLicenceSeats { licence, seats: 5 })
        .await;
    desk.tie(desk.ulf, Tie::Licence(licence)).await;
    let mut owner = desk.owner().await;
    let unattended = Permission::RemoteSupportUnattendedAccess;
    let agent = |act| [("act", act), ("value", "agent")];
    let feature = |act| [("act", act), ("value", "feature"), ("on", unattended.key())];
    act(&desk, &mut owner, desk.ulf, &agent("give")).await;
    assert!(holds(
        &desk,
        desk.ulf,
        Permission::RemoteSupportSessionHost,
        Target::Account
    ));
    // AD-19: without a tie to a device group it reaches nothing.
    quiet(&desk, &mut owner, desk.ulf, &feature("give")).await;
    assert!(has(&desk, desk.ulf, Tie::Feature(unattended)));
    quiet(&desk, &mut owner, desk.ulf, &feature("take")).await;
    assert!(!has(&desk, desk.ulf, Tie::Feature(unattended)));
    act(&desk, &mut owner, desk.ulf, &agent("take")).await;
    assert!(!holds(
        &desk,
        desk.ulf,
        Permission::RemoteSupportSessionHost,
        Target::Account
    ));
}

async fn cc_13_a_contact_admin_is_made_with_a_licence(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let licence = desk
        .named("Voices", |id| Command::BuyLicence {
            id,
            product: access::Product::ContactCentre,
            model: LicenceModel::Named,
            seats: 2,
        })
        .await;
    let mut owner = desk.owner().await;
    let id = desk.id(licence);
    let seat = [("act", "give"), ("value", "licence"), ("on", &*id)];
    quiet(&desk, &mut owner, desk.ulf, &seat).await;
    let configures = || {
        holds(
            &desk,
            desk.ulf,
            Permission::ContactCentrePermissionsEdit,
            Target::Account,
        )
    };
    assert!(!configures());
    let admin = |act| [("act", act), ("value", "contact_admin")];
    act(&desk, &mut owner, desk.ulf, &admin("give")).await;
    assert!(configures() && has(&desk, desk.ulf, Tie::ContactAdmin));
    act(&desk, &mut owner, desk.ulf, &admin("take")).await;
    assert!(!configures());
}

async fn cc_13_a_role_of_a_queue_brings_the_licence_that_it_needs(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let queue = desk
        .named("Helpline", |id| Command::CreateQueue {
            id,
            kind: QueueKind::Call,
        })
        .await;
    let licence = |seats| Command::SetLicenceSeats {
        licence: voices(&desk),
        seats,
    };
    let mut owner = desk.owner().await;
    let (on, path) = (
        desk.id(queue),
        format!("/people/{}/change", desk.id(desk.ulf)),
    );
    let agent = [("act", "give"), ("value", "queue_agent"), ("on", &*on)];
    let refused = owner.send(&path, &agent).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(refused.main().contains("seat"), "{}", refused.text);
    assert!(!has(&desk, desk.ulf, Tie::QueueAgent(queue)));

    desk.by_owner(licence(2)).await;
    let review = owner.send(&path, &agent).await;
    let told = "A contact centre licence is given with it.";
    assert!(review.main().contains(told), "{}", review.text);
    // It leads back to the page by its name.
    let crumb = format!(
        r#"<a href="/people/{}/products">Ulf User</a>"#,
        desk.id(desk.ulf)
    );
    assert!(review.text.contains(&crumb), "{}", review.text);
    act(&desk, &mut owner, desk.ulf, &agent).await;
    assert!(has(&desk, desk.ulf, Tie::QueueAgent(queue)));
    assert!(has(&desk, desk.ulf, Tie::Licence(voices(&desk))));
}

/// The licence of the contact centre that the account was opened with: its only seat is the owner's.
fn voices(desk: &Desk) -> access::LicenceId {
    let state = desk.house.account.state();
    let mut licences = state.licences().iter();
    let found = licences.find(|(_, row)| row.product == access::Product::ContactCentre);
    found.unwrap().0
}

async fn ad_6_an_admin_is_not_offered_to_make_a_full_account_admin(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.user("una@example.net").await;
    let una = desk.house.person("una@example.net").await;
    desk.house.set_role(una, access::RoleId::MEMBER).await;
    let path = format!("/people/{}/roles?admin=full", desk.id(una));
    let full = r#"name="value" value="full""#;
    for (who, offered) in [(OWNER, true), (ULF, false)] {
        let page = desk.browser(who).await.look(&path).await;
        let limited = r#"name="value" value="limited""#;
        assert!(page.main().contains(limited), "{who}: {}", page.text);
        assert_eq!(page.main().contains(full), offered, "{who}: {}", page.text);
        let none = r#"value="none" checked"#;
        assert_eq!(page.main().contains(none), !offered, "{who}: {}", page.text);
    }
}

async fn ad_10_no_other_act_is_let_in_by_the_form(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let mut owner = desk.owner().await;
    let path = format!("/people/{}/change", desk.id(desk.ulf));
    let before = desk.house.account.state().version();
    for fields in [
        &[("act", "crown")][..],
        &[("act", "give"), ("value", "everything")],
        &[("act", "account_role"), ("on", "rol_0")],
        &[("act", "erase"), ("really", "yes")],
        &[],
    ] {
        let refused = owner.save(&path, fields).await;
        assert!(
            refused.status.is_client_error(),
            "{fields:?}: {}",
            refused.text
        );
    }
    assert_eq!(desk.house.account.state().version(), before);
}
