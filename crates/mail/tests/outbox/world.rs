//! An account with people to write to, a clock that stands, and a mail server.

use std::sync::Arc;
use std::time::Duration;

use access::command::SystemSubject;
use access::state::{Facet, PortalLevel};
use access::{Actor, Command, LicenceId, Moment, PersonId, PublicId};
use ledger::{
    Account, Change, DatabaseConfig, Engine, FakeClock, Field, Of, Options, ProfileWrite,
    SubmitError, SystemRandomness,
};
use mail::{Letterhead, Post, Worker};
use testkit::databases::TestDatabase;
use testkit::smtp::MailServer;

/// 2026-03-02T09:00:00Z
const START: Moment = Moment(1_772_442_000_000);

pub const SIGN_IN: Actor = Actor::System(SystemSubject::SignIn);

pub struct World {
    pub engine: Engine,
    pub account: Account,
    pub clock: FakeClock,
    pub boss: PersonId,
    pub server: MailServer,
    address: String,
}

async fn engine(address: &str, clock: &FakeClock) -> Engine {
    let config = DatabaseConfig::at(address);
    Engine::open(
        config,
        Arc::new(clock.clone()),
        Arc::new(SystemRandomness),
        &[],
    )
    .await
    .unwrap()
}

impl World {
    pub async fn open(db: &TestDatabase) -> Self {
        let clock = FakeClock::at(START);
        let engine = engine(&db.address, &clock).await;
        let account = engine.create_account().await.unwrap();
        let first = PublicId::<PersonId>::new(engine.new_uuid());
        let licences = std::array::from_fn(|_| PublicId::<LicenceId>::new(engine.new_uuid()));
        let open = Change::from(Command::OpenAccount {
            first_user: first,
            licences,
            token: None,
        })
        .with_profile(profile(Of::public(first), "Bo Boss", "boss@example.org"));
        account
            .submit(Actor::SetUp, open, Options::untold("tests"))
            .await
            .unwrap();
        let boss = account.state().resolve(first).unwrap();
        let server = MailServer::start().await;
        Self {
            engine,
            account,
            clock,
            boss,
            server,
            address: db.address.clone(),
        }
    }

    pub async fn submit(&self, change: impl Into<Change>) -> Result<(), SubmitError> {
        let actor = Actor::Person(self.boss);
        self.as_actor(actor, change).await
    }

    pub async fn as_actor(
        &self,
        actor: Actor,
        change: impl Into<Change>,
    ) -> Result<(), SubmitError> {
        self.account
            .submit(actor, change, Options::untold("tests"))
            .await
            .map(drop)
    }

    /// An invited user; the mail waits.
    pub async fn invited(&self, name: &str, address: &str) -> PersonId {
        let id = PublicId::<PersonId>::new(self.engine.new_uuid());
        let (link, mail) = mail::invitation(&self.account, Of::public(id), Facet::User).unwrap();
        let change = Change::from(Command::AddUser {
            id,
            user_groups: Vec::new(),
            account_role: None,
        })
        .with_profile(profile(Of::public(id), name, address))
        .with_secret(link)
        .with_mail(mail);
        self.submit(change).await.unwrap();
        self.account.state().resolve(id).unwrap()
    }

    /// A customer who may be invited to the portal.
    pub async fn customer(&self, name: &str, address: &str) -> PersonId {
        let id = PublicId::<PersonId>::new(self.engine.new_uuid());
        let change = Change::from(Command::AddCustomer { id, service: None })
            .with_profile(profile(Of::public(id), name, address));
        self.submit(change).await.unwrap();
        let person = self.account.state().resolve(id).unwrap();
        self.submit(Command::SetPortalLevel {
            people: vec![person],
            level: PortalLevel::Standard,
            bulk: false,
        })
        .await
        .unwrap();
        person
    }

    /// Sends the person a link, in the place of an earlier one.
    pub async fn invite(&self, person: PersonId, facet: Facet) -> Result<(), SubmitError> {
        let (link, mail) = mail::invitation(&self.account, Of::known(person), facet).unwrap();
        let change = Change::from(Command::Invite { person, facet })
            .with_secret(link)
            .with_mail(mail);
        self.submit(change).await
    }

    /// A new address, typed by an administrator.
    pub async fn move_to(&self, person: PersonId, address: &str) {
        let fields = vec![access::event::ProfileField::Address];
        let change = Change::from(Command::EditProfile { person, fields })
            .with_profile(ProfileWrite::new(Of::known(person)).set(Field::Email, address));
        self.submit(change).await.unwrap();
    }

    pub fn worker(&self) -> Worker {
        self.worker_of(self.engine.clone())
    }

    /// A worker of another node.
    pub async fn other_node(&self) -> Worker {
        self.worker_of(engine(&self.address, &self.clock).await)
    }

    /// The account as another node has it.
    pub async fn other_account(&self) -> Account {
        let engine = engine(&self.address, &self.clock).await;
        engine.account(self.account.id()).await.unwrap()
    }

    fn worker_of(&self, engine: Engine) -> Worker {
        let from = "Rolecall <rolecall@example.org>";
        let post = Post::smtp(&self.server.url(), from).unwrap();
        let base = "https://rolecall.example".to_owned();
        Worker::new(engine, post, Letterhead { base })
    }

    pub fn wait(&self, pause: Duration) {
        self.clock.advance(pause);
    }

    /// Rows of the outbox: state, and whether anything is still in them.
    pub async fn rows(&self) -> Vec<(i64, bool)> {
        let mut tx = self.engine.database().begin_read().await.unwrap();
        let rows = tx
            .fetch_all("SELECT state, body FROM mails ORDER BY queued_at, id", [])
            .await
            .unwrap();
        rows.iter()
            .map(|row| {
                let body: Option<Vec<u8>> = row.get(1).unwrap();
                (row.get(0).unwrap(), body.is_some())
            })
            .collect()
    }
}

fn profile(of: Of, name: &str, address: &str) -> ProfileWrite {
    ProfileWrite::new(of)
        .set(Field::Name, name)
        .set(Field::Email, address)
}
