//! What happened to a record: by ids and names of fields, never by what people typed. It stands in rows beside the record and not in the
//! account's log: records are many, and no decision about access rests on what happened to one.

use access::{CompanyId, Moment, PersonId, ServiceId};
use serde::{Deserialize, Serialize};

use super::{
    Assignee, Priority,
    deadlines::Moved,
    life::{Reason, Status},
    links::Relation,
};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    Opened,
    /// SD-37: whether a trusted relay vouched for the sender.
    OpenedByMail {
        is_verified: bool,
    },
    Retitled,
    Redescribed,
    Priority {
        from: Priority,
        to: Priority,
    },
    Status {
        from: Status,
        to: Status,
        reason: Option<Reason>,
    },
    Assignee {
        from: Option<Assignee>,
        to: Option<Assignee>,
    },
    /// SD-19: the assignee lost access.
    AssigneeLostAccess {
        who: Assignee,
    },
    Customer {
        from: Option<PersonId>,
        to: Option<PersonId>,
    },
    Company {
        from: Option<CompanyId>,
        to: Option<CompanyId>,
    },
    Due {
        from: Option<Moment>,
        to: Option<Moment>,
    },
    /// SD-29: what was set by hand follows its target again.
    DueGivenBack {
        from: Option<Moment>,
        to: Option<Moment>,
    },
    /// SD-30: it moved by itself.
    DueMoved {
        to: Option<Moment>,
        by: Moved,
    },
    Common {
        is: bool,
    },
    Interesting {
        is: bool,
    },
    /// SD-38: whether somebody follows it.
    Watching {
        who: PersonId,
        is: bool,
    },
    /// SD-38: a watcher lost access.
    WatcherLostAccess {
        who: PersonId,
    },
    /// It has other tags.
    Tagged,
    /// It has another category, or none.
    Categorised,
    /// Whether it has to do with another record, by its number. Who does not see that one is not told.
    Linked {
        relation: Relation,
        other: i64,
        is: bool,
    },
    /// SD-32: whether the customer may have the file.
    Attached {
        public: bool,
    },
    /// A file was taken away.
    Detached,
    /// SD-38: it belongs to another service.
    Moved {
        from: ServiceId,
        to: ServiceId,
    },
    /// It is gone; this alone is left of it.
    Deleted,
    /// SD-32: whether the customer may read it.
    Noted {
        public: bool,
    },
    /// The customer, or somebody of their company, said something in the portal.
    Answered,
    /// The same by a mail (SD-37).
    AnsweredByMail,
    /// SD-32: what was said to one customer is not for the next one.
    MadeInternal,
}

impl Change {
    /// SD-32: whether the customer may know of it: not even when something happened that they may not know is told to them.
    pub fn is_told(&self) -> bool {
        match self {
            Self::Opened
            | Self::OpenedByMail { .. }
            | Self::Retitled
            | Self::Redescribed
            | Self::Status { .. }
            | Self::Moved { .. }
            | Self::Noted { public: true }
            | Self::Attached { public: true }
            | Self::Answered
            | Self::AnsweredByMail => true,
            Self::Priority { .. }
            | Self::Assignee { .. }
            | Self::AssigneeLostAccess { .. }
            | Self::Customer { .. }
            | Self::Company { .. }
            | Self::Due { .. }
            | Self::DueGivenBack { .. }
            | Self::DueMoved { .. }
            | Self::Watching { .. }
            | Self::WatcherLostAccess { .. }
            | Self::Tagged
            | Self::Categorised
            | Self::Linked { .. }
            | Self::Attached { public: false }
            | Self::Detached
            | Self::MadeInternal
            | Self::Common { .. }
            | Self::Interesting { .. }
            | Self::Deleted
            | Self::Noted { public: false } => false,
        }
    }
}

impl Change {
    /// The number of another record that it tells of.
    pub fn other(&self) -> Option<i64> {
        match self {
            Change::Linked { other, .. } => Some(*other),
            _ => None,
        }
    }
}

/// A change with who made it, and when.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub at: Moment,
    /// `None`: a program, or nobody in person.
    pub who: Option<PersonId>,
    pub change: Change,
}
