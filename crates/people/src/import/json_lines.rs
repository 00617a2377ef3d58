//! Rows of JSON lines: an object on each line, with our names or mapped ones.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::ImportError;
use super::lines::Lines;
use super::mapping::Mapping;
use super::rejects::Reject;
use super::source::{HandOn, Row, text};
use super::table::too_long;

/// Names of columns that were passed over are told, up to so many.
const TOLD: usize = 1_000;
/// Lines that are read to know the names.
const LOOKED_AT: usize = 1_000;

/// Reads all rows; the answer names the columns that were passed over.
pub(super) fn read(
    mut lines: Lines,
    mapping: &Mapping,
    hand_on: &mut HandOn<'_>,
) -> Result<BTreeSet<String>, ImportError> {
    let mut ignored = BTreeSet::new();
    while let Some(line) = lines.next()? {
        if line.text.trim_ascii().is_empty() {
            continue;
        }
        let mut row = Row::at(line.number, lines.bytes());
        let object = match line.is_too_long {
            true => Err(too_long()),
            false => object(&line.text),
        };
        match object {
            Ok(object) => {
                if let Err(reject) = fill(&mut row, object, mapping, &mut ignored) {
                    row.spoil_at(reject, &line.text);
                }
            }
            Err(reason) => row.spoil(reason, &line.text),
        }
        if !hand_on(row) {
            break;
        }
    }
    Ok(ignored)
}

/// The names that the first objects have, in their order, and those objects.
pub(super) fn look(
    mut lines: Lines,
    most: usize,
) -> Result<(Vec<String>, Vec<Vec<String>>), ImportError> {
    let (mut names, mut objects): (Vec<String>, Vec<Map<String, Value>>) = Default::default();
    let mut looked_at = 0;
    while looked_at < LOOKED_AT
        && let Some(line) = lines.next()?
    {
        looked_at += 1;
        let Some(object) = object(&line.text).ok().filter(|_| !line.is_too_long) else {
            continue;
        };
        for name in object.keys() {
            if !names.contains(name) && names.len() < TOLD {
                names.push(name.clone());
            }
        }
        if objects.len() < most {
            objects.push(object);
        }
    }
    let row = |object: Map<String, Value>| {
        let value = |name: &String| object.get(name).cloned().map(plain);
        let texts = names.iter().map(|name| match value(name) {
            Some(Ok(text)) => text,
            _ => String::new(),
        });
        texts.collect()
    };
    let rows = objects.into_iter().map(row).collect();
    Ok((names, rows))
}

fn object(line: &[u8]) -> Result<Map<String, Value>, String> {
    serde_json::from_str(text(line)?).map_err(|error| format!("is no JSON object: {error}"))
}

fn fill(
    row: &mut Row,
    object: Map<String, Value>,
    mapping: &Mapping,
    ignored: &mut BTreeSet<String>,
) -> Result<(), Reject> {
    let mut values: Vec<_> = object.into_iter().collect();
    values.sort_by_key(|(name, _)| mapping.rank(name));
    for (name, value) in values {
        let reject = |reason: &str| Reject {
            column: mapping.column(&name),
            reason: format!("{name:?} {reason}"),
        };
        let Some(column) = mapping.column(&name) else {
            if !mapping.ignore_others {
                return Err(reject(&mapping.unknown()));
            }
            if ignored.len() < TOLD {
                ignored.insert(name);
            }
            continue;
        };
        let value = plain(value).map_err(reject)?;
        if column.joint().is_none() && row.values.contains_key(&column) {
            return Err(reject("stands twice"));
        }
        row.put(column, &value);
    }
    Ok(())
}

/// A text, or several as a list, as a cell of CSV would hold them.
fn plain(value: Value) -> Result<String, &'static str> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            texts
                .map(|texts| texts.join(";"))
                .ok_or("is a list of something else than texts")
        }
        Value::Bool(_) | Value::Object(_) => Err("is neither a text nor a list of texts"),
    }
}
