//! What a system role says about itself (RULES.md §3).

use super::generated::{ROLES, SystemRole};
use super::keyed::by_key;
use super::{PermissionSet, ScopeKind};

pub(super) struct RoleRow {
    pub key: &'static str,
    pub name: &'static str,
    pub scope: ScopeKind,
    pub requires: &'static [SystemRole],
    pub permissions: PermissionSet,
    pub choices: PermissionSet,
}

by_key!(SystemRole, "role");

impl SystemRole {
    const fn row(self) -> &'static RoleRow {
        &ROLES[self as usize]
    }

    /// The word by which logs and answers name it.
    pub const fn key(self) -> &'static str {
        self.row().key
    }

    /// The role of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }

    /// Its name on the screen.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// What one assignment of it is about.
    pub const fn scope(self) -> ScopeKind {
        self.row().scope
    }

    /// Its holder must also hold one of these; an empty list asks for nothing.
    pub const fn requires(self) -> &'static [SystemRole] {
        self.row().requires
    }

    /// What it gives by itself.
    pub const fn permissions(self) -> PermissionSet {
        self.row().permissions
    }

    /// What may be given to its holder one by one on top of it: feature permissions of an Agent, privileges of a
    /// limited account admin, the extra grants that only a Super admin gives to an Admin.
    pub const fn choices(self) -> PermissionSet {
        self.row().choices
    }
}
