//! Which routes there are, and what stands behind them.

use ledger::Engine;
use serde_json::value::RawValue;
use web::{
    App, Limits, Result,
    guard::{Public, Reason},
    openapi,
    reply::Document,
    route::{self, Route, get},
    tokens::LedgerTokens,
};

/// Every route of slices and faces. Health and the document are added by [`router`].
pub fn routes() -> Vec<Route> {
    let mut routes = people::routes();
    routes.extend(service_desk::routes());
    routes.extend(authzen::routes());
    routes.extend(sign_in::routes());
    routes.extend(web::page::routes());
    routes
}

/// The service of a ledger.
pub fn router(engine: Engine, limits: Limits, also: Vec<Route>) -> anyhow::Result<axum::Router> {
    let mut routes = routes();
    routes.extend(also);
    let document =
        serde_json::value::to_raw_value(&openapi::document(&routes, env!("CARGO_PKG_VERSION")))?;
    routes.push(document_route(document));
    let app = App::new(engine.clone(), LedgerTokens::new(engine), limits);
    Ok(route::router(routes, app))
}

/// What the API looks like is no secret: it is the same for every account.
#[derive(Debug)]
struct TheSameForAll;

impl Reason for TheSameForAll {
    const WHY: &'static str = "the document is the same for every account and holds nothing of any";
}

fn document_route(document: Box<RawValue>) -> Route {
    let show = move |_: Public<TheSameForAll>| {
        let document = document.clone();
        async move { Result::Ok(Document(document)) }
    };
    get(
        "/api/openapi.json",
        "api.document",
        "The OpenAPI document",
        show,
    )
}
