//! Billing › Licences › [licence]: how much of it is in use, who holds it, the seats of a pool (AD-14).

use access::{
    Command, LicenceId, Window,
    explain::words::Name,
    state::{LicenceModel, Tie},
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use web::{
    Problem, Result,
    guard::{CommandsOn, Seen},
    page::{
        Frame, OnePerson, Page, Pager, Picked, Picker, SeeOther, Taken, ThisPerson,
        find::Kind,
        lives::{self, At, Lives, NewLife, NewName},
        names::{Mark, Names},
        review::{Filled, Review, Reviewed},
    },
    paging::Paging,
    part::Query,
    route::{Route, get, post},
    session::Session,
    things,
};

use crate::licences::{PLACE, SECTION, Seats, model, number_of_seats};

const PEOPLE: &[Kind] = &[Kind::User];
/// Occupied seats that a page names; those that are cleared make room for others.
const SEATS_SHOWN: usize = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/billing/licences/{licence}",
            "licence.page",
            "A licence, with its holders and seats",
            show,
        ),
        post(
            "/billing/licences/{licence}/holders",
            "licence.give",
            "Review and give a licence to a user",
            give,
        ),
        post(
            "/billing/licences/{licence}/holders/take",
            "licence.take",
            "Review and take a licence from a user",
            take,
        ),
        post(
            "/billing/licences/{licence}/seats/clear",
            "licence.clear_seat",
            "Review and clear an occupied seat",
            clear,
        ),
        post(
            "/billing/licences/{licence}/size",
            "licence.resize",
            "Buy more seats, or fewer",
            resize,
        ),
        post(
            "/billing/licences/{licence}/name",
            "licence.rename",
            "Rename a licence",
            rename,
        ),
        post(
            "/billing/licences/{licence}/life",
            "licence.set_life",
            "Review and archive, restore or delete a licence",
            set_life,
        ),
    ]
}

struct Holder {
    id: String,
    who: Mark,
    /// It begins or ends.
    is_timed: bool,
    /// The reader can take it from them.
    can_take: bool,
}

struct Seat {
    id: Uuid,
    who: Mark,
}

#[derive(Template)]
#[template(path = "licence.html")]
struct LicencePage {
    frame: Frame,
    name: String,
    path: String,
    product: &'static str,
    model: &'static str,
    is_concurrent: bool,
    is_archived: bool,
    seats: Option<Seats>,
    /// So many were proposed.
    wanted: Option<usize>,
    holders: Vec<Holder>,
    pager: Pager,
    /// The reader can give it.
    who: Option<Picker>,
    occupied: Vec<Seat>,
    occupied_beyond: usize,
    /// The reader can buy.
    lives: Option<Lives>,
}

fn who() -> Picker {
    Picker::new("person", "Name or address of a user", PEOPLE)
}

async fn at(session: &Session, licence: LicenceId) -> Result<At> {
    At::below(session, licence, Name::Licence(licence), PLACE, SECTION).await
}

async fn page(
    session: &Session,
    licence: LicenceId,
    paging: &Paging,
    who: Picker,
) -> Result<LicencePage> {
    let row = session.state().licences().get(licence);
    let row = row.ok_or_else(Problem::not_found)?;
    let At {
        page: path, name, ..
    } = at(session, licence).await?;
    let view = session.view();
    let (found, next) = things::walk(
        paging,
        |after| row.holders.iter_after(after),
        |person| view.sees(person),
    )?;
    let mut occupied = row.seats.clone();
    occupied.sort_unstable();
    occupied.retain(|(_, person)| view.frees_seats_of(*person));
    let occupied_beyond = occupied.len().saturating_sub(SEATS_SHOWN);
    occupied.truncate(SEATS_SHOWN);
    let people = found.iter().copied();
    let people: Vec<_> = people.chain(occupied.iter().map(|(_, who)| *who)).collect();
    let names = Names::of_people(session, people).await?;
    let holders = found.iter().map(|person| {
        let own = session.state().people().get(*person);
        Holder {
            id: session.id(*person).0.to_string(),
            who: names.mark(Name::Person(*person)),
            is_timed: !own.is_some_and(|own| own.ties.has(Tie::Licence(licence))),
            can_take: session.offers(&Command::Untie {
                person: *person,
                tie: Tie::Licence(licence),
            }),
        }
    });
    let frame = Frame::of(session, &name, &path, SECTION).await?;
    let frame = frame.below(PLACE, "Licences");
    let can_give = row.life.is_active() && view.gives_licence(licence);
    Ok(LicencePage {
        holders: holders.collect(),
        lives: session
            .offers(&Command::SetLicenceSeats {
                licence,
                seats: row.bought,
            })
            .then(|| Lives::of(&frame, &path, &name, "licence", row.life)),
        frame,
        product: row.product.name(),
        model: model(row.model),
        is_concurrent: row.model == LicenceModel::Concurrent,
        is_archived: !row.life.is_active(),
        seats: Seats::of(session, licence, row),
        wanted: None,
        pager: Pager::new(paging, &path, next),
        who: can_give.then_some(who),
        occupied: occupied
            .into_iter()
            .map(|(id, person)| Seat {
                id,
                who: names.mark(Name::Person(person)),
            })
            .collect(),
        occupied_beyond,
        name,
        path,
    })
}

