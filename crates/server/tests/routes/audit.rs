//! The audit log over HTTP: before and after, and personal values while they exist (AD-20, SD-26).

use axum::http::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::World;

testkit::on_both![
    ad_20_an_entry_names_what_was_before_and_after_by_id,
    ad_20_sd_26_personal_values_are_shown_until_they_are_erased,
    sd_33_the_audit_log_shows_no_value_of_a_hidden_company,
];

impl World {
    /// The changes of the newest act.
    async fn newest(&self) -> Vec<Value> {
        let answer = self.get("/api/v1/audit?page_size=1", &self.owner).await;
        answer.body["items"][0]["changes"]
            .as_array()
            .unwrap()
            .clone()
    }

    async fn does(&self, method: Method, path: &str, body: Value) -> Vec<Value> {
        let path = format!("/api/v1/people/{}{path}", self.ids["person"]);
        self.done(method, &path, body).await;
        self.newest().await
    }
}

async fn ad_20_an_entry_names_what_was_before_and_after_by_id(db: TestDatabase) {
    let world = World::make(&db).await;
    let (person, role) = (&world.ids["person"], &world.ids["role"]);
    let changes = world
        .does(Method::PUT, "/account-role", json!({"role": role}))
        .await;
    let set =
        |role: &str| json!({"account_role_set": {"person": person, "role": role, "scope": "all"}});
    let member = format!("rol_{:032x}", 3);
    assert_eq!(
        changes,
        [json!({"after": set(role), "before": [set(&member)]})]
    );
    let changes = world
        .does(Method::PUT, "/portal-level", json!({"level": "standard"}))
        .await;
    let level = |level| json!({"portal_level_set": {"person": person, "level": level}});
    assert_eq!(
        changes,
        [json!({"after": level("standard"), "before": [level("none")]})]
    );
}

async fn ad_20_sd_26_personal_values_are_shown_until_they_are_erased(db: TestDatabase) {
    let world = World::make(&db).await;
    let edit = json!({"name": "Tara Tulip", "phone": "+49 30 1234"});
    let changes = world.does(Method::PATCH, "", edit).await;
    let after =
        json!({"profile_edited": {"person": world.ids["person"], "fields": ["name", "phone"]}});
    let values = json!([
        {"field": "name", "before": "Tara Target", "after": "Tara Tulip"},
        {"field": "phone", "after": "+49 30 1234"},
    ]);
    assert_eq!(
        changes,
        [json!({"after": after, "before": [], "values": values})]
    );
    let path = format!("/api/v1/groups/{}/name", world.ids["group"]);
    world
        .done(Method::PUT, &path, json!({"name": "Early shift"}))
        .await;
    let named = json!([{"field": "name", "before": "Night shift", "after": "Early shift"}]);
    assert_eq!(world.newest().await[0]["values"], named);

    let all = "/api/v1/audit?page_size=500";
    let text = world.get(all, &world.owner).await.body.to_string();
    for value in ["Tara Target", "Tara Tulip", "target@example.net", "1234"] {
        assert!(text.contains(value), "{value}");
    }
    let billing = format!("/api/v1/people/{}/account-admin", world.ids["person"]);
    world.done(Method::DELETE, &billing, json!({})).await;
    world.does(Method::DELETE, "", json!({})).await;
    let erased = world.get(all, &world.owner).await.body;
    let text = erased.to_string();
    for value in ["Tara", "target@example.net", "1234"] {
        assert!(!text.contains(value), "{value}");
    }
    // The act stays, with the names of the fields and blanks.
    let edited = erased["items"].as_array().unwrap().iter();
    let edited = edited.flat_map(|item| item["changes"].as_array().unwrap());
    let edited: Vec<_> = edited.filter(|change| change["after"] == after).collect();
    assert_eq!(
        edited[0]["values"],
        json!([{"field": "name"}, {"field": "phone"}])
    );
}

/// SD-33: whoever sees some companies only is shown the values of their people only.
async fn sd_33_the_audit_log_shows_no_value_of_a_hidden_company(db: TestDatabase) {
    let world = World::make(&db).await;
    let customer = json!({"name": "Hidden Hank", "email": "hank@example.net"});
    let customer = world
        .done(Method::POST, "/api/v1/people/customers", customer)
        .await;
    let employer = format!("/api/v1/people/{customer}/employer");
    let body = json!({"company": world.ids["company"]});
    world.done(Method::PUT, &employer, body).await;
    let nobody = world.person_of(&world.nobody).await;
    for (path, body) in [
        ("account-role", json!({"role": world.auditor().await})),
        (
            "company-access",
            json!({"listed": {"companies": [], "without_company": true}}),
        ),
    ] {
        let path = format!("/api/v1/people/{nobody}/{path}");
        world.done(Method::PUT, &path, body).await;
    }
    let answer = world
        .get("/api/v1/audit?page_size=500", &world.nobody)
        .await;
    let text = answer.body.to_string();
    assert!(text.contains("Tara Target"), "colleagues are never hidden");
    for hidden in ["Hank", "hank@example.net", "Acme"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
}

impl World {
    async fn auditor(&self) -> String {
        let role = json!({"name": "Auditor", "permissions": ["admin.audit.view"]});
        self.done(Method::POST, "/api/v1/roles", role).await
    }

    async fn person_of(&self, token: &str) -> String {
        let me = self.get("/api/v1/me", token).await;
        me.body["subject"].as_str().unwrap_or_default().to_owned()
    }
}
