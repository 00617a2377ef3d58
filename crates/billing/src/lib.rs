//! Licences and the billing contact in the console.
//!
//! **For** whoever buys, gives and holds licences, and whoever answers for the bill: the pages of Billing. Programs have the same in the
//! REST faces of `people`.
//!
//! **Must never know** a rule. What is bought, given, taken or handed over is a command, whose check decides; a page offers what the
//! core says that its reader can do.
//!
//! **Start reading** in [`routes`], then `licence.rs`.

mod contact;
mod licence;
mod licences;
mod person;

use web::route::Route;

/// Every route of this slice.
pub fn routes() -> Vec<Route> {
    [licences::routes(), licence::routes(), contact::routes()]
        .into_iter()
        .flatten()
        .collect()
}
