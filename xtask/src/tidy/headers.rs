//! Each crate opens with what it is for, what it must never know, and where to start reading.

use crate::Workspace;

use super::Finding;
use super::sources::Sources;

/// Shorter than this says nothing.
const MIN_WORDS: usize = 12;

pub fn check(workspace: &Workspace, sources: &Sources) -> Vec<Finding> {
    let root = &workspace.metadata.workspace_root;
    let mut findings = Vec::new();
    for package in workspace.metadata.workspace_packages() {
        // A crate with a library says it there; its binary is then a line or two.
        let library = package.targets.iter().find(|target| target.is_lib());
        let binary = package.targets.iter().find(|target| target.is_bin());
        let Some(target) = library.or(binary) else {
            continue;
        };
        let path = target
            .src_path
            .strip_prefix(root)
            .unwrap_or(&target.src_path);
        let words = sources
            .get(path.as_str())
            .map_or(0, |source| header_words(&source.text));
        if words < MIN_WORDS {
            findings.push(Finding::new(
                path.as_str(),
                "does not open with what the crate is for, must never know, and where to start reading",
            ));
        }
    }
    findings
}

fn header_words(text: &str) -> usize {
    text.lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.split_whitespace().count())
        .sum()
}
