//! Over which things a subject can hold a permission at all.

use serde::{Deserialize, Serialize};

use super::page::Candidates;
use crate::catalogue::{Permission, Product, ScopeKind, Switch};
use crate::decide::{Subject, Target, View};
use crate::ids::{DeviceId, PersonId, QueueId, ServiceId, UserGroupId};
use crate::idset::IdSet;
use crate::state::{PeopleScope, State, Tie};

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
    // AD-17: every gate of role, licence and switch is open.
    let open = matches!(view.subject(), Subject::Person(person) if view.state().only_user() == Some(person));
    match (permission.scope(), kind) {
        (ScopeKind::Account | ScopeKind::People | ScopeKind::Queue, ResourceKind::Account) => {
            Things::Account
        }
        (ScopeKind::People, ResourceKind::Person) if open => Things::People(Candidates::All),
        (ScopeKind::People, ResourceKind::Person) => Things::People(people(view)),
        (ScopeKind::People, ResourceKind::UserGroup) if open => Things::UserGroups(Candidates::All),
        (ScopeKind::People, ResourceKind::UserGroup) => Things::UserGroups(user_groups(view)),
        (ScopeKind::Service, ResourceKind::Service) if permission.product() == Product::Portal => {
            Things::Services(portal_services(view))
        }
        (ScopeKind::Service, ResourceKind::Service) if open => Things::Services(Candidates::All),
        (ScopeKind::Service, ResourceKind::Service) => Things::Services(desk_services(view)),
        (ScopeKind::Queue, ResourceKind::Queue) if open => Things::Queues(Candidates::All),
        (ScopeKind::Queue, ResourceKind::Queue) => Things::Queues(queues(view, permission)),
        (ScopeKind::Device, ResourceKind::Device) if open => Things::Devices(Candidates::All),
        (ScopeKind::Device, ResourceKind::Device) => Things::Devices(devices(view)),
        _ => Things::Nothing,
    }
}

/// The ties that count now.
fn ties<'a>(view: &View<'a>) -> impl Iterator<Item = Tie> + use<'a> {
    let (state, now) = (view.state(), view.now());
    let person = view.person();
    person
        .into_iter()
        .flat_map(move |row| state.ties_at(row, now).map(|(tie, _)| tie))
}

/// The user groups of every administrative scope with those below; `None`: some scope reaches everybody.
fn scopes(view: &View<'_>) -> Option<IdSet<UserGroupId>> {
    let mut found = Some(IdSet::default());
    view.each_holding(&mut |holding| match (holding.scope, &mut found) {
        (PeopleScope::All, _) => found = None,
        (PeopleScope::UserGroups(groups), Some(found)) => {
            for group in groups {
                found.extend(view.state().user_groups_below(*group));
            }
        }
        (PeopleScope::UserGroups(_), None) => {}
    });
    found
}

fn user_groups(view: &View<'_>) -> Candidates<UserGroupId> {
    scopes(view).map_or(Candidates::All, Candidates::Of)
}

fn people(view: &View<'_>) -> Candidates<PersonId> {
    let Some(groups) = scopes(view) else {
        return Candidates::All;
    };
    let mut found = IdSet::default();
    for group in groups.iter() {
        if let Some(row) = view.state().user_groups().get(group) {
            found.extend_set(&row.members);
        }
    }
    // Everybody may ask about themselves.
    if let Subject::Person(oneself) = view.subject() {
        found.insert(oneself);
    }
    Candidates::Of(found)
}

/// Own levels, and what the groups open (SD-10).
fn desk_services(view: &View<'_>) -> Candidates<ServiceId> {
    let mut found = IdSet::default();
    for tie in ties(view) {
        match tie {
            Tie::Service(service, _) => {
                found.insert(service);
            }
            Tie::Group(group) => {
                if let Some(row) = view.state().groups().get(group) {
                    found.extend_set(&row.services);
                }
            }
            _ => {}
        }
    }
    Candidates::Of(found)
}

/// Own settings, and what the company has (SD-11, SD-15).
fn portal_services(view: &View<'_>) -> Candidates<ServiceId> {
    let company = view.person().and_then(|row| row.company);
    let mut found = company
        .and_then(|company| view.state().companies().get(company))
        .map(|row| row.services.clone())
        .unwrap_or_default();
    found.extend(ties(view).filter_map(|tie| match tie {
        Tie::Customer(service, _) => Some(service),
        _ => None,
    }));
    Candidates::Of(found)
}

/// Own queues; every queue for whoever a role or a switch opens more to (CC-3, CC-8).
fn queues(view: &View<'_>, permission: Permission) -> Candidates<QueueId> {
    let state = view.state();
    let unlimited = !state.switch(Switch::SupervisorLimitToAssigned);
    let mut found = IdSet::default();
    for tie in ties(view) {
        match tie {
            Tie::ContactAdmin => return Candidates::All,
            Tie::QueueSupervisor(_) if unlimited => return Candidates::All,
            Tie::QueueAgent(queue) | Tie::QueueSupervisor(queue) | Tie::Login(queue, _) => {
                found.insert(queue);
            }
            _ => {}
        }
    }
    let log_in = permission == Permission::ContactCentreQueueLogIn;
    if log_in && state.switch(Switch::OrganisationUnassignedLogin) {
        return Candidates::All;
    }
    Candidates::Of(found)
}

/// The devices of the groups that the agent may reach (AD-19).
fn devices(view: &View<'_>) -> Candidates<DeviceId> {
    let mut found = IdSet::default();
    for tie in ties(view) {
        if let Tie::DeviceGroup(group) = tie
            && let Some(row) = view.state().device_groups().get(group)
        {
            found.extend_set(&row.devices);
        }
    }
    Candidates::Of(found)
}
