//! What is seen of a queue before it is saved: that nobody would be left to supervise it (CC-1), and why somebody loses it.

use access::command::Command;
use access::decide::{By, Gate, Reason, Through};
use access::event::Node;
use access::explain::words;
use access::preview::{Cause, Effect, Vacancy};
use access::state::{Facet, Tie};
use access::{Actor, PersonId, Product, QueueId, Subject, Switch};

use crate::help::{call_queue, licensed, supervisor_of};
use crate::support::World;

fn effect(world: &World, command: &Command) -> Effect {
    let first = Actor::Person(world.first);
    world.state.preview(first, command, world.now).unwrap()
}

/// Each way by which somebody stops to supervise a queue.
fn ways_to_go(world: &World, person: PersonId, queue: QueueId) -> [Command; 4] {
    let tie = Tie::QueueSupervisor(queue);
    let licence = Tie::Licence(world.pool(Product::ContactCentre));
    [
        Command::Deactivate {
            person,
            facet: Facet::User,
        },
        Command::ErasePerson { person },
        Command::Untie { person, tie },
        Command::Untie {
            person,
            tie: licence,
        },
    ]
}

#[test]
fn cc_1_a_queue_that_would_lose_its_only_supervisor_is_said() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let person = supervisor_of(&mut world, queue);
    // Who may do more, and does not supervise it, does not count.
    world.contact_admin();
    for command in ways_to_go(&world, person, queue) {
        let said = effect(&world, &command).vacancies;
        assert_eq!(said, [Vacancy::Queue(queue)], "{command:?}");
    }
    let second = supervisor_of(&mut world, queue);
    for command in ways_to_go(&world, person, queue) {
        assert_eq!(effect(&world, &command).vacancies, [], "{command:?}");
    }
    // Another one who is switched off does not count either.
    world.set(Command::Deactivate {
        person: second,
        facet: Facet::User,
    });
    for command in ways_to_go(&world, person, queue) {
        let said = effect(&world, &command).vacancies;
        assert_eq!(said, [Vacancy::Queue(queue)], "{command:?}");
    }
}

#[test]
fn cc_1_a_queue_that_nobody_supervised_or_that_ends_is_not_said() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let person = licensed(&mut world);
    let gone = Command::Deactivate {
        person,
        facet: Facet::User,
    };
    assert_eq!(effect(&world, &gone).vacancies, []);
    supervisor_of(&mut world, queue);
    let node = Node::Queue(queue);
    assert_eq!(effect(&world, &Command::Archive { node }).vacancies, []);
}

#[test]
fn cc_1_a_vacancy_is_part_of_what_was_looked_at() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let (person, second) = (
        supervisor_of(&mut world, queue),
        supervisor_of(&mut world, queue),
    );
    let tie = Tie::QueueSupervisor(queue);
    let take = Command::Untie { person, tie };
    let seen = effect(&world, &take).fingerprint;
    world.untie(second, tie);
    assert_ne!(effect(&world, &take).fingerprint, seen);
}

#[test]
fn ad_10_that_a_queue_is_left_alone_is_for_whoever_may_count_its_people() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let person = supervisor_of(&mut world, queue);
    // Not the last thing that the person has, which would want more than the licence (AD-24).
    world.licence(person, Product::ServiceDesk);
    let admin = world.admin();
    let [.., no_licence] = ways_to_go(&world, person, queue);
    let told = |actor| {
        let actor = Actor::Person(actor);
        let effect = world
            .state
            .preview_as_seen(actor, &no_licence, world.now, |_, _| Ok(()));
        effect.unwrap().vacancies
    };
    assert_eq!(told(admin), []);
    assert_eq!(told(world.first), [Vacancy::Queue(queue)]);
}

#[test]
fn cc_10_why_somebody_gains_by_a_switch_names_the_switch() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let person = supervisor_of(&mut world, queue);
    let switch = Switch::SupervisorConfigurationPortal;
    let on = Command::SetSwitch { switch, on: true };
    let causes = effect(&world, &on).gains.causes;
    let of_person = |(subject, _): &&(Subject, Cause)| *subject == Subject::Person(person);
    let (_, cause) = causes.iter().find(of_person).unwrap();
    let Cause::Gate(gate, why) = *cause else {
        panic!("{cause:?}");
    };
    assert_eq!((gate, why), (Gate::Switch, Reason::SwitchOff(switch)));
    let says = words::opens(gate, why).fill(|name| format!("{name:?}"));
    let named = format!("the switch “{}” allows it", switch.label());
    assert_eq!(says, named);
}

#[test]
fn cc_13_why_somebody_loses_a_queue_is_told_by_the_decisions() {
    let mut world = World::new();
    let queue = call_queue(&mut world);
    let person = supervisor_of(&mut world, queue);
    // Other rights keep the person from being suspended, which would be another cause (AD-15).
    world.licence(person, Product::ServiceDesk);
    let [deactivated, erased, role, licence] = ways_to_go(&world, person, queue);
    let way = Cause::Way {
        through: Through::Direct,
        by: By::QueueSupervisor(queue),
    };
    let of_gate = Cause::Gate;
    let no_licence = Reason::NoLicence(Product::ContactCentre);
    for (command, cause) in [
        (deactivated, of_gate(Gate::Person, Reason::Deactivated)),
        (erased, of_gate(Gate::Person, Reason::UnknownSubject)),
        (role, way),
        (licence, of_gate(Gate::Licence, no_licence)),
    ] {
        let mut causes = effect(&world, &command).losses.causes;
        causes.retain(|(subject, _)| *subject == Subject::Person(person));
        assert_eq!(causes, [(Subject::Person(person), cause)], "{command:?}");
    }
    let second = licensed(&mut world);
    let tie = Tie::QueueSupervisor(queue);
    let give = crate::support::give(second, tie);
    let causes = effect(&world, &give).gains.causes;
    assert_eq!(causes, [(Subject::Person(second), way)]);
}
