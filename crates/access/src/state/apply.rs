//! Applying events. Nothing here decides or refuses: a command did. An event that names an unknown id changes nothing but
//! the version, so that a log replays to the same state everywhere.

use std::sync::Arc;

use super::{
    Account, Company, CompanyAccess, Connection, ConnectionRights, Device, DeviceGroup, Group,
    Licence, Life, PeopleScope, Person, Placement, PortalLevel, Queue, Role, Service, State, Tie,
    Ties, TimedTie, Token, TokenOwner, UserFacet, UserGroup,
};
use crate::catalogue::{Switch, SystemRole};
use crate::event::{Event, MassActionStep, Node};
use crate::ids::RoleId;
use crate::idset::IdSet;
use crate::moment::Version;

impl State {
    /// Makes the fact part of the state. The version grows by one.
    pub fn apply(&mut self, event: &Event) {
        self.version = Version(self.version.0 + 1);
        match event {
            Event::AccountOpened => self.open(),
            Event::AccountActiveSet { active } => self.account_mut().active = *active,
            Event::PersonAdded {
                uid,
                user,
                customer,
            } => {
                let id = self.people.push(Person {
                    uid: *uid,
                    ties: Ties::default(),
                    extras: None,
                    account_role: RoleId::MEMBER,
                    company: None,
                    user: UserFacet::Absent,
                    customer: *customer,
                    portal_level: PortalLevel::None,
                    placement: Placement::Unsorted,
                    can_sign_in: false,
                    accepted: false,
                });
                if let Some(id) = id {
                    self.set_user_facet(id, *user);
                }
            }
            Event::UserFacetSet { person, state } => self.set_user_facet(*person, *state),
            Event::CustomerFacetSet { person, state } => {
                self.on_person(*person, |row| row.customer = *state)
            }
            Event::ProfileEdited { .. } | Event::Renamed { .. } => {}
            Event::SignInSet { person, possible } => {
                self.on_person(*person, |row| row.can_sign_in = *possible)
            }
            Event::AccessEnded { person } => self.end_tokens(TokenOwner::Person(*person)),
            Event::PersonErased { person } => self.erase(*person),
            Event::AccountRoleSet {
                person,
                role,
                scope,
            } => {
                self.set_account_role(*person, *role, scope);
                self.set_role_origin(*person, None);
            }
            Event::MappedRoleSet {
                person,
                role,
                provider_group,
            } => {
                self.set_account_role(*person, *role, &PeopleScope::All);
                self.set_role_origin(*person, Some(*provider_group));
            }
            Event::ExtraGrantGiven { to, grant } => {
                if self.change_grants(*to, |grants| grants.push(grant.clone())) {
                    self.expect(grant.window);
                }
            }
            Event::ExtraGrantTaken { from, grant } => {
                let mut taken = 0;
                self.change_grants(*from, |grants| {
                    let held = grants.len();
                    grants.retain(|held| held != grant);
                    taken = held - grants.len();
                });
                (0..taken).for_each(|_| self.forget(grant.window));
            }
            Event::LimitedAdminSet { person, admin } => {
                self.on_extras(*person, |extras| extras.limited_admin.clone_from(admin));
            }
            Event::CompanyAccessSet { person, listed } => self.on_extras(*person, |extras| {
                extras.company_access = match listed {
                    None => CompanyAccess::All,
                    Some(listed) => CompanyAccess::Listed {
                        companies: listed.companies.iter().copied().collect(),
                        without_company: listed.without_company,
                    },
                };
            }),
            Event::RoleCreated { uid, permissions } => {
                self.rest_mut().roles.push(Role {
                    uid: *uid,
                    permissions: *permissions,
                    life: Life::Active,
                    holders: IdSet::default(),
                });
            }
            Event::RoleEdited { role, permissions } => {
                if let Some(row) = self.rest_mut().roles.get_mut(*role) {
                    row.permissions = *permissions;
                }
            }
            Event::Tied { person, tie } => {
                self.add_tie(*person, *tie);
                // AD-30: by hand, whatever gave it before.
                self.set_origin(*person, *tie, None);
            }
            Event::MappedTied {
                person,
                tie,
                provider_group,
            } => {
                self.add_tie(*person, *tie);
                self.set_origin(*person, *tie, Some(*provider_group));
            }
            Event::Untied { person, tie } => {
                let mut removed = false;
                self.on_person(*person, |row| removed = row.ties.remove(*tie));
                if removed {
                    self.unlink(*person, *tie);
                }
                self.set_origin(*person, *tie, None);
            }
            Event::TimedTied {
                person,
                tie,
                window,
            } => {
                let row = TimedTie {
                    person: *person,
                    tie: *tie,
                    window: *window,
                };
                if let Some(timed) = self.rest_mut().timed_ties.push(row) {
                    let mut added = false;
                    self.on_person(*person, |row| added = row.ties.insert(Tie::Timed(timed)));
                    if added {
                        self.expect(*window);
                    }
                    self.link(*person, *tie);
                }
            }
            Event::TimedUntied { timed } => self.end_timed(*timed),
            Event::PortalLevelSet { person, level } => {
                self.on_person(*person, |row| row.portal_level = *level)
            }
            Event::EmployerSet {
                person,
                company,
                placement,
            } => {
                let mut before = None;
                self.on_person(*person, |row| {
                    before = std::mem::replace(&mut row.company, *company);
                    row.placement = *placement;
                });
                if let Some(row) = before.and_then(|id| self.rest_mut().companies.get_mut(id)) {
                    row.employees.remove(*person);
                }
                if let Some(row) = company.and_then(|id| self.rest_mut().companies.get_mut(id)) {
                    row.employees.insert(*person);
                }
            }
            Event::BillingContactSet { person } => {
                self.account_mut().billing_contact = *person;
                self.account_mut().billing_offer = None;
                self.rest_mut().administrators.extend(*person);
            }
            Event::BillingContactOffered { to } => self.account_mut().billing_offer = *to,
            Event::UserGroupCreated { uid, parent } => {
                let id = self.rest_mut().user_groups.push(UserGroup {
                    uid: *uid,
                    parent: *parent,
                    children: IdSet::default(),
                    life: Life::Active,
                    extra_grants: Vec::new(),
                    members: IdSet::default(),
                    managers: IdSet::default(),
                });
                if let (Some(id), Some(above)) = (
                    id,
                    parent.and_then(|id| self.rest_mut().user_groups.get_mut(id)),
                ) {
                    above.children.insert(id);
                }
            }
            Event::UserGroupMoved { group, parent } => {
                let before = self
                    .rest_mut()
                    .user_groups
                    .get_mut(*group)
                    .and_then(|row| std::mem::replace(&mut row.parent, *parent));
                if let Some(above) = before.and_then(|id| self.rest_mut().user_groups.get_mut(id)) {
                    above.children.remove(*group);
                }
                if let Some(above) = parent.and_then(|id| self.rest_mut().user_groups.get_mut(id)) {
                    above.children.insert(*group);
                }
            }
            Event::GroupCreated { uid } => {
                self.rest_mut().groups.push(Group {
                    uid: *uid,
                    life: Life::Active,
                    members: IdSet::default(),
                    services: IdSet::default(),
                });
            }
            Event::GroupAccessSet {
                group,
                service,
                full,
            } => {
                let rest = self.rest_mut();
                if let (Some(row), Some(of)) =
                    (rest.groups.get_mut(*group), rest.services.get_mut(*service))
                {
                    set_member(&mut row.services, *service, *full);
                    set_member(&mut of.groups, *group, *full);
                }
            }
            Event::CompanyCreated { uid } => {
                self.rest_mut().companies.push(Company {
                    uid: *uid,
                    life: Life::Active,
                    domains: Vec::new(),
                    services: IdSet::default(),
                    employees: IdSet::default(),
                    accepts_registration: false,
                });
            }
            Event::CompanyServiceSet {
                company,
                service,
                full,
            } => {
                let rest = self.rest_mut();
                if let (Some(row), Some(of)) = (
                    rest.companies.get_mut(*company),
                    rest.services.get_mut(*service),
                ) {
                    set_member(&mut row.services, *service, *full);
                    set_member(&mut of.companies, *company, *full);
                }
            }
            Event::DomainAdded { company, domain } => {
                if let Some(row) = self.rest_mut().companies.get_mut(*company) {
                    row.domains.push(domain.clone());
                    self.rest_mut().domains.insert(domain.clone(), *company);
                }
            }
            Event::DomainRemoved { company, domain } => {
                if let Some(row) = self.rest_mut().companies.get_mut(*company) {
                    row.domains.retain(|held| held != domain);
                    self.rest_mut().domains.remove(domain);
                }
            }
            Event::CompanyRegistrationSet { company, accepts } => {
                if let Some(row) = self.rest_mut().companies.get_mut(*company) {
                    row.accepts_registration = *accepts;
                }
            }
            Event::RegistrationSet { policy } => self.account_mut().registration = *policy,
            Event::SecondFactorRequired { role, required } => {
                let rule = &mut self.account_mut().second_factor;
                match (role, required) {
                    (None, required) => rule.everybody = *required,
                    (Some(role), true) => drop(rule.roles.insert(*role)),
                    (Some(role), false) => drop(rule.roles.remove(role)),
                }
            }
            Event::DenylistChanged { .. }
            | Event::GivenToOneself { .. }
            | Event::InvitationSent { .. }
            | Event::InvitationRevoked { .. }
            | Event::ViewedAs { .. }
            | Event::SignInSessionsEnded { .. }
            | Event::ServiceTargetsSet { .. }
            | Event::ServiceMailSet { .. }
            | Event::ServicePresetsSet { .. }
            | Event::ContactCentre(_)
            | Event::PortalFaceSet
            | Event::Subscription { .. }
            | Event::ProviderLinked { .. } => {}
            Event::MassAction { action, step, .. } => {
                let running = &mut self.rest_mut().mass_actions;
                match step {
                    MassActionStep::Started => running.insert(*action),
                    MassActionStep::Stopped
                    | MassActionStep::Done
                    | MassActionStep::RightEnded
                    | MassActionStep::Failed => running.remove(action),
                };
            }
            Event::ServiceCreated { uid } => {
                self.rest_mut().services.push(Service {
                    uid: *uid,
                    life: Life::Active,
                    due_date_override: Default::default(),
                    open_to_all: false,
                    has_records: false,
                    people: IdSet::default(),
                    groups: IdSet::default(),
                    companies: IdSet::default(),
                });
            }
            Event::DueDateOverrideSet { service, policy } => {
                if let Some(row) = self.rest_mut().services.get_mut(*service) {
                    row.due_date_override = *policy;
                }
            }
            Event::ServiceOpenToAllSet { service, open } => {
                if let Some(row) = self.rest_mut().services.get_mut(*service) {
                    row.open_to_all = *open;
                }
            }
            Event::ServiceHasRecords { service } => {
                if let Some(row) = self.rest_mut().services.get_mut(*service) {
                    row.has_records = true;
                }
            }
            Event::QueueCreated { uid, kind } => {
                self.rest_mut().queues.push(Queue {
                    uid: *uid,
                    kind: *kind,
                    life: Life::Active,
                    people: IdSet::default(),
                });
            }
            Event::SwitchSet { switch, on } => {
                if *on {
                    self.account_mut().switches.insert(*switch);
                } else {
                    self.account_mut().switches.remove(switch);
                }
            }
            Event::DeviceGroupCreated { uid } => {
                self.rest_mut().device_groups.push(DeviceGroup {
                    uid: *uid,
                    life: Life::Active,
                    agents: IdSet::default(),
                    devices: IdSet::default(),
                });
            }
            Event::DeviceAdded {
                uid,
                group,
                company,
            } => {
                let row = Device {
                    uid: *uid,
                    group: *group,
                    company: *company,
                    life: Life::Active,
                };
                let rest = self.rest_mut();
                if let (Some(id), Some(of)) =
                    (rest.devices.push(row), rest.device_groups.get_mut(*group))
                {
                    of.devices.insert(id);
                }
            }
            Event::DeviceMoved {
                device,
                group,
                company,
            } => {
                let Some(row) = self.rest_mut().devices.get_mut(*device) else {
                    return;
                };
                row.company = *company;
                let before = std::mem::replace(&mut row.group, *group);
                if let Some(of) = self.rest_mut().device_groups.get_mut(before) {
                    of.devices.remove(*device);
                }
                if let Some(of) = self.rest_mut().device_groups.get_mut(*group) {
                    of.devices.insert(*device);
                }
            }
            Event::LicenceBought {
                uid,
                product,
                model,
                seats,
            } => {
                self.rest_mut().licences.push(Licence {
                    uid: *uid,
                    product: *product,
                    model: *model,
                    bought: *seats,
                    holders: IdSet::default(),
                    seats: Vec::new(),
                    life: Life::Active,
                });
            }
            Event::LicenceSeatsSet { licence, seats } => {
                if let Some(row) = self.rest_mut().licences.get_mut(*licence) {
                    row.bought = *seats;
                }
            }
            Event::SeatTaken {
                licence,
                seat,
                person,
            } => {
                if let Some(row) = self.rest_mut().licences.get_mut(*licence) {
                    row.seats.push((*seat, *person));
                }
            }
            Event::SeatFreed { licence, seat } => {
                if let Some(row) = self.rest_mut().licences.get_mut(*licence) {
                    row.seats.retain(|(taken, _)| taken != seat);
                }
            }
            Event::LifeSet { of, life } => self.set_life(*of, *life),
            Event::ConnectionCreated {
                uid,
                role,
                kind,
                maker,
            } => {
                self.rest_mut().connections.push(Connection {
                    uid: *uid,
                    kind: *kind,
                    role: *role,
                    rights: ConnectionRights::default(),
                    life: Life::Active,
                    maker: *maker,
                    provider_groups: IdSet::default(),
                    break_glass: None,
                    mappings: Vec::new(),
                });
            }
            Event::ConnectionRoleSet { connection, role } => {
                self.on_connection(*connection, |row| row.role = *role);
            }
            Event::SignInProvider {
                connection,
                break_glass,
                ..
            } => self.on_connection(*connection, |row| row.break_glass = *break_glass),
            Event::ConnectionRightsSet { connection, rights } => {
                self.on_connection(*connection, |row| row.rights = *rights);
            }
            Event::ProviderGroupCreated { uid, connection } => {
                self.add_provider_group(*uid, *connection);
            }
            Event::ProviderGroupMembersChanged {
                provider_group,
                added,
                taken,
            } => self.change_provider_group(*provider_group, added, taken),
            Event::MappingsSet {
                connection,
                mappings,
            } => self.on_connection(*connection, |row| row.mappings.clone_from(mappings)),
            Event::TokenIssued {
                uid,
                owner,
                expires,
            } => {
                let token = self.rest_mut().tokens.push(Token {
                    uid: *uid,
                    owner: *owner,
                    expires: *expires,
                    revoked: false,
                });
                if let Some(token) = token {
                    self.rest_mut().live_tokens.insert((*owner, token), ());
                    self.rest_mut().token_ends.insert((*expires, token), ());
                }
            }
            Event::TokenRevoked { token } => self.revoke(*token),
            Event::Product(event) => self.products_mut().apply(event),
        }
    }

