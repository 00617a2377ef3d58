//! Access › Roles: system roles are read, custom ones are made of permissions, and one that is held ends with a replacement.

use access::{Command, Permission, PermissionSet, PersonId, PublicId, RoleId, state::Life};
use axum::http::StatusCode;
use ledger::{Change, Field, Of, ProfileWrite};
use testkit::databases::TestDatabase;

use crate::browser::{House, OWNER};

testkit::on_both![
    ad_2_a_custom_role_is_made_changed_and_its_holders_gain_at_once,
    ad_3_a_part_ticks_what_it_is_a_part_of_and_the_answer_says_so,
    ad_4_ad_6_whoever_makes_no_roles_reads_them,
    ad_5_a_role_that_is_held_ends_with_a_replacement,
    ad_7_an_admin_does_not_make_a_role_beyond_their_own,
    i_5_system_roles_are_read_and_not_changed,
];

async fn role(house: &House, name: &str, permissions: &[Permission]) -> (RoleId, String) {
    let id = PublicId::<RoleId>::new(house.engine.new_uuid());
    let make = Command::CreateRole {
        id,
        permissions: PermissionSet::of(permissions),
    };
    let named = ProfileWrite::new(Of::public(id)).set(Field::Name, name);
    house
        .submit(house.owners(), Change::from(make).with_profile(named))
        .await;
    let role = house.account.state().resolve(id).unwrap();
    (role, format!("/access/roles/{id}"))
}

fn permissions(house: &House, role: RoleId) -> PermissionSet {
    let state = house.account.state();
    state.roles().get(role).unwrap().permissions
}

fn role_of(house: &House, person: PersonId) -> RoleId {
    let state = house.account.state();
    state.people().get(person).unwrap().account_role
}

