//! What every request passes through, outermost first: a request id, one log line, metrics, security headers; bounds on
//! time and number; who is asking, and how often.
//!
//! The log knows the route's template, never the raw path or query: those hold ids and what people typed (SD-26).

use std::{
    any::Any,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use ledger::Secret;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, Predicate},
};
use tracing::Instrument;

use crate::{
    app::App,
    caller::{Caller, Presented},
    deadline::Deadline,
    health::ALWAYS,
    page,
    problem::{Problem, ProblemBody, Result},
    route::{self, Dialect},
    sign_ins::SignIns,
};

/// The caller's id of the request, given back to the caller.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Ours, which stands in the audit log and in the lines of the server's log.
const OUR_REQUEST_ID: HeaderName = HeaderName::from_static("rolecall-request");
/// The longest id that is given back to the caller.
const REQUEST_ID_BYTES_MAX: usize = 1_024;
/// The longest that the log takes.
const TRACED_BYTES_MAX: usize = 64;

/// The network address at the other end of the connection; put into the request by [`crate::serve`].
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The network address that the request came from, as far as proxies are trusted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client(pub IpAddr);

/// The id of the request, made here: whatever a caller sends may be somebody's name, and the audit log keeps it for ever (SD-26).
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

impl RequestId {
    #[expect(
        clippy::disallowed_methods,
        reason = "a request id is for the log and never enters the state"
    )]
    fn fresh() -> Self {
        Self(uuid::Uuid::now_v7().simple().to_string())
    }
}

/// The caller's id of the request, as it came: AuthZEN takes any text for one, and wants the same back.
fn given_id(request: &Request) -> Option<HeaderValue> {
    let given = request.headers().get(&REQUEST_ID)?;
    (1..=REQUEST_ID_BYTES_MAX)
        .contains(&given.len())
        .then(|| given.clone())
}

/// What the log takes of it: an id that can be nobody's name, because it is a number, as tracing systems make them (SD-26).
fn traced(given: &HeaderValue) -> Option<&str> {
    given.to_str().ok().filter(|id| is_a_number(id))
}

fn is_a_number(id: &str) -> bool {
    id.len() <= TRACED_BYTES_MAX
        && id
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && id.bytes().any(|byte| byte.is_ascii_digit())
}

/// Wraps the router.
pub(crate) fn wrap(router: Router<App>, app: App, dialects: Arc<[Dialect]>) -> Router<App> {
    router
        .layer(middleware::from_fn_with_state(app.clone(), admit))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(
            (app.clone(), dialects),
            route::in_dialect,
        ))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            page::for_browsers,
        ))
        .layer(middleware::from_fn(page::done::said_once))
        .layer(packed())
        .layer(middleware::from_fn_with_state(app, record))
}

/// Pages are packed for browsers. Answers to programs are not: most are small, and on a fast way to those who ask often.
fn packed() -> CompressionLayer<impl Predicate> {
    let is_page =
        |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| page::is_page(headers);
    CompressionLayer::new().gzip(true).compress_when(is_page)
}

/// Request id, log line, metrics, headers.
#[expect(
    clippy::disallowed_methods,
    reason = "it measures how long a request took"
)]
async fn record(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (id, given) = (RequestId::fresh(), given_id(&request));
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    };
    // A path that matched nothing is not shown at all: it may hold anything.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(id.clone());
    let peer = request.extensions().get::<Peer>();
    let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0);
    let client = app.limits().proxies.client(peer, request.headers());
    request.extensions_mut().insert(Client(client));

    let traced = given.as_ref().and_then(traced);
    let span = tracing::info_span!("request", id = %id.0, traced, method, route);
    let mut response = next.run(request).instrument(span.clone()).await;

    let (status, took) = (response.status().as_u16(), started.elapsed());
    span.in_scope(|| {
        tracing::info!(
            status,
            micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        )
    });
    let labels = [
        ("method", method.to_owned()),
        ("route", route),
        ("status", status.to_string()),
    ];
    metrics::counter!("rolecall_http_requests_total", &labels).increment(1);
    metrics::histogram!("rolecall_http_request_seconds", &labels[..2]).record(took.as_secs_f64());

    let headers = response.headers_mut();
    if app.limits().is_reached_by_tls() {
        let (name, value) = route::header("strict-transport-security", "max-age=31536000");
        headers.insert(name, value);
    }
    if let Ok(ours) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, given.unwrap_or_else(|| ours.clone()));
        headers.insert(OUR_REQUEST_ID, ours);
    }
    for (name, value) in [
        route::header("x-content-type-options", "nosniff"),
        route::header("x-frame-options", "DENY"),
        route::header("referrer-policy", "no-referrer"),
        route::header(
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'none'",
        ),
        route::header("cache-control", "no-store"),
    ] {
        headers.entry(name).or_insert(value);
    }
    response
}

