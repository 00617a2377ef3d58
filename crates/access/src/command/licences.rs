//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn buy(
    draft: &mut Draft<'_>,
    id: PublicId<LicenceId>,
    product: Product,
    model: LicenceModel,
    seats: u32,
) -> Result<(), Refusal> {
    let _ = (draft, id, product, model, seats);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_seats(
    draft: &mut Draft<'_>,
    licence: LicenceId,
    seats: u32,
) -> Result<(), Refusal> {
    let _ = (draft, licence, seats);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn take_seat(
    draft: &mut Draft<'_>,
    licence: LicenceId,
    seat: uuid::Uuid,
    person: PersonId,
) -> Result<(), Refusal> {
    let _ = (draft, licence, seat, person);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn free_seat(
    draft: &mut Draft<'_>,
    licence: LicenceId,
    seat: uuid::Uuid,
) -> Result<(), Refusal> {
    let _ = (draft, licence, seat);
    Err(Refusal::invalid("§4", "not_built", ""))
}
