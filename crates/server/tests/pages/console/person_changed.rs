//! The forms of a person's pages save what was changed on them, and the pages tell no more than the reader may know.

use access::{
    Command,
    Permission::{AdminAccessAsk, AdminAuditView, AdminLicencesManage, AdminUsersManage},
    PermissionSet, PersonId, RoleId, UserGroupId, Window,
    command::{AccountAdminGrant, RoleAssignment},
    event::{GrantHolder, ListedCompanies, ProfileField},
    state::{DeskRight, ExtraGrant, LimitedAdmin, PeopleScope, Tie},
};
use axum::http::StatusCode;
use ledger::{Change, Field, Of, ProfileWrite};
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};
use crate::browser::{House, OWNER};

testkit::on_both![
    ad_9_of_two_extra_grants_of_a_permission_the_one_with_an_end_is_taken,
    ad_9_each_extra_grant_stays_by_itself_with_a_new_role,
    ad_12_a_scope_keeps_the_groups_that_somebody_else_added_meanwhile,
    ad_25_a_form_keeps_the_archived_group_that_stands_in_a_scope,
    ad_10_privileges_that_somebody_else_gave_meanwhile_stay,
    sd_33_a_list_keeps_the_companies_that_the_reader_does_not_see,
    sd_33_the_page_tells_nothing_of_a_company_that_the_reader_does_not_see,
    ad_4_the_page_tells_no_account_role_to_who_sees_no_roles,
    ad_20_a_stale_form_of_a_profile_overwrites_nothing,
    ad_6_who_becomes_an_administrator_is_told_once,
    ad_31_whoever_may_not_add_a_user_does_not_learn_who_is_here,
    ad_9_a_group_offers_the_grants_that_the_reader_could_give,
    ad_31_the_access_of_somebody_is_shown_on_everything_that_they_reach,
];

const UNA: &str = "una@example.net";

fn path(house: &House, person: PersonId) -> String {
    format!("/people/{}", house.account.state().public(person).unwrap())
}

async fn user_group(desk: &Desk, name: &str) -> UserGroupId {
    let make = |id| Command::CreateUserGroup { id, parent: None };
    desk.named(name, make).await
}

async fn role(desk: &Desk, name: &str, permissions: &[access::Permission]) -> RoleId {
    let permissions = PermissionSet::of(permissions);
    desk.named(name, |id| Command::CreateRole { id, permissions })
        .await
}

async fn give_role(desk: &Desk, person: PersonId, role: RoleId, scope: PeopleScope) {
    desk.by_owner(Command::SetAccountRoles {
        people: vec![person],
        assignment: RoleAssignment { role, scope },
        keep: Vec::new(),
        bulk: false,
    })
    .await;
}

/// What may be given twice: for good, and for a day.
async fn give_twice(desk: &Desk, person: PersonId) -> (ExtraGrant, ExtraGrant) {
    let for_good = ExtraGrant {
        permission: AdminAuditView,
        scope: PeopleScope::All,
        window: Window::ALWAYS,
    };
    let for_a_day = ExtraGrant {
        window: Window {
            start: None,
            end: Some(desk.house.account.now().plus_seconds(86_400)),
        },
        ..for_good.clone()
    };
    for grant in [&for_good, &for_a_day] {
        desk.by_owner(Command::GiveExtraGrant {
            to: GrantHolder::Person(person),
            grant: grant.clone(),
        })
        .await;
    }
    (for_good, for_a_day)
}

fn grants(house: &House, person: PersonId) -> Vec<ExtraGrant> {
    let state = house.account.state();
    let row = state.people().get(person).unwrap();
    row.extras().extra_grants.clone()
}

