//! The queues that the caller may know of.

use access::{
    Command, PermissionType, QueueId, Target,
    decide::permissions::{ConfigureQueues, LogInToQueue, ViewQueue},
    explain::words::Name,
    state::{Life, QueueKind},
};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;
use web::{
    Result,
    guard::{Anywhere, Commands},
    lists::Count,
    page::{
        CONTACT_CENTRE, Frame, Page, Pager, SeeOther,
        names::{Mark, Names},
        person::Spot,
        review::{Asking, Filled, Reviewed},
    },
    paging::Paging,
    route::{Route, get, post},
    session::Session,
    things::{self, Search},
    values,
};

use super::{PAGE, kind_word, person::counts};
use crate::{frame::SECTION, person};

/// Whoever serves or sees a queue, or may log in to one.
type Reader = Anywhere<(ViewQueue, LogInToQueue)>;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PAGE,
            "queues_page.list",
            "The queues that the caller may know of",
            show,
        )
        .in_section(&CONTACT_CENTRE, "Queues")
        .on_person(Spot::ContactCentre, person::contact_centre),
        post(PAGE, "queues_page.create", "Make a queue", create),
    ]
}

#[derive(Template)]
#[template(path = "queues.html")]
struct QueuesPage {
    frame: Frame,
    rows: Vec<Row>,
    pager: Pager,
    /// The form of a new one, for whoever may make one.
    making: Option<Making>,
}

struct Making {
    name: String,
    error: Option<String>,
    kinds: Vec<KindChoice>,
}

struct KindChoice {
    code: &'static str,
    label: &'static str,
    is_chosen: bool,
}

const KINDS: [(&str, &str, QueueKind); 4] = [
    ("call", "Call queue", QueueKind::Call),
    ("ring_group", "Ring group", QueueKind::RingGroup),
    ("inbox", "Inbox queue", QueueKind::Inbox),
    ("campaign", "Campaign", QueueKind::Campaign),
];

impl Making {
    fn of(chosen: QueueKind) -> Self {
        let kinds = KINDS.map(|(code, label, kind)| KindChoice {
            code,
            label,
            is_chosen: kind == chosen,
        });
        Self {
            name: String::new(),
            error: None,
            kinds: kinds.into(),
        }
    }
}

struct Row {
    who: Mark,
    kind: &'static str,
    is_archived: bool,
    /// Agents, supervisors and logins: for whoever sees all of them.
    counts: Option<[Count; 3]>,
}

async fn show(session: Reader, paging: Paging) -> Result<Page<QueuesPage>> {
    let making = Making::of(QueueKind::Call);
    page(&session, &paging, making).await.map(Page::new)
}

async fn page(session: &Session, paging: &Paging, making: Making) -> Result<QueuesPage> {
    let all = |_: &access::View<'_>, _: QueueId| true;
    let (queues, next) = things::page::<QueueId>(session, paging, &Search::default(), all).await?;
    let names = Names::of(
        session,
        queues
            .iter()
            .map(|queue| Name::Queue(*queue))
            .collect::<Vec<_>>(),
    )
    .await?;
    let state = session.state();
    let row = |queue: QueueId| {
        let row = state.queues().get(queue)?;
        let sees_all = session.view().oversees(queue);
        Some(Row {
            who: names.mark(Name::Queue(queue)),
            kind: kind_word(row.kind),
            is_archived: row.life == Life::Archived,
            counts: sees_all.then(|| counts(session, queue, &row.people)),
        })
    };
    let view = session.view();
    let can_create = view.may(ConfigureQueues::PERMISSION, Target::Account);
    Ok(QueuesPage {
        frame: Frame::of(session, "Queues", PAGE, SECTION).await?,
        rows: queues.into_iter().filter_map(row).collect(),
        pager: Pager::new(paging, PAGE, next),
        making: can_create.then_some(making),
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewQueue {
    name: String,
    kind: QueueKind,
}

async fn create(commands: Commands, form: Reviewed<NewQueue>) -> Result<Filled<QueuesPage>> {
    let kind = form.body.kind;
    let name = match values::name(&form.body.name) {
        Ok(name) => name.to_owned(),
        Err(error) => {
            let making = Making {
                name: form.body.name.clone(),
                error: Some(format!("Please {error}.")),
                ..Making::of(kind)
            };
            let paging = Paging::at(&commands, PAGE)?;
            let again = page(&commands, &paging, making).await?;
            return Ok(Filled::Again(Page::again(again)));
        }
    };
    let id = commands.new_id();
    let change = Change::from(Command::CreateQueue { id, kind })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name.clone()));
    let asking = Asking {
        title: format!("Make the {} {name}?", kind_word(kind)),
        about: "Nobody serves it until somebody is assigned to it.".to_owned(),
        button: "Make the queue".to_owned(),
        action: PAGE.to_owned(),
        back: PAGE.to_owned(),
        place: SECTION,
        moves: Vec::new(),
    };
    let settled = form.settle(&commands, change, asking).await?;
    Ok(Filled::Settled(settled.then(|_| {
        SeeOther::to(format!("{PAGE}/{id}")).saying("The queue is made. Assign agents to it here.")
    })))
}
