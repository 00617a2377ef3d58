//! Who may what, as tables. Of people on the account as it is ([`State::people_matrix`]), and of roles on a small sample account
//! ([`roles`]), which is kept as a checked file that a product owner can read in a diff.
//!
//! Both ask [`View::decide`] cell by cell: they are the rule seen from above, never a second one.

mod roles;
mod sample;

use serde::Serialize;

pub use self::roles::{Block, Cell, RoleMatrix, Row, roles};
use crate::catalogue::PermissionSet;
use crate::decide::{Subject, Target, View};
use crate::ids::{Dense, PersonId};
use crate::moment::Moment;
use crate::search::{Page, Paging};
use crate::state::State;

/// One person of a matrix of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// Who.
    pub person: PersonId,
    /// Of the permissions asked about, those that the decision allows.
    pub allowed: PermissionSet,
}

impl View<'_> {
    /// Which of these permissions the subject may use on the target.
    pub fn permitted(&self, among: PermissionSet, on: Target) -> PermissionSet {
        among
            .iter()
            .filter(|permission| self.decide(*permission, on).allowed)
            .collect()
    }
}

impl State {
    /// Everybody against some permissions on one target, page by page; a row with nothing in it too. For people chosen by
    /// another list, ask [`View::permitted`] of each.
    pub fn people_matrix(
        &self,
        permissions: PermissionSet,
        target: Target,
        now: Moment,
        page: Paging<PersonId>,
    ) -> Page<MatrixRow, PersonId> {
        let first = page.after.map_or(0, |id| id.index().saturating_add(1));
        let people = (first..self.people().len()).filter_map(PersonId::from_index);
        Page::collect(people, page.limit, |person| {
            let row = self.people().get(person)?;
            // Whoever was erased is nobody (SD-26).
            (row.is_user() || row.is_customer()).then(|| MatrixRow {
                person,
                allowed: self
                    .view(Subject::Person(person), now)
                    .permitted(permissions, target),
            })
        })
    }
}
