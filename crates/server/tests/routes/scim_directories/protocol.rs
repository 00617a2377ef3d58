//! What of RFC 7644 no directory above makes use of, and the public tester does not look at: filters of every kind, order, pages, searches
//! by POST, entity tags, and refusals.

use axum::http::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{Directory, LIST};

testkit::on_both![
    filters_find_whom_they_describe_and_no_others,
    an_order_and_pages_walk_everybody_once,
    a_search_by_post_finds_the_same,
    attributes_are_those_that_were_asked_for,
    a_change_that_was_made_to_something_older_is_refused,
    what_cannot_be_read_is_refused_and_changes_nothing,
];

/// Four people who differ in everything that can be asked for.
async fn crowd(directory: &Directory) -> Vec<String> {
    let mut ids = Vec::new();
    for (name, title, active, department) in [
        ("ann", Some("Clerk"), true, "North"),
        ("Bert", Some("clerk"), false, "South"),
        ("çelik", None, true, "North"),
        ("Dora", Some("Captain"), true, "East"),
    ] {
        let local = name.replace('ç', "c");
        let mut new = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", super::ENTERPRISE],
            "userName": format!("{local}@crowd.example"),
            "displayName": name, "active": active, "title": title,
            "emails": [
                {"value": format!("{local}@crowd.example"), "type": "work", "primary": true},
                {"value": format!("{local}@home.example"), "type": "home"},
            ],
            super::ENTERPRISE: {"department": department},
        });
        if title.is_none() {
            new.as_object_mut().unwrap().remove("title");
        }
        ids.push(directory.create("/Users", new).await.id());
    }
    ids
}

fn ids_of(resources: &[Value]) -> Vec<&str> {
    let ids = resources.iter().map(|one| one["id"].as_str().unwrap());
    ids.collect()
}

async fn filters_find_whom_they_describe_and_no_others(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let ids = crowd(&directory).await;
    let ours = "userName ew \"@crowd.example\"";
    for (filter, expected) in [
        ("displayName eq \"BERT\"", &[1][..]),
        ("displayName sw \"Ç\"", &[2]),
        ("title eq \"clerk\"", &[0, 1]),
        ("title ne \"clerk\"", &[2, 3]),
        ("title pr", &[0, 1, 3]),
        ("not (title pr)", &[2]),
        ("active eq true", &[0, 2, 3]),
        ("active eq false", &[1]),
        ("title co \"apt\"", &[3]),
        ("displayName gt \"b\" and displayName lt \"d\"", &[1]),
        ("emails[type eq \"home\" and value sw \"dora\"]", &[3]),
        (
            "emails[type eq \"work\" and value ew \"home.example\"]",
            &[],
        ),
        ("emails.value eq \"ANN@home.example\"", &[0]),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"north\"",
            &[0, 2],
        ),
        (
            "title eq \"captain\" or (title eq \"clerk\" and active eq true)",
            &[0, 3],
        ),
        ("meta.created gt \"2000-01-01T00:00:00Z\"", &[0, 1, 2, 3]),
        ("meta.lastModified lt \"2000-01-01T00:00:00Z\"", &[]),
    ] {
        let path = format!("/Users?filter={ours} and ({filter})").replace('Ç', "%C3%87");
        let found = directory.get(&path).await.resources();
        let mut expected: Vec<_> = expected.iter().map(|place| ids[*place].as_str()).collect();
        let mut found = ids_of(&found);
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{filter}");
    }
    for wrong in [
        "userName",
        "userName eq",
        "userName eq ann",
        "userName is \"a\"",
        "(userName pr",
        "active gt true",
        "shoes eq \"42\" and",
    ] {
        let refused = directory.get(&format!("/Users?filter={wrong}")).await;
        refused.is_refused(400, Some("invalidFilter"));
    }
}

