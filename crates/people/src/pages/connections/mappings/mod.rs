//! What the groups of a connection's provider give (AD-30): one ordered list, changed step by step as its editor's draft (`edited.rs`), with
//! what can be added (`offered.rs`), and saved as a whole after a look at who gains and who loses what (`save.rs`).

mod edited;
mod offered;
mod save;

use access::{
    ConnectionId, ProviderGroupId,
    decide::permissions::ManageIntegrations,
    explain::words::{self, Name},
    state::{MappedTo, Mapping},
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::{And, May, TheAccount},
    page::{
        Frame, Page, SeeOther, Taken, address,
        connection::{self, Head},
        form::Form,
        names::{Html, Mark, Names},
        person::Choice,
        sentence,
    },
    part::Query,
    resource::{Id, ProviderGroupRef},
    route::{Route, get, post},
    session::Session,
};

use self::{
    edited::{Edited, Step},
    offered::{Add, Adding, Offered},
};

/// Rows of what has no order; beyond, a group is chosen.
const ROWS_MAX: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/configure/connections/{connection}/mappings",
            "connection_mappings.page",
            "What the groups of a connection's provider give, as saved and as the reader edits it",
            show,
        ),
        post(
            "/configure/connections/{connection}/mappings/step",
            "connection_mappings.step",
            "Move, take out or put back a mapping in the reader's draft",
            step,
        ),
        post(
            "/configure/connections/{connection}/mappings/add",
            "connection_mappings.add",
            "Add a mapping to the reader's draft",
            add,
        ),
        post(
            "/configure/connections/{connection}/mappings/discard",
            "connection_mappings.discard",
            "Drop what the reader changed and did not save",
            discard,
        ),
        post(
            "/configure/connections/{connection}/mappings",
            "connection_mappings.save",
            "Review and save the mappings of a connection",
            save::save,
        ),
        post(
            "/configure/connections/{connection}/mappings/apply",
            "connection_mappings.apply",
            "Review and give what the mappings of a connection could not give before",
            save::apply,
        ),
    ]
}

/// Of which group.
#[derive(Debug, Default, Deserialize, IntoParams)]
struct Which {
    /// The id of a group: its mappings alone, and it is chosen for the next one.
    group: Option<String>,
}

/// A mapping on the page.
struct Row {
    /// Its place in the list.
    at: usize,
    group: Mark,
    members: usize,
    gives: Html,
    /// The same in running text, for the names of buttons.
    text: String,
    is_new: bool,
    /// Why it gives nothing to anybody new.
    closed: Option<(String, &'static str)>,
    may_edit: bool,
    goes_up: bool,
    goes_down: bool,
}

#[derive(Template)]
#[template(path = "connection-mappings.html")]
struct MappingsPage {
    frame: Frame,
    head: Head,
    path: String,
    mark: String,
    /// The group that the page is narrowed down to.
    group: Option<(String, Mark)>,
    /// In order.
    roles: Vec<Row>,
    others: Vec<Row>,
    others_total: usize,
    removed: Vec<Row>,
    is_changed: bool,
    has_moved: bool,
    /// Whether the reader changes anything here.
    may_edit: bool,
    has_groups: bool,
    /// Whether something is saved, that can be tried again.
    has_saved: bool,
    offered: Offered,
    adding: Adding,
}

impl MappingsPage {
    fn others_beyond(&self) -> usize {
        self.others_total - self.others.len()
    }

    fn has_buttons(&self) -> bool {
        let mut rows = self.roles.iter().chain(&self.others);
        self.may_edit && (!self.removed.is_empty() || rows.any(|row| row.may_edit))
    }

