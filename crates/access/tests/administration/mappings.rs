//! AD-29, AD-30: who may edit a mapping, what connections may give, and who says who is in a group.

use access::catalogue::Product;
use access::command::{Actor, Command, Notice, RoleAssignment, SystemSubject};
use access::event::{Event, Node, ProfileField};
use access::preview::Right;
use access::state::{
    ConnectionKind, ConnectionRights, DeskRight, Facet, MappedTo, Mapping, PeopleScope, QueueKind,
    ServiceLevel, Tie,
};
use access::{Permission, RoleId, Subject, Target};

use crate::provisioned::{BOTH, Provisioned, connection, connection_of, part};
use crate::support::{World, assign, give};

const AUDIT: Permission = Permission::AdminAuditView;
const RECORDINGS: Permission = Permission::AdminRecordingsAccess;
const HISTORY: Permission = Permission::AdminHistoryAccess;

#[test]
fn ad_30_ad_8_super_admin_is_not_mapped_and_no_super_admin_is_demoted() {
    let mut world = Provisioned::new();
    let group = world.group();
    let command = world.set_mappings(&[(group, MappedTo::AccountRole(RoleId::SUPER_ADMIN))]);
    assert_eq!(world.code(world.first, command), "super_admin_not_mapped");
    let to = MappedTo::AccountRole(world.role(&[AUDIT]));
    world.map(&[(group, to)]);
    let first = world.first;
    world.change(group, &[first], &[]);
    assert_eq!(world.role_of(first), RoleId::SUPER_ADMIN);
    world.change(group, &[], &[first]);
    assert_eq!(world.role_of(first), RoleId::SUPER_ADMIN);
}

#[test]
fn ad_30_a_mapping_is_edited_only_by_who_could_give_what_it_maps_to() {
    let mut world = Provisioned::new();
    let (service, queue) = (world.service(), world.queue(QueueKind::Call));
    let group = world.group();
    // Neither of them configures the desk, or assigns to queues.
    let (bare, admin) = (world.super_admin(), world.admin());
    let level = MappedTo::Service(service, ServiceLevel::User);
    for to in [
        level,
        MappedTo::QueueAgent(queue),
        MappedTo::QueueSupervisor(queue),
    ] {
        let set = world.set_mappings(&[(group, to)]);
        assert_eq!(world.code(bare, set.clone()), "permission_missing");
        assert_eq!(world.code(admin, set.clone()), "permission_missing");
        world.set(set);
        // To take it away is to edit it.
        let none = world.set_mappings(&[]);
        assert_eq!(world.code(bare, none), "permission_missing");
        // What is left as it is, is not.
        let to = MappedTo::Licence(world.pool(Product::RemoteSupport));
        let row = world.state.connections().get(world.scim).unwrap();
        let mut more: Vec<_> = row
            .mappings
            .iter()
            .map(|one| (one.provider_group, one.to))
            .collect();
        more.push((group, to));
        let more = world.set_mappings(&more);
        world.run(bare, more);
        world.map(&[]);
    }
}

