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

    /// The name of the test that a line of the output says has failed.
    pub fn failed_test(self, line: &str) -> Option<&str> {
        match self {
            Self::Nextest => {
                let (_, test) = line.split_once("FAIL [").or(line.split_once("ABRT ["))?;
                let (_, test) = test.split_once("] ")?;
                // How many have run may stand before it.
                Some(test.rsplit_once(") ").map_or(test, |(_, test)| test).trim())
            }
            Self::CargoTest => line.strip_prefix("test ")?.strip_suffix(" ... FAILED"),
        }
    }
}

/// The cargo that runs us.
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failed_test_is_named() {
        let nextest = "        FAIL [   0.123s] ( 17/528) access::decisions sd_7_module_access";
        assert_eq!(
            Runner::Nextest.failed_test(nextest),
            Some("access::decisions sd_7_module_access")
        );
        assert_eq!(
            Runner::Nextest.failed_test("        PASS [   0.123s] ( 17/528) access::decisions x"),
            None
        );
        let cargo = "test sd_7_module_access ... FAILED";
        assert_eq!(
            Runner::CargoTest.failed_test(cargo),
            Some("sd_7_module_access")
        );
    }
}
