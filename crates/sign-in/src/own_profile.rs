//! One's own name and address. The name is changed at once; the address when it was confirmed at both addresses (RULES §4).

use access::{Command, PersonId, event::ProfileField};
use askama::Template;
use ledger::{AddressChange, Change, Field, Of, OwnMeans, ProfileWrite, fold_email};
use serde::Deserialize;
use web::{
    Problem, Result,
    client::ClientAddress,
    guard::Oneself,
    page::{Frame, Page, SeeOther, Taken, form::Form, moment},
    route::{Route, get, post},
    session::{Session, failed},
    tokens::counts,
    values,
};

use crate::{own_sessions::oneself, sign_in_page::minutes, whose};

const PATH: &str = "/account/profile";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(PATH, "own_profile.page", "One's own name and address", show),
        post(
            "/account/profile/name",
            "own_profile.rename",
            "Change one's own name",
            rename,
        ),
        post(
            "/account/profile/address",
            "own_profile.ask_for_address",
            "Have links sent, to the new and to the present address, to confirm a new address of one's own with",
            ask_for_address,
        ),
        post(
            "/account/profile/address/keep",
            "own_profile.keep_address",
            "Keep the present address",
            keep_address,
        ),
    ]
}

/// An address that waits to be confirmed.
struct Wish {
    address: String,
    at_new: bool,
    at_old: bool,
    until: String,
}

impl From<AddressChange> for Wish {
    fn from(change: AddressChange) -> Self {
        Self {
            address: change.address,
            at_new: change.confirmed_at_new,
            at_old: change.confirmed_at_old,
            until: moment(change.ends_at),
        }
    }
}

#[derive(Template)]
#[template(path = "own-profile.html")]
struct ProfilePage {
    frame: Frame,
    /// As it is, or as it was typed.
    name: String,
    email: String,
    new_email: String,
    wrong_name: Option<String>,
    wrong_email: Option<String>,
    wish: Option<Wish>,
}

impl ProfilePage {
    async fn of(session: &Oneself) -> Result<Self> {
        let person = oneself(session)?;
        let (name, email) = whose::name_and_address(&session.account, person).await?;
        let wish = session.account.address_change(person).await;
        Ok(Self {
            frame: Frame::of(session, "My profile", PATH, "/").await?,
            name,
            email,
            new_email: String::new(),
            wrong_name: None,
            wrong_email: None,
            wish: wish.map_err(failed)?.map(Wish::from),
        })
    }
}

async fn show(session: Oneself) -> Result<Page<ProfilePage>> {
    Ok(Page::new(ProfilePage::of(&session).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameForm {
    name: String,
}

async fn rename(session: Oneself, Form(form): Form<NameForm>) -> Result<Taken<ProfilePage>> {
    let person = oneself(&session)?;
    let name = match values::name(&form.name) {
        Ok(name) => name.to_owned(),
        Err(wrong) => {
            let page = ProfilePage::of(&session).await?;
            return Ok(Taken::Again(Page::again(ProfilePage {
                wrong_name: Some(format!("{wrong}.")),
                name: form.name,
                ..page
            })));
        }
    };
    if whose::name_and_address(&session.account, person).await?.0 == name {
        return Ok(Taken::Done(SeeOther::to(PATH)));
    }
    let edit = Command::EditProfile {
        person,
        fields: vec![ProfileField::Name],
    };
    let write = ProfileWrite::new(Of::known(person)).set(Field::Name, name);
    let change = Change::from(edit).with_profile(write);
    session.submit_own(change).await?;
    Ok(Taken::Done(
        SeeOther::to(PATH).saying("Your name is changed."),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressForm {
    email: String,
}

/// Whether the new address is somebody else's is not said: it is found out when whoever asks has shown that they read its mails.
/// Whether another address would be a way around what lets somebody in: where their domain's people come in by a provider alone (AD-8), and
/// where a provider opened one of two facets (§1).
async fn is_bound(session: &Session, person: PersonId) -> Result<bool> {
    let row = session.state().people().get(person);
    let has_both = row.is_some_and(|row| row.is_user() && row.is_customer());
    let means = session.account.own_means(person).await.map_err(failed)?;
    Ok(means == OwnMeans::Shut || (session.facet().is_some() && has_both))
}

async fn ask_for_address(
    session: Oneself,
    ClientAddress(client): ClientAddress,
    Form(form): Form<AddressForm>,
) -> Result<Taken<ProfilePage>> {
    let person = oneself(&session)?;
    // One signs in with it: an open browser is not enough to ask for another one.
    session.require_fresh()?;
    let page = ProfilePage::of(&session).await?;
    let (account, engine) = (&session.account, session.account.engine());
    let typed = values::email(&form.email).map(str::to_owned);
    let wrong = match &typed {
        None => Some("An e-mail address reads somebody@example.org.".to_owned()),
        _ if page.email.is_empty() => {
            Some("You have no address that could be confirmed: ask your administrators.".to_owned())
        }
        Some(_) if is_bound(&session, person).await? => Some(
            "You come in by a sign-in provider, which goes by this address: ask your administrators for another one.".to_owned(),
        ),
        Some(address) if fold_email(address) == fold_email(&page.email) => {
            Some("This is the address that you have.".to_owned())
        }
        Some(address) => {
            // Nobody's mailbox is filled from here.
            let counted = engine.count_link(address, client).await.map_err(failed)?;
            counted.wait_until.map(|until| {
                let wait = minutes(until.0 - engine.now().0);
                format!("Too many links were sent to it. Wait {wait}, then try again.")
            })
        }
    };
    let (Some(address), None) = (&typed, &wrong) else {
        return Ok(Taken::Again(Page::again(ProfilePage {
            wrong_email: wrong,
            new_email: form.email,
            ..page
        })));
    };
    let now = account.now();
    let asked = mail::confirm_address(account, person, address, |state| counts(state, person, now));
    if !asked.await.map_err(failed)? {
        return Err(Problem::unauthenticated());
    }
    Ok(Taken::Done(SeeOther::to(PATH).saying(
        "Two mails are on their way. Your address changes when you have followed the links in both.",
    )))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn keep_address(session: Oneself, Form(Nothing {}): Form<Nothing>) -> Result<SeeOther> {
    let forgotten = session.account.forget_address_change(oneself(&session)?);
    forgotten.await.map_err(failed)?;
    Ok(SeeOther::to(PATH).saying("Your address stays as it is; the links lead nowhere any more."))
}
