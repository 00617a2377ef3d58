//! What is done to one person is done or refused, never skipped (AD-23, SD-13); several are answered one by one.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::{Answer, World};

testkit::on_both![
    ad_23_one_account_role_is_refused_with_the_code_of_the_rule,
    sd_13_one_portal_level_is_stored_whatever_its_effect_or_refused,
];

impl World {
    /// What the owner asks about several people, which is answered whatever becomes of each.
    async fn done_all(&self, path: &str, body: &Value) -> Answer {
        let answer = self
            .send(Method::POST, path, Some(&self.owner), Some(body.clone()))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer
    }

    /// Asks as somebody, dry first: both answers are the same refusal, and nothing changed.
    async fn is_refused(&self, token: &str, path: &str, body: Value) -> Answer {
        let version = self.account.state().version();
        let dry = format!("{path}?dry_run=true");
        let dry = self
            .send(Method::PUT, &dry, Some(token), Some(body.clone()))
            .await;
        let answer = self.send(Method::PUT, path, Some(token), Some(body)).await;
        assert_eq!((dry.status, &dry.body), (answer.status, &answer.body));
        assert_eq!(self.account.state().version(), version, "{path}");
        answer
    }
}

async fn ad_23_one_account_role_is_refused_with_the_code_of_the_rule(db: TestDatabase) {
    let world = World::make(&db).await;
    let customer = json!({"name": "Carl", "email": "carl@example.net"});
    let customer = world
        .done(Method::POST, "/api/v1/people/customers", customer)
        .await;
    let me = world.get("/api/v1/me", &world.owner).await;
    let owner = me.body["subject"].as_str().unwrap();
    let member = format!("rol_{:032x}", 3);
    let super_admin = format!("rol_{:032x}", 1);
    let helper = &world.ids["role"];
    let path = |person: &str| format!("/api/v1/people/{person}/account-role");
    for (person, body, status, code, rule) in [
        (
            owner,
            json!({"role": member}),
            StatusCode::CONFLICT,
            "last_super_admin",
            "AD-8",
        ),
        (
            &customer,
            json!({"role": helper}),
            StatusCode::UNPROCESSABLE_ENTITY,
            "not_a_user",
            "§1",
        ),
        (
            &world.ids["person"],
            json!({"role": member, "user_groups": []}),
            StatusCode::UNPROCESSABLE_ENTITY,
            "scope_on_system_role",
            "AD-12",
        ),
    ] {
        let answer = world.is_refused(&world.owner, &path(person), body).await;
        let told = (answer.status, &answer.body["code"], &answer.body["rule"]);
        assert_eq!(
            told,
            (status, &json!(code), &json!(rule)),
            "{}",
            answer.body
        );
    }
    // Of several, each is answered.
    let person = &world.ids["person"];
    let body = json!({"people": [customer, person], "role": helper});
    let dry = "/api/v1/account-roles?dry_run=true";
    let refused = |answer: &Answer| {
        let outcome = &answer.body["outcomes"][0];
        assert_eq!(outcome["person"], json!(customer));
        let told = [&outcome["changed"], &outcome["code"], &outcome["rule"]];
        assert_eq!(told, [&json!(false), &json!("not_a_user"), &json!("§1")]);
        assert!(outcome["detail"].is_string());
    };
    for (path, changed) in [
        (dry, true),
        ("/api/v1/account-roles", true),
        ("/api/v1/account-roles", false),
    ] {
        let answer = world.done_all(path, &body).await;
        refused(&answer);
        assert_eq!(answer.body["changed"], changed, "{}", answer.body);
        let outcome = &answer.body["outcomes"][1];
        assert_eq!(outcome["person"], json!(person));
        assert_eq!(outcome["changed"], changed);
        let why = if changed {
            Value::Null
        } else {
            json!("unchanged")
        };
        assert_eq!((&outcome["code"], &outcome["rule"]), (&why, &Value::Null));
    }
    let shown = world
        .get(&format!("/api/v1/people/{person}"), &world.owner)
        .await;
    assert_eq!(shown.body["user"]["account_role"], json!(helper));

    // AD-6: an Admin gives no role that only a Super admin gives.
    let admin = format!("rol_{:032x}", 2);
    let nobody = world.get("/api/v1/me", &world.nobody).await;
    let nobody = nobody.body["subject"].as_str().unwrap();
    world
        .done(Method::PUT, &path(nobody), json!({"role": admin}))
        .await;
    let body = json!({"role": super_admin});
    let answer = world
        .is_refused(&world.nobody, &path(&world.ids["person"]), body)
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.body["code"], "role_by_super_admin");
    assert_eq!(answer.body["who_could"], json!([owner]));
}

async fn sd_13_one_portal_level_is_stored_whatever_its_effect_or_refused(db: TestDatabase) {
    let world = World::make(&db).await;
    let path = |person: &str| format!("/api/v1/people/{person}/portal-level");
    let me = world.get("/api/v1/me", &world.owner).await;
    let owner = me.body["subject"].as_str().unwrap();
    let answer = world
        .is_refused(&world.owner, &path(owner), json!({"level": "standard"}))
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.body["code"], "not_a_customer");
    // The customer has no company: of several it would be skipped (SD-25), alone it is stored and says so.
    let person = &world.ids["person"];
    let body = json!({"people": [person], "level": "company"});
    let many = world.done_all("/api/v1/portal-levels", &body).await;
    assert_eq!(many.body["outcomes"][0]["code"], "no_company");
    let one = world
        .send(
            Method::PUT,
            &path(person),
            Some(&world.owner),
            Some(json!({"level": "company"})),
        )
        .await;
    assert_eq!(one.status, StatusCode::OK);
    assert_eq!(one.body["changed"], true);
    assert_eq!(one.body["notices"][0]["code"], "no_effect");
    let shown = world
        .get(&format!("/api/v1/people/{person}"), &world.owner)
        .await;
    assert_eq!(shown.body["customer"]["portal_level"], "company");
    let answer = world
        .is_refused(&world.nobody, &path(person), json!({"level": "none"}))
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
