//! States of the past are many bytes each: few are held, whoever asks.

use std::sync::Arc;

use ledger::{LedgerError, When};

use crate::common::{TestDatabase, World, engine};

testkit::on_both![
    a_past_state_is_loaded_once_and_few_are_held,
    a_position_that_is_none_loads_nothing,
];

async fn a_past_state_is_loaded_once_and_few_are_held(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let mut positions = Vec::new();
    for index in 0..8 {
        let email = format!("c{index}@example.org");
        world.add_customer("C", &email).await;
        positions.push(When::Position(world.account.state().version().0));
    }
    // Another node, whose ring does not have them.
    let node = engine(&db.address, &world.clock).await;
    let account = node.account(world.account.id()).await.unwrap();
    let first = account.state_at(positions[0]).await.unwrap();
    let again = account.state_at(positions[0]).await.unwrap();
    assert!(Arc::ptr_eq(&first, &again), "loaded once");
    // Those who only look give their place to the next.
    for (index, position) in positions[..7].iter().enumerate() {
        let state = account.state_at(*position).await.unwrap();
        assert_eq!(state.people().len(), index + 2);
    }
    // Those who hold on do not, and the node holds no more than it can.
    let mut held = vec![first];
    let refused = loop {
        let next = positions[held.len()];
        match account.state_at(next).await {
            Ok(state) => held.push(state),
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, LedgerError::Busy(_)), "{refused:?}");
    assert_eq!(held.len(), 2);
    drop(held);
    account.state_at(positions[6]).await.unwrap();
}

async fn a_position_that_is_none_loads_nothing(db: TestDatabase) {
    let world = World::open(&db.address).await;
    for position in [1, 1_000_000, u64::MAX] {
        let past = world.account.state_at(When::Position(position)).await;
        assert!(matches!(past, Err(LedgerError::Unknown(_))), "{past:?}");
    }
}
