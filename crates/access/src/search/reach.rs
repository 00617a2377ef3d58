//! Over which things a subject can hold anything at all, at a moment: candidates for the decision, never an answer. A search
//! looks at those of one kind, a preview at all of them in both states.

use super::page::Candidates;
use crate::catalogue::{Permission, PermissionSet, Product, Switch};
use crate::decide::{Subject, Target, View};
use crate::ids::{Dense, DeviceId, PersonId, QueueId, ServiceId, UserGroupId};
use crate::idset::IdSet;
use crate::state::{PeopleScope, Tie};

/// What a subject's roles and ties lead to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach<'a> {
    view: View<'a>,
    /// AD-17: every gate of role, licence and switch is open.
    open: bool,
}

impl<'a> Reach<'a> {
    /// Of the subject, at the moment of the view.
    pub(crate) fn of(view: View<'a>) -> Reach<'a> {
        let open = matches!(view.subject(), Subject::Person(person) if view.state().only_user() == Some(person));
        Reach { view, open }
    }

    /// Everything but people, who are told by scope: the account first.
    pub(crate) fn targets(&self) -> Vec<Target> {
        self.with(self.user_groups())
    }

    /// The same, of user groups those alone that a scope names.
    pub(super) fn things(&self) -> Vec<Target> {
        let mut named = IdSet::default();
        self.view.each_holding(&mut |holding| {
            if let PeopleScope::UserGroups(groups) = holding.scope {
                named.extend(groups.iter().copied());
            }
        });
        self.with(Candidates::Of(named))
    }

    fn with(&self, user_groups: Candidates<UserGroupId>) -> Vec<Target> {
        let state = self.view.state();
        let mut targets = vec![Target::Account];
        fn all<K: Dense + Into<Target>>(found: Candidates<K>, rows: usize) -> Vec<Target> {
            found.after(None, rows).map(Into::into).collect()
        }
        targets.extend(all(user_groups, state.user_groups().len()));
        targets.extend(all(self.desk_services(), state.services().len()));
        targets.extend(all(self.portal_services(), state.services().len()));
        targets.extend(all(self.queues(PermissionSet::ALL), state.queues().len()));
        targets.extend(all(self.devices(), state.devices().len()));
        targets
    }

    /// The ties that count now.
    fn ties(&self) -> impl Iterator<Item = Tie> + use<'a> {
        let (state, now) = (self.view.state(), self.view.now());
        let person = self.view.person();
        person
            .into_iter()
            .flat_map(move |row| state.ties_at(row, now).map(|(tie, _)| tie))
    }

    /// The user groups of every administrative scope with those below.
    pub(super) fn user_groups(&self) -> Candidates<UserGroupId> {
        if self.open {
            return Candidates::All;
        }
        let state = self.view.state();
        let mut found = Some(IdSet::default());
        self.view
            .each_holding(&mut |holding| match (holding.scope, &mut found) {
                (PeopleScope::All, _) => found = None,
                (PeopleScope::UserGroups(groups), Some(found)) => {
                    for group in groups {
                        found.extend(state.user_groups_below(*group));
                    }
                }
                (PeopleScope::UserGroups(_), None) => {}
            });
        found.map_or(Candidates::All, Candidates::Of)
    }

    /// The members of those groups.
    pub(crate) fn people(&self) -> Candidates<PersonId> {
        let Candidates::Of(groups) = self.user_groups() else {
            return Candidates::All;
        };
        let mut found = IdSet::default();
        for group in groups.iter() {
            if let Some(row) = self.view.state().user_groups().get(group) {
                found.extend_set(&row.members);
            }
        }
        // Everybody may ask about themselves.
        if let Subject::Person(oneself) = self.view.subject() {
            found.insert(oneself);
        }
        Candidates::Of(found)
    }

    /// Own levels, and what the groups open (SD-10).
    pub(crate) fn desk_services(&self) -> Candidates<ServiceId> {
        if self.open {
            return Candidates::All;
        }
        let mut found = IdSet::default();
        for tie in self.ties() {
            match tie {
                Tie::Service(service, _) => {
                    found.insert(service);
                }
                Tie::Group(group) => {
                    if let Some(row) = self.view.state().groups().get(group) {
                        found.extend_set(&row.services);
                    }
                }
                _ => {}
            }
        }
        Candidates::Of(found)
    }

    /// Own settings, and what the company has (SD-11, SD-15).
    pub(super) fn portal_services(&self) -> Candidates<ServiceId> {
        let company = self.view.person().and_then(|row| row.company);
        let mut found = company
            .and_then(|company| self.view.state().companies().get(company))
            .map(|row| row.services.clone())
            .unwrap_or_default();
        found.extend(self.ties().filter_map(|tie| match tie {
            Tie::Customer(service, _) => Some(service),
            _ => None,
        }));
        Candidates::Of(found)
    }

    /// Own queues; every queue for whoever a role or a switch opens more to (CC-3, CC-8).
    pub(super) fn queues(&self, permissions: PermissionSet) -> Candidates<QueueId> {
        let state = self.view.state();
        let unlimited = !state.switch(Switch::SupervisorLimitToAssigned);
        let anywhere = permissions.contains(Permission::ContactCentreQueueLogIn)
            && state.switch(Switch::OrganisationUnassignedLogin)
            && self
                .view
                .person()
                .is_some_and(|row| self.view.holds_licence(row, Product::ContactCentre));
        let connection = match self.view.subject() {
            Subject::Connection(connection) => state.connections().get(connection),
            _ => None,
        };
        let by_program = connection.is_some_and(|row| row.rights.contact_admin);
        if self.open || anywhere || by_program {
            return Candidates::All;
        }
        let mut found = IdSet::default();
        for tie in self.ties() {
            match tie {
                Tie::ContactAdmin => return Candidates::All,
                Tie::QueueSupervisor(_) if unlimited => return Candidates::All,
                Tie::QueueAgent(queue) | Tie::QueueSupervisor(queue) | Tie::Login(queue, _) => {
                    found.insert(queue);
                }
                _ => {}
            }
        }
        Candidates::Of(found)
    }

    /// The devices of the groups that the agent may reach (AD-19).
    pub(super) fn devices(&self) -> Candidates<DeviceId> {
        if self.open {
            return Candidates::All;
        }
        let mut found = IdSet::default();
        for tie in self.ties() {
            if let Tie::DeviceGroup(group) = tie
                && let Some(row) = self.view.state().device_groups().get(group)
            {
                found.extend_set(&row.devices);
            }
        }
        Candidates::Of(found)
    }
}
