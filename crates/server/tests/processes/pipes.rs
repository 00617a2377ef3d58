//! A reader who has heard enough closes the pipe: every subcommand that prints then ends quietly.

use std::process::Stdio;

use testkit::databases::TestDatabase;

use crate::program::{OWNER, Server, program, run};

/// What a shell says of a program that wrote where nobody reads.
const UNHEARD: i32 = 141;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipe_that_nobody_reads_ends_a_subcommand_quietly() {
    testkit::databases::on_sqlite(async |db: TestDatabase| {
        let mut server = Server::start(&db.address);
        server.set_up().await;
        server.kill();
        let people = db.file("people.csv");
        std::fs::write(&people, "email\nann@example.net\n").unwrap();
        let (export, backup) = (db.file("people.jsonl"), db.file("rolecall.backup"));
        for arguments in [
            vec!["who", "admin.users.manage"],
            vec!["check", OWNER, "admin.users.manage"],
            vec!["explain", OWNER, "admin.users.manage"],
            vec!["token", OWNER],
            vec!["import", &people, "--actor", OWNER],
            vec!["export", &export],
            vec!["verify"],
            vec!["backup", &backup],
            vec!["serve", "--listen", "127.0.0.1:0", "--log", "warn"],
        ] {
            let mut process = program(&db.address)
                .args(&arguments)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            drop(process.stdout.take());
            let ended = process.wait_with_output().unwrap();
            let complaint = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(
                ended.status.code(),
                Some(UNHEARD),
                "{arguments:?}: {complaint}"
            );
            assert_eq!(complaint, "", "{arguments:?}");
        }
        // What was asked for before the first word is done.
        let again = run(&db.address, &["import", &people, "--actor", OWNER]);
        assert!(String::from_utf8_lossy(&again.stdout).contains("\"unchanged\": 1"));
        assert!(std::path::Path::new(&backup).exists());
    })
    .await;
}
