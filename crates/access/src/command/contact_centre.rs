//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<QueueId>,
    kind: QueueKind,
) -> Result<(), Refusal> {
    let _ = (draft, id, kind);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_switch(draft: &mut Draft<'_>, switch: Switch, on: bool) -> Result<(), Refusal> {
    let _ = (draft, switch, on);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn log_in(draft: &mut Draft<'_>, queue: QueueId) -> Result<(), Refusal> {
    let _ = (draft, queue);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn log_in_other(
    draft: &mut Draft<'_>,
    person: PersonId,
    queue: QueueId,
    hours: Option<u8>,
) -> Result<(), Refusal> {
    let _ = (draft, person, queue, hours);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn log_out(
    draft: &mut Draft<'_>,
    person: PersonId,
    queue: QueueId,
) -> Result<(), Refusal> {
    let _ = (draft, person, queue);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_paused(
    draft: &mut Draft<'_>,
    person: PersonId,
    queue: QueueId,
    paused: bool,
) -> Result<(), Refusal> {
    let _ = (draft, person, queue, paused);
    Err(Refusal::invalid("§4", "not_built", ""))
}
