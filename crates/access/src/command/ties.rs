//! Memberships, levels, licences and product roles: given to one person, for ever or for a time, and taken away.
//!
//! [`tie`] asks in this order: who may give it, whether it fits the person and the thing, and what must be there for it. What
//! rests on a tie goes with it (`follow`), in the same step.

use super::authority::Gift;
use super::draft::is_active;
use super::{Draft, Notice, Refusal, ToldOf, contact_centre, services};
use crate::catalogue::{PermissionSet, Product, sets};
use crate::decide::{Subject, UserStatus};
use crate::ids::{LicenceId, PersonId, QueueId};
use crate::moment::{Moment, Window};
use crate::state::{CustomerAccess, DeskRight, LicenceModel, QueueKind, State, Tie};

/// Gives a tie. Already so: nothing happens.
pub(super) fn tie(
    draft: &mut Draft<'_>,
    person: PersonId,
    tie: Tie,
    window: Window,
) -> Result<(), Refusal> {
    check_window(tie, window, draft.now)?;
    has_no_command_of_its_own(tie)?;
    has_facet(draft, person, tie)?;
    draft.may_give(&Gift::Tie(tie), person)?;
    fits(draft.before, tie)?;
    if let Tie::UserGroup(group) = tie {
        let people = [person].into_iter().collect();
        draft.require_no_widening(&people, group, window, |view| {
            view.may_give_ranked(&Gift::Tie(tie), person).is_ok()
        })?;
    }
    needs(draft, person, tie, window)?;
    put(draft, person, tie, window);
    if let Tie::DeskRight(right) = tie {
        if let Some(read) = read_of(right) {
            put_parent(draft, person, read, window);
        }
        drop_orphans(draft, person);
    }
    tell(draft, person, tie);
    stands(draft, person, window.end)
}

/// Takes a tie away, timed or not, with what rests on it.
pub(super) fn untie(draft: &mut Draft<'_>, person: PersonId, tie: Tie) -> Result<(), Refusal> {
    has_no_command_of_its_own(tie)?;
    draft.person(person)?;
    draft.may_take(&Gift::Tie(tie), person)?;
    if draft.held(person).iter().any(|(held, ..)| *held == tie) {
        draft.sweep(person);
        draft.untie(person, tie);
        follow(draft, person, tie);
        stands(draft, person, None)?;
    }
    Ok(())
}

/// Contact admin, queue agent or queue supervisor with the licence, in one step (RULES §4 table).
pub(super) fn tie_with_licence(
    draft: &mut Draft<'_>,
    person: PersonId,
    tie: Tie,
    licence: LicenceId,
) -> Result<(), Refusal> {
    if !needs_contact_centre_licence(tie) {
        return Err(Refusal::invalid(
            "§7",
            "needs_no_licence",
            "only roles of the contact centre are given together with a licence",
        ));
    }
    has_facet(draft, person, tie)?;
    let seat = Tie::Licence(licence);
    draft.may_give(&Gift::Tie(tie), person)?;
    draft.may_give(&Gift::Tie(seat), person)?;
    fits(draft.before, seat)?;
    fits(draft.before, tie)?;
    of_contact_centre(draft, licence)?;
    put(draft, person, seat, Window::ALWAYS);
    put(draft, person, tie, Window::ALWAYS);
    tell(draft, person, tie);
    Ok(())
}

/// AD-14: a seat of another product is no seat here.
pub(super) fn of_contact_centre(draft: &Draft<'_>, licence: LicenceId) -> Result<(), Refusal> {
    let row = draft.before.licences().get(licence);
    if row.is_none_or(|row| row.product != Product::ContactCentre) {
        return Err(Refusal::invalid(
            "AD-14",
            "wrong_product",
            "this licence is not one of the contact centre",
        ));
    }
    Ok(())
}

