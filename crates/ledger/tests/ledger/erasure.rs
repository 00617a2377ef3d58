//! SD-26, I-11: after an erasure no byte of the person's data is in any file.

use std::path::{Path, PathBuf};

use access::command::{RoleAssignment, SystemSubject};
use access::event::ProfileField;
use access::products::{ProductCommand, Property, Side};
use access::state::{PeopleScope, TokenOwner};
use access::{Actor, Command, CompanyId, Dense, PersonId, PublicId, RoleId, ThingId, TokenId};
use ledger::{
    Change, Database, Field, Idempotency, Kind, Of, Options, Place, ProfileWrite, compact,
    person_of_email, read_at, search, verify,
};
use sqlx::Row as _;

use crate::common::{TestDatabase, World, code, engine, options};

testkit::on_both![
    i_11_erased_data_is_in_no_file,
    sd_26_typed_text_loses_the_exact_address_and_full_name,
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
    type_about_the_person(&world, person).await;
    world.account.snapshot().await.unwrap();
    if let Database::Postgres { pool, .. } = world.engine.database() {
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
    assert_eq!(noted(world.engine.database()).await, 0);
    is_sound(world.engine.database()).await;
    verify(world.engine.database(), world.account.id(), None)
        .await
        .unwrap();
}

/// Erasures whose bytes may still be in the files.
async fn noted(database: &Database) -> usize {
    let mut tx = database.begin_read().await.unwrap();
    let rows = tx.fetch_all("SELECT account FROM erasures", []).await;
    rows.unwrap().len()
}

/// SQLite finds nothing wrong with its file.
async fn is_sound(database: &Database) {
    if let Database::Sqlite { readers, .. } = database {
        let asked = sqlx::query_scalar("PRAGMA integrity_check");
        let says: String = asked.fetch_one(readers).await.unwrap();
        assert_eq!(says, "ok");
    }
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
        echo: Vec::from(SECOND_EMAIL).into(),
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

/// What the person typed, and what others typed about them.
async fn type_about_the_person(world: &World, person: PersonId) -> Typed {
    sign_in(world, person).await;
    let token = PublicId::<TokenId>::new(world.engine.new_uuid());
    let issue = Command::IssueToken {
        id: token,
        owner: TokenOwner::Person(person),
        expires: access::Moment(crate::common::START.0 + 60_000),
    };
    let named = |of: Of, name: String| ProfileWrite::new(of).set(Field::Name, name);
    let issue = Change::from(issue).with_profile(named(
        Of::public(token),
        "Quintessa's laptop, Zyxwvutsky family".into(),
    ));
    let (account, owner) = (&world.account, Actor::Person(person));
    account.submit(owner, issue, options()).await.unwrap();

    let company = PublicId::<CompanyId>::new(world.engine.new_uuid());
    let create = Command::CreateCompany { id: company };
    let about = named(Of::public(company), format!("Home of {NAME}")).set(
        Field::Description,
        format!("Write to {SECOND_EMAIL}, not to {EMAIL}"),
    );
    let create = Change::from(create).with_profile(about);
    world.submit(create).await.unwrap();

    let text = format!("{NAME} knows; {EMAIL}");
    crate::slices::type_about(world, person, &format!("Of {NAME}"), &text).await;

    let product = PublicId::new(world.engine.new_uuid());
    let text = CATALOGUE.into();
    let load = ProductCommand::LoadCatalogue { id: product, text };
    world.submit(Command::Product(load)).await.unwrap();
    let thing = PublicId::<ThingId>::new(world.engine.new_uuid());
    let register = ProductCommand::RegisterThing {
        id: thing,
        product: account.state().products().rows().find(product).unwrap(),
        side: Side::Resource,
        kind: "note".into(),
    };
    let about = ProfileWrite::new(Of::public(thing))
        .set(Field::ExternalId, SECOND_EMAIL)
        .set(
            Field::Properties,
            format!(r#"{{"owner":"{NAME}","size":3}}"#),
        );
    let register = Change::from(Command::Product(register)).with_profile(about);
    world.submit(register).await.unwrap();
    let state = account.state();
    Typed {
        token: state.resolve(token).unwrap(),
        company: state.resolve(company).unwrap(),
        thing: state.products().things().find(thing).unwrap(),
    }
}

/// Makes an active user of them, who may have tokens.
async fn sign_in(world: &World, person: PersonId) {
    let facet = Command::AddUserFacet {
        person,
        user_groups: Vec::new(),
    };
    world.submit(facet).await.unwrap();
    let accept = Command::AcceptInvitation { person };
    let page = Actor::System(SystemSubject::SignIn);
    let accepted = world.account.submit(page, accept, options()).await;
    accepted.unwrap();
    let role = Command::SetAccountRoles {
        bulk: false,
        people: vec![person],
        assignment: RoleAssignment {
            role: RoleId::SUPER_ADMIN,
            scope: PeopleScope::All,
        },
        keep: Vec::new(),
    };
    world.submit(role).await.unwrap();
}

struct Typed {
    token: TokenId,
    company: CompanyId,
    thing: ThingId,
}

const CATALOGUE: &str = r#"
product = "notes"
name = "Notes"

[resource_types.note]

[permissions."notes.note.read"]
on = ["note"]
"#;

async fn find(world: &World, email: &str) -> Option<PersonId> {
    let mut reading = world.account.read().await.unwrap();
    let number = person_of_email(&mut reading.tx, world.account.id(), email)
        .await
        .unwrap()?;
    Dense::from_number(number)
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
        Database::Postgres { pool, .. } => {
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
        echo: Vec::new().into(),
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

async fn sd_26_typed_text_loses_the_exact_address_and_full_name(db: TestDatabase) {
    let world = World::open(&db.address).await;
    add_the_person(&world).await;
    let person = find(&world, SECOND_EMAIL).await.unwrap();
    let typed = type_about_the_person(&world, person).await;
    let before = world.account.state().version();
    // Another node, which learns of it from the log.
    let other = engine(&db.address, &world.clock).await;
    let other = other.account(world.account.id()).await.unwrap();
    world
        .add_customer(
            "Quintessa Zyxwvutskyson",
            "other-quintessa@rare-domain.example",
        )
        .await;

    let done = world.submit(Command::ErasePerson { person }).await.unwrap();
    let id = world.account.id();
    let mut reading = world.account.read().await.unwrap();
    let company = read_at(
        &mut reading.tx,
        id,
        Place::of(typed.company),
        done.version.0,
    );
    let company = company.await.unwrap().unwrap();
    assert_eq!(company.get(Field::Name), Some("Home of"));
    assert_eq!(company.get(Field::Description), Some("Write to , not to"));
    let token = read_at(&mut reading.tx, id, Place::of(typed.token), done.version.0);
    assert_eq!(token.await.unwrap(), None, "their own words go altogether");
    for (kind, text, found) in [
        (
            Kind::Company,
            "home of",
            vec![Place::of(typed.company).entity],
        ),
        (Kind::Company, "quin", vec![]),
        (Kind::Token, "quin", vec![]),
        (Kind::Thing, "qz-s", vec![]),
    ] {
        let hits = search(&mut reading.tx, id, kind, text, 9).await.unwrap();
        assert_eq!(hits, found, "{kind:?} {text}");
    }
    drop(reading);
    // What conditions ask about is blank too: here, on the other node, and in the past.
    let there = other
        .at_least(done.version, std::time::Duration::from_secs(5))
        .await
        .unwrap();
    let past = world.account.state_at(ledger::When::Position(before.0));
    for state in [world.account.state(), there, past.await.unwrap()] {
        let row = state.products().things().get(typed.thing).unwrap();
        let profile = row.profile().unwrap();
        assert_eq!(&*profile.external_id, "");
        assert_eq!(profile.properties.get("owner"), Some(&Property::from("")));
        assert!(profile.properties.get("size").is_some());
        assert_eq!(state.products().find(row.product, row.kind, ""), None);
    }
    // Somebody else with a longer name keeps it.
    let other = find(&world, "other-quintessa@rare-domain.example")
        .await
        .unwrap();
    let mut reading = world.account.read().await.unwrap();
    let profile = read_at(&mut reading.tx, id, Place::of(other), done.version.0);
    let profile = profile.await.unwrap().unwrap();
    assert_eq!(profile.get(Field::Name), Some("Quintessa Zyxwvutskyson"));
    drop(reading);
    verify(world.engine.database(), id, None).await.unwrap();
}

/// A server that is killed right after an erasure was acknowledged finishes it at the next start. The killed one is a copy of the
/// files at that moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i_11_an_erasure_is_finished_by_the_next_start() {
    testkit::databases::on_sqlite(async |db: TestDatabase| {
        let world = World::open(&db.address).await;
        add_the_person(&world).await;
        let person = find(&world, SECOND_EMAIL).await.unwrap();
        // Somebody who reads old pages holds the erased bytes in the write-ahead log.
        let reading = world.account.read().await.unwrap();
        world.submit(Command::ErasePerson { person }).await.unwrap();
        let killed = Killed::copy(&db);
        drop(reading);
        assert!(killed.holds(NAME), "the bytes outlive the kill");
        killed.is_finished(&world).await;
    })
    .await;
}

/// The same where the bytes are no longer in any log, but in the room that rows left in their pages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i_11_the_next_start_cleans_the_pages_too() {
    testkit::databases::on_sqlite(async |db: TestDatabase| {
        let world = World::open(&db.address).await;
        let mut tx = world.engine.database().begin().await.unwrap();
        // Rows that move, of which a tenth is then gone: as an erasure whose cleaning never began leaves them, with its note.
        for sql in [
            "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 16000) \
             INSERT INTO search_keys (account, kind, field, word, entity) SELECT 99, 1, 0, printf('%010d %s %*s', \
             n * 2654435761 % 4294967296, iif(n % 10 = 5, 'Quintessa Zyxwvutsky', 'neighbour'), n * 37 % 600, ''), n FROM numbers",
            "DELETE FROM search_keys WHERE instr(word, 'Quintessa') > 0",
            "INSERT INTO erasures (account, position) VALUES (1, 1)",
        ] {
            tx.execute(sql, []).await.unwrap();
        }
        tx.commit().await.unwrap();
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        world.engine.database().run_outside_transaction(checkpoint).await.unwrap();
        let killed = Killed::copy(&db);
        assert!(killed.holds(NAME), "the bytes outlive the kill");
        killed.is_finished(&world).await;
    })
    .await;
}

/// What a kill leaves.
struct Killed {
    directory: PathBuf,
}

impl Killed {
    const FILES: [&str; 3] = ["test.db", "test.db-wal", "test.db-shm"];

    fn copy(db: &TestDatabase) -> Self {
        let directory = db.directory.join("killed");
        std::fs::create_dir(&directory).unwrap();
        for name in &Self::FILES[..2] {
            std::fs::copy(db.directory.join(name), directory.join(name)).unwrap();
        }
        Self { directory }
    }

    fn holds(&self, text: &str) -> bool {
        Self::FILES.iter().any(|name| {
            let bytes = std::fs::read(self.directory.join(name)).unwrap_or_default();
            memchr::memmem::find(&bytes, text.as_bytes()).is_some()
        })
    }

    /// A server starts on it, and by itself takes out what was erased.
    async fn is_finished(&self, world: &World) {
        let address = self.directory.join("test.db").display().to_string();
        let again = engine(&address, &world.clock).await;
        for _ in 0..200 {
            if noted(again.database()).await == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert!(!self.holds(NAME));
        assert_eq!(noted(again.database()).await, 0);
        is_sound(again.database()).await;
        verify(again.database(), world.account.id(), None)
            .await
            .unwrap();
        again.close().await;
    }
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
