//! People › User groups: the tree, who is in a group, who manages it, and what it gives.

use access::{
    Command, Permission, PermissionSet, PersonId, PublicId, RoleId, UserGroupId, Window,
    command::RoleAssignment,
    event::Node,
    state::{PeopleScope, Tie},
};
use axum::http::StatusCode;
use ledger::{Change, Field, Of, ProfileWrite};
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER};

testkit::on_both![
    ad_12_groups_are_made_below_each_other_moved_and_archived_branches_are_marked,
    ad_12_a_group_manager_is_the_role_of_the_person_with_the_group_in_its_scope,
    ad_12_who_holds_the_role_for_everybody_is_refused_not_narrowed,
    ad_13_removing_from_a_group_leaves_the_user,
    ad_9_an_extra_grant_of_a_group_is_reviewed_given_and_taken,
    ad_10_a_group_manager_sees_the_group_and_below_and_nothing_else,
    ad_12_whoever_reads_a_group_alone_is_refused_also_where_it_stands_there,
];

struct World {
    house: House,
    ulf: PersonId,
    north: UserGroupId,
    south: UserGroupId,
}

async fn group(house: &House, name: &str, parent: Option<UserGroupId>) -> UserGroupId {
    let id = PublicId::<UserGroupId>::new(house.engine.new_uuid());
    let make = Command::CreateUserGroup { id, parent };
    let named = ProfileWrite::new(Of::public(id)).set(Field::Name, name);
    house
        .submit(house.owners(), Change::from(make).with_profile(named))
        .await;
    house.account.state().resolve(id).unwrap()
}

async fn lead(house: &House) -> RoleId {
    let permissions = [
        Permission::AdminUsersManage,
        Permission::AdminUserGroupsManage,
    ];
    role(house, "Lead", &permissions).await
}

async fn role(house: &House, name: &str, permissions: &[Permission]) -> RoleId {
    let id = PublicId::<RoleId>::new(house.engine.new_uuid());
    let permissions = PermissionSet::of(permissions);
    let named = ProfileWrite::new(Of::public(id)).set(Field::Name, name);
    let make = Change::from(Command::CreateRole { id, permissions }).with_profile(named);
    house.submit(house.owners(), make).await;
    house.account.state().resolve(id).unwrap()
}

impl World {
    async fn open(db: &TestDatabase) -> Self {
        let house = House::open(db).await;
        let ulf = house.user("ulf@example.net").await;
        let north = group(&house, "North", None).await;
        let south = group(&house, "South", None).await;
        Self {
            house,
            ulf,
            north,
            south,
        }
    }

    fn path(&self, group: UserGroupId) -> String {
        let id = self.house.account.state().public(group).unwrap();
        format!("/people/user-groups/{id}")
    }

    fn person(&self, person: PersonId) -> String {
        let id = self.house.account.state().public(person).unwrap();
        id.to_string()
    }

    fn is_in(&self, person: PersonId, group: UserGroupId) -> bool {
        let state = self.house.account.state();
        state
            .user_groups()
            .get(group)
            .unwrap()
            .members
            .contains(person)
    }

    fn scope(&self, person: PersonId) -> (RoleId, PeopleScope) {
        let state = self.house.account.state();
        let row = state.people().get(person).unwrap();
        (row.account_role, row.extras().role_scope.clone())
    }

    async fn owner(&self) -> Browser {
        let mut browser = self.house.signed_in(OWNER).await;
        browser.look("/people/user-groups").await;
        browser
    }
}

