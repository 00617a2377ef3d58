//! Records for people: Service Desk › Records.

mod fields;
mod list;
mod new;
mod show;
mod words;

use web::{page::SERVICE_DESK, route::Route};

use super::RecordId;

/// The section of the rail.
const SECTION: &str = SERVICE_DESK.label;
const LIST: &str = "/service-desk/records";

pub(super) fn routes() -> Vec<Route> {
    [list::routes(), new::routes(), show::routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// The page of a record.
pub(super) fn path(id: RecordId) -> String {
    format!("{LIST}/{id}")
}
