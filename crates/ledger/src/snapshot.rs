//! Snapshots: a state in postcard, cut into chunks, with the hash of the whole and the head of the log that it stands for.
//! They are a cache of the log and nothing else: without one the start is slower. They hold no personal data.

use access::{Moment, State};

use crate::chain::Hash;
use crate::database::{Database, Tx};
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId, Head};

/// Bytes in a row. Each is written in a transaction of its own, so that acts do not wait for a whole snapshot.
const CHUNK: usize = 1 << 20;
/// So many snapshots of an account are kept.
const KEPT: i64 = 2;

/// The bytes of a state, and their hash.
pub(crate) fn encode(state: &State) -> Result<(Vec<u8>, Hash)> {
    let bytes = postcard::to_stdvec(state)
        .map_err(|error| LedgerError::Damaged(format!("a state cannot be encoded: {error}")))?;
    let hash = Hash::of(&bytes);
    Ok((bytes, hash))
}

/// Writes a snapshot of a state that nobody has to hold still: it is a fork.
pub(crate) async fn write(
    database: &Database,
    account: AccountId,
    state: &State,
    head: Head,
    now: Moment,
) -> Result<()> {
    let (bytes, hash) = encode(state)?;
    let chunks = bytes.len().div_ceil(CHUNK);
    // The last chunk is written last: a snapshot that was cut short is not complete, and is not read.
    for (index, chunk) in bytes.chunks(CHUNK).enumerate() {
        let mut tx = database.begin().await?;
        tx.execute(
            "INSERT INTO snapshots (account, position, chunk, chunks, head, state_hash, at, head_at, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (account, position, chunk) DO UPDATE SET \
             chunks = excluded.chunks, head = excluded.head, state_hash = excluded.state_hash, at = excluded.at, \
             head_at = excluded.head_at, body = excluded.body",
            [
                account.0.into(),
                log::column(head.position),
                log::column(index as u64),
                log::column(chunks as u64),
                head.hash.0.into(),
                hash.0.into(),
                now.0.into(),
                head.at.0.into(),
                chunk.into(),
            ],
        )
        .await?;
        tx.commit().await?;
    }
    let mut tx = database.begin().await?;
    tx.execute(
        "DELETE FROM snapshots WHERE account = $1 AND position NOT IN \
         (SELECT DISTINCT position FROM snapshots WHERE account = $1 ORDER BY position DESC LIMIT $2)",
        [account.0.into(), KEPT.into()],
    )
    .await?;
    tx.commit().await
}

/// What is known of a snapshot without its body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Description {
    pub head: Head,
    pub state_hash: Hash,
    chunks: i64,
}

/// The complete snapshots of an account up to a position, the newest first.
pub(crate) async fn list(tx: &mut Tx, account: AccountId, until: u64) -> Result<Vec<Description>> {
    let rows = tx
        .fetch_all(
            "SELECT position, chunks, head, state_hash, head_at FROM snapshots \
             WHERE account = $1 AND position <= $2 AND chunk = chunks - 1 ORDER BY position DESC",
            [account.0.into(), log::column(until)],
        )
        .await?;
    let hash = |bytes: Vec<u8>| {
        Hash::from_slice(&bytes)
            .ok_or_else(|| LedgerError::Damaged("a snapshot's hash has a wrong length".into()))
    };
    rows.iter()
        .map(|row| {
            let head = Head {
                position: log::position(row, 0)?,
                hash: hash(row.get(2)?)?,
                at: Moment(row.get(4)?),
            };
            Ok(Description {
                head,
                state_hash: hash(row.get(3)?)?,
                chunks: row.get(1)?,
            })
        })
        .collect()
}

/// The newest complete snapshot up to a position. One that does not read is passed over with a warning: the log has it all.
pub(crate) async fn nearest(
    tx: &mut Tx,
    account: AccountId,
    until: u64,
) -> Result<Option<(State, Head)>> {
    for description in list(tx, account, until).await? {
        match read(tx, account, &description).await? {
            Some(state) => return Ok(Some((state, description.head))),
            None => tracing::warn!(
                position = description.head.position,
                "a snapshot is damaged and is passed over"
            ),
        }
    }
    Ok(None)
}

/// The state of a snapshot; `None` when its bytes are not those that were written.
pub(crate) async fn read(
    tx: &mut Tx,
    account: AccountId,
    description: &Description,
) -> Result<Option<State>> {
    let mut bytes = Vec::with_capacity(
        usize::try_from(description.chunks)
            .unwrap_or_default()
            .saturating_mul(CHUNK),
    );
    tx.for_each(
        "SELECT body FROM snapshots WHERE account = $1 AND position = $2 ORDER BY chunk",
        [account.0.into(), log::column(description.head.position)],
        |row| {
            bytes.extend_from_slice(&row.get::<Vec<u8>>(0)?);
            Ok(())
        },
    )
    .await?;
    let state: Option<State> = (Hash::of(&bytes) == description.state_hash)
        .then(|| postcard::from_bytes(&bytes).ok())
        .flatten();
    Ok(state.filter(|state| state.version().0 == description.head.position))
}
