//! Mass actions as record acts. Each needs the permission on the service, at the head of the log; what is written of a record needs the permit
//! for that very record besides.

use access::{
    Event, Permit, PersonId, Refusal, ServiceId, Subject,
    decide::permissions::{ManageRecord, RunMassAction},
    event::MassActionStep,
};
use ledger::{
    AccountId, Act, BoxFuture, Consequence, Here, LedgerError, Moved, SubmitError, Tx, Wrote,
};
use uuid::Uuid;

use super::{
    Chosen, MassAction, MassActionId, MassChange, Outcome, RUNNING_IN_ACCOUNT_MAX, RUNNING_MAX,
    Stage, Why,
    change::{CarriedOut, carry_out, plan},
};
use crate::records::{
    Record,
    acts::{Done, Found},
    store::{self, Piece, Ties},
    targets::Targets,
};

/// Records that are changed in one step, so that whoever saves something beside it waits a moment and no longer.
const AT_ONCE: usize = 20;

fn event(service: ServiceId, id: MassActionId, step: MassActionStep) -> Wrote {
    let action = id.0;
    Wrote::from(vec![Event::MassAction {
        service,
        action,
        step,
    }])
}

fn gone() -> Refusal {
    Refusal::not_found("no such mass action")
}

/// Whoever acts in person.
fn person(permit: &Permit<'_, RunMassAction>) -> Result<PersonId, Refusal> {
    match permit.subject() {
        Subject::Person(person) => Ok(person),
        _ => Err(Refusal::forbidden(
            "SD-4",
            "not_a_person",
            "a mass action is run by somebody in person",
        )),
    }
}

/// Somebody looks at what a mass action would do. It takes the place of what the same person looked at before.
pub(super) struct LookAt {
    pub service: ServiceId,
    pub id: MassActionId,
    pub change: MassChange,
    /// How many records are chosen.
    pub total: usize,
}

impl Act for LookAt {
    type Needs = RunMassAction;
    const NEEDS: RunMassAction = RunMassAction;
    const NAME: &'static str = "look_at_mass_action";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Found<ServiceId> {
        Ok(Some(self.service))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, RunMassAction>, here: Here<'_>) -> Done {
        let (runner, now) = (person(&permit)?, here.view.now());
        let account = here.account;
        store::forget_mass_actions(tx, account, &permit, runner).await?;
        let kept = MassAction {
            id: self.id,
            service: permit.on(),
            runner,
            change: self.change,
            stage: Stage::LookedAt,
            total: self.total,
            made_at: now,
            started_at: None,
            ended_at: None,
        };
        store::keep_mass_action(tx, account, &permit, &kept).await?;
        Ok(Wrote::ROWS)
    }
}

/// Some of its records, by whoever looks at it.
pub(super) struct Choose {
    pub id: MassActionId,
    pub chosen: Vec<Chosen>,
}

impl Act for Choose {
    type Needs = RunMassAction;
    const NEEDS: RunMassAction = RunMassAction;
    const NAME: &'static str = "choose_records";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<ServiceId> {
        let found = store::mass_action(tx, account, self.id).await?;
        let looked_at = found.filter(|one| one.stage == Stage::LookedAt);
        Ok(looked_at.map(|one| one.service))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, RunMassAction>, here: Here<'_>) -> Done {
        let runner = person(&permit)?;
        let found = store::mass_action(tx, here.account, self.id).await?;
        found.filter(|one| one.runner == runner).ok_or_else(gone)?;
        store::choose(tx, here.account, &permit, self.id, &self.chosen).await?;
        Ok(Wrote::ROWS)
    }
}

/// What was looked at is done, by whoever looked at it.
pub(in crate::records) struct Start {
    pub id: MassActionId,
}

