//! Lists over SCIM: filters, order, pages, what is answered, and what describes the server.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    scim::{Directory, id, refusal},
    world::World,
};

testkit::on_both![
    rfc_7644_3_4_2_users_are_filtered_sorted_and_paged,
    groups_are_found_by_name_id_and_member,
    rfc_7644_3_4_3_a_search_by_body_is_the_same,
    rfc_7644_4_the_server_is_described,
    one_user_is_found_by_an_index,
];

fn names(answer: &Value) -> Vec<&str> {
    let resources = answer["Resources"].as_array().unwrap().iter();
    resources
        .map(|one| {
            one["userName"]
                .as_str()
                .or(one["displayName"].as_str())
                .unwrap()
        })
        .collect()
}

fn query(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| {
        let value: String = value
            .bytes()
            .map(|byte| match byte.is_ascii_alphanumeric() {
                true => char::from(byte).to_string(),
                false => format!("%{byte:02X}"),
            })
            .collect();
        format!("{name}={value}")
    });
    format!("?{}", pairs.collect::<Vec<_>>().join("&"))
}

async fn rfc_7644_3_4_2_users_are_filtered_sorted_and_paged(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    for (name, title, active) in [("Cleo", "x", true), ("ann", "y", false), ("Bob", "x", true)] {
        let body = json!({
            "userName": name, "externalId": format!("{name}-1"), "title": title, "active": active,
            "emails": [{"value": format!("{name}@example.org"), "type": "work"}],
        });
        directory.user(body).await;
    }
    let ask = async |pairs: &[(&str, &str)]| {
        let answer = directory.get(&format!("/Users{}", query(pairs))).await;
        assert_eq!(answer.status, StatusCode::OK, "{pairs:?}: {}", answer.body);
        answer.body
    };
    for (filter, wanted) in [
        ("userName eq \"ANN\"", vec!["ann"]),
        ("userName eq \"nobody\"", vec![]),
        ("userName eq \"ann\" and title eq \"x\"", vec![]),
        ("externalId eq \"Bob-1\"", vec!["Bob"]),
        ("externalId eq \"bob-1\"", vec![]),
        ("title eq \"x\"", vec!["Cleo", "Bob"]),
        ("title eq \"x\" and not (userName sw \"c\")", vec!["Bob"]),
        ("active eq false", vec!["ann"]),
        (
            "emails[type eq \"work\" and value co \"cleo@\"]",
            vec!["Cleo"],
        ),
        (
            "meta.created gt \"2020-01-01T00:00:00Z\"",
            vec!["Cleo", "ann", "Bob"],
        ),
        ("id eq \"per_0\"", vec![]),
    ] {
        let found = ask(&[("filter", filter)]).await;
        assert_eq!(names(&found), wanted, "{filter}");
        assert_eq!(found["totalResults"], json!(wanted.len()), "{filter}");
    }
    for (pairs, wanted) in [
        (&[("sortBy", "userName")][..], vec!["ann", "Bob", "Cleo"]),
        (
            &[("sortBy", "userName"), ("sortOrder", "descending")],
            vec!["Cleo", "Bob", "ann"],
        ),
        (
            &[("sortBy", "userName"), ("startIndex", "2"), ("count", "1")],
            vec!["Bob"],
        ),
        (&[("startIndex", "2")], vec!["ann", "Bob"]),
        (&[("startIndex", "2"), ("count", "1")], vec!["ann"]),
        (&[("startIndex", "9")], vec![]),
        (&[("count", "0")], vec![]),
        (
            &[("filter", "title eq \"x\""), ("startIndex", "2")],
            vec!["Bob"],
        ),
    ] {
        let found = ask(pairs).await;
        assert_eq!(names(&found), wanted, "{pairs:?}");
        let total = if pairs[0].0 == "filter" { 2 } else { 3 };
        assert_eq!(found["totalResults"], json!(total), "{pairs:?}");
        assert_eq!(found["itemsPerPage"], json!(wanted.len()), "{pairs:?}");
    }
    let some = ask(&[("attributes", "userName"), ("count", "1")]).await;
    let names: Vec<_> = some["Resources"][0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "schemas", "userName"]);
    let both = query(&[("attributes", "userName"), ("excludedAttributes", "title")]);
    assert_eq!(
        refusal(&directory.get(&format!("/Users{both}")).await).0,
        400
    );
}

