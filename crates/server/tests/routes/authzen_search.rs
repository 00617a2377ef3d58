//! The searches of AuthZEN over HTTP: what the standard says about their requests and pages, and that each finds what evaluations allow,
//! all of it and nothing else. The published vectors of other products are in `vectors.rs`.

use access::{Permission, PublicId};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::{
    cast::Cast,
    world::{Answer, World},
};

testkit::on_both![
    what_is_searched_needs_no_id_and_everything_else_does,
    what_is_unknown_finds_nothing,
    a_page_may_be_as_short_as_the_caller_likes,
    a_token_is_good_for_the_same_search_by_the_same_caller,
    ad_31_searches_find_what_the_caller_may_ask_about_and_each_result_checks_true,
    ad_31_who_may_not_ask_about_others_searches_for_themselves,
    actions_of_rolecall_come_before_those_of_other_products,
];

/// Who may manage users, over the whole account: the owner, and an account admin.
fn who() -> Value {
    json!({
        "subject": {"type": "person"},
        "action": {"name": "admin.users.manage"},
        "resource": {"type": "account", "id": "account"},
    })
}

async fn send(world: &World, token: &str, what: &str, body: &Value) -> Answer {
    let path = format!("/access/v1/search/{what}");
    let body = Some(body.clone());
    world.send(Method::POST, &path, Some(token), body).await
}

async fn search(world: &World, what: &str, body: &Value) -> Answer {
    send(world, &world.owner, what, body).await
}

/// All that a search finds, page by page.
async fn all(world: &World, token: &str, what: &str, body: &Value, limit: usize) -> Vec<Value> {
    let (mut found, mut body) = (Vec::new(), body.clone());
    body["page"] = json!({"limit": limit});
    loop {
        let answer = send(world, token, what, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}: {}", answer.body);
        let results = answer.body["results"].as_array().unwrap();
        assert!(results.len() <= limit, "{}", answer.body);
        assert_eq!(answer.body["page"]["count"], results.len());
        found.extend(results.iter().cloned());
        match answer.body["page"]["next_token"].as_str().unwrap() {
            "" => return found,
            token => body["page"] = json!({"token": token}),
        }
    }
}

/// What evaluations say to questions that differ in one member.
async fn allowed(
    world: &World,
    token: &str,
    body: &Value,
    what: &str,
    all: &[Value],
) -> Vec<Value> {
    let mut allowed = Vec::new();
    for all in all.chunks(1_000) {
        let mut asked = body.clone();
        asked[what] = all[0].clone();
        let items = all.iter().map(|one| json!({what: one}));
        asked["evaluations"] = items.collect();
        let path = "/access/v1/evaluations";
        let answer = world
            .send(Method::POST, path, Some(token), Some(asked))
            .await;
        let answers = answer.body["evaluations"].as_array().unwrap();
        let answers = all.iter().zip(answers);
        let yes = answers.filter(|(_, answer)| answer["decision"] == true);
        allowed.extend(yes.map(|(one, _)| one.clone()));
    }
    allowed
}

async fn what_is_searched_needs_no_id_and_everything_else_does(db: TestDatabase) {
    let world = World::make(&db).await;
    let person = json!({"type": "person", "id": world.ids["person"]});
    let action = json!({"name": "admin.users.manage"});
    let account = json!({"type": "account", "id": "account"});
    let whole = json!({"subject": person, "action": action, "resource": account});
    for (what, sought, others) in [
        ("subject", "/subject/id", ["/resource/id", "/subject/type"]),
        (
            "resource",
            "/resource/id",
            ["/subject/id", "/resource/type"],
        ),
        // What an action search says of an action is nothing that it knows.
        ("action", "/action", ["/subject/id", "/resource/id"]),
    ] {
        let without = |pointer: &str| {
            let (parent, member) = pointer.rsplit_once('/').unwrap();
            let mut body = whole.clone();
            let parent = body.pointer_mut(parent).unwrap();
            parent.as_object_mut().unwrap().remove(member);
            body
        };
        let with_id = search(&world, what, &whole).await;
        let found = search(&world, what, &without(sought)).await;
        assert_eq!(found.status, StatusCode::OK, "{what}: {}", found.body);
        assert_eq!(found.body["results"], with_id.body["results"], "{what}");
        assert_ne!(found.body["results"], json!([]), "{what}");
        assert_eq!(found.body["page"]["next_token"], "", "{what}");
        for pointer in others.into_iter().chain(["/subject", "/resource"]) {
            let wrong = search(&world, what, &without(pointer)).await;
            assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{what} {pointer}");
        }
        for page in [
            json!([]),
            json!(null),
            json!({"limit": -1}),
            json!({"limit": 1.5}),
            json!({"limit": "1"}),
            json!({"limit": null}),
            json!({"token": 1}),
            json!({"token": "x"}),
            json!({"properties": []}),
        ] {
            let mut body = whole.clone();
            body["page"] = page;
            let wrong = search(&world, what, &body).await;
            assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{what}: {body}");
        }
    }
    for what in ["subject", "resource"] {
        let mut body = whole.clone();
        body["action"] = json!({});
        let wrong = search(&world, what, &body).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{what}");
    }
}

