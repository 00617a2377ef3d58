//! The ids by which AuthZEN knows people and what is registered of other products.

use axum::http::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::{World, token_of};

testkit::on_both![
    a_person_is_asked_about_by_an_external_id,
    an_external_id_of_several_names_nobody,
    ad_31_an_external_id_opens_nothing_that_ours_does_not,
    what_was_registered_is_found_by_an_id_that_leads_back,
];

impl World {
    async fn give_external_id(&self, person: &str, id: &str) {
        let path = format!("/api/v1/people/{person}");
        let body = json!({"external_id": id});
        self.done(Method::PATCH, &path, body).await;
    }
}

fn about(kind: &str, id: &str) -> Value {
    json!({
        "subject": {"type": kind, "id": id},
        "action": {"name": "admin.users.manage"},
        "resource": {"type": "account", "id": "account"},
    })
}

async fn decision(world: &World, token: &str, body: Value) -> Value {
    let path = "/access/v1/evaluation";
    let answer = world
        .send(Method::POST, path, Some(token), Some(body))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

async fn a_person_is_asked_about_by_an_external_id(db: TestDatabase) {
    let world = World::make(&db).await;
    let tara = &world.ids["person"];
    world.give_external_id(tara, "HR 0042-ä").await;
    let by_ours = decision(&world, &world.owner, about("person", tara)).await;
    assert_eq!(by_ours["decision"], true, "{by_ours}");
    let mut by_theirs = decision(&world, &world.owner, about("person", "HR 0042-ä")).await;
    by_theirs["context"]["decided_at"] = by_ours["context"]["decided_at"].clone();
    assert_eq!(
        by_theirs, by_ours,
        "the same question, with the same reasons"
    );
    // Exactly that id, of a person, by what it is now.
    for (kind, id) in [
        ("person", "hr 0042-ä"),
        ("person", "HR0042-ä"),
        ("person", "HR 0042-a"),
        ("person", "HR 0042"),
        ("person", ""),
        ("connection", "HR 0042-ä"),
        ("user", "HR 0042-ä"),
    ] {
        let answer = decision(&world, &world.owner, about(kind, id)).await;
        assert_eq!(answer["decision"], false, "{kind} {id}");
    }
    world.give_external_id(tara, "HR 0043").await;
    for (id, yes) in [("HR 0042-ä", false), ("HR 0043", true)] {
        let answer = decision(&world, &world.owner, about("person", id)).await;
        assert_eq!(answer["decision"], yes, "{id}");
    }
    // As the resource, several at once, and in searches.
    let owner = world.get("/api/v1/me", &world.owner).await.body["subject"].clone();
    let person = json!({"type": "person", "id": "HR 0043"});
    let body = json!({
        "action": {"name": "admin.users.manage"},
        "evaluations": [
            {"subject": person, "resource": {"type": "account", "id": "account"}},
            {"subject": {"type": "person", "id": owner}, "resource": person},
            {"subject": person, "resource": {"type": "person", "id": "HR 0044"}},
        ],
    });
    let path = "/access/v1/evaluations";
    let answer = world
        .send(Method::POST, path, Some(&world.owner), Some(body))
        .await;
    let answers = answer.body["evaluations"].as_array().unwrap();
    let answers: Vec<_> = answers.iter().map(|one| one["decision"].clone()).collect();
    assert_eq!(answers, [true, true, false]);
    for (what, sought) in [
        ("resource", "resource"),
        ("subject", "subject"),
        ("action", ""),
    ] {
        let mut found = Vec::new();
        for id in ["HR 0043", tara] {
            let person = json!({"type": "person", "id": id});
            let mut body = json!({
                "subject": person, "action": {"name": "admin.users.manage"}, "resource": person,
            });
            if !sought.is_empty() {
                body[sought] = json!({"type": "person"});
            }
            let path = format!("/access/v1/search/{what}");
            let answer = world
                .send(Method::POST, &path, Some(&world.owner), Some(body))
                .await;
            found.push(answer.body["results"].clone());
        }
        assert_eq!(found[0], found[1], "{what}");
        assert_ne!(found[0], json!([]), "{what}");
    }
}

async fn an_external_id_of_several_names_nobody(db: TestDatabase) {
    let world = World::make(&db).await;
    let (tara, anton) = (&world.ids["person"], &world.words["agent"]);
    world.give_external_id(tara, "7").await;
    // The same number as telephone, or in other letters, is another id.
    let path = format!("/api/v1/people/{anton}");
    let phone = json!({"phone": "7"});
    world.done(Method::PATCH, &path, phone).await;
    let asked =
        async || decision(&world, &world.owner, about("person", "7")).await["decision"].clone();
    assert_eq!(asked().await, true);
    world.give_external_id(anton, "7").await;
    assert_eq!(asked().await, false);
    world.give_external_id(anton, "8").await;
    assert_eq!(asked().await, true);
}

/// Who may ask about themselves alone may do so by their own external id; of anybody else's they are told nothing. Another account knows
/// neither.
async fn ad_31_an_external_id_opens_nothing_that_ours_does_not(db: TestDatabase) {
    let world = World::make(&db).await;
    world.give_external_id(&world.ids["person"], "T-1").await;
    world.give_external_id(&world.nobody_id, "N-1").await;
    let nobody = token_of(&world.account, &world.nobody_id).await;
    let mut told = Vec::new();
    for (id, status) in [("N-1", 200), ("T-1", 403), ("T-2", 403)] {
        let path = "/access/v1/evaluation";
        let body = Some(about("person", id));
        let answer = world.send(Method::POST, path, Some(&nobody), body).await;
        assert_eq!(answer.status, status, "{id}: {}", answer.body);
        told.push(answer.body);
    }
    assert_eq!(told[1], told[2]);
    let stranger = decision(&world, &world.stranger, about("person", "T-1")).await;
    assert_eq!(stranger["decision"], false);
}

/// A product may have an id that reads like one of ours.
async fn what_was_registered_is_found_by_an_id_that_leads_back(db: TestDatabase) {
    let world = World::make(&db).await;
    let things = world.with_ids("/api/v1/products/{product}/things");
    let rick = json!({"side": "subject", "type": "user", "external_id": world.ids["thing"]});
    let rick = world.done(Method::POST, &things, rick).await;
    for thing in [&rick, &world.ids["thing"]] {
        let role = format!("/api/v1/things/{thing}/roles/viewer");
        world.done(Method::PUT, &role, json!({})).await;
    }
    let body = json!({
        "subject": {"type": "todo.user"},
        "action": {"name": "todo.can_read_todos"},
        "resource": {"type": "todo", "id": "1"},
    });
    let path = "/access/v1/search/subject";
    let answer = world
        .send(Method::POST, path, Some(&world.owner), Some(body))
        .await;
    let found = json!([{"type": "todo.user", "id": "morty"}, {"type": "todo.user", "id": rick}]);
    assert_eq!(answer.body["results"], found, "{}", answer.body);
}
