//! How many people a section is about. Whoever opens the page assigns every queue, and sees them all.

use std::collections::BTreeSet;

use access::{
    PersonId, Product, QueueId,
    catalogue::Concerns,
    state::{LoginBasis, Tie},
};
use web::session::Session;

use super::words::people;

/// People and queues.
#[derive(Debug, Default)]
pub(super) struct Counts {
    licensed: usize,
    supervisors: (usize, usize),
    agents: (usize, usize),
    /// People who are logged in to a queue that they are not assigned to.
    pub unassigned: usize,
}

impl Counts {
    pub fn of(session: &Session) -> Self {
        let state = session.state();
        let mut licensed = BTreeSet::new();
        for (_, licence) in state.licences().iter() {
            if licence.product == Product::ContactCentre && licence.life.is_active() {
                licensed.extend(licence.holders.iter());
            }
        }
        let mut supervisors = BTreeSet::new();
        let mut agents = BTreeSet::new();
        let mut unassigned = BTreeSet::new();
        let queues = state.queues().iter();
        for (queue, row) in queues.filter(|(_, row)| row.life.is_active()) {
            for person in row.people.iter() {
                let Some(row) = state.people().get(person) else {
                    continue;
                };
                for (tie, _) in state.ties_at(row, session.now()) {
                    match tie {
                        Tie::QueueSupervisor(of) if of == queue => {
                            supervisors.insert((person, queue));
                        }
                        Tie::QueueAgent(of) if of == queue => {
                            agents.insert((person, queue));
                        }
                        Tie::Login(to, basis) if to == queue && basis != LoginBasis::Assignment => {
                            unassigned.insert(person);
                        }
                        _ => {}
                    }
                }
            }
        }
        Self {
            licensed: licensed.len(),
            supervisors: both(&supervisors),
            agents: both(&agents),
            unassigned: unassigned.len(),
        }
    }

    /// Whom a section is about.
    pub fn about(&self, section: Concerns) -> String {
        let told = |(persons, queues): (usize, usize)| match (persons, queues) {
            (0, _) => people(0),
            (persons, 1) => format!("{} in 1 queue", people(persons)),
            (persons, queues) => format!("{} in {queues} queues", people(persons)),
        };
        match section {
            Concerns::Organisation => format!(
                "everybody with a Contact Center licence: {}",
                people(self.licensed)
            ),
            Concerns::Supervisor => told(self.supervisors),
            Concerns::Agent => told(self.agents),
        }
    }
}

fn both(found: &BTreeSet<(PersonId, QueueId)>) -> (usize, usize) {
    let persons: BTreeSet<_> = found.iter().map(|(person, _)| person).collect();
    let queues: BTreeSet<_> = found.iter().map(|(_, queue)| queue).collect();
    (persons.len(), queues.len())
}
