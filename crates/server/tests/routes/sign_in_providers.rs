//! Sign-in providers as they are set up: by whom, for whom, and for which domains (AD-24, AD-26, AD-29, SD-22).

use access::state::Facet;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::{Answer, World, token_of};

testkit::on_both![
    ad_29_a_provider_is_set_up_changed_and_removed,
    ad_24_who_lets_others_in_could_say_how_they_sign_in,
    ad_26_a_provider_for_customers_names_companies,
    a_domain_is_believed_of_one_provider_for_each_side,
    sd_22_a_provider_for_customers_speaks_for_domains_of_its_companies,
    ad_8_while_people_come_in_by_it_alone_a_super_admin_comes_in_without,
    a_domain_has_one_provider_in_all_accounts,
    a_deleted_connection_speaks_for_no_domain,
    a_secret_is_kept_sealed_and_never_shown,
    a_change_of_whom_it_is_for_ends_its_sessions,
];

const ISSUER: &str = "https://login.example.org/desk";

fn staff() -> Value {
    json!({"issuer": ISSUER, "client_id": "rolecall", "audience": "staff", "domains": ["staff.example.com"]})
}

struct House {
    world: World,
    path: String,
}

impl House {
    async fn make(db: &TestDatabase) -> Self {
        let world = World::make(db).await;
        let path = Self::connection(&world).await;
        Self { world, path }
    }

    async fn connection(world: &World) -> String {
        let provider = world.provider().await;
        let id = web::session::id_in(&world.account.state(), provider).0;
        format!("/api/v1/connections/{id}/sign-in-provider")
    }

    async fn add_as(&self, token: &str, body: Value) -> Answer {
        let (world, path) = (&self.world, &self.path);
        world
            .send(Method::POST, path, Some(token), Some(body))
            .await
    }

    async fn add(&self, body: Value) -> Answer {
        self.add_as(&self.world.owner, body).await
    }

    /// What is refused has left nothing.
    async fn refused(&self, body: Value, code: &str) {
        let answer = self.add(body).await;
        assert_eq!(answer.body["code"], code, "{}", answer.body);
        let there = self.world.get(&self.path, &self.world.owner).await;
        assert_eq!(there.status, StatusCode::NOT_FOUND);
    }

    async fn edit(&self, body: Value, mark: &str) -> Answer {
        let request = super::world::signed(axum::http::Request::builder(), Some(&self.world.owner))
            .method(Method::PUT)
            .uri(&self.path)
            .header("content-type", "application/json")
            .header("if-mark", mark)
            .body(axum::body::Body::from(body.to_string()));
        self.world.answer(request.unwrap()).await
    }

    async fn shown(&self) -> Value {
        let there = self.world.get(&self.path, &self.world.owner).await;
        assert_eq!(there.status, StatusCode::OK, "{}", there.body);
        there.body
    }
}

async fn ad_29_a_provider_is_set_up_changed_and_removed(db: TestDatabase) {
    let house = House::make(&db).await;
    assert_eq!(house.add(staff()).await.status, StatusCode::OK);
    let shown = house.shown().await;
    assert_eq!(shown["issuer"], ISSUER);
    assert_eq!(shown["domains"], json!(["staff.example.com"]));
    assert_eq!(shown["creates_people"], false);
    let again = house.add(staff()).await;
    assert_eq!(again.body["code"], "already_set_up");
    let mut other = staff();
    other["groups_claim"] = json!("groups");
    let mark = shown["mark"].as_str().unwrap();
    let edited = house.edit(other.clone(), mark).await;
    assert_eq!(edited.status, StatusCode::OK, "{}", edited.body);
    assert_eq!(house.shown().await["groups_claim"], "groups");
    let late = house.edit(staff(), mark).await;
    assert_eq!(late.body["code"], "changed_meanwhile");
    // What is so already is no change.
    let mark = house.shown().await["mark"].as_str().unwrap().to_owned();
    assert_eq!(house.edit(other, &mark).await.body["changed"], false);
    let (world, owner) = (&house.world, &house.world.owner);
    world
        .send(Method::DELETE, &house.path, Some(owner), None)
        .await;
    assert_eq!(
        world.get(&house.path, owner).await.status,
        StatusCode::NOT_FOUND
    );
    let entries = world
        .get("/api/v1/audit?page_size=3", owner)
        .await
        .body
        .to_string();
    assert!(entries.contains("remove_sign_in_provider"), "{entries}");
    // A program with a token is none.
    let path = format!(
        "/api/v1/connections/{}/sign-in-provider",
        world.words["listener"]
    );
    let of_a_service = world
        .send(Method::POST, &path, Some(owner), Some(staff()))
        .await;
    assert_eq!(of_a_service.body["code"], "not_a_sign_in_provider");
}