async fn ad_12_groups_are_made_below_each_other_moved_and_archived_branches_are_marked(
    db: TestDatabase,
) {
    let world = World::open(&db).await;
    let mut owner = world.owner().await;
    let north = world.path(world.north);
    let id = north.rsplit('/').next().unwrap().to_owned();
    let form = owner
        .look(&format!("/people/user-groups/new?below={id}"))
        .await;
    assert!(form.text.contains("<bdi>North</bdi>"), "{}", form.text);
    let fields = [("name", "Harbour office"), ("below", id.as_str())];
    let review = owner.send("/people/user-groups/new", &fields).await;
    let back = format!(r#"<a class="button" href="{north}/below">Cancel</a>"#);
    assert!(review.text.contains(&back), "{}", review.text);
    let made = owner.save("/people/user-groups/new", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let harbour = made.leads_to().to_owned();

    // Below South: what South gives reaches it, so it is looked at first.
    let place = format!("{north}/place");
    let fields = [("parent_text", "South")];
    let (review, _) = owner.reviewed(&place, &fields).await;
    assert!(
        review.text.contains("Move North below South?"),
        "{}",
        review.text
    );
    let state = world.house.account.state();
    assert_eq!(
        state.user_groups().get(world.north).unwrap().parent,
        Some(world.south)
    );

    let south = world.path(world.south);
    let round = owner
        .send(&format!("{south}/place"), &[("parent_text", "Harbour")])
        .await;
    assert_eq!(round.status, StatusCode::CONFLICT);
    assert!(round.text.contains("group cannot hang below itself"));

    // With groups below it cannot be deleted, and says so.
    let settings = owner.look(&format!("{south}/settings")).await;
    assert!(
        settings
            .text
            .contains("once the groups below it are moved or deleted")
            && !settings.text.contains(r#"value="delete""#),
        "{}",
        settings.text
    );
    assert!(settings.text.contains("Move…"));
    owner
        .reviewed(&format!("{south}/settings/life"), &[("life", "archive")])
        .await;
    // AD-25: what is archived is restored first.
    let settings = owner.look(&format!("{south}/settings")).await;
    assert!(
        settings.text.contains("Restore…") && !settings.text.contains("Move…"),
        "{}",
        settings.text
    );
    let tree = owner.look("/people/user-groups").await;
    assert!(
        tree.text
            .contains(r#"<span class="status none">archived</span>"#)
    );
    assert_eq!(
        tree.text
            .matches("cut off by the archived group above")
            .count(),
        2
    );
    assert!(tree.text.contains(r#"class="d3""#), "{}", tree.text);
    let page = owner.look(&harbour).await;
    assert!(page.text.contains("A group above is archived."));
}

async fn ad_13_removing_from_a_group_leaves_the_user(db: TestDatabase) {
    let world = World::open(&db).await;
    let mut owner = world.owner().await;
    let path = world.path(world.north);
    let form = format!("{path}/members");
    let nobody = owner.send(&form, &[("person_text", "Zzz")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nobody.text.contains(r#"aria-invalid="true""#));
    let (review, done) = owner.reviewed(&form, &[("person_text", "Ulf")]).await;
    assert!(
        review.text.contains("Add Ulf User to North?"),
        "{}",
        review.text
    );
    assert_eq!(done.leads_to(), path);
    assert!(world.is_in(world.ulf, world.north));
    let page = owner.look(&path).await;
    assert!(page.main().contains("Ulf User") && page.text.contains("Remove from the group…"));

    let id = world.person(world.ulf);
    let fields = [("person", id.as_str())];
    let (review, _) = owner.reviewed(&format!("{form}/removal"), &fields).await;
    assert!(review.text.contains("Remove Ulf User from North?"));
    assert!(!world.is_in(world.ulf, world.north));
    let state = world.house.account.state();
    assert!(state.people().get(world.ulf).unwrap().is_user());
}

async fn ad_12_a_group_manager_is_the_role_of_the_person_with_the_group_in_its_scope(
    db: TestDatabase,
) {
    let world = World::open(&db).await;
    let lead = lead(&world.house).await;
    let mut owner = world.owner().await;
    let path = world.path(world.north);
    let form = format!("{path}/managers");
    let fields = [("person_text", "Ulf"), ("role_text", "Lead")];
    let (review, done) = owner.reviewed(&form, &fields).await;
    assert!(
        review.text.contains("Let Ulf User manage North?"),
        "{}",
        review.text
    );
    assert_eq!(done.leads_to(), format!("{path}/management"));
    let only = |group| (lead, PeopleScope::UserGroups(vec![group]));
    assert_eq!(world.scope(world.ulf), only(world.north));
    // A second group joins the scope of the same role.
    let second = format!("{}/managers", world.path(world.south));
    owner.reviewed(&second, &fields).await;
    let (_, scope) = world.scope(world.ulf);
    assert!(scope.names(world.north) && scope.names(world.south));
    let page = owner.look(&format!("{path}/management")).await;
    assert!(page.main().contains("Ulf User") && page.text.contains("Lead"));

    let id = world.person(world.ulf);
    let fields = [("person", id.as_str())];
    owner.reviewed(&format!("{form}/removal"), &fields).await;
    assert_eq!(world.scope(world.ulf), only(world.south));
    // With nothing left to manage the role ends.
    owner.reviewed(&format!("{second}/removal"), &fields).await;
    assert_eq!(world.scope(world.ulf), (RoleId::MEMBER, PeopleScope::All));
}

async fn ad_12_who_holds_the_role_for_everybody_is_refused_not_narrowed(db: TestDatabase) {
    let world = World::open(&db).await;
    let lead = lead(&world.house).await;
    world.house.set_role(world.ulf, lead).await;
    let mut owner = world.owner().await;
    let form = format!("{}/managers", world.path(world.north));
    let fields = [("person_text", "Ulf"), ("role_text", "Lead")];
    let refused = owner.send(&form, &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("Rule AD-12"), "{}", refused.text);
    assert_eq!(world.scope(world.ulf), (lead, PeopleScope::All));
}

async fn ad_9_an_extra_grant_of_a_group_is_reviewed_given_and_taken(db: TestDatabase) {
    let world = World::open(&db).await;
    let nell = world.house.user("nell@example.net").await;
    world.house.set_role(nell, RoleId::MEMBER).await;
    let member = Command::Tie {
        person: nell,
        tie: Tie::UserGroup(world.north),
        window: Window::ALWAYS,
    };
    world.house.submit(world.house.owners(), member).await;
    let mut owner = world.owner().await;
    let path = world.path(world.north);
    let form = format!("{path}/grants");
    let wrong = [
        ("permission", "admin.audit.view"),
        ("reach", "all"),
        ("until", "soon"),
    ];
    let again = owner.send(&form, &wrong).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("until-error"));
    let fields = [("permission", "admin.audit.view"), ("reach", "all")];
    let (review, _) = owner.reviewed(&form, &fields).await;
    assert!(
        review.text.contains("read the audit log"),
        "{}",
        review.text
    );
    let grants = |world: &World| {
        let state = world.house.account.state();
        state
            .user_groups()
            .get(world.north)
            .unwrap()
            .extra_grants
            .len()
    };
    assert_eq!(grants(&world), 1);
    let page = owner.look(&format!("{path}/management")).await;
    assert!(page.text.contains("Read the audit log") && page.text.contains("Take away…"));

    // An Admin gives what an Admin holds, and no more.
    let mut admin = world.house.signed_in("ulf@example.net").await;
    admin.look(&path).await;
    let beyond = [("permission", "admin.recordings.access"), ("reach", "all")];
    let refused = admin.send(&form, &beyond).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.main().contains("Olga Owner"));

    let (_, button) = page.text.split_once(r#"name="grant" value=""#).unwrap();
    let fields = [("grant", button.split('"').next().unwrap())];
    owner.reviewed(&format!("{form}/removal"), &fields).await;
    assert_eq!(grants(&world), 0);
}

async fn ad_10_a_group_manager_sees_the_group_and_below_and_nothing_else(db: TestDatabase) {
    let world = World::open(&db).await;
    let lead = lead(&world.house).await;
    let dock = group(&world.house, "Dock", Some(world.north)).await;
    let nell = world.house.user("nell@example.net").await;
    let tie = Command::Tie {
        person: nell,
        tie: Tie::UserGroup(dock),
        window: Window::ALWAYS,
    };
    world.house.submit(world.house.owners(), tie).await;
    let set = Command::SetAccountRoles {
        people: vec![world.ulf],
        assignment: RoleAssignment {
            role: lead,
            scope: PeopleScope::UserGroups(vec![dock]),
        },
        keep: Vec::new(),
        bulk: false,
    };
    world.house.submit(world.house.owners(), set).await;
    let mut manager = world.house.signed_in("ulf@example.net").await;
    let tree = manager.look("/people/user-groups").await;
    assert!(tree.text.contains("<bdi>Dock</bdi>"));
    assert!(!tree.text.contains("North") && !tree.text.contains("South"));
    assert!(!tree.text.contains("New user group"));
    let page = manager.look(&world.path(dock)).await;
    assert!(page.text.contains(&world.person(nell)) && !page.text.contains("North"));
    let hidden = world.path(world.north);
    assert_eq!(manager.look(&hidden).await.status, StatusCode::NOT_FOUND);
    let life = [("life", "archive")];
    let refused = manager
        .send(&format!("{hidden}/settings/life"), &life)
        .await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    // Below the own group it is the manager's to make, beside it is not.
    let fields = [("name", "Quay")];
    let beside = manager.send("/people/user-groups/new", &fields).await;
    assert_eq!(beside.status, StatusCode::FORBIDDEN);
    assert!(
        beside
            .text
            .contains("This needs “manage user groups” over what it concerns."),
        "{}",
        beside.text
    );
    // What stands above the own group is no empty place, and stays where the form is sent as it is.
    let settings = manager
        .look(&format!("{}/settings", world.path(dock)))
        .await;
    assert!(
        settings.text.contains("Empty: it stays so."),
        "{}",
        settings.text
    );
    let place = format!("{}/place", world.path(dock));
    let version = world.house.account.state().version();
    let moved = manager.send(&place, &[("parent_text", "")]).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    assert_eq!(world.house.account.state().version(), version);
    let of_dock = world.path(dock);
    let id = of_dock.rsplit('/').next().unwrap();
    let fields = [("name", "Quay"), ("below", id)];
    let below = manager.save("/people/user-groups/new", &fields).await;
    assert_eq!(below.status, StatusCode::SEE_OTHER, "{}", below.text);
    let archived = Command::Archive {
        node: Node::UserGroup(dock),
    };
    world.house.submit(world.house.owners(), archived).await;
    // AD-25: by an archived group nobody administers.
    assert_ne!(manager.look(&of_dock).await.status, StatusCode::OK);
}

async fn ad_12_whoever_reads_a_group_alone_is_refused_also_where_it_stands_there(db: TestDatabase) {
    let world = World::open(&db).await;
    // Seeing who is there comes with it.
    let permissions = [Permission::AdminLicencesManage];
    let reader = role(&world.house, "Licence clerk", &permissions).await;
    let dock = group(&world.house, "Dock", Some(world.north)).await;
    let set = Command::SetAccountRoles {
        people: vec![world.ulf],
        assignment: RoleAssignment {
            role: reader,
            scope: PeopleScope::UserGroups(vec![dock]),
        },
        keep: Vec::new(),
        bulk: false,
    };
    world.house.submit(world.house.owners(), set).await;
    let mut theirs = world.house.signed_in("ulf@example.net").await;
    let page = theirs.look(&world.path(dock)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let version = world.house.account.state().version();
    let place = format!("{}/place", world.path(dock));
    let refused = theirs.send(&place, &[("parent_text", "")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert!(!refused.text.contains("North"), "{}", refused.text);
    assert_eq!(world.house.account.state().version(), version);
}