/// Only additive ties can be timed (DESIGN), and only for a time that can still come.
pub(super) fn check_window(tie: Tie, window: Window, now: Moment) -> Result<(), Refusal> {
    let detail = if !window.is_possible() {
        "the end comes before the start"
    } else if window.end.is_some_and(|end| end <= now) {
        "the end is over already"
    } else if !window.is_always() && matches!(tie, Tie::Customer(_, CustomerAccess::NoPortal)) {
        "Access (no portal) also closes what the company opens, and cannot be limited in time"
    } else {
        return Ok(());
    };
    Err(Refusal::invalid("AD-25", "impossible_window", detail))
}

fn has_no_command_of_its_own(tie: Tie) -> Result<(), Refusal> {
    match tie {
        Tie::AccountAdmin(_) | Tie::Login(..) | Tie::Paused(_) | Tie::Timed(_) => {
            Err(Refusal::invalid(
                "§4",
                "own_command",
                "account admins, logins and pauses have commands of their own",
            ))
        }
        _ => Ok(()),
    }
}

/// I-8: staff ties are for users, customer ties for customers.
fn has_facet(draft: &Draft<'_>, person: PersonId, tie: Tie) -> Result<(), Refusal> {
    match tie {
        Tie::Customer(..) => draft.customer(person)?,
        _ => draft.user(person)?,
    };
    Ok(())
}

/// The thing is there, counts, and is of the right kind.
pub(super) fn fits(state: &State, tie: Tie) -> Result<(), Refusal> {
    match tie {
        Tie::Licence(id) => {
            let life = state.licences().get(id).map(|row| row.life);
            is_active(life, "licence")
        }
        Tie::Service(id, _) | Tie::Customer(id, _) => {
            let life = state.services().get(id).map(|row| row.life);
            is_active(life, "service")
        }
        Tie::Group(id) => {
            let life = state.groups().get(id).map(|row| row.life);
            is_active(life, "group")
        }
        Tie::UserGroup(id) => {
            let life = state.user_groups().get(id).map(|row| row.life);
            is_active(life, "user group")
        }
        Tie::DeviceGroup(id) => {
            let life = state.device_groups().get(id).map(|row| row.life);
            is_active(life, "device group")
        }
        Tie::QueueAgent(id) | Tie::QueueSupervisor(id) => {
            let row = state.queues().get(id);
            is_active(row.map(|row| row.life), "queue")?;
            let ring_group = row.is_some_and(|row| row.kind == QueueKind::RingGroup);
            if ring_group && matches!(tie, Tie::QueueSupervisor(_)) {
                let detail = "ring groups have agents only";
                return Err(Refusal::invalid("CC-1", "ring_group_supervisor", detail));
            }
            Ok(())
        }
        Tie::Feature(permission) if !sets::AGENT_FEATURES.contains(permission) => {
            Err(Refusal::invalid(
                "§3",
                "not_a_feature",
                format!("{} is no feature permission of an Agent", permission.key()),
            ))
        }
        Tie::ProductRole(product, role) if !state.products().has_role(product, role) => {
            Err(Refusal::not_found("no such role of a product"))
        }
        _ => Ok(()),
    }
}

/// What must be there first: the Agent for its features, the licence for roles of the contact centre (RULES §7).
fn needs(draft: &Draft<'_>, person: PersonId, tie: Tie, window: Window) -> Result<(), Refusal> {
    let at = window.start.map_or(draft.now, |start| start.max(draft.now));
    if matches!(tie, Tie::Feature(_)) {
        let is_agent = draft
            .held(person)
            .iter()
            .any(|(held, window, _)| *held == Tie::Agent && window.contains(at));
        if !is_agent {
            let detail = "feature permissions are given to Agents only";
            return Err(Refusal::conflict("§3", "not_an_agent", detail));
        }
    }
    needs_licence(&draft.after, person, tie, at)
}

/// Roles of the contact centre need its licence (RULES §7).
pub(super) fn needs_licence(
    state: &State,
    person: PersonId,
    tie: Tie,
    at: Moment,
) -> Result<(), Refusal> {
    let view = state.view(Subject::Person(person), at);
    let licensed = || {
        let row = view.person();
        row.is_some_and(|row| view.holds_licence(row, Product::ContactCentre))
    };
    if needs_contact_centre_licence(tie) && !licensed() {
        return Err(Refusal::conflict(
            "§7",
            "no_licence",
            "this role of the contact centre needs a licence: give both in one step",
        ));
    }
    Ok(())
}

