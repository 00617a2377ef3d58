//! Every option of the server stands in the README, and no other does.

use std::collections::BTreeSet;

use super::Finding;
use super::sources::{Source, Sources};

const SETTINGS: &str = "crates/server/src/settings.rs";
const README: &str = "README.md";
/// What options are called in the environment.
const PREFIX: &str = "ROLECALL_";

pub fn check(sources: &Sources) -> Vec<Finding> {
    let (Some(settings), Some(readme)) = (sources.get(SETTINGS), sources.get(README)) else {
        return vec![Finding::new(SETTINGS, "or the README is missing")];
    };
    let (real, told) = (names(settings, "env = \""), names(readme, "`"));
    let untold = real.difference(&told).map(|name| (name, "is not told of"));
    let unreal = told.difference(&real).map(|name| (name, "does not exist"));
    untold
        .chain(unreal)
        .map(|(name, what)| Finding::new(README, format!("the option {name} {what}")))
        .collect()
}

fn names<'a>(source: &'a Source, before: &str) -> BTreeSet<&'a str> {
    source
        .text
        .match_indices(&format!("{before}{PREFIX}"))
        .filter_map(|(at, _)| {
            let name = &source.text[at + before.len()..];
            let end = name.find(|c: char| !c.is_ascii_uppercase() && c != '_')?;
            // `ROLECALL_…` in a sentence is no name.
            (end > PREFIX.len()).then(|| &name[..end])
        })
        .collect()
}
