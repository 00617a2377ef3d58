//! What hostile administrators of every rank come up with: anything, to anybody, unknown ids included.

mod administration;
mod desk;
mod products;
mod provisioning;

use access::command::SystemSubject;
use access::event::Node;
use access::state::Tie;
use access::{Actor, Command, Dense, Moment, PersonId, PublicId, RoleId, Subject, Window};

use super::Dice;
use super::facts::{connection_kind, connection_rights};
use crate::reference::World;

/// How far the clock goes from one command to the next, at most.
const STEP_MS: usize = 3_600_000;

/// Who proposes what, against the world as it is.
#[derive(Debug)]
pub struct Hostile<'a> {
    /// Where the randomness comes from.
    pub dice: &'a mut Dice,
    /// What there is to be hostile to.
    pub world: &'a World,
    /// When.
    pub now: Moment,
}

/// A later moment.
pub fn tick(dice: &mut Dice, now: Moment) -> Moment {
    let ms = dice.below(STEP_MS) as i64;
    Moment(now.0 + if dice.chance(5) { 100 * ms } else { ms })
}

impl Hostile<'_> {
    /// Somebody. Mostly a person, of whatever rank; sometimes a connection or a job.
    pub fn actor(&mut self) -> Actor {
        // Switched off for long, an account would prove little.
        if !self.world.active && self.dice.chance(50) {
            return Actor::System(SystemSubject::Operator);
        }
        let billing = [self.world.billing_contact, self.world.billing_offer];
        if let (Some(Some(person)), true) = (self.dice.pick(&billing), self.dice.chance(6)) {
            return Actor::Person(person);
        }
        match self.dice.below(20) {
            0 | 6 => Actor::Connection(self.id(self.world.connections.len())),
            1 => Actor::System(SystemSubject::Operator),
            2..4 => Actor::System(SystemSubject::SignIn),
            4 => Actor::System(SystemSubject::Registration),
            5 => Actor::System(SystemSubject::Sessions),
            7 if self.dice.chance(40) => Actor::System(SystemSubject::Mappings),
            _ => Actor::Person(self.actor_person()),
        }
    }

    /// Half of the time somebody who may do something, so that not all is refused.
    fn actor_person(&mut self) -> PersonId {
        let powerful: Vec<_> = self
            .world
            .people
            .keys()
            .copied()
            .filter(|person| {
                let subject = Subject::Person(*person);
                self.world.is_role(subject, RoleId::SUPER_ADMIN, self.now)
                    || self.world.is_role(subject, RoleId::ADMIN, self.now)
                    || self
                        .world
                        .ties(*person, self.now)
                        .contains(&Tie::ContactAdmin)
            })
            .collect();
        match self.dice.chance(55) {
            true => self.dice.pick(&powerful).unwrap_or_else(|| self.person()),
            false => self.person(),
        }
    }

    /// Something to do.
    pub fn command(&mut self, actor: Actor) -> Command {
        match actor {
            Actor::Person(person) if self.world.billing_offer == Some(person) => {
                return Command::AcceptBillingContact;
            }
            Actor::Person(person)
                if self.world.billing_contact == Some(person) && self.dice.chance(25) =>
            {
                let to = self.next_billing_contact();
                return Command::OfferBillingContact { to };
            }
            _ => {}
        }
        match actor {
            Actor::Connection(connection) if self.dice.chance(70) => self.provisioning(connection),
            Actor::System(SystemSubject::Sessions) => self.seats(),
            Actor::System(SystemSubject::Mappings) => Command::ApplyMappings {
                connection: self.provider(),
            },
            Actor::System(SystemSubject::Operator) => {
                match self.world.active && self.dice.chance(30) {
                    true => self.acceptance(),
                    false => Command::SetAccountActive {
                        active: self.dice.chance(90),
                    },
                }
            }
            Actor::System(SystemSubject::SignIn) => match self.dice.chance(80) {
                true => self.acceptance(),
                false => Command::SetSignIn {
                    person: self.person(),
                    possible: self.dice.chance(70),
                },
            },
            Actor::System(SystemSubject::Registration) => self.registration(),
            _ => match self.dice.below(100) {
                0..12 => self.people(),
                12..28 => self.administration(),
                28..51 => self.ties(),
                51..69 => self.desk(),
                69..74 => self.registration_rules(),
                74..86 => self.contact_centre(),
                86..92 => self.things(),
                92..95 => self.lives(),
                95 => self.mappings(),
                96 => {
                    let person = self.person();
                    let connection = self.provider();
                    match self.dice.chance(50) {
                        true => Command::ViewAs { person },
                        false if self.dice.chance(20) => {
                            Command::UnlinkProvider { person, connection }
                        }
                        false => Command::EndSignInSessions { person },
                    }
                }
                97 => Command::RequireSecondFactor {
                    role: Some(self.role()).filter(|_| self.dice.chance(70)),
                    required: self.dice.chance(60),
                },
                _ => self.connections(),
            },
        }
    }

    /// An id of a kind of which there are so many; now and then one that does not exist.
    pub(super) fn id<K: Dense>(&mut self, count: usize) -> K {
        let index = match self.dice.chance(3) {
            true => count + self.dice.below(3),
            false => self.dice.below(count),
        };
        first_or(K::from_index(index))
    }

    pub(super) fn uuid<K>(&mut self) -> PublicId<K> {
        PublicId::new(self.dice.uuid())
    }

    pub(super) fn person(&mut self) -> PersonId {
        self.id(self.world.people.len())
    }

    /// Mostly somebody of whom this is so.
    fn one_who(&mut self, holds: impl Fn(&World, PersonId, Moment) -> bool) -> PersonId {
        let (world, now) = (self.world, self.now);
        let all = world.people.keys().copied();
        let some: Vec<_> = all.filter(|person| holds(world, *person, now)).collect();
        match self.dice.chance(80) {
            true => self.dice.pick(&some).unwrap_or_else(|| self.person()),
            false => self.person(),
        }
    }

    fn role(&mut self) -> RoleId {
        self.id(self.world.roles.len())
    }

    pub(super) fn window(&mut self) -> Window {
        if self.dice.chance(75) {
            return Window::ALWAYS;
        }
        let start = Moment(self.now.0 + self.dice.below(4 * STEP_MS) as i64);
        let end = Moment(start.0 + 1 + self.dice.below(20 * STEP_MS) as i64);
        Window {
            start: Some(start).filter(|_| self.dice.chance(50)),
            end: Some(end).filter(|_| self.dice.chance(80)),
        }
    }

    fn node(&mut self) -> Node {
        let world = self.world;
        match self.dice.below(11) {
            0 => Node::Role(self.role()),
            1 => Node::UserGroup(self.id(world.user_groups.len())),
            2 => Node::DeviceGroup(self.id(world.device_groups.len())),
            3 => Node::Device(self.id(world.devices.len())),
            4 => Node::Group(self.id(world.groups.len())),
            5 => Node::Company(self.id(world.companies.len())),
            6 => Node::Service(self.id(world.services.len())),
            7 => Node::Queue(self.id(world.queues.len())),
            8 => Node::Licence(self.id(world.licences.len())),
            9 => Node::ProviderGroup(self.id(world.provider_groups.len())),
            _ => Node::Connection(self.id(world.connections.len())),
        }
    }

    fn lives(&mut self) -> Command {
        let archived: Vec<_> = self.world.lives.keys().copied().collect();
        match self.dice.below(10) {
            0..4 => Command::Archive { node: self.node() },
            4 => Command::Delete { node: self.node() },
            5 => Command::Rename { node: self.node() },
            _ => Command::Restore {
                node: self.dice.pick(&archived).unwrap_or_else(|| self.node()),
            },
        }
    }

    fn connections(&mut self) -> Command {
        let role = self.role();
        if self.dice.chance(60) {
            return self.mappings();
        }
        match self.dice.chance(50) {
            true => Command::CreateConnection {
                id: self.uuid(),
                role,
                kind: connection_kind(self.dice),
                rights: connection_rights(self.dice),
            },
            false => Command::SetConnectionRole {
                connection: self.id(self.world.connections.len()),
                role,
            },
        }
    }
}

/// Small numbers are ids of every kind.
pub(super) fn first_or<K: Dense>(id: Option<K>) -> K {
    match id.or_else(|| K::from_number(1)) {
        Some(id) => id,
        None => unreachable!("1 is an id"),
    }
}
