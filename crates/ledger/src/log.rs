//! The change log as bytes: entries, heads, and reading them in order.

use access::Moment;
use uuid::Uuid;

use crate::chain::{self, Hash};
use crate::database::{Row, Tx, Value};
use crate::dialect::{Bulk, BulkTable, Column, wanted};
use crate::error::{LedgerError, Result};

/// The number of an account inside one database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

/// One act in the log: who did what, when, from where, and the events that it became. No personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The position of its last event; the version of the state after it.
    pub position: u64,
    /// When; never before the entry before.
    pub at: Moment,
    /// Who, as `person:7`, `connection:2`, `system:sessions` or `set_up`.
    pub actor: String,
    /// What was asked, as the name of the command or of the act.
    pub act: String,
    /// Where from: the face (`console`, `rest`, `scim`, …), never an address.
    pub face: String,
    /// The request id, which ties the entry to the server's own log lines.
    pub request: String,
    /// The events and what each replaced, in postcard; see [`crate::changes`].
    pub events: Vec<u8>,
}

/// The end of an account's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of events.
    pub position: u64,
    /// The chain's hash.
    pub hash: Hash,
    /// Moment of the last entry.
    pub at: Moment,
}

impl Head {
    /// The head of an account without entries.
    pub fn genesis(account: Uuid, at: Moment) -> Self {
        Self {
            position: 0,
            hash: chain::genesis(account),
            at,
        }
    }

    /// The head after an entry.
    #[must_use]
    pub fn after(&self, entry: &Entry) -> Self {
        Self {
            position: entry.position,
            hash: chain::next(&self.hash, entry),
            at: entry.at,
        }
    }
}

/// Rows for the log.
pub static LOG: BulkTable = BulkTable {
    name: "log",
    columns: &[
        ("account", Column::Int),
        ("position", Column::Int),
        ("at", Column::Int),
        ("actor", Column::Text),
        ("act", Column::Text),
        ("face", Column::Text),
        ("request", Column::Text),
        ("events", Column::Blob),
        ("hash", Column::Blob),
    ],
    on_conflict: "",
};

static HEADS: BulkTable = BulkTable {
    name: "heads",
    columns: &[
        ("account", Column::Int),
        ("position", Column::Int),
        ("hash", Column::Blob),
        ("at", Column::Int),
    ],
    on_conflict: "ON CONFLICT (account) DO UPDATE SET position = excluded.position, hash = excluded.hash, at = excluded.at",
};

/// A position as a database column.
pub fn column(position: u64) -> Value {
    Value::Int(Some(i64::try_from(position).unwrap_or(i64::MAX)))
}

/// A position from a database column.
pub fn position(row: &Row, index: usize) -> Result<u64> {
    u64::try_from(row.get::<i64>(index)?)
        .map_err(|_| LedgerError::Damaged("a position is negative".into()))
}

/// Adds an entry to the rows of a batch.
pub fn push(bulk: &mut Bulk, account: AccountId, entry: Entry, hash: Hash) {
    bulk.push([
        account.0.into(),
        column(entry.position),
        entry.at.0.into(),
        entry.actor.into(),
        entry.act.into(),
        entry.face.into(),
        entry.request.into(),
        entry.events.into(),
        hash.0.into(),
    ]);
}

/// Reads the heads of some accounts, and holds them until the transaction ends. In the order of the ids, so that two
/// nodes that want several cannot wait for each other.
pub async fn lock_heads(
    tx: &mut Tx,
    accounts: impl Iterator<Item = AccountId>,
) -> Result<Vec<(AccountId, Head)>> {
    let sql = lock_heads_text(tx);
    heads(tx, sql, accounts).await
}

/// The heads of some accounts, as this transaction sees them.
pub async fn read_heads(
    tx: &mut Tx,
    accounts: impl Iterator<Item = AccountId>,
) -> Result<Vec<(AccountId, Head)>> {
    let sql = heads_text(tx);
    heads(tx, sql, accounts).await
}

