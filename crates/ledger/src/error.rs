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
    /// Nobody has made an account here yet.
    #[error(
        "the database holds no account yet; `rolecall serve` makes one, `rolecall demo` a filled one"
    )]
    NoAccount,
    /// A backup is restored into a database that holds nothing.
    #[error("the database holds an account already: a backup is restored into a new one")]
    NotEmpty,
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
    /// AD-27: the handle was made to read, and whoever holds it writes nothing.
    #[error("this handle reads, and writes nothing")]
    ReadsOnly,
    /// The engine is shutting down.
    #[error("the ledger is closed")]
    Closed,
    /// A file could not be read or written.
    #[error("a file of the ledger could not be read or written")]
    File(#[from] std::io::Error),
}

impl LedgerError {
    /// Whether a question was broken off because it took too long: PostgreSQL says 57014, SQLite that it was interrupted (9).
    pub fn is_too_slow(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        error
            .code()
            .is_some_and(|code| matches!(&*code, "57014" | "9"))
    }

    /// Whether the database was away, or had no time: asked again later, it may do. Nothing is wrong with what was asked.
    pub fn is_outage(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(error) => error.code().is_some_and(|code| is_outage_code(&code)),
            _ => false,
        }
    }
}

/// PostgreSQL: no connection (08), no resources (53), no lock in time (55P03), shutting down or not up yet (57P). SQLite: busy (5).
fn is_outage_code(code: &str) -> bool {
    ["08", "53", "55P03", "57P"]
        .iter()
        .any(|class| code.len() == 5 && code.starts_with(class))
        || (code.len() < 5 && code.parse().is_ok_and(|code: u32| code & 0xff == 5))
}

/// The result of a ledger operation that cannot be refused by a rule.
pub type Result<T, E = LedgerError> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::is_outage_code;

    #[test]
    fn a_database_that_is_away_is_told_from_a_statement_that_is_wrong() {
        for code in [
            "08006", "53300", "55P03", "57P01", "57P03", "5", "261", "517",
        ] {
            assert!(is_outage_code(code), "{code}");
        }
        for code in ["23505", "42601", "57014", "1", "19", "2067"] {
            assert!(!is_outage_code(code), "{code}");
        }
    }
}
