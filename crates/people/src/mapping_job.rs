//! AD-30: what a mapping wants for somebody and could not give waits for a seat, a licence or a right. The directory may not name them again
//! for long, so a job tries again from time to time.

use std::time::Duration;

use access::{Actor, Command, State, command::SystemSubject};
use ledger::{Account, AccountId, Engine, LedgerError, Options, Rounds, SubmitError};

/// When it is tried again.
const ROUNDS: Rounds = Rounds {
    every: Duration::from_secs(60 * 60),
    in_trouble: Duration::from_secs(60),
    failed: "mappings could not be applied again",
};
/// Accounts that are read at once.
const ACCOUNTS: u32 = 100;
/// Where from, as every act has to say.
const FACE: &str = "mappings";
const JOB: Actor = Actor::System(SystemSubject::Mappings);

/// Applies mappings again where something can be given by now.
#[derive(Clone, Debug)]
pub struct MappingJob {
    engine: Engine,
}

impl MappingJob {
    /// Of this ledger.
    pub fn new(engine: Engine) -> Self {
        Self { engine }
    }

    /// Tries until it is asked to stop, which it hears in the middle of a round too: what is left is given in the next.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        ROUNDS.run(stop, || self.round()).await;
    }

    /// Looks at every account; the answer is how many could not be looked at.
    pub async fn round(&self) -> Result<usize, LedgerError> {
        let (mut after, mut failed) = (None, 0);
        loop {
            let accounts = self.engine.accounts(after, ACCOUNTS).await?;
            let Some(last) = accounts.last() else {
                return Ok(failed);
            };
            after = Some(*last);
            failed += ROUNDS.look_at(accounts, |one| self.look(one)).await?;
        }
    }

    async fn look(&self, id: AccountId) -> Result<(), LedgerError> {
        let account = self.engine.account(id).await?;
        for command in applications(&account.state()) {
            if !gives(&account, &command).await {
                continue;
            }
            match account
                .submit(
                    JOB,
                    command,
                    Options::telling(FACE, mail::letters(&account)),
                )
                .await
            {
                // What is archived meanwhile gives nothing.
                Ok(_) | Err(SubmitError::Refused(_)) => {}
                Err(SubmitError::Failed(error)) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Of each connection that has mappings and counts (AD-25).
fn applications(state: &State) -> Vec<Command> {
    let all = state.connections().iter();
    all.filter(|(_, row)| row.life.is_active() && !row.mappings.is_empty())
        .map(|(connection, _)| Command::ApplyMappings { connection })
        .collect()
}

/// Whether something would come of it. It takes long where many are in the groups, and is found out beside the writer and the requests.
async fn gives(account: &Account, command: &Command) -> bool {
    let (state, now, command) = (account.state(), account.now(), command.clone());
    let tried = tokio::task::spawn_blocking(move || state.propose(JOB, &command, now));
    // Refused it is where the account is switched off.
    matches!(tried.await, Ok(Ok(proposal)) if !proposal.events.is_empty())
}
