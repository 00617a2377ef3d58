//! Configure › Sign-in providers: by whom people come in, for whom that is, and whether it answers. Each is set up on a page of its
//! connection (`set_up.rs`), where it is said what a change would do (`effect.rs`).

mod asked;
mod effect;
mod fields;
mod set_up;

use std::collections::BTreeMap;

use access::{
    ConnectionId, Moment,
    explain::words::Name,
    state::{ConnectionKind, Facet},
};
use askama::Template;
use futures_util::future::join_all;
use web::{
    Result,
    page::{
        CONFIGURE, Frame, Page,
        connection::path_of,
        count, moment,
        names::{Mark, Names},
    },
    route::{Route, get, post},
    session::{Session, failed},
};

use self::asked::{Answers, look};
use super::{
    Provider,
    rest::{self, Manager, Server},
};

const PLACE: &str = "/configure/sign-in-providers";
const SECTION: &str = CONFIGURE.label;
/// Connections of this kind that are listed.
const LISTED_MAX: usize = 200;
/// Companies that are named in a row.
const NAMED_MAX: usize = 3;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "sign_in_providers.page",
            "Sign-in providers, for whom they are, and whether they answer",
            list,
        )
        .in_section(&CONFIGURE, "Sign-in providers"),
        get(
            "/configure/connections/{connection}/sign-in",
            "sign_in_provider.page",
            "How a sign-in provider is set up",
            set_up::show,
        ),
        post(
            "/configure/connections/{connection}/sign-in",
            "sign_in_provider.save",
            "Review and set up or change a sign-in provider",
            set_up::save,
        ),
        post(
            "/configure/connections/{connection}/sign-in/remove",
            "sign_in_provider.remove",
            "Review and remove how a sign-in provider is set up",
            set_up::remove,
        ),
    ]
}

/// Where one is set up.
fn page_of(session: &Session, connection: ConnectionId) -> String {
    format!("{}/sign-in", path_of(session, connection))
}

/// For whom it is, in words.
fn for_whom(names: &Names<'_>, row: &Provider) -> String {
    if row.facet == Facet::User {
        return "staff".to_owned();
    }
    let named = row.companies.iter().take(NAMED_MAX);
    let named: Vec<_> = named
        .map(|company| names.text(Name::Company(*company)))
        .collect();
    let beyond = row.companies.len() - named.len();
    let more = match beyond {
        0 => String::new(),
        beyond => format!(" and {} more", count(beyond)),
    };
    format!("customers of {}{more}", named.join(", "))
}

/// What is set up of a connection of this kind.
struct Known {
    for_whom: String,
    issuer: String,
    domains: Vec<Domain>,
    answers: Answers,
    last: Option<String>,
}

struct Domain {
    name: String,
    /// Its people come in by this provider alone.
    is_only: bool,
}

fn domains(row: &Provider) -> Vec<Domain> {
    let domain = |name: &String| Domain {
        is_only: row.only_domains.contains(name),
        name: name.clone(),
    };
    row.domains.iter().map(domain).collect()
}

struct Row {
    href: String,
    name: Mark,
    is_archived: bool,
    /// None: it is not set up yet.
    known: Option<Known>,
}

#[derive(Template)]
#[template(path = "sign-in-providers.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<Row>,
    /// Where a connection of this kind is made, if the reader may.
    new: Option<String>,
}

/// The moments of the last sign-ins, by provider.
async fn last_sign_ins(session: &Session) -> Result<BTreeMap<ConnectionId, Moment>> {
    let found = session.account.last_through().await.map_err(failed)?;
    Ok(found.into_iter().collect())
}

async fn list(session: Manager, server: Server) -> Result<Page<ListPage>> {
    let state = session.state();
    let is_one = |connection: &ConnectionId| {
        let row = state.connections().get(*connection);
        row.is_some_and(|row| {
            row.kind == ConnectionKind::SignInProvider
                && row.life != access::state::Life::Deleted
                && session.still_sees(*connection)
        })
    };
    let connections = state.connections().ids().filter(is_one).take(LISTED_MAX);
    let connections: Vec<_> = connections.collect();
    let set_up = rest::all(&session).await?;
    let answers = join_all(set_up.iter().map(|row| look(&session, &server, row))).await;
    let last = last_sign_ins(&session).await?;
    let of_rows = set_up.iter().flat_map(|row| row.companies.iter());
    let wanted = of_rows.map(|company| Name::Company(*company));
    let wanted = wanted.chain(connections.iter().map(|one| Name::Connection(*one)));
    let names = Names::of(&session, wanted.collect::<Vec<_>>()).await?;
    let mut known: BTreeMap<_, _> = set_up
        .iter()
        .zip(answers)
        .map(|(row, answers)| {
            let known = Known {
                for_whom: for_whom(&names, row),
                issuer: row.issuer.clone(),
                domains: domains(row),
                answers,
                last: last.get(&row.connection).copied().map(moment),
            };
            (row.connection, known)
        })
        .collect();
    let rows = connections.iter().map(|connection| Row {
        href: page_of(&session, *connection),
        name: names.mark(Name::Connection(*connection)),
        is_archived: state
            .connections()
            .get(*connection)
            .is_some_and(|row| !row.life.is_active()),
        known: known.remove(connection),
    });
    let new = "/configure/connections/new";
    Ok(Page::new(ListPage {
        rows: rows.collect(),
        new: session
            .opens(new)
            .then(|| format!("{new}?kind=sign_in_provider")),
        frame: Frame::of(&session, "Sign-in providers", PLACE, SECTION).await?,
    }))
}
