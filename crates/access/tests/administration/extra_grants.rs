//! AD-9, AD-7: permissions on top of a role.

use access::catalogue::PermissionSet;
use access::command::{Command, Notice};
use access::event::GrantHolder;
use access::state::{ExtraGrant, PeopleScope, Tie};
use access::{Permission, PersonId, Target, UserGroupId, Window};

use crate::support::{World, give, grant, only};

const USERS: Permission = Permission::AdminUsersManage;
const SETTINGS: Permission = Permission::AdminUserSettingsManage;
const AUDIT: Permission = Permission::AdminAuditView;
const INVOICES: Permission = Permission::AdminInvoicesAccess;

fn to_person(person: PersonId, grant: ExtraGrant) -> Command {
    let to = GrantHolder::Person(person);
    Command::GiveExtraGrant { to, grant }
}

fn to_group(group: UserGroupId, permission: Permission) -> Command {
    let to = GrantHolder::UserGroup(group);
    let grant = grant(permission, PeopleScope::All);
    Command::GiveExtraGrant { to, grant }
}

fn everywhere(permission: Permission) -> ExtraGrant {
    grant(permission, PeopleScope::All)
}

#[test]
fn ad_9_only_what_may_be_given_on_top_of_a_role() {
    let mut world = World::new();
    let person = world.member();
    for permission in Permission::ALL {
        let command = to_person(person, everywhere(permission));
        if permission.is_extra_grantable() {
            let mut world = World::new();
            let person = world.member();
            world.set(to_person(person, everywhere(permission)));
            assert!(
                world.may(person, permission, Target::Account),
                "{permission}"
            );
        } else {
            assert_eq!(world.code(world.first, command), "not_grantable");
        }
    }
}

#[test]
fn ad_9_the_scope_is_written_and_only_where_there_is_one() {
    let mut world = World::new();
    let group = world.user_group(None);
    let (person, inside, outside) = (world.member(), world.member_of(group), world.member());
    assert_eq!(
        world.code(world.first, to_person(person, grant(AUDIT, only(group)))),
        "not_scopable"
    );
    world.set(to_person(person, grant(USERS, only(group))));
    assert!(world.may(person, USERS, inside));
    assert!(!world.may(person, USERS, outside) && !world.may(person, USERS, Target::Account));
}

#[test]
fn ad_9_an_admin_gives_what_an_admin_holds_to_users_who_are_not_admins() {
    let mut world = World::new();
    let (admin, other, member) = (world.admin(), world.admin(), world.member());
    world.run(admin, to_person(member, everywhere(AUDIT)));
    assert!(world.may(member, AUDIT, Target::Account));
    for refused in [
        to_person(member, everywhere(INVOICES)),
        to_person(other, everywhere(AUDIT)),
        to_person(world.first, everywhere(AUDIT)),
    ] {
        assert_eq!(world.code(admin, refused), "extra_grant_by_super_admin");
    }
    world.set(to_person(other, everywhere(INVOICES)));
    assert!(
        world.may(other, INVOICES, Target::Account),
        "a Super admin gives it to an Admin"
    );
}

#[test]
fn ad_9_never_to_oneself_by_whatever_way() {
    let mut world = World::new();
    let (first, group) = (world.first, world.user_group(None));
    assert_eq!(
        world.code(first, to_person(first, everywhere(AUDIT))),
        "not_to_oneself"
    );
    let admin = world.admin();
    world.tie(admin, Tie::UserGroup(group));
    assert_eq!(world.code(admin, to_group(group, AUDIT)), "not_to_oneself");
    // Nor by entering a group that carries one, nor by moving the own group below it.
    let rich = world.user_group(None);
    world.set(to_group(rich, AUDIT));
    assert_eq!(
        world.code(admin, give(admin, Tie::UserGroup(rich))),
        "not_to_oneself"
    );
    let mover = world.custom(&[Permission::AdminUserGroupsManage]);
    assert_eq!(
        world.code(mover, give(mover, Tie::UserGroup(rich))),
        "not_to_oneself"
    );
}

