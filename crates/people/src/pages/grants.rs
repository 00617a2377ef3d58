//! Extra grants (AD-9) as pages name them.

use access::{Fingerprint, Permission, state::ExtraGrant};
use web::{Problem, Result};

/// What a form names an extra grant by: of two that differ in their end or in their groups alone, it means one. It tells nothing of the
/// groups, which the reader may not see.
pub(super) fn code(grant: &ExtraGrant) -> String {
    Fingerprint::of_stored(grant).to_string()
}

/// The grant that a form names, if it still stands there.
pub(super) fn named<'a>(grants: &'a [ExtraGrant], code: &str) -> Option<&'a ExtraGrant> {
    grants.iter().find(|grant| self::code(grant) == code)
}

/// The permission of a new one.
pub(super) fn permission(at: &str, key: &str) -> Result<Permission> {
    Permission::from_key(key).ok_or_else(|| Problem::invalid(at, "there is no such permission"))
}
