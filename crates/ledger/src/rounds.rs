//! What workers that look at accounts from time to time have in common.

use std::time::Duration;

use crate::{AccountId, LedgerError};

type Result<T> = std::result::Result<T, LedgerError>;

/// When a worker looks, and what is logged where it cannot.
#[derive(Clone, Copy, Debug)]
pub struct Rounds {
    /// Between one round and the next.
    pub every: Duration,
    /// The same while the database does not answer, or an account could not be looked at.
    pub in_trouble: Duration,
    /// In words: that it could not be done.
    pub failed: &'static str,
}

impl Rounds {
    /// Rounds until it is asked to stop, which it hears in the middle of a round too, or until the ledger is closed. A round answers how many
    /// accounts could not be looked at.
    pub async fn run<F>(self, stop: impl Future<Output = ()>, round: impl Fn() -> F)
    where
        F: Future<Output = Result<usize>>,
    {
        let rounds = async {
            loop {
                let wait = match round().await {
                    Ok(0) => self.every,
                    // Each was told by itself.
                    Ok(_) => self.in_trouble,
                    Err(LedgerError::Closed) => return,
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        tracing::warn!(error, "{}", self.failed);
                        self.in_trouble
                    }
                };
                tokio::time::sleep(wait).await;
            }
        };
        tokio::select! {
            biased;
            () = stop => {}
            () = rounds => {}
        }
    }

    /// Looks at accounts, one after the other. One that cannot be looked at keeps no other one from it; the answer is how many there were.
    ///
    /// # Errors
    ///
    /// Where the ledger is closed.
    pub async fn look_at<F>(
        self,
        accounts: Vec<AccountId>,
        look: impl Fn(AccountId) -> F,
    ) -> Result<usize>
    where
        F: Future<Output = Result<()>>,
    {
        let mut failed = 0;
        for account in accounts {
            match look(account).await {
                Ok(()) => {}
                Err(LedgerError::Closed) => return Err(LedgerError::Closed),
                Err(error) => {
                    failed += 1;
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, account = account.0, "{}", self.failed);
                }
            }
        }
        Ok(failed)
    }
}
