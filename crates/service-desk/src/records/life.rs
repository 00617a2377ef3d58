//! The life of a record, as data: which states each kind goes through, what they are called there, and where each leads.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Something does not work for somebody.
    Incident,
    /// The cause of incidents.
    Problem,
    /// Something is to be done differently.
    Change,
    /// Changes that go live together.
    Release,
}

/// Where a record is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Nobody has begun.
    New,
    /// It may be done.
    Approved,
    /// Somebody works on it.
    InProgress,
    /// The customer has to say something first.
    WaitingForCustomer,
    /// Something else has to happen first.
    OnHold,
    /// The cause is known, and not yet mended.
    KnownError,
    /// It is tried before it is believed.
    Testing,
    /// Done, as far as those who work on it know.
    Resolved,
    /// Over.
    Closed,
}

/// Why a record was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// It works.
    Solved,
    /// It works in another way.
    Workaround,
    /// Another record says the same.
    Duplicate,
    /// Whoever asked for it wants it no more.
    Withdrawn,
    /// It will not be done.
    Rejected,
}

/// A state of one kind of record.
#[derive(Debug)]
pub(crate) struct State {
    pub status: Status,
    /// What it is called.
    pub name: &'static str,
    /// Where it leads.
    pub next: &'static [Status],
}

/// The states of a kind in their order; the first is that of a new record.
type Life = &'static [State];

use Status::{
    Approved, Closed, InProgress, KnownError, New, OnHold, Resolved, Testing, WaitingForCustomer,
};

const fn state(status: Status, name: &'static str, next: &'static [Status]) -> State {
    State { status, name, next }
}

static INCIDENT: Life = &[
    state(
        New,
        "New",
        &[InProgress, WaitingForCustomer, OnHold, Resolved, Closed],
    ),
    state(
        InProgress,
        "In progress",
        &[WaitingForCustomer, OnHold, Resolved, Closed],
    ),
    state(
        WaitingForCustomer,
        "Waiting for the customer",
        &[InProgress, OnHold, Resolved, Closed],
    ),
    state(
        OnHold,
        "On hold",
        &[InProgress, WaitingForCustomer, Resolved, Closed],
    ),
    state(Resolved, "Resolved", &[InProgress, Closed]),
    state(Closed, "Closed", &[InProgress]),
];

static PROBLEM: Life = &[
    state(New, "New", &[InProgress, OnHold, Closed]),
    state(
        InProgress,
        "Under investigation",
        &[KnownError, OnHold, Resolved, Closed],
    ),
    state(
        KnownError,
        "Known error",
        &[InProgress, OnHold, Resolved, Closed],
    ),
    state(OnHold, "On hold", &[InProgress, KnownError, Closed]),
    state(Resolved, "Resolved", &[InProgress, Closed]),
    state(Closed, "Closed", &[InProgress]),
];

static CHANGE: Life = &[
    state(New, "Requested", &[Approved, OnHold, Closed]),
    state(Approved, "Approved", &[InProgress, OnHold, Closed]),
    state(
        InProgress,
        "Being made",
        &[Testing, OnHold, Resolved, Closed],
    ),
    state(Testing, "Being tested", &[InProgress, Resolved, Closed]),
    state(OnHold, "On hold", &[Approved, InProgress, Closed]),
    state(Resolved, "Made", &[InProgress, Closed]),
    state(Closed, "Closed", &[InProgress]),
];

static RELEASE: Life = &[
    state(New, "Planned", &[InProgress, OnHold, Closed]),
    state(InProgress, "Being built", &[Testing, OnHold, Closed]),
    state(
        Testing,
        "Being tested",
        &[InProgress, Approved, OnHold, Closed],
    ),
    state(Approved, "Ready", &[Resolved, OnHold, Closed]),
    state(OnHold, "On hold", &[InProgress, Testing, Closed]),
    state(Resolved, "Released", &[InProgress, Closed]),
    state(Closed, "Closed", &[InProgress]),
];

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Incident, Kind::Problem, Kind::Change, Kind::Release];

    /// Its states.
    pub fn life(self) -> Life {
        match self {
            Kind::Incident => INCIDENT,
            Kind::Problem => PROBLEM,
            Kind::Change => CHANGE,
            Kind::Release => RELEASE,
        }
    }

    /// The state of it; `None` where this kind has none such.
    pub fn state(self, status: Status) -> Option<&'static State> {
        self.life().iter().find(|state| state.status == status)
    }

    /// What a state is called.
    pub fn name_of(self, status: Status) -> &'static str {
        self.state(status).map_or("", |state| state.name)
    }

    /// One of them.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Incident => "incident",
            Kind::Problem => "problem",
            Kind::Change => "change",
            Kind::Release => "release",
        }
    }

    /// As a title says it.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Incident => "Incident",
            Kind::Problem => "Problem",
            Kind::Change => "Change",
            Kind::Release => "Release",
        }
    }
}

