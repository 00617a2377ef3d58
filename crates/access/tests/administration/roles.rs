//! Account roles and custom roles (AD-1 to AD-7, AD-12, AD-23).

use access::catalogue::PermissionSet;
use access::command::{Command, Notice, Outcome, RoleAssignment};
use access::event::{GrantHolder, Node};
use access::state::{ExtraGrant, Life, PeopleScope, Tie};
use access::{Permission, PersonId, RoleId, Target};

use crate::support::{World, assign, grant, only};

const USERS: Permission = Permission::AdminUsersManage;
const SETTINGS: Permission = Permission::AdminUserSettingsManage;
const DEVICES: Permission = Permission::AdminDeviceGroupsManage;
const INVOICES: Permission = Permission::AdminInvoicesAccess;
const AUDIT: Permission = Permission::AdminAuditView;

fn edit(role: RoleId, permissions: &[Permission]) -> Command {
    let permissions = PermissionSet::of(permissions);
    Command::EditRole { role, permissions }
}

fn several(people: &[PersonId], role: RoleId) -> Command {
    Command::SetAccountRoles {
        bulk: people.len() > 1,
        people: people.to_vec(),
        assignment: RoleAssignment {
            role,
            scope: PeopleScope::All,
        },
        keep: Vec::new(),
    }
}

#[test]
fn ad_1_a_new_user_is_member_unless_the_actor_may_give_more() {
    let mut world = World::new();
    let person = world.invited();
    assert_eq!(world.row(person).account_role, RoleId::MEMBER);
    let admin = world.admin();
    let with = |role| {
        Some(RoleAssignment {
            role,
            scope: PeopleScope::All,
        })
    };
    let id = world.id();
    let more = |account_role| Command::AddUser {
        id,
        user_groups: Vec::new(),
        account_role,
    };
    assert_eq!(
        world.code(admin, more(with(RoleId::ADMIN))),
        "role_by_super_admin"
    );
    world.set(more(with(RoleId::ADMIN)));
    let made = world.state.resolve(id).unwrap();
    assert_eq!(world.row(made).account_role, RoleId::ADMIN);
}

#[test]
fn ad_1_exactly_one_role_a_new_one_replaces_it() {
    let mut world = World::new();
    let person = world.custom(&[AUDIT]);
    assert!(world.may(person, AUDIT, Target::Account));
    world.give_role(person, RoleId::MEMBER, PeopleScope::All);
    assert!(!world.may(person, AUDIT, Target::Account));
}

#[test]
fn ad_2_a_changed_set_changes_its_holders_at_once() {
    let mut world = World::new();
    let role = world.role(&[AUDIT]);
    let person = world.with_role(role);
    world.set(edit(role, &[DEVICES]));
    assert!(
        world.may(person, DEVICES, Target::Account) && !world.may(person, AUDIT, Target::Account)
    );
}

#[test]
fn ad_2_only_marked_permissions_make_a_custom_role() {
    let mut world = World::new();
    for permission in [
        Permission::AdminReportsView,
        Permission::AdminRolesManage,
        Permission::AdminSuperAdminsManage,
        Permission::AdminPortalOpen,
        Permission::BillingPlanChange,
        Permission::ServiceDeskRecordDelete,
    ] {
        let (id, permissions) = (world.id(), permission.set());
        assert_eq!(
            world.code(world.first, Command::CreateRole { id, permissions }),
            "not_custom"
        );
    }
}

#[test]
fn ad_2_system_roles_are_fixed() {
    let world = World::new();
    for role in [RoleId::SUPER_ADMIN, RoleId::ADMIN, RoleId::MEMBER] {
        assert_eq!(world.code(world.first, edit(role, &[USERS])), "system_role");
        let (node, replacement) = (Node::Role(role), None);
        assert_eq!(
            world.code(world.first, Command::Archive { node }),
            "system_role"
        );
        assert_eq!(
            world.code(world.first, Command::DeleteRole { role, replacement }),
            "system_role"
        );
    }
}

#[test]
fn ad_3_a_ticked_child_ticks_its_parent_and_the_answer_says_so() {
    let mut world = World::new();
    let id = world.id();
    let permissions = SETTINGS.set();
    let proposal = world.set(Command::CreateRole { id, permissions });
    let (added, removed) = (USERS.set(), PermissionSet::EMPTY);
    assert_eq!(
        proposal.notices,
        [Notice::PermissionsAdjusted { added, removed }]
    );
    let role = world.state.resolve(id).unwrap();
    let stored = world.state.roles().get(role).unwrap().permissions;
    assert_eq!(stored, PermissionSet::of(&[USERS, SETTINGS]));
}

