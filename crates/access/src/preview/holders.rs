//! Whom a thing gives something to, and what they are asked when the thing changes. More people than it is are allowed, fewer are
//! not.

use super::ripples::{Ask, Ripple, Ripples};
use crate::catalogue::{Permission, PermissionSet, Product, Switch, sets};
use crate::decide::{RecordFacts, Subject, Target};
use crate::event::Node;
use crate::ids::{CompanyId, ConnectionId, PersonId, QueueId, ServiceId, UserGroupId};
use crate::idset::IdSet;
use crate::state::{ExtraGrant, Person, State, Tie};

impl Ripples {
    pub(super) fn user_group(&mut self, before: &State, after: &State, group: UserGroupId) {
        for state in [before, after] {
            let members = members_below(state, group);
            self.everything.extend(members.iter().copied());
            self.administered.extend(members);
        }
        let below = after
            .user_groups_below(group)
            .into_iter()
            .map(Target::UserGroup)
            .collect();
        self.on(rights_holders(before, after), sets::PEOPLE_SCOPED, below);
    }

    pub(super) fn portal_of(
        &mut self,
        before: &State,
        after: &State,
        person: PersonId,
        companies: &[Option<CompanyId>],
    ) {
        let mut services: Vec<ServiceId> = Vec::new();
        for state in [before, after] {
            if let Some(row) = state.people().get(person) {
                services.extend(every_tie(state, row).filter_map(|tie| match tie {
                    Tie::Customer(service, _) => Some(service),
                    _ => None,
                }));
                let company = row
                    .company
                    .and_then(|company| state.companies().get(company));
                services.extend(company.into_iter().flat_map(|row| row.services.iter()));
            }
        }
        services.sort_unstable();
        services.dedup();
        // As Company Admin also the company's incidents (SD-16).
        let records = companies.iter().flatten().flat_map(|company| {
            services.iter().map(|service| {
                Target::Record(RecordFacts {
                    service: *service,
                    customer: None,
                    company: Some(*company),
                })
            })
        });
        let targets = records
            .chain(services.iter().copied().map(Target::Service))
            .collect();
        self.people_on(&[person].into_iter().collect(), Product::Portal, targets);
    }

    /// SD-33: the companies that come into view or go out of it, with their devices. Their records are no things of the state.
    pub(super) fn company_access(&mut self, before: &State, after: &State, person: PersonId) {
        let (Some(was), Some(is)) = (before.people().get(person), after.people().get(person))
        else {
            return;
        };
        let (was, is_now) = (was.company_access(), is.company_access());
        let changed = |company| was.admits(company) != is_now.admits(company);
        let devices = every_tie(after, is).filter_map(|tie| match tie {
            Tie::DeviceGroup(group) => after.device_groups().get(group),
            _ => None,
        });
        let devices = devices.flat_map(|row| row.devices.iter()).filter(|device| {
            let row = after.devices().get(*device);
            row.is_some_and(|row| changed(row.company))
        });
        let devices = devices.map(Target::Device).collect();
        let subject = vec![Subject::Person(person)];
        self.on(
            subject.clone(),
            Product::RemoteSupport.permissions(),
            devices,
        );
        let companies = after.companies().ids().map(Some).chain([None]);
        self.all.push(Ripple {
            subjects: subject,
            ask: Ask::Companies(companies.filter(|company| changed(*company)).collect()),
        });
        self.administered.insert(person);
    }

    /// Staff with a level on a service, its customers, and the people of its companies.
    pub(super) fn service(&mut self, before: &State, after: &State, service: ServiceId) {
        let target = vec![Target::Service(service)];
        for state in [before, after] {
            let Some(row) = state.services().get(service) else {
                continue;
            };
            let mut staff = row.people.clone();
            row.groups
                .iter()
                .filter_map(|id| state.groups().get(id))
                .for_each(|group| staff.extend_set(&group.members));
            staff.extend(state.only_user());
            self.people_on(&staff, Product::ServiceDesk, target.clone());
            let mut customers = row.people.clone();
            let companies = row
                .companies
                .iter()
                .filter_map(|id| state.companies().get(id));
            companies.for_each(|company| customers.extend_set(&company.employees));
            self.people_on(&customers, Product::Portal, target.clone());
        }
    }

    /// Contact admins and supervisors; by switch every licensed user may log in (CC-3).
    pub(super) fn new_queues(&mut self, before: &State, after: &State) {
        let made = after.queues().ids().skip(before.queues().len());
        let queues: Vec<_> = made.map(Target::Queue).collect();
        let mut people = after.administrators().clone();
        people.extend(after.only_user());
        let mut targets = queues.clone();
        targets.push(Target::Account);
        self.people_on(&people, Product::ContactCentre, targets);
        let programs = contact_admin_connections(after).collect();
        self.on(
            programs,
            Product::ContactCentre.permissions(),
            queues.clone(),
        );
        if after.switch(Switch::OrganisationUnassignedLogin) {
            let log_in = Permission::ContactCentreQueueLogIn.set();
            self.on(contact_centre_people(after), log_in, queues);
        }
    }

    /// Whoever has module access to the contact centre, on the account and on every queue.
    pub(super) fn every_queue(&mut self, after: &State, permissions: PermissionSet) {
        let targets = after
            .queues()
            .ids()
            .map(Target::Queue)
            .chain([Target::Account])
            .collect();
        self.on(contact_centre_people(after), permissions, targets);
    }

    fn queue(&mut self, after: &State, queue: QueueId) {
        let targets = vec![Target::Queue(queue), Target::Account];
        self.on(
            contact_centre_people(after),
            Product::ContactCentre.permissions(),
            targets,
        );
        // Supervising an active queue is a right that keeps somebody from being suspended (AD-15).
        if let Some(row) = after.queues().get(queue) {
            self.everything.extend_set(&row.people);
        }
    }

