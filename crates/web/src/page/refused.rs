//! What a form is told whose act was refused for what the form says.

use super::sentence;
use crate::{Problem, Result, reply::Answer, submit::Written};

/// Why a form was not taken.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    /// The stable code of the refusal.
    pub code: String,
    /// The reason, as a sentence.
    pub why: String,
}

impl Refused {
    /// `None`: it was done. A problem that is not about what the form says stays one.
    pub fn of(done: Result<Answer<Written>>) -> Result<Option<Self>> {
        match done {
            Ok(_) => Ok(None),
            Err(problem) if [409, 422].contains(&problem.status().as_u16()) => {
                Ok(Some(Self::by(&problem)))
            }
            Err(problem) => Err(problem),
        }
    }

    fn by(problem: &Problem) -> Self {
        let body = problem.body();
        Self {
            code: body.code,
            why: sentence(&body.detail.unwrap_or(body.title)),
        }
    }
}
