//! What begins and ends by itself, at moments that were set beforehand: timed ties, extra grants with a window, tokens. No event of the log
//! tells of it when it comes, so whoever tells others of it asks here, about any span of time and on any state.

use serde::{Deserialize, Serialize};

use super::{ExtraGrant, State, Tie};
use crate::event::{Event, GrantHolder};
use crate::ids::{Dense, TimedTieId, TokenId};
use crate::moment::{Moment, Window};

/// Something that begins or ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// When: the first moment at which it counts, or counts no more.
    pub at: Moment,
    /// Whether it begins then; otherwise it ends.
    pub begins: bool,
    /// What.
    pub of: Expiring,
}

/// What has its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiring {
    /// A tie with a window.
    Tie(TimedTieId),
    /// AD-9.
    ExtraGrant(GrantHolder, ExtraGrant),
    /// AD-28. It only ends.
    Token(TokenId),
}

impl Expiry {
    /// The event that set it, as the log told of it; `None` where the state knows nothing of it.
    pub fn set_by(&self, state: &State) -> Option<Event> {
        Some(match &self.of {
            Expiring::Tie(timed) => {
                let row = state.timed_ties().get(*timed)?;
                Event::TimedTied {
                    person: row.person,
                    tie: row.tie,
                    window: row.window,
                }
            }
            Expiring::ExtraGrant(to, grant) => Event::ExtraGrantGiven {
                to: *to,
                grant: grant.clone(),
            },
            Expiring::Token(token) => {
                let row = state.tokens().get(*token)?;
                Event::TokenIssued {
                    uid: row.uid,
                    owner: row.owner,
                    expires: row.expires,
                }
            }
        })
    }

    /// A text of its own for each, the same on every node: what happens at one moment is told in its order.
    pub fn key(&self) -> Vec<u8> {
        // It is written from numbers and keys alone, which never fails.
        postcard::to_stdvec(self).unwrap_or_default()
    }
}

/// A span of time, both bounds included.
#[derive(Clone, Copy)]
struct Span {
    from: Moment,
    until: Moment,
}

impl Span {
    fn has(self, moment: Moment) -> bool {
        self.from <= moment && moment <= self.until
    }

    /// What of a window lies in it. A window that cannot hold neither begins nor ends.
    fn bounds(self, window: Window) -> impl Iterator<Item = (Moment, bool)> {
        let bounds = [
            window.start.map(|at| (at, true)),
            window.end.map(|at| (at, false)),
        ];
        let bounds = bounds.into_iter().flatten();
        bounds.filter(move |(at, _)| window.is_possible() && self.has(*at))
    }
}

impl State {
    /// What of that which is held now begins or ends from `from` until `until`, both included, by moment, and at one moment always in the
    /// same order. It looks through the account only where something does.
    pub fn expiries(&self, from: Moment, until: Moment) -> Vec<Expiry> {
        let before = Moment(from.0.saturating_sub(1));
        if from > until
            || self
                .next_expiry_of_all(before)
                .is_none_or(|next| next > until)
        {
            return Vec::new();
        }
        let span = Span { from, until };
        let mut found = Vec::new();
        self.expiring_ties(span, &mut found);
        self.expiring_grants(span, &mut found);
        let ends = self
            .token_ends_from(from)
            .take_while(|(at, _)| span.has(*at));
        found.extend(ends.map(|(at, token)| Expiry {
            at,
            begins: false,
            of: Expiring::Token(token),
        }));
        found.sort_by_cached_key(|expiry| (expiry.at, expiry.begins, expiry.key()));
        found
    }

    /// The next moment after `after` at which [`State::expiries`] has something: as [`State::next_expiry`], and for tokens too.
    pub fn next_expiry_of_all(&self, after: Moment) -> Option<Moment> {
        let later = Moment(after.0.saturating_add(1));
        let next = self.token_ends_from(later).map(|(at, _)| at).next();
        self.next_expiry(after).into_iter().chain(next).min()
    }

    fn expiring_ties(&self, span: Span, found: &mut Vec<Expiry>) {
        for (timed, row) in self.timed_ties().iter() {
            let mut bounds = span.bounds(row.window).peekable();
            if bounds.peek().is_none() {
                continue;
            }
            let person = self.people().get(row.person);
            if !person.is_some_and(|row| row.ties.has(Tie::Timed(timed))) {
                continue;
            }
            found.extend(bounds.map(|(at, begins)| Expiry {
                at,
                begins,
                of: Expiring::Tie(timed),
            }));
        }
    }

    fn expiring_grants(&self, span: Span, found: &mut Vec<Expiry>) {
        let mut add = |to: GrantHolder, grants: &[ExtraGrant]| {
            for grant in grants {
                found.extend(span.bounds(grant.window).map(|(at, begins)| Expiry {
                    at,
                    begins,
                    of: Expiring::ExtraGrant(to, grant.clone()),
                }));
            }
        };
        for person in self.administrators().iter() {
            let row = self.people().get(person);
            if let Some(extras) = row.and_then(|row| row.extras.as_deref()) {
                add(GrantHolder::Person(person), &extras.extra_grants);
            }
        }
        for (group, row) in self.user_groups().iter() {
            add(GrantHolder::UserGroup(group), &row.extra_grants);
        }
    }

