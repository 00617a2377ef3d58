//! What is seen of a change of administration before it is saved: exactly what the save then does (AD-2, AD-25).

use access::command::{Command, RoleAssignment, SystemSubject};
use access::decide::{By, Through};
use access::event::{GrantHolder, Node};
use access::preview::{Cause, Effect, Right, Vacancy};
use access::state::{DeskRight, Facet, PeopleScope, Tie};
use access::{Actor, Moment, Permission, PersonId, Product, RoleId, Subject, Target, Window};

use crate::support::{World, assign, connect, give, grant, only};

const USERS: Permission = Permission::AdminUsersManage;
const PORTAL: Permission = Permission::AdminPortalOpen;

/// Asserts that the preview names the loss, and the save brings it.
fn loses(world: &mut World, command: Command, subject: Subject, permission: Permission) {
    let may = |world: &World| {
        world
            .state
            .view(subject, world.now)
            .may(permission, Target::Account)
    };
    let effect = world
        .state
        .preview(Actor::Person(world.first), &command, world.now);
    let losses = effect.unwrap().losses.listed;
    let named = losses.iter().any(|change| {
        (change.subject, change.right) == (subject, Right::Permission(permission))
            && change.on == Target::Account
    });
    assert!(may(world) && named, "{command:?} names {losses:?}");
    world.set(command);
    assert!(!may(world));
}

#[test]
fn ad_2_a_changed_role_shows_what_its_connections_lose() {
    for archive in [false, true] {
        let mut world = World::new();
        let (role, id) = (world.role(&[Permission::AdminAuditView, USERS]), world.id());
        world.set(connect(id, role));
        let connection = Subject::Connection(world.state.resolve(id).unwrap());
        let change = match archive {
            true => Command::Archive {
                node: Node::Role(role),
            },
            false => Command::EditRole {
                role,
                permissions: Permission::AdminAuditView.set(),
            },
        };
        loses(&mut world, change, connection, USERS);
    }
}

#[test]
fn ad_5_a_role_that_is_replaced_shows_what_its_connections_lose() {
    let mut world = World::new();
    let (role, id) = (world.role(&[USERS]), world.id());
    world.set(connect(id, role));
    let connection = Subject::Connection(world.state.resolve(id).unwrap());
    let replacement = Some(RoleId::MEMBER);
    loses(
        &mut world,
        Command::DeleteRole { role, replacement },
        connection,
        USERS,
    );
}

#[test]
fn ad_25_an_archived_user_group_shows_what_its_managers_lose() {
    let mut world = World::new();
    let group = world.user_group(None);
    let manager = world.manager(&[USERS], group);
    let carrier = world.user_group(None);
    let below = world.user_group(carrier);
    let member = world.member_of(below);
    world.set(Command::GiveExtraGrant {
        to: GrantHolder::UserGroup(carrier),
        grant: grant(USERS, only(group)),
    });
    for person in [manager, member] {
        let node = Node::UserGroup(group);
        let archive = Command::Archive { node };
        loses(&mut world.clone(), archive, Subject::Person(person), PORTAL);
    }
}

/// What the first user is shown.
fn effect(world: &World, command: &Command) -> Effect {
    let actor = Actor::Person(world.first);
    world.state.preview(actor, command, world.now).unwrap()
}

#[test]
fn ad_12_a_user_group_that_would_lose_its_only_manager_is_said() {
    let mut world = World::new();
    let group = world.user_group(None);
    let person = world.manager(&[USERS], group);
    let goes = [
        Command::Deactivate {
            person,
            facet: Facet::User,
        },
        assign(person, RoleId::MEMBER, PeopleScope::All),
    ];
    for command in &goes {
        let said = effect(&world, command).vacancies;
        assert_eq!(said, [Vacancy::UserGroup(group)], "{command:?}");
    }
    world.manager(&[USERS], group);
    for command in &goes {
        assert_eq!(effect(&world, command).vacancies, [], "{command:?}");
    }
}

#[test]
fn ad_2_whose_role_is_changed_is_told_so() {
    let mut world = World::new();
    let role = world.role(&[Permission::AdminAuditView, USERS]);
    let person = world.with_role(role);
    let change = Command::EditRole {
        role,
        permissions: Permission::AdminAuditView.set(),
    };
    let way = Cause::Way {
        through: Through::Direct,
        by: By::AccountRole(role),
    };
    let losses = effect(&world, &change).losses.causes;
    assert_eq!(losses, [(Subject::Person(person), way)]);
}

