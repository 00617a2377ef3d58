//! The key to an account that nobody has opened yet.

use access::Moment;

use super::Account;
use crate::error::Result;
use crate::tokens::{NewSecret, Purpose, Secret};

impl Account {
    /// A single-use secret for the first set-up, in place of earlier ones. It opens nothing once the account is open: the
    /// command itself is refused then.
    pub async fn set_up_secret(&self, expires_at: Moment) -> Result<Secret> {
        let core = &self.engine().core;
        let secret = Secret::make(core.randomness.as_ref());
        let new = NewSecret {
            purpose: Purpose::SetUp,
            of: None,
            secret: secret.clone(),
            expires_at: Some(expires_at),
        };
        let mut tx = core.database.begin().await?;
        tx.execute(
            "DELETE FROM secrets WHERE account = $1 AND purpose = $2",
            [self.id().0.into(), Purpose::SetUp.name().into()],
        )
        .await?;
        tx.execute(
            "INSERT INTO secrets (prefix, account, purpose, entity, hash, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
            new.row(self.id(), 0),
        )
        .await?;
        tx.commit().await?;
        Ok(secret)
    }
}
