//! What the reference remembers of one account, and the simplest questions about it.

use std::collections::{BTreeMap, BTreeSet};

use access::event::{ListedCompanies, Node};
use access::state::{
    ConnectionRights, CustomerFacet, DueDateOverride, ExtraGrant, LicenceModel, Life, LimitedAdmin,
    Mapping, PeopleScope, PortalLevel, QueueKind, Tie, UserFacet,
};
use access::{
    CompanyId, ConnectionId, DeviceGroupId, DeviceId, GroupId, LicenceId, Moment, Permission,
    PersonId, Product, ProviderGroupId, QueueId, RoleId, ServiceId, Switch, TimedTieId,
    UserGroupId, Window,
};
use uuid::Uuid;

/// One account.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub open: bool,
    pub active: bool,
    pub billing_contact: Option<PersonId>,
    pub billing_offer: Option<PersonId>,
    pub switches_on: BTreeSet<Switch>,
    pub people: BTreeMap<PersonId, Person>,
    pub roles: BTreeMap<RoleId, Vec<Permission>>,
    pub user_groups: BTreeMap<UserGroupId, UserGroup>,
    pub groups: BTreeSet<GroupId>,
    pub group_access: BTreeSet<(GroupId, ServiceId)>,
    pub companies: BTreeSet<CompanyId>,
    pub company_access: BTreeSet<(CompanyId, ServiceId)>,
    /// A list of pairs, so that a domain given twice shows (I-3).
    pub domains: Vec<(CompanyId, String)>,
    pub services: BTreeMap<ServiceId, DueDateOverride>,
    pub queues: BTreeMap<QueueId, QueueKind>,
    pub device_groups: BTreeSet<DeviceGroupId>,
    pub devices: BTreeMap<DeviceId, (DeviceGroupId, Option<CompanyId>)>,
    pub licences: BTreeMap<LicenceId, Licence>,
    pub connections: BTreeMap<ConnectionId, RoleId>,
    pub connection_rights: BTreeMap<ConnectionId, ConnectionRights>,
    pub provider_groups: BTreeMap<ProviderGroupId, ProviderGroup>,
    pub mappings: BTreeMap<ConnectionId, Vec<Mapping>>,
    /// AD-30: what a mapping gave and no hand, by the group that it came through.
    pub mapped_ties: BTreeMap<(PersonId, Tie), ProviderGroupId>,
    pub mapped_roles: BTreeMap<PersonId, ProviderGroupId>,
    /// What was ever archived or deleted; a thing that is not here is active.
    pub lives: BTreeMap<Node, Life>,
    /// Number of timed ties ever made: the next one's id.
    pub timed_ties: usize,
}

/// A group as a directory has it.
#[derive(Debug, Clone)]
pub struct ProviderGroup {
    pub connection: ConnectionId,
    pub members: BTreeSet<PersonId>,
}

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    pub user: UserFacet,
    pub customer: CustomerFacet,
    pub can_sign_in: bool,
    pub account_role: RoleId,
    pub role_scope: PeopleScope,
    pub extra_grants: Vec<ExtraGrant>,
    pub limited_admin: Option<LimitedAdmin>,
    /// SD-33; `None`: all companies.
    pub company_list: Option<ListedCompanies>,
    pub portal_level: PortalLevel,
    pub company: Option<CompanyId>,
    pub ties: Vec<Held>,
}

/// A tie of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub tie: Tie,
    pub window: Window,
    /// The number under which a timed one is ended.
    pub timed: Option<TimedTieId>,
}

/// A node of the tree of administration.
#[derive(Debug, Clone)]
pub struct UserGroup {
    pub parent: Option<UserGroupId>,
    pub extra_grants: Vec<ExtraGrant>,
}

/// A pool of licences.
#[derive(Debug, Clone)]
pub struct Licence {
    pub product: Product,
    pub model: LicenceModel,
    pub bought: u32,
    pub seats: Vec<Uuid>,
}

impl World {
    /// An account before its first event.
    pub fn empty() -> World {
        World::default()
    }

