//! The smallest changes that would allow what was denied.
//!
//! Each gate has a small table of changes that might open it, in the files beside this one, smallest first. The search goes
//! breadth-first over forks: it takes the first gate that denies, makes each change of its table on a fork on behalf of
//! somebody who could, and decides again, until the answer is yes. So a remedy that needs several steps (a licence *and* a
//! level) is found the same way, and what is answered was seen to work. A table may therefore be generous; it must only not
//! forget.

mod administration;
mod company;
mod contact_centre;
mod desk;
mod licence;
mod person;
mod portal;
mod product;
mod rank;
mod remote_support;
mod resource;

use std::collections::BTreeMap;

use super::{MAX_REMEDIES, Remedy, Step, makers};
use crate::catalogue::{Permission, Product};
use crate::command::Command;
use crate::decide::{Decision, Gate, Reason, Subject, Target};
use crate::ids::{PersonId, ServiceId};
use crate::moment::Moment;
use crate::products::ProductQuestion;
use crate::state::{Person, State};

/// The most commands of one remedy. The longest way leads to a device: reactivate, accept, licence, Agent, feature, device group,
/// company.
const MAX_STEPS: usize = 7;

/// How many changes are tried out for one answer.
const MAX_FORKS: usize = 96;

/// What was asked and denied.
#[derive(Clone, Copy)]
pub(super) enum Denied<'q> {
    /// About Rolecall's own products.
    Own(Question),
    /// Whether somebody can be chosen as customer (SD-11).
    Choice(Choice),
    /// About a product of the account's own.
    Product(&'q ProductQuestion<'q>, Moment),
}

/// A question about Rolecall's own products.
#[derive(Clone, Copy)]
pub(super) struct Question {
    pub subject: Subject,
    pub permission: Permission,
    pub target: Target,
    pub now: Moment,
}

/// Can the person be chosen as customer of the service's records?
#[derive(Clone, Copy)]
pub(super) struct Choice {
    pub customer: PersonId,
    pub service: ServiceId,
    pub now: Moment,
}

impl Choice {
    /// The question about the portal that has the same gates of person and resource.
    fn about_the_portal(self) -> Question {
        Question {
            subject: Subject::Person(self.customer),
            permission: Permission::PortalIncidentLog,
            target: Target::Service(self.service),
            now: self.now,
        }
    }
}

/// Commands that belong together, to be made one after the other.
type Change = Vec<Command>;

/// A question on a fork where some steps are made already.
struct Attempt {
    state: State,
    steps: Vec<Command>,
}

/// At most [`MAX_REMEDIES`], those with the fewest steps first. That somebody works for another company is proposed only where nothing
/// else helps.
pub(super) fn find(state: &State, denied: Denied<'_>) -> Vec<Remedy> {
    let mut found: Vec<Vec<Command>> = Vec::new();
    let mut forks = 0;
    // By number of steps, then in the order of the tables.
    let mut open = BTreeMap::from([(
        (0, 0),
        Attempt {
            state: state.clone(),
            steps: Vec::new(),
        },
    )]);
    while let Some((_, attempt)) = open.pop_first() {
        let decision = denied.decide(&attempt.state);
        if decision.allowed {
            // What needs more than another remedy does is no remedy.
            let is_more =
                |steps: &Vec<Command>| steps.iter().all(|step| attempt.steps.contains(step));
            if !found.iter().any(is_more) {
                found.push(attempt.steps);
            }
            if found.len() == MAX_REMEDIES {
                break;
            }
            continue;
        }
        for change in denied.changes(&attempt.state, &decision) {
            let is_long = attempt.steps.len() + change.len() > MAX_STEPS;
            if is_long || change.iter().any(|step| attempt.steps.contains(step)) {
                continue;
            }
            if forks == MAX_FORKS {
                break;
            }
            forks += 1;
            if let Some(state) = make(&attempt.state, &change, denied.now()) {
                let steps = [attempt.steps.as_slice(), &change].concat();
                open.insert((steps.len(), forks), Attempt { state, steps });
            }
        }
    }
    let moves = |steps: &Vec<Command>| {
        let mut steps = steps.iter();
        steps.any(|step| matches!(step, Command::SetEmployer { .. }))
    };
    if !found.iter().all(moves) {
        found.retain(|steps| !moves(steps));
    }
    found
        .into_iter()
        .filter_map(|steps| remedy(state, steps, denied.now()))
        .collect()
}

