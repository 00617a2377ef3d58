//! The browsers in which one is signed in, and how to end that.

use access::{Moment, PersonId, Subject};
use askama::Template;
use jiff::{Timestamp, tz::TimeZone};
use ledger::Ending;
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::Oneself,
    page::{Frame, Page, SeeOther, form::Form},
    route::{Route, get, post},
    session::{Session, failed},
    sign_ins::SignIns,
};

pub(crate) const PATH: &str = "/account/sessions";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "own_sessions.page",
            "The browsers in which the caller is signed in",
            show,
        ),
        post(
            "/account/sessions/end",
            "own_sessions.end",
            "End one of them",
            end,
        ),
        post(
            "/account/sessions/end-others",
            "own_sessions.end_others",
            "End all but this one",
            end_others,
        ),
    ]
}

struct Row {
    id: String,
    browser: String,
    began: String,
    used: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "own-sessions.html")]
struct SessionsPage {
    frame: Frame,
    rows: Vec<Row>,
    others: bool,
}

/// The person who is signed in. A connection has no browser.
pub(crate) fn oneself(session: &Session) -> Result<PersonId> {
    match session.subject {
        Subject::Person(person) => Ok(person),
        _ => Err(Problem::not_found()),
    }
}

async fn show(session: Oneself, sign_ins: SignIns) -> Result<Page<SessionsPage>> {
    let person = oneself(&session)?;
    let this = session.sign_in().map(|sign_in| sign_in.id());
    let found = sign_ins.of(&session.account, person).await?;
    let rows: Vec<_> = found
        .into_iter()
        .map(|row| Row {
            is_this: Some(row.id.as_str()) == this,
            id: row.id,
            browser: row.browser,
            began: moment(row.began_at),
            used: moment(row.used_at),
        })
        .collect();
    Ok(Page::new(SessionsPage {
        frame: Frame::of(&session, "My sign-in sessions", PATH, "/").await?,
        others: rows.iter().any(|row| !row.is_this),
        rows,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    session: String,
}

async fn end(session: Oneself, Form(which): Form<Which>) -> Result<SeeOther> {
    let person = oneself(&session)?;
    let ended = session
        .account
        .end_sign_in_sessions(person, Ending::One(&which.session));
    // One that is over already is what was asked for.
    ended.await.map_err(failed)?;
    let this = session.sign_in().map(|sign_in| sign_in.id());
    if this == Some(which.session.as_str()) {
        return SignIns::leave("/sign-in");
    }
    Ok(SeeOther::to(PATH))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn end_others(session: Oneself, Form(Nothing {}): Form<Nothing>) -> Result<SeeOther> {
    let person = oneself(&session)?;
    let this = session
        .sign_in()
        .map(|sign_in| sign_in.id())
        .unwrap_or_default();
    let ended = session
        .account
        .end_sign_in_sessions(person, Ending::Others(this));
    ended.await.map_err(failed)?;
    Ok(SeeOther::to(PATH))
}

pub(crate) fn moment(moment: Moment) -> String {
    let at = Timestamp::from_millisecond(moment.0).unwrap_or_default();
    at.to_zoned(TimeZone::UTC)
        .strftime("%-d %B %Y, %H:%M UTC")
        .to_string()
}
