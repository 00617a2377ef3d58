//! Where the pages of the contact centre stand, and what leads from one to the other: never to a page that would be denied.

use web::{
    Problem, Result,
    page::{CONTACT_CENTRE, Frame, sentence},
    reply::Answer,
    session::Session,
    submit::Written,
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

/// What a form is told whose act was refused for what it says; everything else is a problem of its own.
pub(crate) fn refused(done: Result<Answer<Written>>) -> Result<Option<Refused>> {
    match done {
        Ok(_) => Ok(None),
        Err(problem) if [409, 422].contains(&problem.status().as_u16()) => {
            Ok(Some(Refused::of(&problem)))
        }
        Err(problem) => Err(problem),
    }
}

/// Why a form was not taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Refused {
    pub code: String,
    pub why: String,
}

impl Refused {
    fn of(problem: &Problem) -> Self {
        let body = problem.body();
        Self {
            code: body.code,
            why: sentence(&body.detail.unwrap_or(body.title)),
        }
    }
}
