//! What AuthZEN tells of what the caller may not know of: the same as of what is not there.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    cast::Cast,
    world::{World, token_of},
};

testkit::on_both![
    sd_33_company_access_hides_customers_and_devices_from_who_may_ask_about_everybody,
    ad_31_whoever_is_hidden_takes_no_place_on_a_page,
    ad_31_an_external_id_is_of_the_one_holder_whom_the_caller_may_ask_about,
    ad_31_an_id_counts_with_its_type,
    the_account_has_one_id,
    ad_31_a_no_tells_nobody_what_another_product_registered,
];

const NOBODY: &str = "per_00000000000000000000000000000000";

fn person(id: &str) -> Value {
    json!({"type": "person", "id": id})
}

fn question(subject: Value, action: &str, resource: Value) -> Value {
    json!({"subject": subject, "action": {"name": action}, "resource": resource})
}

/// The answer, without the moment.
async fn answered(world: &World, token: &str, path: &str, body: &Value) -> Value {
    let body = Some(body.clone());
    let answer = world.send(Method::POST, path, Some(token), body).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    let mut answer = answer.body;
    for pointer in ["/context/decided_at", "/decided_at"] {
        if let Some(moment) = answer.pointer_mut(pointer) {
            *moment = json!("then");
        }
    }
    answer
}

async fn evaluated(world: &World, token: &str, body: &Value) -> Value {
    answered(world, token, "/access/v1/evaluation", body).await
}

/// The ids or names on the first page.
async fn found(world: &World, token: &str, what: &str, body: &Value) -> Vec<String> {
    let path = format!("/access/v1/search/{what}");
    let answer = answered(world, token, &path, body).await;
    let results = answer["results"].as_array().unwrap().iter();
    let member = if what == "action" { "name" } else { "id" };
    let members = results.map(|one| one[member].as_str().unwrap().to_owned());
    members.collect()
}

async fn sd_33_company_access_hides_customers_and_devices_from_who_may_ask_about_everybody(
    db: TestDatabase,
) {
    let cast = Cast::make(&db).await;
    let rows = json!({"rows": [{"person": "{hidden_customer}", "access": "portal"}]});
    let path = "services/{service}/access/customers";
    cast.done(Method::PATCH, path, rows).await;
    let level = json!({"level": "standard"});
    cast.put("people/{hidden_customer}/portal-level", level)
        .await;
    let external = json!({"external_id": "Z-1"});
    cast.done(Method::PATCH, "people/{hidden_customer}", external)
        .await;
    let asker = cast.with_role(json!(["admin.access.ask"]), None).await;
    let (world, token) = (&cast.world, &cast.world.nobody);

    let (customer, device) = (cast.id("hidden_customer"), cast.id("device"));
    let service = json!({"type": "service", "id": cast.id("service")});
    let (log, access, ask) = (
        "portal.incident.log",
        "remote_support.unattended.access",
        "admin.access.ask",
    );
    let (ada, owner) = (person(cast.id("ada")), person(cast.id("owner")));
    let on_device = json!({"type": "device", "id": device});
    let by_customer = |id: &str| question(person(id), log, service.clone());
    let about_customer = |id: &str| question(owner.clone(), ask, person(id));
    let evaluations = [
        by_customer(customer),
        by_customer("Z-1"),
        about_customer(customer),
        about_customer("Z-1"),
        question(ada.clone(), access, on_device.clone()),
    ];
    let of = |kind: &str| json!({"type": kind});
    let searches = [
        (
            "subject",
            question(of("person"), log, service.clone()),
            customer,
        ),
        (
            "resource",
            question(owner.clone(), ask, of("person")),
            customer,
        ),
        (
            "resource",
            question(ada.clone(), access, of("device")),
            device,
        ),
        ("action", by_customer(customer), log),
        ("action", by_customer("Z-1"), log),
        ("action", about_customer(customer), ask),
        (
            "action",
            question(ada.clone(), access, on_device.clone()),
            access,
        ),
    ];
    for body in &evaluations {
        let answer = evaluated(world, token, body).await;
        assert_eq!(answer["decision"], true, "{body}: {answer}");
    }
    for (what, body, hidden) in &searches {
        let found = found(world, token, what, body).await;
        assert!(found.iter().any(|one| one == hidden), "{body}: {found:?}");
    }

    let listed = json!({"listed": {"companies": ["{company}"], "without_company": true}});
    cast.put(&format!("people/{asker}/company-access"), listed)
        .await;
    for body in &evaluations {
        let answer = evaluated(world, token, body).await;
        assert_eq!(answer["decision"], false, "{body}: {answer}");
    }
    for (what, body, hidden) in &searches {
        let found = found(world, token, what, body).await;
        assert!(!found.iter().any(|one| one == hidden), "{body}: {found:?}");
    }
    // The same as of an id that nobody has; and others are found as before.
    for (hidden, unknown) in [
        (by_customer(customer), by_customer(NOBODY)),
        (by_customer("Z-1"), by_customer("Z-2")),
        (about_customer(customer), about_customer(NOBODY)),
        (about_customer("Z-1"), about_customer("Z-2")),
    ] {
        let hidden = evaluated(world, token, &hidden).await;
        assert_eq!(hidden, evaluated(world, token, &unknown).await);
    }
    let (what, body, _) = &searches[0];
    let found = found(world, token, what, body).await;
    assert!(found.iter().any(|one| one == cast.id("cara")), "{found:?}");
}

