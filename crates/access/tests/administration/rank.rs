//! AD-24: nobody acts on an equal or a superior. What sessions and queue logins an act ends.

use access::command::{Actor, Command, Notice, SystemSubject};
use access::event::{GrantHolder, Node, ProfileField};
use access::state::{
    ConnectionKind, CustomerAccess, DeskRight, Facet, PeopleScope, QueueKind, Tie, TokenOwner,
    UserFacet,
};
use access::{Event, Permission, PersonId, Product, RoleId, Window};

use crate::support::{World, give, grant};

const USERS: Permission = Permission::AdminUsersManage;

/// Everything that rank protects.
fn acts_on(person: PersonId) -> [Command; 7] {
    let facet = Facet::User;
    let edit = |field| Command::EditProfile {
        person,
        fields: vec![field],
    };
    [
        Command::Deactivate { person, facet },
        Command::Reactivate { person, facet },
        Command::ErasePerson { person },
        edit(ProfileField::Address),
        edit(ProfileField::SignIn),
        Command::SetSignIn {
            person,
            possible: false,
        },
        give(person, Tie::Agent),
    ]
}

#[test]
fn ad_24_an_admin_acts_on_no_admin_and_no_super_admin() {
    let mut world = World::new();
    let (admin, other) = (world.admin(), world.admin());
    for person in [other, world.first] {
        for command in acts_on(person) {
            let refusal = world.refused(admin, command.clone());
            assert!(
                ["permission_missing", "outranked"].contains(&refusal.code),
                "{command:?}"
            );
            assert!(!refusal.who_could.contains(&admin));
        }
    }
}

#[test]
fn ad_24_sign_in_sessions_are_ended_by_who_could_switch_the_person_off() {
    let mut world = World::new();
    let (admin, other, member) = (world.admin(), world.admin(), world.member());
    let customer = world.customer();
    let end = |person| Command::EndSignInSessions { person };
    // Nothing else ends: tokens and logins go on.
    assert_eq!(
        world.run(admin, end(member)).events,
        [Event::SignInSessionsEnded { person: member }]
    );
    for superior in [other, world.first] {
        assert_eq!(world.code(admin, end(superior)), "permission_missing");
    }
    let auditor = world.custom(&[Permission::AdminAuditView]);
    assert_eq!(world.code(auditor, end(member)), "not_found");
    // Of a customer: who configures the desk, and nobody among the staff is theirs to sign out.
    let configures = world.member();
    let licence = Tie::Licence(world.licences[1]);
    world.set(give(configures, licence));
    assert_eq!(world.code(configures, end(customer)), "not_found");
    world.set(give(configures, Tie::DeskRight(DeskRight::Configure)));
    world.run(configures, end(customer));
    assert_eq!(world.code(configures, end(member)), "permission_missing");
    world.set(Command::AddCustomerFacet {
        person: member,
        service: None,
    });
    assert_eq!(world.code(configures, end(member)), "permission_missing");
    world.run(admin, end(member));
}

#[test]
fn ad_24_a_holder_of_users_manage_acts_on_nobody_with_an_administrative_right() {
    let mut world = World::new();
    let holder = world.custom(&[USERS]);
    let device_group = world.device_group();
    let with_grant = world.member();
    let to = GrantHolder::Person(with_grant);
    world.set(Command::GiveExtraGrant {
        to,
        grant: grant(Permission::AdminAuditView, PeopleScope::All),
    });
    let with_devices = world.agent();
    world.tie(with_devices, Tie::DeviceGroup(device_group));
    for person in [
        with_grant,
        with_devices,
        world.account_admin(),
        world.contact_admin(),
        world.configurer(),
    ] {
        let facet = Facet::User;
        world.refused(holder, Command::Deactivate { person, facet });
        assert!(!world.may(holder, USERS, person));
    }
}

