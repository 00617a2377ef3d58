//! What would be left without anybody who answers for it. It is said and refuses nothing: what a queue, a service or a user group needs
//! somebody for is for those who run it to know.

use serde::Serialize;

use super::Budget;
use crate::catalogue::Permission;
use crate::decide::{By, Over, Path, Subject, Target, View};
use crate::ids::{PersonId, QueueId, ServiceId, UserGroupId};
use crate::idset::IdSet;
use crate::moment::Moment;
use crate::state::{PeopleScope, ServiceLevel, State, Tie};

/// Something that had somebody for it before a command, and has nobody after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Vacancy {
    /// A queue without a supervisor of its own (CC-1).
    Queue(QueueId),
    /// A service without an administrator (SD-4).
    Service(ServiceId),
    /// A user group without a manager of its own (AD-12).
    UserGroup(UserGroupId),
}

/// What of these people's alone is vacant after the command. Where not all could be asked, what was not is no vacancy.
pub(super) fn of(
    before: &State,
    after: &State,
    people: &IdSet<PersonId>,
    now: Moment,
    budget: &mut Budget,
) -> Vec<Vacancy> {
    let mut posts: Vec<_> = people
        .iter()
        .flat_map(|person| posts(before, person, now))
        .collect();
    posts.sort_unstable();
    posts.dedup();
    posts.retain(|post| {
        post.is_open(after)
            && post.is_filled(before, now, budget)
            && !post.is_filled(after, now, budget)
            && budget.allows(0)
    });
    posts
}

/// What the person stands for by what is stored, whether or not that counts.
fn posts(state: &State, person: PersonId, now: Moment) -> Vec<Vacancy> {
    let Some(row) = state.people().get(person) else {
        return Vec::new();
    };
    let ties = state.ties_at(row, now);
    let mut posts: Vec<_> = ties
        .filter_map(|(tie, _)| match tie {
            Tie::QueueSupervisor(queue) => Some(Vacancy::Queue(queue)),
            Tie::Service(service, ServiceLevel::Administrator) => Some(Vacancy::Service(service)),
            _ => None,
        })
        .collect();
    if let PeopleScope::UserGroups(groups) = &row.extras().role_scope {
        posts.extend(groups.iter().copied().map(Vacancy::UserGroup));
    }
    posts
}

impl Vacancy {
    /// AD-25: what is archived or deleted needs nobody.
    fn is_open(self, state: &State) -> bool {
        let life = match self {
            Vacancy::Queue(queue) => state.queues().get(queue).map(|row| row.life),
            Vacancy::Service(service) => state.services().get(service).map(|row| row.life),
            Vacancy::UserGroup(group) => state.user_groups().get(group).map(|row| row.life),
        };
        life.is_some_and(|life| life.is_active())
    }

    fn is_filled(self, state: &State, now: Moment, budget: &mut Budget) -> bool {
        let people = match self {
            Vacancy::Queue(queue) => state.queues().get(queue).map(|row| &row.people),
            Vacancy::Service(service) => state.services().get(service).map(|row| &row.people),
            Vacancy::UserGroup(group) => state.user_groups().get(group).map(|row| &row.managers),
        };
        people.is_some_and(|people| {
            // Those alone are asked of whom it is stored: a service has a million customers.
            let holders = people.iter().filter(|one| self.is_stored(state, *one, now));
            let mut views = holders.map(|one| state.view(Subject::Person(one), now));
            views.any(|view| budget.allows(1) && self.is_held_by(view))
        })
    }

    /// Whether the person stands for it by what is stored.
    fn is_stored(self, state: &State, person: PersonId, now: Moment) -> bool {
        let Some(row) = state.people().get(person) else {
            return false;
        };
        let by_tie = |wanted: Tie| state.ties_at(row, now).any(|(tie, _)| tie == wanted);
        match self {
            Vacancy::Queue(queue) => by_tie(Tie::QueueSupervisor(queue)),
            Vacancy::Service(service) => by_tie(Tie::Service(service, ServiceLevel::Administrator)),
            Vacancy::UserGroup(group) => row.extras().role_scope.names(group),
        }
    }

    /// Somebody counts who really may, and by this post: a Contact admin or the only user does not stand for a queue.
    fn is_held_by(self, view: View<'_>) -> bool {
        let (permission, on): (_, Target) = match self {
            Vacancy::Queue(queue) => (Permission::ContactCentreAgentsMonitor, queue.into()),
            Vacancy::Service(service) => (Permission::ServiceDeskRecordDelete, service.into()),
            Vacancy::UserGroup(group) => (Permission::AdminPeopleView, group.into()),
        };
        let decision = view.decide(permission, on);
        decision.allowed && decision.paths.iter().any(|path| self.is_path(path))
    }

    fn is_path(self, path: &Path) -> bool {
        match self {
            Vacancy::Queue(queue) => path.by == By::QueueSupervisor(queue),
            Vacancy::Service(_) => path.by == By::ServiceLevel(ServiceLevel::Administrator),
            Vacancy::UserGroup(group) => {
                matches!(path.by, By::AccountRole(_)) && path.over == Over::UserGroup(group)
            }
        }
    }
}
