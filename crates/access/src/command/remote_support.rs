//! (being written)

use super::Refusal;
use super::draft::Draft;
#[allow(unused_imports)]
use super::*;

pub(super) fn set_account_admin(
    draft: &mut Draft<'_>,
    person: PersonId,
    admin: Option<&AccountAdminGrant>,
) -> Result<(), Refusal> {
    let _ = (draft, person, admin);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn set_billing_contact(draft: &mut Draft<'_>, person: PersonId) -> Result<(), Refusal> {
    let _ = (draft, person);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn offer_billing_contact(draft: &mut Draft<'_>, to: PersonId) -> Result<(), Refusal> {
    let _ = (draft, to);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn accept_billing_contact(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let _ = (draft);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn create_device_group(
    draft: &mut Draft<'_>,
    id: PublicId<DeviceGroupId>,
) -> Result<(), Refusal> {
    let _ = (draft, id);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn add_device(
    draft: &mut Draft<'_>,
    id: PublicId<DeviceId>,
    group: DeviceGroupId,
    company: Option<CompanyId>,
) -> Result<(), Refusal> {
    let _ = (draft, id, group, company);
    Err(Refusal::invalid("§4", "not_built", ""))
}

pub(super) fn move_device(
    draft: &mut Draft<'_>,
    device: DeviceId,
    group: DeviceGroupId,
    company: Option<CompanyId>,
) -> Result<(), Refusal> {
    let _ = (draft, device, group, company);
    Err(Refusal::invalid("§4", "not_built", ""))
}
