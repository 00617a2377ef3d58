//! The worker: does what is running, piece by piece, in the name of whoever started it. On every node of a database one may run: each mass
//! action is one worker's, which writes with every piece that it is still there, and another one goes on where it fell silent.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use access::{Actor, Command, Moment};
use ledger::{Account, Engine, LedgerError, Options, SubmitError};
use uuid::Uuid;

use super::{MassActionId, Stage, acts};
use crate::records::store::{self, Running};

/// How often it is looked for what is running.
const LOOK: Duration = Duration::from_millis(500);
/// The same while the database does not answer.
const LOOK_IN_TROUBLE: Duration = Duration::from_secs(10);
/// How long one that could not be written is left alone.
const PAUSE_MS: i64 = 10_000;
/// One that could not be written so often ends.
const FAILURES_MAX: u32 = 5;
/// How often what is long over is cleared.
const CLEARED_MS: i64 = 60_000;
/// Where from, in the audit log.
const FACE: &str = "mass_action";

/// Works on mass actions.
#[derive(Clone, Debug)]
pub struct Worker {
    engine: Engine,
    id: Uuid,
    known: Arc<Mutex<Known>>,
}

/// What a worker remembers between its rounds.
#[derive(Debug, Default)]
struct Known {
    /// Those that run and could not be written: how often, and until when they are left alone.
    failed: BTreeMap<Uuid, (u32, Moment)>,
    /// When what is long over is looked for again.
    clears_at: Option<Moment>,
}

/// What became of a piece.
#[derive(PartialEq, Eq)]
enum Went {
    /// There may be more.
    On,
    /// Nothing is left, or it is another worker's.
    Over,
}

impl Worker {
    /// Of this ledger.
    pub fn new(engine: Engine) -> Self {
        let id = engine.new_uuid();
        let known = Arc::default();
        Self { engine, id, known }
    }

    /// Works until it is asked to stop; the piece that is under way then is finished.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let wait = match self.round().await {
                Ok(0) => LOOK,
                Ok(_) => Duration::ZERO,
                Err(LedgerError::Closed) => return,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "mass actions could not be worked on");
                    LOOK_IN_TROUBLE
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Does a piece of each that is running; how many there may be more of. One that cannot be written keeps no other one waiting.
    pub async fn round(&self) -> Result<usize, LedgerError> {
        let now = self.engine.now();
        let running = store::running(self.engine.database(), self.id, now).await?;
        self.with(|known| {
            let runs = |id: &Uuid| running.iter().any(|one| one.id.0 == *id);
            known.failed.retain(|id, _| runs(id));
        });
        let mut more = 0;
        for one in running {
            let (failures, until) = self
                .with(|known| known.failed.get(&one.id.0).copied())
                .unwrap_or((0, Moment(0)));
            if now < until {
                continue;
            }
            match self.piece(one).await {
                Ok(went) => {
                    more += usize::from(went == Went::On);
                    self.with(|known| known.failed.remove(&one.id.0));
                }
                Err(LedgerError::Closed) => return Err(LedgerError::Closed),
                Err(error) => self.failed(one, failures + 1, error).await,
            }
        }
        self.clear(now).await?;
        Ok(more)
    }

    fn with<T>(&self, what: impl FnOnce(&mut Known) -> T) -> T {
        what(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// It is left alone for a while, and ends where that did not help.
    async fn failed(&self, one: Running, failures: u32, error: LedgerError) {
        let action = one.id.to_string();
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            action,
            failures,
            "a mass action could not be written"
        );
        drop(error);
        let until = Moment(self.engine.now().0.saturating_add(PAUSE_MS));
        self.with(|known| known.failed.insert(one.id.0, (failures, until)));
        if failures < FAILURES_MAX {
            return;
        }
        let ended = match self.engine.account(one.account).await {
            Ok(account) => self.end(&account, one, true).await,
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, action, "a mass action could not be ended");
        }
    }

    /// Once in a while, what is told of no more goes.
    async fn clear(&self, now: Moment) -> Result<(), LedgerError> {
        let is_due = self.with(|known| {
            let is_due = known.clears_at.is_none_or(|at| at <= now);
            if is_due {
                known.clears_at = Some(Moment(now.0.saturating_add(CLEARED_MS)));
            }
            is_due
        });
        match is_due {
            true => store::clear_mass_actions(self.engine.database(), now).await,
            false => Ok(()),
        }
    }

    async fn piece(&self, one: Running) -> Result<Went, LedgerError> {
        let account = self.engine.account(one.account).await?;
        let work = acts::Work {
            id: one.id,
            worker: self.id,
        };
        let actor = Actor::Person(one.runner);
        // SD-37: customers are told that their incidents are closed, as a single save tells them.
        let how = Options::telling(FACE, mail::letters(&account));
        match account.act(actor, work, how).await {
            Ok(done) if done.changed => Ok(Went::On),
            Ok(_) => Ok(Went::Over),
            Err(SubmitError::Failed(error)) => Err(error),
            // It is stopped or done, or whoever runs it may not any more (AD-28).
            Err(SubmitError::Refused(_)) => {
                if is_running(&account, one.id).await? {
                    self.end(&account, one, false).await?;
                }
                Ok(Went::Over)
            }
        }
    }

    async fn end(&self, account: &Account, one: Running, failed: bool) -> Result<(), LedgerError> {
        let end = Command::EndMassAction {
            service: one.service,
            action: one.id.0,
            failed,
        };
        let actor = Actor::System(access::command::SystemSubject::MassActions);
        match account.submit(actor, end, Options::untold(FACE)).await {
            Ok(_) => Ok(()),
            Err(SubmitError::Failed(error)) => Err(error),
            Err(SubmitError::Refused(refusal)) => {
                tracing::error!(code = refusal.code, "a mass action could not be ended");
                Ok(())
            }
        }
    }
}

async fn is_running(account: &Account, id: MassActionId) -> Result<bool, LedgerError> {
    let mut tx = account.read_once().await?;
    let found = store::mass_action(&mut tx, account.id(), id).await?;
    Ok(found.is_some_and(|one| one.stage == Stage::Running))
}
