//! Access › Roles: what account roles are made of (AD-1 to AD-5). Who holds one is chosen on the page of the person.

mod delete;
mod holders;
mod list;
mod new;
mod permissions;
mod settings;
mod tree;

use access::{Permission, RoleId, Target, explain::words::Name, state::Life};
use web::{
    Problem, Result,
    page::{ACCESS, Frame, Tab, Tabs, names::Names},
    route::Route,
    session::Session,
};

use super::second_factor;

/// The list of roles.
const PLACE: &str = "/access/roles";
/// The section of the rail.
const SECTION: &str = ACCESS.label;

const PERMISSIONS: &str = "Permissions";
const HOLDERS: &str = "Holders";
const SETTINGS: &str = "Settings";

pub(super) fn routes() -> Vec<Route> {
    [
        list::routes(),
        new::routes(),
        permissions::routes(),
        holders::routes(),
        settings::routes(),
        delete::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What stands at the top of every page of one role.
struct Head {
    name: String,
    is_system: bool,
    is_archived: bool,
    life: Life,
    /// A second factor is asked of whoever holds it.
    asks_factor: bool,
    /// How many hold it, for who sees all users; `None` for Member too, of which nobody keeps a list.
    holders: Option<usize>,
    tabs: Tabs,
}

fn path_of(session: &Session, role: RoleId) -> String {
    format!("{PLACE}/{}", session.id(role).0)
}

/// The page of a role's settings.
pub(super) fn settings_of(session: &Session, role: RoleId) -> String {
    format!("{}/settings", path_of(session, role))
}

/// Whether the reader makes custom roles; the check of each command says which.
fn makes_roles(session: &Session) -> bool {
    session
        .view()
        .may(Permission::AdminRolesManage, Target::Account)
}

fn holders(session: &Session, role: RoleId) -> Option<usize> {
    let row = session.state().roles().get(role)?;
    let counted = session.overseen(role, row.holders.len());
    counted.filter(|_| !role.is_member())
}

/// Frame and head of the page of a role that is looked at.
async fn head(session: &Session, role: RoleId, here: &'static str) -> Result<(Frame, Head)> {
    let row = session.state().roles().get(role);
    let row = row.filter(|row| row.life != Life::Deleted);
    let row = row.ok_or_else(Problem::not_found)?;
    let names = Names::of(session, [Name::Role(role)]).await?;
    let name = names.text(Name::Role(role));
    let path = path_of(session, role);
    let holders = holders(session, role);
    let tab = |label, below: &str, count| Tab {
        href: format!("{path}{below}"),
        label,
        count,
    };
    let mut tabs = vec![
        tab(PERMISSIONS, "", None),
        tab(HOLDERS, "/holders", holders.map(Into::into)),
    ];
    if makes_roles(session) {
        tabs.push(tab(SETTINGS, "/settings", None));
    }
    let here_path = tabs.iter().find(|tab| tab.label == here);
    let here_path = here_path.map_or_else(|| path.clone(), |tab| tab.href.clone());
    let title = if here == PERMISSIONS { &name } else { here };
    let mut frame = Frame::of(session, title, &here_path, SECTION).await?;
    // Whoever looks at their own role may not see the list.
    let view = session.view();
    if view.may(Permission::AdminPortalOpen, Target::Account) {
        frame = frame.below(PLACE, "Roles");
    }
    if here != PERMISSIONS {
        frame = frame.below(path, name.clone());
    }
    let head = Head {
        tabs: Tabs::new(format!("Pages of {name}"), here, tabs),
        name,
        is_system: role.is_system(),
        is_archived: !row.life.is_active(),
        life: row.life,
        asks_factor: second_factor::is_asked(session, Some(role)),
        holders,
    };
    Ok((frame, head))
}
