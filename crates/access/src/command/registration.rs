//! Self-registration in the portal (SD-23): who may come, and what is opened once the address is confirmed, never before.

use super::companies::place_by_domain;
use super::people::end_access;
use super::{Actor, Command, Draft, Refusal, SystemSubject};
use crate::domain::Domain;
use crate::event::{Event, ProfileField};
use crate::ids::{CompanyId, PersonId, PublicId, ServiceId};
use crate::moment::Window;
use crate::state::{
    CustomerAccess, CustomerFacet, Placement, PortalLevel, RegistrationPolicy, Tie, UserFacet,
};

/// SD-23. `denied`: the caller found the address or its domain on the denylist, which wins.
pub(super) fn register(
    draft: &mut Draft<'_>,
    id: PublicId<PersonId>,
    domain: &str,
    denied: bool,
) -> Result<(), Refusal> {
    by_registration(draft)?;
    draft.is_new(id)?;
    admitted(draft, domain, denied)?;
    draft.emit(Event::PersonAdded {
        uid: id.uuid(),
        user: UserFacet::Absent,
        customer: CustomerFacet::Unconfirmed,
    });
    Ok(())
}

/// SD-23: who registered is judged again by the rules of now, and then something opens. SD-22: a confirmed address sorts whoever
/// was never sorted.
pub(super) fn confirm_address(
    draft: &mut Draft<'_>,
    person: PersonId,
    domain: &str,
    denied: bool,
) -> Result<(), Refusal> {
    by_registration(draft)?;
    let row = draft.customer(person)?;
    match row.customer {
        CustomerFacet::Unconfirmed => {
            let (level, services) = admitted(draft, domain, denied)?;
            let state = CustomerFacet::Active;
            draft.emit(Event::CustomerFacetSet { person, state });
            draft.emit(Event::PortalLevelSet { person, level });
            for service in services {
                draft.tie(
                    person,
                    Tie::Customer(service, CustomerAccess::Portal),
                    Window::ALWAYS,
                );
            }
        }
        CustomerFacet::Active => {}
        CustomerFacet::Deactivated | CustomerFacet::Absent => {
            let detail = "the customer is deactivated";
            return Err(Refusal::conflict("AD-15", "deactivated", detail));
        }
    }
    // The first confirmed address alone sorts: from here on the person counts as sorted, whatever came of it.
    if row.placement == Placement::Unsorted {
        place_by_domain(draft, person, company_of(draft, domain));
    }
    Ok(())
}

/// SD-23: whoever has the link is added, where nobody waits with the address, confirmed, and given a way to sign in (AD-8), which stands beside
/// the command. The link is used up by the customer that it makes: who waits no more when the second comes by it is not confirmed again, and
/// an address that is somebody's by then refuses whoever is new (RULES §1).
pub(super) fn arrive(
    draft: &mut Draft<'_>,
    id: PublicId<PersonId>,
    domain: &str,
    denied: bool,
) -> Result<(), Refusal> {
    by_registration(draft)?;
    let waiting = draft.before.resolve(id);
    match waiting {
        None => register(draft, id, domain, denied)?,
        Some(person) if draft.person(person)?.is_unconfirmed() => {}
        Some(_) => {
            let detail = "the link is used: the address is confirmed already";
            return Err(Refusal::conflict("SD-23", "link_used", detail));
        }
    }
    let Some(person) = draft.after.resolve(id) else {
        return Err(Refusal::not_found("no such person"));
    };
    draft.then(&Command::ConfirmAddress {
        person,
        domain: domain.into(),
        denied,
    })?;
    if waiting.is_some() {
        // They say anew what they are called, and the link says at which address: whatever staff set meanwhile is not what it proves.
        edited(
            draft,
            person,
            vec![ProfileField::Name, ProfileField::Address],
        );
    }
    let row = draft.after.people().get(person);
    if row.is_some_and(|row| row.can_sign_in) {
        edited(draft, person, vec![ProfileField::SignIn]);
        end_access(draft, person);
    } else {
        let possible = true;
        draft.emit(Event::SignInSet { person, possible });
    }
    Ok(())
}

fn edited(draft: &mut Draft<'_>, person: PersonId, fields: Vec<ProfileField>) {
    draft.emit(Event::ProfileEdited { person, fields });
}

/// SD-23: this company's people may register.
pub(super) fn set_company(
    draft: &mut Draft<'_>,
    company: CompanyId,
    accepts: bool,
) -> Result<(), Refusal> {
    draft.may_configure()?;
    if draft.active_company(company)?.accepts_registration != accepts {
        draft.emit(Event::CompanyRegistrationSet { company, accepts });
    }
    Ok(())
}

/// SD-23. The denylist is no part of the state: that it changed is a fact all the same (AD-20).
pub(super) fn set(
    draft: &mut Draft<'_>,
    policy: Option<RegistrationPolicy>,
    denied: u32,
    allowed: u32,
) -> Result<(), Refusal> {
    draft.may_configure()?;
    if let Some(policy) = policy.filter(|policy| draft.before.account().registration != *policy) {
        draft.emit(Event::RegistrationSet { policy });
    }
    if (denied, allowed) != (0, 0) {
        draft.emit(Event::DenylistChanged { denied, allowed });
    }
    Ok(())
}

/// People register themselves; nobody registers or confirms for them.
fn by_registration(draft: &Draft<'_>) -> Result<(), Refusal> {
    if draft.actor == Actor::System(SystemSubject::Registration) {
        return Ok(());
    }
    let detail = "an address is registered and confirmed by whoever reads its mail";
    Err(Refusal::forbidden("SD-23", "only_oneself", detail))
}

/// What somebody of this domain comes with. One refusal for all reasons: it tells neither who is a client nor who is denied.
fn admitted(
    draft: &Draft<'_>,
    domain: &str,
    denied: bool,
) -> Result<(PortalLevel, Vec<ServiceId>), Refusal> {
    let state = draft.before;
    let by_company = company_of(draft, domain)
        .and_then(|company| state.companies().get(company))
        .is_some_and(|row| row.accepts_registration);
    let level = if by_company {
        PortalLevel::Company
    } else {
        PortalLevel::Standard
    };
    match state.account().registration {
        _ if denied => {}
        RegistrationPolicy::Companies if by_company => return Ok((level, Vec::new())),
        RegistrationPolicy::Anyone => {
            let open = state.services().iter();
            let open = open.filter(|(_, row)| row.open_to_all && row.life.is_active());
            return Ok((level, open.map(|(service, _)| service).collect()));
        }
        RegistrationPolicy::Companies | RegistrationPolicy::Nobody => {}
    }
    let detail = "registration is not open to this address";
    Err(Refusal::forbidden("SD-23", "registration_closed", detail))
}

fn company_of(draft: &Draft<'_>, domain: &str) -> Option<CompanyId> {
    let domain = Domain::of_address(domain).ok()?;
    draft.before.company_of(&domain)
}
