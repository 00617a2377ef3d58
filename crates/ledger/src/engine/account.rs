//! The handle of one account: its state, reads that agree with SQL, acts, previews.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use access::preview::Effect;
use access::{Actor, Command, Moment, State, Version};
use tokio::sync::{oneshot, watch};
use uuid::Uuid;

use super::batch::{Answer, Job, Work};
use super::consequence::{Foresight, Moved};
use super::follow;
use super::publish::Slot;
use super::record::Act;
use super::{Engine, past, snapshot_if_worth};
use crate::act::{Change, Done, Options, SubmitError};
use crate::beside::{self, Read};
use crate::clock::BoxFuture;
use crate::database::Tx;
use crate::error::{LedgerError, Result};
use crate::keyed;
use crate::log::{self, AccountId, Head};
use crate::replay::{self, When};

/// Longest wait of a reader for a state that the log already has.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a reader whose state left the ring starts again on a newer snapshot.
const READ_ATTEMPTS: u32 = 8;

/// One account on this node. Clones share it.
#[derive(Clone, Debug)]
pub struct Account {
    engine: Engine,
    slot: Arc<Slot>,
    reads_only: bool,
}

/// A read: one moment of the database, and the state of exactly that moment.
#[derive(Debug)]
pub struct Reading {
    /// The state at the head that the transaction sees.
    pub state: Arc<State>,
    /// The transaction; it cannot write.
    pub tx: Tx,
}

impl Account {
    pub(super) fn new(engine: Engine, slot: Arc<Slot>) -> Self {
        Self {
            engine,
            slot,
            reads_only: false,
        }
    }

    /// AD-27: a handle of the same account that writes nothing: each of its methods that would is refused.
    #[must_use]
    pub fn reading_only(&self) -> Self {
        Self {
            reads_only: true,
            ..self.clone()
        }
    }

    /// Begins the transaction of a write that is no act. Every method that writes passes here or by [`Account::queue`].
    pub(crate) async fn begin_write(&self) -> Result<Tx> {
        self.require_writes()?;
        self.engine.core.database.begin().await
    }

    fn require_writes(&self) -> Result<()> {
        if self.reads_only {
            return Err(LedgerError::ReadsOnly);
        }
        Ok(())
    }

    /// Its number in this database.
    pub fn id(&self) -> AccountId {
        self.slot.id
    }

    /// Its public id.
    pub fn public_id(&self) -> Uuid {
        self.slot.public
    }

    /// The state at the head of the log, which nobody moves until the transaction ends.
    pub(crate) async fn state_under_lock(&self, tx: &mut Tx) -> Result<Arc<State>> {
        let locked = log::lock_heads(tx, std::iter::once(self.slot.id)).await?;
        let (_, head) = locked.first().ok_or(LedgerError::Unknown("account"))?;
        let published = follow::catch_up(tx, &self.slot, *head).await?;
        Ok(Arc::clone(&published.state))
    }

