//! What several people are in a queue, in one step (CC-1, CC-4, CC-13).

use access::catalogue::Product;
use access::command::{Command, Notice, QueueRow, ToldOf};
use access::event::Node;
use access::state::{LicenceModel, LoginBasis, QueueKind, Tie};
use access::{LicenceId, PersonId, QueueId, Window};

use crate::help::{agent_of, call_queue, licensed, login, supervisor_of};
use crate::support::{World, give};

const NONE: (bool, bool) = (false, false);
const AGENT: (bool, bool) = (true, false);
const SUPERVISOR: (bool, bool) = (false, true);
const BOTH: (bool, bool) = (true, true);

fn row(person: PersonId, (agent, supervisor): (bool, bool)) -> QueueRow {
    QueueRow {
        person,
        agent,
        supervisor,
        licence: None,
    }
}

fn with(licence: LicenceId, row: QueueRow) -> QueueRow {
    QueueRow {
        licence: Some(licence),
        ..row
    }
}

fn save(queue: QueueId, rows: &[QueueRow]) -> Command {
    let rows = rows.to_vec();
    Command::SaveQueuePeople { queue, rows }
}

/// Whether somebody is agent and supervisor of the queue now.
fn roles(world: &World, person: PersonId, queue: QueueId) -> (bool, bool) {
    let has = |tie| world.has_now(person, tie);
    (
        has(Tie::QueueAgent(queue)),
        has(Tie::QueueSupervisor(queue)),
    )
}

#[test]
fn cc_1_several_people_become_what_their_rows_say() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (contact_admin, pool) = (world.contact_admin(), world.pool(Product::ContactCentre));
    let (new, agent) = (world.member(), agent_of(&mut world, queue));
    let (supervisor, other) = (
        supervisor_of(&mut world, queue),
        agent_of(&mut world, queue),
    );
    let rows = [
        with(pool, row(new, BOTH)),
        row(agent, SUPERVISOR),
        row(supervisor, NONE),
    ];
    let answer = world.run(contact_admin, save(queue, &rows));
    assert_eq!(roles(&world, new, queue), BOTH);
    assert_eq!(roles(&world, agent, queue), SUPERVISOR);
    assert_eq!(roles(&world, supervisor, queue), NONE);
    assert_eq!(roles(&world, other, queue), AGENT, "not named");
    // Super admins are told as of each alone.
    let told = Notice::Tell {
        people: vec![world.first],
        what: ToldOf::QueueSupervisorMade,
    };
    assert_eq!(answer.notices, [told]);
    world.unchanged(contact_admin, save(queue, &rows[1..]));
}

#[test]
fn cc_1_a_ring_group_has_no_supervisors_and_one_row_refuses_all() {
    let mut world = World::new();
    let ring_group = world.queue(QueueKind::RingGroup);
    let (first, second) = (licensed(&mut world), licensed(&mut world));
    let rows = [row(first, AGENT), row(second, BOTH)];
    let refusal = world.refused(world.first, save(ring_group, &rows));
    assert_eq!(
        (refusal.rule, refusal.whose),
        ("CC-1", Some(second)),
        "{refusal}"
    );
    assert_eq!(roles(&world, first, ring_group), NONE);
    let rows = [row(first, AGENT), row(second, AGENT)];
    world.run(world.first, save(ring_group, &rows));
    assert_eq!(roles(&world, second, ring_group), AGENT);
}

#[test]
fn cc_13_whoever_has_no_licence_gets_one_or_all_are_refused() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let contact_admin = world.contact_admin();
    let pool = world.pool(Product::ContactCentre);
    let (licensed, bare) = (licensed(&mut world), world.member());
    let rows = [row(licensed, AGENT), row(bare, AGENT)];
    let refusal = world.refused(contact_admin, save(queue, &rows));
    assert_eq!(
        (refusal.code, refusal.whose),
        ("no_licence", Some(bare)),
        "{refusal}"
    );
    let rows = [row(licensed, AGENT), with(pool, row(bare, AGENT))];
    world.run(contact_admin, save(queue, &rows));
    assert!(world.has(bare, Tie::Licence(pool)));
    // Of the contact centre, and with a role.
    let desk = world.pool(Product::ServiceDesk);
    let wrong = save(queue, &[with(desk, row(world.member(), AGENT))]);
    assert_eq!(world.code(world.first, wrong), "wrong_product");
    let none = save(queue, &[with(pool, row(bare, NONE))]);
    assert_eq!(world.code(contact_admin, none), "needs_no_licence");
}

