//! AD-30, as it is to be found at any time: nothing stands by a mapping that is no more, and what was given by hand is known.

use access::event::Node;
use access::state::{ExtraGrant, MappedTo, Mapping, Tie};
use access::{Moment, PersonId, ProviderGroupId, RoleId};

use super::{Held, World};

impl World {
    /// Whether a mapping of this group gives this to the person, as things stand.
    fn is_mapped(&self, person: PersonId, provider_group: ProviderGroupId, to: MappedTo) -> bool {
        let Some(group) = self.provider_groups.get(&provider_group) else {
            return false;
        };
        let mapping = Mapping { provider_group, to };
        let list = self.mappings.get(&group.connection);
        self.is_active(Node::ProviderGroup(provider_group))
            && self.is_active(Node::Connection(group.connection))
            && group.members.contains(&person)
            && list.is_some_and(|list| list.contains(&mapping))
    }

    /// The ties that somebody was given by hand, without those whose time is over. Logins end with what they rest on, and are none of it.
    pub fn ties_by_hand(&self, person: PersonId, now: Moment) -> Vec<Held> {
        let held = self.people.get(&person).map_or(&[][..], |row| &row.ties);
        let by_hand = |held: &&Held| {
            let by_mapping =
                held.timed.is_none() && self.mapped_ties.contains_key(&(person, held.tie));
            let is_over = held.window.end.is_some_and(|end| end <= now);
            !by_mapping && !is_over && !matches!(held.tie, Tie::Login(..) | Tie::Paused(_))
        };
        let mut ties: Vec<_> = held.iter().filter(by_hand).cloned().collect();
        ties.sort_by_key(|held| (held.tie, held.timed));
        ties
    }

    /// The account role that somebody was given by hand; Member where nobody gave one.
    pub fn role_by_hand(&self, person: PersonId) -> RoleId {
        match self.people.get(&person) {
            Some(row) if !self.mapped_roles.contains_key(&person) => row.account_role,
            _ => RoleId::MEMBER,
        }
    }

    /// The extra grants that stand without any mapping, save those whose time is over: what was given on top of a mapped role goes with the
    /// role (AD-9), and Member by a mapping is no other role than Member by nobody.
    pub fn grants_by_hand(&self, person: PersonId, now: Moment) -> Vec<ExtraGrant> {
        let Some(row) = self.people.get(&person) else {
            return Vec::new();
        };
        if self.mapped_roles.contains_key(&person) && !row.account_role.is_member() {
            return Vec::new();
        }
        let grants = row.extra_grants.iter();
        grants
            .filter(|grant| !grant.is_over(now))
            .cloned()
            .collect()
    }
}

/// Everything that is said to stand by a mapping and does not.
pub fn violated(world: &World) -> Vec<String> {
    let mut broken = Vec::new();
    for ((person, tie), group) in &world.mapped_ties {
        let held = world.people.get(person).is_some_and(|row| {
            let mut ties = row.ties.iter();
            ties.any(|held| held.tie == *tie && held.timed.is_none())
        });
        let to = MappedTo::of(*tie);
        if !held || !to.is_some_and(|to| world.is_mapped(*person, *group, to)) {
            broken.push(format!("AD-30: {person:?} {tie:?} by {group:?}"));
        }
    }
    for (person, group) in &world.mapped_roles {
        let role = world.people.get(person).map(|row| row.account_role);
        let to = role.map(MappedTo::AccountRole);
        if !to.is_some_and(|to| world.is_mapped(*person, *group, to)) {
            broken.push(format!("AD-30: {person:?} {role:?} by {group:?}"));
        }
        if role == Some(RoleId::SUPER_ADMIN) {
            broken.push(format!("AD-30: {person:?} is Super admin by {group:?}"));
        }
    }
    broken
}