fn needs_contact_centre_licence(tie: Tie) -> bool {
    matches!(
        tie,
        Tie::ContactAdmin | Tie::QueueAgent(_) | Tie::QueueSupervisor(_)
    )
}

/// Writes the tie in the place of what it replaces.
pub(super) fn put(draft: &mut Draft<'_>, person: PersonId, tie: Tie, window: Window) {
    draft.sweep(person);
    if let Tie::Licence(licence) = tie {
        free_ended_seats(draft, licence);
    }
    let mut there = false;
    for (held, held_window, timed) in draft.held(person) {
        if held == tie && held_window == window && !there {
            there = true;
        } else if replaces(tie, window, held, timed.is_some()) {
            draft.drop_tie(person, held, timed);
        }
    }
    // AD-30: what a mapping alone gave is given by hand as well.
    if !there || draft.after.tie_origin(person, tie).is_some() {
        draft.tie(person, tie, window);
    }
    // In the place of one that lasted longer it is a loss at its end.
    if matches!(tie, Tie::Licence(_) | Tie::QueueAgent(_)) {
        contact_centre::settle_logins(draft, person);
    }
}

/// One level of a user, one access of a customer on a service (SD-17). What is for a time stands beside what is for ever: the
/// higher level counts (SD-10), and *Access (no portal)* set by hand closes again afterwards (SD-15).
fn replaces(tie: Tie, window: Window, held: Tie, held_is_timed: bool) -> bool {
    let alike = match (tie, held) {
        (Tie::Service(new, _), Tie::Service(old, _))
        | (Tie::Customer(new, _), Tie::Customer(old, _)) => new == old,
        _ => false,
    };
    tie == held || alike && (window.is_always() || held_is_timed)
}

/// A seat whose time is over is free (AD-14, AD-25). Looked at only when none is left.
pub(super) fn free_ended_seats(draft: &mut Draft<'_>, licence: LicenceId) {
    let Some(row) = draft.after.licences().get(licence).cloned() else {
        return;
    };
    if row.model == LicenceModel::Named && row.in_use() >= row.bought as usize {
        for holder in row.holders.iter() {
            draft.sweep(holder);
        }
    }
}

/// I-4: the parent of a right is there as long as the right is.
fn put_parent(draft: &mut Draft<'_>, person: PersonId, right: DeskRight, window: Window) {
    let tie = Tie::DeskRight(right);
    let there = draft
        .held(person)
        .iter()
        .any(|(held, at, _)| *held == tie && (at.is_always() || *at == window));
    if !there {
        put(draft, person, tie, window);
        draft.notice(Notice::PermissionsAdjusted {
            added: right.permission().set(),
            removed: PermissionSet::EMPTY,
        });
    }
}

/// AD-3: unticking the parent unticks its children.
fn drop_orphans(draft: &mut Draft<'_>, person: PersonId) {
    let held = draft.held(person);
    for (tie, window, timed) in &held {
        let Tie::DeskRight(right) = *tie else {
            continue;
        };
        let carried = read_of(right).is_none_or(|read| {
            held.iter().any(|(other, at, _)| {
                *other == Tie::DeskRight(read) && (at.is_always() || at == window)
            })
        });
        if !carried {
            draft.drop_tie(person, *tie, *timed);
            draft.notice(Notice::PermissionsAdjusted {
                added: PermissionSet::EMPTY,
                removed: right.permission().set(),
            });
        }
    }
}

fn read_of(right: DeskRight) -> Option<DeskRight> {
    let parent = right.permission().parent()?;
    let mut all = DeskRight::ALL.into_iter();
    all.find(|right| right.permission() == parent)
}