    /// The key of its keyed hashes.
    pub(crate) fn key(&self) -> &keyed::Key {
        &self.slot.key
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The newest state that is on disk. Costs a pointer; a reader never waits.
    pub fn state(&self) -> Arc<State> {
        Arc::clone(&self.slot.current().state)
    }

    /// The end of the log that [`Account::state`] was made from.
    pub fn head(&self) -> Head {
        self.slot.current().head
    }

    /// Whether [`Account::state`] was the newest there is a short while ago. After a longer silence of the database it may grant
    /// what another node took away (AD-28), and whoever decides has to say so and not answer.
    pub fn is_current(&self) -> bool {
        self.slot.hearing.is_recent()
    }

    /// Follows the versions as they are published on this node.
    pub fn versions(&self) -> watch::Receiver<Version> {
        self.slot.versions()
    }

    /// A state of at least this version, as soon as this node has it; busy after the timeout.
    pub async fn at_least(&self, version: Version, timeout: Duration) -> Result<Arc<State>> {
        let mut versions = self.slot.versions();
        if *versions.borrow() < version {
            // The wake-up of another node may still be on its way: the log is asked directly once.
            follow::refresh(&self.engine.core, &self.slot).await?;
        }
        let waited =
            tokio::time::timeout(timeout, versions.wait_for(|reached| *reached >= version)).await;
        match waited {
            Ok(Ok(_)) => Ok(self.state()),
            Ok(Err(_)) => Err(LedgerError::Closed),
            Err(_) => Err(LedgerError::Busy("this node has not reached that version")),
        }
    }

    /// Begins a read of SQL rows and state that speak of one moment.
    pub async fn read(&self) -> Result<Reading> {
        for _ in 0..READ_ATTEMPTS {
            let mut tx = self.engine.core.database.begin_read().await?;
            let head = log::read_head(&mut tx, self.slot.id).await?;
            if head.position > self.slot.current().head.position {
                let mut versions = self.slot.versions();
                let reached = versions.wait_for(|version| version.0 >= head.position);
                if tokio::time::timeout(Duration::from_millis(20), reached)
                    .await
                    .is_err()
                {
                    // Not our own writer, then: another node wrote it.
                    follow::catch_up(&mut tx, &self.slot, head).await?;
                }
            }
            if let Some(state) = self.slot.at(head.position) {
                return Ok(Reading { state, tx });
            }
            tx.rollback().await?;
        }
        Err(LedgerError::Busy(
            "the account changes faster than it can be read",
        ))
    }

    /// A connection for a few statements, each of which reads what stands at its moment, whatever the state is: names, say.
    pub async fn read_once(&self) -> Result<Tx> {
        self.engine.core.database.read_once().await
    }

    /// Does a command. The answer comes when it is on disk.
    pub async fn submit(
        &self,
        actor: Actor,
        change: impl Into<Change>,
        options: Options,
    ) -> Result<Done, SubmitError> {
        self.enqueue(actor, Work::Change(Box::new(change.into())), options)
            .await
    }

    /// Does a record act.
    pub async fn act<A: Act>(
        &self,
        actor: Actor,
        act: A,
        options: Options,
    ) -> Result<Done, SubmitError> {
        self.enqueue(actor, Work::Record(Box::new(act)), options)
            .await
    }

    /// Puts a command into the queue and comes back before it is done. Acts that are begun one after the other are done in
    /// that order, so that a later one can rest on an earlier one while both share a commit.
    pub async fn begin(
        &self,
        actor: Actor,
        change: impl Into<Change>,
        options: Options,
    ) -> Result<BoxFuture<'static, Result<Done, SubmitError>>> {
        let work = Work::Change(Box::new(change.into()));
        let answer = self.queue(actor, work, options).await?;
        Ok(Box::pin(answered(answer)))
    }

    async fn enqueue(&self, actor: Actor, work: Work, options: Options) -> Answer {
        let answer = self.queue(actor, work, options).await?;
        answered(answer).await
    }

    async fn queue(
        &self,
        actor: Actor,
        work: Work,
        options: Options,
    ) -> Result<oneshot::Receiver<Answer>> {
        self.require_writes()?;
        let (reply, answer) = oneshot::channel();
        self.engine
            .enqueue(Job {
                slot: Arc::clone(&self.slot),
                actor,
                work,
                options,
                reply,
            })
            .await?;
        Ok(answer)
    }

    /// What a change would do if it were made now: dry run. Nothing is written, the writer is not disturbed, and the
    /// effect's fingerprint can be carried by [`Options::fingerprint`].
    pub async fn preview(
        &self,
        actor: Actor,
        change: impl Into<Change>,
    ) -> Result<Effect, SubmitError> {
        // It says what the actor would do to others, which is more than to look.
        self.require_writes()?;
        let (change, now) = (change.into(), self.engine.now());
        let Reading { state, mut tx } = self.read().await?;
        let before = Read::of(&mut tx, self.slot.id, &change, &state).await?;
        tx.rollback().await?;
        // A preview may touch every person of the account.
        let preview = tokio::task::spawn_blocking(move || {
            // What the actor may not ask for is refused before anything is said about addresses.
            state.preview_as_seen(actor, &change.command, now, |proposal, after| {
                beside::check(&change, &proposal.events, after, &before).map(drop)
            })
        });
        Ok(preview.await.map_err(|_| LedgerError::Closed)??)
    }

    /// What would follow from the command in rows of slices, as far as the actor may see it. Nothing where it is refused: the preview
    /// says so.
    pub async fn foresee(&self, actor: Actor, command: &Command) -> Result<Foresight> {
        let now = self.engine.now();
        let Reading { state, mut tx } = self.read().await?;
        let mut found = Foresight::default();
        let (account, consequences) = (self.slot.id, self.engine.core.consequences);
        let (before, command) = (Arc::clone(&state), command.clone());
        // A command may touch every person of the account.
        let worked_out = tokio::task::spawn_blocking(move || {
            let (proposal, after) = before.propose_and_fork(actor, &command, now).ok()?;
            let concerned = consequences.iter().copied().filter(|slice| {
                slice.concerns(Moved {
                    account,
                    before: &before,
                    after: &after,
                    events: &proposal.events,
                    actor,
                    now,
                })
            });
            let concerned: Vec<_> = concerned.collect();
            Some((proposal.events, after, concerned))
        });
        let worked_out = worked_out.await.map_err(|_| LedgerError::Closed)?;
        let Some((events, after, concerned)) = worked_out else {
            return Ok(found);
        };
        for slice in concerned {
            let moved = Moved {
                account,
                before: &state,
                after: &after,
                events: &events,
                actor,
                now,
            };
            let one = slice.foresee(&mut tx, moved).await?;
            found.total += one.total;
            found.more |= one.more;
            found.first.extend(one.first);
        }
        Ok(found)
    }

