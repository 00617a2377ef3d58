//! The second step of signing in: a one-time code, or a recovery code in its place. What was proved before is worth nothing until then,
//! and is over after a few minutes.

use askama::Template;
use axum::http::StatusCode;
use ledger::{FactorProof, SignInFact};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    browser::Browser,
    guard::{Public, Reason},
    page::{Either, Next, Page, SeeOther, Taken, form::Form},
    part::Query,
    route::{Route, get, post},
    session::failed,
    sign_ins::HalfSignedIn,
};

use crate::{codes, sign_in_page::minutes, whose};

const PATH: &str = "/sign-in/code";
/// For whoever has not proved a password, or too long ago.
const ANEW: &str = "/sign-in";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "second_step.page",
            "The second step of signing in",
            show,
        ),
        post(
            PATH,
            "second_step.prove",
            "Sign in with a one-time code or a recovery code, after the password",
            prove,
        ),
    ]
}

/// Whoever proved a password only is not signed in.
#[derive(Debug)]
struct HalfWay;

impl Reason for HalfWay {
    const WHY: &'static str = "whoever proved a password and still has to prove the second factor is nobody yet; the cookie of the first step is the key";
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Where {
    /// Where to go afterwards.
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "second-step.html")]
struct SecondStepPage {
    next: String,
    wrong: bool,
    left: u32,
    wait: Option<String>,
    /// It was a recovery code that was wrong.
    recovering: bool,
}

impl SecondStepPage {
    fn new(next: Option<&str>) -> Self {
        Self {
            next: Next::parse(next.unwrap_or_default()).path().to_owned(),
            wrong: false,
            left: 0,
            wait: None,
            recovering: false,
        }
    }
}

async fn show(
    _: Public<HalfWay>,
    half: Option<HalfSignedIn>,
    Query(place): Query<Where>,
) -> Result<Either<SeeOther, Page<SecondStepPage>>> {
    let page = SecondStepPage::new(place.next.as_deref());
    Ok(match half {
        Some(_) => Either::Again(Page::new(page)),
        None => Either::Done(SeeOther::to(ANEW)),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    recovery: String,
    next: Option<String>,
}

async fn prove(
    public: Public<HalfWay>,
    half: Option<HalfSignedIn>,
    browser: Browser,
    Form(form): Form<CodeForm>,
) -> Result<Taken<SecondStepPage>> {
    let Some(half) = half else {
        return Ok(Taken::Done(SeeOther::to(ANEW)));
    };
    let engine = public.app.engine();
    let (account, person) = (&half.account, half.person);
    let (_, email) = whose::name_and_address(account, person).await?;
    let page = SecondStepPage {
        recovering: !form.recovery.is_empty(),
        ..SecondStepPage::new(form.next.as_deref())
    };
    // By the address, as the password is: whoever guesses at one has no tries left for the other.
    let tried = engine.count_try(&email, public.client).await;
    let tried = tried.map_err(failed)?;
    let wrong = |fact| engine.sign_in_failed(Some(account.id()), Some(person), fact);
    if let Some(until) = tried.wait_until {
        if tried.locked_now {
            wrong(SignInFact::Locked).await.map_err(failed)?;
        }
        return Ok(Taken::Again(Page {
            status: StatusCode::TOO_MANY_REQUESTS,
            template: SecondStepPage {
                wait: Some(minutes(until.0 - engine.now().0)),
                ..page
            },
        }));
    }
    let recovery = codes::recovery_code(&form.recovery);
    let proof = if page.recovering {
        Some(FactorProof::RecoveryCode { code: &recovery })
    } else {
        let stored = account.one_time_codes(person).await.map_err(failed)?;
        let step = match stored {
            Some(stored) => codes::step_of(&stored.secret, &form.code, account.now())?,
            None => None,
        };
        step.map(|step| FactorProof::OneTimeCode { step })
    };
    if let Some(proof) = proof {
        let sign_ins = public.app.sign_ins();
        let address = Some((email.as_str(), public.client));
        let begun = sign_ins
            .finish(Some(&half), (account, person), address, &browser, proof)
            .await?;
        if let Some(begun) = begun {
            return Ok(Taken::Done(begun.leading_to(page.next)));
        }
    }
    wrong(SignInFact::CodeFailed).await.map_err(failed)?;
    Ok(Taken::Again(Page::again(SecondStepPage {
        wrong: true,
        left: tried.left,
        ..page
    })))
}