/// Who is told (RULES §4 table).
pub(super) fn tell(draft: &mut Draft<'_>, person: PersonId, tie: Tie) {
    match tie {
        Tie::QueueSupervisor(_) => {
            contact_centre::tell_super_admins(draft, ToldOf::QueueSupervisorMade);
        }
        Tie::Service(service, _) if draft.is_oneself(person) => {
            services::tell_if_opened_to_oneself(draft, service);
        }
        Tie::Group(group) if draft.is_oneself(person) => {
            let row = draft.before.groups().get(group);
            for service in row.into_iter().flat_map(|row| row.services.iter()) {
                services::tell_if_opened_to_oneself(draft, service);
            }
        }
        _ => {}
    }
}

/// Takes away what rested on a tie that is gone.
fn follow(draft: &mut Draft<'_>, person: PersonId, gone: Tie) {
    match gone {
        Tie::Agent => {
            for feature in sets::AGENT_FEATURES.iter() {
                draft.untie(person, Tie::Feature(feature));
            }
        }
        Tie::DeskRight(_) => drop_orphans(draft, person),
        Tie::QueueAgent(queue) => {
            end_logins(draft, person, Some(queue));
            free_with_last_queue(draft, person);
        }
        Tie::QueueSupervisor(_) => free_with_last_queue(draft, person),
        Tie::Licence(_) => contact_centre::settle_logins(draft, person),
        _ => {}
    }
}

/// CC-4: ends the logins to one queue, or to all.
pub(super) fn end_logins(draft: &mut Draft<'_>, person: PersonId, queue: Option<QueueId>) {
    for (held, _, timed) in draft.held(person) {
        if let Tie::Login(at, _) | Tie::Paused(at) = held
            && queue.is_none_or(|queue| queue == at)
        {
            draft.drop_tie(person, held, timed);
        }
    }
}

/// CC-13: who is in no queue any more gives the licence back, Contact admins excepted.
pub(super) fn free_with_last_queue(draft: &mut Draft<'_>, person: PersonId) {
    draft.sweep(person);
    let held = draft.held(person);
    let stays = held
        .iter()
        .any(|(tie, ..)| needs_contact_centre_licence(*tie));
    if stays {
        return;
    }
    for (tie, _, timed) in held {
        let Tie::Licence(licence) = tie else { continue };
        let row = draft.after.licences().get(licence);
        // AD-30: what a mapping gives goes with the mapping.
        let is_mapped = timed.is_none() && draft.after.tie_origin(person, tie).is_some();
        if row.is_some_and(|row| row.product == Product::ContactCentre) && !is_mapped {
            draft.drop_tie(person, tie, timed);
        }
    }
    contact_centre::settle_logins(draft, person);
}

/// What must be true of the person afterwards: an account admin is an Agent for ever, and whoever is suspended by this, now or
/// when the window ends, is outranked by the actor.
pub(super) fn stands(
    draft: &Draft<'_>,
    person: PersonId,
    end: Option<Moment>,
) -> Result<(), Refusal> {
    let held = draft.held(person);
    let is_admin = held
        .iter()
        .any(|(tie, ..)| matches!(tie, Tie::AccountAdmin(_)));
    let is_agent = held
        .iter()
        .any(|(tie, window, _)| *tie == Tie::Agent && window.is_always());
    if is_admin && !is_agent {
        return Err(Refusal::conflict(
            "§3",
            "account_admin_is_agent",
            "an account admin must be an Agent: take that away first",
        ));
    }
    suspends_by_rank(draft, person, end)
}

/// RULES §4 table: what suspends a person needs the rank of AD-24.
pub(super) fn suspends_by_rank(
    draft: &Draft<'_>,
    person: PersonId,
    end: Option<Moment>,
) -> Result<(), Refusal> {
    let status =
        |state: &crate::State, at| state.view(Subject::Person(person), at).user_status(person);
    if draft.is_oneself(person) || status(draft.before, draft.now) != UserStatus::Active {
        return Ok(());
    }
    let moments = [Some(draft.now), end];
    let suspended = moments
        .into_iter()
        .flatten()
        .any(|at| status(&draft.after, at) == UserStatus::Suspended);
    // With an end the person may have been about to be suspended anyway.
    let anyway = end.is_some_and(|at| status(draft.before, at) == UserStatus::Suspended);
    if suspended && !anyway {
        draft.require_rank(person)
    } else {
        Ok(())
    }
}
