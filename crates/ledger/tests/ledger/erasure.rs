//! SD-26, I-11: after an erasure no byte of the person's data is in any file.

use std::path::{Path, PathBuf};

use access::event::ProfileField;
use access::{Actor, Command};
use ledger::{
    Change, Database, Field, Idempotency, Kind, Of, Options, Place, ProfileWrite, compact,
    person_of_email, read_at, search, verify,
};
use sqlx::Row as _;

use crate::common::{TestDatabase, World, code, options};

testkit::on_both![
    i_11_erased_data_is_in_no_file,
    sd_26_erasure_blanks_every_version_and_every_search,
    sd_27_a_person_created_again_is_a_new_one,
];

const NAME: &str = "Quintessa Zyxwvutsky";
const EMAIL: &str = "Quintessa.Zyxwvutsky@rare-domain.example";
const SECOND_EMAIL: &str = "qz-second-address@rare-domain.example";

async fn i_11_erased_data_is_in_no_file(db: TestDatabase) {
    let world = World::open(&db.address).await;
    // Enough neighbours for pages to split and rows to move.
    for round in 0..4 {
        let acts = (0..150).map(|n| {
            let (account, boss) = (world.account.clone(), Actor::Person(world.boss));
            let name = format!("Neighbour {} Of{n}", round * 1_000 + (n * 7_919) % 1_000);
            let change = world
                .customer(
                    &name,
                    &format!("q{}-{round}@rare-domain.example", (n * 7_919) % 997),
                )
                .1;
            tokio::spawn(async move { account.submit(boss, change, options()).await })
        });
        for act in acts.collect::<Vec<_>>() {
            act.await.unwrap().unwrap();
        }
        if round == 1 {
            add_the_person(&world).await;
        }
    }
    let person = find(&world, EMAIL_NOW).await.unwrap();
    world.account.snapshot().await.unwrap();
    if let Database::Postgres { pool } = world.engine.database() {
        // The planner's statistics hold samples of the columns.
        sqlx::query("ANALYZE").execute(pool).await.unwrap();
    }
    assert!(
        !found(&world, &db).await.is_empty(),
        "the search of the files finds what is there"
    );

    world.submit(Command::ErasePerson { person }).await.unwrap();
    world.account.scrubbed().await.unwrap();
    if matches!(world.engine.database(), Database::Postgres { .. }) {
        compact(world.engine.database()).await.unwrap();
    }
    let left = found(&world, &db).await;
    assert!(left.is_empty(), "{left:?}");
    verify(world.engine.database(), world.account.id(), None)
        .await
        .unwrap();
}

const EMAIL_NOW: &str = SECOND_EMAIL;

/// With two versions of the profile, and an answer that names the address.
async fn add_the_person(world: &World) {
    let person = world.add_customer(NAME, EMAIL).await;
    let edit = Command::EditProfile {
        person,
        fields: vec![ProfileField::Address, ProfileField::Phone],
    };
    let write = ProfileWrite::new(Of::known(person))
        .set(Field::Email, SECOND_EMAIL)
        .set(Field::Phone, "+99 1234567890");
    let idempotency = Idempotency {
        key: "k".into(),
        body: EMAIL.into(),
        echo: SECOND_EMAIL.into(),
    };
    let options = Options {
        idempotency: Some(idempotency),
        ..options()
    };
    let change = Change::from(edit).with_profile(write);
    world
        .account
        .submit(Actor::Person(world.boss), change, options)
        .await
        .unwrap();
}

async fn find(world: &World, email: &str) -> Option<access::PersonId> {
    let mut reading = world.account.read().await.unwrap();
    let number = person_of_email(&mut reading.tx, world.account.id(), email)
        .await
        .unwrap()?;
    access::Dense::from_number(number)
}

/// Which of the person's values stand in which file.
async fn found(world: &World, db: &TestDatabase) -> Vec<String> {
    let mut left = Vec::new();
    for file in files(world.engine.database(), &db.directory).await {
        let Ok(bytes) = std::fs::read(&file) else {
            continue;
        };
        for value in [
            NAME,
            EMAIL,
            SECOND_EMAIL,
            "quintessa",
            "zyxwvutsky",
            "qz-second",
            "1234567890",
        ] {
            if memchr::memmem::find(&bytes, value.as_bytes()).is_some() {
                left.push(format!("{value} in {}", file.display()));
            }
        }
    }
    left
}

/// The files of the database: with SQLite's log and index, or PostgreSQL's tables and indexes (its write-ahead log is kept
/// as long as the operator has configured).
async fn files(database: &Database, directory: &Path) -> Vec<PathBuf> {
    let directory = match database {
        Database::Sqlite { .. } => directory.to_owned(),
        Database::Postgres { pool } => {
            sqlx::query("CHECKPOINT").execute(pool).await.unwrap();
            let sql = "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database \
                       WHERE datname = current_database()";
            PathBuf::from(
                sqlx::query(sql)
                    .fetch_one(pool)
                    .await
                    .unwrap()
                    .get::<String, _>(0),
            )
        }
    };
    let files: Vec<_> = std::fs::read_dir(&directory)
        .unwrap_or_else(|error| {
            panic!(
                "the database's files in {} have to be readable: {error}",
                directory.display()
            )
        })
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    assert!(!files.is_empty());
    files
}

async fn sd_26_erasure_blanks_every_version_and_every_search(db: TestDatabase) {
    let world = World::open(&db.address).await;
    add_the_person(&world).await;
    let person = find(&world, SECOND_EMAIL).await.unwrap();
    world.submit(Command::ErasePerson { person }).await.unwrap();

    let id = world.account.id();
    let mut reading = world.account.read().await.unwrap();
    for version in 0..=reading.state.version().0 {
        assert_eq!(
            read_at(&mut reading.tx, id, Place::of(person), version)
                .await
                .unwrap(),
            None
        );
    }
    for text in ["quin", "zyx", "qz-s", "+9912"] {
        assert!(
            search(&mut reading.tx, id, Kind::Person, text, 9)
                .await
                .unwrap()
                .is_empty(),
            "{text}"
        );
    }
    drop(reading);
    // The key still stops a second time; its answer is blank.
    let idempotency = Idempotency {
        key: "k".into(),
        body: EMAIL.into(),
        echo: Vec::new(),
    };
    let again = Options {
        idempotency: Some(idempotency),
        ..options()
    };
    let edit = Command::EditProfile {
        person: world.boss,
        fields: vec![ProfileField::Phone],
    };
    let done = world
        .account
        .submit(Actor::Person(world.boss), edit, again)
        .await
        .unwrap();
    assert_eq!((done.repeated, done.echo), (true, None));
}

async fn sd_27_a_person_created_again_is_a_new_one(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let first = world.add_customer(NAME, EMAIL).await;
    assert_eq!(
        code(world.submit(world.customer(NAME, EMAIL).1).await),
        "address_taken"
    );
    world
        .submit(Command::ErasePerson { person: first })
        .await
        .unwrap();
    let second = world.add_customer(NAME, EMAIL).await;
    assert_ne!(first, second);
    let mut reading = world.account.read().await.unwrap();
    assert_eq!(
        read_at(
            &mut reading.tx,
            world.account.id(),
            Place::of(first),
            u32::MAX.into()
        )
        .await
        .unwrap(),
        None
    );
}
