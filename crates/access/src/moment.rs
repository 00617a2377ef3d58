//! Time as the core knows it: numbers that come in as arguments.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// The moment `seconds` later.
    pub fn plus_seconds(self, seconds: u32) -> Moment {
        Moment(self.0.saturating_add(i64::from(seconds) * 1000))
    }
}

/// Number of events applied to an account: the position of the last one in its log.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub u64);

/// From when until when something holds: the start belongs to it, the end does not. A missing bound is open.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// First moment.
    #[serde(default)]
    pub start: Option<Moment>,
    /// First moment after.
    #[serde(default)]
    pub end: Option<Moment>,
}

impl Window {
    /// Without bounds.
    pub const ALWAYS: Window = Window {
        start: None,
        end: None,
    };

    /// Whether the window has no bound.
    pub fn is_always(self) -> bool {
        self == Self::ALWAYS
    }

    /// Whether the moment lies inside. AD-25: not yet started and expired give nothing.
    #[inline]
    pub fn contains(self, now: Moment) -> bool {
        self.start.is_none_or(|start| start <= now) && self.end.is_none_or(|end| now < end)
    }

    /// Whether its time has passed (AD-25).
    pub fn is_over(self, now: Moment) -> bool {
        self.end.is_some_and(|end| end <= now)
    }

    /// Whether it can ever hold.
    pub fn is_possible(self) -> bool {
        !matches!((self.start, self.end), (Some(start), Some(end)) if end <= start)
    }
}