#[test]
fn ad_30_ad_29_the_connection_must_be_able_to_give_it() {
    let mut world = Provisioned::new();
    let (service, queue) = (world.service(), world.queue(QueueKind::Call));
    let (narrow, wide) = (world.role(&[AUDIT]), world.role(&[HISTORY, RECORDINGS]));
    let level = MappedTo::Service(service, ServiceLevel::User);
    let desk = MappedTo::Licence(world.pool(Product::ServiceDesk));
    let calls = MappedTo::Licence(world.pool(Product::ContactCentre));
    let remote = MappedTo::Licence(world.pool(Product::RemoteSupport));
    let role = MappedTo::AccountRole;
    let all = [
        role(RoleId::MEMBER),
        role(RoleId::ADMIN),
        role(narrow),
        role(wide),
        level,
        MappedTo::QueueAgent(queue),
        MappedTo::QueueSupervisor(queue),
        desk,
        calls,
        remote,
    ];
    let rights = |configure_desk, contact_admin| ConnectionRights {
        configure_desk,
        contact_admin,
    };
    let licences = world.role(&[Permission::AdminLicencesManage]);
    let users = world.role(&[Permission::AdminUsersManage]);
    let group = world.group();
    for (by, rights, can) in [
        (RoleId::MEMBER, rights(false, false), vec![]),
        (RoleId::MEMBER, rights(true, false), vec![level, desk]),
        (
            RoleId::MEMBER,
            rights(false, true),
            vec![
                MappedTo::QueueAgent(queue),
                MappedTo::QueueSupervisor(queue),
                calls,
            ],
        ),
        (users, rights(false, false), vec![role(RoleId::MEMBER)]),
        (licences, rights(false, false), vec![desk, calls, remote]),
        // AD-6: an Admin is made by a Super admin, which no connection is.
        (
            RoleId::ADMIN,
            rights(false, false),
            vec![role(RoleId::MEMBER), role(narrow), desk, calls, remote],
        ),
    ] {
        let connection = world.scim;
        world.set(Command::SetConnectionRights { connection, rights });
        if world.state.connections().get(connection).unwrap().role != by {
            let role = by;
            world.set(Command::SetConnectionRole { connection, role });
        }
        for to in all {
            let set = world.set_mappings(&[(group, to)]);
            if can.contains(&to) {
                world.set(set);
                world.map(&[]);
            } else {
                let code = world.code(world.first, set);
                assert_eq!(
                    code, "connection_may_not_give",
                    "{to:?} by {by:?} {rights:?}"
                );
            }
        }
    }
}

#[test]
fn ad_30_ad_7_moving_a_mapping_up_is_giving_it() {
    let mut world = Provisioned::new();
    let roles = [[AUDIT], [HISTORY]].map(|set| MappedTo::AccountRole(world.role(&set)));
    let (one, two) = (world.group(), world.group());
    world.map(&[(one, roles[0]), (two, roles[1])]);
    let up = world.set_mappings(&[(two, roles[1]), (one, roles[0])]);
    // The role of the second became more than an Admin gives, and the connection is one.
    let MappedTo::AccountRole(role) = roles[1] else {
        panic!("a role");
    };
    let permissions = [HISTORY, RECORDINGS].into_iter().collect();
    world.set(Command::EditRole { role, permissions });
    assert_eq!(world.code(world.first, up), "connection_may_not_give");
    // Where it stands it may stay, and it can be taken away.
    world.map(&[(one, roles[0]), (two, roles[1]), (two, roles[0])]);
    world.map(&[(one, roles[0])]);
}

#[test]
fn ad_30_ad_25_restoring_needs_the_right_to_give_what_comes_back() {
    let mut world = Provisioned::new();
    let to = MappedTo::Service(world.service(), ServiceLevel::User);
    world.mapped(to);
    let node = Node::Connection(world.scim);
    world.archive(node);
    let bare = world.super_admin();
    assert_eq!(
        world.code(bare, Command::Restore { node }),
        "permission_missing"
    );
    world.set(Command::Restore { node });
    // So does trying again by hand; the connection and the job that does it give by the mapping alone.
    let connection = world.scim;
    let again = Command::ApplyMappings { connection };
    assert_eq!(world.code(bare, again.clone()), "permission_missing");
    let by = Actor::System(SystemSubject::Operator);
    assert_eq!(world.code(by, again.clone()), "not_its_job");
    let own = world.directory();
    world.unchanged(own, again.clone());
    world.unchanged(world.first, again);
}

#[test]
fn ad_30_nobody_gives_a_marked_right_to_themselves_by_a_mapping() {
    let mut world = Provisioned::new();
    let queue = world.queue(QueueKind::Call);
    let group = world.group();
    let editor = world.contact_admin();
    world.give_role(editor, RoleId::SUPER_ADMIN, PeopleScope::All);
    world.change(group, &[editor], &[]);
    let supervisors = world.set_mappings(&[(group, MappedTo::QueueSupervisor(queue))]);
    assert_eq!(world.code(editor, supervisors.clone()), "not_to_oneself");
    let agents = world.set_mappings(&[(group, MappedTo::QueueAgent(queue))]);
    let proposal = world.run(editor, agents);
    let mark = Event::GivenToOneself { person: editor };
    assert!(proposal.events.contains(&mark));
    let told = world.set(supervisors);
    // RULES §4 table: the Super admins are told.
    let is_told =
        |notice: &Notice| matches!(notice, Notice::Tell { people, .. } if people.contains(&editor));
    assert!(told.notices.iter().any(is_told), "{:?}", told.notices);
}

