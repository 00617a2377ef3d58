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

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
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

/// A login, in the order of queues and people.
type Login = (QueueId, PersonId, InQueue);

/// So many logins after one of them.
fn logins(
    session: &Session,
    unassigned: bool,
    after: Option<(u32, u32)>,
    most: usize,
) -> Vec<Login> {
    let (state, view) = (session.state(), session.view());
    let monitored = state.queues().iter().filter(|(queue, _)| {
        after.is_none_or(|(last, _)| queue.number() >= last)
            && view.may(MonitorAgents::PERMISSION, *queue)
    });
    let logins = monitored.flat_map(|(queue, row)| {
        let people = row.people.iter().filter(move |person| {
            after.is_none_or(|last| (queue.number(), person.number()) > last)
        });
        people.filter_map(move |person| {
            let found = InQueue::now(session, queue, person);
            let (basis, _) = found.login?;
            let wanted = !unassigned || basis != LoginBasis::Assignment;
            (wanted && view.sees_as_user(person)).then_some((queue, person, found))
        })
    });
    logins.take(most).collect()
}

async fn show(
    session: Anywhere<(MonitorAgents,)>,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<LoggedInPage>> {
    let unassigned = which.unassigned.unwrap_or_default();
    let found = logins(&session, unassigned, paging.after()?, paging.size + 1);
    let page = paging.cut(found, |(queue, person, _)| {
        (queue.number(), person.number())
    })?;
    let named = page.items.iter();
    let named = named.flat_map(|(queue, person, _)| [Name::Queue(*queue), Name::Person(*person)]);
    let names = Names::of(&session, named.collect::<Vec<_>>()).await?;
    let row = |(queue, person, found): &Login| Row {
        queue: names.mark(Name::Queue(*queue)),
        agents: format!("{}/agents", super::path(session.id(*queue))),
        who: names.mark(Name::Person(*person)),
        login: login_text(found),
        is_paused: found.paused,
    };
    let rows = page.items.iter().map(row).collect();
    let filter = [("unassigned", unassigned.then_some("true"))];
    let frame = Frame::of(&session, "Who is logged in", PAGE, SECTION).await?;
    Ok(Page::new(LoggedInPage {
        frame,
        unassigned,
        rows,
        pager: Pager::filtered(&paging, PAGE, &filter, page.next),
    }))
}