/// Whoever holds a right is outranked by those alone who could give it. The actors all manage users.
#[test]
fn ad_24_each_right_outranks_whoever_could_not_give_it() {
    let mut world = World::new();
    let (admin, manager) = (world.admin(), world.custom(&[USERS]));
    let configurer = world.configurer();
    let contact_admin = world.contact_admin();
    let devices = world.custom(&[USERS, Permission::AdminDeviceGroupsManage]);
    let role = world.role(&[USERS]);
    for person in [configurer, contact_admin] {
        world.give_role(person, role, PeopleScope::All);
    }
    let actors = [admin, manager, configurer, contact_admin, devices];
    let holds_nothing = [true; 5];

    let (queue, device_group) = (world.queue(QueueKind::Call), world.device_group());
    let supervisor = world.member();
    world.licence(supervisor, Product::ContactCentre);
    world.tie(supervisor, Tie::QueueSupervisor(queue));
    let (feature, in_device_group, desk_right) = (world.agent(), world.agent(), world.member());
    let unattended = Permission::RemoteSupportUnattendedAccess;
    world.tie(feature, Tie::Feature(unattended));
    world.tie(in_device_group, Tie::DeviceGroup(device_group));
    world.tie(desk_right, Tie::DeskRight(DeskRight::TimeRead));
    let with_grant = |world: &mut World, permission| {
        let person = world.member();
        let grant = grant(permission, PeopleScope::All);
        let to = GrantHolder::Person(person);
        world.set(Command::GiveExtraGrant { to, grant });
        person
    };
    let least = world.limited_admin(&[], PeopleScope::All);
    let rows = [
        ("nothing", world.member(), holds_nothing),
        (
            "a custom role",
            world.custom(&[USERS]),
            [true, false, false, false, false],
        ),
        (
            "a custom role beyond an Admin",
            world.custom(&[Permission::AdminInvoicesAccess]),
            [false; 5],
        ),
        (
            "a grant",
            with_grant(&mut world, Permission::AdminAuditView),
            [true, false, false, false, false],
        ),
        (
            "a grant beyond an Admin",
            with_grant(&mut world, Permission::AdminReportsView),
            [false; 5],
        ),
        ("account admin, full", world.account_admin(), [false; 5]),
        (
            "account admin, without a privilege",
            least,
            [true, false, false, false, false],
        ),
        ("a feature", feature, holds_nothing),
        (
            "a device group",
            in_device_group,
            [true, false, false, false, true],
        ),
        (
            "a right of the desk",
            desk_right,
            [true, false, true, false, false],
        ),
        (
            "Contact admin",
            world.contact_admin(),
            [true, false, false, false, false],
        ),
        ("supervisor", supervisor, [false, false, false, true, false]),
    ];
    let super_admin = world.super_admin();
    for (holds, person, expected) in rows {
        let acts = actors.map(|actor| world.may(actor, USERS, person));
        assert_eq!(acts, expected, "{holds}");
        assert!(world.may(super_admin, USERS, person), "{holds}");
    }
}

#[test]
fn ad_24_product_levels_do_not_count() {
    let mut world = World::new();
    let holder = world.custom(&[USERS]);
    let (service, person) = (world.service(), world.agent());
    world.licence(person, Product::ServiceDesk);
    world.tie(
        person,
        Tie::Service(service, access::state::ServiceLevel::Administrator),
    );
    let facet = Facet::User;
    world.run(holder, Command::Deactivate { person, facet });
    assert_eq!(world.row(person).user, UserFacet::Deactivated);
}

#[test]
fn ad_24_super_admins_act_on_each_other() {
    let mut world = World::new();
    let (one, two) = (world.super_admin(), world.super_admin());
    let facet = Facet::User;
    world.run(one, Command::Deactivate { person: two, facet });
    world.run(one, Command::Reactivate { person: two, facet });
    world.run(
        two,
        Command::EditProfile {
            person: one,
            fields: vec![ProfileField::Address],
        },
    );
}

#[test]
fn ad_24_a_changed_identity_ends_sessions_and_tokens() {
    let mut world = World::new();
    let (admin, person) = (world.admin(), world.member());
    let id = world.id();
    let expires = world.now.plus_seconds(3600);
    let owner = TokenOwner::Person(person);
    world.run(person, Command::IssueToken { id, owner, expires });
    let token = world.state.resolve(id).unwrap();
    world.run(
        admin,
        Command::EditProfile {
            person,
            fields: vec![ProfileField::Name],
        },
    );
    assert!(!world.state.tokens().get(token).unwrap().revoked);
    let proposal = world.run(
        admin,
        Command::EditProfile {
            person,
            fields: vec![ProfileField::Address],
        },
    );
    assert_eq!(proposal.notices, [Notice::AccessEnded { person }]);
    assert!(world.state.tokens().get(token).unwrap().revoked);
}

#[test]
fn ad_24_everybody_edits_their_own_identity_and_not_their_title() {
    let mut world = World::new();
    let person = world.member();
    let own = |field| Command::EditProfile {
        person,
        fields: vec![field],
    };
    for field in [ProfileField::Name, ProfileField::SignIn] {
        let proposal = world.run(person, own(field));
        assert!(!proposal.events.contains(&Event::AccessEnded { person }));
    }
    assert_eq!(
        world.code(person, own(ProfileField::Title)),
        "permission_missing"
    );
    assert_eq!(
        world.code(person, own(ProfileField::ExternalId)),
        "permission_missing"
    );
}

