//! People change, are switched off and on, and are erased (AD-15, AD-24, SD-26).

use super::{Actor, Draft, Notice, Refusal, SystemSubject, ties};
use crate::catalogue::Permission;
use crate::decide::Target;
use crate::event::{Event, ProfileField};
use crate::ids::PersonId;
use crate::state::{ConnectionKind, CustomerFacet, Facet, Person, UserFacet};

const USERS: Permission = Permission::AdminUsersManage;
const CONFIGURE: Permission = Permission::ServiceDeskAccountConfigure;

/// AD-8: gained only by proof at the sign-in pages; lost there, by oneself, or by who outranks the person.
pub(super) fn set_sign_in(
    draft: &mut Draft<'_>,
    person: PersonId,
    possible: bool,
) -> Result<(), Refusal> {
    let row = draft.person(person)?;
    let by_pages = draft.actor == Actor::System(SystemSubject::SignIn);
    if possible {
        require_sign_in_pages(draft)?;
    } else if !by_pages && !draft.is_oneself(person) {
        may_manage(draft, person, row)?;
    } else {
        draft.require_both_facets()?;
    }
    if row.can_sign_in == possible {
        return Ok(());
    }
    draft.emit(Event::SignInSet { person, possible });
    if !possible {
        end_access(draft, person);
    }
    Ok(())
}

pub(super) fn require_sign_in_pages(draft: &Draft<'_>) -> Result<(), Refusal> {
    if draft.actor == Actor::System(SystemSubject::SignIn) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "AD-24",
        "sign_in_pages_only",
        "only the person, at the sign-in pages, can do this",
    ))
}

/// AD-24: another's identity needs rank, and ends all sessions and tokens.
pub(super) fn edit_profile(
    draft: &mut Draft<'_>,
    person: PersonId,
    fields: &[ProfileField],
) -> Result<(), Refusal> {
    use ProfileField::{Address, Language, Mails, Name, Phone, SignIn};
    let row = draft.person(person)?;
    if fields.is_empty() && is_provisioning(draft) {
        // AD-24: a directory notes what it says of whom it may switch off, and changes nothing of theirs by it.
        return draft.require_unranked(USERS, person);
    }
    let own =
        |field: &ProfileField| matches!(field, Name | Address | SignIn | Language | Phone | Mails);
    let by_pages = draft.actor == Actor::System(SystemSubject::SignIn);
    let oneself = draft.is_oneself(person);
    if oneself && fields.iter().any(|field| matches!(field, Address | SignIn)) {
        draft.require_both_facets()?;
    }
    if !(oneself || by_pages) || !fields.iter().all(own) {
        may_manage(draft, person, row)?;
    } else if oneself && fields.contains(&Address) {
        // RULES §4: confirmed at both addresses, which the sign-in pages do; without, addresses could be tried out on oneself.
        may_manage(draft, person, row).map_err(|refusal| Refusal {
            rule: "§4",
            code: "address_not_confirmed",
            detail: "a new address of one's own is confirmed at both addresses, at the sign-in pages; somebody who manages the person can change it too".to_owned(),
            ..refusal
        })?;
    }
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    fields.dedup();
    if fields.is_empty() {
        return Ok(());
    }
    let ends = if by_pages {
        // Whoever chooses a new password there has lost the old one, or somebody else had it: what was made with it ends too.
        fields.contains(&SignIn)
    } else {
        !oneself && (fields.contains(&Address) || fields.contains(&SignIn))
    };
    draft.emit(Event::ProfileEdited { person, fields });
    if ends {
        end_access(draft, person);
    }
    Ok(())
}

/// Users: `users.manage`, rank included. Customers: who configures the desk. Somebody who is both: who may manage both, so that
/// neither right leads to the other facet's identity (AD-24, SD-26).
pub(super) fn may_manage(draft: &Draft<'_>, person: PersonId, row: &Person) -> Result<(), Refusal> {
    if row.is_user() {
        draft.require(USERS, person)?;
    }
    if row.is_customer() {
        require_customer_right(draft, person)?;
    }
    Ok(())
}

/// AD-27: by who may edit the person's identity, rank included. Somebody looks, and no program.
pub(super) fn view_as(draft: &mut Draft<'_>, person: PersonId) -> Result<(), Refusal> {
    let row = draft.person(person)?;
    if draft.is_oneself(person) {
        let detail = "this is what you see already";
        return Err(Refusal::invalid("AD-27", "views_as_oneself", detail));
    }
    if draft.actor_person().is_none() {
        let detail = "only somebody who is signed in views as another person";
        return Err(Refusal::forbidden("AD-27", "no_person", detail));
    }
    may_manage(draft, person, row)?;
    draft.emit(Event::ViewedAs { person });
    Ok(())
}

/// The customer facet: `account.configure`, and rank where the person is staff too (AD-24).
pub(super) fn require_customer_right(draft: &Draft<'_>, person: PersonId) -> Result<(), Refusal> {
    let may = draft.require(CONFIGURE, Target::Account);
    may.map_err(|refusal| draft.unless_unknown(person, refusal))?;
    draft.require_rank(person)
}