async fn ad_31_whoever_is_hidden_takes_no_place_on_a_page(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let ask = json!(["admin.access.ask"]);
    cast.with_role(ask, Some("{user_group}")).await;
    let (world, token) = (&cast.world, &cast.world.nobody);
    // Others than Ned may, and stand before him.
    let account = json!({"type": "account", "id": "account"});
    let mut body = question(json!({"type": "person"}), "admin.audit.view", account);
    let owners = found(world, &world.owner, "subject", &body).await;
    assert_ne!(owners[0], cast.id("ned"));
    let mut found = Vec::new();
    body["page"] = json!({"limit": 1});
    loop {
        let page = answered(world, token, "/access/v1/search/subject", &body).await;
        let results = page["results"].as_array().unwrap().clone();
        let next = page["page"]["next_token"].as_str().unwrap();
        assert!(next.is_empty() || results.len() == 1, "{page}");
        found.extend(results);
        if next.is_empty() {
            break;
        }
        body["page"] = json!({"token": next});
    }
    assert!(found.contains(&person(cast.id("ned"))), "{found:?}");
    assert!(found.len() < owners.len(), "{found:?}");
}

async fn ad_31_an_external_id_is_of_the_one_holder_whom_the_caller_may_ask_about(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    let ask = json!(["admin.access.ask"]);
    cast.with_role(ask, Some("{user_group}")).await;
    for who in ["people/{ned}", "people/{una}"] {
        let external = json!({"external_id": "7"});
        cast.done(Method::PATCH, who, external).await;
    }
    let account = json!({"type": "account", "id": "account"});
    let body = question(person("7"), "admin.audit.view", account);
    // The owner may ask about both.
    for (token, decision) in [(&cast.world.nobody, true), (&cast.world.owner, false)] {
        let answer = evaluated(&cast.world, token, &body).await;
        assert_eq!(answer["decision"], decision, "{answer}");
    }
}

/// Who may ask about themselves alone does so as what they are.
async fn ad_31_an_id_counts_with_its_type(db: TestDatabase) {
    let world = World::make(&db).await;
    let nobody = token_of(&world.account, &world.nobody_id).await;
    let account = json!({"type": "account", "id": "account"});
    for (kind, status) in [("person", 200), ("user", 403), ("connection", 403)] {
        let subject = json!({"type": kind, "id": world.nobody_id});
        let body = question(subject, "remote_support.session.host", account.clone());
        let path = "/access/v1/evaluation";
        let answer = world.send(Method::POST, path, Some(&nobody), Some(body));
        let answer = answer.await;
        assert_eq!(answer.status, status, "{kind}: {}", answer.body);
    }
}

async fn the_account_has_one_id(db: TestDatabase) {
    let world = World::make(&db).await;
    let owner = world.get("/api/v1/me", &world.owner).await.body["subject"].clone();
    let owner = person(owner.as_str().unwrap());
    for (id, yes) in [
        ("account", true),
        ("account_x", false),
        ("Account", false),
        ("", false),
    ] {
        let account = json!({"type": "account", "id": id});
        let body = question(owner.clone(), "admin.users.manage", account);
        let answer = evaluated(&world, &world.owner, &body).await;
        assert_eq!(answer["decision"], yes, "{id}: {answer}");
        let body = json!({"permission": "admin.users.manage", "on": id});
        let answer = answered(&world, &world.owner, "/api/v1/decisions", &body).await;
        assert_eq!(answer["allowed"], yes, "{id}: {answer}");
    }
}

async fn ad_31_a_no_tells_nobody_what_another_product_registered(db: TestDatabase) {
    let world = World::make(&db).await;
    let catalogue = r#"
        product = "cleaning"
        name = "Cleaning"
        [subject_types.person]
        [resource_types.room]
        [resource_types.yard]
        open = true
        [permissions.sweep]
        on = ["room", "yard"]
        [roles.cleaner]
        permissions = ["sweep"]
    "#;
    let catalogue = json!({"catalogue": catalogue});
    let product = world
        .done(Method::POST, "/api/v1/products", catalogue)
        .await;
    let things = format!("/api/v1/products/{product}/things");
    for kind in ["room", "yard"] {
        let thing = json!({"side": "resource", "type": kind, "external_id": "north"});
        world.done(Method::POST, &things, thing).await;
    }
    let owner = world.get("/api/v1/me", &world.owner).await.body["subject"].clone();
    let owner = owner.as_str().unwrap();
    let evaluation = async |token: &str, who: &str, on: Value| {
        let body = question(person(who), "sweep", on);
        evaluated(&world, token, &body).await
    };
    let rest = async |token: &str, path: &str, on: Value| {
        let body = json!({"permission": "sweep", "on": on});
        answered(&world, token, path, &body).await
    };
    let (decisions, explain) = ("/api/v1/decisions", "/api/v1/decisions/explain");
    for kind in ["room", "yard"] {
        let on = |id: &str| json!({"type": kind, "id": id});
        let nobody = (&*world.nobody, &*world.nobody_id);
        let known = evaluation(nobody.0, nobody.1, on("north")).await;
        let unknown = evaluation(nobody.0, nobody.1, on("south")).await;
        assert_eq!(known["decision"], false, "{known}");
        assert_eq!(known, unknown);
        for path in [decisions, explain] {
            let known = rest(nobody.0, path, on("north")).await;
            assert_eq!(known, rest(nobody.0, path, on("south")).await);
        }
    }
    // Who may ask about the whole account is told.
    let on = |id: &str| json!({"type": "room", "id": id});
    let known = evaluation(&world.owner, owner, on("north")).await;
    assert_ne!(known, evaluation(&world.owner, owner, on("south")).await);
}
