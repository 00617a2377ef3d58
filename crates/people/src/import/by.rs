//! As whom an import runs, and what ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use access::{Actor, Subject};

/// As whom rows are imported, and for how long.
#[derive(Debug, Clone)]
pub struct By {
    /// Whose rights hold for every row.
    pub actor: Actor,
    /// What this subject may not know of is not there for the rows. Whoever is at the server knows of everything.
    pub sight: Option<Subject>,
    /// Whether it was proved lately who the actor is: rows that give administration ask for it.
    pub is_proved: bool,
    /// Once it is set, no further row is begun.
    pub stop: Arc<AtomicBool>,
}

impl From<Actor> for By {
    fn from(actor: Actor) -> Self {
        By {
            actor,
            sight: None,
            is_proved: true,
            stop: Arc::default(),
        }
    }
}

impl By {
    /// Whether no further row is begun.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
