//! The two databases that a test runs on: the same function, once on each.
//!
//! A database is named by its address, as the command line names it: the path of a SQLite file, or `postgres://…`. PostgreSQL's
//! server is the one that [`POSTGRES`] names; `cargo xtask test` starts it.

#![expect(
    clippy::expect_used,
    reason = "a test whose database cannot be made has failed"
)]

use std::future::Future;
use std::path::PathBuf;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The variable with the address of a PostgreSQL server in which databases may be made.
pub const POSTGRES: &str = "ROLECALL_TEST_POSTGRES";

/// An empty database of one test.
#[derive(Debug)]
pub struct TestDatabase {
    /// As `--database` takes it.
    pub address: String,
    /// A directory for other files of the test; a SQLite database stands in it.
    pub directory: PathBuf,
}

impl TestDatabase {
    /// The address of a further SQLite file of this test.
    pub fn file(&self, name: &str) -> String {
        self.directory.join(name).display().to_string()
    }
}

/// Runs a test on a SQLite file.
pub async fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(TestDatabase) -> F) {
    let directory = tempfile::tempdir().expect("a directory for the test");
    let file = directory.path().join("test.db");
    test(TestDatabase {
        address: file.display().to_string(),
        directory: directory.path().to_owned(),
    })
    .await;
}

/// Runs a test on a PostgreSQL database.
pub async fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(TestDatabase) -> F) {
    let directory = tempfile::tempdir().expect("a directory for the test");
    let database = PostgresDatabase::make().await;
    test(TestDatabase {
        address: database.address.clone(),
        directory: directory.path().to_owned(),
    })
    .await;
    database.remove().await;
}

/// A PostgreSQL database that a test made.
#[derive(Debug)]
pub struct PostgresDatabase {
    /// As `--database` takes it.
    pub address: String,
    server: String,
    name: String,
}

impl PostgresDatabase {
    /// A new, empty one on the server of the test run.
    pub async fn make() -> Self {
        let server = std::env::var(POSTGRES).unwrap_or_else(|_| {
            panic!("{POSTGRES} is not set: run the tests with `cargo xtask test`, which starts a PostgreSQL cluster for them")
        });
        let mut random = [0; 8];
        getrandom::fill(&mut random).expect("the operating system gives randomness");
        let name = format!("rolecall_{:016x}", u64::from_be_bytes(random));
        run(&server, format!("CREATE DATABASE {name}")).await;
        Self {
            address: beside(&server, &name),
            server,
            name,
        }
    }

    /// Drops it, whoever is still connected.
    pub async fn remove(self) {
        run(
            &self.server,
            format!("DROP DATABASE {} WITH (FORCE)", self.name),
        )
        .await;
    }
}

/// Ends the connections that others have to a PostgreSQL database, whatever they are in the middle of.
pub async fn end_connections(address: &str) {
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    run(address, others.to_owned()).await;
}

async fn run(server: &str, statement: String) {
    let mut connection = PgConnection::connect(server)
        .await
        .expect("the PostgreSQL server of the test run answers");
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .expect("databases may be made on the PostgreSQL server of the test run");
    connection.close().await.expect("a connection can be ended");
}

/// The address of another database of the same server.
fn beside(server: &str, name: &str) -> String {
    let (address, query) = match server.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (server, String::new()),
    };
    let host = address.find("//").map_or(0, |start| start + 2);
    let end = address[host..]
        .find('/')
        .map_or(address.len(), |slash| host + slash);
    format!("{}/{name}{query}", &address[..end])
}

/// Runs each function on both databases: `on_both![first, second]` makes the tests `sqlite::first`, `postgres::first`, …
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::databases::on_sqlite(super::$test).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::databases::on_postgres(super::$test).await;
            })+
        }
    };
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn a_database_stands_beside_that_of_the_server() {
        for (server, expected) in [
            (
                "postgres://a:b@host:1/postgres",
                "postgres://a:b@host:1/new",
            ),
            ("postgres://host", "postgres://host/new"),
            ("postgres://host/x?ssl=on", "postgres://host/new?ssl=on"),
        ] {
            assert_eq!(beside(server, "new"), expected);
        }
    }
}
