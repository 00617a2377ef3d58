//! The two databases that every test of the ledger runs on, and a small world to act in.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use access::{Actor, Command, LicenceId, Moment, PersonId, PublicId};
use ledger::{
    Account, Change, DatabaseConfig, Done, Engine, FakeClock, Field, Of, Options, ProfileWrite,
    Randomness, SubmitError, SystemRandomness,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

pub const POSTGRES: &str = "ROLECALL_TEST_POSTGRES";
/// 2026-03-02T09:00:00Z
pub const START: Moment = Moment(1_772_442_000_000);

/// A database of one test.
pub struct TestDatabase {
    pub config: DatabaseConfig,
    pub directory: PathBuf,
}

pub async fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(TestDatabase) -> F) {
    let directory = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(directory.path().join("ledger.db"));
    test(TestDatabase {
        config,
        directory: directory.path().to_owned(),
    })
    .await;
}

pub async fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(TestDatabase) -> F) {
    let directory = tempfile::tempdir().unwrap();
    let (server, url, name) = fresh_postgres().await;
    test(TestDatabase {
        config: DatabaseConfig::postgres(url),
        directory: directory.path().to_owned(),
    })
    .await;
    drop_postgres(&server, &name).await;
}

/// A new, empty PostgreSQL database: the server's address, the database's address, its name.
pub async fn fresh_postgres() -> (String, String, String) {
    let server = std::env::var(POSTGRES).unwrap_or_else(|_| {
        panic!("{POSTGRES} is not set: run the tests with `cargo xtask test`, which starts a PostgreSQL cluster for them")
    });
    let mut random = [0; 8];
    SystemRandomness.fill(&mut random);
    let name = format!("ledger_{:016x}", u64::from_be_bytes(random));
    let mut connection = PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let (address, query) = server
        .split_once('?')
        .map_or((server.as_str(), None), |(a, q)| (a, Some(q)));
    let slash = address
        .find("//")
        .and_then(|start| address[start + 2..].find('/').map(|at| start + 2 + at));
    let base = &address[..slash.unwrap_or(address.len())];
    let url = format!(
        "{base}/{name}{}",
        query.map(|query| format!("?{query}")).unwrap_or_default()
    );
    (server, url, name)
}

pub async fn drop_postgres(server: &str, name: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)")))
        .execute(&mut connection)
        .await
        .unwrap();
}

/// Runs each function on both databases.
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::common::on_sqlite(super::$test).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::common::on_postgres(super::$test).await;
            })+
        }
    };
}

/// An open account with its first user.
pub struct World {
    pub engine: Engine,
    pub account: Account,
    pub clock: FakeClock,
    pub boss: PersonId,
}

pub async fn engine(config: &DatabaseConfig, clock: &FakeClock) -> Engine {
    Engine::open(
        config.clone(),
        Arc::new(clock.clone()),
        Arc::new(SystemRandomness),
    )
    .await
    .unwrap()
}

impl World {
    pub async fn open(config: &DatabaseConfig) -> Self {
        let clock = FakeClock::at(START);
        let engine = engine(config, &clock).await;
        Self::open_in(&engine, &clock).await
    }

    /// Another account of the same engine.
    pub async fn open_in(engine: &Engine, clock: &FakeClock) -> Self {
        let (engine, clock) = (engine.clone(), clock.clone());
        let account = engine.create_account().await.unwrap();
        let first = PublicId::<PersonId>::new(engine.new_uuid());
        let licences = std::array::from_fn(|_| PublicId::<LicenceId>::new(engine.new_uuid()));
        let open = Change::from(Command::OpenAccount {
            first_user: first,
            licences,
        })
        .with_profile(person(Of::public(first), "Bo Boss", "boss@example.org"));
        account.submit(Actor::SetUp, open, options()).await.unwrap();
        let boss = account.state().resolve(first).unwrap();
        Self {
            engine,
            account,
            clock,
            boss,
        }
    }

    pub async fn submit(&self, change: impl Into<Change>) -> Result<Done, SubmitError> {
        self.account
            .submit(Actor::Person(self.boss), change, options())
            .await
    }

    /// Adds a customer by name and address.
    pub async fn add_customer(&self, name: &str, email: &str) -> PersonId {
        let (id, change) = self.customer(name, email);
        self.submit(change).await.unwrap();
        self.account.state().resolve(id).unwrap()
    }

    pub fn customer(&self, name: &str, email: &str) -> (PublicId<PersonId>, Change) {
        let id = PublicId::new(self.engine.new_uuid());
        let command = Command::AddCustomer { id, service: None };
        (
            id,
            Change::from(command).with_profile(person(Of::public(id), name, email)),
        )
    }
}

pub fn options() -> Options {
    Options {
        face: "test",
        request: "req-1".into(),
        ..Options::default()
    }
}

pub fn person(of: Of, name: &str, email: &str) -> ProfileWrite {
    ProfileWrite::new(of)
        .set(Field::Name, name)
        .set(Field::Email, email)
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(outcome: Result<T, SubmitError>) -> &'static str {
    match outcome {
        Err(SubmitError::Refused(refusal)) => refusal.code,
        other => panic!("should be refused: {other:?}"),
    }
}
