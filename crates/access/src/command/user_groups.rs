//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<UserGroupId>,
    parent: Option<UserGroupId>,
) -> Result<(), Refusal> {
    let _ = (draft, id, parent);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn relocate(
    draft: &mut Draft<'_>,
    group: UserGroupId,
    parent: Option<UserGroupId>,
) -> Result<(), Refusal> {
    let _ = (draft, group, parent);
    Err(Refusal::invalid("§4", "not_built", ""))
}
