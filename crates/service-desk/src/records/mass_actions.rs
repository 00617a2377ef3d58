//! Mass actions (SD-4): many records of one service are changed at once by whoever administers it, for this service only. First the records are
//! looked at and kept as they are chosen, with what becomes of each; then a worker changes exactly those, piece by piece, while others save.
//!
//! **Start reading** in `change.rs` for what is done to a record, then `acts.rs`: a piece is a record act in the name of whoever runs the mass
//! action, so the engine asks for their right at the head of the log each time. Nothing goes on behind that question.

mod acts;
mod change;
mod look;
mod rest;
mod work;

use access::{Moment, PersonId, Refusal, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::route::Route;

pub(crate) use self::acts::Ended;
pub use self::work::Worker;
pub(super) use self::{
    acts::{Start, Stop},
    change::MassChange,
    look::{Told, act_on, is_own, look_at, offered},
    rest::{Runner, Which},
};
use super::ids::MassActionId;

/// Records of one mass action at most.
const RECORDS_MAX: usize = 10_000;
/// Mass actions that run on a service at once: no service waits for another one, which it may not even know of (SD-5).
const RUNNING_MAX: i64 = 2;
/// Those that run in an account at once.
const RUNNING_IN_ACCOUNT_MAX: i64 = 50;

pub(super) fn routes() -> Vec<Route> {
    rest::routes()
}

/// How far a mass action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MassStage)]
pub(super) enum Stage {
    /// Its records are chosen, and nothing is changed yet.
    LookedAt,
    /// A server works on it.
    Running,
    /// Every record was tried.
    Done,
    /// Somebody stopped it.
    Stopped,
    /// Whoever ran it may not any more.
    RightEnded,
    /// The server could not write it, again and again.
    Failed,
}

/// What became of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It is not tried yet, and is left alone where the mass action ended before.
    Waiting,
    /// It was changed.
    Changed,
    /// It was so already.
    Unchanged,
    /// It was left out.
    Skipped,
}

/// Why a record was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WhySkipped)]
pub(super) enum Why {
    /// Somebody changed it after it was looked at.
    ChangedMeanwhile,
    /// It is not there any more for whoever runs it: moved, deleted, or of a company that they do not see.
    Gone,
    /// Its state does not lead there.
    NotNext,
    /// It was merged into another one.
    Merged,
    /// SD-19: the user or group has no access to it.
    AssigneeWithoutAccess,
    /// It would have too many tags.
    TooManyTags,
    /// Another rule says no.
    Refused,
}

impl Stage {
    const ALL: [Self; 6] = [
        Self::LookedAt,
        Self::Running,
        Self::Done,
        Self::Stopped,
        Self::RightEnded,
        Self::Failed,
    ];

    /// In its row, for ever.
    pub fn number(self) -> i64 {
        match self {
            Self::LookedAt => 1,
            Self::Running => 2,
            Self::Done => 3,
            Self::Stopped => 4,
            Self::RightEnded => 5,
            Self::Failed => 6,
        }
    }

    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.number() == number)
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::LookedAt => "Not started",
            Self::Running => "Running",
            Self::Done => "Done",
            Self::Stopped => "Stopped",
            Self::RightEnded | Self::Failed => "Ended before its last record",
        }
    }
}

impl Outcome {
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Changed, Self::Unchanged, Self::Skipped];

    /// In its row, for ever.
    pub fn number(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Changed => 1,
            Self::Unchanged => 2,
            Self::Skipped => 3,
        }
    }

    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.number() == number)
    }
}

impl Why {
    const ALL: [Self; 7] = [
        Self::ChangedMeanwhile,
        Self::Gone,
        Self::NotNext,
        Self::Merged,
        Self::AssigneeWithoutAccess,
        Self::TooManyTags,
        Self::Refused,
    ];

    /// In its row, for ever.
    pub fn number(self) -> i64 {
        match self {
            Self::ChangedMeanwhile => 1,
            Self::Gone => 2,
            Self::NotNext => 3,
            Self::Merged => 4,
            Self::AssigneeWithoutAccess => 5,
            Self::TooManyTags => 6,
            Self::Refused => 7,
        }
    }

    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.number() == number)
    }

    /// As a single save would be refused.
    fn of(refusal: &Refusal) -> Self {
        match refusal.code {
            "not_next" => Self::NotNext,
            "merged_already" => Self::Merged,
            // Somebody whom the runner does not know, or not any more.
            "assignee_without_access" | "not_found" => Self::AssigneeWithoutAccess,
            "too_many_tags" => Self::TooManyTags,
            _ => Self::Refused,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::ChangedMeanwhile => "Somebody changed it after it was looked at",
            Self::Gone => "It is not there any more for whoever runs it",
            Self::NotNext => "Its state does not lead there",
            Self::Merged => "It was merged into another record",
            Self::AssigneeWithoutAccess => "The user or group has no access to it",
            Self::TooManyTags => "It would have too many tags",
            Self::Refused => "A rule says no: change it by itself, and read why",
        }
    }
}

/// A mass action, for somebody who may run them on its service.
#[derive(Debug, Clone)]
pub(super) struct MassAction {
    pub id: MassActionId,
    pub service: ServiceId,
    /// By whose rights it runs.
    pub runner: PersonId,
    pub change: MassChange,
    pub stage: Stage,
    /// How many records were chosen.
    pub total: usize,
    pub made_at: Moment,
    pub started_at: Option<Moment>,
    pub ended_at: Option<Moment>,
}

/// A record that is chosen, and what is known of it beforehand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub number: i64,
    pub revision: i64,
    pub outcome: Outcome,
    pub why: Option<Why>,
}

/// How many records came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Counts {
    /// Not tried yet.
    pub waiting: usize,
    pub changed: usize,
    /// So already.
    pub unchanged: usize,
    /// Left out.
    pub skipped: usize,
}

impl Counts {
    /// The count of one outcome.
    pub fn of(&mut self, outcome: Outcome) -> &mut usize {
        match outcome {
            Outcome::Waiting => &mut self.waiting,
            Outcome::Changed => &mut self.changed,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Skipped => &mut self.skipped,
        }
    }

    pub fn all(self) -> usize {
        self.waiting + self.changed + self.unchanged + self.skipped
    }
}
