//! Rows of a file, by our names of its columns.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use tokio::sync::mpsc::Sender;

use super::ImportError;
use super::row::Column;

/// Rows that are handed on at once.
pub(super) const CHUNK: usize = 4_096;

/// Longest row, in bytes.
const LONGEST_ROW: usize = 64 * 1024;

/// Which column of a file is which of ours: `email=Mail`. A column that is not mapped counts by its own name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping(BTreeMap<String, Column>);

impl Mapping {
    /// From pairs `ours=theirs`.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = &'a str>) -> Result<Mapping, ImportError> {
        let mut mapping = BTreeMap::new();
        for pair in pairs {
            let (ours, theirs) = pair.split_once('=').ok_or_else(|| ImportError::Header {
                column: pair.to_owned(),
                reason: "write a mapping as ours=theirs, such as email=Mail".to_owned(),
            })?;
            mapping.insert(folded(theirs), column(ours)?);
        }
        Ok(Mapping(mapping))
    }

    fn of(&self, theirs: &str) -> Result<Column, ImportError> {
        match self.0.get(&folded(theirs)) {
            Some(column) => Ok(*column),
            None => column(theirs),
        }
    }
}

fn folded(name: &str) -> String {
    name.trim().trim_start_matches('\u{feff}').to_lowercase()
}

fn column(name: &str) -> Result<Column, ImportError> {
    Column::from_name(&folded(name)).ok_or_else(|| ImportError::Header {
        column: name.to_owned(),
        reason: format!("is none of {}; map it, or take it out", Column::names()),
    })
}

/// One person's row: the line where it begins, and the values that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub line: u64,
    /// End of the row in the file, for the progress bar.
    pub bytes: u64,
    pub values: BTreeMap<Column, String>,
}

/// Reads a file to its end and hands on its rows in chunks. Runs on a thread that may block.
pub(super) fn read(
    path: &Path,
    mapping: &Mapping,
    rows: &Sender<Vec<Row>>,
) -> Result<(), ImportError> {
    let file = File::open(path).map_err(|source| ImportError::File {
        path: path.to_owned(),
        source,
    })?;
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
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("jsonl" | "ndjson") => json_lines(BufReader::new(file), mapping, &mut hand_on)?,
        _ => comma_separated(file, mapping, &mut hand_on)?,
    }
    let _ = rows.blocking_send(chunk);
    Ok(())
}

fn comma_separated(
    file: File,
    mapping: &Mapping,
    hand_on: &mut impl FnMut(Row) -> bool,
) -> Result<(), ImportError> {
    let form = |error: csv::Error| ImportError::Form {
        line: error.position().map_or(1, csv::Position::line),
        reason: error.to_string(),
    };
    let mut reader = csv::ReaderBuilder::new()
        .flexible(false)
        .from_reader(BufReader::new(file));
    let header = reader.headers().map_err(form)?.clone();
    let columns = header
        .iter()
        .map(|name| mapping.of(name))
        .collect::<Result<Vec<_>, _>>()?;
    for (at, column) in columns.iter().enumerate() {
        if columns[..at].contains(column) {
            let reason = "stands twice in the header".to_owned();
            return Err(ImportError::Header {
                column: column.name().to_owned(),
                reason,
            });
        }
    }
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(form)? {
        let values = columns
            .iter()
            .copied()
            .zip(&record)
            .filter(|(_, value)| !value.trim().is_empty());
        let row = Row {
            line: record.position().map_or(0, csv::Position::line),
            bytes: reader.position().byte(),
            values: values
                .map(|(column, value)| (column, value.trim().to_owned()))
                .collect(),
        };
        if !hand_on(row) {
            break;
        }
    }
    Ok(())
}

fn json_lines(
    file: impl BufRead,
    mapping: &Mapping,
    hand_on: &mut impl FnMut(Row) -> bool,
) -> Result<(), ImportError> {
    let mut bytes = 0;
    for (at, text) in file.lines().enumerate() {
        let line = at as u64 + 1;
        let form = |reason: String| ImportError::Form { line, reason };
        let text = text.map_err(|error| form(error.to_string()))?;
        bytes += text.len() as u64 + 1;
        if text.trim().is_empty() {
            continue;
        }
        if text.len() > LONGEST_ROW {
            return Err(form(format!("is longer than {LONGEST_ROW} bytes")));
        }
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&text).map_err(|error| form(error.to_string()))?;
        let mut values = BTreeMap::new();
        for (name, value) in object {
            let column = mapping.of(&name)?;
            if let Some(value) =
                plain(&value).map_err(|reason| form(format!("{name}: {reason}")))?
            {
                values.insert(column, value);
            }
        }
        if !hand_on(Row {
            line,
            bytes,
            values,
        }) {
            break;
        }
    }
    Ok(())
}

/// A text, or several as a list, as a cell of CSV would hold them.
fn plain(value: &serde_json::Value) -> Result<Option<String>, &'static str> {
    use serde_json::Value::{Array, Null, String};
    match value {
        Null => Ok(None),
        String(text) if text.trim().is_empty() => Ok(None),
        String(text) => Ok(Some(text.trim().to_owned())),
        Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(serde_json::Value::as_str).collect();
            texts
                .map(|texts| Some(texts.join(";")))
                .ok_or("is a list of something else than texts")
        }
        _ => Err("is neither a text nor a list of texts"),
    }
}
