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

/// Rewrites the tables that hold personal data, so that no dead row is left in a file. On PostgreSQL it locks each table
/// while it is rewritten, and needs the right to `CHECKPOINT`; on SQLite it is a checkpoint and a `VACUUM`.
pub async fn compact(database: &Database) -> Result<()> {
    match database {
        Database::Sqlite { .. } => {
            database.run_outside_transaction("VACUUM").await?;
            scrub(database).await
        }
        Database::Postgres { .. } => {
            for table in TABLES {
                database
                    .run_outside_transaction(&format!("VACUUM (FULL, ANALYZE) {table}"))
                    .await?;
            }
            // The files of the old tables are cut when the checkpoint after their removal is done.
            database.run_outside_transaction("CHECKPOINT").await
        }
    }
}
