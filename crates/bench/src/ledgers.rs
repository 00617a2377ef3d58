//! Ledgers to measure on: an empty account, and one that holds the fixture.

use std::path::Path;
use std::sync::Arc;

use access::decide::OnAccount;
use access::decide::permissions::ConfigureDesk;
use access::{Actor, Event, Permit, PersonId, PublicId, Version};
use ledger::{
    Account, AccountId, Act, DatabaseConfig, Engine, Here, LedgerError, Options, SubmitError,
    SystemClock, SystemRandomness, Tx, Wrote,
};
use testkit::databases::{POSTGRES, PostgresDatabase};

use crate::fixture::{self, Size};

/// Events in one act.
const PIECE: usize = 100_000;

/// A SQLite file in a folder on a real disk.
pub fn sqlite(folder: &Path) -> DatabaseConfig {
    DatabaseConfig::sqlite(folder.join("rolecall.db"))
}

/// A database that is there for one section.
pub enum Held {
    /// In a folder that goes with it.
    File(tempfile::TempDir),
    /// On the PostgreSQL server that the environment names.
    Server(PostgresDatabase),
}

impl Held {
    /// On SQLite, or on PostgreSQL if the environment names a server.
    pub async fn of(engine: &str) -> std::io::Result<Option<Self>> {
        if engine == "SQLite" {
            return Ok(Some(Self::File(tempfile::tempdir()?)));
        }
        Ok(match std::env::var(POSTGRES) {
            Ok(_) => Some(Self::Server(PostgresDatabase::make().await)),
            Err(_) => None,
        })
    }

    /// Where it is.
    pub fn config(&self) -> DatabaseConfig {
        match self {
            Self::File(folder) => sqlite(folder.path()),
            Self::Server(database) => DatabaseConfig::at(&database.address),
        }
    }

    /// Takes it away.
    pub async fn remove(self) {
        if let Self::Server(database) = self {
            database.remove().await;
        }
    }
}

/// An account with its first user.
pub async fn account(database: DatabaseConfig) -> anyhow::Result<(Account, Actor)> {
    let engine = Engine::open(
        database,
        Arc::new(SystemClock),
        Arc::new(SystemRandomness),
        rolecall::CONSEQUENCES,
    )
    .await?;
    let account = engine.create_account().await?;
    let first_user = PublicId::<PersonId>::new(fixture::person_uid(0));
    account
        .submit(
            Actor::SetUp,
            fixture::open(first_user),
            Options::untold("bench"),
        )
        .await?;
    let owner = account
        .state()
        .resolve(first_user)
        .ok_or_else(|| anyhow::anyhow!("nobody came"))?;
    Ok((account, Actor::Person(owner)))
}

/// Brings the fixture into an account: facts that an act reports, as a slice reports those of its records. Gives
/// back the versions on the way.
pub async fn fill(account: &Account, owner: Actor, size: Size) -> anyhow::Result<Vec<Version>> {
    let mut pieces = vec![Vec::new()];
    fixture::fill(size, &mut |event| {
        if pieces.last().is_some_and(|piece| piece.len() >= PIECE) {
            pieces.push(Vec::with_capacity(PIECE));
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(event);
        }
    });
    let mut versions = Vec::with_capacity(pieces.len());
    for piece in pieces {
        account
            .act(owner, Report(piece), Options::untold("bench"))
            .await?;
        versions.push(account.state().version());
    }
    Ok(versions)
}

/// Events to be logged.
pub struct Report(pub Vec<Event>);

impl Act for Report {
    type Needs = ConfigureDesk;
    const NEEDS: ConfigureDesk = ConfigureDesk;
    const NAME: &'static str = "report";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        _: &mut Tx,
        _: Permit<'_, ConfigureDesk>,
        _: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        Ok(self.0.into())
    }
}
