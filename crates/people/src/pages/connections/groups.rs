//! The groups of a connection's provider: found, mapped from here, and of a sign-in provider named here, so that they can be mapped before
//! anybody has come with one (AD-30). A directory makes its own.

use access::{
    Command, ConnectionId, ProviderGroupId,
    decide::permissions::ManageIntegrations,
    explain::words::Name,
    state::{Connection, ConnectionKind},
};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        CONFIGURE, Frame, Page, Pager, SeeOther, Typed, address,
        connection::{self, Head},
        form::Form,
        names::{Mark, Names},
        review::{Asking, Filled, Reviewed},
    },
    paging::Paging,
    part::Query,
    route::{Route, get, post},
    session::Session,
    values,
};

use crate::things::{self, Search};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/configure/connections/{connection}/groups",
            "connection_groups.page",
            "The groups of a connection's provider",
            show,
        ),
        post(
            "/configure/connections/{connection}/groups/find",
            "connection_groups.find",
            "Find groups of a connection's provider by the beginning of a name",
            find,
        ),
        post(
            "/configure/connections/{connection}/groups",
            "connection_groups.make",
            "Name a group of a sign-in provider, so that it can be mapped",
            make,
        ),
    ]
}

/// Which groups.
#[derive(Debug, Default, Deserialize, IntoParams)]
struct Which {
    /// Found by what was typed, kept under this id.
    view: Option<String>,
}

struct Row {
    name: Mark,
    members: usize,
    mappings: usize,
    map: String,
}

#[derive(Template)]
#[template(path = "connection-groups.html")]
struct GroupsPage {
    frame: Frame,
    head: Head,
    path: String,
    rows: Vec<Row>,
    pager: Pager,
    typed: Typed,
    /// Whether a directory makes them.
    is_directory: bool,
    may_name: bool,
    name: String,
    wrong: Option<String>,
}

pub(super) fn path(session: &Session, connection: ConnectionId) -> String {
    format!("{}/groups", connection::path_of(session, connection))
}

/// Of a sign-in provider that counts, groups are named here.
pub(super) fn may_name(session: &Session, row: &Connection) -> bool {
    row.kind == ConnectionKind::SignInProvider && row.life.is_active() && session.viewer().is_none()
}

async fn page(
    session: &Session,
    connection: ConnectionId,
    paging: &Paging,
    typed: Typed,
) -> Result<GroupsPage> {
    let (frame, head) = connection::head(session, connection, connection::GROUPS).await?;
    let row = session.state().connections().get(connection);
    let row = row.ok_or_else(Problem::not_found)?;
    let search = Search {
        q: typed.text().map(str::to_owned),
    };
    let is_its = |_: &access::View<'_>, group| row.provider_groups.contains(group);
    let (found, next) = match typed.is_gone() {
        true => (Vec::new(), None),
        false => things::page::<ProviderGroupId>(session, paging, &search, is_its).await?,
    };
    let names = found.iter().copied().map(Name::ProviderGroup);
    let names = Names::of(session, names.collect::<Vec<_>>()).await?;
    let path = path(session, connection);
    let rows = found.into_iter().map(|group| {
        let of = session.state().provider_groups().get(group);
        let mut mappings = row.mappings.iter();
        Row {
            name: names.mark(Name::ProviderGroup(group)),
            members: of.map_or(0, |of| of.members.len()),
            mappings: mappings
                .by_ref()
                .filter(|one| one.provider_group == group)
                .count(),
            map: map_path(session, connection, group),
        }
    });
    Ok(GroupsPage {
        rows: rows.collect(),
        pager: Pager::filtered(paging, &path, &[("view", typed.view())], next),
        typed,
        is_directory: row.kind == ConnectionKind::Provisioning,
        may_name: may_name(session, row),
        name: String::new(),
        wrong: None,
        path,
        frame,
        head,
    })
}

/// The mappings of one group.
pub(super) fn map_path(
    session: &Session,
    connection: ConnectionId,
    group: ProviderGroupId,
) -> String {
    let path = format!("{}/mappings", connection::path_of(session, connection));
    address(&path, &[("group", Some(&session.id(group).0.to_string()))])
}

async fn show(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    paging: Paging,
    Query(which): Query<Which>,
) -> Result<Page<GroupsPage>> {
    let typed = may.typed(which.view.as_deref()).await?;
    let page = page(&may, connection, &paging, typed).await?;
    Ok(Page::new(page))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Find {
    q: String,
}

async fn find(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    Form(find): Form<Find>,
) -> Result<SeeOther> {
    let view = may.keep_view(&find.q).await?;
    let path = path(&may, connection);
    Ok(SeeOther::to(address(&path, &[("view", view.as_deref())])))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGroup {
    name: String,
}

async fn make(
    may: May<ManageIntegrations, TheAccount>,
    And(connection): And<ConnectionId>,
    form: Reviewed<NewGroup>,
) -> Result<Filled<GroupsPage>> {
    let session = &*may;
    let path = path(session, connection);
    let name = match values::name(&form.body.name) {
        Ok(name) => name.to_owned(),
        Err(error) => {
            let paging = Paging::at(session, &path)?;
            let page = page(session, connection, &paging, Typed::Nothing).await?;
            return Ok(Filled::Again(Page::again(GroupsPage {
                name: form.body.name.clone(),
                wrong: Some(format!("Please {error}.")),
                ..page
            })));
        }
    };
    let asking = Asking {
        title: format!("Name the group {name}?"),
        about: String::new(),
        button: "Name the group".to_owned(),
        action: path.clone(),
        back: path,
        place: CONFIGURE.label,
        moves: Vec::new(),
    };
    let id = session.new_id::<ProviderGroupId>();
    let change = Change::from(Command::CreateProviderGroup { id, connection })
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    let settled = form.settle(session, change, asking).await?;
    let mappings = format!("{}/mappings", connection::path_of(session, connection));
    Ok(Filled::Settled(settled.then(|_| {
        SeeOther::to(format!("{mappings}?group={id}"))
            .saying("The group is there. Say what it gives.")
    })))
}
