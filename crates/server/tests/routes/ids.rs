//! An id that names nothing is told with its place; among several people it is one who is skipped.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    cast::Cast,
    world::{Answer, token_of},
};

testkit::on_both![
    an_unknown_id_is_told_with_its_place,
    what_one_may_not_know_of_is_told_like_what_is_not_there,
    ad_23_sd_25_a_bulk_change_skips_who_is_not_there,
    a_bulk_change_of_nobody_is_told,
];

const NOBODY: &str = "per_00000000000000000000000000000000";
const NO_GROUP: &str = "ugr_00000000000000000000000000000000";

async fn send(cast: &Cast, token: &str, method: Method, path: &str, body: Value) -> Answer {
    let path = format!("/api/v1/{}?dry_run=true", cast.filled(path));
    let body = serde_json::from_str(&cast.filled(&body.to_string())).unwrap();
    cast.world
        .send(method, &path, Some(token), Some(body))
        .await
}

async fn an_unknown_id_is_told_with_its_place(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let known = json!({"person": "{una}", "level": "user"});
    let stale = json!({"person": NOBODY, "level": "user"});
    for (method, path, body, at) in [
        (
            Method::PATCH,
            "services/{service}/access/users",
            json!({"rows": [known, stale]}),
            "/rows/1/person",
        ),
        (
            Method::PUT,
            "people/{ned}/account-role",
            json!({"role": "{role}", "user_groups": ["{user_group}", NO_GROUP]}),
            "/user_groups/1",
        ),
        (
            Method::PUT,
            "people/{ned}/account-role",
            json!({"role": "{role}", "keep": [{"permission": "admin.users.manage", "user_groups": [NO_GROUP]}]}),
            "/keep/0/user_groups/0",
        ),
        (
            Method::PUT,
            "people/{ned}/employer",
            json!({"company": "com_00000000000000000000000000000000"}),
            "/company",
        ),
        (
            Method::PUT,
            "billing-contact",
            json!({"person": NOBODY}),
            "/person",
        ),
    ] {
        let answer = send(&cast, &cast.world.owner, method, path, body).await;
        let told = (answer.status, &answer.body["code"], &answer.body["at"]);
        let unknown = (
            StatusCode::UNPROCESSABLE_ENTITY,
            &json!("unknown_id"),
            &json!(at),
        );
        assert_eq!(told, unknown, "{path}: {}", answer.body);
    }
}

async fn what_one_may_not_know_of_is_told_like_what_is_not_there(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let una = token_of(&cast.world.account, cast.id("una")).await;
    let mut told = Vec::new();
    for service in ["{hidden_service}", "svc_00000000000000000000000000000000"] {
        let body = json!({"name": "New", "email": "new@client.example", "service": service});
        let answer = send(&cast, &una, Method::POST, "people/customers", body).await;
        told.push((answer.status, answer.body));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].1["at"], "/service");
}

// proves: AD-23, SD-25
async fn ad_23_sd_25_a_bulk_change_skips_who_is_not_there(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let people = json!(["{ned}", NOBODY, "{nell}"]);
    let role = json!({"people": people, "role": "{role}"});
    let one = json!({"people": [NOBODY, "{cara}"], "level": "company"});
    for (path, body, changed) in [
        ("account-roles", role, vec![Some(true), None, Some(true)]),
        ("portal-levels", one, vec![None, Some(true)]),
    ] {
        let path = format!("/api/v1/{path}");
        let body: Value = serde_json::from_str(&cast.filled(&body.to_string())).unwrap();
        let token = Some(cast.world.owner.as_str());
        let answer = cast
            .world
            .send(Method::POST, &path, token, Some(body.clone()))
            .await;
        let outcomes = answer.body["outcomes"].as_array().unwrap();
        let named: Vec<_> = outcomes.iter().map(|one| one["person"].clone()).collect();
        assert_eq!(Value::Array(named), body["people"], "{}", answer.body);
        for (outcome, changed) in outcomes.iter().zip(changed) {
            match changed {
                Some(changed) => assert_eq!(outcome["changed"], changed),
                None => assert_eq!(outcome["code"], "not_found"),
            }
        }
    }
    let state = cast.world.account.state();
    let nell = state.resolve(
        cast.id("nell")
            .parse::<access::PublicId<access::PersonId>>()
            .unwrap(),
    );
    let row = state.people().get(nell.unwrap()).unwrap();
    assert_eq!(
        state.public(row.account_role).unwrap().to_string(),
        cast.id("role")
    );
}

async fn a_bulk_change_of_nobody_is_told(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let body = json!({"people": [NOBODY], "level": "standard"});
    let answer = send(
        &cast,
        &cast.world.owner,
        Method::POST,
        "portal-levels",
        body,
    )
    .await;
    assert_eq!(answer.body["at"], "/people/0", "{}", answer.body);
}
