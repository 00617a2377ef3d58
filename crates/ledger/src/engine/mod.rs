//! The engine: one writer that batches the acts of all accounts, and the states that it publishes.
//!
//! An act waits in a bounded queue. The writer takes all that wait, up to a bound, and does them in one transaction
//! (`batch.rs`); the states that readers see change when the commit is on disk (`publish.rs`); what other nodes write is
//! followed from the log (`follow.rs`).

mod account;
mod batch;
mod consequence;
mod follow;
mod links;
mod past;
mod pending;
mod publish;
mod record;
mod rows;
mod set_up;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use access::Moment;
use futures_util::FutureExt;
use tokio::sync::{Notify, mpsc, watch};
use uuid::Uuid;

pub use self::account::{Account, Reading};
use self::batch::Job;
pub use self::consequence::{Consequence, Foreseen, Foresight, Moved};
use self::past::Past;
use self::publish::{Hearing, Published, Slot};
pub use self::record::{Act, Here, Told, Wrote};
use crate::clock::{Clock, Randomness};
use crate::database::{Database, Tx};
use crate::database_config::DatabaseConfig;
use crate::error::{LedgerError, Result};
use crate::keyed::Key;
use crate::log::{self, AccountId, Head};
use crate::tokens::{self, Bearer, Secret};
use crate::{drafts, erase, imports, outbox, replay, sign_in, snapshot, views};

/// Acts that may wait for the writer.
const QUEUE: usize = 8_192;
/// Acts in one batch: enough to share a commit, few enough that the first of them does not wait long for the last.
const BATCH: usize = 4_096;
/// Longest wait for a place in the queue.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for readers when the engine is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Idempotency keys are remembered for a day.
const IDEMPOTENCY_KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// The pause before a cleaning of the files that failed is tried again.
const SCRUB_PAUSE: Duration = Duration::from_secs(1);
/// How often what is old is cleared away and snapshots are considered.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(300);
/// So many events after the last snapshot a new one is worth its bytes.
const SNAPSHOT_AFTER: u64 = 20_000;

/// All slices that follow what is changed. There is no default: whoever opens a ledger says who they are.
pub type Consequences = &'static [&'static dyn Consequence];

/// The ledger of one database on this node. Clones share it.
#[derive(Clone, Debug)]
pub struct Engine {
    core: Arc<Core>,
    queue: mpsc::Sender<Job>,
}

/// What the engine's tasks share.
#[derive(Debug)]
pub(crate) struct Core {
    pub database: Database,
    pub clock: Arc<dyn Clock>,
    pub randomness: Arc<dyn Randomness>,
    /// The slices that follow what is changed.
    consequences: Consequences,
    accounts: RwLock<HashMap<AccountId, Arc<Slot>>>,
    closed: watch::Sender<bool>,
    stopping: watch::Sender<bool>,
    /// Wakes the task that takes erased bytes out of the files (SD-26).
    scrub: Notify,
    /// The number of the last run that began, and of the last that ended well.
    scrubbing: AtomicU64,
    scrubbed: watch::Sender<u64>,
    writer_ended: watch::Sender<bool>,
    /// When the database last answered the task that follows it.
    hearing: Hearing,
    past: Arc<Past>,
}

impl Core {
    fn known(&self, account: AccountId) -> Option<Arc<Slot>> {
        self.accounts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&account)
            .cloned()
    }

    fn all(&self) -> Vec<Arc<Slot>> {
        self.accounts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    async fn until_closed(&self) {
        // The sender is a field of `self`: the wait ends by its value alone.
        let _ = self.closed.subscribe().wait_for(|closed| *closed).await;
    }
}

