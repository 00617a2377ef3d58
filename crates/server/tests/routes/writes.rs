//! What is answered as done is done.

use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::world::World;

testkit::on_both![
    ad_20_what_is_given_to_oneself_is_marked_in_the_audit_log,
    sd_23_the_denylist_changes_where_nothing_else_does,
];

/// SD-23: the denylist alone changes, while the policy is what it was.
async fn sd_23_the_denylist_changes_where_nothing_else_does(db: TestDatabase) {
    let world = World::make(&db).await;
    let path = "/api/v1/registration";
    let denied = async || {
        let asked = format!("{path}/denylist/spam.example");
        world.get(&asked, &world.owner).await.body["denied"].clone()
    };
    let policy = world.get(path, &world.owner).await.body["policy"].clone();
    for (change, after) in [("deny", true), ("allow", false)] {
        let body = json!({"policy": policy, change: ["spam.example"]});
        let done = world
            .send(Method::PUT, path, Some(&world.owner), Some(body))
            .await;
        assert_eq!(
            (done.status, &done.body["changed"]),
            (StatusCode::OK, &json!(true))
        );
        assert_eq!(denied().await, json!(after));
    }
}

/// RULES §4: the owner gave themselves a seat when the world was made.
async fn ad_20_what_is_given_to_oneself_is_marked_in_the_audit_log(db: TestDatabase) {
    let world = World::make(&db).await;
    let path = "/api/v1/audit?page_size=500";
    let audit = world.get(path, &world.owner).await.body;
    let marks = |entry: &serde_json::Value| {
        let changes = entry["changes"].as_array().unwrap();
        let mut marks = changes
            .iter()
            .filter_map(|change| change["after"].get("given_to_oneself"));
        marks.any(|mark| mark["person"] == entry["actor"])
    };
    let entries = audit["items"].as_array().unwrap();
    let marked: Vec<_> = entries.iter().filter(|entry| marks(entry)).collect();
    assert!(
        !marked.is_empty() && marked.len() < entries.len(),
        "{audit}"
    );
}
