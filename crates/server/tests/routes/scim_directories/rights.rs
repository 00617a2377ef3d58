//! What a directory may do, and what it can never do: by rank (AD-24), by its role (AD-29), and by mappings alone (AD-30).

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{ADMIN, Directory, MEMBER, Reply, SUPER_ADMIN, connection_token};
use crate::{
    traces::traces,
    world::{World, token_of},
};

testkit::on_both![
    ad_24_everybody_is_switched_off_but_the_last_super_admin_and_rank_alone_brings_back,
    ad_30_no_attribute_gives_anything,
    ad_29_a_directory_alone_is_served_and_by_its_role,
    ad_29_who_may_not_manage_users_hears_of_nobody,
    ad_29_two_secrets_are_good_while_one_takes_the_place_of_the_other,
    ad_25_a_connection_that_is_archived_is_not_served,
    an_account_knows_nothing_of_the_directory_of_another,
];

fn switch(active: bool) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": active}],
    })
}

async fn ad_24_everybody_is_switched_off_but_the_last_super_admin_and_rank_alone_brings_back(
    db: TestDatabase,
) {
    let directory = Directory::connect(&db).await;
    let world = &directory.world;
    let sue = directory.user("sue").await;
    let path = format!("/Users/{sue}");
    directory.accepts(&sue).await;
    let role = json!({"role": SUPER_ADMIN});
    let her_role = format!("/api/v1/people/{sue}/account-role");
    world.done(Method::PUT, &her_role, role).await;
    let hands = directory.works(&sue).await;

    directory.patch(&path, switch(false)).await;
    assert_eq!(directory.status(&sue).await, "deactivated");
    assert_eq!(hands.open(world).await, [false, false]);
    // The directory could not give what she holds: it does not bring her back. A Super admin does.
    let before = directory.version();
    let refused = directory.ask(Method::PATCH, &path, Some(switch(true)));
    refused.await.is_refused(403, None);
    assert_eq!(directory.version(), before);
    assert_eq!(directory.read(&path).await["active"], false);
    let back = format!("/api/v1/people/{sue}/reactivation");
    let user = json!({"facet": "user"});
    world.done(Method::POST, &back, user).await;
    assert_eq!(directory.read(&path).await["active"], true);

    // She is the last one: neither off nor away.
    let token = token_of(&world.account, &sue).await;
    let first = world.get("/api/v1/me", &world.owner).await.body["subject"].clone();
    let first = first.as_str().unwrap();
    let member = Some(json!({"role": MEMBER}));
    let his_role = format!("/api/v1/people/{first}/account-role");
    let done = world.send(Method::PUT, &his_role, Some(&token), member);
    let done = done.await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let before = directory.version();
    for (method, body) in [(Method::PATCH, Some(switch(false))), (Method::DELETE, None)] {
        let refused = directory.ask(method.clone(), &path, body).await;
        assert!(
            [403, 409].contains(&refused.status),
            "{method} {}",
            refused.body
        );
        refused.is_refused(refused.status, None);
    }
    assert_eq!(directory.version(), before);
    assert_eq!(world.get("/api/v1/me", &token).await.status, StatusCode::OK);
    assert_eq!(directory.read(&path).await["active"], true);
}

async fn ad_30_no_attribute_gives_anything(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let service = &directory.world.ids["service"];
    let roles = json!([{"value": SUPER_ADMIN, "type": "account_role", "primary": true}]);
    let entitlements = json!([
        {"value": service, "type": "service_administrator"},
        {"value": directory.world.ids["licence"], "type": "licence"},
        {"value": directory.world.ids["queue"], "type": "queue_supervisor"},
    ]);
    // What tells of access is read-only (RFC 7643 §7), and passed over where a resource is written as a whole.
    let schema = directory
        .read("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")
        .await;
    let attributes = schema["attributes"].as_array().unwrap().iter();
    let of_access: Vec<_> = attributes
        .filter(|one| one["name"] == "roles" || one["name"] == "entitlements")
        .map(|one| (&one["mutability"], &one["returned"]))
        .collect();
    assert_eq!(of_access, [(&json!("readOnly"), &json!("request")); 2]);
    let new = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "eve@directory.example", "displayName": "Eve",
        "emails": [{"value": "eve@directory.example"}],
        "roles": roles, "entitlements": entitlements, "groups": [{"value": "Super admins"}],
    });
    let eve = directory.create("/Users", new.clone()).await.id();
    let path = format!("/Users/{eve}");
    directory.put(&path, new).await;
    // By itself it is passed over or refused, and gives nothing.
    let before = directory.version();
    for (target, value) in [
        ("roles", roles.clone()),
        ("roles[primary eq \"True\"].value", json!(SUPER_ADMIN)),
        ("entitlements", entitlements),
        ("groups", json!([{"value": "Super admins"}])),
    ] {
        for op in ["Add", "replace"] {
            let patch = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": op, "path": target, "value": value}],
            });
            let reply = directory.ask(Method::PATCH, &path, Some(patch)).await;
            if ![200, 204].contains(&reply.status) {
                reply.is_refused(400, Some("mutability"));
            }
        }
    }
    assert_eq!(directory.version(), before);
    let person = directory.person(&eve).await;
    assert_eq!(person["user"]["account_role"], MEMBER);
    assert_eq!(directory.held(&eve).await, Vec::<String>::new());
    assert_eq!(directory.status(&eve).await, "invited");

    // It is told where it is asked for by name: what a mapping gave, and by no other way.
    let group = directory.group("Helpers", &[&eve]).await;
    let role = &directory.world.ids["role"];
    directory
        .map(json!([
            {"provider_group": group, "kind": "account_role", "id": role},
            {"provider_group": group, "kind": "service", "id": service, "level": "user"},
        ]))
        .await;
    let whole = directory.read(&path).await;
    assert_eq!(
        (whole.get("roles"), whole.get("entitlements")),
        (None, None)
    );
    let asked = format!("{path}?attributes=roles,entitlements");
    let told = directory.read(&asked).await;
    assert_eq!(told["roles"][0]["value"], *role, "{told}");
    assert_eq!(told["entitlements"][0]["value"], *service, "{told}");
    assert_eq!(told["entitlements"].as_array().unwrap().len(), 1);
}

