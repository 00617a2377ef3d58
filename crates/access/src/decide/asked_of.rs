//! Of which kind of thing a permission is asked at all.

use super::Target;
use crate::catalogue::{Permission, ScopeKind, sets};

impl Target {
    /// Whether the permission can be asked about such a thing. About any other the answer is no, whoever asks: a face says so before it
    /// asks.
    pub fn takes(self, permission: Permission) -> bool {
        match (permission.scope(), self) {
            (ScopeKind::Account | ScopeKind::People, Target::Account)
            | (ScopeKind::People, Target::Person(_) | Target::UserGroup(_))
            | (ScopeKind::Service, Target::Service(_) | Target::Record(_))
            | (ScopeKind::Queue, Target::Queue(_) | Target::DirectCall)
            | (ScopeKind::Device, Target::Device(_))
            | (ScopeKind::Session, Target::Session { .. }) => true,
            // Every queue at once is what a Contact admin holds; calls are served and monitored in one queue, by the only user
            // too (I-13).
            (ScopeKind::Queue, Target::Account) => sets::CONTACT_ADMIN.contains(permission),
            _ => false,
        }
    }
}
