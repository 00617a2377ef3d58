//! The worker: sees to it that each subscription has a courier, on one node of the database at a time. A lease is over by itself when its node
//! died.

use std::{collections::HashMap, sync::Arc, time::Duration};

use ledger::{AccountId, Engine, LedgerError};
use outgoing::Outgoing;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    courier::{Courier, Shared},
    subscription::{SubscriptionId, store},
};

/// How often it is looked for subscriptions, and written what was told.
const LOOK: Duration = Duration::from_millis(500);
/// The same while the database does not answer.
const LOOK_IN_TROUBLE: Duration = Duration::from_secs(5);
/// How long tries that are under way may take when the server stops. What they told is told again where they took longer.
const ON_THEIR_WAY: Duration = Duration::from_secs(10);

/// A courier at work; it ends with its worker, however that ends.
#[derive(Debug)]
struct Running(JoinHandle<()>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Tells subscriptions what happens.
#[derive(Debug)]
pub struct Worker {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    couriers: HashMap<SubscriptionId, Running>,
}

impl Worker {
    /// Of this ledger, by this way.
    pub fn new(engine: Engine, outgoing: Outgoing) -> Self {
        metrics::describe_counter!(
            "rolecall_webhooks_total",
            "Webhooks by what became of a try: delivered, retried, dead."
        );
        metrics::describe_counter!(
            "rolecall_collector_requests_total",
            "Requests to collectors by what became of them: delivered, retried."
        );
        metrics::describe_histogram!(
            "rolecall_webhook_first_try_seconds",
            "From what happened to the end of the first try to tell it."
        );
        let (stop, stopping) = watch::channel(false);
        let worker = engine.new_uuid();
        Self {
            shared: Arc::new(Shared {
                engine,
                outgoing,
                worker,
                told: Default::default(),
                writing: Default::default(),
                stopping,
            }),
            stop,
            couriers: HashMap::new(),
        }
    }

    /// Tells until it is asked to stop; tries that are under way then are finished, and what was told is written.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let wait = match self.round().await {
                Ok(()) => LOOK,
                Err(LedgerError::Closed) => return,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "subscriptions could not be looked at");
                    LOOK_IN_TROUBLE
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.end().await;
    }

    async fn round(&mut self) -> Result<(), LedgerError> {
        // One whose subscription is paused, or is another worker's by now, ends by itself, and not in the middle of a try.
        self.couriers.retain(|_, courier| !courier.0.is_finished());
        // What those told that are over is written before others go on from there.
        self.shared.write(None).await?;
        let Shared { engine, worker, .. } = &*self.shared;
        let own = store::claim(engine.database(), *worker, engine.now()).await?;
        for (account, id) in own {
            if self.couriers.contains_key(&id) {
                continue;
            }
            // One account that cannot be opened keeps no other one waiting.
            if let Err(error) = self.start(account, id).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, subscription = %id, "the account of a subscription could not be opened");
            }
        }
        Ok(())
    }

    async fn start(&mut self, account: AccountId, id: SubscriptionId) -> Result<(), LedgerError> {
        let account = self.shared.engine.account(account).await?;
        let courier = Courier::new(Arc::clone(&self.shared), account, id);
        self.couriers
            .insert(id, Running(tokio::spawn(courier.run())));
        Ok(())
    }

    async fn end(mut self) {
        self.stop.send_replace(true);
        let deadline = tokio::time::Instant::now() + ON_THEIR_WAY;
        for (_, mut courier) in self.couriers.drain() {
            // One that takes longer is dropped, and ends with that.
            let _ = tokio::time::timeout_at(deadline, &mut courier.0).await;
        }
        let written = self.shared.write(None).await;
        let left = store::leave(self.shared.engine.database(), self.shared.worker).await;
        if let Err(error) = written.and(left) {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "what subscriptions were told could not be written");
        }
    }
}
