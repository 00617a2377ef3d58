//! The rows of a chunk on their way through the engine: begun in order, so that they share their commits, and what became of each.

use access::state::UserFacet;
use access::{Actor, PersonId, PublicId, Refusal, State};
use futures_util::{StreamExt, stream};
use ledger::{Account, BoxFuture, Change, Done, Options, SubmitError};

use super::ImportError;
use super::by::By;
use super::column::Column;
use super::rejects::Reject;
use super::source::{self, Row};
use crate::vouch;

/// What the log says of where from.
const FACE: &str = "import";

/// A row on its way.
pub(super) struct Prepared {
    pub row: Row,
    pub is_new: bool,
    pub plan: Result<Plan, Reject>,
}

/// What becomes of a row that can be read.
pub(super) enum Plan {
    Submit(Box<Enrolled>),
    /// It is done already, to the state of a dry run.
    Rehearsed {
        changed: bool,
    },
}

/// The change that a row is.
pub(super) struct Enrolled {
    pub change: Change,
    /// The user for whom the operator vouches afterwards.
    pub vouched: Option<PublicId<PersonId>>,
}

/// What becomes of a row.
enum Outcome {
    Known(Result<bool, Reject>),
    /// The answer comes when it is on disk.
    Awaited {
        done: BoxFuture<'static, Result<Done, SubmitError>>,
        vouched: Option<PublicId<PersonId>>,
    },
}

/// A row that is done.
pub(super) struct Finished {
    pub row: Row,
    pub is_new: bool,
    /// Whether anything changed.
    pub outcome: Result<bool, Reject>,
}

/// A row that could not be done, whatever stands in it.
pub(super) struct Stop {
    pub line: u64,
    pub error: ImportError,
}

/// What became of a chunk.
pub(super) struct Submitted {
    pub finished: Vec<Finished>,
    pub stop: Option<Stop>,
}

/// The person, if a user who has not accepted the invitation.
pub(super) fn invited(state: &State, id: PublicId<PersonId>) -> Option<PersonId> {
    let person = state.resolve(id)?;
    let row = state.people().get(person)?;
    (row.user == UserFacet::Invited).then_some(person)
}

/// Puts the rows into the queue one after the other, and then waits for what becomes of them: they share their commits.
pub(super) async fn submit_all(account: Account, by: By, rows: Vec<Prepared>) -> Submitted {
    let mut begun = Vec::with_capacity(rows.len());
    let mut stop = None;
    for Prepared { row, is_new, plan } in rows {
        if by.is_stopped() {
            stop = Some(Stop {
                line: row.line,
                error: ImportError::Stopped,
            });
            break;
        }
        let outcome = match plan {
            Err(reject) => Outcome::Known(Err(reject)),
            Ok(Plan::Rehearsed { changed }) => Outcome::Known(Ok(changed)),
            Ok(Plan::Submit(enrolled)) => {
                let Enrolled { change, vouched } = *enrolled;
                match account.begin(by.actor, change, options(&account)).await {
                    Ok(done) => Outcome::Awaited { done, vouched },
                    Err(error) => {
                        stop = Some(Stop {
                            line: row.line,
                            error: error.into(),
                        });
                        break;
                    }
                }
            }
        };
        begun.push((row, is_new, outcome));
    }
    let mut rows = Vec::with_capacity(begun.len());
    let mut vouched_for = Vec::new();
    for (row, is_new, outcome) in begun {
        let outcome = match outcome {
            Outcome::Known(outcome) => Ok(outcome),
            Outcome::Awaited { done, vouched } => {
                let done = done.await.map(|done| !done.proposal.events.is_empty());
                if done.is_ok() {
                    vouched_for.extend(vouched.map(|id| (rows.len(), id)));
                }
                row_outcome(row.line, done)
            }
        };
        rows.push(outcome.map(|outcome| Finished {
            row,
            is_new,
            outcome,
        }));
    }
    vouch_for(&account, vouched_for, &mut rows).await;
    // A row that failed does not take those with it that were done beside it.
    let mut finished = Vec::with_capacity(rows.len());
    let mut failed = None;
    for row in rows {
        match row {
            Ok(row) => finished.push(row),
            Err(stop) => _ = failed.get_or_insert(stop),
        }
    }
    Submitted {
        finished,
        stop: failed.or(stop),
    }
}

/// Accepts the invitations of the users of these rows who are invited.
async fn vouch_for(
    account: &Account,
    users: Vec<(usize, PublicId<PersonId>)>,
    rows: &mut [Result<Finished, Stop>],
) {
    let state = account.state();
    let invited = users
        .into_iter()
        .filter_map(|(at, id)| Some((at, invited(&state, id)?)));
    let accepted = stream::iter(invited).map(|(at, person)| async move {
        (at, vouch::accept_invitation(account, person, FACE).await)
    });
    let mut accepted = accepted.buffered(source::CHUNK);
    while let Some((at, accepted)) = accepted.next().await {
        if let Some(Ok(done)) = rows.get_mut(at) {
            let changed = done.outcome == Ok(true);
            match row_outcome(done.row.line, accepted) {
                Ok(outcome) => done.outcome = outcome.map(|accepted| accepted || changed),
                Err(stop) => rows[at] = Err(stop),
            }
        }
    }
}

/// A refusal is the row's. That the ledger fails stops the import.
fn row_outcome(line: u64, done: Result<bool, SubmitError>) -> Result<Result<bool, Reject>, Stop> {
    match done {
        Ok(changed) => Ok(Ok(changed)),
        Err(SubmitError::Refused(refusal)) => Ok(Err(refused(refusal))),
        Err(SubmitError::Failed(error)) => Err(Stop {
            line,
            error: error.into(),
        }),
    }
}

pub(super) async fn submit(
    account: &Account,
    actor: Actor,
    change: Change,
) -> Result<Done, SubmitError> {
    account.submit(actor, change, options(account)).await
}

fn options(account: &Account) -> Options {
    Options::telling(FACE, mail::letters(account))
}

pub(super) fn refused(refusal: Refusal) -> Reject {
    Reject {
        column: refusal.part.and_then(Column::of),
        reason: format!("{} ({})", refusal.detail, refusal.rule),
    }
}
