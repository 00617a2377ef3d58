//! Everything that happens in an account, in one order: the events of the log, and between them what begins or ends by itself, each at its
//! own moment and with a position of its own. No table holds it: it is read from the log, and worked out on the state between two entries, so
//! that it is the same on every node and after each start (`docs/decisions/0034-what-others-are-told.md`).

mod fork;

use std::{fmt, str::FromStr, sync::Arc};

use access::{Event, Moment, State, Version, state::Expiry};
use ledger::{Account, Entry, LedgerError, When};

use self::fork::{Fork, Place};

/// Entries of the log that are read at once.
const ENTRIES: u32 = 64;
/// An entry may come so much later than its moment, in milliseconds: what it sets for that time is told all the same.
const LATE_MS: i64 = 5_000;
/// Whoever is so many events behind reads the past, with a state that shares little with the newest one.
const FAR: u64 = 1_000;
/// Of what happened so much is handed over at once: an act may be a hundred thousand events.
const AT_ONCE: usize = 256;

/// How far somebody was told: so many events of the log, and of what begins and ends by itself whatever did so before a moment, and some at
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Events of the log.
    pub version: Version,
    /// The moment.
    pub until: Moment,
    /// How many at it.
    pub at_it: u32,
}

impl Position {
    /// Before everything.
    pub const BEGIN: Self = Self {
        version: Version(0),
        until: Moment(0),
        at_it: 0,
    };

    /// After everything that happened until now.
    pub fn now(account: &Account) -> Self {
        Self {
            version: account.state().version(),
            until: after(account.now()),
            at_it: 0,
        }
    }

    /// Whether it is one that somebody may have been told: as many events have happened, and its moment has come, give or take what clocks
    /// of servers differ by. After any other one nobody would hear of time again.
    pub fn has_come(self, state: &State, now: Moment) -> bool {
        let latest = Moment(now.0.saturating_add(LATE_MS));
        self.version <= state.version() && self.until <= latest
    }

    /// After an event of the log, which happened at a moment.
    fn after_event(self, version: Version, at: Moment) -> Self {
        match after(at) {
            until if until > self.until => Self {
                version,
                until,
                at_it: 0,
            },
            // Time was told of before the entry was on disk.
            _ => Self { version, ..self },
        }
    }

    /// Whatever began or ended before the moment was told, and nothing after it.
    fn at_least(self, until: Moment) -> Self {
        match until > self.until {
            true => Self {
                until,
                at_it: 0,
                ..self
            },
            false => self,
        }
    }

    /// After something that began or ended at a moment.
    fn after_expiry(self, at: Moment) -> Self {
        let at_it = match at == self.until {
            true => self.at_it.saturating_add(1),
            false => 1,
        };
        Self {
            until: at,
            at_it,
            ..self
        }
    }
}

fn after(moment: Moment) -> Moment {
    Moment(moment.0.saturating_add(1))
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.version.0, self.until.0, self.at_it)
    }
}

/// A text that is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    /// As it is written, or `0`: before everything.
    fn from_str(text: &str) -> Result<Self, NoPosition> {
        if text == "0" {
            return Ok(Self::BEGIN);
        }
        let mut parts = text.split('-');
        let mut number = || {
            let digits = parts
                .next()
                .filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
            digits.and_then(|digits| digits.parse::<i64>().ok())
        };
        let (version, until, at_it) = (number(), number(), number());
        let (Some(version), Some(until), Some(at_it)) = (version, until, at_it) else {
            return Err(NoPosition);
        };
        let position = Self {
            version: Version(u64::try_from(version).map_err(|_| NoPosition)?),
            until: Moment(until),
            at_it: u32::try_from(at_it).map_err(|_| NoPosition)?,
        };
        match parts.next() {
            None => Ok(position),
            Some(_) => Err(NoPosition),
        }
    }
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// An event of the log, with what it took the place of.
    Change {
        /// The act that it is part of.
        act: Arc<Act>,
        /// What is so since then.
        event: Event,
        /// What was so before.
        before: Vec<Event>,
    },
    /// Something began or ended by itself.
    Expiry(Expiry),
}

