//! One's own passkeys: registered, listed, removed. Each time every session ends, and goes on here alone.

use access::{Command, event::ProfileField};
use askama::Template;
use ledger::{Change, CredentialKind, NewCredential, Of, PASSKEYS_MAX};
use serde::Deserialize;
use uuid::Uuid;
use web::{
    Problem, Result,
    browser::Browser,
    guard::OwnSignIn,
    origin::OwnOrigin,
    page::{Frame, Page, SeeOther, Taken, form::Form, moment},
    reply::Json,
    route::{Route, get, post},
    session::failed,
    sign_ins::SignIns,
};

use crate::{
    own_sessions::{self, oneself},
    passkeys::{Answer, Asked, Kept, Proved, Registering},
    whose,
};

const PATH: &str = "/account/passkeys";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(PATH, "own_passkeys.page", "One's own passkeys", show),
        post(
            "/account/passkeys/begin",
            "own_passkeys.ask",
            "What a browser asks a device for a new passkey with",
            ask,
        ),
        post(
            PATH,
            "own_passkeys.register",
            "Register a passkey",
            register,
        ),
        post(
            "/account/passkeys/remove",
            "own_passkeys.remove",
            "Remove one of them",
            remove,
        ),
    ]
}

struct Row {
    id: String,
    browser: String,
    since: String,
}

#[derive(Template)]
#[template(path = "own-passkeys.html")]
struct PasskeysPage {
    frame: Frame,
    rows: Vec<Row>,
    full: bool,
    missing: bool,
    wrong: bool,
}

async fn page(session: &OwnSignIn) -> Result<PasskeysPage> {
    session.sign_in().ok_or_else(Problem::not_found)?;
    session.require_fresh()?;
    let person = oneself(session)?;
    let stored = session.account.passkeys(person).await.map_err(failed)?;
    let rows: Result<Vec<_>> = stored
        .iter()
        .map(|stored| {
            Ok(Row {
                id: stored.id.to_string(),
                browser: Kept::of(stored)?.browser,
                since: moment(stored.created_at),
            })
        })
        .collect();
    let frame = Frame::of(session, "Passkeys", PATH, "/").await?;
    Ok(PasskeysPage {
        frame: frame.below(own_sessions::PATH, "My sign-in sessions"),
        full: stored.len() >= PASSKEYS_MAX,
        rows: rows?,
        missing: session.lacks_second_factor(),
        wrong: false,
    })
}

async fn show(session: OwnSignIn) -> Result<Page<PasskeysPage>> {
    page(&session).await.map(Page::new)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The parts of [`Registering`] that somebody has to own.
struct Who {
    name: String,
    email: String,
    session: String,
}

async fn who(session: &OwnSignIn) -> Result<Who> {
    let sign_in = session.sign_in().ok_or_else(Problem::not_found)?;
    session.require_fresh()?;
    let person = oneself(session)?;
    let (name, email) = whose::name_and_address(&session.account, person).await?;
    Ok(Who {
        name,
        email,
        session: sign_in.id().to_owned(),
    })
}

fn registering<'a>(session: &'a OwnSignIn, who: &'a Who) -> Result<Registering<'a>> {
    Ok(Registering {
        account: &session.account,
        person: session.id(oneself(session)?).0,
        name: &who.name,
        email: &who.email,
        session: &who.session,
    })
}

async fn ask(
    session: OwnSignIn,
    origin: OwnOrigin,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Json<Asked>> {
    let who = who(&session).await?;
    let known = session.account.passkeys(oneself(&session)?).await;
    let known = known.map_err(failed)?;
    require_place(known.len())?;
    registering(&session, &who)?.ask(&origin, &known).map(Json)
}

fn require_place(there_are: usize) -> Result<()> {
    if there_are < PASSKEYS_MAX {
        return Ok(());
    }
    Err(Problem::conflict(
        "too_many_passkeys",
        "remove a passkey that you no longer use first",
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPasskey {
    credential: String,
    state: String,
}

fn change_of(session: &OwnSignIn, kind: CredentialKind, data: Option<String>) -> Result<Change> {
    let person = oneself(session)?;
    let edit = Command::EditProfile {
        person,
        fields: vec![ProfileField::SignIn],
    };
    Ok(Change::from(edit).with_credential(NewCredential {
        of: Of::known(person),
        kind,
        data,
    }))
}

async fn register(
    session: OwnSignIn,
    (browser, origin, sign_ins): (Browser, OwnOrigin, SignIns),
    Form(form): Form<NewPasskey>,
) -> Result<Taken<PasskeysPage>> {
    let again = page(&session).await?;
    require_place(again.rows.len())?;
    let (who, person) = (who(&session).await?, oneself(&session)?);
    let answer = Answer {
        credential: form.credential,
        state: form.state,
    };
    let Some((key, challenge)) = registering(&session, &who)?.take(&origin, &answer)? else {
        return Ok(Taken::Again(Page::again(PasskeysPage {
            wrong: true,
            ..again
        })));
    };
    let id = session.account.engine().new_uuid();
    let data = Kept::new(browser.in_words().to_owned(), &origin, key).data()?;
    let change = change_of(&session, CredentialKind::Passkey(id), Some(data.clone()))?;
    session.submit_own(change).await?;
    // Whoever has just registered one has proved it.
    let proved = Proved::by_registering((&session.account, person), id, &data, &challenge);
    let begun = sign_ins.go_on(&session, person, &browser, proved.proof());
    let begun = begun.await?;
    Ok(Taken::Done(
        begun.leading_to(PATH).saying("The passkey is registered."),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    passkey: Uuid,
}

async fn remove(
    session: OwnSignIn,
    browser: Browser,
    sign_ins: SignIns,
    Form(which): Form<Which>,
) -> Result<SeeOther> {
    session.sign_in().ok_or_else(Problem::not_found)?;
    let (account, person) = (&session.account, oneself(&session)?);
    let stored = account.passkeys(person).await.map_err(failed)?;
    if !stored.iter().any(|stored| stored.id == which.passkey) {
        // One that is gone already is what was asked for.
        return Ok(SeeOther::to(PATH));
    }
    let change = change_of(&session, CredentialKind::Passkey(which.passkey), None)?;
    session.submit_own(change).await?;
    let begun = sign_ins.renew(&session, person, &browser).await?;
    Ok(begun.leading_to(PATH).saying("The passkey is removed."))
}