/// AD-15, AD-24. Provisioning may switch off everybody but the last Super admin (AD-8).
pub(super) fn deactivate(
    draft: &mut Draft<'_>,
    person: PersonId,
    facet: Facet,
) -> Result<(), Refusal> {
    match facet {
        Facet::User => {
            let row = draft.user(person)?;
            if is_provisioning(draft) {
                draft.require_unranked(USERS, person)?;
            } else {
                draft.require(USERS, person)?;
            }
            if row.user == UserFacet::Deactivated {
                return Ok(());
            }
            draft.emit(Event::UserFacetSet {
                person,
                state: UserFacet::Deactivated,
            });
            ties::end_logins(draft, person, None);
            // AD-16: what a billing contact offered before is not to be accepted meanwhile.
            let account = draft.before.account();
            if account.billing_contact == Some(person) && account.billing_offer.is_some() {
                draft.emit(Event::BillingContactOffered { to: None });
            }
            end_access(draft, person);
        }
        Facet::Customer => {
            let row = draft.customer(person)?;
            require_customer_right(draft, person)?;
            match row.customer {
                CustomerFacet::Deactivated => return Ok(()),
                // Switched on again it would count as confirmed (SD-23).
                CustomerFacet::Unconfirmed => {
                    return Err(Refusal::conflict(
                        "SD-23",
                        "unconfirmed",
                        "an unconfirmed customer opens nothing; erase the person, or put the address on the denylist",
                    ));
                }
                _ => {}
            }
            draft.emit(Event::CustomerFacetSet {
                person,
                state: CustomerFacet::Deactivated,
            });
            // Staff sessions of somebody who is both go on: each facet opens only its own doors.
            if !row.is_user() {
                end_access(draft, person);
            }
        }
    }
    Ok(())
}

/// AD-24: by who could end them with the person's switch. A session of somebody who is both opens the doors of the staff too.
pub(super) fn end_sign_in_sessions(draft: &mut Draft<'_>, person: PersonId) -> Result<(), Refusal> {
    let row = draft.person(person)?;
    if row.is_user() {
        draft.require(USERS, person)?;
    } else {
        require_customer_right(draft, person)?;
    }
    draft.emit(Event::SignInSessionsEnded { person });
    Ok(())
}

/// AD-24: rank is waived for what a directory says, and for no other program.
fn is_provisioning(draft: &Draft<'_>) -> bool {
    let Actor::Connection(connection) = draft.actor else {
        return false;
    };
    let row = draft.before.connections().get(connection);
    row.is_some_and(|row| row.kind == ConnectionKind::Provisioning)
}

/// AD-24: bringing back needs rank, whoever asks.
pub(super) fn reactivate(
    draft: &mut Draft<'_>,
    person: PersonId,
    facet: Facet,
) -> Result<(), Refusal> {
    match facet {
        Facet::User => {
            let row = draft.user(person)?;
            draft.require(USERS, person)?;
            if row.user == UserFacet::Deactivated {
                // Whoever never accepted, or has no way to sign in left, is invited again.
                let state = if row.accepted && row.can_sign_in {
                    UserFacet::Accepted
                } else {
                    UserFacet::Invited
                };
                draft.emit(Event::UserFacetSet { person, state });
            }
        }
        Facet::Customer => {
            let row = draft.customer(person)?;
            require_customer_right(draft, person)?;
            if row.customer == CustomerFacet::Deactivated {
                draft.emit(Event::CustomerFacetSet {
                    person,
                    state: CustomerFacet::Active,
                });
            }
        }
    }
    Ok(())
}

/// SD-26: always a person's act (AD-24), for ever; somebody who is both by who may delete both.
pub(super) fn erase(draft: &mut Draft<'_>, person: PersonId) -> Result<(), Refusal> {
    let row = draft.person(person)?;
    if draft.actor_person().is_none() {
        return Err(Refusal::forbidden(
            "AD-24",
            "erased_by_a_person",
            "erasing is always a person's act",
        ));
    }
    may_manage(draft, person, row)?;
    if draft.before.account().billing_contact == Some(person) {
        return Err(Refusal::conflict(
            "AD-16",
            "billing_contact",
            "hand over the billing contact first",
        ));
    }
    let seats: Vec<_> = draft
        .before
        .licences()
        .iter()
        .flat_map(|(licence, row)| {
            row.seats
                .iter()
                .map(move |(seat, by)| (licence, *seat, *by))
        })
        .filter(|(_, _, by)| *by == person)
        .collect();
    for (licence, seat, _) in seats {
        draft.emit(Event::SeatFreed { licence, seat });
    }
    end_access(draft, person);
    draft.emit(Event::PersonErased { person });
    Ok(())
}

pub(super) fn end_access(draft: &mut Draft<'_>, person: PersonId) {
    draft.emit(Event::AccessEnded { person });
    draft.notice(Notice::AccessEnded { person });
}
