//! The published vectors of the AuthZEN interop events, which nobody here wrote: all 241, over HTTP. The two scenarios are loaded over
//! REST as products of one account, so that each has to leave the other alone.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bodies;
use super::world::World;

testkit::on_both![
    ad_31_all_241_vectors_of_authzen_answer_as_published,
    searches_of_other_products_are_cut_by_what_the_caller_may_ask,
    a_permission_of_another_product_is_decided_and_explained,
];

/// Subjects of the todo scenario: id, address, roles.
const SUBJECTS: [(&str, &str, &[&str]); 5] = [
    (
        "CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
        "rick@the-citadel.com",
        &["admin", "evil_genius"],
    ),
    (
        "CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
        "morty@the-citadel.com",
        &["editor"],
    ),
    (
        "CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
        "summer@the-smiths.com",
        &["editor"],
    ),
    (
        "CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
        "beth@the-smiths.com",
        &["viewer"],
    ),
    (
        "CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
        "jerry@the-smiths.com",
        &["viewer"],
    ),
];

/// Results on a page of a search: few, so that most vectors have several pages.
const PAGE_SIZE: usize = 2;

fn vectors(name: &str) -> Value {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/authzen"
    );
    let text = std::fs::read_to_string(format!("{folder}/{name}.json"))
        .expect("the published vectors are needed by this test");
    serde_json::from_str(&text).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// Registers something of a product; its id in Rolecall.
async fn register(world: &World, product: &str, side: &str, kind: &str, row: &Value) -> String {
    let mut properties = row.as_object().unwrap().clone();
    let id = match properties.remove("id").unwrap() {
        Value::String(id) => id,
        id => id.to_string(),
    };
    let thing = json!({"side": side, "type": kind, "external_id": id, "properties": properties});
    let path = format!("/api/v1/products/{product}/things");
    world.done(Method::POST, &path, thing).await
}

/// Both scenarios.
async fn scenarios(db: &TestDatabase) -> World {
    let mut world = World::make(db).await;
    for (id, email, roles) in SUBJECTS {
        let row = json!({"id": id, "email": email});
        let todo = world.ids["product"].clone();
        let thing = register(&world, &todo, "subject", "user", &row).await;
        for role in roles {
            let path = format!("/api/v1/things/{thing}/roles/{role}");
            world.done(Method::PUT, &path, json!({})).await;
        }
    }
    let catalogue = json!({"catalogue": bodies::SEARCH});
    let search = world
        .done(Method::POST, "/api/v1/products", catalogue)
        .await;
    for (name, side, kind) in [
        ("search-users", "subject", "user"),
        ("search-records", "resource", "record"),
    ] {
        for row in list(&vectors(name)) {
            let thing = register(&world, &search, side, kind, row).await;
            if row["id"] == "alice" {
                world.ids.insert("alice", thing);
            } else if row["id"] == 101 {
                world.ids.insert("hamlet", thing);
            }
        }
    }
    world
}

async fn ask(world: &World, path: &str, body: &Value) -> Value {
    let token = Some(world.owner.as_str());
    let answer = world
        .send(Method::POST, path, token, Some(body.clone()))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{body}: {}", answer.body);
    answer.body
}

/// Everything that a search finds, page by page, in the order of the alphabet.
async fn search(world: &World, what: &str, request: &Value, member: &str) -> Vec<String> {
    let (mut names, mut body) = (Vec::new(), request.clone());
    body["page"] = json!({"limit": PAGE_SIZE});
    loop {
        let answer = ask(world, &format!("/access/v1/search/{what}"), &body).await;
        let results = list(&answer["results"]);
        assert!(results.len() <= PAGE_SIZE, "{answer}");
        for result in results {
            names.push(result[member].as_str().unwrap().to_owned());
            assert_eq!(result.get("type"), request[what].get("type"), "{answer}");
        }
        match answer["page"]["next_token"].as_str().unwrap() {
            "" => break,
            token => body["page"]["token"] = json!(token),
        }
    }
    names.sort_unstable();
    names
}

/// What a search vector expects, by one member of each result.
fn expected(vector: &Value, member: &str) -> Vec<String> {
    let results = list(&vector["expected"]["results"]).iter();
    let mut names: Vec<_> = results
        .map(|result| result[member].as_str().unwrap().to_owned())
        .collect();
    names.sort_unstable();
    names
}

