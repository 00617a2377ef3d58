//! What mappings give to whom (AD-30). A mapping wants something for whoever is in its group; [`settle`] gives it where it can be given,
//! and takes what only mappings gave and none wants any more. What cannot be given is no error, and is told on demand
//! ([`State::unmet`]).
//!
//! It goes by *slots*, of which each has one value: the account role, the level on a service, and every other tie by itself. What was set
//! by hand in a slot stays, whatever is mapped.

use std::collections::{BTreeMap, BTreeSet};

use super::authority::Gift;
use super::draft::is_active;
use super::{Draft, Notice, Refusal, contact_centre, ties};
use crate::catalogue::PermissionSet;
use crate::decide::Subject;
use crate::event::{Event, GrantHolder};
use crate::ids::{ConnectionId, PersonId, ProviderGroupId, RoleId, ServiceId};
use crate::idset::IdSet;
use crate::moment::Moment;
use crate::state::{
    LicenceModel, MappedTo, Mapping, PeopleScope, Person, ServiceLevel, State, Tie, UserFacet,
};

/// Something that a mapping wants for somebody, and does not give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Whose mapping.
    pub connection: ConnectionId,
    /// What it wants.
    pub mapping: Mapping,
    /// Why not.
    pub why: Refusal,
}

/// What has one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Role,
    Level(ServiceId),
    /// In the order of ties: a licence comes before the queue roles that need it.
    Tie(Tie),
}

impl Slot {
    fn of(to: MappedTo) -> Slot {
        match (to, to.tie()) {
            (MappedTo::Service(service, _), _) => Slot::Level(service),
            (_, Some(tie)) => Slot::Tie(tie),
            (_, None) => Slot::Role,
        }
    }
}

/// What stands in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Nothing,
    ByHand(MappedTo),
    Mapped(MappedTo, ProviderGroupId),
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Stays,
    Given(Mapping),
    Taken,
}

/// The mappings that want something in a slot, in the order in which one of them holds.
type Wanted = Vec<(ConnectionId, Mapping)>;

/// What mappings want of a person, slot by slot; also the slots in which something stands by a mapping that is no more.
fn wanted(state: &State, person: PersonId) -> BTreeMap<Slot, Wanted> {
    let mut slots = BTreeMap::<Slot, Wanted>::new();
    for (connection, mapping) in state.mappings_of(person) {
        let slot = slots.entry(Slot::of(mapping.to)).or_default();
        slot.push((connection, mapping));
    }
    if state.role_origin(person).is_some() {
        slots.entry(Slot::Role).or_default();
    }
    for (slot, wanted) in &mut slots {
        if matches!(slot, Slot::Level(_)) {
            // SD-10: the highest.
            wanted.sort_by_key(|(_, one)| std::cmp::Reverse(one.to));
        }
    }
    slots
}

fn held(state: &State, person: PersonId, row: &Person, slot: Slot) -> Held {
    let (low, high) = match slot {
        Slot::Role => {
            let role = MappedTo::AccountRole(row.account_role);
            return match state.role_origin(person) {
                Some(group) => Held::Mapped(role, group),
                None if row.account_role.is_member() => Held::Nothing,
                None => Held::ByHand(role),
            };
        }
        Slot::Level(service) => (
            Tie::Service(service, ServiceLevel::User),
            Tie::Service(service, ServiceLevel::Administrator),
        ),
        Slot::Tie(tie) => (tie, tie),
    };
    let mut held = Held::Nothing;
    for tie in row.ties.range(low, high) {
        match (MappedTo::of(*tie), state.tie_origin(person, *tie)) {
            (Some(to), None) => return Held::ByHand(to),
            (Some(to), Some(group)) => held = Held::Mapped(to, group),
            (None, _) => {}
        }
    }
    held
}

/// Judges mappings on a state. What a connection can give to nobody is found out once.
struct Judge {
    now: Moment,
    /// RULES §4: who is given nothing marked † now, where somebody only takes.
    not_to: Option<PersonId>,
    closed: BTreeMap<(ConnectionId, MappedTo), Result<(), Refusal>>,
}

impl Judge {
    fn at(now: Moment) -> Judge {
        Judge {
            now,
            not_to: None,
            closed: BTreeMap::new(),
        }
    }

