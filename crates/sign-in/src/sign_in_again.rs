//! Proving the password once more, before what an open browser is not enough for.

use askama::Template;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    client::ClientAddress,
    guard::OwnSignIn,
    page::{Frame, Next, Page, SeeOther, Taken, form::Form},
    part::Query,
    route::{Route, get, post},
};

use crate::{
    door::{Known, Proved},
    own_sessions::{self, oneself},
    password::Password,
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
    left: u32,
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
            left: 0,
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
    let known = Known {
        account: &session.account,
        person: oneself(&session)?,
        address: &page.email,
        client,
    };
    let (status, left, wait) = match known
        .prove_password(Password::typed(&form.password))
        .await?
    {
        Proved::Right => {
            session.prove().await?;
            return Ok(Taken::Done(SeeOther::to(page.next)));
        }
        Proved::Wrong { left } => (StatusCode::UNPROCESSABLE_ENTITY, left, None),
        Proved::Wait { until } => {
            let wait = minutes(until.0 - session.account.now().0);
            (StatusCode::TOO_MANY_REQUESTS, 0, Some(wait))
        }
    };
    Ok(Taken::Again(Page {
        status,
        template: AgainPage {
            wrong: wait.is_none(),
            left,
            wait,
            ..page
        },
    }))
}