#[test]
fn ad_14_seats_for_all_or_for_nobody() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let few = world.buy(Product::ContactCentre, LicenceModel::Named, 2);
    let people = [world.member(), world.member(), world.member()];
    let three = people.map(|person| with(few, row(person, AGENT)));
    let refusal = world.refused(world.first, save(queue, &three));
    assert_eq!((refusal.rule, refusal.code), ("AD-14", "no_seat_left"));
    let says = "3 people would need a licence, and 2 seats are left";
    assert_eq!((&*refusal.detail, refusal.whose), (says, None));
    world.set(save(queue, &three[..2]));
    assert!(world.has(people[1], Tie::Licence(few)));
    // CC-13: whoever leaves the last queue frees the seat that is given in the same step, wherever their row stands.
    let turn = [three[2], row(people[0], NONE)];
    world.set(save(queue, &turn));
    assert!(world.has(people[2], Tie::Licence(few)));
    assert!(!world.has(people[0], Tie::Licence(few)));
}

#[test]
fn ad_14_the_seats_that_are_missing_are_those_of_one_pool() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let wide = world.buy(Product::ContactCentre, LicenceModel::Named, 3);
    let narrow = world.buy(Product::ContactCentre, LicenceModel::Named, 2);
    let holder = world.member();
    world.set(save(queue, &[with(narrow, row(holder, AGENT))]));
    let [first, second, third] = [world.member(), world.member(), world.member()];
    let rows = [
        with(wide, row(first, AGENT)),
        with(narrow, row(second, AGENT)),
        with(narrow, row(third, AGENT)),
        // Holds the seat already.
        with(narrow, row(holder, BOTH)),
    ];
    let refusal = world.refused(world.first, save(queue, &rows));
    assert_eq!((refusal.rule, refusal.code), ("AD-14", "no_seat_left"));
    let says = "2 people would need a licence, and 1 seat is left";
    assert_eq!((&*refusal.detail, refusal.whose), (says, None));
    // Of one person alone it is said as of each alone.
    let last = world.member();
    world.set(save(queue, &rows[..2]));
    let alone = save(queue, &[with(narrow, row(last, AGENT)), rows[0]]);
    let refusal = world.refused(world.first, alone);
    assert_eq!(
        (refusal.code, refusal.whose),
        ("no_seat_left", Some(last)),
        "{refusal}"
    );
}

#[test]
fn cc_13_whoever_changes_the_role_keeps_the_licence() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let agent = agent_of(&mut world, queue);
    let licence = Tie::Licence(world.pool(Product::ContactCentre));
    world.set(save(queue, &[row(agent, SUPERVISOR)]));
    assert!(world.has(agent, licence));
    world.set(save(queue, &[row(agent, NONE)]));
    assert!(!world.has(agent, licence), "the last queue");
}

#[test]
fn cc_4_who_is_no_agent_any_more_is_logged_out() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let agent = agent_of(&mut world, queue);
    world.run(agent, Command::LogIn { queue });
    assert_eq!(login(&world, agent, queue), Some(LoginBasis::Assignment));
    world.set(save(queue, &[row(agent, SUPERVISOR)]));
    assert_eq!(login(&world, agent, queue), None);
}

