//! The core knows no files, no network, no threads, no clock and no chance: a decision is a function of its
//! arguments. Its imports are checked with the arrows; this looks for what the standard library offers.

use super::Finding;
use super::sources::{Source, Sources};

/// What to look for, and what it would bring in.
const IMPURE: [(&str, &str); 11] = [
    ("std::env", "the environment"),
    ("std::fs", "files"),
    ("TcpListener", "the network"),
    ("TcpStream", "the network"),
    ("UdpSocket", "the network"),
    ("std::process", "processes"),
    ("std::thread", "threads"),
    ("std::time", "a clock"),
    ("println!", "output"),
    ("RandomState", "chance: its order differs from run to run"),
    (
        "std::collections::Hash",
        "chance: its order differs from run to run",
    ),
];

pub fn check(sources: &Sources) -> Vec<Finding> {
    sources
        .iter()
        .filter(|source| source.path.starts_with("crates/access/src/") && source.is_rust())
        .flat_map(shipped_lines)
        .flat_map(|(source, number, line)| {
            IMPURE
                .iter()
                .filter(move |(name, _)| line.contains(name))
                .map(move |(name, brings)| {
                    let message = format!("{name} brings {brings} into the pure core");
                    Finding::at(&source.path, number, message)
                })
        })
        .collect()
}

/// The lines that are compiled into the product: tests may read golden files.
fn shipped_lines(source: &Source) -> impl Iterator<Item = (&Source, usize, &str)> {
    let is_test = source.path.ends_with("/tests.rs") || source.path.contains("/tests/");
    source
        .lines()
        .take_while(move |(_, line)| !is_test && line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(move |(number, line)| (source, number, line))
}
