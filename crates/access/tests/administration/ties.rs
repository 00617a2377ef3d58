//! Memberships, levels and product roles: what is given to whom, for how long, and what rests on what (§4 table, AD-25, I-8).

use access::command::{Command, Notice, ToldOf};
use access::event::{GrantHolder, Node};
use access::state::{
    CustomerAccess, DeskRight, ExtraGrant, LoginBasis, PeopleScope, QueueKind, ServiceLevel, Tie,
};
use access::{Permission, Product, Target, Window};

use crate::support::{World, give, grant};

#[test]
fn ad_25_a_tie_for_a_time_begins_and_ends_by_itself() {
    let mut world = World::new();
    let (person, group) = (world.agent(), world.device_group());
    let tie = Tie::DeviceGroup(group);
    let window = Window {
        start: Some(world.now.plus_seconds(3600)),
        end: Some(world.now.plus_seconds(7200)),
    };
    world.set(Command::Tie {
        person,
        tie,
        window,
    });
    let held = |world: &World| world.has_now(person, tie);
    assert!(!held(&world));
    world.wait_hours(1);
    assert!(held(&world));
    world.wait_hours(1);
    assert!(!held(&world));
    // Whoever is touched next is swept of what is over.
    world.tie(person, Tie::Licence(world.licences[1]));
    assert!(
        world
            .row(person)
            .ties
            .iter()
            .all(|tie| !matches!(tie, Tie::Timed(_)))
    );
}

#[test]
fn ad_25_what_is_taken_away_neither_begins_nor_ends_any_more() {
    let mut world = World::new();
    let (person, group) = (world.agent(), world.device_group());
    let tie = Tie::DeviceGroup(group);
    let (window, person_too) = (world.for_hours(2), world.member());
    let bound = |world: &World| world.state.next_expiry(world.now);
    let grant = ExtraGrant {
        window,
        ..grant(Permission::AdminAuditView, PeopleScope::All)
    };
    let to = GrantHolder::Person(person_too);
    world.set(Command::Tie {
        person,
        tie,
        window,
    });
    world.set(Command::GiveExtraGrant {
        to,
        grant: grant.clone(),
    });
    assert_eq!(bound(&world), window.end);
    world.untie(person, tie);
    assert_eq!(bound(&world), window.end, "the grant still does");
    let mut erased = world.clone();
    world.set(Command::TakeExtraGrant { from: to, grant });
    erased.set(Command::ErasePerson { person: person_too });
    assert_eq!((bound(&world), bound(&erased)), (None, None));
}

#[test]
fn ad_25_windows_that_cannot_come_are_refused() {
    let mut world = World::new();
    let (person, service) = (world.member(), world.service());
    let customer = world.customer();
    let moment = |seconds| Some(world.now.plus_seconds(seconds));
    let backwards = Window {
        start: moment(20),
        end: moment(10),
    };
    let over = Window {
        start: None,
        end: Some(world.now),
    };
    let tie = |person, tie, window| Command::Tie {
        person,
        tie,
        window,
    };
    for window in [backwards, over] {
        assert_eq!(
            world.code(world.first, tie(person, Tie::Agent, window)),
            "impossible_window"
        );
    }
    // It would close what a company opens (SD-15): not additive, so not for a time.
    let closing = Tie::Customer(service, CustomerAccess::NoPortal);
    assert_eq!(
        world.code(world.first, tie(customer, closing, world.for_hours(1))),
        "impossible_window"
    );
}

#[test]
fn ad_25_nothing_is_tied_to_what_is_archived_or_gone() {
    let mut world = World::new();
    let (person, agent) = (world.member(), world.agent());
    let service = world.service();
    let (desk, device) = (world.group(), world.device_group());
    world.licence(person, Product::ContactCentre);
    let queue = world.queue(QueueKind::Call);
    let ties = [
        (
            Node::Service(service),
            person,
            Tie::Service(service, ServiceLevel::User),
        ),
        (Node::Group(desk), person, Tie::Group(desk)),
        (Node::DeviceGroup(device), agent, Tie::DeviceGroup(device)),
        (Node::Queue(queue), person, Tie::QueueAgent(queue)),
    ];
    for (node, person, tie) in ties {
        world.archive(node);
        assert_eq!(
            world.code(world.first, give(person, tie)),
            "archived",
            "{tie:?}"
        );
        world.set(Command::Delete { node });
        assert_eq!(
            world.refused(world.first, give(person, tie)).kind,
            access::RefusalKind::NotFound
        );
    }
}

