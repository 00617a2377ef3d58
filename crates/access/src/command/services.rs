//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn create(
    draft: &mut Draft<'_>,
    id: PublicId<ServiceId>,
    first_administrator: PersonId,
) -> Result<(), Refusal> {
    let _ = (draft, id, first_administrator);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_due_date_override(
    draft: &mut Draft<'_>,
    service: ServiceId,
    policy: DueDateOverride,
) -> Result<(), Refusal> {
    let _ = (draft, service, policy);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_open_to_all(
    draft: &mut Draft<'_>,
    service: ServiceId,
    open: bool,
) -> Result<(), Refusal> {
    let _ = (draft, service, open);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn note_records(draft: &mut Draft<'_>, service: ServiceId) -> Result<(), Refusal> {
    let _ = (draft, service);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn save_users(
    draft: &mut Draft<'_>,
    service: ServiceId,
    rows: &[(PersonId, Option<ServiceLevel>)],
) -> Result<(), Refusal> {
    let _ = (draft, service, rows);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn save_groups(
    draft: &mut Draft<'_>,
    service: ServiceId,
    rows: &[(GroupId, bool)],
) -> Result<(), Refusal> {
    let _ = (draft, service, rows);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn save_customers(
    draft: &mut Draft<'_>,
    service: ServiceId,
    rows: &[(PersonId, Option<CustomerAccess>)],
) -> Result<(), Refusal> {
    let _ = (draft, service, rows);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn save_companies(
    draft: &mut Draft<'_>,
    service: ServiceId,
    rows: &[(CompanyId, bool)],
) -> Result<(), Refusal> {
    let _ = (draft, service, rows);
    Err(Refusal::invalid("§4", "not_built", ""))
}
