//! The gate of rank (AD-24): the other holds no longer what the one could not give; the one gets what gives it; a higher role for the
//! one, or a lower one for the other.

use super::{Case, Change, Question};
use crate::catalogue::Permission;
use crate::command::Command;
use crate::decide::{Above, Target};
use crate::event::GrantHolder;
use crate::ids::{PersonId, RoleId};
use crate::state::{Person, Tie};

impl Case<'_> {
    pub(super) fn rank(&self) -> Vec<Change> {
        let (Some((person, row)), Target::Person(about)) = (self.person(), self.target()) else {
            return Vec::new();
        };
        let view = self.state.view(self.question.subject, self.question.now);
        let above = view.above(about);
        let other = self.state.people().get(about);
        let mut changes: Vec<_> = above
            .zip(other)
            .and_then(|(above, other)| taken(about, other, above))
            .map(|command| vec![command])
            .into_iter()
            .collect();
        changes.extend(above.into_iter().flat_map(|above| self.giving(above)));
        let mut raise = |role| {
            if row.account_role != role {
                changes.push(vec![self.system_role(person, role)]);
            }
        };
        raise(RoleId::ADMIN);
        raise(RoleId::SUPER_ADMIN);
        changes.push(vec![self.system_role(about, RoleId::MEMBER)]);
        changes
    }

    /// What would let the one give such a thing, where a right of its product does.
    fn giving(&self, above: Above) -> Vec<Change> {
        let (permission, target) = match above {
            Above::Tie(Tie::QueueSupervisor(queue)) => {
                (Permission::ContactCentreQueueAssign, Target::Queue(queue))
            }
            Above::Tie(Tie::DeskRight(_)) => {
                (Permission::ServiceDeskAccountConfigure, Target::Account)
            }
            _ => return Vec::new(),
        };
        let question = Question {
            permission,
            target,
            ..self.question
        };
        let state = self.state;
        let case = Case { state, question };
        let mut changes = case.held();
        if permission.licence().is_some() {
            changes.extend(case.contact_centre_with_licence());
        }
        changes
    }
}

/// What takes it from the other.
fn taken(about: PersonId, row: &Person, above: Above) -> Option<Command> {
    match above {
        Above::Tie(Tie::AccountAdmin(_)) | Above::Role(_) => None,
        Above::Tie(tie) => Some(Command::Untie { person: about, tie }),
        Above::Grant(permission) => {
            let mut grants = row.extras().extra_grants.iter();
            let grant = grants.find(|grant| grant.permission == permission)?;
            Some(Command::TakeExtraGrant {
                from: GrantHolder::Person(about),
                grant: grant.clone(),
            })
        }
    }
}
