//! Proving once more who one is, before what an open browser is not enough for, where a provider lets somebody in: whoever has nothing but
//! the provider has no other way to. The provider is asked to let them prove it anew, and says when they did (Core §3.1.2.1).

use access::{Dense, Moment, PersonId};
use askama::Template;
use axum::http::StatusCode;
use ledger::Engine;
use openid::Wish;
use serde::{Deserialize, Serialize};
use web::{
    Problem, Result,
    guard::OwnSignIn,
    page::{Either, Frame, Page, SeeOther, Taken, WithCookie, form::Form},
    route::{Route, get, post},
    session::failed,
    sign_in::FRESH_SECONDS,
};

use super::{
    flow::{Came, Going, LeavePage, denied, is_active, note, shut},
    link::Vouched,
    rest::{Server, of_connection},
};
use crate::{
    own_sessions::oneself,
    sign_in_again::{AgainPage, PATH as AGAIN, begun, go_on, next},
};

/// Where the tab ends that went to the provider, while another one keeps what was begun.
const PROVED: &str = "/sign-in/again/proved";

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/sign-in/again/provider",
            "sign_in_again.leave",
            "Go on to the sign-in provider to prove there once more who one is",
            leave,
        ),
        get(
            PROVED,
            "sign_in_again.proved",
            "It is proved: go on where one came from",
            proved,
        ),
        post(
            "/sign-in/again/go-on",
            "sign_in_again.go_on",
            "Go on with what waited for the proof",
            on,
        ),
    ]
}

/// The session in which somebody proves it.
#[derive(Serialize, Deserialize)]
pub(super) struct Again {
    session: String,
    person: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeaveForm {
    next: Option<String>,
}

type Left = Either<WithCookie<LeavePage>, Page<AgainPage>>;

async fn leave(session: OwnSignIn, server: Server, Form(form): Form<LeaveForm>) -> Result<Left> {
    let sign_in = session.sign_in().ok_or_else(Problem::not_found)?;
    let (account, through) = (&session.account, sign_in.through());
    let of = through.map(|through| through.connection);
    let of = of.filter(|of| is_active(account, *of));
    let of = of.ok_or_else(Problem::not_found)?;
    let provider = of_connection(&session, of).await?;
    let provider = provider.ok_or_else(Problem::not_found)?;
    let next = next(form.next.as_deref());
    let going = Going {
        account,
        provider: &provider,
        wish: Wish {
            login_hint: None,
            again: true,
            max_age_seconds: Some(FRESH_SECONDS),
        },
        next: next.path(),
        again: Some(Again {
            session: sign_in.id().to_owned(),
            person: oneself(&session)?.number(),
        }),
    };
    let engine: &Engine = account.engine();
    match going.leave(&server, engine).await? {
        Some(page) => Ok(Either::Done(page)),
        None => {
            let mut page = AgainPage::of(&session, &next, None).await?;
            page.prove.is_away = true;
            Ok(Either::Again(Page::again(page)))
        }
    }
}

impl Again {
    /// Who is to prove it.
    pub fn person(&self) -> Option<PersonId> {
        PersonId::from_number(self.person)
    }

    /// They are back. Whom the provider names has to be whoever is signed in.
    pub async fn proved(&self, vouched: &Vouched<'_>, next: &str) -> Result<Came> {
        let account = vouched.account;
        let not = |what: &str, remedy: &str| shut(denied(what, remedy).again());
        if !vouched.still_stands().await? {
            let what = "The provider was changed while you were there.";
            return not(what, "Prove it once more.");
        }
        let known = account.known_by(vouched.mark()?).await.map_err(failed)?;
        let person = match known {
            Some(known) if self.person() == Some(known) => known,
            _ => {
                note(account, self.person()).await?;
                let what = "The provider spoke of somebody else.";
                return not(what, "Sign out there, and prove it again as yourself.");
            }
        };
        let now = account.now().0;
        // It was asked for a time, so that there is one: it is looked at where the answer is.
        let at = vouched.identity.auth_time_ms.unwrap_or_default();
        let whose = (person, vouched.provider.connection);
        let proved = account.proved_through(&self.session, whose, Moment(at.clamp(1, now)));
        match proved.await.map_err(failed)? {
            true => SeeOther::to(next).keeping("", 0).map(Either::Done),
            false => shut(denied("You are signed out here.", "Sign in again.")),
        }
    }
}

#[derive(Template)]
#[template(path = "sign-in-proved.html")]
struct ProvedPage {
    frame: Frame,
}

async fn proved(session: OwnSignIn) -> Result<Either<SeeOther, Page<ProvedPage>>> {
    session.sign_in().ok_or_else(Problem::not_found)?;
    if !session.is_fresh() {
        return Ok(Either::Done(SeeOther::to(AGAIN)));
    }
    let frame = Frame::of(&session, "It is you", PROVED, "/").await?;
    Ok(Either::Again(Page::new(ProvedPage { frame })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnForm {
    next: Option<String>,
    /// The form that waits for the proof.
    begun: Option<String>,
}

async fn on(session: OwnSignIn, Form(form): Form<OnForm>) -> Result<Taken<AgainPage>> {
    session.sign_in().ok_or_else(Problem::not_found)?;
    let (next, begun) = (next(form.next.as_deref()), begun(form.begun.as_deref())?);
    if session.is_fresh() {
        return go_on(&session, &next, begun).await;
    }
    let mut page = AgainPage::of(&session, &next, begun).await?;
    page.prove.is_not_yet = true;
    Ok(Taken::Again(Page {
        status: StatusCode::FORBIDDEN,
        template: page,
    }))
}