async fn ad_24_who_lets_others_in_could_say_how_they_sign_in(db: TestDatabase) {
    let house = House::make(&db).await;
    let world = &house.world;
    // They do not even see companies: that they may not is said first.
    let customers = json!({"issuer": ISSUER, "client_id": "rolecall", "audience": "customers"});
    let person = world
        .user("Petra Plumber", "petra@example.com", &world.account)
        .await;
    let path = format!("/api/v1/people/{person}/account-role");
    let role = |number: u8| json!({"role": format!("rol_{number:032x}")});
    // An Admin manages no integrations, and knows of none.
    world.done(Method::PUT, &path, role(2)).await;
    let token = token_of(&world.account, &person).await;
    let answer = house.add_as(&token, staff()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
    // A Super admin who does not configure the desk says nothing of customers.
    world.done(Method::PUT, &path, role(1)).await;
    let token = token_of(&world.account, &person).await;
    let answer = house.add_as(&token, customers).await;
    assert_eq!(answer.body["code"], "permission_missing", "{}", answer.body);
    let nobody = house.add_as(&world.nobody, staff()).await;
    assert!([StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&nobody.status));
    let there = world.get(&house.path, &world.owner).await;
    assert_eq!(there.status, StatusCode::NOT_FOUND, "nothing was written");
}

async fn ad_26_a_provider_for_customers_names_companies(db: TestDatabase) {
    let house = House::make(&db).await;
    let company = house.world.ids["company"].clone();
    let of = |companies: Value| json!({"issuer": ISSUER, "client_id": "rolecall", "audience": "customers", "companies": companies});
    house.refused(of(json!([])), "bad_companies").await;
    let mut both = staff();
    both["companies"] = json!([company]);
    house.refused(both, "bad_companies").await;
    let added = house.add(of(json!([company]))).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    assert_eq!(house.shown().await["companies"], json!([company]));
}

async fn a_domain_is_believed_of_one_provider_for_each_side(db: TestDatabase) {
    let house = House::make(&db).await;
    house.add(staff()).await;
    let other = House {
        path: House::connection(&house.world).await,
        world: house.world,
    };
    let mut mine = staff();
    mine["issuer"] = json!("https://other.example.org/");
    other.refused(mine.clone(), "domain_taken").await;
    for (stranger, code) in [
        ("gmail.com", "public_webmail"),
        ("co.uk", "public_suffix"),
        ("localhost", "not_a_domain"),
    ] {
        mine["domains"] = json!([stranger]);
        other.refused(mine.clone(), code).await;
    }
    mine["domains"] = json!(["Other.Example.COM"]);
    other.add(mine).await;
    assert_eq!(other.shown().await["domains"], json!(["other.example.com"]));

    // Whoever works there may be served as well: by one for the customers of the domain's company.
    let company = other.world.ids["company"].clone();
    let path = format!("/api/v1/companies/{company}/domains");
    let domain = json!({"domain": "staff.example.com"});
    other.world.done(Method::POST, &path, domain).await;
    let theirs = json!({"issuer": ISSUER, "client_id": "portal", "audience": "customers", "companies": [company],
                        "domains": ["staff.example.com"]});
    let world = other.world;
    let portal = House {
        path: House::connection(&world).await,
        world,
    };
    let added = portal.add(theirs.clone()).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    let third = House {
        path: House::connection(&portal.world).await,
        world: portal.world,
    };
    third.refused(theirs, "domain_taken").await;
}

async fn sd_22_a_provider_for_customers_speaks_for_domains_of_its_companies(db: TestDatabase) {
    let house = House::make(&db).await;
    let world = &house.world;
    let company = world.ids["company"].clone();
    let order = json!({"issuer": ISSUER, "client_id": "rolecall", "audience": "customers", "companies": [company],
                       "domains": ["customers.example.com"]});
    house.refused(order.clone(), "domain_of_no_company").await;
    let other = world.done(Method::POST, "/api/v1/companies", json!({"name": "Other"}));
    let other = other.await;
    let give = async |company: &str| {
        let path = format!("/api/v1/companies/{company}/domains");
        let domain = json!({"domain": "customers.example.com"});
        world.done(Method::POST, &path, domain).await;
    };
    give(&other).await;
    house.refused(order.clone(), "domain_of_no_company").await;
    let path = format!("/api/v1/companies/{other}/domains/customers.example.com");
    let owner = Some(world.owner.as_str());
    world.send(Method::DELETE, &path, owner, None).await;
    give(&company).await;
    let added = house.add(order).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
}

async fn a_domain_has_one_provider_in_all_accounts(db: TestDatabase) {
    let house = House::make(&db).await;
    let (world, stranger) = (&house.world, Some(house.world.stranger.as_str()));
    house.add(staff()).await;
    let body =
        json!({"name": "Theirs", "role": format!("rol_{:032x}", 3), "kind": "sign_in_provider"});
    let made = world.send(Method::POST, "/api/v1/connections", stranger, Some(body));
    let made = made.await.body;
    let path = format!(
        "/api/v1/connections/{}/sign-in-provider",
        made["id"].as_str().unwrap()
    );
    let mut order = staff();
    let refused = world
        .send(Method::POST, &path, stranger, Some(order.clone()))
        .await;
    assert_eq!(refused.body["code"], "domain_taken", "{}", refused.body);
    let there = world.get(&path, &world.stranger).await;
    assert_eq!(there.status, StatusCode::NOT_FOUND);
    order["domains"] = json!(["theirs.example.com"]);
    let added = world.send(Method::POST, &path, stranger, Some(order)).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
}

async fn a_deleted_connection_speaks_for_no_domain(db: TestDatabase) {
    let house = House::make(&db).await;
    let (world, owner) = (&house.world, Some(house.world.owner.as_str()));
    house.add(staff()).await;
    let stranger = Some(world.stranger.as_str());
    let body =
        json!({"name": "Theirs", "role": format!("rol_{:032x}", 3), "kind": "sign_in_provider"});
    let made = world.send(Method::POST, "/api/v1/connections", stranger, Some(body));
    let made = made.await.body;
    let theirs = format!(
        "/api/v1/connections/{}/sign-in-provider",
        made["id"].as_str().unwrap()
    );
    let add = async || {
        let added = world.send(Method::POST, &theirs, stranger, Some(staff()));
        added.await
    };
    assert_eq!(add().await.body["code"], "domain_taken");
    let connection = house.path.replace("/sign-in-provider", "");
    // What is archived may come back, and keeps it.
    let path = format!("{connection}/archive");
    world.done(Method::POST, &path, json!({})).await;
    assert_eq!(add().await.body["code"], "domain_taken");
    let gone = world.send(Method::DELETE, &connection, owner, None).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
    let added = add().await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    let listed = world.get("/api/v1/sign-in-providers", &world.owner).await;
    let listed = listed.body["items"].as_array().unwrap().len();
    assert_eq!(listed, 1, "the one that the world has");
}

async fn ad_8_while_people_come_in_by_it_alone_a_super_admin_comes_in_without(db: TestDatabase) {
    let house = House::make(&db).await;
    let owner = house.world.get("/api/v1/me", &house.world.owner).await.body["subject"].clone();
    let mut order = staff();
    order["only_domains"] = json!(["staff.example.com"]);
    house.refused(order.clone(), "break_glass_needed").await;
    // A Super admin without a passkey.
    order["break_glass"] = owner;
    house.refused(order.clone(), "break_glass_needed").await;
    order["only_domains"] = json!(["elsewhere.example.com"]);
    house.refused(order, "bad_domain").await;
}

async fn a_secret_is_kept_sealed_and_never_shown(db: TestDatabase) {
    let house = House::make(&db).await;
    let mut order = staff();
    order["client_secret"] = json!("very-secret-words");
    house.add(order.clone()).await;
    let shown = house.shown().await;
    assert_eq!(shown["has_client_secret"], true);
    assert!(!shown.to_string().contains("very-secret"));
    let mut tx = house.world.account.read_once().await.unwrap();
    let sql = "SELECT client_secret FROM sign_in_providers WHERE client_id = 'rolecall'";
    let row = tx.fetch_optional(sql, []).await.unwrap().unwrap();
    let kept: Vec<u8> = row.get(0).unwrap();
    drop(tx);
    assert!(!kept.windows(11).any(|part| part == b"very-secret"));
    // A change without one keeps it.
    order["client_secret"] = Value::Null;
    order["client_id"] = json!("another");
    house.edit(order, shown["mark"].as_str().unwrap()).await;
    let shown = house.shown().await;
    assert_eq!(
        (&shown["client_id"], &shown["has_client_secret"]),
        (&json!("another"), &json!(true))
    );
}

async fn a_change_of_whom_it_is_for_ends_its_sessions(db: TestDatabase) {
    let world = World::make(&db).await;
    let provider = world.provider().await;
    let id = web::session::id_in(&world.account.state(), provider).0;
    let path = format!("/api/v1/connections/{id}/sign-in-provider");
    let house = House { world, path };
    house.add(staff()).await;
    let owner = house.world.get("/api/v1/me", &house.world.owner).await.body["subject"].clone();
    let owner = owner.as_str().unwrap();
    let session = house.world.through(owner, provider, Facet::User).await;
    let here = async || house.world.get("/account/sessions", &session).await.status;
    let mut order = staff();
    order["groups_claim"] = json!("groups");
    let mark = async || house.shown().await["mark"].as_str().unwrap().to_owned();
    house.edit(order.clone(), &mark().await).await;
    assert_eq!(here().await, StatusCode::OK, "nothing changed for them");
    order["issuer"] = json!("https://elsewhere.example.org/");
    house.edit(order, &mark().await).await;
    assert_eq!(here().await, StatusCode::SEE_OTHER);
}
