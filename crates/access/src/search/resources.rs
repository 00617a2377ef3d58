//! On what: things of one kind over which a subject may hold one permission.

use serde::{Deserialize, Serialize};

use super::page::Candidates;
use super::reach::Reach;
use crate::catalogue::{Permission, Product, ScopeKind};
use crate::decide::{Target, View};
use crate::ids::{DeviceId, PersonId, QueueId, ServiceId, UserGroupId};
use crate::state::State;

/// The kinds of things that can be searched. Records are not: they are rows of the desk, found by its filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// The account itself.
    Account,
    /// People, as those who are administered.
    Person,
    /// Nodes of the tree of administration.
    UserGroup,
    /// Services.
    Service,
    /// Queues.
    Queue,
    /// Managed devices.
    Device,
}

impl ResourceKind {
    /// The kind of this name.
    pub fn named(name: &str) -> Option<ResourceKind> {
        Some(match name {
            "account" => ResourceKind::Account,
            "person" => ResourceKind::Person,
            "user_group" => ResourceKind::UserGroup,
            "service" => ResourceKind::Service,
            "queue" => ResourceKind::Queue,
            "device" => ResourceKind::Device,
            _ => return None,
        })
    }
}

/// Candidates of one kind.
pub(super) enum Things {
    Nothing,
    Account,
    People(Candidates<PersonId>),
    UserGroups(Candidates<UserGroupId>),
    Services(Candidates<ServiceId>),
    Queues(Candidates<QueueId>),
    Devices(Candidates<DeviceId>),
}

impl Things {
    /// In order behind the cursor. A cursor of another kind ends the list.
    pub(super) fn after<'a>(
        &'a self,
        state: &'a State,
        after: Option<Target>,
    ) -> Box<dyn Iterator<Item = Target> + 'a> {
        macro_rules! behind {
            ($candidates:ident, $table:ident, $variant:ident) => {
                match after {
                    Some(Target::$variant(id)) => Some(Some(id)),
                    Some(_) => None,
                    None => Some(None),
                }
                .map(|after| $candidates.after(after, state.$table().len()))
                .into_iter()
                .flatten()
                .map(Target::$variant)
            };
        }
        match self {
            Things::Account if after.is_none() => Box::new(std::iter::once(Target::Account)),
            Things::Account | Things::Nothing => Box::new(std::iter::empty()),
            Things::People(ids) => Box::new(behind!(ids, people, Person)),
            Things::UserGroups(ids) => Box::new(behind!(ids, user_groups, UserGroup)),
            Things::Services(ids) => Box::new(behind!(ids, services, Service)),
            Things::Queues(ids) => Box::new(behind!(ids, queues, Queue)),
            Things::Devices(ids) => Box::new(behind!(ids, devices, Device)),
        }
    }
}

/// Whatever the subject may hold the permission over, and more.
pub(super) fn candidates(view: &View<'_>, permission: Permission, kind: ResourceKind) -> Things {
    let reach = Reach::of(*view);
    match (permission.scope(), kind) {
        (ScopeKind::Account | ScopeKind::People | ScopeKind::Queue, ResourceKind::Account) => {
            Things::Account
        }
        (ScopeKind::People, ResourceKind::Person) => Things::People(reach.people()),
        (ScopeKind::People, ResourceKind::UserGroup) => Things::UserGroups(reach.user_groups()),
        (ScopeKind::Service, ResourceKind::Service) if permission.product() == Product::Portal => {
            Things::Services(reach.portal_services())
        }
        (ScopeKind::Service, ResourceKind::Service) => Things::Services(reach.desk_services()),
        (ScopeKind::Queue, ResourceKind::Queue) => Things::Queues(reach.queues(permission.set())),
        (ScopeKind::Device, ResourceKind::Device) => Things::Devices(reach.devices()),
        _ => Things::Nothing,
    }
}
