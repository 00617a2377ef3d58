//! What several people are in a queue, in one step (CC-1, CC-13): each row becomes the ties that it would be alone, so that every rule is
//! asked that is asked of one. A row that is refused refuses the whole, and the refusal says whose it is.

use super::authority::Gift;
use super::reach::each_once;
use super::{Command, Draft, QueueRow, Refusal, ties};
use crate::catalogue::Product;
use crate::ids::{LicenceId, PersonId, QueueId};
use crate::moment::Window;
use crate::state::{LicenceModel, State, Tie};

pub(super) fn save(
    draft: &mut Draft<'_>,
    queue: QueueId,
    rows: &[QueueRow],
) -> Result<(), Refusal> {
    each_once(rows.iter().map(|row| row.person))?;
    // What is given up first frees the seats that are given then (AD-14).
    let (taken, given): (Vec<_>, Vec<_>) = rows
        .iter()
        .partition(|row| row.licence.is_none() && new_roles(draft, queue, row).is_empty());
    for row in taken {
        set(draft, queue, row).map_err(|refusal| of(row.person, refusal))?;
    }
    let free = draft.after.clone();
    for row in &given {
        let done = set(draft, queue, row);
        done.map_err(|refusal| {
            seats_for_all(&free, &given, &refusal).unwrap_or_else(|| of(row.person, refusal))
        })?;
    }
    Ok(())
}

/// The two roles, and whether a row wants them.
fn roles(queue: QueueId, row: &QueueRow) -> [(Tie, bool); 2] {
    [
        (Tie::QueueAgent(queue), row.agent),
        (Tie::QueueSupervisor(queue), row.supervisor),
    ]
}

/// The roles of a row that the person does not have now.
fn new_roles(draft: &Draft<'_>, queue: QueueId, row: &QueueRow) -> Vec<Tie> {
    let wanted = roles(queue, row).into_iter();
    let new = wanted.filter(|(tie, wanted)| *wanted && !has_now(draft, row.person, *tie));
    new.map(|(tie, _)| tie).collect()
}

fn has_now(draft: &Draft<'_>, person: PersonId, tie: Tie) -> bool {
    let held = draft.held(person);
    let mut held = held.iter();
    held.any(|(held, window, _)| *held == tie && window.contains(draft.now))
}

/// One row. A role that the person has stays as it is, for as long as it lasts. Whoever changes from one role to the other is never
/// without both: the licence would go with the last (CC-13).
fn set(draft: &mut Draft<'_>, queue: QueueId, row: &QueueRow) -> Result<(), Refusal> {
    let person = row.person;
    draft.user(person)?;
    // A row that is so already is judged as well: otherwise it would tell what somebody is.
    draft.may_take(&Gift::Tie(Tie::QueueAgent(queue)), person)?;
    let mut new = new_roles(draft, queue, row);
    if let Some(licence) = row.licence {
        if !row.agent && !row.supervisor {
            let detail = "a licence is given together with a role in the queue";
            return Err(Refusal::invalid("§7", "needs_no_licence", detail));
        }
        let with_role = new.first().copied();
        if with_role.is_none() {
            ties::of_contact_centre(draft, licence)?;
        }
        draft.then(&match with_role {
            Some(tie) => Command::TieWithLicence {
                person,
                tie,
                licence,
            },
            // The role is there, and may end by itself: given anew it would be one for ever.
            None => Command::Tie {
                person,
                tie: Tie::Licence(licence),
                window: Window::ALWAYS,
            },
        })?;
        new.retain(|other| Some(*other) != with_role);
    }
    for tie in new {
        draft.then(&Command::Tie {
            person,
            tie,
            window: Window::ALWAYS,
        })?;
    }
    // One that is still to come is not what the row speaks of.
    for (tie, wanted) in roles(queue, row) {
        if !wanted && has_now(draft, person, tie) {
            draft.then(&Command::Untie { person, tie })?;
        }
    }
    Ok(())
}

fn of(person: PersonId, refusal: Refusal) -> Refusal {
    Refusal {
        whose: Some(person),
        ..refusal
    }
}

/// AD-14: that too few seats are left is not about the one whose turn it was. The first licence of which more are needed than left.
fn seats_for_all(free: &State, rows: &[&QueueRow], refusal: &Refusal) -> Option<Refusal> {
    if refusal.code != "no_seat_left" {
        return None;
    }
    let mut licences: Vec<_> = rows.iter().filter_map(|row| row.licence).collect();
    licences.sort_unstable();
    licences.dedup();
    let short = |licence: LicenceId| {
        let named = free.licences().get(licence).filter(|row| {
            row.product == Product::ContactCentre && row.model == LicenceModel::Named
        })?;
        // Whoever holds it needs no other seat.
        let needs =
            |row: &&&QueueRow| row.licence == Some(licence) && !named.holders.contains(row.person);
        let need = rows.iter().filter(needs).count();
        let left = (named.bought as usize).saturating_sub(named.in_use());
        (need > left).then_some((need, left))
    };
    let (need, left) = licences.into_iter().find_map(short)?;
    if need < 2 {
        return None;
    }
    let left = match left {
        0 => "no seat is left".to_owned(),
        1 => "1 seat is left".to_owned(),
        left => format!("{left} seats are left"),
    };
    Some(Refusal {
        detail: format!("{need} people would need a licence, and {left}"),
        ..refusal.clone()
    })
}
