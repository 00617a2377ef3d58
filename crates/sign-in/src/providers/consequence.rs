//! A connection that is deleted for ever takes along how its provider was set up: another one can speak for its domains then. Whom it knew goes
//! by the event itself, with everything else by which somebody signs in.

use access::{ConnectionId, Event, event::Node, state::Life};
use ledger::{
    BoxFuture, Consequence, Foresight, LedgerError, Moved, ThroughEnding, Tx, end_sessions_through,
};

use super::store;

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
            let (account, now) = (moved.account, moved.now);
            for connection in ended(moved) {
                store::forget(tx, account, connection).await?;
                end_sessions_through(tx, account, connection, &ThroughEnding::All, now).await?;
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
