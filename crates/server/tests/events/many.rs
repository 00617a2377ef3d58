//! A hundred webhooks, of which one hangs: the others hear all the same. How soon, the benchmark says.

use serde_json::json;
use testkit::databases::TestDatabase;

use super::{house::House, receiver::Receiver};

testkit::on_both![one_that_hangs_keeps_no_other_one_waiting];

const WEBHOOKS: usize = 100;
const EVENTS: usize = 3;

async fn one_that_hangs_keeps_no_other_one_waiting(db: TestDatabase) {
    let mut house = House::in_real_time(&db).await;
    let hanging = Receiver::answering(&["hang"]).await;
    house.webhook_to(&hanging.url(), &["group.created"]).await;
    let receiver = Receiver::open().await;
    for _ in 1..WEBHOOKS {
        house.webhook_to(&receiver.url(), &["group.created"]).await;
    }
    house.tell();
    for name in 1..=EVENTS {
        house
            .made("groups", json!({"name": name.to_string()}))
            .await;
        let all_heard = name * (WEBHOOKS - 1);
        receiver.until(|all| all.len() == all_heard).await;
    }
    assert_eq!(hanging.all().len(), 1);
    // The server stops all the same.
    house.stop_telling().await;
}
