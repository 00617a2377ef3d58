//! What the answer to a command says beyond yes, and to whom it is told.

use serde::Serialize;

use crate::catalogue::PermissionSet;
use crate::ids::{PersonId, ProviderGroupId};

/// What happens before the eyes of those who answer for it (RULES §4 table).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ToldOf {
    /// To its administrators: a service that somebody opened to themselves, or on which they raised their own level.
    ServiceOpenedToOneself,
    /// To the Super admins: a supervisor of a queue.
    QueueSupervisorMade,
    /// To the Super admins: supervisors who are not limited to their queues any more.
    QueueLimitWidened,
}

impl ToldOf {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ServiceOpenedToOneself => "service_opened_to_oneself",
            Self::QueueSupervisorMade => "queue_supervisor_made",
            Self::QueueLimitWidened => "queue_limit_widened",
        }
    }
}

/// Something the answer to a command says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "notice")]
pub enum Notice {
    /// AD-3: a parent was ticked, or children were unticked.
    PermissionsAdjusted {
        /// Added because a child was asked for.
        added: PermissionSet,
        /// Removed because the parent went.
        removed: PermissionSet,
    },
    /// SD-13: stored, and opens nothing now.
    NoEffect,
    /// Given to oneself: marked so in the audit log (RULES §4 table).
    GivenToOneself,
    /// These people are told (RULES §4 table).
    Tell {
        /// Whom.
        people: Vec<PersonId>,
        /// What.
        what: ToldOf,
    },
    /// AD-9: extra grants that the change of role dropped.
    ExtraGrantsDropped {
        /// Which.
        permissions: PermissionSet,
    },
    /// AD-24: somebody lost sign-in, sessions and tokens.
    AccessEnded {
        /// Who.
        person: PersonId,
    },
    /// AD-30: what was taken by hand is given by a mapping of the group, and comes back when that is next applied.
    GivenByMapping {
        /// By which group.
        provider_group: ProviderGroupId,
        /// To whom.
        people: Vec<PersonId>,
    },
}
