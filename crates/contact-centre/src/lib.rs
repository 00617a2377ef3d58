//! The contact centre: the Permissions page (CC-2), queues with their people, who is logged in, and the lists of the general settings:
//! pause reasons, skills, messages.
//!
//! **For** Contact admins, and for supervisors and agents as far as the switches let them. Queues, switches and logins are the access
//! core's, and their REST faces stand in `people`; here are their pages. The lists decide nothing: they are rows of this slice, written
//! by record acts, and have both faces here.
//!
//! **Must never know** who may do what: pages stand behind guards, commands and acts are decided at the head of the log. It never
//! opens a database: `entries/store.rs` speaks to its rows in the transactions of the ledger.
//!
//! **Start reading** in [`routes`], then `entries.rs` for the lists, `permissions.rs` for the page of S4.

pub mod demonstrate;
mod entries;
mod find;
mod frame;
mod permissions;
mod person;
mod queues;
mod skills;

use web::route::Route;

/// Every route of this slice.
pub fn routes() -> Vec<Route> {
    [
        permissions::routes(),
        queues::routes(),
        skills::routes(),
        entries::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
