//! The tabs of a service over HTTP: rows that changed by PATCH, a whole tab by PUT and never blindly; and seats, which are listed to be
//! cleared.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{cast::Cast, world::Answer};

testkit::on_both![
    sd_18_rows_that_are_not_named_stay,
    sd_18_a_whole_tab_takes_the_place_of_what_was_there,
    sd_18_a_whole_tab_is_looked_at_first,
    sd_18_what_somebody_else_changes_meanwhile_is_not_overwritten,
    sd_33_a_whole_tab_leaves_what_its_writer_does_not_see,
    ad_14_seats_are_listed_and_cleared,
];

const USERS: &str = "services/{service}/access/users";

impl Cast {
    async fn rows(&self, kind: &str) -> Vec<(String, Value)> {
        let path = self.filled(&format!("/api/v1/services/{{service}}/access/{kind}"));
        let page = self.world.get(&path, &self.world.owner).await;
        let rows = page.body["items"].as_array().unwrap().iter();
        let own = |row: &Value| row.get("level").or(row.get("access")).cloned().unwrap();
        let rows = rows.map(|row| (row["person"].as_str().unwrap().to_owned(), own(row)));
        rows.filter(|(_, own)| !own.is_null()).collect()
    }

    async fn write(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: &Value,
        seen: Option<&str>,
    ) -> Answer {
        let path = format!("/api/v1/{}", self.filled(path));
        let body = Some(self.filled(&body.to_string()));
        let headers: Vec<_> = seen
            .map(|seen| ("if-fingerprint", seen))
            .into_iter()
            .collect();
        self.world
            .send_with(method, &path, Some(token), body, &headers)
            .await
    }

    /// Looks first, and then does it.
    async fn replace(&self, path: &str, token: &str, body: &Value) -> Answer {
        let seen = self.preview(path, token, body).await;
        self.write(Method::PUT, path, token, body, Some(&seen))
            .await
    }

    async fn preview(&self, path: &str, token: &str, body: &Value) -> String {
        let dry = format!("{path}?dry_run=true");
        let answer = self.write(Method::PUT, &dry, token, body, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["effect"]["fingerprint"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

fn level(key: &str, level: &str) -> Value {
    json!({"person": format!("{{{key}}}"), "level": level})
}

async fn sd_18_rows_that_are_not_named_stay(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let before = cast.rows("users").await;
    let body = json!({"rows": [level("ned", "user")]});
    let owner = &cast.world.owner;
    let answer = cast.write(Method::PATCH, USERS, owner, &body, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let mut after = cast.rows("users").await;
    after.retain(|(person, _)| person != cast.id("ned"));
    assert_eq!((after, before.len()), (before, 2));
}

async fn sd_18_a_whole_tab_takes_the_place_of_what_was_there(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let customers = cast.rows("customers").await;
    let body = json!({"rows": [level("ned", "user"), level("owner", "administrator")]});
    let answer = cast.replace(USERS, &cast.world.owner, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.body["notices"][0]["code"], "tab_replaced");
    let ids: Vec<_> = cast
        .rows("users")
        .await
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids, [cast.id("owner"), cast.id("ned")]);
    assert_eq!(cast.rows("customers").await, customers);
    for (kind, row) in [("groups", "group"), ("companies", "company")] {
        let path = format!("services/{{service}}/access/{kind}");
        let body = json!({"rows": [{row: format!("{{hidden_{row}}}"), "full": true}]});
        let answer = cast.replace(&path, &cast.world.owner, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let path = format!("/api/v1/{}", cast.filled(&path));
        let page = cast.world.get(&path, &cast.world.owner).await;
        let full = page.body["items"].as_array().unwrap().iter();
        let full: Vec<_> = full.filter(|item| item["full"] == true).collect();
        assert_eq!(full.len(), 1);
        assert_eq!(full[0][row], cast.id(&format!("hidden_{row}")));
    }
}

async fn sd_18_a_whole_tab_is_looked_at_first(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let body = json!({"rows": []});
    let before = cast.rows("users").await;
    let answer = cast
        .write(Method::PUT, USERS, &cast.world.owner, &body, None)
        .await;
    let told = (answer.status, answer.body["code"].as_str());
    assert_eq!(
        told,
        (StatusCode::PRECONDITION_REQUIRED, Some("preview_first"))
    );
    assert_eq!(cast.rows("users").await, before);
}

/// Whether or not it opens anything: Ned has no licence of the desk.
async fn sd_18_what_somebody_else_changes_meanwhile_is_not_overwritten(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let owner = &cast.world.owner;
    let body = json!({"rows": [level("owner", "administrator"), level("ada", "user")]});
    let seen = cast.preview(USERS, owner, &body).await;
    // One comes and one goes: nobody gains or loses anything, and as many rows change as before.
    let swap = json!({"rows": [level("ned", "user"), level("ada", "user")]});
    let answer = cast.write(Method::PATCH, USERS, owner, &swap, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let answer = cast
        .write(Method::PUT, USERS, owner, &body, Some(&seen))
        .await;
    let told = (answer.status, answer.body["code"].as_str());
    assert_eq!(told, (StatusCode::CONFLICT, Some("world_moved")));
    let rows = cast.rows("users").await;
    assert!(rows.iter().any(|(person, _)| person == cast.id("ned")));
}

async fn sd_33_a_whole_tab_leaves_what_its_writer_does_not_see(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let customers = "services/{service}/access/customers";
    let hidden = json!({"rows": [{"person": "{hidden_customer}", "access": "portal"}]});
    cast.write(Method::PATCH, customers, &cast.world.owner, &hidden, None)
        .await;
    let carl = cast.token("carl").await;
    let answer = cast.replace(customers, &carl, &json!({"rows": []})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let left: Vec<_> = cast
        .rows("customers")
        .await
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert!(left.contains(&cast.id("hidden_customer").to_owned()));
    assert!(!left.contains(&cast.id("cara").to_owned()));
    let companies = "services/{service}/access/companies";
    let both = json!({"rows": [{"company": "{hidden_company}", "full": true}]});
    cast.write(Method::PATCH, companies, &cast.world.owner, &both, None)
        .await;
    let answer = cast.replace(companies, &carl, &json!({"rows": []})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let path = format!("/api/v1/{}", cast.filled(companies));
    let page = cast.world.get(&path, &cast.world.owner).await;
    for row in page.body["items"].as_array().unwrap() {
        assert_eq!(
            row["full"],
            row["company"] == cast.id("hidden_company"),
            "{row}"
        );
    }
}

async fn ad_14_seats_are_listed_and_cleared(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let seats = format!("/api/v1/licences/{}/seats", cast.id("licence"));
    let (ada, owner) = (cast.token("ada").await, cast.world.owner.clone());
    let mut taken = Vec::new();
    for token in [&ada, &owner] {
        let answer = cast
            .world
            .send(Method::POST, &seats, Some(token), None)
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        taken.push(answer.body["id"].as_str().unwrap().to_owned());
    }
    let of = async |token: &str| {
        let page = cast.world.get(&seats, token).await;
        let items = page.body["items"].as_array().unwrap().clone();
        items
            .into_iter()
            .map(|seat| seat["seat"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let mut all = taken.clone();
    all.sort();
    assert_eq!(of(&owner).await, all);
    assert_eq!(of(&ada).await, [taken[0].clone()]);
    let clear = format!("{seats}/{}", taken[0]);
    let answer = cast
        .world
        .send(Method::DELETE, &clear, Some(&owner), None)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(of(&owner).await, [taken[1].clone()]);
}