/// The act that an event is part of, as the log has it.
#[derive(Clone, Debug)]
pub struct Act {
    /// Who.
    pub actor: String,
    /// What was asked.
    pub name: String,
    /// Through which face.
    pub face: String,
    /// The request's id.
    pub request: String,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Item {
    /// Whoever was told of it goes on from here.
    pub position: Position,
    /// When.
    pub at: Moment,
    /// What.
    pub what: What,
}

/// Reads on from a position.
#[derive(Debug)]
pub struct Reader {
    position: Position,
    /// The state at the position, as long as there is more to read at once.
    place: Place,
}

/// What was read.
#[derive(Debug)]
pub struct Read {
    /// In their order.
    pub items: Vec<Item>,
    /// At least the state at which they are told.
    pub state: Arc<State>,
    /// Whether there may be more at once.
    pub has_more: bool,
    /// When something begins or ends next, if nothing happens before.
    pub next: Option<Moment>,
}

impl Reader {
    /// From there on.
    pub fn from(position: Position) -> Self {
        Self {
            position,
            place: Place::default(),
        }
    }

    /// How far it has read.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Reads on: what happened until now, or a part of it. Where it fails, nothing was read.
    pub async fn read(&mut self, account: &Account) -> Result<Read, LedgerError> {
        let version = self.position.version;
        let behind = account.state().version().0.saturating_sub(version.0);
        let _turn = match behind > FAR {
            true => Some(fork::turn().await?),
            false => None,
        };
        match self
            .place
            .take()
            .filter(|fork| fork.state.version() == version)
        {
            Some(Fork {
                state,
                rest: Some(rest),
            }) => Ok(self.go_on(account, state, rest)),
            Some(Fork { state, rest: None }) => self.read_log(account, Some(state)).await,
            None => self.read_log(account, None).await,
        }
    }

    /// Reads on in the middle of an act, without the log.
    fn go_on(&mut self, account: &Account, state: State, mut rest: Part) -> Read {
        let mut walk = Walk::from(self.position, state);
        let is_whole = walk.part(&mut rest);
        self.position = walk.position;
        self.place.keep(Fork {
            state: walk.state,
            rest: (!is_whole).then_some(rest),
        });
        Read {
            items: walk.items,
            // At least the one at which the act was read.
            state: account.state(),
            has_more: true,
            next: None,
        }
    }

    async fn read_log(
        &mut self,
        account: &Account,
        fork: Option<State>,
    ) -> Result<Read, LedgerError> {
        let now = account.now();
        let position = self.position;
        let (state, entries) = account.log_after(position.version.0, ENTRIES).await?;
        let is_newest = entries.len() < ENTRIES as usize;
        let parts = entries.into_iter().map(Part::of);
        let mut parts = parts.collect::<Result<Vec<_>, _>>()?.into_iter();
        let begins = parts.as_slice().first();
        let begins = begins.map_or(position.version.0, |part| part.told);
        let fork = match fork {
            Some(fork) => fork,
            None => self.fork_at(account, &state, begins).await?,
        };
        let mut walk = Walk::from(position, fork);
        let rest = parts.find_map(|mut part| (!walk.part(&mut part)).then_some(part));
        let has_more = !(rest.is_none() && is_newest && walk.time(now));
        let next = walk.state.next_expiry_of_all(now);
        self.position = match has_more {
            true => walk.position,
            false => walk
                .position
                .at_least(Moment(now.0.saturating_sub(LATE_MS))),
        };
        if has_more {
            self.place.keep(Fork {
                state: walk.state,
                rest,
            });
        }
        Ok(Read {
            items: walk.items,
            state,
            has_more,
            next,
        })
    }

    /// The state at the position, or at the beginning of the entry in whose middle that is.
    async fn fork_at(
        &self,
        account: &Account,
        newest: &State,
        begins: u64,
    ) -> Result<State, LedgerError> {
        let begins = begins.min(self.position.version.0);
        if newest.version() == Version(begins) {
            return Ok(newest.clone());
        }
        let state = account.state_at(When::Position(begins)).await?;
        Ok(State::clone(&state))
    }
}

/// An act of the log, or what is left of it.
#[derive(Debug)]
struct Part {
    act: Arc<Act>,
    at: Moment,
    /// Events of the log before what is left.
    told: u64,
    changes: std::vec::IntoIter<(Event, Vec<Event>)>,
}

impl Part {
    fn of(entry: Entry) -> Result<Self, LedgerError> {
        let changes = ledger::changes(&entry)?;
        Ok(Self {
            at: entry.at,
            told: entry.position - changes.len() as u64,
            changes: changes.into_iter(),
            act: Arc::new(Act {
                actor: entry.actor,
                name: entry.act,
                face: entry.face,
                request: entry.request,
            }),
        })
    }

    /// What is next of it, as it is told.
    fn next(&mut self) -> Option<What> {
        let (event, before) = self.changes.next()?;
        self.told += 1;
        Some(What::Change {
            act: Arc::clone(&self.act),
            event,
            before,
        })
    }
}

/// A walk along the log, on a state that moves with it.
struct Walk {
    position: Position,
    state: State,
    items: Vec<Item>,
}

impl Walk {
    fn from(position: Position, state: State) -> Self {
        Self {
            position,
            state,
            items: Vec::new(),
        }
    }

