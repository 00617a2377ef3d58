//! From the log to a state: the tail after a snapshot, a position of the past, a moment of the past. Today's rules on past
//! facts, with present names.

use std::collections::HashSet;

use access::products::ProductEvent;
use access::{Event, Moment, State};
use uuid::Uuid;

use crate::database::Tx;
use crate::error::{LedgerError, Result};
use crate::log::{self, AccountId, Entry, Head};
use crate::profile::Place;
use crate::{snapshot, things};

/// Which state of the past is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// After so many events.
    Position(u64),
    /// At this moment: with every entry up to it.
    At(Moment),
}

/// The events of an entry.
pub fn events(entry: &Entry) -> Result<Vec<Event>> {
    let (events, _) = postcard::take_from_bytes(&entry.events).map_err(unreadable(entry))?;
    Ok(events)
}

/// The events of an entry, each with what it took the place of (AD-20): read, not replayed.
pub fn changes(entry: &Entry) -> Result<Vec<(Event, Vec<Event>)>> {
    let (events, replaced): (Vec<Event>, Vec<Vec<Event>>) =
        postcard::from_bytes(&entry.events).map_err(unreadable(entry))?;
    if events.len() != replaced.len() {
        return Err(damaged(
            entry,
            "does not say of each event what it replaced",
        ));
    }
    Ok(events.into_iter().zip(replaced).collect())
}

/// What an entry stores: the events, then of each what it takes the place of in the state before the act. Both stand in the
/// hash chain.
pub(crate) fn stored(before: &State, events: &[Event]) -> Result<Vec<u8>> {
    let replaced: Vec<_> = events
        .iter()
        .map(|event| before.replaced_by(event))
        .collect();
    postcard::to_stdvec(&(events, replaced))
        .map_err(|error| LedgerError::Damaged(format!("an entry cannot be encoded: {error}")))
}

/// That an entry says what its events replaced in the state before it.
pub(crate) fn check_replaced(entry: &Entry, before: &State) -> Result<()> {
    let says = |(event, replaced): &(_, Vec<_>)| before.replaced_by(event) == *replaced;
    if changes(entry)?.iter().all(says) {
        Ok(())
    } else {
        Err(damaged(entry, "does not say what it replaced"))
    }
}

fn unreadable(entry: &Entry) -> impl Fn(postcard::Error) -> LedgerError {
    move |error| damaged(entry, &format!("cannot be read: {error}"))
}

fn damaged(entry: &Entry, what: &str) -> LedgerError {
    LedgerError::Damaged(format!("the entry at position {} {what}", entry.position))
}

/// What was read of the log.
pub(crate) struct Applied {
    /// Up to here.
    pub head: Head,
    /// Places of things whose values have to be attached.
    things: HashSet<Place>,
    /// Somebody or something was erased, and values that were attached before may be blank by now (SD-26).
    pub erased: bool,
}

/// Applies the entries after `from` up to `until`, and checks their chain on the way.
async fn apply_log(
    tx: &mut Tx,
    account: AccountId,
    state: &mut State,
    from: Head,
    until: u64,
) -> Result<Applied> {
    let mut applied = Applied {
        head: from,
        things: HashSet::new(),
        erased: false,
    };
    log::read(tx, account, from.position, until, |entry, hash| {
        let (next, events) = follow(&applied.head, state, &entry, &hash)?;
        applied.things.extend(things::touched(events.iter(), state));
        applied.erased |= events.iter().any(erases);
        applied.head = next;
        Ok(())
    })
    .await?;
    Ok(applied)
}

fn erases(event: &Event) -> bool {
    matches!(
        event,
        Event::PersonErased { .. } | Event::Product(ProductEvent::ThingRemoved { .. })
    )
}

/// Brings a state that readers see to a later position.
pub(crate) async fn advance(
    tx: &mut Tx,
    account: AccountId,
    state: &mut State,
    from: Head,
    until: u64,
) -> Result<Applied> {
    let applied = apply_log(tx, account, state, from, until).await?;
    if applied.erased {
        things::attach_all(tx, account, state, applied.head.position).await?;
    } else {
        things::attach_some(tx, account, state, &applied.things).await?;
    }
    Ok(applied)
}

/// One entry: the chain fits, the position is that of its last event, and its events become part of the state.
pub(crate) fn follow(
    head: &Head,
    state: &mut State,
    entry: &Entry,
    hash: &[u8],
) -> Result<(Head, Vec<Event>)> {
    let next = head.after(entry);
    if next.hash.0 != hash {
        return Err(LedgerError::Damaged(format!(
            "the hash chain breaks at position {}",
            entry.position
        )));
    }
    let events = events(entry)?;
    if head.position + events.len() as u64 != entry.position {
        return Err(damaged(entry, "does not follow the one before"));
    }
    events.iter().for_each(|event| state.apply(event));
    Ok((next, events))
}

/// The state at the head that this transaction sees: the newest snapshot and the entries after it.
pub(crate) async fn newest(tx: &mut Tx, account: AccountId, public: Uuid) -> Result<(State, Head)> {
    let head = log::read_head(tx, account).await?;
    at_position(tx, account, public, head.position).await
}

/// The state at a position of the log, from the nearest snapshot before it. A position inside an entry is refused: the
/// events of one act happen together.
pub(crate) async fn at_position(
    tx: &mut Tx,
    account: AccountId,
    public: Uuid,
    position: u64,
) -> Result<(State, Head)> {
    let (mut state, from) = match snapshot::nearest(tx, account, position).await? {
        Some(found) => found,
        None => (State::empty(), Head::genesis(public, Moment(0))),
    };
    let reached = apply_log(tx, account, &mut state, from, position)
        .await?
        .head;
    if reached.position != position {
        return Err(LedgerError::Unknown("position in the log"));
    }
    things::attach_all(tx, account, &mut state, position).await?;
    Ok((state, reached))
}

/// Whether the events of an entry end at the position, or none has come yet.
pub(crate) async fn is_position(tx: &mut Tx, account: AccountId, position: u64) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 FROM log WHERE account = $1 AND position = $2",
            [account.0.into(), log::column(position)],
        )
        .await?;
    Ok(position == 0 || row.is_some())
}

/// The moment of the first entry.
pub(crate) async fn begins_at(tx: &mut Tx, account: AccountId) -> Result<Option<Moment>> {
    let row = tx
        .fetch_optional(
            "SELECT at FROM log WHERE account = $1 ORDER BY position LIMIT 1",
            [account.0.into()],
        )
        .await?;
    row.map(|row| Ok(Moment(row.get(0)?))).transpose()
}

/// The position of the last entry up to a moment; zero before the first.
pub(crate) async fn position_at(tx: &mut Tx, account: AccountId, moment: Moment) -> Result<u64> {
    let row = tx
        .fetch_optional(
            "SELECT position FROM log WHERE account = $1 AND at <= $2 ORDER BY at DESC, position DESC LIMIT 1",
            [account.0.into(), moment.0.into()],
        )
        .await?;
    row.map_or(Ok(0), |row| log::position(&row, 0))
}
