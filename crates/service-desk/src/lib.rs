//! The service desk in the console: services and who has access to each of them, groups, companies, registration.
//!
//! **For** whoever configures the desk: the pages of Configure. Programs have the same in the REST faces of `people`. For whoever works at it:
//! records. For whoever is served: the portal.
//!
//! **Must never know** a rule. A save is a command, whose check decides; what is shown beside a stored level is a decision.
//!
//! **Start reading** in [`routes`], then `tab.rs`: what the four tabs of a service's people have in common.

mod access;
mod beside;
mod companies;
mod company;
mod draft;
mod groups;
mod kinds;
mod person;
mod portal;
mod records;
mod registration;
mod rows;
mod services;
mod settings;
mod sort;
mod tab;

use web::route::Route;

pub use portal::demonstrate as name_portal_of_demonstration;
pub use records::{Lapses, MailRoom, MassActionWorker, Notices, demonstrate};

/// What follows in rows of this slice from what happens elsewhere.
pub static CONSEQUENCES: &[&dyn ledger::Consequence] = &[&records::LostAccess, &records::Ended];

/// Every route of this slice.
pub fn routes() -> Vec<Route> {
    [
        services::routes(),
        settings::routes(),
        tab::routes(),
        groups::routes(),
        companies::routes(),
        company::routes(),
        registration::routes(),
        records::routes(),
        portal::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
