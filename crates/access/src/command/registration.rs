//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn register(
    draft: &mut Draft<'_>,
    id: PublicId<PersonId>,
    domain: &str,
    denied: bool,
) -> Result<(), Refusal> {
    let _ = (draft, id, domain, denied);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn confirm_address(
    draft: &mut Draft<'_>,
    person: PersonId,
    domain: &str,
    denied: bool,
) -> Result<(), Refusal> {
    let _ = (draft, person, domain, denied);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_company(
    draft: &mut Draft<'_>,
    company: CompanyId,
    accepts: bool,
) -> Result<(), Refusal> {
    let _ = (draft, company, accepts);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_policy(draft: &mut Draft<'_>, policy: RegistrationPolicy) -> Result<(), Refusal> {
    let _ = (draft, policy);
    Err(Refusal::invalid("§4", "not_built", ""))
}
