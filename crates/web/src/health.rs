//! Is it alive, is it ready, how is it doing.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::{
    guard::{Public, Reason},
    problem::{Problem, Result},
    reply::Text,
    route::{Route, get},
};

/// Routes that answer even when the server is busy, and that count against no limit.
pub(crate) const ALWAYS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Upper bounds of the buckets of request times, in seconds.
const SECONDS: [f64; 12] = [
    0.000_1, 0.000_3, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0,
];

/// A probe cannot sign in, and learns nothing but "yes" or "no".
#[derive(Debug)]
pub struct Probe;

impl Reason for Probe {
    const WHY: &'static str = "a probe learns whether the server runs, and nothing else";
}

/// Numbers only: route templates, statuses and durations, without any id or name.
#[derive(Debug)]
pub struct Numbers;

impl Reason for Numbers {
    const WHY: &'static str = "route templates, statuses and durations, without any id or name";
}

/// Starts counting, once in a process. The handle prints what was counted.
pub fn count() -> Result<PrometheusHandle, metrics_exporter_prometheus::BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets(&SECONDS)?
        .install_recorder()?;
    metrics::describe_counter!(
        "rolecall_http_requests_total",
        "Requests answered, by method, route template and status."
    );
    metrics::describe_histogram!(
        "rolecall_http_request_seconds",
        metrics::Unit::Seconds,
        "Time from the request's head to its answer."
    );
    Ok(handle)
}

/// The routes. `ready` says whether the server can do its work now; `numbers` is absent where nobody counts.
pub fn routes<F>(ready: F, numbers: Option<PrometheusHandle>) -> Vec<Route>
where
    F: Fn() -> bool + Clone + Send + Sync + 'static,
{
    let ready = move |_: Public<Probe>| {
        let ready = ready();
        async move {
            if ready {
                Ok(Text("ready\n".to_owned()))
            } else {
                Err(Problem::unavailable(
                    "not_ready",
                    "the server is starting or stopping, or its database does not answer",
                    std::time::Duration::from_secs(1),
                ))
            }
        }
    };
    let mut routes = vec![
        get("/healthz", "health.alive", "Is the server alive?", alive),
        get(
            "/readyz",
            "health.ready",
            "Can the server do its work now?",
            ready,
        ),
    ];
    if let Some(handle) = numbers {
        let print = move |_: Public<Numbers>| {
            let text = handle.render();
            async { Ok(Text(text)) }
        };
        routes.push(get(
            "/metrics",
            "health.metrics",
            "Numbers for Prometheus",
            print,
        ));
    }
    routes
}

async fn alive(_: Public<Probe>) -> Result<Text> {
    Ok(Text("alive\n".to_owned()))
}
