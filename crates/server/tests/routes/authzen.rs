//! AuthZEN over HTTP: what the standard says about requests. Its published vectors are in `vectors.rs`.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::{Answer, World};

testkit::on_both![
    what_cannot_be_read_answers_400,
    unknown_ids_and_members_are_a_no_and_not_an_error,
    without_evaluations_the_top_is_the_question,
    a_semantic_stops_after_the_first_that_it_names,
    one_bad_question_of_several_leaves_the_others,
    who_may_not_ask_about_others_is_told_so,
];

async fn ask(world: &World, path: &str, body: Value) -> Answer {
    world
        .send(Method::POST, path, Some(&world.owner), Some(body))
        .await
}

fn delete_by(person: &str) -> Value {
    json!({
        "subject": {"type": "person", "id": person},
        "action": {"name": "service_desk.record.delete"},
        "resource": {"type": "service", "id": "svc_00000000000000000000000000000000"},
    })
}

async fn what_cannot_be_read_answers_400(db: TestDatabase) {
    let world = World::make(&db).await;
    let whole = delete_by("x");
    let mut cases = vec![json!([]), json!("text"), json!({})];
    for member in ["subject", "action", "resource"] {
        let mut case = whole.clone();
        case.as_object_mut().unwrap().remove(member);
        cases.push(case);
    }
    let mut wrong_type = whole.clone();
    wrong_type["subject"]["id"] = json!(7);
    cases.push(wrong_type);
    for case in cases {
        assert_eq!(
            ask(&world, "/access/v1/evaluation", case.clone())
                .await
                .status,
            StatusCode::BAD_REQUEST,
            "{case}"
        );
    }
}

async fn unknown_ids_and_members_are_a_no_and_not_an_error(db: TestDatabase) {
    let world = World::make(&db).await;
    let mut question = delete_by("per_00000000000000000000000000000000");
    question["surprise"] = json!(true);
    let answer = ask(&world, "/access/v1/evaluation", question).await;
    assert_eq!(
        (answer.status, &answer.body["decision"]),
        (StatusCode::OK, &json!(false))
    );
    assert!(
        answer.body["context"]["reason_admin"]["en"]
            .as_str()
            .unwrap()
            .starts_with("Denied")
    );
}

async fn without_evaluations_the_top_is_the_question(db: TestDatabase) {
    let world = World::make(&db).await;
    let mut question = delete_by("x");
    question["evaluations"] = json!([]);
    assert_eq!(
        ask(&world, "/access/v1/evaluations", question).await.body["decision"],
        json!(false)
    );
}

async fn a_semantic_stops_after_the_first_that_it_names(db: TestDatabase) {
    let world = World::make(&db).await;
    let me = world.get("/api/v1/me", &world.owner).await.body["subject"]
        .as_str()
        .unwrap()
        .to_owned();
    let (yes, no) = (
        json!({"action": {"name": "admin.roles.manage"}}),
        json!({"action": {"name": "nothing.at_all"}}),
    );
    for (semantic, expected) in [
        ("execute_all", 4),
        ("deny_on_first_deny", 2),
        ("permit_on_first_permit", 1),
    ] {
        let body = json!({
            "subject": {"type": "person", "id": me},
            "resource": {"type": "account", "id": "account"},
            "options": {"evaluations_semantic": semantic},
            "evaluations": [yes, no, yes, {"action": {}}],
        });
        let answer = ask(&world, "/access/v1/evaluations", body).await;
        assert_eq!(
            answer.body["evaluations"].as_array().map(Vec::len),
            Some(expected),
            "{semantic}: {}",
            answer.body
        );
    }
}

async fn one_bad_question_of_several_leaves_the_others(db: TestDatabase) {
    let world = World::make(&db).await;
    let body = json!({"evaluations": [{"action": {}}, delete_by("x")]});
    let answer = ask(&world, "/access/v1/evaluations", body).await;
    assert_eq!(
        answer.body["evaluations"][0]["context"]["error"]["status"],
        400
    );
    assert_eq!(
        answer.body["evaluations"][1]["context"]["error"],
        Value::Null
    );
}

/// AD-31: 403 is about the caller.
async fn who_may_not_ask_about_others_is_told_so(db: TestDatabase) {
    let world = World::make(&db).await;
    let question = delete_by(&world.ids["person"]);
    let answer = world
        .send(
            Method::POST,
            "/access/v1/evaluation",
            Some(&world.nobody),
            Some(question),
        )
        .await;
    assert_eq!(
        (answer.status, answer.body["rule"].as_str()),
        (StatusCode::FORBIDDEN, Some("AD-31"))
    );
}
