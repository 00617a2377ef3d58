//! A connection that is deleted for ever takes along how its provider was set up: another one can speak for its domains then. Whom it knew goes
//! by the event itself, with everything else by which somebody signs in.

use ledger::{BoxFuture, Consequence, LedgerError, Moved, ThroughEnding, Tx, end_sessions_through};

use super::store;

/// What follows from the end of a connection.
#[derive(Debug)]
pub(crate) struct ConnectionEnded;

impl Consequence for ConnectionEnded {
    fn concerns(&self, moved: Moved<'_>) -> bool {
        moved.deleted_connections().next().is_some()
    }

    fn follow<'a>(
        &'a self,
        tx: &'a mut Tx,
        moved: Moved<'a>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            let (account, now) = (moved.account, moved.now);
            for connection in moved.deleted_connections() {
                store::forget(tx, account, connection).await?;
                end_sessions_through(tx, account, connection, &ThroughEnding::All, now).await?;
            }
            Ok(())
        })
    }
}
