//! What each event means, in the plainest way. An event about something unknown changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use access::event::{GrantHolder, Node};
use access::state::{
    ConnectionRights, CustomerFacet, DueDateOverride, Life, PeopleScope, PortalLevel, Tie,
    UserFacet,
};
use access::{
    CompanyId, Dense, DeviceGroupId, Event, GroupId, PersonId, RoleId, Switch, TimedTieId, Window,
};

use super::World;
use super::roles::system_role;
use super::world::{Held, Licence, Person, ProviderGroup, UserGroup};

impl World {
    /// Remembers a fact.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::AccountOpened => self.open_account(),
            Event::AccountActiveSet { active } => self.active = *active,
            Event::PersonAdded { user, customer, .. } => {
                let person = Person {
                    user: *user,
                    customer: *customer,
                    can_sign_in: false,
                    account_role: RoleId::MEMBER,
                    role_scope: PeopleScope::All,
                    extra_grants: Vec::new(),
                    limited_admin: None,
                    company_list: None,
                    portal_level: PortalLevel::None,
                    company: None,
                    ties: Vec::new(),
                };
                add(&mut self.people, person);
            }
            Event::UserFacetSet { person, state } => self.change(*person, |row| row.user = *state),
            Event::CustomerFacetSet { person, state } => {
                self.change(*person, |row| row.customer = *state);
            }
            Event::SignInSet { person, possible } => {
                self.change(*person, |row| row.can_sign_in = *possible);
            }
            Event::PersonErased { person } => self.erase(*person),
            Event::AccountRoleSet {
                person,
                role,
                scope,
            } => {
                self.change(*person, |row| {
                    row.account_role = *role;
                    row.role_scope = scope.clone();
                });
                self.mapped_roles.remove(person);
            }
            Event::MappedRoleSet {
                person,
                role,
                provider_group,
            } => {
                self.change(*person, |row| {
                    row.account_role = *role;
                    row.role_scope = PeopleScope::All;
                });
                self.mapped_roles.insert(*person, *provider_group);
            }
            Event::ExtraGrantGiven { to, grant } => match to {
                GrantHolder::Person(person) => {
                    self.change(*person, |row| row.extra_grants.push(grant.clone()));
                }
                GrantHolder::UserGroup(group) => {
                    if let Some(row) = self.user_groups.get_mut(group) {
                        row.extra_grants.push(grant.clone());
                    }
                }
            },
            Event::ExtraGrantTaken { from, grant } => match from {
                GrantHolder::Person(person) => {
                    self.change(*person, |row| row.extra_grants.retain(|held| held != grant));
                }
                GrantHolder::UserGroup(group) => {
                    if let Some(row) = self.user_groups.get_mut(group) {
                        row.extra_grants.retain(|held| held != grant);
                    }
                }
            },
            Event::LimitedAdminSet { person, admin } => {
                self.change(*person, |row| row.limited_admin = admin.clone());
            }
            Event::CompanyAccessSet { person, listed } => {
                self.change(*person, |row| row.company_list = listed.clone());
            }
            Event::RoleCreated { permissions, .. } => {
                add(&mut self.roles, permissions.iter().collect());
            }
            Event::RoleEdited { role, permissions } => {
                if let Some(row) = self.roles.get_mut(role) {
                    *row = permissions.iter().collect();
                }
            }
            Event::Tied { person, tie } => {
                self.hold(*person, *tie, Window::ALWAYS, None);
                self.mapped_ties.remove(&(*person, *tie));
            }
            Event::MappedTied {
                person,
                tie,
                provider_group,
            } => {
                self.hold(*person, *tie, Window::ALWAYS, None);
                self.mapped_ties.insert((*person, *tie), *provider_group);
            }
            Event::Untied { person, tie } => {
                self.change(*person, |row| {
                    row.ties
                        .retain(|held| held.timed.is_some() || held.tie != *tie);
                });
                self.mapped_ties.remove(&(*person, *tie));
            }
            Event::TimedTied {
                person,
                tie,
                window,
            } => {
                let timed = TimedTieId::from_index(self.timed_ties);
                self.timed_ties += 1;
                self.hold(*person, *tie, *window, timed);
            }
            Event::TimedUntied { timed } => {
                for row in self.people.values_mut() {
                    row.ties.retain(|held| held.timed != Some(*timed));
                }
            }
            Event::PortalLevelSet { person, level } => {
                self.change(*person, |row| row.portal_level = *level);
            }
            Event::EmployerSet {
                person, company, ..
            } => self.change(*person, |row| row.company = *company),
            Event::BillingContactSet { person } => {
                self.billing_contact = *person;
                self.billing_offer = None;
            }
            Event::BillingContactOffered { to } => self.billing_offer = *to,
            Event::UserGroupCreated { parent, .. } => {
                let group = UserGroup {
                    parent: *parent,
                    extra_grants: Vec::new(),
                };
                add(&mut self.user_groups, group);
            }
            Event::UserGroupMoved { group, parent } => {
                if let Some(row) = self.user_groups.get_mut(group) {
                    row.parent = *parent;
                }
            }
            Event::GroupCreated { .. } => {
                self.groups.extend(GroupId::from_index(self.groups.len()));
            }
            Event::GroupAccessSet {
                group,
                service,
                full,
            } => set(&mut self.group_access, (*group, *service), *full),
            Event::CompanyCreated { .. } => {
                self.companies
                    .extend(CompanyId::from_index(self.companies.len()));
            }
            Event::CompanyServiceSet {
                company,
                service,
                full,
            } => set(&mut self.company_access, (*company, *service), *full),
            Event::DomainAdded { company, domain } => {
                self.domains.push((*company, domain.to_string()));
            }
            Event::DomainRemoved { company, domain } => {
                self.domains
                    .retain(|(of, held)| of != company || **held != **domain);
            }
            Event::ServiceCreated { .. } => {
                add(&mut self.services, DueDateOverride::Administrators);
            }
            Event::DueDateOverrideSet { service, policy } => {
                if let Some(row) = self.services.get_mut(service) {
                    *row = *policy;
                }
            }
            Event::QueueCreated { kind, .. } => add(&mut self.queues, *kind),
            Event::SwitchSet { switch, on } => set(&mut self.switches_on, *switch, *on),
            Event::DeviceGroupCreated { .. } => {
                self.device_groups
                    .extend(DeviceGroupId::from_index(self.device_groups.len()));
            }
            Event::DeviceAdded { group, company, .. } => {
                add(&mut self.devices, (*group, *company));
            }
            Event::DeviceMoved {
                device,
                group,
                company,
            } => {
                if let Some(row) = self.devices.get_mut(device) {
                    *row = (*group, *company);
                }
            }
            Event::LicenceBought {
                product,
                model,
                seats,
                ..
            } => {
                let licence = Licence {
                    product: *product,
                    model: *model,
                    bought: *seats,
                    seats: Vec::new(),
                };
                add(&mut self.licences, licence);
            }
            Event::LicenceSeatsSet { licence, seats } => {
                if let Some(row) = self.licences.get_mut(licence) {
                    row.bought = *seats;
                }
            }
            Event::SeatTaken { licence, seat, .. } => {
                if let Some(row) = self.licences.get_mut(licence) {
                    row.seats.push(*seat);
                }
            }
            Event::SeatFreed { licence, seat } => {
                if let Some(row) = self.licences.get_mut(licence) {
                    row.seats.retain(|taken| taken != seat);
                }
            }
            Event::LifeSet { of, life } => {
                self.lives.insert(*of, *life);
                if *life == Life::Deleted {
                    self.end_provider_groups(*of);
                }
            }
            Event::ConnectionRightsSet { connection, rights } => {
                if let Some(held) = self.connection_rights.get_mut(connection) {
                    *held = *rights;
                }
            }
            Event::ProviderGroupCreated { connection, .. } => {
                let group = ProviderGroup {
                    connection: *connection,
                    members: BTreeSet::new(),
                };
                add(&mut self.provider_groups, group);
            }
            Event::ProviderGroupMembersChanged {
                provider_group,
                added,
                taken,
            } => {
                if let Some(row) = self.provider_groups.get_mut(provider_group) {
                    row.members.retain(|person| !taken.contains(person));
                    row.members.extend(added);
                }
            }
            Event::MappingsSet {
                connection,
                mappings,
            } => {
                if let Some(held) = self.mappings.get_mut(connection) {
                    held.clone_from(mappings);
                }
            }
            Event::ConnectionCreated { role, .. } => {
                add(&mut self.connections, *role);
                add(&mut self.connection_rights, ConnectionRights::default());
                add(&mut self.mappings, Vec::new());
            }
            Event::ConnectionRoleSet { connection, role } => {
                if let Some(row) = self.connections.get_mut(connection) {
                    *row = *role;
                }
            }
            // No decision about Rolecall's own products depends on these.
            Event::ProfileEdited { .. }
            | Event::Renamed { .. }
            | Event::AccessEnded { .. }
            | Event::CompanyRegistrationSet { .. }
            | Event::RegistrationSet { .. }
            | Event::SecondFactorRequired { .. }
            | Event::DenylistChanged { .. }
            | Event::GivenToOneself { .. }
            | Event::InvitationSent { .. }
            | Event::InvitationRevoked { .. }
            | Event::ViewedAs { .. }
            | Event::SignInSessionsEnded { .. }
            | Event::ServiceOpenToAllSet { .. }
            | Event::ServiceHasRecords { .. }
            | Event::ServiceTargetsSet { .. }
            | Event::ServiceMailSet { .. }
            | Event::ServicePresetsSet { .. }
            | Event::TokenIssued { .. }
            | Event::TokenRevoked { .. }
            | Event::ContactCentre(_)
            | Event::PortalFaceSet
            | Event::MassAction { .. }
            | Event::Subscription { .. }
            | Event::SignInProvider { .. }
            | Event::ProviderLinked { .. }
            | Event::Product(_) => {}
        }
    }

    /// RULES §3 and §6: the system roles exist, and the switches stand at their defaults.
    fn open_account(&mut self) {
        self.open = true;
        self.active = true;
        for role in [RoleId::SUPER_ADMIN, RoleId::ADMIN, RoleId::MEMBER] {
            self.roles.insert(role, system_role(role));
        }
        // CC-8 and CC-9 are on by default, all others off.
        self.switches_on = [
            Switch::SupervisorLimitToAssigned,
            Switch::SupervisorQueueView,
        ]
        .into();
    }

    fn change(&mut self, person: PersonId, change: impl FnOnce(&mut Person)) {
        if let Some(row) = self.people.get_mut(&person) {
            change(row);
        }
    }

    fn hold(&mut self, person: PersonId, tie: Tie, window: Window, timed: Option<TimedTieId>) {
        let held = Held { tie, window, timed };
        self.change(person, |row| {
            if !row.ties.contains(&held) {
                row.ties.push(held);
            }
        });
    }

    /// SD-26: nothing of the person remains but a blank.
    fn erase(&mut self, person: PersonId) {
        if self.billing_offer == Some(person) {
            self.billing_offer = None;
        }
        self.mapped_roles.remove(&person);
        self.mapped_ties.retain(|(of, _), _| *of != person);
        for group in self.provider_groups.values_mut() {
            group.members.remove(&person);
        }
        self.change(person, |row| {
            *row = Person {
                user: UserFacet::Absent,
                customer: CustomerFacet::Absent,
                can_sign_in: false,
                account_role: RoleId::MEMBER,
                role_scope: PeopleScope::All,
                extra_grants: Vec::new(),
                limited_admin: None,
                company_list: None,
                portal_level: PortalLevel::None,
                company: None,
                ties: Vec::new(),
            };
        });
    }

    /// The groups of a connection end with it, and nobody is in a group that has ended.
    fn end_provider_groups(&mut self, of: Node) {
        for (group, row) in &mut self.provider_groups {
            if of == Node::ProviderGroup(*group) || of == Node::Connection(row.connection) {
                row.members.clear();
                self.lives
                    .insert(Node::ProviderGroup(*group), Life::Deleted);
            }
        }
    }

    /// Whether a thing was deleted for ever.
    pub fn is_deleted(&self, node: Node) -> bool {
        self.life(node) == Life::Deleted
    }
}

/// Ids are given in the order of creation.
fn add<K: Dense, V>(map: &mut BTreeMap<K, V>, value: V) {
    if let Some(id) = K::from_index(map.len()) {
        map.insert(id, value);
    }
}

fn set<T: Ord>(set: &mut std::collections::BTreeSet<T>, item: T, member: bool) {
    if member {
        set.insert(item);
    } else {
        set.remove(&item);
    }
}
