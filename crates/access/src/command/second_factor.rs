//! Of whom a second factor is asked. Nothing is given by it: somebody who has none sets one up before anything else, so that it locks
//! nobody out (AD-8).

use super::{Draft, Refusal, roles};
use crate::event::Event;
use crate::ids::RoleId;

/// Of the holders of a role, or of everybody.
pub(super) fn require(
    draft: &mut Draft<'_>,
    role: Option<RoleId>,
    required: bool,
) -> Result<(), Refusal> {
    match role.filter(|role| !role.is_system()) {
        None => {
            let may = draft.view().may_require_second_factor(role);
            may.map_err(|no| draft.refuse(no))?;
        }
        // Whoever may change what the role is made of.
        Some(custom) => roles::may_define(draft, roles::custom(draft, custom)?.permissions)?,
    }
    if draft.before.account().second_factor.is_set_for(role) != required {
        draft.emit(Event::SecondFactorRequired { role, required });
    }
    Ok(())
}
