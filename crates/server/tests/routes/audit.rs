//! The audit log over HTTP: before and after, and personal values while they exist (AD-20, SD-26).

use axum::http::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{cast::Cast, world::World};

testkit::on_both![
    ad_20_no_number_of_a_thing_leaves,
    ad_20_the_log_of_an_earlier_version_ends_there,
    ad_20_a_large_act_is_spread_over_pages,
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
    for value in ["Tara Target", "Tara Tulip", "target@example.net", "30 1234"] {
        assert!(text.contains(value), "{value}");
    }
    let billing = format!("/api/v1/people/{}/account-admin", world.ids["person"]);
    world.done(Method::DELETE, &billing, json!({})).await;
    world.does(Method::DELETE, "", json!({})).await;
    let erased = world.get(all, &world.owner).await.body;
    let text = erased.to_string();
    for value in ["Tara", "target@example.net", "30 1234"] {
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
    // What is cut out is not found either: such an id is like one that nobody has.
    for hidden in [
        customer.as_str(),
        world.ids["company"].as_str(),
        "com_00000000000000000000000000000000",
    ] {
        let path = format!("/api/v1/audit?concerns={hidden}");
        let answer = world.get(&path, &world.nobody).await;
        assert_eq!(answer.status.as_u16(), 422, "{hidden}");
        assert_eq!(answer.body["at"], "concerns", "{}", answer.body);
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

/// The fields of numbers in a value that are not amounts, versions or moments.
fn numbers(value: &Value, field: &str, found: &mut Vec<String>) {
    const AMOUNTS: [&str; 8] = [
        "seats", "profile", "position", "denied", "allowed", "start", "end", "expires",
    ];
    match value {
        Value::Number(number) if !AMOUNTS.contains(&field) => {
            found.push(format!("{field} {number}"))
        }
        Value::Array(values) => values.iter().for_each(|value| numbers(value, field, found)),
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(field, value)| numbers(value, field, found));
        }
        _ => {}
    }
}

async fn ad_20_no_number_of_a_thing_leaves(db: TestDatabase) {
    let world = World::make(&db).await;
    let tomorrow = world.with_ids("{soon}");
    for (method, path, body) in [
        (
            Method::PUT,
            "things/{thing}",
            json!({"properties": {"email": "morty@example.net"}}),
        ),
        (Method::PUT, "things/{thing}/roles/viewer", json!({})),
        (Method::DELETE, "things/{thing}", json!({})),
        (
            Method::PUT,
            "products/{product}/people/{person}/roles/editor",
            json!({}),
        ),
        (Method::POST, "products/{product}/archive", json!({})),
        (
            Method::PUT,
            "groups/{group}/members/{person}",
            json!({"end": tomorrow}),
        ),
        (Method::DELETE, "groups/{group}/members/{person}", json!({})),
        (
            Method::PUT,
            "user-groups/{user_group}/members/{person}",
            json!({}),
        ),
        (
            Method::PUT,
            "people/{person}/employer",
            json!({"company": "{company}"}),
        ),
        (Method::DELETE, "tokens/{token}", json!({})),
    ] {
        let body = serde_json::from_str(&world.with_ids(&body.to_string())).unwrap();
        let path = format!("/api/v1/{}", world.with_ids(path));
        world.done(method, &path, body).await;
    }
    let log = world.get("/api/v1/audit?page_size=500", &world.owner).await;
    let (mut raw, mut text) = (Vec::new(), String::new());
    for entry in log.body["items"].as_array().unwrap() {
        numbers(&entry["changes"], "", &mut raw);
        text.push_str(&entry["changes"].to_string());
    }
    assert_eq!(raw, Vec::<String>::new());
    for told in ["thing_described", "timed_untied", "todo.editor"] {
        assert!(text.contains(told), "{told}");
    }
    assert!(text.contains(&world.ids["thing"]) && text.contains(&world.ids["product"]));
}

/// An answer speaks of the version that it names.
async fn ad_20_the_log_of_an_earlier_version_ends_there(db: TestDatabase) {
    let world = World::make(&db).await;
    let then = world.get("/api/v1/me", &world.owner).await.body["version"].clone();
    world
        .done(Method::POST, "/api/v1/companies", json!({"name": "Later"}))
        .await;
    for (query, newest) in [("", "create_company"), ("?as_of=THEN", "tie")] {
        let path = format!("/api/v1/audit{query}").replace("THEN", &then.to_string());
        let answer = world.get(&path, &world.owner).await;
        let first = &answer.body["items"][0];
        assert_eq!(first["act"], newest);
        assert_eq!(first["position"], answer.body["version"]);
    }
}

async fn ad_20_a_large_act_is_spread_over_pages(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.crowd(2_300).await;
    let world = &cast.world;
    let people = world.account.state().people().ids().skip(20);
    let people: Vec<_> = people
        .map(|person| world.account.state().public(person).unwrap().to_string())
        .collect();
    let levels = json!({"people": people, "level": "standard"});
    let rows: Vec<_> = people
        .iter()
        .map(|person| json!({"person": person, "access": "portal"}))
        .collect();
    let tab = format!("/api/v1/services/{}/access/customers", cast.id("service"));
    world.done(Method::PATCH, &tab, json!({"rows": rows})).await;
    world
        .done(Method::POST, "/api/v1/portal-levels", levels)
        .await;
    let (mut query, mut acts, mut changes) = (String::new(), Vec::new(), 0);
    while acts.len() < 4 {
        let path = format!("/api/v1/audit?page_size=10{query}");
        let page = world.get(&path, &world.owner).await;
        let items = page.body["items"].as_array().unwrap();
        let listed = |item: &Value| item["changes"].as_array().unwrap().len();
        assert!(items.iter().map(listed).sum::<usize>() <= 2_000);
        for item in items.iter().take(1) {
            let (before, after) = (&item["part"]["before"], &item["part"]["after"]);
            acts.push((item["act"].clone(), before.as_u64(), after.as_u64()));
            changes += listed(item);
        }
        let next = page.body["next"].as_str().unwrap();
        query = format!("&page={next}");
    }
    let told: Vec<_> = acts.iter().map(|(act, ..)| act.as_str().unwrap()).collect();
    assert_eq!(
        told[..2],
        ["set_portal_level", "set_portal_level"],
        "{acts:?}"
    );
    assert_eq!((acts[0].1, acts[1].2), (Some(0), Some(0)));
    assert_eq!(acts[1].1, Some(2_000));
    assert!(changes >= people.len());
}
