//! What mappings would want of people after a command, and would not give (AD-30): nobody gains or loses anything by it, and whoever
//! saves a mapping is to know it all the same.

use crate::command::{Command, Unmet, people_of_mappings};
use crate::ids::PersonId;
use crate::moment::Moment;
use crate::state::State;

/// People who are looked at; what is wanted of others is not told.
const PEOPLE_MAX: usize = 2_000;
/// What is listed; beyond, it is counted.
const UNMET_LISTED: usize = 200;

/// What would not be given, and was not said of the state before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotGiven {
    /// How much there is, listed or not.
    pub total: usize,
    /// The first of it, in the order of people.
    pub listed: Vec<(PersonId, Unmet)>,
    /// Whether there are people who were not looked at.
    pub more: bool,
}

impl NotGiven {
    /// Of the people in the groups whose mappings the command changes; of those of other commands nothing is told. `sees`: whom the
    /// reader may know of.
    pub(super) fn of(
        before: &State,
        after: &State,
        command: &Command,
        now: Moment,
        sees: impl Fn(PersonId) -> bool,
    ) -> NotGiven {
        let mut found = NotGiven::default();
        let people = people_of_mappings(before, command);
        found.more = people.len() > PEOPLE_MAX;
        for person in people.iter().take(PEOPLE_MAX).filter(|one| sees(*one)) {
            let earlier = before.unmet(person, now);
            let unmet = after.unmet(person, now).into_iter();
            let new = unmet.filter(|one| !earlier.contains(one));
            for one in new {
                found.total += 1;
                if found.listed.len() < UNMET_LISTED {
                    found.listed.push((person, one));
                }
            }
        }
        found
    }
}
