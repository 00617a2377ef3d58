//! "Forgot your password?": a link to choose a new one, sent to whoever has the address.
//!
//! Whether the address is somebody's, and whether they may sign in: the work is the same, and so is the answer. Wishes are counted first,
//! the same number of rows is written, and what is nobody's is never sent.

use access::{Moment, PersonId, State};
use askama::Template;
use axum::http::StatusCode;
use ledger::Engine;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Duration;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::Public,
    page::{Page, form::Form},
    part::Body,
    reply::Json,
    route::{Route, get, post},
    session::failed,
    tokens::counts,
    values,
};

use crate::{
    door::ACCOUNTS_MAX,
    sign_in_page::{NotYet, minutes},
};

/// Links that one wish costs where there are several accounts. One person is in each once; further ones are sent none.
const LINKS_OF_SEVERAL: usize = 4;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/forgot-password",
            "password_resets.ask_page",
            "Ask for a link to choose a new password with",
            show,
        ),
        post(
            "/forgot-password",
            "password_resets.ask",
            "Have a link sent to choose a new password with",
            ask,
        ),
        post(
            "/api/v1/password-resets",
            "password_resets.send",
            "Have a link sent to choose a new password with; the answer is the same whoever has the address",
            send,
        ),
    ]
}

#[derive(Default, Template)]
#[template(path = "forgot-password.html")]
struct ForgottenPage {
    email: String,
    wrong: bool,
    wait: Option<String>,
    sent: bool,
}

async fn show(_: Public<NotYet>) -> Result<Page<ForgottenPage>> {
    Ok(Page::new(ForgottenPage::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressForm {
    email: String,
}

async fn ask(public: Public<NotYet>, Form(form): Form<AddressForm>) -> Result<Page<ForgottenPage>> {
    let engine = public.app.engine();
    let Some(address) = values::email(&form.email) else {
        return Ok(Page::again(ForgottenPage {
            email: form.email,
            wrong: true,
            ..ForgottenPage::default()
        }));
    };
    if let Some(until) = send_link(engine, address, public.client).await? {
        return Ok(Page {
            status: StatusCode::TOO_MANY_REQUESTS,
            template: ForgottenPage {
                wait: Some(minutes(until.0 - engine.now().0)),
                email: form.email,
                ..ForgottenPage::default()
            },
        });
    }
    Ok(Page::new(ForgottenPage {
        sent: true,
        ..ForgottenPage::default()
    }))
}

/// Whoever has forgotten the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    /// The address to sign in with.
    email: String,
}

/// A link is on its way, if somebody signs in with the address.
#[derive(Serialize, ToSchema)]
struct LinkAsked {
    /// How long a link works.
    minutes: i64,
}

async fn send(public: Public<NotYet>, Body(body): Body<Forgotten>) -> Result<Json<LinkAsked>> {
    let engine = public.app.engine();
    let address = values::parse_email("/email", &body.email)?;
    match send_link(engine, &address, public.client).await? {
        None => Ok(Json(LinkAsked {
            minutes: mail::RESET_HOURS * 60,
        })),
        Some(until) => {
            let wait = u64::try_from(until.0 - engine.now().0).unwrap_or(0);
            Err(Problem::too_many_requests(Duration::from_millis(wait)))
        }
    }
}

/// Queues a link, or says until when nothing is looked at.
async fn send_link(engine: &Engine, address: &str, client: IpAddr) -> Result<Option<Moment>> {
    let counted = engine.count_link(address, client).await.map_err(failed)?;
    if counted.wait_until.is_some() {
        return Ok(counted.wait_until);
    }
    let now = engine.now();
    let accounts = engine.accounts(None, ACCOUNTS_MAX).await.map_err(failed)?;
    if let [only] = accounts.as_slice() {
        let account = engine.account(*only).await.map_err(failed)?;
        let queued = mail::queue_reset(&account, address, may_sign_in(now)).await;
        queued.map_err(failed)?;
        return Ok(None);
    }
    let known = engine.sign_in_candidates(&accounts, address).await;
    let known = known.map_err(failed)?;
    let first = engine.first_account().await.map_err(failed)?;
    for index in 0..LINKS_OF_SEVERAL {
        let (account, address) = match known.get(index) {
            Some(known) => (
                engine.account(known.account).await.map_err(failed)?,
                address,
            ),
            // Nobody's.
            None => (first.clone(), ""),
        };
        let queued = mail::queue_reset(&account, address, may_sign_in(now)).await;
        queued.map_err(failed)?;
    }
    Ok(None)
}

/// AD-15: who has not accepted yet, or was switched off, chooses no password.
fn may_sign_in(now: Moment) -> impl FnOnce(&State, PersonId) -> bool {
    move |state, person| {
        let row = state.people().get(person);
        row.is_some_and(|row| row.can_sign_in) && counts(state, person, now)
    }
}
