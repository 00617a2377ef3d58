//! Backup and restore while acts go on.

use std::{collections::HashMap, time::Duration};

use access::{Actor, Command, Moment, PublicId, TokenId, state::TokenOwner};
use ledger::{
    Account, Change, Database, DatabaseConfig, Kind, LedgerError, NewSecret, NewSession, Of,
    Purpose, Secret, SignInEntry, SignInFact, SignInFilter, SignInProof, backup, restore, search,
    verify,
};

use testkit::databases::{PostgresDatabase, on_sqlite};

use crate::common::{TestDatabase, World, engine, options};

testkit::on_both![
    a_backup_is_one_moment_while_acts_go_on,
    ad_27_a_backup_holds_who_viewed_as_whom,
    ad_29_a_backup_holds_when_tokens_were_used,
    a_changed_backup_is_refused
];

async fn a_backup_is_one_moment_while_acts_go_on(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let ann = world.add_customer("Ann Lee", "ann@example.org").await;
    for (person, what) in [
        (Some(world.boss), SignInFact::SignedIn),
        (None, SignInFact::Failed),
        (Some(ann), SignInFact::Locked),
    ] {
        let account = Some(world.account.id());
        let written = world.engine.sign_in_failed(account, person, what).await;
        written.unwrap();
    }
    let writer = {
        let (account, boss) = (world.account.clone(), Actor::Person(world.boss));
        let changes: Vec<_> = (0..60)
            .map(|n| world.customer("C", &format!("c{n}@example.org")).1)
            .collect();
        tokio::spawn(async move {
            for change in changes {
                account.submit(boss, change, options()).await.unwrap();
            }
        })
    };
    let file = db.directory.join("ledger.backup");
    let contents = backup(world.engine.database(), &file, world.engine.now())
        .await
        .unwrap();
    writer.await.unwrap();
    assert_eq!(contents[0].account, world.account.public_id());
    restored_equals(&world, &file, &db.file("restored.db"), contents[0].head).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sqlite_exported_postgres_restores() {
    on_sqlite(async |db| {
        let world = World::open(&db.address).await;
        world.add_customer("Ann Lee", "ann@example.org").await;
        let file = db.directory.join("ledger.backup");
        let contents = backup(world.engine.database(), &file, world.engine.now())
            .await
            .unwrap();
        let postgres = PostgresDatabase::make().await;
        restored_equals(&world, &file, &postgres.address, contents[0].head).await;
        postgres.remove().await;
    })
    .await;
}

async fn restored_equals(world: &World, file: &std::path::Path, into: &str, head: ledger::Head) {
    let database = Database::open(&DatabaseConfig::at(into)).await.unwrap();
    let restored = restore(&database, file).await.unwrap();
    assert_eq!(restored[0].head, head);
    assert!(
        matches!(restore(&database, file).await, Err(LedgerError::NotEmpty)),
        "only into an empty database"
    );
    let verified = verify(&database, world.account.id(), Some(head.hash))
        .await
        .unwrap();
    database.close().await;

    let engine = engine(into, &world.clock).await;
    let account = engine
        .account_by_public_id(world.account.public_id())
        .await
        .unwrap();
    assert_eq!(account.state().people().len() as u64, verified.people);
    let mut reading = account.read().await.unwrap();
    assert_eq!(
        search(&mut reading.tx, account.id(), Kind::Person, "lee", 5)
            .await
            .unwrap(),
        [2]
    );
    drop(reading);
    // AD-20: so is what happened at the door.
    let all = SignInFilter::default();
    let (before, after) = (
        world.account.sign_in_log(&all, None, 10).await.unwrap(),
        account.sign_in_log(&all, None, 10).await.unwrap(),
    );
    let told = |log: &[SignInEntry]| -> Vec<_> {
        log.iter()
            .map(|entry| (entry.at, entry.person, entry.what))
            .collect()
    };
    assert_eq!(told(&before), told(&after));
    // The log goes on where it ended.
    let (_, change) = world.customer("New", "new@example.org");
    account
        .submit(Actor::Person(world.boss), change, options())
        .await
        .unwrap();
    engine.close().await;
}

/// Restores a backup of the world.
async fn restored(world: &World, db: &TestDatabase) -> Account {
    let file = db.directory.join("ledger.backup");
    let into = db.file("restored.db");
    let now = world.engine.now();
    backup(world.engine.database(), &file, now).await.unwrap();
    let database = Database::open(&DatabaseConfig::at(&into)).await.unwrap();
    restore(&database, &file).await.unwrap();
    database.close().await;
    let engine = engine(&into, &world.clock).await;
    let public = world.account.public_id();
    engine.account_by_public_id(public).await.unwrap()
}

/// It is shown to the viewed person for as long as before; one that goes on ends with the backup, as its session does.
async fn ad_27_a_backup_holds_who_viewed_as_whom(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let ann = world.add_customer("Ann Lee", "ann@example.org").await;
    let minute = Duration::from_secs(60);
    for _ in 0..2 {
        let until = Moment(world.engine.now().0 + 30 * 60_000);
        let session = NewSession {
            person: world.boss,
            tried: None,
            browser: "Firefox",
            ends_at: Moment(until.0 + 1),
            proved_at: None,
            proof: SignInProof::Password,
            through: None,
        };
        let begun = world.account.begin_sign_in_session(session, |_| true).await;
        begun.unwrap();
        let sessions = world.account.sign_in_sessions(world.boss, i64::MAX / 2);
        let newest = sessions.await.unwrap();
        let newest = newest
            .iter()
            .max_by_key(|session| session.began_at)
            .unwrap();
        let view = world
            .account
            .begin_viewing(&newest.id, world.boss, ann, until);
        view.await.unwrap();
        world.clock.advance(20 * minute);
    }
    let told = async |account: &Account| {
        let viewings = account.viewings_of(ann, None, 10).await.unwrap();
        let told = viewings.iter();
        told.map(|one| (one.viewer, one.since, one.until))
            .collect::<Vec<_>>()
    };
    let mut before = told(&world.account).await;
    let now = world.engine.now();
    assert_eq!(before.len(), 2);
    assert!(before[0].2 > now && before[1].2 <= now);
    before[0].2 = now;
    let account = restored(&world, &db).await;
    assert_eq!(told(&account).await, before);
    assert_eq!(
        account
            .sign_in_sessions(world.boss, i64::MAX / 2)
            .await
            .unwrap(),
        []
    );
    account.engine().clone().close().await;
}

async fn ad_29_a_backup_holds_when_tokens_were_used(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let tokens = [0, 1].map(|_| PublicId::<TokenId>::new(world.engine.new_uuid()));
    for id in tokens {
        let expires = Moment(world.engine.now().0 + 86_400_000);
        let issue = Command::IssueToken {
            id,
            owner: TokenOwner::Person(world.boss),
            expires,
        };
        let secret = NewSecret {
            purpose: Purpose::Token,
            of: Some(Of::public(id)),
            secret: Secret::make(world.engine.randomness().as_ref()),
            expires_at: Some(expires),
        };
        world
            .submit(Change::from(issue).with_secret(secret))
            .await
            .unwrap();
    }
    let state = world.account.state();
    let tokens = tokens.map(|id| state.resolve(id).unwrap());
    world.clock.advance(Duration::from_secs(60));
    world.account.use_token(tokens[0]).await.unwrap();
    let used = [(tokens[0], world.engine.now())];
    world.clock.advance(Duration::from_secs(60));
    let account = restored(&world, &db).await;
    let uses = account.token_uses(&tokens).await.unwrap();
    assert_eq!(uses, HashMap::from(used), "the other one never was");
    account.engine().clone().close().await;
}

async fn a_changed_backup_is_refused(db: TestDatabase) {
    let world = World::open(&db.address).await;
    world.add_customer("Ann Lee", "ann@example.org").await;
    let file = db.directory.join("ledger.backup");
    backup(world.engine.database(), &file, world.engine.now())
        .await
        .unwrap();
    let sound = std::fs::read(&file).unwrap();
    let target = Database::open(&DatabaseConfig::at(&db.file("restored.db")))
        .await
        .unwrap();
    // A name is changed (the chain does not cover names, the digest does); and the end is missing.
    let mut edited = sound.clone();
    let name = sound
        .windows(7)
        .position(|bytes| bytes == b"Ann Lee")
        .unwrap();
    edited[name] = b'E';
    for bytes in [edited.as_slice(), &sound[..sound.len() - 10], &sound[..40]] {
        std::fs::write(&file, bytes).unwrap();
        assert!(restore(&target, &file).await.is_err());
    }
    std::fs::write(&file, sound).unwrap();
    restore(&target, &file).await.unwrap();
}
