//! Records for people: Service Desk › Records.

mod attachments;
mod cards;
mod erasure;
mod export;
mod fields;
mod filter;
mod links;
mod list;
mod mass_actions;
mod moves;
mod new;
mod notes;
mod parts;
mod rows;
mod show;
mod tags;
mod watchers;
mod words;
mod work;

use web::{page::SERVICE_DESK, route::Route};

pub(crate) use self::{
    attachments::in_words,
    fields::{passage, title},
};

use super::RecordId;

/// The section of the rail.
pub(super) const SECTION: &str = SERVICE_DESK.label;
pub(super) const LIST: &str = "/service-desk/records";

pub(super) fn routes() -> Vec<Route> {
    [
        work::routes(),
        list::routes(),
        export::routes(),
        cards::routes(),
        new::routes(),
        notes::routes(),
        attachments::routes(),
        links::routes(),
        moves::routes(),
        mass_actions::routes(),
        tags::routes(),
        watchers::routes(),
        show::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The page of a record.
pub(super) fn path(id: RecordId) -> String {
    format!("{LIST}/{id}")
}
