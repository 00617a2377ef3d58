//! Seats of concurrent licences: taken with a session key, freed with the session, or cleared by an administrator (AD-14).

use access::{Command, LicenceId, Subject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::{
    Problem, Result,
    common::Submission,
    guard::{CommandsOn, Seen},
    paging::{Page, Paging},
    part::Path,
    reply::Answer,
    resource::PersonRef,
    route::{Route, delete, get, post},
    submit::Written,
};

use crate::things;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/licences/{licence}/seats",
            "licences.seats",
            "List the occupied seats that the caller may free",
            list,
        ),
        post(
            "/api/v1/licences/{licence}/seats",
            "licences.take_seat",
            "Occupy a concurrent seat for the caller's session",
            take,
        ),
        delete(
            "/api/v1/licences/{licence}/seats/{seat}",
            "licences.free_seat",
            "Free a concurrent seat",
            free,
        ),
    ]
}

/// An occupied seat.
#[derive(Debug, Serialize, ToSchema)]
struct SeatBody {
    /// What taking it gave.
    seat: Uuid,
    /// Whose session it is.
    person: PersonRef,
    /// Absent when erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// A seat in the path.
#[derive(Debug, Deserialize, IntoParams)]
struct SeatInPath {
    /// What taking it gave.
    seat: Uuid,
}

async fn list(seen: Seen<LicenceId>, paging: Paging) -> Result<Answer<Page<SeatBody>>> {
    let row = seen.asked().licences().get(seen.on);
    let mut seats = row.ok_or_else(Problem::not_found)?.seats.clone();
    seats.sort_unstable();
    let after = paging.after::<Uuid>()?;
    let view = seen.view();
    seats.retain(|(seat, person)| after < Some(*seat) && view.frees_seats_of(*person));
    seats.truncate(paging.size + 1);
    let people: Vec<_> = seats.iter().map(|(_, person)| *person).collect();
    let profiles = things::profiles(&seen, &people).await?;
    let items = seats.into_iter().filter_map(|(seat, person)| {
        Some(SeatBody {
            seat,
            person: seen.shown(person)?,
            name: things::name(&profiles, person),
        })
    });
    seen.answer(paging.cut(items.collect(), |item| item.seat)?)
}

async fn take(commands: CommandsOn<LicenceId>, how: Submission) -> Result<Answer<Written>> {
    let Subject::Person(person) = commands.subject else {
        return Err(
            Problem::forbidden().detail("a seat is for a person's session: a connection has none")
        );
    };
    let seat = commands.account.engine().new_uuid();
    commands
        .make(
            seat.to_string(),
            Command::TakeSeat {
                licence: commands.on,
                seat,
                person,
            },
            &how,
        )
        .await
}

async fn free(
    commands: CommandsOn<LicenceId>,
    Path(path): Path<SeatInPath>,
    how: Submission,
) -> Result<Answer<Written>> {
    commands
        .submit(
            Command::FreeSeat {
                licence: commands.on,
                seat: path.seat,
            },
            &how,
        )
        .await
}