    /// What can be given, under its headings.
    fn choices(&self) -> [(&'static str, &[Choice]); 4] {
        [
            ("Account role", &self.offered.roles),
            ("Licence", &self.offered.licences),
            ("Level on a service", &self.offered.levels),
            ("Role in a queue", &self.offered.queue_roles),
        ]
    }
}

fn path(session: &Session, connection: ConnectionId) -> String {
    format!("{}/mappings", connection::path_of(session, connection))
}

/// The group of this connection that an address or a form names.
fn group_of(
    session: &Session,
    connection: ConnectionId,
    id: Option<&str>,
) -> Option<ProviderGroupId> {
    let id: ProviderGroupRef = Id(id?.parse().ok()?);
    let group = session.find(id)?;
    let row = session.state().connections().get(connection)?;
    row.provider_groups.contains(group).then_some(group)
}

fn names_of(mapping: Mapping) -> impl Iterator<Item = Name> {
    let target = words::mapped(mapping.to).names.into_iter();
    let target = target.map(|(_, name)| name);
    target.chain([Name::ProviderGroup(mapping.provider_group)])
}

/// A row for a mapping; `at` is its place.
fn row(session: &Session, names: &Names<'_>, edited: &Edited, at: usize, one: Mapping) -> Row {
    let state = session.state();
    let group = state.provider_groups().get(one.provider_group);
    let phrase = words::mapped(one.to);
    let open = state.mapping_is_open(edited.connection, one.to, session.now());
    Row {
        at,
        group: names.mark(Name::ProviderGroup(one.provider_group)),
        members: group.map_or(0, |row| row.members.len()),
        text: format!(
            "{} for {}",
            names.phrase(&phrase),
            names.text(Name::ProviderGroup(one.provider_group))
        ),
        gives: names.html(&phrase).capital(),
        is_new: !edited.saved.contains(&one),
        closed: open.err().map(|why| (sentence(&why.detail), why.rule)),
        may_edit: session.view().can_map(one.to),
        goes_up: false,
        goes_down: false,
    }
}

async fn page(
    session: &Session,
    edited: &Edited,
    group: Option<ProviderGroupId>,
    adding: Adding,
) -> Result<MappingsPage> {
    let (frame, head) = connection::head(session, edited.connection, connection::MAPPINGS).await?;
    let all = edited.list.iter().chain(&edited.saved);
    let named = all.flat_map(|one| names_of(*one));
    let names = Names::of(
        session,
        named
            .chain(group.map(Name::ProviderGroup))
            .collect::<Vec<_>>(),
    )
    .await?;
    let is_shown = |one: &Mapping| group.is_none_or(|group| one.provider_group == group);
    let is_role = |one: &Mapping| matches!(one.to, MappedTo::AccountRole(_));
    let view = session.view();
    let may_move = |at: Option<&usize>| {
        at.and_then(|at| edited.list.get(*at))
            .is_some_and(|one| view.can_map(one.to))
    };
    // AD-30: which one holds is said by all of them, so that a group's are shown among the others.
    let places = edited.roles();
    let roles = places.iter().enumerate().map(|(place, at)| {
        let mut row = row(session, &names, edited, *at, edited.list[*at]);
        let before = place.checked_sub(1).and_then(|place| places.get(place));
        row.goes_up = row.may_edit && may_move(before);
        row.goes_down = row.may_edit && may_move(places.get(place + 1));
        row
    });
    let listed = edited.list.iter().copied().enumerate();
    let others: Vec<_> = listed
        .filter(|(_, one)| !is_role(one) && is_shown(one))
        .collect();
    let shown = others.iter().take(ROWS_MAX);
    let connection = session.state().connections().get(edited.connection);
    let is_active = connection.is_some_and(|row| row.life.is_active());
    Ok(MappingsPage {
        roles: roles.collect(),
        others: shown
            .map(|(at, one)| row(session, &names, edited, *at, *one))
            .collect(),
        others_total: others.len(),
        removed: edited
            .removed()
            .map(|(at, one)| row(session, &names, edited, at, one))
            .collect(),
        group: group.map(|group| {
            let id = session.id(group).0.to_string();
            (id, names.mark(Name::ProviderGroup(group)))
        }),
        is_changed: edited.is_changed(),
        has_moved: edited.has_moved(session),
        may_edit: is_active && session.owner().is_ok(),
        has_groups: connection.is_some_and(|row| !row.provider_groups.is_empty()),
        has_saved: !edited.saved.is_empty(),
        mark: edited.mark(),
        offered: Offered::of(session, edited.connection, group, &adding).await?,
        path: path(session, edited.connection),
        adding,
        frame,
        head,
    })
}

async fn show(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    Query(which): Query<Which>,
) -> Result<Page<MappingsPage>> {
    let edited = Edited::of(&may, connection).await?;
    let group = group_of(&may, connection, which.group.as_deref());
    let page = page(&may, &edited, group, Adding::default()).await?;
    Ok(Page::new(page))
}

/// The buttons of the rows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pressed {
    mark: String,
    step: String,
    /// The group that the page was narrowed down to.
    group: Option<String>,
}

const MOVED_ON: &str = "The list is another one by now: nothing was changed. Look at it again.";

async fn step(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    Form(pressed): Form<Pressed>,
) -> Result<SeeOther> {
    let session = &*may;
    let step = Step::parse(&pressed.step)?;
    let mut edited = Edited::of(session, connection).await?;
    let to = address(
        &path(session, connection),
        &[("group", pressed.group.as_deref())],
    );
    if edited.mark() != pressed.mark {
        return Ok(SeeOther::to(to).saying(MOVED_ON));
    }
    let stands = edited.step(step);
    edited.keep(session).await?;
    // The row has the focus again: whoever goes by the keyboard goes on from there.
    let anchor = stands.map_or_else(|| "list".to_owned(), |at| format!("m-{at}"));
    let said = match step {
        Step::Up(_) | Step::Down(_) | Step::First(_) => "Moved, and not saved yet.",
        Step::Remove(_) => "Taken out, and not saved yet.",
        Step::PutBack(_) => "Put back.",
    };
    Ok(SeeOther::to(format!("{to}#{anchor}")).saying(said))
}

async fn add(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    Form(sent): Form<Add>,
) -> Result<Taken<MappingsPage>> {
    let session = &*may;
    let mut edited = Edited::of(session, connection).await?;
    let group = group_of(session, connection, sent.group.as_deref());
    let mapping = match offered::read(session, group, sent).await? {
        Ok(mapping) => mapping,
        Err(adding) => {
            let page = page(session, &edited, None, adding).await?;
            return Ok(Taken::Again(Page::again(page)));
        }
    };
    let path = path(session, connection);
    if let Some(at) = edited.list.iter().position(|one| *one == mapping) {
        let to = SeeOther::to(format!("{path}#m-{at}"));
        return Ok(Taken::Done(to.saying("It is mapped so already.")));
    }
    edited.list.push(mapping);
    edited.keep(session).await?;
    let said = "Added, and not saved yet.";
    Ok(Taken::Done(
        SeeOther::to(format!("{path}#add")).saying(said),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn discard(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    _: Form<Nothing>,
) -> Result<SeeOther> {
    Edited::end(&may, connection).await?;
    let to = SeeOther::to(path(&may, connection));
    Ok(to.saying("Discarded: this is what is saved."))
}