async fn ad_31_all_241_vectors_of_authzen_answer_as_published(db: TestDatabase) {
    let world = scenarios(&db).await;
    let mut walked = 0;
    let todo = vectors("todo-decisions");
    for vector in list(&todo["evaluation"]) {
        let answer = ask(&world, "/access/v1/evaluation", &vector["request"]).await;
        assert_eq!(answer["decision"], vector["expected"], "{vector}");
        walked += 1;
    }
    let decisions = |answers: &Value| -> Vec<Value> {
        let answers = list(answers).iter();
        answers.map(|answer| answer["decision"].clone()).collect()
    };
    for vector in list(&todo["evaluations"]) {
        let answer = ask(&world, "/access/v1/evaluations", &vector["request"]).await;
        let answers = decisions(&answer["evaluations"]);
        assert_eq!(answers, decisions(&vector["expected"]), "{vector}");
        walked += 1;
    }
    for (what, member) in [("subject", "id"), ("resource", "id"), ("action", "name")] {
        for vector in list(&vectors(&format!("search-{what}"))["evaluation"]) {
            let found = search(&world, what, &vector["request"], member).await;
            assert_eq!(found, expected(vector, member), "{vector}");
            walked += 1;
        }
    }
    assert_eq!(walked, 241);
}

/// AD-31: who may ask about nobody else is told so; subjects of other products are nobody's to ask about but for the whole account.
async fn searches_of_other_products_are_cut_by_what_the_caller_may_ask(db: TestDatabase) {
    let world = scenarios(&db).await;
    let alice = json!({"type": "user", "id": "alice"});
    let hamlet = json!({"type": "record", "id": "101"});
    let asked = [
        (
            "subjects",
            json!({"permission": "view", "on": hamlet, "among": "user"}),
        ),
        (
            "resources",
            json!({"subject": alice, "permission": "view", "kind": "record"}),
        ),
        ("actions", json!({"subject": alice, "on": hamlet})),
        // The same by Rolecall's ids.
        (
            "actions",
            json!({"subject": world.ids["alice"], "on": world.ids["hamlet"]}),
        ),
    ];
    for (what, body) in asked {
        let path = format!("/api/v1/search/{what}");
        let send = async |token: &str| {
            world
                .send(Method::POST, &path, Some(token), Some(body.clone()))
                .await
        };
        let refused = send(&world.nobody).await;
        assert_eq!(
            (refused.status, refused.body["rule"].as_str()),
            (StatusCode::FORBIDDEN, Some("AD-31")),
            "{body}"
        );
        let answer = send(&world.owner).await.body;
        let found = answer.get("items").or(answer.get("permissions"));
        assert!(!list(found.unwrap()).is_empty(), "{answer}");
        // Another account has neither this product nor these ids.
        let stranger = send(&world.stranger).await;
        let found = stranger
            .body
            .get("items")
            .or(stranger.body.get("permissions"));
        let nothing = found.is_none_or(|found| list(found).is_empty());
        assert!(nothing, "{}", stranger.body);
    }
}

async fn a_permission_of_another_product_is_decided_and_explained(db: TestDatabase) {
    let world = scenarios(&db).await;
    let about = |subject: Value, action: &str| {
        json!({
            "subject": subject,
            "permission": action,
            "on": {"type": "record", "id": "101"},
        })
    };
    let alice = json!({"type": "user", "id": "alice"});
    let bob = json!({"type": "user", "id": "bob"});
    let check =
        async |body: &Value| ask(&world, "/api/v1/decisions", body).await["allowed"].clone();
    assert_eq!(check(&about(alice.clone(), "delete")).await, true);
    assert_eq!(check(&about(alice, "search.delete")).await, true);
    assert_eq!(
        check(&about(json!(world.ids["alice"]), "delete")).await,
        true
    );
    assert_eq!(check(&about(bob.clone(), "delete")).await, false);

    let denied = ask(&world, "/api/v1/decisions/explain", &about(bob, "delete")).await;
    assert!(
        denied["says"].as_str().unwrap().starts_with("Denied"),
        "{denied}"
    );
    // Beth only reads; the role of an editor would let her write.
    let beth = json!({
        "subject": {"type": "user", "id": SUBJECTS[3].0},
        "permission": "can_create_todo",
        "on": {"type": "todo", "id": "1"},
    });
    let denied = ask(&world, "/api/v1/decisions/explain", &beth).await;
    assert!(!list(&denied["remedies"]).is_empty(), "{denied}");

    let unknown = json!({"permission": "fly", "on": {"type": "record", "id": "101"}});
    let token = Some(world.owner.as_str());
    let answer = world
        .send(Method::POST, "/api/v1/decisions", token, Some(unknown))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.body["at"].as_str()),
        (422, Some("/permission"))
    );
}
