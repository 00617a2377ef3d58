//! Tokens of connections that end soon: said on the connection's page, and on the first page while there is no later one, so that a program
//! does not fall silent unnoticed.

use std::collections::BTreeMap;

use access::{
    ConnectionId, Dense, Moment, TokenId,
    explain::words::Name,
    state::{Connection, ConnectionKind, TokenOwner},
};
use web::{
    page::{Attention, Looked, connection, moment, names::Names},
    session::Session,
    tokens::ends_soon,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Tokens that the first page looks at, the newest first.
const LOOKED_AT: usize = 20_000;
/// Connections that it names.
const NAMED: usize = 3;

/// In how many days a token that still works ends; `None`: there is time.
pub(in crate::pages) fn days_left(session: &Session, expires: Moment) -> Option<i64> {
    let now = session.now();
    let is_warned = expires > now && ends_soon(expires, now);
    is_warned.then(|| (expires.0 - now.0) / DAY_MS)
}

/// What goes on by itself for as long as it has a token: whoever has a token for a task of a week knows its end.
fn is_lasting(row: &Connection) -> bool {
    row.life.is_active() && row.kind != ConnectionKind::Service
}

/// When the last token of each connection ends that is not revoked.
fn last_ends(session: &Session) -> BTreeMap<ConnectionId, Moment> {
    let state = session.state();
    let mut ends = BTreeMap::new();
    let tokens = (0..state.tokens().len()).rev().take(LOOKED_AT);
    for row in tokens.filter_map(|at| state.tokens().get(TokenId::from_index(at)?)) {
        let TokenOwner::Connection(connection) = row.owner else {
            continue;
        };
        let owner = state.connections().get(connection);
        if !row.revoked && owner.is_some_and(is_lasting) {
            let end = ends.entry(connection).or_insert(row.expires);
            *end = (*end).max(row.expires);
        }
    }
    ends
}

/// What the first page says to whoever manages connections.
pub(super) fn look(session: &Session) -> Looked<'_> {
    Box::pin(async move {
        let mut ending: Vec<_> = last_ends(session)
            .into_iter()
            .filter(|(_, end)| ends_soon(*end, session.now()))
            .map(|(connection, end)| (end, connection))
            .collect();
        ending.sort_unstable();
        let named = ending.iter().take(NAMED);
        let names = named.clone().map(|(_, one)| Name::Connection(*one));
        let names = Names::of(session, names.collect::<Vec<_>>()).await?;
        let mut found: Vec<_> = named
            .map(|(end, one)| {
                let name = names.text(Name::Connection(*one));
                let verb = if *end <= session.now() {
                    "ended"
                } else {
                    "ends"
                };
                Attention {
                    text: format!("The last token of {name} {verb} on {}.", moment(*end)),
                    label: "Make a new one",
                    href: connection::path_of(session, *one),
                }
            })
            .collect();
        let beyond = ending.len() - found.len();
        if beyond > 0 {
            found.push(Attention {
                text: format!("So do the last tokens of {beyond} more connections."),
                label: "Look at them",
                href: connection::CONNECTIONS.to_owned(),
            });
        }
        Ok(found)
    })
}
