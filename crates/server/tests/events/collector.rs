//! The audit log for a collector, as JSON lines.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    house::House,
    receiver::{Came, Receiver},
};

testkit::on_both![
    a_collector_misses_nothing_and_is_shown_what_it_asked_for,
    what_one_server_is_shown_no_other_one_sees,
];

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

/// Whoever changes the address never saw what is sent as `Authorization`, and does not get it.
async fn what_one_server_is_shown_no_other_one_sees(db: TestDatabase) {
    let mut house = House::open(&db).await;
    let (receiver, other) = (Receiver::open().await, Receiver::open().await);
    let new = json!({
        "form": "collector", "name": "Log", "connection": house.listener, "url": receiver.url(),
        "authorization": "Splunk 0123-4567", "kinds": ["group.created"],
    });
    let id = house.made("subscriptions", new).await;
    let path = format!("/api/v1/subscriptions/{id}");
    let change = async |to: Value| {
        let read = house.get(&format!("subscriptions/{id}")).await;
        let mark = [("if-mark", read["mark"].as_str().unwrap())];
        let owner = &house.owner;
        house
            .answer(Method::PUT, &path, owner, Some(to), &mark)
            .await
    };
    let mut to = json!({"name": "Log", "url": other.url(), "kinds": ["group.created"]});
    let (status, said) = change(to.clone()).await;
    assert_eq!(
        (status, &said["at"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/authorization"))
    );
    // Another place of the same server is another matter.
    to["url"] = json!(format!("{}/more", receiver.url()));
    assert_eq!(change(to.clone()).await.0, StatusCode::OK);
    to["url"] = json!(other.url());
    to["authorization"] = json!("Other 89");
    assert_eq!(change(to).await.0, StatusCode::OK);
    house.tell();
    house.made("groups", json!({"name": "One"})).await;
    let came = other.until(|all| !all.is_empty()).await;
    assert_eq!(came[0].header("authorization"), "Other 89");
    assert!(receiver.all().is_empty());
}
