//! AD-24 over SCIM: a directory switches off everybody but the last Super admin, at once, and brings back whom it outranks.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    scim::{ADMIN, Directory, SUPER_ADMIN, id, refusal},
    world::{World, token_of},
};

testkit::on_both![
    ad_24_inactive_is_deactivated_with_everything_at_once,
    ad_24_deleted_is_deactivated_and_hidden_and_comes_back,
    ad_24_bringing_back_needs_rank,
    ad_24_the_last_super_admin_stays,
    ad_24_a_superior_keeps_their_profile_and_is_switched_off,
    ad_29_a_connection_that_may_not_manage_users_changes_nothing,
    ad_30_access_is_told_on_request_and_never_written,
];

fn active(value: Value) -> Value {
    json!([{"op": "Replace", "path": "active", "value": value}])
}

async fn role(world: &World, person: &str, role: &str) {
    let path = format!("/api/v1/people/{person}/account-role");
    world.done(Method::PUT, &path, json!({"role": role})).await;
}

async fn status(directory: &Directory<'_>, person: &str) -> Value {
    directory.person(person).await["user"]["status"].clone()
}

async fn ad_24_inactive_is_deactivated_with_everything_at_once(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let ann = world
        .user("Ann Able", "ann@example.net", &world.account)
        .await;
    let linked = directory
        .user(json!({"userName": "ann@example.net", "active": true}))
        .await;
    assert_eq!(linked["id"], json!(ann));
    // AD-15: without a seat they would be suspended.
    let seat = format!("/api/v1/licences/{}/holders/{ann}", world.ids["licence"]);
    world.done(Method::PUT, &seat, json!({})).await;
    let token = token_of(&world.account, &ann).await;
    assert_eq!(world.get("/api/v1/me", &token).await.status, StatusCode::OK);
    let path = format!("/Users/{ann}");
    // Entra ID writes it as a text.
    let off = directory.patch(&path, active(json!("False"))).await;
    assert_eq!(off.status, StatusCode::OK, "{}", off.body);
    assert_eq!(off.body["active"], false);
    assert_eq!(status(&directory, &ann).await, "deactivated");
    let me = world.get("/api/v1/me", &token).await;
    assert_eq!(me.status, StatusCode::UNAUTHORIZED);
    // It is listed still, and comes back where the directory outranks it.
    assert_eq!(directory.get(&path).await.body["active"], false);
    let on = directory.patch(&path, active(json!(true))).await;
    assert_eq!(on.status, StatusCode::OK, "{}", on.body);
    assert_eq!(on.body["active"], true);
    assert_ne!(status(&directory, &ann).await, "deactivated");
    // The old token is gone for good.
    let me = world.get("/api/v1/me", &token).await;
    assert_eq!(me.status, StatusCode::UNAUTHORIZED);
    let new = directory
        .user(json!({"userName": "off from the start", "active": false}))
        .await;
    assert_eq!(status(&directory, &id(&new)).await, "deactivated");
}

async fn ad_24_deleted_is_deactivated_and_hidden_and_comes_back(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let ann = directory
        .user(json!({"userName": "ann@example.org", "externalId": "1", "title": "x"}))
        .await;
    let ann = id(&ann);
    let group = directory.group("All", &[&ann]).await;
    let path = format!("/Users/{ann}");
    let deleted = directory.ask(Method::DELETE, &path, None).await;
    assert_eq!(
        (deleted.status, deleted.body),
        (StatusCode::NO_CONTENT, Value::Null)
    );
    assert_eq!(status(&directory, &ann).await, "deactivated");
    assert_eq!(refusal(&directory.get(&path).await).0, 404);
    assert_eq!(
        refusal(&directory.patch(&path, active(json!(true))).await).0,
        404
    );
    let found = directory
        .get("/Users?filter=userName%20eq%20%22ann@example.org%22")
        .await;
    assert_eq!(
        (found.status, &found.body["totalResults"]),
        (StatusCode::OK, &json!(0))
    );
    let shown = directory.get(&format!("/Groups/{group}")).await.body;
    assert_eq!(shown.get("members"), None);
    let again = directory
        .user(json!({"userName": "Ann@example.org", "externalId": "1"}))
        .await;
    assert_eq!(again["id"], json!(ann));
    assert_eq!(again.get("title"), None);
    assert_eq!(status(&directory, &ann).await, "invited");
}

async fn ad_24_bringing_back_needs_rank(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let boss = world
        .user("Boss Bo", "boss@example.net", &world.account)
        .await;
    role(&world, &boss, ADMIN).await;
    let linked = directory
        .user(json!({"userName": "boss@example.net", "active": true}))
        .await;
    assert_eq!(linked["id"], json!(boss));
    let path = format!("/Users/{boss}");
    directory.patch(&path, active(json!(false))).await;
    assert_eq!(status(&directory, &boss).await, "deactivated");
    let before = directory.get(&path).await.body;
    let back = directory.patch(&path, active(json!(true))).await;
    let (code, _, detail) = refusal(&back);
    assert_eq!(code, 403);
    assert!(detail.contains("AD-24"), "{detail}");
    assert_eq!(directory.get(&path).await.body, before);
    directory.ask(Method::DELETE, &path, None).await;
    let again = super::scim::user(json!({"userName": "boss@example.net"}));
    let back = directory.ask(Method::POST, "/Users", Some(again)).await;
    assert_eq!(refusal(&back).0, 403);
    assert_eq!(refusal(&directory.get(&path).await).0, 404);
    assert_eq!(status(&directory, &boss).await, "deactivated");
}

