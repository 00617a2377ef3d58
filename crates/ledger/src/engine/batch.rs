//! One batch: all waiting acts of all accounts, proposed one after the other on the speculative head, written with one
//! statement per table, made durable by one commit, then shown by swapping one pointer per account.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use access::products::ProductEvent;
use access::state::TokenOwner;
use access::{Actor, Command, Event, Moment, PersonId, Proposal, Refusal, State};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::Core;
use super::follow::catch_up;
use super::pending::Pending;
use super::publish::{Published, Slot};
use super::record::ErasedAct;
use super::rows::{Beside, Rows};
use crate::act::{self, Change, Done, Options, SubmitError, actor_text};
use crate::beside::{self, Before};
use crate::database::Tx;
use crate::dialect::{Column, wanted};
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId, Entry, Head};
use crate::person_row;
use crate::profile::{Place, Profile};
use crate::{replay, things};

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

/// The speculative head of one account.
struct Fork {
    slot: Arc<Slot>,
    state: State,
    head: Head,
    people: HashSet<PersonId>,
    moved: bool,
}

/// What an act finds written: by the database, and by the acts before it.
struct Known<'a> {
    pending: &'a Pending,
    account: AccountId,
}

impl Before for Known<'_> {
    fn holder(&self, address: &str) -> Option<u32> {
        self.pending.holder(self.account, address)
    }

    fn profile(&self, place: Place) -> Option<&Profile> {
        self.pending.profile(self.account, place)
    }
}

