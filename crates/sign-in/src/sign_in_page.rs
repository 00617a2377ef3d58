//! Signing in and out.

use askama::Template;
use axum::http::StatusCode;
use ledger::Ending;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    browser::Browser,
    guard::{OwnSignIn, Public, Reason},
    page::{Next, Page, SeeOther, Taken, form::Form},
    part::Query,
    route::{Route, get, post},
    session::failed,
    sign_ins::SignIns,
};

use crate::{
    door::{self, Answer, Given},
    password::Password,
    register::open_account,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/sign-in", "sign_in.page", "Sign in", show),
        post(
            "/sign-in",
            "sign_in.begin",
            "Sign in with a password",
            begin,
        ),
        post("/sign-out", "sign_in.end", "Sign out of this browser", end),
    ]
}

/// Whoever signs in is not signed in yet.
#[derive(Debug)]
pub(crate) struct NotYet;

impl Reason for NotYet {
    const WHY: &'static str =
        "whoever signs in is not signed in yet; known and unknown addresses get the same answer";
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Where {
    /// Where to go afterwards.
    next: Option<String>,
}

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInForm {
    email: String,
    password: String,
    next: Option<String>,
    account: Option<String>,
}

#[derive(Template)]
#[template(path = "sign-in.html")]
pub(crate) struct SignInPage {
    /// No passkey answered that is somebody's.
    wrong_passkey: bool,
    email: String,
    next: String,
    wrong: bool,
    left: u32,
    wait: Option<String>,
    choices: Vec<String>,
    /// SD-23: somebody who is not known may register.
    registers: bool,
}

impl SignInPage {
    /// Again, for somebody whose passkey is none.
    pub(crate) fn without_passkey(next: &Next) -> Self {
        Self {
            wrong_passkey: true,
            ..Self::new("", next)
        }
    }

    /// Again, after so much time.
    pub(crate) fn with_a_wait(next: &Next, milliseconds: i64) -> Self {
        Self {
            wait: Some(minutes(milliseconds)),
            ..Self::new("", next)
        }
    }

    fn new(email: &str, next: &Next) -> Self {
        Self {
            wrong_passkey: false,
            email: email.to_owned(),
            next: next.path().to_owned(),
            wrong: false,
            left: 0,
            wait: None,
            choices: Vec::new(),
            registers: false,
        }
    }
}

async fn show(public: Public<NotYet>, Query(place): Query<Where>) -> Result<Page<SignInPage>> {
    let next = Next::parse(place.next.as_deref().unwrap_or_default());
    let registers = open_account(public.app.engine()).await?.is_some();
    Ok(Page::new(SignInPage {
        registers,
        ..SignInPage::new("", &next)
    }))
}

async fn begin(
    public: Public<NotYet>,
    browser: Browser,
    Form(form): Form<SignInForm>,
) -> Result<Taken<SignInPage>> {
    let engine = public.app.engine();
    let next = Next::parse(form.next.as_deref().unwrap_or_default());
    let given = Given {
        address: &form.email,
        password: Password::typed(&form.password),
        account: form.account.as_deref().and_then(|id| id.parse().ok()),
        client: public.client,
    };
    let page = SignInPage::new(&form.email, &next);
    let again = match door::ask(engine, given).await? {
        Answer::Is(account, person) => {
            let tried = Some((form.email.as_str(), public.client));
            let sign_ins = public.app.sign_ins();
            let begun = sign_ins.begin(&account, person, tried, &browser, next.path());
            return begun.await.map(Taken::Done);
        }
        Answer::Which(accounts) => Page::again(SignInPage {
            choices: accounts
                .iter()
                .map(|account| account.public_id().to_string())
                .collect(),
            ..page
        }),
        Answer::IsNot { left } => Page::again(SignInPage {
            wrong: true,
            left,
            ..page
        }),
        Answer::Wait { until } => Page {
            status: StatusCode::TOO_MANY_REQUESTS,
            template: SignInPage {
                wait: Some(minutes(until.0 - engine.now().0)),
                ..page
            },
        },
    };
    Ok(Taken::Again(again))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn end(session: OwnSignIn, Form(Nothing {}): Form<Nothing>) -> Result<SeeOther> {
    if let (Some(sign_in), access::Subject::Person(person)) = (session.sign_in(), session.subject) {
        let ended = session
            .account
            .end_sign_in_sessions(person, Ending::One(sign_in.id()));
        ended.await.map_err(failed)?;
    }
    SignIns::leave("/sign-in")
}

/// A wait in words, never too short.
pub(crate) fn minutes(milliseconds: i64) -> String {
    match (milliseconds.max(0) + 59_999) / 60_000 {
        0 | 1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}
