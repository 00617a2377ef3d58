//! Proving once more who one is (here the password), before what an open browser is not enough for.

use askama::Template;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    client::ClientAddress,
    guard::OwnSignIn,
    page::{Carried, Frame, Next, Page, Prove, SeeOther, Taken, form::Form},
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use crate::{
    door::{Known, Proved, require_own_means},
    own_sessions::oneself,
    password::Password,
    sign_in_page::minutes,
    whose,
};

pub(crate) const PATH: &str = "/sign-in/again";

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

/// Asks for the proof, or goes on with what waited for it.
#[derive(Template)]
#[template(path = "sign-in-again.html")]
pub(crate) struct AgainPage {
    frame: Frame,
    pub prove: Prove,
    /// What was begun, where the proof is given.
    begun: Option<Carried>,
}

impl AgainPage {
    pub async fn of(session: &Session, next: &Next, begun: Option<Carried>) -> Result<Self> {
        // A token is a proof by itself, and has no page to go on with.
        let (frame, prove) = Prove::of(session, next, begun).await?;
        Ok(Self {
            frame,
            prove,
            begun: None,
        })
    }
}

/// Once it is proved: to the page that was asked for, or on with what was begun.
pub(crate) async fn go_on(
    session: &Session,
    next: &Next,
    begun: Option<Carried>,
) -> Result<Taken<AgainPage>> {
    let Some(begun) = begun else {
        return Ok(Taken::Done(SeeOther::to(next.path())));
    };
    Ok(Taken::Again(Page::new(AgainPage {
        frame: begun.frame(session, "Go on").await?,
        prove: Prove::default(),
        begun: Some(begun),
    })))
}

/// What a form carried along.
pub(crate) fn begun(text: Option<&str>) -> Result<Option<Carried>> {
    text.map(Carried::parse).transpose()
}

/// Where a form wants to go.
pub(crate) fn next(text: Option<&str>) -> Next {
    Next::parse(text.unwrap_or_default())
}

async fn show(session: OwnSignIn, Query(place): Query<Where>) -> Result<Page<AgainPage>> {
    AgainPage::of(&session, &next(place.next.as_deref()), None)
        .await
        .map(Page::new)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgainForm {
    password: String,
    next: Option<String>,
    /// The form that waits for the proof.
    begun: Option<String>,
}

async fn prove(
    session: OwnSignIn,
    ClientAddress(client): ClientAddress,
    Form(form): Form<AgainForm>,
) -> Result<Taken<AgainPage>> {
    let (next, begun) = (next(form.next.as_deref()), begun(form.begun.as_deref())?);
    let mut page = AgainPage::of(&session, &next, begun.clone()).await?;
    let (account, person) = (&session.account, oneself(&session)?);
    require_own_means(account, person).await?;
    let (_, address) = whose::name_and_address(account, person).await?;
    let known = Known {
        account,
        person,
        address: &address,
        client,
    };
    let password = Password::typed(&form.password);
    let status = match known.prove_password(password).await? {
        Proved::Right => {
            session.prove().await?;
            return go_on(&session, &next, begun).await;
        }
        Proved::Wrong { left } => {
            page.prove.wrong = true;
            page.prove.left = left;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Proved::Wait { until } => {
            page.prove.wait = Some(minutes(until.0 - account.now().0));
            StatusCode::TOO_MANY_REQUESTS
        }
    };
    Ok(Taken::Again(Page {
        status,
        template: page,
    }))
}
