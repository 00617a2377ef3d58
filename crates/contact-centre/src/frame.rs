//! Where the pages of the contact centre stand, and what leads from one to the other: never to a page that would be denied.

use web::{
    Result,
    page::{CONTACT_CENTRE, Frame},
    session::Session,
};

use crate::{
    entries::{List, PauseReasons, PrerecordedMessages, PrewrittenMessages, Skills},
    permissions,
};

/// The section of the rail.
pub(crate) const SECTION: &str = CONTACT_CENTRE.label;

/// The pages of the general settings, in the order of the article.
const SETTINGS: [&str; 5] = [
    permissions::PAGE,
    PauseReasons::PAGE,
    Skills::PAGE,
    PrerecordedMessages::PAGE,
    PrewrittenMessages::PAGE,
];

/// The frame of a page of the general settings, or of one below it.
pub(crate) async fn of_settings(session: &Session, title: &str, path: &str) -> Result<Frame> {
    let frame = Frame::of(session, title, path, SECTION).await?;
    let first = SETTINGS.iter().find(|path| session.opens(path));
    Ok(match first {
        None => frame,
        Some(first) => frame
            .below(*first, "Admin")
            .below(*first, "General settings"),
    })
}
