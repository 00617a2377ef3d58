//! Corners of the decision that two readings of the rule book disagreed on, one test each, by rule id.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use access::command::Command;
use access::event::{Event, GrantHolder, Node};
use access::state::{ExtraGrant, Facet, PeopleScope};
use access::{ConnectionId, Dense, Permission, PersonId, RoleId, Subject, Target, ThingId};

use crate::support::{World, connect, grant};

const CODE: Target = Target::Session {
    code_is_valid: true,
};

#[test]
fn ad_18_everybody_joins_by_code_and_unknown_ids_do_not() {
    let mut world = World::new();
    let person = world.member();
    let facet = Facet::User;
    world.set(Command::Deactivate { person, facet });
    let join = |subject| {
        world
            .state
            .view(subject, world.now)
            .may(Permission::RemoteSupportSessionJoin, CODE)
    };
    assert!(join(Subject::Guest));
    assert!(join(Subject::Person(person)));
    assert!(!join(Subject::Person(PersonId::from_index(999).unwrap())));
    assert!(!join(Subject::Thing(ThingId::from_index(999).unwrap())));
    assert!(!join(Subject::Unknown));
}

#[test]
fn ad_29_a_connection_does_not_join_sessions() {
    let mut world = World::new();
    let id = world.id();
    let role = RoleId::ADMIN;
    world.set(connect(id, role));
    let connection: ConnectionId = world.state.resolve(id).unwrap();
    let view = world.state.view(Subject::Connection(connection), world.now);
    assert!(!view.may(Permission::RemoteSupportSessionJoin, CODE));
    assert!(view.may(Permission::AdminUsersManage, Target::Account));
}

#[test]
fn ad_25_a_scope_of_archived_groups_does_not_open_the_portal() {
    let mut world = World::new();
    let group = world.user_group(None);
    let manager = world.manager(&[Permission::AdminHistoryAccess], group);
    assert!(world.may(manager, Permission::AdminPortalOpen, Target::Account));
    world.archive(Node::UserGroup(group));
    assert!(!world.may(manager, Permission::AdminPortalOpen, Target::Account));
}

/// RULES §2, I-4: commands store no child without its parent; where one stands alone all the same, it gives nothing.
#[test]
fn ad_3_a_child_without_its_parent_gives_nothing_and_shows_nobody() {
    let mut world = World::new();
    let (person, group) = (world.member(), world.user_group(None));
    let inside = world.member_of(group);
    let to = GrantHolder::Person(person);
    let scope = || PeopleScope::UserGroups(vec![group]);
    let child = grant(Permission::AdminUserSettingsManage, scope());
    world
        .state
        .apply(&Event::ExtraGrantGiven { to, grant: child });
    let both = [
        Permission::AdminUserSettingsManage,
        Permission::AdminPeopleView,
    ];
    let may = |world: &World| both.map(|permission| world.may(person, permission, inside));
    assert_eq!(may(&world), [false, false]);
    let parent = grant(Permission::AdminUsersManage, scope());
    world.set(Command::GiveExtraGrant { to, grant: parent });
    assert_eq!(may(&world), [true, true]);
}

#[test]
fn ad_24_the_settings_of_a_superior_are_not_changed_either() {
    let mut world = World::new();
    let (admin, member) = (world.admin(), world.member());
    let manager = world.custom(&[
        Permission::AdminUsersManage,
        Permission::AdminUserSettingsManage,
    ]);
    assert!(world.may(manager, Permission::AdminUserSettingsManage, member));
    assert!(!world.may(manager, Permission::AdminUserSettingsManage, admin));
    assert!(world.may(manager, Permission::AdminUserSettingsManage, manager));
}

#[test]
fn ad_25_an_extra_grant_that_ended_outranks_nobody() {
    let mut world = World::new();
    let member = world.member();
    let manager = world.custom(&[Permission::AdminUsersManage]);
    let grant = ExtraGrant {
        window: world.for_hours(1),
        ..grant(Permission::AdminAuditView, PeopleScope::All)
    };
    let to = GrantHolder::Person(member);
    world.set(Command::GiveExtraGrant { to, grant });
    assert!(!world.may(manager, Permission::AdminUsersManage, member));
    world.wait_hours(1);
    // Without it nothing is left that keeps the member from being suspended, but rank is no longer in the way.
    assert!(world.may(manager, Permission::AdminUsersManage, member));
}
