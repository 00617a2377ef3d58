//! AD-12: the tree of administration, AD-7 through it, AD-25 and AD-26 in it.

use access::command::Command;
use access::event::{GrantHolder, Node};
use access::state::{ExtraGrant, PeopleScope, Tie};
use access::{Permission, Target, UserGroupId};

use crate::support::{World, give, grant, only};

const USERS: Permission = Permission::AdminUsersManage;
const GROUPS: Permission = Permission::AdminUserGroupsManage;
const AUDIT: Permission = Permission::AdminAuditView;

fn relocate(group: UserGroupId, parent: impl Into<Option<UserGroupId>>) -> Command {
    let parent = parent.into();
    Command::MoveUserGroup { group, parent }
}

/// Five levels.
fn chain(world: &mut World) -> Vec<UserGroupId> {
    let mut groups = vec![world.user_group(None)];
    for level in 1..5 {
        groups.push(world.user_group(groups[level - 1]));
    }
    groups
}

#[test]
fn ad_12_five_levels_and_no_cycle() {
    let mut world = World::new();
    let groups = chain(&mut world);
    let id = world.id();
    let parent = Some(groups[4]);
    assert_eq!(
        world.code(world.first, Command::CreateUserGroup { id, parent }),
        "too_deep"
    );
    let top = world.user_group(None);
    world.user_group(top);
    assert_eq!(
        world.code(world.first, relocate(top, groups[3])),
        "too_deep"
    );
    assert_eq!(
        world.code(world.first, relocate(groups[0], groups[4])),
        "cycle"
    );
    assert_eq!(
        world.code(world.first, relocate(groups[0], groups[0])),
        "cycle"
    );
    world.set(relocate(top, groups[2]));
    assert_eq!(world.state.user_group_depth(top), 4);
}

#[test]
fn ad_12_a_member_of_a_sub_group_counts_in_every_group_above() {
    let mut world = World::new();
    let groups = chain(&mut world);
    let person = world.member_of(groups[4]);
    let managers = [
        world.manager(&[USERS], groups[0]),
        world.manager(&[USERS], groups[3]),
    ];
    assert!(
        managers
            .iter()
            .all(|manager| world.may(*manager, USERS, person))
    );
    // AD-12: archived in between cuts everything below from what is above.
    world.archive(Node::UserGroup(groups[2]));
    assert!(!world.may(managers[0], USERS, person) && world.may(managers[1], USERS, person));
}

#[test]
fn ad_12_a_group_manager_sees_the_people_of_the_group_and_below() {
    let mut world = World::new();
    let groups = chain(&mut world);
    let manager = world.manager(&[USERS], groups[1]);
    let (inside, above) = (world.member_of(groups[2]), world.member_of(groups[0]));
    let sees = |person| world.may(manager, Permission::AdminPeopleView, person);
    assert!(sees(inside) && !sees(above) && !sees(world.first));
    let managers = &world.state.user_groups().get(groups[1]).unwrap().managers;
    assert!(managers.contains(manager));
}

#[test]
fn ad_12_a_scoped_holder_works_within_the_scope_only() {
    let mut world = World::new();
    let groups = chain(&mut world);
    let outside = world.user_group(None);
    let holder = world.manager(&[GROUPS], groups[1]);
    let (inside, stranger) = (world.member_of(groups[1]), world.member());
    world.run(holder, give(inside, Tie::UserGroup(groups[3])));
    assert_eq!(
        world.code(holder, give(stranger, Tie::UserGroup(groups[3]))),
        "not_found"
    );
    assert_eq!(
        world.code(holder, give(inside, Tie::UserGroup(outside))),
        "not_found"
    );
    world.run(holder, relocate(groups[4], groups[1]));
    assert_eq!(
        world.code(holder, relocate(groups[3], outside)),
        "not_found"
    );
    assert_eq!(
        world.code(holder, relocate(outside, groups[1])),
        "not_found"
    );
    assert_eq!(
        world.code(holder, relocate(groups[3], None)),
        "permission_missing"
    );
    // From a place outside neither, to whatever place inside: here a scope of two groups.
    let elsewhere = world.user_group(outside);
    let role = world.row(holder).account_role;
    let both = PeopleScope::UserGroups(vec![groups[1], elsewhere]);
    let holder_of_both = world.member();
    world.give_role(holder_of_both, role, both);
    let command = relocate(elsewhere, groups[1]);
    assert_eq!(world.code(holder_of_both, command), "not_found");
    // The own top group hangs on what is above the scope.
    assert_eq!(
        world.code(holder, relocate(groups[1], None)),
        "permission_missing"
    );
    let id = world.id();
    assert_eq!(
        world.code(holder, Command::CreateUserGroup { id, parent: None }),
        "permission_missing"
    );
    world.run(
        holder,
        Command::CreateUserGroup {
            id,
            parent: Some(groups[2]),
        },
    );
}

