//! Erasure (SD-26): after the rows are gone, their bytes have to go from the files too.
//!
//! SQLite overwrites deleted rows with zeros (`secure_delete`), but not what rows leave behind when they move within the file:
//! that is overwritten here (`pages.rs`). The write-ahead log holds everything until a checkpoint cuts it to nothing. PostgreSQL
//! keeps dead rows until the table is rewritten: `compact` does that, and is run by hand or at night. Its write-ahead log and the
//! backups made before are beyond the program: their retention is the operator's promise, and the documentation says so.
//!
//! An erasure notes in its own transaction that the files are to be cleaned, and only clean files take the note away: a server
//! that was killed in between goes on with it at its next start.

mod pages;

use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

pub(crate) use self::pages::MOST_PAGES;
use crate::database::Database;
use crate::dialect::{Bulk, BulkTable, Column};
use crate::error::{LedgerError, Result};
use crate::slices;

/// How long one checkpoint waits for readers of old pages. Writers wait with it, so it is short and tried again.
const CHECKPOINT_PATIENCE: Duration = Duration::from_millis(50);
/// The pause before it is tried again, and how often it is tried: a minute.
const CHECKPOINT_PAUSE: Duration = Duration::from_millis(250);
const CHECKPOINT_TRIES: u32 = 240;

/// How often, and how many times, `compact` looks whether an old transaction is over: a minute.
const OLD_TRANSACTION_POLL: Duration = Duration::from_millis(100);
const OLD_TRANSACTION_POLLS: u32 = 600;

/// The tables that hold personal data, free text, or answers.
const TABLES: [&str; 12] = [
    "profiles",
    "emails",
    "search_keys",
    "idempotency",
    "mails",
    "person_row",
    "credentials",
    "sign_in_sessions",
    "views",
    "imports",
    "import_files",
    "address_changes",
];

/// Which accounts had an erasure that the files may still show, and where in their logs the last of them is.
pub(crate) static ERASURES: BulkTable = BulkTable {
    name: "erasures",
    columns: &[("account", Column::Int), ("position", Column::Int)],
    on_conflict: "ON CONFLICT (account) DO UPDATE SET position = excluded.position",
};

/// Takes the bytes of erased rows out of the files at once where the engine can: SQLite. On PostgreSQL nothing is done here;
/// see [`compact`].
pub(crate) async fn scrub(database: &Database) -> Result<()> {
    match database {
        Database::Sqlite { .. } if !noted(database).await?.is_empty() => compact(database).await,
        Database::Sqlite { .. } | Database::Postgres { .. } => Ok(()),
    }
}

/// Takes out of the files what erasures left there. On SQLite the pages are cleaned, beside a running server. On PostgreSQL the
/// tables that hold personal data are rewritten: each is locked meanwhile, and the right to `CHECKPOINT` is needed.
pub async fn compact(database: &Database) -> Result<()> {
    let noted = noted(database).await?;
    match database {
        Database::Sqlite { path, writer, .. } => {
            pages::clean(writer).await?;
            cut_log(path).await?;
        }
        Database::Postgres { pool, .. } => rewrite_tables(database, pool).await?,
    }
    // One that came meanwhile has another position, and stays.
    let mut done = Bulk::new(&ERASURES);
    for (account, position) in noted {
        done.push([account.into(), position.into()]);
    }
    let mut tx = database.begin().await?;
    done.delete(&mut tx).await?;
    tx.commit().await
}

async fn noted(database: &Database) -> Result<Vec<(i64, i64)>> {
    let mut tx = database.begin_read().await?;
    let rows = tx
        .fetch_all("SELECT account, position FROM erasures", [])
        .await?;
    rows.iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

/// Cuts SQLite's write-ahead log to nothing, as soon as nobody reads old pages in it.
async fn cut_log(path: &Path) -> Result<()> {
    for _ in 0..CHECKPOINT_TRIES {
        let mut connection: SqliteConnection = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(CHECKPOINT_PATIENCE)
            .disable_statement_logging()
            .connect()
            .await?;
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut connection)
            .await?;
        let busy: i64 = row.try_get(0)?;
        sqlx::Connection::close(connection).await?;
        if busy == 0 {
            return Ok(());
        }
        tokio::time::sleep(CHECKPOINT_PAUSE).await;
    }
    Err(LedgerError::Busy("the write-ahead log is being read"))
}

/// Rewrites the tables that hold personal data, so that no dead row is left in a file.
async fn rewrite_tables(database: &Database, pool: &sqlx::PgPool) -> Result<()> {
    wait_for_old_transactions(pool).await?;
    let of_slices = slices::TABLES.iter().map(|table| table.rows.name);
    for table in TABLES.into_iter().chain(of_slices) {
        database
            .run_outside_transaction(&format!("VACUUM (FULL, ANALYZE) {table}"))
            .await?;
    }
    // The planner's statistics hold samples of the columns.
    database
        .run_outside_transaction("VACUUM FULL pg_catalog.pg_statistic")
        .await?;
    // The old files are empty already; a checkpoint takes them away. It needs a right that not every owner has.
    if let Err(error) = database.run_outside_transaction("CHECKPOINT").await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the checkpoint is left to the server"
        );
    }
    Ok(())
}

/// A row stays in its table for as long as a transaction might see it, even when the table is rewritten. Waits until every
/// transaction is over that began before now, in other databases of the server too: their numbers hold back everybody's
/// idea of what is old.
async fn wait_for_old_transactions(pool: &sqlx::PgPool) -> Result<()> {
    let now: String = sqlx::query_scalar("SELECT pg_current_xact_id()::text")
        .fetch_one(pool)
        .await?;
    for _ in 0..OLD_TRANSACTION_POLLS {
        let over: bool = sqlx::query_scalar(
            "SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AND NOT EXISTS (SELECT FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND age(backend_xmin) >= age($1::xid8::xid))",
        )
        .bind(&now)
        .fetch_one(pool)
        .await?;
        if over {
            return Ok(());
        }
        tokio::time::sleep(OLD_TRANSACTION_POLL).await;
    }
    Err(LedgerError::Busy(
        "a transaction from before the erasure is still open",
    ))
}
