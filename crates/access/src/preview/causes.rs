//! Why somebody gains or loses: told by what is decided before and after, and by nothing else.

use serde::Serialize;

use super::{Change, Right};
use crate::decide::{Above, By, Decision, Gate, Path, Reason, Subject, Target, Through};
use crate::ids::PersonId;
use crate::moment::Moment;
use crate::state::State;

/// Why a right is there on one side of a command and not on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// One way by which it comes on the one side, and not on the other.
    Way {
        /// How it comes to the subject.
        through: Through,
        /// What gives it.
        by: By,
    },
    /// What the gate says that denies it on the other side.
    Gate(Gate, Reason),
    /// The gate of rank denies it, because of what the person concerned holds there (AD-24).
    Rank {
        /// The person concerned.
        about: PersonId,
        /// What they hold, and the subject could not give.
        holds: Above,
    },
}

/// Both states of a command, and the moment of asking.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub before: &'a State,
    pub after: &'a State,
    pub now: Moment,
}

impl Sides<'_> {
    /// Why these are gained. Of the listed changes alone, which are few; in their order of subjects, each cause once.
    pub fn of_gains(self, listed: &[Change]) -> Vec<(Subject, Cause)> {
        self.of(listed, |_, [denied, allowed]| between(&allowed, &denied))
    }

    /// Why these are lost.
    pub fn of_losses(self, listed: &[Change]) -> Vec<(Subject, Cause)> {
        self.of(listed, |change, [allowed, denied]| {
            // Whoever is not there any more lost every way by that, and so did everybody to what is not there any more.
            let is_gone = |why| matches!(why, Reason::UnknownSubject | Reason::UnknownResource);
            let gone = gate(&denied, is_gone);
            let mut causes = gone.map_or_else(|| between(&allowed, &denied), |cause| vec![cause]);
            for cause in &mut causes {
                *cause = self.ranked(change, *cause);
            }
            causes
        })
    }

    /// With what the person concerned holds afterwards, where that is why.
    fn ranked(self, change: &Change, cause: Cause) -> Cause {
        let (Cause::Gate(Gate::Rank, _), Target::Person(about)) = (cause, change.on) else {
            return cause;
        };
        let view = self
            .after
            .view(change.subject, change.from.unwrap_or(self.now));
        let holds = view.above(about);
        holds.map_or(cause, |holds| Cause::Rank { about, holds })
    }

    fn of(
        self,
        listed: &[Change],
        causes: impl Fn(&Change, [Decision; 2]) -> Vec<Cause>,
    ) -> Vec<(Subject, Cause)> {
        let mut found = Vec::new();
        for of_one in listed.chunk_by(|a, b| a.subject == b.subject) {
            let first = found.len();
            for change in of_one {
                let decided = self.decided(change);
                for cause in decided.into_iter().flat_map(|both| causes(change, both)) {
                    let cause = (change.subject, cause);
                    if !found[first..].contains(&cause) {
                        found.push(cause);
                    }
                }
            }
        }
        found
    }

    /// What both sides say at the moment when the change begins. Sight of companies and what other products decide tell no more than
    /// the change itself.
    fn decided(self, change: &Change) -> Option<[Decision; 2]> {
        let now = change.from.unwrap_or(self.now);
        let views = [self.before, self.after].map(|state| state.view(change.subject, now));
        match (change.right, change.subject, change.on) {
            (Right::Permission(permission), _, on) => {
                Some(views.map(|view| view.decide(permission, on)))
            }
            (Right::Selectable, Subject::Person(person), Target::Service(service)) => {
                Some(views.map(|view| view.choice_of_customer(person, service)))
            }
            _ => None,
        }
    }
}

/// The ways that the one has and the other lacks; where it lacks none, the gate that denies. AD-25: to what is archived no way leads.
fn between(allowed: &Decision, denied: &Decision) -> Vec<Cause> {
    if let Some(cause) = gate(denied, |why| why == Reason::ResourceNotActive) {
        return vec![cause];
    }
    let mut failed = denied.gates.failed().iter();
    if failed.any(|(gate, _)| matches!(gate, Gate::Permission | Gate::Scope)) {
        let ways = allowed.paths.iter().filter(|path| !is_kept(path, denied));
        let ways: Vec<_> = ways
            .map(|path| Cause::Way {
                through: path.through,
                by: path.by,
            })
            .collect();
        if !ways.is_empty() {
            return ways;
        }
    }
    // AD-15: whoever is suspended holds nothing, because of something else, which is said where it denies too.
    let cause = gate(denied, |why| why != Reason::Suspended).or_else(|| gate(denied, |_| true));
    cause.into_iter().collect()
}

/// The first gate that denies for such a reason.
fn gate(denied: &Decision, is_meant: impl Fn(Reason) -> bool) -> Option<Cause> {
    let mut failed = denied.gates.failed().iter();
    let found = failed.find(|(_, why)| is_meant(*why));
    found.map(|(gate, why)| Cause::Gate(*gate, *why))
}

fn is_kept(path: &Path, denied: &Decision) -> bool {
    let way = |path: &Path| (path.through, path.by, path.over);
    denied.paths.iter().any(|other| way(other) == way(path))
}
