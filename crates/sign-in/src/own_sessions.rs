//! The browsers in which one is signed in, and how to end that.

use access::{PersonId, Subject};
use askama::Template;
use ledger::{Ending, SignInFilter};
use serde::Deserialize;
use web::{
    Problem, Result,
    guard::Oneself,
    page::{Frame, Page, SeeOther, form::Form, moment},
    route::{Route, get, post},
    session::{Session, failed},
    sign_ins::SignIns,
};

use crate::sign_in_log::{shape, words};

pub(crate) const PATH: &str = "/account/sessions";
/// Entries of one's own sign-in log that are shown.
const LATELY: u32 = 20;

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
    lately: Vec<Lately>,
}

/// An entry of one's own sign-in log.
struct Lately {
    at: String,
    what: &'static str,
    shape: &'static str,
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
        lately: lately(&session, person).await?,
    }))
}

/// What happened at the door lately, tries of others with the address included.
async fn lately(session: &Session, person: PersonId) -> Result<Vec<Lately>> {
    let of_oneself = SignInFilter {
        person: Some(person),
        ..SignInFilter::default()
    };
    let entries = session.account.sign_in_log(&of_oneself, None, LATELY).await;
    let entries = entries.map_err(failed)?.into_iter();
    let lately = entries.map(|entry| Lately {
        at: moment(entry.at),
        what: words(entry.what),
        shape: shape(entry.what),
    });
    Ok(lately.collect())
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
