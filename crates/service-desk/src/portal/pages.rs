//! The portal for people: a quiet face that works on a phone with one hand.

mod home;
mod list;
mod new;
mod show;

use web::{
    Result,
    page::{Frame, PORTAL},
    route::Route,
    session::Session,
};

use crate::records::RecordId;

const HOME: &str = "/portal";
const NEW: &str = "/portal/new";
const MINE: &str = "/portal/incidents";
const COMPANY: &str = "/portal/company";

pub(super) fn routes() -> Vec<Route> {
    [
        home::routes(),
        list::routes(),
        new::routes(),
        show::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

async fn frame(session: &Session, title: &str, path: &str) -> Result<Frame> {
    Frame::of(session, title, path, PORTAL.label).await
}

/// The page of an incident.
fn path(id: RecordId) -> String {
    format!("{MINE}/{id}")
}
