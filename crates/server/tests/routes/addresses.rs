//! Who has an address is nobody's business: no answer tells a known address from an unknown one to somebody who may not manage people.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    cast::Cast,
    world::{Answer, token_of},
};

testkit::on_both![
    ad_31_a_dry_run_tells_no_address_to_who_may_not_add_users,
    ad_24_nobody_tries_addresses_out_on_themselves,
    ad_31_a_new_customer_of_a_service_looks_like_a_known_one,
];

const KNOWN: &str = "zebedee@staff.example";
const UNKNOWN: &str = "nobody-has-this@staff.example";

async fn send(cast: &Cast, who: &str, method: Method, path: &str, body: Value) -> Answer {
    let token = token_of(&cast.world.account, cast.id(who)).await;
    cast.world
        .send(method, path, Some(&token), Some(body))
        .await
}

async fn ad_31_a_dry_run_tells_no_address_to_who_may_not_add_users(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let mut answers = Vec::new();
    for email in [KNOWN, UNKNOWN] {
        let body = json!({"name": "Somebody", "email": email});
        let path = "/api/v1/people/users?dry_run=true";
        answers.push(send(&cast, "una", Method::POST, path, body).await);
    }
    assert_eq!(answers[0].status, StatusCode::FORBIDDEN);
    assert_eq!(answers[0].body, answers[1].body);
}

async fn ad_24_nobody_tries_addresses_out_on_themselves(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let path = format!("/api/v1/people/{}", cast.id("una"));
    for query in ["?dry_run=true", ""] {
        for email in [KNOWN, UNKNOWN] {
            let path = format!("{path}{query}");
            let answer = send(&cast, "una", Method::PATCH, &path, json!({"email": email})).await;
            let told = (answer.status, answer.body["code"].as_str());
            assert_eq!(told, (StatusCode::FORBIDDEN, Some("address_not_confirmed")));
        }
    }
    let shown = cast.world.get(&path, &cast.world.owner).await;
    assert_eq!(shown.body["email"], "Unadine@staff.example");
    let phone = json!({"phone": "+49 30 1234"});
    let answer = send(&cast, "una", Method::PATCH, &path, phone).await;
    assert_eq!(answer.status, StatusCode::OK);
}

/// RULES §4, the table: for an address that exists already the answer is the same as for a new one, its version too.
async fn ad_31_a_new_customer_of_a_service_looks_like_a_known_one(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let token = token_of(&cast.world.account, cast.id("una")).await;
    let mut answers = Vec::new();
    for email in ["Target@example.net", "new@client.example"] {
        let body = json!({"name": "Somebody", "email": email, "service": cast.id("service")});
        let path = "/api/v1/people/customers";
        let answer = cast
            .world
            .send(Method::POST, path, Some(&token), Some(body));
        answers.push(answer.await);
    }
    assert_eq!(answers[0].status, StatusCode::OK);
    assert_eq!(answers[0].body, answers[1].body);
    assert_eq!(answers[0].version, answers[1].version);
    let people = cast.world.get("/api/v1/people", &token).await;
    let mut people = people.body["items"].as_array().unwrap().iter();
    assert!(people.any(|person| person["email"] == "new@client.example"));
}
