//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn set_account_roles(
    draft: &mut Draft<'_>,
    people: &[PersonId],
    assignment: &RoleAssignment,
    keep: &[ExtraGrant],
) -> Result<(), Refusal> {
    let _ = (draft, people, assignment, keep);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<RoleId>,
    permissions: PermissionSet,
) -> Result<(), Refusal> {
    let _ = (draft, id, permissions);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn edit(
    draft: &mut Draft<'_>,
    role: RoleId,
    permissions: PermissionSet,
) -> Result<(), Refusal> {
    let _ = (draft, role, permissions);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn delete(
    draft: &mut Draft<'_>,
    role: RoleId,
    replacement: Option<RoleId>,
) -> Result<(), Refusal> {
    let _ = (draft, role, replacement);
    Err(Refusal::invalid("§4", "not_built", ""))
}
