//! The public tester of SCIM servers (`scim2-cli` with `scim2-tester`), against the running server: it reads what the server announces, and
//! tries every attribute of it in every way of writing.
//!
//! It is a program of Python, which `cargo xtask test` installs in the versions of `scim_tester/requirements.txt`. Its values are random, and
//! how many checks it makes follows from the schemas: the number is asserted, so that an attribute that is announced no more is noticed.

use std::fmt;
use std::time::Duration;

use testkit::databases::TestDatabase;
use tokio::{process::Command, time::timeout};

use crate::{directory::Directory, program::Server};

testkit::on_both![the_public_tester_finds_nothing];

/// Where the tester is.
const TESTER: &str = "ROLECALL_SCIM_TESTER";

/// All that it makes of the schemas of users and groups.
const CHECKS: usize = 94;

/// Several times what it takes. The runner of the tests ends what takes longer than four minutes, and says less.
const PATIENCE: Duration = Duration::from_secs(120);

/// How a check can end. Only the first means that it passed.
const OUTCOMES: [&str; 7] = [
    "SUCCESS",
    "COMPLIANT",
    "ACCEPTABLE",
    "DEVIATION",
    "ERROR",
    "CRITICAL",
    "SKIPPED",
];

/// One check, as the tester printed it.
#[derive(Debug, PartialEq, Eq)]
struct Check {
    outcome: String,
    name: String,
    /// The lines below it.
    says: String,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.outcome, self.name, self.says)
    }
}

/// What was checked. A reason may have lines of its own, so what is no outcome belongs to the check before it.
fn read(printed: &str) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    for line in printed.lines() {
        match line.split_once(' ') {
            Some((outcome, name)) if OUTCOMES.contains(&outcome) => checks.push(Check {
                outcome: outcome.to_owned(),
                name: name.to_owned(),
                says: String::new(),
            }),
            _ => {
                if let Some(check) = checks.last_mut() {
                    check.says += line.trim_start();
                    check.says.push(' ');
                }
            }
        }
    }
    checks
}

async fn the_public_tester_finds_nothing(db: TestDatabase) {
    let mut server = Server::start(&db.address);
    let owner = server.set_up().await;
    let directory = Directory::connect(&server, &server.client(&owner.token)).await;

    let tester = std::env::var(TESTER).expect("`cargo xtask test` installs the tester");
    let header = format!("Authorization: Bearer {}", directory.token);
    let run = Command::new(tester)
        .args(["--url", &directory.base])
        .args(["test", "--verbose"])
        // Not among the arguments, which everybody on the machine can read.
        .env("SCIM_CLI_HEADERS", &header)
        .env("NO_COLOR", "1")
        .kill_on_drop(true)
        .output();
    let run = timeout(PATIENCE, run).await.expect("the tester ends");
    let run = run.unwrap();
    let printed = String::from_utf8(run.stdout).unwrap();
    let complaint = String::from_utf8_lossy(&run.stderr);

    let checks = read(&printed);
    let failed: Vec<_> = checks
        .iter()
        .filter(|check| check.outcome != OUTCOMES[0])
        .collect();
    for check in &failed {
        println!("{check}");
    }
    assert!(failed.is_empty(), "{} checks failed", failed.len());
    assert_eq!(checks.len(), CHECKS, "{printed}{complaint}");
    assert!(run.status.success(), "{complaint}");
}

#[test]
fn what_the_tester_prints_is_read_check_by_check() {
    let printed = "Performing a SCIM compliance check on http://127.0.0.1:1/scim/v2 ...\n\
        SUCCESS random_url\n  \
          /x correctly returned a 404 error\n\
        ERROR check_add_attribute\n  \
          Attribute 'title' was not added\n\
        Patched value: a\n\
        SUCCESS object_deletion\n";
    let checks = read(printed);
    let outcomes: Vec<_> = checks.iter().map(|check| check.outcome.as_str()).collect();
    assert_eq!(outcomes, ["SUCCESS", "ERROR", "SUCCESS"]);
    assert_eq!(
        checks[1].to_string(),
        "ERROR check_add_attribute: Attribute 'title' was not added Patched value: a "
    );
}
