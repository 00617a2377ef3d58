//! Signing in with a passkey, and proving with one who sits at an open browser.

use ledger::SignInFact;
use serde::Deserialize;
use web::{
    Problem, Result,
    browser::Browser,
    guard::{OwnSignIn, Public},
    origin::OwnOrigin,
    page::{Next, Page, SeeOther, Taken, form::Form},
    reply::Json,
    route::{Route, post},
    session::failed,
};

use crate::{
    own_sessions::oneself,
    passkeys::{self, Answer, Asked},
    sign_in_page::{NotYet, SignInPage},
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
    passkeys::ask(public.app.engine(), &origin).await.map(Json)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasskeyForm {
    credential: String,
    state: String,
    next: Option<String>,
}

impl PasskeyForm {
    fn answer(&self) -> Answer {
        Answer {
            credential: self.credential.clone(),
            state: self.state.clone(),
        }
    }

    fn next(&self) -> Next {
        Next::parse(self.next.as_deref().unwrap_or_default())
    }
}

/// Nothing is guessed at here: a passkey signs what it is asked, so that no tries are counted beside the limit of all requests.
async fn sign_in(
    public: Public<NotYet>,
    browser: Browser,
    origin: OwnOrigin,
    Form(form): Form<PasskeyForm>,
) -> Result<Taken<SignInPage>> {
    let (engine, next) = (public.app.engine(), form.next());
    let proved = passkeys::check(engine, &origin, &form.answer()).await?;
    let mut whose = None;
    if let Some(proved) = &proved {
        let who = (&proved.account, proved.person);
        whose = Some((proved.account.id(), proved.person));
        let sign_ins = public.app.sign_ins();
        let begun = sign_ins
            .finish(None, who, None, &browser, proved.proof())
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

async fn prove(
    session: OwnSignIn,
    origin: OwnOrigin,
    Form(form): Form<PasskeyForm>,
) -> Result<SeeOther> {
    let (engine, person) = (session.account.engine(), oneself(&session)?);
    let next = form.next();
    let proved = passkeys::check(engine, &origin, &form.answer()).await?;
    // Somebody else's passkey says nothing about who is signed in here.
    let own = proved
        .filter(|proved| proved.account.id() == session.account.id() && proved.person == person);
    let used = match own {
        Some(proved) => {
            let used = session.account.use_factor(person, proved.proof()).await;
            used.map_err(failed)?
        }
        None => false,
    };
    if !used {
        let written =
            engine.sign_in_failed(Some(session.account.id()), Some(person), SignInFact::Failed);
        written.await.map_err(failed)?;
        return Err(Problem::forbidden_by("not_your_passkey")
            .detail("this was not a passkey of yours, or it was asked for too long ago"));
    }
    session.prove().await?;
    Ok(SeeOther::to(next.path()))
}
