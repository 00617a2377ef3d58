//! Rights that end by themselves.

use std::time::Duration;

use access::decide::OnAccount;
use access::decide::permissions::{ManageUsers, OpenPortal};
use access::{Command, Subject};

use crate::common::{TestDatabase, World};

testkit::on_both![
    cc_14_a_standing_right_ends_within_a_second,
    a_standing_right_does_not_outlive_its_owner
];

async fn cc_14_a_standing_right_ends_within_a_second(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let customer = world.add_customer("Ann", "ann@example.org").await;
    let subject = Subject::Person(world.boss);
    assert!(
        world
            .account
            .stand(Subject::Person(customer), OpenPortal, OnAccount)
            .is_err()
    );

    let mut standing = world.account.stand(subject, OpenPortal, OnAccount).unwrap();
    let ended = tokio::time::timeout(Duration::from_millis(100), standing.ended()).await;
    assert!(ended.is_err(), "it lasts while it is held");
    let watcher =
        tokio::spawn(async move { standing.run(std::future::pending::<()>()).await.is_err() });
    world
        .account
        .submit(
            access::Actor::System(access::command::SystemSubject::Operator),
            Command::SetAccountActive { active: false },
            crate::common::options(),
        )
        .await
        .unwrap();
    let cut = tokio::time::timeout(Duration::from_secs(1), watcher).await;
    assert!(cut.expect("it ends within one second").unwrap());
}

async fn a_standing_right_does_not_outlive_its_owner(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let mut standing = world
        .account
        .stand(Subject::Person(world.boss), ManageUsers, world.boss)
        .unwrap();
    assert_eq!(standing.run(async { 7 }).await.unwrap(), 7);
    assert_eq!(
        (standing.subject(), standing.on()),
        (Subject::Person(world.boss), world.boss)
    );
}
