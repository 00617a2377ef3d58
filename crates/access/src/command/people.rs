//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn add_user(
    draft: &mut Draft<'_>,
    id: PublicId<PersonId>,
    user_groups: &[UserGroupId],
    account_role: Option<&RoleAssignment>,
) -> Result<(), Refusal> {
    let _ = (draft, id, user_groups, account_role);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn add_user_facet(
    draft: &mut Draft<'_>,
    person: PersonId,
    user_groups: &[UserGroupId],
) -> Result<(), Refusal> {
    let _ = (draft, person, user_groups);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn add_customer(
    draft: &mut Draft<'_>,
    id: PublicId<PersonId>,
    service: Option<ServiceId>,
) -> Result<(), Refusal> {
    let _ = (draft, id, service);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn add_customer_facet(
    draft: &mut Draft<'_>,
    person: PersonId,
    service: Option<ServiceId>,
) -> Result<(), Refusal> {
    let _ = (draft, person, service);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn accept_invitation(draft: &mut Draft<'_>, person: PersonId) -> Result<(), Refusal> {
    let _ = (draft, person);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_sign_in(
    draft: &mut Draft<'_>,
    person: PersonId,
    possible: bool,
) -> Result<(), Refusal> {
    let _ = (draft, person, possible);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn edit_profile(
    draft: &mut Draft<'_>,
    person: PersonId,
    fields: &[ProfileField],
) -> Result<(), Refusal> {
    let _ = (draft, person, fields);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn deactivate(
    draft: &mut Draft<'_>,
    person: PersonId,
    facet: Facet,
) -> Result<(), Refusal> {
    let _ = (draft, person, facet);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn reactivate(
    draft: &mut Draft<'_>,
    person: PersonId,
    facet: Facet,
) -> Result<(), Refusal> {
    let _ = (draft, person, facet);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn erase(draft: &mut Draft<'_>, person: PersonId) -> Result<(), Refusal> {
    let _ = (draft, person);
    Err(Refusal::invalid("§4", "not_built", ""))
}
