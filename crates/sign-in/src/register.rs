//! Registering in the portal (SD-23): whoever is not known gives an address, and what opens is opened when they come by the mail that goes to
//! it. Nothing is kept of them before that; name and password are asked for then.
//!
//! Known, denied, of a company that accepts it or of none: the answer is the same, and so is the work. Who may come is the core's to say, when
//! the link is sent and again when it is used.

use access::{
    Actor, Command, PersonId, PublicId, State, Subject, command::SystemSubject,
    event::ProfileField, state::RegistrationPolicy,
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
    let queued = mail::queue_registration(&account, address, |state, held, denied| {
        let domain = domain_of(address);
        let register = Command::Register { id, domain, denied };
        let may_come = state.propose(REGISTRATION, &register, now).is_ok();
        is_mailed && held.map_or(may_come, |person| counts(state, person, now))
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
    let name = form.name.trim().to_owned();
    // A tab that is closed meanwhile cuts nothing off: half a customer could not get in.
    let arriving = tokio::spawn(async move { newcomer.arrive(&name, hash).await });
    let Some(person) = arriving.await.map_err(Problem::internal)?? else {
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
    /// Makes a customer of them, by the rules of now; `None`: they may not come, or came before.
    async fn arrive(&self, name: &str, hash: String) -> Result<Option<PersonId>> {
        let domain = domain_of(&self.address);
        let denied = self.account.is_denied(&self.address).await;
        let denied = denied.map_err(failed)?;
        let Some(person) = self.known_by(name, denied).await? else {
            return Ok(None);
        };
        let confirm = Command::ConfirmAddress {
            person,
            domain,
            denied,
        };
        let state = self.account.state();
        let may_come = state.propose(REGISTRATION, &confirm, self.account.now());
        if may_come.is_err() {
            return Ok(None);
        }
        // AD-8: that they can sign in, and what with, is one change. It opens nothing to whoever is not confirmed, so it comes first: where the
        // server stops behind it, another link goes on from here.
        let can_sign_in = state
            .people()
            .get(person)
            .is_some_and(|row| row.can_sign_in);
        let set = match can_sign_in {
            false => Command::SetSignIn {
                person,
                possible: true,
            },
            true => Command::EditProfile {
                person,
                fields: vec![ProfileField::SignIn],
            },
        };
        let credential = new_password::hashed(person, hash);
        let change = Change::from(set).with_credential(credential);
        let pages = Actor::System(SystemSubject::SignIn);
        if !self.submit(pages, change).await? {
            return Ok(None);
        }
        let done = self.submit(REGISTRATION, confirm).await?;
        Ok(done.then_some(person))
    }

    /// Adds the person. Where that was done before, and the server stopped then, it goes on from there.
    async fn known_by(&self, name: &str, denied: bool) -> Result<Option<PersonId>> {
        let (account, engine) = (&self.account, self.account.engine());
        let accounts = [account.id()];
        let known = engine.sign_in_candidates(&accounts, &self.address).await;
        if let Some(known) = known.map_err(failed)?.first() {
            let is_waiting = is_unconfirmed(&account.state(), known.person);
            return Ok(is_waiting.then_some(known.person));
        }
        let id = PublicId::<PersonId>::new(engine.new_uuid());
        let domain = domain_of(&self.address);
        let profile = ProfileWrite::new(Of::public(id))
            .set(Field::Name, name)
            .set(Field::Email, &*self.address);
        let register = Change::from(Command::Register { id, domain, denied });
        if !self
            .submit(REGISTRATION, register.with_profile(profile))
            .await?
        {
            return Ok(None);
        }
        Ok(account.state().resolve(id))
    }

    /// False: it was refused.
    async fn submit(&self, actor: Actor, change: impl Into<Change>) -> Result<bool> {
        let options = Options {
            request: self.request.clone(),
            ..Options::telling("pages", mail::letters(&self.account))
        };
        match self.account.submit(actor, change, options).await {
            Ok(_) => Ok(true),
            Err(SubmitError::Refused(_)) => Ok(false),
            Err(error) => {
                let state = self.account.state();
                let view = state.view(Subject::Unknown, self.account.now());
                Err(not_done(&view, error))
            }
        }
    }
}

fn is_unconfirmed(state: &State, person: PersonId) -> bool {
    let row = state.people().get(person);
    row.is_some_and(|row| row.is_unconfirmed())
}
