//! What several people are in a queue, in one step (CC-1, CC-13): each row becomes the ties that it would be alone, so that every rule is
//! asked that is asked of one. A row that is refused refuses the whole, and the refusal says whose it is.

use super::authority::Gift;
use super::reach::each_once;
use super::{Command, Draft, QueueRow, Refusal};
use crate::ids::{PersonId, QueueId};
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
        .partition(|row| new_roles(draft, queue, row).is_empty());
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
    let held = draft.held(row.person);
    let has = |tie: Tie| {
        let mut held = held.iter();
        held.any(|(held, window, _)| *held == tie && window.contains(draft.now))
    };
    let wanted = roles(queue, row).into_iter();
    let new = wanted.filter(|(tie, wanted)| *wanted && !has(*tie));
    new.map(|(tie, _)| tie).collect()
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
        let kept = roles(queue, row).into_iter();
        let mut kept = kept.filter(|(_, wanted)| *wanted).map(|(tie, _)| tie);
        let tie = new.first().copied().or_else(|| kept.next());
        let Some(tie) = tie else {
            let detail = "a licence is given together with a role in the queue";
            return Err(Refusal::invalid("§7", "needs_no_licence", detail));
        };
        draft.then(&Command::TieWithLicence {
            person,
            tie,
            licence,
        })?;
        new.retain(|other| *other != tie);
    }
    for tie in new {
        draft.then(&Command::Tie {
            person,
            tie,
            window: Window::ALWAYS,
        })?;
    }
    for (tie, wanted) in roles(queue, row) {
        if !wanted {
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

/// AD-14: that too few seats are left is not about the one whose turn it was.
fn seats_for_all(free: &State, rows: &[&QueueRow], refusal: &Refusal) -> Option<Refusal> {
    let mut licences: Vec<_> = rows.iter().filter_map(|row| row.licence).collect();
    let need = licences.len();
    if refusal.code != "no_seat_left" || need < 2 {
        return None;
    }
    licences.sort_unstable();
    licences.dedup();
    let licences = licences.into_iter();
    let named = licences.filter_map(|licence| free.licences().get(licence));
    let left: usize = named
        .filter(|row| row.model == LicenceModel::Named)
        .map(|row| (row.bought as usize).saturating_sub(row.in_use()))
        .sum();
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
