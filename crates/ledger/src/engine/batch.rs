//! One batch: all waiting acts of all accounts, proposed one after the other on the speculative head (`batch/step.rs`), written
//! with one statement per table, made durable by one commit, then shown by swapping one pointer per account.

mod sign_in;
mod step;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use access::{Actor, Command, Moment, State};
use tokio::sync::oneshot;

use self::step::{Fork, idempotency_key};
use super::follow::catch_up;
use super::pending::Pending;
use super::publish::{Published, Slot};
use super::record::ErasedAct;
use super::rows::{Beside, Rows};
use super::{Consequences, Core};
use crate::act::{Change, Done, Options, SubmitError};
use crate::database::Tx;
use crate::dialect::{Column, wanted};
use crate::drafts::Drafts;
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId};
use crate::profile::Place;

/// An act on its way through the queue.
pub(super) struct Job {
    pub slot: Arc<Slot>,
    pub actor: Actor,
    pub work: Work,
    pub options: Options,
    pub reply: oneshot::Sender<Answer>,
}

pub(super) type Answer = Result<Done, SubmitError>;

pub(super) enum Work {
    Change(Box<Change>),
    Record(Box<dyn ErasedAct>),
}

/// After so many acts their rows are written while the next ones are decided: an import keeps two cores busy.
const STRETCH: usize = 512;

/// The transaction of a batch.
enum Writer {
    Here(Tx),
    /// Rows of earlier acts are being written.
    Away(Beside),
    /// It was lost; the batch fails.
    Lost,
}

impl Writer {
    /// The transaction, when everything so far is written.
    async fn here(&mut self) -> Result<&mut Tx> {
        let tx = self.take().await?;
        *self = Self::Here(tx);
        match self {
            Self::Here(tx) => Ok(tx),
            Self::Away(_) | Self::Lost => Err(LedgerError::Closed),
        }
    }

    /// The same, to be put back or ended.
    async fn take(&mut self) -> Result<Tx> {
        match std::mem::replace(self, Self::Lost) {
            Self::Here(tx) => Ok(tx),
            Self::Away(beside) => beside.done().await,
            Self::Lost => Err(LedgerError::Closed),
        }
    }
}

/// Runs a batch to its end. Nobody is left without an answer.
pub(super) async fn run(core: &Core, jobs: Vec<Job>) {
    let mut accepted = Vec::with_capacity(jobs.len());
    let mut open: Vec<oneshot::Sender<Answer>> = Vec::new();
    match attempt(core, jobs, &mut accepted, &mut open).await {
        Ok(()) => {
            for (reply, done) in accepted {
                // The asker may have gone away; what was done stays done.
                let _ = reply.send(Ok(done));
            }
        }
        Err(error) => {
            // Logged once, with its whole chain; the callers get a plain answer.
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a batch of acts could not be written"
            );
            let waiting = accepted.into_iter().map(|(reply, _)| reply).chain(open);
            waiting.for_each(|reply| drop(reply.send(Err(LedgerError::NotWritten.into()))));
        }
    }
}

async fn attempt(
    core: &Core,
    jobs: Vec<Job>,
    accepted: &mut Vec<(oneshot::Sender<Answer>, Done)>,
    open: &mut Vec<oneshot::Sender<Answer>>,
) -> Result<()> {
    let mut todo = Vec::with_capacity(jobs.len());
    for Job {
        slot,
        actor,
        work,
        options,
        reply,
    } in jobs
    {
        open.push(reply);
        todo.push((slot, actor, work, options));
    }
    // Answers are taken from the end, so that `open` always holds exactly those who still wait.
    open.reverse();

    let mut batch = Batch::begin(core, &todo).await?;
    for (slot, actor, work, options) in todo {
        let answer = batch.step(slot.id, actor, work, options).await?;
        if batch.pending.rows.log.len() >= STRETCH {
            batch.write_ahead().await?;
        }
        let Some(reply) = open.pop() else { break };
        match answer {
            Ok(done) => accepted.push((reply, done)),
            Err(error) => drop(reply.send(Err(error))),
        }
    }
    batch.commit(core).await
}

struct Batch {
    tx: Writer,
    /// Accounts whose log is not what this node has read, with what was found: their acts fail, and nobody else's.
    damaged: BTreeMap<AccountId, String>,
    forks: BTreeMap<AccountId, Fork>,
    pending: Pending,
    answers: HashMap<(AccountId, String), (String, Vec<u8>)>,
    /// What people chose and did not save: it ends with the right that it needs.
    drafts: Drafts,
    /// Accounts in which somebody was erased.
    erased: HashSet<AccountId>,
    consequences: Consequences,
    now: Moment,
}

