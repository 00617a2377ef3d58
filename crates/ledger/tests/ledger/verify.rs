//! `verify` finds what somebody changed behind the ledger's back.

use access::Actor;
use ledger::{LedgerError, SubmitError, verify};

use crate::common::{TestDatabase, World, engine, options};

testkit::on_both![
    verify_names_the_first_bad_entry,
    verify_compares_rows_and_snapshots,
    verify_reads_the_bytes_of_snapshots,
    a_snapshot_of_another_form_is_not_read,
    a_damaged_account_fails_its_own_acts_only,
];

async fn verify_names_the_first_bad_entry(db: TestDatabase) {
    let world = World::open(&db.address).await;
    world.add_customer("Ann", "ann@example.org").await;
    let head = world.account.head();
    world.add_customer("Bob", "bob@example.org").await;
    let (database, id) = (world.engine.database().clone(), world.account.id());
    let sound = verify(&database, id, Some(head.hash)).await.unwrap();
    assert_eq!((sound.head, sound.people), (world.account.head(), 3));
    let unknown = ledger::Hash::of(b"another history");
    assert!(matches!(
        verify(&database, id, Some(unknown)).await,
        Err(LedgerError::Damaged(_))
    ));

    let mut tx = database.begin().await.unwrap();
    let edited = "UPDATE log SET actor = 'person:9' WHERE position = $1";
    tx.execute(edited, [i64::try_from(head.position).unwrap().into()])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let Err(LedgerError::Damaged(what)) = verify(&database, id, None).await else {
        panic!("an edit is not noticed")
    };
    assert!(
        what.contains(&format!("position {}", head.position)),
        "{what}"
    );
}

async fn verify_compares_rows_and_snapshots(db: TestDatabase) {
    let world = World::open(&db.address).await;
    world.add_customer("Ann", "ann@example.org").await;
    world.account.snapshot().await.unwrap();
    let (database, id) = (world.engine.database().clone(), world.account.id());
    let edit = async |sql: &'static str| {
        let mut tx = database.begin().await.unwrap();
        tx.execute(sql, []).await.unwrap();
        tx.commit().await.unwrap();
    };
    edit("UPDATE person_row SET company = 5 WHERE person = 2").await;
    let Err(LedgerError::Damaged(what)) = verify(&database, id, None).await else {
        panic!("a wrong row is not noticed")
    };
    assert!(what.contains("person 2"), "{what}");
    edit("UPDATE person_row SET company = NULL WHERE person = 2").await;
    verify(&database, id, None).await.unwrap();
    edit("UPDATE snapshots SET state_hash = head").await;
    let Err(LedgerError::Damaged(what)) = verify(&database, id, None).await else {
        panic!("a snapshot is not compared")
    };
    assert!(what.contains("snapshot"), "{what}");
    // A start passes over the damaged snapshot: the log has everything.
    let again = engine(&db.address, &world.clock).await;
    assert_eq!(
        again.account(id).await.unwrap().head(),
        world.account.head()
    );
}

/// Changes something behind the ledger's back.
async fn edit(world: &World, sql: &'static str) {
    let mut tx = world.engine.database().begin().await.unwrap();
    assert!(tx.execute(sql, []).await.unwrap() > 0);
    tx.commit().await.unwrap();
}

async fn verify_reads_the_bytes_of_snapshots(db: TestDatabase) {
    let world = World::open(&db.address).await;
    world.add_customer("Ann", "ann@example.org").await;
    world.account.snapshot().await.unwrap();
    edit(&world, "UPDATE snapshots SET body = state_hash").await;
    let verified = verify(world.engine.database(), world.account.id(), None).await;
    let Err(LedgerError::Damaged(what)) = verified else {
        panic!("other bytes are not noticed: {verified:?}")
    };
    assert!(what.contains("snapshot"), "{what}");
}

async fn a_snapshot_of_another_form_is_not_read(db: TestDatabase) {
    let world = World::open(&db.address).await;
    world.add_customer("Ann", "ann@example.org").await;
    world.account.snapshot().await.unwrap();
    // As another program would have written it: sound, and not to be read as what we write.
    edit(&world, "UPDATE snapshots SET format = 0, state_hash = head").await;
    let (database, id) = (world.engine.database().clone(), world.account.id());
    assert_eq!(verify(&database, id, None).await.unwrap().snapshots, 0);
    let again = engine(&db.address, &world.clock).await;
    let account = again.account(id).await.unwrap();
    assert_eq!(account.head(), world.account.head());
    // A new one takes its place.
    account.snapshot().await.unwrap();
    assert_eq!(verify(&database, id, None).await.unwrap().snapshots, 1);
    let mut reading = account.read().await.unwrap();
    let rows = reading
        .tx
        .fetch_all("SELECT format FROM snapshots", [])
        .await;
    assert_eq!(rows.unwrap().len(), 1);
}

async fn a_damaged_account_fails_its_own_acts_only(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let other = World::open_in(&world.engine, &world.clock).await;
    let damage =
        "UPDATE heads SET hash = (SELECT hash FROM heads WHERE account = 2) WHERE account = 1";
    edit(&world, damage).await;
    let mut waiting = Vec::new();
    for index in 0..10 {
        for (sound, world) in [(false, &world), (true, &other)] {
            let email = format!("c{index}@example.org");
            let (account, boss) = (&world.account, Actor::Person(world.boss));
            let change = world.customer("C", &email).1;
            waiting.push((sound, account.begin(boss, change, options()).await.unwrap()));
        }
    }
    for (sound, begun) in waiting {
        match (sound, begun.await) {
            (true, Ok(_)) => {}
            (false, Err(SubmitError::Failed(LedgerError::Damaged(_)))) => {}
            (_, outcome) => panic!("{outcome:?}"),
        }
    }
    assert_eq!(other.account.state().people().len(), 11);
    assert_eq!(world.account.state().people().len(), 1);
}