#[test]
fn i_8_staff_ties_are_for_users_and_customer_ties_for_customers() {
    let mut world = World::new();
    let (user, customer) = (world.member(), world.customer());
    let (service, group) = (world.service(), world.group());
    let access = Tie::Customer(service, CustomerAccess::Portal);
    assert_eq!(
        world.code(world.first, give(user, access)),
        "not_a_customer"
    );
    for tie in [
        Tie::Group(group),
        Tie::Agent,
        Tie::Service(service, ServiceLevel::User),
        Tie::Licence(world.licences[0]),
        Tie::DeskRight(DeskRight::Configure),
    ] {
        assert_eq!(world.code(world.first, give(customer, tie)), "not_a_user");
    }
    world.tie(customer, access);
    assert!(world.has(customer, access));
}

#[test]
fn sd_17_a_level_replaces_the_level_that_was_there() {
    let mut world = World::new();
    let (person, service) = (world.member(), world.service());
    let level = |level| Tie::Service(service, level);
    world.tie(person, level(ServiceLevel::Administrator));
    world.tie(person, level(ServiceLevel::User));
    assert!(world.has(person, level(ServiceLevel::User)));
    assert!(!world.has(person, level(ServiceLevel::Administrator)));
    // For a time the higher one stands beside it (SD-10), and the other is still there afterwards.
    let window = world.for_hours(1);
    world.set(Command::Tie {
        person,
        tie: level(ServiceLevel::Administrator),
        window,
    });
    assert!(world.has_now(person, level(ServiceLevel::Administrator)));
    world.wait_hours(1);
    assert!(world.has_now(person, level(ServiceLevel::User)));
}

#[test]
fn a_tie_given_twice_is_given_once() {
    let mut world = World::new();
    let person = world.agent();
    world.unchanged(world.first, give(person, Tie::Agent));
    let (tie, window) = (Tie::Licence(world.licences[1]), world.for_hours(3));
    world.set(Command::Tie {
        person,
        tie,
        window,
    });
    world.unchanged(
        world.first,
        Command::Tie {
            person,
            tie,
            window,
        },
    );
    world.unchanged(
        world.first,
        Command::Untie {
            person,
            tie: Tie::ContactAdmin,
        },
    );
}

#[test]
fn what_has_a_command_of_its_own_is_no_tie_to_give() {
    let mut world = World::new();
    let (person, queue) = (world.member(), world.queue(QueueKind::Call));
    for tie in [
        Tie::AccountAdmin(access::state::AccountAdminKind::Full),
        Tie::Login(queue, LoginBasis::Supervisor),
        Tie::Paused(queue),
    ] {
        assert_eq!(world.code(world.first, give(person, tie)), "own_command");
        assert_eq!(
            world.code(world.first, Command::Untie { person, tie }),
            "own_command"
        );
    }
}

#[test]
fn i_4_editing_brings_reading_and_goes_with_it() {
    let mut world = World::new();
    let person = world.member();
    let (read, edit) = (
        Tie::DeskRight(DeskRight::TimeRead),
        Tie::DeskRight(DeskRight::TimeEdit),
    );
    let proposal = world.set(give(person, edit));
    assert!(matches!(
        proposal.notices[..],
        [Notice::PermissionsAdjusted { .. }]
    ));
    assert!(world.has(person, read) && world.has(person, edit));
    world.untie(person, read);
    assert!(!world.has(person, edit));
    world.tie(person, edit);
    let window = world.for_hours(1);
    world.set(Command::Tie {
        person,
        tie: read,
        window,
    });
    assert!(
        !world.has(person, edit),
        "the right does not outlive its parent"
    );
}

#[test]
fn roles_of_the_contact_centre_come_with_the_licence_or_not_at_all() {
    let mut world = World::new();
    let (person, queue) = (world.member(), world.queue(QueueKind::Call));
    let licence = world.licences[2];
    for tie in [
        Tie::ContactAdmin,
        Tie::QueueAgent(queue),
        Tie::QueueSupervisor(queue),
    ] {
        assert_eq!(world.code(world.first, give(person, tie)), "no_licence");
        let wrong = Command::TieWithLicence {
            person,
            tie,
            licence: world.licences[1],
        };
        assert_eq!(world.code(world.first, wrong), "wrong_product");
    }
    let tie = Tie::QueueAgent(queue);
    world.set(Command::TieWithLicence {
        person,
        tie,
        licence,
    });
    assert!(world.has(person, tie) && world.has(person, Tie::Licence(licence)));
    let tie = Tie::Agent;
    assert_eq!(
        world.code(
            world.first,
            Command::TieWithLicence {
                person,
                tie,
                licence
            }
        ),
        "needs_no_licence"
    );
}