    pub(super) fn device_group(&mut self, after: &State, group: crate::DeviceGroupId) {
        if let Some(row) = after.device_groups().get(group) {
            let targets = row.devices.iter().map(Target::Device).collect();
            self.people_on(&row.agents, Product::RemoteSupport, targets);
        }
    }

    pub(super) fn connections(&mut self, after: &State, which: impl Iterator<Item = ConnectionId>) {
        let groups = after
            .user_groups()
            .ids()
            .map(Target::UserGroup)
            .chain(after.queues().ids().map(Target::Queue))
            .chain([Target::Account])
            .collect();
        self.on(
            which.map(Subject::Connection).collect(),
            Product::Admin.permissions()
                | Product::Billing.permissions()
                | Product::ServiceDesk.permissions()
                | Product::ContactCentre.permissions(),
            groups,
        );
    }

    /// Whose rights are over this user group, though they be no members of it: what reaches nobody any more opens no portal.
    fn managers(&mut self, state: &State, group: UserGroupId) {
        if let Some(row) = state.user_groups().get(group) {
            self.everything.extend_set(&row.managers);
        }
        let reaches = |grant: &ExtraGrant| grant.scope.names(group);
        for (carrier, row) in state.user_groups().iter() {
            if row.extra_grants.iter().any(reaches) {
                self.everything.extend(members_below(state, carrier));
            }
        }
    }

    /// Whoever holds something by the thing whose definition or life changes.
    pub(super) fn holders(&mut self, before: &State, after: &State, of: Node) {
        for state in [before, after] {
            match of {
                Node::Role(role) => {
                    if let Some(row) = state.roles().get(role) {
                        self.everything.extend_set(&row.holders);
                        self.administered.extend_set(&row.holders);
                    }
                }
                Node::Group(group) => {
                    if let Some(row) = state.groups().get(group) {
                        let services = row.services.iter().map(Target::Service).collect();
                        self.people_on(&row.members, Product::ServiceDesk, services);
                    }
                }
                Node::Company(company) => {
                    if let Some(row) = state.companies().get(company) {
                        for person in row.employees.iter() {
                            self.portal_of(before, after, person, &[Some(company)]);
                        }
                    }
                }
                Node::Licence(licence) => {
                    if let Some(row) = state.licences().get(licence) {
                        self.everything.extend_set(&row.holders);
                    }
                }
                Node::DeviceGroup(group) => {
                    self.device_group(state, group);
                    if let Some(row) = state.device_groups().get(group) {
                        self.everything.extend_set(&row.agents);
                    }
                }
                Node::Device(device) => {
                    if let Some(group) = state
                        .devices()
                        .get(device)
                        .and_then(|row| state.device_groups().get(row.group))
                    {
                        self.people_on(
                            &group.agents,
                            Product::RemoteSupport,
                            vec![Target::Device(device)],
                        );
                    }
                }
                Node::UserGroup(_)
                | Node::Service(_)
                | Node::Queue(_)
                | Node::Connection(_)
                | Node::ProviderGroup(_) => {}
            }
        }
        match of {
            Node::UserGroup(group) => {
                self.managers(after, group);
                self.user_group(before, after, group);
            }
            Node::Service(service) => self.service(before, after, service),
            Node::Queue(queue) => self.queue(after, queue),
            Node::Role(role) => {
                let holds = after
                    .connections()
                    .iter()
                    .filter(|(_, row)| row.role == role);
                self.connections(after, holds.map(|(id, _)| id));
            }
            Node::Connection(connection) => self.connections(after, std::iter::once(connection)),
            _ => {}
        }
    }
}

/// Everybody who may hold a right over people: administrators, members of user groups with extra grants, connections.
pub(super) fn rights_holders(before: &State, after: &State) -> Vec<Subject> {
    let mut people = before.administrators().clone();
    people.extend_set(after.administrators());
    for state in [before, after] {
        people.extend(state.only_user());
        for (group, row) in state.user_groups().iter() {
            if !row.extra_grants.is_empty() {
                people.extend(members_below(state, group));
            }
        }
    }
    people
        .iter()
        .map(Subject::Person)
        .chain(after.connections().ids().map(Subject::Connection))
        .collect()
}

/// The members of a user group and of all groups below.
fn members_below(state: &State, group: UserGroupId) -> Vec<PersonId> {
    let groups = state.user_groups_below(group);
    groups
        .iter()
        .filter_map(|group| state.user_groups().get(*group))
        .flat_map(|row| row.members.iter())
        .collect()
}

/// Module access is a gate of every permission of the contact centre: nobody else can gain or lose one, programs excepted.
fn contact_centre_people(state: &State) -> Vec<Subject> {
    let mut people = IdSet::default();
    for (_, row) in state
        .licences()
        .iter()
        .filter(|(_, row)| row.product == Product::ContactCentre)
    {
        people.extend_set(&row.holders);
    }
    people.extend(state.only_user());
    let people = people.iter().map(Subject::Person);
    people.chain(contact_admin_connections(state)).collect()
}

/// AD-29: no licence is asked of a program.
fn contact_admin_connections(state: &State) -> impl Iterator<Item = Subject> {
    let connections = state.connections().iter();
    let admins = connections.filter(|(_, row)| row.rights.contact_admin);
    admins.map(|(id, _)| Subject::Connection(id))
}

/// A person's ties, timed ones as what they are, whenever they count.
pub(super) fn every_tie<'a>(state: &'a State, row: &'a Person) -> impl Iterator<Item = Tie> + 'a {
    row.ties.iter().filter_map(|tie| match *tie {
        Tie::Timed(timed) => state.timed_ties().get(timed).map(|row| row.tie),
        tie => Some(tie),
    })
}
