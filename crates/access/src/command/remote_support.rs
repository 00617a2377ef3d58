//! Remote support: account admins and the billing contact (S0, AD-16), device groups and devices (AD-19).

use super::authority::Gift;
use super::{AccountAdminGrant, Draft, Refusal, account, roles};
use crate::catalogue::{Permission, sets};
use crate::decide::Target;
use crate::event::Event;
use crate::ids::{CompanyId, DeviceGroupId, DeviceId, PersonId, PublicId};
use crate::state::{AccountAdminKind, Device, LimitedAdmin, PeopleScope, Person, Tie, UserFacet};

/// S0: a change of kind is a taking and a giving.
pub(super) fn set_account_admin(
    draft: &mut Draft<'_>,
    person: PersonId,
    admin: Option<&AccountAdminGrant>,
) -> Result<(), Refusal> {
    let row = draft.user(person)?;
    let old = account_admin(row);
    let new = match admin {
        Some(AccountAdminGrant::Limited(limited)) => {
            Some(AccountAdminGrant::Limited(checked(draft, row, limited)?))
        }
        other => other.cloned(),
    };
    // Also that there is nothing to take is answered only to who could take it (AD-10).
    let least = Gift::Tie(Tie::AccountAdmin(AccountAdminKind::Limited));
    if old.is_some() || new.is_none() {
        draft.may_take(&old.as_ref().map_or(least, gift), person)?;
    }
    if let Some(new) = &new {
        draft.may_give(&gift(new), person)?;
        if !row.ties.has(Tie::Agent) {
            return Err(Refusal::conflict(
                "§3",
                "account_admin_is_agent",
                "an account admin must be an Agent, and not for a time only",
            ));
        }
    }
    if old == new {
        return Ok(());
    }
    if let Some(old) = &old {
        let tie = Tie::AccountAdmin(old.kind());
        draft.emit(Event::Untied { person, tie });
    }
    let limited = match &new {
        Some(AccountAdminGrant::Limited(limited)) => Some(limited.clone()),
        _ => None,
    };
    if row.extras().limited_admin != limited {
        let admin = limited;
        draft.emit(Event::LimitedAdminSet { person, admin });
    }
    if let Some(new) = &new {
        let tie = Tie::AccountAdmin(new.kind());
        draft.emit(Event::Tied { person, tie });
    }
    Ok(())
}

fn gift(admin: &AccountAdminGrant) -> Gift<'static> {
    Gift::Tie(Tie::AccountAdmin(admin.kind()))
}

/// What kind of account admin somebody is.
pub(super) fn account_admin(row: &Person) -> Option<AccountAdminGrant> {
    if row.ties.has(Tie::AccountAdmin(AccountAdminKind::Full)) {
        return Some(AccountAdminGrant::Full);
    }
    let limited = row.extras().limited_admin.clone();
    limited.map(AccountAdminGrant::Limited)
}

/// Any subset of the five privileges, the empty one too; the scope is always written (S0).
fn checked(
    draft: &Draft<'_>,
    row: &Person,
    limited: &LimitedAdmin,
) -> Result<LimitedAdmin, Refusal> {
    let outside = limited.privileges - sets::ACCOUNT_ADMIN_PRIVILEGES;
    if let Some(permission) = outside.iter().next() {
        return Err(Refusal::invalid(
            "AD-11",
            "not_a_privilege",
            format!("{} is no privilege of account admins", permission.key()),
        ));
    }
    let privileges = limited.privileges;
    let scope = draft.checked_scope(&limited.scope, |group| row.extras().admin_names(group))?;
    if scope != PeopleScope::All {
        roles::require_people_scoped(privileges)?;
    }
    Ok(LimitedAdmin { privileges, scope })
}

/// AD-16: by a Super admin, also from one to another in one step.
pub(super) fn set_billing_contact(draft: &mut Draft<'_>, person: PersonId) -> Result<(), Refusal> {
    draft.require_super_admin("AD-16", "billing_contact_by_super_admin")?;
    let row = draft.user(person)?;
    can_be_billing_contact(row)?;
    if draft.before.account().billing_contact != Some(person) {
        if draft.is_oneself(person) {
            draft.notice(super::Notice::GivenToOneself);
        }
        let person = Some(person);
        draft.emit(Event::BillingContactSet { person });
    }
    Ok(())
}

