//! What administrators may see and ask of people (AD-20, AD-21, AD-22, AD-29, AD-31), and joining by code (AD-18).

use access::PermissionSet;
use access::command::{Actor, Command};
use access::state::{Facet, PeopleScope, Tie};
use access::{Permission, PersonId, RoleId, Subject, Target};

use crate::support::{World, assign, connect, give, grant, only};

const ASK: Permission = Permission::AdminAccessAsk;
const HISTORY: Permission = Permission::AdminHistoryAccess;

#[test]
fn ad_18_a_guest_joins_by_a_valid_code_and_does_nothing_else() {
    let world = World::new();
    let guest = world.state.view(Subject::Guest, world.now);
    for permission in Permission::ALL {
        for on in [
            Target::Account,
            Target::Person(world.first),
            Target::Session {
                code_is_valid: true,
            },
            Target::Session {
                code_is_valid: false,
            },
        ] {
            let joins = permission == Permission::RemoteSupportSessionJoin
                && on
                    == Target::Session {
                        code_is_valid: true,
                    };
            assert_eq!(guest.may(permission, on), joins, "{permission} on {on:?}");
        }
    }
}

#[test]
fn ad_20_what_is_given_to_oneself_is_marked_for_the_log() {
    let mut world = World::new();
    let person = world.custom(&[Permission::AdminLicencesManage]);
    let proposal = world.run(person, give(person, Tie::Licence(world.licences[1])));
    assert_eq!(proposal.notices, [access::command::Notice::GivenToOneself]);
    let mark = access::Event::GivenToOneself { person };
    assert_eq!(proposal.events.last(), Some(&mark));
    // What is so already, what somebody else gets, and what others give is not.
    world.unchanged(person, give(person, Tie::Licence(world.licences[1])));
    let other = world.member();
    for (actor, to) in [(person, other), (other, other)] {
        let tie = Tie::Licence(world.licences[1]);
        let command = match actor == to {
            true => Command::Untie { person: to, tie },
            false => give(to, tie),
        };
        assert!(!world.run(actor, command).events.contains(&mark));
    }
}

#[test]
fn ad_21_a_support_check_shows_exactly_what_the_callers_own_permissions_allow() {
    let mut world = World::new();
    let (group, other) = (world.user_group(None), world.user_group(None));
    let caller = world.manager(&[HISTORY, Permission::AdminLicencesManage], group);
    let helped_with = |world: &World, on| {
        let actions = world.state.actions(Subject::Person(caller), on, world.now);
        let may = |permission: &Permission| world.may(caller, *permission, on);
        let allowed: Vec<_> = Permission::ALL.into_iter().filter(may).collect();
        assert_eq!(actions, allowed, "one answer, however it is asked");
        actions.into_iter().collect::<PermissionSet>()
    };
    let over = PermissionSet::of(&[
        Permission::AdminPeopleView,
        Permission::AdminLicencesManage,
        HISTORY,
    ]);
    assert_eq!(helped_with(&world, group.into()), over);
    assert_eq!(helped_with(&world, other.into()), PermissionSet::EMPTY);
    let portal = Permission::AdminPortalOpen.set();
    assert_eq!(helped_with(&world, Target::Account), portal);
    // Whoever called as somebody who was let go is helped with nothing.
    world.set(Command::Deactivate {
        person: caller,
        facet: Facet::User,
    });
    for on in [Target::Account, group.into()] {
        assert_eq!(helped_with(&world, on), PermissionSet::EMPTY);
    }
}

#[test]
fn ad_31_asking_about_others_is_a_right_over_them_and_about_oneself_is_free() {
    let mut world = World::new();
    let group = world.user_group(None);
    let (inside, outside) = (world.member_of(group), world.member());
    let holder = world.manager(&[ASK], group);
    assert!(world.may(holder, ASK, inside) && !world.may(holder, ASK, outside));
    assert!(world.may(outside, ASK, outside) && !world.may(outside, ASK, inside));
}

#[test]
fn ad_22_history_is_one_right_for_the_people_of_the_scope() {
    let mut world = World::new();
    let group = world.user_group(None);
    let (inside, outside) = (world.member_of(group), world.member());
    let holder = world.manager(&[HISTORY], group);
    assert!(world.may(holder, HISTORY, inside));
    assert!(!world.may(holder, HISTORY, outside) && !world.may(holder, HISTORY, Target::Account));
    // Recordings are a child: the parent alone does not give it, and without the parent it does not count.
    assert!(!world.may(holder, Permission::AdminRecordingsAccess, inside));
}

#[test]
fn ad_31_customers_are_known_to_whoever_may_ask_about_everybody() {
    let mut world = World::new();
    let (group, customer) = (world.user_group(None), world.customer());
    let (scoped, everybody) = (world.manager(&[ASK], group), world.custom(&[ASK]));
    assert!(!world.may(scoped, ASK, customer) && world.may(everybody, ASK, customer));
}

#[test]
fn ad_29_ad_7_a_connection_gives_no_role_that_its_own_could_not() {
    let mut world = World::new();
    let (users, id) = (world.role(&[Permission::AdminUsersManage]), world.id());
    world.set(connect(id, users));
    let scim = Actor::Connection(world.state.resolve(id).unwrap());
    let id = world.id();
    let add = |account_role| Command::AddUser {
        id,
        user_groups: Vec::new(),
        account_role,
    };
    for role in [RoleId::SUPER_ADMIN, RoleId::ADMIN, users] {
        let scope = PeopleScope::All;
        let with_role = access::command::RoleAssignment { role, scope };
        world.refused(scim, add(Some(with_role)));
    }
    world.run(scim, add(None));
    let made: PersonId = world.state.resolve(id).unwrap();
    assert_eq!(world.row(made).account_role, RoleId::MEMBER);
    for command in [
        assign(made, users, PeopleScope::All),
        give(made, Tie::Licence(world.licences[0])),
        give(made, Tie::ContactAdmin),
    ] {
        world.refused(scim, command);
    }
}

#[test]
fn ad_9_a_scoped_child_counts_where_its_parent_is_held() {
    let mut world = World::new();
    let (one, two) = (world.user_group(None), world.user_group(None));
    let person = world.manager(&[Permission::AdminUsersManage], one);
    let (in_one, in_two) = (world.member_of(one), world.member_of(two));
    let settings = grant(Permission::AdminUserSettingsManage, only(two));
    let to = access::event::GrantHolder::Person(person);
    world.set(Command::GiveExtraGrant {
        to,
        grant: settings,
    });
    let may = |about| world.may(person, Permission::AdminUserSettingsManage, about);
    assert!(
        may(in_two) && !may(in_one),
        "the parent was stored with the same scope"
    );
}
