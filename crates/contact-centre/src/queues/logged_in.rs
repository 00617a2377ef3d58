//! Who is logged in now, in every queue that the caller monitors (CC-8, CC-11).

use access::{
    Dense, PermissionType, PersonId, QueueId, decide::permissions::MonitorAgents,
    explain::words::Name, state::LoginBasis,
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::Anywhere,
    page::{
        CONTACT_CENTRE, Frame, Page, Pager,
        names::{Mark, Names},
    },
    paging::Paging,
    part::Query,
    route::{Route, get},
    session::Session,
    things,
};

use super::{agents::login_text, person::InQueue};
use crate::frame::SECTION;

pub(super) const PAGE: &str = "/contact-centre/logged-in";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PAGE,
            "queues_page.logged_in",
            "Who is logged in to the queues that the caller monitors",
            show,
        )
        .in_section(&CONTACT_CENTRE, "Who is logged in"),
    ]
}

/// The page is another parameter of the same address.
#[derive(Debug, Default, Deserialize, IntoParams)]
struct Which {
    /// Only those who are not assigned to the queue.
    unassigned: Option<bool>,
}

#[derive(Template)]
#[template(path = "logged-in.html")]
struct LoggedInPage {
    frame: Frame,
    unassigned: bool,
    rows: Vec<Row>,
    pager: Pager,
}

struct Row {
    queue: Mark,
    agents: String,
    who: Mark,
    login: String,
    is_paused: bool,
}

/// A login.
type Login = (QueueId, PersonId, InQueue);
/// What is looked at: a queue, then its people.
type Place = (u32, Option<u32>);

/// Queues, each before its people, after one of them.
fn places(
    session: &Session,
    after: Option<Place>,
) -> impl Iterator<Item = (Place, (QueueId, Option<PersonId>))> + '_ {
    let (state, view) = (session.state(), session.view());
    let of = after.and_then(|(queue, _)| QueueId::from_number(queue));
    let queues =
        (of.map_or(0, QueueId::index)..state.queues().len()).map_while(QueueId::from_index);
    queues.flat_map(move |queue| {
        let person = after
            .filter(|_| of == Some(queue))
            .and_then(|(_, person)| person);
        let row = state.queues().get(queue);
        let row = row.filter(|_| view.may(MonitorAgents::PERMISSION, queue));
        let people = row
            .into_iter()
            .flat_map(move |row| (row.people).iter_after(person.and_then(PersonId::from_number)));
        let itself = (of != Some(queue)).then_some(None);
        let all = itself.into_iter().chain(people.map(Some));
        all.map(move |person| {
            (
                (queue.number(), person.map(PersonId::number)),
                (queue, person),
            )
        })
    })
}

async fn show(
    session: Anywhere<(MonitorAgents,)>,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<LoggedInPage>> {
    let unassigned = which.unassigned.unwrap_or_default();
    let view = session.view();
    let login = |(queue, person): (QueueId, Option<PersonId>)| {
        let person = person?;
        let found = InQueue::now(&session, queue, person);
        let (basis, _) = found.login?;
        let wanted = !unassigned || basis != LoginBasis::Assignment;
        (wanted && view.sees_as_user(person)).then_some((queue, person, found))
    };
    let (found, next) = things::walk_by(&paging, |after| places(&session, after), login)?;
    let named = found.iter();
    let named = named.flat_map(|(queue, person, _)| [Name::Queue(*queue), Name::Person(*person)]);
    let names = Names::of(&session, named.collect::<Vec<_>>()).await?;
    let row = |(queue, person, found): &Login| Row {
        queue: names.mark(Name::Queue(*queue)),
        agents: format!("{}/agents", super::path(session.id(*queue))),
        who: names.mark(Name::Person(*person)),
        login: login_text(found),
        is_paused: found.paused,
    };
    let rows = found.iter().map(row).collect();
    let filter = [("unassigned", unassigned.then_some("true"))];
    let frame = Frame::of(&session, "Who is logged in", PAGE, SECTION).await?;
    Ok(Page::new(LoggedInPage {
        frame,
        unassigned,
        rows,
        pager: Pager::filtered(&paging, PAGE, &filter, next),
    }))
}