impl Batch {
    /// Takes the lock of each account, brings its state to the head, and reads what the acts need to know.
    async fn begin(core: &Core, todo: &[(Arc<Slot>, Actor, Work, Options)]) -> Result<Self> {
        let mut tx = core.database.begin().await?;
        let slots: BTreeMap<AccountId, &Arc<Slot>> =
            todo.iter().map(|(slot, ..)| (slot.id, slot)).collect();
        let (mut forks, mut damaged) = (BTreeMap::new(), BTreeMap::new());
        for (id, head) in log::lock_heads(&mut tx, slots.keys().copied()).await? {
            let slot = Arc::clone(slots[&id]);
            let published = match catch_up(&mut tx, &slot, head).await {
                Ok(published) => published,
                Err(LedgerError::Damaged(what)) => {
                    tracing::error!(account = %slot.public, what, "an account is damaged");
                    damaged.insert(id, what);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let (state, head) = (State::clone(&published.state), published.head);
            forks.insert(
                id,
                Fork {
                    slot,
                    state,
                    head,
                    people: HashSet::new(),
                    moved: false,
                },
            );
        }
        let mut batch = Self {
            tx: Writer::Here(tx),
            damaged,
            forks,
            pending: Pending::default(),
            answers: HashMap::new(),
            drafts: Drafts::default(),
            erased: HashSet::new(),
            consequences: core.consequences,
            now: core.clock.now(),
        };
        batch.prefetch(todo).await?;
        Ok(batch)
    }

    async fn prefetch(&mut self, todo: &[(Arc<Slot>, Actor, Work, Options)]) -> Result<()> {
        let (mut places, mut emails, mut keys) = (HashSet::new(), HashSet::new(), Vec::new());
        for (slot, actor, work, options) in todo {
            if let Some(idempotency) = &options.idempotency {
                keys.push(serde_json::json!([
                    slot.id.0,
                    idempotency_key(slot, *actor, &idempotency.key)?
                ]));
            }
            let Work::Change(change) = work else { continue };
            let Some(fork) = self.forks.get(&slot.id) else {
                continue;
            };
            if let Command::ErasePerson { person } = change.command {
                places.insert((slot.id, Place::of(person)));
            }
            for write in &change.profiles {
                places.extend(write.of.place(&fork.state).map(|place| (slot.id, place)));
                emails.extend(write.addresses().map(|address| (slot.id, address)));
            }
        }
        let tx = self.tx.here().await?;
        self.pending.prefetch(tx, places, emails).await?;
        self.drafts = Drafts::of(tx, self.forks.keys().copied()).await?;
        for (account, fork) in &self.forks {
            // A right whose time has ended is lost without an act.
            let seen = (&fork.state, self.now.max(fork.head.at));
            let ended = &mut self.pending.rows.drafts;
            self.drafts.end_lost(*account, seen, ended);
        }
        if keys.is_empty() {
            return Ok(());
        }
        let wanted = wanted(tx, &[("account", Column::Int), ("key", Column::Text)]);
        let columns = "p.account, p.key, p.body, p.answer";
        let of = "idempotency AS p WHERE p.account = wanted.account AND p.key = wanted.key";
        let rows = tx.looked_up(&wanted, columns, of);
        let sql = format!("SELECT {columns} FROM {rows}");
        let answers = &mut self.answers;
        let keys = serde_json::Value::Array(keys).to_string();
        tx.for_each(sqlx::AssertSqlSafe(sql), [keys.into()], |row| {
            answers.insert(
                (AccountId(row.get(0)?), row.get(1)?),
                (row.get(2)?, row.get(3)?),
            );
            Ok(())
        })
        .await
    }

    fn take_rows(&mut self) -> Rows {
        let forks = self.forks.values_mut().map(|fork| {
            let people = std::mem::take(&mut fork.people);
            (fork.slot.id, &fork.state, people)
        });
        let rows = self.pending.take_rows(forks);
        self.erased.extend(rows.erased.keys());
        rows
    }

    /// Begins to write the rows so far. Acts that need the transaction wait for it.
    async fn write_ahead(&mut self) -> Result<()> {
        let rows = self.take_rows();
        let tx = self.tx.take().await?;
        self.tx = Writer::Away(rows.write_beside(tx));
        Ok(())
    }

    /// Writes, commits, publishes. Nobody sees a state that is not on disk.
    async fn commit(mut self, core: &Core) -> Result<()> {
        // An answer is kept with its key also where nothing was to be done: asked again, it is not done later.
        let answered = self.pending.rows.idempotency.len() > 0;
        if !answered && self.forks.values().all(|fork| !fork.moved) {
            return self.tx.take().await?.rollback().await;
        }
        let rows = self.take_rows();
        let mut tx = self.tx.take().await?;
        rows.write(&mut tx).await?;
        let moved = || self.forks.values().filter(|fork| fork.moved);
        log::write_heads(&mut tx, moved().map(|fork| (fork.slot.id, fork.head))).await?;
        tx.notify(&moved().map(|fork| fork.slot.id.0).collect::<Vec<_>>())
            .await?;
        tx.commit().await?;
        for fork in self.forks.into_values().filter(|fork| fork.moved) {
            fork.slot.publish(Published {
                state: Arc::new(fork.state),
                head: fork.head,
            });
            if self.erased.contains(&fork.slot.id) {
                fork.slot.forget_past();
            }
        }
        if !self.erased.is_empty() {
            core.scrub.notify_one();
        }
        Ok(())
    }
}
