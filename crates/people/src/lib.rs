//! The REST API of people and access, under `/api/v1`.
//!
//! **For** the console, programs and the command line: everything that RULES.md §4 to §6 lets somebody configure, and every question about
//! access. One file per resource; each lists its routes at the top, then its bodies, then its handlers.
//!
//! **Must never know** who may do what. Handlers translate: ids and words of the request into a command of the access core, its answer
//! into JSON. Reads stand behind a guard, and are cut by what the caller may see: see `web::guard`.
//!
//! **Start reading** in [`routes`], then `groups.rs`, the smallest resource.

mod account;
mod account_roles;
mod audit;
mod audit_values;
mod billing;
mod bodies;
mod catalogue;
mod companies;
mod connections;
mod customer_access;
mod decisions;
mod desk_rights;
mod device_groups;
mod extra_grants;
mod facets;
mod groups;
pub mod import;
mod invitations;
mod licences;
mod lives;
mod mapping_job;
mod mappings;
mod matrix;
mod members;
mod named;
mod newcomers;
mod pages;
mod people;
mod people_access;
mod portal;
mod products;
mod queues;
mod registered;
mod registration;
mod roles;
mod searches;
mod seats;
mod services;
mod shown;
mod sorting;
mod switches;
mod tab_saves;
mod tabs;
mod ties;
mod tokens;
mod user_groups;
pub mod vouch;
mod words;

pub use mapping_job::MappingJob;
use web::{route::Route, things};

/// Every route of this slice.
pub fn routes() -> Vec<Route> {
    [
        account::routes(),
        account_roles::routes(),
        audit::routes(),
        billing::routes(),
        catalogue::routes(),
        companies::routes(),
        connections::routes(),
        customer_access::routes(),
        decisions::routes(),
        desk_rights::routes(),
        device_groups::routes(),
        extra_grants::routes(),
        facets::routes(),
        groups::routes(),
        invitations::routes(),
        licences::routes(),
        mappings::routes(),
        matrix::routes(),
        members::routes(),
        newcomers::routes(),
        pages::routes(),
        people::routes(),
        people_access::routes(),
        portal::routes(),
        products::routes(),
        queues::routes(),
        registered::routes(),
        registration::routes(),
        roles::routes(),
        searches::routes(),
        seats::routes(),
        services::routes(),
        sorting::routes(),
        switches::routes(),
        tab_saves::routes(),
        tabs::routes(),
        tokens::routes(),
        user_groups::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