async fn heads(
    tx: &mut Tx,
    sql: String,
    accounts: impl Iterator<Item = AccountId>,
) -> Result<Vec<(AccountId, Head)>> {
    let json = serde_json::Value::from_iter(accounts.map(|account| [account.0]));
    let rows = tx
        .fetch_all(sqlx::AssertSqlSafe(sql), [json.to_string().into()])
        .await?;
    rows.iter()
        .map(|row| Ok((AccountId(row.get(0)?), head(row, 1)?)))
        .collect()
}

pub(crate) fn lock_heads_text(tx: &Tx) -> String {
    heads_text(tx) + tx.for_update()
}

fn heads_text(tx: &Tx) -> String {
    format!(
        "SELECT account, position, hash, at FROM heads WHERE account IN (SELECT account FROM {}) ORDER BY account",
        wanted(tx, &[("account", Column::Int)])
    )
}

/// The head as this transaction sees it.
pub async fn read_head(tx: &mut Tx, account: AccountId) -> Result<Head> {
    let row = tx
        .fetch_optional(
            "SELECT position, hash, at FROM heads WHERE account = $1",
            [account.0.into()],
        )
        .await?;
    head(&row.ok_or(LedgerError::Unknown("account"))?, 0)
}

fn head(row: &Row, first: usize) -> Result<Head> {
    let hash: Vec<u8> = row.get(first + 1)?;
    Ok(Head {
        position: position(row, first)?,
        hash: Hash::from_slice(&hash)
            .ok_or_else(|| LedgerError::Damaged("the head's hash has a wrong length".into()))?,
        at: Moment(row.get(first + 2)?),
    })
}

/// Writes the heads of some accounts.
pub async fn write_heads(
    tx: &mut Tx,
    heads: impl Iterator<Item = (AccountId, Head)>,
) -> Result<()> {
    let mut bulk = Bulk::new(&HEADS);
    for (account, head) in heads {
        bulk.push([
            account.0.into(),
            column(head.position),
            head.hash.0.into(),
            head.at.0.into(),
        ]);
    }
    bulk.write(tx).await
}

/// Streams the entries after `after`, up to and with `until`, in order, each with the hash that is stored beside it.
pub async fn read(
    tx: &mut Tx,
    account: AccountId,
    after: u64,
    until: u64,
    mut visit: impl FnMut(Entry, Vec<u8>) -> Result<()>,
) -> Result<()> {
    tx.for_each(
        "SELECT position, at, actor, act, face, request, events, hash FROM log \
         WHERE account = $1 AND position > $2 AND position <= $3 ORDER BY position",
        [account.0.into(), column(after), column(until)],
        |row| visit(entry(&row)?, row.get(7)?),
    )
    .await
}

/// A page of the log for the audit pages, newest first: entries before `before`.
pub async fn page(tx: &mut Tx, account: AccountId, before: u64, limit: u32) -> Result<Vec<Entry>> {
    let rows = tx
        .fetch_all(
            "SELECT position, at, actor, act, face, request, events FROM log \
             WHERE account = $1 AND position < $2 ORDER BY position DESC LIMIT $3",
            [account.0.into(), column(before), limit.into()],
        )
        .await?;
    rows.iter().map(entry).collect()
}

/// Some of the entries after a position, in their order.
pub async fn after(tx: &mut Tx, account: AccountId, after: u64, limit: u32) -> Result<Vec<Entry>> {
    let rows = tx
        .fetch_all(
            "SELECT position, at, actor, act, face, request, events FROM log \
             WHERE account = $1 AND position > $2 ORDER BY position LIMIT $3",
            [account.0.into(), column(after), limit.into()],
        )
        .await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry> {
    Ok(Entry {
        position: position(row, 0)?,
        at: Moment(row.get(1)?),
        actor: row.get(2)?,
        act: row.get(3)?,
        face: row.get(4)?,
        request: row.get(5)?,
        events: row.get(6)?,
    })
}
