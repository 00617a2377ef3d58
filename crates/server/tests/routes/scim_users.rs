//! SCIM users over HTTP: the life of one, and what stands in its way.

use access::{PersonId, PublicId};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    scim::{Directory, ENTERPRISE, USER, id, refusal, user},
    traces::traces,
    world::World,
};

testkit::on_both![
    a_user_is_created_read_replaced_and_patched,
    nothing_that_was_sent_is_lost_and_nothing_is_added,
    rfc_7644_3_3_1_what_is_taken_is_a_clash,
    rfc_7644_3_14_what_was_changed_meanwhile_is_not_overwritten,
    somebody_who_is_here_is_linked_by_id_then_by_address_and_never_by_name,
    what_somebody_changed_here_stays_until_the_directory_changes_it,
    problems_are_told_in_the_words_of_the_standard,
    sd_26_whoever_is_erased_is_gone_for_the_directory,
];

async fn a_user_is_created_read_replaced_and_patched(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let new = user(json!({
        "userName": "Bea@Example.org", "externalId": "x1", "displayName": "Bea Bensen", "active": true,
        "title": "Guide", "preferredLanguage": "nl", "emails": [{"value": "bea@example.org", "type": "work"}],
        "phoneNumbers": [{"value": "+31 1", "type": "work"}], "password": "not kept",
        ENTERPRISE: {"department": "Tours"},
    }));
    let answer = directory.ask(Method::POST, "/Users", Some(new)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let bea = id(&answer.body);
    assert!(answer.leads_to.ends_with(&format!("/scim/v2/Users/{bea}")));
    assert_eq!(answer.body["meta"]["location"], json!(answer.leads_to));
    assert_eq!(answer.body.get("password"), None);
    let path = format!("/Users/{bea}");
    assert_eq!(directory.get(&path).await.body, answer.body);
    let person = directory.person(&bea).await;
    for (field, value) in [
        ("name", "Bea Bensen"),
        ("email", "bea@example.org"),
        ("phone", "+31 1"),
        ("title", "Guide"),
        ("language", "nl"),
        ("external_id", "x1"),
    ] {
        assert_eq!(person[field], json!(value), "{person}");
    }
    // AD-15: nobody writes to them; they come through their provider, or are invited here.
    assert_eq!(person["user"]["status"], "invited");

    let new =
        user(json!({"userName": "bea@example.org", "externalId": "x1", "displayName": "Bea Berg"}));
    let replaced = directory.ask(Method::PUT, &path, Some(new)).await;
    assert_eq!(replaced.status, StatusCode::OK, "{}", replaced.body);
    assert_eq!(replaced.body.get("title"), None);
    let person = directory.person(&bea).await;
    assert_eq!(person["name"], "Bea Berg");
    assert_eq!(person.get("title"), None);
    // Nobody is without an address.
    assert_eq!(person["email"], "bea@example.org");

    let patched = directory.patch(
        &path,
        json!([
            {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "b.berg@example.org"},
            {"op": "replace", "value": {"title": "Head guide"}},
        ]),
    );
    let patched = patched.await;
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.body);
    assert_eq!(patched.body["emails"][0]["value"], "b.berg@example.org");
    let person = directory.person(&bea).await;
    assert_eq!(person["email"], "b.berg@example.org");
    assert_eq!(person["title"], "Head guide");
    // RFC 7644 §3.5.2.1: what changes nothing is no revision.
    let nothing = json!([{"op": "replace", "path": "title", "value": "Head guide"}]);
    let same = directory.patch(&path, nothing).await;
    assert_eq!(same.body["meta"], patched.body["meta"]);
    let some = directory
        .get(&format!("{path}?attributes=title"))
        .await
        .body;
    let names: Vec<_> = some.as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "schemas", "title"]);
}

async fn nothing_that_was_sent_is_lost_and_nothing_is_added(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    for sent in [
        json!({"userName": "least"}),
        json!({"userName": "Zoë", "displayName": "x".repeat(900), "title": "a\tb", "active": false}),
        json!({"userName": "two", "emails": [{"value": "a@example.org", "display": "A"}, {"value": "b@example.org", "primary": true}]}),
        json!({"userName": "boss", ENTERPRISE: {"manager": {"value": "somebody", "$ref": "../Users/somebody"}}}),
    ] {
        let created = directory.user(sent.clone()).await;
        let mut shown = directory
            .get(&format!("/Users/{}", id(&created)))
            .await
            .body;
        let shown = shown.as_object_mut().unwrap();
        for added in ["id", "meta", "schemas"] {
            assert!(shown.remove(added).is_some(), "{added}");
        }
        assert_eq!(json!(shown), sent);
    }
}

