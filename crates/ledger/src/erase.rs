//! Erasure (SD-26): after the rows are gone, their bytes have to go from the files too.
//!
//! SQLite overwrites deleted rows with zeros (`secure_delete`), in the pages and in the write-ahead log's newest frames; the
//! older frames still hold them until a checkpoint cuts the log to nothing. PostgreSQL keeps dead rows until the table is
//! rewritten: `compact` does that, and is run by hand or at night. Its write-ahead log and the backups made before are beyond
//! the program: their retention is the operator's promise, and the documentation says so.

use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::database::Database;
use crate::error::{LedgerError, Result};

/// How long one checkpoint waits for readers of old pages. Writers wait with it, so it is short and tried again.
const CHECKPOINT_PATIENCE: Duration = Duration::from_millis(50);

/// How often, and how many times, `compact` looks whether an old transaction is over: a minute.
const OLD_TRANSACTION_POLL: Duration = Duration::from_millis(100);
const OLD_TRANSACTION_POLLS: u32 = 600;

/// The tables that hold personal data, free text, or answers.
const TABLES: [&str; 5] = [
    "profiles",
    "emails",
    "search_keys",
    "idempotency",
    "person_row",
];

/// Takes the bytes of erased rows out of the files at once where the engine can: SQLite. On PostgreSQL nothing is done here;
/// see [`compact`].
pub(crate) async fn scrub(database: &Database) -> Result<()> {
    let Database::Sqlite { path, .. } = database else {
        return Ok(());
    };
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
        Ok(())
    } else {
        Err(LedgerError::Busy("the write-ahead log is being read"))
    }
}

/// What `secure_delete` does not reach on SQLite: when a page is split or joined its rows move, and what they leave between the
/// page's index and its first row is not overwritten. Nobody writes meanwhile.
pub(crate) async fn rewrite(database: &Database) -> Result<()> {
    match database {
        Database::Sqlite { .. } => database.run_outside_transaction("VACUUM").await,
        Database::Postgres { .. } => Ok(()),
    }
}

/// Rewrites the tables that hold personal data, so that no dead row is left in a file. On PostgreSQL it locks each table
/// while it is rewritten, and needs the right to `CHECKPOINT`; on SQLite it is a checkpoint and a `VACUUM`.
pub async fn compact(database: &Database) -> Result<()> {
    match database {
        Database::Sqlite { .. } => {
            rewrite(database).await?;
            scrub(database).await
        }
        Database::Postgres { pool } => {
            wait_for_old_transactions(pool).await?;
            for table in TABLES {
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
    }
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