    fn is_full(&self) -> bool {
        self.items.len() >= AT_ONCE
    }

    /// What began or ended by itself until a moment, that one included; false where there is more of it than is handed over at once.
    fn time(&mut self, until: Moment) -> bool {
        let Position {
            until: from, at_it, ..
        } = self.position;
        let known = usize::try_from(at_it).unwrap_or(usize::MAX);
        let mut seen = 0;
        for expiry in self.state.expiries(from, until) {
            if expiry.at == from && seen < known {
                seen += 1;
                continue;
            }
            if self.is_full() {
                return false;
            }
            self.position = self.position.after_expiry(expiry.at);
            self.items.push(Item {
                position: self.position,
                at: expiry.at,
                what: What::Expiry(expiry),
            });
        }
        true
    }

    /// An act, after what began or ended before it; false where it is not at its end.
    fn part(&mut self, part: &mut Part) -> bool {
        // In the middle of an act nothing is left of the time before it.
        if self.position.version.0 == part.told && !self.time(part.at) {
            return false;
        }
        loop {
            let is_told = part.told < self.position.version.0;
            if self.is_full() && !is_told && part.changes.len() > 0 {
                return false;
            }
            let Some(what) = part.next() else {
                return true;
            };
            if let What::Change { event, .. } = &what
                && part.told > self.state.version().0
            {
                self.state.apply(event);
            }
            // In the middle of an act that was read anew, the walk begins with what was told already.
            if is_told {
                continue;
            }
            let version = Version(part.told);
            self.position = self.position.after_event(version, part.at);
            self.items.push(Item {
                position: self.position,
                at: part.at,
                what,
            });
        }
    }
}

/// One thing that happened, by what it is known by: read again for whoever could not be told.
#[derive(Clone, Debug)]
pub(crate) enum Known {
    /// The event of the log with this version.
    Version(Version),
    /// What began or ended.
    Expiry(Expiry),
}

impl Known {
    pub fn of(item: &Item) -> Self {
        match &item.what {
            What::Change { .. } => Self::Version(item.position.version),
            What::Expiry(expiry) => Self::Expiry(expiry.clone()),
        }
    }

    /// Reads it, with the position that it was told with; `None`: there is no such thing.
    pub async fn read(
        self,
        account: &Account,
        position: Position,
    ) -> Result<Option<Item>, LedgerError> {
        let version = match self {
            Self::Expiry(expiry) => {
                return Ok(Some(Item {
                    position,
                    at: expiry.at,
                    what: What::Expiry(expiry),
                }));
            }
            Self::Version(version) => version,
        };
        let (_, entries) = account.log_after(version.0.saturating_sub(1), 1).await?;
        let Some(entry) = entries.into_iter().next() else {
            return Ok(None);
        };
        let mut part = Part::of(entry)?;
        let at = part.at;
        let what = loop {
            match part.next() {
                Some(what) if part.told == version.0 => break Some(what),
                Some(_) => {}
                None => break None,
            }
        };
        Ok(what.map(|what| Item { position, at, what }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_is_written_and_in_no_other_way() {
        let position = Position {
            version: Version(42),
            until: Moment(1_700_000_000_001),
            at_it: 3,
        };
        assert_eq!(position.to_string(), "42-1700000000001-3");
        assert_eq!(position.to_string().parse(), Ok(position));
        assert_eq!("0".parse(), Ok(Position::BEGIN));
        for wrong in [
            "",
            "42",
            "42-1",
            "42-1-2-3",
            "-1-2-3",
            "+1-2-3",
            "a-b-c",
            "1--2",
            "42-1-99999999999",
        ] {
            assert_eq!(wrong.parse::<Position>(), Err(NoPosition), "{wrong}");
        }
    }

    #[test]
    fn positions_grow_whatever_happens_and_whenever_it_is_on_disk() {
        let mut position = Position::BEGIN;
        let mut next = |one: Position| {
            assert!(one > position, "{one} after {position}");
            position = one;
        };
        let one = Position::BEGIN.after_event(Version(1), Moment(10));
        next(one);
        let ended = one.after_expiry(Moment(20));
        next(ended);
        next(ended.after_expiry(Moment(20)));
        // An entry that was written before that moment, and came after it was told.
        let late = ended
            .after_expiry(Moment(20))
            .after_event(Version(2), Moment(19));
        next(late);
        assert_eq!((late.until, late.at_it), (Moment(20), 2));
        next(late.after_event(Version(3), Moment(20)));
    }
}
