//! User groups as scopes: what becomes of one when its role is replaced (AD-5).

use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::databases::TestDatabase;

use super::cast::Cast;

testkit::on_both![
    ad_5_a_role_is_replaced_where_its_scope_names_what_is_gone,
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
