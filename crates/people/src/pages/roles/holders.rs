//! Who holds a role, and for whom: people page by page, and the programs that act by it (AD-29).

use access::{
    RoleId, UserGroupId,
    explain::words::Name,
    state::{Life, PeopleScope},
};
use askama::Template;
use web::{
    Problem, Result,
    guard::Seen,
    page::{
        Frame, Page, Pager,
        names::{Mark, Names},
    },
    paging::Paging,
    route::{Route, get},
    things,
};

use super::{HOLDERS, Head, head, path_of};

/// Programs that are named; there are few.
const CONNECTIONS_MAX: usize = 50;
/// User groups of one scope that are named.
const GROUPS_NAMED: usize = 10;

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/access/roles/{role}/holders",
        "role.holders",
        "Who holds a role",
        show,
    )]
}

struct Row {
    who: Mark,
    /// `None`: everybody of the account.
    groups: Option<Vec<Mark>>,
}

#[derive(Template)]
#[template(path = "role-holders.html")]
struct HoldersPage {
    frame: Frame,
    head: Head,
    is_member: bool,
    is_first: bool,
    rows: Vec<Row>,
    connections: Vec<Mark>,
    pager: Pager,
}

async fn show(seen: Seen<RoleId>, paging: Paging) -> Result<Page<HoldersPage>> {
    let (session, role) = (&*seen, seen.on);
    let (frame, head) = head(session, role, HOLDERS).await?;
    let (state, view) = (session.state(), session.view());
    let row = state.roles().get(role).ok_or_else(Problem::not_found)?;
    let sees = |person| view.sees(person);
    let (people, next) = things::walk(&paging, |after| row.holders.iter_after(after), sees)?;
    let scope = |person| {
        let row = state.people().get(person);
        row.map(|row| row.extras().role_scope.clone())
    };
    let groups = |scope: &PeopleScope| -> Vec<UserGroupId> {
        match scope {
            PeopleScope::All => Vec::new(),
            PeopleScope::UserGroups(groups) => groups
                .iter()
                .copied()
                .filter(|group| view.sees(*group))
                .take(GROUPS_NAMED)
                .collect(),
        }
    };
    let connections: Vec<_> = state
        .connections()
        .iter()
        .filter(|(id, row)| row.role == role && row.life != Life::Deleted && view.sees(*id))
        .map(|(id, _)| Name::Connection(id))
        .take(CONNECTIONS_MAX)
        .collect();
    let mut wanted = connections.clone();
    for person in &people {
        wanted.push(Name::Person(*person));
        let of_scope = scope(*person).as_ref().map(groups).unwrap_or_default();
        wanted.extend(of_scope.into_iter().map(Name::UserGroup));
    }
    let names = Names::of(session, wanted).await?;
    let rows = people.iter().map(|person| Row {
        who: names.mark(Name::Person(*person)),
        groups: scope(*person)
            .filter(|scope| *scope != PeopleScope::All)
            .map(|scope| {
                let groups = groups(&scope).into_iter();
                groups
                    .map(|group| names.mark(Name::UserGroup(group)))
                    .collect()
            }),
    });
    let path = format!("{}/holders", path_of(session, role));
    Ok(Page::new(HoldersPage {
        rows: rows.collect(),
        frame,
        head,
        is_member: role.is_member(),
        is_first: paging.is_first(),
        connections: connections.iter().map(|name| names.mark(*name)).collect(),
        pager: Pager::new(&paging, &path, next),
    }))
}
