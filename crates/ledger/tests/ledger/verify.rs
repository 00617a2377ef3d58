//! `verify` finds what somebody changed behind the ledger's back.

use ledger::{LedgerError, verify};

use crate::common::{TestDatabase, World, engine};

testkit::on_both![
    verify_names_the_first_bad_entry,
    verify_compares_rows_and_snapshots,
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