impl Status {
    /// The state of a new record.
    pub const FIRST: Status = New;

    pub const ALL: [Status; 9] = [
        New,
        Approved,
        InProgress,
        WaitingForCustomer,
        OnHold,
        KnownError,
        Testing,
        Resolved,
        Closed,
    ];

    /// Its word for programs and addresses.
    pub fn key(self) -> String {
        let word = serde_json::to_value(self).unwrap_or_default();
        word.as_str().unwrap_or_default().to_owned()
    }

    /// What it is called where records of several kinds stand together.
    pub fn word(self) -> &'static str {
        match self {
            New => "New",
            Approved => "Approved",
            InProgress => "In progress",
            WaitingForCustomer => "Waiting for the customer",
            OnHold => "On hold",
            KnownError => "Known error",
            Testing => "Being tested",
            Resolved => "Resolved",
            Closed => "Closed",
        }
    }

    /// Whether somebody still works on it.
    pub fn is_open(self) -> bool {
        !matches!(self, Resolved | Closed)
    }
}

impl Reason {
    pub const ALL: [Reason; 5] = [
        Reason::Solved,
        Reason::Workaround,
        Reason::Duplicate,
        Reason::Withdrawn,
        Reason::Rejected,
    ];

    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Solved => "Solved",
            Reason::Workaround => "Solved by a workaround",
            Reason::Duplicate => "Duplicate",
            Reason::Withdrawn => "Withdrawn",
            Reason::Rejected => "Rejected",
        }
    }
}

/// The number of each in the rows; it keeps it for ever.
macro_rules! numbered {
    ($($type:ident { $($value:ident = $number:literal),* $(,)? })*) => {$(
        impl $type {
            pub fn number(self) -> i64 {
                match self { $(Self::$value => $number),* }
            }

            pub fn of_number(number: i64) -> Option<Self> {
                match number { $($number => Some(Self::$value),)* _ => None }
            }
        }
    )*};
}

numbered! {
    Kind { Incident = 1, Problem = 2, Change = 3, Release = 4 }
    Status {
        New = 1, InProgress = 2, WaitingForCustomer = 3, OnHold = 4, Resolved = 5, Closed = 6, Approved = 7, KnownError = 8,
        Testing = 9,
    }
    Reason { Solved = 1, Workaround = 2, Duplicate = 3, Withdrawn = 4, Rejected = 5 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_life_begins_new_ends_closed_and_leads_nowhere_else() {
        for kind in Kind::ALL {
            let life = kind.life();
            assert_eq!(life[0].status, Status::FIRST);
            for state in life {
                assert_eq!(Status::of_number(state.status.number()), Some(state.status));
                assert!(
                    !state.next.contains(&state.status),
                    "{kind:?} {state:?} leads to itself"
                );
                for next in state.next {
                    assert!(kind.state(*next).is_some(), "{kind:?} has no {next:?}");
                }
                let ends = state.status == Closed || state.next.contains(&Closed);
                assert!(ends, "{kind:?} {state:?} can be closed");
            }
        }
    }

    #[test]
    fn every_state_of_a_kind_is_reached_from_a_new_record() {
        for kind in Kind::ALL {
            let mut reached = vec![Status::FIRST];
            let mut at = 0;
            while let Some(status) = reached.get(at).copied() {
                let next = kind.state(status).unwrap().next;
                let new: Vec<_> = next.iter().filter(|one| !reached.contains(one)).collect();
                reached.extend(new);
                at += 1;
            }
            assert_eq!(reached.len(), kind.life().len(), "{kind:?}");
        }
    }
}