/// An answer that no handler gives.
fn turned_away(problem: Problem, caller: Option<Caller>) -> Response {
    let mut response = problem.into_response();
    if let Some(caller) = caller {
        response.extensions_mut().insert(route::Whose(caller));
    }
    response
}

/// Bounds on number and time; who is asking, and how often.
async fn admit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if request
        .extensions()
        .get::<MatchedPath>()
        .is_some_and(|path| ALWAYS.contains(&path.as_str()) || path.as_str() == page::FILES)
    {
        return next.run(request).await;
    }
    let Ok(_running) = app.running().try_acquire() else {
        return Problem::unavailable(
            "busy",
            "too many requests are being worked on",
            Duration::from_secs(1),
        )
        .into_response();
    };
    let deadline = Deadline::within(app.limits().request);
    request.extensions_mut().insert(deadline.clone());
    let work = async {
        let caller = match Presented::from_headers(request.headers()) {
            Some(presented) => {
                // Before anything is read: whoever guesses tokens must not read for free.
                if !app.tokens().remembers(&presented)
                    && let Err(wait) = app.rates().look_up(address(&request))
                {
                    return Problem::too_many_requests(wait).into_response();
                }
                match app.tokens().find(presented).await {
                    Ok(caller) => caller,
                    Err(problem) => return problem.into_response(),
                }
            }
            None => match signed_in(
                &app,
                SignIns::presented(request.method(), request.headers()),
                address(&request),
            )
            .await
            {
                Ok(caller) => caller,
                Err(problem) => return problem.into_response(),
            },
        };
        let rate = match &caller {
            Some(caller) => app.rates().caller(caller.key()),
            None => app.rates().address(address(&request)),
        };
        if let Err(wait) = rate {
            return turned_away(Problem::too_many_requests(wait), caller);
        }
        if let Some(caller) = caller {
            let Some(place) = app.callers().take((caller.account.id(), caller.subject)) else {
                let detail =
                    "as many requests of yours are being worked on already as one caller may have";
                let problem = Problem::too_many_requests(Duration::from_secs(1)).detail(detail);
                return turned_away(problem, Some(caller));
            };
            if !caller.account.is_current() {
                return turned_away(out_of_touch(), Some(caller));
            }
            request.extensions_mut().insert(caller.clone());
            let mut response = next.run(request).await;
            if response.extensions().get::<ProblemBody>().is_some() {
                // A page tells it in the look of whoever asked.
                response.extensions_mut().insert(caller);
            }
            drop(place);
            return response;
        }
        next.run(request).await
    };
    match deadline.wait(work).await {
        Some(response) => response,
        None => Problem::unavailable(
            "took_too_long",
            "a write may still have happened: ask again with the same Idempotency-Key",
            Duration::from_secs(1),
        )
        .into_response(),
    }
}

/// AD-28: a node that no longer hears its database would answer with rights that may be gone.
fn out_of_touch() -> Problem {
    Problem::unavailable(
        "out_of_touch",
        "the database does not answer, so that rights may have changed unheard: ask again, or another node",
        Duration::from_secs(1),
    )
}

fn address(request: &Request) -> IpAddr {
    let client = request.extensions().get::<Client>();
    client.map_or(Ipv4Addr::UNSPECIFIED.into(), |client| client.0)
}

/// Who is signed in at the browser that asks. Like a token, a session is not looked up for free.
async fn signed_in(
    app: &App,
    presented: Option<Secret>,
    address: IpAddr,
) -> Result<Option<Caller>> {
    let Some(secret) = presented else {
        return Ok(None);
    };
    if !app.sign_ins().remembers(&secret) {
        let taken = app.rates().look_up(address);
        taken.map_err(Problem::too_many_requests)?;
    }
    app.sign_ins().find(secret).await
}

/// A defect of ours: the caller gets a problem like any other, and the connection lives on.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Problem::internal("a handler panicked; the line before says where").into_response()
}

/// Logs where a panic happened and not what it said: messages of panics quote values, and values are people's.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sd_26_what_may_be_a_name_does_not_get_into_the_log() {
        for id in ["0190b6b2-8c1e-7000-8000-a1b2c3d4e5f6", "4bf92f3577b34da6"] {
            assert!(is_a_number(id), "{id}");
        }
        let long = "1".repeat(65);
        for id in [
            "ann.lee-example.org",
            "ann-lee",
            "abba",
            "Ann_Lee",
            "lee1",
            &long,
        ] {
            assert!(!is_a_number(id), "{id}");
        }
    }
}