impl Engine {
    /// Opens the database and starts the writer. Needs a running tokio runtime with several threads.
    pub async fn open(
        config: DatabaseConfig,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        consequences: Consequences,
    ) -> Result<Self> {
        let database = Database::open(&config).await?;
        let core = Arc::new(Core {
            database,
            hearing: Hearing::new(Arc::clone(&clock)),
            past: Arc::default(),
            clock,
            randomness,
            consequences,
            accounts: RwLock::default(),
            closed: watch::Sender::new(false),
            stopping: watch::Sender::new(false),
            scrub: Notify::new(),
            scrubbing: AtomicU64::new(0),
            scrubbed: watch::Sender::new(0),
            writer_ended: watch::Sender::new(false),
        });
        let (queue, jobs) = mpsc::channel(QUEUE);
        let runtime = tokio::runtime::Handle::current();
        // A thread of its own: proposing a large act computes for a while and must not hold up a worker of the runtime.
        let writer = Arc::clone(&core);
        std::thread::Builder::new()
            .name("ledger-writer".into())
            .spawn(move || runtime.block_on(write(writer, jobs)))?;
        tokio::spawn(follow::follow(Arc::clone(&core)));
        // A server that was killed after an erasure may have left its bytes in the files.
        core.scrub.notify_one();
        tokio::spawn(scrub(Arc::clone(&core)));
        tokio::spawn(upkeep(Arc::clone(&core)));
        Ok(Self { core, queue })
    }

    /// The first account. In a new database it is made, empty and not yet open: once, however many nodes start at once.
    pub async fn first_account(&self) -> Result<Account> {
        if let Some(id) = self.accounts(None, 1).await?.first() {
            return self.account(*id).await;
        }
        let mut tx = self.core.database.begin().await?;
        tx.lock_accounts().await?;
        let id = match accounts(&mut tx, None, 1).await?.first() {
            Some(id) => *id,
            None => self.insert_account(&mut tx).await?,
        };
        tx.commit().await?;
        self.account(id).await
    }

    /// Makes an account, empty and not yet open.
    pub async fn create_account(&self) -> Result<Account> {
        let mut tx = self.core.database.begin().await?;
        tx.lock_accounts().await?;
        let id = self.insert_account(&mut tx).await?;
        tx.commit().await?;
        self.account(id).await
    }

    async fn insert_account(&self, tx: &mut Tx) -> Result<AccountId> {
        let now = self.now();
        let public = self.core.randomness.uuid(now);
        let mut key = [0; 32];
        self.core.randomness.fill(&mut key);
        let row = tx
            .fetch_optional(
                "INSERT INTO accounts (account, public_id, opened_at, secret) \
                 SELECT COALESCE(MAX(account), 0) + 1, $1, $2, $3 FROM accounts RETURNING account",
                [public.to_string().into(), now.0.into(), key.into()],
            )
            .await?;
        let id = AccountId(row.ok_or(LedgerError::Unknown("account"))?.get(0)?);
        log::write_heads(tx, std::iter::once((id, Head::genesis(public, now)))).await?;
        Ok(id)
    }

    /// An account by its number. It is loaded when it is first asked for.
    pub async fn account(&self, id: AccountId) -> Result<Account> {
        if let Some(slot) = self.core.known(id) {
            return Ok(Account::new(self.clone(), slot));
        }
        let mut tx = self.core.database.begin_read().await?;
        let row = tx
            .fetch_optional(
                "SELECT public_id, secret FROM accounts WHERE account = $1",
                [id.0.into()],
            )
            .await?;
        let row = row.ok_or(LedgerError::Unknown("account"))?;
        let public = parse_public(&row.get::<String>(0)?)?;
        let key = Key::from_slice(&row.get::<Vec<u8>>(1)?)?;
        let (state, head) = replay::newest(&mut tx, id, public).await?;
        tx.rollback().await?;
        let slot = Arc::new(Slot::new(
            id,
            public,
            key,
            Published {
                state: Arc::new(state),
                head,
            },
            Arc::clone(&self.core.clock),
            Arc::clone(&self.core.past),
        ));
        let mut accounts = self
            .core
            .accounts
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Two may have loaded it at once: the first wins, so that there is one truth to follow.
        let slot = Arc::clone(accounts.entry(id).or_insert(slot));
        drop(accounts);
        Ok(Account::new(self.clone(), slot))
    }

