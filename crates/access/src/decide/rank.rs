//! Rank (AD-24): nobody acts on an equal or a superior.

use serde::Serialize;
use smallvec::SmallVec;

use super::{Subject, View};
use crate::catalogue::Permission;
use crate::command::authority::Gift;
use crate::ids::{PersonId, RoleId};
use crate::state::{ExtraGrant, Person, Tie};

/// What somebody holds that another could not give: why that other does not outrank them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Above {
    /// The account role.
    Role(RoleId),
    /// An extra grant, their own or of a user group.
    Grant(Permission),
    /// A right marked †.
    Tie(Tie),
}

impl View<'_> {
    /// Whether the subject could give and take the person's account role, extra grants and every right marked † that the
    /// person holds. Super admins act on everybody, each other included. About oneself rank is not asked.
    pub fn outranks(&self, about: PersonId) -> bool {
        if self.subject == Subject::Person(about) || self.acts_as(RoleId::SUPER_ADMIN) {
            return true;
        }
        let row = self.state.people().get(about);
        row.is_some_and(|row| self.above_in(row, about).is_none())
    }

    /// What the person holds that the subject could not give; none where the subject outranks them.
    pub fn above(&self, about: PersonId) -> Option<Above> {
        let row = self.state.people().get(about)?;
        let is_outranked = self.outranks(about);
        (!is_outranked).then(|| self.above_in(row, about)).flatten()
    }

    fn above_in(&self, row: &Person, about: PersonId) -> Option<Above> {
        let role = Gift::AccountRole(row.account_role);
        // Member is what everybody starts with: holding it makes nobody an equal.
        if !row.account_role.is_member() && self.may_give(&role, about).is_err() {
            return Some(Above::Role(row.account_role));
        }
        // Most rights are given by the same people whatever they are about: those are asked about once.
        let mut asked: SmallVec<[Tie; 8]> = SmallVec::new();
        let own = self.grant_above(&row.extras().extra_grants, about);
        own.or_else(|| {
            self.held_or_to_come(row).find_map(|tie| match tie {
                // What comes through a user group is held too: acting on its members must not lead to it (AD-7). An archived
                // group may be restored.
                Tie::UserGroup(group) => {
                    let chain = self.state.user_group_chain_of_any_life(group);
                    let mut rows = chain.filter_map(|group| self.state.user_groups().get(group));
                    rows.find_map(|row| self.grant_above(&row.extra_grants, about))
                }
                tie if !tie.is_marked() || asked.iter().any(|one| is_given_alike(*one, tie)) => {
                    None
                }
                tie => {
                    // Who gives a supervisor depends on the queue.
                    if !matches!(tie, Tie::QueueSupervisor(_)) {
                        asked.push(tie);
                    }
                    let is_above = self.may_give(&Gift::Tie(tie), about).is_err();
                    is_above.then_some(Above::Tie(tie))
                }
            })
        })
    }

    /// Every tie that counts now or will: what has not started yet is held too; what ended is not (AD-25).
    fn held_or_to_come<'a>(&'a self, row: &'a Person) -> impl Iterator<Item = Tie> + 'a {
        row.ties.iter().filter_map(|tie| match *tie {
            Tie::Timed(timed) => {
                let row = self.state.timed_ties().get(timed)?;
                let ended = row.window.end.is_some_and(|end| end <= self.now);
                (!ended).then_some(row.tie)
            }
            tie => Some(tie),
        })
    }

    /// The same of extra grants.
    fn grant_above(&self, grants: &[ExtraGrant], about: PersonId) -> Option<Above> {
        let mut counting = grants.iter().filter(|grant| !grant.is_over(self.now));
        let above = counting.find(|grant| self.may_give(&Gift::ExtraGrant(grant), about).is_err());
        above.map(|grant| Above::Grant(grant.permission))
    }

    /// Whether the subject holds this system role and is active.
    pub fn acts_as(&self, role: RoleId) -> bool {
        match self.subject {
            Subject::Person(person) => {
                self.state.people().get(person).is_some_and(|row| {
                    row.account_role == role
                        && self.status_of(person, row) == super::UserStatus::Active
                }) && self.account_gate().is_ok()
            }
            Subject::Connection(connection) => {
                self.state
                    .connections()
                    .get(connection)
                    .is_some_and(|row| row.role == role && row.life.is_active())
                    && self.account_gate().is_ok()
            }
            _ => false,
        }
    }
}

/// Whether whoever gives one of these rights gives the other, whatever device group or feature it is.
fn is_given_alike(one: Tie, other: Tie) -> bool {
    match (one, other) {
        (Tie::DeviceGroup(_), Tie::DeviceGroup(_))
        | (Tie::Feature(_), Tie::Feature(_))
        | (Tie::DeskRight(_), Tie::DeskRight(_)) => true,
        _ => one == other,
    }
}
