//! The workshop of the repository: everything that builders run and users do not.
//!
//! It knows the shape of the workspace and nothing of the product: it depends on no crate of it, so that it still
//! runs when they do not compile.
//!
//! Start reading: [`mod@test`] (what CI runs), [`browser`] (what of it runs in Chromium), [`generate`] (files made from the catalogue), [`tidy`] (the rules of the
//! house that a program can check, one file each), [`mutate`] (does a test notice when a gate or a rule is broken?).

mod browser;
mod generate;
mod mutate;
mod packages;
mod postgres;
mod process;
mod python;
mod runner;
mod test;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use cargo_metadata::{Metadata, MetadataCommand};
use clap::{Parser, Subcommand};

/// What builders run.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every test, with a throw-away PostgreSQL cluster beside them; set up what is missing and say so
    Test(test::Options),
    /// Run the browser tests alone: every page in Chromium and without a script, and the ways through them
    Browser(browser::Options),
    /// Make the pictures of docs/pictures again, from the demonstration
    Pictures,
    /// Write the generated files again from the catalogue
    Generate,
    /// Keep a throw-away PostgreSQL cluster until Ctrl-C and print its address
    Postgres(postgres::Options),
    /// Check the rules of the house: arrows, paths, file headers, words, proofs of rules, file lengths
    Tidy(tidy::Options),
    /// Break each gate of the decision, and many a rule, and expect a test to turn red each time
    Mutate(mutate::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Test(options) => test::run(&workspace, &options),
        Task::Browser(options) => browser::run(&workspace, &options),
        Task::Pictures => browser::pictures(&workspace),
        Task::Generate => generate::run(),
        Task::Postgres(options) => postgres::run(&options),
        Task::Tidy(options) => tidy::run(&workspace, &options),
        Task::Mutate(options) => mutate::run(&workspace, &options),
    }
}

/// The workspace as cargo sees it.
struct Workspace {
    metadata: Metadata,
}

impl Workspace {
    fn find() -> Result<Self> {
        let metadata = MetadataCommand::new()
            .no_deps()
            .exec()
            .context("cargo metadata")?;
        Ok(Self { metadata })
    }

    fn root(&self) -> PathBuf {
        self.metadata.workspace_root.clone().into()
    }

    fn target(&self) -> PathBuf {
        self.metadata.target_directory.clone().into()
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
