//! Queues: which there are, who serves and who supervises them, who is logged in, how they are set up.

mod agents;
mod list;
mod logged_in;
mod people;
mod person;
mod role;
mod save;
mod settings;

use access::{
    QueueId,
    explain::words::Name,
    state::{Life, QueueKind},
};
use web::{
    Problem, Result,
    page::{Frame, Tab, Tabs, names::Names},
    resource::QueueRef,
    route::Route,
    session::Session,
};

use crate::frame::SECTION;

/// The list: the entry of the rail leads here.
pub(crate) const PAGE: &str = "/contact-centre/queues";

pub(crate) fn routes() -> Vec<Route> {
    [
        list::routes(),
        logged_in::routes(),
        people::routes(),
        agents::routes(),
        settings::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn kind_word(kind: QueueKind) -> &'static str {
    match kind {
        QueueKind::Call => "call queue",
        QueueKind::RingGroup => "ring group",
        QueueKind::Inbox => "inbox queue",
        QueueKind::Campaign => "campaign",
    }
}

/// What stands at the head of each page of a queue.
#[derive(Debug)]
struct Head {
    name: String,
    path: String,
    kind: &'static str,
    is_archived: bool,
    life: Life,
    tabs: Tabs,
}

/// The frame of a page of a queue; `below` the path of the queue.
async fn head(session: &Session, queue: QueueId, below: &str) -> Result<(Frame, Head)> {
    let row = session.state().queues().get(queue);
    let row = row
        .filter(|row| row.life != Life::Deleted)
        .ok_or_else(Problem::not_found)?;
    let name = Names::of(session, [Name::Queue(queue)])
        .await?
        .text(Name::Queue(queue));
    let path = path(session.id(queue));
    let here = format!("{path}{below}");
    let tabs = [
        ("", "Agents and supervisors"),
        ("/agents", "Logged in"),
        ("/settings", "Settings"),
    ];
    let shown = tabs.iter().find(|(page, _)| *page == below);
    let shown = shown.map_or("", |(_, label)| *label);
    let tabs = tabs.map(|(below, label)| Tab {
        href: format!("{path}{below}"),
        label,
        count: None,
    });
    let frame = Frame::of(session, &name, &here, SECTION)
        .await?
        .below(PAGE, "Queues");
    let head = Head {
        tabs: Tabs::new(name.clone(), shown, tabs.into()),
        name,
        path,
        kind: kind_word(row.kind),
        is_archived: row.life == Life::Archived,
        life: row.life,
    };
    Ok((frame, head))
}

fn path(queue: QueueRef) -> String {
    format!("{PAGE}/{}", queue.0)
}