/// What the idempotency table keeps of an act that was done.
#[derive(Serialize, Deserialize)]
struct StoredAnswer {
    version: access::Version,
    at: Moment,
    echo: Option<Vec<u8>>,
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
    /// Accounts in which somebody was erased.
    erased: HashSet<AccountId>,
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
            erased: HashSet::new(),
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
        if keys.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "SELECT i.account, i.key, i.body, i.answer FROM {} CROSS JOIN idempotency AS i \
             WHERE i.account = wanted.account AND i.key = wanted.key",
            wanted(tx, &[("account", Column::Int), ("key", Column::Text)])
        );
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

    /// One act: proposed on the speculative head, and on yes made part of it. The outer error is the batch's.
    async fn step(
        &mut self,
        account: AccountId,
        actor: Actor,
        work: Work,
        options: Options,
    ) -> Result<Answer> {
        let Some(fork) = self.forks.get(&account) else {
            let damaged = self.damaged.get(&account).cloned();
            let error = damaged.map_or(LedgerError::Unknown("account"), LedgerError::Damaged);
            return Ok(Err(error.into()));
        };
        let key = match &options.idempotency {
            None => None,
            Some(asked) => {
                let key = idempotency_key(&fork.slot, actor, &asked.key)?;
                let body = fork.slot.key.hash("idempotency body", &[&asked.body])?;
                if let Some((before, answer)) = self.answers.get(&(account, key.clone())) {
                    return if *before == body {
                        Ok(Ok(repeat(fork, answer)))
                    } else {
                        Ok(Err(act::key_reused().into()))
                    };
                }
                Some((key, body))
            }
        };
        // The log's times never go back, whatever the machine's clock does: replay to a moment rests on that.
        let now = self.now.max(fork.head.at);
        let answer = match work {
            Work::Change(change) => {
                match self.change(account, actor, *change, &options, now).await {
                    Err(SubmitError::Failed(error)) => return Err(error),
                    answer => answer,
                }
            }
            Work::Record(record) => self.record(account, actor, record, &options, now).await?,
        };
        let Ok(done) = answer else { return Ok(answer) };
        if let (Some((key, body)), Some(asked)) = (key, options.idempotency) {
            let after = self.forks.get(&account).map(|fork| &fork.state);
            let stored = StoredAnswer {
                version: done.version,
                at: done.at,
                echo: after.and_then(|state| asked.echo.of(state, &done.proposal)),
            };
            let answer = encode(&stored)?;
            self.pending.rows.idempotency.push([
                account.0.into(),
                key.as_str().into(),
                body.as_str().into(),
                answer.clone().into(),
                now.0.into(),
            ]);
            self.answers.insert((account, key), (body, answer));
        }
        Ok(Ok(done))
    }

    async fn change(
        &mut self,
        account: AccountId,
        actor: Actor,
        change: Change,
        options: &Options,
        now: Moment,
    ) -> Answer {
        let Some(fork) = self.forks.get_mut(&account) else {
            return Err(LedgerError::Unknown("account").into());
        };
        if let Some(secret) = &change.spend
            && crate::tokens::find(self.tx.here().await?, secret, now)
                .await?
                .is_none_or(|bearer| bearer.account != account)
        {
            return Err(act::secret_spent().into());
        }
        let before = Known {
            pending: &self.pending,
            account,
        };
        if let Some(seen) = options.fingerprint {
            let effect = guarded(|| {
                let state = &fork.state;
                state.preview_with(actor, &change.command, now, |proposal, after| {
                    beside::check(&change, &proposal.events, after, &before).map(drop)
                })
            })?;
            if effect.fingerprint != seen {
                return Err(act::world_moved().into());
            }
        }
        let (proposal, mut after) =
            guarded(|| fork.state.propose_and_fork(actor, &change.command, now))?;
        let profiles = beside::check(&change, &proposal.events, &mut after, &before)?;
        if proposal.events.is_empty() {
            // Everything is so already: nothing to log.
            return Ok(fork.done(proposal, now));
        }
        for person in proposal.events.iter().filter_map(erased_person) {
            let (pending, tx) = (&mut self.pending, self.tx.here().await?);
            let blanked = pending.blank(tx, account, Place::of(person)).await?;
            things::attach_blanked(&mut after, blanked)?;
        }
        let act = act::name_of(&change.command);
        fork.adopt(
            &mut self.pending,
            actor,
            &act,
            &proposal.events,
            after,
            options,
            now,
        )?;
        let erased = |event| erased(event, &fork.state);
        for place in proposal.events.iter().flat_map(erased) {
            if !self.pending.knows(account, place) {
                let places = HashSet::from([(account, place)]);
                let tx = self.tx.here().await?;
                self.pending.prefetch(tx, places, HashSet::new()).await?;
            }
            self.pending.erase(account, place, fork.head.position);
        }
        for (place, profile) in profiles {
            self.pending
                .write(account, place, fork.head.position, profile);
        }
        for secret in &change.secrets {
            let entity = secret
                .of
                .and_then(|of| of.place(&fork.state))
                .map_or(0, |place| place.entity);
            self.pending.rows.secrets.push(secret.row(account, entity));
        }
        // An address that one change names twice stays denied.
        for (addresses, denied) in [(&change.allow, false), (&change.deny, true)] {
            for address in addresses {
                let hash = fork.slot.key.denied(address)?;
                self.pending.rows.denylist.insert((account, hash), denied);
            }
        }
        if let Some(secret) = &change.spend {
            crate::tokens::spend(self.tx.here().await?, secret).await?;
        }
        Ok(fork.done(proposal, now))
    }

    /// A record act speaks SQL of its own: if it fails, its own statements are taken back and nobody else notices.
    async fn record(
        &mut self,
        account: AccountId,
        actor: Actor,
        record: Box<dyn ErasedAct>,
        options: &Options,
        now: Moment,
    ) -> Result<Answer> {
        let fork = self
            .forks
            .get_mut(&account)
            .ok_or(LedgerError::Unknown("account"))?;
        let name = record.name();
        let tx = self.tx.here().await?;
        tx.execute("SAVEPOINT act", []).await?;
        let performed = record.perform(tx, &fork.state, actor, now).await;
        if performed.is_err() || options.dry_run {
            tx.execute("ROLLBACK TO SAVEPOINT act", []).await?;
        }
        tx.execute("RELEASE SAVEPOINT act", []).await?;
        let events = match performed {
            Ok(events) => events,
            Err(SubmitError::Refused(refusal)) => return Ok(Err(refusal.into())),
            Err(SubmitError::Failed(error)) => {
                tracing::error!(
                    act = name,
                    error = &error as &dyn std::error::Error,
                    "an act could not be written"
                );
                return Ok(Err(LedgerError::NotWritten.into()));
            }
        };
        if !options.dry_run {
            fork.moved = true;
            if !events.is_empty() {
                let mut after = fork.state.clone();
                events.iter().for_each(|event| after.apply(event));
                fork.adopt(&mut self.pending, actor, name, &events, after, options, now)?;
            }
        }
        Ok(Ok(fork.done(
            Proposal {
                events,
                ..Proposal::default()
            },
            now,
        )))
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

impl Fork {
    fn done(&self, proposal: Proposal, at: Moment) -> Done {
        Done {
            version: self.state.version(),
            at,
            proposal,
            echo: None,
            repeated: false,
        }
    }

    /// Makes an act part of the speculative head: state, chain and row of the log.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the columns of an entry"
    )]
    fn adopt(
        &mut self,
        pending: &mut Pending,
        actor: Actor,
        act: &str,
        events: &[Event],
        after: State,
        options: &Options,
        at: Moment,
    ) -> Result<()> {
        let entry = Entry {
            position: self.head.position + events.len() as u64,
            at,
            actor: actor_text(actor),
            act: act.to_owned(),
            face: options.face.to_owned(),
            request: options.request.clone(),
            events: replay::stored(&self.state, events)?,
        };
        self.people
            .extend(person_row::touched(&self.state, &after, events));
        self.state = after;
        self.head = self.head.after(&entry);
        self.moved = true;
        log::push(&mut pending.rows.log, self.slot.id, entry, self.head.hash);
        Ok(())
    }
}

