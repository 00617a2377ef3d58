//! Why a command was not accepted: the rule that says so, in words for people and a code for programs.

use super::EnrolmentPart;
use crate::ids::PersonId;

/// Why a command was not accepted. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} ({rule}): {detail}")]
pub struct Refusal {
    /// The rule of the rule book that says so.
    pub rule: &'static str,
    /// Stable code for programs.
    pub code: &'static str,
    /// For people: what is wrong and what to do. Names no personal data; ids only where the caller gave them.
    pub detail: String,
    /// What kind of no it is.
    pub kind: RefusalKind,
    /// Up to eight people who could do it, where somebody could.
    pub who_could: Vec<PersonId>,
    /// Of an enrolment: the part that was refused.
    pub part: Option<EnrolmentPart>,
    /// Of a command on several people that is done for all of them or for nobody: who stands in the way.
    pub whose: Option<PersonId>,
}

/// What kind of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The actor may not; somebody else might.
    Forbidden,
    /// The thing is not there, or the actor may not know that it is.
    NotFound,
    /// The request makes no sense, whoever asks.
    Invalid,
    /// It would break an invariant as things stand.
    Conflict,
}

impl Refusal {
    fn new(
        kind: RefusalKind,
        rule: &'static str,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Refusal {
        Refusal {
            rule,
            code,
            detail: detail.into(),
            kind,
            who_could: Vec::new(),
            part: None,
            whose: None,
        }
    }

    /// The actor may not.
    pub fn forbidden(rule: &'static str, code: &'static str, detail: impl Into<String>) -> Refusal {
        Self::new(RefusalKind::Forbidden, rule, code, detail)
    }

    /// Nothing there.
    pub fn not_found(detail: impl Into<String>) -> Refusal {
        Self::new(RefusalKind::NotFound, "§7", "not_found", detail)
    }

    /// Nobody could.
    pub fn invalid(rule: &'static str, code: &'static str, detail: impl Into<String>) -> Refusal {
        Self::new(RefusalKind::Invalid, rule, code, detail)
    }

    /// Not as things stand.
    pub fn conflict(rule: &'static str, code: &'static str, detail: impl Into<String>) -> Refusal {
        Self::new(RefusalKind::Conflict, rule, code, detail)
    }
}
