//! States of the past. Each is as large as the account and may take a replay from zero, so few are held, and they are loaded
//! one at a time: whoever asks for more waits, and is sent away before others suffer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use access::State;
use tokio::sync::Mutex as Turn;

use super::Core;
use super::publish::Slot;
use crate::error::{LedgerError, Result};
use crate::log::AccountId;
use crate::replay;

/// So many past states are held, whether somebody reads them or not.
const HELD: usize = 2;
/// Longest wait for one's turn to load, and for room.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked whether there is room.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// The past states of this node.
#[derive(Debug, Default)]
pub(crate) struct Past {
    held: Mutex<Vec<Held>>,
    turn: Arc<Turn<()>>,
}

#[derive(Debug)]
struct Held {
    account: AccountId,
    position: u64,
    state: Arc<State>,
}

impl Past {
    fn held(&self) -> std::sync::MutexGuard<'_, Vec<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, account: AccountId, position: u64) -> Option<Arc<State>> {
        let held = self.held();
        let found = held
            .iter()
            .find(|it| (it.account, it.position) == (account, position));
        found.map(|it| Arc::clone(&it.state))
    }

    /// Whether there is room for one more, made at the cost of the oldest that nobody reads.
    fn has_room(&self) -> bool {
        let mut held = self.held();
        let unread = held.iter().position(|it| Arc::strong_count(&it.state) == 1);
        if let Some(oldest) = unread.filter(|_| held.len() == HELD) {
            held.remove(oldest);
        }
        held.len() < HELD
    }

    async fn room(&self) -> Result<()> {
        let room = async {
            while !self.has_room() {
                tokio::time::sleep(LOOK_INTERVAL).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, room).await;
        in_time.map_err(|_| LedgerError::Busy("other past versions are being read"))
    }

    /// SD-26: nothing from before an erasure stays.
    pub fn forget(&self, account: AccountId) {
        self.held().retain(|it| it.account != account);
    }

    fn keep(&self, account: AccountId, position: u64, state: &Arc<State>) {
        self.held().push(Held {
            account,
            position,
            state: Arc::clone(state),
        });
    }
}

/// The state after so many events.
pub(super) async fn state(core: &Arc<Core>, slot: &Arc<Slot>, position: u64) -> Result<Arc<State>> {
    if let Some(state) = core.past.find(slot.id, position) {
        return Ok(state);
    }
    let turn = Arc::clone(&core.past.turn).lock_owned();
    let turn = tokio::time::timeout(PATIENCE, turn)
        .await
        .map_err(|_| LedgerError::Busy("other past versions are being loaded"))?;
    let (core, slot) = (Arc::clone(core), Arc::clone(slot));
    // A task of its own: whoever gives up and asks again finds it loaded.
    let loaded = tokio::spawn(async move {
        let _turn = turn;
        load(&core, &slot, position).await
    });
    loaded.await.map_err(|_| LedgerError::Closed)?
}

async fn load(core: &Core, slot: &Slot, position: u64) -> Result<Arc<State>> {
    if let Some(state) = core.past.find(slot.id, position) {
        return Ok(state);
    }
    core.past.room().await?;
    let mut tx = core.database.begin_read().await?;
    let (state, _) = replay::at_position(&mut tx, slot.id, slot.public, position).await?;
    tx.rollback().await?;
    let state = Arc::new(state);
    core.past.keep(slot.id, position, &state);
    Ok(state)
}
