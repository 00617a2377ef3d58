//! The gate of rank (AD-24): a higher role for the one, or a lower one for the other.

use super::{Case, Change};
use crate::decide::Target;
use crate::ids::RoleId;

impl Case<'_> {
    pub(super) fn rank(&self) -> Vec<Change> {
        let (Some((person, row)), Target::Person(about)) = (self.person(), self.target()) else {
            return Vec::new();
        };
        let mut changes = Vec::new();
        let mut raise = |role| {
            if row.account_role != role {
                changes.push(vec![self.system_role(person, role)]);
            }
        };
        raise(RoleId::ADMIN);
        raise(RoleId::SUPER_ADMIN);
        changes.push(vec![self.system_role(about, RoleId::MEMBER)]);
        changes
    }
}
