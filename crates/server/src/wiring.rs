//! Which routes there are, and what stands behind them.

use crate::reference;
use ledger::{Consequences, Engine};
use serde_json::{Value, value::RawValue};
use web::{
    App, Limits, Result,
    guard::{Public, Reason},
    openapi,
    reply::Document,
    route::{self, Route, get},
    tokens::LedgerTokens,
};

/// What follows in slices from what happens in others. A ledger is opened with it.
pub static CONSEQUENCES: Consequences = &{
    let [access, ended] = service_desk::CONSEQUENCES else {
        panic!("each consequence stands here once")
    };
    let [connection] = provisioning::CONSEQUENCES else {
        panic!("each consequence stands here once")
    };
    let [provider] = sign_in::CONSEQUENCES else {
        panic!("each consequence stands here once")
    };
    [*access, *ended, events::RIGHT_ENDED, *connection, *provider]
};

/// Every route of slices and faces. Health and the document are added by [`router`].
pub fn routes() -> Vec<Route> {
    let mut routes = people::routes();
    routes.extend(service_desk::routes());
    routes.extend(billing::routes());
    routes.extend(remote_support::routes());
    routes.extend(authzen::routes());
    routes.extend(contact_centre::routes());
    routes.extend(events::routes());
    routes.extend(provisioning::routes());
    routes.extend(sign_in::routes());
    routes.extend(web::page::routes());
    routes
}

/// The service of a ledger.
pub fn router(engine: Engine, limits: Limits, also: Vec<Route>) -> anyhow::Result<axum::Router> {
    let mut routes = routes();
    routes.extend(also);
    let document = document(&routes)?;
    routes.extend(reference::routes(&document));
    routes.push(document_route(serde_json::value::to_raw_value(&document)?));
    let app = App::new(engine.clone(), LedgerTokens::new(engine), limits);
    Ok(route::router(routes, app))
}

/// The OpenAPI document of these routes, and of its own.
pub fn document(routes: &[Route]) -> anyhow::Result<Value> {
    let examples = serde_json::from_str(include_str!("examples.json"))?;
    let own = [document_route(Box::default())];
    let mut document = openapi::document(routes, env!("CARGO_PKG_VERSION"), &examples);
    let of_itself = openapi::document(&own, env!("CARGO_PKG_VERSION"), &examples);
    document["paths"][OWN_PATH] = of_itself["paths"][OWN_PATH].clone();
    Ok(document)
}

/// Where the document is.
const OWN_PATH: &str = "/api/openapi.json";

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
    get(OWN_PATH, "api.document", "The OpenAPI document", show)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use mail::Mailbox;
    use web::route::Route;

    use crate::demonstrate;

    /// A page that the browser tests do not know is looked at by nobody: their table names the route of each as `route: "/…"`.
    #[test]
    fn the_browser_tests_know_every_page() {
        let routes = super::routes()
            .into_iter()
            .chain(demonstrate::pages(Mailbox::default()))
            .chain(crate::reference::routes(&serde_json::Value::Null));
        let pages: BTreeSet<_> = routes
            .filter(Route::is_page)
            .map(|route| route.path.to_owned())
            .collect();
        let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../browser/pages.mjs");
        let table = fs::read_to_string(table).expect("the table of pages");
        let known: BTreeSet<_> = table
            .split("route: \"")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
            .collect();
        assert_eq!(
            pages, known,
            "browser/pages.mjs: pages of the server, and those of the table"
        );
        assert!(pages.contains("/demo/mailbox") && pages.contains("/account/sessions"));
    }
}
