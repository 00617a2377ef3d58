//! On which things a subject can hold anything at all: candidates for the decision, never an answer.

use std::collections::BTreeSet;

use crate::catalogue::{Product, Switch};
use crate::decide::{Subject, Target};
use crate::ids::{DeviceId, QueueId, ServiceId, UserGroupId};
use crate::moment::Moment;
use crate::state::{Person, QueueKind, State, Tie};

/// The things that a subject's ties lead to, whatever their state.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Own, through groups, through the company.
    pub services: BTreeSet<ServiceId>,
    /// Own, or all where a role or a switch opens more.
    pub queues: BTreeSet<QueueId>,
    /// Of the device groups.
    pub devices: BTreeSet<DeviceId>,
    /// All, for whoever may administer.
    pub user_groups: BTreeSet<UserGroupId>,
}

impl Reach {
    /// Candidates of a subject.
    pub fn of(state: &State, subject: Subject, _now: Moment) -> Reach {
        let mut reach = Reach::default();
        match subject {
            Subject::Person(person) => {
                let Some(row) = state.people().get(person) else {
                    return reach;
                };
                if state.only_user() == Some(person) {
                    // AD-17: every gate of role, licence and switch is open.
                    reach.services = state.services().ids().collect();
                    reach.queues = state.queues().ids().collect();
                    reach.devices = state.devices().ids().collect();
                    reach.user_groups = state.user_groups().ids().collect();
                } else {
                    reach.add_ties(state, row);
                    if state.administrators().contains(person) || has_group_grants(state, row) {
                        reach.user_groups = state.user_groups().ids().collect();
                    }
                }
            }
            Subject::Connection(_) => reach.user_groups = state.user_groups().ids().collect(),
            Subject::Guest | Subject::Thing(_) | Subject::Unknown => {}
        }
        reach
    }

    fn add_ties(&mut self, state: &State, row: &Person) {
        let call_queues = || {
            state
                .queues()
                .iter()
                .filter(|(_, row)| row.kind == QueueKind::Call)
                .map(|(id, _)| id)
        };
        for tie in every_tie(state, row) {
            match tie {
                Tie::Service(service, _) | Tie::Customer(service, _) => {
                    self.services.insert(service);
                }
                Tie::Group(group) => {
                    self.services.extend(
                        state
                            .groups()
                            .get(group)
                            .into_iter()
                            .flat_map(|row| row.services.iter()),
                    );
                }
                Tie::QueueAgent(queue) | Tie::Login(queue, _) | Tie::Paused(queue) => {
                    self.queues.insert(queue);
                }
                Tie::QueueSupervisor(queue) => {
                    self.queues.insert(queue);
                    if !state.switch(Switch::SupervisorLimitToAssigned) {
                        self.queues.extend(call_queues());
                    }
                }
                Tie::ContactAdmin => self.queues.extend(state.queues().ids()),
                Tie::Licence(licence) => {
                    let contact_centre = state
                        .licences()
                        .get(licence)
                        .is_some_and(|row| row.product == Product::ContactCentre);
                    if contact_centre && state.switch(Switch::OrganisationUnassignedLogin) {
                        self.queues.extend(call_queues());
                    }
                }
                Tie::DeviceGroup(group) => {
                    self.devices.extend(
                        state
                            .device_groups()
                            .get(group)
                            .into_iter()
                            .flat_map(|row| row.devices.iter()),
                    );
                }
                _ => {}
            }
        }
        if let Some(company) = row
            .company
            .and_then(|company| state.companies().get(company))
        {
            self.services.extend(company.services.iter());
        }
    }

    /// What either leads to.
    #[must_use]
    pub fn and(mut self, other: Reach) -> Reach {
        self.services.extend(other.services);
        self.queues.extend(other.queues);
        self.devices.extend(other.devices);
        self.user_groups.extend(other.user_groups);
        self
    }

    /// The account first, then everything by kind and id.
    pub fn into_targets(self) -> Vec<Target> {
        std::iter::once(Target::Account)
            .chain(self.user_groups.into_iter().map(Target::UserGroup))
            .chain(self.services.into_iter().map(Target::Service))
            .chain(self.queues.into_iter().map(Target::Queue))
            .chain(self.devices.into_iter().map(Target::Device))
            .collect()
    }
}

/// A person's ties, timed ones as what they are, whenever they count.
pub(super) fn every_tie<'a>(state: &'a State, row: &'a Person) -> impl Iterator<Item = Tie> + 'a {
    row.ties.iter().filter_map(|tie| match *tie {
        Tie::Timed(timed) => state.timed_ties().get(timed).map(|row| row.tie),
        tie => Some(tie),
    })
}

/// Whether a user group that the person is in, or one above, carries extra grants.
pub(super) fn has_group_grants(state: &State, row: &Person) -> bool {
    every_tie(state, row).any(|tie| match tie {
        Tie::UserGroup(group) => state.user_group_chain(group).any(|above| {
            state
                .user_groups()
                .get(above)
                .is_some_and(|row| !row.extra_grants.is_empty())
        }),
        _ => false,
    })
}
