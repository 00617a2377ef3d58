//! A small account to import into.

use std::path::PathBuf;
use std::sync::Arc;

use access::{Actor, Command, LicenceId, PersonId, PublicId, ServiceId};
use ledger::{
    Account, Change, DatabaseConfig, Engine, Field, Of, Options, Place, ProfileWrite, SystemClock,
    SystemRandomness,
};
use people::import::{Import, ImportError, Report, run};
use testkit::databases::TestDatabase;

pub struct Desk {
    pub db: TestDatabase,
    pub account: Account,
    pub owner: Actor,
    pub payroll: ServiceId,
}

/// An account with its first user and one service, Payroll.
pub async fn desk(db: TestDatabase) -> Desk {
    let database = DatabaseConfig::at(&db.address);
    let engine = Engine::open(
        database,
        Arc::new(SystemClock),
        Arc::new(SystemRandomness),
        rolecall::CONSEQUENCES,
    )
    .await
    .unwrap();
    let account = engine.create_account().await.unwrap();
    let first_user = PublicId::<PersonId>::new(engine.new_uuid());
    let licences = [0; 3].map(|_| PublicId::<LicenceId>::new(engine.new_uuid()));
    account
        .submit(
            Actor::SetUp,
            Command::OpenAccount {
                token: None,
                first_user,
                licences,
            },
            Options::untold("tests"),
        )
        .await
        .unwrap();
    let first_administrator = account.state().resolve(first_user).unwrap();
    let owner = Actor::Person(first_administrator);
    let id = PublicId::<ServiceId>::new(engine.new_uuid());
    let change = Change::from(Command::CreateService {
        id,
        first_administrator,
    })
    .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, "Payroll"));
    account
        .submit(owner, change, Options::untold("tests"))
        .await
        .unwrap();
    let payroll = account.state().resolve(id).unwrap();
    Desk {
        db,
        account,
        owner,
        payroll,
    }
}

impl Desk {
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.db.directory.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub async fn import(&self, file: PathBuf, change: impl FnOnce(&mut Import)) -> Report {
        self.import_as(self.owner, file, change).await.unwrap()
    }

    pub async fn import_as(
        &self,
        actor: Actor,
        file: PathBuf,
        change: impl FnOnce(&mut Import),
    ) -> Result<Report, ImportError> {
        let mut import = Import {
            file: file.into(),
            ..Import::default()
        };
        change(&mut import);
        run(&self.account, actor, &import, &|_| {}).await
    }

    /// Imports rows of a CSV file, as the owner.
    pub async fn rows(&self, text: &str) -> Report {
        self.import(self.file("rows.csv", text), |_| {}).await
    }

    pub async fn submit(&self, actor: Actor, command: Command) {
        self.account
            .submit(actor, command, Options::untold("tests"))
            .await
            .unwrap();
    }

    pub async fn person(&self, email: &str) -> Option<PersonId> {
        let mut reading = self.account.read().await.unwrap();
        let person = ledger::person_of_email(&mut reading.tx, self.account.id(), email)
            .await
            .unwrap();
        person.and_then(access::Dense::from_number)
    }
    pub async fn value(&self, email: &str, field: Field) -> Option<String> {
        let place = Place::of(self.person(email).await?);
        let mut reading = self.account.read().await.unwrap();
        let version = reading.state.version().0;
        let profile = ledger::read_at(&mut reading.tx, self.account.id(), place, version).await;
        profile.unwrap()?.get(field).map(str::to_owned)
    }
}

/// Line and column of each row in the rejects file.
pub fn told(report: &Report) -> Vec<String> {
    let Some(path) = &report.rejects else {
        return Vec::new();
    };
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        format!("{} {}", &row[0], &row[1]).trim().to_owned()
    });
    rows.collect()
}
