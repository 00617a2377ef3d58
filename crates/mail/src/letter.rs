//! What there is to say. A letter holds ids, moments and links, and the words of an answer; names and addresses are looked up when it is sent.

use access::Moment;
use ledger::Secret;
use serde::{Deserialize, Serialize};

/// A mail as it waits in the outbox.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// A user is invited (AD-15).
    Invitation {
        /// The secret of the link.
        link: String,
        /// When it ends.
        until: Moment,
    },
    /// A customer is invited to the portal (SD-24).
    PortalInvitation {
        /// The secret of the link.
        link: String,
        /// When it ends.
        until: Moment,
    },
    /// Somebody asked for a new password.
    PasswordReset {
        /// The secret of the link.
        link: String,
        /// When it ends.
        until: Moment,
    },
    /// To the new address: confirm it (RULES §4).
    ConfirmAddress {
        /// The secret of the link.
        link: String,
        /// When it ends.
        until: Moment,
    },
    /// To the old address: another one is to take its place (RULES §4).
    AddressToChange {
        /// The secret of the link.
        link: String,
        /// When it ends.
        until: Moment,
    },
    /// To the old address: an administrator put another one in its place (AD-24).
    AddressChanged,
    /// To the old address: the person put another one in its place, confirmed at both (RULES §4).
    OwnAddressChanged,
    /// The person has a new password.
    PasswordChanged,
    /// An administrator took the second factor away (AD-24).
    SecondFactorReset,
    /// The person was made administrator of the account.
    MadeAdministrator,
    /// To its administrators: somebody opened a service to themselves (RULES §4).
    ServiceOpened,
    /// To the Super admins: somebody supervises a queue from now on (RULES §4).
    SupervisorMade,
    /// To the Super admins: supervisors are not limited to their own queues any more (RULES §4).
    QueueLimitWidened,
    /// An answer to a record, for whoever reads it by mail (SD-32, SD-37).
    Answer {
        /// What it is about, with the number of the record.
        subject: String,
        /// The answer.
        text: String,
        /// Where the record is shown: a path of this server.
        path: String,
        /// What it follows, and where replies go.
        thread: Thread,
    },
}

/// What ties a mail to others.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Where answers go: a signed address (SD-37). `None`: to the sender of all mails.
    pub reply_to: Option<String>,
    /// The ids of the mails that it follows, without brackets, the newest last.
    pub follows: Vec<String>,
}

impl std::fmt::Debug for Thread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Thread(…)")
    }
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({})", self.key())
    }
}

impl Letter {
    /// The key of its text, for the outbox and the log.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Invitation { .. } => "invitation",
            Self::PortalInvitation { .. } => "portal_invitation",
            Self::PasswordReset { .. } => "password_reset",
            Self::ConfirmAddress { .. } => "confirm_address",
            Self::AddressToChange { .. } => "address_to_change",
            Self::AddressChanged => "address_changed",
            Self::OwnAddressChanged => "own_address_changed",
            Self::PasswordChanged => "password_changed",
            Self::SecondFactorReset => "second_factor_reset",
            Self::MadeAdministrator => "made_administrator",
            Self::ServiceOpened => "service_opened",
            Self::SupervisorMade => "supervisor_made",
            Self::QueueLimitWidened => "queue_limit_widened",
            Self::Answer { .. } => "answer",
        }
    }

    /// Where its link leads: a path, the secret, and when it ends. The secret stands behind a "#", so that no log hears of it.
    pub(crate) fn link(&self) -> Option<(&'static str, &str, Moment)> {
        match self {
            Self::Invitation { link, until } => Some(("/invitation#", link, *until)),
            Self::PortalInvitation { link, until } => Some(("/invitation#", link, *until)),
            Self::PasswordReset { link, until } => Some(("/password-reset#", link, *until)),
            Self::ConfirmAddress { link, until } | Self::AddressToChange { link, until } => {
                Some(("/confirm-address#", link, *until))
            }
            Self::AddressChanged
            | Self::OwnAddressChanged
            | Self::PasswordChanged
            | Self::SecondFactorReset
            | Self::MadeAdministrator
            | Self::ServiceOpened
            | Self::SupervisorMade
            | Self::QueueLimitWidened
            | Self::Answer { .. } => None,
        }
    }
}

/// The text of a secret, for the letter that is sealed at once.
pub(crate) fn shown(secret: &Secret) -> String {
    secret.reveal().to_owned()
}
