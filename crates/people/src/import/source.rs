//! Rows of a file, by our names of its columns.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use encoding_rs::Encoding;
use tokio::sync::mpsc::Sender;

use super::column::Column;
use super::lines::Lines;
use super::rejects::{Reject, Rejected};
use super::{Import, ImportError, json_lines, table};

/// Rows that are handed on at once.
pub(super) const CHUNK: usize = 4_096;

/// Takes a row on its way; whether more are wanted.
pub(super) type HandOn<'a> = dyn FnMut(Row) -> bool + 'a;

/// Where the rows of an import are.
#[derive(Debug, Clone)]
pub enum Source {
    /// In a file: JSON lines by the ending `.jsonl` or `.ndjson`; else values separated by commas, semicolons or tabs.
    File(PathBuf),
    /// In memory.
    Held(Held),
}

/// How rows are written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// Values separated by commas, semicolons or tabs, under a header.
    #[default]
    Table,
    /// An object on each line.
    JsonLines,
}

/// Rows that were read already. Those in error stay in memory too.
#[derive(Debug, Clone)]
pub struct Held {
    /// The rows, as they would stand in a file.
    pub bytes: Arc<[u8]>,
    /// How they are written down.
    pub form: Form,
    rejects: Arc<Mutex<Vec<Rejected>>>,
}

impl Default for Source {
    fn default() -> Self {
        Self::File(PathBuf::new())
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl Form {
    /// By the ending of the file's name.
    pub fn of(name: &Path) -> Self {
        match name.extension().and_then(|ending| ending.to_str()) {
            Some("jsonl" | "ndjson") => Self::JsonLines,
            _ => Self::Table,
        }
    }
}

impl Held {
    /// Rows of this form.
    pub fn new(bytes: Arc<[u8]>, form: Form) -> Self {
        let rejects = Arc::default();
        Self {
            bytes,
            form,
            rejects,
        }
    }

    pub(super) fn lines(&self, encoding: Option<&'static Encoding>) -> Lines {
        let bytes = Cursor::new(Arc::clone(&self.bytes));
        Lines::of(bytes, Path::new("the file"), encoding)
    }

    /// The first rows in error, as many as are kept.
    pub fn rejects(&self) -> MutexGuard<'_, Vec<Rejected>> {
        self.rejects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    /// How its rows are written down.
    fn form(&self) -> Form {
        match self {
            Self::File(path) => Form::of(path),
            Self::Held(held) => held.form,
        }
    }

    fn lines(&self, import: &Import) -> Result<Lines, ImportError> {
        match self {
            Self::File(path) => {
                let file = File::open(path).map_err(|error| ImportError::file(path, error))?;
                Ok(Lines::of(file, path, import.encoding))
            }
            Self::Held(held) => Ok(held.lines(import.encoding)),
        }
    }
}

/// One person's row: the line where it begins, and the values that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub line: u64,
    /// How far the file was read, for the progress bar.
    pub bytes: u64,
    pub values: BTreeMap<Column, String>,
    /// What is wrong with its form, so that its values cannot be known.
    pub flaw: Option<Flaw>,
}

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    pub reject: Reject,
    /// The row as it stands in the file.
    pub text: String,
}

impl Row {
    /// A row without values yet.
    pub fn at(line: u64, bytes: u64) -> Row {
        Row {
            line,
            bytes,
            values: BTreeMap::new(),
            flaw: None,
        }
    }

    /// Adds a value: to the one before, where several columns of the file are one of ours.
    pub fn put(&mut self, column: Column, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        match self.values.entry(column) {
            Entry::Vacant(free) => {
                free.insert(value.to_owned());
            }
            Entry::Occupied(mut present) => {
                let present = present.get_mut();
                present.push_str(column.joint().unwrap_or_default());
                present.push_str(value);
            }
        }
    }

    /// The whole row cannot be read.
    pub fn spoil(&mut self, reason: String, text: &[u8]) {
        let reject = Reject {
            column: None,
            reason,
        };
        self.spoil_at(reject, text);
    }

    /// The same, about one column.
    pub fn spoil_at(&mut self, reject: Reject, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        let text = text.trim_end_matches(['\r', '\n']).to_owned();
        self.flaw = Some(Flaw { reject, text });
        self.values.clear();
    }
}

/// Reads a file to its end and hands on its rows in chunks; the answer names the columns that were passed over. Runs on a
/// thread that may block. Rows that were read before an error are handed on.
pub(super) fn read(import: &Import, rows: &Sender<Vec<Row>>) -> Result<Vec<String>, ImportError> {
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut hand_on = |row: Row| {
        chunk.push(row);
        if chunk.len() < CHUNK {
            return true;
        }
        let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
        // The import ended: nobody wants more.
        rows.blocking_send(full).is_ok()
    };
    let lines = import.file.lines(import);
    let ignored = lines.and_then(|lines| match import.file.form() {
        Form::JsonLines => json_lines::read(lines, &import.mapping, &mut hand_on),
        Form::Table => table::read(lines, &import.mapping, &mut hand_on),
    });
    let _ = rows.blocking_send(chunk);
    Ok(ignored?.into_iter().collect())
}

/// The text of a line.
pub(super) fn text(line: &[u8]) -> Result<&str, String> {
    let text = str::from_utf8(line).map_err(|_| {
        "is not UTF-8: save the file as UTF-8, or name its encoding, such as --encoding windows-1252"
    })?;
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(
            "holds a character that was lost: save the file anew, as UTF-8 or with its own encoding named"
                .to_owned(),
        );
    }
    Ok(text)
}
