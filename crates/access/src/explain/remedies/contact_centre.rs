//! What gives `contact_centre.*` (RULES §6): roles, logins and switches.

use super::{Case, Change};
use crate::Permission;
use crate::catalogue::{Concerns, Product, ScopeKind, Switch, sets};
use crate::command::Command;
use crate::decide::{Reason, Target};
use crate::ids::QueueId;
use crate::state::{QueueKind, Tie};

impl Case<'_> {
    pub(super) fn contact_centre(&self) -> Vec<Change> {
        let Some((person, _)) = self.person() else {
            return Vec::new();
        };
        let mut changes: Vec<Change> = self
            .queue_roles()
            .into_iter()
            .map(|tie| vec![self.tie(person, tie)])
            .collect();
        if let (Permission::ContactCentreCallServe, Target::Queue(queue)) =
            (self.permission(), self.target())
        {
            // CC-5: for a time, without any role.
            changes.push(vec![Command::LogInOther {
                person,
                queue,
                hours: None,
            }]);
        }
        changes
    }

    /// The role together with its licence.
    pub(super) fn contact_centre_with_licence(&self) -> Vec<Change> {
        let Some((person, row)) = self.person() else {
            return Vec::new();
        };
        let Some(licence) = self.free_pools(Product::ContactCentre).next() else {
            return Vec::new();
        };
        self.queue_roles()
            .into_iter()
            .filter(|tie| !self.holds(row, *tie))
            .map(|tie| {
                vec![Command::TieWithLicence {
                    person,
                    tie,
                    licence,
                }]
            })
            .collect()
    }

    /// The switch; or the role that needs none.
    pub(super) fn switch(&self, reason: Reason) -> Vec<Change> {
        let Reason::SwitchOff(switch) = reason else {
            return Vec::new();
        };
        // CC-8 is the one that opens by being off.
        let on = switch != Switch::SupervisorLimitToAssigned;
        let mut changes = vec![vec![Command::SetSwitch { switch, on }]];
        changes.extend(self.contact_centre());
        changes
    }

    /// The roles that might give the permission, the smallest first.
    fn queue_roles(&self) -> Vec<Tie> {
        let permission = self.permission();
        let gives = |set: crate::PermissionSet, section| {
            let opened_by = |switch: &Switch| {
                switch.concerns() == section && switch.opens().contains(permission)
            };
            set.contains(permission) || Switch::ALL.iter().any(opened_by)
        };
        let mut roles = Vec::new();
        if gives(sets::QUEUE_AGENT, Concerns::Agent) {
            roles.extend(self.some_queue(|_| true).map(Tie::QueueAgent));
        }
        if gives(sets::QUEUE_SUPERVISOR, Concerns::Supervisor) {
            // CC-1: ring groups have agents only.
            let supervised = self.some_queue(|kind| kind != QueueKind::RingGroup);
            roles.extend(supervised.map(Tie::QueueSupervisor));
        }
        if sets::CONTACT_ADMIN.contains(permission) {
            roles.push(Tie::ContactAdmin);
        }
        roles
    }

    /// The queue asked about; for what a role on any queue gives, the first that would do.
    fn some_queue(&self, would_do: impl Fn(QueueKind) -> bool) -> Option<QueueId> {
        match self.target() {
            Target::Queue(queue) => Some(queue),
            Target::Account if self.permission().scope() == ScopeKind::Account => {
                let mut queues = self.state.queues().iter();
                queues
                    .find(|(_, row)| row.life.is_active() && would_do(row.kind))
                    .map(|(id, _)| id)
            }
            _ => None,
        }
    }
}
