//! What provisioning gives (AD-30): groups of people as a provider of identities has them, and what those are mapped to.
//!
//! What of somebody's stands by a mapping, and by no hand, is kept beside the people with the group that gave it ([`Origins`]), for
//! those who have some: whatever is not in there was given by hand, and is never taken by a mapping.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Connection, Life, ServiceLevel, State, Tie};
use crate::event::Node;
use crate::ids::{
    ConnectionId, Dense, LicenceId, PersonId, ProviderGroupId, QueueId, RoleId, ServiceId,
};
use crate::idset::IdSet;
use crate::table::Named;

/// What a mapping gives. Nothing else can be mapped, and Super admin neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappedTo {
    /// An account role, for everybody whom it can reach. Of several the first in the page's order holds.
    AccountRole(RoleId),
    /// A seat of a named licence, or entitlement to a concurrent pool.
    Licence(LicenceId),
    /// A level on a service. Of several the highest holds (SD-10).
    Service(ServiceId, ServiceLevel),
    /// Agent of a queue.
    QueueAgent(QueueId),
    /// Supervisor of a queue.
    QueueSupervisor(QueueId),
}

impl MappedTo {
    /// As a tie; an account role is none.
    pub fn tie(self) -> Option<Tie> {
        Some(match self {
            MappedTo::AccountRole(_) => return None,
            MappedTo::Licence(licence) => Tie::Licence(licence),
            MappedTo::Service(service, level) => Tie::Service(service, level),
            MappedTo::QueueAgent(queue) => Tie::QueueAgent(queue),
            MappedTo::QueueSupervisor(queue) => Tie::QueueSupervisor(queue),
        })
    }

    /// What gives such a tie; `None` where no mapping can.
    pub fn of(tie: Tie) -> Option<MappedTo> {
        Some(match tie {
            Tie::Licence(licence) => MappedTo::Licence(licence),
            Tie::Service(service, level) => MappedTo::Service(service, level),
            Tie::QueueAgent(queue) => MappedTo::QueueAgent(queue),
            Tie::QueueSupervisor(queue) => MappedTo::QueueSupervisor(queue),
            _ => return None,
        })
    }
}

/// Whoever is in the provider's group is given this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Of the same connection.
    pub provider_group: ProviderGroupId,
    /// What.
    pub to: MappedTo,
}

/// A group of people as a provider of identities has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProviderGroup {
    /// Number of the public id.
    pub uid: Uuid,
    /// Whose it is.
    pub connection: ConnectionId,
    /// Users.
    pub members: IdSet<PersonId>,
    /// State.
    pub life: Life,
}

impl Named for ProviderGroup {
    fn uid(&self) -> Uuid {
        self.uid
    }
}

/// What of somebody's stands by mappings alone, each with the group by which it came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origins {
    /// Of the account role; `None`: it was set by hand, or nobody set any.
    pub role: Option<ProviderGroupId>,
    /// Of ties; the others were given by hand.
    pub ties: Vec<(Tie, ProviderGroupId)>,
}

impl State {
    /// The mappings that concern somebody: those of active connections (AD-25) to whose groups the person belongs. Connections come in the
    /// order of their making, and the mappings of each in that of its page.
    pub fn mappings_of(&self, person: PersonId) -> impl Iterator<Item = (ConnectionId, Mapping)> {
        let active = self.connections().iter();
        let active = active.filter(|(_, row)| row.life.is_active());
        let all = active.flat_map(|(id, row)| row.mappings.iter().map(move |one| (id, *one)));
        all.filter(move |(_, mapping)| {
            let group = self.provider_groups().get(mapping.provider_group);
            group.is_some_and(|group| group.members.contains(person))
        })
    }

    /// The group by whose mapping alone somebody holds the account role. `None`: by hand, or it is Member because nobody gave another.
    pub fn role_origin(&self, person: PersonId) -> Option<ProviderGroupId> {
        self.rest.origins.get(&person)?.role
    }

    /// The group by whose mapping alone somebody holds the tie. `None`: given by hand, or not held.
    pub fn tie_origin(&self, person: PersonId, tie: Tie) -> Option<ProviderGroupId> {
        let origins = self.rest.origins.get(&person)?;
        let mut ties = origins.ties.iter();
        ties.find_map(|(held, group)| (*held == tie).then_some(*group))
    }

