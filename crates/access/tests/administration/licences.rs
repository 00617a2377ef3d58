//! AD-14: licences are counted; AD-15: who holds nothing is suspended.

use access::command::{Actor, Command, SystemSubject};
use access::decide::UserStatus;
use access::event::Node;
use access::state::{DeskRight, LicenceModel, QueueKind, Tie};
use access::{LicenceId, Permission, PersonId, Product, Subject, Target, Window};
use uuid::Uuid;

use crate::support::{World, give};

const SESSIONS: Actor = Actor::System(SystemSubject::Sessions);

fn take(licence: LicenceId, seat: u128, person: PersonId) -> Command {
    let seat = Uuid::from_u128(seat);
    Command::TakeSeat {
        licence,
        seat,
        person,
    }
}

fn free(licence: LicenceId, seat: u128) -> Command {
    let seat = Uuid::from_u128(seat);
    Command::FreeSeat { licence, seat }
}

#[test]
fn ad_14_beyond_the_number_bought_is_refused_with_the_number_left() {
    let mut world = World::new();
    let pool = world.buy(Product::ServiceDesk, LicenceModel::Named, 1);
    let (one, two) = (world.member(), world.member());
    world.tie(one, Tie::Licence(pool));
    let refusal = world.refused(world.first, give(two, Tie::Licence(pool)));
    assert_eq!((refusal.rule, refusal.code), ("AD-14", "no_seat_left"));
    assert!(refusal.detail.contains("0 seats are left of 1"));
    world.untie(one, Tie::Licence(pool));
    world.tie(two, Tie::Licence(pool));
}

#[test]
fn ad_14_buying_less_than_is_in_use_is_refused_with_the_number() {
    let mut world = World::new();
    let licence = world.buy(Product::ServiceDesk, LicenceModel::Named, 3);
    for _ in 0..2 {
        let person = world.member();
        world.tie(person, Tie::Licence(licence));
    }
    let refusal = world.refused(world.first, Command::SetLicenceSeats { licence, seats: 1 });
    assert_eq!(refusal.code, "seats_in_use");
    assert!(refusal.detail.contains('2'));
    world.set(Command::SetLicenceSeats { licence, seats: 2 });
    assert_eq!(
        world.code(
            world.first,
            Command::Delete {
                node: Node::Licence(licence)
            }
        ),
        "seats_in_use"
    );
}

#[test]
fn ad_14_a_seat_given_for_later_counts_and_one_that_is_over_does_not() {
    let mut world = World::new();
    let licence = world.buy(Product::ServiceDesk, LicenceModel::Named, 1);
    let (one, two) = (world.member(), world.member());
    let window = world.for_hours(1);
    world.set(Command::Tie {
        person: one,
        tie: Tie::Licence(licence),
        window,
    });
    assert_eq!(
        world.code(world.first, give(two, Tie::Licence(licence))),
        "no_seat_left"
    );
    world.wait_hours(1);
    world.tie(two, Tie::Licence(licence));
    assert!(
        world.has(two, Tie::Licence(licence))
            && world
                .row(one)
                .ties
                .iter()
                .all(|tie| !matches!(tie, Tie::Timed(_)))
    );
}

#[test]
fn ad_14_concurrent_seats_are_taken_by_sessions() {
    let mut world = World::new();
    let pool = world.buy(Product::RemoteSupport, LicenceModel::Concurrent, 1);
    let (one, two) = (world.agent(), world.agent());
    for person in [one, two] {
        world.tie(person, Tie::Licence(pool));
    }
    world.run(one, take(pool, 7, one));
    world.unchanged(one, take(pool, 7, one));
    let refusal = world.refused(two, take(pool, 8, two));
    assert_eq!(refusal.code, "no_seat_left");
    assert_eq!(world.code(two, take(pool, 7, two)), "seat_taken");
    world.run(SESSIONS, free(pool, 7));
    world.run(SESSIONS, take(pool, 8, two));
    world.unchanged(SESSIONS, free(pool, 7));
}

#[test]
fn ad_14_an_administrator_clears_a_seat() {
    let mut world = World::new();
    let pool = world.buy(Product::RemoteSupport, LicenceModel::Concurrent, 1);
    let (agent, other, admin) = (world.agent(), world.agent(), world.admin());
    world.tie(agent, Tie::Licence(pool));
    world.run(agent, take(pool, 7, agent));
    assert_eq!(world.code(other, free(pool, 7)), "not_found");
    world.run(admin, free(pool, 7));
    assert_eq!(world.state.licences().get(pool).unwrap().in_use(), 0);
}

#[test]
fn ad_14_a_session_key_needs_an_entitled_agent_and_a_pool() {
    let mut world = World::new();
    let pool = world.buy(Product::RemoteSupport, LicenceModel::Concurrent, 5);
    let (agent, member) = (world.agent(), world.member());
    assert_eq!(world.code(agent, take(pool, 7, agent)), "not_entitled");
    world.tie(member, Tie::Licence(pool));
    assert_eq!(world.code(member, take(pool, 7, member)), "not_entitled");
    assert_eq!(
        world.code(agent, take(world.licences[0], 7, agent)),
        "not_concurrent"
    );
    assert_eq!(world.code(agent, take(pool, 7, member)), "own_session_only");
}

