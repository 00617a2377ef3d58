//! What is written beside the commands that link somebody to a provider, and unlink them.

use access::{ConnectionId, Fingerprint, PersonId, Refusal};
use ledger::{BoxFuture, Moved, RowsBeside, SubmitError, ThroughEnding, Tx, end_sessions_through};

use super::store;

type Written<'a> = BoxFuture<'a, Result<(), SubmitError>>;

/// The sessions of somebody that came through a provider end, but for the one in which they say so.
#[derive(Debug)]
pub(super) struct EndThrough {
    pub connection: ConnectionId,
    pub person: PersonId,
    pub but: Option<String>,
}

impl RowsBeside for EndThrough {
    fn write<'a>(&'a self, tx: &'a mut Tx, moved: Moved<'a>) -> Written<'a> {
        Box::pin(async move {
            let which = ThroughEnding::OfPerson {
                person: self.person,
                but: self.but.clone(),
            };
            let (account, now) = (moved.account, moved.now);
            end_sessions_through(tx, account, self.connection, &which, now).await?;
            Ok(())
        })
    }
}

/// The provider is set up as it was when it was asked: by what another one calls people, nobody would be found again.
#[derive(Debug)]
pub(super) struct StillStands {
    pub connection: ConnectionId,
    /// What it was.
    pub mark: Fingerprint,
}

impl RowsBeside for StillStands {
    fn write<'a>(&'a self, tx: &'a mut Tx, moved: Moved<'a>) -> Written<'a> {
        Box::pin(async move {
            let now = store::one(tx, moved.account, self.connection).await?;
            if now.is_some_and(|now| now.mark() == self.mark) {
                return Ok(());
            }
            let detail = "the provider was changed meanwhile: begin again at the sign-in page";
            Err(Refusal::conflict("AD-29", "changed_meanwhile", detail).into())
        })
    }
}