/// The person whom an event erases.
fn erased_person(event: &Event) -> Option<PersonId> {
    match event {
        Event::PersonErased { person } => Some(*person),
        _ => None,
    }
}

/// The profiles of which an event leaves nothing: what the person typed for their tokens alone goes with the person (SD-26).
fn erased(event: &Event, state: &State) -> Vec<Place> {
    match event {
        Event::PersonErased { person } => {
            let owner = TokenOwner::Person(*person);
            let tokens = state.tokens().iter().filter(|(_, row)| row.owner == owner);
            let tokens = tokens.map(|(token, _)| Place::of(token));
            std::iter::once(Place::of(*person)).chain(tokens).collect()
        }
        Event::Product(ProductEvent::ThingRemoved { thing }) => vec![Place::of(*thing)],
        _ => Vec::new(),
    }
}

/// The access core decides; a defect in it must cost one act, not the writer.
fn guarded<T>(decide: impl FnOnce() -> Result<T, Refusal>) -> Result<T, SubmitError> {
    match catch_unwind(AssertUnwindSafe(decide)) {
        Ok(decided) => Ok(decided?),
        Err(_) => {
            Err(Refusal::invalid("§7", "not_decidable", "the command could not be decided").into())
        }
    }
}

fn idempotency_key(slot: &Slot, actor: Actor, key: &str) -> Result<String> {
    slot.key.hash(
        "idempotency key",
        &[actor_text(actor).as_bytes(), key.as_bytes()],
    )
}

/// The answer of the first time. An erasure has blanked it; then only the fact that it was done is left (SD-26).
fn repeat(fork: &Fork, answer: &[u8]) -> Done {
    let first = postcard::from_bytes::<StoredAnswer>(answer).ok();
    let done = Done {
        repeated: true,
        ..fork.done(Proposal::default(), fork.head.at)
    };
    match first {
        None => done,
        Some(stored) => Done {
            version: stored.version,
            at: stored.at,
            echo: stored.echo,
            ..done
        },
    }
}

fn encode(value: &impl Serialize) -> Result<Vec<u8>> {
    postcard::to_stdvec(value)
        .map_err(|error| LedgerError::Damaged(format!("an entry cannot be encoded: {error}")))
}