    /// The state of the past: after so many events, or at a moment. Few are held at once: busy when more are asked for.
    pub async fn state_at(&self, when: When) -> Result<Arc<State>> {
        let mut tx = self.engine.core.database.begin_read().await?;
        let position = match when {
            When::Position(position) => position,
            When::At(moment) => replay::position_at(&mut tx, self.slot.id, moment).await?,
        };
        if let Some(state) = self.slot.at(position) {
            return Ok(state);
        }
        // Found out before anything is loaded.
        let is_there = replay::is_position(&mut tx, self.slot.id, position).await?;
        tx.rollback().await?;
        if !is_there {
            return Err(LedgerError::Unknown("position in the log"));
        }
        past::state(&self.engine.core, &self.slot, position).await
    }

    /// The position of the last act before a moment; zero where there is none.
    pub async fn position_before(&self, moment: Moment) -> Result<u64> {
        let mut tx = self.engine.core.database.begin_read().await?;
        let before = Moment(moment.0.saturating_sub(1));
        replay::position_at(&mut tx, self.slot.id, before).await
    }

    /// When the account's first act was done; `None` before it.
    pub async fn begins_at(&self) -> Result<Option<Moment>> {
        let mut tx = self.engine.core.database.begin_read().await?;
        replay::begins_at(&mut tx, self.slot.id).await
    }

    /// A page of the audit log, newest first: entries before the position (AD-20).
    pub async fn log_page(&self, before: Option<u64>, limit: u32) -> Result<Vec<log::Entry>> {
        let mut tx = self.engine.core.database.begin_read().await?;
        log::page(
            &mut tx,
            self.slot.id,
            before.unwrap_or(i64::MAX as u64),
            limit,
        )
        .await
    }

    /// Some of the log after a position, oldest first, with a state that is at least that of the moment at which they were read: whoever tells
    /// others of them decides about these on it (AD-28).
    pub async fn log_after(&self, after: u64, limit: u32) -> Result<(Arc<State>, Vec<log::Entry>)> {
        let Reading { state, mut tx } = self.read().await?;
        let entries = log::after(&mut tx, self.slot.id, after, limit).await?;
        Ok((state, entries))
    }

    /// SD-23: whether the denylist holds the address or its domain.
    pub async fn is_denied(&self, address: &str) -> Result<bool> {
        let mut tx = self.engine.core.database.begin_read().await?;
        keyed::is_denied(&mut tx, self.slot.id, &self.slot.key, address).await
    }

    /// Seals bytes for a caller who is to bring them back; they open in this account, together with `bound`, and nowhere else.
    pub fn seal(&self, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let randomness = self.engine.randomness();
        self.slot.key.seal(randomness.as_ref(), bound, plain)
    }

    /// Opens what [`Account::seal`] made on any node; `None` for everything else.
    pub fn unseal(&self, bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        self.slot.key.unseal(bound, sealed)
    }

    /// A keyed hash of some bytes: the same on every node and after every start, another one for each account and purpose, and nothing that
    /// anybody can make or undo without the account's key. Of nothing, it is a secret of the account for this purpose.
    pub fn keyed(&self, purpose: &str, of: &[&[u8]]) -> Result<[u8; 32]> {
        self.slot.key.mac(purpose, of)
    }

    /// Writes a snapshot now, if there is something new.
    pub async fn snapshot(&self) -> Result<()> {
        snapshot_if_worth(&self.engine.core, &self.slot, 1).await
    }

    /// Waits until the bytes of erasures that were acknowledged before are out of the files (SD-26).
    pub async fn scrubbed(&self) -> Result<()> {
        let core = &self.engine.core;
        let mut scrubbed = core.scrubbed.subscribe();
        // One that is under way may have begun before the erasure: the next one counts.
        let wanted = core.scrubbing.load(Ordering::SeqCst) + 1;
        core.scrub.notify_one();
        let reached = scrubbed.wait_for(|run| *run >= wanted);
        match tokio::time::timeout(CATCH_UP_TIMEOUT * 6, reached).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(LedgerError::Closed),
            Err(_) => Err(LedgerError::Busy(
                "somebody still reads pages from before the erasure",
            )),
        }
    }

    /// The time of the engine's clock.
    pub fn now(&self) -> Moment {
        self.engine.now()
    }
}

/// The writer answers everybody, unless a defect ended the batch.
async fn answered(answer: oneshot::Receiver<Answer>) -> Answer {
    answer.await.map_err(|_| LedgerError::NotWritten)?
}
