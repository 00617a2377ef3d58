//! Whom supervisors know of: to log somebody in they have to find them (CC-5, CC-11).

use access::catalogue::{Permission, Switch};
use access::event::Node;
use access::state::{QueueKind, Tie};
use access::{PersonId, Subject, View};

use crate::help::{agent_of, call_queue, licensed, set, supervisor_of};
use crate::support::World;

fn view(world: &World, viewer: PersonId) -> View<'_> {
    world.state.view(Subject::Person(viewer), world.now)
}

#[test]
fn cc_11_a_supervisor_sees_whoever_could_be_logged_in_and_nobody_else() {
    let mut world = World::new();
    let (own, other) = (call_queue(&mut world), call_queue(&mut world));
    let supervisor = supervisor_of(&mut world, own);
    let (agent, stranger) = (agent_of(&mut world, own), agent_of(&mut world, other));
    let (idle, unlicensed, customer) = (licensed(&mut world), world.member(), world.customer());
    let sees = |person| view(&world, supervisor).sees(person);
    assert!(sees(agent) && sees(stranger) && sees(idle), "CC-5");
    assert!(!sees(unlicensed) && !sees(customer));
    // Agents are told of nobody.
    assert!(!view(&world, agent).sees(supervisor) && !view(&world, idle).sees(agent));
    world.archive(Node::Queue(own));
    assert!(!view(&world, supervisor).sees(agent), "AD-25");
}

#[test]
fn cc_8_what_may_be_done_on_some_queue_may_be_done_somewhere() {
    let mut world = World::new();
    let (queue, inbox) = (call_queue(&mut world), world.queue(QueueKind::Inbox));
    let (supervisor, agent) = (
        supervisor_of(&mut world, inbox),
        agent_of(&mut world, queue),
    );
    let (admin, idle) = (world.contact_admin(), licensed(&mut world));
    let anywhere = |world: &World, person, permission| view(world, person).may_anywhere(permission);
    let (look, enter) = (
        Permission::ContactCentreQueueView,
        Permission::ContactCentreQueueLogIn,
    );
    for (person, may) in [
        (supervisor, [true, false]),
        (agent, [false, true]),
        (admin, [true, false]),
        (idle, [false, false]),
    ] {
        let found = [look, enter].map(|permission| anywhere(&world, person, permission));
        assert_eq!(found, may);
    }
    // CC-3: with the switch, every licensed user on a call queue that is nobody's of theirs.
    set(&mut world, Switch::OrganisationUnassignedLogin, true);
    assert!(anywhere(&world, idle, enter));
    world.untie(supervisor, Tie::QueueSupervisor(inbox));
    assert!(!anywhere(&world, supervisor, look));
}
