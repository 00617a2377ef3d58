//! Paths to `contact_centre.*` (RULES §6).

use super::{By, Over, Path, Paths, Reason, Target, Through, View, until};
use crate::catalogue::{Concerns, Permission, ScopeKind, Switch, sets};
use crate::ids::QueueId;
use crate::moment::Window;
use crate::state::{Facet, LoginBasis, Queue, QueueKind, Tie};

impl View<'_> {
    pub(super) fn account_wide_resource(&self, permission: Permission) -> Result<(), Reason> {
        // Direct calls and the dashboard come with the agent's role on some queue: without any queue there is nothing to open,
        // for the only user either, who is agent of each new queue (AD-17, I-13).
        let needs_queue = matches!(
            permission,
            Permission::ContactCentreCallDirect | Permission::ContactCentreDashboardOpen
        );
        if needs_queue
            && self.is_only_user()
            && !self
                .state
                .queues()
                .iter()
                .any(|(_, row)| row.life.is_active())
        {
            return Err(Reason::UnknownResource);
        }
        Ok(())
    }

    pub(super) fn queue_resource(
        &self,
        permission: Permission,
        queue: QueueId,
    ) -> Result<(), Reason> {
        // CC-1: ring groups have agents only; nobody monitors their calls, the only user neither (I-13).
        let monitors = matches!(
            permission,
            Permission::ContactCentreCallListen
                | Permission::ContactCentreCallWhisper
                | Permission::ContactCentreCallBarge
        );
        let ring_group = self
            .state
            .queues()
            .get(queue)
            .is_some_and(|row| row.kind == QueueKind::RingGroup);
        if monitors && ring_group {
            Err(Reason::NotMonitored)
        } else {
            Ok(())
        }
    }

    pub(super) fn contact_centre_paths(
        &self,
        permission: Permission,
        on: Target,
        paths: &mut Paths,
    ) {
        let asked = match on {
            Target::Queue(queue) => Some(queue),
            Target::Account => None,
            _ => return,
        };
        if self.connection_rights().contact_admin && sets::CONTACT_ADMIN.contains(permission) {
            paths.push(Path {
                through: Through::Direct,
                by: By::ContactAdmin,
                over: Over::Account,
                until: None,
            });
        }
        let Some(person) = self.person_as(Facet::User) else {
            return;
        };
        let row = asked.and_then(|queue| self.state.queues().get(queue));
        let mut push = |by, over, window| {
            paths.push(Path {
                through: Through::Direct,
                by,
                over,
                until: until(window),
            });
        };
        for (tie, window) in self.state.ties_at(person, self.now) {
            match tie {
                Tie::ContactAdmin if sets::CONTACT_ADMIN.contains(permission) => {
                    push(By::ContactAdmin, Over::Account, window)
                }
                Tie::QueueAgent(queue)
                    if self.counts(queue) && self.agent_gives(permission, queue, asked) =>
                {
                    push(
                        By::QueueAgent(queue),
                        asked.map_or(Over::Account, Over::Queue),
                        window,
                    );
                }
                Tie::QueueSupervisor(queue)
                    if self.counts(queue) && self.supervisor_gives(permission) =>
                {
                    match self.supervisor_over(queue, asked, row) {
                        Some(over) if permission.scope() == ScopeKind::Queue => {
                            push(By::QueueSupervisor(queue), over, window)
                        }
                        _ if permission.scope() == ScopeKind::Account => {
                            push(By::QueueSupervisor(queue), Over::Account, window)
                        }
                        _ => {}
                    }
                }
                // RULES §7: whoever is logged in now serves the queue; a login that rests on the assignment ends with it (CC-4).
                Tie::Login(queue, basis)
                    if asked == Some(queue)
                        && permission == Permission::ContactCentreCallServe
                        && basis != LoginBasis::Assignment =>
                {
                    push(By::Login(queue), Over::Queue(queue), window);
                }
                _ => {}
            }
        }
        // CC-3: every licensed user, call queues only.
        let unassigned = Switch::OrganisationUnassignedLogin;
        if permission == Permission::ContactCentreQueueLogIn
            && row.is_some_and(|row| row.kind == QueueKind::Call)
            && self.state.switch(unassigned)
        {
            push(By::Switch(unassigned), Over::CallQueues, Window::ALWAYS);
        }
    }

    /// Assignments to a queue count while it is active (AD-25).
    fn counts(&self, queue: QueueId) -> bool {
        self.state
            .queues()
            .get(queue)
            .is_some_and(|row| row.life.is_active())
    }

    /// Agents: their queue; the account-wide rights with any queue (CC-6), some by switch (CC-12).
    fn agent_gives(&self, permission: Permission, queue: QueueId, asked: Option<QueueId>) -> bool {
        if permission.scope() == ScopeKind::Queue {
            return sets::QUEUE_AGENT.contains(permission) && asked == Some(queue);
        }
        sets::QUEUE_AGENT.contains(permission)
            || self
                .switch_for(Concerns::Agent, permission)
                .is_some_and(|switches| switches.iter().any(|s| self.state.switch(*s)))
    }

    /// Supervisors: always CC-11; by switch CC-7, CC-9, CC-10, the last only with the portal.
    fn supervisor_gives(&self, permission: Permission) -> bool {
        sets::QUEUE_SUPERVISOR.contains(permission)
            || self
                .switch_for(Concerns::Supervisor, permission)
                .is_some_and(|switches| {
                    switches.iter().any(|switch| {
                        self.state.switch(*switch)
                            && switch
                                .needs()
                                .is_none_or(|needed| self.state.switch(needed))
                    })
                })
    }

    /// CC-8: the queue itself; with the limit off every call queue. Inbox queues and campaigns always follow assignment.
    fn supervisor_over(
        &self,
        assigned: QueueId,
        asked: Option<QueueId>,
        row: Option<&Queue>,
    ) -> Option<Over> {
        let asked = asked?;
        if asked == assigned {
            return Some(Over::Queue(asked));
        }
        let unlimited = !self.state.switch(Switch::SupervisorLimitToAssigned);
        (unlimited && row.is_some_and(|row| row.kind == QueueKind::Call))
            .then_some(Over::CallQueues)
    }

    /// The switches of a section that open the permission.
    fn switch_for(&self, section: Concerns, permission: Permission) -> Option<&'static [Switch]> {
        let all = SWITCHES
            .iter()
            .find(|(concerns, opened, _)| *concerns == section && *opened == permission);
        all.map(|(_, _, switches)| *switches)
    }

    /// The switch that would make a path where the subject has the role for it.
    pub(super) fn missing_switch(&self, permission: Permission, on: Target) -> Option<Switch> {
        let person = self.person_as(Facet::User)?;
        let asked = match on {
            Target::Queue(queue) => Some(queue),
            Target::Account => None,
            _ => return None,
        };
        let row = asked.and_then(|queue| self.state.queues().get(queue));
        if permission == Permission::ContactCentreQueueLogIn
            && row.is_some_and(|row| row.kind == QueueKind::Call)
        {
            return Some(Switch::OrganisationUnassignedLogin);
        }
        self.state
            .ties_at(person, self.now)
            .find_map(|(tie, _)| match tie {
                Tie::QueueAgent(queue) if self.counts(queue) => self
                    .switch_for(Concerns::Agent, permission)?
                    .iter()
                    .copied()
                    .find(|switch| !self.state.switch(*switch)),
                Tie::QueueSupervisor(queue) if self.counts(queue) => {
                    if sets::QUEUE_SUPERVISOR.contains(permission) {
                        let call = row.is_some_and(|row| row.kind == QueueKind::Call);
                        return (call && self.state.switch(Switch::SupervisorLimitToAssigned))
                            .then_some(Switch::SupervisorLimitToAssigned);
                    }
                    let reached = permission.scope() == ScopeKind::Account
                        || self.supervisor_over(queue, asked, row).is_some();
                    let switches = self
                        .switch_for(Concerns::Supervisor, permission)
                        .filter(|_| reached)?;
                    let closed = |switch: &Switch| !self.state.switch(*switch);
                    if switches.iter().all(closed) {
                        return switches.first().copied();
                    }
                    switches
                        .iter()
                        .filter_map(|switch| switch.needs())
                        .find(closed)
                }
                _ => None,
            })
    }

    pub(super) fn contact_centre_somewhere(&self, permission: Permission) -> bool {
        let Some(person) = self.person_as(Facet::User) else {
            let rights = self.connection_rights();
            return rights.contact_admin && sets::CONTACT_ADMIN.contains(permission);
        };
        self.state
            .ties_at(person, self.now)
            .any(|(tie, _)| match tie {
                Tie::ContactAdmin => sets::CONTACT_ADMIN.contains(permission),
                Tie::QueueAgent(queue) => {
                    self.counts(queue) && self.agent_gives(permission, queue, Some(queue))
                }
                Tie::QueueSupervisor(queue) => {
                    self.counts(queue) && self.supervisor_gives(permission)
                }
                Tie::Login(queue, basis) => {
                    self.counts(queue)
                        && permission == Permission::ContactCentreCallServe
                        && basis != LoginBasis::Assignment
                }
                _ => false,
            })
            || permission == Permission::ContactCentreQueueLogIn
                && self.state.switch(Switch::OrganisationUnassignedLogin)
    }
}

/// Which switches open what, worked out from the catalogue once.
static SWITCHES: std::sync::LazyLock<Vec<(Concerns, Permission, &'static [Switch])>> =
    std::sync::LazyLock::new(|| {
        let mut rows = Vec::new();
        for section in [
            Concerns::Organisation,
            Concerns::Supervisor,
            Concerns::Agent,
        ] {
            for permission in Permission::ALL {
                let switches: Vec<Switch> = Switch::ALL
                    .into_iter()
                    .filter(|switch| {
                        switch.concerns() == section && switch.opens().contains(permission)
                    })
                    .collect();
                if !switches.is_empty() {
                    rows.push((section, permission, &*switches.leak()));
                }
            }
        }
        rows
    });