    /// What becomes of a slot, and what is wanted in it and cannot be given.
    fn next(
        &mut self,
        state: &State,
        person: PersonId,
        slot: Slot,
        wanted: &Wanted,
    ) -> (Next, Vec<Unmet>) {
        let mut unmet = Vec::new();
        let Some(row) = state.people().get(person) else {
            return (Next::Stays, unmet);
        };
        let held = held(state, person, row, slot);
        if let Held::ByHand(set) = held {
            let first = wanted.iter().find(|(_, mapping)| is_more(mapping.to, set));
            unmet.extend(first.map(|(connection, mapping)| Unmet {
                connection: *connection,
                mapping: *mapping,
                why: set_by_hand(),
            }));
            return (Next::Stays, unmet);
        }
        for (connection, mapping) in wanted {
            if let Held::Mapped(to, provider_group) = held
                && to == mapping.to
            {
                // Whatever became of the right to give it: it was given.
                let by = Mapping { provider_group, to };
                let is_still_by = wanted.iter().any(|(_, one)| *one == by);
                let next = if is_still_by {
                    Next::Stays
                } else {
                    Next::Given(*mapping)
                };
                return (next, unmet);
            }
            match self.can_give(state, person, row, *connection, mapping.to) {
                Ok(()) => return (Next::Given(*mapping), unmet),
                Err(why) => unmet.push(Unmet {
                    connection: *connection,
                    mapping: *mapping,
                    why,
                }),
            }
        }
        match held {
            Held::Mapped(..) => (Next::Taken, unmet),
            _ => (Next::Stays, unmet),
        }
    }

    /// Whether it can be given to this person now.
    fn can_give(
        &mut self,
        state: &State,
        person: PersonId,
        row: &Person,
        connection: ConnectionId,
        to: MappedTo,
    ) -> Result<(), Refusal> {
        let now = self.now;
        if self.not_to == Some(person) && is_marked(to) {
            let detail = "nobody gives this to themselves";
            return Err(Refusal::forbidden("§4", "not_to_oneself", detail));
        }
        let closed = self.closed.entry((connection, to));
        let open = closed.or_insert_with(|| state.mapping_is_open(connection, to, now));
        open.clone()?;
        match row.user {
            UserFacet::Absent => {
                let detail = "this person is no user of the account";
                return Err(Refusal::invalid("§1", "not_a_user", detail));
            }
            UserFacet::Deactivated => {
                let detail = "nothing is given to somebody who is deactivated";
                return Err(Refusal::conflict("AD-15", "deactivated", detail));
            }
            UserFacet::Invited | UserFacet::Accepted => {}
        }
        match to {
            MappedTo::AccountRole(role) => keeps_grants(row, role, now),
            MappedTo::Licence(licence) => {
                let pool = state.licences().get(licence);
                let is_full = pool.is_some_and(|pool| {
                    pool.model == LicenceModel::Named
                        && pool.in_use() >= pool.bought as usize
                        && !pool.holders.contains(person)
                });
                if is_full {
                    let detail = "no seat is left";
                    return Err(Refusal::conflict("AD-14", "no_seat_left", detail));
                }
                Ok(())
            }
            MappedTo::Service(..) => Ok(()),
            MappedTo::QueueAgent(_) | MappedTo::QueueSupervisor(_) => to
                .tie()
                .map_or(Ok(()), |tie| ties::needs_licence(state, person, tie, now)),
        }
    }
}

/// Whether something is missing where this stands by hand. A higher level on a service has all of the lower.
fn is_more(wanted: MappedTo, by_hand: MappedTo) -> bool {
    match (wanted, by_hand) {
        (MappedTo::Service(_, wanted), MappedTo::Service(_, by_hand)) => wanted > by_hand,
        (wanted, by_hand) => wanted != by_hand,
    }
}

/// RULES §4: never to oneself.
fn is_marked(to: MappedTo) -> bool {
    match to {
        MappedTo::AccountRole(role) => Gift::AccountRole(role).is_marked(),
        _ => to.tie().is_some_and(|tie| Gift::Tie(tie).is_marked()),
    }
}

fn set_by_hand() -> Refusal {
    Refusal::conflict(
        "AD-30",
        "set_by_hand",
        "another value was set by hand, which wins over what is mapped",
    )
}

