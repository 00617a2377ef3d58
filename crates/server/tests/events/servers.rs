//! Several servers on one database: one tells a subscription, and another one goes on where it was left.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;
use testkit::databases::TestDatabase;

use super::{
    house::House,
    receiver::{Came, Receiver},
};

testkit::on_both![
    of_two_servers_one_tells_and_the_other_one_goes_on,
    what_a_killed_server_was_telling_is_told_by_another_one_when_its_lease_is_over,
];

fn ids(came: &[Came]) -> BTreeSet<String> {
    came.iter()
        .map(|one| one.header("webhook-id").to_owned())
        .collect()
}

async fn of_two_servers_one_tells_and_the_other_one_goes_on(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::open().await;
    house.webhook_to(&receiver.url(), &["group.created"]).await;
    house.tell();
    house.tell();
    for name in 1..=20 {
        if name == 10 {
            // It leaves its subscriptions at once.
            house.stop_telling().await;
        }
        house
            .made("groups", json!({"name": name.to_string()}))
            .await;
    }
    receiver.until(|all| all.len() >= 20).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    let came = receiver.all();
    assert_eq!((came.len(), ids(&came).len()), (20, 20));
}

async fn what_a_killed_server_was_telling_is_told_by_another_one_when_its_lease_is_over(
    db: TestDatabase,
) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::answering(&["204 No Content", "hang"]).await;
    let (id, _) = house.webhook_to(&receiver.url(), &["group.created"]).await;
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    house.until_listed(&id, "delivered", 1).await;
    house.tell();
    // It dies while its receiver thinks about the second.
    house.made("groups", json!({"name": "Two"})).await;
    receiver.until(|all| all.len() == 2).await;
    house.kill_telling().await;
    receiver.answer(&["204 No Content"]);
    house.made("groups", json!({"name": "Three"})).await;
    house.advance(Duration::from_secs(15)).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(receiver.all().len(), 2, "the lease is not over");
    house.advance(Duration::from_secs(10)).await;
    let came = receiver.until(|all| all.len() == 4).await;
    // What was on its way comes again with the id that it had, and nothing is left out.
    assert_eq!(came[1].header("webhook-id"), came[2].header("webhook-id"));
    assert_eq!(ids(&came).len(), 3);
}