async fn what_is_unknown_finds_nothing(db: TestDatabase) {
    let world = World::make(&db).await;
    let whole = json!({
        "subject": {"type": "person", "id": world.ids["person"]},
        "action": {"name": "admin.users.manage"},
        "resource": {"type": "account", "id": "account"},
    });
    for (what, pointer, unknown) in [
        ("subject", "/subject/type", "spaceship"),
        // Guests have no id.
        ("subject", "/subject/type", "guest"),
        ("subject", "/action/name", "fly"),
        ("subject", "/resource/type", "spaceship"),
        ("resource", "/resource/type", "spaceship"),
        ("resource", "/action/name", "fly"),
        ("resource", "/subject/id", "nobody"),
        ("resource", "/subject/type", "spaceship"),
        ("action", "/subject/id", "nobody"),
        ("action", "/subject/type", "spaceship"),
        ("action", "/resource/type", "spaceship"),
    ] {
        let mut body = whole.clone();
        *body.pointer_mut(pointer).unwrap() = json!(unknown);
        let answer = search(&world, what, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{what} {pointer}");
        assert_eq!(
            answer.body["results"],
            json!([]),
            "{what} {pointer} {unknown}"
        );
        assert_eq!(answer.body["page"]["next_token"], "", "{what} {pointer}");
    }
    // Ids of another account are unknown there.
    let answer = send(&world, &world.stranger, "action", &whole).await;
    assert_eq!(answer.body["results"], json!([]), "{}", answer.body);
}

async fn a_page_may_be_as_short_as_the_caller_likes(db: TestDatabase) {
    let world = World::make(&db).await;
    let mut body = who();
    let everybody = search(&world, "subject", &body).await.body;
    let everybody = everybody["results"].as_array().unwrap().clone();
    assert!(everybody.len() > 1);
    for limit in [1, 2, 1_000_000] {
        let found = all(&world, &world.owner, "subject", &body, limit).await;
        assert_eq!(found, everybody, "{limit}");
    }
    body["page"] = json!({"limit": 0});
    let none = search(&world, "subject", &body).await.body;
    assert_eq!(
        (&none["results"], &none["page"]["count"]),
        (&json!([]), &json!(0))
    );
    // There is more, and the page does not go past it.
    body["page"] = json!({"token": none["page"]["next_token"]});
    let again = search(&world, "subject", &body).await.body;
    assert_eq!(again["results"], json!([]));
    assert_ne!(again["page"]["next_token"], "");
    // Where there is nothing this is the end.
    body["action"]["name"] = json!("fly");
    body["page"] = json!({"limit": 0});
    let end = search(&world, "subject", &body).await.body;
    assert_eq!(end["page"], json!({"next_token": "", "count": 0}));
}

async fn a_token_is_good_for_the_same_search_by_the_same_caller(db: TestDatabase) {
    let world = World::make(&db).await;
    let mut body = who();
    body["page"] = json!({"limit": 1});
    let first = search(&world, "subject", &body).await.body;
    let token = &first["page"]["next_token"];
    body["page"]["token"] = token.clone();
    let second = search(&world, "subject", &body).await.body;
    assert_ne!(second["results"], first["results"]);
    // Without the limit, with members that nobody knows, and in another order.
    let text = format!(
        r#"{{"page": {{"token": {token}}}, "new": 1, "resource": {{"id": "account", "type": "account"}}, "subject": {{"type": "person"}},
            "context": {{}}, "action": {{"name": "admin.users.manage", "properties": {{}}}}}}"#
    );
    let path = "/access/v1/search/subject";
    let owner = Some(world.owner.as_str());
    let same = world.send_text(Method::POST, path, owner, Some(text)).await;
    assert_eq!(same.body["results"], second["results"], "{}", same.body);

    for (pointer, other) in [
        ("/subject/type", json!("connection")),
        ("/subject/properties", json!({"a": 1})),
        ("/subject/id", json!("x")),
        ("/action/name", json!("admin.audit.view")),
        ("/action/properties", json!({"a": 1})),
        ("/resource/id", json!("the account")),
        ("/context", json!({"a": 1})),
        ("/page/properties", json!({"a": 1})),
        ("/page/limit", json!(2)),
        ("/page/token", json!("x")),
        ("/page/token", json!(token.as_str().unwrap().to_lowercase())),
    ] {
        let mut changed = body.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[member] = other;
        let answer = search(&world, "subject", &changed).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{changed}");
        let at = answer.body["at"].as_str().unwrap();
        let wanted = if member == "limit" {
            pointer
        } else {
            "/page/token"
        };
        assert_eq!(at, wanted, "{}", answer.body);
    }
    // A search of another kind, another caller, another account.
    body["subject"]["id"] = json!(world.ids["person"]);
    let other = search(&world, "action", &body).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST, "{}", other.body);
    body["subject"] = json!({"type": "person"});
    let path = format!("/api/v1/people/{}/account-role", world.nobody_id);
    let super_admin = json!({"role": format!("rol_{:032x}", 1)});
    world.done(Method::PUT, &path, super_admin).await;
    for token in [&world.nobody, &world.stranger] {
        let other = send(&world, token, "subject", &body).await;
        assert_eq!(other.status, StatusCode::BAD_REQUEST, "{}", other.body);
    }
}

