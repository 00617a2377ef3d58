//! What somebody is in a queue now.

use access::{
    IdSet, Moment, PersonId, Product, QueueId, Window,
    state::{LoginBasis, State, Tie},
};
use web::{lists::Count, session::Session, things};

/// Roles and login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct InQueue {
    pub agent: Option<Window>,
    pub supervisor: Option<Window>,
    /// On what the login rests, and until when it lasts.
    pub login: Option<(LoginBasis, Window)>,
    pub paused: bool,
}

impl InQueue {
    pub fn of(state: &State, now: Moment, queue: QueueId, person: PersonId) -> Self {
        let mut found = Self::default();
        let Some(row) = state.people().get(person) else {
            return found;
        };
        for (tie, window) in state.ties_at(row, now) {
            match tie {
                Tie::QueueAgent(of) if of == queue => found.agent = Some(window),
                Tie::QueueSupervisor(of) if of == queue => found.supervisor = Some(window),
                Tie::Login(to, basis) if to == queue => found.login = Some((basis, window)),
                Tie::Paused(of) if of == queue => found.paused = true,
                _ => {}
            }
        }
        found
    }

    /// As the caller may see the account now.
    pub fn now(session: &Session, queue: QueueId, person: PersonId) -> Self {
        Self::of(session.state(), session.now(), queue, person)
    }
}

/// Whether the person holds a licence of the contact centre already.
pub(super) fn is_licensed(session: &Session, person: PersonId) -> bool {
    let row = session.state().people().get(person);
    row.is_some_and(|row| session.view().holds_licence(row, Product::ContactCentre))
}

/// How many agents, supervisors and logins a queue has.
pub(super) fn counts(session: &Session, queue: QueueId, people: &IdSet<PersonId>) -> [Count; 3] {
    let counted = |is: fn(&InQueue) -> bool| {
        let found = |person: &PersonId| is(&InQueue::now(session, queue, *person));
        things::count(people.iter(), found)
    };
    [
        counted(|found| found.agent.is_some()),
        counted(|found| found.supervisor.is_some()),
        counted(|found| found.login.is_some()),
    ]
}
