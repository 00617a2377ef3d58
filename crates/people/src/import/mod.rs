//! Import of people from CSV or JSON lines: users, customers, where they work, what they may do.
//!
//! A row is a person; it becomes one [`access::Command::Enrol`], profile included, so it is applied whole or not at all, by the rules
//! that everybody is under. Rows in error go to a rejects file with line, column and reason; the others are applied. People are recognised by
//! their address, so a second run of the same file changes nothing.
//!
//! `source.rs` reads rows (`lines.rs`, `table.rs`, `json_lines.rs`, by the columns of `mapping.rs`), `names.rs` knows the account's
//! things by name, `row.rs` and `rights.rs` make a command of a row (its lists item by item: `item.rs`), `run.rs` drives, `submit.rs` hands
//! the commands to the engine.

mod by;
mod column;
pub mod item;
mod json_lines;
mod lines;
mod look;
mod mapping;
pub mod names;
mod rejects;
mod rights;
mod row;
mod run;
mod source;
mod submit;
mod table;

use std::path::{Path, PathBuf};

pub use self::by::By;
pub use self::column::Column;
pub use self::look::{Look, Seen, encoding_of, look};
pub use self::mapping::Mapping;
pub use self::rejects::{HEADS, Rejected};
pub use self::run::{Progress, Reached, run};
pub use self::source::{Form, Held, Source};

/// What to import, and how.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// Where the rows are.
    pub file: Source,
    /// Of a file that is neither UTF-8 nor marked as another Unicode.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// Which column of the file is which of ours.
    pub mapping: Mapping,
    /// Changes nothing; says what would be done.
    pub dry_run: bool,
    /// Makes companies and groups that the account does not have yet.
    pub create_missing: bool,
    /// Whether the operator at the command line vouches for the users of the file (AD-15).
    pub accept_invitations: bool,
    /// Whether users who come with the file are sent a link to accept with.
    pub send_invitations: bool,
    /// Where rows in error of a file go, a file that is not there yet; beside the imported one by default.
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
    /// Columns of the file that were passed over.
    pub ignored_columns: Vec<String>,
    /// Where the rows in error stand, if there are any.
    pub rejects: Option<PathBuf>,
    /// Rows that give administration, for which whoever imports has to have proved lately who they are.
    #[serde(skip)]
    pub proofs: u64,
    /// Who would gain and lose access: of a dry run for the eyes of one who imports.
    #[serde(skip)]
    pub balance: Option<access::preview::Balance>,
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
    /// The file could be read up to here and not beyond.
    #[error("line {line} of {path} cannot be read: {source}", path = path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// The line that is not whole.
        line: u64,
        /// Why.
        source: std::io::Error,
    },
    /// Whoever imports wanted no more, or may not any more.
    #[error("the import was stopped")]
    Stopped,
    /// A background task failed.
    #[error("the import met a defect")]
    Unexpected,
    /// A row could not be done, nor those after it, whatever stands in them.
    #[error("line {line}: {source}")]
    Row {
        /// The first row that was not done.
        line: u64,
        /// Why.
        source: Box<ImportError>,
    },
    /// It ended in the middle; what was done before is done.
    #[error("{source}; {rows} rows were done before", rows = report.rows)]
    Middle {
        /// What became of the rows before.
        report: Box<Report>,
        /// Why.
        source: Box<ImportError>,
    },
}

impl ImportError {
    fn is_of_a_row(&self) -> bool {
        matches!(self, ImportError::Row { .. })
    }

    fn file(path: &Path, source: std::io::Error) -> ImportError {
        let path = path.to_owned();
        ImportError::File { path, source }
    }
}
