//! The second step of signing in: a one-time code, a recovery code in its place, or a passkey. What was proved before is worth nothing until then,
//! and is over after a few minutes.

use askama::Template;
use axum::http::StatusCode;
use ledger::{FactorProof, SignInFact};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    browser::Browser,
    guard::{Public, Reason},
    origin::OwnOrigin,
    page::{Either, Next, Page, SeeOther, Taken, form::Form},
    part::Query,
    reply::Json,
    route::{Route, get, post},
    session::failed,
    sign_ins::HalfSignedIn,
};

use crate::{
    codes,
    door::{Counted, Known},
    passkey_door::PasskeyForm,
    passkeys::{self, Asked, ProofFor, Proved},
    sign_in_page::minutes,
    whose,
};

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
        post(
            "/sign-in/code/passkey/begin",
            "second_step.ask_passkey",
            "What a browser asks a device for a passkey with, after the password",
            ask_passkey,
        ),
        post(
            "/sign-in/code/passkey",
            "second_step.prove_passkey",
            "Sign in with a passkey after the password",
            prove_passkey,
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

/// What of the proof was wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Code,
    RecoveryCode,
    Passkey,
}

#[derive(Template)]
#[template(path = "second-step.html")]
struct SecondStepPage {
    next: String,
    /// They have one-time codes.
    codes: bool,
    /// They have passkeys.
    passkeys: bool,
    wrong: Option<Wrong>,
    left: u32,
    wait: Option<String>,
}

impl SecondStepPage {
    async fn of(half: &HalfSignedIn, next: &str) -> Result<Self> {
        let (account, person) = (&half.account, half.person);
        let codes = account.one_time_codes(person).await.map_err(failed)?;
        Ok(Self {
            next: Next::parse(next).path().to_owned(),
            codes: codes.is_some(),
            passkeys: account.has_passkeys(person).await.map_err(failed)?,
            wrong: None,
            left: 0,
            wait: None,
        })
    }

    fn is_wrong(&self, what: Wrong) -> bool {
        self.wrong == Some(what)
    }

    /// Again, after so much time.
    fn with_a_wait(self, milliseconds: i64) -> Taken<Self> {
        Taken::Again(Page {
            status: StatusCode::TOO_MANY_REQUESTS,
            template: Self {
                wait: Some(minutes(milliseconds)),
                ..self
            },
        })
    }

    fn wrong(self, what: Wrong, left: u32) -> Taken<Self> {
        Taken::Again(Page::again(Self {
            wrong: Some(what),
            left,
            ..self
        }))
    }
}

async fn show(
    _: Public<HalfWay>,
    half: Option<HalfSignedIn>,
    Query(place): Query<Where>,
) -> Result<Either<SeeOther, Page<SecondStepPage>>> {
    let Some(half) = half else {
        return Ok(Either::Done(SeeOther::to(ANEW)));
    };
    let next = place.next.unwrap_or_default();
    let page = SecondStepPage::of(&half, &next).await?;
    Ok(Either::Again(Page::new(page)))
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
    let next = form.next.as_deref().unwrap_or_default();
    let tried = match Try::count(&public, &half, next).await? {
        Ok(tried) => tried,
        Err(wait) => return Ok(wait),
    };
    let (account, person) = (&half.account, half.person);
    let recovery = codes::recovery_code(&form.recovery);
    let (what, proof) = if form.recovery.is_empty() {
        let stored = account.one_time_codes(person).await.map_err(failed)?;
        let step = match stored {
            Some(stored) => codes::step_of(&stored.secret, &form.code, account.now())?,
            None => None,
        };
        let proof = step.map(|step| FactorProof::OneTimeCode { step });
        (Wrong::Code, proof)
    } else {
        let proof = FactorProof::RecoveryCode { code: &recovery };
        (Wrong::RecoveryCode, Some(proof))
    };
    let note = SignInFact::CodeFailed;
    tried.end(&browser, proof, (what, note)).await
}

/// A try at the second factor that is counted, and looked at.
struct Try<'a> {
    public: &'a Public<HalfWay>,
    half: &'a HalfSignedIn,
    address: String,
    page: SecondStepPage,
    left: u32,
}

impl<'a> Try<'a> {
    /// Counts it; otherwise the page that says how long to wait.
    async fn count(
        public: &'a Public<HalfWay>,
        half: &'a HalfSignedIn,
        next: &str,
    ) -> Result<Result<Self, Taken<SecondStepPage>>> {
        let (account, person) = (&half.account, half.person);
        let (_, address) = whose::name_and_address(account, person).await?;
        let mut tried = Self {
            public,
            half,
            address,
            page: SecondStepPage::of(half, next).await?,
            left: 0,
        };
        match tried.known().count().await? {
            Counted::May { left } => {
                tried.left = left;
                Ok(Ok(tried))
            }
            Counted::Wait { until } => Ok(Err(tried.page.with_a_wait(until.0 - account.now().0))),
        }
    }

    fn known(&self) -> Known<'_> {
        Known {
            account: &self.half.account,
            person: self.half.person,
            address: &self.address,
            client: self.public.client,
        }
    }

    /// Signs in with a proof that counts. Otherwise it is written down that there was none, and the page says what was wrong.
    async fn end(
        self,
        browser: &Browser,
        proof: Option<FactorProof<'_>>,
        (what, note): (Wrong, SignInFact),
    ) -> Result<Taken<SecondStepPage>> {
        let known = self.known();
        if let Some(proof) = proof {
            let who = (known.account, known.person);
            let tried = Some((known.address, known.client));
            let sign_ins = self.public.app.sign_ins();
            let begun = sign_ins.finish(Some(self.half), who, tried, browser, proof);
            let begun = begun.await?;
            if let Some(begun) = begun {
                return Ok(Taken::Done(begun.leading_to(self.page.next)));
            }
        }
        known.note(note).await?;
        Ok(self.page.wrong(what, self.left))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn ask_passkey(
    public: Public<HalfWay>,
    half: Option<HalfSignedIn>,
    origin: OwnOrigin,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Json<Asked>> {
    let half = half.ok_or_else(Problem::unauthenticated)?;
    let proof_for = ProofFor::Session(half.id());
    passkeys::ask(public.app.engine(), &origin, proof_for)
        .await
        .map(Json)
}

async fn prove_passkey(
    public: Public<HalfWay>,
    half: Option<HalfSignedIn>,
    browser: Browser,
    origin: OwnOrigin,
    Form(form): Form<PasskeyForm>,
) -> Result<Taken<SecondStepPage>> {
    let Some(half) = half else {
        return Ok(Taken::Done(SeeOther::to(ANEW)));
    };
    let tried = match Try::count(&public, &half, form.next().path()).await? {
        Ok(tried) => tried,
        Err(wait) => return Ok(wait),
    };
    let (account, proof_for) = (&half.account, ProofFor::Session(half.id()));
    let proved = passkeys::check(account.engine(), &origin, &form.answer(), proof_for).await?;
    let own = proved.and_then(|proved| proved.of(account, half.person));
    let proof = own.as_ref().map(Proved::proof);
    let wrong = (Wrong::Passkey, SignInFact::Failed);
    tried.end(&browser, proof, wrong).await
}
