//! The file of rows in error: line, column and reason of each, then the row by our names, so that it can be mended and imported again.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Import;
use super::ImportError;
use super::column::Column;
use super::source::{Held, Row, Source};

/// The columns that stand before ours. By them an import knows a file of rows in error.
const LEAD: [&str; 3] = ["line", "column", "reason"];
/// The row as it stood in its file, where its values could not be told apart.
const RAW: &str = "row";
/// How many columns there are.
const COLUMNS: usize = LEAD.len() + Column::ALL.len() + 1;
/// Rows in error that are kept in memory: a file with more of them has one cause for most.
const KEPT: usize = 10_000;

/// The columns of rows in error: line, column and reason, then ours, then the row as it stood.
pub const HEADS: [&str; COLUMNS] = heads();

const fn heads() -> [&'static str; COLUMNS] {
    let mut heads = [RAW; COLUMNS];
    let mut at = 0;
    while at + 1 < COLUMNS {
        heads[at] = if at < LEAD.len() {
            LEAD[at]
        } else {
            Column::ALL[at - LEAD.len()].name()
        };
        at += 1;
    }
    heads
}

/// A row in error.
pub type Rejected = [String; COLUMNS];

/// Whether a header is one of such a file.
pub(super) fn is_theirs(header: &[String]) -> bool {
    let names = header.iter().map(String::as_str);
    names.take(LEAD.len()).eq(LEAD)
}

/// Whether a column of such a file speaks of the import before, and not of the person.
pub(crate) fn is_its_own(name: &str) -> bool {
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
pub(super) struct Rejects<'a> {
    place: Place<'a>,
    writer: Option<(PathBuf, csv::Writer<File>)>,
}

enum Place<'a> {
    /// As it was asked for.
    At(&'a Path),
    /// By this name, or by the next one with a number that is free.
    Beside(&'a Path),
    /// In memory, like the rows themselves.
    Held(&'a Held),
}

impl<'a> Rejects<'a> {
    /// Beside the imported file, unless a place is named.
    pub fn of(import: &'a Import) -> Result<Self, ImportError> {
        let place = match (&import.file, &import.rejects) {
            (Source::Held(held), _) => Place::Held(held),
            // Said before the first row is applied.
            (_, Some(path)) if path.exists() => {
                let there =
                    "is there already; name another file for rows in error, or take this one away";
                let error = io::Error::new(ErrorKind::AlreadyExists, there);
                return Err(ImportError::file(path, error));
            }
            (_, Some(path)) => Place::At(path),
            (Source::File(file), None) => Place::Beside(file),
        };
        Ok(Rejects {
            place,
            writer: None,
        })
    }

    /// Adds a row in error.
    pub fn add(&mut self, row: &Row, reject: &Reject) -> Result<(), ImportError> {
        let record = rejected(row, reject);
        if let Place::Held(held) = self.place {
            let mut kept = held.rejects();
            if kept.len() < KEPT {
                kept.push(record);
            }
            return Ok(());
        }
        if self.writer.is_none() {
            self.writer = Some(self.place.begin()?);
        }
        let Some((path, writer)) = &mut self.writer else {
            return Ok(());
        };
        writer
            .write_record(&record)
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

fn rejected(row: &Row, reject: &Reject) -> Rejected {
    let mut record = std::array::from_fn(|_| String::new());
    let value = |column: &Column| row.values.get(column).cloned().unwrap_or_default();
    let raw = row.flaw.as_ref().map(|flaw| flaw.text.clone());
    let values = [
        row.line.to_string(),
        reject.column.map_or("", Column::name).to_owned(),
        reject.reason.clone(),
    ]
    .into_iter()
    .chain(Column::ALL.iter().map(value))
    .chain(raw);
    for (cell, value) in record.iter_mut().zip(values) {
        *cell = value;
    }
    record
}

impl Place<'_> {
    fn begin(&self) -> Result<(PathBuf, csv::Writer<File>), ImportError> {
        let (path, mut file) = match self {
            Place::At(path) => make(path).map(|file| ((*path).to_owned(), file)),
            Place::Held(_) => Err(ImportError::Unexpected),
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
        writer
            .write_record(HEADS)
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