/// AD-9: a change of role drops extra grants. What a Member was given by hand is not a mapping's to drop; what was given on top of a mapped
/// role goes with that.
fn keeps_grants(row: &Person, role: RoleId, now: Moment) -> Result<(), Refusal> {
    let mut grants = row.extras().extra_grants.iter();
    let changes = row.account_role.is_member() && !role.is_member();
    if changes && grants.any(|grant| !grant.is_over(now)) {
        return Err(Refusal::conflict(
            "AD-9",
            "has_extra_grants",
            "extra grants were given by hand, which a change of role would drop: set the role by hand",
        ));
    }
    Ok(())
}

impl State {
    /// Whether a mapping of the connection can give this to anybody at all: the connection may, and what is given is there and counts.
    pub fn mapping_is_open(
        &self,
        connection: ConnectionId,
        to: MappedTo,
        now: Moment,
    ) -> Result<(), Refusal> {
        fits(self, to)?;
        may_be_given_by(self, connection, to, now)
    }

    /// AD-30: what mappings want for somebody and do not give, each with the reason. What could be given by now is when the mapping, or
    /// who is in its group, is next applied.
    pub fn unmet(&self, person: PersonId, now: Moment) -> Vec<Unmet> {
        let mut judge = Judge::at(now);
        let mut all = Vec::new();
        for (slot, wanted) in wanted(self, person) {
            let (next, unmet) = judge.next(self, person, slot, &wanted);
            all.extend(unmet);
            let waits = wanted
                .iter()
                .find(|(_, mapping)| next == Next::Given(*mapping));
            all.extend(waits.map(|(connection, mapping)| Unmet {
                connection: *connection,
                mapping: *mapping,
                why: not_applied(),
            }));
        }
        all
    }
}

fn not_applied() -> Refusal {
    Refusal::conflict(
        "AD-30",
        "not_applied",
        "it can be given, and is when the mapping is next applied",
    )
}

/// What is mapped to is there and counts (AD-25).
pub(super) fn fits(state: &State, to: MappedTo) -> Result<(), Refusal> {
    match (to, to.tie()) {
        (MappedTo::AccountRole(role), _) => {
            is_active(state.roles().get(role).map(|row| row.life), "role")
        }
        (_, Some(tie)) => ties::fits(state, tie),
        (_, None) => Ok(()),
    }
}

/// AD-30: the connection's role, and its rights, must be able to give it.
pub(super) fn may_be_given_by(
    state: &State,
    connection: ConnectionId,
    to: MappedTo,
    now: Moment,
) -> Result<(), Refusal> {
    let view = state.view(Subject::Connection(connection), now);
    view.may_map(to).map_err(|no| {
        let detail = format!("the connection may not give this: {}", no.detail());
        Refusal::forbidden("AD-30", "connection_may_not_give", detail)
    })
}

/// Makes what these people have by mappings what the mappings say, as the fork shows them. What was taken frees its seats before anything
/// is given.
pub(super) fn settle(draft: &mut Draft<'_>, people: &IdSet<PersonId>) {
    settle_by(draft, people, Judge::at(draft.now));
}

/// The same where a thing goes: whoever asks is given nothing marked † by it (RULES §4). That waits until it is next applied, and nobody is
/// kept from switching a connection off.
pub(super) fn settle_what_stays(draft: &mut Draft<'_>, people: &IdSet<PersonId>) {
    let not_to = draft.actor_person();
    let judge = Judge {
        not_to,
        ..Judge::at(draft.now)
    };
    settle_by(draft, people, judge);
}

fn settle_by(draft: &mut Draft<'_>, people: &IdSet<PersonId>, mut judge: Judge) {
    let mut licences = BTreeSet::new();
    for person in people.iter() {
        let wants: BTreeSet<_> = draft
            .after
            .mappings_of(person)
            .map(|(_, one)| one.to)
            .collect();
        let origins = draft.after.origins_of(person);
        let stands = |tie: Tie| MappedTo::of(tie).is_some_and(|to| wants.contains(&to));
        let gone = origins.into_iter().flat_map(|origins| &origins.ties);
        let gone: Vec<_> = gone
            .map(|(tie, _)| *tie)
            .filter(|tie| !stands(*tie))
            .collect();
        for tie in gone {
            take(draft, person, tie);
        }
        licences.extend(wants.iter().filter_map(|to| match to {
            MappedTo::Licence(licence) => Some(*licence),
            _ => None,
        }));
    }
    for licence in licences {
        ties::free_ended_seats(draft, licence);
    }
    for person in people.iter() {
        for (slot, wanted) in wanted(&draft.after, person) {
            match judge.next(&draft.after, person, slot, &wanted).0 {
                Next::Stays => {}
                Next::Given(mapping) => give(draft, person, mapping),
                // Of ties, those that nothing wants are gone.
                Next::Taken => end_role(draft, person),
            }
        }
    }
}