/// What is searched for is asked about one by one, by whoever searches; both say the same. One caller may ask about everybody, another
/// about the people of a user group.
async fn ad_31_searches_find_what_the_caller_may_ask_about_and_each_result_checks_true(
    db: TestDatabase,
) {
    let cast = Cast::make(&db).await;
    cast.with_role(json!(["admin.access.ask"]), Some("{user_group}"))
        .await;
    let world = &cast.world;
    let state = world.account.state();

    let of = |kind: &str, prefix: &str| -> Vec<Value> {
        let things = cast.things.iter().map(|thing| &thing.id);
        let things = things.filter(|id| id.starts_with(prefix));
        things.map(|id| json!({"type": kind, "id": id})).collect()
    };
    let people: Vec<_> = (0..state.people().len())
        .filter_map(access::Dense::from_index)
        .filter_map(|person: access::PersonId| state.public(person))
        .map(|id: PublicId<access::PersonId>| json!({"type": "person", "id": id.to_string()}))
        .collect();
    let connections = of("connection", "con_");
    let mut found = [0, 0];
    let mut compare = async |what: &'static str, body: &Value, all_of: &[Value]| {
        for (number, token) in [&world.owner, &world.nobody].into_iter().enumerate() {
            let mut results = all(world, token, what, body, 2).await;
            let mut expected = allowed(world, token, body, what, all_of).await;
            found[number] += results.len();
            for list in [&mut results, &mut expected] {
                list.sort_by_key(Value::to_string);
            }
            assert_eq!(results, expected, "{body}");
        }
    };
    for (action, kind, on) in [
        ("service_desk.record.delete", "service", "service"),
        ("portal.incident.log", "service", "service"),
        ("contact_centre.queue.log_in", "queue", "queue"),
        ("remote_support.unattended.access", "device", "device"),
        ("admin.users.manage", "person", "ned"),
        ("admin.history.access", "user_group", "user_group"),
    ] {
        let resource = json!({"type": kind, "id": cast.id(on)});
        for (kind, everybody) in [("person", &people), ("connection", &connections)] {
            let subject = json!({"type": kind});
            let body =
                json!({"subject": subject, "action": {"name": action}, "resource": resource});
            compare("subject", &body, everybody).await;
        }
        let things = match kind {
            "person" => people.clone(),
            "user_group" => of(kind, "ugr_"),
            kind => of(
                kind,
                &format!(
                    "{}_",
                    resource["id"].as_str().unwrap().split('_').next().unwrap()
                ),
            ),
        };
        for who in ["owner", "ned", "nell", "una", "max", "cara"] {
            let subject = json!({"type": "person", "id": cast.id(who)});
            let body =
                json!({"subject": subject, "action": {"name": action}, "resource": {"type": kind}});
            compare("resource", &body, &things).await;
            let body = json!({"subject": subject, "resource": resource});
            let actions = Permission::ALL.into_iter();
            let actions: Vec<_> = actions.map(|one| json!({"name": one.key()})).collect();
            compare("action", &body, &actions).await;
        }
    }
    assert!(found[0] > found[1] && found[1] > 0, "{found:?}");
}