/// What Ask proposed: it is chosen in the form, and not saved.
#[derive(Debug, Deserialize, IntoParams)]
struct Proposed {
    /// So many seats.
    seats: Option<usize>,
}

async fn show(
    seen: Seen<LicenceId>,
    paging: Paging,
    Query(proposed): Query<Proposed>,
) -> Result<Page<LicencePage>> {
    let mut page = page(&seen, seen.on, &paging, who()).await?;
    page.wanted = proposed.seats.filter(|_| page.lives.is_some());
    page.frame = page.frame.proposing(page.wanted.is_some());
    Ok(Page::new(page))
}

async fn give(
    commands: CommandsOn<LicenceId>,
    form: Reviewed<OnePerson>,
) -> Result<Filled<LicencePage>> {
    let (session, licence) = (&*commands, commands.on);
    let person = match who().pick(session, PEOPLE, form.body.sent()).await? {
        Picked::One(person) => person,
        Picked::Not(who) => {
            let paging = Paging::at(session, &at(session, licence).await?.page)?;
            let again = page(session, licence, &paging, who).await?;
            return Ok(Filled::Again(Page::again(again)));
        }
    };
    let at = at(session, licence).await?;
    let names = Names::of_people(session, [person]).await?;
    let title = format!("Give {} to {}?", at.name, names.text(Name::Person(person)));
    let asking = at.asking(title, "", "Give the licence", "holders");
    let command = Command::Tie {
        person,
        tie: Tie::Licence(licence),
        window: Window::ALWAYS,
    };
    let settled = form.settle(session, command, asking).await?;
    Ok(Filled::Settled(settled.then(|_| at.saying("Given."))))
}

async fn take(
    commands: CommandsOn<LicenceId>,
    form: Reviewed<ThisPerson>,
) -> Result<Taken<Review>> {
    let (session, licence) = (&*commands, commands.on);
    let person = session.named("person", form.body.person)?;
    let at = at(session, licence).await?;
    let names = Names::of_people(session, [person]).await?;
    let title = format!(
        "Take {} from {}?",
        at.name,
        names.text(Name::Person(person))
    );
    let asking = at.asking(
        title,
        "The seat is free at once.",
        "Take the licence",
        "holders/take",
    );
    let command = Command::Untie {
        person,
        tie: Tie::Licence(licence),
    };
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| {
        let said = "Taken: the seat is free.";
        // Whoever gave up their own may have seen it by that alone.
        if session.still_sees(licence) {
            at.saying(said)
        } else {
            SeeOther::to(at.list).saying(said)
        }
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhichSeat {
    seat: Uuid,
}

async fn clear(
    commands: CommandsOn<LicenceId>,
    form: Reviewed<WhichSeat>,
) -> Result<Taken<Review>> {
    let (session, licence, seat) = (&*commands, commands.on, form.body.seat);
    let at = at(session, licence).await?;
    let row = session.state().licences().get(licence);
    let taken = row.and_then(|row| row.seats.iter().find(|(taken, _)| *taken == seat));
    let view = session.view();
    let whose = match taken.filter(|(_, person)| view.frees_seats_of(*person)) {
        None => "somebody".to_owned(),
        Some((_, person)) => {
            let names = Names::of_people(session, [*person]).await?;
            names.text(Name::Person(*person))
        }
    };
    let asking = at.asking(
        format!("Clear the seat of {whose}?"),
        "It is free for somebody else at once. Whoever had it needs a new session key.",
        "Clear the seat",
        "seats/clear",
    );
    let command = Command::FreeSeat { licence, seat };
    let settled = form.always().settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("Cleared: the seat is free.")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Size {
    seats: String,
}

async fn resize(commands: CommandsOn<LicenceId>, form: Reviewed<Size>) -> Result<Taken<Review>> {
    let (session, licence) = (&*commands, commands.on);
    let at = at(session, licence).await?;
    let asking = at.asking(
        format!("Change the number of seats of {}?", at.name),
        "",
        "Save",
        "size",
    );
    let Some(seats) = number_of_seats(&form.body.seats) else {
        let problem = Problem::invalid("seats", "give a number of seats, like 25");
        return form.refuse(session, &problem, asking).await;
    };
    let command = Command::SetLicenceSeats { licence, seats };
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("Saved.")))
}

async fn rename(commands: CommandsOn<LicenceId>, form: Reviewed<NewName>) -> Result<Taken<Review>> {
    let at = at(&commands, commands.on).await?;
    lives::rename(&commands, commands.on, form, &at).await
}

async fn set_life(
    commands: CommandsOn<LicenceId>,
    form: Reviewed<NewLife>,
) -> Result<Taken<Review>> {
    let at = at(&commands, commands.on).await?;
    lives::turn(&commands, commands.on, form, &at).await
}
