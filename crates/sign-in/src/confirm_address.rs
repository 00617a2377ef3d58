//! Confirming a new address of one's own with the links that came by mail: one to the new address, one to the present one (RULES §4).

use access::command::SystemSubject;
use access::{Actor, Command, PersonId, Subject, event::ProfileField};
use askama::Template;
use ledger::{
    Account, Change, Confirmed, Field, Of, Options, OwnMeans, ProfileWrite, Purpose, Secret,
    SubmitError,
};
use mail::Letter;
use serde::Deserialize;
use web::{
    Result,
    guard::{Public, Reason},
    page::{Page, form::Form},
    route::{Route, get, post},
    session::{failed, not_done},
};

use crate::whose;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/confirm-address",
            "own_profile.confirm_page",
            "Confirm a new address",
            show,
        ),
        post(
            "/confirm-address",
            "own_profile.confirm_address",
            "Confirm a new address with a link that came by mail",
            take,
        ),
    ]
}

/// Whoever reads a mail may do so where they are not signed in.
#[derive(Debug)]
struct WithTheLink;

impl Reason for WithTheLink {
    const WHY: &'static str = "a mail is read where nobody needs to be signed in; the single-use link in the body is the key, and both links are needed";
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    WrongLink,
    Half,
    Changed,
    Taken,
}

#[derive(Template)]
#[template(path = "confirm-address.html")]
struct ConfirmPage {
    told: Told,
}

impl ConfirmPage {
    fn wrong_link(&self) -> bool {
        self.told == Told::WrongLink
    }
}

async fn show(_: Public<WithTheLink>) -> Result<Page<ConfirmPage>> {
    let told = Told::Nothing;
    Ok(Page::new(ConfirmPage { told }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmForm {
    link: String,
}

async fn take(
    public: Public<WithTheLink>,
    Form(form): Form<ConfirmForm>,
) -> Result<Page<ConfirmPage>> {
    let told = confirm(&public, form.link.trim()).await?;
    Ok(match told {
        Told::WrongLink | Told::Taken => Page::again(ConfirmPage { told }),
        told => Page::new(ConfirmPage { told }),
    })
}

async fn confirm(public: &Public<WithTheLink>, link: &str) -> Result<Told> {
    let engine = public.app.engine();
    let Some(link) = Secret::parse(link) else {
        return Ok(Told::WrongLink);
    };
    let bearer = engine.bearer(&link).await.map_err(failed)?;
    let bearer = bearer.filter(|bearer| bearer.purpose == Purpose::AddressChange);
    let Some(bearer) = bearer else {
        return Ok(Told::WrongLink);
    };
    let account = engine.account(bearer.account).await.map_err(failed)?;
    match account.confirm_address(&link).await.map_err(failed)? {
        Confirmed::Not => Ok(Told::WrongLink),
        Confirmed::Half => Ok(Told::Half),
        // AD-8: the wish may be older than the choice that the domain's people come in by a provider alone.
        Confirmed::Both { person, .. }
            if account.own_means(person).await.map_err(failed)? == OwnMeans::Shut =>
        {
            Ok(Told::WrongLink)
        }
        Confirmed::Both { person, address } => {
            change(&account, (person, address), link, public.request.clone()).await
        }
    }
}

/// Puts the new address in the place of the old one, which is told.
async fn change(
    account: &Account,
    (person, address): (PersonId, String),
    link: Secret,
    request: String,
) -> Result<Told> {
    let of = Of::known(person);
    let (_, old) = whose::name_and_address(account, person).await?;
    let told = mail::notice(account, of, Some(&old), &Letter::OwnAddressChanged);
    let edit = Command::EditProfile {
        person,
        fields: vec![ProfileField::Address],
    };
    let change = Change::from(edit)
        .with_profile(ProfileWrite::new(of).set(Field::Email, address))
        .with_mail(told.map_err(failed)?)
        .spending(link);
    let options = Options {
        request,
        ..Options::telling("pages", mail::letters(account))
    };
    let actor = Actor::System(SystemSubject::SignIn);
    match account.submit(actor, change, options).await {
        Ok(_) => Ok(Told::Changed),
        Err(SubmitError::Refused(refusal)) if refusal.code == "address_taken" => Ok(Told::Taken),
        // Somebody was quicker.
        Err(SubmitError::Refused(refusal)) if refusal.code == "link_used" => Ok(Told::WrongLink),
        Err(error) => {
            let state = account.state();
            Err(not_done(
                &state.view(Subject::Unknown, account.now()),
                error,
            ))
        }
    }
}
