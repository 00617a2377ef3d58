//! Other products over HTTP: what is registered of them, who holds their roles, and roles that a catalogue dropped.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{bodies, cast::Cast, world::World};

testkit::on_both![
    ad_31_what_is_registered_of_a_product_is_listed_and_shown,
    ad_10_who_holds_roles_of_a_product_is_listed_as_far_as_they_are_seen,
    ad_25_a_role_that_the_catalogue_dropped_can_be_taken_from_a_person,
    ad_25_a_role_of_a_product_is_given_for_a_time,
];

impl World {
    async fn items(&self, path: &str) -> Vec<Value> {
        let answer = self.get(path, &self.owner).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.body["items"].as_array().unwrap().clone()
    }
}

async fn ad_31_what_is_registered_of_a_product_is_listed_and_shown(db: TestDatabase) {
    let world = World::make(&db).await;
    let rick = json!({"side": "subject", "type": "user", "external_id": "rick", "properties": {"email": "rick@example.net"}});
    let register = world.with_ids("/api/v1/products/{product}/things");
    let rick = world.done(Method::POST, &register, rick).await;
    let role = format!("/api/v1/things/{rick}/roles/editor");
    world.done(Method::PUT, &role, json!({})).await;
    // Of another product.
    let other = json!({"catalogue": bodies::SEARCH});
    world.done(Method::POST, "/api/v1/products", other).await;

    let expected = json!({
        "id": rick,
        "product": world.ids["product"],
        "side": "subject",
        "type": "user",
        "external_id": "rick",
        "properties": {"email": "rick@example.net"},
        "roles": ["editor"],
    });
    let listed = world.items("/api/v1/products/{product}/things").await;
    let names: Vec<_> = listed.iter().map(|item| &item["external_id"]).collect();
    assert_eq!(names, ["morty", "rick"]);
    assert_eq!(listed[1], expected, "and nothing else");
    let thing = format!("/api/v1/things/{rick}");
    let shown = world.get(&thing, &world.owner).await.body;
    let expected = expected.as_object().unwrap();
    assert!(
        expected.iter().all(|(key, value)| shown[key] == *value),
        "{shown}"
    );

    world.done(Method::DELETE, &thing, json!({})).await;
    let gone = world.get(&thing, &world.owner).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "{}", gone.body);
    let listed = world.items("/api/v1/products/{product}/things").await;
    assert_eq!(listed.len(), 1);
}

/// Whoever manages integrations, and nothing else, sees no people but themselves.
async fn ad_10_who_holds_roles_of_a_product_is_listed_as_far_as_they_are_seen(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    for who in ["ned", "una"] {
        let path = format!("products/{{product}}/people/{{{who}}}/roles/viewer");
        cast.put(&path, json!({})).await;
    }
    let path = cast.filled("/api/v1/products/{product}/people");
    let shown = cast.world.items(&path).await;
    let ids: Vec<_> = shown.iter().map(|item| item["id"].clone()).collect();
    assert_eq!(ids, [cast.id("ned"), cast.id("una")]);
    assert_eq!(shown[0]["roles"], json!([{"key": "viewer"}]));
    // Una knows of the product, because she has a role there, and no more of it than Max.
    for who in ["una", "max"] {
        let answer = cast.world.get(&path, &cast.token(who).await).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{who}");
    }
}

async fn ad_25_a_role_that_the_catalogue_dropped_can_be_taken_from_a_person(db: TestDatabase) {
    let world = World::make(&db).await;
    let role = world.with_ids("/api/v1/products/{product}/people/{person}/roles/evil_genius");
    world.done(Method::PUT, &role, json!({})).await;
    let (kept, _) = bodies::TODO.split_once("[roles.evil_genius]").unwrap();
    let replace = world.with_ids("/api/v1/products/{product}/catalogue");
    world
        .done(Method::PUT, &replace, json!({"catalogue": kept}))
        .await;
    let held = world.items("/api/v1/products/{product}/people").await;
    assert_eq!(held[0]["roles"], json!([{"key": "evil_genius"}]));
    let again = world
        .send(Method::PUT, &role, Some(&world.owner), Some(json!({})))
        .await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.body);

    world.done(Method::DELETE, &role, json!({})).await;
    let held = world.items("/api/v1/products/{product}/people").await;
    assert_eq!(held, Vec::<Value>::new());
}

async fn ad_25_a_role_of_a_product_is_given_for_a_time(db: TestDatabase) {
    let world = World::make(&db).await;
    let with_people = format!("{}\n[subject_types.person]\n", bodies::TODO);
    let replace = world.with_ids("/api/v1/products/{product}/catalogue");
    let body = json!({"catalogue": with_people});
    world.done(Method::PUT, &replace, body).await;
    let role = world.with_ids("/api/v1/products/{product}/people/{person}/roles/editor");
    let window = json!({"start": world.soon, "end": "2999-01-01T00:00:00Z"});
    world.done(Method::PUT, &role, window.clone()).await;
    let held = world.items("/api/v1/products/{product}/people").await;
    assert_eq!(
        held[0]["roles"],
        json!([{"key": "editor", "window": window}])
    );
    let question = json!({
        "subject": {"type": "person", "id": world.ids["person"]},
        "action": {"name": "can_read_todos"},
        "resource": {"type": "todo", "id": "1"},
    });
    let asked = async || {
        let path = "/access/v1/evaluation";
        let (token, body) = (Some(world.owner.as_str()), Some(question.clone()));
        world.send(Method::POST, path, token, body).await
    };
    assert_eq!(asked().await.body["decision"], false, "it has not begun");
    let window = json!({"end": "2999-01-01T00:00:00Z"});
    world.done(Method::PUT, &role, window).await;
    assert_eq!(asked().await.body["decision"], true);
}
