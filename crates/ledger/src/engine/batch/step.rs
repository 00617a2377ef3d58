//! One act of a batch: checked and proposed on the speculative head of its account, and on yes made part of it.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use access::products::ProductEvent;
use access::state::TokenOwner;
use access::{Actor, Dense, Event, Moment, PersonId, Proposal, Refusal, State};
use serde::{Deserialize, Serialize};

use super::sign_in::is_reset;
use super::{Answer, Batch, Work};
use crate::act::{self, Change, Done, Options, SubmitError, actor_text};
use crate::beside::{self, Before};
use crate::engine::consequence::Moved;
use crate::engine::pending::Pending;
use crate::engine::publish::Slot;
use crate::engine::record::{ErasedAct, Wrote};
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId, Entry, Head};
use crate::person_row;
use crate::profile::{Of, Place, Profile};
use crate::{replay, slices, things};

/// The speculative head of one account.
pub(super) struct Fork {
    pub slot: Arc<Slot>,
    pub state: State,
    pub head: Head,
    /// Whose rows changed.
    pub people: HashSet<PersonId>,
    pub moved: bool,
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

impl Batch {
    /// One act: proposed on the speculative head, and on yes made part of it. The outer error is the batch's.
    pub(super) async fn step(
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
                echo: after.and_then(|state| asked.echo.of(state, &done)),
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
                .is_none_or(|bearer| {
                    bearer.account != account || self.pending.rows.links.has_ended(&bearer)
                })
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
            let done = fork.done(proposal, now);
            self.rows_beside(account, actor, &change, &after, &[], now)
                .await?;
            return Ok(done);
        }
        self.check_sign_in(account, &change, &proposal.events, &after)
            .await?;
        self.rows_beside(account, actor, &change, &after, &proposal.events, now)
            .await?;
        let fork = self
            .forks
            .get_mut(&account)
            .ok_or(LedgerError::Unknown("account"))?;
        for person in proposal.events.iter().filter_map(erased_person) {
            let (pending, tx) = (&mut self.pending, self.tx.here().await?);
            let identity = pending.identity(tx, account, Place::of(person)).await?;
            let blanked = pending.blank(tx, account, &identity).await?;
            things::attach_blanked(&mut after, blanked)?;
            slices::erase(tx, account, person.number(), &identity).await?;
        }
        let before = fork.state.clone();
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
        let ended = &mut self.pending.rows.drafts;
        self.drafts.end_lost(account, (&fork.state, now), ended);
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
        let links = &mut self.pending.rows.links;
        for event in &proposal.events {
            links.end(account, event);
        }
        let entity = |of: Of| of.place(&fork.state).map_or(0, |place| place.entity);
        for secret in &change.secrets {
            let entity = secret.of.map_or(0, entity);
            links.add_secret(account, entity, secret.purpose, secret.row(account, entity));
        }
        let told = options.letters.as_ref();
        let told = told.map(|letters| letters.of(&proposal.notices));
        let told = told.transpose()?.unwrap_or_default();
        for mail in change.mails.iter().chain(&told) {
            let person = entity(mail.of);
            let row = mail.row(account, person, now);
            links.add_mail(account, person, mail.purpose, row);
        }
        for event in &proposal.events {
            let one = change.sign_in_session.as_deref();
            self.pending.rows.sign_in(account, event, one, now);
        }
        let mut credentials = BTreeMap::<u32, Vec<_>>::new();
        for credential in &change.credentials {
            if let Some(place) = credential.of.place(&fork.state) {
                credentials
                    .entry(place.entity)
                    .or_default()
                    .push(credential);
            }
        }
        for (person, credentials) in credentials {
            let whose = PersonId::from_number(person);
            let reset = whose.is_some_and(|whose| is_reset(&proposal.events, whose));
            let rows = &mut self.pending.rows;
            rows.credentials(account, person, &credentials, (now, reset));
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
        let moved = Moved {
            account,
            before: &before,
            after: &fork.state,
            events: &proposal.events,
            actor,
            now,
        };
        for slice in self.consequences {
            if slice.concerns(moved) {
                slice.follow(self.tx.here().await?, moved).await?;
            }
        }
        Ok(fork.done(proposal, now))
    }

    /// The rows of a slice that stand beside a command. What they refuse leaves nothing of the act.
    async fn rows_beside(
        &mut self,
        account: AccountId,
        actor: Actor,
        change: &Change,
        after: &State,
        events: &[Event],
        now: Moment,
    ) -> Result<(), SubmitError> {
        let Some(rows) = &change.rows else {
            return Ok(());
        };
        let fork = self.forks.get_mut(&account);
        let fork = fork.ok_or(LedgerError::Unknown("account"))?;
        let tx = self.tx.here().await?;
        tx.execute("SAVEPOINT beside", []).await?;
        let moved = Moved {
            account,
            before: &fork.state,
            after,
            events,
            actor,
            now,
        };
        let written = rows.write(tx, moved).await;
        if written.is_err() {
            tx.execute("ROLLBACK TO SAVEPOINT beside", []).await?;
        }
        tx.execute("RELEASE SAVEPOINT beside", []).await?;
        fork.moved |= written.is_ok();
        written
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
        // It may ask what somebody signs in with (AD-8), and is told what the acts before it left of that.
        if self.pending.rows.change_sign_in() {
            self.write_ahead().await?;
        }
        let fork = self
            .forks
            .get_mut(&account)
            .ok_or(LedgerError::Unknown("account"))?;
        let name = record.name();
        let tx = self.tx.here().await?;
        tx.execute("SAVEPOINT act", []).await?;
        let performed = record.perform(tx, account, &fork.state, actor, now).await;
        if performed.is_err() || options.dry_run {
            tx.execute("ROLLBACK TO SAVEPOINT act", []).await?;
        }
        tx.execute("RELEASE SAVEPOINT act", []).await?;
        let Wrote {
            events,
            changed,
            told,
        } = match performed {
            Ok(wrote) => wrote,
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
                for event in &events {
                    self.pending.rows.sign_in(account, event, None, now);
                }
                let ended = &mut self.pending.rows.drafts;
                self.drafts.end_lost(account, (&fork.state, now), ended);
            }
            for told in &told {
                let letters = options.letters.as_ref();
                if let Some(mail) = letters.map(|letters| letters.told(told)).transpose()? {
                    let person = told.person.number();
                    let row = mail.row(account, person, now);
                    let links = &mut self.pending.rows.links;
                    links.add_mail(account, person, mail.purpose, row);
                }
            }
        }
        let proposal = Proposal {
            events,
            ..Proposal::default()
        };
        Ok(Ok(Done {
            changed,
            ..fork.done(proposal, now)
        }))
    }
}

impl Fork {
    fn done(&self, proposal: Proposal, at: Moment) -> Done {
        Done {
            version: self.state.version(),
            at,
            changed: !proposal.events.is_empty(),
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

pub(super) fn idempotency_key(slot: &Slot, actor: Actor, key: &str) -> Result<String> {
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