    /// The tokens that were not revoked and are refused from a moment on that is not before this one, by that moment.
    fn token_ends_from(&self, from: Moment) -> impl Iterator<Item = (Moment, TokenId)> + '_ {
        let first = TokenId::from_index(0).map(|token| (from, token));
        let ends = first
            .into_iter()
            .flat_map(|first| self.rest.token_ends.from(&first));
        ends.map(|(end, ())| *end)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::catalogue::Permission;
    use crate::ids::{GroupId, PersonId, UserGroupId};
    use crate::state::{CustomerFacet, PeopleScope, TokenOwner, UserFacet};

    fn window(start: Option<i64>, end: Option<i64>) -> Window {
        Window {
            start: start.map(Moment),
            end: end.map(Moment),
        }
    }

    fn grant(window: Window) -> ExtraGrant {
        ExtraGrant {
            permission: Permission::AdminAuditView,
            scope: PeopleScope::All,
            window,
        }
    }

    /// Somebody with a membership, an extra grant, a group's extra grant, and a token.
    fn world() -> (State, PersonId) {
        let mut state = State::empty();
        let person = PersonId::from_index(0).unwrap();
        let group = UserGroupId::from_index(0).unwrap();
        for event in [
            Event::AccountOpened,
            Event::PersonAdded {
                uid: Uuid::from_u128(1),
                user: UserFacet::Accepted,
                customer: CustomerFacet::Absent,
            },
            Event::GroupCreated {
                uid: Uuid::from_u128(2),
            },
            Event::UserGroupCreated {
                uid: Uuid::from_u128(3),
                parent: None,
            },
            Event::TimedTied {
                person,
                tie: Tie::Group(GroupId::from_index(0).unwrap()),
                window: window(Some(10), Some(30)),
            },
            Event::ExtraGrantGiven {
                to: GrantHolder::Person(person),
                grant: grant(window(None, Some(30))),
            },
            Event::ExtraGrantGiven {
                to: GrantHolder::UserGroup(group),
                grant: grant(window(Some(30), None)),
            },
            Event::TokenIssued {
                uid: Uuid::from_u128(4),
                owner: TokenOwner::Person(person),
                expires: Moment(40),
            },
        ] {
            state.apply(&event);
        }
        (state, person)
    }

    fn told(state: &State, from: i64, until: i64) -> Vec<(i64, bool, &'static str)> {
        let found = state.expiries(Moment(from), Moment(until));
        let word = |of: &Expiring| match of {
            Expiring::Tie(_) => "tie",
            Expiring::ExtraGrant(GrantHolder::Person(_), _) => "own grant",
            Expiring::ExtraGrant(GrantHolder::UserGroup(_), _) => "grant of a group",
            Expiring::Token(_) => "token",
        };
        let told = found
            .iter()
            .map(|one| (one.at.0, one.begins, word(&one.of)));
        told.collect()
    }

    #[test]
    fn what_begins_and_ends_is_told_by_moment_and_what_ends_comes_first() {
        let (state, _) = world();
        let all = [
            (10, true, "tie"),
            (30, false, "tie"),
            (30, false, "own grant"),
            (30, true, "grant of a group"),
            (40, false, "token"),
        ];
        assert_eq!(told(&state, 0, 100), all);
        // Both bounds belong to the span, and spans side by side tell everything once.
        assert_eq!(told(&state, 10, 10), all[..1]);
        assert_eq!(told(&state, 11, 30), all[1..4]);
        assert_eq!(told(&state, 31, 39), []);
        assert_eq!(told(&state, 31, 40), all[4..]);
        assert_eq!(told(&state, 40, 10), []);
    }

    #[test]
    fn the_next_one_is_known_and_tokens_are_among_them() {
        let (state, _) = world();
        let next = |after| state.next_expiry_of_all(Moment(after)).map(|next| next.0);
        assert_eq!(next(0), Some(10));
        assert_eq!((next(10), next(29)), (Some(30), Some(30)));
        assert_eq!((next(30), next(40)), (Some(40), None));
    }

    #[test]
    fn what_is_held_no_more_neither_begins_nor_ends() {
        let (mut state, person) = world();
        state.apply(&Event::TimedUntied {
            timed: TimedTieId::from_index(0).unwrap(),
        });
        state.apply(&Event::TokenRevoked {
            token: TokenId::from_index(0).unwrap(),
        });
        assert_eq!(
            told(&state, 0, 100),
            [(30, false, "own grant"), (30, true, "grant of a group")]
        );
        state.apply(&Event::PersonErased { person });
        assert_eq!(told(&state, 0, 100), [(30, true, "grant of a group")]);
    }

    #[test]
    fn each_says_what_set_it() {
        let (state, person) = world();
        let found = state.expiries(Moment(10), Moment(10));
        let set = found[0].set_by(&state);
        assert!(matches!(set, Some(Event::TimedTied { person: of, .. }) if of == person));
        let keys: std::collections::BTreeSet<_> = state
            .expiries(Moment(0), Moment(100))
            .iter()
            .map(Expiry::key)
            .collect();
        assert_eq!(keys.len(), 5);
    }
}