    /// Whether the thing was ever made.
    pub fn exists(&self, node: Node) -> bool {
        match node {
            Node::Role(id) => self.roles.contains_key(&id),
            Node::UserGroup(id) => self.user_groups.contains_key(&id),
            Node::DeviceGroup(id) => self.device_groups.contains(&id),
            Node::Device(id) => self.devices.contains_key(&id),
            Node::Group(id) => self.groups.contains(&id),
            Node::Company(id) => self.companies.contains(&id),
            Node::Service(id) => self.services.contains_key(&id),
            Node::Queue(id) => self.queues.contains_key(&id),
            Node::Licence(id) => self.licences.contains_key(&id),
            Node::Connection(id) => self.connections.contains_key(&id),
            Node::ProviderGroup(id) => self.provider_groups.contains_key(&id),
        }
    }

    /// AD-25: whether the thing gives anything.
    pub fn is_active(&self, node: Node) -> bool {
        self.exists(node) && self.life(node) == Life::Active
    }

    /// Active, archived or deleted.
    pub fn life(&self, node: Node) -> Life {
        self.lives.get(&node).copied().unwrap_or(Life::Active)
    }

    /// The ties that count now (AD-25: expired and not yet started give nothing).
    pub fn ties(&self, person: PersonId, now: Moment) -> Vec<Tie> {
        let Some(person) = self.people.get(&person) else {
            return Vec::new();
        };
        person
            .ties
            .iter()
            .filter(|held| is_inside(held.window, now))
            .map(|held| held.tie)
            .collect()
    }

    pub(super) fn has(&self, person: PersonId, tie: Tie, now: Moment) -> bool {
        self.ties(person, now).contains(&tie)
    }

    /// Has, or has had, a staff facet that is not deleted.
    pub fn is_user(&self, person: PersonId) -> bool {
        self.people
            .get(&person)
            .is_some_and(|row| row.user != UserFacet::Absent)
    }

    /// Has a customer facet that is not deleted.
    pub fn is_customer(&self, person: PersonId) -> bool {
        self.people
            .get(&person)
            .is_some_and(|row| row.customer != CustomerFacet::Absent)
    }

    pub(super) fn is_active_customer(&self, person: PersonId) -> bool {
        self.people
            .get(&person)
            .is_some_and(|row| row.customer == CustomerFacet::Active)
    }

    /// AD-17: exactly one user who is not deleted.
    pub fn only_user(&self) -> Option<PersonId> {
        let users: Vec<_> = self
            .people
            .keys()
            .copied()
            .filter(|person| self.is_user(*person))
            .collect();
        match users[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// SD-7, AD-14: a seat, or the entitlement to a pool, of this product.
    pub(super) fn has_licence(&self, person: PersonId, product: Product, now: Moment) -> bool {
        self.licences.iter().any(|(id, licence)| {
            licence.product == product
                && self.is_active(Node::Licence(*id))
                && self.has(person, Tie::Licence(*id), now)
        })
    }

    /// AD-12: the group and every active group above it; an archived one cuts off what is below it.
    pub(super) fn chain(&self, group: UserGroupId) -> Vec<UserGroupId> {
        let mut chain = Vec::new();
        let mut next = Some(group);
        while let Some(group) = next
            && self.is_active(Node::UserGroup(group))
            && !chain.contains(&group)
        {
            chain.push(group);
            next = self.user_groups[&group].parent;
        }
        chain
    }

    /// AD-12: the active user groups that the person is counted in.
    pub fn counted_in(&self, person: PersonId, now: Moment) -> BTreeSet<UserGroupId> {
        self.ties(person, now)
            .into_iter()
            .filter_map(|tie| match tie {
                Tie::UserGroup(group) => Some(self.chain(group)),
                _ => None,
            })
            .flatten()
            .collect()
    }
}

/// The start belongs to a window, the end does not.
pub(super) fn is_inside(window: Window, now: Moment) -> bool {
    window.start.is_none_or(|start| start <= now) && window.end.is_none_or(|end| now < end)
}
