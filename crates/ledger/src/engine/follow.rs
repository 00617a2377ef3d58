//! Catching up with the log: what another node, or another process on the same file, has written. The wake-up only says that
//! there may be something; the log is the truth.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use access::State;
use sqlx::postgres::PgListener;
use tokio::time::Instant;

use super::Core;
use super::publish::{Published, Slot};
use crate::database::{Database, Tx};
use crate::dialect::CHANNEL;
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId, Head};
use crate::replay;

/// How often a SQLite file is looked at for entries of another process.
const FILE_INTERVAL: Duration = Duration::from_millis(200);
/// How often everything is looked at on PostgreSQL, should a wake-up get lost with its connection.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// The pause before a lost listener is set up again.
const RECONNECT_PAUSE: Duration = Duration::from_millis(500);

/// Brings an account to the head that the transaction sees.
pub(super) async fn catch_up(tx: &mut Tx, slot: &Slot, head: Head) -> Result<Arc<Published>> {
    let current = slot.current();
    if current.head.position == head.position {
        return if current.head.hash == head.hash {
            Ok(current)
        } else {
            Err(another_history(slot))
        };
    }
    if current.head.position > head.position {
        return Err(another_history(slot));
    }
    let mut state = State::clone(&current.state);
    let applied = replay::advance(tx, slot.id, &mut state, current.head, head.position).await?;
    let reached = applied.head;
    if reached.hash != head.hash {
        return Err(another_history(slot));
    }
    let published = Published {
        state: Arc::new(state),
        head: reached,
    };
    slot.publish(published.clone());
    if applied.erased {
        slot.forget_past();
    }
    Ok(Arc::new(published))
}

fn another_history(slot: &Slot) -> LedgerError {
    LedgerError::Damaged(format!(
        "the log of account {} is not the one that this node has read",
        slot.public
    ))
}

/// Follows the log until the engine is closed.
pub(super) async fn follow(core: Arc<Core>) {
    let following = async {
        match &core.database {
            Database::Sqlite { .. } => follow_file(&core).await,
            Database::Postgres { pool, .. } => follow_notifications(&core, pool).await,
        }
    };
    tokio::select! {
        () = core.until_closed() => {}
        () = following => {}
    }
}

async fn follow_file(core: &Core) {
    loop {
        tokio::time::sleep(FILE_INTERVAL).await;
        report(sweep(core).await);
    }
}

async fn follow_notifications(core: &Core, pool: &sqlx::PgPool) {
    loop {
        if let Err(error) = listen(core, pool).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the listener for other nodes was lost"
            );
        }
        tokio::time::sleep(RECONNECT_PAUSE).await;
    }
}

async fn listen(core: &Core, pool: &sqlx::PgPool) -> Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    sweep(core).await?;
    let mut next = Instant::now() + SWEEP_INTERVAL;
    loop {
        // Wake-ups about one account do not put off the look at the others.
        match tokio::time::timeout_at(next, listener.try_recv()).await {
            Ok(Ok(Some(notification))) => {
                let account = notification.payload().parse().map(AccountId);
                if let Some(slot) = account.ok().and_then(|account| core.known(account)) {
                    report(refresh(core, &slot).await);
                }
            }
            // The connection was lost and is back: whatever was said meanwhile was not heard.
            Ok(Ok(None)) | Err(_) => {
                sweep(core).await?;
                next = Instant::now() + SWEEP_INTERVAL;
            }
            Ok(Err(error)) => return Err(error.into()),
        }
    }
}

/// Looks at every account of this node.
async fn sweep(core: &Core) -> Result<()> {
    let slots = core.all();
    let mut tx = core.database.begin_read().await?;
    let heads = log::read_heads(&mut tx, slots.iter().map(|slot| slot.id)).await?;
    tx.rollback().await?;
    core.hearing.heard();
    let heads: HashMap<_, _> = heads.into_iter().collect();
    for slot in slots {
        match heads.get(&slot.id) {
            Some(head) if *head == slot.current().head => slot.hearing.heard(),
            _ => report(refresh(core, &slot).await),
        }
    }
    Ok(())
}

/// Brings one account to the head of the log.
pub(super) async fn refresh(core: &Core, slot: &Slot) -> Result<()> {
    let mut tx = core.database.begin_read().await?;
    let head = log::read_head(&mut tx, slot.id).await?;
    // Our own writer may have published more than this snapshot shows.
    if head.position > slot.current().head.position {
        catch_up(&mut tx, slot, head).await?;
    }
    tx.rollback().await?;
    slot.hearing.heard();
    Ok(())
}

fn report(outcome: Result<()>) {
    if let Err(error) = outcome {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "an account could not follow its log"
        );
    }
}
