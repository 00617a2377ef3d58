//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn open(
    draft: &mut Draft<'_>,
    first_user: PublicId<PersonId>,
    licences: &[PublicId<LicenceId>; 3],
) -> Result<(), Refusal> {
    let _ = (draft, first_user, licences);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_active(draft: &mut Draft<'_>, active: bool) -> Result<(), Refusal> {
    let _ = (draft, active);
    Err(Refusal::invalid("§4", "not_built", ""))
}