/// AD-16: the first half of handing over. To oneself: the offer is withdrawn.
pub(super) fn offer_billing_contact(draft: &mut Draft<'_>, to: PersonId) -> Result<(), Refusal> {
    require_billing_contact(draft)?;
    let oneself = draft.is_oneself(to);
    let row = draft.user(to)?;
    if !draft.knows(to.into()) {
        return Err(Refusal::not_found("no such person"));
    }
    can_be_billing_contact(row)?;
    let to = Some(to).filter(|_| !oneself);
    if draft.before.account().billing_offer != to {
        draft.emit(Event::BillingContactOffered { to });
    }
    Ok(())
}

/// AD-16: the second half, in one step.
pub(super) fn accept_billing_contact(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let offered = draft.before.account().billing_offer;
    let Some(person) = draft.actor_person().filter(|actor| offered == Some(*actor)) else {
        return Err(Refusal::forbidden(
            "AD-16",
            "no_offer",
            "the billing contact offers it first, and only the one named accepts",
        ));
    };
    can_be_billing_contact(draft.user(person)?)?;
    let person = Some(person);
    draft.emit(Event::BillingContactSet { person });
    Ok(())
}

fn require_billing_contact(draft: &Draft<'_>) -> Result<(), Refusal> {
    let contact = draft.before.account().billing_contact;
    let is_contact = draft
        .actor_person()
        .is_some_and(|actor| contact == Some(actor));
    if is_contact
        && draft
            .view()
            .may(Permission::BillingPlanChange, Target::Account)
    {
        return Ok(());
    }
    Err(Refusal {
        who_could: contact.into_iter().collect(),
        ..Refusal::forbidden(
            "AD-16",
            "not_billing_contact",
            "only the present billing contact hands over",
        )
    })
}

/// An account admin of either kind, who is there to take it.
fn can_be_billing_contact(row: &Person) -> Result<(), Refusal> {
    if account_admin(row).is_none() {
        return Err(Refusal::conflict(
            "AD-16",
            "not_account_admin",
            "the billing contact must be an account admin of either kind",
        ));
    }
    if row.user != UserFacet::Accepted {
        return Err(Refusal::conflict(
            "AD-16",
            "receiver_not_active",
            "the receiver is not active",
        ));
    }
    Ok(())
}

/// AD-19.
pub(super) fn create_device_group(
    draft: &mut Draft<'_>,
    id: PublicId<DeviceGroupId>,
) -> Result<(), Refusal> {
    require_device_right(draft)?;
    draft.is_new(id)?;
    draft.emit(Event::DeviceGroupCreated { uid: id.uuid() });
    account::settle_only_user(draft);
    Ok(())
}

/// AD-19.
pub(super) fn add_device(
    draft: &mut Draft<'_>,
    id: PublicId<DeviceId>,
    group: DeviceGroupId,
    company: Option<CompanyId>,
) -> Result<(), Refusal> {
    require_device_right(draft)?;
    require_place(draft, group, company)?;
    draft.is_new(id)?;
    draft.emit(Event::DeviceAdded {
        uid: id.uuid(),
        group,
        company,
    });
    Ok(())
}

/// AD-19.
pub(super) fn move_device(
    draft: &mut Draft<'_>,
    id: DeviceId,
    group: DeviceGroupId,
    company: Option<CompanyId>,
) -> Result<(), Refusal> {
    require_device_right(draft)?;
    let row = device(draft, id)?;
    draft.require_active(Some(row.life), "device")?;
    if (row.group, row.company) == (group, company) {
        return Ok(());
    }
    require_place(draft, group, company)?;
    draft.emit(Event::DeviceMoved {
        device: id,
        group,
        company,
    });
    Ok(())
}

pub(super) fn require_device_right(draft: &Draft<'_>) -> Result<(), Refusal> {
    draft.require(Permission::AdminDeviceGroupsManage, Target::Account)
}

/// A device that is shown to the actor (SD-33).
pub(super) fn device<'a>(draft: &Draft<'a>, id: DeviceId) -> Result<&'a Device, Refusal> {
    let row = draft.before.devices().get(id);
    row.filter(|row| draft.reaches(row.company))
        .ok_or_else(|| Refusal::not_found("no such device"))
}

fn require_place(
    draft: &Draft<'_>,
    group: DeviceGroupId,
    company: Option<CompanyId>,
) -> Result<(), Refusal> {
    let row = draft.before.device_groups().get(group);
    draft.require_active(row.map(|row| row.life), "device group")?;
    let Some(company) = company else {
        return Ok(());
    };
    let row = draft.before.companies().get(company);
    let row = row.filter(|_| draft.reaches(Some(company)));
    draft.require_active(row.map(|row| row.life), "company")
}
