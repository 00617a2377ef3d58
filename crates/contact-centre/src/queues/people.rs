//! Agents and supervisors of a queue (CC-1): who they are, and what is chosen for them. What is chosen is kept as its owner's draft, so that
//! several searches one after the other add up; it is saved in `save.rs`, all of it in one review.

use std::collections::{BTreeMap, HashMap};

use access::{
    Command, PersonId, QueueId, Window,
    decide::{PermissionType, UserStatus, permissions::AssignToQueue},
    explain::words::Name,
    state::{Facet, QueueKind},
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{InPath, May, Seen},
    page::{
        Frame, Next, Page, PageDraft, Pager, SeeOther, Typed,
        form::Form,
        names::{Mark, Names},
        status::Status,
    },
    paging::Paging,
    part::Query,
    resource::PersonRef,
    route::{Route, get, post},
    session::Session,
    things,
};

use super::{Head, head, path, person::InQueue, role::Role, save};
use crate::find::Found;

/// Changes that one review takes.
const CHANGES_MAX: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/contact-centre/queues/{queue}",
            "queues_page.people",
            "Agents and supervisors of a queue",
            show,
        ),
        post(
            "/contact-centre/queues/{queue}/people",
            "queues_page.keep_roles",
            "Keep what is chosen on the page, and find somebody or look at another page",
            keep,
        ),
        post(
            "/contact-centre/queues/{queue}/people/save",
            "queues_page.save_roles",
            "Give and take the roles that were chosen",
            save::save,
        ),
        post(
            "/contact-centre/queues/{queue}/people/discard",
            "queues_page.discard_roles",
            "Discard what was chosen",
            discard,
        ),
    ]
}

/// What the caller chose for people of a queue and did not save.
pub(super) fn draft(session: &Session, queue: QueueId) -> PageDraft<'_> {
    let page = format!("queue/{}", session.id(queue).0);
    PageDraft::new(session, page, AssignToQueue::PERMISSION, CHANGES_MAX)
}

#[derive(Template)]
#[template(path = "queue-people.html")]
struct PeoplePage {
    frame: Frame,
    head: Head,
    /// Where the page is, with its search.
    path: String,
    /// Chosen, and on no row below.
    chosen: Vec<Row>,
    rows: Vec<Row>,
    pager: Pager,
    can_assign: bool,
    has_supervisors: bool,
    /// Whoever was found, in the place of the queue's people.
    found: Option<Found>,
    typed: Typed,
    /// Rows of the draft.
    kept: usize,
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
    stored: Role,
    /// What the draft wants; the same where it says nothing.
    wanted: Role,
    choices: Vec<Role>,
    /// Whether they can be given anything: not whoever is deactivated.
    is_open: bool,
    /// Until when, where a role ends by itself.
    until: Option<String>,
}

impl Row {
    fn is_changed(&self) -> bool {
        self.stored != self.wanted
    }
}

/// The address of the page, with what was typed under its id.
fn address(session: &Session, queue: QueueId, view: Option<&str>) -> String {
    web::page::address(&path(session.id(queue)), &[("view", view)])
}

async fn rows(
    session: &Session,
    queue: QueueId,
    people: &[PersonId],
    wanted: &HashMap<PersonId, Role>,
) -> Result<Vec<Row>> {
    let names = Names::of_people(session, people.iter().copied()).await?;
    let row = session.state().queues().get(queue);
    let kind = row.ok_or_else(Problem::not_found)?.kind;
    let row = |person: &PersonId| {
        let person = *person;
        let roles = InQueue::now(session, queue, person);
        let ends = [roles.agent, roles.supervisor].into_iter().flatten();
        let is_open = session.view().user_status(person) != UserStatus::Deactivated;
        let stored = Role::of(&roles);
        let wanted = wanted.get(&person).copied().unwrap_or(stored);
        Row {
            id: session.id(person),
            who: names.mark(Name::Person(person)),
            address: names.address(person).unwrap_or_default().to_owned(),
            status: session.not_active(person, Facet::User),
            stored,
            wanted,
            choices: stored.choices(wanted, kind, is_open, |role| {
                let rows = vec![role.row(person)];
                session.offers(&Command::SaveQueuePeople { queue, rows })
            }),
            is_open,
            until: ends
                .filter_map(|window: Window| window.end)
                .min()
                .map(web::page::moment),
        }
    };
    Ok(people.iter().map(row).collect())
}

