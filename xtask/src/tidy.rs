//! `cargo xtask tidy`: the rules of the house that a program can check.
//!
//! One file per check. A check reads the workspace and returns its findings; it never mends anything.

mod arrows;
mod articles;
mod glossary;
mod headers;
mod lengths;
mod options;
mod paths;
mod proofs;
mod purity;
mod sources;
mod unused;

use std::fmt::{self, Display};

use anyhow::{Result, bail};
use clap::Args;

use crate::Workspace;
use sources::Sources;

#[derive(Args)]
pub struct Options {
    /// Fail also for rules that must have a proof and have none (`xtask/rules-required.txt`)
    #[arg(long)]
    strict: bool,
}

/// One thing that is not as it should be.
struct Finding {
    /// A file of the workspace, with a line where that helps.
    place: String,
    message: String,
    weight: Weight,
}

impl Finding {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
            weight: Weight::Fails,
        }
    }

    fn weighing(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }

    fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self::new(format!("{path}:{line}"), message)
    }
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.weight {
            Weight::Fails => "mend",
            Weight::Warns => "see",
        };
        write!(f, "  {sign:<4} {}: {}", self.place, self.message)
    }
}

/// Whether a finding fails the build.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    Fails,
    Warns,
}

/// Runs every check; fails when one that counts has findings.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let sources = Sources::read(&workspace.root())?;
    let proofs = if options.strict {
        Weight::Fails
    } else {
        Weight::Warns
    };
    let checks = [
        ("arrows", arrows::check()?),
        ("purity", purity::check(&sources)),
        ("headers", headers::check(workspace, &sources)),
        ("paths", paths::check(workspace, &sources)),
        ("glossary", glossary::check(&sources)?),
        ("options", options::check(&sources)),
        ("articles", articles::check(&sources)),
        ("lengths", lengths::check(&sources)),
        ("unused", unused::check(workspace, &sources)?),
        ("proofs", proofs::check(workspace, &sources, proofs)?),
    ];

    let mut failed = Vec::new();
    for (name, findings) in checks {
        let fails = findings
            .iter()
            .any(|finding| finding.weight == Weight::Fails);
        let verdict = match findings.len() {
            _ if fails => "FAILED",
            0 => "ok",
            _ => "ok, but see",
        };
        println!("{name:<9} {verdict}");
        for finding in findings {
            println!("{finding}");
        }
        if fails {
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("tidy: {}", failed.join(", "));
    }
    Ok(())
}
