//! Short ways to what the rules of the contact centre talk about.

use access::catalogue::{Permission, PermissionSet, Product, Switch};
use access::command::Command;
use access::state::{LoginBasis, QueueKind, Tie};
use access::{PersonId, QueueId, Target};

use crate::support::World;

/// A licensed user without any queue.
pub fn licensed(world: &mut World) -> PersonId {
    let person = world.member();
    world.licence(person, Product::ContactCentre);
    person
}

/// A licensed agent of the queue.
pub fn agent_of(world: &mut World, queue: QueueId) -> PersonId {
    let person = licensed(world);
    world.tie(person, Tie::QueueAgent(queue));
    person
}

/// A licensed supervisor of the queue.
pub fn supervisor_of(world: &mut World, queue: QueueId) -> PersonId {
    let person = licensed(world);
    world.tie(person, Tie::QueueSupervisor(queue));
    person
}

/// A call queue.
pub fn call_queue(world: &mut World) -> QueueId {
    world.queue(QueueKind::Call)
}

pub fn set(world: &mut World, switch: Switch, on: bool) {
    world.set(Command::SetSwitch { switch, on });
}

pub fn log_in_other(person: PersonId, queue: QueueId) -> Command {
    Command::LogInOther {
        person,
        queue,
        hours: None,
    }
}

/// What the login of somebody to the queue rests on now.
pub fn login(world: &World, person: PersonId, queue: QueueId) -> Option<LoginBasis> {
    let row = world.row(person);
    let mut ties = world.state.ties_at(row, world.now);
    ties.find_map(|(tie, _)| match tie {
        Tie::Login(at, basis) if at == queue => Some(basis),
        _ => None,
    })
}

/// What somebody may do in the contact centre with a queue, or with the account.
pub fn gives(world: &World, person: PersonId, on: impl Into<Target> + Copy) -> PermissionSet {
    let all = Permission::ALL.into_iter();
    all.filter(|permission| {
        permission.product() == Product::ContactCentre && world.may(person, *permission, on)
    })
    .fold(PermissionSet::EMPTY, PermissionSet::with)
}
