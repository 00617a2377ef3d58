//! Which program runs the tests: cargo-nextest where it is installed, else `cargo test`.

use std::process::{Command, Stdio};

/// The program that runs the tests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// Every test in a process of its own, in parallel.
    Nextest,
    /// What comes with cargo.
    CargoTest,
}

impl Runner {
    /// Looks which one is there, and says so when it is the slower one.
    pub fn find() -> Self {
        let found = Command::new(cargo())
            .args(["nextest", "--version"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if found.is_ok_and(|status| status.success()) {
            Self::Nextest
        } else {
            println!(
                "cargo-nextest is not installed: using `cargo test` \
                 (`cargo install cargo-nextest --locked` is faster)"
            );
            Self::CargoTest
        }
    }

    /// A command that runs the tests of the crates that the caller names.
    pub fn command(self) -> Command {
        let mut command = Command::new(cargo());
        match self {
            Self::Nextest => command.args(["nextest", "run"]),
            // Doc tests run on their own, for both runners.
            Self::CargoTest => command.args(["test", "--lib", "--bins", "--tests"]),
        };
        command
    }

    /// The flags that end the run at the first failed test.
    pub fn first_failure(self) -> &'static [&'static str] {
        match self {
            Self::Nextest => &["--fail-fast"],
            Self::CargoTest => &[],
        }
    }
}

/// The cargo that runs us.
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
