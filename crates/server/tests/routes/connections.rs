//! Connections over HTTP: who made one is shown, and it lives on when they leave.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::{World, token_of};

testkit::on_both![ad_29_the_maker_of_a_connection_is_shown_and_it_lives_on_when_they_leave];

const SUPER_ADMIN: &str = "rol_00000000000000000000000000000001";

/// Makes something with a token; the answer.
async fn made(world: &World, token: &str, path: &str, body: Value) -> Value {
    let answer = world.send(Method::POST, path, Some(token), Some(body));
    let answer = answer.await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

async fn ad_29_the_maker_of_a_connection_is_shown_and_it_lives_on_when_they_leave(
    db: TestDatabase,
) {
    let world = World::make(&db).await;
    let sue = world.user("Sue Super", "sue@example.net", &world.account);
    let sue = sue.await;
    let role = format!("/api/v1/people/{sue}/account-role");
    let super_admin = json!({"role": SUPER_ADMIN});
    world.done(Method::PUT, &role, super_admin).await;
    let token = token_of(&world.account, &sue).await;
    // A role by which nobody is seen.
    let role = json!({"name": "Auditor", "permissions": ["admin.audit.view"]});
    let role = world.done(Method::POST, "/api/v1/roles", role).await;
    let body = json!({"name": "Sync", "role": role});
    let made_by_sue = made(&world, &token, "/api/v1/connections", body).await;
    let path = format!(
        "/api/v1/connections/{}",
        made_by_sue["id"].as_str().unwrap()
    );
    let body = json!({"name": "Robot", "expires": world.soon});
    let robot = made(&world, &world.owner, &format!("{path}/tokens"), body).await;
    let robot = robot["secret"].as_str().unwrap();

    let shown = async || {
        let answer = world.get(&path, &world.owner).await;
        (
            answer.body["maker"].clone(),
            answer.body["maker_left"].clone(),
        )
    };
    assert_eq!(shown().await, (json!(sue), json!(false)));
    // The connection is told of itself, and of nobody whom it does not see.
    let itself = world.get(&path, robot).await;
    assert_eq!(itself.body.get("maker"), None, "{}", itself.body);

    let path = format!("/api/v1/people/{sue}/deactivation");
    let user = json!({"facet": "user"});
    world.done(Method::POST, &path, user).await;
    assert_eq!(shown().await, (json!(sue), json!(true)));
    let me = world.get("/api/v1/me", robot).await;
    assert_eq!(me.status, StatusCode::OK, "{}", me.body);
    let gone = world.get("/api/v1/me", &token).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
    let listed = world.get("/api/v1/connections", &world.owner).await;
    let listed = listed.body["items"].as_array().unwrap().clone();
    let left = listed.iter().map(|item| (&item["id"], &item["maker_left"]));
    let left: Vec<_> = left.filter(|(_, left)| **left == json!(true)).collect();
    assert_eq!(left, [(&made_by_sue["id"], &json!(true))]);
}
