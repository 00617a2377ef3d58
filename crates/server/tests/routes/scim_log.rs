//! What is told of a directory: its log, how it is doing, and what a first sync would do.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    scim::{Directory, id, token, user},
    traces::traces,
    world::World,
};

testkit::on_both![
    every_request_is_noted_with_what_came_of_it,
    the_log_is_for_who_manages_integrations,
    two_secrets_are_good_at_once_and_the_end_of_one_is_told,
    a_dry_run_says_who_matches_and_writes_nothing,
    a_deleted_connection_takes_its_rows_along,
];

async fn every_request_is_noted_with_what_came_of_it(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let ann = directory
        .user(json!({"userName": "ann@secret.example", "displayName": "Ann Secret"}))
        .await;
    let path = format!("/Users/{}", id(&ann));
    directory.get(&path).await;
    directory
        .get("/Users?filter=userName%20eq%20%22ann@secret.example%22")
        .await;
    directory
        .ask(
            Method::POST,
            "/Users",
            Some(user(json!({"userName": "ANN@secret.example"}))),
        )
        .await;
    directory
        .ask(Method::POST, "/Users", Some(json!("Ann Secret")))
        .await;
    directory
        .get("/Users/per_00000000000000000000000000000000")
        .await;
    let group = directory.group("Secret", &[&id(&ann)]).await;
    directory.ask(Method::DELETE, &path, None).await;
    let log = directory.log().await;
    let text = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let told: Vec<_> = log
        .iter()
        .map(|one| {
            (
                text(one, "method"),
                text(one, "route"),
                one["status"].as_u64().unwrap(),
                text(one, "code"),
            )
        })
        .collect();
    let wanted = [
        ("DELETE", "/Users/{user}", 204, ""),
        ("POST", "/Groups", 201, ""),
        ("GET", "/Users/{user}", 404, "refused"),
        ("POST", "/Users", 400, "invalidSyntax"),
        ("POST", "/Users", 409, "user_name_taken"),
        ("GET", "/Users", 200, ""),
        ("GET", "/Users/{user}", 200, ""),
        ("POST", "/Users", 201, ""),
    ];
    let wanted = wanted.map(|(method, route, status, code)| {
        (method.to_owned(), route.to_owned(), status, code.to_owned())
    });
    assert_eq!(told, wanted);
    assert_eq!(log[0]["person"], ann["id"]);
    assert_eq!(log[1]["group"], json!(group));
    assert_eq!(log[7]["person"], ann["id"]);
    assert!(log[4]["reason"].as_str().unwrap().contains("userName"));
    // SD-26: ids and words of ours.
    assert!(!json!(log).to_string().contains("ecret."), "{log:?}");
    let path = format!("/api/v1/connections/{}/provisioning", directory.id);
    let doing = world.get(&path, &world.owner).await.body;
    assert_eq!(
        (&doing["asked"], &doing["refused"]),
        (&json!(8), &json!(3)),
        "{doing}"
    );
    assert_eq!((&doing["users"], &doing["groups"]), (&json!(0), &json!(1)));
    assert_eq!(doing["last_heard_from"], log[0]["at"]);
    // Page by page.
    let path = format!("{path}-log?page_size=5");
    let first = world.get(&path, &world.owner).await.body;
    let next = first["next"].as_str().unwrap();
    let second = world
        .get(&format!("{path}&page={next}"), &world.owner)
        .await
        .body;
    let paged = [&first, &second].map(|page| page["items"].as_array().unwrap().clone());
    assert_eq!(paged.concat(), log);
}

async fn the_log_is_for_who_manages_integrations(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let auditor = world
        .user("Ada Audit", "ada@example.net", &world.account)
        .await;
    let role = json!({"name": "Auditor", "permissions": ["admin.audit.view"]});
    let role = world.done(Method::POST, "/api/v1/roles", role).await;
    let path = format!("/api/v1/people/{auditor}/account-role");
    world.done(Method::PUT, &path, json!({"role": role})).await;
    let ada = super::world::token_of(&world.account, &auditor).await;
    for token in [&ada, &world.nobody, &world.stranger, &directory.token] {
        for what in ["provisioning", "provisioning-log"] {
            let path = format!("/api/v1/connections/{}/{what}", directory.id);
            let answer = world.get(&path, token).await;
            assert!(
                matches!(answer.status.as_u16(), 403 | 404),
                "{}",
                answer.body
            );
        }
    }
}

