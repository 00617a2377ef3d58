//! The worker: does what is running, piece by piece, in the name of whoever started it. On every node of a database one may run: each mass
//! action is one worker's, which writes with every piece that it is still there, and another one goes on where it fell silent.

use std::time::Duration;

use access::{Actor, Command};
use ledger::{Account, Engine, LedgerError, Options, SubmitError};
use uuid::Uuid;

use super::{MassActionId, Stage, acts};
use crate::records::store::{self, Running};

/// How often it is looked for what is running.
const LOOK: Duration = Duration::from_millis(500);
/// The same while the database does not answer.
const LOOK_IN_TROUBLE: Duration = Duration::from_secs(10);
/// Where from, in the audit log.
const FACE: &str = "mass_action";

/// Works on mass actions.
#[derive(Clone, Debug)]
pub struct Worker {
    engine: Engine,
    id: Uuid,
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
        Self { engine, id }
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

    /// Does a piece of each that is running; how many there may be more of.
    pub async fn round(&self) -> Result<usize, LedgerError> {
        let now = self.engine.now();
        let running = store::running(self.engine.database(), self.id, now).await?;
        let mut more = 0;
        for one in running {
            more += usize::from(self.piece(one).await? == Went::On);
        }
        Ok(more)
    }

    async fn piece(&self, one: Running) -> Result<Went, LedgerError> {
        let account = self.engine.account(one.account).await?;
        let work = acts::Work {
            id: one.id,
            worker: self.id,
        };
        let actor = Actor::Person(one.runner);
        match account.act(actor, work, Options::untold(FACE)).await {
            Ok(done) if done.changed => Ok(Went::On),
            Ok(_) => Ok(Went::Over),
            Err(SubmitError::Failed(error)) => Err(error),
            // It is stopped or done, or whoever runs it may not any more (AD-28).
            Err(SubmitError::Refused(_)) => {
                if is_running(&account, one.id).await? {
                    self.end(&account, one).await?;
                }
                Ok(Went::Over)
            }
        }
    }

    async fn end(&self, account: &Account, one: Running) -> Result<(), LedgerError> {
        let end = Command::EndMassAction {
            service: one.service,
            action: one.id.0,
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