#[test]
fn ad_3_an_unticked_parent_unticks_its_children() {
    let mut world = World::new();
    let role = world.role(&[USERS, SETTINGS, AUDIT]);
    let proposal = world.set(edit(role, &[SETTINGS, AUDIT]));
    let (added, removed) = (PermissionSet::EMPTY, SETTINGS.set());
    assert_eq!(
        proposal.notices,
        [Notice::PermissionsAdjusted { added, removed }]
    );
    assert_eq!(
        world.state.roles().get(role).unwrap().permissions,
        AUDIT.set()
    );
}

#[test]
fn ad_4_a_custom_role_opens_the_portal_and_what_it_holds() {
    let mut world = World::new();
    let person = world.custom(&[AUDIT]);
    assert!(world.may(person, Permission::AdminPortalOpen, Target::Account));
    for permission in [
        USERS,
        INVOICES,
        Permission::AdminRolesManage,
        Permission::AdminReportsView,
    ] {
        assert!(!world.may(person, permission, Target::Account));
    }
}

#[test]
fn ad_5_a_held_role_is_deleted_with_its_replacement() {
    let mut world = World::new();
    let (role, other) = (world.role(&[AUDIT]), world.role(&[DEVICES]));
    let person = world.with_role(role);
    let delete = |replacement| Command::DeleteRole { role, replacement };
    assert_eq!(world.code(world.first, delete(None)), "role_is_held");
    assert_eq!(world.code(world.first, delete(Some(role))), "role_is_held");
    world.set(delete(Some(other)));
    assert_eq!(world.row(person).account_role, other);
    assert_eq!(world.state.roles().get(role).unwrap().life, Life::Deleted);
    assert_eq!(
        world.code(world.first, assign(person, role, PeopleScope::All)),
        "not_found"
    );
}

#[test]
fn ad_5_a_role_that_nobody_holds_is_simply_deleted() {
    let mut world = World::new();
    let role = world.role(&[AUDIT]);
    world.set(Command::DeleteRole {
        role,
        replacement: None,
    });
    assert_eq!(world.state.roles().get(role).unwrap().life, Life::Deleted);
}

#[test]
fn ad_6_an_admin_makes_no_admin_and_unmakes_none() {
    let mut world = World::new();
    let (admin, other, member) = (world.admin(), world.admin(), world.member());
    for role in [RoleId::ADMIN, RoleId::SUPER_ADMIN] {
        let refusal = world.refused(admin, assign(member, role, PeopleScope::All));
        assert_eq!(
            (refusal.rule, refusal.code),
            ("AD-6", "role_by_super_admin")
        );
        assert_eq!(refusal.who_could, [world.first]);
    }
    for person in [other, world.first] {
        let demote = assign(person, RoleId::MEMBER, PeopleScope::All);
        assert_eq!(world.code(admin, demote), "role_by_super_admin");
    }
}

#[test]
fn ad_6_an_admin_gives_member_and_custom_roles() {
    let mut world = World::new();
    let (admin, member, role) = (world.admin(), world.member(), world.role(&[USERS]));
    world.run(admin, assign(member, role, PeopleScope::All));
    assert_eq!(world.row(member).account_role, role);
    world.run(admin, assign(member, RoleId::MEMBER, PeopleScope::All));
    assert_eq!(world.row(member).account_role, RoleId::MEMBER);
}

#[test]
fn ad_6_a_custom_role_gives_no_roles() {
    let mut world = World::new();
    let (holder, member) = (world.custom(&[USERS, SETTINGS]), world.member());
    let role = world.role(&[AUDIT]);
    let refusal = world.refused(holder, assign(member, role, PeopleScope::All));
    assert_eq!(
        (refusal.rule, refusal.code),
        ("AD-6", "custom_role_by_admin")
    );
    let own = world.row(holder).account_role;
    assert_eq!(
        world.code(holder, edit(own, &[USERS, AUDIT])),
        "permission_missing"
    );
}

