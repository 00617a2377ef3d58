//! What is kept beside the rows, to be found without looking through them: who stands in which licence, service, group or queue,
//! when something begins or ends, whose tokens live. The first may name too many (a timed tie counts from the day it is written),
//! never too few.

use super::{State, Tie, TokenOwner};
use crate::ids::{Dense, PersonId, TimedTieId, TokenId};
use crate::idset::IdSet;
use crate::moment::Window;

impl State {
    /// Adds a tie, if it is not there.
    pub(super) fn add_tie(&mut self, person: PersonId, tie: Tie) {
        let mut added = false;
        self.on_person(person, |row| added = row.ties.insert(tie));
        if added {
            self.link(person, tie);
        }
    }

    /// The reverse index of a tie that was added.
    pub(super) fn link(&mut self, person: PersonId, tie: Tie) {
        if let Some(set) = self.reverse(tie) {
            set.insert(person);
        }
        if tie.is_marked() {
            self.rest_mut().administrators.insert(person);
        }
    }

    /// The reverse index of a tie that was removed: the person stays while another tie leads to the same thing.
    pub(super) fn unlink(&mut self, person: PersonId, tie: Tie) {
        let still = self.people.get(person).is_some_and(|row| {
            row.ties.iter().any(|other| {
                let other = match *other {
                    Tie::Timed(timed) => self.timed_ties().get(timed).map(|row| row.tie),
                    other => Some(other),
                };
                other.is_some_and(|other| {
                    leads_to(other) == leads_to(tie) && leads_to(tie).is_some()
                })
            })
        });
        if !still && let Some(set) = self.reverse(tie) {
            set.remove(person);
        }
    }

    pub(super) fn end_tokens(&mut self, owner: TokenOwner) {
        let Some(first) = TokenId::from_index(0) else {
            return;
        };
        let live = self.rest.live_tokens.from(&(owner, first));
        let own = live.take_while(|((of, _), ())| *of == owner);
        for token in own.map(|((_, token), ())| *token).collect::<Vec<_>>() {
            self.revoke(token);
        }
    }

    pub(super) fn revoke(&mut self, token: TokenId) {
        if let Some(row) = self.rest_mut().tokens.get_mut(token) {
            row.revoked = true;
            let (owner, ends) = (row.owner, (row.expires, token));
            self.rest_mut().live_tokens.remove(&(owner, token));
            self.rest_mut().token_ends.remove(&ends);
        }
    }

    pub(super) fn end_timed(&mut self, timed: TimedTieId) {
        let Some(row) = self.timed_ties().get(timed).cloned() else {
            return;
        };
        let mut removed = false;
        self.on_person(row.person, |row| {
            removed = row.ties.remove(Tie::Timed(timed))
        });
        if removed {
            self.unlink(row.person, row.tie);
            self.forget(row.window);
        }
    }

    /// Something begins and ends with this window: whoever keeps an answer asks again then.
    pub(super) fn expect(&mut self, window: Window) {
        for bound in window.start.into_iter().chain(window.end) {
            let held = self.rest.expiries.get(&bound).map_or(0, |held| *held);
            self.rest_mut().expiries.insert(bound, held + 1);
        }
    }

    /// It is held no more.
    pub(super) fn forget(&mut self, window: Window) {
        for bound in window.start.into_iter().chain(window.end) {
            match self.rest.expiries.get(&bound).copied() {
                Some(held) if held > 1 => self.rest_mut().expiries.insert(bound, held - 1),
                _ => self.rest_mut().expiries.remove(&bound),
            }
        }
    }

    fn reverse(&mut self, tie: Tie) -> Option<&mut IdSet<PersonId>> {
        leads_to(tie)?;
        let rest = self.rest_mut();
        match tie {
            Tie::Licence(id) => rest.licences.get_mut(id).map(|row| &mut row.holders),
            Tie::Service(id, _) | Tie::Customer(id, _) => {
                rest.services.get_mut(id).map(|row| &mut row.people)
            }
            Tie::Group(id) => rest.groups.get_mut(id).map(|row| &mut row.members),
            Tie::UserGroup(id) => rest.user_groups.get_mut(id).map(|row| &mut row.members),
            Tie::QueueAgent(id)
            | Tie::QueueSupervisor(id)
            | Tie::Login(id, _)
            | Tie::Paused(id) => rest.queues.get_mut(id).map(|row| &mut row.people),
            Tie::DeviceGroup(id) => rest.device_groups.get_mut(id).map(|row| &mut row.agents),
            _ => None,
        }
    }
}

impl Tie {
    /// The rights marked † in the table of RULES §4 that are stored as ties: never given to oneself, and held by whoever stands in
    /// [`State::administrators`].
    pub(crate) fn is_marked(self) -> bool {
        matches!(
            self,
            Tie::AccountAdmin(_)
                | Tie::Feature(_)
                | Tie::DeviceGroup(_)
                | Tie::DeskRight(_)
                | Tie::ContactAdmin
                | Tie::QueueSupervisor(_)
        )
    }
}

/// Which reverse index a tie stands in, and under which number.
fn leads_to(tie: Tie) -> Option<(u8, u32)> {
    use crate::ids::Dense;
    match tie {
        Tie::Licence(id) => Some((0, id.number())),
        Tie::Service(id, _) | Tie::Customer(id, _) => Some((1, id.number())),
        Tie::Group(id) => Some((2, id.number())),
        Tie::UserGroup(id) => Some((3, id.number())),
        Tie::QueueAgent(id) | Tie::QueueSupervisor(id) | Tie::Login(id, _) | Tie::Paused(id) => {
            Some((4, id.number()))
        }
        Tie::DeviceGroup(id) => Some((5, id.number())),
        _ => None,
    }
}
