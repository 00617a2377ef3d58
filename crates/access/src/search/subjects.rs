//! Who can hold a permission over a thing at all.

use super::page::Candidates;
use crate::catalogue::{Permission, PermissionSet, Product, ScopeKind, Switch};
use crate::decide::{Gate, GateOutcome, RecordFacts, Subject, Target};
use crate::ids::{ConnectionId, PersonId, QueueId, ServiceId};
use crate::idset::IdSet;
use crate::moment::Moment;
use crate::state::State;

/// People, then connections.
pub(super) struct Subjects {
    people: Candidates<PersonId>,
    connections: Candidates<ConnectionId>,
}

impl Subjects {
    /// In order behind the cursor.
    pub(super) fn after<'a>(
        &'a self,
        state: &State,
        after: Option<Subject>,
    ) -> impl Iterator<Item = Subject> + use<'a> {
        let (person, connection, part) = match after {
            None => (None, None, 0),
            Some(Subject::Person(person)) => (Some(person), None, 0),
            Some(Subject::Connection(connection)) => (None, Some(connection), 1),
            Some(Subject::Guest | Subject::Thing(_) | Subject::System(_) | Subject::Unknown) => {
                (None, None, 2)
            }
        };
        let people = (part == 0).then(|| self.people.after(person, state.people().len()));
        let connections = (part <= 1).then(|| {
            let rows = state.connections().len();
            self.connections.after(connection, rows)
        });
        let people = people.into_iter().flatten().map(Subject::Person);
        let connections = connections.into_iter().flatten().map(Subject::Connection);
        people.chain(connections)
    }

    /// Those of one kind, in order behind the cursor.
    pub(super) fn of_kind<'a>(
        &'a self,
        state: &State,
        kind: SubjectKind,
        after: Option<Subject>,
    ) -> impl Iterator<Item = Subject> + use<'a> {
        let (person, connection) = match after {
            Some(Subject::Person(person)) => (Some(person), None),
            Some(Subject::Connection(connection)) => (None, Some(connection)),
            _ => (None, None),
        };
        let people =
            (kind == SubjectKind::Person).then(|| self.people.after(person, state.people().len()));
        let connections = (kind == SubjectKind::Connection).then(|| {
            self.connections
                .after(connection, state.connections().len())
        });
        let people = people.into_iter().flatten().map(Subject::Person);
        let connections = connections.into_iter().flatten().map(Subject::Connection);
        people.chain(connections)
    }
}

/// The kinds of subjects that can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    /// Staff and customers.
    Person,
    /// Programs.
    Connection,
}

impl SubjectKind {
    /// The kind of this name.
    pub fn named(name: &str) -> Option<SubjectKind> {
        match name {
            "person" => Some(SubjectKind::Person),
            "connection" => Some(SubjectKind::Connection),
            _ => None,
        }
    }
}

/// Whoever may hold the permission over the target, and others.
pub(super) fn candidates(
    state: &State,
    permission: Permission,
    target: Target,
    now: Moment,
) -> Subjects {
    // What stops at the account or at the thing itself stops everybody.
    let nobody = state
        .view(Subject::Unknown, now)
        .decide(permission, target)
        .gates;
    let closed = |gate| matches!(nobody.outcome(gate), GateOutcome::Failed(_));
    if closed(Gate::Account) || closed(Gate::Resource) {
        return Subjects {
            people: Candidates::none(),
            connections: Candidates::none(),
        };
    }
    // AD-29: a connection holds an account role and rights in products, and is nobody's customer; anybody joins by code.
    let connections = match permission.product() {
        Product::Portal => Candidates::none(),
        _ => Candidates::All,
    };
    Subjects {
        people: people(state, permission, target),
        connections,
    }
}

/// People who may hold one of these permissions over the target, and others.
pub(super) fn people_of_any(
    state: &State,
    permissions: PermissionSet,
    target: Target,
    now: Moment,
) -> Candidates<PersonId> {
    let mut found = IdSet::default();
    for permission in permissions.iter() {
        match candidates(state, permission, target, now).people {
            Candidates::All => return Candidates::All,
            Candidates::Of(people) => found.extend_set(&people),
        }
    }
    Candidates::Of(found)
}

