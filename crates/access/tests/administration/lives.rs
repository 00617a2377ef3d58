//! AD-25, SD-28: archived, restored, deleted.

use access::command::{AccountAdminGrant, Command};
use access::event::{GrantHolder, Node};
use access::state::{
    CustomerAccess, LicenceModel, Life, PeopleScope, Placement, QueueKind, ServiceLevel, Tie,
};
use access::{Permission, Product};

use crate::support::{World, assign, give, grant, limited, only};

#[test]
fn ad_25_an_archived_device_group_gives_nothing_and_comes_back() {
    let mut world = World::new();
    let (group, person) = (world.device_group(), world.agent());
    let (device, unattended) = (
        world.device(group, None),
        Permission::RemoteSupportUnattendedAccess,
    );
    world.tie(person, Tie::Feature(unattended));
    world.tie(person, Tie::DeviceGroup(group));
    assert!(world.may(person, unattended, device));
    let node = Node::DeviceGroup(group);
    world.archive(node);
    assert!(!world.may(person, unattended, device));
    assert_eq!(
        world.code(person, Command::Restore { node }),
        "permission_missing"
    );
    world.set(Command::Restore { node });
    assert!(world.may(person, unattended, device));
}

#[test]
fn ad_25_a_device_group_with_devices_is_not_deleted() {
    let mut world = World::new();
    let (group, person) = (world.device_group(), world.agent());
    let device = world.device(group, None);
    world.tie(person, Tie::DeviceGroup(group));
    let node = Node::DeviceGroup(group);
    assert_eq!(
        world.code(world.first, Command::Delete { node }),
        "not_empty"
    );
    world.set(Command::Delete {
        node: Node::Device(device),
    });
    world.set(Command::Delete { node });
    assert!(!world.has(person, Tie::DeviceGroup(group)));
}

#[test]
fn ad_25_twice_is_once_and_the_deleted_never_comes_back() {
    let mut world = World::new();
    let node = Node::Group(world.group());
    world.archive(node);
    world.unchanged(world.first, Command::Archive { node });
    world.set(Command::Restore { node });
    world.unchanged(world.first, Command::Restore { node });
    world.set(Command::Delete { node });
    for command in [
        Command::Restore { node },
        Command::Archive { node },
        Command::Delete { node },
    ] {
        assert_eq!(world.code(world.first, command), "not_found");
    }
}

#[test]
fn sd_28_a_service_with_records_is_archived_not_deleted() {
    let mut world = World::new();
    let (service, customer, company, group) = (
        world.service(),
        world.customer(),
        world.company(),
        world.group(),
    );
    world.tie(customer, Tie::Customer(service, CustomerAccess::Portal));
    world.set(Command::SaveGroupsTab {
        service,
        rows: vec![(group, true)],
    });
    world.set(Command::SaveCompaniesTab {
        service,
        rows: vec![(company, true)],
    });
    let node = Node::Service(service);
    let mut with_records = world.clone();
    with_records.set(Command::NoteRecords { service });
    assert_eq!(
        with_records.code(with_records.first, Command::Delete { node }),
        "has_records"
    );
    with_records.archive(node);
    with_records.set(Command::Restore { node });

    world.set(Command::Delete { node });
    assert!(world.row(customer).ties.is_empty());
    assert!(!world.has(
        world.first,
        Tie::Service(service, ServiceLevel::Administrator)
    ));
    assert!(world.state.groups().get(group).unwrap().services.is_empty());
    assert!(
        world
            .state
            .companies()
            .get(company)
            .unwrap()
            .services
            .is_empty()
    );
}

#[test]
fn sd_28_deleting_a_company_leaves_its_people_unaffiliated() {
    let mut world = World::new();
    let (company, person) = (world.company(), world.customer());
    world.set(Command::SetEmployer {
        person,
        company: Some(company),
        move_from_other: false,
    });
    world.set(Command::AddDomain {
        company,
        domain: "client.example".into(),
    });
    world.set(Command::Delete {
        node: Node::Company(company),
    });
    assert_eq!(
        (world.row(person).company, world.row(person).placement),
        (None, Placement::ByHand)
    );
    assert_eq!(world.state.domain_owner("client.example"), None);
    let other = world.company();
    world.set(Command::AddDomain {
        company: other,
        domain: "client.example".into(),
    });
}

