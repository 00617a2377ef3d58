//! "Forgot your password?": a link to choose a new one, sent to whoever has the address.

use askama::Template;
use axum::http::StatusCode;
use mail::Asked;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::Public,
    page::{Page, form::Form},
    part::Body,
    reply::Json,
    route::{Route, get, post},
    values,
};

use crate::{
    links::send_link,
    sign_in_page::{NotYet, minutes},
};

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
    if let Some(until) = send_link(engine, Asked::Reset, address, public.client).await? {
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
    #[schema(schema_with = web::schema::email)]
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
    match send_link(engine, Asked::Reset, &address, public.client).await? {
        None => Ok(Json(LinkAsked {
            minutes: mail::RESET_HOURS * 60,
        })),
        Some(until) => {
            let wait = u64::try_from(until.0 - engine.now().0).unwrap_or(0);
            Err(Problem::too_many_requests(Duration::from_millis(wait)))
        }
    }
}
