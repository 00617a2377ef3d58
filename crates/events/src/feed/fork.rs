//! Where readers are that are behind: a state of the past each, which may be as large as the account, and what is left of an act. Few are
//! kept between two reads on a node, and a reader whose place is gone works its place out again.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use access::State;
use ledger::LedgerError;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use super::Part;

/// So many are kept.
const KEPT_MAX: usize = 4;
/// After so long without a read one gives way to others: its receiver is slow, or reads no more.
const IDLE: Duration = Duration::from_secs(10);
/// Readers that are behind and read at once: each has a state of its own while it does.
static READING: Semaphore = Semaphore::const_new(4);
/// Longest wait for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// A place in the log.
#[derive(Debug)]
pub(super) struct Fork {
    /// After what was read.
    pub state: State,
    /// Of the act in whose middle that is.
    pub rest: Option<Part>,
}

type Cell = Mutex<Option<Fork>>;

/// Whose forks are kept, and since when.
static KEPT: Mutex<Vec<(Weak<Cell>, Instant)>> = Mutex::new(Vec::new());

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The place of one reader, if it is kept.
#[derive(Debug, Default)]
pub(super) struct Place(Arc<Cell>);

impl Place {
    pub fn take(&self) -> Option<Fork> {
        locked(&self.0).take()
    }

    /// Keeps it where there is room, or where another one was not read from for long.
    pub fn keep(&self, fork: Fork) {
        let mut kept = locked(&KEPT);
        let is_there =
            |cell: &Weak<Cell>| cell.upgrade().is_some_and(|cell| locked(&cell).is_some());
        kept.retain(|(cell, _)| is_there(cell));
        if kept.len() >= KEPT_MAX {
            let idle = kept.iter().position(|(_, since)| since.elapsed() > IDLE);
            let Some(idle) = idle else { return };
            let (cell, _) = kept.swap_remove(idle);
            cell.upgrade().map(|cell| locked(&cell).take());
        }
        *locked(&self.0) = Some(fork);
        kept.push((Arc::downgrade(&self.0), Instant::now()));
    }
}

/// The turn of a reader that is behind.
pub(super) async fn turn() -> Result<SemaphorePermit<'static>, LedgerError> {
    let turn = tokio::time::timeout(PATIENCE, READING.acquire()).await;
    let turn = turn.map_err(|_| LedgerError::Busy("others read the past"))?;
    turn.map_err(|_| LedgerError::Closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fork() -> Fork {
        Fork {
            state: State::empty(),
            rest: None,
        }
    }

    #[test]
    fn however_many_are_behind_few_states_of_the_past_are_kept() {
        let places: Vec<_> = (0..20).map(|_| Place::default()).collect();
        places.iter().for_each(|place| place.keep(fork()));
        let kept = || {
            let places = places.iter().filter(|place| locked(&place.0).is_some());
            places.count()
        };
        assert_eq!(kept(), KEPT_MAX);
        // Whoever has read to the end, or is gone, leaves room.
        assert!(places[0].take().is_some() && places[19].take().is_none());
        places[19].keep(fork());
        assert!(places[19].take().is_some());
    }
}
