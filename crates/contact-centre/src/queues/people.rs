//! Agents and supervisors of a queue (CC-1): who they are, and giving and taking the roles after a review.

use access::{
    Command, LicenceId, Permission, PermissionType, PersonId, Product, QueueId, State, Subject,
    Window,
    decide::{Reason, UserStatus, permissions::AssignToQueue},
    explain::words::Name,
    state::{Facet, LicenceModel, QueueKind, Tie},
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{CommandsOn, InPath, May, Seen},
    page::{
        Frame, Page, Pager, SeeOther, Taken,
        form::Form,
        names::{Mark, Names},
        review::{Asking, Idle, Move, Review, Reviewed},
        status::Status,
    },
    paging::Paging,
    part::Query,
    resource::PersonRef,
    route::{Route, get, post},
    session::Session,
    things,
};

use super::{Head, head, path, person::InQueue};
use crate::{
    find::{Find, Found},
    frame::SECTION,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/contact-centre/queues/{queue}",
            "queues_page.people",
            "Agents and supervisors of a queue",
            show,
        ),
        post(
            "/contact-centre/queues/{queue}/find",
            "queues_page.find_people",
            "Find somebody to assign to the queue",
            find,
        ),
        post(
            "/contact-centre/queues/{queue}",
            "queues_page.set_role",
            "Give somebody a role in the queue, or take it away",
            change,
        ),
    ]
}

#[derive(Template)]
#[template(path = "queue-people.html")]
struct PeoplePage {
    frame: Frame,
    head: Head,
    rows: Vec<Row>,
    pager: Pager,
    can_assign: bool,
    has_supervisors: bool,
    found: Option<Found>,
    /// What was typed, under its id: whoever was found stays found after one of them was assigned.
    view: Option<String>,
}

/// Whom the page looks for.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Found by what was typed, kept under this id.
    view: Option<String>,
}

struct Row {
    id: PersonRef,
    who: Mark,
    /// What tells them from others of the same name.
    address: String,
    /// Of whoever is not active.
    status: Option<Status>,
    /// Whoever is deactivated is found, and given nothing.
    is_open: bool,
    agent: bool,
    supervisor: bool,
    /// Until when, where a role ends by itself.
    until: Option<String>,
}

impl PeoplePage {
    async fn of(session: &Session, queue: QueueId, people: Vec<PersonId>) -> Result<Self> {
        let (frame, head) = head(session, queue, "").await?;
        let names = Names::of_people(session, people.iter().copied()).await?;
        let row = |person| {
            let roles = InQueue::now(session, queue, person);
            let ends = [roles.agent, roles.supervisor].into_iter().flatten();
            Row {
                id: session.id(person),
                who: names.mark(Name::Person(person)),
                address: names.address(person).unwrap_or_default().to_owned(),
                status: session.not_active(person, Facet::User),
                is_open: session.view().user_status(person) != UserStatus::Deactivated,
                agent: roles.agent.is_some(),
                supervisor: roles.supervisor.is_some(),
                until: ends
                    .filter_map(|window: Window| window.end)
                    .min()
                    .map(web::page::moment),
            }
        };
        let kind = session.state().queues().get(queue).map(|row| row.kind);
        Ok(Self {
            rows: people.into_iter().map(row).collect(),
            pager: Pager::default(),
            can_assign: session.view().may(AssignToQueue::PERMISSION, queue),
            // CC-1: ring groups have agents only.
            has_supervisors: kind != Some(QueueKind::RingGroup),
            found: None,
            view: None,
            frame,
            head,
        })
    }

    /// With whoever is found by what was typed.
    async fn finding(
        session: &Session,
        queue: QueueId,
        q: String,
        view: Option<String>,
    ) -> Result<Self> {
        let users = |view: &access::View<'_>, person| view.sees_as_user(person);
        let found = Found::people(session, q, users).await?;
        let people = found.people.iter().map(|one| one.person).collect();
        Ok(Self {
            found: Some(found),
            view,
            ..Self::of(session, queue, people).await?
        })
    }
}