impl Act for Start {
    type Needs = RunMassAction;
    const NEEDS: RunMassAction = RunMassAction;
    const NAME: &'static str = "start_mass_action";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<ServiceId> {
        let found = store::mass_action(tx, account, self.id).await?;
        Ok(found.map(|one| one.service))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, RunMassAction>, here: Here<'_>) -> Done {
        let (runner, account) = (person(&permit)?, here.account);
        let found = store::mass_action(tx, account, self.id).await?;
        let found = found.filter(|one| one.runner == runner).ok_or_else(gone)?;
        if found.stage != Stage::LookedAt {
            let detail = "it was started already";
            return Err(Refusal::conflict("SD-4", "started_already", detail).into());
        }
        // What was looked at is all of it, or nothing.
        if store::count_chosen(tx, account, self.id).await? != found.total {
            let detail = "its records were not all chosen: look at it again";
            return Err(Refusal::conflict("SD-4", "not_looked_at", detail).into());
        }
        let on = permit.on();
        if store::count_running(tx, account, Some(on)).await? >= RUNNING_MAX
            || store::count_running(tx, account, None).await? >= RUNNING_IN_ACCOUNT_MAX
        {
            let detail = "too many mass actions are running: start it again when one has ended";
            return Err(Refusal::conflict("SD-4", "too_many_running", detail).into());
        }
        let (stage, now) = (Stage::Running, here.view.now());
        store::move_mass_action(tx, account, &permit, self.id, stage, now).await?;
        Ok(event(permit.on(), self.id, MassActionStep::Started))
    }
}

/// It ends before its last record, because somebody who may run mass actions on the service says so.
pub(in crate::records) struct Stop {
    pub id: MassActionId,
}

impl Act for Stop {
    type Needs = RunMassAction;
    const NEEDS: RunMassAction = RunMassAction;
    const NAME: &'static str = "stop_mass_action";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<ServiceId> {
        let found = store::mass_action(tx, account, self.id).await?;
        Ok(found.map(|one| one.service))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, RunMassAction>, here: Here<'_>) -> Done {
        let account = here.account;
        let found = store::mass_action(tx, account, self.id).await?;
        if found.ok_or_else(gone)?.stage != Stage::Running {
            let detail = "it is not running";
            return Err(Refusal::conflict("SD-4", "not_running", detail).into());
        }
        let (stage, now) = (Stage::Stopped, here.view.now());
        store::move_mass_action(tx, account, &permit, self.id, stage, now).await?;
        Ok(event(permit.on(), self.id, MassActionStep::Stopped))
    }
}

/// The next records of a mass action are changed, in the name of whoever runs it.
pub(super) struct Work {
    pub id: MassActionId,
    /// The worker: another one's is left to that one, as long as it is heard of.
    pub worker: Uuid,
}

impl Act for Work {
    type Needs = RunMassAction;
    const NEEDS: RunMassAction = RunMassAction;
    const NAME: &'static str = "work_mass_action";

    async fn on(&self, tx: &mut Tx, account: AccountId) -> Found<ServiceId> {
        let found = store::mass_action(tx, account, self.id).await?;
        let running = found.filter(|one| one.stage == Stage::Running);
        Ok(running.map(|one| one.service))
    }