#[test]
fn cc_1_ring_groups_have_agents_only() {
    let mut world = World::new();
    let (person, queue) = (world.member(), world.queue(QueueKind::RingGroup));
    world.licence(person, Product::ContactCentre);
    assert_eq!(
        world.code(world.first, give(person, Tie::QueueSupervisor(queue))),
        "ring_group_supervisor"
    );
    world.tie(person, Tie::QueueAgent(queue));
}

#[test]
fn queue_supervisors_by_contact_admins_never_to_oneself_and_super_admins_are_told() {
    let mut world = World::new();
    let (person, contact, queue) = (
        world.member(),
        world.contact_admin(),
        world.queue(QueueKind::Call),
    );
    world.licence(person, Product::ContactCentre);
    let tie = Tie::QueueSupervisor(queue);
    let proposal = world.run(contact, give(person, tie));
    let (people, what) = (vec![world.first], ToldOf::QueueSupervisorMade);
    assert_eq!(proposal.notices, [Notice::Tell { people, what }]);
    assert_eq!(world.code(contact, give(contact, tie)), "not_to_oneself");
    world.run(contact, give(contact, Tie::QueueAgent(queue)));
    let admin = world.admin();
    assert_eq!(
        world.code(admin, give(person, Tie::QueueAgent(queue))),
        "permission_missing"
    );
}

#[test]
fn contact_admins_by_admins_never_to_oneself() {
    let mut world = World::new();
    let (admin, person, contact) = (world.admin(), world.member(), world.contact_admin());
    let licence = world.licences[2];
    let make = |person| Command::TieWithLicence {
        person,
        tie: Tie::ContactAdmin,
        licence,
    };
    assert_eq!(world.code(contact, make(person)), "contact_admin_by_admin");
    assert_eq!(world.code(admin, make(admin)), "not_to_oneself");
    world.run(admin, make(person));
    assert!(world.may(
        person,
        Permission::ContactCentrePermissionsEdit,
        Target::Account
    ));
}

#[test]
fn desk_rights_by_who_configures_the_desk_never_to_oneself() {
    let mut world = World::new();
    let (configurer, admin, person) = (world.configurer(), world.admin(), world.member());
    let tie = Tie::DeskRight(DeskRight::TimeRead);
    world.run(configurer, give(person, tie));
    assert_eq!(
        world.code(configurer, give(configurer, tie)),
        "not_to_oneself"
    );
    assert_eq!(world.code(admin, give(admin, tie)), "not_to_oneself");
    assert_eq!(
        world.code(person, give(person, Tie::DeskRight(DeskRight::Configure))),
        "not_to_oneself"
    );
    world.run(person, Command::Untie { person, tie });
    assert!(
        !world.has(person, tie),
        "everybody may give up what they hold"
    );
}

#[test]
fn opening_a_service_to_oneself_is_told_to_its_administrators() {
    let mut world = World::new();
    let (configurer, service) = (world.configurer(), world.service());
    let proposal = world.run(
        configurer,
        give(configurer, Tie::Service(service, ServiceLevel::User)),
    );
    let (people, what) = (vec![world.first], ToldOf::ServiceOpenedToOneself);
    assert_eq!(
        proposal.notices,
        [Notice::GivenToOneself, Notice::Tell { people, what }]
    );
}

#[test]
fn sd_15_a_customer_opens_nothing_by_giving_up() {
    let mut world = World::new();
    let (person, service) = (world.customer(), world.service());
    let tie = Tie::Customer(service, CustomerAccess::NoPortal);
    world.tie(person, tie);
    world.refused(person, Command::Untie { person, tie });
    assert!(world.has(person, tie));
}

#[test]
fn agents_by_who_manages_the_user_within_the_scope() {
    let mut world = World::new();
    let group = world.user_group(None);
    let manager = world.manager(&[Permission::AdminUsersManage], group);
    let (inside, outside) = (world.member_of(group), world.member());
    world.run(manager, give(inside, Tie::Agent));
    let feature = Tie::Feature(Permission::RemoteSupportUnattendedAccess);
    world.run(manager, give(inside, feature));
    assert_eq!(world.code(manager, give(outside, Tie::Agent)), "not_found");
    world.refused(manager, give(manager, feature));
}