    fn open(&mut self) {
        let switches = Switch::ALL
            .into_iter()
            .filter(|switch| switch.default_value())
            .collect();
        self.account = Arc::new(Account {
            open: true,
            active: true,
            switches,
            ..Account::default()
        });
        for role in [
            SystemRole::SuperAdmin,
            SystemRole::Admin,
            SystemRole::Member,
        ] {
            self.rest_mut().roles.push(Role {
                uid: uuid::Uuid::from_u128(1 + role as u128),
                permissions: role.permissions(),
                life: Life::Active,
                holders: IdSet::default(),
            });
        }
    }

    fn set_life(&mut self, of: Node, life: Life) {
        if let Node::Connection(id) = of
            && life != Life::Active
        {
            self.end_tokens(TokenOwner::Connection(id));
        }
        if life == Life::Deleted {
            self.end_provider_groups(of);
        }
        let rest = self.rest_mut();
        match of {
            Node::Role(id) => rest.roles.get_mut(id).map(|row| row.life = life),
            Node::UserGroup(id) => {
                if life == Life::Deleted
                    && let Some(above) = rest.user_groups.get(id).and_then(|row| row.parent)
                    && let Some(above) = rest.user_groups.get_mut(above)
                {
                    above.children.remove(id);
                }
                rest.user_groups.get_mut(id).map(|row| row.life = life)
            }
            Node::DeviceGroup(id) => rest.device_groups.get_mut(id).map(|row| row.life = life),
            Node::Device(id) => rest.devices.get_mut(id).map(|row| row.life = life),
            Node::Group(id) => rest.groups.get_mut(id).map(|row| row.life = life),
            Node::Company(id) => rest.companies.get_mut(id).map(|row| row.life = life),
            Node::Service(id) => rest.services.get_mut(id).map(|row| row.life = life),
            Node::Queue(id) => rest.queues.get_mut(id).map(|row| row.life = life),
            Node::Licence(id) => rest.licences.get_mut(id).map(|row| row.life = life),
            Node::Connection(id) => rest.connections.get_mut(id).map(|row| row.life = life),
            Node::ProviderGroup(id) => rest.provider_groups.get_mut(id).map(|row| row.life = life),
        };
    }
}

pub(super) fn set_member<K: crate::ids::Dense>(set: &mut IdSet<K>, id: K, member: bool) {
    if member {
        set.insert(id);
    } else {
        set.remove(id);
    }
}
