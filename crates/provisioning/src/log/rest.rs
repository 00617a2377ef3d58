//! The log, and how a directory is doing, for whoever manages integrations.

use std::sync::Arc;

use access::{
    ConnectionId, Moment,
    decide::{OnAccount, permissions::ManageIntegrations},
    state::TokenOwner,
};
use jiff::Timestamp;
use ledger::Engine;
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Result,
    about::About,
    call::Call,
    decision::timestamp,
    guard::Seen,
    paging::{Page, Paging},
    part::Part,
    reply::Answer,
    resource::{PersonRef, ProviderGroupRef, TokenRef},
    route::{Route, get},
    session::{Session, failed},
    tokens::ends_soon,
};

use super::{Book, Entry, store};
use crate::links::store::{Whose, count_groups, count_users};

/// What the counts are of.
pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/connections/{connection}/provisioning",
            "provisioning.show",
            "Show how a directory is doing: when it was last heard of, what it keeps, which of its tokens end soon",
            show,
        ),
        get(
            "/api/v1/connections/{connection}/provisioning-log",
            "provisioning.log",
            "List what a directory asked and what became of it, newest first",
            list,
        ),
    ]
}

/// The entries that wait: they are written before anybody reads.
pub(crate) struct Written {
    book: Arc<Book>,
    engine: Engine,
}

impl Part for Written {
    fn describe(_: &mut About) {}

    async fn take(call: &mut Call) -> Result<Self> {
        Ok(Self {
            book: call.app.kept(),
            engine: call.app.engine().clone(),
        })
    }
}

impl Written {
    pub(crate) async fn all(&self) -> Result<()> {
        self.book.write(&self.engine).await.map_err(failed)
    }
}

/// How a directory is doing.
#[derive(Debug, Serialize, ToSchema)]
struct ProvisioningBody {
    /// When it last asked for something, within the time that the log is kept.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_heard_from: Option<Timestamp>,
    /// Users that it keeps here.
    users: usize,
    /// Groups that it keeps here.
    groups: usize,
    /// Requests of the last day.
    asked: i64,
    /// Those of them that were refused.
    refused: i64,
    /// Tokens that end within 30 days.
    ending_tokens: Vec<EndingBody>,
}

/// A token that ends soon.
#[derive(Debug, Serialize, ToSchema)]
struct EndingBody {
    id: TokenRef,
    #[schema(value_type = String, format = DateTime)]
    expires: Timestamp,
    /// Whether another token of the connection lasts longer.
    is_replaced: bool,
}

/// One request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisioningEntry)]
struct EntryBody {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    method: String,
    /// As the standard writes it, with names in the place of ids.
    route: String,
    /// Of the answer.
    status: u16,
    /// Why it was refused, or what of it was left out; for programs.
    #[serde(skip_serializing_if = "String::is_empty")]
    code: String,
    /// The same for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    /// Whom it was about, if the caller sees them.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonRef>,
    /// Which group it was about, if the caller sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<ProviderGroupRef>,
}

impl EntryBody {
    fn of(session: &Session, entry: Entry) -> Self {
        Self {
            at: timestamp(entry.at),
            method: entry.method,
            route: entry.route,
            status: entry.status,
            code: entry.code,
            reason: entry.reason,
            person: entry.person.and_then(|person| session.shown(person)),
            group: entry.group.and_then(|group| session.shown(group)),
        }
    }
}

pub(crate) fn whose(session: &Session, connection: ConnectionId) -> Whose {
    let account = session.account.id();
    Whose {
        account,
        connection,
    }
}

async fn show(seen: Seen<ConnectionId>, written: Written) -> Result<Answer<ProvisioningBody>> {
    seen.permit(ManageIntegrations, OnAccount)?;
    written.all().await?;
    let whose = whose(&seen, seen.on);
    let since = Moment(seen.now().0.saturating_sub(DAY_MS));
    let mut tx = seen.account.read_once().await.map_err(failed)?;
    let counts = store::counts(&mut tx, whose, since).await;
    let (last, asked, refused) = counts.map_err(failed)?;
    let users = count_users(&mut tx, whose).await.map_err(failed)?;
    let groups = count_groups(&mut tx, whose).await.map_err(failed)?;
    drop(tx);
    seen.answer(ProvisioningBody {
        last_heard_from: last.map(timestamp),
        users,
        groups,
        asked,
        refused,
        ending_tokens: ending(&seen, seen.on),
    })
}

/// Two secrets may be good at once, so that the newer one is there before the older one ends.
fn ending(session: &Session, connection: ConnectionId) -> Vec<EndingBody> {
    let (state, now) = (session.state(), session.now());
    let row = state.connections().get(connection);
    if row.is_none_or(|row| !row.life.is_active()) {
        return Vec::new();
    }
    let owner = TokenOwner::Connection(connection);
    let good = state.tokens().iter();
    let good = good.filter(|(_, row)| row.owner == owner && !row.revoked && row.expires > now);
    let good: Vec<_> = good.map(|(token, row)| (token, row.expires)).collect();
    let last = good.iter().map(|(_, expires)| *expires).max();
    let ending = good.iter().filter(|(_, expires)| ends_soon(*expires, now));
    let ending = ending.map(|(token, expires)| EndingBody {
        id: session.id(*token),
        expires: timestamp(*expires),
        is_replaced: last > Some(*expires),
    });
    ending.collect()
}

async fn list(
    seen: Seen<ConnectionId>,
    written: Written,
    paging: Paging,
) -> Result<Answer<Page<EntryBody>>> {
    seen.permit(ManageIntegrations, OnAccount)?;
    written.all().await?;
    let whose = whose(&seen, seen.on);
    let place = paging.after::<(i64, String)>()?;
    let mut tx = seen.account.read_once().await.map_err(failed)?;
    let entries = store::before(&mut tx, whose, place, None, paging.size + 1).await;
    drop(tx);
    let place = |entry: &Entry| (entry.at.0, entry.id.clone());
    let page = paging.cut(entries.map_err(failed)?, place)?;
    let items = page.items.into_iter();
    let items = items.map(|entry| EntryBody::of(&seen, entry)).collect();
    seen.answer(Page {
        items,
        next: page.next,
    })
}