#[test]
fn ad_30_what_comes_by_another_group_than_before_is_no_gift_to_oneself() {
    let mut world = Provisioned::new();
    let (service, queue) = (world.service(), world.queue(QueueKind::Call));
    let (one, two) = (world.group(), world.group());
    let editor = world.contact_admin();
    world.give_role(editor, RoleId::SUPER_ADMIN, PeopleScope::All);
    world.licence(editor, Product::ServiceDesk);
    world.tie(editor, Tie::DeskRight(DeskRight::Configure));
    let queues = MappedTo::QueueSupervisor(queue);
    let level = |level| MappedTo::Service(service, level);
    let of_two = [(two, queues), (two, level(ServiceLevel::User))];
    let of_one = [(one, queues), (one, level(ServiceLevel::Administrator))];
    let both = [of_one, of_two].concat();
    world.map(&both);
    world.change(one, &[editor], &[]);
    world.change(two, &[editor], &[]);
    let supervises = Tie::QueueSupervisor(queue);
    assert_eq!(world.state.tie_origin(editor, supervises), Some(one));
    let left = world.set_mappings(&of_two);
    let proposal = world.run(editor, left);
    assert_eq!(world.state.tie_origin(editor, supervises), Some(two));
    assert!(world.has(editor, Tie::Service(service, ServiceLevel::User)));
    let mark = Event::GivenToOneself { person: editor };
    assert!(!proposal.events.contains(&mark), "{:?}", proposal.events);
}

#[test]
fn ad_30_ad_25_nobody_gives_a_marked_right_to_themselves_by_restoring_a_connection() {
    let mut world = Provisioned::new();
    let queue = world.queue(QueueKind::Call);
    let supervises = Tie::QueueSupervisor(queue);
    let group = world.mapped(MappedTo::QueueSupervisor(queue));
    let editor = world.contact_admin();
    let licence = Tie::Licence(world.pool(Product::ContactCentre));
    world.give_role(editor, RoleId::SUPER_ADMIN, PeopleScope::All);
    world.untie(editor, licence);
    world.change(group, &[editor], &[]);
    world.tie(editor, licence);
    let (connection, node) = (world.scim, Node::Connection(world.scim));
    let apply = Command::ApplyMappings { connection };
    assert_eq!(world.code(editor, apply), "not_to_oneself");
    world.run(editor, Command::Archive { node });
    assert_eq!(
        world.code(editor, Command::Restore { node }),
        "not_to_oneself"
    );
    world.set(Command::Restore { node });
    assert!(world.has(editor, supervises));
    // What they had comes back by somebody else too.
    world.run(editor, Command::Archive { node });
    assert!(!world.has(editor, supervises));
    assert_eq!(
        world.code(editor, Command::Restore { node }),
        "not_to_oneself"
    );
}

/// What waits for somebody in one connection is not given by their switching another off, and does not keep them from it.
#[test]
fn ad_30_ad_25_nobody_gives_a_marked_right_to_themselves_by_archiving_another_connection() {
    let mut world = Provisioned::new();
    let queue = world.queue(QueueKind::Call);
    let to = MappedTo::QueueSupervisor(queue);
    let editor = world.contact_admin();
    let licence = Tie::Licence(world.pool(Product::ContactCentre));
    world.give_role(editor, RoleId::SUPER_ADMIN, PeopleScope::All);
    let desk = MappedTo::Licence(world.pool(Product::ServiceDesk));
    let desk_group = world.mapped(desk);
    world.change(desk_group, &[editor], &[]);
    let first = Node::Connection(world.scim);
    world.untie(editor, licence);
    world.scim = connection(&mut world, RoleId::ADMIN, BOTH);
    let group = world.mapped(to);
    world.change(group, &[editor], &[]);
    world.tie(editor, licence);
    world.run(editor, Command::Archive { node: first });
    assert!(!world.has(editor, desk.tie().unwrap()));
    assert!(!world.has(editor, to.tie().unwrap()));
    assert_eq!(world.unmet(editor), [(to, "not_applied")]);
    world.apply_again();
    assert!(world.has(editor, to.tie().unwrap()));
}