async fn ad_24_the_last_super_admin_stays(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let sue = world
        .user("Sue Super", "sue@example.net", &world.account)
        .await;
    role(&world, &sue, SUPER_ADMIN).await;
    let linked = directory
        .user(json!({"userName": "owner@example.net", "active": true}))
        .await;
    let olga = id(&linked);
    directory.user(json!({"userName": "sue@example.net"})).await;
    let gone = directory
        .ask(Method::DELETE, &format!("/Users/{sue}"), None)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
    let path = format!("/Users/{olga}");
    let before = directory.get(&path).await.body;
    for answer in [
        directory.patch(&path, active(json!(false))).await,
        directory.ask(Method::DELETE, &path, None).await,
    ] {
        let (status, _, detail) = refusal(&answer);
        assert!(matches!(status, 403 | 409), "{detail}");
        assert!(detail.contains("AD-8"), "{detail}");
    }
    assert_eq!(directory.get(&path).await.body, before);
    assert_eq!(
        world.get("/api/v1/me", &world.owner).await.status,
        StatusCode::OK
    );
}

async fn ad_24_a_superior_keeps_their_profile_and_is_switched_off(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let boss = world
        .user("Boss Bo", "boss@example.net", &world.account)
        .await;
    role(&world, &boss, ADMIN).await;
    let linked = directory
        .user(json!({"userName": "boss@example.net", "displayName": "Clown", "active": true}));
    assert_eq!(linked.await["id"], json!(boss));
    assert_eq!(directory.person(&boss).await["name"], "Boss Bo");
    let newest = directory.log().await[0].clone();
    assert_eq!(
        (&newest["status"], &newest["code"]),
        (&json!(201), &json!("outranked")),
        "{newest}"
    );
    let path = format!("/Users/{boss}");
    let edit = json!([{"op": "replace", "path": "displayName", "value": "Fool"}]);
    assert_eq!(refusal(&directory.patch(&path, edit).await).0, 403);
    // What is kept of the directory alone is the directory's.
    let note = json!([{"op": "replace", "path": "name.middleName", "value": "M"}]);
    assert_eq!(directory.patch(&path, note).await.status, StatusCode::OK);
    let both = json!([
        {"op": "replace", "path": "displayName", "value": "Fool"},
        {"op": "replace", "path": "active", "value": false},
    ]);
    let off = directory.patch(&path, both).await;
    assert_eq!(off.status, StatusCode::OK, "{}", off.body);
    let person = directory.person(&boss).await;
    assert_eq!(person["user"]["status"], "deactivated");
    assert_eq!(person["name"], "Boss Bo");
}

async fn ad_29_a_connection_that_may_not_manage_users_changes_nothing(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::with_role(&world, &world.ids["role"]).await;
    let before = super::traces::traces(&world).await;
    for name in ["new", "owner@example.net"] {
        let body = super::scim::user(json!({"userName": name, "active": false}));
        let answer = directory.ask(Method::POST, "/Users", Some(body)).await;
        assert!(matches!(refusal(&answer).0, 403 | 404), "{}", answer.body);
    }
    let mut after = super::traces::traces(&world).await;
    let is_of_log = |(table, _): &(&str, i64)| *table == "provisioning_log";
    after.retain(|one| !is_of_log(one));
    let before: Vec<_> = before.into_iter().filter(|one| !is_of_log(one)).collect();
    assert_eq!(after, before);
}

async fn ad_30_access_is_told_on_request_and_never_written(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::with_role(&world, ADMIN).await;
    let ann = directory.user(json!({
        "userName": "ann", "roles": [{"value": SUPER_ADMIN}], "entitlements": [{"value": "x"}],
    }));
    let ann = ann.await;
    assert_eq!((ann.get("roles"), ann.get("entitlements")), (None, None));
    let path = format!("/Users/{}", id(&ann));
    let give = json!([{"op": "add", "path": "roles", "value": [{"value": SUPER_ADMIN}]}]);
    let given = directory.patch(&path, give).await;
    assert_eq!(given.status, StatusCode::OK, "{}", given.body);
    assert_eq!(given.body["meta"], ann["meta"]);
    let seat = format!(
        "/api/v1/licences/{}/holders/{}",
        world.ids["licence"],
        id(&ann)
    );
    world.done(Method::PUT, &seat, json!({})).await;
    let told = directory
        .get(&format!("{path}?attributes=roles,entitlements"))
        .await
        .body;
    assert_eq!(told["roles"][0]["display"], "Member", "{told}");
    let licence = &told["entitlements"][0];
    assert_eq!(licence["value"], json!(world.ids["licence"]), "{told}");
    assert_eq!(licence["type"], "licence");
    let usual = directory.get(&path).await.body;
    assert_eq!(usual.get("roles"), None);
}