#[test]
fn cc_1_a_role_for_a_time_stays_for_as_long() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (person, other) = (licensed(&mut world), licensed(&mut world));
    let window = world.for_hours(8);
    let tie = Tie::QueueAgent(queue);
    for person in [person, other] {
        world.set(Command::Tie {
            person,
            tie,
            window,
        });
    }
    // Nor does a licence that comes without a new role make it one for ever.
    let seat = world.buy(Product::ContactCentre, LicenceModel::Named, 1);
    let rows = [row(person, BOTH), with(seat, row(other, AGENT))];
    world.set(save(queue, &rows));
    assert_eq!(roles(&world, person, queue), BOTH);
    assert_eq!(roles(&world, other, queue), AGENT);
    assert!(world.has(other, Tie::Licence(seat)));
    let desk = world.pool(Product::ServiceDesk);
    let wrong = save(queue, &[with(desk, row(other, AGENT))]);
    assert_eq!(world.code(world.first, wrong), "wrong_product");
    world.wait_hours(9);
    assert_eq!(roles(&world, person, queue), SUPERVISOR);
    assert_eq!(roles(&world, other, queue), NONE);
}

#[test]
fn ad_25_a_role_that_is_still_to_come_is_not_taken_by_the_row() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let person = licensed(&mut world);
    let window = Window {
        start: world.for_hours(2).end,
        ..world.for_hours(8)
    };
    let tie = Tie::QueueSupervisor(queue);
    world.set(Command::Tie {
        person,
        tie,
        window,
    });
    world.set(save(queue, &[row(person, AGENT)]));
    assert_eq!(roles(&world, person, queue), AGENT);
    world.set(save(queue, &[row(person, NONE)]));
    assert_eq!(roles(&world, person, queue), NONE);
    world.wait_hours(3);
    assert_eq!(roles(&world, person, queue), SUPERVISOR);
    world.set(save(queue, &[row(person, NONE)]));
    assert_eq!(roles(&world, person, queue), NONE, "now it is held");
}

#[test]
fn cc_13_contact_admins_alone_and_nobody_supervises_by_themselves() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (contact_admin, supervisor) = (world.contact_admin(), supervisor_of(&mut world, queue));
    let (agent, member) = (agent_of(&mut world, queue), world.member());
    // What is so already is judged as well: it would tell what somebody is.
    for wanted in [NONE, AGENT, BOTH] {
        let refusal = world.refused(supervisor, save(queue, &[row(agent, wanted)]));
        assert!(matches!(refusal.code, "permission_missing" | "not_found"));
        let rows = [row(contact_admin, wanted), row(agent, wanted)];
        let refusal = world.refused(member, save(queue, &rows));
        assert!(matches!(refusal.code, "permission_missing" | "not_found"));
    }
    let rows = [row(agent, BOTH), row(contact_admin, SUPERVISOR)];
    let refusal = world.refused(contact_admin, save(queue, &rows));
    assert_eq!(
        (refusal.code, refusal.whose),
        ("not_to_oneself", Some(contact_admin))
    );
    // Everybody may give up what they hold.
    world.run(agent, save(queue, &[row(agent, NONE)]));
    assert_eq!(roles(&world, agent, queue), NONE);
}

#[test]
fn cc_1_each_person_once_and_users_of_the_account() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (person, customer) = (licensed(&mut world), world.customer());
    let twice = save(queue, &[row(person, AGENT), row(person, NONE)]);
    assert_eq!(world.code(world.first, twice), "named_twice");
    let rows = [row(person, AGENT), row(customer, AGENT)];
    assert_eq!(world.code(world.first, save(queue, &rows)), "not_a_user");
}

#[test]
fn ad_25_of_an_archived_queue_roles_are_only_taken() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (agent, person) = (agent_of(&mut world, queue), licensed(&mut world));
    world.archive(Node::Queue(queue));
    let rows = [row(person, AGENT)];
    assert_eq!(world.code(world.first, save(queue, &rows)), "archived");
    assert_eq!(
        world.code(world.first, give(person, Tie::QueueAgent(queue))),
        "archived",
        "as of one"
    );
    world.set(save(queue, &[row(agent, NONE)]));
    assert!(!world.has(agent, Tie::QueueAgent(queue)));
}