#[test]
fn ad_30_provisioning_gives_by_mappings_alone() {
    let mut world = World::new();
    let (member, service) = (world.member(), world.service());
    let role = world.role(&[AUDIT]);
    let licence = Tie::Licence(world.pool(Product::ServiceDesk));
    let add = |id, account_role| Command::AddUser {
        id,
        user_groups: Vec::new(),
        account_role,
    };
    for kind in [
        ConnectionKind::Provisioning,
        ConnectionKind::SignInProvider,
        ConnectionKind::Service,
    ] {
        let connection = connection_of(&mut world, kind, RoleId::ADMIN, BOTH);
        let by = Actor::Connection(connection);
        let scope = PeopleScope::All;
        let with_role = RoleAssignment { role, scope };
        let person = member;
        let id = world.id();
        for command in [
            give(person, licence),
            Command::Untie {
                person,
                tie: licence,
            },
            assign(person, role, PeopleScope::All),
            Command::SaveUsersTab {
                service,
                rows: vec![(person, Some(ServiceLevel::User))],
            },
            add(id, Some(with_role)),
        ] {
            let answer = world.state.propose(by, &command, world.now);
            let code = answer.map_err(|refusal| refusal.code).err();
            let expected = (kind != ConnectionKind::Service).then_some("by_mappings_only");
            assert_eq!(code, expected, "{command:?} by {kind:?}");
        }
        // SD-22: whom a sign-in provider adds is placed by the rule of domains.
        let sort = Command::SortNow {
            people: vec![(member, "acme.example".into())],
        };
        let answer = world.state.propose(by, &sort, world.now);
        let code = answer.map_err(|refusal| refusal.code).err();
        let expected = (kind == ConnectionKind::Provisioning).then_some("by_mappings_only");
        assert_eq!(code, expected, "{kind:?}");
        // Who is there, it says.
        let id = world.id();
        world.run(by, add(id, None));
        let (person, facet) = (world.state.resolve(id).unwrap(), Facet::User);
        let fields = vec![ProfileField::Name];
        world.run(by, Command::EditProfile { person, fields });
        world.run(by, Command::Deactivate { person, facet });
        world.run(by, Command::Reactivate { person, facet });
    }
}

#[test]
fn ad_30_ad_5_a_role_that_is_mapped_is_not_deleted() {
    let mut world = Provisioned::new();
    let role = world.role(&[AUDIT]);
    let replacement = Some(RoleId::MEMBER);
    world.mapped(MappedTo::AccountRole(role));
    let delete = Command::DeleteRole { role, replacement };
    assert_eq!(world.code(world.first, delete.clone()), "role_is_mapped");
    world.map(&[]);
    world.set(delete);
}

#[test]
fn ad_30_the_directory_alone_says_who_is_in_a_group() {
    let mut world = Provisioned::new();
    let group = world.group();
    let (person, customer) = (world.member(), world.customer());
    let other = connection(&mut world, RoleId::ADMIN, BOTH);
    let add = part(group, &[person], &[]);
    assert_eq!(world.code(world.first, add.clone()), "kept_by_directory");
    let admin = world.admin();
    assert_eq!(world.code(admin, add.clone()), "not_found");
    assert_eq!(
        world.code(Actor::Connection(other), add.clone()),
        "not_found"
    );
    let (own, node) = (world.directory(), Node::ProviderGroup(group));
    assert_eq!(world.code(own, part(group, &[customer], &[])), "not_a_user");
    assert_eq!(
        world.code(own, part(group, &[person], &[person])),
        "named_twice"
    );
    world.run(own, add);
    assert_eq!(
        world.code(world.first, Command::Delete { node }),
        "kept_by_directory"
    );
    assert_eq!(world.code(own, Command::Archive { node }), "not_archived");
    world.run(own, Command::Rename { node });
    // A group of another connection is mapped by none.
    let mapping = Mapping {
        provider_group: group,
        to: MappedTo::Licence(world.pool(Product::ServiceDesk)),
    };
    let set = Command::SetMappings {
        connection: other,
        mappings: vec![mapping],
    };
    assert_eq!(world.code(world.first, set), "not_found");
    world.map(&[(mapping.provider_group, mapping.to)]);
    assert!(world.has(person, mapping.to.tie().unwrap()));
    world.run(own, Command::Delete { node });
    assert!(!world.has(person, mapping.to.tie().unwrap()));
}

