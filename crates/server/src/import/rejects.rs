//! The file of rows in error.

use std::path::{Path, PathBuf};

use super::ImportError;
use super::row::Column;
use super::source::Row;

/// Why a row was not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reject {
    /// Which column it is about, if it is about one.
    pub column: Option<Column>,
    /// What is wrong, and what to do.
    pub reason: String,
}

/// Written from the first row in error on: no errors, no file.
pub(super) struct Rejects {
    path: PathBuf,
    writer: Option<csv::Writer<std::fs::File>>,
}

impl Rejects {
    /// Beside the imported file, unless a place is named.
    pub fn beside(file: &Path, named: Option<&PathBuf>) -> Rejects {
        let path = named
            .cloned()
            .unwrap_or_else(|| file.with_extension("rejects.csv"));
        Rejects { path, writer: None }
    }

    /// Adds a row in error: line, column, reason, then the row itself, so that it can be mended and imported again.
    pub fn add(&mut self, row: &Row, reject: &Reject) -> Result<(), ImportError> {
        let failed = |path: &Path, error: csv::Error| ImportError::File {
            path: path.to_owned(),
            source: std::io::Error::other(error),
        };
        if self.writer.is_none() {
            let mut writer =
                csv::Writer::from_path(&self.path).map_err(|error| failed(&self.path, error))?;
            let header = ["line", "column", "reason"]
                .into_iter()
                .chain(Column::ALL.map(Column::name));
            writer
                .write_record(header)
                .map_err(|error| failed(&self.path, error))?;
            self.writer = Some(writer);
        }
        let line = row.line.to_string();
        let column = reject.column.map_or("", Column::name);
        let values = Column::ALL.map(|column| row.values.get(&column).map_or("", String::as_str));
        let record = [line.as_str(), column, &reject.reason]
            .into_iter()
            .chain(values);
        if let Some(writer) = &mut self.writer {
            writer
                .write_record(record)
                .map_err(|error| failed(&self.path, error))?;
        }
        Ok(())
    }

    /// Where the rows are, if there are any.
    pub fn finish(mut self) -> Result<Option<PathBuf>, ImportError> {
        let Some(mut writer) = self.writer.take() else {
            return Ok(None);
        };
        writer.flush().map_err(|source| ImportError::File {
            path: self.path.clone(),
            source,
        })?;
        Ok(Some(self.path))
    }
}
