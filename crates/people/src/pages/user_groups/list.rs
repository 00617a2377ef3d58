//! The tree of user groups, as far as the reader sees it (AD-10, AD-12).

use access::{
    Permission, Target, UserGroupId, decide::permissions::OpenPortal, explain::words::Name,
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
    things::{self, Search},
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
