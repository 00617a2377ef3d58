//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn archive(draft: &mut Draft<'_>, node: Node) -> Result<(), Refusal> {
    let _ = (draft, node);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn restore(draft: &mut Draft<'_>, node: Node) -> Result<(), Refusal> {
    let _ = (draft, node);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn delete(draft: &mut Draft<'_>, node: Node) -> Result<(), Refusal> {
    let _ = (draft, node);
    Err(Refusal::invalid("§4", "not_built", ""))
}
