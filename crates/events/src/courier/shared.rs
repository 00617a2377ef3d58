//! What the couriers of a worker share: what they told, until it is written.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use ledger::{Engine, LedgerError};
use outgoing::Outgoing;
use tokio::sync::watch;
use uuid::Uuid;

use crate::subscription::{
    SubscriptionId,
    store::{self, Told},
};

/// What all couriers of a worker have.
#[derive(Debug)]
pub(crate) struct Shared {
    pub engine: Engine,
    pub outgoing: Outgoing,
    pub worker: Uuid,
    /// What was told and is not written yet.
    pub told: Mutex<HashMap<SubscriptionId, Told>>,
    /// Whoever writes holds it from the moment they take what was told: what was told later is written later.
    pub writing: tokio::sync::Mutex<()>,
    pub stopping: watch::Receiver<bool>,
}

impl Shared {
    /// Notes what was told; it is written with what others were told.
    pub fn note(&self, told: Told) {
        let mut all = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(&told.id) {
            Some(noted) if noted.epoch == told.epoch => {
                noted.position = told.position;
                noted.failing = told.failing;
                noted.tried.extend(told.tried);
            }
            _ => drop(all.insert(told.id, told)),
        }
    }

    /// Puts what could not be written before what was told since.
    fn note_before(&self, mut told: Told) {
        let mut all = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(newer) = all.remove(&told.id) {
            told.position = newer.position;
            told.epoch = newer.epoch;
            told.failing = newer.failing;
            told.tried.extend(newer.tried);
        }
        all.insert(told.id, told);
    }

    /// Writes what was noted: of one subscription, or of all.
    pub async fn write(&self, of: Option<SubscriptionId>) -> Result<(), LedgerError> {
        let _writing = self.writing.lock().await;
        let noted: Vec<_> = {
            let mut all = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            match of {
                Some(id) => all.remove(&id).into_iter().collect(),
                None => all.drain().map(|(_, told)| told).collect(),
            }
        };
        if noted.is_empty() {
            return Ok(());
        }
        let written = store::note(self.engine.database(), self.worker, &noted).await;
        if written.is_err() {
            // It is written with what comes next.
            noted.into_iter().for_each(|told| self.note_before(told));
        }
        written
    }

    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}