#[test]
fn ad_7_nobody_raises_their_own_account_role() {
    let mut world = World::new();
    let (admin, role) = (world.admin(), world.role(&[INVOICES]));
    for role in [RoleId::SUPER_ADMIN, RoleId::ADMIN, role] {
        let own = assign(admin, role, PeopleScope::All);
        if role != RoleId::ADMIN {
            assert_eq!(world.code(admin, own), "not_to_oneself");
        }
    }
    let own = assign(world.first, RoleId::ADMIN, PeopleScope::All);
    assert_eq!(world.code(world.first, own), "not_to_oneself");
}

#[test]
fn ad_7_everybody_may_give_up_their_role() {
    let mut world = World::new();
    let (admin, holder) = (world.admin(), world.custom(&[AUDIT]));
    for person in [admin, holder] {
        world.run(person, assign(person, RoleId::MEMBER, PeopleScope::All));
        assert_eq!(world.row(person).account_role, RoleId::MEMBER);
    }
}

#[test]
fn ad_7_an_admin_defines_no_role_beyond_an_admin() {
    let mut world = World::new();
    let admin = world.admin();
    let (id, permissions) = (world.id(), INVOICES.set());
    assert_eq!(
        world.code(admin, Command::CreateRole { id, permissions }),
        "role_exceeds_admin"
    );
    let mine = world.role(&[AUDIT]);
    assert_eq!(
        world.code(admin, edit(mine, &[AUDIT, INVOICES])),
        "role_exceeds_admin"
    );
    // The set before counts as well: an Admin takes nothing that an Admin could not give.
    let theirs = world.role(&[INVOICES]);
    assert_eq!(
        world.code(admin, edit(theirs, &[AUDIT])),
        "role_exceeds_admin"
    );
    assert_eq!(
        world.code(
            admin,
            Command::DeleteRole {
                role: theirs,
                replacement: None
            }
        ),
        "role_exceeds_admin"
    );
    assert_eq!(
        world.code(
            admin,
            Command::Archive {
                node: Node::Role(theirs)
            }
        ),
        "role_exceeds_admin"
    );
}

#[test]
fn ad_7_no_replacement_raises_anybody() {
    let mut world = World::new();
    let (admin, role, rich) = (world.admin(), world.role(&[AUDIT]), world.role(&[INVOICES]));
    let person = world.with_role(role);
    for replacement in [RoleId::ADMIN, RoleId::SUPER_ADMIN, rich] {
        let replacement = Some(replacement);
        world.refused(admin, Command::DeleteRole { role, replacement });
    }
    let replacement = Some(RoleId::MEMBER);
    world.run(admin, Command::DeleteRole { role, replacement });
    assert_eq!(world.row(person).account_role, RoleId::MEMBER);
}

#[test]
fn ad_12_only_custom_roles_have_a_scope_and_only_of_scopable_permissions() {
    let mut world = World::new();
    let (group, person) = (world.user_group(None), world.member());
    assert_eq!(
        world.code(world.first, assign(person, RoleId::ADMIN, only(group))),
        "scope_on_system_role"
    );
    let devices = world.role(&[DEVICES]);
    assert_eq!(
        world.code(world.first, assign(person, devices, only(group))),
        "not_scopable"
    );
    let users = world.role(&[USERS]);
    world.give_role(person, users, only(group));
    assert_eq!(
        world.code(world.first, edit(users, &[USERS, DEVICES])),
        "not_scopable"
    );
}

#[test]
fn ad_12_naming_the_holder_of_an_unlimited_role_is_refused_not_narrowed() {
    let mut world = World::new();
    let (group, role) = (world.user_group(None), world.role(&[USERS]));
    let person = world.with_role(role);
    assert_eq!(
        world.code(world.first, assign(person, role, only(group))),
        "role_is_unlimited"
    );
    assert!(world.may(person, USERS, Target::Account));
}

