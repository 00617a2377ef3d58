//! Accepting an invitation: whoever has the link that came by mail chooses a password, and can sign in from then on (AD-15, SD-24).
//!
//! Acceptance and password are one change: who had accepted and had no way in would still be counted among those who can sign in (AD-8).

use access::command::SystemSubject;
use access::{Actor, Command, Dense, PersonId, Subject};
use askama::Template;
use ledger::{Account, Change, Engine, Options, Purpose, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    browser::Browser,
    guard::{Public, Reason},
    page::{Page, Taken, form::Form},
    part::Body,
    reply::Answer,
    resource::PersonRef,
    route::{Route, get, post},
    session::{failed, id_in, not_done},
    tokens::counts,
};

use crate::{door::require_own_means, new_password, password::Password};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/invitation",
            "invitations.page",
            "Accept an invitation",
            show,
        ),
        post(
            "/invitation",
            "invitations.take",
            "Accept an invitation with the link that came by mail, and sign in",
            take,
        ),
        post(
            "/api/v1/invitations/accept",
            "invitations.accept",
            "Accept an invitation with the link that came by mail, and a password to sign in with",
            accept,
        )
        .answering(&[409]),
    ]
}

/// Whoever accepts has nothing but the link.
#[derive(Debug)]
struct WithTheLink;

impl Reason for WithTheLink {
    const WHY: &'static str =
        "whoever is invited cannot sign in yet; the single-use link in the body is the key";
}

/// Unknown, used, revoked, expired, cut short, in other case: one answer for all, so that nothing is learnt by trying.
fn used() -> Problem {
    Problem::conflict(
        "link_used",
        "the link is used, expired or unknown: ask whoever invited you for a new one",
    )
}

/// Whom a link invites.
struct Invited {
    account: Account,
    person: PersonId,
    command: Command,
    link: Secret,
    /// Somebody who is known in another part already keeps the password that they have.
    has_password: bool,
}

impl Invited {
    async fn by(engine: &Engine, link: &str) -> Result<Self> {
        let link = Secret::parse(link).ok_or_else(used)?;
        let bearer = engine.bearer(&link).await.map_err(failed)?;
        let bearer = bearer.ok_or_else(used)?;
        let person = PersonId::from_number(bearer.entity).ok_or_else(used)?;
        let command = match bearer.purpose {
            Purpose::Invitation => Command::AcceptInvitation { person },
            Purpose::PortalInvitation => Command::SetSignIn {
                person,
                possible: true,
            },
            _ => return Err(used()),
        };
        let account = engine.account(bearer.account).await.map_err(failed)?;
        require_own_means(&account, person).await?;
        // Not "can sign in": the operator may have vouched for somebody who has no password.
        let has_password = account.password_of(person).await.map_err(failed)?.is_some();
        Ok(Self {
            account,
            person,
            command,
            link,
            has_password,
        })
    }

    /// What is wrong with a password for this person, in words.
    async fn weakness(&self, password: &Password) -> Result<Option<String>> {
        new_password::weakness(&self.account, self.person, password).await
    }

    /// Accepts, with the password where there is none yet.
    async fn accept(
        self,
        password: Password,
        (face, request): (&'static str, String),
    ) -> Result<u64> {
        let mut change = Change::from(self.command).spending(self.link);
        if !self.has_password {
            let credential = new_password::credential(&self.account, self.person, password);
            change = change.with_credential(credential.await?);
        }
        let options = Options {
            request,
            ..Options::telling(face, mail::letters(&self.account))
        };
        let actor = Actor::System(SystemSubject::SignIn);
        let done = self.account.submit(actor, change, options).await;
        let done = done.map_err(|error| {
            let state = self.account.state();
            not_done(&state.view(Subject::Unknown, self.account.now()), error)
        })?;
        Ok(done.version.0)
    }
}

/// A link that came by mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Acceptance {
    /// The secret of the link: what stands behind its "#".
    link: String,
    /// The password to sign in with. Whoever has one already keeps it.
    password: String,
}

/// The invitation is accepted.
#[derive(Serialize, ToSchema)]
struct Accepted {
    /// Who accepted it.
    person: PersonRef,
}

async fn accept(
    public: Public<WithTheLink>,
    Body(body): Body<Acceptance>,
) -> Result<Answer<Accepted>> {
    let invited = Invited::by(public.app.engine(), &body.link).await?;
    let typed = Password::typed(&body.password);
    if !invited.has_password
        && let Some(weak) = invited.weakness(&typed).await?
    {
        return Err(Problem::invalid("/password", weak));
    }
    let (account, person) = (invited.account.clone(), invited.person);
    let version = invited.accept(typed, ("rest", public.request)).await?;
    let person = id_in(&account.state(), person);
    Ok(Answer {
        version,
        body: Accepted { person },
    })
}

#[derive(Default, Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    link: String,
    wrong_link: bool,
    wrong_password: Option<String>,
    /// They accepted, and are not signed in: with the password that they had, or because nothing is theirs to do yet (AD-15).
    accepted: Option<&'static str>,
}

async fn show(_: Public<WithTheLink>) -> Result<Page<InvitationPage>> {
    Ok(Page::new(InvitationPage::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InvitationForm {
    link: String,
    password: String,
}

async fn take(
    public: Public<WithTheLink>,
    browser: Browser,
    Form(form): Form<InvitationForm>,
) -> Result<Taken<InvitationPage>> {
    // Before anything else: whoever has no link learns nothing, and costs nothing.
    let link = form.link.trim().to_owned();
    let invited = match Invited::by(public.app.engine(), &link).await {
        Ok(invited) => invited,
        Err(problem) if problem.code() == "link_used" => {
            return Ok(Taken::Again(Page::again(InvitationPage {
                wrong_link: true,
                ..InvitationPage::default()
            })));
        }
        Err(problem) => return Err(problem),
    };
    let typed = Password::typed(&form.password);
    let had_a_password = invited.has_password;
    if !had_a_password && let Some(weak) = invited.weakness(&typed).await? {
        return Ok(Taken::Again(Page::again(InvitationPage {
            link,
            wrong_password: Some(weak),
            ..InvitationPage::default()
        })));
    }
    let (account, person) = (invited.account.clone(), invited.person);
    invited.accept(typed, ("pages", public.request)).await?;
    let accepted = |told| {
        Ok(Taken::Again(Page::new(InvitationPage {
            accepted: Some(told),
            ..InvitationPage::default()
        })))
    };
    if had_a_password {
        return accepted("Sign in with the password that you have here already.");
    }
    if !counts(&account.state(), person, account.now()) {
        return accepted(
            "Nothing is given to you yet: you can sign in as soon as an administrator gives you a licence or a right.",
        );
    }
    let begun = public
        .app
        .sign_ins()
        .begin(&account, person, None, &browser, "/");
    begun.await.map(Taken::Done)
}
