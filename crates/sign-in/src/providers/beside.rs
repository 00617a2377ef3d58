//! What is written beside the commands that link somebody to a provider, and unlink them.

use access::{ConnectionId, PersonId};
use ledger::{BoxFuture, Moved, RowsBeside, SubmitError, ThroughEnding, Tx, end_sessions_through};

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
