//! Who could make a change: whoever's own proposal of it is accepted.

use serde::Serialize;

use crate::command::{Actor, Command, RefusalKind, SystemSubject};
use crate::ids::{PersonId, RoleId};
use crate::moment::Moment;
use crate::search::administrative;
use crate::state::{DeskRight, Person, State, Tie};

/// The most people that are named.
const MAX_NAMED: usize = 8;

/// How many are asked.
const MAX_ASKED: usize = 40;

/// Who could make one change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Makers {
    /// Up to eight people.
    pub people: Vec<PersonId>,
    /// There may be others: more than are named, or not everybody was asked.
    pub more: bool,
    /// Nobody by a right over others, but the operator at the server's command line.
    pub operator: bool,
}

/// The first actor found who could, and the state afterwards. Somebody else than the one asked about where possible.
pub(super) fn try_out(state: &State, command: &Command, now: Moment) -> Option<State> {
    if let Some(actor) = fixed_actor(command) {
        return accepted(state, actor, command, now);
    }
    Asked::new(state, command, now).next().map(|(_, fork)| fork)
}

/// Everybody who could, within bounds; and the state afterwards.
pub(super) fn who_could(state: &State, command: &Command, now: Moment) -> Option<(Makers, State)> {
    if let Some(actor) = fixed_actor(command) {
        let fork = accepted(state, actor, command, now)?;
        let makers = match command {
            // By the link that the person received, or by the operator's word.
            Command::AcceptInvitation { person } => Makers {
                people: vec![*person],
                operator: true,
                ..Makers::default()
            },
            _ => Makers {
                operator: true,
                ..Makers::default()
            },
        };
        return Some((makers, fork));
    }
    let mut asked = Asked::new(state, command, now);
    let (first, fork) = asked.next()?;
    let mut people = vec![first];
    people.extend(asked.by_ref().take(MAX_NAMED).map(|(person, _)| person));
    let more = people.len() > MAX_NAMED || !asked.is_done();
    people.truncate(MAX_NAMED);
    people.sort_unstable();
    let makers = Makers {
        people,
        more,
        operator: false,
    };
    Some((makers, fork))
}

/// Changes that are nobody's by right.
fn fixed_actor(command: &Command) -> Option<Actor> {
    match command {
        Command::AcceptInvitation { .. } => Some(Actor::System(SystemSubject::SignIn)),
        Command::SetAccountActive { .. } => Some(Actor::System(SystemSubject::Operator)),
        _ => None,
    }
}

/// The fork after the command, if the actor may and it changes anything.
fn accepted(state: &State, actor: Actor, command: &Command, now: Moment) -> Option<State> {
    let (proposal, fork) = state.propose_and_fork(actor, command, now).ok()?;
    (!proposal.events.is_empty()).then_some(fork)
}

/// Asks one person after the other, those first who are most likely to say yes.
struct Asked<'a> {
    state: &'a State,
    command: &'a Command,
    now: Moment,
    asked: Vec<PersonId>,
    /// To be asked next, the last one first.
    waiting: Vec<PersonId>,
    /// Super admins and Admins are asked first; the others, who are many, only then.
    others_wait: bool,
    /// The command can be made by nobody as things stand.
    is_hopeless: bool,
}

impl<'a> Asked<'a> {
    fn new(state: &'a State, command: &'a Command, now: Moment) -> Self {
        let holders = |role| state.roles().get(role).map(|row| &row.holders);
        let waiting = [RoleId::ADMIN, RoleId::SUPER_ADMIN]
            .into_iter()
            .filter_map(holders)
            .flat_map(|holders| holders.iter().take(MAX_NAMED + 1));
        Asked {
            state,
            command,
            now,
            asked: Vec::new(),
            waiting: waiting.collect(),
            others_wait: true,
            is_hopeless: false,
        }
    }

    /// Whether everybody who might was asked.
    fn is_done(&mut self) -> bool {
        self.is_hopeless || self.whom_next().is_none()
    }

    /// Somebody not asked yet; stays waiting.
    fn whom_next(&mut self) -> Option<PersonId> {
        loop {
            match self.waiting.last() {
                Some(person) if self.asked.contains(person) => {
                    self.waiting.pop();
                }
                Some(person) => return Some(*person),
                None if self.others_wait => {
                    self.others_wait = false;
                    let others = administrative(self.state);
                    let likely = others.iter().filter(|person| {
                        let row = self.state.people().get(*person);
                        row.is_some_and(|row| is_likely(self.state, *person, row))
                    });
                    self.waiting = likely.take(2 * MAX_ASKED).collect();
                    self.waiting.reverse();
                }
                None => return None,
            }
        }
    }
}

impl Iterator for Asked<'_> {
    type Item = (PersonId, State);

    fn next(&mut self) -> Option<(PersonId, State)> {
        while !self.is_hopeless && self.asked.len() < MAX_ASKED {
            let person = self.whom_next()?;
            self.asked.push(person);
            let actor = Actor::Person(person);
            match self.state.propose_and_fork(actor, self.command, self.now) {
                Ok((proposal, fork)) if !proposal.events.is_empty() => return Some((person, fork)),
                Ok(_) => {}
                Err(refusal) => match refusal.kind {
                    // The refusal itself knows who could: those are asked next.
                    RefusalKind::Forbidden | RefusalKind::NotFound => {
                        self.waiting.extend(refusal.who_could.into_iter().rev());
                    }
                    RefusalKind::Invalid | RefusalKind::Conflict => self.is_hopeless = true,
                },
            }
        }
        None
    }
}

/// Whether somebody's ties give anything to others; an agent of a device group, say, gives nothing.
fn is_likely(state: &State, person: PersonId, row: &Person) -> bool {
    let gives = |tie: Tie| {
        matches!(
            tie,
            Tie::AccountAdmin(_)
                | Tie::ContactAdmin
                | Tie::QueueSupervisor(_)
                | Tie::DeskRight(DeskRight::Configure)
                | Tie::UserGroup(_)
                | Tie::Timed(_)
        )
    };
    !row.account_role.is_member()
        || row.extras.is_some()
        || state.only_user() == Some(person)
        || row.ties.iter().any(|tie| gives(*tie))
}
