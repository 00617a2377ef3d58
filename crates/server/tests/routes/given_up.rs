//! Everybody may give up what they hold (RULES §4): over HTTP too, and whatever became of the thing (AD-25).

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::cast::Cast;

testkit::on_both![
    ad_25_ones_own_level_on_a_service_is_given_up,
    ad_25_ones_own_access_as_a_customer_is_given_up,
    ad_25_ones_own_tie_to_an_archived_queue_is_given_up,
    ad_31_ones_own_role_in_another_product_is_given_up,
    sd_5_nobody_takes_from_others_what_they_may_give_up_themselves,
];

impl Cast {
    /// The ties of somebody that name this thing, as the owner is shown them.
    async fn ties_to(&self, who: &str, thing: &str) -> Vec<Value> {
        let path = format!("/api/v1/people/{}/access", self.id(who));
        let access = self.world.get(&path, &self.world.owner).await;
        let ties = access.body["ties"].as_array().unwrap().iter();
        ties.filter(|tie| tie["id"] == self.id(thing))
            .cloned()
            .collect()
    }

    async fn take(&self, path: &str, token: &str) -> StatusCode {
        let path = format!("/api/v1/{}", self.filled(path));
        let answer = self
            .world
            .send(Method::DELETE, &path, Some(token), None)
            .await;
        answer.status
    }
}

async fn ad_25_ones_own_level_on_a_service_is_given_up(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let una = cast.token("una").await;
    // Higher for a time: the whole level goes.
    let raised =
        json!({"level": "administrator", "window": {"end": cast.world.with_ids("{soon}")}});
    cast.put("services/{service}/users/{una}", raised).await;
    assert_eq!(cast.ties_to("una", "service").await.len(), 2);
    cast.done(Method::POST, "services/{service}/archive", json!({}))
        .await;
    let status = cast.take("services/{service}/users/{una}", &una).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(cast.ties_to("una", "service").await, Vec::<Value>::new());
    // And then the service is not there for her (SD-5).
    let status = cast.take("services/{service}/users/{una}", &una).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

async fn ad_25_ones_own_access_as_a_customer_is_given_up(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let cara = cast.token("cara").await;
    let status = cast
        .take("services/{service}/customers/{cara}", &cara)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(cast.ties_to("cara", "service").await, Vec::<Value>::new());
}

async fn ad_25_ones_own_tie_to_an_archived_queue_is_given_up(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let quin = cast.token("quin").await;
    cast.done(Method::POST, "queues/{queue}/archive", json!({}))
        .await;
    let status = cast.take("queues/{queue}/agents/{quin}", &quin).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(cast.ties_to("quin", "queue").await, Vec::<Value>::new());
}

async fn ad_31_ones_own_role_in_another_product_is_given_up(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let una = cast.token("una").await;
    let role = "products/{product}/people/{una}/roles/viewer";
    assert_eq!(cast.take(role, &una).await, StatusCode::NOT_FOUND);
    cast.put(role, json!({})).await;
    assert_eq!(cast.ties_to("una", "product").await.len(), 1);
    // Whoever has a role there is not shown how the product is set up, nor who else has one.
    for part in ["", "/things", "/people"] {
        let path = cast.filled(&format!("/api/v1/products/{{product}}{part}"));
        let shown = cast.world.get(&path, &una).await;
        assert_eq!(shown.status, StatusCode::FORBIDDEN, "{}", shown.body);
    }
    assert_eq!(cast.take(role, &una).await, StatusCode::OK);
    assert_eq!(cast.ties_to("una", "product").await, Vec::<Value>::new());
}

async fn sd_5_nobody_takes_from_others_what_they_may_give_up_themselves(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let una = cast.token("una").await;
    for others in [
        "services/{service}/users/{owner}",
        "services/{service}/customers/{cara}",
    ] {
        let status = cast.take(others, &una).await;
        assert!(
            [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status),
            "{status}"
        );
    }
    assert_eq!(cast.ties_to("owner", "service").await.len(), 1);
    // Nor with one's own row among others.
    let path = cast.filled("/api/v1/services/{service}/access/customers");
    let rows = json!({"rows": [
        {"person": cast.id("cara"), "access": null},
        {"person": cast.id("person"), "access": null},
    ]});
    let cara = cast.token("cara").await;
    let answer = cast
        .world
        .send(Method::PATCH, &path, Some(&cara), Some(rows))
        .await;
    assert!(!answer.status.is_success(), "{}", answer.body);
    assert_eq!(cast.ties_to("person", "service").await.len(), 1);
    assert_eq!(cast.ties_to("cara", "service").await.len(), 1);
}
