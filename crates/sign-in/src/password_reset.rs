//! Choosing a new password with the link that came by mail. Sessions and tokens end with the old one, and the person is told; a second
//! factor stays. Nobody is signed in by it: whoever reads the mails of an address has proved no more than that.

use access::command::SystemSubject;
use access::{Actor, Command, Dense, PersonId, Subject, event::ProfileField};
use askama::Template;
use ledger::{Account, Change, Engine, Of, Options, Purpose, Secret};
use mail::Letter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    guard::{Public, Reason},
    page::{Page, form::Form},
    part::Body,
    reply::Answer,
    resource::PersonRef,
    route::{Route, get, post},
    session::{failed, id_in, not_done},
};

use crate::{door::require_own_means, new_password, password::Password, whose};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/password-reset",
            "password_resets.page",
            "Choose a new password",
            show,
        ),
        post(
            "/password-reset",
            "password_resets.take",
            "Choose a new password with the link that came by mail",
            take,
        ),
        post(
            "/api/v1/password-resets/complete",
            "password_resets.complete",
            "Choose a new password with the link that came by mail",
            complete,
        )
        .answering(&[409]),
    ]
}

/// Whoever has forgotten the password has nothing but the link.
#[derive(Debug)]
struct WithTheLink;

impl Reason for WithTheLink {
    const WHY: &'static str = "whoever has forgotten the password cannot sign in; the single-use link in the body is the key";
}

/// Unknown, used, replaced, expired, cut short, in other case: one answer for all, so that nothing is learnt by trying.
fn used() -> Problem {
    Problem::conflict(
        "link_used",
        "the link is used, expired or unknown: have another one sent",
    )
}

/// Who may choose a new password.
struct Reset {
    account: Account,
    person: PersonId,
    link: Secret,
}

impl Reset {
    async fn by(engine: &Engine, link: &str) -> Result<Self> {
        let link = Secret::parse(link).ok_or_else(used)?;
        let bearer = engine.bearer(&link).await.map_err(failed)?;
        let bearer = bearer.filter(|bearer| bearer.purpose == Purpose::PasswordReset);
        let bearer = bearer.ok_or_else(used)?;
        let account = engine.account(bearer.account).await.map_err(failed)?;
        let person = PersonId::from_number(bearer.entity).ok_or_else(used)?;
        require_own_means(&account, person).await?;
        Ok(Self {
            account,
            person,
            link,
        })
    }

    async fn weakness(&self, password: &Password) -> Result<Option<String>> {
        new_password::weakness(&self.account, self.person, password).await
    }

    /// The password, the end of what was made with the old one, and what the person is told: one change.
    async fn choose(
        self,
        password: Password,
        (face, request): (&'static str, String),
    ) -> Result<u64> {
        let (account, person) = (&self.account, self.person);
        let told = mail::notice(account, Of::known(person), None, &Letter::PasswordChanged);
        let edit = Command::EditProfile {
            person,
            fields: vec![ProfileField::SignIn],
        };
        let change = Change::from(edit)
            .with_credential(new_password::credential(account, person, password).await?)
            .with_mail(told.map_err(failed)?)
            .spending(self.link);
        let options = Options {
            request,
            ..Options::telling(face, mail::letters(account))
        };
        let actor = Actor::System(SystemSubject::SignIn);
        let done = account.submit(actor, change, options).await;
        let done = done.map_err(|error| {
            let state = account.state();
            not_done(&state.view(Subject::Unknown, account.now()), error)
        })?;
        // Whoever was locked out by tries with the old one gets in with the new one.
        let (_, email) = whose::name_and_address(account, person).await?;
        let noted = account.password_was_reset(person, &email).await;
        noted.map_err(failed)?;
        Ok(done.version.0)
    }
}

/// A link that came by mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The secret of the link: what stands behind its "#".
    link: String,
    /// The password to sign in with from now on.
    password: String,
}

/// The password counts; sessions and tokens have ended.
#[derive(Serialize, ToSchema)]
struct PasswordSet {
    /// Whose.
    person: PersonRef,
}

async fn complete(
    public: Public<WithTheLink>,
    Body(body): Body<NewPassword>,
) -> Result<Answer<PasswordSet>> {
    let reset = Reset::by(public.app.engine(), &body.link).await?;
    let typed = Password::typed(&body.password);
    if let Some(weak) = reset.weakness(&typed).await? {
        return Err(Problem::invalid("/password", weak));
    }
    let (account, person) = (reset.account.clone(), reset.person);
    let version = reset.choose(typed, ("rest", public.request)).await?;
    let person = id_in(&account.state(), person);
    Ok(Answer {
        version,
        body: PasswordSet { person },
    })
}

#[derive(Default, Template)]
#[template(path = "password-reset.html")]
struct ResetPage {
    link: String,
    wrong_link: bool,
    wrong_password: Option<String>,
    done: bool,
}

impl ResetPage {
    fn of_a_wrong_link() -> Page<Self> {
        Page::again(Self {
            wrong_link: true,
            ..Self::default()
        })
    }
}

async fn show(_: Public<WithTheLink>) -> Result<Page<ResetPage>> {
    Ok(Page::new(ResetPage::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResetForm {
    link: String,
    password: String,
}

async fn take(public: Public<WithTheLink>, Form(form): Form<ResetForm>) -> Result<Page<ResetPage>> {
    // Before anything else: whoever has no link learns nothing, and costs nothing.
    let link = form.link.trim().to_owned();
    let reset = match Reset::by(public.app.engine(), &link).await {
        Ok(reset) => reset,
        Err(problem) if problem.code() == "link_used" => return Ok(ResetPage::of_a_wrong_link()),
        Err(problem) => return Err(problem),
    };
    let typed = Password::typed(&form.password);
    if let Some(weak) = reset.weakness(&typed).await? {
        return Ok(Page::again(ResetPage {
            link,
            wrong_password: Some(weak),
            ..ResetPage::default()
        }));
    }
    match reset.choose(typed, ("pages", public.request)).await {
        Ok(_) => Ok(Page::new(ResetPage {
            done: true,
            ..ResetPage::default()
        })),
        // Somebody was quicker.
        Err(problem) if problem.code() == "link_used" => Ok(ResetPage::of_a_wrong_link()),
        Err(problem) => Err(problem),
    }
}
