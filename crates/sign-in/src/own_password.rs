//! Changing one's own password: with the old one, and every other session ends.

use access::{Command, event::ProfileField};
use askama::Template;
use ledger::{Change, CredentialKind, Field, NewCredential, Of, Options, Place, read_profiles};
use serde::Deserialize;
use web::{
    Problem, Result,
    browser::Browser,
    client::ClientAddress,
    guard::SignedIn,
    page::{Frame, Page, Taken, form::Form},
    route::{Route, get, post},
    session::{failed, not_done},
    sign_ins::SignIns,
};

use crate::{
    own_sessions::{self, oneself},
    password::{self, Password},
    rules,
};

const PATH: &str = "/account/password";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(PATH, "own_password.page", "Change one's own password", show),
        post(
            PATH,
            "own_password.change",
            "Change it, with the old one",
            change,
        ),
    ]
}

#[derive(Template)]
#[template(path = "own-password.html")]
struct PasswordPage {
    frame: Frame,
    email: String,
    wrong_old: Option<&'static str>,
    wrong_new: Option<String>,
    wrong_again: bool,
}

impl PasswordPage {
    async fn of(session: &SignedIn, email: String) -> Result<Self> {
        let frame = Frame::of(session, "Change my password", PATH, "/").await?;
        Ok(Self {
            frame: frame.below(own_sessions::PATH, "My sign-in sessions"),
            email,
            wrong_old: None,
            wrong_new: None,
            wrong_again: false,
        })
    }
}

/// Name and address of who is signed in.
async fn who(session: &SignedIn) -> Result<(String, String)> {
    let place = Place::of(oneself(session)?);
    let mut tx = session.account.read().await.map_err(failed)?.tx;
    let found = read_profiles(&mut tx, [(session.account.id(), place)].into_iter()).await;
    let found = found.map_err(failed)?;
    let (_, _, profile) = found.first().ok_or_else(Problem::not_found)?;
    let field = |field| profile.get(field).unwrap_or_default().to_owned();
    Ok((field(Field::Name), field(Field::Email)))
}

async fn show(session: SignedIn) -> Result<Page<PasswordPage>> {
    let (_, email) = who(&session).await?;
    Ok(Page::new(PasswordPage::of(&session, email).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PasswordForm {
    old: String,
    new: String,
    again: String,
}

async fn change(
    session: SignedIn,
    (browser, ClientAddress(client), sign_ins): (Browser, ClientAddress, SignIns),
    Form(form): Form<PasswordForm>,
) -> Result<Taken<PasswordPage>> {
    let person = oneself(&session)?;
    let engine = session.account.engine();
    let (name, email) = who(&session).await?;
    let page = PasswordPage::of(&session, email.clone()).await?;
    let new = Password::typed(&form.new);
    let weak = rules::check(&new, &name, &email).err();
    if weak.is_some() || form.new != form.again {
        return Ok(Taken::Again(Page::again(PasswordPage {
            wrong_new: weak.map(|weak| weak.to_string()),
            wrong_again: weak.is_none(),
            ..page
        })));
    }
    // A browser that was left open is no place to guess at.
    let tried = engine.count_try(&email, client).await.map_err(failed)?;
    let wrong_old = if tried.wait_until.is_some() {
        Some("Too many tries. Wait a quarter of an hour.")
    } else {
        let stored = session.account.password_of(person).await.map_err(failed)?;
        let right = password::is_right(Password::typed(&form.old), stored).await?;
        (!right).then_some("This is not your present password.")
    };
    if wrong_old.is_some() {
        return Ok(Taken::Again(Page::again(PasswordPage {
            wrong_old,
            ..page
        })));
    }
    let hash = password::hash(new, engine.randomness().as_ref()).await?;
    let edit = Command::EditProfile {
        person,
        fields: vec![ProfileField::SignIn],
    };
    let change = Change::from(edit).with_credential(NewCredential {
        of: Of::known(person),
        kind: CredentialKind::Password,
        data: Some(hash),
    });
    let options = Options {
        face: "pages",
        request: session.request.clone(),
        ..Options::default()
    };
    let done = session.account.submit(session.actor, change, options).await;
    done.map_err(|error| not_done(&session.view(), error))?;
    let tried = Some((email.as_str(), client));
    let begun = sign_ins.begin(
        &session.account,
        person,
        tried,
        &browser,
        own_sessions::PATH,
    );
    begun.await.map(Taken::Done)
}
