//! No file that nobody would want to open: when a file holds two ideas, it becomes two files.

use super::sources::Sources;
use super::{Finding, Weight};

const LIMIT: usize = 600;

pub fn check(sources: &Sources) -> Vec<Finding> {
    sources
        .iter()
        .filter(|source| source.is_rust() && !source.is_generated())
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LIMIT)
        .map(|(source, lines)| {
            let message = format!("{lines} lines: more than {LIMIT}");
            Finding::new(&source.path, message).weighing(Weight::Warns)
        })
        .collect()
}
