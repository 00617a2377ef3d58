//! AuthZEN over HTTP: the published vectors of the todo scenario, and what the standard says about requests.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::{Answer, World};

testkit::on_both![
    ad_31_the_todo_vectors_decide_as_published_over_http,
    what_cannot_be_read_answers_400,
    unknown_ids_and_members_are_a_no_and_not_an_error,
    without_evaluations_the_top_is_the_question,
    a_semantic_stops_after_the_first_that_it_names,
    one_bad_question_of_several_leaves_the_others,
    who_may_not_ask_about_others_is_told_so,
];

/// Subjects of the scenario: id, address, roles.
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

async fn with_subjects(db: &TestDatabase) -> World {
    let world = World::make(db).await;
    for (id, email, roles) in SUBJECTS {
        let thing = json!({"side": "subject", "type": "user", "external_id": id, "properties": {"email": email}});
        let thing = world
            .done(
                Method::POST,
                &format!("/api/v1/products/{}/things", world.ids["product"]),
                thing,
            )
            .await;
        for role in roles {
            world
                .done(
                    Method::PUT,
                    &format!("/api/v1/things/{thing}/roles/{role}"),
                    json!({}),
                )
                .await;
        }
    }
    world
}

fn vectors() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/authzen/todo-decisions.json"
    );
    serde_json::from_str(
        &std::fs::read_to_string(path).expect("the published vectors are needed by this test"),
    )
    .unwrap()
}

async fn ask(world: &World, path: &str, body: Value) -> Answer {
    world
        .send(Method::POST, path, Some(&world.owner), Some(body))
        .await
}

async fn ad_31_the_todo_vectors_decide_as_published_over_http(db: TestDatabase) {
    let world = with_subjects(&db).await;
    let vectors = vectors();
    for vector in vectors["evaluation"].as_array().unwrap() {
        let answer = ask(&world, "/access/v1/evaluation", vector["request"].clone()).await;
        assert_eq!(
            (answer.status, &answer.body["decision"]),
            (StatusCode::OK, &vector["expected"]),
            "{vector}"
        );
    }
    for vector in vectors["evaluations"].as_array().unwrap() {
        let answer = ask(&world, "/access/v1/evaluations", vector["request"].clone()).await;
        let decisions = |list: &Value| {
            list.as_array()
                .unwrap()
                .iter()
                .map(|item| item["decision"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            decisions(&answer.body["evaluations"]),
            decisions(&vector["expected"]),
            "{vector}"
        );
    }
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