    /// An account by its public id.
    pub async fn account_by_public_id(&self, public: Uuid) -> Result<Account> {
        let mut tx = self.core.database.begin_read().await?;
        let row = tx
            .fetch_optional(
                "SELECT account FROM accounts WHERE public_id = $1",
                [public.to_string().into()],
            )
            .await?;
        let id = AccountId(row.ok_or(LedgerError::Unknown("account"))?.get(0)?);
        tx.rollback().await?;
        self.account(id).await
    }

    /// The accounts after `after`, at most `limit`.
    pub async fn accounts(&self, after: Option<AccountId>, limit: u32) -> Result<Vec<AccountId>> {
        let mut tx = self.core.database.begin_read().await?;
        accounts(&mut tx, after, limit).await
    }

    /// A connection for a few statements that are about no account yet.
    pub async fn read_once(&self) -> Result<Tx> {
        self.core.database.read_once().await
    }

    /// Whom a secret belongs to: an API token, an invitation, a set-up link.
    pub async fn bearer(&self, secret: &Secret) -> Result<Option<Bearer>> {
        let mut tx = self.core.database.begin_read().await?;
        tokens::find(&mut tx, secret, self.now()).await
    }

    /// Whether the database answered a short while ago. A node that has lost it does not know what others changed.
    pub fn is_in_touch(&self) -> bool {
        self.core.hearing.is_recent()
    }

    /// Says that the server is about to stop: what would go on for ever ends, and what was begun is finished.
    pub fn stop(&self) {
        self.core.stopping.send_replace(true);
    }

    /// Waits until the server is about to stop.
    pub async fn until_stopping(&self) {
        // The sender lives as long as `self`: the wait ends by its value alone.
        let _ = self
            .core
            .stopping
            .subscribe()
            .wait_for(|stopping| *stopping)
            .await;
    }

    /// The time that everything in the ledger goes by.
    pub fn now(&self) -> Moment {
        self.core.clock.now()
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.core.clock
    }

    /// The randomness, for public ids and secrets.
    pub fn randomness(&self) -> &Arc<dyn Randomness> {
        &self.core.randomness
    }

    /// The number of a new public id.
    pub fn new_uuid(&self) -> Uuid {
        self.core.randomness.uuid(self.now())
    }

    /// The database, for backup, `verify` and `compact`.
    pub fn database(&self) -> &Database {
        &self.core.database
    }

    /// Clears what is over, as the upkeep does every few minutes.
    pub async fn forget_what_is_over(&self) -> Result<()> {
        forget_what_is_over(&self.core).await
    }

    /// Writes a snapshot of every account that this node has loaded, then ends the writer and closes the database. Acts
    /// that wait are done; later ones are answered [`LedgerError::Closed`].
    pub async fn close(self) {
        self.stop();
        self.core.closed.send_replace(true);
        let _ = self
            .core
            .writer_ended
            .subscribe()
            .wait_for(|ended| *ended)
            .await;
        for slot in self.core.all() {
            report(
                snapshot_if_worth(&self.core, &slot, 1).await,
                "a snapshot could not be written",
            );
        }
        // A read that somebody still holds must not hold up the end of the program.
        if tokio::time::timeout(CLOSE_TIMEOUT, self.core.database.close())
            .await
            .is_err()
        {
            tracing::warn!("the database was closed while it was being read");
        }
    }

    async fn enqueue(&self, job: Job) -> Result<()> {
        if *self.core.closed.borrow() {
            return Err(LedgerError::Closed);
        }
        self.queue
            .send_timeout(job, QUEUE_TIMEOUT)
            .await
            .map_err(|error| match error {
                mpsc::error::SendTimeoutError::Timeout(_) => {
                    LedgerError::Busy("too many acts wait")
                }
                mpsc::error::SendTimeoutError::Closed(_) => LedgerError::Closed,
            })
    }
}

pub(crate) async fn accounts(
    tx: &mut Tx,
    after: Option<AccountId>,
    limit: u32,
) -> Result<Vec<AccountId>> {
    let after = after.map_or(0, |account| account.0);
    let rows = tx
        .fetch_all(
            "SELECT account FROM accounts WHERE account > $1 ORDER BY account LIMIT $2",
            [after.into(), limit.into()],
        )
        .await?;
    rows.iter().map(|row| Ok(AccountId(row.get(0)?))).collect()
}

