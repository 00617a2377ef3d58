//! Invitations: sent, sent again, revoked, accepted (AD-15, SD-24). The link itself is nothing that a state knows: it is a secret
//! beside the command, and its hash ends with the next link, with acceptance, and with whatever changes who the person is.

use super::people::{require_customer_right, require_sign_in_pages};
use super::{Actor, Draft, Refusal, SystemSubject};
use crate::catalogue::Permission;
use crate::event::Event;
use crate::ids::PersonId;
use crate::state::{CustomerFacet, Facet, PortalLevel, UserFacet};

/// By who could give the person what they will be: a link is a way to sign in (AD-24).
pub(super) fn send(draft: &mut Draft<'_>, person: PersonId, facet: Facet) -> Result<(), Refusal> {
    is_open(draft, person, facet)?;
    draft.emit(Event::InvitationSent { person, facet });
    Ok(())
}

/// By the same people.
pub(super) fn revoke(draft: &mut Draft<'_>, person: PersonId, facet: Facet) -> Result<(), Refusal> {
    is_open(draft, person, facet)?;
    draft.emit(Event::InvitationRevoked { person, facet });
    Ok(())
}

/// Whether the actor may invite the person, and there is something left to accept.
fn is_open(draft: &Draft<'_>, person: PersonId, facet: Facet) -> Result<(), Refusal> {
    let conflict = |rule, code, detail: &str| Err::<(), _>(Refusal::conflict(rule, code, detail));
    match facet {
        Facet::User => {
            let row = draft.user(person)?;
            draft.require(Permission::AdminUsersManage, person)?;
            if row.user != UserFacet::Invited {
                return conflict("AD-15", "not_invited", "this person is not invited");
            }
        }
        Facet::Customer => {
            let row = draft.customer(person)?;
            require_customer_right(draft, person)?;
            if row.customer != CustomerFacet::Active {
                let detail = "only a customer who is confirmed and not deactivated is invited";
                return conflict("SD-24", "not_active", detail);
            }
            if row.can_sign_in {
                let detail = "this person can sign in already";
                return conflict("SD-24", "can_sign_in", detail);
            }
            if row.portal_level == PortalLevel::None {
                let detail = "give the customer a portal level first: the link would lead nowhere";
                return conflict("SD-24", "no_portal_level", detail);
            }
        }
    }
    Ok(())
}

/// AD-15: by the sign-in pages, with the link or through a trusted provider; or the operator at the server's own command line vouches
/// for the person, and the log names the operator.
pub(super) fn accept(draft: &mut Draft<'_>, person: PersonId) -> Result<(), Refusal> {
    if draft.actor != Actor::System(SystemSubject::Operator) {
        require_sign_in_pages(draft)?;
    }
    let row = draft.user(person)?;
    match row.user {
        UserFacet::Invited => {
            draft.emit(Event::UserFacetSet {
                person,
                state: UserFacet::Accepted,
            });
            if !row.can_sign_in {
                draft.emit(Event::SignInSet {
                    person,
                    possible: true,
                });
            }
            Ok(())
        }
        UserFacet::Accepted => Ok(()),
        _ => Err(Refusal::conflict(
            "AD-15",
            "not_invited",
            "this person is not invited",
        )),
    }
}
