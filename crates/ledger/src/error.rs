//! What can go wrong at the boundary of the ledger.

/// Why the ledger did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The database did not answer, or answered with an error. Nothing of the act was acknowledged.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought to this program's version.
    #[error("the database could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A setting that durability or erasure depends on is not in force on a connection.
    #[error("the database connection is not set up as the ledger needs it: {0}")]
    Unsafe(String),
    /// What is stored is not what was written: a broken chain, an unreadable entry, a snapshot with another hash.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// No such account, or no such position in its log.
    #[error("unknown {0}")]
    Unknown(&'static str),
    /// The database did not take the change; what went wrong is in the server's own log. Nothing was acknowledged. Whether
    /// a commit whose connection broke was done shows when it is asked again with the same idempotency key.
    #[error("the change could not be written")]
    NotWritten,
    /// The queue of the writer is full, or the node did not reach the wanted version in time. Try again.
    #[error("busy: {0}")]
    Busy(&'static str),
    /// The engine is shutting down.
    #[error("the ledger is closed")]
    Closed,
    /// A file could not be read or written.
    #[error("a file of the ledger could not be read or written")]
    File(#[from] std::io::Error),
}

/// The result of a ledger operation that cannot be refused by a rule.
pub type Result<T, E = LedgerError> = std::result::Result<T, E>;
