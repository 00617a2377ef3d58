//! The tree of user groups, as far as the reader sees it (AD-10, AD-12).

use access::{
    IdSet, Permission, PersonId, Target, UserGroupId, decide::permissions::OpenPortal,
    explain::words::Name, state::Life,
};
use askama::Template;
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        Frame, PEOPLE, Page, Pager,
        names::{Mark, Names},
    },
    paging::Paging,
    route::{Route, get},
    session::Session,
    things::{self, Search, Thing},
};

use super::{PLACE, SECTION, is_cut, is_shown};

/// Rows of one page. A page begins with a group at the top and has all that is below; beyond, each group has a page of its own.
const ROWS_MAX: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(PLACE, "user_groups.page", "The tree of user groups", show)
            .in_section(&PEOPLE, "User groups"),
    ]
}

struct Row {
    name: Mark,
    level: usize,
    members: usize,
    /// Those of the groups below count here too (AD-12).
    with_below: usize,
    below: usize,
    is_archived: bool,
    is_cut: bool,
}

#[derive(Template)]
#[template(path = "user-groups.html")]
struct GroupsPage {
    frame: Frame,
    rows: Vec<Row>,
    is_whole: bool,
    makes_top: bool,
    is_first: bool,
    pager: Pager,
}

async fn show(may: May<OpenPortal, TheAccount>, paging: Paging) -> Result<Page<GroupsPage>> {
    let session = &*may;
    let state = session.state();
    let is_top = |_: &access::View<'_>, group: UserGroupId| {
        let row = state.user_groups().get(group);
        let above = row.and_then(|row| row.parent);
        above.is_none_or(|above| !is_shown(session, above))
    };
    let (tops, next) =
        things::page::<UserGroupId>(session, &paging, &Search::default(), is_top).await?;
    let mut found = Vec::new();
    for top in tops {
        add_with_below(session, top, 1, &mut found);
    }
    let is_whole = found.len() <= ROWS_MAX;
    found.truncate(ROWS_MAX);
    let wanted = found.iter().map(|(group, _)| Name::UserGroup(*group));
    let names = Names::of(session, wanted.collect::<Vec<_>>()).await?;
    let rows = found.into_iter().filter_map(|(group, level)| {
        let row = state.user_groups().get(group)?;
        let below = row.children.iter();
        Some(Row {
            name: names.mark(Name::UserGroup(group)),
            level,
            members: row.members.len(),
            with_below: with_below(session, group),
            below: below.filter(|one| is_shown(session, *one)).count(),
            is_archived: !row.life.is_active(),
            is_cut: is_cut(session, group),
        })
    });
    let makes_top = session
        .view()
        .may(Permission::AdminUserGroupsManage, Target::Account);
    Ok(Page::new(GroupsPage {
        rows: rows.collect(),
        frame: Frame::of(session, "User groups", PLACE, SECTION).await?,
        is_whole,
        makes_top,
        is_first: paging.is_first(),
        pager: Pager::new(&paging, PLACE, next),
    }))
}

/// How many people count as members: those of the active groups below too (AD-12), each once, as far as the reader may count them.
fn with_below(session: &Session, group: UserGroupId) -> usize {
    fn add(session: &Session, group: UserGroupId, people: &mut IdSet<PersonId>) {
        let Some(row) = session.state().user_groups().get(group) else {
            return;
        };
        for person in row.members.iter() {
            people.insert(person);
        }
        for below in row.children.iter() {
            let life = below.life(session.state());
            if life == Some(Life::Active) && is_shown(session, below) {
                add(session, below, people);
            }
        }
    }
    let mut people = IdSet::default();
    add(session, group, &mut people);
    people.len()
}

/// A group with all that is below it, each with its level, as far as there is room. The depth of the tree is bounded (AD-12).
fn add_with_below(
    session: &Session,
    group: UserGroupId,
    level: usize,
    found: &mut Vec<(UserGroupId, usize)>,
) {
    if found.len() > ROWS_MAX {
        return;
    }
    found.push((group, level));
    let Some(row) = session.state().user_groups().get(group) else {
        return;
    };
    for below in row.children.iter() {
        if is_shown(session, below) {
            add_with_below(session, below, level + 1, found);
        }
    }
}
