//! Record acts: acts on SQL rows of a product slice. Each names its permission, finds its target inside the transaction, and
//! receives its permit from the engine, made at the head of the log.

use std::future::Future;

use access::{Actor, Event, Moment, PermissionType, Permit, Refusal, State, Subject, View};

use crate::act::SubmitError;
use crate::clock::BoxFuture;
use crate::database::Tx;
use crate::error::Result;

/// An act on records. The permit is the only way into [`Act::apply`], and it carries the target: an act cannot write to
/// another thing than the one that was decided about.
///
/// ```text
/// impl Act for DeleteRecord {
///     type Needs = RecordDelete;
///     const NEEDS: RecordDelete = RecordDelete;
///     const NAME: &'static str = "delete_record";
///     async fn on(&self, tx: &mut Tx) -> Result<Option<RecordFacts>> { facts(tx, self.record).await }
///     async fn apply(self, tx: &mut Tx, permit: Permit<'_, RecordDelete>) -> Result<Vec<Event>> { delete(tx, permit).await }
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
    ) -> impl Future<Output = Result<Option<<Self::Needs as PermissionType>::On>>> + Send;

    /// Writes the rows, and says what is to be logged.
    fn apply(
        self,
        tx: &mut Tx,
        permit: Permit<'_, Self::Needs>,
    ) -> impl Future<Output = Result<Vec<Event>>> + Send;
}

/// An [`Act`] whose type is forgotten, so that one queue takes them all.
pub(super) trait ErasedAct: Send + Sync {
    fn name(&self) -> &'static str;
    fn perform<'a>(
        self: Box<Self>,
        tx: &'a mut Tx,
        state: &'a State,
        actor: Actor,
        now: Moment,
    ) -> BoxFuture<'a, Result<Vec<Event>, SubmitError>>;
}

impl<A: Act> ErasedAct for A {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn perform<'a>(
        self: Box<Self>,
        tx: &'a mut Tx,
        state: &'a State,
        actor: Actor,
        now: Moment,
    ) -> BoxFuture<'a, Result<Vec<Event>, SubmitError>> {
        Box::pin(async move {
            let missing = || Refusal::not_found("there is no such thing");
            let subject = subject(actor).ok_or_else(missing)?;
            let on = self.on(tx).await?.ok_or_else(missing)?;
            let view: View<'a> = state.view(subject, now);
            let permit = view.permit(A::NEEDS, on).map_err(|_| {
                Refusal::forbidden(
                    "§7",
                    "denied",
                    format!("needs {}", <A::Needs as PermissionType>::PERMISSION.key()),
                )
            })?;
            Ok(self.apply(tx, permit).await?)
        })
    }
}

/// The subject that an actor is in decisions. Set-up and the product's own jobs act by commands only.
fn subject(actor: Actor) -> Option<Subject> {
    match actor {
        Actor::Person(person) => Some(Subject::Person(person)),
        Actor::Connection(connection) => Some(Subject::Connection(connection)),
        Actor::SetUp | Actor::System(_) => None,
    }
}
