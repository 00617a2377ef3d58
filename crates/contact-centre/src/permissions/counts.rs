//! How many people a section is about. Whoever opens the page assigns every queue, and sees them all.

use std::collections::BTreeSet;

use access::{
    IdSet, PersonId, Product, QueueId,
    catalogue::Concerns,
    state::{LoginBasis, Tie},
};
use web::session::Session;

use super::words::people;

/// Places in queues that are looked at.
const PLACES_MAX: usize = 20_000;

/// People and queues.
#[derive(Debug, Default)]
pub(super) struct Counts {
    licensed: usize,
    supervisors: (usize, usize),
    agents: (usize, usize),
    /// People who are logged in to a queue that they are not assigned to.
    pub unassigned: usize,
    /// There are more people in queues.
    more: bool,
}

impl Counts {
    pub fn of(session: &Session) -> Self {
        let state = session.state();
        let mut licensed = IdSet::default();
        for (_, licence) in state.licences().iter() {
            if licence.product == Product::ContactCentre && licence.life.is_active() {
                licensed.extend_set(&licence.holders);
            }
        }
        let is_active = |queue: QueueId| {
            let row = state.queues().get(queue);
            row.is_some_and(|row| row.life.is_active())
        };
        let queues = state.queues().iter();
        let queues = queues.filter(|(_, row)| row.life.is_active());
        let mut places = queues.flat_map(|(_, row)| row.people.iter());
        let people: BTreeSet<PersonId> = places.by_ref().take(PLACES_MAX).collect();
        let more = places.next().is_some();
        let mut supervisors = BTreeSet::new();
        let mut agents = BTreeSet::new();
        let mut unassigned = BTreeSet::new();
        for person in people {
            let Some(row) = state.people().get(person) else {
                continue;
            };
            for (tie, _) in state.ties_at(row, session.now()) {
                match tie {
                    Tie::QueueSupervisor(queue) if is_active(queue) => {
                        supervisors.insert((person, queue));
                    }
                    Tie::QueueAgent(queue) if is_active(queue) => {
                        agents.insert((person, queue));
                    }
                    Tie::Login(queue, basis)
                        if is_active(queue) && basis != LoginBasis::Assignment =>
                    {
                        unassigned.insert(person);
                    }
                    _ => {}
                }
            }
        }
        Self {
            licensed: licensed.len(),
            supervisors: both(&supervisors),
            agents: both(&agents),
            unassigned: unassigned.len(),
            more,
        }
    }

    /// Who is logged in to a queue that they are not assigned to, in words.
    pub fn logged_in(&self) -> String {
        self.of_queues(self.unassigned)
    }

    fn of_queues(&self, persons: usize) -> String {
        let more = if self.more { " or more" } else { "" };
        format!("{}{more}", people(persons))
    }

    /// Whom a section is about.
    pub fn about(&self, section: Concerns) -> String {
        let told = |(persons, queues): (usize, usize)| match (persons, queues) {
            (0, _) => self.of_queues(0),
            (persons, 1) => format!("{} in 1 queue", self.of_queues(persons)),
            (persons, queues) => format!("{} in {queues} queues", self.of_queues(persons)),
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
