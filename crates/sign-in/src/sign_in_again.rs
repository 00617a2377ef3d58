//! Proving the password once more, before what an open browser is not enough for.

use askama::Template;
use axum::http::StatusCode;
use ledger::SignInFact;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    client::ClientAddress,
    guard::OwnSignIn,
    page::{Frame, Next, Page, SeeOther, Taken, form::Form},
    part::Query,
    route::{Route, get, post},
    session::failed,
};

use crate::{
    own_sessions::{self, oneself},
    password::{Password, is_right},
    sign_in_page::minutes,
    whose,
};

const PATH: &str = "/sign-in/again";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "sign_in_again.page",
            "Prove once more who one is",
            show,
        ),
        post(
            PATH,
            "sign_in_again.prove",
            "Prove the password once more; it counts for ten minutes",
            prove,
        ),
    ]
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Where {
    /// Where to go afterwards.
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "sign-in-again.html")]
struct AgainPage {
    frame: Frame,
    email: String,
    next: String,
    wrong: bool,
    wait: Option<String>,
}

impl AgainPage {
    async fn of(session: &OwnSignIn, next: Option<&str>) -> Result<Self> {
        // A token is a proof by itself, and has no page to go on with.
        session.sign_in().ok_or_else(Problem::not_found)?;
        let person = oneself(session)?;
        let (_, email) = whose::name_and_address(&session.account, person).await?;
        let frame = Frame::of(session, "Your password, please", PATH, "/").await?;
        Ok(Self {
            frame: frame.below(own_sessions::PATH, "My sign-in sessions"),
            email,
            next: Next::parse(next.unwrap_or_default()).path().to_owned(),
            wrong: false,
            wait: None,
        })
    }
}

async fn show(session: OwnSignIn, Query(place): Query<Where>) -> Result<Page<AgainPage>> {
    AgainPage::of(&session, place.next.as_deref())
        .await
        .map(Page::new)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgainForm {
    password: String,
    next: Option<String>,
}

async fn prove(
    session: OwnSignIn,
    ClientAddress(client): ClientAddress,
    Form(form): Form<AgainForm>,
) -> Result<Taken<AgainPage>> {
    let page = AgainPage::of(&session, form.next.as_deref()).await?;
    let (engine, person) = (session.account.engine(), oneself(&session)?);
    // A browser that was left open is no place to guess at.
    let tried = engine
        .count_try(&page.email, client)
        .await
        .map_err(failed)?;
    let failed_with = |fact| engine.sign_in_failed(Some(session.account.id()), Some(person), fact);
    if let Some(until) = tried.wait_until {
        if tried.locked_now {
            failed_with(SignInFact::Locked).await.map_err(failed)?;
        }
        return Ok(Taken::Again(Page {
            status: StatusCode::TOO_MANY_REQUESTS,
            template: AgainPage {
                wait: Some(minutes(until.0 - engine.now().0)),
                ..page
            },
        }));
    }
    let stored = session.account.password_of(person).await.map_err(failed)?;
    if !is_right(Password::typed(&form.password), stored).await? {
        failed_with(SignInFact::Failed).await.map_err(failed)?;
        return Ok(Taken::Again(Page::again(AgainPage {
            wrong: true,
            ..page
        })));
    }
    session.prove().await?;
    Ok(Taken::Done(SeeOther::to(page.next)))
}
