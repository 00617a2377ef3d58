//! Everything that can be asked about a small account, ids that it does not know included.

use access::decide::RecordFacts;
use access::{Dense, PersonId, QueueId, ServiceId, Subject, Target};

use crate::reference::World;

/// An id beyond all that a small account gives.
fn unknown<K: Dense>() -> Option<K> {
    K::from_index(9_999)
}

/// Everybody who can be asked about.
pub fn subjects(world: &World) -> Vec<Subject> {
    let people = world.people.keys().copied().chain(unknown::<PersonId>());
    let connections = world.connections.keys().copied().chain(unknown());
    people
        .map(Subject::Person)
        .chain(connections.map(Subject::Connection))
        .chain([Subject::Guest, Subject::Unknown])
        .chain(unknown().map(Subject::Thing))
        .collect()
}

/// Everything that can be asked about, of every kind.
pub fn targets(world: &World) -> Vec<Target> {
    let mut targets = vec![
        Target::Account,
        Target::DirectCall,
        Target::Unknown,
        Target::Session {
            code_is_valid: true,
        },
        Target::Session {
            code_is_valid: false,
        },
    ];
    targets.extend(unknown().map(Target::Thing));
    let people = world.people.keys().copied().chain(unknown::<PersonId>());
    targets.extend(people.map(Target::Person));
    let groups = world.user_groups.keys().copied().chain(unknown());
    targets.extend(groups.map(Target::UserGroup));
    let services = world.services.keys().copied().chain(unknown::<ServiceId>());
    targets.extend(services.map(Target::Service));
    let queues = world.queues.keys().copied().chain(unknown::<QueueId>());
    targets.extend(queues.map(Target::Queue));
    let devices = world.devices.keys().copied().chain(unknown());
    targets.extend(devices.map(Target::Device));
    targets.extend(records(world).into_iter().map(Target::Record));
    targets
}

/// A record of each customer in some service, for the present company, another one or none; and some without customer.
pub fn records(world: &World) -> Vec<RecordFacts> {
    let companies: Vec<_> = world.companies.iter().copied().collect();
    let services: Vec<_> = world.services.keys().copied().collect();
    let mut records = Vec::new();
    for (at, (person, row)) in world.people.iter().enumerate() {
        let Some(service) = services.get(at % services.len().max(1)).copied() else {
            break;
        };
        if world.is_customer(*person) {
            let other = companies.get(at % companies.len().max(1)).copied();
            records.extend([row.company, other, None].map(|company| RecordFacts {
                service,
                customer: Some(*person),
                company,
            }));
        }
    }
    for service in services.into_iter().chain(unknown()) {
        records.push(RecordFacts {
            service,
            customer: None,
            company: companies
                .first()
                .copied()
                .filter(|_| service.number() % 2 == 0),
        });
    }
    records.dedup();
    records
}
