//! User groups as scopes: who is shown as what (AD-12), and what becomes of a scope when its role is replaced (AD-5).

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::cast::Cast;

testkit::on_both![
    ad_5_a_role_is_replaced_where_its_scope_names_what_is_gone,
    ad_12_group_managers_are_not_mixed_with_limited_account_admins,
];

async fn ad_5_a_role_is_replaced_where_its_scope_names_what_is_gone(db: TestDatabase) {
    let mut cast = Cast::make(&db).await;
    let role = |name: &str| json!({"name": name, "permissions": ["admin.history.access"]});
    cast.make_one("old_role", "roles", "Oldest", role("Oldest"))
        .await;
    cast.make_one("new_role", "roles", "Newest", role("Newest"))
        .await;
    for (key, word) in [
        ("gone", "Goneril"),
        ("kept", "Keptin"),
        ("shelved", "Shelby"),
    ] {
        cast.make_one(key, "user-groups", word, json!({"name": word}))
            .await;
    }
    for (who, groups) in [
        ("una", json!(["{gone}", "{kept}", "{shelved}"])),
        ("ada", json!(["{gone}"])),
    ] {
        let scoped = json!({"role": "{old_role}", "user_groups": groups});
        cast.put(&format!("people/{{{who}}}/account-role"), scoped)
            .await;
    }
    cast.done(Method::DELETE, "user-groups/{gone}", json!({}))
        .await;
    cast.done(Method::POST, "user-groups/{shelved}/archive", json!({}))
        .await;
    let path = cast.filled("/api/v1/roles/{old_role}?replacement={new_role}");
    let answer = cast
        .world
        .send(Method::DELETE, &path, Some(&cast.world.owner), None)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    // What is archived comes back with its scope; what is gone reaches nobody, and never everybody (AD-26).
    for (who, left) in [("una", vec!["kept", "shelved"]), ("ada", vec![])] {
        let path = cast.filled(&format!("/api/v1/people/{{{who}}}/access"));
        let access = cast.world.get(&path, &cast.world.owner).await.body;
        assert_eq!(access["account_role"], cast.id("new_role"), "{access}");
        let left: Vec<_> = left.into_iter().map(|group| cast.id(group)).collect();
        assert_eq!(access["role_user_groups"], json!(left), "{access}");
    }
}

async fn ad_12_group_managers_are_not_mixed_with_limited_account_admins(db: TestDatabase) {
    let cast = Cast::make(&db).await;
    cast.put("people/{quin}/agent", json!({})).await;
    let limited = json!({"access": "limited", "privileges": [], "user_groups": ["{nook}"]});
    cast.put("people/{quin}/account-admin", limited).await;
    let grant = json!({"permission": "admin.history.access", "user_groups": ["{nook}"]});
    cast.done(Method::POST, "people/{una}/extra-grants", grant)
        .await;
    let path = cast.filled("/api/v1/user-groups/{nook}");
    let group = cast.world.get(&path, &cast.world.owner).await.body;
    let of = |field: &str| -> Vec<Value> {
        let people = group[field].as_array().cloned().unwrap_or_default();
        people.into_iter().map(|line| line["id"].clone()).collect()
    };
    assert_eq!(of("managers"), [cast.id("max")], "{group}");
    assert_eq!(of("limited_account_admins"), [cast.id("quin")], "{group}");
    assert_eq!(of("extra_grant_holders"), [cast.id("una")], "{group}");
}
