//! AD-28: whoever takes from a connection the right to be told stops what it is told, in the same transaction. It is listed as stopped, and
//! goes on when somebody lets it.

use access::{ConnectionId, Event, State, Subject, event::Node};
use ledger::{BoxFuture, Consequence, LedgerError, Moved, Tx};

use crate::{message::may_hear, subscription::store};

/// What follows from a right that ends.
#[derive(Debug)]
pub(crate) struct RightEnded;

/// Whether a connection can lose a right by it: connections have a role, and nothing else.
fn can_take(event: &Event) -> bool {
    matches!(
        event,
        Event::ConnectionRoleSet { .. }
            | Event::RoleEdited { .. }
            | Event::LifeSet {
                of: Node::Role(_) | Node::Connection(_),
                ..
            }
    )
}

fn lost(moved: Moved<'_>) -> Vec<ConnectionId> {
    // AD-25: an account that is switched off stops nothing for good.
    if !moved.after.account().active || !moved.events.iter().any(can_take) {
        return Vec::new();
    }
    let hears = |state: &State, connection| {
        may_hear(&state.view(Subject::Connection(connection), moved.now))
    };
    let connections = moved.before.connections().ids();
    let lost = connections.filter(|one| hears(moved.before, *one) && !hears(moved.after, *one));
    lost.collect()
}

impl Consequence for RightEnded {
    fn concerns(&self, moved: Moved<'_>) -> bool {
        !lost(moved).is_empty()
    }

    fn follow<'a>(
        &'a self,
        tx: &'a mut Tx,
        moved: Moved<'a>,
    ) -> BoxFuture<'a, Result<(), LedgerError>> {
        Box::pin(async move { store::stop(tx, moved.account, &lost(moved)).await })
    }
}
