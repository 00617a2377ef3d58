//! The text files of the repository, read once for all checks.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process::output;

/// What people write: the rest is data.
const EXTENSIONS: [&str; 10] = [
    "rs", "md", "toml", "sql", "html", "css", "js", "mjs", "txt", "sh",
];

pub struct Source {
    /// From the root of the workspace, with `/`.
    pub path: String,
    pub text: String,
}

impl Source {
    /// Lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(i, line)| (i + 1, line))
    }

    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Made by `cargo xtask generate`: what it is made from is checked in its place.
    pub fn is_generated(&self) -> bool {
        self.text
            .lines()
            .take(3)
            .any(|line| line.contains("@generated"))
    }
}

/// Every text file that git tracks or would track.
pub struct Sources(Vec<Source>);

impl Sources {
    pub fn read(root: &Path) -> Result<Self> {
        let listed = output(Command::new("git").current_dir(root).args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        let sources = listed
            .lines()
            .filter(|path| is_text(path))
            // A tracked file may have been removed from the work tree.
            .filter_map(|path| {
                Some(Source {
                    path: path.to_owned(),
                    text: fs::read_to_string(root.join(path)).ok()?,
                })
            })
            .collect();
        Ok(Self(sources))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    pub fn get(&self, path: &str) -> Option<&Source> {
        self.iter().find(|source| source.path == path)
    }
}

fn is_text(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((_, extension)) => EXTENSIONS.contains(&extension),
        None => path == ".ci/run",
    }
}