async fn show(
    seen: Seen<QueueId>,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<PeoplePage>> {
    let queue = seen.on;
    let typed = seen.typed(which.view.as_deref()).await?;
    if let Some(text) = typed.text()
        && seen.view().may(AssignToQueue::PERMISSION, queue)
    {
        let page = PeoplePage::finding(&seen, queue, text.to_owned(), which.view.clone()).await?;
        return Ok(Page::new(page));
    }
    let row = seen.state().queues().get(queue);
    let row = row.ok_or_else(Problem::not_found)?;
    let view = seen.view();
    let shown = |person: PersonId| {
        let roles = InQueue::now(&seen, queue, person);
        (roles.agent.is_some() || roles.supervisor.is_some()) && view.sees_as_user(person)
    };
    let (people, next) = things::walk(&paging, |after| row.people.iter_after(after), shown)?;
    let page = PeoplePage::of(&seen, queue, people).await?;
    Ok(Page::new(PeoplePage {
        pager: Pager::new(&paging, &page.head.path, next),
        ..page
    }))
}

async fn find(
    may: May<AssignToQueue, InPath<QueueId>>,
    Form(Find { q }): Form<Find>,
) -> Result<Page<PeoplePage>> {
    let queue = may.permit()?.on();
    let view = may.keep_view(&q).await?;
    let page = PeoplePage::finding(&may, queue, q, view).await?;
    Ok(Page::new(page))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    person: PersonRef,
    role: Role,
    to: To,
    /// What was typed to find them, under its id.
    #[serde(default)]
    view: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Agent,
    Supervisor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum To {
    Give,
    Take,
}

async fn change(commands: CommandsOn<QueueId>, form: Reviewed<Change>) -> Result<Taken<Review>> {
    let (queue, role, to) = (commands.on, form.body.role, form.body.to);
    let person = commands.named("person", form.body.person)?;
    let (tie, word) = match role {
        Role::Agent => (Tie::QueueAgent(queue), "agent"),
        Role::Supervisor => (Tie::QueueSupervisor(queue), "supervisor"),
    };
    let names = Names::of(&commands, [Name::Queue(queue), Name::Person(person)]).await?;
    let (of, who) = (
        names.text(Name::Queue(queue)),
        names.text(Name::Person(person)),
    );
    let state = commands.state();
    let now = InQueue::now(&commands, queue, person);
    let (agent, supervisor, gives) = (
        now.agent.is_some(),
        now.supervisor.is_some(),
        to == To::Give,
    );
    let after = match role {
        Role::Agent => roles(gives, supervisor),
        Role::Supervisor => roles(agent, gives),
    };
    let (command, title, button) = match to {
        To::Give => {
            let licence = (!is_licensed(&commands, person))
                .then(|| free_licence(state))
                .flatten();
            let command = match licence {
                Some(licence) => Command::TieWithLicence {
                    person,
                    tie,
                    licence,
                },
                None => Command::Tie {
                    person,
                    tie,
                    window: Window::ALWAYS,
                },
            };
            let title = format!("Make {who} {word} of {of}?");
            (command, title, format!("Make {word}"))
        }
        To::Take => {
            let title = format!("Make {who} {word} of {of} no longer?");
            (
                Command::Untie { person, tie },
                title,
                "Take the role".to_owned(),
            )
        }
    };
    let about = match &command {
        // CC-13.
        Command::TieWithLicence { .. } => "A Contact Center licence is given with it.",
        Command::Untie { .. } => {
            "With the last queue the Contact Center licence goes too, a Contact admin's excepted."
        }
        _ => "",
    };
    let idle = idle(&commands, queue, person, role);
    let is_licensing = matches!(command, Command::TieWithLicence { .. });
    let idle = idle.filter(|why| !(is_licensing && matches!(why, Reason::NoLicence(_))));
    let idle = idle.map(|why| Idle::because(&names, person, why));
    let action = path(commands.id(queue));
    let view = form.body.view.as_deref();
    let back = web::page::address(&action, &[("view", view)]);
    let asking = Asking {
        title,
        about: about.to_owned(),
        button,
        action,
        back: back.clone(),
        place: SECTION,
        moves: vec![Move {
            of: Name::Person(person),
            from: roles(agent, supervisor).to_owned(),
            to: after.to_owned(),
            idle,
        }],
    };
    // What is stored is looked at, also where nobody gains anything by it now.
    let settled = form.always().settle(&commands, command, asking).await?;
    Ok(settled.then(|written| {
        let said = if written.changed {
            "Saved."
        } else {
            "It was so already."
        };
        SeeOther::to(back).saying(said)
    }))
}

/// Why a role opens nothing to somebody now.
fn idle(session: &Session, queue: QueueId, person: PersonId, role: Role) -> Option<Reason> {
    let permission = match role {
        Role::Agent => Permission::ContactCentreCallServe,
        Role::Supervisor => Permission::ContactCentreQueueView,
    };
    let view = session.state().view(Subject::Person(person), session.now());
    Idle::reason(&view.decide(permission, queue.into()))
}

fn roles(agent: bool, supervisor: bool) -> &'static str {
    match (agent, supervisor) {
        (true, true) => "Agent and supervisor",
        (true, false) => "Agent",
        (false, true) => "Supervisor",
        (false, false) => "No role",
    }
}

/// Whether the person holds a licence of the contact centre already.
pub(super) fn is_licensed(session: &Session, person: PersonId) -> bool {
    let row = session.state().people().get(person);
    row.is_some_and(|row| session.view().holds_licence(row, Product::ContactCentre))
}

/// A licence of the contact centre that has a seat left. Whether it may be given is for the command to say.
fn free_licence(state: &State) -> Option<LicenceId> {
    let mut licences = state.licences().iter();
    let free = licences.find(|(_, row)| {
        let has_seat =
            row.model == LicenceModel::Concurrent || row.holders.len() < row.bought as usize;
        row.product == Product::ContactCentre && row.life.is_active() && has_seat
    });
    free.map(|(id, _)| id)
}
