//! Changing one's own password: with the old one, and every other session ends.

use access::{Command, event::ProfileField};
use askama::Template;
use axum::http::StatusCode;
use ledger::{Change, Of, OwnMeans};
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
    door::{Known, Proved, require_own_means},
    new_password,
    own_sessions::{self, oneself},
    password::Password,
    rules,
    sign_in_page::minutes,
    whose,
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
    /// Why there is nothing to change; `None`: there is a password.
    without: Option<Without>,
    wrong_old: Option<String>,
    wrong_new: Option<String>,
    wrong_again: bool,
}

/// Somebody comes in by other means alone: a sign-in provider, a passkey, or a link by mail.
struct Without {
    /// A provider is the only way for them: a password that they may have had before counts for nothing, and no link to choose one is sent.
    is_shut: bool,
}

impl PasswordPage {
    async fn of(session: &Oneself, email: String) -> Result<Self> {
        let frame = Frame::of(session, "My password", PATH, "/").await?;
        Ok(Self {
            frame: frame.below(own_sessions::PATH, "My sign-in sessions"),
            email,
            without: None,
            wrong_old: None,
            wrong_new: None,
            wrong_again: false,
        })
    }
}

async fn show(session: Oneself) -> Result<Page<PasswordPage>> {
    let (account, person) = (&session.account, oneself(&session)?);
    let (_, email) = whose::name_and_address(account, person).await?;
    let has = account.password_of(person).await.map_err(failed)?.is_some();
    let is_shut = account.own_means(person).await.map_err(failed)? == OwnMeans::Shut;
    let without = match has && !is_shut {
        true => None,
        false => Some(Without { is_shut }),
    };
    let page = PasswordPage::of(&session, email).await?;
    Ok(Page::new(PasswordPage { without, ..page }))
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
    require_own_means(&session.account, person).await?;
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
    let known = Known {
        account: &session.account,
        person,
        address: &email,
        client,
    };
    let (status, wrong_old) = match known.prove_password(Password::typed(&form.old)).await? {
        Proved::Right => (StatusCode::OK, None),
        Proved::Wrong { left } => {
            let says = match left {
                1 => "This is not your present password. One more try, then we wait.".to_owned(),
                2..5 => {
                    format!("This is not your present password. {left} more tries, then we wait.")
                }
                _ => "This is not your present password.".to_owned(),
            };
            (StatusCode::UNPROCESSABLE_ENTITY, Some(says))
        }
        Proved::Wait { until } => {
            let wait = minutes(until.0 - session.account.now().0);
            let says = format!("Too many tries. Wait {wait}, then try again.");
            (StatusCode::TOO_MANY_REQUESTS, Some(says))
        }
    };
    if wrong_old.is_some() {
        return Ok(Taken::Again(Page {
            status,
            template: PasswordPage { wrong_old, ..page },
        }));
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
    let begun = sign_ins.renew_by_password(&session, person, &browser);
    Ok(Taken::Done(begun.await?.leading_to(own_sessions::PATH)))
}