async fn ad_29_a_directory_alone_is_served_and_by_its_role(db: TestDatabase) {
    let mut directory = Directory::connect(&db).await;
    let ada = directory.user("ada").await;
    let world = &directory.world;
    let service = json!({"name": "Robot", "kind": "service", "role": ADMIN});
    let service = world
        .done(Method::POST, "/api/v1/connections", service)
        .await;
    let service = connection_token(world, &service).await;
    let callers = [
        (String::new(), 401),
        ("rc_unknown".to_owned(), 401),
        (world.nobody.clone(), 403),
        (world.owner.clone(), 403),
        (service, 403),
    ];
    let own = directory.token.clone();
    for (token, status) in callers {
        directory.token = token;
        for path in ["/Users", "/Groups", "/ServiceProviderConfig"] {
            let refused = directory.get(path).await;
            assert_eq!(refused.status, status, "{path} {}", refused.body);
        }
    }
    // A role by which nobody is added adds nobody.
    directory.token = own;
    let auditor = json!({"name": "Auditor", "permissions": ["admin.audit.view"]});
    let auditor = directory
        .world
        .done(Method::POST, "/api/v1/roles", auditor)
        .await;
    let role = format!("/api/v1/connections/{}/role", directory.connection);
    let auditor = json!({"role": auditor});
    directory.world.done(Method::PUT, &role, auditor).await;
    let before = directory.version();
    let new = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "bob@directory.example",
    });
    let refused = directory.ask(Method::POST, "/Users", Some(new)).await;
    refused.is_refused(403, None);
    let path = format!("/Users/{ada}");
    let refused = directory.ask(Method::PATCH, &path, Some(switch(false)));
    refused.await.is_refused(403, None);
    assert_eq!(directory.version(), before);
}

/// What a write could leave behind, but for the log of requests, which is written by itself.
async fn left(world: &World) -> Vec<(&'static str, i64)> {
    let mut left = traces(world).await;
    left.retain(|(table, _)| *table != "provisioning_log");
    left
}

/// Everything of an answer that could tell something.
fn told(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let headers = reply.headers.iter();
    let headers =
        headers.filter(|(name, _)| !["rolecall-request", "x-request-id"].contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), format!("{value:?}")));
    (reply.status, headers.collect(), reply.body.to_string())
}

