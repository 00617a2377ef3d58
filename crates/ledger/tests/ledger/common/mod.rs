//! A small world to act in.

use std::sync::Arc;

use access::{Actor, Command, LicenceId, Moment, PersonId, PublicId};
use ledger::{
    Account, Change, DatabaseConfig, Done, Engine, FakeClock, Field, Of, Options, ProfileWrite,
    SubmitError, SystemRandomness,
};
pub use testkit::databases::TestDatabase;

/// 2026-03-02T09:00:00Z
pub const START: Moment = Moment(1_772_442_000_000);

/// An open account with its first user.
pub struct World {
    pub engine: Engine,
    pub account: Account,
    pub clock: FakeClock,
    pub boss: PersonId,
}

pub async fn engine(address: &str, clock: &FakeClock) -> Engine {
    Engine::open(
        DatabaseConfig::at(address),
        Arc::new(clock.clone()),
        Arc::new(SystemRandomness),
        &[],
    )
    .await
    .unwrap()
}

impl World {
    pub async fn open(address: &str) -> Self {
        let clock = FakeClock::at(START);
        let engine = engine(address, &clock).await;
        Self::open_in(&engine, &clock).await
    }

    /// Another account of the same engine.
    pub async fn open_in(engine: &Engine, clock: &FakeClock) -> Self {
        let (engine, clock) = (engine.clone(), clock.clone());
        let account = engine.create_account().await.unwrap();
        let first = PublicId::<PersonId>::new(engine.new_uuid());
        let licences = std::array::from_fn(|_| PublicId::<LicenceId>::new(engine.new_uuid()));
        let open = Change::from(Command::OpenAccount {
            token: None,
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
        request: "req-1".into(),
        ..Options::untold("test")
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
