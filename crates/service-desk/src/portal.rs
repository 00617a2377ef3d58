//! The customer portal: the incidents of those who are served, with the services that are open to them (SD-11 to SD-16), behind the name, colour and
//! logo of the organisation.
//!
//! **Must never know** what is for staff (SD-32): it reads incidents as [`crate::records::incidents`] gives them, which have neither assignee
//! nor priority nor internal notes.
//!
//! **Start reading** in `rest.rs`, then `pages/`; `face.rs` is what the organisation looks like there.

mod face;
mod live;
mod pages;
mod rest;
mod words;

pub use face::demonstrate;
use web::route::Route;

/// Every route of the portal.
pub(crate) fn routes() -> Vec<Route> {
    [
        rest::routes(),
        pages::routes(),
        live::routes(),
        face::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
