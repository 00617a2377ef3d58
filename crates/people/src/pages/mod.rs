//! The pages of people and access. Each reads what the REST face of the same name reads, and submits the same commands.

mod ask;
mod audit;
pub(crate) mod audit_words;
mod choice;
mod comparison;
mod fact;
mod lists;
mod person;
mod picture;
mod support_check;
mod things;
mod who_can;

use web::route::Route;

/// Every page of this slice.
pub(crate) fn routes() -> Vec<Route> {
    [
        ask::routes(),
        audit::routes(),
        comparison::routes(),
        lists::routes(),
        person::routes(),
        support_check::routes(),
        who_can::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
