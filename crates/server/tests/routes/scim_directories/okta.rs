//! Okta: it reads a page to test the connection, replaces users as a whole or patches them without a path, never deletes one, and pushes
//! groups with their members (its guide to SCIM 2.0).

use axum::http::Method;
use serde_json::json;
use testkit::databases::TestDatabase;

use super::{Directory, body};

testkit::on_both![
    okta_tests_the_connection_with_a_short_page,
    okta_creates_replaces_and_switches_off_by_the_whole_user,
    ad_30_okta_pushes_groups_with_their_members,
];

/// What its guide calls the user, and another one.
const USER: &str = "23a35c27-23d3-4c03-b4c5-6443c09e7173";
const OTHER: &str = "89bb1940-b905-4575-9e7f-6f887cfb368e";
const GROUP: &str = "abf4dd94-a4c0-4f67-89c9-76b03340cb9b";

const NAMED: &str = "/Users?filter=userName eq \"test.user@okta.local\"&startIndex=1&count=100";

async fn okta_tests_the_connection_with_a_short_page(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    for name in ["one", "two", "three"] {
        directory.user(name).await;
    }
    let page = directory.read("/Users?startIndex=1&count=2").await;
    assert_eq!(page["startIndex"], 1);
    assert_eq!(page["itemsPerPage"], 2);
    assert_eq!(page["Resources"].as_array().unwrap().len(), 2);
    assert!(page["totalResults"].as_u64().unwrap() >= 3);
    let groups = directory.get("/Groups?startIndex=1&count=100").await;
    assert!(groups.resources().is_empty());
}

async fn okta_creates_replaces_and_switches_off_by_the_whole_user(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    assert!(directory.get(NAMED).await.resources().is_empty());
    let new = body("okta-create-user", &[]);
    let made = directory.create("/Users", new).await;
    let id = made.id();
    let path = format!("/Users/{id}");
    // A password is never answered, and is none of ours: whoever comes signs in by the provider.
    assert!(!made.body.to_string().contains("1mz050nq"), "{}", made.body);
    assert_eq!(
        directory.known_as(&id).await,
        [
            "Test User",
            "test.user@okta.local",
            "00ujl29u0le5T6Aj10h7",
            "invited"
        ]
    );
    assert_eq!(directory.get(NAMED).await.resources(), [made.body]);
    directory.accepts(&id).await;
    let me = (USER, id.as_str());

    let replaced = directory.put(&path, body("okta-replace-user", &[me])).await;
    assert_eq!(replaced["name"]["middleName"], "Excited");
    assert_eq!(replaced, directory.read(&path).await);
    let [name, ..] = directory.known_as(&id).await;
    assert!(name.starts_with("Another"), "{name}");
    // Replaced once more, nothing changes.
    let before = directory.version();
    let again = directory.put(&path, body("okta-replace-user", &[me]));
    assert_eq!(again.await, replaced);
    assert_eq!(directory.version(), before);

    // Off by the whole user, and on by the whole user; off by a patch without a path.
    let hands = directory.works(&id).await;
    let off = body("okta-replace-user-inactive", &[me]);
    assert_eq!(directory.put(&path, off.clone()).await["active"], false);
    assert_eq!(hands.open(&directory.world).await, [false, false]);
    assert_eq!(
        directory.known_as(&id).await,
        [
            "Another User",
            "test.user@okta.local",
            "00ujl29u0le5T6Aj10h7",
            "deactivated"
        ]
    );
    let mut on = off;
    on["active"] = true.into();
    assert_eq!(directory.put(&path, on).await["active"], true);
    assert_eq!(directory.status(&id).await, "active");
    assert_eq!(hands.open(&directory.world).await, [false, false]);
    let hands = directory.works(&id).await;
    directory
        .patch(&path, body("okta-deactivate-user", &[]))
        .await;
    assert_eq!(hands.open(&directory.world).await, [false, false]);
    assert_eq!(directory.status(&id).await, "deactivated");
    assert_eq!(directory.get(NAMED).await.resources()[0]["active"], false);
}

async fn ad_30_okta_pushes_groups_with_their_members(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let made = directory
        .create("/Groups", body("okta-create-group", &[]))
        .await;
    let group = made.id();
    let path = format!("/Groups/{group}");
    let named = "/Groups?filter=displayName eq \"Test SCIMv2\"&startIndex=1&count=100";
    assert_eq!(directory.get(named).await.resources()[0]["id"], group);
    let service = &directory.world.ids["service"];
    let level = json!({
        "provider_group": group, "kind": "service", "id": service, "level": "user",
    });
    directory.map(json!([level])).await;
    let (one, other) = (directory.user("one").await, directory.user("other").await);
    let (first, second) = ((USER, one.as_str()), (OTHER, other.as_str()));
    let is = async |of_one: bool, of_other: bool| {
        let members = directory.read(&path).await["members"].clone();
        let members = members.as_array().cloned().unwrap_or_default();
        let has = |id: &str| members.iter().any(|member| member["value"] == id);
        assert_eq!((has(&one), has(&other)), (of_one, of_other), "{members:?}");
        for (id, is) in [(&one, of_one), (&other, of_other)] {
            let held: &[&str] = if is { &["service"] } else { &[] };
            assert_eq!(directory.held(id).await, held);
        }
    };
    is(false, false).await;
    let all = body("okta-replace-members", &[first, second]);
    directory.patch(&path, all.clone()).await;
    is(true, true).await;
    // The other goes and the first comes, in one request; the first is there already.
    let change = body("okta-change-members", &[first, second]);
    directory.patch(&path, change).await;
    is(true, false).await;
    directory.patch(&path, all).await;
    is(true, true).await;
    let whole = body("okta-replace-group", &[first]);
    let replaced = directory.put(&path, whole).await;
    assert_eq!(replaced["id"], group);
    is(true, false).await;

    // A name comes with the group's own id, in a patch without a path; the members stay.
    let mut rename = body("okta-rename-group", &[(GROUP, &group)]);
    rename["Operations"][0]["value"]["displayName"] = "Night shift".into();
    directory.patch(&path, rename).await;
    let in_house = directory
        .house(&format!("/api/v1/provider-groups/{group}"))
        .await;
    assert_eq!(in_house["name"], "Night shift");
    is(true, false).await;
    assert!(directory.get(named).await.resources().is_empty());

    // Somebody who is not there makes nobody a member, and the request is refused as a whole.
    let before = directory.version();
    let unknown = body("okta-replace-members", &[first]);
    let refused = directory.ask(Method::PATCH, &path, Some(unknown)).await;
    assert!((400..500).contains(&refused.status), "{}", refused.body);
    assert_eq!(directory.version(), before);
    is(true, false).await;

    directory.delete(&path).await;
    for id in [&one, &other] {
        assert_eq!(directory.held(id).await, Vec::<String>::new());
    }
}
