//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn set_level(
    draft: &mut Draft<'_>,
    people: &[PersonId],
    level: PortalLevel,
    bulk: bool,
) -> Result<(), Refusal> {
    let _ = (draft, people, level, bulk);
    Err(Refusal::invalid("§4", "not_built", ""))
}