#[test]
fn cc_4_cc_13_an_archived_queue_ends_logins_and_a_deleted_one_frees_licences() {
    let mut world = World::new();
    let (queue, person, pool) = (
        world.queue(QueueKind::Call),
        world.member(),
        world.licences[2],
    );
    world.licence(person, Product::ContactCentre);
    world.tie(person, Tie::QueueAgent(queue));
    world.run(person, Command::LogIn { queue });
    world.archive(Node::Queue(queue));
    assert!(
        world
            .row(person)
            .ties
            .iter()
            .all(|tie| !matches!(tie, Tie::Login(..)))
    );
    assert!(world.has(person, Tie::QueueAgent(queue)));
    world.set(Command::Delete {
        node: Node::Queue(queue),
    });
    assert!(!world.has(person, Tie::QueueAgent(queue)) && !world.has(person, Tie::Licence(pool)));
    assert_eq!(world.state.queues().get(queue).unwrap().life, Life::Deleted);
}

#[test]
fn ad_5_a_role_is_deleted_by_its_own_command() {
    let mut world = World::new();
    let node = Node::Role(world.role(&[Permission::AdminAuditView]));
    assert_eq!(
        world.code(world.first, Command::Delete { node }),
        "own_command"
    );
}

#[test]
fn ad_25_each_kind_by_its_own_right() {
    let mut world = World::new();
    let nodes = [
        Node::Group(world.group()),
        Node::Company(world.company()),
        Node::Service(world.service()),
        Node::Queue(world.queue(QueueKind::Call)),
        Node::DeviceGroup(world.device_group()),
        Node::UserGroup(world.user_group(None)),
        Node::Licence(world.licences[0]),
        Node::Role(world.role(&[])),
    ];
    let member = world.member();
    for node in nodes {
        for command in [Command::Archive { node }, Command::Restore { node }] {
            world.refused(member, command);
        }
        world.refused(member, Command::Delete { node });
    }
}

#[test]
fn cc_13_ad_25_an_assignment_that_is_over_keeps_no_licence() {
    let mut world = World::new();
    let (queue, over) = (world.queue(QueueKind::Call), world.queue(QueueKind::Call));
    let (person, pool) = (world.member(), world.licences[2]);
    world.licence(person, Product::ContactCentre);
    world.tie(person, Tie::QueueAgent(queue));
    let (tie, window) = (Tie::QueueAgent(over), world.for_hours(1));
    world.set(Command::Tie {
        person,
        tie,
        window,
    });
    world.wait_hours(1);
    let node = Node::Queue(queue);
    world.set(Command::Delete { node });
    assert!(!world.has(person, Tie::Licence(pool)));
}

#[test]
fn ad_14_ad_25_a_pool_whose_holders_are_over_is_not_in_use() {
    let mut world = World::new();
    let licence = world.buy(Product::ServiceDesk, LicenceModel::Named, 2);
    let (person, tie) = (world.member(), Tie::Licence(licence));
    let window = world.for_hours(1);
    world.set(Command::Tie {
        person,
        tie,
        window,
    });
    let delete = Command::Delete {
        node: Node::Licence(licence),
    };
    assert_eq!(world.code(world.first, delete.clone()), "seats_in_use");
    world.wait_hours(1);
    world.set(delete);
}

#[test]
fn ad_25_what_is_tied_to_an_archived_queue_is_taken_away_like_anything_else() {
    let mut world = World::new();
    let (queue, contact, person) = (
        world.queue(QueueKind::Call),
        world.contact_admin(),
        world.member(),
    );
    let ties = [Tie::QueueAgent(queue), Tie::QueueSupervisor(queue)];
    world.licence(person, Product::ContactCentre);
    ties.into_iter().for_each(|tie| world.tie(person, tie));
    let node = Node::Queue(queue);
    world.archive(node);
    let admin = world.admin();
    for tie in ties {
        let take = Command::Untie { person, tie };
        assert_eq!(world.code(admin, take.clone()), "permission_missing");
        world.run(contact, take);
        assert_eq!(world.code(contact, give(person, tie)), "archived");
    }
    world.set(Command::Restore { node });
    assert!(!world.may(person, Permission::ContactCentreAgentsLog, queue));
}

