//! Records for people: Service Desk › Records.

mod cards;
mod export;
mod fields;
mod filter;
mod list;
mod new;
mod rows;
mod show;
mod words;
mod work;

use web::{page::SERVICE_DESK, route::Route};

use super::RecordId;

/// The section of the rail.
const SECTION: &str = SERVICE_DESK.label;
const LIST: &str = "/service-desk/records";

pub(super) fn routes() -> Vec<Route> {
    [
        work::routes(),
        list::routes(),
        export::routes(),
        cards::routes(),
        new::routes(),
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
