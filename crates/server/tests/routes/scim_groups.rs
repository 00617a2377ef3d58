//! SCIM groups over HTTP: what their mappings give comes and goes with their members (AD-30).

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    scim::{ADMIN, Directory, GROUP, id, refusal},
    world::World,
};

testkit::on_both![
    a_group_is_created_read_replaced_patched_and_deleted,
    ad_30_mappings_give_and_take_with_the_members,
    members_are_users_of_the_same_directory,
    providers_patch_groups_as_they_document,
];

fn members(body: &Value) -> Vec<&str> {
    let members = body["members"].as_array().into_iter().flatten();
    members
        .map(|member| member["value"].as_str().unwrap())
        .collect()
}

async fn a_group_is_created_read_replaced_patched_and_deleted(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let [a, b] = ["a", "b"].map(|name| json!({"userName": name}));
    let (a, b) = (id(&directory.user(a).await), id(&directory.user(b).await));
    let sent = json!({
        "schemas": [GROUP], "displayName": "Guides", "externalId": "g1",
        "members": [{"value": a, "type": "User", "$ref": format!("../Users/{a}")}],
    });
    let created = directory
        .ask(Method::POST, "/Groups", Some(sent.clone()))
        .await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    // The members are as they were sent, and nothing is added.
    assert_eq!(created.body["members"], sent["members"]);
    let path = format!("/Groups/{}", id(&created.body));
    assert!(created.leads_to.ends_with(&path));
    assert_eq!(directory.get(&path).await.body, created.body);
    let group = format!("/api/v1/provider-groups/{}", id(&created.body));
    let known = world.get(&group, &world.owner).await.body;
    assert_eq!(
        (&known["name"], &known["members"]),
        (&json!("Guides"), &json!(1))
    );

    let add = json!([{"op": "add", "path": "members", "value": [{"value": b}, {"value": a}]}]);
    let patched = directory.patch(&path, add).await;
    assert_eq!(
        (patched.status, patched.body),
        (StatusCode::NO_CONTENT, Value::Null)
    );
    let now = directory.get(&path).await.body;
    assert_eq!(members(&now), [&a, &b]);
    assert_ne!(now["meta"]["version"], created.body["meta"]["version"]);
    let only = format!("{path}?attributes=displayName");
    let rename = json!([{"op": "replace", "value": {"displayName": "Leads"}}]);
    let asked = directory.patch(&only, rename).await;
    assert_eq!(
        (asked.status, &asked.body["displayName"]),
        (StatusCode::OK, &json!("Leads"))
    );
    assert_eq!(world.get(&group, &world.owner).await.body["name"], "Leads");
    let without = directory
        .get(&format!("{path}?excludedAttributes=members"))
        .await
        .body;
    assert_eq!(
        (without.get("members"), &without["displayName"]),
        (None, &json!("Leads"))
    );

    let other = json!({"schemas": [GROUP], "displayName": "Leads", "members": [{"value": b}]});
    let replaced = directory.ask(Method::PUT, &path, Some(other)).await;
    assert_eq!(replaced.status, StatusCode::OK, "{}", replaced.body);
    assert_eq!(members(&replaced.body), [&b]);
    assert_eq!(replaced.body.get("externalId"), None);
    let twice = json!({"schemas": [GROUP], "displayName": "Other", "externalId": "g2"});
    directory
        .ask(Method::POST, "/Groups", Some(twice.clone()))
        .await;
    let twice = directory.ask(Method::POST, "/Groups", Some(twice)).await;
    assert_eq!(refusal(&twice).1, "uniqueness");

    let deleted = directory.ask(Method::DELETE, &path, None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.body);
    assert_eq!(refusal(&directory.get(&path).await).0, 404);
    assert_eq!(
        world.get(&group, &world.owner).await.status,
        StatusCode::NOT_FOUND
    );
}

