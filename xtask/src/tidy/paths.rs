//! Every path that the map of the house names exists, and every crate stands on the map.

use crate::Workspace;

use super::Finding;
use super::sources::{Source, Sources};

const MAP: &str = "ARCHITECTURE.md";
/// The documents whose paths people follow.
const GUIDES: [&str; 3] = [MAP, "CONTRIBUTING.md", "README.md"];

pub fn check(workspace: &Workspace, sources: &Sources) -> Vec<Finding> {
    let root = workspace.root();
    let mut findings = Vec::new();
    for source in GUIDES.iter().filter_map(|path| sources.get(path)) {
        for (line, path) in named_paths(source) {
            // What a build leaves is on this machine and in no clone.
            if path.starts_with("target/") || !root.join(path).exists() {
                let message = format!("`{path}` does not exist");
                findings.push(Finding::at(&source.path, line, message));
            }
        }
    }

    let Some(map) = sources.get(MAP) else {
        findings.push(Finding::new(MAP, "is missing"));
        return findings;
    };
    for package in workspace.metadata.workspace_packages() {
        let folder = package.manifest_path.parent();
        let folder = folder.and_then(|folder| folder.strip_prefix(&root).ok());
        if let Some(folder) = folder
            && !map.text.contains(folder.as_str())
        {
            findings.push(Finding::new(MAP, format!("does not name {folder}")));
        }
    }
    findings
}

/// What stands in backticks and looks like a path of the repository.
fn named_paths(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let mut in_block = false;
    source
        .lines()
        .filter(move |(_, line)| {
            let fence = line.trim_start().starts_with("```");
            in_block ^= fence;
            !in_block && !fence
        })
        .flat_map(|(number, line)| {
            let quoted = line.split('`').skip(1).step_by(2);
            quoted
                .filter(|text| is_path(text))
                .map(move |text| (number, text))
        })
}

fn is_path(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let here = !text.starts_with('/') && !text.starts_with("../");
    let document = [".md", ".toml"].iter().any(|end| text.ends_with(end));
    text.chars().all(plain) && here && (text.contains('/') || document)
}

#[cfg(test)]
mod tests {
    use super::is_path;

    #[test]
    fn paths_are_told_from_other_words_in_backticks() {
        for path in ["crates/access/src/lib.rs", "docs/decisions/", "clippy.toml"] {
            assert!(is_path(path), "{path}");
        }
        for other in [
            "/api/v1",
            "../shared/RULES.md",
            "a.b",
            "cargo test",
            "Permit<P>",
            "std::fs",
        ] {
            assert!(!is_path(other), "{other}");
        }
    }
}