#[test]
fn ad_9_ad_7_a_group_gives_nothing_that_could_not_be_given_to_each_member() {
    let mut world = World::new();
    let group = world.user_group(None);
    let below = world.user_group(group);
    let (admin, other) = (world.admin(), world.admin());
    world.tie(other, Tie::UserGroup(below));
    assert_eq!(
        world.code(admin, to_group(group, AUDIT)),
        "extra_grant_by_super_admin"
    );
    world.set(to_group(group, INVOICES));
    assert!(world.may(other, INVOICES, Target::Account));
    assert_eq!(
        world.code(
            admin,
            Command::TakeExtraGrant {
                from: GrantHolder::UserGroup(group),
                grant: everywhere(INVOICES)
            }
        ),
        "extra_grant_by_super_admin"
    );
}

#[test]
fn ad_9_i_4_a_child_brings_its_parent_and_goes_with_it() {
    let mut world = World::new();
    let person = world.member();
    let proposal = world.set(to_person(person, everywhere(SETTINGS)));
    let (added, removed) = (USERS.set(), PermissionSet::EMPTY);
    assert_eq!(
        proposal.notices,
        [Notice::PermissionsAdjusted { added, removed }]
    );
    let about = world.member();
    assert!(world.may(person, SETTINGS, about) && world.may(person, USERS, about));
    let from = GrantHolder::Person(person);
    let proposal = world.set(Command::TakeExtraGrant {
        from,
        grant: everywhere(USERS),
    });
    let (added, removed) = (PermissionSet::EMPTY, SETTINGS.set());
    assert_eq!(
        proposal.notices,
        [Notice::PermissionsAdjusted { added, removed }]
    );
    assert_eq!(world.row(person).extras().extra_grants, []);
}

#[test]
fn ad_9_for_a_time() {
    let mut world = World::new();
    let person = world.member();
    let timed = ExtraGrant {
        window: world.for_hours(2),
        ..everywhere(AUDIT)
    };
    world.set(to_person(person, timed));
    assert!(world.may(person, AUDIT, Target::Account));
    world.wait_hours(2);
    assert!(!world.may(person, AUDIT, Target::Account));
    let over = ExtraGrant {
        window: Window {
            start: None,
            end: Some(world.now),
        },
        ..everywhere(AUDIT)
    };
    assert_eq!(
        world.code(world.first, to_person(person, over)),
        "impossible_window"
    );
}

#[test]
fn ad_9_twice_is_once_and_giving_up_is_free() {
    let mut world = World::new();
    let person = world.member();
    world.set(to_person(person, everywhere(AUDIT)));
    world.unchanged(world.first, to_person(person, everywhere(AUDIT)));
    let from = GrantHolder::Person(person);
    world.run(
        person,
        Command::TakeExtraGrant {
            from,
            grant: everywhere(AUDIT),
        },
    );
    assert!(!world.may(person, AUDIT, Target::Account));
}

#[test]
fn ad_9_only_users_hold_extra_grants() {
    let mut world = World::new();
    let customer = world.customer();
    assert_eq!(
        world.code(world.first, to_person(customer, everywhere(AUDIT))),
        "not_a_user"
    );
}

#[test]
fn ad_25_a_grant_that_is_over_keeps_nobody_out_of_its_group() {
    let mut world = World::new();
    let (group, mover) = (
        world.user_group(None),
        world.custom(&[Permission::AdminUserGroupsManage]),
    );
    let to = GrantHolder::UserGroup(group);
    let grant = ExtraGrant {
        window: world.for_hours(1),
        ..everywhere(AUDIT)
    };
    world.set(Command::GiveExtraGrant { to, grant });
    let member = world.member();
    let enter = give(member, Tie::UserGroup(group));
    assert_eq!(world.code(mover, enter.clone()), "extra_grant_by_admin");
    world.wait_hours(1);
    world.run(mover, enter);
    assert!(!world.may(member, AUDIT, Target::Account));
}
