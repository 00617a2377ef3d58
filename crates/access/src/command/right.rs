//! Which right alone says who may make a change: what a page counts, and lists, in the place of asking everybody.

use super::Command;
use crate::catalogue::Permission;
use crate::decide::Target;
use crate::state::Facet;

impl Command {
    /// The permission, and on what it is asked for: everybody who holds it, and sees what the change names, may make it, and nobody else.
    /// `None` where more than one right opens it, or where rank, scope, or that one does nothing for oneself, says who may too (AD-7, AD-24, CC-5).
    pub fn right(&self) -> Option<(Permission, Target)> {
        Some(match *self {
            Command::AddCustomerFacet { .. }
            | Command::SetEmployer { .. }
            | Command::SetPortalLevel { .. }
            | Command::SaveUsersTab { .. }
            | Command::SaveGroupsTab { .. }
            | Command::SaveCustomersTab { .. }
            | Command::SaveCompaniesTab { .. }
            | Command::SetDueDateOverride { .. } => {
                (Permission::ServiceDeskAccountConfigure, Target::Account)
            }
            Command::AddUserFacet { .. } => (Permission::AdminUsersManage, Target::Account),
            Command::Reactivate {
                person,
                facet: Facet::User,
            } => (Permission::AdminUsersManage, Target::Person(person)),
            Command::SetSwitch { .. } => {
                (Permission::ContactCentrePermissionsEdit, Target::Account)
            }
            Command::SetLicenceSeats { .. } => (Permission::AdminBillingManage, Target::Account),
            _ => return None,
        })
    }
}
