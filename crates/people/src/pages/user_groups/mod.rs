//! People › User groups: the tree by which administration is scoped (AD-12). Each group has its members, the groups below it, and what
//! its members and its managers hold by it.

mod below;
mod grants;
mod list;
mod management;
mod managers;
mod members;
mod new;
mod settings;

use access::{Permission, Target, UserGroupId, explain::words::Name, state::Life};
use web::{
    Problem, Result,
    page::{Frame, PEOPLE, Tab, Tabs, names::Names},
    route::Route,
    session::Session,
};

/// The tree.
const PLACE: &str = "/people/user-groups";
/// The section of the rail.
const SECTION: &str = PEOPLE.label;

const MEMBERS: &str = "Members";
const BELOW: &str = "Groups below";
const MANAGEMENT: &str = "Managers and grants";
const SETTINGS: &str = "Settings";

pub(super) fn routes() -> Vec<Route> {
    [
        list::routes(),
        new::routes(),
        members::routes(),
        below::routes(),
        management::routes(),
        managers::routes(),
        grants::routes(),
        settings::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What stands at the top of every page of one group.
struct Head {
    name: String,
    is_archived: bool,
    life: Life,
    /// A group above is archived: what stands above that one does not reach here (AD-12).
    is_cut: bool,
    /// Whether the reader changes it, and who is in it.
    may_manage: bool,
    tabs: Tabs,
}

fn path_of(session: &Session, group: UserGroupId) -> String {
    format!("{PLACE}/{}", session.id(group).0)
}

/// An archived group is reached by no scope: the right over the account reaches it.
fn may_manage(session: &Session, group: UserGroupId) -> bool {
    const MANAGE: Permission = Permission::AdminUserGroupsManage;
    let view = session.view();
    view.may(MANAGE, group) || view.may(MANAGE, Target::Account)
}

/// Whether it is there, and for the reader to know.
fn is_shown(session: &Session, group: UserGroupId) -> bool {
    let row = session.state().user_groups().get(group);
    row.is_some_and(|row| row.life != Life::Deleted) && session.view().sees(group)
}

/// Whether a group above it is archived.
fn is_cut(session: &Session, group: UserGroupId) -> bool {
    let state = session.state();
    let mut above = state.user_group_chain_of_any_life(group).skip(1);
    above.any(|group| {
        let row = state.user_groups().get(group);
        row.is_some_and(|row| !row.life.is_active())
    })
}

/// Frame and head of the page of a group that is looked at.
async fn head(session: &Session, group: UserGroupId, here: &'static str) -> Result<(Frame, Head)> {
    let state = session.state();
    let row = state.user_groups().get(group);
    let row = row.filter(|row| row.life != Life::Deleted);
    let row = row.ok_or_else(Problem::not_found)?;
    let mut above: Vec<_> = state
        .user_group_chain_of_any_life(group)
        .filter(|group| is_shown(session, *group))
        .collect();
    above.reverse();
    let wanted: Vec<_> = above.iter().map(|group| Name::UserGroup(*group)).collect();
    let names = Names::of(session, wanted).await?;
    let name = names.text(Name::UserGroup(group));
    let path = path_of(session, group);
    let tab = |label, end: &str, count| Tab {
        href: format!("{path}{end}"),
        label,
        count,
    };
    let below = row.children.iter();
    let below = below.filter(|group| is_shown(session, *group)).count();
    let mut tabs = vec![
        tab(MEMBERS, "", Some(row.members.len().into())),
        tab(BELOW, "/below", Some(below.into())),
        tab(MANAGEMENT, "/management", None),
    ];
    let may_manage = may_manage(session, group);
    if may_manage {
        tabs.push(tab(SETTINGS, "/settings", None));
    }
    let here_path = tabs.iter().find(|tab| tab.label == here);
    let here_path = here_path.map_or_else(|| path.clone(), |tab| tab.href.clone());
    let title = if here == MEMBERS { &name } else { here };
    let mut frame = Frame::of(session, title, &here_path, SECTION)
        .await?
        .below(PLACE, "User groups");
    for one in above {
        if one != group || here != MEMBERS {
            frame = frame.below(path_of(session, one), names.text(Name::UserGroup(one)));
        }
    }
    let head = Head {
        tabs: Tabs::new(format!("Pages of {name}"), here, tabs),
        name,
        is_archived: !row.life.is_active(),
        life: row.life,
        is_cut: is_cut(session, group),
        may_manage,
    };
    Ok((frame, head))
}
