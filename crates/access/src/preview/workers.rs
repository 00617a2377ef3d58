//! Who works on records of the desk, and may have stopped to by what happened (SD-19, SD-38): what rests on their access is looked at again.

use super::holders::every_tie;
use super::ripples::{self, Ask};
use crate::catalogue::Product;
use crate::decide::Subject;
use crate::event::{Event, Node};
use crate::ids::{GroupId, PersonId};
use crate::idset::IdSet;
use crate::moment::Moment;
use crate::state::{State, Tie, TimedTie};

/// Users and groups whose access to records can have changed. More than it has is allowed, less is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workers {
    /// Users, whichever way their access comes.
    pub users: IdSet<PersonId>,
    /// Groups that work can be assigned to.
    pub groups: IdSet<GroupId>,
}

impl Workers {
    /// Whether nobody's access can have changed.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.groups.is_empty()
    }
}

/// Whether access to records can end by it. What only gives is not looked at.
fn can_take(event: &Event) -> bool {
    matches!(
        event,
        Event::UserFacetSet { .. }
            | Event::PersonErased { .. }
            | Event::AccountRoleSet { .. }
            | Event::MappedRoleSet { .. }
            | Event::ExtraGrantTaken { .. }
            | Event::LimitedAdminSet { .. }
            | Event::BillingContactSet { .. }
            | Event::CompanyAccessSet { .. }
            | Event::RoleEdited { .. }
            | Event::UserGroupMoved { .. }
            | Event::Untied { .. }
            | Event::TimedUntied { .. }
            | Event::GroupAccessSet { .. }
            | Event::LifeSet { .. }
            | Event::Product(_)
    )
}

impl State {
    /// Whose access to records these events can have changed, from this state to the one after them. An account that is switched off
    /// takes nobody's work: it gives it back when it is switched on.
    pub fn workers_of(&self, after: &State, events: &[Event]) -> Workers {
        let mut workers = Workers::default();
        // Most that happens takes nothing from anybody, and an import brings a hundred thousand of it.
        if !events.iter().any(can_take) {
            return workers;
        }
        let desk = Product::ServiceDesk.permissions();
        for ripple in ripples::of(self, after, events).all {
            let concerns = match ripple.ask {
                Ask::Everything | Ask::Companies(_) => true,
                Ask::On { permissions, .. } => permissions.iter().any(|one| desk.contains(one)),
            };
            let users = ripple.subjects.into_iter().filter_map(|one| match one {
                Subject::Person(person) if concerns => Some(person),
                _ => None,
            });
            workers.users.extend(users);
        }
        let worked =
            |person: &PersonId| self.only_user() == Some(*person) || self.has_level(*person);
        workers.users = workers.users.iter().filter(worked).collect();
        for event in events {
            match event {
                Event::GroupAccessSet { group, .. }
                | Event::LifeSet {
                    of: Node::Group(group),
                    ..
                } => {
                    workers.groups.insert(*group);
                }
                Event::LifeSet {
                    of: Node::Service(service),
                    ..
                } => {
                    let row = self.services().get(*service);
                    let groups = row.into_iter().flat_map(|row| row.groups.iter());
                    workers.groups.extend(groups);
                }
                _ => {}
            }
        }
        workers
    }

    /// Users of whom something ended by time after the one moment, and until the other: no event says so.
    pub fn workers_whose_time_ended(&self, after: Moment, until: Moment) -> Vec<PersonId> {
        let ended = |row: &TimedTie| {
            let end = row.window.end;
            end.is_some_and(|end| end > after && end <= until)
        };
        let rows = self.timed_ties().iter().filter(|(_, row)| ended(row));
        let people: IdSet<PersonId> = rows.map(|(_, row)| row.person).collect();
        people.iter().filter(|one| self.has_level(*one)).collect()
    }

    /// Whether the person has a level on some service, now or at some time.
    fn has_level(&self, person: PersonId) -> bool {
        let row = self.people().get(person);
        let mut ties = row.into_iter().flat_map(|row| every_tie(self, row));
        ties.any(|tie| matches!(tie, Tie::Service(..) | Tie::Group(_)))
    }
}