async fn ad_31_who_may_not_ask_about_others_searches_for_themselves(db: TestDatabase) {
    let world = World::make(&db).await;
    let body = |subject: Value| {
        json!({
            "subject": subject,
            "action": {"name": "remote_support.session.host"},
            "resource": {"type": "account", "id": "account"},
        })
    };
    let oneself = body(json!({"type": "person", "id": world.nobody_id}));
    let another = body(json!({"type": "person", "id": world.ids["person"]}));
    for (what, body, wanted) in [
        ("subject", &oneself, StatusCode::FORBIDDEN),
        ("resource", &oneself, StatusCode::OK),
        ("action", &oneself, StatusCode::OK),
        ("resource", &another, StatusCode::FORBIDDEN),
        ("action", &another, StatusCode::FORBIDDEN),
    ] {
        let answer = send(&world, &world.nobody, what, body).await;
        assert_eq!(answer.status, wanted, "{what}: {}", answer.body);
        if wanted == StatusCode::FORBIDDEN {
            assert_eq!(answer.body["rule"], "AD-31", "{what}");
        }
        let path = format!("/access/v1/search/{what}");
        let answer = world
            .send(Method::POST, &path, None, Some(body.clone()))
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
    }
}

/// A resource that Rolecall and another product both have: one list.
async fn actions_of_rolecall_come_before_those_of_other_products(db: TestDatabase) {
    let world = World::make(&db).await;
    let catalogue = r#"
        product = "cleaning"
        name = "Cleaning"
        [subject_types.person]
        [resource_types.service]
        open = true
        [permissions.polish]
        on = ["service"]
        [permissions.sweep]
        on = ["service"]
        [[grants]]
        to = ["person"]
        permissions = ["polish", "sweep"]
    "#;
    let catalogue = json!({"catalogue": catalogue});
    world
        .done(Method::POST, "/api/v1/products", catalogue)
        .await;
    let owner = world.get("/api/v1/me", &world.owner).await.body["subject"].clone();
    let body = json!({
        "subject": {"type": "person", "id": owner},
        "resource": {"type": "service", "id": world.ids["service"]},
    });
    let found = all(&world, &world.owner, "action", &body, 1_000).await;
    let names: Vec<_> = found
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    let (own, others) = names.split_at(names.len() - 2);
    assert!(!own.is_empty() && own.iter().all(|name| Permission::from_key(name).is_some()));
    assert_eq!(others, ["polish", "sweep"]);
    for limit in [1, own.len(), own.len() + 1] {
        let again = all(&world, &world.owner, "action", &body, limit).await;
        assert_eq!(again, found, "{limit}");
    }
    assert_eq!(
        allowed(&world, &world.owner, &body, "action", &found).await,
        found
    );
    // By an external id as by ours.
    let tara = format!("/api/v1/people/{}", world.ids["person"]);
    let external = json!({"external_id": "C-1"});
    world.done(Method::PATCH, &tara, external).await;
    let mut by_either = Vec::new();
    for id in ["C-1", &world.ids["person"]] {
        let mut body = body.clone();
        body["subject"]["id"] = json!(id);
        by_either.push(all(&world, &world.owner, "action", &body, 1_000).await);
    }
    assert_eq!(by_either[0], by_either[1]);
    assert!(by_either[0].contains(&json!({"name": "sweep"})));
    // The people of a type are asked about by the name under which they were found.
    for kind in ["person", "cleaning.person"] {
        let mut body = body.clone();
        body["subject"] = json!({"type": kind});
        body["action"] = json!({"name": "polish"});
        let people = all(&world, &world.owner, "subject", &body, 2).await;
        assert!(people.len() > 1 && people.iter().all(|one| one["type"] == kind));
        assert_eq!(
            allowed(&world, &world.owner, &body, "subject", &people).await,
            people
        );
    }
}
