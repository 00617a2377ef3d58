//! What stands at the top of every page of a connection. Its pages stand in several slices: each of them is a tab, where the server has
//! the page and its guard opens to the reader.

use access::{
    ConnectionId,
    explain::words::Name,
    state::{Connection, ConnectionKind},
};
use askama::{Template, filters::HtmlSafe};

use super::{CONFIGURE, Frame, Tab, Tabs, names::Names};
use crate::{
    lists::Count,
    problem::{Problem, Result},
    session::Session,
};

/// The list of connections.
pub const CONNECTIONS: &str = "/configure/connections";
/// The first tab: the connection itself.
pub const ITSELF: &str = "Connection";
/// How people sign in by it, where it is a sign-in provider.
pub const SIGN_IN: &str = "Sign-in";
/// What its provider's groups give.
pub const MAPPINGS: &str = "Mappings";
/// Its provider's groups.
pub const GROUPS: &str = "Groups";
/// What its provider asked for, and what came of it.
pub const LOG: &str = "Log";
/// What a first sync would do.
pub const FIRST_SYNC: &str = "First sync";
/// Where directories speak SCIM to, below the server's own address.
pub const SCIM: &str = "/scim/v2";

/// The tabs: name, what follows the path of the connection, the route of the page.
const TABS: [(&str, &str, &str); 6] = [
    (ITSELF, "", "/configure/connections/{connection}"),
    (
        SIGN_IN,
        "/sign-in",
        "/configure/connections/{connection}/sign-in",
    ),
    (
        MAPPINGS,
        "/mappings",
        "/configure/connections/{connection}/mappings",
    ),
    (
        GROUPS,
        "/groups",
        "/configure/connections/{connection}/groups",
    ),
    (LOG, "/log", "/configure/connections/{connection}/log"),
    (
        FIRST_SYNC,
        "/first-sync",
        "/configure/connections/{connection}/first-sync",
    ),
];

/// The head, shown by `{{ head }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "connection-head.html")]
pub struct Head {
    /// What it is called.
    pub name: String,
    /// Its own page, below which the others stand.
    pub path: String,
    /// Whether it gives nothing.
    pub is_archived: bool,
    kind: &'static str,
    /// None where there is but one page.
    tabs: Option<Tabs>,
}

impl HtmlSafe for Head {}

/// What a connection is for, in running text.
pub fn kind(row: &Connection) -> &'static str {
    match row.kind {
        ConnectionKind::Service => "service",
        ConnectionKind::Provisioning => "provisioning",
        ConnectionKind::SignInProvider => "sign-in provider",
    }
}

/// The page of a connection.
pub fn path_of(session: &Session, connection: ConnectionId) -> String {
    format!("{CONNECTIONS}/{}", session.id(connection).0)
}

/// Frame and head of the page that is looked at; `here` is the name of its tab.
pub async fn head(
    session: &Session,
    connection: ConnectionId,
    here: &'static str,
) -> Result<(Frame, Head)> {
    let row = session.state().connections().get(connection);
    let row = row.ok_or_else(Problem::not_found)?;
    let names = Names::of(session, [Name::Connection(connection)]).await?;
    let name = names.text(Name::Connection(connection));
    let path = path_of(session, connection);
    let is_for = |label: &str| match label {
        ITSELF => true,
        SIGN_IN => row.kind == ConnectionKind::SignInProvider,
        MAPPINGS | GROUPS => row.kind != ConnectionKind::Service,
        _ => row.kind == ConnectionKind::Provisioning,
    };
    let count = |label: &str| match label {
        MAPPINGS => Some(Count::from(row.mappings.len())),
        GROUPS => Some(Count::from(row.provider_groups.len())),
        _ => None,
    };
    let open = TABS
        .iter()
        .filter(|(label, _, route)| is_for(label) && session.opens(route));
    let tabs: Vec<_> = open
        .map(|(label, below, _)| Tab {
            href: format!("{path}{below}"),
            label,
            count: count(label),
        })
        .collect();
    let here_path = tabs.iter().find(|tab| tab.label == here);
    let here_path = here_path.map_or_else(|| path.clone(), |tab| tab.href.clone());
    let title = if here == ITSELF { &name } else { here };
    let frame = Frame::of(session, title, &here_path, CONFIGURE.label)
        .await?
        .below(CONNECTIONS, "Connections");
    let frame = match here {
        ITSELF => frame,
        _ => frame.below(path.clone(), name.clone()),
    };
    let head = Head {
        tabs: (tabs.len() > 1).then(|| Tabs::new(format!("Pages of {name}"), here, tabs)),
        kind: kind(row),
        is_archived: !row.life.is_active(),
        name,
        path,
    };
    Ok((frame, head))
}
