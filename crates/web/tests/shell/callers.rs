//! Who is let in, how often, how many at once, and when nobody is.

use std::{
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use access::Moment;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use ledger::{FakeClock, SystemClock};
use tempfile::TempDir;
use web::{
    App, Limits,
    caller::{Finding, Presented, Tokens},
    health,
    route::{self, get},
    tokens::LedgerTokens,
};

use crate::{OneToken, Server, ask, list, routes, send, server, somebody};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_nobody_is_signed_in() {
    for request in [
        Request::get("/numbers/3"),
        Request::get("/numbers/3").header("authorization", "Bearer bad"),
    ] {
        let got = send(
            &server(Limits::default()).await,
            request.body(Body::empty()).unwrap(),
        )
        .await;
        assert_eq!(got.status, StatusCode::UNAUTHORIZED);
        assert!(got.header("www-authenticate").starts_with("Bearer"));
        assert_eq!(got.header("content-type"), "application/problem+json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_at_once_are_sent_away_and_probes_are_not() {
    let server = server(Limits {
        concurrent: 0,
        ..Limits::default()
    })
    .await;
    let got = send(&server, ask("GET", "/numbers").body(Body::empty()).unwrap()).await;
    assert_eq!(
        (
            got.status.as_u16(),
            got.body["code"].as_str(),
            got.header("retry-after")
        ),
        (503, Some("busy"), "2")
    );
    assert_eq!(
        send(
            &server,
            Request::get("/healthz").body(Body::empty()).unwrap()
        )
        .await
        .status,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_caller_does_not_take_every_place() {
    let server = Arc::new(
        server(Limits {
            concurrent_per_caller: 2,
            request: Duration::from_secs(1),
            ..Limits::default()
        })
        .await,
    );
    let slow = [1, 2].map(|_| {
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            // One that looks below may stand in the place for a moment.
            loop {
                let request = ask("GET", "/dawdle").body(Body::empty()).unwrap();
                match send(&server, request).await.status.as_u16() {
                    429 => tokio::task::yield_now().await,
                    status => break status,
                }
            }
        })
    });
    let once = async || {
        let request = ask("GET", "/numbers").body(Body::empty()).unwrap();
        send(&server, request).await.status.as_u16()
    };
    while once().await == 200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(once().await, 429);
    let stranger = Request::get("/numbers").body(Body::empty()).unwrap();
    assert_eq!(send(&server, stranger).await.status.as_u16(), 401);
    for slow in slow {
        assert_eq!(slow.await.unwrap(), 503);
    }
    assert_eq!(once().await, 200, "the places are given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_tokens_have_limits_of_their_own() {
    let server = server(Limits {
        per_token: 2,
        per_address: 1,
        ..Limits::default()
    })
    .await;
    let mut statuses = Vec::new();
    for token in [
        "Bearer bad",
        "Bearer other",
        "Bearer good",
        "Bearer good",
        "Bearer good",
    ] {
        let request = Request::get("/numbers")
            .header("authorization", token)
            .body(Body::empty())
            .unwrap();
        statuses.push(send(&server, request).await.status.as_u16());
    }
    assert_eq!(statuses, [401, 429, 200, 200, 429]);
}

/// AD-28: a right that was taken away on another node does not live on here.
#[tokio::test(flavor = "multi_thread")]
async fn ad_28_a_server_that_lost_its_database_answers_nothing() {
    let folder = TempDir::new().unwrap();
    let clock = FakeClock::at(Moment(1_800_000_000_000));
    let (engine, caller) = somebody(&folder, clock.clone()).await;
    let ledger = engine.clone();
    let mut routes = vec![get("/numbers", "numbers.list", "List numbers", list)];
    routes.extend(health::routes(move || ledger.is_in_touch(), None));
    let app = App::new(engine.clone(), OneToken(caller), Limits::default());
    let server = Server {
        router: route::router(routes, app),
        _folder: folder,
    };
    let statuses = async || {
        let mut statuses = Vec::new();
        for path in ["/numbers", "/readyz", "/healthz"] {
            let request = ask("GET", path).body(Body::empty()).unwrap();
            statuses.push(send(&server, request).await.status.as_u16());
        }
        statuses
    };
    let sql = async |sql: &str| {
        engine
            .database()
            .run_outside_transaction(sql)
            .await
            .unwrap()
    };

    assert_eq!(statuses().await, [200, 200, 200]);
    sql("ALTER TABLE heads RENAME TO heads_away").await;
    // A look that was under way is over.
    tokio::time::sleep(Duration::from_millis(100)).await;
    clock.advance(Duration::from_secs(3600));
    assert_eq!(statuses().await, [503, 503, 200]);
    sql("ALTER TABLE heads_away RENAME TO heads").await;
    for _ in 0..500 {
        if statuses().await == [200, 200, 200] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server does not come back");
}

/// Whoever asks for a version that may never come holds no place meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_not_there_is_not_waited_for() {
    let server = server(Limits {
        request: Duration::from_secs(2),
        ..Limits::default()
    })
    .await;
    for (version, status, code) in [
        ("0", 200, None),
        ("18446744073709551615", 503, Some("busy")),
    ] {
        let path = format!("/numbers?at_least_version={version}");
        let got = send(&server, ask("GET", &path).body(Body::empty()).unwrap()).await;
        assert_eq!(
            (got.status.as_u16(), got.body["code"].as_str()),
            (status, code)
        );
    }
}

/// Knows nobody, and counts how often it was asked.
struct Nobody(Arc<AtomicUsize>);

impl Tokens for Nobody {
    fn remembers(&self, _: &Presented<'_>) -> bool {
        false
    }

    fn find<'a>(&'a self, _: Presented<'a>) -> Finding<'a> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(ready(Ok(None)))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_guesses_tokens_asks_the_database_a_few_times_only() {
    let folder = TempDir::new().unwrap();
    let (engine, _) = somebody(&folder, SystemClock).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let limits = Limits {
        per_address: 1,
        ..Limits::default()
    };
    let app = App::new(engine, Nobody(Arc::clone(&asked)), limits);
    let server = Server {
        router: route::router(routes(), app),
        _folder: folder,
    };
    for guess in 0..200 {
        let request = Request::get("/numbers").header("authorization", format!("Bearer {guess}"));
        let got = send(&server, request.body(Body::empty()).unwrap()).await;
        assert!([401, 429].contains(&got.status.as_u16()));
    }
    assert!(asked.load(Ordering::Relaxed) < 20, "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_fails_is_not_the_callers_fault() {
    let folder = TempDir::new().unwrap();
    let (engine, _) = somebody(&folder, SystemClock).await;
    let database = engine.database().clone();
    let app = App::new(engine.clone(), LedgerTokens::new(engine), Limits::default());
    let server = Server {
        router: route::router(routes(), app),
        _folder: folder,
    };
    let unknown = format!("Bearer rc_{:016x}_{:064x}", 7, 7);
    let status = async || {
        let request = Request::get("/numbers").header("authorization", unknown.as_str());
        let got = send(&server, request.body(Body::empty()).unwrap()).await;
        (
            got.status.as_u16(),
            got.body["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(status().await, (401, "unauthenticated".to_owned()));
    let sql = "ALTER TABLE secrets RENAME TO secrets_away";
    database.run_outside_transaction(sql).await.unwrap();
    assert_eq!(status().await, (500, "internal".to_owned()));
}
