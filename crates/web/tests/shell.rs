//! What every route gets from the shell around it, shown on routes made for the purpose. No socket is opened.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "shell/callers.rs"]
mod callers;
#[path = "shell/sockets.rs"]
mod sockets;

use std::{future::ready, sync::Arc, time::Duration};

use access::{Actor, Dense, PersonId, Subject, TokenId};
use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode},
};
use http_body_util::BodyExt;
use ledger::{Clock, DatabaseConfig, Engine, SystemClock, SystemRandomness};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;
use utoipa::{IntoParams, ToSchema};
use web::{
    App, Limits, Problem, Result,
    caller::{Caller, Finding, Presented, Proof, Tokens},
    guard::{Commands, Public, SignedIn},
    health::{self, Probe},
    openapi,
    paging::{Cursor, Page, Paging},
    part::{Order, Path},
    reply::Answer,
    route::{self, Route, get, post},
};

struct OneToken(Caller);

impl Tokens for OneToken {
    fn remembers(&self, presented: &Presented<'_>) -> bool {
        presented.secret() == "good"
    }

    fn find<'a>(&'a self, presented: Presented<'a>) -> Finding<'a> {
        Box::pin(ready(match presented.secret() {
            "good" => Ok(Some(self.0.clone())),
            "away" => Err(Problem::unavailable("no_database", "", Duration::ZERO)),
            _ => Ok(None),
        }))
    }
}

/// Somebody in an account that is not open yet: the shell does not care.
async fn somebody(folder: &TempDir, clock: impl Clock) -> (Engine, Caller) {
    let config = DatabaseConfig::sqlite(folder.path().join("rolecall.db"));
    let engine = Engine::open(config, Arc::new(clock), Arc::new(SystemRandomness), &[])
        .await
        .unwrap();
    let person = PersonId::from_index(0).unwrap();
    let caller = Caller {
        account: engine.create_account().await.unwrap(),
        actor: Actor::Person(person),
        subject: Subject::Person(person),
        by: Proof::Token(TokenId::from_index(0).unwrap()),
    };
    (engine, caller)
}

#[derive(Serialize, ToSchema)]
struct Number {
    number: u32,
    /// As the audit log has it.
    request: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    number: u32,
}

#[derive(Deserialize, IntoParams)]
struct Which {
    /// The number.
    number: u32,
}

async fn show(session: SignedIn, Path(which): Path<Which>) -> Result<Answer<Number>> {
    Ok(Answer {
        version: 7,
        body: Number {
            number: which.number,
            request: session.request.clone(),
        },
    })
}

async fn list(_: SignedIn, paging: Paging) -> Result<Answer<Page<Number>>> {
    let first = paging.after::<u32>()?.map_or(0, |last| last + 1);
    let items = (first..10)
        .take(paging.size + 1)
        .map(|number| Number {
            number,
            request: String::new(),
        })
        .collect();
    Ok(Answer {
        version: 7,
        body: paging.cut(items, |item| item.number)?,
    })
}

async fn set(_: Commands, order: Order<Wanted>) -> Result<Answer<Number>> {
    let number = if order.how.dry_run {
        0
    } else {
        order.body.number
    };
    Ok(Answer {
        version: 8,
        body: Number {
            number,
            request: String::new(),
        },
    })
}

async fn break_down(_: Public<Probe>) -> Result<Answer<Page<Cursor>>> {
    panic!("Anna's number is 0123")
}

async fn dawdle(_: Public<Probe>) -> Result<Answer<Page<Cursor>>> {
    std::future::pending().await
}

fn routes() -> Vec<Route> {
    let mut routes = vec![
        get("/numbers", "numbers.list", "List numbers", list),
        get("/numbers/{number}", "numbers.show", "Show a number", show),
        post("/numbers", "numbers.set", "Set a number", set),
        get("/break", "odd.break", "Break", break_down),
        get("/dawdle", "odd.dawdle", "Never answer", dawdle),
    ];
    routes.extend(health::routes(|| true, None));
    routes
}

