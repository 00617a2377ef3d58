//! A world with a directory that keeps its people, and what it says (AD-30).

use access::command::{Actor, Command, MembersChange, SystemSubject};
use access::state::{ConnectionKind, ConnectionRights, MappedTo, Mapping};
use access::{ConnectionId, PersonId, Proposal, ProviderGroupId, RoleId};

use crate::support::World;

pub const BOTH: ConnectionRights = ConnectionRights {
    configure_desk: true,
    contact_admin: true,
};

/// A world with a directory that keeps its people.
pub struct Provisioned {
    pub world: World,
    pub scim: ConnectionId,
}

impl std::ops::Deref for Provisioned {
    type Target = World;
    fn deref(&self) -> &World {
        &self.world
    }
}
impl std::ops::DerefMut for Provisioned {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

impl Provisioned {
    /// The connection has the role Admin, and may give whatever can be mapped.
    pub fn new() -> Self {
        let mut world = World::new();
        let scim = connection(&mut world, RoleId::ADMIN, BOTH);
        Self { world, scim }
    }

    pub fn directory(&self) -> Actor {
        Actor::Connection(self.scim)
    }

    pub fn group(&mut self) -> ProviderGroupId {
        let (id, connection) = (self.id(), self.scim);
        let by = self.directory();
        self.run(by, Command::CreateProviderGroup { id, connection });
        self.state.resolve(id).unwrap()
    }

    /// The directory puts people into a group, and takes others out of it.
    pub fn change(
        &mut self,
        provider_group: ProviderGroupId,
        add: &[PersonId],
        take: &[PersonId],
    ) -> Proposal {
        let by = self.directory();
        self.run(by, part(provider_group, add, take))
    }

    pub fn set_mappings(&self, mappings: &[(ProviderGroupId, MappedTo)]) -> Command {
        let mapping = |(provider_group, to): &(ProviderGroupId, MappedTo)| Mapping {
            provider_group: *provider_group,
            to: *to,
        };
        Command::SetMappings {
            connection: self.scim,
            mappings: mappings.iter().map(mapping).collect(),
        }
    }

    pub fn map(&mut self, mappings: &[(ProviderGroupId, MappedTo)]) -> Proposal {
        let command = self.set_mappings(mappings);
        self.set(command)
    }

    /// A group that is mapped to this, and nobody is in.
    pub fn mapped(&mut self, to: MappedTo) -> ProviderGroupId {
        let group = self.group();
        let row = self.state.connections().get(self.scim).unwrap();
        let mut mappings = row.mappings.clone();
        mappings.push(Mapping {
            provider_group: group,
            to,
        });
        let connection = self.scim;
        self.set(Command::SetMappings {
            connection,
            mappings,
        });
        group
    }

    pub fn apply_again(&mut self) -> Proposal {
        let connection = self.scim;
        let by = Actor::System(SystemSubject::Mappings);
        self.run(by, Command::ApplyMappings { connection })
    }

    pub fn role_of(&self, person: PersonId) -> RoleId {
        self.row(person).account_role
    }

    /// What is wanted and not given, by the codes of the reasons.
    pub fn unmet(&self, person: PersonId) -> Vec<(MappedTo, &'static str)> {
        let unmet = self.state.unmet(person, self.now).into_iter();
        unmet.map(|one| (one.mapping.to, one.why.code)).collect()
    }
}

pub fn part(provider_group: ProviderGroupId, add: &[PersonId], take: &[PersonId]) -> Command {
    let (add, take) = (add.to_vec(), take.to_vec());
    Command::ChangeProviderGroup {
        provider_group,
        change: MembersChange::Part { add, take },
    }
}

/// A directory.
pub fn connection(world: &mut World, role: RoleId, rights: ConnectionRights) -> ConnectionId {
    connection_of(world, ConnectionKind::Provisioning, role, rights)
}

pub fn connection_of(
    world: &mut World,
    kind: ConnectionKind,
    role: RoleId,
    rights: ConnectionRights,
) -> ConnectionId {
    let id = world.id();
    world.set(Command::CreateConnection {
        id,
        role,
        kind,
        rights,
    });
    world.state.resolve(id).unwrap()
}
