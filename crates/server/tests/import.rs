//! Import on a real database: what is applied, what is rejected and where, and that a second run changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::sync::Arc;

use access::state::{PortalLevel, ServiceLevel, Tie};
use access::{Actor, Command, LicenceId, PersonId, PublicId, ServiceId};
use ledger::{
    Account, Change, DatabaseConfig, Engine, Field, Of, Options, ProfileWrite, SystemClock,
    SystemRandomness,
};
use rolecall::import::{Import, Mapping, Report, run};
use testkit::databases::TestDatabase;

testkit::on_both![
    rows_become_people_with_what_belongs_to_them,
    a_second_run_changes_nothing,
    rows_in_error_are_told_by_line_column_and_reason_and_the_others_are_applied,
    a_dry_run_says_the_same_and_changes_nothing,
    ad_7_an_import_gives_nothing_that_its_actor_could_not_give,
    json_lines_and_mapped_columns_read_the_same,
    an_unknown_column_stops_the_import_before_its_first_row,
];

struct Desk {
    db: TestDatabase,
    account: Account,
    owner: Actor,
    payroll: ServiceId,
}

/// An account with its first user and one service, Payroll.
async fn desk(db: TestDatabase) -> Desk {
    let database = DatabaseConfig::at(&db.address);
    let engine = Engine::open(database, Arc::new(SystemClock), Arc::new(SystemRandomness))
        .await
        .unwrap();
    let account = engine.create_account().await.unwrap();
    let first_user = PublicId::<PersonId>::new(engine.new_uuid());
    let licences = [0; 3].map(|_| PublicId::<LicenceId>::new(engine.new_uuid()));
    account
        .submit(
            Actor::SetUp,
            Command::OpenAccount {
                first_user,
                licences,
            },
            Options::default(),
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
        .submit(owner, change, Options::default())
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
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.db.directory.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn import(&self, file: PathBuf, change: impl FnOnce(&mut Import)) -> Report {
        let mut import = Import {
            file,
            mapping: Mapping::default(),
            dry_run: false,
            create_missing: false,
            rejects: None,
        };
        change(&mut import);
        run(&self.account, self.owner, &import, &|_| {})
            .await
            .unwrap()
    }

    async fn person(&self, email: &str) -> Option<PersonId> {
        let mut reading = self.account.read().await.unwrap();
        let person = ledger::person_of_email(&mut reading.tx, self.account.id(), email)
            .await
            .unwrap();
        person.and_then(access::Dense::from_number)
    }
}

const PEOPLE: &str = "\
email,name,kind,company,services,portal_level
ann@orchard.example,Ann Lee,customer,Orchard,Payroll:portal,standard
bo@meridian.example,Bo Berg,user,,Payroll:administrator,
cy@orchard.example,Cy Noor,customer,Orchard,,company_admin
";

async fn rows_become_people_with_what_belongs_to_them(db: TestDatabase) {
    let desk = desk(db).await;
    let file = desk.file("people.csv", PEOPLE);
    let report = desk
        .import(file, |import| import.create_missing = true)
        .await;
    assert_eq!(
        (report.rows, report.added, report.rejected, report.created),
        (3, 3, 0, 1)
    );
    let state = desk.account.state();
    let row = |person: PersonId| state.people().get(person).unwrap();
    let ann = desk.person("ANN@orchard.example").await.unwrap();
    let company = row(ann).company.unwrap();
    assert_eq!(row(ann).portal_level, PortalLevel::Standard);
    assert_eq!(
        row(desk.person("cy@orchard.example").await.unwrap()).company,
        Some(company)
    );
    let bo = desk.person("bo@meridian.example").await.unwrap();
    assert!(
        row(bo)
            .ties
            .has(Tie::Service(desk.payroll, ServiceLevel::Administrator))
    );
}

async fn a_second_run_changes_nothing(db: TestDatabase) {
    let desk = desk(db).await;
    let file = desk.file("people.csv", PEOPLE);
    desk.import(file.clone(), |import| import.create_missing = true)
        .await;
    let version = desk.account.state().version();
    let report = desk
        .import(file, |import| import.create_missing = true)
        .await;
    assert_eq!(
        (
            report.unchanged,
            report.added,
            report.changed,
            report.created
        ),
        (3, 0, 0, 0)
    );
    assert_eq!(desk.account.state().version(), version);
}

async fn rows_in_error_are_told_by_line_column_and_reason_and_the_others_are_applied(
    db: TestDatabase,
) {
    let desk = desk(db).await;
    let text = "email,services,kind\nno address,,\nann@orchard.example,Pairoll,\nbo@orchard.example,,guest\n\
        cy@orchard.example,Payroll,customer\nCY@orchard.example,,\n";
    let report = desk.import(desk.file("people.csv", text), |_| {}).await;
    assert_eq!((report.rows, report.added, report.rejected), (5, 1, 4));
    let rejects = std::fs::read_to_string(report.rejects.unwrap()).unwrap();
    let told: Vec<String> = rejects
        .lines()
        .skip(1)
        .map(|line| line.splitn(4, ',').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(told, ["2 email", "3 services", "4 kind", "6 email"]);
    assert!(rejects.contains("Pairoll"));
}

async fn a_dry_run_says_the_same_and_changes_nothing(db: TestDatabase) {
    let desk = desk(db).await;
    let version = desk.account.state().version();
    let text = "email,kind\nann@orchard.example,customer\nbo@orchard.example,guest\n";
    let report = desk
        .import(desk.file("people.csv", text), |import| {
            import.dry_run = true
        })
        .await;
    assert_eq!((report.rows, report.added, report.rejected), (2, 1, 1));
    assert_eq!(desk.account.state().version(), version);
    assert_eq!(desk.person("ann@orchard.example").await, None);
}

async fn ad_7_an_import_gives_nothing_that_its_actor_could_not_give(db: TestDatabase) {
    let desk = desk(db).await;
    desk.import(
        desk.file("first.csv", "email,kind\nbo@meridian.example,user\n"),
        |_| {},
    )
    .await;
    let bo = desk.person("bo@meridian.example").await.unwrap();
    let accept = Command::AcceptInvitation { person: bo };
    let sign_in = Actor::System(access::command::SystemSubject::SignIn);
    desk.account
        .submit(sign_in, accept, Options::default())
        .await
        .unwrap();
    let import = Import {
        file: desk.file("climb.csv", "email,kind,account_role\neve@meridian.example,user,Super admin\nbo@meridian.example,user,Admin\n"),
        mapping: Mapping::default(),
        dry_run: false,
        create_missing: false,
        rejects: None,
    };
    let version = desk.account.state().version();
    let report = run(&desk.account, Actor::Person(bo), &import, &|_| {})
        .await
        .unwrap();
    assert_eq!((report.rejected, report.added, report.changed), (2, 0, 0));
    assert_eq!(desk.account.state().version(), version);
}

async fn json_lines_and_mapped_columns_read_the_same(db: TestDatabase) {
    let desk = desk(db).await;
    let text = "{\"Mail\": \"ann@orchard.example\", \"name\": \"Ann Lee\", \"services\": [\"Payroll:portal\"]}\n\n";
    let report = desk
        .import(desk.file("people.jsonl", text), |import| {
            import.mapping = Mapping::parse(["email=mail"]).unwrap()
        })
        .await;
    assert_eq!((report.rows, report.added), (1, 1));
    assert!(desk.person("ann@orchard.example").await.is_some());
}

async fn an_unknown_column_stops_the_import_before_its_first_row(db: TestDatabase) {
    let desk = desk(db).await;
    let import = Import {
        file: desk.file("people.csv", "email,shoe size\nann@orchard.example,39\n"),
        mapping: Mapping::default(),
        dry_run: false,
        create_missing: false,
        rejects: None,
    };
    let error = run(&desk.account, desk.owner, &import, &|_| {})
        .await
        .unwrap_err();
    assert!(error.to_string().contains("shoe size"), "{error}");
    assert_eq!(desk.person("ann@orchard.example").await, None);
}
