//! Somebody who takes mails, and remembers them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mail::inbound::{Delivery, Handler, Outcome};

/// Keeps what it is given; an address that begins with "nobody" it does not know.
#[derive(Clone, Default)]
pub struct Keeper(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    mails: Vec<Delivery>,
    /// What it says to the next ones, the last first; then everything is stored.
    says: Vec<Outcome>,
    delay: Duration,
}

impl Keeper {
    /// With this to say to the first mails.
    pub fn that_says(outcomes: &[Outcome]) -> Self {
        let keeper = Self::default();
        keeper.0.lock().unwrap().says = outcomes.iter().rev().copied().collect();
        keeper
    }

    /// One that takes its time.
    pub fn that_takes(delay: Duration) -> Self {
        let keeper = Self::default();
        keeper.0.lock().unwrap().delay = delay;
        keeper
    }

    pub fn mails(&self) -> Vec<Delivery> {
        self.0.lock().unwrap().mails.clone()
    }
}

impl Handler for Keeper {
    async fn knows(&self, recipient: &str) -> bool {
        !recipient.starts_with("nobody")
    }

    async fn receive(&self, delivery: Delivery) -> Vec<Outcome> {
        let delay = self.0.lock().unwrap().delay;
        tokio::time::sleep(delay).await;
        let mut kept = self.0.lock().unwrap();
        let outcomes = delivery
            .recipients
            .iter()
            .map(|_| kept.says.pop().unwrap_or(Outcome::Stored))
            .collect();
        kept.mails.push(delivery);
        outcomes
    }
}