async fn groups_are_found_by_name_id_and_member(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let a = id(&directory.user(json!({"userName": "a"})).await);
    let one = directory.group("One", &[&a]).await;
    directory.group("Two", &[]).await;
    let by_member = format!("members.value eq \"{a}\"");
    let within = format!("members[value eq \"{a}\"]");
    let by_id = format!("id eq \"{one}\"");
    for (filter, wanted) in [
        ("displayName eq \"two\"", vec!["Two"]),
        (&by_member, vec!["One"]),
        (&within, vec!["One"]),
        (&by_id, vec!["One"]),
        ("displayName sw \"t\"", vec!["Two"]),
        ("members pr", vec!["One"]),
    ] {
        let path = format!("/Groups{}", query(&[("filter", filter)]));
        let answer = directory.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{filter}: {}", answer.body);
        assert_eq!(names(&answer.body), wanted, "{filter}");
    }
    let listed = directory
        .get("/Groups?excludedAttributes=members")
        .await
        .body;
    assert_eq!(names(&listed), ["One", "Two"]);
    assert!(!listed.to_string().contains("members"));
    let listed = directory.get("/Groups").await.body;
    assert_eq!(listed["Resources"][0]["members"], json!([{"value": a}]));
}

async fn rfc_7644_3_4_3_a_search_by_body_is_the_same(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    directory
        .user(json!({"userName": "ann", "displayName": "Ann"}))
        .await;
    directory.group("Anns", &[]).await;
    let message = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    for (path, filter, wanted) in [
        ("/Users/.search", "userName eq \"ANN\"", vec!["ann"]),
        ("/Groups/.search", "displayName eq \"anns\"", vec!["Anns"]),
        ("/.search", "displayName sw \"ann\"", vec!["ann", "Anns"]),
        ("/.search", "userName eq \"ann\"", vec!["ann"]),
        ("/.search", "meta.resourceType eq \"Group\"", vec!["Anns"]),
    ] {
        let body = json!({"schemas": [message], "filter": filter, "startIndex": 1, "count": 10});
        let answer = directory.ask(Method::POST, path, Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{filter}: {}", answer.body);
        assert_eq!(names(&answer.body), wanted, "{path} {filter}");
    }
    let wrong = directory
        .ask(Method::POST, "/.search", Some(json!({"filter": "x pr"})))
        .await;
    assert_eq!(refusal(&wrong).1, "invalidSyntax");
}

async fn rfc_7644_4_the_server_is_described(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let config = directory.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["bulk"]["supported"], false);
    for can in ["patch", "filter", "sort", "etag"] {
        assert_eq!(config[can]["supported"], true, "{can}");
    }
    for (path, many) in [("/ResourceTypes", 2), ("/Schemas", 6)] {
        let listed = directory.get(path).await.body;
        assert_eq!(listed["totalResults"], json!(many), "{path}");
        for one in listed["Resources"].as_array().unwrap() {
            let each = directory.get(&format!("{path}/{}", id(one))).await;
            assert_eq!((each.status, &each.body), (StatusCode::OK, one));
        }
    }
}

/// Of a million users one is found as quickly as of ten.
async fn one_user_is_found_by_an_index(db: TestDatabase) {
    let world = World::make(&db).await;
    let mut tx = world
        .account
        .engine()
        .database()
        .begin_read()
        .await
        .unwrap();
    // PostgreSQL reads a small table as a whole, whatever indexes it has.
    if !matches!(tx, ledger::Tx::Sqlite(_)) {
        return;
    }
    for (asked, index) in [
        ("user_name_folded = 'x'", "provisioned_users_by_name"),
        ("external_id = 'x'", "provisioned_users_by_external_id"),
        ("person > 7 ORDER BY person", "provisioned_users"),
    ] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT attributes FROM provisioned_users \
             WHERE account = 1 AND connection = 1 AND hidden = 0 AND {asked}"
        );
        let rows = tx.fetch_all(sqlx::AssertSqlSafe(sql), []).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(3).unwrap()).collect();
        let plan = plan.join(" ");
        assert!(plan.contains("SEARCH") && plan.contains(index), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
