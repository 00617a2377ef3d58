//! Record acts: acts on SQL rows of a product slice. Each names its permission, finds its target inside the transaction, and
//! receives its permit from the engine, made at the head of the log.

use std::future::Future;

use access::{
    Actor, Event, Moment, PermissionType, Permit, PersonId, Refusal, State, Subject, View,
};

use crate::act::SubmitError;
use crate::clock::BoxFuture;
use crate::database::Tx;
use crate::error::Result;
use crate::log::AccountId;

/// An act on records. The permit is the only way into [`Act::apply`], and it carries the target: an act cannot write to
/// another thing than the one that was decided about.
///
/// ```text
/// impl Act for DeleteRecord {
///     type Needs = RecordDelete;
///     const NEEDS: RecordDelete = RecordDelete;
///     const NAME: &'static str = "delete_record";
///     async fn on(&self, tx: &mut Tx, account: AccountId) -> Result<Option<RecordFacts>> { facts(tx, account, self.record).await }
///     async fn apply(self, tx: &mut Tx, permit: Permit<'_, RecordDelete>, here: Here<'_>) -> Result<Wrote, SubmitError> {
///         delete(tx, permit, here).await
///     }
/// }
/// ```
pub trait Act: Send + Sync + 'static {
    /// The permission, as a type.
    type Needs: PermissionType<On: Send + Sync> + Send + Sync + 'static;
    /// Its only value.
    const NEEDS: Self::Needs;
    /// Its name in the audit log.
    const NAME: &'static str;

    /// Finds the target. `None` answers 404, as for somebody who may not know that it is there.
    fn on(
        &self,
        tx: &mut Tx,
        account: AccountId,
    ) -> impl Future<Output = Result<Option<<Self::Needs as PermissionType>::On>>> + Send;

    /// Writes the rows, and says what it wrote. What it refuses leaves no row.
    fn apply(
        self,
        tx: &mut Tx,
        permit: Permit<'_, Self::Needs>,
        here: Here<'_>,
    ) -> impl Future<Output = Result<Wrote, SubmitError>> + Send;
}

/// What an act wrote.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Wrote {
    /// What the account's log is to know. Rows alone that no decision rests on and no audit page shows need no entry: records of a desk
    /// have a history of their own.
    pub events: Vec<Event>,
    /// False where everything was so already.
    pub changed: bool,
    /// Who is to be told of it by mail, where whoever acts tells anybody.
    pub told: Vec<Told>,
}

/// A mail that a record act causes: to whom, and what it is about. What it says is written when it is sent, so there is nothing in it but ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// To whom.
    pub person: PersonId,
    /// The key of the text.
    pub template: &'static str,
    /// What it is about.
    pub letter: Vec<u8>,
}

impl Wrote {
    /// Rows, and nothing that the log is to know.
    pub const ROWS: Self = Self {
        events: Vec::new(),
        changed: true,
        told: Vec::new(),
    };

    /// Rows, and who is told of it.
    pub fn telling(told: Vec<Told>) -> Self {
        Self { told, ..Self::ROWS }
    }
}

impl From<Vec<Event>> for Wrote {
    fn from(events: Vec<Event>) -> Self {
        Self {
            changed: !events.is_empty(),
            events,
            told: Vec::new(),
        }
    }
}

/// Where an act is done. An act brings no account along that could be another one.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// The account of the actor, by its number in this database.
    pub account: AccountId,
    /// The head of its log, as the actor.
    pub view: View<'a>,
}

/// An [`Act`] whose type is forgotten, so that one queue takes them all.
pub(super) trait ErasedAct: Send + Sync {
    fn name(&self) -> &'static str;
    fn perform<'a>(
        self: Box<Self>,
        tx: &'a mut Tx,
        account: AccountId,
        state: &'a State,
        actor: Actor,
        now: Moment,
    ) -> BoxFuture<'a, Result<Wrote, SubmitError>>;
}

impl<A: Act> ErasedAct for A {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn perform<'a>(
        self: Box<Self>,
        tx: &'a mut Tx,
        account: AccountId,
        state: &'a State,
        actor: Actor,
        now: Moment,
    ) -> BoxFuture<'a, Result<Wrote, SubmitError>> {
        Box::pin(async move {
            let missing = || Refusal::not_found("there is no such thing");
            let subject = subject(actor).ok_or_else(missing)?;
            let on = self.on(tx, account).await?.ok_or_else(missing)?;
            let view: View<'a> = state.view(subject, now).only(actor.facet());
            let permit = view.permit(A::NEEDS, on).map_err(|_| {
                // What the actor may not know of is not there.
                if !view.sees(on.into()) {
                    return missing();
                }
                Refusal::forbidden(
                    "§7",
                    "denied",
                    format!("needs {}", <A::Needs as PermissionType>::PERMISSION.key()),
                )
            })?;
            self.apply(tx, permit, Here { account, view }).await
        })
    }
}

/// The subject that an actor is in decisions. Set-up acts by its command only.
fn subject(actor: Actor) -> Option<Subject> {
    match actor {
        Actor::Person(person) | Actor::Facet(person, _) => Some(Subject::Person(person)),
        Actor::Connection(connection) => Some(Subject::Connection(connection)),
        Actor::System(job) => Some(Subject::System(job)),
        Actor::SetUp => None,
    }
}
