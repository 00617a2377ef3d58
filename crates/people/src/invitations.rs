//! Invitations of users and of customers to the portal: sent again, revoked, shown (AD-15, SD-24). The link goes to the person by mail,
//! and nobody else ever sees it (AD-24); accepting it belongs to signing in.

use access::decide::OnAccount;
use access::decide::permissions::{ConfigureDesk, ManageUsers};
use access::state::Facet;
use access::{Command, PersonId};
use jiff::Timestamp;
use ledger::{Change, MailState, Of, Purpose, SentLink};
use serde::Serialize;
use utoipa::ToSchema;
use web::{
    Result,
    common::Submission,
    decision::timestamp,
    guard::{CommandsOn, InPath, May, Seen},
    reply::Answer,
    route::{Route, delete, get, post},
    session::{Session, failed},
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
#[schema(as = InvitationMail)]
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
