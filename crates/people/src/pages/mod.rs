//! The pages of people and access. Each reads what the REST face of the same name reads, and submits the same commands.

mod person;

use web::route::Route;

/// Every page of this slice.
pub(crate) fn routes() -> Vec<Route> {
    [person::routes()].into_iter().flatten().collect()
}
