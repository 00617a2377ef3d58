//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn give(
    draft: &mut Draft<'_>,
    to: GrantHolder,
    grant: &ExtraGrant,
) -> Result<(), Refusal> {
    let _ = (draft, to, grant);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn take(
    draft: &mut Draft<'_>,
    from: GrantHolder,
    grant: &ExtraGrant,
) -> Result<(), Refusal> {
    let _ = (draft, from, grant);
    Err(Refusal::invalid("§4", "not_built", ""))
}