async fn ad_2_a_custom_role_is_made_changed_and_its_holders_gain_at_once(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let mut owner = house.signed_in(OWNER).await;
    let page = owner.look("/access/roles/new").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text
            .contains("Pay invoices through the billing portal.")
    );

    let again = owner.send("/access/roles/new", &[("name", " ")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains(r#"aria-describedby="name-error""#));

    let fields = [("name", "Clerk"), ("admin.licences.manage", "on")];
    let review = owner.send("/access/roles/new", &fields).await;
    let seen = review.hidden("reviewed").unwrap().to_owned();
    let with_seen = [fields[0], fields[1], ("reviewed", &seen)];
    let made = owner.send("/access/roles/new", &with_seen).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let path = made.leads_to().to_owned();
    let id: PublicId<RoleId> = path.rsplit('/').next().unwrap().parse().unwrap();
    let clerk = house.account.state().resolve(id).unwrap();
    house.set_role(ulf, clerk).await;

    let page = owner.look(&path).await;
    assert!(page.text.contains("<bdi>Clerk</bdi>") && page.text.contains("held by 1 person"));
    let form = format!("{path}/permissions");
    let fields = [("admin.licences.manage", "on"), ("admin.audit.view", "on")];
    let review = owner.send(&form, &fields).await;
    assert!(
        review.text.contains("Save 1 change to Clerk?"),
        "{}",
        review.text
    );
    assert!(review.main().contains("Ulf User") && review.text.contains("read the audit log"));
    assert!(!permissions(&house, clerk).contains(Permission::AdminAuditView));
    let seen = review.hidden("reviewed").unwrap().to_owned();
    let saved = owner
        .send(&form, &[fields[0], fields[1], ("reviewed", &seen)])
        .await;
    assert_eq!(saved.leads_to(), path);
    assert!(permissions(&house, clerk).contains(Permission::AdminAuditView));

    let holders = owner.look(&format!("{path}/holders")).await;
    assert!(holders.main().contains("Ulf User") && holders.text.contains("everybody"));
}

async fn ad_3_a_part_ticks_what_it_is_a_part_of_and_the_answer_says_so(db: TestDatabase) {
    use Permission::{AdminInvoicesAccess, AdminInvoicesPay};
    let house = House::open(&db).await;
    let (clerk, path) = role(&house, "Clerk", &[]).await;
    let form = format!("{path}/permissions");
    let mut owner = house.signed_in(OWNER).await;
    owner.look(&path).await;
    let ticked = [("admin.invoices.pay", "on")];
    let review = owner.send(&form, &ticked).await;
    assert!(
        review
            .text
            .contains("Ticked along, because a part of it is ticked: view invoices."),
        "{}",
        review.text
    );
    let seen = review.hidden("reviewed").unwrap().to_owned();
    owner.send(&form, &[ticked[0], ("reviewed", &seen)]).await;
    let both = PermissionSet::of(&[AdminInvoicesAccess, AdminInvoicesPay]);
    assert_eq!(permissions(&house, clerk), both);

    // The parent unticked, the child left as it was: both go.
    let review = owner.send(&form, &ticked).await;
    assert!(review.text.contains("Unticked along"), "{}", review.text);
    let seen = review.hidden("reviewed").unwrap().to_owned();
    owner.send(&form, &[ticked[0], ("reviewed", &seen)]).await;
    assert_eq!(permissions(&house, clerk), PermissionSet::EMPTY);
}

async fn ad_5_a_role_that_is_held_ends_with_a_replacement(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let (clerk, path) = role(&house, "Clerk", &[Permission::AdminLicencesManage]).await;
    house.set_role(ulf, clerk).await;
    let form = format!("{path}/delete");
    let mut owner = house.signed_in(OWNER).await;
    let page = owner.look(&form).await;
    assert!(page.text.contains("Held by 1 person"), "{}", page.text);

    let refused = owner.send(&form, &[("replacement_text", "")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("name the role that replaces it"));
    assert_eq!(role_of(&house, ulf), clerk);

    let unknown = owner.send(&form, &[("replacement_text", "Zzz")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.text.contains(r#"aria-invalid="true""#));

    let named = ("replacement_text", "Member");
    let review = owner.send(&form, &[named]).await;
    assert!(
        review.text.contains("holds Member afterwards"),
        "{}",
        review.text
    );
    assert_eq!(role_of(&house, ulf), clerk);
    let seen = review.hidden("reviewed").unwrap().to_owned();
    let done = owner.send(&form, &[named, ("reviewed", &seen)]).await;
    assert_eq!(done.leads_to(), "/access/roles");
    assert_eq!(role_of(&house, ulf), RoleId::MEMBER);
    let state = house.account.state();
    assert_eq!(state.roles().get(clerk).unwrap().life, Life::Deleted);
    assert_eq!(owner.look(&path).await.status, StatusCode::NOT_FOUND);
}

async fn ad_4_ad_6_whoever_makes_no_roles_reads_them(db: TestDatabase) {
    let house = House::open(&db).await;
    let ulf = house.user("ulf@example.net").await;
    let (clerk, path) = role(&house, "Clerk", &[Permission::AdminLicencesManage]).await;
    house.set_role(ulf, clerk).await;
    let mut reader = house.signed_in("ulf@example.net").await;
    let list = reader.look("/access/roles").await;
    assert!(list.text.contains("<bdi>Clerk</bdi>") && !list.text.contains("New role"));
    let page = reader.look(&path).await;
    assert!(page.text.contains("Assign and revoke product licences."));
    assert!(!page.text.contains("checkbox") && !page.text.contains("Settings"));
    for (form, fields) in [
        ("permissions", ("admin.audit.view", "on")),
        ("settings/name", ("name", "Mine")),
        ("settings/life", ("life", "archive")),
        ("delete", ("replacement_text", "Member")),
    ] {
        let refused = reader.send(&format!("{path}/{form}"), &[fields]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{form}");
    }
    let only = Permission::AdminLicencesManage.set();
    assert_eq!(permissions(&house, clerk), only);
}

async fn ad_7_an_admin_does_not_make_a_role_beyond_their_own(db: TestDatabase) {
    let house = House::open(&db).await;
    house.user("ulf@example.net").await;
    let (clerk, path) = role(&house, "Clerk", &[Permission::AdminLicencesManage]).await;
    let mut admin = house.signed_in("ulf@example.net").await;
    admin.look(&path).await;
    let fields = [
        ("admin.licences.manage", "on"),
        ("admin.recordings.access", "on"),
    ];
    let refused = admin.send(&format!("{path}/permissions"), &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("AD-7") && refused.main().contains("Olga Owner"));
    assert!(refused.hidden("reviewed").is_none());
    assert_eq!(
        permissions(&house, clerk),
        Permission::AdminLicencesManage.set()
    );
}

async fn i_5_system_roles_are_read_and_not_changed(db: TestDatabase) {
    let house = House::open(&db).await;
    let admin = house.account.state().public(RoleId::ADMIN).unwrap();
    let mut owner = house.signed_in(OWNER).await;
    let list = owner.look("/access/roles").await;
    // Roles inside products too, each with its sentences.
    assert!(
        list.text.contains("Supervisor") && list.text.contains("Delete records of the service.")
    );
    let path = format!("/access/roles/{admin}");
    let page = owner.look(&path).await;
    assert!(
        page.text.contains("System role: fixed")
            && page.text.contains("Add, delete and edit users.")
    );
    assert!(page.text.contains("nothing uses it yet") && !page.text.contains("checkbox"));
    for (form, fields) in [
        ("permissions", ("admin.audit.view", "on")),
        ("settings/name", ("name", "Boss")),
        ("settings/life", ("life", "archive")),
        ("delete", ("replacement_text", "Member")),
    ] {
        let refused = owner.send(&format!("{path}/{form}"), &[fields]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
}