#[test]
fn ad_14_models_and_products_that_make_no_sense() {
    let mut world = World::new();
    let id = world.id();
    let buy = |product, model| Command::BuyLicence {
        id,
        product,
        model,
        seats: 1,
    };
    for product in [Product::Admin, Product::Billing, Product::Portal] {
        assert_eq!(
            world.code(world.first, buy(product, LicenceModel::Named)),
            "not_licensed"
        );
    }
    assert_eq!(
        world.code(
            world.first,
            buy(Product::ServiceDesk, LicenceModel::Concurrent)
        ),
        "not_concurrent"
    );
    let admin = world.admin();
    assert_eq!(
        world.code(admin, buy(Product::ServiceDesk, LicenceModel::Named)),
        "permission_missing"
    );
}

#[test]
fn ad_15_revoking_what_suspends_a_person_needs_rank() {
    let mut world = World::new();
    let holder = world.custom(&[Permission::AdminLicencesManage]);
    let pool = world.licences[0];
    let status = |world: &World, person| {
        world
            .state
            .view(Subject::Person(person), world.now)
            .user_status(person)
    };
    let member = world.member();
    world.run(
        holder,
        Command::Untie {
            person: member,
            tie: Tie::Licence(pool),
        },
    );
    assert_eq!(status(&world, member), UserStatus::Suspended);
    // A right marked † that begins later keeps nobody active yet, and counts for rank: taking the licence needs rank over it.
    let later = world.member();
    let right = Tie::DeskRight(DeskRight::Configure);
    let window = Window {
        start: Some(world.now.plus_seconds(7200)),
        end: None,
    };
    world.set(Command::Tie {
        person: later,
        tie: right,
        window,
    });
    let revoke = Command::Untie {
        person: later,
        tie: Tie::Licence(pool),
    };
    assert_eq!(world.code(holder, revoke), "outranked");
    let window = world.for_hours(1);
    let narrow = Command::Tie {
        person: later,
        tie: Tie::Licence(pool),
        window,
    };
    assert_eq!(
        world.code(holder, narrow),
        "outranked",
        "not by an end either"
    );
    let admin = world.admin();
    world.run(
        holder,
        Command::Untie {
            person: admin,
            tie: Tie::Licence(pool),
        },
    );
    assert_eq!(
        status(&world, admin),
        UserStatus::Active,
        "an Admin stays active"
    );
}

#[test]
fn licences_are_given_by_who_manages_them_or_the_product() {
    let mut world = World::new();
    let (person, configurer, contact) = (world.member(), world.configurer(), world.contact_admin());
    let [remote, desk, centre] = world.licences.map(Tie::Licence);
    world.run(configurer, give(person, desk));
    world.run(contact, give(person, centre));
    for (actor, tie) in [
        (configurer, centre),
        (configurer, remote),
        (contact, desk),
        (contact, remote),
    ] {
        let other = world.member();
        assert_eq!(world.code(actor, give(other, tie)), "permission_missing");
    }
}

#[test]
fn cc_13_removal_from_the_last_queue_frees_the_licence() {
    let mut world = World::new();
    let queues = [world.queue(QueueKind::Call), world.queue(QueueKind::Inbox)];
    let (person, admin, pool) = (world.member(), world.contact_admin(), world.licences[2]);
    world.licence(person, Product::ContactCentre);
    for queue in queues {
        world.tie(person, Tie::QueueAgent(queue));
        world.tie(admin, Tie::QueueAgent(queue));
    }
    world.untie(person, Tie::QueueAgent(queues[0]));
    assert!(world.has(person, Tie::Licence(pool)));
    world.untie(person, Tie::QueueAgent(queues[1]));
    assert!(!world.has(person, Tie::Licence(pool)));
    for queue in queues {
        world.untie(admin, Tie::QueueAgent(queue));
    }
    assert!(
        world.has(admin, Tie::Licence(pool)),
        "a Contact admin's is not freed"
    );
}

#[test]
fn sd_7_an_archived_licence_opens_nothing() {
    let mut world = World::new();
    let (person, pool) = (
        world.member(),
        world.buy(Product::RemoteSupport, LicenceModel::Named, 1),
    );
    world.untie(person, Tie::Licence(world.licences[0]));
    world.tie(person, Tie::Licence(pool));
    world.tie(person, Tie::Agent);
    assert!(world.may(
        person,
        Permission::RemoteSupportSessionHost,
        Target::Account
    ));
    world.archive(Node::Licence(pool));
    assert!(!world.may(
        person,
        Permission::RemoteSupportSessionHost,
        Target::Account
    ));
    assert_eq!(
        world.code(world.first, give(world.first, Tie::Licence(pool))),
        "archived"
    );
}
