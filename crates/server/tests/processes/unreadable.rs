//! An import whose file can be read to the middle only: the operator gets the counts of what was applied, the line where it stopped,
//! and an exit code that says so. A disk that fails is the kernel's answer to a read, put there by `strace`.
#![cfg(target_os = "linux")]

use std::process::Command;

use serde_json::Value;
use testkit::databases::TestDatabase;

use crate::program::{OWNER, Server, printed};

const ROWS: u64 = 6_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_be_read_to_its_end_is_told_of_with_what_was_done() {
    testkit::databases::on_sqlite(async |db: TestDatabase| {
        let mut server = Server::start(&db.address);
        server.set_up().await;
        server.kill();
        let people = db.file("people.csv");
        let rows = (1..=ROWS).map(|row| format!("somebody-{row}@orchard.example,customer\n"));
        let text = format!("email,kind\n{}", rows.collect::<String>());
        std::fs::write(&people, &text).unwrap();

        let stopped = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null", "-P", &people])
            .args(["-e", "trace=read", "-e", "inject=read:error=EIO:when=3"])
            .arg(env!("CARGO_BIN_EXE_rolecall"))
            .args(["import", &people, "--actor", OWNER])
            .env("ROLECALL_DATABASE", &db.address)
            .output()
            .expect("strace is there: `cargo xtask test` installs it");
        let complaint = String::from_utf8(stopped.stderr).unwrap();
        assert_eq!(stopped.status.code(), Some(1), "{complaint}");
        let report: Value = serde_json::from_slice(&stopped.stdout).expect("a report is printed");
        let rows = report["rows"].as_u64().unwrap();
        assert!(rows > 0 && rows < ROWS, "{report}");
        assert_eq!(report["added"], rows);
        // The header stands before the rows, and the line that is not whole after them.
        let place = format!("line {} of {people} cannot be read", rows + 2);
        assert!(complaint.contains(&place), "{complaint}");

        let again = printed(&db.address, &["import", &people, "--actor", OWNER]);
        let again: Value = serde_json::from_str(&again).unwrap();
        assert_eq!(again["unchanged"], rows);
        assert_eq!(again["added"], ROWS - rows);
    })
    .await;
}