async fn show(
    seen: Seen<QueueId>,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<PeoplePage>> {
    let (session, queue) = (&*seen, seen.on);
    let row = session.state().queues().get(queue);
    let row = row.ok_or_else(Problem::not_found)?;
    let view = session.view();
    let can_assign = view.may(AssignToQueue::PERMISSION, queue);
    let typed = match can_assign {
        true => session.typed(which.view.as_deref()).await?,
        false => Typed::Nothing,
    };
    let wanted = match can_assign {
        true => wanted(session, queue).await?,
        false => HashMap::new(),
    };
    let (frame, head) = head(session, queue, "").await?;
    let path = address(session, queue, typed.view());
    let mut found = None;
    let mut pager = Pager::default();
    let people = if let Some(text) = typed.text() {
        let users = |view: &access::View<'_>, person| view.sees_as_user(person);
        let whom = Found::people(session, text.to_owned(), users).await?;
        let people = whom.people.iter().map(|one| one.person).collect();
        found = Some(whom);
        people
    } else if typed.is_gone() {
        Vec::new()
    } else {
        let shown = |person: PersonId| {
            let roles = InQueue::now(session, queue, person);
            Role::of(&roles) != Role::None && view.sees_as_user(person)
        };
        let (people, next) = things::walk(&paging, |after| row.people.iter_after(after), shown)?;
        pager = Pager::new(&paging, &path, next);
        people
    };
    let elsewhere = wanted.keys().filter(|person| !people.contains(person));
    let mut elsewhere: Vec<_> = elsewhere.copied().collect();
    elsewhere.sort_unstable();
    Ok(Page::new(PeoplePage {
        chosen: rows(session, queue, &elsewhere, &wanted).await?,
        rows: rows(session, queue, &people, &wanted).await?,
        pager: if can_assign { pager.in_form() } else { pager },
        can_assign,
        // CC-1: ring groups have agents only.
        has_supervisors: row.kind != QueueKind::RingGroup,
        found,
        typed,
        kept: wanted.len(),
        path,
        frame,
        head,
    }))
}

/// What the caller's draft wants of people who are there, and have something else by now.
async fn wanted(session: &Session, queue: QueueId) -> Result<HashMap<PersonId, Role>> {
    let draft = draft(session, queue).rows().await?;
    let pending = save::pending(session, queue, &draft);
    Ok(pending
        .iter()
        .map(|change| (change.person, change.wanted))
        .collect())
}

async fn keep(
    may: May<AssignToQueue, InPath<QueueId>>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<SeeOther> {
    let (session, queue) = (&*may, may.permit()?.on());
    let sent = save::sent(session, &fields)?;
    draft(session, queue).keep(sent.rows).await?;
    let to = match sent.to {
        // The button of the search.
        None | Some("find") => {
            let view = session.keep_view(sent.typed.unwrap_or_default()).await?;
            address(session, queue, view.as_deref())
        }
        Some(to) => Next::parse(to).path().to_owned(),
    };
    Ok(SeeOther::to(to))
}

async fn discard(
    may: May<AssignToQueue, InPath<QueueId>>,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Result<SeeOther> {
    let (session, queue) = (&*may, may.permit()?.on());
    // The rows come along, because they stand in the same form.
    let sent = save::sent(session, &fields)?;
    draft(session, queue).end().await?;
    Ok(SeeOther::to(save::back(session, queue, sent.back)))
}
