//! Ties of every product, licences and devices, queues and who is logged in to them.

use access::command::{QueueRow, SwitchRow};
use access::state::{DeskRight, LicenceModel, QueueKind, Tie};
use access::{Command, Permission, PersonId, Product, QueueId, Switch};

use super::Hostile;

impl Hostile<'_> {
    pub(super) fn tie(&mut self) -> Tie {
        let world = self.world;
        match self.dice.below(32) {
            0..6 => Tie::Licence(self.id(world.licences.len())),
            6..8 => Tie::Service(self.id(world.services.len()), self.level()),
            8..10 => Tie::Customer(self.id(world.services.len()), self.access()),
            10..12 => Tie::Group(self.id(world.groups.len())),
            12..16 => Tie::UserGroup(self.id(world.user_groups.len())),
            16..18 => Tie::QueueAgent(self.id(world.queues.len())),
            18..20 => Tie::QueueSupervisor(self.id(world.queues.len())),
            20..23 => Tie::DeviceGroup(self.id(world.device_groups.len())),
            23..26 => Tie::Agent,
            26..28 => Tie::Feature(Permission::RemoteSupportUnattendedAccess),
            28 => Tie::ContactAdmin,
            _ => Tie::DeskRight(
                self.dice
                    .pick(&DeskRight::ALL)
                    .unwrap_or(DeskRight::Configure),
            ),
        }
    }

    pub(super) fn ties(&mut self) -> Command {
        let (person, world) = (self.person(), self.world);
        // AD-30: what a mapping gave can be taken by hand.
        let mapped: Vec<_> = world.mapped_ties.keys().copied().collect();
        if let (Some((person, tie)), true) = (self.dice.pick(&mapped), self.dice.chance(8)) {
            return Command::Untie { person, tie };
        }
        let held: Vec<_> = world
            .people
            .get(&person)
            .map(|row| row.ties.iter().map(|held| held.tie).collect())
            .unwrap_or_default();
        match self.dice.below(20) {
            0..12 => Command::Tie {
                person,
                tie: self.tie(),
                window: self.window(),
            },
            12..16 => {
                let tie = match self.dice.chance(40) {
                    true => self.tie(),
                    false => Tie::ContactAdmin,
                };
                let licence = match tie {
                    Tie::QueueAgent(_) | Tie::QueueSupervisor(_) | Tie::ContactAdmin => world
                        .licences
                        .iter()
                        .find(|(_, row)| row.product == Product::ContactCentre)
                        .map(|(id, _)| *id),
                    _ => None,
                };
                Command::TieWithLicence {
                    person,
                    tie,
                    licence: licence.unwrap_or_else(|| self.id(world.licences.len())),
                }
            }
            _ => Command::Untie {
                person,
                tie: self.dice.pick(&held).unwrap_or(Tie::Agent),
            },
        }
    }

    /// Remote support takes and frees seats of a pool, also such as nobody holds.
    pub(super) fn seats(&mut self) -> Command {
        let pools = self.world.licences.iter();
        let pools: Vec<_> = pools
            .filter(|(_, row)| row.model == LicenceModel::Concurrent)
            .map(|(id, row)| (*id, row.seats.clone()))
            .collect();
        let (licence, taken) = self.dice.pick(&pools).unwrap_or_else(|| {
            let any = self.id(self.world.licences.len());
            (any, Vec::new())
        });
        match self.dice.pick(&taken) {
            Some(seat) if self.dice.chance(50) => Command::FreeSeat { licence, seat },
            _ => Command::TakeSeat {
                licence,
                seat: self.dice.uuid(),
                person: self.one_who(|world, person, now| {
                    let ties = world.ties(person, now);
                    ties.contains(&Tie::Licence(licence)) && ties.contains(&Tie::Agent)
                }),
            },
        }
    }

    pub(super) fn contact_centre(&mut self) -> Command {
        let queue = self.id(self.world.queues.len());
        let person = self.person();
        match self.dice.below(16) {
            0..2 => Command::CreateQueue {
                id: self.uuid(),
                kind: self
                    .dice
                    .pick(&[
                        QueueKind::Call,
                        QueueKind::RingGroup,
                        QueueKind::Inbox,
                        QueueKind::Campaign,
                    ])
                    .unwrap_or(QueueKind::Call),
            },
            2 => Command::SaveSwitches {
                rows: Switch::ALL
                    .into_iter()
                    .filter(|_| self.dice.chance(30))
                    .map(|switch| SwitchRow {
                        switch,
                        was: !switch.default_value(),
                        on: switch.default_value(),
                    })
                    .collect(),
            },
            3 => Command::SaveQueuePeople {
                queue,
                rows: self.queue_rows(),
            },
            4..6 => Command::SetSwitch {
                switch: self
                    .dice
                    .pick(&Switch::ALL)
                    .unwrap_or(Switch::AgentTagsCreate),
                on: self.dice.chance(70),
            },
            6..10 => Command::LogIn { queue },
            10..12 => Command::LogInOther {
                person,
                queue,
                hours: self.dice.chance(50).then(|| self.dice.between(0, 30) as u8),
            },
            12..14 => {
                let (person, queue) = self.login().unwrap_or((person, queue));
                Command::LogOut { person, queue }
            }
            _ => {
                let (person, queue) = self.login().unwrap_or((person, queue));
                let paused = self.dice.chance(60);
                Command::SetPaused {
                    person,
                    queue,
                    paused,
                }
            }
        }
    }

    /// People of a queue, now and then one of them twice.
    fn queue_rows(&mut self) -> Vec<QueueRow> {
        let licences = self.world.licences.iter();
        let licences: Vec<_> = licences
            .filter(|(_, row)| row.product == Product::ContactCentre)
            .map(|(id, _)| *id)
            .collect();
        let rows = 0..self.dice.between(1, 4);
        rows.map(|_| QueueRow {
            person: self.person(),
            agent: self.dice.chance(60),
            supervisor: self.dice.chance(40),
            licence: self.dice.pick(&licences).filter(|_| self.dice.chance(50)),
        })
        .collect()
    }

    /// Somebody who is logged in to a queue.
    pub(super) fn login(&mut self) -> Option<(PersonId, QueueId)> {
        let people = self.world.people.keys().copied();
        let logins: Vec<_> = people
            .flat_map(|person| {
                let ties = self.world.ties(person, self.now);
                ties.into_iter().filter_map(move |tie| match tie {
                    Tie::Login(queue, _) => Some((person, queue)),
                    _ => None,
                })
            })
            .collect();
        self.dice.pick(&logins).filter(|_| self.dice.chance(80))
    }

    pub(super) fn things(&mut self) -> Command {
        let world = self.world;
        let group = self.id(world.device_groups.len());
        let company = self.dice.chance(50).then(|| self.id(world.companies.len()));
        let licence = self.id(world.licences.len());
        match self.dice.below(10) {
            0 => Command::CreateDeviceGroup { id: self.uuid() },
            1 | 2 => Command::AddDevice {
                id: self.uuid(),
                group,
                company,
            },
            3 | 4 => Command::MoveDevice {
                device: self.id(world.devices.len()),
                group,
                company,
            },
            5 => Command::BuyLicence {
                id: self.uuid(),
                product: self
                    .dice
                    .pick(&[
                        Product::RemoteSupport,
                        Product::ServiceDesk,
                        Product::ContactCentre,
                    ])
                    .unwrap_or(Product::ServiceDesk),
                model: match self.dice.chance(70) {
                    true => LicenceModel::Named,
                    false => LicenceModel::Concurrent,
                },
                seats: self.dice.below(6) as u32,
            },
            _ => Command::SetLicenceSeats {
                licence,
                seats: self.dice.between(0, 9) as u32,
            },
        }
    }
}
