//! What directories asked, and what became of it. An entry has ids and words of ours, and nothing that a directory wrote.
//!
//! Entries wait in memory for half a second and are written together: a request costs no commit of its own, whatever comes of it. What a server
//! that is killed has not written by then is not in the log; what was asked is done all the same.

pub(crate) mod rest;
pub(crate) mod store;

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use access::{ConnectionId, Moment, PersonId, ProviderGroupId};
use ledger::{AccountId, Engine, LedgerError};

/// How long entries wait for others.
const WAIT: Duration = Duration::from_millis(500);
/// Entries that wait at most; what comes beside them is counted and not written.
const WAITING_MAX: usize = 20_000;
/// Entries of one writing.
const AT_ONCE: usize = 500;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub account: AccountId,
    pub connection: ConnectionId,
    pub at: Moment,
    /// In the order of its making among those of one moment.
    pub id: String,
    pub method: String,
    /// As the standard writes it, with names in the place of ids.
    pub route: String,
    pub status: u16,
    /// What was refused, or left out; empty where nothing was.
    pub code: String,
    pub reason: String,
    pub person: Option<PersonId>,
    pub group: Option<ProviderGroupId>,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CameTo {
    /// All of it was done.
    Done,
    /// Something was left out.
    InPart,
    /// Nothing was done.
    Refused,
}

impl Entry {
    /// What came of it.
    pub fn came_to(&self) -> CameTo {
        match (self.status, self.code.is_empty()) {
            (400.., _) => CameTo::Refused,
            (_, true) => CameTo::Done,
            (_, false) => CameTo::InPart,
        }
    }
}

/// The entries that wait.
#[derive(Debug, Default)]
pub(crate) struct Book {
    waiting: Mutex<Vec<Entry>>,
    /// How many came before.
    count: AtomicU64,
    /// One writes at a time, so that whoever reads afterwards finds all of it.
    writing: tokio::sync::Mutex<()>,
}

impl Book {
    fn waiting(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The id of a new entry. Several servers write to one log.
    pub fn new_id(&self, engine: &Engine) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        format!("{count:012x}-{}", engine.new_uuid().simple())
    }

    /// Notes a request.
    pub fn note(self: &Arc<Self>, engine: &Engine, entry: Entry) {
        let mut waiting = self.waiting();
        if waiting.len() >= WAITING_MAX {
            metrics::counter!("rolecall_provisioning_log_lost_total").increment(1);
            return;
        }
        waiting.push(entry);
        if waiting.len() > 1 {
            return;
        }
        drop(waiting);
        let (book, engine) = (Arc::clone(self), engine.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(WAIT) => {}
                () = engine.until_stopping() => {}
            }
            if let Err(error) = book.write(&engine).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "entries of the provisioning log were not written");
            }
        });
    }

    /// Writes what waits.
    pub async fn write(&self, engine: &Engine) -> Result<(), LedgerError> {
        let _writing = self.writing.lock().await;
        let entries = mem::take(&mut *self.waiting());
        for some in entries.chunks(AT_ONCE) {
            let mut tx = engine.database().begin().await?;
            store::add(&mut tx, some).await?;
            store::prune(&mut tx, some, engine.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
