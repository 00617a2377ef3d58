//! Which commands are done by somebody at a browser only right after they proved who they are: an open browser is enough to look, and
//! not to hand out the keys. It is a property of the command, so that no page and no face can forget it.

use super::Command;
use crate::event::ProfileField;
use crate::ids::RoleId;

impl Command {
    /// Whether it gives administration, makes a token, or changes how somebody signs in or what is asked of them then.
    pub fn wants_proof(&self) -> bool {
        let is_admin = |role: &RoleId| !role.is_member();
        match self {
            Command::SetAccountRoles { assignment, .. } => is_admin(&assignment.role),
            Command::AddUser {
                account_role: Some(assignment),
                ..
            } => is_admin(&assignment.role),
            Command::Enrol(enrolment) | Command::HandOver { to: enrolment, .. } => {
                let role = enrolment.account_role.as_ref();
                role.is_some_and(|assignment| is_admin(&assignment.role))
                    || enrolment.account_admin.is_some()
                    || !enrolment.extra_grants.is_empty()
            }
            Command::SetAccountAdmin { admin, .. } => admin.is_some(),
            // What a role holds more of, its holders gain; whoever is moved to another role gains that.
            Command::EditRole { .. } | Command::GiveExtraGrant { .. } => true,
            Command::DeleteRole { replacement, .. } => replacement.as_ref().is_some_and(is_admin),
            // A program with a role is an administrator with another name (AD-29).
            Command::CreateConnection { role, .. } | Command::SetConnectionRole { role, .. } => {
                is_admin(role)
            }
            Command::IssueToken { .. } => true,
            Command::EditProfile { fields, .. } => {
                fields.contains(&ProfileField::SignIn) || fields.contains(&ProfileField::Address)
            }
            Command::SetSignIn { .. } | Command::RequireSecondFactor { .. } => true,
            _ => false,
        }
    }
}