#[test]
fn ad_25_who_is_in_an_archived_user_group_is_taken_out_like_of_any_other() {
    let mut world = World::new();
    let (above, audit) = (world.user_group(None), Permission::AdminAuditView);
    let group = world.user_group(above);
    let manage = Permission::AdminUserGroupsManage;
    let (everybody, scoped) = (world.custom(&[manage]), world.manager(&[manage], above));
    let person = world.member_of(group);
    let tie = Tie::UserGroup(group);
    let take = Command::Untie { person, tie };
    world.archive(Node::UserGroup(group));
    // No scope reaches what is archived, nor who is in it.
    assert_eq!(world.code(scoped, take.clone()), "not_found");
    assert_eq!(world.code(everybody, give(person, tie)), "archived");
    // What would come back with it is taken too (AD-7).
    let mut carries = world.clone();
    let to = GrantHolder::UserGroup(above);
    let grant = grant(audit, PeopleScope::All);
    carries.set(Command::GiveExtraGrant { to, grant });
    assert_eq!(
        carries.code(everybody, take.clone()),
        "extra_grant_by_admin"
    );
    carries.set(take.clone());
    world.run(everybody, take);
    assert!(!world.has(person, tie));
}

/// What was not changed is not refused: an archived group that stood in a scope stays there, gives nothing meanwhile, and comes back.
#[test]
fn ad_25_an_archived_group_that_stands_in_a_scope_stays_in_it() {
    let mut world = World::new();
    let groups = [(); 3].map(|()| world.user_group(None));
    let [kept, gone, new] = groups;
    let over = |groups: &[access::UserGroupId]| PeopleScope::UserGroups(groups.to_vec());
    let users = Permission::AdminUsersManage;
    let (role, other) = (world.role(&[users]), world.role(&[users]));
    let admin = |person, privileges: &[Permission], groups: &[_]| Command::SetAccountAdmin {
        person,
        admin: Some(limited(privileges, over(groups))),
    };
    let (holder, bystander) = (world.member(), world.member());
    world.give_role(holder, role, over(&[kept, gone]));
    let limited_one = world.limited_admin(&[users], over(&[kept, gone]));
    let (about, held) = (world.member_of(gone), grant(users, only(gone)));
    let to = GrantHolder::Person(holder);
    world.set(Command::GiveExtraGrant {
        to,
        grant: held.clone(),
    });
    world.archive(Node::UserGroup(gone));
    let again = Command::GiveExtraGrant { to, grant: held };
    world.unchanged(world.first, again);
    world.unchanged(world.first, assign(holder, role, over(&[kept, gone])));
    // What else the form says is saved, and the group stays where it was.
    let groups = |world: &World| world.row(holder).extras().role_scope.clone();
    world.set(assign(holder, role, over(&[kept, gone, new])));
    assert_eq!(groups(&world), over(&[kept, gone, new]));
    world.set(assign(holder, other, over(&[gone, new])));
    assert_eq!(groups(&world), over(&[gone, new]));
    let licences = Permission::AdminLicencesManage;
    world.set(admin(limited_one, &[users, licences], &[kept, gone]));
    let stands = world.row(limited_one).extras().limited_admin.clone();
    let wanted = limited(&[users, licences], over(&[kept, gone]));
    assert_eq!(stands.map(AccountAdminGrant::Limited), Some(wanted));
    assert!(!world.may(holder, users, about) && !world.may(limited_one, users, about));
    // Where it did not stand it is given to nobody.
    for command in [
        assign(bystander, role, only(gone)),
        admin(holder, &[users], &[gone]),
        Command::GiveExtraGrant {
            to,
            grant: grant(licences, only(gone)),
        },
        Command::SetAccountRoles {
            people: vec![holder, bystander],
            assignment: access::command::RoleAssignment {
                role,
                scope: only(gone),
            },
            keep: Vec::new(),
            bulk: true,
        },
    ] {
        assert_eq!(world.code(world.first, command), "archived");
    }
    // AD-26: unticked it is out, and does not come back.
    let mut without = world.clone();
    without.set(assign(holder, other, over(&[new])));
    assert_eq!(
        without.code(without.first, assign(holder, other, only(gone))),
        "archived"
    );
    world.set(Command::Restore {
        node: Node::UserGroup(gone),
    });
    assert!(world.may(holder, users, about) && world.may(limited_one, users, about));
}