    /// Everything of somebody's that stands by mappings alone.
    pub fn origins_of(&self, person: PersonId) -> Option<&Origins> {
        self.rest.origins.get(&person)
    }

    /// Everybody of whom something stands by mappings alone.
    pub fn mapped_people(&self) -> impl Iterator<Item = (PersonId, &Origins)> {
        let first = PersonId::from_index(0).into_iter();
        let all = first.flat_map(|first| self.rest.origins.from(&first));
        all.map(|(person, origins)| (*person, origins))
    }

    /// Notes by which group a tie stands; by hand, or not at all, where none is named.
    pub(super) fn set_origin(
        &mut self,
        person: PersonId,
        tie: Tie,
        group: Option<ProviderGroupId>,
    ) {
        if self.tie_origin(person, tie) == group || self.people.get(person).is_none() {
            return;
        }
        self.on_origins(person, |origins| {
            origins.ties.retain(|(held, _)| *held != tie);
            origins.ties.extend(group.map(|group| (tie, group)));
        });
    }

    /// The same of the account role.
    pub(super) fn set_role_origin(&mut self, person: PersonId, group: Option<ProviderGroupId>) {
        if self.role_origin(person) != group && self.people.get(person).is_some() {
            self.on_origins(person, |origins| origins.role = group);
        }
    }

    fn on_origins(&mut self, person: PersonId, change: impl FnOnce(&mut Origins)) {
        let held = self.rest.origins.get(&person);
        let mut origins = held.cloned().unwrap_or_default();
        change(&mut origins);
        let all = &mut self.rest_mut().origins;
        match origins == Origins::default() {
            true => all.remove(&person),
            false => all.insert(person, origins),
        }
    }

    pub(super) fn on_connection(
        &mut self,
        connection: ConnectionId,
        change: impl FnOnce(&mut Connection),
    ) {
        if let Some(row) = self.rest_mut().connections.get_mut(connection) {
            change(row);
        }
    }

    pub(super) fn add_provider_group(&mut self, uid: Uuid, connection: ConnectionId) {
        let made = self.rest_mut().provider_groups.push(ProviderGroup {
            uid,
            connection,
            members: IdSet::default(),
            life: Life::Active,
        });
        if let Some(group) = made {
            self.on_connection(connection, |row| {
                row.provider_groups.insert(group);
            });
        }
    }

    pub(super) fn change_provider_group(
        &mut self,
        group: ProviderGroupId,
        added: &[PersonId],
        taken: &[PersonId],
    ) {
        if let Some(row) = self.rest_mut().provider_groups.get_mut(group) {
            for person in taken {
                row.members.remove(*person);
            }
            row.members.extend(added.iter().copied());
        }
    }

    /// Nothing is left of who was in a group that is deleted, by itself or with its connection.
    pub(super) fn end_provider_groups(&mut self, of: Node) {
        let ended: Vec<_> = match of {
            Node::ProviderGroup(group) => vec![group],
            Node::Connection(connection) => {
                let row = self.connections().get(connection);
                row.into_iter()
                    .flat_map(|row| row.provider_groups.iter())
                    .collect()
            }
            _ => return,
        };
        for group in ended {
            let rest = self.rest_mut();
            let Some(row) = rest.provider_groups.get_mut(group) else {
                continue;
            };
            row.life = Life::Deleted;
            row.members = IdSet::default();
            let connection = row.connection;
            self.on_connection(connection, |row| {
                row.provider_groups.remove(group);
            });
        }
    }

    /// SD-26: an erased person is in no provider's group, and nothing of theirs came by one.
    pub(super) fn leave_provider_groups(&mut self, person: PersonId) {
        let groups = self.provider_groups().iter();
        let of: Vec<_> = groups
            .filter(|(_, row)| row.members.contains(person))
            .map(|(group, _)| group)
            .collect();
        for group in of {
            self.change_provider_group(group, &[], &[person]);
        }
        if self.origins_of(person).is_some() {
            self.rest_mut().origins.remove(&person);
        }
    }
}
