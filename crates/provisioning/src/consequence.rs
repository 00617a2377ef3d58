//! A connection that is deleted for ever takes along what its directory wrote: nobody is left who could say what of it still holds.

use ledger::{BoxFuture, Consequence, LedgerError, Moved, Tx};

use crate::links::store::{self, Whose};

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
            for connection in moved.deleted_connections() {
                let account = moved.account;
                let whose = Whose {
                    account,
                    connection,
                };
                store::forget(tx, whose).await?;
            }
            Ok(())
        })
    }
}
