//! Names of things: by who may create the thing (RULES §4 table), and never in the log.

use access::command::Command;
use access::event::{Event, ListedCompanies, Node};
use access::state::{QueueKind, Tie};
use access::{Permission, PersonId, Product, PublicId, RoleId, Switch};

use crate::support::{World, connect};

fn rename(node: Node) -> Command {
    Command::Rename { node }
}

/// One thing of each kind, with somebody who may create such a thing and is no Super admin where there is one.
fn one_of_each(world: &mut World) -> Vec<(Node, PersonId)> {
    let devices = world.custom(&[Permission::AdminDeviceGroupsManage]);
    let device_group = world.device_group();
    let device = world.device(device_group, None);
    let configurer = world.configurer();
    let id = PublicId::new(uuid::Uuid::from_u128(7));
    let role = world.role(&[Permission::AdminAuditView]);
    world.set(connect(id, role));
    let connection = world.state.resolve(id).unwrap();
    vec![
        (Node::Role(role), world.admin()),
        (
            Node::UserGroup(world.user_group(None)),
            world.custom(&[Permission::AdminUserGroupsManage]),
        ),
        (Node::DeviceGroup(device_group), devices),
        (Node::Device(device), devices),
        (Node::Group(world.group()), configurer),
        (Node::Company(world.company()), configurer),
        (Node::Service(world.service()), configurer),
        (
            Node::Queue(world.queue(QueueKind::Inbox)),
            world.contact_admin(),
        ),
        (
            Node::Licence(world.pool(Product::ServiceDesk)),
            world.super_admin(),
        ),
        (Node::Connection(connection), world.super_admin()),
    ]
}

// proves: AD-20
#[test]
fn a_rename_is_an_event_that_names_the_thing_and_not_its_name() {
    let mut world = World::new();
    let member = world.member();
    for (node, maker) in one_of_each(&mut world) {
        let proposal = world.run(maker, rename(node));
        assert_eq!(proposal.events, [Event::Renamed { of: node }]);
        let code = world.code(member, rename(node));
        assert!(
            ["permission_missing", "not_found", "custom_role_by_admin"].contains(&code),
            "{node:?}: {code}"
        );
        if !matches!(node, Node::Role(_)) {
            world.archive(node);
            world.run(world.first, rename(node));
        }
    }
}

#[test]
fn system_roles_keep_their_names_and_what_is_deleted_has_none() {
    let mut world = World::new();
    for role in [RoleId::SUPER_ADMIN, RoleId::ADMIN, RoleId::MEMBER] {
        let node = Node::Role(role);
        assert_eq!(world.code(world.first, rename(node)), "system_role");
    }
    let node = Node::Group(world.group());
    world.set(Command::Delete { node });
    assert_eq!(world.code(world.first, rename(node)), "not_found");
}

#[test]
fn ad_12_a_group_manager_renames_the_groups_of_the_scope_only() {
    let mut world = World::new();
    let (north, south) = (world.user_group(None), world.user_group(None));
    let below = world.user_group(north);
    let manager = world.manager(&[Permission::AdminUserGroupsManage], north);
    for group in [north, below] {
        world.run(manager, rename(Node::UserGroup(group)));
    }
    assert_eq!(
        world.code(manager, rename(Node::UserGroup(south))),
        "not_found"
    );
}

#[test]
fn cc_10_a_supervisor_renames_a_queue_with_the_switch_for_its_settings() {
    let mut world = World::new();
    let queue = world.queue(QueueKind::Call);
    let supervisor = world.member();
    world.licence(supervisor, Product::ContactCentre);
    world.tie(supervisor, Tie::QueueSupervisor(queue));
    let node = Node::Queue(queue);
    assert_eq!(world.code(supervisor, rename(node)), "permission_missing");
    for switch in [
        Switch::SupervisorConfigurationPortal,
        Switch::SupervisorQueueEdit,
    ] {
        world.set(Command::SetSwitch { switch, on: true });
    }
    world.run(supervisor, rename(node));
    world.archive(node);
    assert_eq!(world.code(supervisor, rename(node)), "permission_missing");
}

#[test]
fn sd_33_a_hidden_company_is_not_there_to_be_renamed() {
    let mut world = World::new();
    let (shown, hidden) = (world.company(), world.company());
    let configurer = world.configurer();
    let listed = Some(ListedCompanies {
        companies: vec![shown],
        without_company: false,
    });
    let person = configurer;
    world.set(Command::SetCompanyAccess { person, listed });
    world.run(configurer, rename(Node::Company(shown)));
    assert_eq!(
        world.code(configurer, rename(Node::Company(hidden))),
        "not_found"
    );
}
