//! A connection that is deleted for ever takes along what its directory wrote: nobody is left who could say what of it still holds.

use access::{ConnectionId, Event, event::Node, state::Life};
use ledger::{BoxFuture, Consequence, Foresight, LedgerError, Moved, Tx};

use crate::links::store::{self, Whose};

/// What follows from the end of a connection.
#[derive(Debug)]
pub(crate) struct ConnectionEnded;

fn ended(moved: Moved<'_>) -> impl Iterator<Item = ConnectionId> {
    moved.events.iter().filter_map(|event| match event {
        Event::LifeSet {
            of: Node::Connection(connection),
            life: Life::Deleted,
        } => Some(*connection),
        _ => None,
    })
}

impl Consequence for ConnectionEnded {
    fn concerns(&self, moved: Moved<'_>) -> bool {
        ended(moved).next().is_some()
    }

    fn follow<'a>(
        &'a self,
        tx: &'a mut Tx,
        moved: Moved<'a>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move {
            for connection in ended(moved) {
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

    fn foresee<'a>(
        &'a self,
        _: &'a mut Tx,
        _: Moved<'a>,
    ) -> BoxFuture<'a, Result<Foresight, LedgerError>> {
        Box::pin(async { Ok(Foresight::default()) })
    }
}
