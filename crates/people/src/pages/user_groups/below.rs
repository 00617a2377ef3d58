//! The groups right below one (AD-12).

use access::{UserGroupId, explain::words::Name};
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

use super::{BELOW, Head, head, is_shown, path_of};

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/people/user-groups/{user_group}/below",
        "user_group.below",
        "The groups below a user group",
        show,
    )]
}

struct Row {
    name: Mark,
    members: usize,
    is_archived: bool,
}

#[derive(Template)]
#[template(path = "user-group-below.html")]
struct BelowPage {
    frame: Frame,
    head: Head,
    /// The form of a new one below this.
    new: String,
    rows: Vec<Row>,
    is_first: bool,
    pager: Pager,
}

async fn show(seen: Seen<UserGroupId>, paging: Paging) -> Result<Page<BelowPage>> {
    let (session, group) = (&*seen, seen.on);
    let (frame, head) = head(session, group, BELOW).await?;
    let state = session.state();
    let row = state.user_groups().get(group);
    let row = row.ok_or_else(Problem::not_found)?;
    let shown = |one| is_shown(session, one);
    let (found, next) = things::walk(&paging, |after| row.children.iter_after(after), shown)?;
    let wanted = found.iter().map(|one| Name::UserGroup(*one));
    let names = Names::of(session, wanted.collect::<Vec<_>>()).await?;
    let rows = found.iter().filter_map(|one| {
        let row = state.user_groups().get(*one)?;
        Some(Row {
            name: names.mark(Name::UserGroup(*one)),
            members: row.members.len(),
            is_archived: !row.life.is_active(),
        })
    });
    let path = format!("{}/below", path_of(session, group));
    Ok(Page::new(BelowPage {
        rows: rows.collect(),
        frame,
        head,
        new: format!("{}/new?below={}", super::PLACE, session.id(group).0),
        is_first: paging.is_first(),
        pager: Pager::new(&paging, &path, next),
    }))
}
