//! What gives `service_desk.*` (RULES §5).

use super::{Case, Change};
use crate::catalogue::{Permission, sets};
use crate::command::Command;
use crate::decide::{RecordFacts, Target};
use crate::event::Node;
use crate::ids::{PersonId, ServiceId};
use crate::state::{DeskRight, DueDateOverride, Life, Service, ServiceLevel, Tie};

/// How many groups are tried.
const MAX_GROUPS: usize = 2;

impl Case<'_> {
    pub(super) fn desk(&self) -> Vec<Change> {
        let Some((person, _)) = self.person() else {
            return Vec::new();
        };
        match self.target() {
            Target::Account => DeskRight::ALL
                .into_iter()
                .filter(|right| right.permission() == self.permission())
                .map(|right| vec![self.tie(person, Tie::DeskRight(right))])
                .collect(),
            Target::Service(service) | Target::Record(RecordFacts { service, .. }) => {
                match self.state.services().get(service) {
                    Some(row) => self.levels(person, service, row),
                    None => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    fn levels(&self, person: PersonId, service: ServiceId, row: &Service) -> Vec<Change> {
        let level = |level| {
            vec![Command::SaveUsersTab {
                service,
                rows: vec![(person, Some(level))],
            }]
        };
        let overrides = self.permission() == Permission::ServiceDeskDueDateOverride;
        let user_suffices = sets::SERVICE_USER.contains(self.permission())
            || overrides && row.due_date_override == DueDateOverride::EveryUser;
        let mut changes = Vec::new();
        if user_suffices {
            changes.push(level(ServiceLevel::User));
            changes.extend(self.through_groups(person, service, row));
        }
        if overrides {
            changes.extend(self.override_policies(&[DueDateOverride::EveryUser]));
        }
        changes.push(level(ServiceLevel::Administrator));
        changes
    }

    /// SD-8: a group that has the service, the service for a group, or an archived group back.
    fn through_groups(&self, person: PersonId, service: ServiceId, row: &Service) -> Vec<Change> {
        let life = |group| self.state.groups().get(group).map(|row| row.life);
        let mut changes = Vec::new();
        for group in row.groups.iter() {
            if life(group) == Some(Life::Active) {
                changes.push(vec![self.tie(person, Tie::Group(group))]);
            }
            if changes.len() == MAX_GROUPS {
                break;
            }
        }
        let mine = self.person().into_iter().flat_map(|(_, row)| {
            self.state
                .ties_at(row, self.question.now)
                .filter_map(|(tie, _)| match tie {
                    Tie::Group(group) => Some(group),
                    _ => None,
                })
        });
        for group in mine.take(MAX_GROUPS) {
            if life(group) == Some(Life::Archived) {
                let node = Node::Group(group);
                changes.push(vec![Command::Restore { node }]);
            } else if !row.groups.contains(group) {
                changes.push(vec![Command::SaveGroupsTab {
                    service,
                    rows: vec![(group, true)],
                }]);
            }
        }
        changes
    }
}
