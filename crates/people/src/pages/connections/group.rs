//! A group of a provider: who is in it, which its provider says, and what it gives (AD-30).

use access::{
    Command, ProviderGroupId,
    decide::permissions::ManageIntegrations,
    event::Node,
    explain::words::{self, Name},
};
use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        CONFIGURE, Frame, Page, Pager, SeeOther, Taken, connection,
        lives::{self, At, Lives, NewName},
        names::{Html, Mark, Names},
        review::{Review, Reviewed},
    },
    paging::Paging,
    route::{Route, get, post},
    session::Session,
};

use super::groups;
use crate::things;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/configure/provider-groups/{provider_group}",
            "provider_group.page",
            "A group of a connection's provider, with who is in it and what it gives",
            show,
        ),
        post(
            "/configure/provider-groups/{provider_group}/name",
            "provider_group.rename",
            "Rename a group of a sign-in provider",
            rename,
        ),
        post(
            "/configure/provider-groups/{provider_group}/delete",
            "provider_group.delete",
            "Review and delete a group of a sign-in provider",
            delete,
        ),
    ]
}

struct Given {
    what: Html,
    /// Whether it comes to nobody new.
    is_closed: bool,
}

#[derive(Template)]
#[template(path = "provider-group.html")]
struct GroupPage {
    frame: Frame,
    name: String,
    path: String,
    connection: Mark,
    is_archived: bool,
    members: usize,
    rows: Vec<Mark>,
    gives: Vec<Given>,
    map: String,
    pager: Pager,
    /// Its name, where it is changed here and not by a directory.
    lives: Option<Lives>,
}

async fn at(session: &Session, group: ProviderGroupId) -> Result<At> {
    let names = Names::of(session, [Name::ProviderGroup(group)]).await?;
    Ok(At {
        page: format!("/configure/provider-groups/{}", session.id(group).0),
        list: connection::CONNECTIONS,
        section: CONFIGURE.label,
        name: names.text(Name::ProviderGroup(group)),
    })
}

async fn show(
    may: May<ManageIntegrations, TheAccount>,
    And(group): And<ProviderGroupId>,
    paging: Paging,
) -> Result<Page<GroupPage>> {
    let session = &*may;
    let state = session.state();
    let row = state.provider_groups().get(group);
    let row = row.ok_or_else(Problem::not_found)?;
    let owner = state.connections().get(row.connection);
    let owner = owner.ok_or_else(Problem::not_found)?;
    let At {
        page: path, name, ..
    } = at(session, group).await?;
    let view = session.view();
    let sees = |person| view.sees(person);
    let (people, next) = things::walk(&paging, |after| row.members.iter_after(after), sees)?;
    let its = owner.mappings.iter();
    let its: Vec<_> = its.filter(|one| one.provider_group == group).collect();
    let wanted = its.iter().flat_map(|one| words::mapped(one.to).names);
    let wanted = wanted.map(|(_, name)| name);
    let wanted = wanted.chain(people.iter().copied().map(Name::Person));
    let wanted = wanted.chain([Name::Connection(row.connection)]);
    let names = Names::of(session, wanted.collect::<Vec<_>>()).await?;
    let connection = Name::Connection(row.connection);
    let groups = groups::path(session, row.connection);
    let frame = Frame::of(session, &name, &path, CONFIGURE.label)
        .await?
        .below(connection::CONNECTIONS, "Connections")
        .below(
            connection::path_of(session, row.connection),
            names.text(connection),
        )
        .below(groups, connection::GROUPS);
    let gives = its.iter().map(|one| Given {
        what: names.html(&words::mapped(one.to)).capital(),
        is_closed: state
            .mapping_is_open(row.connection, one.to, session.now())
            .is_err(),
    });
    let lives = Lives {
        has_end: false,
        ..Lives::of(&frame, &path, &name, "group", row.life)
    };
    Ok(Page::new(GroupPage {
        connection: names.mark(connection),
        is_archived: !owner.life.is_active(),
        members: row.members.len(),
        rows: people
            .iter()
            .map(|person| names.mark(Name::Person(*person)))
            .collect(),
        gives: gives.collect(),
        map: groups::map_path(session, row.connection, group),
        pager: Pager::new(&paging, &path, next),
        lives: groups::may_name(session, owner).then_some(lives),
        frame,
        name,
        path,
    }))
}

async fn rename(
    may: May<ManageIntegrations, TheAccount>,
    And(group): And<ProviderGroupId>,
    form: Reviewed<NewName>,
) -> Result<Taken<Review>> {
    let at = at(&may, group).await?;
    lives::rename(&may, group, form, &at).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn delete(
    may: May<ManageIntegrations, TheAccount>,
    And(group): And<ProviderGroupId>,
    form: Reviewed<Nothing>,
) -> Result<Taken<Review>> {
    let session = &*may;
    let at = at(session, group).await?;
    let row = session.state().provider_groups().get(group);
    let connection = row.ok_or_else(Problem::not_found)?.connection;
    let asking = at.asking(
        format!("Delete the group {}?", at.name),
        "It is gone for ever, with its mappings: what they gave is taken.",
        "Delete",
        "delete",
    );
    let node = Node::ProviderGroup(group);
    let form = form.always();
    let settled = form
        .settle(session, Command::Delete { node }, asking)
        .await?;
    let groups = groups::path(session, connection);
    Ok(settled.then(|_| SeeOther::to(groups).saying("Deleted.")))
}
