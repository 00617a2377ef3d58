//! Rank (AD-24): nobody acts on an equal or a superior.

use super::{Subject, View};
use crate::command::authority::Gift;
use crate::ids::{PersonId, RoleId};
use crate::moment::Window;
use crate::state::Tie;

impl View<'_> {
    /// Whether the subject could give and take the person's account role, extra grants and every right marked † that the
    /// person holds. Super admins act on everybody, each other included. About oneself rank is not asked.
    pub fn outranks(&self, about: PersonId) -> bool {
        if self.subject == Subject::Person(about) || self.acts_as(RoleId::SUPER_ADMIN) {
            return true;
        }
        let Some(row) = self.state.people().get(about) else {
            return false;
        };
        let extras = row.extras();
        let role = Gift::AccountRole {
            role: row.account_role,
            scope: &extras.role_scope,
        };
        // What has not started yet is held too; what ended is not (AD-25).
        let ended = |window: Window| window.end.is_some_and(|end| end <= self.now);
        // Member is what everybody starts with: holding it makes nobody an equal.
        (row.account_role.is_member() || self.may_give(&role, about).is_ok())
            && extras
                .extra_grants
                .iter()
                .all(|grant| ended(grant.window) || self.may_give(&Gift::ExtraGrant(grant), about).is_ok())
            && extras
                .limited_admin
                .as_ref()
                .is_none_or(|_| self.may_give(&Gift::LimitedAdmin, about).is_ok())
            // What comes through a user group is held too: acting on its members must not lead to it (AD-7).
            && self.state.user_groups_of(row, self.now).all(|group| {
                let row = self.state.user_groups().get(group);
                let grants = row.map_or(&[][..], |row| &row.extra_grants);
                grants
                    .iter()
                    .all(|grant| ended(grant.window) || self.may_give(&Gift::ExtraGrant(grant), about).is_ok())
            })
            && row.ties.iter().all(|tie| {
                let tie = match *tie {
                    Tie::Timed(timed) => match self.state.timed_ties().get(timed) {
                        Some(row) if !ended(row.window) => row.tie,
                        _ => return true,
                    },
                    tie => tie,
                };
                !is_marked(tie) || self.may_give(&Gift::Tie(tie), about).is_ok()
            })
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

/// The rights marked † in the table of RULES §4 that are stored as ties.
pub(crate) fn is_marked(tie: Tie) -> bool {
    matches!(
        tie,
        Tie::AccountAdmin(_)
            | Tie::Feature(_)
            | Tie::DeviceGroup(_)
            | Tie::DeskRight(_)
            | Tie::ContactAdmin
            | Tie::QueueSupervisor(_)
    )
}