pub(crate) fn parse_public(text: &str) -> Result<Uuid> {
    text.parse()
        .map_err(|_| LedgerError::Damaged("an account's public id cannot be read".into()))
}

/// The writer: takes everything that waits, and does it in one transaction.
async fn write(core: Arc<Core>, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            biased;
            taken = jobs.recv_many(&mut waiting, BATCH) => if taken == 0 { break },
            () = core.until_closed() => {
                jobs.close();
                if jobs.recv_many(&mut waiting, BATCH).await == 0 { break }
            }
        }
        let batch = batch::run(&core, std::mem::take(&mut waiting));
        // A defect costs a batch, not the writer: the transaction is taken back, and whoever waits is told by the end of the
        // channel.
        if AssertUnwindSafe(batch).catch_unwind().await.is_err() {
            tracing::error!("a batch of acts met a defect and was not written");
        }
    }
    core.writer_ended.send_replace(true);
}

/// SD-26: after an erasure, takes the erased bytes out of the files; tries again until it is done.
async fn scrub(core: Arc<Core>) {
    loop {
        tokio::select! {
            () = core.until_closed() => return,
            () = core.scrub.notified() => {}
        }
        let run = core.scrubbing.fetch_add(1, Ordering::SeqCst) + 1;
        let scrubbed = tokio::select! {
            // The next start goes on with it.
            () = core.until_closed() => return,
            scrubbed = erase::scrub(&core.database) => scrubbed,
        };
        match scrubbed {
            Ok(()) => {
                core.scrubbed.send_replace(run);
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "erased bytes are still in the files"
                );
                tokio::time::sleep(SCRUB_PAUSE).await;
                core.scrub.notify_one();
            }
        }
    }
}

/// Clears old idempotency keys, sign-in sessions, views, imports, mails and links, and writes snapshots where many events have come.
async fn upkeep(core: Arc<Core>) {
    loop {
        tokio::select! {
            () = core.until_closed() => return,
            () = tokio::time::sleep(UPKEEP_INTERVAL) => {}
        }
        report(
            outbox::sweep_all(&core.database, core.clock.now()).await,
            "old mails and links could not be cleared",
        );
        report(
            forget_what_is_over(&core).await,
            "old idempotency keys, sign-in sessions and views could not be cleared",
        );
        // Another process may have erased somebody, and ended.
        core.scrub.notify_one();
        for slot in core.all() {
            report(
                snapshot_if_worth(&core, &slot, SNAPSHOT_AFTER).await,
                "a snapshot could not be written",
            );
        }
    }
}

async fn forget_what_is_over(core: &Core) -> Result<()> {
    let before = core.clock.now().0.saturating_sub(IDEMPOTENCY_KEPT_MS);
    let mut tx = core.database.begin().await?;
    tx.execute("DELETE FROM idempotency WHERE at < $1", [before.into()])
        .await?;
    sign_in::sweep(&mut tx, core.clock.now()).await?;
    let now = core.clock.now();
    drafts::sweep(&mut tx, now, |account| {
        let slot = core.known(account)?;
        Some(Arc::clone(&slot.current().state))
    })
    .await?;
    views::sweep(&mut tx, core.clock.now()).await?;
    imports::sweep(&mut tx, core.clock.now()).await?;
    tx.commit().await
}

async fn snapshot_if_worth(core: &Core, slot: &Slot, events: u64) -> Result<()> {
    let published = slot.current();
    let mut tx = core.database.begin_read().await?;
    let last = snapshot::list(&mut tx, slot.id, published.head.position).await?;
    tx.rollback().await?;
    let last = last
        .first()
        .map_or(0, |description| description.head.position);
    if published.head.position - last < events {
        return Ok(());
    }
    snapshot::write(
        &core.database,
        slot.id,
        &published.state,
        published.head,
        core.clock.now(),
    )
    .await
}

fn report(outcome: Result<()>, what: &str) {
    if let Err(error) = outcome {
        tracing::error!(error = &error as &dyn std::error::Error, "{what}");
    }
}
