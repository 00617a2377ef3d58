//! The audit log for a collector, as JSON lines.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    house::House,
    receiver::{Came, Receiver},
};

testkit::on_both![a_collector_misses_nothing_and_is_shown_what_it_asked_for];

fn lines(came: &[Came]) -> Vec<Value> {
    let lines = came.iter().flat_map(|came| came.body.lines());
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

async fn a_collector_misses_nothing_and_is_shown_what_it_asked_for(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let receiver = Receiver::answering(&["200 OK"]).await;
    let new = json!({
        "form": "collector", "name": "Log", "connection": house.listener, "url": receiver.url(),
        "authorization": "Splunk 0123-4567",
    });
    let made = house.ask(Method::POST, "subscriptions", Some(new)).await;
    assert_eq!(made.get("secret"), None, "{made}");
    let id = made["id"].as_str().unwrap().to_owned();
    house
        .ask(
            Method::POST,
            &format!("subscriptions/{id}/replay"),
            Some(json!({"since": "0"})),
        )
        .await;
    house.tell();
    let version = house.version().0 as usize;
    let came = receiver.until(|all| lines(all).len() >= version).await;
    assert_eq!(lines(&came).len(), version);
    assert_eq!(lines(&came)[0]["type"], "account.opened");
    for one in &came {
        assert_eq!(one.header("authorization"), "Splunk 0123-4567");
        assert_eq!(one.header("content-type"), "application/x-ndjson");
        assert!(!one.body.contains("Olga") && !one.body.contains("owner@"));
    }
    // While it takes nothing the log keeps what happens, and it comes in its order and once.
    receiver.answer(&["503 Full"]);
    for name in 0..5 {
        house
            .made("groups", json!({"name": name.to_string()}))
            .await;
    }
    let refused = came.len();
    receiver.until(|all| all.len() > refused).await;
    house.until_state(&id, "active").await;
    receiver.answer(&["200 OK"]);
    let before = receiver.all().len();
    for _ in 0..6 {
        house.advance(Duration::from_secs(5)).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let all = receiver.until(|all| all.len() > before).await;
    let told = lines(&all[before..]);
    let kinds: Vec<_> = told
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["group.created"; 5], "{told:?}");
    let shown = house.get("subscriptions").await.to_string();
    assert!(!shown.contains("0123-4567"), "{shown}");
}