/// A password that is chosen anew by mail: whoever had the old one keeps nothing that was made with it.
#[test]
fn ad_24_a_sign_in_that_the_pages_change_ends_sessions_and_tokens() {
    let mut world = World::new();
    let person = world.member();
    let (id, owner) = (world.id(), TokenOwner::Person(person));
    let expires = world.now.plus_seconds(3600);
    world.run(person, Command::IssueToken { id, owner, expires });
    let token = world.state.resolve(id).unwrap();
    let edit = |fields| Command::EditProfile { person, fields };
    let pages = Actor::System(SystemSubject::SignIn);
    world.run(pages, edit(vec![ProfileField::Address]));
    assert!(!world.state.tokens().get(token).unwrap().revoked);
    let proposal = world.run(pages, edit(vec![ProfileField::SignIn]));
    assert_eq!(proposal.notices, [Notice::AccessEnded { person }]);
    assert!(world.state.tokens().get(token).unwrap().revoked);
}

/// RULES §4: confirmed at both addresses, which the sign-in pages do. Without that, an address could be tried out on oneself.
#[test]
fn ad_24_a_new_address_of_ones_own_is_for_the_sign_in_pages() {
    let mut world = World::new();
    let (member, customer, manager) = (world.member(), world.customer(), world.custom(&[USERS]));
    let readdress = |person| Command::EditProfile {
        person,
        fields: vec![ProfileField::Name, ProfileField::Address],
    };
    for person in [member, customer] {
        let refusal = world.refused(person, readdress(person));
        assert_eq!(
            (refusal.rule, refusal.code),
            ("§4", "address_not_confirmed")
        );
        world.run(Actor::System(SystemSubject::SignIn), readdress(person));
    }
    // Who may do it to somebody else may do it to themselves.
    world.run(manager, readdress(member));
    world.run(manager, readdress(manager));
    world.run(world.first, readdress(world.first));
}

#[test]
fn ad_24_provisioning_switches_off_everybody_but_the_last_super_admin_and_brings_back_by_rank() {
    let mut world = World::new();
    let role = world.role(&[USERS]);
    let id = world.id();
    world.set(Command::CreateConnection {
        id,
        role,
        kind: ConnectionKind::Provisioning,
        rights: Default::default(),
    });
    let scim = Actor::Connection(world.state.resolve(id).unwrap());
    let (admin, member, facet) = (world.admin(), world.member(), Facet::User);
    for person in [admin, member] {
        world.run(scim, Command::Deactivate { person, facet });
        assert_eq!(world.row(person).user, UserFacet::Deactivated);
    }
    assert_eq!(
        world.code(
            scim,
            Command::Deactivate {
                person: world.first,
                facet
            }
        ),
        "last_super_admin"
    );
    assert_eq!(
        world.code(
            scim,
            Command::Reactivate {
                person: admin,
                facet
            }
        ),
        "permission_missing"
    );
    world.run(
        scim,
        Command::Reactivate {
            person: member,
            facet,
        },
    );
}

#[test]
fn ad_24_ad_29_another_connection_switches_off_by_rank_only() {
    let mut world = World::new();
    let role = world.role(&[USERS]);
    for kind in [ConnectionKind::SignInProvider, ConnectionKind::Service] {
        let id = world.id();
        let rights = Default::default();
        world.set(Command::CreateConnection {
            id,
            role,
            kind,
            rights,
        });
        let program = Actor::Connection(world.state.resolve(id).unwrap());
        let (admin, member, facet) = (world.super_admin(), world.member(), Facet::User);
        let off = |person| Command::Deactivate { person, facet };
        assert_eq!(world.code(program, off(admin)), "permission_missing");
        world.run(program, off(member));
    }
}

#[test]
fn ad_24_a_customer_who_is_staff_too_is_no_way_round_rank() {
    let mut world = World::new();
    let (configurer, super_admin) = (world.configurer(), world.super_admin());
    let person = super_admin;
    world.set(Command::AddCustomerFacet {
        person,
        service: None,
    });
    let facet = Facet::Customer;
    assert_eq!(
        world.code(configurer, Command::Deactivate { person, facet }),
        "outranked"
    );
    let fields = vec![ProfileField::Address];
    assert_eq!(
        world.code(configurer, Command::EditProfile { person, fields }),
        "permission_missing"
    );
    world.refused(
        configurer,
        Command::SetSignIn {
            person,
            possible: false,
        },
    );
}

