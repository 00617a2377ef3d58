//! What became of a file, as it is kept for whoever brought it: counts, and why it ended early. No names.

use serde::{Deserialize, Serialize};

use crate::import::{ImportError, Report};

/// Why the work ended before the last row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Ended {
    /// Whoever asked for it wanted it to end.
    Stopped,
    /// Their sign-in ended, or they were switched off (AD-24).
    SignedOut,
    /// They may not import any more (AD-28).
    NoRight,
    /// The database did not take a row.
    Database,
    /// The file goes wrong here.
    File(String),
    /// A defect of ours.
    Defect,
}

/// Who gains and who loses access, as far as the reader may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Balance {
    pub gains: usize,
    pub losses: usize,
    pub locked_out: usize,
    pub is_complete: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// Nothing was changed.
    pub is_trial: bool,
    pub rows: u64,
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub rejected: u64,
    pub created: u64,
    pub ignored: Vec<String>,
    /// Rows that ask for a fresh proof of who imports.
    pub proofs: u64,
    pub balance: Option<Balance>,
    pub ended: Option<Ended>,
    /// The first line that was not done, where it ended early.
    pub line: Option<u64>,
}

impl Told {
    pub fn of(done: Result<Report, ImportError>, is_trial: bool) -> Self {
        match done {
            Ok(report) => Self::report(report, is_trial),
            Err(ImportError::Middle { report, source }) => {
                Self::report(*report, is_trial).with_end(&source)
            }
            Err(error) => Self::report(Report::default(), is_trial).with_end(&error),
        }
    }

    fn report(report: Report, is_trial: bool) -> Self {
        let balance = report.balance.map(|balance| Balance {
            gains: balance.gains.subjects,
            losses: balance.losses.subjects,
            locked_out: balance.locked_out.len(),
            is_complete: balance.complete,
        });
        Self {
            is_trial,
            rows: report.rows,
            added: report.added,
            changed: report.changed,
            unchanged: report.unchanged,
            rejected: report.rejected,
            created: report.created,
            ignored: report.ignored_columns,
            proofs: report.proofs,
            balance,
            ended: None,
            line: None,
        }
    }

    fn with_end(mut self, error: &ImportError) -> Self {
        let ended = match error {
            ImportError::Row { line, source } => {
                self.line = Some(*line);
                return self.with_end(source);
            }
            ImportError::Stopped => Ended::Stopped,
            ImportError::Ledger(_) => Ended::Database,
            ImportError::Form { .. } | ImportError::Header { .. } | ImportError::Line { .. } => {
                Ended::File(error.to_string())
            }
            ImportError::File { .. } | ImportError::Unexpected | ImportError::Middle { .. } => {
                Ended::Defect
            }
        };
        self.ended = Some(ended);
        self
    }
}