fn people(state: &State, permission: Permission, target: Target) -> Candidates<PersonId> {
    let mut found = match (permission.product(), target) {
        (Product::Admin | Product::Billing, _) => administrative(state),
        (Product::RemoteSupport, _) => match permission {
            // Neither is asked for a licence, and Agents have no index of their own.
            Permission::RemoteSupportSessionJoin | Permission::RemoteSupportSettingsPersonal => {
                return Candidates::All;
            }
            Permission::RemoteSupportSessionHost => licensed(state, Product::RemoteSupport),
            Permission::RemoteSupportUnattendedAccess => device_agents(state, target),
            _ => administrative(state),
        },
        (
            Product::ServiceDesk,
            Target::Service(service) | Target::Record(RecordFacts { service, .. }),
        ) => people_of_service(state, service),
        (Product::ServiceDesk, _) => administrative(state),
        (Product::Portal, Target::Service(service)) => customers_of_service(state, service),
        (Product::Portal, Target::Record(facts)) => customers_of_record(state, facts),
        (Product::Portal, _) => IdSet::default(),
        (Product::ContactCentre, Target::Queue(queue)) => people_of_queue(state, permission, queue),
        // Agents and supervisors of any queue; over every queue at once, Contact admins only.
        (Product::ContactCentre, _) if permission.scope() == ScopeKind::Account => {
            licensed(state, Product::ContactCentre)
        }
        (Product::ContactCentre, _) => administrative(state),
    };
    if let (Permission::AdminAccessAsk, Target::Person(oneself)) = (permission, target) {
        found.insert(oneself);
    }
    // AD-17.
    found.extend(state.only_user());
    Candidates::Of(found)
}

/// Whoever may hold anything administrative: by role, extras or a † tie, or by the extra grants of a user group.
pub(crate) fn administrative(state: &State) -> IdSet<PersonId> {
    let mut found = state.administrators().clone();
    for (group, row) in state.user_groups().iter() {
        if row.extra_grants.is_empty() {
            continue;
        }
        for below in state.user_groups_below(group) {
            if let Some(row) = state.user_groups().get(below) {
                found.extend_set(&row.members);
            }
        }
    }
    found
}

/// Whoever has module access (SD-7).
pub(crate) fn licensed(state: &State, product: Product) -> IdSet<PersonId> {
    let mut found = IdSet::default();
    for (_, row) in state.licences().iter() {
        if row.product == product && row.life.is_active() {
            found.extend_set(&row.holders);
        }
    }
    found
}

fn device_agents(state: &State, target: Target) -> IdSet<PersonId> {
    let Target::Device(device) = target else {
        return IdSet::default();
    };
    let group = state.devices().get(device).map(|row| row.group);
    group
        .and_then(|group| state.device_groups().get(group))
        .map(|row| row.agents.clone())
        .unwrap_or_default()
}

pub(crate) fn people_of_service(state: &State, service: ServiceId) -> IdSet<PersonId> {
    let Some(row) = state.services().get(service) else {
        return IdSet::default();
    };
    let mut found = row.people.clone();
    for group in row.groups.iter() {
        if let Some(row) = state.groups().get(group) {
            found.extend_set(&row.members);
        }
    }
    found
}

pub(crate) fn customers_of_service(state: &State, service: ServiceId) -> IdSet<PersonId> {
    let Some(row) = state.services().get(service) else {
        return IdSet::default();
    };
    let mut found = row.people.clone();
    for company in row.companies.iter() {
        if let Some(row) = state.companies().get(company) {
            found.extend_set(&row.employees);
        }
    }
    found
}

/// RULES §7: the record's own customer, and Company Admins of the record's company.
fn customers_of_record(state: &State, facts: RecordFacts) -> IdSet<PersonId> {
    let mut found = facts
        .company
        .and_then(|company| state.companies().get(company))
        .map(|row| row.employees.clone())
        .unwrap_or_default();
    found.extend(facts.customer);
    found
}

fn people_of_queue(state: &State, permission: Permission, queue: QueueId) -> IdSet<PersonId> {
    let mut found = state
        .queues()
        .get(queue)
        .map(|row| row.people.clone())
        .unwrap_or_default();
    // Contact admins; supervisors of other queues where the limit is off (CC-8).
    found.extend_set(state.administrators());
    let log_in = permission == Permission::ContactCentreQueueLogIn;
    if log_in && state.switch(Switch::OrganisationUnassignedLogin) {
        // CC-3: every licensed user.
        found.extend_set(&licensed(state, Product::ContactCentre));
    }
    found
}