/// The one change of this right on the account in a list: from when, and until when.
fn period(
    changes: &[access::Change],
    person: PersonId,
    permission: Permission,
) -> (Option<Moment>, Option<Moment>) {
    let right = Right::Permission(permission);
    let mut found = changes.iter().filter(|change| {
        (change.subject, change.right, change.on)
            == (Subject::Person(person), right, Target::Account)
    });
    let one = found.next().expect("a change");
    assert_eq!(found.next(), None);
    (one.from, one.until)
}

#[test]
fn ad_25_a_preview_shows_what_begins_and_ends_later() {
    let mut world = World::new();
    let person = world.member();
    world.licence(person, Product::ServiceDesk);
    let (start, end) = (world.for_hours(24).end, world.for_hours(48).end);
    let configure = Permission::ServiceDeskAccountConfigure;
    let tomorrow = Command::Tie {
        person,
        tie: Tie::DeskRight(DeskRight::Configure),
        window: Window { start, end },
    };
    let seen = effect(&world, &tomorrow);
    assert_eq!(period(&seen.gains.listed, person, configure), (start, end));
    assert_eq!(seen.losses.total, 0);
    let nothing = effect(&world, &give(person, Tie::Licence(world.licences[1])));
    assert_ne!(seen.fingerprint, nothing.fingerprint);
    world.set(tomorrow);
    // What is taken before it began is lost all the same.
    let tie = Tie::DeskRight(DeskRight::Configure);
    let seen = effect(&world, &Command::Untie { person, tie });
    assert_eq!(period(&seen.losses.listed, person, configure), (start, end));
}

#[test]
fn ad_15_ad_25_a_preview_shows_whom_a_shorter_licence_will_suspend() {
    let mut world = World::new();
    let person = world.member();
    world.tie(person, Tie::Agent);
    let window = world.for_hours(24);
    let shorter = Command::Tie {
        person,
        tie: Tie::Licence(world.licences[0]),
        window,
    };
    let effect = effect(&world, &shorter);
    let host = Permission::RemoteSupportSessionHost;
    let lost = period(&effect.losses.listed, person, host);
    assert_eq!(lost, (window.end, None));
    assert_eq!((effect.gains.total, effect.locked_out), (0, vec![person]));
    world.set(shorter);
    assert!(world.may(person, host, Target::Account));
    world.wait_hours(24);
    assert!(!world.may(person, host, Target::Account));
}

/// What a suspended user was given already counts with the first licence, and is gained by it; where nothing was given, nothing is.
#[test]
fn ad_15_a_preview_shows_what_a_first_licence_wakes() {
    let mut world = World::new();
    let [waiting, idle] = [(); 2].map(|()| world.member());
    world.tie(waiting, Tie::Agent);
    let licence = Tie::Licence(world.licences[0]);
    for person in [waiting, idle] {
        world.set(Command::Untie {
            person,
            tie: licence,
        });
    }
    let first = |person| give(person, licence);
    let host = (Permission::RemoteSupportSessionHost, Target::Account);
    assert!(!world.may(waiting, host.0, host.1));
    let woken = effect(&world, &first(waiting)).gains;
    let gained = |change: &access::Change| {
        (change.subject, change.right) == (Subject::Person(waiting), Right::Permission(host.0))
    };
    assert!(woken.listed.iter().any(gained), "{:?}", woken.listed);
    assert_eq!(effect(&world, &first(idle)).gains.total, 0);
    world.set(first(waiting));
    assert!(world.may(waiting, host.0, host.1));
}

#[test]
fn a_fingerprint_tells_every_difference_of_two_effects() {
    let mut world = World::new();
    let (group, person) = (world.group(), world.member());
    let operator = Actor::System(SystemSubject::Operator);
    let switch = |active| {
        let command = Command::SetAccountActive { active };
        let effect = world.state.preview(operator, &command, world.now);
        effect.unwrap().fingerprint
    };
    let nothing = switch(true);
    assert_ne!(switch(false), nothing);
    // A group without services opens nothing: what is done differs all the same from nothing to do.
    let enter = give(person, Tie::Group(group));
    assert_ne!(effect(&world, &enter).fingerprint, nothing);
    world.set(enter.clone());
    assert_eq!(effect(&world, &enter).fingerprint, nothing);
}

/// Nodes of different builds and machines compare fingerprints: this one changes only when facts are stored another way.
#[test]
fn a_fingerprint_is_the_same_everywhere() {
    let mut world = World::new();
    let (person, admin) = (world.member(), world.admin());
    let people = vec![person, admin];
    let make = Command::SetAccountRoles {
        bulk: true,
        people,
        assignment: RoleAssignment {
            role: RoleId::ADMIN,
            scope: PeopleScope::All,
        },
        keep: Vec::new(),
    };
    assert_eq!(
        effect(&world, &make).fingerprint.to_string(),
        "8f9f813328d562e555b958a8f0d91b54"
    );
}
