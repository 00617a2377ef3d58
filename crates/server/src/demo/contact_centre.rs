//! The contact centre of Meridian IT: queues of every kind, who serves and who supervises them, and the switches.

use access::catalogue::{Product, Switch};
use access::event::Node;
use access::state::{QueueKind, Tie};
use access::{Actor, Command, PersonId, QueueId};

use super::staff::Staff;
use super::{DemoError, Maker};

/// Who serves there.
pub(super) struct Centre {
    agents: Vec<PersonId>,
    /// The queue of which the first agent is supervisor too.
    supervised: Option<QueueId>,
}

pub(super) fn make(maker: &mut Maker<'_>, staff: &Staff) -> Result<Centre, DemoError> {
    let Some(licence) = maker.licence(Product::ContactCentre) else {
        return Ok(Centre {
            agents: Vec::new(),
            supervised: None,
        });
    };
    let admin = staff.technicians[9];
    maker.run(Command::TieWithLicence {
        person: admin,
        tie: Tie::ContactAdmin,
        licence,
    })?;
    let queues = queues(maker)?;
    let agents: Vec<PersonId> = staff
        .technicians
        .iter()
        .copied()
        .skip(16)
        .step_by(3)
        .collect();
    for person in &agents {
        let queue = *maker.numbers.pick(&queues);
        maker.run(Command::TieWithLicence {
            person: *person,
            tie: Tie::QueueAgent(queue),
            licence,
        })?;
    }
    // Supervisors; the first one is agent of the same queue too (CC-1).
    let monitored: Vec<QueueId> = queues
        .iter()
        .copied()
        .filter(|id| {
            maker
                .state
                .queues()
                .get(*id)
                .is_some_and(|row| row.kind != QueueKind::RingGroup)
        })
        .collect();
    for (at, queue) in monitored.iter().copied().enumerate() {
        let person = agents[at % agents.len().min(6)];
        maker.run(Command::TieWithLicence {
            person,
            tie: Tie::QueueSupervisor(queue),
            licence,
        })?;
        if at == 0 {
            maker.run(Command::TieWithLicence {
                person,
                tie: Tie::QueueAgent(queue),
                licence,
            })?;
        }
    }
    for switch in [
        Switch::SupervisorConfigurationPortal,
        Switch::AgentTagsCreate,
    ] {
        maker.run(Command::SetSwitch { switch, on: true })?;
    }
    maker.run(Command::Archive {
        node: Node::Queue(queues[queues.len() - 1]),
    })?;
    Ok(Centre {
        supervised: monitored.first().copied(),
        agents,
    })
}

fn queues(maker: &mut Maker<'_>) -> Result<Vec<QueueId>, DemoError> {
    let kinds = [
        ("Helpline", QueueKind::Call),
        ("Front desk", QueueKind::RingGroup),
        ("Inbox", QueueKind::Inbox),
        ("Renewals campaign", QueueKind::Campaign),
        ("VIP line", QueueKind::Call),
        ("Night line", QueueKind::Call),
        ("Sales line", QueueKind::Call),
        ("Old hotline", QueueKind::Call),
    ];
    let mut queues = Vec::new();
    for number in 0..maker.size.queues() as usize {
        let (name, kind) = kinds[number % kinds.len()];
        let name = if number < kinds.len() {
            name.to_owned()
        } else {
            format!("{name} {}", number / kinds.len() + 1)
        };
        queues.push(maker.create(&name, |id| Command::CreateQueue { id, kind })?);
    }
    Ok(queues)
}

/// Some are at work now; one is logged in to a queue that is not hers, for a time (CC-5).
pub(super) fn at_work(maker: &mut Maker<'_>, centre: &Centre) -> Result<(), DemoError> {
    let (agents, Some(supervised)) = (&centre.agents, centre.supervised) else {
        return Ok(());
    };
    let mut at_work = 0;
    for person in agents.iter().copied() {
        let queues = maker.state.queues();
        let is_open = |queue| queues.get(queue).is_some_and(|row| row.life.is_active());
        let own = maker.state.people().get(person).and_then(|row| {
            row.ties.iter().find_map(|tie| match tie {
                Tie::QueueAgent(queue) if is_open(*queue) => Some(*queue),
                _ => None,
            })
        });
        if let Some(queue) = own.filter(|_| at_work < 5) {
            maker.run_as(Actor::Person(person), Command::LogIn { queue }.into())?;
            at_work += 1;
            if at_work == 2 {
                maker.run(Command::SetPaused {
                    person,
                    queue,
                    paused: true,
                })?;
            }
        }
    }
    let supervisor = agents[0];
    let stranger = agents.iter().rev().copied().find(|person| {
        maker
            .state
            .people()
            .get(*person)
            .is_some_and(|row| !row.ties.has(Tie::QueueAgent(supervised)))
    });
    if let Some(person) = stranger {
        let command = Command::LogInOther {
            person,
            queue: supervised,
            hours: Some(8),
        };
        maker.run_as(Actor::Person(supervisor), command.into())?;
    }
    Ok(())
}
