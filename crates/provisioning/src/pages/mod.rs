//! The pages of a directory, for whoever manages integrations: what it asked and what came of it (`log.rs`), and what a first sync would do
//! (`first_sync.rs`). They read what the REST face of the same name reads.

mod first_sync;
mod log;

use web::route::Route;

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = log::routes();
    routes.extend(first_sync::routes());
    routes
}
