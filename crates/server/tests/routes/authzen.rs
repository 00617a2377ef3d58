//! AuthZEN over HTTP: what the standard says about requests. Its published vectors are in `vectors.rs`, its scenario for certification in
//! the tests of processes, its searches in `authzen_search.rs`.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::{Answer, World};

testkit::on_both![
    what_cannot_be_read_answers_400,
    json_is_the_one_type_that_is_read,
    no_address_is_told_where_none_of_https_is_named,
    unknown_ids_and_members_are_a_no_and_not_an_error,
    reasons_come_for_people_and_for_programs,
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
    for (pointer, wrong) in [
        ("/subject/id", json!(7)),
        ("/subject/type", json!(null)),
        ("/subject/properties", json!([])),
        // The members of an object without their names are no object.
        ("/subject", json!(["person", "x"])),
        ("/subject", json!("x")),
        ("/action", json!(["service_desk.record.delete"])),
        ("/action/name", json!(123)),
        ("/context", json!(null)),
    ] {
        let mut case = whole.clone();
        case["context"] = json!({});
        case["subject"]["properties"] = json!({});
        *case.pointer_mut(pointer).unwrap() = wrong;
        cases.push(case);
    }
    let members = ["subject", "action", "resource"];
    cases.push(members.iter().map(|member| whole[member].clone()).collect());
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

async fn json_is_the_one_type_that_is_read(db: TestDatabase) {
    let world = World::make(&db).await;
    let send = async |media: Option<&str>, body: String| {
        let request = Request::post("/access/v1/evaluation")
            .header("authorization", format!("Bearer {}", world.owner));
        let request = match media {
            Some(media) => request.header("content-type", media),
            None => request,
        };
        let answer = world.answer(request.body(Body::from(body)).unwrap()).await;
        answer.status.as_u16()
    };
    let (json, whole) = (Some("application/json"), delete_by("x").to_string());
    for media in ["application/json", "Application/JSON; charset=utf-8"] {
        assert_eq!(send(Some(media), whole.clone()).await, 200, "{media}");
    }
    for media in [
        Some("text/plain"),
        Some("application/scim+json"),
        Some("application/jsonp"),
        Some(""),
        None,
    ] {
        assert_eq!(send(media, whole.clone()).await, 400, "{media:?}");
    }
    for body in ["", " ", "{", "not json", &format!("{whole}}}")] {
        assert_eq!(send(json, body.to_owned()).await, 400, "{body}");
    }
}

/// What a request says of its host is nobody's word. Where an address is named, the tests of processes read it.
async fn no_address_is_told_where_none_of_https_is_named(db: TestDatabase) {
    let world = World::make(&db).await;
    for path in ["", "/00000000-0000-4000-8000-000000000000"] {
        let path = format!("/.well-known/authzen-configuration{path}");
        let answer = world.send(Method::GET, &path, None, None).await;
        let told = (answer.status, answer.body["code"].as_str());
        let wanted = (StatusCode::NOT_FOUND, Some("no_https_address"));
        assert_eq!(told, wanted, "{}", answer.body);
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

async fn reasons_come_for_people_and_for_programs(db: TestDatabase) {
    let world = World::make(&db).await;
    let mut question = json!({
        "subject": {"type": "person", "id": world.ids["person"]},
        "action": {"name": "admin.users.manage"},
        "resource": {"type": "person", "id": world.nobody_id},
    });
    let yes = ask(&world, "/access/v1/evaluation", question.clone()).await;
    let why = &yes.body["context"];
    assert_eq!(yes.body["decision"], true, "{}", yes.body);
    assert_eq!(why["version"].to_string(), yes.version.unwrap());
    assert!(why["decided_at"].is_string());
    let sentence = |why: &Value| why["reason_admin"]["en"].as_str().unwrap().to_owned();
    assert!(sentence(why).starts_with("Allowed: "), "{why}");
    let gates = why["gates"].as_array().unwrap();
    assert!(
        gates.iter().all(|gate| gate["outcome"] == "passed"),
        "{why}"
    );
    assert_eq!(why["paths"][0]["by"]["kind"], "account_admin", "{why}");
    assert_eq!(why["paths"][0]["over"]["kind"], "account", "{why}");

    question["subject"]["id"] = json!(world.nobody_id);
    question["resource"]["id"] = json!(world.ids["person"]);
    let no = ask(&world, "/access/v1/evaluation", question).await;
    let why = &no.body["context"];
    assert_eq!(no.body["decision"], false, "{}", no.body);
    assert!(sentence(why).starts_with("Denied: "), "{why}");
    let gates = why["gates"].as_array().unwrap();
    let failed = gates.iter().find(|gate| gate["outcome"] == "failed");
    assert!(failed.unwrap()["reason"].is_string(), "{why}");
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
