//! What there is to say. A letter holds ids, moments and links, and the words of an answer; names and addresses are looked up when it is sent.

use access::Moment;
use ledger::Secret;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
    /// A customer asked for a link to sign in with.
    SignInLink {
        /// The secret of the link.
        link: String,
        /// When it ends.
        until: Moment,
    },
    /// Somebody registers in the portal: confirm the address (SD-23).
    Registration {
        /// What the link carries.
        link: String,
        /// When it ends.
        until: Moment,
    },
    /// Somebody asked to register with an address that is known already.
    KnownAlready,
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
    /// To the Super admins: whoever is let in where a sign-in provider lets nobody in came in without it (AD-8).
    BreakGlassUsed,
    /// Something happened to a record. It is no text yet: whoever keeps the record writes it when it is sent, for somebody who may read it then.
    Record(News),
    /// An answer to a record, for whoever reads it by mail (SD-32, SD-37).
    Answer {
        /// What it is about, with the number of the record.
        subject: String,
        /// The answer.
        text: String,
        /// Where the record is shown: a path of this server; `None`: its reader has only mail.
        path: Option<String>,
        /// What it follows, and where replies go.
        thread: Thread,
    },
}

/// What happened to a record, by ids alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The record.
    pub record: Uuid,
    /// What happened.
    pub what: Happened,
    /// The note that was written, counted within the record.
    pub note: Option<i64>,
    /// A mail caused it, and nobody vouches for its sender: the words that stood in it go to nobody (SD-37).
    #[serde(default)]
    pub is_unverified: bool,
}

/// What somebody is told of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// To its customer: it was logged.
    Logged,
    /// To its customer: staff answered.
    Answered,
    /// To its customer: staff closed it.
    Closed,
    /// To a user: it was assigned to them.
    Assigned,
    /// To whoever works on it or follows it: its customer answered.
    CustomerAnswered,
}

impl Happened {
    /// All of them, those to customers first.
    pub const ALL: [Self; 5] = [
        Self::Logged,
        Self::Answered,
        Self::Closed,
        Self::Assigned,
        Self::CustomerAnswered,
    ];

    /// The key by which somebody says that they want no such mails.
    pub fn key(self) -> &'static str {
        match self {
            Self::Logged => "logged",
            Self::Answered => "answered",
            Self::Closed => "closed",
            Self::Assigned => "assigned",
            Self::CustomerAnswered => "customer_answered",
        }
    }

    /// Whether it is told to customers; otherwise to staff.
    pub fn is_for_customers(self) -> bool {
        matches!(self, Self::Logged | Self::Answered | Self::Closed)
    }
}

/// What ties a mail to others.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Where answers go: a signed address (SD-37). `None`: to the sender of all mails.
    pub reply_to: Option<String>,
    /// What all mails about one thing follow: an id that no mail has, without its domain. Programs keep together what follows the same mail.
    pub about: Option<String>,
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
    /// The key of what is told of a record.
    pub const RECORD: &'static str = "record";

    /// The key of its text, for the outbox and the log.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Invitation { .. } => "invitation",
            Self::PortalInvitation { .. } => "portal_invitation",
            Self::PasswordReset { .. } => "password_reset",
            Self::SignInLink { .. } => "sign_in_link",
            Self::Registration { .. } => "registration",
            Self::KnownAlready => "known_already",
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
            Self::BreakGlassUsed => "break_glass_used",
            Self::Record(_) => Self::RECORD,
            Self::Answer { .. } => "answer",
        }
    }

    /// Where its link leads: a path, the secret, and when it ends. The secret stands behind a "#", so that no log hears of it.
    pub(crate) fn link(&self) -> Option<(&'static str, &str, Moment)> {
        match self {
            Self::Invitation { link, until } => Some(("/invitation#", link, *until)),
            Self::PortalInvitation { link, until } => Some(("/invitation#", link, *until)),
            Self::PasswordReset { link, until } => Some(("/password-reset#", link, *until)),
            Self::SignInLink { link, until } => Some(("/sign-in/link#", link, *until)),
            Self::Registration { link, until } => Some(("/register/confirm#", link, *until)),
            Self::ConfirmAddress { link, until } | Self::AddressToChange { link, until } => {
                Some(("/confirm-address#", link, *until))
            }
            Self::KnownAlready
            | Self::AddressChanged
            | Self::OwnAddressChanged
            | Self::PasswordChanged
            | Self::SecondFactorReset
            | Self::MadeAdministrator
            | Self::ServiceOpened
            | Self::SupervisorMade
            | Self::QueueLimitWidened
            | Self::BreakGlassUsed
            | Self::Record(_)
            | Self::Answer { .. } => None,
        }
    }
}

/// The text of a secret, for the letter that is sealed at once.
pub(crate) fn shown(secret: &Secret) -> String {
    secret.reveal().to_owned()
}