async fn an_order_and_pages_walk_everybody_once(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let ids = crowd(&directory).await;
    let ours = "filter=userName ew \"@crowd.example\"";
    let sorted = async |order: &str| {
        let path = format!("/Users?{ours}&sortBy=displayName{order}");
        let found = directory.get(&path).await.resources();
        ids_of(&found)
            .iter()
            .map(|id| (*id).to_owned())
            .collect::<Vec<_>>()
    };
    let ascending = sorted("").await;
    assert_eq!(&ascending[..2], &ids[..2]);
    let mut descending = sorted("&sortOrder=descending").await;
    descending.reverse();
    assert_eq!(descending, ascending);
    // Pages of three, of none, and beyond the end; an index below one counts as one (RFC 7644 §3.4.2.4).
    let mut walked = Vec::new();
    for (start, count, expected) in [(1, 3, 3), (4, 3, 1), (7, 3, 0), (1, 0, 0), (-2, 1, 1)] {
        let path = format!("/Users?{ours}&sortBy=displayName&startIndex={start}&count={count}");
        let page = directory.read(&path).await;
        assert_eq!(page["schemas"], json!([LIST]));
        assert_eq!(page["totalResults"], 4, "{path}");
        let found = page["Resources"].as_array().cloned().unwrap_or_default();
        assert_eq!(found.len(), expected, "{path}: {page}");
        if start > 0 && count == 3 {
            walked.extend(ids_of(&found).iter().map(|id| (*id).to_owned()));
        }
    }
    assert_eq!(walked, ascending);
    let refused = directory.get("/Users?sortBy=shoes").await;
    assert_eq!(refused.status, 400, "{}", refused.body);
}

async fn a_search_by_post_finds_the_same(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let ids = crowd(&directory).await;
    let group = directory.group("Crowd", &[&ids[0]]).await;
    let search = |filter: &str| {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "filter": filter, "attributes": ["displayName"], "startIndex": 1, "count": 10,
        })
    };
    let found = async |path: &str, filter: &str| {
        let reply = directory.ask(Method::POST, path, Some(search(filter)));
        let found = reply.await.resources();
        for one in &found {
            assert_eq!(one.get("userName"), None, "{one}");
            assert!(one["displayName"].is_string(), "{one}");
        }
        ids_of(&found)
            .iter()
            .map(|id| (*id).to_owned())
            .collect::<Vec<_>>()
    };
    let dora = "displayName eq \"dora\"";
    assert_eq!(found("/Users/.search", dora).await, [ids[3].clone()]);
    assert_eq!(found("/.search", dora).await, [ids[3].clone()]);
    let crowd = "displayName eq \"Crowd\"";
    assert_eq!(
        found("/Groups/.search", crowd).await,
        std::slice::from_ref(&group)
    );
    assert_eq!(found("/.search", crowd).await, [group]);
    let refused = directory.ask(Method::POST, "/Users/.search", Some(search("displayName")));
    refused.await.is_refused(400, Some("invalidFilter"));
}

async fn attributes_are_those_that_were_asked_for(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let ids = crowd(&directory).await;
    let path = format!("/Users/{}", ids[0]);
    let some = directory
        .read(&format!("{path}?attributes=title,emails.type"))
        .await;
    assert_eq!(some["id"], ids[0], "the id is always there");
    assert_eq!(some["title"], "Clerk");
    assert_eq!(some["emails"][0], json!({"type": "work"}));
    assert_eq!(
        (some.get("userName"), some.get("displayName")),
        (None, None)
    );
    let rest = directory
        .read(&format!("{path}?excludedAttributes=title,emails"))
        .await;
    assert_eq!((rest.get("title"), rest.get("emails")), (None, None));
    assert!(rest["displayName"].is_string());
    // Of what a write answers too.
    let patch = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "title", "value": "Chief"}],
    });
    let asked = format!("{path}?attributes=title");
    let reply = directory.ask(Method::PATCH, &asked, Some(patch)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.body["title"], "Chief");
    assert_eq!(reply.body.get("userName"), None);
}