struct Server {
    router: Router,
    _folder: TempDir,
}

async fn server(limits: Limits) -> Server {
    let folder = TempDir::new().unwrap();
    let (engine, caller) = somebody(&folder, SystemClock).await;
    let app = App::new(engine, OneToken(caller), limits);
    Server {
        router: route::router(routes(), app),
        _folder: folder,
    }
}

struct Got {
    status: StatusCode,
    response: Response<()>,
    body: Value,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.response
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

async fn send(server: &Server, request: Request<Body>) -> Got {
    let (parts, body) = server
        .router
        .clone()
        .oneshot(request)
        .await
        .unwrap()
        .into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Got {
        status: parts.status,
        response: Response::from_parts(parts, ()),
        body,
    }
}

fn ask(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", "Bearer good")
}

async fn fetch(path: &str) -> Got {
    send(
        &server(Limits::default()).await,
        ask("GET", path).body(Body::empty()).unwrap(),
    )
    .await
}

async fn submit(path: &str, body: &'static str) -> Got {
    let request = ask("POST", path)
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap();
    send(
        &server(Limits {
            body_bytes: 100,
            ..Limits::default()
        })
        .await,
        request,
    )
    .await
}

#[test]
fn the_list_of_routes_has_no_fault() {
    assert_eq!(route::faults(&routes()), Vec::<String>::new());
}

#[test]
fn a_segment_that_nobody_reads_is_a_fault() {
    assert_eq!(
        route::faults(&[get("/numbers/{number}", "a.b", "", list)]).len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_names_its_version_twice() {
    let got = fetch("/numbers/3").await;
    assert_eq!(
        (
            got.status,
            got.body["number"].as_u64(),
            got.body["version"].as_u64()
        ),
        (StatusCode::OK, Some(3), Some(7))
    );
    assert_eq!(got.header("rolecall-version"), "7");
}

/// Who is told to sign in again throws a good token away.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_cannot_be_looked_up_is_not_nobodys() {
    let request = Request::get("/numbers/3").header("authorization", "Bearer away");
    let request = request.body(Body::empty()).unwrap();
    let got = send(&server(Limits::default()).await, request).await;
    assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(got.header("retry-after"), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guard_speaks_before_the_body_is_read() {
    let request = Request::post("/numbers")
        .body(Body::from("not json"))
        .unwrap();
    assert_eq!(
        send(&server(Limits::default()).await, request).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_is_given_back_or_made() {
    for (sent, kept) in [
        ("abc-1.2_3", true),
        ("anna@example.org", true),
        ("a b {\"c\": 1}", true),
        (&"x".repeat(1_024), true),
        (&"x".repeat(1_025), false),
    ] {
        let request = ask("GET", "/numbers/3")
            .header("x-request-id", sent)
            .body(Body::empty())
            .unwrap();
        let got = send(&server(Limits::default()).await, request).await;
        assert_eq!(got.header("x-request-id") == sent, kept, "{sent}");
        assert!(!got.header("x-request-id").is_empty());
        // SD-26: the audit log keeps an id for ever, and this one may be somebody's name.
        let ours = got.header("rolecall-request");
        assert!(ours.len() == 32 && ours != sent, "{ours}");
        assert_eq!(got.body["request"], ours);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_security_headers() {
    for path in ["/numbers/3", "/nowhere", "/break"] {
        let got = fetch(path).await;
        assert_eq!(
            (
                got.header("x-content-type-options"),
                got.header("cache-control")
            ),
            ("nosniff", "no-store"),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_body_is_refused_with_the_place() {
    for (body, status, code, at) in [
        (
            r#"{"number": 1, "is_admin": true}"#,
            422,
            "invalid",
            "/is_admin",
        ),
        (r#"{"number": "one"}"#, 422, "invalid", "/number"),
        ("{}", 422, "invalid", ""),
        ("{", 400, "malformed", ""),
        ("", 400, "malformed", ""),
        (
            r#"{"number": 1                                                                                                             }"#,
            413,
            "too_large",
            "",
        ),
    ] {
        let got = submit("/numbers", body).await;
        assert_eq!(
            (got.status.as_u16(), got.body["code"].as_str()),
            (status, Some(code)),
            "{body}"
        );
        assert_eq!(
            got.body["at"].as_str().unwrap_or(""),
            at,
            "{body}: {}",
            got.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_must_say_that_it_is_json() {
    let request = ask("POST", "/numbers")
        .header("content-type", "text/plain")
        .body(Body::from(r#"{"number": 1}"#))
        .unwrap();
    let got = send(&server(Limits::default()).await, request).await;
    assert_eq!(got.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_is_told_apart() {
    assert_eq!(
        submit("/numbers?dry_run=true", r#"{"number": 4}"#)
            .await
            .body["number"],
        0
    );
    assert_eq!(
        submit("/numbers", r#"{"number": 4}"#).await.body["number"],
        4
    );
    assert_eq!(
        submit("/numbers?dry_run=maybe", r#"{"number": 4}"#)
            .await
            .status
            .as_u16(),
        422
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_doubled_parameters_are_refused() {
    for (path, code) in [
        ("/numbers/3?as_off=1", "invalid"),
        ("/numbers?page_size=1&page_size=2", "invalid"),
        ("/numbers?page_size=0", "invalid"),
        ("/numbers?page_size=501", "invalid"),
    ] {
        let got = fetch(path).await;
        assert_eq!(
            (got.status.as_u16(), got.body["code"].as_str()),
            (422, Some(code)),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_to_the_end() {
    let server = server(Limits::default()).await;
    let (mut seen, mut path) = (Vec::new(), "/numbers?page_size=4".to_owned());
    loop {
        let request = ask("GET", &path).body(Body::empty()).unwrap();
        let got = send(&server, request).await;
        seen.extend(
            got.body["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["number"].as_u64().unwrap()),
        );
        match got.body["next"].as_str() {
            Some(next) => path = format!("/numbers?page_size=4&page={next}"),
            None => break,
        }
    }
    assert_eq!(seen, (0..10).collect::<Vec<u64>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_cannot_be_read_names_nothing() {
    assert_eq!(fetch("/numbers/x").await.status, StatusCode::NOT_FOUND);
    assert_eq!(fetch("/nowhere").await.body["code"], "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_method_is_a_problem_that_names_the_right_ones() {
    let got = send(
        &server(Limits::default()).await,
        ask("DELETE", "/numbers").body(Body::empty()).unwrap(),
    )
    .await;
    assert_eq!(
        (got.status, got.body["code"].as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, Some("method_not_allowed"))
    );
    assert!(
        got.header("allow").contains("POST"),
        "{}",
        got.header("allow")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_a_problem_and_tells_nothing() {
    let got = fetch("/break").await;
    assert_eq!(
        (got.status.as_u16(), got.body["code"].as_str()),
        (500, Some("internal"))
    );
    assert!(!got.body.to_string().contains("Anna"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_given_up() {
    let server = server(Limits {
        request: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    let got = send(&server, ask("GET", "/dawdle").body(Body::empty()).unwrap()).await;
    assert_eq!(
        (got.status.as_u16(), got.body["code"].as_str()),
        (503, Some("took_too_long"))
    );
}

#[test]
fn the_document_holds_every_route_with_its_guard_and_schemas() {
    let document = openapi::document(&routes(), "1", &Default::default());
    let set = &document["paths"]["/numbers"]["post"];
    assert_eq!(
        set["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/Wanted"
    );
    assert_eq!(
        document["components"]["schemas"]["Wanted"]["additionalProperties"],
        false
    );
    assert_eq!(
        document["paths"]["/numbers"]["get"]["description"],
        "Needs somebody who is signed in."
    );
    assert!(document["paths"]["/healthz"]["get"]["security"].is_null());
    let problem = &set["responses"]["413"]["$ref"];
    assert_eq!(problem, "#/components/responses/Problem413");
    let problem = &document["components"]["responses"]["Problem413"];
    assert!(problem["content"]["application/problem+json"].is_object());
}
