//! Signing in with a passkey, and proving with one who sits at an open browser.

use axum::http::StatusCode;
use ledger::SignInFact;
use serde::Deserialize;
use web::{
    Problem, Result,
    browser::Browser,
    client::ClientAddress,
    guard::{OwnSignIn, Public},
    origin::OwnOrigin,
    page::{Next, Page, Taken, form::Form},
    reply::Json,
    route::{Route, post},
    session::failed,
};

use crate::{
    door::{Counted, Known, require_own_means},
    own_sessions::oneself,
    passkeys::{self, Answer, Asked, ProofFor},
    sign_in_again::{self, AgainPage},
    sign_in_page::{NotYet, SignInPage, minutes},
    whose,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        post(
            "/sign-in/passkey/begin",
            "passkeys.ask",
            "What a browser asks a device for a passkey with",
            ask,
        ),
        post(
            "/sign-in/passkey",
            "passkeys.sign_in",
            "Sign in with a passkey, which is both factors in one",
            sign_in,
        ),
        post(
            "/sign-in/again/passkey",
            "passkeys.prove",
            "Prove with a passkey who one is; it counts for ten minutes",
            prove,
        ),
        post(
            "/sign-in/again/passkey/begin",
            "passkeys.ask_again",
            "What a browser asks a device for a passkey with, of somebody who is signed in",
            ask_again,
        ),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn ask(
    public: Public<NotYet>,
    origin: OwnOrigin,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Json<Asked>> {
    passkeys::ask(public.app.engine(), &origin, ProofFor::SignIn)
        .await
        .map(Json)
}

async fn ask_again(
    session: OwnSignIn,
    origin: OwnOrigin,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Json<Asked>> {
    let sign_in = session.sign_in().ok_or_else(Problem::not_found)?;
    let proof_for = ProofFor::Session(sign_in.id());
    passkeys::ask(session.account.engine(), &origin, proof_for)
        .await
        .map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyForm {
    credential: String,
    state: String,
    next: Option<String>,
}

impl PasskeyForm {
    pub(crate) fn answer(&self) -> Answer {
        Answer {
            credential: self.credential.clone(),
            state: self.state.clone(),
        }
    }

    pub(crate) fn next(&self) -> Next {
        Next::parse(self.next.as_deref().unwrap_or_default())
    }
}

/// Nothing is guessed at here. Tries are counted all the same, by where they come from: each that is looked at leaves a row in the log.
async fn sign_in(
    public: Public<NotYet>,
    browser: Browser,
    origin: OwnOrigin,
    Form(form): Form<PasskeyForm>,
) -> Result<Taken<SignInPage>> {
    let (engine, next) = (public.app.engine(), form.next());
    let counted = engine.count_try_from(public.client).await;
    if let Some(until) = counted.map_err(failed)? {
        return Ok(Taken::Again(Page {
            status: StatusCode::TOO_MANY_REQUESTS,
            template: SignInPage::with_a_wait(&next, until.0 - engine.now().0),
        }));
    }
    let proved = passkeys::check(engine, &origin, &form.answer(), ProofFor::SignIn).await?;
    let mut whose = None;
    if let Some(proved) = &proved {
        let who = (&proved.account, proved.person);
        whose = Some((proved.account.id(), proved.person));
        let sign_ins = public.app.sign_ins();
        let (_, email) = whose::name_and_address(who.0, who.1).await?;
        let tried = Some((email.as_str(), public.client));
        let begun = sign_ins
            .finish(None, who, tried, &browser, proved.proof())
            .await?;
        if let Some(begun) = begun {
            return Ok(Taken::Done(begun.leading_to(next.path())));
        }
    }
    let (account, person) = whose.unzip();
    // Where there is one account only, it is told of nobody's passkeys too.
    let accounts = engine.accounts(None, 2).await.map_err(failed)?;
    let only = accounts.first().copied().filter(|_| accounts.len() == 1);
    let written = engine.sign_in_failed(account.or(only), person, SignInFact::Failed);
    written.await.map_err(failed)?;
    Ok(Taken::Again(Page::again(SignInPage::without_passkey(
        &next,
    ))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgainForm {
    credential: String,
    state: String,
    next: Option<String>,
    /// The form that waits for the proof.
    begun: Option<String>,
}

async fn prove(
    session: OwnSignIn,
    ClientAddress(client): ClientAddress,
    origin: OwnOrigin,
    Form(form): Form<AgainForm>,
) -> Result<Taken<AgainPage>> {
    let sign_in = session.sign_in().ok_or_else(Problem::not_found)?;
    let (account, person) = (&session.account, oneself(&session)?);
    require_own_means(account, person).await?;
    let (_, email) = whose::name_and_address(account, person).await?;
    let known = Known {
        account,
        person,
        address: &email,
        client,
    };
    let (next, begun) = (
        sign_in_again::next(form.next.as_deref()),
        sign_in_again::begun(form.begun.as_deref())?,
    );
    if let Counted::Wait { until } = known.count().await? {
        let mut page = AgainPage::of(&session, &next, begun).await?;
        page.prove.wait = Some(minutes(until.0 - account.now().0));
        return Ok(Taken::Again(Page {
            status: StatusCode::TOO_MANY_REQUESTS,
            template: page,
        }));
    }
    let answer = Answer {
        credential: form.credential,
        state: form.state,
    };
    let proof_for = ProofFor::Session(sign_in.id());
    let proved = passkeys::check(account.engine(), &origin, &answer, proof_for).await?;
    let used = match proved.and_then(|proved| proved.of(account, person)) {
        Some(proved) => {
            let used = account.use_factor(person, proved.proof()).await;
            used.map_err(failed)?
        }
        None => false,
    };
    if !used {
        known.note(SignInFact::Failed).await?;
        let mut page = AgainPage::of(&session, &next, begun).await?;
        page.prove.wrong_passkey = true;
        return Ok(Taken::Again(Page {
            status: StatusCode::FORBIDDEN,
            template: page,
        }));
    }
    known.forget().await?;
    session.prove().await?;
    sign_in_again::go_on(&session, &next, begun).await
}