    async fn apply(self, tx: &mut Tx, permit: Permit<'_, RunMassAction>, here: Here<'_>) -> Done {
        let (id, account, now) = (self.id, here.account, here.view.now());
        let runner = person(&permit)?;
        let found = store::mass_action(tx, account, id).await?;
        let found = found.filter(|one| one.runner == runner && one.stage == Stage::Running);
        let change = found.ok_or_else(gone)?.change;
        if !store::claim_mass_action(tx, account, &permit, id, self.worker, now).await? {
            return Ok(Wrote::default());
        }
        let mut pieces = store::waiting(tx, account, &permit, id, AT_ONCE + 1).await?;
        let is_last = pieces.len() <= AT_ONCE;
        pieces.truncate(AT_ONCE);
        let targets = store::targets(tx, account, permit.on()).await?;
        let records = pieces.iter().filter_map(|piece| piece.record.as_ref());
        let mut ties = store::ties(tx, account, records).await?;
        let mut done = Vec::with_capacity(pieces.len());
        let (mut told, mut happened, mut taggings) = (Vec::new(), Vec::new(), Vec::new());
        for piece in pieces {
            let number = piece.number;
            let ties = ties.remove(&number).unwrap_or_default();
            let changed = one(tx, here, permit.on(), (piece, ties), &change, &targets).await?;
            let (outcome, why) = match changed {
                Ok(carried_out) => {
                    happened.push((number, carried_out.changes));
                    told.extend(carried_out.told);
                    taggings.extend(carried_out.tagging);
                    (Outcome::Changed, None)
                }
                Err(left) => left,
            };
            done.push((number, outcome, why));
        }
        store::set_tags(tx, account, &taggings, now).await?;
        store::remember(tx, account, here.view.subject(), &happened, now).await?;
        store::tell_outcomes(tx, account, &permit, id, &done).await?;
        if !is_last {
            return Ok(Wrote::telling(told));
        }
        store::move_mass_action(tx, account, &permit, id, Stage::Done, now).await?;
        let done = event(permit.on(), id, MassActionStep::Done);
        Ok(Wrote { told, ..done })
    }
}

/// What became of a record that was not changed.
type Left = (Outcome, Option<Why>);

/// Changes one record as a single save would, or says what became of the record instead.
async fn one(
    tx: &mut Tx,
    here: Here<'_>,
    service: ServiceId,
    (piece, ties): (Piece, Ties),
    change: &MassChange,
    targets: &Targets,
) -> Result<Result<CarriedOut, Left>, LedgerError> {
    let skipped = |why| Ok(Err((Outcome::Skipped, Some(why))));
    let Some(record) = piece.record.filter(|record| record.service == service) else {
        return skipped(Why::Gone);
    };
    // SD-33: company access of whoever runs it cuts it as it cuts their lists.
    let Ok(permit) = here.view.permit(ManageRecord, record.facts()) else {
        return skipped(Why::Gone);
    };
    if record.revision != piece.seen_revision {
        return skipped(Why::ChangedMeanwhile);
    }
    match foreseen(here, &record, &ties, change)? {
        Err(seen) => Ok(Err(seen)),
        Ok(plan) => {
            let on = (&record, &ties);
            Ok(Ok(carry_out(tx, &permit, here, on, plan, targets).await?))
        }
    }
}

/// What is to be written, or what becomes of the record without that.
pub(super) fn foreseen(
    here: Here<'_>,
    record: &Record,
    ties: &Ties,
    change: &MassChange,
) -> Result<Result<super::change::Plan, Left>, LedgerError> {
    match plan(here, record, ties, change) {
        Ok(Some(plan)) => Ok(Ok(plan)),
        Ok(None) => Ok(Err((Outcome::Unchanged, None))),
        Err(SubmitError::Refused(refusal)) => Ok(Err((Outcome::Skipped, Some(Why::of(&refusal))))),
        Err(SubmitError::Failed(error)) => Err(error),
    }
}

/// The mass action ends in the transaction of the event that says that it cannot go on.
#[derive(Debug)]
pub(crate) struct Ended;

impl Ended {
    fn ended(moved: Moved<'_>) -> impl Iterator<Item = (ServiceId, MassActionId, Stage)> {
        moved.events.iter().filter_map(|event| match event {
            Event::MassAction {
                service,
                action,
                step,
            } => {
                let stage = match step {
                    MassActionStep::RightEnded => Stage::RightEnded,
                    MassActionStep::Failed => Stage::Failed,
                    _ => return None,
                };
                Some((*service, MassActionId(*action), stage))
            }
            _ => None,
        })
    }
}

impl Consequence for Ended {
    fn concerns(&self, moved: Moved<'_>) -> bool {
        Self::ended(moved).next().is_some()
    }

    fn follow<'a>(
        &'a self,
        tx: &'a mut Tx,
        moved: Moved<'a>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            for (service, id, stage) in Self::ended(moved) {
                store::end_mass_action(tx, moved.account, (service, id), stage, moved.now).await?;
            }
            Ok(())
        })
    }
}
