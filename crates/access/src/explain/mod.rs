//! Why a decision is as it is, and what would change it.
//!
//! A decision carries every gate and every path itself. Added here: for a denial the smallest changes that would allow it, each
//! tried out on a fork and decided again ([`State::explain`], `remedies/`), with who could make it (`makers.rs`); for a yes,
//! what would remain if one path ended ([`State::remains_without`]); and short English words for all of it (`words.rs`).

mod makers;
mod remedies;
mod without;
pub mod words;

use serde::Serialize;

pub use self::makers::Makers;
use self::remedies::Denied;
use crate::catalogue::Permission;
use crate::command::Command;
use crate::decide::{Decision, Subject, Target};
use crate::ids::{PersonId, ServiceId};
use crate::moment::Moment;
use crate::products::{Asked, Question};
use crate::state::State;

/// The most remedies of one explanation.
pub const MAX_REMEDIES: usize = 8;

/// A decision and, if it was no, what would make it a yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// With every gate and every path.
    pub decision: Decision,
    /// At most [`MAX_REMEDIES`], the one with the fewest steps first. Empty for a yes, and where no change would help: an
    /// unknown id, a call that cannot be monitored, a right that the facet can never hold.
    pub remedies: Vec<Remedy>,
}

/// A change, tried out, after which the answer is yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// To be made in this order.
    pub steps: Vec<Step>,
}

/// One command of a remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What to do.
    pub command: Command,
    /// Who could, once the steps before it are made.
    pub makers: Makers,
}

impl State {
    /// Decides, and for a denial finds what would allow it.
    pub fn explain(
        &self,
        subject: Subject,
        permission: Permission,
        target: Target,
        now: Moment,
    ) -> Explanation {
        let decision = self.view(subject, now).decide(permission, target);
        let remedies = if decision.allowed {
            Vec::new()
        } else {
            let question = remedies::Question {
                subject,
                permission,
                target,
                now,
            };
            remedies::find(self, Denied::Own(question))
        };
        Explanation { decision, remedies }
    }

    /// Whether somebody can be chosen as customer of a service's record (SD-11), and for a no what would allow it.
    pub fn explain_choice(
        &self,
        customer: PersonId,
        service: ServiceId,
        now: Moment,
    ) -> Explanation {
        let view = self.view(Subject::Person(customer), now);
        let decision = view.choice_of_customer(customer, service);
        let remedies = if decision.allowed {
            Vec::new()
        } else {
            let choice = remedies::Choice {
                customer,
                service,
                now,
            };
            remedies::find(self, Denied::Choice(choice))
        };
        Explanation { decision, remedies }
    }

    /// The same for a question by names, about Rolecall's own products or another one. What is unknown has no remedy.
    pub fn explain_question(&self, question: &Question<'_>, now: Moment) -> Explanation {
        match self.what_is_asked(question) {
            Asked::Own(permission) => {
                let subject = self.own_subject(&question.subject);
                let target = self.own_target(&question.resource);
                self.explain(subject, permission, target, now)
            }
            Asked::Product(product, permission) => {
                let question = self.product_question(question, product, permission);
                let decision = self.decide_product(&question, now);
                let remedies = if decision.allowed {
                    Vec::new()
                } else {
                    remedies::find(self, Denied::Product(&question, now))
                };
                Explanation { decision, remedies }
            }
            Asked::Unknown => Explanation {
                decision: self.answer(question, now).decision,
                remedies: Vec::new(),
            },
        }
    }
}
