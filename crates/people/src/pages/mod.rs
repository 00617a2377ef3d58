//! The pages of people and access. Each reads what the REST face of the same name reads, and submits the same commands.

mod account;
mod answer;
mod ask;
mod audit;
mod audit_acts;
pub(crate) mod audit_words;
mod choice;
mod comparison;
mod connections;
mod fact;
mod grants;
mod import;
mod issuing;
mod lists;
mod person;
mod picture;
mod roles;
mod second_factor;
mod set_it;
mod support_check;
mod things;
mod tokens;
mod user_groups;
mod what;
mod who_can;
mod words;

use web::route::Route;

/// Every page of this slice.
pub(crate) fn routes() -> Vec<Route> {
    [
        account::routes(),
        ask::routes(),
        audit::routes(),
        comparison::routes(),
        connections::routes(),
        import::routes(),
        lists::routes(),
        person::routes(),
        roles::routes(),
        second_factor::routes(),
        support_check::routes(),
        tokens::routes(),
        user_groups::routes(),
        who_can::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
