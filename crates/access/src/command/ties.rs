//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn tie(
    draft: &mut Draft<'_>,
    person: PersonId,
    tie: Tie,
    window: Window,
) -> Result<(), Refusal> {
    let _ = (draft, person, tie, window);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn untie(draft: &mut Draft<'_>, person: PersonId, tie: Tie) -> Result<(), Refusal> {
    let _ = (draft, person, tie);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn tie_with_licence(
    draft: &mut Draft<'_>,
    person: PersonId,
    tie: Tie,
    licence: LicenceId,
) -> Result<(), Refusal> {
    let _ = (draft, person, tie, licence);
    Err(Refusal::invalid("§4", "not_built", ""))
}
