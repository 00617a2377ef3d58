//! Changing one's own password: with the old one, and every other session ends.

use access::{Command, event::ProfileField};
use askama::Template;
use ledger::{Change, Of};
use mail::Letter;
use serde::Deserialize;
use web::{
    Result,
    browser::Browser,
    client::ClientAddress,
    guard::Oneself,
    page::{Frame, Page, Taken, form::Form},
    route::{Route, get, post},
    session::failed,
    sign_ins::SignIns,
};

use crate::{
    new_password,
    own_sessions::{self, oneself},
    password::{self, Password},
    rules, whose,
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
    async fn of(session: &Oneself, email: String) -> Result<Self> {
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

async fn show(session: Oneself) -> Result<Page<PasswordPage>> {
    let (_, email) = whose::name_and_address(&session.account, oneself(&session)?).await?;
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
    session: Oneself,
    (browser, ClientAddress(client), sign_ins): (Browser, ClientAddress, SignIns),
    Form(form): Form<PasswordForm>,
) -> Result<Taken<PasswordPage>> {
    let person = oneself(&session)?;
    let engine = session.account.engine();
    let (name, email) = whose::name_and_address(&session.account, person).await?;
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
    let edit = Command::EditProfile {
        person,
        fields: vec![ProfileField::SignIn],
    };
    let (account, of) = (&session.account, Of::known(person));
    let told = mail::notice(account, of, None, &Letter::PasswordChanged).map_err(failed)?;
    let change = Change::from(edit)
        .with_credential(new_password::credential(account, person, new).await?)
        .with_mail(told);
    // The old password is as good a proof as signing in with it.
    session.prove().await?;
    session.submit_own(change).await?;
    let tried = Some((email.as_str(), client));
    let begun = sign_ins.renew(&session, person, tried, &browser).await?;
    Ok(Taken::Done(begun.leading_to(own_sessions::PATH)))
}
