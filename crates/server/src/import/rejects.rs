//! The file of rows in error: line, column and reason of each, then the row by our names, so that it can be mended and imported again.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::ImportError;
use super::column::Column;
use super::source::Row;

/// The columns that stand before ours. By them an import knows a file of rows in error.
pub(super) const LEAD: [&str; 3] = ["line", "column", "reason"];
/// The row as it stood in its file, where its values could not be told apart.
const RAW: &str = "row";

/// Whether a column of such a file speaks of the import before, and not of the person.
pub(super) fn is_its_own(name: &str) -> bool {
    LEAD.contains(&name) || name == RAW
}

/// Why a row was not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reject {
    /// Which column it is about, if it is about one.
    pub column: Option<Column>,
    /// What is wrong, and what to do.
    pub reason: String,
}

/// Written from the first row in error on: no errors, no file. Rows of an earlier import that nobody has mended yet are never
/// written over.
pub(super) struct Rejects {
    place: Place,
    writer: Option<(PathBuf, csv::Writer<File>)>,
}

enum Place {
    /// As it was asked for.
    At(PathBuf),
    /// By this name, or by the next one with a number that is free.
    Beside(PathBuf),
}

impl Rejects {
    /// Beside the imported file, unless a place is named.
    pub fn beside(file: &Path, named: Option<&PathBuf>) -> Result<Rejects, ImportError> {
        let place = match named {
            // Said before the first row is applied.
            Some(path) if path.exists() => {
                let there =
                    "is there already; name another file for rows in error, or take this one away";
                let error = io::Error::new(ErrorKind::AlreadyExists, there);
                return Err(ImportError::file(path, error));
            }
            Some(path) => Place::At(path.clone()),
            None => Place::Beside(file.to_owned()),
        };
        Ok(Rejects {
            place,
            writer: None,
        })
    }

    /// Adds a row in error.
    pub fn add(&mut self, row: &Row, reject: &Reject) -> Result<(), ImportError> {
        if self.writer.is_none() {
            self.writer = Some(self.place.begin()?);
        }
        let Some((path, writer)) = &mut self.writer else {
            return Ok(());
        };
        let line = row.line.to_string();
        let column = reject.column.map_or("", Column::name);
        let values = Column::ALL.map(|column| row.values.get(&column).map_or("", String::as_str));
        let raw = row.flaw.as_ref().map_or("", |flaw| flaw.text.as_str());
        let record = [line.as_str(), column, &reject.reason]
            .into_iter()
            .chain(values)
            .chain([raw]);
        writer
            .write_record(record)
            .map_err(|error| ImportError::file(path, error.into()))
    }

    /// Where the rows are, if there are any.
    pub fn finish(mut self) -> Result<Option<PathBuf>, ImportError> {
        let Some((path, mut writer)) = self.writer.take() else {
            return Ok(None);
        };
        match writer.flush() {
            Ok(()) => Ok(Some(path)),
            Err(error) => Err(ImportError::file(&path, error)),
        }
    }
}

impl Place {
    fn begin(&self) -> Result<(PathBuf, csv::Writer<File>), ImportError> {
        let (path, mut file) = match self {
            Place::At(path) => make(path).map(|file| (path.clone(), file)),
            Place::Beside(imported) => {
                let mut number = 1_u64;
                loop {
                    let ending = match number {
                        1 => "rejects.csv".to_owned(),
                        more => format!("rejects-{more}.csv"),
                    };
                    let path = imported.with_extension(ending);
                    match make(&path) {
                        Err(ImportError::File { source, .. })
                            if source.kind() == ErrorKind::AlreadyExists =>
                        {
                            number += 1;
                        }
                        made => break made.map(|file| (path, file)),
                    }
                }
            }
        }?;
        // The mark by which spreadsheets know UTF-8.
        let failed = |error: io::Error| ImportError::file(&path, error);
        file.write_all("\u{feff}".as_bytes()).map_err(failed)?;
        let mut writer = csv::Writer::from_writer(file);
        let header = LEAD.into_iter().chain(Column::ALL.map(Column::name));
        writer
            .write_record(header.chain([RAW]))
            .map_err(|error| failed(error.into()))?;
        Ok((path, writer))
    }
}

/// Names and addresses stand in it: it is for its owner only.
fn make(path: &Path) -> Result<File, ImportError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| ImportError::file(path, error))
}
