//! A slip in the name of a database is told of, and makes nothing.

use sqlx::Connection;
use testkit::databases::TestDatabase;

use crate::program::{Server, printed, run};

testkit::on_both![
    a_database_that_is_not_there_is_told_of_and_not_made,
    a_database_without_an_account_is_told_of_and_left_without_one,
];

/// Everything that works on what is there, writing into this directory.
fn subcommands(db: &TestDatabase) -> Vec<Vec<String>> {
    let (people, out) = (db.file("people.csv"), db.file("out"));
    std::fs::write(&people, "email\nann@example.net\n").unwrap();
    let subcommands = [
        vec!["import", &people, "--actor", "owner@example.net"],
        vec!["export", &out],
        vec!["check", "owner@example.net", "admin.users.manage"],
        vec!["explain", "owner@example.net", "admin.users.manage"],
        vec!["who", "admin.users.manage"],
        vec!["token", "owner@example.net"],
        vec!["verify"],
        vec!["backup", &out],
    ];
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
    subcommands.map(owned).into()
}

/// Each ends with a complaint that has these words in it, and leaves no file behind.
fn all_complain(db: &TestDatabase, database: &str, words: &str) {
    for subcommand in subcommands(db) {
        let arguments: Vec<&str> = subcommand.iter().map(String::as_str).collect();
        let output = run(database, &arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{subcommand:?} succeeds");
        assert!(complaint.contains(words), "{subcommand:?}: {complaint}");
        assert!(output.stdout.is_empty(), "{subcommand:?} prints something");
        assert!(!db.directory.join("out").exists(), "{subcommand:?}");
    }
}

async fn a_database_that_is_not_there_is_told_of_and_not_made(db: TestDatabase) {
    all_complain(&db, &db.address, "there is no Rolecall database");
    assert!(!run(&db.address, &["compact"]).status.success());
    if db.address.starts_with("postgres") {
        let mut connection = sqlx::PgConnection::connect(&db.address).await.unwrap();
        let tables: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        assert_eq!(tables, 0);
        return;
    }
    assert!(!std::path::Path::new(&db.address).exists());
    // Nor is another file taken for one, or changed.
    for content in ["", "email\nann@example.net\n"] {
        std::fs::write(&db.address, content).unwrap();
        all_complain(&db, &db.address, "there is no Rolecall database");
        assert_eq!(std::fs::read_to_string(&db.address).unwrap(), content);
    }
}

async fn a_database_without_an_account_is_told_of_and_left_without_one(db: TestDatabase) {
    let config = ledger::DatabaseConfig::at(&db.address);
    let database = ledger::Database::open(&config).await.unwrap();
    database.close().await;
    all_complain(&db, &db.address, "rolecall serve");
    let mut tx = ledger::Database::open(&config)
        .await
        .unwrap()
        .begin_read()
        .await
        .unwrap();
    let accounts = tx.fetch_all("SELECT 1 FROM accounts", []).await.unwrap();
    assert!(accounts.is_empty());
    drop(tx);
    // With one that nobody has set up, what needs somebody says so; what keeps the database does its work.
    Server::start(&db.address).kill();
    let output = run(&db.address, &["token", "owner@example.net"]);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        complaint.contains("nobody is in this database yet"),
        "{complaint}"
    );
    let printed_head = printed(&db.address, &["backup", &db.file("out")]);
    let hash = printed_head
        .split_whitespace()
        .find(|word| word.len() == 64);
    let verified = printed(&db.address, &["verify", "--expect", hash.unwrap()]);
    assert!(verified.contains("are what the log says"), "{verified}");
}

#[test]
fn a_server_that_does_not_answer_is_named_without_its_password() {
    let database = "postgres://me:hidden@127.0.0.1:1/rolecall?password=hidden";
    for subcommand in [
        &["serve"][..],
        &["demo", "--port", "0", "--database", database],
        &["verify"],
    ] {
        let output = run(database, subcommand);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{subcommand:?}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        let named = "the database postgres://127.0.0.1:1/rolecall cannot be opened: ";
        assert!(complaint.contains(named), "{complaint}");
        assert!(!complaint.contains("hidden"), "{complaint}");
    }
}
