//! Signing in to the portal with a link that came by mail, in the place of a password: once, and soon. Looking at the page uses nothing up:
//! programs that look through mails follow links, and press no button.

use access::{Dense, PersonId};
use askama::Template;
use axum::http::StatusCode;
use ledger::{Purpose, Secret};
use mail::Asked;
use serde::Deserialize;
use web::{
    Result,
    browser::Browser,
    guard::{Public, Reason},
    page::{Either, Page, SeeOther, Taken, for_nobody, form::Form},
    route::{Route, get, post},
    session::failed,
    sign_ins::Begun,
    values,
};

use crate::{
    links::{may_sign_in_by_link, send_link},
    sign_in_page::{NotYet, minutes},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/sign-in/send-link",
            "sign_in_links.ask_page",
            "Ask for a link to sign in to the portal with",
            ask_page,
        ),
        post(
            "/sign-in/send-link",
            "sign_in_links.ask",
            "Have a link sent to sign in to the portal with; the answer is the same whoever has the address",
            ask,
        ),
        get(
            "/sign-in/link",
            "sign_in_links.page",
            "Sign in with the link that came by mail",
            show,
        ),
        post(
            "/sign-in/link",
            "sign_in_links.take",
            "Sign in with the link that came by mail; it is used up",
            take,
        ),
    ]
}

/// Whoever comes by a mail has nothing but the link.
#[derive(Debug)]
struct WithTheLink;

impl Reason for WithTheLink {
    const WHY: &'static str =
        "whoever signs in is not signed in yet; the single-use link in the body is the key";
}

#[derive(Default, Template)]
#[template(path = "send-sign-in-link.html")]
struct AskPage {
    email: String,
    wrong: bool,
    wait: Option<String>,
    sent: bool,
}

async fn ask_page(public: Public<NotYet>) -> Result<Either<SeeOther, Page<AskPage>>> {
    Ok(for_nobody(&public, AskPage::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressForm {
    email: String,
}

async fn ask(public: Public<NotYet>, Form(form): Form<AddressForm>) -> Result<Page<AskPage>> {
    let engine = public.app.engine();
    let Some(address) = values::email(&form.email) else {
        return Ok(Page::again(AskPage {
            email: form.email,
            wrong: true,
            ..AskPage::default()
        }));
    };
    if let Some(until) = send_link(engine, Asked::SignIn, address, public.client).await? {
        return Ok(Page {
            status: StatusCode::TOO_MANY_REQUESTS,
            template: AskPage {
                wait: Some(minutes(until.0 - engine.now().0)),
                email: form.email,
                ..AskPage::default()
            },
        });
    }
    Ok(Page::new(AskPage {
        sent: true,
        ..AskPage::default()
    }))
}

#[derive(Default, Template)]
#[template(path = "sign-in-link.html")]
struct LinkPage {
    wrong_link: bool,
}

async fn show(public: Public<WithTheLink>) -> Result<Either<SeeOther, Page<LinkPage>>> {
    Ok(for_nobody(&public, LinkPage::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkForm {
    link: String,
}

async fn take(
    public: Public<WithTheLink>,
    browser: Browser,
    Form(form): Form<LinkForm>,
) -> Result<Taken<LinkPage>> {
    match begin(&public, &browser, form.link.trim()).await? {
        Some(begun) => Ok(Taken::Done(begun.leading_to("/"))),
        // Unknown, used, replaced, expired, of somebody who may not any more: one answer for all, so that nothing is learnt by trying.
        None => Ok(Taken::Again(Page::again(LinkPage { wrong_link: true }))),
    }
}

async fn begin(
    public: &Public<WithTheLink>,
    browser: &Browser,
    link: &str,
) -> Result<Option<Begun>> {
    let engine = public.app.engine();
    let Some(link) = Secret::parse(link) else {
        return Ok(None);
    };
    let bearer = engine.bearer(&link).await.map_err(failed)?;
    let bearer = bearer.filter(|bearer| bearer.purpose == Purpose::SignIn);
    let Some(bearer) = bearer else {
        return Ok(None);
    };
    let Some(person) = PersonId::from_number(bearer.entity) else {
        return Ok(None);
    };
    let account = engine.account(bearer.account).await.map_err(failed)?;
    let who = (&account, person);
    let sign_ins = public.app.sign_ins();
    sign_ins
        .begin_by_link(who, browser, &link, may_sign_in_by_link)
        .await
}
