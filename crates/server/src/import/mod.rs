//! Import of people from CSV or JSON lines: users, customers, where they work, what they may do.
//!
//! A row is a person; it becomes one [`access::Command::Enrol`], profile included, so it is applied whole or not at all, by the rules
//! that everybody is under. Rows in error go to a rejects file with line, column and reason; the others are applied. People are recognised by
//! their address, so a second run of the same file changes nothing.
//!
//! `source.rs` reads rows, `names.rs` knows the account's things by name, `row.rs` makes a command of a row, `run.rs` drives.

mod names;
mod rejects;
mod row;
mod run;
mod source;

use std::path::PathBuf;

pub use self::row::Column;
pub use self::run::{Progress, run};
pub use self::source::Mapping;

/// What to import, and how.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// A `.csv` file, or JSON lines by any other ending of `.jsonl` or `.ndjson`.
    pub file: PathBuf,
    /// Which column of the file is which of ours.
    pub mapping: Mapping,
    /// Changes nothing; says what would be done.
    pub dry_run: bool,
    /// Makes companies and groups that the account does not have yet.
    pub create_missing: bool,
    /// Where rows in error go; beside the file by default.
    pub rejects: Option<PathBuf>,
}

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Rows read.
    pub rows: u64,
    /// New people.
    pub added: u64,
    /// People who were there and changed.
    pub changed: u64,
    /// People who were as the row says.
    pub unchanged: u64,
    /// Rows in error.
    pub rejected: u64,
    /// Companies and groups that were made.
    pub created: u64,
    /// Where the rows in error stand, if there are any.
    pub rejects: Option<PathBuf>,
}

/// Why an import ended before its last row.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read, or the rejects file cannot be written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not of the form that its ending promises.
    #[error("line {line}: {reason}")]
    Form {
        /// Where.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The header does not fit.
    #[error("column {column:?}: {reason}")]
    Header {
        /// Which.
        column: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] ledger::LedgerError),
    /// A background task failed.
    #[error("reading the file ended unexpectedly")]
    Reader,
}
