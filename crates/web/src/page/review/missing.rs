//! What mappings want of people after a change and would not give (AD-30): nobody gains or loses by it, and it is said all the same.

use access::{
    Effect,
    explain::words::{self, Name},
};

use super::telling::{SUBJECTS_SHOWN, Telling, by_name};
use crate::page::{
    names::{Html, Mark},
    sentence,
};

/// What mappings want and do not give (AD-30).
#[derive(Debug, Default)]
pub(super) struct Missing {
    pub total: usize,
    /// The first of it.
    pub listed: Vec<Missed>,
    /// Whether there are people who were not looked at.
    pub more: bool,
}

impl Missing {
    pub fn of(telling: &Telling<'_>, effect: &Effect) -> Self {
        let names = telling.names;
        let listed = effect.not_given.listed.iter().take(SUBJECTS_SHOWN);
        let listed = listed.map(|(person, unmet)| Missed {
            who: telling.who(*person),
            what: names.html(&words::mapped(unmet.mapping.to)),
            group: names.mark(Name::ProviderGroup(unmet.mapping.provider_group)),
            why: sentence(&unmet.why.detail),
            rule: unmet.why.rule,
        });
        let mut listed: Vec<_> = listed.collect();
        by_name(&mut listed, |one| &one.who);
        Self {
            total: effect.not_given.total,
            listed,
            more: effect.not_given.more,
        }
    }

    pub fn beyond(&self) -> usize {
        self.total - self.listed.len()
    }
}

#[derive(Debug)]
pub(super) struct Missed {
    pub who: Mark,
    pub what: Html,
    pub group: Mark,
    pub why: String,
    pub rule: &'static str,
}