/// The fork after every command, each on behalf of whoever could at that point.
fn make(state: &State, change: &[Command], now: Moment) -> Option<State> {
    change.iter().try_fold(state.clone(), |state, command| {
        makers::try_out(&state, command, now)
    })
}

/// The steps with who could make each.
fn remedy(state: &State, commands: Vec<Command>, now: Moment) -> Option<Remedy> {
    let mut state = state.clone();
    let mut steps = Vec::with_capacity(commands.len());
    for command in commands {
        let (makers, after) = makers::who_could(&state, &command, now)?;
        state = after;
        steps.push(Step { command, makers });
    }
    Some(Remedy { steps })
}

impl Denied<'_> {
    fn now(&self) -> Moment {
        match self {
            Denied::Own(question) => question.now,
            Denied::Choice(choice) => choice.now,
            Denied::Product(_, now) => *now,
        }
    }

    fn decide(&self, state: &State) -> Decision {
        match self {
            Denied::Own(question) => state
                .view(question.subject, question.now)
                .decide(question.permission, question.target),
            Denied::Choice(choice) => state
                .view(Subject::Person(choice.customer), choice.now)
                .choice_of_customer(choice.customer, choice.service),
            Denied::Product(question, now) => state.decide_product(question, *now),
        }
    }

    /// The table of the first gate that denies. *Suspended* comes last: what opens the other gates usually ends it (AD-15).
    fn changes(&self, state: &State, decision: &Decision) -> Vec<Change> {
        let failed = decision.gates.failed();
        let first = failed
            .iter()
            .find(|(_, reason)| *reason != Reason::Suspended)
            .or_else(|| failed.first());
        let Some((gate, reason)) = first else {
            return Vec::new();
        };
        if *gate == Gate::Account {
            return account(state);
        }
        match self {
            Denied::Own(question) => Case {
                state,
                question: *question,
            }
            .changes(*gate, *reason),
            Denied::Choice(choice) => {
                let case = Case {
                    state,
                    question: choice.about_the_portal(),
                };
                match gate {
                    Gate::Permission => case.choosable(choice.service),
                    gate => case.changes(*gate, *reason),
                }
            }
            Denied::Product(question, _) => product::changes(state, question, *reason),
        }
    }
}

/// Switched off: the operator switches it on. An account that was never opened has nobody to be asked about.
fn account(state: &State) -> Vec<Change> {
    if state.account().open {
        vec![vec![Command::SetAccountActive { active: true }]]
    } else {
        Vec::new()
    }
}

/// A denied question on one state, as the tables see it.
struct Case<'a> {
    state: &'a State,
    question: Question,
}

impl<'a> Case<'a> {
    fn permission(&self) -> Permission {
        self.question.permission
    }

    fn target(&self) -> Target {
        self.question.target
    }

    /// The subject and its row, if it is a person.
    fn person(&self) -> Option<(PersonId, &'a Person)> {
        match self.question.subject {
            Subject::Person(person) => Some((person, self.state.people().get(person)?)),
            _ => None,
        }
    }

    /// The same question about another permission.
    fn about(&self, permission: Permission) -> Case<'a> {
        Case {
            state: self.state,
            question: Question {
                permission,
                ..self.question
            },
        }
    }

    fn changes(&self, gate: Gate, reason: Reason) -> Vec<Change> {
        match gate {
            Gate::Account => account(self.state),
            Gate::Person => self.person_gate(reason),
            Gate::Resource => self.resource(reason),
            Gate::Licence => self.licence(reason),
            Gate::Permission | Gate::Scope => match reason {
                Reason::ParentNotHeld(parent) => self.about(parent).held(),
                _ => self.held(),
            },
            Gate::Rank => self.rank(),
            Gate::Switch => self.switch(reason),
            Gate::Company => self.company(),
        }
    }

    /// What gives the permission, or gives it over more.
    fn held(&self) -> Vec<Change> {
        match self.permission().product() {
            Product::Admin | Product::Billing => self.administration(),
            Product::RemoteSupport => self.remote_support(),
            Product::ServiceDesk => self.desk(),
            Product::Portal => self.portal(),
            Product::ContactCentre => self.contact_centre(),
        }
    }
}
