//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn create_group(draft: &mut Draft<'_>, id: PublicId<GroupId>) -> Result<(), Refusal> {
    let _ = (draft, id);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn create(draft: &mut Draft<'_>, id: PublicId<CompanyId>) -> Result<(), Refusal> {
    let _ = (draft, id);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn add_domain(
    draft: &mut Draft<'_>,
    company: CompanyId,
    domain: &str,
) -> Result<(), Refusal> {
    let _ = (draft, company, domain);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn remove_domain(
    draft: &mut Draft<'_>,
    company: CompanyId,
    domain: &str,
) -> Result<(), Refusal> {
    let _ = (draft, company, domain);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn sort_now(
    draft: &mut Draft<'_>,
    people: &[(PersonId, Box<str>)],
) -> Result<(), Refusal> {
    let _ = (draft, people);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_employer(
    draft: &mut Draft<'_>,
    person: PersonId,
    company: Option<CompanyId>,
    move_from_other: bool,
) -> Result<(), Refusal> {
    let _ = (draft, person, company, move_from_other);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_company_access(
    draft: &mut Draft<'_>,
    person: PersonId,
    listed: Option<&ListedCompanies>,
) -> Result<(), Refusal> {
    let _ = (draft, person, listed);
    Err(Refusal::invalid("§4", "not_built", ""))
}
