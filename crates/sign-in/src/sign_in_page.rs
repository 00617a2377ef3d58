//! Signing in and out.

use askama::Template;
use axum::http::StatusCode;
use ledger::{Ending, Engine};
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
};

use crate::{
    door::{self, Answer, Given},
    password::Password,
    providers::{
        Audience, Server,
        flow::{self, Speaks},
        own, signed_out,
    },
    register::open_account,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/sign-in", "sign_in.page", "Sign in", show),
        post(
            "/sign-in/way",
            "sign_in.way",
            "The ways in for an address, by its domain alone",
            way,
        ),
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
    /// `password`: by it, whatever the domain of the address.
    by: Option<By>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum By {
    Password,
}

/// Which ways in a page offers. They depend on the domain of the address that was typed, and on nothing else: they tell nobody whether it is
/// somebody's.
#[derive(Clone, Debug)]
struct Way {
    /// The address comes first, where there are providers.
    asks_address: bool,
    has_password: bool,
    /// One for each audience at most.
    providers: Vec<Speaks>,
    /// Somebody comes to say, by their own means, of whom a provider spoke.
    is_to_confirm: bool,
}

impl Way {
    const PASSWORD: Self = Self {
        asks_address: false,
        has_password: true,
        providers: Vec::new(),
        is_to_confirm: false,
    };

    /// Before an address was typed.
    async fn first(engine: &Engine, next: &Next) -> Result<Self> {
        if next.path() == own::CLAIM_PATH {
            return Ok(Self {
                is_to_confirm: true,
                ..Self::PASSWORD
            });
        }
        let asks_address = flow::has_domains(engine).await?;
        Ok(Self {
            asks_address,
            has_password: !asks_address,
            ..Self::PASSWORD
        })
    }

    /// For an address.
    async fn of(engine: &Engine, address: &str) -> Result<Self> {
        let providers = flow::of_address(engine, address).await?;
        Ok(Self {
            has_password: providers.is_empty() || providers.iter().any(|one| !one.is_alone),
            providers,
            ..Self::PASSWORD
        })
    }

    fn has_provider(&self) -> bool {
        !self.providers.is_empty()
    }

    /// Those of this domain to whom a password is no use, where it is one to the others.
    fn without_password(&self) -> Option<Audience> {
        let mut alone = self.providers.iter().filter(|one| one.is_alone);
        alone
            .next()
            .filter(|_| self.has_password)
            .map(|one| one.audience)
    }

    /// Whether nobody of this domain comes in with a password, but for one.
    fn is_only(&self) -> bool {
        self.has_provider() && !self.has_password
    }
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
    /// No provider speaks for the domain of the address, or it does not answer.
    provider: Option<&'static str>,
    way: Way,
}

impl SignInPage {
    /// Again, for somebody whose passkey is none.
    pub(crate) fn without_passkey(next: &Next) -> Self {
        Self {
            wrong_passkey: true,
            ..Self::new("", next)
        }
    }

    /// Again, for an address for whose domain no provider speaks, or not the one that was asked for, whether or not it is somebody's.
    pub(crate) async fn without_provider(
        engine: &Engine,
        email: &str,
        next: &Next,
    ) -> Result<Self> {
        let way = Way::of(engine, email).await?;
        Ok(Self {
            provider: Some(match way.has_provider() {
                true => "Choose how to sign in with this address.",
                false => {
                    "No sign-in provider speaks for the domain of this address: sign in with the password."
                }
            }),
            way,
            ..Self::new(email, next)
        })
    }

    /// Again: the provider does not answer, or is not set up as it has to be.
    pub(crate) async fn provider_away(engine: &Engine, email: &str, next: &Next) -> Result<Self> {
        Ok(Self {
            provider: Some(
                "The sign-in provider of this domain does not answer as it should: try again later.",
            ),
            way: Way::of(engine, email).await?,
            ..Self::new(email, next)
        })
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
            provider: None,
            way: Way::PASSWORD,
        }
    }
}

async fn show(public: Public<NotYet>, Query(place): Query<Where>) -> Result<Page<SignInPage>> {
    let next = Next::parse(place.next.as_deref().unwrap_or_default());
    let engine = public.app.engine();
    let registers = open_account(engine).await?.is_some();
    let way = match place.by {
        Some(By::Password) => Way::PASSWORD,
        None => Way::first(engine, &next).await?,
    };
    Ok(Page::new(SignInPage {
        registers,
        way,
        ..SignInPage::new("", &next)
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WayForm {
    email: String,
    next: Option<String>,
}

async fn way(public: Public<NotYet>, Form(form): Form<WayForm>) -> Result<Page<SignInPage>> {
    let next = Next::parse(form.next.as_deref().unwrap_or_default());
    Ok(Page::new(SignInPage {
        way: Way::of(public.app.engine(), &form.email).await?,
        ..SignInPage::new(&form.email, &next)
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
    let way = Way::of(engine, &form.email).await?;
    let page = SignInPage {
        // By the domain alone, whosever the address is.
        provider: way.is_only().then_some(
            "People of this domain sign in through their sign-in provider: go on there.",
        ),
        way,
        ..SignInPage::new(&form.email, &next)
    };
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

async fn end(
    session: OwnSignIn,
    server: Server,
    Form(Nothing {}): Form<Nothing>,
) -> Result<SeeOther> {
    if let (Some(sign_in), access::Subject::Person(person)) = (session.sign_in(), session.subject) {
        let ended = session
            .account
            .end_sign_in_sessions(person, Ending::One(sign_in.id()));
        ended.await.map_err(failed)?;
    }
    let through = session.sign_in().and_then(|sign_in| sign_in.through());
    signed_out::away(&server, &session.account, through).await
}

/// A wait in words, never too short.
pub(crate) fn minutes(milliseconds: i64) -> String {
    match (milliseconds.max(0) + 59_999) / 60_000 {
        0 | 1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}