async fn a_change_that_was_made_to_something_older_is_refused(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let ann = directory.user("ann").await;
    let crew = directory.group("Crew", &[]).await;
    for (path, name, value) in [
        (format!("/Users/{ann}"), "title", "Chief"),
        (format!("/Groups/{crew}"), "displayName", "Night crew"),
    ] {
        let read = directory.get(&path).await;
        let old = read.header("etag").to_owned();
        assert!(!old.is_empty());
        assert_eq!(read.body["meta"]["version"], old);
        let not_modified = directory
            .ask_with(Method::GET, &path, None, &[("if-none-match", &old)])
            .await;
        assert_eq!(not_modified.status, 304, "{}", not_modified.body);
        let patch = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": name, "value": value}],
        });
        let done = directory
            .ask_with(
                Method::PATCH,
                &path,
                Some(patch.clone()),
                &[("if-match", &old)],
            )
            .await;
        assert!([200, 204].contains(&done.status), "{}", done.body);
        let new = directory.get(&path).await.header("etag").to_owned();
        assert_ne!(new, old);
        let before = directory.version();
        let mut other = patch;
        other["Operations"][0]["value"] = "Somebody else".into();
        for (method, body) in [
            (Method::PATCH, Some(other.clone())),
            (Method::PUT, Some(read.body.clone())),
            (Method::DELETE, None),
        ] {
            let late = directory
                .ask_with(method.clone(), &path, body, &[("if-match", &old)])
                .await;
            assert_eq!(late.status, 412, "{method} {}", late.body);
            late.is_refused(412, None);
        }
        assert_eq!(directory.version(), before);
        assert_eq!(directory.read(&path).await[name], value);
        let gone = directory
            .ask_with(Method::DELETE, &path, None, &[("if-match", &new)])
            .await;
        assert_eq!(gone.status, 204, "{}", gone.body);
    }
}

async fn what_cannot_be_read_is_refused_and_changes_nothing(db: TestDatabase) {
    let directory = Directory::connect(&db).await;
    let ann = directory.user("ann").await;
    let path = format!("/Users/{ann}");
    let user = |more: Value| {
        let mut user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]});
        let more = more.as_object().unwrap().clone();
        user.as_object_mut().unwrap().extend(more);
        user
    };
    let patch = |operation: Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation],
        })
    };
    let before = directory.version();
    for (method, path, body, status, keyword) in [
        (Method::POST, "/Users", json!([]), 400, "invalidSyntax"),
        (
            Method::POST,
            "/Users",
            user(json!({"displayName": "No name"})),
            400,
            "invalidValue",
        ),
        (
            Method::POST,
            "/Users",
            user(json!({"userName": 7})),
            400,
            "invalidValue",
        ),
        (
            Method::POST,
            "/Users",
            user(json!({"userName": "x", "active": "perhaps"})),
            400,
            "invalidValue",
        ),
        (
            Method::POST,
            "/Users",
            user(json!({"userName": "ANN@directory.example"})),
            409,
            "uniqueness",
        ),
        (
            Method::PATCH,
            &path,
            patch(json!({"op": "rename", "path": "title"})),
            400,
            "invalidSyntax",
        ),
        (
            Method::PATCH,
            &path,
            patch(json!({"op": "replace", "path": "title[", "value": "x"})),
            400,
            "invalidPath",
        ),
        (
            Method::PATCH,
            &path,
            patch(json!({"op": "remove"})),
            400,
            "noTarget",
        ),
        (
            Method::PATCH,
            &path,
            patch(json!({"op": "remove", "path": "userName"})),
            400,
            "mutability",
        ),
        (
            Method::PATCH,
            &path,
            patch(json!({"op": "replace", "path": "shoes", "value": "x"})),
            400,
            "invalidPath",
        ),
    ] {
        let refused = directory
            .ask(method.clone(), path, Some(body.clone()))
            .await;
        assert_eq!(
            (refused.status, refused.body["scimType"].as_str()),
            (status, Some(keyword)),
            "{method} {path} {body}: {}",
            refused.body
        );
        refused.is_refused(status, Some(keyword));
    }
    for path in ["/Users/per_1", "/Groups/x", "/Shoes", "/Bulk"] {
        let refused = directory.get(path).await;
        assert!(
            [404, 405].contains(&refused.status),
            "{path} {}",
            refused.body
        );
        refused.is_refused(refused.status, None);
    }
    assert_eq!(directory.version(), before);
}
