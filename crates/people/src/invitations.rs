//! Invitations of users and of customers to the portal: sent again, revoked, shown, accepted (AD-15, SD-24). The link goes to the person
//! by mail, and nobody else ever sees it (AD-24).

use access::command::SystemSubject;
use access::decide::OnAccount;
use access::decide::permissions::{ConfigureDesk, ManageUsers};
use access::state::Facet;
use access::{Actor, Command, Dense, PersonId, Subject};
use jiff::Timestamp;
use ledger::{Change, MailState, Of, Options, Purpose, Secret, SentLink};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Problem, Result,
    common::Submission,
    decision::timestamp,
    guard::{CommandsOn, InPath, May, Public, Reason, Seen},
    part::Body,
    reply::Answer,
    resource::PersonRef,
    route::{Route, delete, get, post},
    session::{Session, failed, id_in, not_done},
    submit::Written,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/api/v1/people/{person}/invitation",
            "invitations.show",
            "Show what became of a user's invitation",
            show,
        ),
        post(
            "/api/v1/people/{person}/invitation",
            "invitations.send",
            "Send an invited user a new link; an earlier one ends",
            |commands, how| send(commands, how, Facet::User),
        ),
        delete(
            "/api/v1/people/{person}/invitation",
            "invitations.revoke",
            "Revoke a user's invitation: its link leads nowhere, the user stays invited",
            |commands, how| revoke(commands, how, Facet::User),
        ),
        get(
            "/api/v1/people/{person}/portal-invitation",
            "portal_invitations.show",
            "Show what became of a customer's invitation to the portal",
            show_portal,
        ),
        post(
            "/api/v1/people/{person}/portal-invitation",
            "portal_invitations.send",
            "Send a customer a link to the portal; an earlier one ends",
            |commands, how| send(commands, how, Facet::Customer),
        ),
        delete(
            "/api/v1/people/{person}/portal-invitation",
            "portal_invitations.revoke",
            "Revoke a customer's invitation to the portal",
            |commands, how| revoke(commands, how, Facet::Customer),
        ),
        post(
            "/api/v1/invitations/accept",
            "invitations.accept",
            "Accept an invitation with the link that came by mail",
            accept,
        ),
    ]
}

/// An invitation, without its link.
#[derive(Debug, Default, Serialize, ToSchema)]
struct InvitationBody {
    /// When the link ends; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
    /// The last mail with a link; absent where none was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<MailBody>,
}

/// What became of a mail.
#[derive(Debug, Serialize, ToSchema)]
struct MailBody {
    /// `waiting` to be sent or tried again, `sent`, or `given_up`.
    state: &'static str,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    queued: Timestamp,
    /// When it was sent or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    done: Option<Timestamp>,
    /// The code of the last failure, like `smtp_550`.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

async fn show(may: May<ManageUsers, InPath<PersonId>>) -> Result<Answer<InvitationBody>> {
    let person = may.permit()?.on();
    shown(&may, person, Purpose::Invitation).await
}

async fn show_portal(seen: Seen<PersonId>) -> Result<Answer<InvitationBody>> {
    seen.permit(ConfigureDesk, OnAccount)?;
    shown(&seen, seen.on, Purpose::PortalInvitation).await
}

async fn shown(
    session: &Session,
    person: PersonId,
    purpose: Purpose,
) -> Result<Answer<InvitationBody>> {
    let sent = session.account.sent_link(person, purpose).await;
    let body = sent.map_err(failed)?.map(body).unwrap_or_default();
    session.answer(body)
}

fn body(sent: SentLink) -> InvitationBody {
    InvitationBody {
        expires: sent.expires_at.map(timestamp),
        mail: sent.mail.map(|mail| MailBody {
            state: match mail.state {
                MailState::Waiting => "waiting",
                MailState::Sent => "sent",
                MailState::GivenUp => "given_up",
            },
            queued: timestamp(mail.queued_at),
            done: mail.done_at.map(timestamp),
            error: mail.error,
        }),
    }
}

/// A change with a link for the person beside it.
pub(crate) fn with_invitation(
    session: &Session,
    change: Change,
    of: Of,
    facet: Facet,
) -> Result<Change> {
    let (link, mail) = mail::invitation(&session.account, of, facet).map_err(failed)?;
    Ok(change.with_secret(link).with_mail(mail))
}

async fn send(
    commands: CommandsOn<PersonId>,
    how: Submission,
    facet: Facet,
) -> Result<Answer<Written>> {
    let person = commands.on;
    let change = Change::from(Command::Invite { person, facet });
    let change = with_invitation(&commands, change, Of::known(person), facet)?;
    commands.submit(change, &how).await
}

async fn revoke(
    commands: CommandsOn<PersonId>,
    how: Submission,
    facet: Facet,
) -> Result<Answer<Written>> {
    let person = commands.on;
    commands
        .submit(Command::RevokeInvitation { person, facet }, &how)
        .await
}

/// Whoever accepts has nothing but the link.
#[derive(Debug)]
struct WithTheLink;

impl Reason for WithTheLink {
    const WHY: &'static str =
        "whoever is invited cannot sign in yet; the single-use link in the body is the key";
}

/// A link that came by mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Acceptance {
    /// The secret of the link: what stands behind the last slash.
    link: String,
}

/// The invitation is accepted.
#[derive(Serialize, ToSchema)]
struct Accepted {
    /// Who accepted it.
    person: PersonRef,
}

/// Unknown, used, revoked, expired, cut short, in other case: one answer for all, so that nothing is learnt by trying.
async fn accept(
    public: Public<WithTheLink>,
    Body(body): Body<Acceptance>,
) -> Result<Answer<Accepted>> {
    let engine = public.app.engine();
    let used = || {
        Problem::conflict(
            "link_used",
            "the link is used, expired or unknown: ask whoever invited you for a new one",
        )
    };
    let link = Secret::parse(&body.link).ok_or_else(used)?;
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
    let options = Options {
        face: "rest",
        request: public.request,
        ..Options::default()
    };
    let actor = Actor::System(SystemSubject::SignIn);
    let change = Change::from(command).spending(link);
    let done = account
        .submit(actor, change, options)
        .await
        .map_err(|error| {
            let state = account.state();
            not_done(&state.view(Subject::Unknown, account.now()), error)
        })?;
    let person = id_in(&account.state(), person);
    Ok(Answer {
        version: done.version.0,
        body: Accepted { person },
    })
}
