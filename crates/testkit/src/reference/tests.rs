//! The reference reads the rule book right where that is easily said.
#![allow(clippy::unwrap_used)]

use access::event::{GrantHolder, Node};
use access::state::{
    CustomerFacet, ExtraGrant, LicenceModel, Life, PeopleScope, QueueKind, Tie, UserFacet,
};
use access::{
    Dense, Event, Moment, Permission, PersonId, Product, QueueId, RoleId, Subject, Target,
    UserGroupId, Window,
};
use uuid::Uuid;

use super::{Status, World, all_of};

const NOW: Moment = Moment(0);

fn person(index: usize) -> PersonId {
    PersonId::from_index(index).unwrap()
}

/// An account with so many users, the first of them Super admin.
fn account(users: usize) -> World {
    let mut world = World::empty();
    world.apply(&Event::AccountOpened);
    for index in 0..users {
        world.apply(&Event::PersonAdded {
            uid: Uuid::nil(),
            user: UserFacet::Accepted,
            customer: CustomerFacet::Absent,
        });
        world.apply(&Event::SignInSet {
            person: person(index),
            possible: true,
        });
    }
    world.apply(&Event::AccountRoleSet {
        person: person(0),
        role: RoleId::SUPER_ADMIN,
        scope: PeopleScope::All,
    });
    world
}

fn may(world: &World, who: usize, permission: Permission, target: Target) -> bool {
    world.allows(Subject::Person(person(who)), permission, target, NOW)
}

#[test]
fn a_super_admin_holds_every_admin_permission_and_a_member_none() {
    let world = account(2);
    for permission in all_of("admin") {
        assert!(may(&world, 0, permission, Target::Account), "{permission}");
        assert!(!may(&world, 1, permission, Target::Account), "{permission}");
    }
}

#[test]
fn ad_15_who_holds_nothing_is_suspended() {
    let mut world = account(2);
    assert_eq!(world.status(person(1), NOW), Status::Suspended);
    world.apply(&Event::Tied {
        person: person(1),
        tie: Tie::ContactAdmin,
    });
    assert_eq!(world.status(person(1), NOW), Status::Active);
}

#[test]
fn ad_15_ad_26_a_grant_of_a_group_that_reaches_nobody_keeps_nobody_active() {
    let mut world = account(2);
    let group = |index| UserGroupId::from_index(index).unwrap();
    for _ in 0..2 {
        world.apply(&Event::UserGroupCreated {
            uid: Uuid::nil(),
            parent: None,
        });
    }
    world.apply(&Event::Tied {
        person: person(1),
        tie: Tie::UserGroup(group(0)),
    });
    let given = |to, scope| Event::ExtraGrantGiven {
        to,
        grant: ExtraGrant {
            permission: Permission::AdminUsersManage,
            scope: PeopleScope::UserGroups(scope),
            window: Window::ALWAYS,
        },
    };
    let carrier = GrantHolder::UserGroup(group(0));
    world.apply(&given(carrier, vec![]));
    assert_eq!(world.status(person(1), NOW), Status::Suspended);
    world.apply(&given(carrier, vec![group(1)]));
    assert_eq!(world.status(person(1), NOW), Status::Active);
    world.apply(&Event::LifeSet {
        of: Node::UserGroup(group(1)),
        life: Life::Archived,
    });
    assert_eq!(world.status(person(1), NOW), Status::Suspended);
    world.apply(&given(GrantHolder::Person(person(1)), vec![]));
    assert_eq!(world.status(person(1), NOW), Status::Active);
}

#[test]
fn ad_24_who_gives_queues_outranks_the_supervisor_of_an_archived_one() {
    let mut world = account(3);
    let queue = QueueId::from_index(0).unwrap();
    world.apply(&Event::QueueCreated {
        uid: Uuid::nil(),
        kind: QueueKind::Call,
    });
    world.apply(&Event::LicenceBought {
        uid: Uuid::nil(),
        product: Product::ContactCentre,
        model: LicenceModel::Named,
        seats: 1,
    });
    for tie in [
        Tie::Licence(access::LicenceId::from_index(0).unwrap()),
        Tie::ContactAdmin,
    ] {
        let person = person(1);
        world.apply(&Event::Tied { person, tie });
    }
    world.apply(&Event::Tied {
        person: person(2),
        tie: Tie::QueueSupervisor(queue),
    });
    // Member is given by whoever manages users.
    world.apply(&Event::ExtraGrantGiven {
        to: GrantHolder::Person(person(1)),
        grant: ExtraGrant {
            permission: Permission::AdminUsersManage,
            scope: PeopleScope::All,
            window: Window::ALWAYS,
        },
    });
    let outranks = |world: &World| world.outranks(Subject::Person(person(1)), person(2), NOW);
    assert!(outranks(&world));
    world.apply(&Event::LifeSet {
        of: Node::Queue(queue),
        life: Life::Archived,
    });
    assert!(outranks(&world));
}

#[test]
fn ad_17_the_only_user_needs_neither_role_nor_licence() {
    let mut world = account(1);
    assert!(may(
        &world,
        0,
        Permission::RemoteSupportSessionHost,
        Target::Account
    ));
    world.apply(&Event::PersonAdded {
        uid: Uuid::nil(),
        user: UserFacet::Invited,
        customer: CustomerFacet::Absent,
    });
    assert!(!may(
        &world,
        0,
        Permission::RemoteSupportSessionHost,
        Target::Account
    ));
}

#[test]
fn ad_12_an_archived_group_cuts_what_is_below_it_from_what_is_above() {
    let mut world = account(3);
    let group = |index| UserGroupId::from_index(index).unwrap();
    for parent in [None, Some(group(0)), Some(group(1))] {
        world.apply(&Event::UserGroupCreated {
            uid: Uuid::nil(),
            parent,
        });
    }
    world.apply(&Event::RoleCreated {
        uid: Uuid::nil(),
        permissions: [Permission::AdminHistoryAccess].into_iter().collect(),
    });
    world.apply(&Event::AccountRoleSet {
        person: person(1),
        role: RoleId::from_index(3).unwrap(),
        scope: PeopleScope::UserGroups(vec![group(0)]),
    });
    world.apply(&Event::Tied {
        person: person(2),
        tie: Tie::UserGroup(group(2)),
    });
    let history = |world: &World| {
        may(
            world,
            1,
            Permission::AdminHistoryAccess,
            Target::Person(person(2)),
        )
    };
    assert!(history(&world));
    world.apply(&Event::LifeSet {
        of: access::event::Node::UserGroup(group(1)),
        life: access::state::Life::Archived,
    });
    assert!(!history(&world));
}

#[test]
fn sd_7_without_a_licence_a_module_stays_shut() {
    let mut world = account(2);
    world.apply(&Event::Tied {
        person: person(1),
        tie: Tie::DeskRight(access::state::DeskRight::Configure),
    });
    let configures = |world: &World| {
        may(
            world,
            1,
            Permission::ServiceDeskAccountConfigure,
            Target::Account,
        )
    };
    assert!(!configures(&world));
    world.apply(&Event::LicenceBought {
        uid: Uuid::nil(),
        product: Product::ServiceDesk,
        model: access::state::LicenceModel::Named,
        seats: 1,
    });
    world.apply(&Event::Tied {
        person: person(1),
        tie: Tie::Licence(access::LicenceId::from_index(0).unwrap()),
    });
    assert!(configures(&world));
}
