//! The page on which a token is made, for oneself or for a connection. It is shown on the answer to the form, and never again (AD-28).

use access::{Moment, state::TokenOwner};
use askama::Template;
use axum::http::StatusCode;
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    page::{CONFIGURE, Frame, Page, Prove},
    session::Session,
    values,
};

use crate::tokens::Issue;

/// How long a token may work, in days; a year at most (AD-28).
const DAYS: [(&str, u32); 4] = [
    ("7 days", 7),
    ("30 days", 30),
    ("90 days", 90),
    ("a year", 365),
];
const DAYS_CHOSEN: u32 = 90;
const DAY_SECONDS: u32 = 24 * 60 * 60;

/// Where the form stands.
pub(super) struct Place {
    /// The page of the form; it is sent there too.
    pub form: String,
    /// The page that it came from.
    pub back: String,
    /// That page's name.
    pub label: String,
    /// As whom the token will act, in a sentence.
    pub acts: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    name: String,
    days: String,
}

struct Made {
    name: String,
    secret: String,
    expires: String,
}

struct Days {
    days: u32,
    label: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "token-new.html")]
pub(super) struct TokenPage {
    frame: Frame,
    form: String,
    back: String,
    acts: String,
    name: String,
    days: Vec<Days>,
    name_error: Option<String>,
    refused: Option<String>,
    made: Option<Made>,
    /// What is to be proved before one is made.
    prove: Option<Prove>,
}

async fn page(session: &Session, place: Place, name: &str, days: u32) -> Result<TokenPage> {
    let frame = Frame::of(session, "New token", &place.form, CONFIGURE.label).await?;
    let days = DAYS.map(|(label, one)| Days {
        days: one,
        label,
        is_chosen: one == days,
    });
    Ok(TokenPage {
        frame: frame.below(place.back.clone(), place.label),
        form: place.form,
        back: place.back,
        acts: place.acts,
        name: name.to_owned(),
        days: days.into(),
        name_error: None,
        refused: None,
        made: None,
        prove: None,
    })
}

/// The form.
pub(super) async fn show(session: &Session, place: Place) -> Result<Page<TokenPage>> {
    // The page leads to nothing else: asked now, what is typed is not lost.
    session.require_fresh()?;
    page(session, place, "", DAYS_CHOSEN).await.map(Page::new)
}

/// Makes a token, and shows it this once.
pub(super) async fn make(
    session: &Session,
    owner: TokenOwner,
    place: Place,
    new: &NewToken,
) -> Result<Page<TokenPage>> {
    if let Err(problem) = session.require_fresh() {
        let title = format!("Make the token {}?", new.name.trim());
        let of = (&*title, &*place.form, &*place.back, CONFIGURE.label);
        let fields = [("name", &new.name), ("days", &new.days)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.clone()));
        let Some((frame, prove)) = Prove::before(session, of, fields.into()).await? else {
            return Err(problem);
        };
        let page = page(session, place, "", DAYS_CHOSEN).await?;
        return Ok(Page {
            status: StatusCode::FORBIDDEN,
            template: TokenPage {
                frame,
                prove: Some(prove),
                ..page
            },
        });
    }
    let chosen = DAYS.iter().find(|(_, days)| days.to_string() == new.days);
    let days = chosen.map_or(DAYS_CHOSEN, |(_, days)| *days);
    let page = page(session, place, &new.name, days).await?;
    let name = match values::name(&new.name) {
        Ok(name) => name.to_owned(),
        Err(error) => {
            let name_error = Some(error.to_string());
            return Ok(Page::again(TokenPage { name_error, ..page }));
        }
    };
    let expires: Moment = session.now().plus_seconds(days * DAY_SECONDS);
    let issue = Issue::of(session, owner, name.clone(), expires);
    let done = session
        .create(issue.id, issue.change, &Submission::default())
        .await;
    if let Err(problem) = done {
        let status = problem.status();
        if !status.is_client_error() {
            return Err(problem);
        }
        let said = problem.body();
        let refused = Some(said.detail.unwrap_or(said.title));
        return Ok(Page {
            status,
            template: TokenPage { refused, ..page },
        });
    }
    let made = Made {
        name,
        secret: issue.secret.reveal().to_owned(),
        expires: web::page::moment(expires),
    };
    Ok(Page::new(TokenPage {
        made: Some(made),
        ..page
    }))
}
