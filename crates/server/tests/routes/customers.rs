//! A customer's own access to a service over HTTP, for ever or for a time.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::cast::Cast;

testkit::on_both![
    sd_11_a_customer_has_access_for_a_time,
    sd_15_no_portal_is_not_for_a_time,
];

const ACCESS: &str = "services/{hidden_service}/customers/{cara}";

impl Cast {
    async fn stored_access(&self) -> Vec<Value> {
        let path = self.filled("/api/v1/people/{cara}/access");
        let answer = self.world.get(&path, &self.world.owner).await;
        let ties = answer.body["ties"].as_array().unwrap().iter();
        let is_access = |tie: &&Value| {
            tie["kind"] == "customer_access" && tie["id"] == self.id("hidden_service")
        };
        let access = ties.filter(is_access);
        access
            .map(|tie| json!([tie["key"], tie["window"]]))
            .collect()
    }

    async fn may_read_articles(&self) -> Value {
        let question = json!({
            "subject": self.id("cara"),
            "permission": "portal.article.view",
            "on": self.id("hidden_service"),
        });
        let (path, token) = ("/api/v1/decisions", Some(self.world.owner.as_str()));
        let answer = self
            .world
            .send(Method::POST, path, token, Some(question))
            .await;
        answer.body["allowed"].clone()
    }
}

async fn sd_11_a_customer_has_access_for_a_time(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let to_come = json!({"start": cast.world.soon, "end": "2999-01-01T00:00:00Z"});
    let body = json!({"access": "portal", "window": to_come});
    cast.put(ACCESS, body).await;
    assert_eq!(cast.stored_access().await, [json!(["portal", to_come])]);
    assert_eq!(cast.may_read_articles().await, false, "it has not begun");
    let now = json!({"end": "2999-01-01T00:00:00Z"});
    let body = json!({"access": "portal", "window": now});
    cast.put(ACCESS, body).await;
    assert_eq!(cast.stored_access().await, [json!(["portal", now])]);
    assert_eq!(cast.may_read_articles().await, true);
    cast.put(ACCESS, json!({"access": "portal"})).await;
    assert_eq!(cast.stored_access().await, [json!(["portal", null])]);
}

/// It closes what the company opens, and what closes cannot end by itself.
async fn sd_15_no_portal_is_not_for_a_time(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let path = format!("/api/v1/{}", cast.filled(ACCESS));
    let body = json!({"access": "no_portal", "window": {"end": "2999-01-01T00:00:00Z"}});
    let token = Some(cast.world.owner.as_str());
    let answer = cast.world.send(Method::PUT, &path, token, Some(body)).await;
    let told = (answer.status, answer.body["code"].as_str());
    assert_eq!(
        told,
        (StatusCode::UNPROCESSABLE_ENTITY, Some("impossible_window"))
    );
    assert_eq!(cast.stored_access().await, Vec::<Value>::new());
}
