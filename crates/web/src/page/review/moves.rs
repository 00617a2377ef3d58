//! Levels that a page stores, in its own words: before, after, and why one opens nothing.

use std::collections::{BTreeMap, BTreeSet};

use access::{
    Decision, Effect, PersonId, Subject,
    decide::{Gate, Reason},
    explain::words::{self, Name},
};

use crate::page::names::Names;

/// A level before and after.
#[derive(Clone, Debug)]
pub struct Move {
    /// Whose: a person's, or of something that gives it to others.
    pub of: Name,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
    /// Why it opens nothing now, where that is so.
    pub idle: Option<Idle>,
}

/// Why what is stored opens nothing, and where that can be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idle {
    /// The reason, as it goes on after "because".
    pub why: String,
    /// Something else is opened by it all the same.
    pub partly: bool,
    /// Where it can be mended, if the reader can look there, and what the link says.
    pub mend: Option<(String, &'static str)>,
}

impl Idle {
    /// What stands in the way whatever is stored of a level. Whoever is suspended holds nothing (AD-15): what is given ends that.
    pub fn reason(decision: &Decision) -> Option<Reason> {
        let failed = decision.gates.failed().iter();
        let mut found = failed.filter(|(gate, reason)| match gate {
            Gate::Account | Gate::Licence => true,
            Gate::Person => *reason != Reason::Suspended,
            Gate::Resource => *reason == Reason::ResourceNotActive,
            _ => false,
        });
        found.next().map(|(_, reason)| *reason)
    }

    /// A reason, as the gates give it.
    pub fn because(names: &Names<'_>, person: PersonId, reason: Reason) -> Self {
        let why = match reason {
            Reason::Deactivated => {
                format!("{} is deactivated", names.text(Name::Person(person)))
            }
            reason => names.phrase(&words::reason(reason)),
        };
        Self {
            why,
            partly: false,
            mend: None,
        }
    }
}

/// The people among them, by whom; and the things, which gain nothing themselves: what is saved of them is told first.
pub(super) fn by_owner(moves: Vec<Move>) -> (BTreeMap<PersonId, Move>, Vec<(Name, Move)>) {
    let (mut people, mut things) = (BTreeMap::new(), Vec::new());
    for one in moves {
        match one.of {
            Name::Person(person) => {
                people.insert(person, one);
            }
            thing => things.push((thing, one)),
        }
    }
    (people, things)
}

/// Those whose stored level changes while they neither gain nor lose. Where not every change is listed, whoever is not among the listed
/// may be among the others: then those alone of whom the page knows why.
pub(super) fn unmoved(moves: &BTreeMap<PersonId, Move>, effect: &Effect) -> Vec<PersonId> {
    let sides = [&effect.gains, &effect.losses];
    let listed: BTreeSet<_> = sides
        .iter()
        .flat_map(|side| &side.listed)
        .map(|change| change.subject)
        .collect();
    let is_whole = effect.complete && sides.iter().all(|side| side.listed.len() == side.total);
    let unmoved = moves.iter().filter(|(person, one)| {
        !listed.contains(&Subject::Person(**person)) && (is_whole || one.idle.is_some())
    });
    unmoved.map(|(person, _)| *person).collect()
}
