//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<ConnectionId>,
    role: RoleId,
) -> Result<(), Refusal> {
    let _ = (draft, id, role);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_role(
    draft: &mut Draft<'_>,
    connection: ConnectionId,
    role: RoleId,
) -> Result<(), Refusal> {
    let _ = (draft, connection, role);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn issue_token(
    draft: &mut Draft<'_>,
    id: PublicId<TokenId>,
    owner: TokenOwner,
    expires: Moment,
) -> Result<(), Refusal> {
    let _ = (draft, id, owner, expires);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn revoke_token(draft: &mut Draft<'_>, token: TokenId) -> Result<(), Refusal> {
    let _ = (draft, token);
    Err(Refusal::invalid("§4", "not_built", ""))
}
