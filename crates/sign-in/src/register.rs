//! Registering in the portal (SD-23): whoever is not known gives an address, and what opens is opened when they come by the mail that goes to
//! it. Nothing is kept of them before that; name and password are asked for then.
//!
//! Known, denied, of a company that accepts it or of none: the answer is the same, and so is the work. Who may come is the core's to say, when
//! the link is sent and again when it is used.

use access::{
    Actor, Command, PersonId, PublicId, Subject,
    command::SystemSubject,
    state::{Facet, RegistrationPolicy},
};
use askama::Template;
use axum::http::StatusCode;
use ledger::{Account, Change, Engine, Field, Of, Options, ProfileWrite, SubmitError};
use serde::Deserialize;
use web::{
    Problem, Result,
    browser::Browser,
    guard::{Public, Reason},
    page::{Either, Page, SeeOther, Taken, for_nobody, form::Form},
    route::{Route, get, post},
    session::{failed, not_done},
    tokens::counts,
    values,
};

use crate::{
    new_password,
    password::{self, Password},
    rules,
    sign_in_page::minutes,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/register",
            "registering.page",
            "Register in the portal",
            show,
        ),
        post(
            "/register",
            "registering.ask",
            "Have a link sent to register in the portal with; the answer is the same whoever has the address",
            ask,
        ),
        get(
            "/register/confirm",
            "registering.confirm_page",
            "Register with the link that came by mail",
            show_confirm,
        ),
        post(
            "/register/confirm",
            "registering.confirm",
            "Register with the link that came by mail, and sign in",
            confirm,
        ),
    ]
}

/// Whoever registers is nobody yet.
#[derive(Debug)]
struct Newcomer;

impl Reason for Newcomer {
    const WHY: &'static str = "whoever registers is not known yet; an address gets the same answer whatever is known of it, and the link in the body is the key";
}

/// Where people may register. Where there are several accounts nobody says which one is meant.
pub(crate) async fn open_account(engine: &Engine) -> Result<Option<Account>> {
    let accounts = engine.accounts(None, 2).await.map_err(failed)?;
    let [only] = accounts.as_slice() else {
        return Ok(None);
    };
    let account = engine.account(*only).await.map_err(failed)?;
    let is_open = account.state().account().registration != RegistrationPolicy::Nobody;
    Ok(is_open.then_some(account))
}

async fn opened(public: &Public<Newcomer>) -> Result<Account> {
    let account = open_account(public.app.engine()).await?;
    account.ok_or_else(Problem::not_found)
}

#[derive(Default, Template)]
#[template(path = "register.html")]
struct RegisterPage {
    email: String,
    wrong: bool,
    wait: Option<String>,
    sent: bool,
}

