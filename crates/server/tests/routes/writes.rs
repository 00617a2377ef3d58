//! What is answered as done is done.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{cast::Cast, world::World};

testkit::on_both![
    sd_25_a_repeated_key_gets_the_first_answer_again,
    ad_20_what_is_given_to_oneself_is_marked_in_the_audit_log,
    sd_23_the_denylist_changes_where_nothing_else_does,
    sd_33_a_list_of_companies_keeps_those_that_its_writer_does_not_see,
];

/// SD-33: whoever replaces the list of companies of somebody may see a part of it; the rest stays, and the answer says nothing of it.
async fn sd_33_a_list_of_companies_keeps_those_that_its_writer_does_not_see(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let (owner, carl) = (&cast.world.owner, cast.token("carl").await);
    let path = cast.filled("/api/v1/people/{quin}/company-access");
    let stands = async |token: &str| {
        let asked = cast.filled("/api/v1/people/{quin}/access");
        let answer = cast.world.get(&asked, token).await;
        answer.body["companies"]["companies"].clone()
    };
    let (seen, hidden) = (cast.id("company"), cast.id("hidden_company"));
    let list = |ids: &[&str]| json!({"listed": {"companies": ids, "without_company": false}});
    for (written, changed, left) in [
        (list(&[seen]), false, vec![seen, hidden]),
        (list(&[]), true, vec![hidden]),
    ] {
        cast.world
            .done(Method::PUT, &path, list(&[seen, hidden]))
            .await;
        let sent = cast
            .world
            .send(Method::PUT, &path, Some(&carl), Some(written));
        let answer = sent.await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body["changed"], json!(changed), "{}", answer.body);
        assert!(!answer.body.to_string().contains(hidden));
        assert_eq!(stands(owner).await, json!(left));
    }
    // Whoever sees all of it replaces all of it.
    cast.world.done(Method::PUT, &path, list(&[seen])).await;
    assert_eq!(stands(owner).await, json!([seen]));
}

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

/// SD-25: whoever lost the answer asks again with the same key, and gets all of it.
async fn sd_25_a_repeated_key_gets_the_first_answer_again(db: TestDatabase) {
    let world = World::make(&db).await;
    let ask = async |key: &str, path: &str, body: serde_json::Value| {
        let request = Request::post(format!("/api/v1/{path}"))
            .header("authorization", format!("Bearer {}", world.owner))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()));
        let answer = world.answer(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    };
    let people = json!({"people": [world.ids["person"]], "level": "standard"});
    let role = json!({"name": "Payer", "permissions": ["admin.invoices.pay"]});
    let token = json!({"name": "Robot", "expires": world.soon});
    for (path, body, told) in [
        ("portal-levels", people, "outcomes"),
        ("roles", role, "notices"),
        ("tokens", token, "id"),
    ] {
        let mut first = ask(path, path, body.clone()).await;
        assert!(!first[told].is_null(), "{path}: {first}");
        // A secret is shown once.
        first.as_object_mut().unwrap().remove("secret");
        first["repeated"] = json!(true);
        assert_eq!(ask(path, path, body).await, first);
    }
}