fn give(draft: &mut Draft<'_>, person: PersonId, mapping: Mapping) {
    let provider_group = mapping.provider_group;
    let Some(row) = draft.after.people().get(person) else {
        return;
    };
    if let MappedTo::AccountRole(role) = mapping.to {
        if row.account_role != role {
            drop_grants(draft, person);
        }
        draft.emit(Event::MappedRoleSet {
            person,
            role,
            provider_group,
        });
        return;
    }
    let Some(tie) = mapping.to.tie() else { return };
    let slot = Slot::of(mapping.to);
    let held = held(&draft.after, person, row, slot);
    let before = match held {
        Held::Mapped(to, _) => to.tie(),
        _ => None,
    };
    if let Some(lower) = before.filter(|before| *before != tie) {
        draft.emit(Event::Untied { person, tie: lower });
    }
    draft.emit(Event::MappedTied {
        person,
        tie,
        provider_group,
    });
    if before != Some(tie) {
        ties::tell(draft, person, tie);
    }
}

/// Takes a tie that stood by mappings alone, with the logins that rest on it (CC-4). A licence that was given by hand stays when the last
/// queue goes so, other than in CC-13: leaving a group takes only what its mapping gave.
fn take(draft: &mut Draft<'_>, person: PersonId, tie: Tie) {
    draft.emit(Event::Untied { person, tie });
    match tie {
        Tie::QueueAgent(queue) => ties::end_logins(draft, person, Some(queue)),
        Tie::Licence(_) => contact_centre::settle_logins(draft, person),
        _ => {}
    }
}

/// AD-30: none left is Member. Whoever was that by a mapping keeps what was given by hand on top of it: their role is no other one.
fn end_role(draft: &mut Draft<'_>, person: PersonId) {
    let row = draft.after.people().get(person);
    if row.is_some_and(|row| !row.account_role.is_member()) {
        drop_grants(draft, person);
    }
    draft.emit(Event::AccountRoleSet {
        person,
        role: RoleId::MEMBER,
        scope: PeopleScope::All,
    });
}

/// AD-9: with the role goes what was given on top of it.
fn drop_grants(draft: &mut Draft<'_>, person: PersonId) {
    let row = draft.after.people().get(person);
    let grants = row.map_or(&[][..], |row| &row.extras().extra_grants);
    let grants = grants.to_vec();
    let mut permissions = PermissionSet::EMPTY;
    for grant in grants {
        permissions = permissions.with(grant.permission);
        let from = GrantHolder::Person(person);
        draft.emit(Event::ExtraGrantTaken { from, grant });
    }
    if !permissions.is_empty() {
        draft.notice(Notice::ExtraGrantsDropped { permissions });
    }
}

/// AD-30: says of what was taken by hand that a mapping gives it again when it is next applied.
pub(super) fn tell_what_comes_back(draft: &mut Draft<'_>) {
    let maps = |state: &State| {
        let mut connections = state.connections().iter();
        connections.any(|(_, row)| !row.mappings.is_empty())
    };
    if !maps(&draft.after) {
        return;
    }
    let mut judge = Judge::at(draft.now);
    let mut back = BTreeMap::<ProviderGroupId, Vec<PersonId>>::new();
    for event in draft.events() {
        let (person, slot) = match event {
            Event::Untied { person, tie } => match MappedTo::of(*tie) {
                Some(to) => (*person, Slot::of(to)),
                None => continue,
            },
            Event::AccountRoleSet { person, .. } => (*person, Slot::Role),
            _ => continue,
        };
        let Some(wanted) = wanted(&draft.after, person).remove(&slot) else {
            continue;
        };
        if let Next::Given(mapping) = judge.next(&draft.after, person, slot, &wanted).0 {
            let people = back.entry(mapping.provider_group).or_default();
            people.push(person);
        }
    }
    for (provider_group, mut people) in back {
        people.sort_unstable();
        people.dedup();
        draft.notice(Notice::GivenByMapping {
            provider_group,
            people,
        });
    }
}
