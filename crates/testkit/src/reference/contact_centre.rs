//! RULES §6 and §7 *contact_centre*.

use access::event::Node;
use access::state::{LoginBasis, QueueKind, Tie};
use access::{Moment, Permission, PersonId, QueueId, Switch, Target};

use super::World;
use super::roles::{NOT_FOR_CONTACT_ADMINS, SUPERVISOR};

impl World {
    pub(super) fn contact_centre_gives(
        &self,
        person: PersonId,
        permission: Permission,
        target: Target,
        now: Moment,
    ) -> bool {
        // S4: on every queue, present and future.
        if self.has(person, Tie::ContactAdmin, now) && !NOT_FOR_CONTACT_ADMINS.contains(&permission)
        {
            return true;
        }
        match target {
            Target::Account => self.gives_on_account(person, permission, now),
            Target::Queue(queue) => self.gives_on_queue(person, permission, queue, now),
            _ => false,
        }
    }

    fn gives_on_account(&self, person: PersonId, permission: Permission, now: Moment) -> bool {
        let agent = !self.assigned(person, Tie::QueueAgent, now).is_empty();
        // A supervisor is a user with at least one supervisor assignment to an active queue.
        let supervisor = !self.assigned(person, Tie::QueueSupervisor, now).is_empty();
        let on = |switch| self.switches_on.contains(&switch);
        let portal = supervisor && on(Switch::SupervisorConfigurationPortal);
        match permission {
            Permission::ContactCentreDashboardOpen | Permission::ContactCentreCallDirect => agent,
            // CC-12
            Permission::ContactCentrePrerecordedEdit => agent && on(Switch::AgentPrerecordedEdit),
            Permission::ContactCentrePrewrittenPublicEdit => {
                agent && on(Switch::AgentPrewrittenPublicEdit)
            }
            Permission::ContactCentreTagsCreate => agent && on(Switch::AgentTagsCreate),
            // CC-7, CC-10
            Permission::ContactCentrePortalOpen => portal,
            Permission::ContactCentrePauseReasonsView => {
                portal
                    && (on(Switch::SupervisorPauseReasonsView)
                        || on(Switch::SupervisorPauseReasonsEdit))
            }
            Permission::ContactCentrePauseReasonsEdit => {
                portal && on(Switch::SupervisorPauseReasonsEdit)
            }
            Permission::ContactCentreSkillsView => {
                portal && (on(Switch::SupervisorSkillsView) || on(Switch::SupervisorSkillsEdit))
            }
            Permission::ContactCentreSkillsEdit => portal && on(Switch::SupervisorSkillsEdit),
            _ => false,
        }
    }

    fn gives_on_queue(
        &self,
        person: PersonId,
        permission: Permission,
        queue: QueueId,
        now: Moment,
    ) -> bool {
        let agent = self.assigned(person, Tie::QueueAgent, now).contains(&queue);
        let supervised = self.assigned(person, Tie::QueueSupervisor, now);
        let is_call_queue = self.queues.get(&queue) == Some(&QueueKind::Call);
        let on = |switch| self.switches_on.contains(&switch);
        // CC-8: call queues only; inbox queues and campaigns always follow assignment.
        let can_access = supervised.contains(&queue)
            || !supervised.is_empty() && is_call_queue && !on(Switch::SupervisorLimitToAssigned);
        match permission {
            Permission::ContactCentreCallServe => agent || self.is_logged_in(person, queue, now),
            // CC-3
            Permission::ContactCentreQueueLogIn => {
                agent || is_call_queue && on(Switch::OrganisationUnassignedLogin)
            }
            Permission::ContactCentreQueueEdit => {
                can_access
                    && on(Switch::SupervisorQueueEdit)
                    && on(Switch::SupervisorConfigurationPortal)
            }
            _ => can_access && SUPERVISOR.contains(&permission),
        }
    }

    /// The active queues to which the person is assigned in this way.
    fn assigned(
        &self,
        person: PersonId,
        tie: impl Fn(QueueId) -> Tie,
        now: Moment,
    ) -> Vec<QueueId> {
        self.queues
            .keys()
            .copied()
            .filter(|queue| {
                self.is_active(Node::Queue(*queue)) && self.has(person, tie(*queue), now)
            })
            .collect()
    }

    /// CC-4: a login by assignment ends with it, whichever way it ends; the others stand on their own.
    fn is_logged_in(&self, person: PersonId, queue: QueueId, now: Moment) -> bool {
        self.ties(person, now).into_iter().any(|tie| match tie {
            Tie::Login(of, LoginBasis::Assignment) => {
                of == queue && self.has(person, Tie::QueueAgent(queue), now)
            }
            Tie::Login(of, LoginBasis::UnassignedLogin | LoginBasis::Supervisor) => of == queue,
            _ => false,
        })
    }
}