async fn show(public: Public<Newcomer>) -> Result<Either<SeeOther, Page<RegisterPage>>> {
    opened(&public).await?;
    Ok(for_nobody(&public, RegisterPage::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressForm {
    email: String,
}

async fn ask(
    public: Public<Newcomer>,
    Form(form): Form<AddressForm>,
) -> Result<Page<RegisterPage>> {
    let account = opened(&public).await?;
    let Some(address) = values::email(&form.email) else {
        return Ok(Page::again(RegisterPage {
            email: form.email,
            wrong: true,
            ..RegisterPage::default()
        }));
    };
    let engine = account.engine();
    let counted = engine.count_link(address, public.client).await;
    if let Some(until) = counted.map_err(failed)?.wait_until {
        return Ok(Page {
            status: StatusCode::TOO_MANY_REQUESTS,
            template: RegisterPage {
                wait: Some(minutes(until.0 - engine.now().0)),
                email: form.email,
                ..RegisterPage::default()
            },
        });
    }
    let is_mailed = engine.may_be_mailed(address).await.map_err(failed)?;
    let (id, now) = (PublicId::new(engine.new_uuid()), engine.now());
    let shut = account.shut_at(address).await.map_err(failed)?;
    let is_shut = shut.shuts(Facet::Customer);
    let queued = mail::queue_registration(&account, address, |state, held, denied| {
        let domain = domain_of(address);
        let arrive = Command::Arrive { id, domain, denied };
        let may_come = state.propose(REGISTRATION, &arrive, now).is_ok();
        is_mailed && !is_shut && held.map_or(may_come, |person| counts(state, person, now))
    });
    queued.await.map_err(failed)?;
    Ok(Page::new(RegisterPage {
        sent: true,
        ..RegisterPage::default()
    }))
}

const REGISTRATION: Actor = Actor::System(SystemSubject::Registration);

fn domain_of(address: &str) -> Box<str> {
    let domain = address.rsplit('@').next().unwrap_or_default();
    domain.to_lowercase().into()
}

#[derive(Default, Template)]
#[template(path = "register-confirm.html")]
struct ConfirmPage {
    link: String,
    name: String,
    wrong_link: bool,
    wrong_name: Option<String>,
    wrong_password: Option<String>,
}

async fn show_confirm(public: Public<Newcomer>) -> Result<Either<SeeOther, Page<ConfirmPage>>> {
    opened(&public).await?;
    Ok(for_nobody(&public, ConfirmPage::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmForm {
    link: String,
    name: String,
    password: String,
}

async fn confirm(
    public: Public<Newcomer>,
    browser: Browser,
    Form(form): Form<ConfirmForm>,
) -> Result<Taken<ConfirmPage>> {
    let account = opened(&public).await?;
    let again = |page| Ok(Taken::Again(Page::again(page)));
    // Unknown, used, expired, not admitted any more: one answer for all, so that nothing is learnt by trying.
    let used = || {
        again(ConfirmPage {
            wrong_link: true,
            ..ConfirmPage::default()
        })
    };
    // Before anything else: whoever has no link learns nothing, and costs nothing.
    let Some(address) = mail::registering(&account, form.link.trim()) else {
        return used();
    };
    let typed = Password::typed(&form.password);
    let wrong_name = values::name(&form.name).err();
    let weak = rules::check(&typed, &form.name, &address).err();
    if wrong_name.is_some() || weak.is_some() {
        return again(ConfirmPage {
            link: form.link,
            name: form.name,
            wrong_name: wrong_name.map(|wrong| web::page::sentence(&wrong.to_string())),
            wrong_password: weak.map(|weak| weak.to_string()),
            ..ConfirmPage::default()
        });
    }
    // Before anything is written: where the server is busy, they come again with the same link.
    let hash = password::hash(typed, account.engine().randomness().as_ref()).await?;
    let newcomer = Arriving {
        account: account.clone(),
        address,
        request: public.request.clone(),
    };
    let Some(person) = newcomer.arrive(form.name.trim(), hash).await? else {
        return used();
    };
    let begun = public
        .app
        .sign_ins()
        .begin(&account, person, None, &browser, "/");
    begun.await.map(Taken::Done)
}

/// Somebody who reads the mails of an address that is nobody's.
struct Arriving {
    account: Account,
    address: String,
    request: String,
}

impl Arriving {
    /// Makes a customer of them, by the rules of now; `None`: they may not come, or came before. It is one change, so that of two who come at
    /// once by one link one comes, and nothing of the other is written.
    async fn arrive(&self, name: &str, hash: String) -> Result<Option<PersonId>> {
        let shut = self.account.shut_at(&self.address).await;
        if shut.map_err(failed)?.shuts(Facet::Customer) {
            return Ok(None);
        }
        let denied = self.account.is_denied(&self.address).await;
        let denied = denied.map_err(failed)?;
        let Some(id) = self.who_comes().await? else {
            return Ok(None);
        };
        let of = Of::public(id);
        // The address too, of whoever waits: what stands is the one that the link proves, and it is asked once more whether it is somebody's.
        let profile = ProfileWrite::new(of)
            .set(Field::Name, name)
            .set(Field::Email, &*self.address);
        let domain = domain_of(&self.address);
        let arrive = Change::from(Command::Arrive { id, domain, denied })
            .with_profile(profile)
            .with_credential(new_password::hashed(of, hash));
        let options = Options {
            request: self.request.clone(),
            ..Options::telling("pages", mail::letters(&self.account))
        };
        match self.account.submit(REGISTRATION, arrive, options).await {
            Ok(_) => Ok(self.account.state().resolve(id)),
            Err(SubmitError::Refused(_)) => Ok(None),
            Err(error) => {
                let state = self.account.state();
                let view = state.view(Subject::Unknown, self.account.now());
                Err(not_done(&view, error))
            }
        }
    }

    /// Whoever registered with the address and did not confirm it, or somebody new; `None`: it is somebody's. That it still is so is asked
    /// at the head of the log.
    async fn who_comes(&self) -> Result<Option<PublicId<PersonId>>> {
        let (account, engine) = (&self.account, self.account.engine());
        let known = engine
            .sign_in_candidates(&[account.id()], &self.address)
            .await;
        let Some(known) = known.map_err(failed)?.first().map(|known| known.person) else {
            return Ok(Some(PublicId::new(engine.new_uuid())));
        };
        let state = account.state();
        let row = state.people().get(known);
        let is_waiting = row.is_some_and(|row| row.is_unconfirmed());
        Ok(state.public(known).filter(|_| is_waiting))
    }
}