async fn rfc_7644_3_3_1_what_is_taken_is_a_clash(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let one = directory
        .user(json!({"userName": "one@example.org", "externalId": "1"}))
        .await;
    let other = directory
        .user(json!({"userName": "other", "externalId": "2"}))
        .await;
    // Who one might be taken for is somebody here.
    let tara = json!({"userName": "tara", "emails": [{"value": "Target@example.net"}]});
    let before = traces(&world).await;
    for body in [
        json!({"userName": "ONE@example.org"}),
        json!({"userName": "new", "externalId": "1"}),
        tara,
    ] {
        let answer = directory
            .ask(Method::POST, "/Users", Some(user(body.clone())))
            .await;
        assert_eq!(refusal(&answer).0, 409, "{body}");
        assert_eq!(refusal(&answer).1, "uniqueness", "{body}");
    }
    let path = format!("/Users/{}", id(&other));
    for (attribute, value) in [("userName", "One@Example.org"), ("externalId", "1")] {
        let replace = json!([{"op": "replace", "path": attribute, "value": value}]);
        let answer = directory.patch(&path, replace).await;
        assert_eq!(refusal(&answer).1, "uniqueness", "{attribute}");
    }
    let address = json!([{"op": "add", "path": "emails", "value": [{"value": "one@example.org"}]}]);
    assert_eq!(
        refusal(&directory.patch(&path, address).await).1,
        "uniqueness"
    );
    assert_eq!(traces(&world).await, before);
    assert_eq!(directory.get(&path).await.body, other);
    // Another directory has names of its own.
    let role = json!({"name": "Other", "permissions": ["admin.users.manage"]});
    let role = world.done(Method::POST, "/api/v1/roles", role).await;
    let second = Directory::with_role(&world, &role).await;
    second.user(json!({"userName": "OTHER"})).await;
    // Of the first one's people it knows nobody, until it names one.
    let path = format!("/Users/{}", id(&one));
    assert_eq!(refusal(&second.get(&path).await).0, 404);
    let again = second.user(json!({"userName": "one@example.org"})).await;
    assert_eq!(again["id"], one["id"]);
    assert_eq!(again.get("externalId"), None);
}

async fn rfc_7644_3_14_what_was_changed_meanwhile_is_not_overwritten(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let one = directory
        .user(json!({"userName": "one", "title": "a", "active": true}))
        .await;
    let path = format!("/Users/{}", id(&one));
    let tag = one["meta"]["version"].as_str().unwrap().to_owned();
    let get = async |tag: &str| {
        let headers = [("if-none-match", tag)];
        directory
            .ask_with(Method::GET, &path, None, &headers)
            .await
            .status
            .as_u16()
    };
    assert_eq!((get(&tag).await, get("W/\"9\"").await), (304, 200));
    let put = async |title: &str, tag: &str| {
        let body = user(json!({"userName": "one", "title": title, "active": true}));
        let headers = [("if-match", tag)];
        directory
            .ask_with(Method::PUT, &path, Some(body), &headers)
            .await
    };
    assert_eq!(put("b", &tag).await.status, StatusCode::OK);
    let late = put("c", &tag).await;
    assert_eq!(refusal(&late).0, 412);
    assert_eq!(directory.get(&path).await.body["title"], "b");
    assert_eq!(get(&tag).await, 200);
    let headers = [("if-match", tag.as_str())];
    let gone = directory
        .ask_with(Method::DELETE, &path, None, &headers)
        .await;
    assert_eq!(refusal(&gone).0, 412);
    assert_eq!(put("d", "*").await.status, StatusCode::OK);
    // Of several who read the same one is the first, and the others are told that it is no longer so.
    let tag = directory.get(&path).await.body["meta"]["version"].clone();
    let tag = tag.as_str().unwrap();
    let put = &put;
    let puts = (0..8).map(|number| async move { put(&format!("e{number}"), tag).await.status });
    let mut statuses: Vec<_> = futures_util::future::join_all(puts).await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], StatusCode::OK);
    assert_eq!(statuses[1..], [StatusCode::PRECONDITION_FAILED; 7]);
    // Whether somebody is active is said by others too.
    let now = directory.get(&path).await.body;
    let off = format!("/api/v1/people/{}/deactivation", id(&one));
    world
        .done(Method::POST, &off, json!({"facet": "user"}))
        .await;
    let then = directory.get(&path).await.body;
    assert_eq!(then["active"], false);
    assert_ne!(then["meta"]["version"], now["meta"]["version"]);
}