async fn two_secrets_are_good_at_once_and_the_end_of_one_is_told(db: TestDatabase) {
    let world = World::make(&db).await;
    let mut directory = Directory::of(&world).await;
    let path = format!("/api/v1/connections/{}/provisioning", directory.id);
    let ending = async || {
        let body = world.get(&path, &world.owner).await.body;
        let ending = body["ending_tokens"].as_array().unwrap().clone();
        ending
            .into_iter()
            .map(|one| one["is_replaced"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ending().await, [json!(false)]);
    let tokens = format!("/api/v1/connections/{}/tokens", directory.id);
    let late = web::decision::timestamp(access::Moment(world.account.now().0 + 200 * 86_400_000));
    let body = json!({"name": "Newer", "expires": late.to_string()});
    let newer = world
        .send(Method::POST, &tokens, Some(&world.owner), Some(body))
        .await;
    assert_eq!(newer.status, StatusCode::OK, "{}", newer.body);
    assert_eq!(ending().await, [json!(true)]);
    assert_eq!(directory.get("/Users").await.status, StatusCode::OK);
    let older = std::mem::replace(
        &mut directory.token,
        newer.body["secret"].as_str().unwrap().to_owned(),
    );
    assert_eq!(directory.get("/Users").await.status, StatusCode::OK);
    assert_ne!(older, directory.token);
    token(&world, &directory.id).await;
    assert_eq!(ending().await, [json!(true), json!(true)]);
}

async fn a_dry_run_says_who_matches_and_writes_nothing(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let hal =
        json!({"name": "Hal Here", "email": "hal@example.net", "contact": {"external_id": "h1"}});
    let hal = world.done(Method::POST, "/api/v1/people/users", hal).await;
    let ann = id(&directory.user(json!({"userName": "ann"})).await);
    let gone = id(&directory
        .user(json!({"userName": "gone@example.net"}))
        .await);
    directory
        .ask(Method::DELETE, &format!("/Users/{gone}"), None)
        .await;
    directory.log().await;
    let before = traces(&world).await;
    let resources = [
        json!({"userName": "hal", "externalId": "h1"}),
        json!({"userName": "target@example.net"}),
        json!({"userName": "Hal Here", "displayName": "Hal Here"}),
        json!({"userName": "ANN"}),
        json!({"userName": "gone@example.net"}),
        json!({"userName": "x", "emails": [{"value": "hal@example.net"}]}),
        json!({"userName": "X"}),
        json!({"title": "nobody"}),
    ];
    let body = json!({"resources": resources.map(user)});
    let path = format!("/api/v1/connections/{}/provisioning/dry-run", directory.id);
    let answer = world
        .send(Method::POST, &path, Some(&world.owner), Some(body))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let outcomes = answer.body["outcomes"].as_array().unwrap();
    let told: Vec<_> = outcomes
        .iter()
        .map(|one| one["would"].as_str().unwrap())
        .collect();
    let wanted = [
        "match",
        "match",
        "create",
        "exist",
        "return",
        "clash",
        "clash",
        "unreadable",
    ];
    assert_eq!(told, wanted, "{}", answer.body);
    assert_eq!(outcomes[0]["by"], "external_id");
    assert_eq!(outcomes[0]["people"], json!([hal]));
    assert_eq!(outcomes[1]["by"], "user_name");
    assert_eq!(outcomes[1]["people"], json!([world.ids["person"]]));
    assert_eq!(outcomes[3]["people"], json!([ann]));
    assert_eq!(outcomes[4]["is_deactivated"], true);
    assert_eq!(outcomes[5]["code"], "address_taken");
    assert_eq!(outcomes[6]["code"], "named_twice");
    assert_eq!(traces(&world).await, before);
}

async fn a_deleted_connection_takes_its_rows_along(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let ann = directory.user(json!({"userName": "ann"})).await;
    directory.group("All", &[&id(&ann)]).await;
    directory.log().await;
    let path = format!("/api/v1/connections/{}", directory.id);
    world.done(Method::DELETE, &path, Value::Null).await;
    let left = traces(&world).await;
    for table in [
        "provisioned_users",
        "provisioned_groups",
        "provisioning_log",
    ] {
        assert!(left.contains(&(table, 0)), "{table}: {left:?}");
    }
    // The person stays, whoever brought them.
    assert_eq!(
        directory.person(&id(&ann)).await["user"]["status"],
        "invited"
    );
}