#[test]
fn ad_7_no_move_and_no_entry_gives_what_the_mover_could_not() {
    let mut world = World::new();
    let (rich, poor) = (world.user_group(None), world.user_group(None));
    let to = GrantHolder::UserGroup(rich);
    world.set(Command::GiveExtraGrant {
        to,
        grant: grant(AUDIT, PeopleScope::All),
    });
    let (mover, member) = (world.custom(&[GROUPS]), world.member_of(poor));
    let refusal = world.refused(mover, relocate(poor, rich));
    assert_eq!(
        (refusal.rule, refusal.code),
        ("AD-7", "extra_grant_by_admin")
    );
    assert_eq!(
        world.code(mover, give(member, Tie::UserGroup(rich))),
        "extra_grant_by_admin"
    );
    let admin = world.admin();
    world.run(admin, relocate(poor, rich));
    assert!(world.may(member, AUDIT, Target::Account));
    assert_eq!(
        world.code(mover, relocate(poor, None)),
        "extra_grant_by_admin",
        "taking needs the same"
    );
    let untie = Command::Untie {
        person: member,
        tie: Tie::UserGroup(poor),
    };
    assert_eq!(world.code(mover, untie), "extra_grant_by_admin");
}

#[test]
fn ad_7_nobody_moves_the_own_group_below_a_grant() {
    let mut world = World::new();
    let (rich, own) = (world.user_group(None), world.user_group(None));
    let to = GrantHolder::UserGroup(rich);
    world.set(Command::GiveExtraGrant {
        to,
        grant: grant(AUDIT, PeopleScope::All),
    });
    world.tie(world.first, Tie::UserGroup(own));
    assert_eq!(
        world.code(world.first, relocate(own, rich)),
        "not_to_oneself"
    );
}

#[test]
fn ad_12_nobody_walks_out_of_the_tree() {
    let mut world = World::new();
    let group = world.user_group(None);
    let person = world.member_of(group);
    let leave = Command::Untie {
        person,
        tie: Tie::UserGroup(group),
    };
    assert_eq!(world.code(person, leave), "not_found");
}

#[test]
fn ad_25_an_archived_group_gives_nothing_and_comes_back_by_who_may_give_it() {
    let mut world = World::new();
    let group = world.user_group(None);
    let (person, mover) = (world.member_of(group), world.custom(&[GROUPS]));
    let to = GrantHolder::UserGroup(group);
    world.set(Command::GiveExtraGrant {
        to,
        grant: grant(AUDIT, PeopleScope::All),
    });
    let node = Node::UserGroup(group);
    assert_eq!(
        world.code(mover, Command::Archive { node }),
        "extra_grant_by_admin"
    );
    world.archive(node);
    assert!(!world.may(person, AUDIT, Target::Account));
    assert_eq!(
        world.code(mover, Command::Restore { node }),
        "extra_grant_by_admin"
    );
    assert_eq!(
        world.code(world.first, give(person, Tie::UserGroup(group))),
        "archived"
    );
    world.set(Command::Restore { node });
    assert!(world.may(person, AUDIT, Target::Account));
}

#[test]
fn ad_25_restoring_a_group_gives_its_managers_back() {
    let mut world = World::new();
    let group = world.user_group(None);
    let (manager, mover) = (world.manager(&[USERS], group), world.custom(&[GROUPS]));
    let (person, node) = (world.member_of(group), Node::UserGroup(group));
    world.archive(node);
    assert!(!world.may(manager, USERS, person));
    assert_eq!(
        world.code(mover, Command::Restore { node }),
        "custom_role_by_admin"
    );
    world.set(Command::Restore { node });
    assert!(world.may(manager, USERS, person));
}

#[test]
fn ad_7_restoring_a_group_gives_back_no_reach_that_another_group_carries() {
    let mut world = World::new();
    let (group, carrier) = (world.user_group(None), world.user_group(None));
    let below = world.user_group(group);
    let within = world.user_group(carrier);
    let (manager, person) = (world.member_of(within), world.member_of(below));
    let mover = world.custom(&[GROUPS]);
    let to = GrantHolder::UserGroup(carrier);
    let node = Node::UserGroup(group);
    for scope in [only(below), only(group)] {
        let mut world = world.clone();
        let grant = grant(USERS, scope);
        world.set(Command::GiveExtraGrant { to, grant });
        assert!(world.may(manager, USERS, person));
        world.archive(node);
        assert_eq!(
            world.code(mover, Command::Restore { node }),
            "extra_grant_by_admin"
        );
        world.set(Command::Restore { node });
        assert!(world.may(manager, USERS, person));
    }
    // What is over comes back no more.
    let grant = ExtraGrant {
        window: world.for_hours(1),
        ..grant(USERS, only(group))
    };
    world.set(Command::GiveExtraGrant {
        to,
        grant: grant.clone(),
    });
    let to = GrantHolder::Person(manager);
    world.set(Command::GiveExtraGrant { to, grant });
    world.archive(node);
    world.wait_hours(1);
    world.run(mover, Command::Restore { node });
    assert!(!world.may(manager, USERS, person));
}

#[test]
fn ad_26_a_scope_whose_last_group_was_deleted_reaches_nobody() {
    let mut world = World::new();
    let group = world.user_group(None);
    let below = world.user_group(group);
    let (manager, person) = (world.manager(&[USERS], group), world.member_of(group));
    let node = Node::UserGroup(group);
    assert_eq!(
        world.code(world.first, Command::Delete { node }),
        "not_empty"
    );
    world.set(Command::Delete {
        node: Node::UserGroup(below),
    });
    world.set(Command::Delete { node });
    assert!(!world.may(manager, USERS, person) && !world.may(manager, USERS, Target::Account));
    assert!(!world.has(person, Tie::UserGroup(group)));
    assert_eq!(
        world.code(world.first, Command::Restore { node }),
        "not_found"
    );
}