async fn ad_9_of_two_extra_grants_of_a_permission_the_one_with_an_end_is_taken(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.set_role(desk.ulf, RoleId::MEMBER).await;
    let (for_good, for_a_day) = give_twice(&desk, desk.ulf).await;
    let mut owner = desk.owner().await;
    let page = owner
        .look(&format!("{}/roles", path(&desk.house, desk.ulf)))
        .await;
    let (_, rest) = page.text.split_once(r#"id="s-grants""#).unwrap();
    let (_, rest) = rest.split_once(", until ").unwrap();
    let (_, rest) = rest.split_once(r#"name="grant" value=""#).unwrap();
    let code = rest.split('"').next().unwrap();
    let form = page.form(&["take_extra_grant", code]);
    assert_eq!(form.save(&mut owner).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        grants(&desk.house, desk.ulf),
        std::slice::from_ref(&for_good)
    );
    // What is there no more is not taken twice, and nothing else in its place.
    let again = form.save(&mut owner).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!(grants(&desk.house, desk.ulf), [for_good]);
    assert!(!grants(&desk.house, desk.ulf).contains(&for_a_day));
}

async fn ad_9_each_extra_grant_stays_by_itself_with_a_new_role(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.set_role(desk.ulf, RoleId::MEMBER).await;
    let helper = role(&desk, "Helper", &[AdminAccessAsk]).await;
    let (for_good, for_a_day) = give_twice(&desk, desk.ulf).await;
    let mut owner = desk.owner().await;
    let page = owner
        .look(&format!("{}/roles", path(&desk.house, desk.ulf)))
        .await;
    let mut form = page.form(&["account_role"]).with("on", &desk.id(helper));
    let kept: Vec<_> = page.text.split(r#"name="keep."#).skip(1).collect();
    let timed = kept.iter().find(|rest| {
        let label = rest.split("</label>").next().unwrap();
        label.contains("until")
    });
    let code = timed.unwrap().split('"').next().unwrap();
    form = form.without(&format!("keep.{code}"));
    let meanwhile = ExtraGrant {
        permission: AdminLicencesManage,
        ..for_good.clone()
    };
    desk.by_owner(Command::GiveExtraGrant {
        to: GrantHolder::Person(desk.ulf),
        grant: meanwhile.clone(),
    })
    .await;
    let saved = form.save(&mut owner).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let held = grants(&desk.house, desk.ulf);
    assert!(!held.contains(&for_a_day));
    assert!(held.contains(&for_good) && held.contains(&meanwhile));
}

async fn ad_12_a_scope_keeps_the_groups_that_somebody_else_added_meanwhile(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let lead = role(&desk, "Lead", &[AdminUsersManage]).await;
    let mut groups = Vec::new();
    for name in ["East", "North", "South", "West"] {
        groups.push(user_group(&desk, name).await);
    }
    let [east, north, south, west] = groups[..] else {
        unreachable!()
    };
    give_role(
        &desk,
        desk.ulf,
        lead,
        PeopleScope::UserGroups(vec![east, north]),
    )
    .await;
    let mut owner = desk.owner().await;
    let page = owner
        .look(&format!("{}/roles", path(&desk.house, desk.ulf)))
        .await;
    let form = page
        .form(&["account_role"])
        .without(&format!("group.{}", desk.id(east)))
        .with(&format!("group.{}", desk.id(south)), "yes");
    let meanwhile = PeopleScope::UserGroups(vec![east, north, west]);
    give_role(&desk, desk.ulf, lead, meanwhile).await;
    let saved = form.save(&mut owner).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let state = desk.house.account.state();
    let scope = &state.people().get(desk.ulf).unwrap().extras().role_scope;
    assert_eq!(*scope, PeopleScope::UserGroups(vec![north, south, west]));
}

async fn ad_25_a_form_keeps_the_archived_group_that_stands_in_a_scope(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let lead = role(&desk, "Lead", &[AdminUsersManage]).await;
    let (north, south) = (
        user_group(&desk, "North").await,
        user_group(&desk, "South").await,
    );
    give_role(&desk, desk.ulf, lead, PeopleScope::UserGroups(vec![north])).await;
    let node = access::event::Node::UserGroup(north);
    desk.by_owner(Command::Archive { node }).await;
    let mut owner = desk.owner().await;
    let page = owner
        .look(&format!("{}/roles", path(&desk.house, desk.ulf)))
        .await;
    assert!(page.text.contains("North (archived)"), "{}", page.text);
    let form = page
        .form(&["account_role"])
        .with(&format!("group.{}", desk.id(south)), "yes");
    let saved = form.save(&mut owner).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let state = desk.house.account.state();
    let scope = &state.people().get(desk.ulf).unwrap().extras().role_scope;
    assert_eq!(*scope, PeopleScope::UserGroups(vec![north, south]));
}

async fn ad_10_privileges_that_somebody_else_gave_meanwhile_stay(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.set_role(desk.ulf, RoleId::MEMBER).await;
    desk.tie(desk.ulf, Tie::Agent).await;
    let limited = |permissions: &[access::Permission]| Command::SetAccountAdmin {
        person: desk.ulf,
        admin: Some(AccountAdminGrant::Limited(LimitedAdmin {
            privileges: PermissionSet::of(permissions),
            scope: PeopleScope::All,
        })),
    };
    desk.by_owner(limited(&[AdminUsersManage])).await;
    let mut owner = desk.owner().await;
    let page = owner
        .look(&format!("{}/roles", path(&desk.house, desk.ulf)))
        .await;
    let groups = access::Permission::AdminUserGroupsManage;
    let form = page
        .form(&[r#"value="account_admin""#])
        .with(&format!("permission.{}", groups.key()), "yes");
    desk.by_owner(limited(&[AdminUsersManage, AdminLicencesManage]))
        .await;
    let saved = form.save(&mut owner).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let state = desk.house.account.state();
    let admin = state.people().get(desk.ulf).unwrap().extras();
    assert_eq!(
        admin.limited_admin.as_ref().unwrap().privileges,
        PermissionSet::of(&[AdminUsersManage, AdminLicencesManage, groups])
    );
}

/// Ulf asks about everybody and sets up the desk, and sees the company Acme alone.
async fn sees_acme_alone(desk: &Desk) -> (access::CompanyId, access::CompanyId) {
    let (acme, hidden) = (desk.company("Acme").await, desk.company("Hidden Ltd").await);
    desk.tie(desk.ulf, Tie::DeskRight(DeskRight::Configure))
        .await;
    desk.by_owner(Command::SetCompanyAccess {
        person: desk.ulf,
        listed: Some(ListedCompanies {
            companies: vec![acme],
            without_company: false,
        }),
    })
    .await;
    (acme, hidden)
}

async fn sd_33_a_list_keeps_the_companies_that_the_reader_does_not_see(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let (acme, hidden) = sees_acme_alone(&desk).await;
    let una = desk.house.user(UNA).await;
    desk.house.set_role(una, RoleId::MEMBER).await;
    desk.by_owner(Command::SetCompanyAccess {
        person: una,
        listed: Some(ListedCompanies {
            companies: vec![hidden],
            without_company: true,
        }),
    })
    .await;
    let mut ulf = desk.browser(ULF).await;
    let page = ulf
        .look(&format!("{}/products", path(&desk.house, una)))
        .await;
    assert!(!page.text.contains("Hidden Ltd") && !page.text.contains(&desk.id(hidden)));
    let form = page
        .form(&["company_access"])
        .with(&format!("company.{}", desk.id(acme)), "yes");
    let saved = form.save(&mut ulf).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let state = desk.house.account.state();
    let access = state.people().get(una).unwrap().company_access();
    assert!(access.admits(Some(acme)) && access.admits(Some(hidden)) && access.admits(None));
}

async fn sd_33_the_page_tells_nothing_of_a_company_that_the_reader_does_not_see(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let (acme, hidden) = sees_acme_alone(&desk).await;
    let una = desk.house.user(UNA).await;
    let path = path(&desk.house, una);
    let mut ulf = desk.browser(ULF).await;
    let of_none = ulf.look(&path).await;
    desk.employ(una, hidden).await;
    let of_hidden = ulf.look(&path).await;
    assert_eq!(of_none.without_tokens(), of_hidden.without_tokens());
    let unseen = "something that you do not see";
    assert!(!of_hidden.text.contains(unseen), "{}", of_hidden.text);
    desk.by_owner(Command::SetEmployer {
        person: una,
        company: Some(acme),
        move_from_other: true,
    })
    .await;
    assert!(ulf.look(&path).await.about().contains("Acme"));
}

async fn ad_4_the_page_tells_no_account_role_to_who_sees_no_roles(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let una = desk.house.user(UNA).await;
    desk.house.set_role(desk.ulf, RoleId::MEMBER).await;
    desk.tie(desk.ulf, Tie::DeskRight(DeskRight::Configure))
        .await;
    let path = path(&desk.house, una);
    let mut ulf = desk.browser(ULF).await;
    let seen = ulf.look(&path).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert!(!seen.about().contains("Admin"), "{}", seen.about());
    assert!(
        desk.owner()
            .await
            .look(&path)
            .await
            .about()
            .contains("Admin")
    );
}

async fn ad_20_a_stale_form_of_a_profile_overwrites_nothing(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let path = path(&desk.house, desk.ulf);
    let renamed = |name: &str| {
        let write = ProfileWrite::new(Of::known(desk.ulf)).set(Field::Name, name);
        let fields = vec![ProfileField::Name];
        let person = desk.ulf;
        Change::from(Command::EditProfile { person, fields }).with_profile(write)
    };
    let mut owner = desk.owner().await;
    let form = owner.look(&path).await.form(&["/profile"]);
    desk.by_owner(renamed("Ulf Renamed")).await;
    let saved = form.clone().with("title", "Agent").save(&mut owner).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = owner.look(&path).await;
    assert!(page.text.contains("Ulf Renamed") && page.text.contains("Agent"));
    let version = desk.house.account.state().version();
    let stale = form.with("name", "Ulf Otherwise").save(&mut owner).await;
    assert_eq!(stale.leads_to(), path);
    assert_eq!(desk.house.account.state().version(), version);
    assert!(owner.look(&path).await.text.contains("Ulf Renamed"));
}

async fn ad_6_who_becomes_an_administrator_is_told_once(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.set_role(desk.ulf, RoleId::MEMBER).await;
    let mut owner = desk.owner().await;
    let roles = format!("{}/roles", path(&desk.house, desk.ulf));
    for role in [RoleId::ADMIN, RoleId::SUPER_ADMIN, RoleId::ADMIN] {
        let form = owner.look(&roles).await.form(&["account_role"]);
        let saved = form.with("on", &desk.id(role)).save(&mut owner).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    }
    let mails = desk.house.mails().await;
    let told = mails
        .iter()
        .filter(|mail| mail.to == ULF && mail.text.subject == "You are an administrator now");
    assert_eq!(told.count(), 1);
}

/// RULES §1: one person per address in an account. Whoever may add a user learns that an address is taken, in the same words whether or
/// not they see whose it is; whoever may not add the user learns nothing.
async fn ad_31_whoever_may_not_add_a_user_does_not_learn_who_is_here(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let hidden = "hidden@example.net";
    desk.customer("Hanna Hidden", hidden).await;
    desk.house.user(UNA).await;
    let group = user_group(&desk, "North").await;
    let lead = role(&desk, "Lead", &[AdminUsersManage]).await;
    give_role(&desk, desk.ulf, lead, PeopleScope::UserGroups(vec![group])).await;
    let id = access::PublicId::<PersonId>::new(desk.house.engine.new_uuid()).to_string();
    let group = desk.id(group);
    let mut ulf = desk.browser(ULF).await;
    let mut answers = Vec::new();
    for (group, email) in [
        (group.as_str(), hidden),
        (group.as_str(), UNA),
        ("", hidden),
        ("", "nobody@example.net"),
    ] {
        let fields = [
            ("id", id.as_str()),
            ("name", "New Person"),
            ("email", email),
            ("user_group", group),
        ];
        let answer = ulf.send("/people/users/new", &fields).await;
        assert!(!answer.text.contains("Hanna"));
        answers.push((answer.status, answer.without_tokens().replace(email, "…")));
    }
    let [seen, unseen, taken, free] = &answers[..] else {
        unreachable!()
    };
    assert_eq!(seen.0, StatusCode::UNPROCESSABLE_ENTITY, "{}", seen.1);
    assert!(seen.1.contains("has this address already"));
    assert_eq!(seen, unseen);
    assert_eq!(taken.0, StatusCode::FORBIDDEN);
    assert_eq!(taken, free);
}

async fn ad_9_a_group_offers_the_grants_that_the_reader_could_give(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    let group = user_group(&desk, "North").await;
    let given = |permission| Command::GiveExtraGrant {
        to: GrantHolder::UserGroup(group),
        grant: ExtraGrant {
            permission,
            scope: PeopleScope::All,
            window: Window::ALWAYS,
        },
    };
    desk.by_owner(given(access::Permission::AdminReportsView))
        .await;
    let page = format!("/people/user-groups/{}/management", desk.id(group));
    let reports = r#"<option value="admin.reports.view">"#;
    let audit = r#"<option value="admin.audit.view">"#;
    let owners = desk.owner().await.look(&page).await;
    assert!(owners.text.contains(reports) && owners.text.contains(audit));
    assert!(owners.text.contains("Take away…"));
    // AD-9: an Admin does not hold it by role, and so neither gives nor takes it.
    let mut ulf = desk.house.signed_in(ULF).await;
    let admins = ulf.look(&page).await;
    assert!(!admins.text.contains(reports) && admins.text.contains(audit));
    assert!(!admins.text.contains("Take away…"));
    // AD-27: whoever views as somebody is offered nothing.
    let mut owner = desk.house.signed_in(OWNER).await;
    let person = path(&desk.house, desk.ulf);
    owner.look(&person).await;
    owner.send(&format!("{person}/view-as"), &[]).await;
    let viewed = owner.look(&page).await;
    assert_eq!(viewed.status, StatusCode::OK);
    for absent in ["/managers\"", "/grants\"", "/removal\""] {
        assert!(!viewed.text.contains(absent), "{absent}");
    }
}

async fn ad_31_the_access_of_somebody_is_shown_on_everything_that_they_reach(db: TestDatabase) {
    let desk = Desk::open(&db).await;
    desk.house.set_role(desk.ulf, RoleId::MEMBER).await;
    let tills = desk
        .named("Tills", |id| Command::CreateDeviceGroup { id })
        .await;
    desk.named("Till 1", |id| Command::AddDevice {
        id,
        group: tills,
        company: None,
    })
    .await;
    desk.named("Front desk", |id| Command::CreateQueue {
        id,
        kind: access::state::QueueKind::Call,
    })
    .await;
    let north = user_group(&desk, "North").await;
    let state = desk.house.account.state();
    for product in [
        access::Product::ContactCentre,
        access::Product::RemoteSupport,
    ] {
        let mut licences = state.licences().iter();
        let (licence, _) = licences.find(|(_, row)| row.product == product).unwrap();
        desk.by_owner(Command::SetLicenceSeats { licence, seats: 5 })
            .await;
        desk.tie(desk.ulf, Tie::Licence(licence)).await;
    }
    let unattended = access::Permission::RemoteSupportUnattendedAccess;
    for tie in [
        Tie::Agent,
        Tie::Feature(unattended),
        Tie::DeviceGroup(tills),
        Tie::ContactAdmin,
    ] {
        desk.tie(desk.ulf, tie).await;
    }
    desk.by_owner(Command::SetAccountAdmin {
        person: desk.ulf,
        admin: Some(AccountAdminGrant::Limited(LimitedAdmin {
            privileges: PermissionSet::of(&[AdminUsersManage]),
            scope: PeopleScope::UserGroups(vec![north]),
        })),
    })
    .await;
    let page = desk
        .owner()
        .await
        .look(&format!("{}/access", path(&desk.house, desk.ulf)))
        .await;
    for reached in ["Till 1", "Front desk", "North"] {
        assert!(page.text.contains(reached), "{reached}: {}", page.text);
    }
    assert!(!page.text.contains("nothing is shown"));
    // Whoever may not ask about everything is told that there may be more.
    let own = desk
        .browser(ULF)
        .await
        .look(&format!("{}/access", path(&desk.house, desk.ulf)))
        .await;
    assert!(
        own.text
            .contains("Of things about which you may not ask nothing is shown.")
    );
}
