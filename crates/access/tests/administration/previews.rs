//! What is seen of a change of administration before it is saved: exactly what the save then does (AD-2, AD-25).

use access::command::{Command, RoleAssignment, SystemSubject};
use access::event::{GrantHolder, Node};
use access::preview::Right;
use access::state::{PeopleScope, Tie};
use access::{Actor, Permission, RoleId, Subject, Target};

use crate::support::{World, give, grant, only};

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
        world.set(Command::CreateConnection { id, role });
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
    world.set(Command::CreateConnection { id, role });
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

/// The fingerprint that a preview by the first user gives.
fn fingerprint(world: &World, command: Command) -> String {
    preview(world, Actor::Person(world.first), command)
}

fn preview(world: &World, actor: Actor, command: Command) -> String {
    let effect = world.state.preview(actor, &command, world.now);
    effect.unwrap().fingerprint.to_string()
}

#[test]
fn a_fingerprint_tells_every_difference_of_two_effects() {
    let mut world = World::new();
    let (group, person) = (world.group(), world.member());
    let operator = Actor::System(SystemSubject::Operator);
    let switch = |active| Command::SetAccountActive { active };
    let nothing = preview(&world, operator, switch(true));
    assert_ne!(preview(&world, operator, switch(false)), nothing);
    // A group without services opens nothing: what is done differs all the same from nothing to do.
    let enter = give(person, Tie::Group(group));
    assert_ne!(fingerprint(&world, enter.clone()), nothing);
    world.set(enter.clone());
    assert_eq!(fingerprint(&world, enter), nothing);
}

/// Nodes of different builds and machines compare fingerprints: this one changes only when facts are stored another way.
#[test]
fn a_fingerprint_is_the_same_everywhere() {
    let mut world = World::new();
    let (person, admin) = (world.member(), world.admin());
    let people = vec![person, admin];
    let make = Command::SetAccountRoles {
        people,
        assignment: RoleAssignment {
            role: RoleId::ADMIN,
            scope: PeopleScope::All,
        },
        keep: Vec::new(),
    };
    assert_eq!(
        fingerprint(&world, make),
        "9fa05d9d64da67ed971d747ec4deb5d7"
    );
}
