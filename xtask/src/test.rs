//! `cargo xtask test`: every test of the workspace.

use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::Workspace;
use crate::browser;
use crate::packages::{find_or_install_mail_servers, find_or_install_strace};
use crate::postgres::{Cluster, ClusterOptions};
use crate::process::Interrupts;
use crate::python;
use crate::runner::{Runner, cargo};

/// Where the tests find a PostgreSQL server in which they may create databases.
const POSTGRES: &str = "ROLECALL_TEST_POSTGRES";

/// Where a test finds this program, to start a cluster of its own that it may crash.
const XTASK: &str = "ROLECALL_XTASK";

/// `bench` is not among them: it pulls in its peers, and measures instead of testing.
const EVERYTHING: [&str; 3] = ["--workspace", "--exclude", "bench"];

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    postgres: ClusterOptions,

    /// Passed on to the test runner: a part of a test's name, `-p people`, … (doc tests and browser tests are left out then)
    #[arg(last = true)]
    filter: Vec<String>,
}

/// Runs the tests; fails when one of them does.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let interrupts = Interrupts::listen()?;
    let runner = Runner::find();

    // Held to the end of this function: dropping it stops the cluster, whatever happened.
    let cluster = match std::env::var(POSTGRES) {
        Ok(_) => {
            println!("{POSTGRES} is set: using that PostgreSQL server");
            None
        }
        Err(_) => Some(Cluster::start(&options.postgres)?),
    };
    find_or_install_strace()?;
    find_or_install_mail_servers()?;
    let scim_tester = python::SCIM.find_or_install(workspace)?;
    let fuzzer = python::OPENAPI.find_or_install(workspace)?;
    let xtask = std::env::current_exe()?;
    let in_workspace = |mut command: Command| {
        command
            .current_dir(workspace.root())
            .env(XTASK, &xtask)
            .env(python::SCIM.variable, &scim_tester)
            .env(python::OPENAPI.variable, &fuzzer);
        if let Some(cluster) = &cluster {
            command.env(POSTGRES, cluster.url());
        }
        command
    };

    // Doc tests and browser tests first, so that the runner's summary of all the others is the last thing on the screen.
    let mut failed = Vec::new();
    if options.filter.is_empty() {
        let mut doc = in_workspace(Command::new(cargo()));
        doc.args(["test", "--doc", "--quiet"]).args(EVERYTHING);
        if !interrupts.run(&mut doc)?.success() {
            failed.push("doc tests");
        }
        if !browser::test(workspace, &interrupts, &[])? {
            failed.push("browser tests");
        }
    }

    let mut tests = in_workspace(runner.command());
    if !options.filter.iter().any(|word| names_package(word)) {
        tests.args(EVERYTHING);
    }
    tests.arg("--no-fail-fast").args(&options.filter);
    if !interrupts.run(&mut tests)?.success() {
        failed.push("tests");
    }

    if !failed.is_empty() {
        bail!("failed: {}", failed.join(" and "));
    }
    Ok(())
}

/// Cargo takes either the whole workspace or named packages.
fn names_package(word: &str) -> bool {
    word.starts_with("-p") || word.starts_with("--package")
}