async fn somebody_who_is_here_is_linked_by_id_then_by_address_and_never_by_name(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let hal =
        json!({"name": "Hal Here", "email": "hal@example.net", "contact": {"external_id": "h1"}});
    let hal = world.done(Method::POST, "/api/v1/people/users", hal).await;
    let ina = world
        .user("Ina Inge", "ina@example.net", &world.account)
        .await;
    let new = directory
        .user(json!({"userName": "hal", "displayName": "Hal Here"}))
        .await;
    assert_ne!(new["id"], json!(hal));
    let linked = directory
        .user(json!({"userName": "hal.here", "externalId": "h1", "title": "Host"}))
        .await;
    assert_eq!(linked["id"], json!(hal));
    let person = directory.person(&hal).await;
    // What the directory does not speak of stays.
    assert_eq!(
        (&person["title"], &person["name"]),
        (&json!("Host"), &json!("hal.here"))
    );
    assert_eq!(person["email"], "hal@example.net");
    let linked = directory
        .user(json!({"userName": "INA@example.net", "externalId": "i1"}))
        .await;
    assert_eq!(linked["id"], json!(ina));
    // Her own id is another system's, where one gave it; here nobody had.
    assert_eq!(directory.person(&ina).await["external_id"], "i1");
    // Whom the directory called so once, and deleted, comes after whoever has the id, and is not taken for them.
    for name in ["gone", "gone@example.net"] {
        let gone = directory.user(json!({"userName": name})).await;
        directory
            .ask(Method::DELETE, &format!("/Users/{}", id(&gone)), None)
            .await;
    }
    let jim = json!({"name": "Jim", "email": "jim@example.net", "contact": {"external_id": "j1"}});
    let jim = world.done(Method::POST, "/api/v1/people/users", jim).await;
    let clash = json!({"userName": "gone@example.net", "externalId": "j1"});
    let clash = directory
        .ask(Method::POST, "/Users", Some(user(clash)))
        .await;
    assert_eq!(refusal(&clash).1, "uniqueness");
    let linked = directory
        .user(json!({"userName": "gone", "externalId": "j1"}))
        .await;
    assert_eq!(linked["id"], json!(jim));
    let before = traces(&world).await;
    let both = json!({"userName": "owner@example.net", "externalId": "h1"});
    let clash = directory
        .ask(Method::POST, "/Users", Some(user(both)))
        .await;
    assert_eq!(refusal(&clash).1, "uniqueness");
    assert_eq!(traces(&world).await, before);
}

async fn what_somebody_changed_here_stays_until_the_directory_changes_it(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let one = directory
        .user(json!({"userName": "one", "displayName": "One", "title": "a"}))
        .await;
    let here = format!("/api/v1/people/{}", id(&one));
    let edit = json!({"title": "by hand", "phone": "7"});
    world.done(Method::PATCH, &here, edit).await;
    let path = format!("/Users/{}", id(&one));
    directory
        .patch(
            &path,
            json!([{"op": "replace", "path": "displayName", "value": "Two"}]),
        )
        .await;
    let person = directory.person(&id(&one)).await;
    let told = (&person["name"], &person["title"], &person["phone"]);
    assert_eq!(told, (&json!("Two"), &json!("by hand"), &json!("7")));
    directory
        .patch(&path, json!([{"op": "remove", "path": "title"}]))
        .await;
    let person = directory.person(&id(&one)).await;
    assert_eq!((person.get("title"), &person["phone"]), (None, &json!("7")));
}