async fn ad_30_mappings_give_and_take_with_the_members(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::with_role(&world, ADMIN).await;
    let [a, b] = ["a", "b"].map(|name| json!({"userName": name}));
    let (a, b) = (id(&directory.user(a).await), id(&directory.user(b).await));
    let group = directory.group("Agents", &[&a]).await;
    let mapping = json!({"provider_group": group, "kind": "licence", "id": world.ids["licence"]});
    let path = format!("/api/v1/connections/{}/mappings", directory.id);
    world
        .done(Method::PUT, &path, json!({"mappings": [mapping]}))
        .await;
    let held = async |person: &str| {
        let path = format!("/api/v1/people/{person}/mapped");
        let body = world.get(&path, &world.owner).await.body;
        body["held"].as_array().unwrap().len()
    };
    assert_eq!((held(&a).await, held(&b).await), (1, 0));
    let path = format!("/Groups/{group}");
    let swap = json!([
        {"op": "remove", "path": format!("members[value eq \"{a}\"]")},
        {"op": "add", "path": "members", "value": [{"value": b}]},
    ]);
    let swapped = directory.patch(&path, swap).await;
    assert_eq!(swapped.status, StatusCode::NO_CONTENT, "{}", swapped.body);
    assert_eq!((held(&a).await, held(&b).await), (0, 1));
    // Whoever is deleted leaves the group.
    directory
        .ask(Method::DELETE, &format!("/Users/{b}"), None)
        .await;
    assert_eq!(held(&b).await, 0);
    directory
        .patch(
            &path,
            json!([{"op": "add", "path": "members", "value": [{"value": a}]}]),
        )
        .await;
    assert_eq!(held(&a).await, 1);
    directory.ask(Method::DELETE, &path, None).await;
    assert_eq!(held(&a).await, 0);
}

async fn members_are_users_of_the_same_directory(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let a = id(&directory.user(json!({"userName": "a"})).await);
    let role = json!({"name": "Other", "permissions": ["admin.users.manage"]});
    let role = world.done(Method::POST, "/api/v1/roles", role).await;
    let other = Directory::with_role(&world, &role).await;
    let theirs = id(&other.user(json!({"userName": "theirs"})).await);
    let group = directory.group("All", &[&a]).await;
    let path = format!("/Groups/{group}");
    let before = directory.get(&path).await.body;
    for stranger in [&theirs, &world.ids["person"], "per_0", &group] {
        let add = json!([{"op": "add", "path": "members", "value": [{"value": stranger}]}]);
        let answer = directory.patch(&path, add).await;
        assert_eq!(
            (refusal(&answer).0, refusal(&answer).1),
            (400, "invalidValue")
        );
        let new =
            json!({"schemas": [GROUP], "displayName": "New", "members": [{"value": stranger}]});
        let answer = directory.ask(Method::POST, "/Groups", Some(new)).await;
        assert_eq!(refusal(&answer).0, 400);
    }
    assert_eq!(directory.get(&path).await.body, before);
    assert_eq!(directory.get("/Groups").await.body["totalResults"], 1);
    // Groups of others are nobody's.
    for (method, body) in [(Method::GET, None), (Method::DELETE, None)] {
        assert_eq!(refusal(&other.ask(method, &path, body).await).0, 404);
    }
    assert_eq!(other.get("/Groups").await.body["totalResults"], 0);
}

async fn providers_patch_groups_as_they_document(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let [a, b, c] = ["a", "b", "c"].map(|name| json!({"userName": name}));
    let (a, b) = (id(&directory.user(a).await), id(&directory.user(b).await));
    let c = id(&directory.user(c).await);
    let group = directory.group("All", &[&a]).await;
    let path = format!("/Groups/{group}");
    for (operations, left) in [
        (
            json!([{"op": "Add", "path": "members", "value": [{"value": b}]}]),
            vec![&a, &b],
        ),
        (
            json!([{"op": "Remove", "path": "members", "value": [{"value": a}]}]),
            vec![&b],
        ),
        (
            json!([{"op": "replace", "value": {"id": group, "displayName": "Every one"}}]),
            vec![&b],
        ),
        (
            json!([{"op": "replace", "path": "members", "value": [{"value": c}, {"value": a}]}]),
            vec![&c, &a],
        ),
        (
            json!([{"op": "remove", "path": format!("members[value eq \"{c}\"]")}]),
            vec![&a],
        ),
        (json!([{"op": "remove", "path": "members"}]), vec![]),
    ] {
        let answer = directory.patch(&path, operations.clone()).await;
        assert_eq!(
            answer.status,
            StatusCode::NO_CONTENT,
            "{operations}: {}",
            answer.body
        );
        assert_eq!(
            members(&directory.get(&path).await.body),
            left,
            "{operations}"
        );
    }
}
