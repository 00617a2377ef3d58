//! One's own second factor: set up, with new recovery codes, taken off. Each time every session ends, and goes on here alone.

use access::{Command, PersonId, event::ProfileField};
use askama::Template;
use ledger::{Change, CredentialKind, FactorProof, NewCredential, Of};
use serde::Deserialize;
use web::{
    Problem, Result,
    browser::Browser,
    guard::OwnSignIn,
    page::{Either, Frame, Page, Taken, WithCookie, form::Form},
    route::{Route, get, post},
    session::failed,
    sign_ins::SignIns,
};

use crate::{
    codes::{self, SECRET_BYTES},
    own_sessions::{self, oneself},
    qr::{self, Drawing},
    whose,
};

pub(crate) const PATH: &str = "/account/second-factor";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(PATH, "own_factor.page", "One's own second factor", show),
        post(
            PATH,
            "own_factor.set_up",
            "Set one-time codes up, with the first of them; the recovery codes are shown this once",
            set_up,
        ),
        post(
            "/account/second-factor/recovery-codes",
            "own_factor.new_codes",
            "Make new recovery codes, in the place of those before; they are shown this once",
            new_codes,
        ),
        post(
            "/account/second-factor/remove",
            "own_factor.remove",
            "Take one's second factor off",
            remove,
        ),
    ]
}

#[derive(Template)]
#[template(path = "own-factor.html")]
struct FactorPage {
    frame: Frame,
    /// Recovery codes that are left, of somebody who has one-time codes.
    left: Option<usize>,
    /// It is asked of them, and they are signed in without.
    missing: bool,
    /// It is asked of them, and there is no other: it stays.
    required: bool,
    secret: String,
    qr: Drawing,
    wrong: bool,
}

/// What a browser's session makes its secret of: the same one each time the page is shown, and another one in the next session. So
/// nothing is kept of what nobody confirms.
fn secret_of(session: &OwnSignIn) -> Result<[u8; SECRET_BYTES]> {
    let sign_in = session.sign_in().ok_or_else(Problem::not_found)?;
    let derived = sign_in.derived("one-time codes");
    derived
        .first_chunk::<SECRET_BYTES>()
        .copied()
        .ok_or_else(|| Problem::internal("a hash is too short"))
}

async fn page(session: &OwnSignIn) -> Result<FactorPage> {
    let secret = secret_of(session)?;
    session.require_fresh()?;
    let (account, person) = (&session.account, oneself(session)?);
    let (_, email) = whose::name_and_address(account, person).await?;
    let has = account.one_time_codes(person).await.map_err(failed)?;
    let left = match has {
        None => None,
        Some(_) => Some(account.recovery_codes_left(person).await.map_err(failed)?),
    };
    let has_passkeys = account.has_passkeys(person).await.map_err(failed)?;
    Ok(FactorPage {
        frame: frame(session).await?,
        left,
        missing: session.lacks_second_factor(),
        required: !has_passkeys && session.state().asks_second_factor(person),
        secret: codes::shown(&secret),
        qr: qr::draw(&codes::address(&secret, &email)?)?,
        wrong: false,
    })
}

async fn frame(session: &OwnSignIn) -> Result<Frame> {
    let frame = Frame::of(session, "Second factor", PATH, "/").await?;
    Ok(frame.below(own_sessions::PATH, "My sign-in sessions"))
}

async fn show(session: OwnSignIn) -> Result<Page<FactorPage>> {
    page(&session).await.map(Page::new)
}

/// New recovery codes, for the one time that they are shown.
#[derive(Template)]
#[template(path = "recovery-codes.html")]
struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
    /// The second factor is new too.
    set_up: bool,
}

impl CodesPage {
    async fn of(session: &OwnSignIn, codes: Vec<String>, set_up: bool) -> Result<Page<Self>> {
        let mut frame = frame(session).await?;
        frame.title = "Recovery codes".to_owned();
        // Its session is over: what is sent from here on comes from the next page.
        frame.form_token = None;
        Ok(Page::new(Self {
            frame,
            codes,
            set_up,
        }))
    }
}

fn change_of(person: PersonId) -> Change {
    Change::from(Command::EditProfile {
        person,
        fields: vec![ProfileField::SignIn],
    })
}

fn without(person: PersonId, kind: CredentialKind) -> NewCredential {
    NewCredential {
        of: Of::known(person),
        kind,
        data: None,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetUpForm {
    code: String,
}

async fn set_up(
    session: OwnSignIn,
    browser: Browser,
    sign_ins: SignIns,
    Form(form): Form<SetUpForm>,
) -> Result<Either<WithCookie<CodesPage>, Page<FactorPage>>> {
    let again = page(&session).await?;
    let (account, person) = (&session.account, oneself(&session)?);
    let secret = secret_of(&session)?;
    let Some(step) = codes::step_of(&secret, &form.code, account.now())? else {
        return Ok(Either::Again(Page::again(FactorPage {
            wrong: true,
            ..again
        })));
    };
    let of = Of::known(person);
    let made = codes::recovery_codes(account.engine().randomness().as_ref());
    let new = account.new_one_time_codes(of, &secret).map_err(failed)?;
    let change = change_of(person)
        .with_credential(new)
        .with_credential(account.new_recovery_codes(of, &made).map_err(failed)?);
    session.submit_own(change).await?;
    let shown = CodesPage::of(&session, made, true).await?;
    // The code that confirmed it is used up by it.
    let proof = FactorProof::OneTimeCode { step };
    let begun = sign_ins.go_on(&session, person, &browser, proof).await?;
    Ok(Either::Done(WithCookie::renewed(shown, begun)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// There is nothing to make codes for, or to take off.
async fn require_factor(session: &OwnSignIn) -> Result<PersonId> {
    let person = oneself(session)?;
    let has = session.account.one_time_codes(person).await;
    has.map_err(failed)?.ok_or_else(|| {
        Problem::conflict(
            "no_second_factor",
            "you have no second factor: set it up first",
        )
    })?;
    Ok(person)
}

async fn new_codes(
    session: OwnSignIn,
    browser: Browser,
    sign_ins: SignIns,
    Form(Nothing {}): Form<Nothing>,
) -> Result<WithCookie<CodesPage>> {
    secret_of(&session)?;
    let person = require_factor(&session).await?;
    let account = &session.account;
    let made = codes::recovery_codes(account.engine().randomness().as_ref());
    let new = account.new_recovery_codes(Of::known(person), &made);
    let change = change_of(person).with_credential(new.map_err(failed)?);
    session.submit_own(change).await?;
    let shown = CodesPage::of(&session, made, false).await?;
    let begun = sign_ins.renew(&session, person, &browser).await?;
    Ok(WithCookie::renewed(shown, begun))
}

async fn remove(
    session: OwnSignIn,
    browser: Browser,
    sign_ins: SignIns,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Taken<FactorPage>> {
    secret_of(&session)?;
    let person = require_factor(&session).await?;
    let change = change_of(person)
        .with_credential(without(person, CredentialKind::OneTimeCodes))
        .with_credential(without(person, CredentialKind::RecoveryCodes));
    session.submit_own(change).await?;
    let begun = sign_ins.renew(&session, person, &browser).await?;
    let done = begun.leading_to(PATH);
    Ok(Taken::Done(done.saying("The second factor is off.")))
}