/// An address that is taken and one that is free are refused alike: nobody is looked for on behalf of who may add nobody.
async fn ad_29_who_may_not_manage_users_hears_of_nobody(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let world = &directory.world;
    let ada = directory.user("ada").await;
    directory.user("bob").await;
    let hal =
        json!({"name": "Hal Here", "email": "hal@example.net", "contact": {"external_id": "h1"}});
    world.done(Method::POST, "/api/v1/people/users", hal).await;
    let auditor = json!({"name": "Auditor", "permissions": ["admin.audit.view"]});
    let auditor = world.done(Method::POST, "/api/v1/roles", auditor).await;
    let role_of = async |role: &str| {
        let path = format!("/api/v1/connections/{}/role", directory.connection);
        world.done(Method::PUT, &path, json!({"role": role})).await;
    };
    role_of(&auditor).await;
    let before = left(world).await;

    let user = |name: &str, address: &str, id: &str| {
        Some(json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": name, "externalId": id, "emails": [{"value": address}],
        }))
    };
    let patch = |path: &str, value: &str| {
        Some(json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": path, "value": value}],
        }))
    };
    let address = "emails[type eq \"work\"].value";
    let (one, nobody) = (
        format!("/Users/{ada}"),
        "/Users/per_00000000000000000000000000000000",
    );
    let (free, taken) = ("free@example.net", "hal@example.net");
    let asked = [
        (Method::POST, "/Users", user("new", free, "n1")),
        (Method::POST, "/Users", user("new", taken, "n1")),
        (Method::POST, "/Users", user(taken, taken, "n1")),
        (Method::POST, "/Users", user("new", free, "h1")),
        (
            Method::POST,
            "/Users",
            user("bob@directory.example", free, "n1"),
        ),
        (
            Method::PUT,
            &*one,
            user("ada@directory.example", free, "HR-ada"),
        ),
        (
            Method::PUT,
            &*one,
            user("ada@directory.example", taken, "HR-ada"),
        ),
        (Method::PATCH, &*one, patch(address, free)),
        (Method::PATCH, &*one, patch(address, taken)),
        (
            Method::PATCH,
            &*one,
            patch(address, "ada@directory.example"),
        ),
        (Method::PATCH, nobody, patch(address, free)),
        (Method::DELETE, &*one, None),
        (Method::DELETE, nobody, None),
        (Method::GET, &*one, None),
        (Method::GET, nobody, None),
        (
            Method::GET,
            "/Users?filter=userName eq \"hal@example.net\"",
            None,
        ),
        (
            Method::GET,
            "/Users?filter=userName eq \"ada@directory.example\"",
            None,
        ),
    ];
    let mut first = None;
    for (method, path, body) in asked {
        let reply = directory.ask(method.clone(), path, body).await;
        reply.is_refused(403, None);
        let told = told(&reply);
        assert_eq!(
            first.get_or_insert_with(|| told.clone()),
            &told,
            "{method} {path}"
        );
    }
    assert_eq!(left(world).await, before);
    // AD-30: who is in its groups is the directory's own word, and says nothing of anybody else.
    let group = directory.group("Helpers", &[]).await;
    directory.read(&format!("/Groups/{group}")).await;

    // With the right, what is taken is said.
    role_of(ADMIN).await;
    let clash = directory.ask(Method::POST, "/Users", user("new", taken, "n1"));
    clash.await.is_refused(409, Some("uniqueness"));
}

async fn ad_29_two_secrets_are_good_while_one_takes_the_place_of_the_other(db: TestDatabase) {
    let mut directory = Directory::connect(&db).await;
    let ada = directory.user("ada").await;
    let path = format!("/Users/{ada}");
    let old = directory.token.clone();
    let new = connection_token(&directory.world, &directory.connection).await;
    for token in [&new, &old] {
        directory.token = token.clone();
        directory.read(&path).await;
    }
    let listed = directory.house("/api/v1/tokens").await;
    let mut of_it = listed["items"].as_array().unwrap().iter();
    let first = of_it.find(|token| token["owner"] == directory.connection);
    let first = first.unwrap()["id"].as_str().unwrap().to_owned();
    let revoke = format!("/api/v1/tokens/{first}");
    directory
        .world
        .done(Method::DELETE, &revoke, json!({}))
        .await;
    assert_eq!(directory.get(&path).await.status, 401);
    directory.token = new;
    directory.read(&path).await;
}

async fn ad_25_a_connection_that_is_archived_is_not_served(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let ada = directory.user("ada").await;
    let path = format!("/api/v1/connections/{}/archive", directory.connection);
    directory.world.done(Method::POST, &path, json!({})).await;
    let before = directory.version();
    for (method, body) in [(Method::GET, None), (Method::PATCH, Some(switch(false)))] {
        let refused = directory.ask(method, &format!("/Users/{ada}"), body).await;
        assert!([401, 403].contains(&refused.status), "{}", refused.body);
    }
    assert_eq!(directory.version(), before);
}

async fn an_account_knows_nothing_of_the_directory_of_another(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let ada = directory.user("ada").await;
    let group = directory.group("Helpers", &[&ada]).await;
    let world = &directory.world;
    // The same by another account's owner: a directory of theirs.
    let new = json!({"name": "Theirs", "kind": "provisioning", "role": ADMIN});
    let stranger = Some(world.stranger.as_str());
    let made = world.send(Method::POST, "/api/v1/connections", stranger, Some(new));
    let theirs = made.await.body["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/connections/{theirs}/tokens");
    let token = json!({"name": "Theirs", "expires": world.soon});
    let made = world.send(Method::POST, &path, stranger, Some(token)).await;
    let token = made.body["secret"].as_str().unwrap().to_owned();
    let directory = Directory { token, ..directory };
    for path in [format!("/Users/{ada}"), format!("/Groups/{group}")] {
        directory.get(&path).await.is_refused(404, None);
        let gone = directory.ask(Method::DELETE, &path, None).await;
        gone.is_refused(404, None);
    }
    let named = "/Users?filter=userName eq \"ada@directory.example\"";
    assert!(directory.get(named).await.resources().is_empty());
    // The name is free there.
    directory.user("ada").await;
}