#[test]
fn cc_4_deactivation_and_the_loss_of_licence_end_queue_logins() {
    let mut world = World::new();
    let queue = world.queue(QueueKind::Call);
    let agents = [world.member(), world.member()];
    for person in agents {
        world.licence(person, Product::ContactCentre);
        world.tie(person, Tie::QueueAgent(queue));
        world.run(person, Command::LogIn { queue });
    }
    let logged_in = |world: &World, person| {
        world
            .row(person)
            .ties
            .iter()
            .any(|tie| matches!(tie, Tie::Login(..)))
    };
    assert!(agents.iter().all(|person| logged_in(&world, *person)));
    let facet = Facet::User;
    world.set(Command::Deactivate {
        person: agents[0],
        facet,
    });
    world.untie(agents[1], Tie::Licence(world.licences[2]));
    assert!(agents.iter().all(|person| !logged_in(&world, *person)));
    assert!(
        world.has(agents[1], Tie::QueueAgent(queue)),
        "the assignment stays, and gives nothing"
    );
}

#[test]
fn ad_24_the_sign_in_pages_act_for_the_person() {
    let mut world = World::new();
    let (person, sign_in) = (world.admin(), Actor::System(SystemSubject::SignIn));
    world.run(
        sign_in,
        Command::EditProfile {
            person,
            fields: vec![ProfileField::SignIn],
        },
    );
    assert_eq!(world.row(person).account_role, RoleId::ADMIN);
}

#[test]
fn ad_24_a_user_facet_is_no_way_into_a_customers_identity() {
    let mut world = World::new();
    let service = world.service();
    let (account_admin, person) = (world.account_admin(), world.customer());
    world.tie(person, Tie::Customer(service, CustomerAccess::Portal));
    world.run(
        account_admin,
        Command::AddUserFacet {
            person,
            user_groups: Vec::new(),
        },
    );
    let takes = |field| Command::EditProfile {
        person,
        fields: vec![field],
    };
    let off = Command::SetSignIn {
        person,
        possible: false,
    };
    for command in [
        takes(ProfileField::Address),
        takes(ProfileField::SignIn),
        takes(ProfileField::Name),
        off.clone(),
    ] {
        let refusal = world.refused(account_admin, command.clone());
        assert_eq!(refusal.code, "permission_missing", "{command:?}");
        // Nor the other way round: who configures the desk manages no staff.
        let configurer = world.configurer();
        assert_eq!(world.code(configurer, command), "permission_missing");
    }
    // Whoever may manage both may.
    world.set(takes(ProfileField::Address));
    world.set(off);
}

#[test]
fn ad_24_what_a_user_group_will_give_outranks_already() {
    let mut world = World::new();
    let holder = world.limited_admin(&[USERS], PeopleScope::All);
    let (above, person) = (world.user_group(None), world.member());
    let group = world.user_group(above);
    let to = GrantHolder::UserGroup(above);
    world.set(Command::GiveExtraGrant {
        to,
        grant: grant(USERS, PeopleScope::All),
    });
    let edit = Command::EditProfile {
        person,
        fields: vec![ProfileField::Address],
    };
    assert!(
        world
            .state
            .propose(Actor::Person(holder), &edit, world.now)
            .is_ok()
    );
    let tomorrow = Window {
        start: world.for_hours(24).end,
        end: world.for_hours(48).end,
    };
    world.set(Command::Tie {
        person,
        tie: Tie::UserGroup(group),
        window: tomorrow,
    });
    assert_eq!(world.code(holder, edit.clone()), "permission_missing");
    world.wait_hours(24);
    assert_eq!(world.code(holder, edit.clone()), "permission_missing");
    // Archived, it gives nothing and may come back.
    for node in [Node::UserGroup(above), Node::UserGroup(group)] {
        world.archive(node);
        assert_eq!(world.code(holder, edit.clone()), "permission_missing");
    }
    // What has ended is over (AD-25).
    world.wait_hours(24);
    world.run(holder, edit);
}

#[test]
fn ad_24_who_gives_queues_outranks_the_supervisor_of_an_archived_one() {
    let mut world = World::new();
    let (queue, person) = (world.queue(QueueKind::Call), world.member());
    world.licence(person, Product::ContactCentre);
    world.tie(person, Tie::QueueSupervisor(queue));
    let (both, users) = (world.custom(&[USERS]), world.custom(&[USERS]));
    world.licence(both, Product::ContactCentre);
    world.tie(both, Tie::ContactAdmin);
    let acts = |world: &World, actor| world.may(actor, USERS, person);
    assert!(acts(&world, both) && !acts(&world, users));
    world.archive(Node::Queue(queue));
    assert!(acts(&world, both) && !acts(&world, users));
}
