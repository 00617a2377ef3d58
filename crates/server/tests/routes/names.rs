//! Renaming over HTTP: one route for each kind of thing, and the name never in the log.

use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::world::World;

testkit::on_both![
    every_kind_of_thing_is_renamed_and_the_log_never_holds_the_name,
    a_name_is_one_line_and_somebody_who_may_not_create_does_not_rename,
];

const KINDS: [(&str, &str); 10] = [
    ("roles", "role"),
    ("user-groups", "user_group"),
    ("device-groups", "device_group"),
    ("devices", "device"),
    ("groups", "group"),
    ("companies", "company"),
    ("services", "service"),
    ("queues", "queue"),
    ("licences", "licence"),
    ("connections", "connection"),
];

impl World {
    async fn name_of(&self, path: &str) -> String {
        let answer = self.get(path, &self.owner).await;
        answer.body["name"].as_str().unwrap().to_owned()
    }
}

// proves: AD-20
async fn every_kind_of_thing_is_renamed_and_the_log_never_holds_the_name(db: TestDatabase) {
    let world = World::make(&db).await;
    for (path, kind) in KINDS {
        let path = format!("/api/v1/{path}/{}", world.ids[kind]);
        let (old, new) = (world.name_of(&path).await, format!("Xylophone {kind}"));
        let body = json!({"name": new});
        let dry = format!("{path}/name?dry_run=true");
        world.done(Method::PUT, &dry, body.clone()).await;
        assert_eq!(world.name_of(&path).await, old, "a dry run of {kind}");
        world.done(Method::PUT, &format!("{path}/name"), body).await;
        assert_eq!(world.name_of(&path).await, new);
        // What was looked at before and is looked at now is the same thing.
        let found = path.rsplit_once('/').unwrap().0;
        let found = world
            .get(&format!("{found}?q=xylophone"), &world.owner)
            .await;
        assert_eq!(found.body["items"][0]["id"], world.ids[kind], "{kind}");
    }
    let log = world.account.log_page(None, 500).await.unwrap();
    let holds = |bytes: &[u8]| bytes.windows(9).any(|part| part == b"Xylophone");
    assert!(log.iter().all(|entry| !holds(&entry.events)));
    let renames = log.iter().filter(|entry| entry.act == "rename");
    assert_eq!(renames.count(), KINDS.len());
}

async fn a_name_is_one_line_and_somebody_who_may_not_create_does_not_rename(db: TestDatabase) {
    let world = World::make(&db).await;
    let path = format!("/api/v1/licences/{}/name", world.ids["licence"]);
    for name in ["", "  ", "two\nlines"] {
        let answer = world
            .send(
                Method::PUT,
                &path,
                Some(&world.owner),
                Some(json!({"name": name})),
            )
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
    }
    let answer = world
        .send(
            Method::PUT,
            &path,
            Some(&world.nobody),
            Some(json!({"name": "Mine"})),
        )
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.body["code"], "permission_missing");
}
