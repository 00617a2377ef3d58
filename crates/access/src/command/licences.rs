//! Licences: bought, counted, and the seats of concurrent pools (AD-14). Giving one to somebody is a tie: see `ties.rs`.

use uuid::Uuid;

use super::account::{self, LICENSED};
use super::{Actor, Draft, Refusal, SystemSubject};
use crate::catalogue::{Permission, Product};
use crate::decide::{Subject, Target};
use crate::event::Event;
use crate::ids::{LicenceId, PersonId, PublicId};
use crate::state::{Licence, LicenceModel, Life, Tie};

/// Buying changes the plan: the billing contact, or who manages billing in the admin portal.
pub(super) fn require_buyer(draft: &Draft<'_>) -> Result<(), Refusal> {
    if draft
        .view()
        .may(Permission::BillingPlanChange, Target::Account)
    {
        return Ok(());
    }
    draft.require(Permission::AdminBillingManage, Target::Account)
}

/// AD-14: named, or concurrent for remote support.
pub(super) fn buy(
    draft: &mut Draft<'_>,
    id: PublicId<LicenceId>,
    product: Product,
    model: LicenceModel,
    seats: u32,
) -> Result<(), Refusal> {
    require_buyer(draft)?;
    if !LICENSED.contains(&product) {
        return Err(Refusal::invalid(
            "AD-14",
            "not_licensed",
            format!("{} needs no licence", product.name()),
        ));
    }
    if model == LicenceModel::Concurrent && product != Product::RemoteSupport {
        return Err(Refusal::invalid(
            "AD-14",
            "not_concurrent",
            "only licences of remote support can be concurrent",
        ));
    }
    draft.is_new(id)?;
    draft.emit(Event::LicenceBought {
        uid: id.uuid(),
        product,
        model,
        seats,
    });
    account::settle_only_user(draft);
    Ok(())
}

/// AD-14: less than is in use is refused with the number (I-10).
pub(super) fn set_seats(
    draft: &mut Draft<'_>,
    licence: LicenceId,
    seats: u32,
) -> Result<(), Refusal> {
    require_buyer(draft)?;
    let row = bought(draft, licence)?;
    if row.bought == seats {
        return Ok(());
    }
    if row.in_use() > seats as usize && row.model == LicenceModel::Named {
        // Seats whose time is over are not in use (AD-25).
        for holder in row.holders.iter() {
            draft.sweep(holder);
        }
    }
    draft.emit(Event::LicenceSeatsSet { licence, seats });
    account::settle_only_user(draft);
    Ok(())
}

/// A pool that is not deleted.
pub(super) fn bought<'a>(draft: &Draft<'a>, licence: LicenceId) -> Result<&'a Licence, Refusal> {
    let row = draft.before.licences().get(licence);
    row.filter(|row| row.life != Life::Deleted)
        .ok_or_else(|| Refusal::not_found("no such licence"))
}

/// AD-14: the agent, or the sessions on the agent's behalf, makes a session key. Two racing for the last seat: the second is
/// refused with the number left (I-10).
pub(super) fn take_seat(
    draft: &mut Draft<'_>,
    licence: LicenceId,
    seat: Uuid,
    person: PersonId,
) -> Result<(), Refusal> {
    let by_sessions = draft.actor == Actor::System(SystemSubject::Sessions);
    if !by_sessions && !draft.is_oneself(person) {
        return Err(Refusal::forbidden(
            "AD-14",
            "own_session_only",
            "a session key is made by the agent who hosts the session",
        ));
    }
    let row = bought(draft, licence)?;
    draft.require_active(Some(row.life), "licence")?;
    let agent = draft.before.view(Subject::Person(person), draft.now);
    let entitled = agent.has_tie(Tie::Licence(licence));
    if !entitled || !agent.may(Permission::RemoteSupportSessionHost, Target::Account) {
        return Err(Refusal::forbidden(
            "AD-14",
            "not_entitled",
            "hosting needs the role Agent and an entitlement to this licence",
        ));
    }
    if row.model == LicenceModel::Named {
        let detail = "a named licence has its seat already; only concurrent pools count sessions";
        return Err(Refusal::invalid("AD-14", "not_concurrent", detail));
    }
    match row.seats.iter().find(|(taken, _)| *taken == seat) {
        Some((_, by)) if *by == person => Ok(()),
        Some(_) => {
            let detail = "this session key is somebody else's";
            Err(Refusal::conflict("AD-14", "seat_taken", detail))
        }
        None => {
            draft.emit(Event::SeatTaken {
                licence,
                seat,
                person,
            });
            Ok(())
        }
    }
}

/// AD-14: the session ended or timed out, or an administrator clears it. Freed twice is freed.
pub(super) fn free_seat(
    draft: &mut Draft<'_>,
    licence: LicenceId,
    seat: Uuid,
) -> Result<(), Refusal> {
    let by_sessions = draft.actor == Actor::System(SystemSubject::Sessions);
    let row = bought(draft, licence)?;
    let taken = row.seats.iter().find(|(taken, _)| *taken == seat);
    let Some((_, person)) = taken.copied() else {
        return if by_sessions {
            Ok(())
        } else {
            Err(Refusal::not_found("no such session key"))
        };
    };
    if !by_sessions && !draft.view().frees_seats_of(person) {
        draft.require(Permission::AdminLicencesManage, person)?;
    }
    draft.emit(Event::SeatFreed { licence, seat });
    Ok(())
}