#[test]
fn ad_30_groups_of_a_sign_in_provider_are_named_before_anybody_comes() {
    let mut world = World::new();
    let id = world.id();
    world.set(Command::CreateConnection {
        id,
        role: RoleId::ADMIN,
        kind: ConnectionKind::SignInProvider,
        rights: ConnectionRights::default(),
    });
    let connection = world.state.resolve(id).unwrap();
    let id = world.id();
    let create = Command::CreateProviderGroup { id, connection };
    let admin = world.admin();
    assert_eq!(world.code(admin, create.clone()), "permission_missing");
    world.set(create);
    let group = world.state.resolve(id).unwrap();
    let person = world.member();
    let add = part(group, &[person], &[]);
    assert_eq!(world.code(world.first, add.clone()), "kept_by_directory");
    world.run(Actor::Connection(connection), add);
    // What only has a token has no groups.
    let (id, role) = (world.id(), RoleId::ADMIN);
    world.set(crate::support::connect(id, role));
    let connection = world.state.resolve(id).unwrap();
    let id = world.id();
    let create = Command::CreateProviderGroup { id, connection };
    assert_eq!(world.code(world.first, create), "not_a_provider");
    let mappings = Vec::new();
    let set = Command::SetMappings {
        connection,
        mappings,
    };
    assert_eq!(world.code(world.first, set), "not_a_provider");
}

#[test]
fn ad_30_a_preview_tells_who_gains_and_who_loses() {
    let mut world = Provisioned::new();
    let (one, two) = (world.group(), world.group());
    let (gains, loses) = (world.member(), world.member());
    let roles = [[AUDIT], [HISTORY]].map(|set| MappedTo::AccountRole(world.role(&set)));
    world.change(one, &[gains], &[]);
    world.change(two, &[loses], &[]);
    world.map(&[(two, roles[1])]);
    let set = world.set_mappings(&[(one, roles[0])]);
    let by = Actor::Person(world.first);
    let effect = world.state.preview(by, &set, world.now).unwrap();
    let subjects = |changes: &access::Changes, permission| {
        let listed = changes.listed.iter();
        let of = listed.filter(|one| one.right == Right::Permission(permission));
        of.map(|one| one.subject).collect::<Vec<_>>()
    };
    assert_eq!(subjects(&effect.gains, AUDIT), [Subject::Person(gains)]);
    assert!(subjects(&effect.losses, HISTORY).contains(&Subject::Person(loses)));
}

#[test]
fn ad_29_the_rights_of_a_connection_are_given_by_who_gives_them_to_people() {
    let mut world = World::new();
    let (kind, none) = (ConnectionKind::Service, ConnectionRights::default());
    let service = connection_of(&mut world, kind, RoleId::MEMBER, none);
    let set = |rights| Command::SetConnectionRights {
        connection: service,
        rights,
    };
    let admin = world.admin();
    assert_eq!(world.code(admin, set(BOTH)), "permission_missing");
    let program = Actor::Connection(service);
    assert_eq!(world.code(program, set(BOTH)), "permission_missing");
    let may = |world: &World, permission| {
        let view = world.state.view(Subject::Connection(service), world.now);
        view.may(permission, Target::Account)
    };
    let configure = Permission::ServiceDeskAccountConfigure;
    let assign = Permission::ContactCentreQueueAssign;
    let serves = Permission::ContactCentreCallDirect;
    let three = [configure, assign, serves];
    assert_eq!(three.map(|one| may(&world, one)), [false, false, false]);
    world.set(set(BOTH));
    assert_eq!(three.map(|one| may(&world, one)), [true, true, false]);
    // By no right of a connection is anybody an administrator.
    for permission in Permission::ALL
        .into_iter()
        .filter(|one| one.product() == Product::Admin)
    {
        assert!(!may(&world, permission), "{permission}");
    }
    let person = world.member();
    world.run(
        program,
        give(person, Tie::Licence(world.pool(Product::ServiceDesk))),
    );
    world.set(set(ConnectionRights {
        configure_desk: false,
        ..BOTH
    }));
    assert_eq!(three.map(|one| may(&world, one)), [false, true, false]);
    world.archive(Node::Connection(service));
    assert_eq!(three.map(|one| may(&world, one)), [false, false, false]);
}
