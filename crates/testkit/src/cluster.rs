//! A PostgreSQL cluster of a test's own, which it may crash. It synchronises to the disk, unlike the one that all tests share.
//!
//! `cargo xtask test` says by [`XTASK`] which program starts it; the cluster ends with the test, however that ends.

#![expect(
    clippy::expect_used,
    reason = "a test whose cluster cannot be made has failed"
)]

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The variable with the path of the program that starts a cluster.
pub const XTASK: &str = "ROLECALL_XTASK";

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    /// The address of an empty database in it.
    pub address: String,
    program: Child,
    says: Lines<BufReader<ChildStdout>>,
    told: Option<ChildStdin>,
}

impl Cluster {
    /// Starts one.
    pub fn start() -> Self {
        let xtask = std::env::var(XTASK).unwrap_or_else(|_| {
            panic!("{XTASK} is not set: run the tests with `cargo xtask test`, which starts a PostgreSQL cluster for this one")
        });
        let mut program = Command::new(xtask)
            .args(["postgres", "--durable", "--attended"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program that starts a cluster runs");
        let told = program.stdin.take();
        let says = program.stdout.take().expect("its standard output is ours");
        let mut cluster = Self {
            address: String::new(),
            program,
            says: BufReader::new(says).lines(),
            told,
        };
        cluster.address = cluster.hear("postgres://");
        cluster
    }

    /// Ends every process of the server at once, without a checkpoint; comes back when it has recovered.
    pub fn crash(&mut self) {
        let told = self.told.as_mut().expect("the cluster is attended");
        told.write_all(b"crash\n").expect("the cluster listens");
        self.hear("ready");
    }

    fn hear(&mut self, beginning: &str) -> String {
        self.says
            .by_ref()
            .map_while(Result::ok)
            .find(|line| line.starts_with(beginning))
            .expect("the cluster runs; above it says why not")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of its input is the word to stop and to clean up.
        self.told = None;
        let _ended_anyhow = self.program.wait();
    }
}
