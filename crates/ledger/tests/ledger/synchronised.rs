//! Synchronisations are counted against commits. The kernel keeps what a killed process wrote without synchronising, so no test that
//! kills can show this: only a power cut would, or the count.
//!
//! Each count is shown to be able to say no, by a writer that commits without synchronising.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use testkit::cluster::Cluster;

use crate::common::World;

/// Commits of one run. They come one after the other, so none shares a synchronisation with another.
const COMMITS: usize = 40;

/// On SQLite the system calls are watched, of a process of its own.
#[cfg(target_os = "linux")]
mod sqlite {
    use std::io::Write as _;
    use std::path::Path;
    use std::process::{Command, Stdio};

    use sqlx::ConnectOptions;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

    use super::*;

    const DATABASE: &str = "LEDGER_WATCHED_DATABASE";
    /// The watched process commits without the ledger, and lets the operating system synchronise when it likes.
    const CARELESS: &str = "LEDGER_WATCHED_CARELESS";
    /// What the watched process says when a commit is acknowledged.
    const ACKNOWLEDGED: &str = "acknowledged";

    #[test]
    fn no_commit_is_acknowledged_before_the_log_is_on_disk() {
        let (acknowledged, unsynchronised) = watch(false);
        assert_eq!((acknowledged, unsynchronised), (COMMITS, 0));
    }

    #[test]
    fn the_count_notices_who_does_not_synchronise() {
        let (acknowledged, unsynchronised) = watch(true);
        assert_eq!(acknowledged, COMMITS);
        assert!(unsynchronised > COMMITS / 2, "{unsynchronised}");
    }

    /// Commits that were acknowledged, and those of them before which the write-ahead log was not synchronised.
    fn watch(careless: bool) -> (usize, usize) {
        let directory = tempfile::tempdir().unwrap();
        let trace = directory.path().join("trace");
        let mut strace = Command::new("strace");
        strace
            .args(["-f", "-y", "-e", "trace=fsync,fdatasync,write", "-o"])
            .arg(&trace)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg("synchronised::sqlite::the_process_that_is_watched")
            .env(DATABASE, directory.path().join("watched.db"))
            .stdout(Stdio::null());
        if careless {
            strace.env(CARELESS, "yes");
        }
        let status = strace
            .status()
            .expect("strace is there: `cargo xtask test` installs it");
        assert!(status.success(), "the watched process failed: {status}");
        count(&trace)
    }

    fn count(trace: &Path) -> (usize, usize) {
        let (mut acknowledged, mut unsynchronised, mut synchronised) = (0, 0, false);
        for line in std::fs::read_to_string(trace).unwrap().lines() {
            let call = line.split_once(' ').map_or(line, |(_, call)| call.trim());
            let is_sync = call.starts_with("fsync(") || call.starts_with("fdatasync(");
            if is_sync && call.contains("-wal>") {
                synchronised = true;
            } else if call.starts_with("write(") && call.contains(ACKNOWLEDGED) {
                acknowledged += 1;
                unsynchronised += usize::from(!synchronised);
                synchronised = false;
            }
        }
        (acknowledged, unsynchronised)
    }

    /// Only ever started by the tests above; by itself it has nothing to do.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_process_that_is_watched() {
        let Ok(database) = std::env::var(DATABASE) else {
            return;
        };
        if std::env::var(CARELESS).is_ok() {
            return commit_carelessly(&database).await;
        }
        let world = World::open(&database).await;
        for number in 0..COMMITS {
            let email = format!("c{number}@example.org");
            world.add_customer("Carla", &email).await;
            acknowledge(number);
        }
        world.engine.close().await;
    }

    async fn commit_carelessly(database: &str) {
        let mut connection = SqliteConnectOptions::new()
            .filename(database)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .connect()
            .await
            .unwrap();
        let mut run = async |sql: String| {
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut connection)
                .await
                .unwrap();
        };
        run("CREATE TABLE careless (number INTEGER)".into()).await;
        for number in 0..COMMITS {
            run(format!("INSERT INTO careless VALUES ({number})")).await;
            acknowledge(number);
        }
    }

    /// In one system call, so that it is one line of the trace.
    fn acknowledge(number: usize) {
        let mut line = String::new();
        writeln!(line, "{ACKNOWLEDGED} {number}").unwrap();
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
}

/// On PostgreSQL the server counts, in a cluster where nobody else writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_synchronises_every_commit() {
    let cluster = Cluster::start();
    let mut session = PgConnection::connect(&cluster.address).await.unwrap();
    assert_eq!(setting(&mut session, "fsync").await, "on");

    let world = World::open(&cluster.address).await;
    let before = synchronisations(&cluster.address).await;
    for number in 0..COMMITS {
        let email = format!("c{number}@example.org");
        world.add_customer("Carla", &email).await;
    }
    world.engine.close().await;
    // A session tells the server its numbers when it ends, at the latest: some time after its client has gone.
    let mut synchronised = 0;
    for _ in 0..100 {
        synchronised = synchronisations(&cluster.address).await - before;
        if synchronised >= COMMITS as i64 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(
        synchronised >= COMMITS as i64,
        "{synchronised} synchronisations of {COMMITS} commits"
    );

    // The count notices a session that does not wait for them.
    let mut careless = PgConnection::connect(&cluster.address).await.unwrap();
    let mut statements =
        "SET synchronous_commit = off; CREATE TABLE careless (number bigint);".to_owned();
    run(&mut careless, &statements).await;
    let before = synchronisations(&cluster.address).await;
    for number in 0..COMMITS {
        statements.clear();
        write!(statements, "INSERT INTO careless VALUES ({number})").unwrap();
        run(&mut careless, &statements).await;
    }
    careless.close().await.unwrap();
    let synchronised = synchronisations(&cluster.address).await - before;
    assert!(
        synchronised < COMMITS as i64,
        "{synchronised} synchronisations of {COMMITS} careless commits"
    );
}

async fn run(session: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(session)
        .await
        .unwrap();
}

async fn setting(session: &mut PgConnection, name: &str) -> String {
    sqlx::query_scalar(AssertSqlSafe(format!("SHOW {name}")))
        .fetch_one(session)
        .await
        .unwrap()
}

/// How often the server has synchronised its log so far. A new session asks, because an old one remembers what it was told.
async fn synchronisations(address: &str) -> i64 {
    let mut session = PgConnection::connect(address).await.unwrap();
    let version: i64 = setting(&mut session, "server_version_num")
        .await
        .parse()
        .unwrap();
    // The number moved to another view in version 18.
    let count = if version >= 180_000 {
        "SELECT COALESCE(SUM(fsyncs), 0)::bigint FROM pg_stat_io WHERE object = 'wal'"
    } else {
        "SELECT wal_sync FROM pg_stat_wal"
    };
    sqlx::query_scalar(count)
        .fetch_one(&mut session)
        .await
        .unwrap()
}