async fn problems_are_told_in_the_words_of_the_standard(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let before = traces(&world).await;
    let nobody = "/Users/per_00000000000000000000000000000000";
    for (method, path, body, wanted) in [
        (Method::GET, nobody, None, (404, "")),
        (Method::GET, "/Users/owner", None, (404, "")),
        (Method::GET, "/Nothing", None, (404, "")),
        (Method::DELETE, "/Users", None, (405, "")),
        (
            Method::POST,
            "/Users",
            Some(json!([])),
            (400, "invalidSyntax"),
        ),
        (
            Method::POST,
            "/Users",
            Some(json!({"userName": "x"})),
            (400, "invalidSyntax"),
        ),
        (
            Method::POST,
            "/Users",
            Some(user(json!({"title": "x"}))),
            (400, "invalidValue"),
        ),
        (
            Method::POST,
            "/Users",
            Some(user(
                json!({"userName": "x", "emails": [{"value": "no address"}]}),
            )),
            (400, "invalidValue"),
        ),
        (
            Method::GET,
            "/Users?filter=userName%20eq",
            None,
            (400, "invalidFilter"),
        ),
        (
            Method::GET,
            "/Users?count=many",
            None,
            (400, "invalidValue"),
        ),
        (
            Method::GET,
            "/Users?sortBy=nothing",
            None,
            (400, "invalidPath"),
        ),
        (Method::GET, "/Schemas?filter=id%20pr", None, (403, "")),
        (Method::GET, "/Schemas/urn:nothing", None, (404, "")),
    ] {
        let answer = directory.ask(method.clone(), path, body).await;
        let (status, keyword, detail) = refusal(&answer);
        assert_eq!((status, keyword), wanted, "{method} {path}: {detail}");
    }
    let send = async |token: &str, media: &str, body: String| {
        let request = Request::post("/scim/v2/Users")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", media);
        world.answer(request.body(Body::from(body)).unwrap()).await
    };
    let token = directory.token.as_str();
    for (token, media, body, wanted) in [
        (token, "text/plain", "{}".to_owned(), (415, "")),
        (
            token,
            "application/scim+json",
            "{".to_owned(),
            (400, "invalidSyntax"),
        ),
        (token, "application/json", " ".repeat(2_000_000), (413, "")),
        ("rc_0", "application/json", "{}".to_owned(), (401, "")),
        (&world.owner, "application/json", "{}".to_owned(), (403, "")),
    ] {
        let answer = send(token, media, body).await;
        let told = refusal(&answer);
        assert_eq!((told.0, told.1), wanted, "{media}");
    }
    // A parameter that nobody knows is Entra ID's own.
    let answer = directory.get("/Users?aadOptscim062020=1").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let mut after = traces(&world).await;
    // The log is written by itself.
    after.retain(|(table, _)| *table != "provisioning_log");
    let before: Vec<_> = before
        .into_iter()
        .filter(|(table, _)| *table != "provisioning_log")
        .collect();
    assert_eq!(after, before);
}

async fn sd_26_whoever_is_erased_is_gone_for_the_directory(db: TestDatabase) {
    let world = World::make(&db).await;
    let directory = Directory::of(&world).await;
    let zed = directory
        .user(json!({"userName": "zed@example.org", "displayName": "Zed Zoom"}))
        .await;
    let group = directory.group("All", &[&id(&zed)]).await;
    let here = format!("/api/v1/people/{}", id(&zed));
    world.done(Method::DELETE, &here, Value::Null).await;
    assert_eq!(
        refusal(&directory.get(&format!("/Users/{}", id(&zed))).await).0,
        404
    );
    let shown = directory.get(&format!("/Groups/{group}")).await.body;
    assert_eq!(shown.get("members"), None, "{shown}");
    let mut tx = world
        .account
        .engine()
        .database()
        .begin_read()
        .await
        .unwrap();
    let sql = "SELECT COUNT(*) FROM provisioned_users WHERE user_name LIKE '%zed%' OR attributes LIKE '%Zoom%'";
    let row = tx.fetch_optional(sql, []).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>(0).unwrap(), 0);
    drop(tx);
    // SD-27: a person created again is a new person.
    let again = directory.user(json!({"userName": "zed@example.org"})).await;
    assert_ne!(again["id"], zed["id"]);
    assert!(
        again["id"]
            .as_str()
            .unwrap()
            .parse::<PublicId<PersonId>>()
            .is_ok()
    );
    assert_eq!(again["schemas"], json!([USER]));
}
