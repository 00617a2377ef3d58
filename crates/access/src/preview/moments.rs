//! When the difference that a command makes can change by itself: at the bounds of what it writes, or takes, for a time.

use crate::event::Event;
use crate::ids::PersonId;
use crate::moment::{Moment, Window};
use crate::state::{State, Tie};

/// The moment of asking, and every later bound, in order.
pub(super) fn of(before: &State, after: &State, events: &[Event], now: Moment) -> Vec<Moment> {
    let mut moments = vec![now];
    for event in events {
        each_window(before, after, event, &mut |window| {
            moments.extend(window.start.into_iter().chain(window.end));
        });
    }
    moments.retain(|moment| *moment >= now);
    moments.sort_unstable();
    moments.dedup();
    moments
}

fn each_window(before: &State, after: &State, event: &Event, found: &mut dyn FnMut(Window)) {
    match event {
        Event::TimedTied { window, .. } => found(*window),
        Event::TimedUntied { timed } => {
            if let Some(row) = after.timed_ties().get(*timed) {
                found(row.window);
            }
        }
        Event::ExtraGrantGiven { grant, .. } | Event::ExtraGrantTaken { grant, .. } => {
            found(grant.window);
        }
        Event::PersonErased { person } => of_person(before, *person, found),
        _ => {}
    }
}

/// Whatever an erasure takes away.
fn of_person(before: &State, person: PersonId, found: &mut dyn FnMut(Window)) {
    let Some(row) = before.people().get(person) else {
        return;
    };
    for tie in row.ties.iter() {
        if let Tie::Timed(timed) = tie
            && let Some(row) = before.timed_ties().get(*timed)
        {
            found(row.window);
        }
    }
    row.extras()
        .extra_grants
        .iter()
        .for_each(|grant| found(grant.window));
}
