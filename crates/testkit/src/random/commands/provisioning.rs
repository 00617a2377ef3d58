//! Directories say who is in which group, and whoever manages integrations what that gives (AD-30).

use access::command::MembersChange;
use access::event::Node;
use access::state::{MappedTo, Mapping};
use access::{Command, ConnectionId, PersonId, ProviderGroupId, RoleId};

use super::super::facts::connection_rights;
use super::Hostile;

impl Hostile<'_> {
    /// What a directory says.
    pub(super) fn provisioning(&mut self, connection: ConnectionId) -> Command {
        let provider_group = self.provider_group(connection);
        match self.dice.below(12) {
            0 => Command::CreateProviderGroup {
                id: self.uuid(),
                connection,
            },
            1 => Command::ApplyMappings { connection },
            2 => Command::Rename {
                node: Node::ProviderGroup(provider_group),
            },
            3 if self.dice.chance(20) => Command::Delete {
                node: Node::ProviderGroup(provider_group),
            },
            _ => Command::ChangeProviderGroup {
                provider_group,
                change: self.members(),
            },
        }
    }

    /// Mostly a connection that has groups.
    pub(super) fn provider(&mut self) -> ConnectionId {
        let all = self.world.provider_groups.values();
        let some: Vec<_> = all.map(|row| row.connection).collect();
        let any = self.id(self.world.connections.len());
        match self.dice.chance(85) {
            true => self.dice.pick(&some).unwrap_or(any),
            false => any,
        }
    }

    /// Mostly a group of the connection.
    fn provider_group(&mut self, connection: ConnectionId) -> ProviderGroupId {
        let all = self.world.provider_groups.iter();
        let own: Vec<_> = all
            .filter(|(_, row)| row.connection == connection)
            .map(|(group, _)| *group)
            .collect();
        let any = self.id(self.world.provider_groups.len());
        match self.dice.chance(90) {
            true => self.dice.pick(&own).unwrap_or(any),
            false => any,
        }
    }

    fn members(&mut self) -> MembersChange {
        let users = self.world.people.keys().copied();
        let users: Vec<PersonId> = users.filter(|one| self.world.is_user(*one)).collect();
        let mut some = self.dice.some(&users);
        if self.dice.chance(10) {
            some.push(self.person());
        }
        match self.dice.chance(50) {
            true => MembersChange::Whole(some),
            false => {
                let take = some.split_off(some.len() / 2);
                MembersChange::Part { add: some, take }
            }
        }
    }

    /// What groups give, and what connections may.
    pub(super) fn mappings(&mut self) -> Command {
        let connection = self.provider();
        match self.dice.below(8) {
            0..3 => Command::SetConnectionRights {
                connection,
                rights: connection_rights(self.dice),
            },
            3 => Command::ApplyMappings { connection },
            _ => Command::SetMappings {
                connection,
                mappings: self.mapping_list(connection),
            },
        }
    }

    /// What is there, in another order, with something less and something more.
    fn mapping_list(&mut self, connection: ConnectionId) -> Vec<Mapping> {
        let held = self.world.mappings.get(&connection);
        let mut list = held.cloned().unwrap_or_default();
        list.retain(|_| self.dice.chance(85));
        if list.len() > 1 && self.dice.chance(30) {
            list.rotate_left(1);
        }
        for _ in 0..self.dice.below(3) {
            let mapping = Mapping {
                provider_group: self.provider_group(connection),
                to: self.mapped_to(),
            };
            if !list.contains(&mapping) {
                list.push(mapping);
            }
        }
        list
    }

    fn mapped_to(&mut self) -> MappedTo {
        let world = self.world;
        match self.dice.below(8) {
            0..3 => MappedTo::AccountRole(match self.dice.chance(5) {
                true => RoleId::SUPER_ADMIN,
                false => self.role(),
            }),
            3 | 4 => MappedTo::Licence(self.id(world.licences.len())),
            5 => MappedTo::Service(self.id(world.services.len()), self.level()),
            6 => MappedTo::QueueAgent(self.id(world.queues.len())),
            _ => MappedTo::QueueSupervisor(self.id(world.queues.len())),
        }
    }
}
