//! In place of `condition.rs` where the feature `conditions` is off: catalogues with conditions are refused.

use super::property::{Properties, Property};

/// There is none.
#[derive(Debug)]
pub enum Condition {}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadCondition {
    pub line: usize,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(dead_code, reason = "the same answers as with conditions")]
pub(super) enum Verdict {
    True,
    False,
    Error,
}

impl Condition {
    pub(super) fn compile(_text: &str) -> Result<Condition, BadCondition> {
        Err(BadCondition {
            line: 0,
            reason: "this build has no conditions (feature `conditions`)".to_owned(),
        })
    }

    pub(super) fn holds(&self, _facts: &Facts) -> Verdict {
        match *self {}
    }
}

#[expect(dead_code, reason = "the same shape as with conditions")]
pub(super) struct Seen<'a> {
    pub kind: &'a str,
    pub id: &'a str,
    pub properties: Vec<(&'a str, &'a Property)>,
}

pub(super) struct Facts;

impl Facts {
    pub(super) fn new(
        _subject: &Seen<'_>,
        _resource: &Seen<'_>,
        _action: (&str, &[(&str, &Property)]),
        _context: &Properties,
    ) -> Facts {
        Facts
    }
}
