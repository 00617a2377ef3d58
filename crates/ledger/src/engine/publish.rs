//! The states of one account that readers see: the present one behind a swapped pointer, and a short ring of recent ones.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use access::{State, Version};
use arc_swap::ArcSwap;
use tokio::sync::watch;
use uuid::Uuid;

use super::past::Past;
use crate::clock::Clock;
use crate::keyed::Key;
use crate::log::{AccountId, Head};

/// How many recent states are kept. Each batch of commands makes one; a reader needs the one of its SQL snapshot, which is
/// a few batches old at most.
const RING: usize = 256;

/// After so long without an answer of the database a state may be old: another node may have taken rights away meanwhile.
const LONGEST_SILENCE: Duration = Duration::from_secs(15);

/// When the database was last heard.
#[derive(Debug)]
pub(crate) struct Hearing {
    clock: Arc<dyn Clock>,
    at: Mutex<Duration>,
}

impl Hearing {
    /// Heard now.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let at = Mutex::new(clock.uptime());
        Self { clock, at }
    }

    /// Notes that it was heard now.
    pub fn heard(&self) {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = self.clock.uptime();
    }

    /// Whether that is not too long ago.
    pub fn is_recent(&self) -> bool {
        let at = *self.at.lock().unwrap_or_else(PoisonError::into_inner);
        self.clock.uptime().saturating_sub(at) <= LONGEST_SILENCE
    }
}

/// A state together with the end of the log that it was made from.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub state: Arc<State>,
    pub head: Head,
}

/// One account of this node.
#[derive(Debug)]
pub(crate) struct Slot {
    pub id: AccountId,
    pub public: Uuid,
    pub key: Key,
    current: ArcSwap<Published>,
    ring: Mutex<VecDeque<Arc<State>>>,
    versions: watch::Sender<Version>,
    /// When the database last said that [`Slot::current`] is the newest there is.
    pub hearing: Hearing,
    past: Arc<Past>,
}

impl Slot {
    pub fn new(
        id: AccountId,
        public: Uuid,
        key: Key,
        first: Published,
        clock: Arc<dyn Clock>,
        past: Arc<Past>,
    ) -> Self {
        Self {
            past,
            id,
            public,
            key,
            versions: watch::Sender::new(first.state.version()),
            ring: Mutex::new(VecDeque::from([Arc::clone(&first.state)])),
            current: ArcSwap::from_pointee(first),
            hearing: Hearing::new(clock),
        }
    }

    /// The newest state that is on disk.
    pub fn current(&self) -> Arc<Published> {
        self.current.load_full()
    }

    /// The state of exactly this position, while the ring still has it.
    pub fn at(&self, position: u64) -> Option<Arc<State>> {
        let current = self.current.load();
        if current.head.position == position {
            return Some(Arc::clone(&current.state));
        }
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.iter()
            .rev()
            .find(|state| state.version() == Version(position))
            .cloned()
    }

    /// Shows a newer state. Two may arrive with the same entries (the writer, and a reader that caught up): the first wins,
    /// and a version never goes back.
    pub fn publish(&self, next: Published) {
        self.hearing.heard();
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        if next.head.position <= self.current.load().head.position {
            return;
        }
        if ring.len() == RING {
            ring.pop_front();
        }
        ring.push_back(Arc::clone(&next.state));
        let version = next.state.version();
        self.current.store(Arc::new(next));
        drop(ring);
        self.versions.send_replace(version);
    }

    /// SD-26: the states before an erasure carry values of things that are blank by now.
    pub fn forget_past(&self) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = ring.len().saturating_sub(1);
        ring.drain(..newest);
        drop(ring);
        self.past.forget(self.id);
    }

    /// Follows the versions.
    pub fn versions(&self) -> watch::Receiver<Version> {
        self.versions.subscribe()
    }
}