#[test]
fn ad_23_in_bulk_each_person_by_the_same_rules() {
    let mut world = World::new();
    let (admin, role) = (world.admin(), world.role(&[AUDIT]));
    let (one, two) = (world.member(), world.member());
    let has_it = world.with_role(role);
    let asked = [one, world.first, two, admin, has_it];
    let proposal = world.run(admin, several(&asked, role));
    let codes: Vec<_> = proposal
        .outcomes
        .iter()
        .map(|(person, outcome)| match outcome {
            Outcome::Changed => (*person, "changed"),
            Outcome::Unchanged => (*person, "unchanged"),
            Outcome::Skipped(refusal) => (*person, refusal.code),
        })
        .collect();
    assert_eq!(
        codes,
        [
            (one, "changed"),
            (world.first, "role_by_super_admin"),
            (two, "changed"),
            (admin, "not_to_oneself"),
            (has_it, "unchanged"),
        ]
    );
    assert_eq!(world.row(one).account_role, role);
    assert_eq!(world.row(world.first).account_role, RoleId::SUPER_ADMIN);
}

#[test]
fn ad_23_ad_8_in_bulk_the_last_super_admin_is_skipped() {
    let mut world = World::new();
    let other = world.super_admin();
    let everybody = [other, world.first, world.admin()];
    let proposal = world.run(other, several(&everybody, RoleId::MEMBER));
    assert!(matches!(proposal.outcomes[0].1, Outcome::Changed));
    assert_eq!(world.row(other).account_role, RoleId::MEMBER);
    let last = world.row(world.first).account_role;
    assert_eq!(last, RoleId::SUPER_ADMIN);
}

#[test]
fn ad_9_a_change_of_role_drops_the_extra_grants_that_are_not_named_again() {
    let mut world = World::new();
    let (person, role) = (world.member(), world.role(&[AUDIT]));
    let (kept, lost) = (
        grant(INVOICES, PeopleScope::All),
        grant(DEVICES, PeopleScope::All),
    );
    for grant in [kept.clone(), lost] {
        let to = GrantHolder::Person(person);
        world.set(Command::GiveExtraGrant { to, grant });
    }
    let proposal = world.set(Command::SetAccountRoles {
        bulk: false,
        people: vec![person],
        assignment: RoleAssignment {
            role,
            scope: PeopleScope::All,
        },
        keep: vec![kept.clone()],
    });
    let permissions = DEVICES.set();
    assert_eq!(
        proposal.notices,
        [Notice::ExtraGrantsDropped { permissions }]
    );
    assert_eq!(world.row(person).extras().extra_grants, [kept]);
}

#[test]
fn ad_9_kept_grants_must_be_the_actors_to_give() {
    let mut world = World::new();
    let (admin, person, role) = (world.admin(), world.member(), world.role(&[AUDIT]));
    let invoices = grant(INVOICES, PeopleScope::All);
    let to = GrantHolder::Person(person);
    world.set(Command::GiveExtraGrant {
        to,
        grant: invoices.clone(),
    });
    let change = |keep: Vec<ExtraGrant>| Command::SetAccountRoles {
        bulk: false,
        people: vec![person],
        assignment: RoleAssignment {
            role,
            scope: PeopleScope::All,
        },
        keep,
    };
    // Neither kept nor dropped: it is a Super admin's grant.
    assert_eq!(
        world.code(admin, change(vec![invoices])),
        "extra_grant_by_super_admin"
    );
    assert_eq!(
        world.code(admin, change(vec![])),
        "extra_grant_by_super_admin"
    );
}

#[test]
fn ad_25_an_archived_role_gives_nothing_and_is_given_to_nobody() {
    let mut world = World::new();
    let role = world.role(&[AUDIT]);
    let (person, other) = (world.with_role(role), world.member());
    world.archive(Node::Role(role));
    assert!(!world.may(person, AUDIT, Target::Account));
    assert_eq!(
        world.code(world.first, assign(other, role, PeopleScope::All)),
        "archived"
    );
    world.set(Command::Restore {
        node: Node::Role(role),
    });
    assert!(world.may(person, AUDIT, Target::Account));
}

#[test]
fn ad_26_an_empty_scope_reaches_nobody() {
    let mut world = World::new();
    let (role, group) = (world.role(&[USERS]), world.user_group(None));
    let below = world.user_group(group);
    let (person, about) = (world.member(), world.member_of(group));
    world.give_role(person, role, PeopleScope::UserGroups(Vec::new()));
    assert!(!world.may(person, USERS, about) && !world.may(person, USERS, Target::Account));
    assert!(!world.may(person, USERS, group) && !world.may(person, USERS, below));
    assert!(!world.has(about, Tie::Agent));
    assert_eq!(
        world.code(person, crate::support::give(about, Tie::Agent)),
        "not_found"
    );
}
