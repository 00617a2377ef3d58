//! Which commands are done by somebody at a browser only right after they proved who they are: an open browser is enough to look, and
//! not to hand out the keys. It is a property of the command, so that no page and no face can forget it.

use super::{Command, RoleAssignment};
use crate::event::{Node, ProfileField};
use crate::ids::RoleId;
use crate::state::{ConnectionRights, Facet, MappedTo, Tie};

impl Command {
    /// Whether it gives administration, makes a token, or changes how somebody signs in or what is asked of them then. Each command says
    /// for itself, so that a new one cannot be forgotten.
    pub fn wants_proof(&self) -> bool {
        match self {
            Command::SetAccountRoles { assignment, .. } => is_admin(assignment.role),
            Command::AddUser {
                account_role,
                user_groups,
                ..
            } => gives_role(account_role.as_ref()) || !user_groups.is_empty(),
            Command::AddUserFacet { user_groups, .. } => !user_groups.is_empty(),
            Command::Enrol(enrolment) | Command::HandOver { to: enrolment, .. } => {
                let mut ties = enrolment.ties.iter();
                gives_role(enrolment.account_role.as_ref())
                    || enrolment.account_admin.is_some()
                    || !enrolment.extra_grants.is_empty()
                    || !enrolment.user_groups.is_empty()
                    || ties.any(|(tie, _)| gives_administration(*tie))
                    || changes_sign_in(&enrolment.fields)
            }
            Command::Tie { tie, .. } | Command::TieWithLicence { tie, .. } => {
                gives_administration(*tie)
            }
            // What the groups above it carry, its people gain (AD-9).
            Command::MoveUserGroup { parent, .. } => parent.is_some(),
            // AD-16: whoever gets the bills buys and ends what is paid for.
            Command::SetBillingContact { .. } | Command::OfferBillingContact { .. } => true,
            Command::SetAccountAdmin { admin, .. } => admin.is_some(),
            // What a role holds more of, its holders gain; whoever is moved to another role gains that.
            Command::EditRole { .. } | Command::GiveExtraGrant { .. } => true,
            Command::DeleteRole { replacement, .. } => replacement.is_some_and(is_admin),
            // A program with a role is an administrator with another name (AD-29).
            Command::CreateConnection { role, rights, .. } => {
                is_admin(*role) || *rights != ConnectionRights::default()
            }
            Command::SetConnectionRole { role, .. } => is_admin(*role),
            Command::SetConnectionRights { rights, .. } => *rights != ConnectionRights::default(),
            // As the role that it gives would by hand (AD-30).
            Command::SetMappings { mappings, .. } => mappings
                .iter()
                .any(|mapping| matches!(mapping.to, MappedTo::AccountRole(role) if is_admin(role))),
            // What they hold comes back with them (AD-15, AD-25), and with it the way in.
            Command::Reactivate { facet, .. } => *facet == Facet::User,
            Command::Restore { node } => matches!(
                node,
                Node::Role(_) | Node::UserGroup(_) | Node::Connection(_)
            ),
            Command::IssueToken { .. } => true,
            Command::EditProfile { fields, .. } => changes_sign_in(fields),
            // Without the link, the provider may let somebody else in by an address.
            Command::LinkProvider { .. } | Command::UnlinkProvider { .. } => true,
            Command::SetSignIn { .. } | Command::RequireSecondFactor { .. } => true,
            // Nobody signed in asks for these: a link or the product does.
            Command::OpenAccount { .. }
            | Command::Register { .. }
            | Command::ConfirmAddress { .. }
            | Command::Arrive { .. }
            | Command::AcceptInvitation { .. } => false,
            // The link goes to the person's own address.
            Command::Invite { .. } | Command::RevokeInvitation { .. } => false,
            // Whoever offered it proved who they are.
            Command::AcceptBillingContact => false,
            // They only take.
            Command::Deactivate { .. }
            | Command::EndSignInSessions { .. }
            | Command::ErasePerson { .. }
            | Command::TakeExtraGrant { .. }
            | Command::Untie { .. }
            | Command::Archive { .. }
            | Command::Delete { .. }
            | Command::RevokeToken { .. } => false,
            // A directory says who is in it, and what that gives was proved when it was mapped.
            Command::ChangeProviderGroup { .. } | Command::ApplyMappings { .. } => false,
            // What is new is nobody's yet.
            Command::CreateProviderGroup { .. }
            | Command::CreateRole { .. }
            | Command::CreateUserGroup { .. }
            | Command::CreateDeviceGroup { .. }
            | Command::AddDevice { .. }
            | Command::CreateGroup { .. }
            | Command::CreateCompany { .. }
            | Command::CreateQueue { .. } => false,
            // Work in a product, and who does it: no administration of the account.
            Command::SetAccountActive { .. }
            | Command::AddCustomer { .. }
            | Command::AddCustomerFacet { .. }
            | Command::ViewAs { .. }
            | Command::MoveDevice { .. }
            | Command::BuyLicence { .. }
            | Command::SetLicenceSeats { .. }
            | Command::TakeSeat { .. }
            | Command::FreeSeat { .. }
            | Command::CreateService { .. }
            | Command::SetDueDateOverride { .. }
            | Command::SetServiceOpenToAll { .. }
            | Command::EndMassAction { .. }
            | Command::NoteRecords { .. }
            | Command::SaveUsersTab { .. }
            | Command::SaveGroupsTab { .. }
            | Command::SaveCustomersTab { .. }
            | Command::SaveCompaniesTab { .. }
            | Command::ReplaceTab { .. }
            | Command::AddDomain { .. }
            | Command::RemoveDomain { .. }
            | Command::SortNow { .. }
            | Command::SetCompanyRegistration { .. }
            | Command::SetRegistration { .. }
            | Command::SetEmployer { .. }
            | Command::SetPortalLevel { .. }
            | Command::SetCompanyAccess { .. }
            | Command::SaveQueuePeople { .. }
            | Command::SetSwitch { .. }
            | Command::SaveSwitches { .. }
            | Command::LogIn { .. }
            | Command::LogInOther { .. }
            | Command::LogOut { .. }
            | Command::SetPaused { .. }
            | Command::Rename { .. }
            | Command::Product(_) => false,
        }
    }
}

fn is_admin(role: RoleId) -> bool {
    !role.is_member()
}

fn gives_role(assignment: Option<&RoleAssignment>) -> bool {
    assignment.is_some_and(|assignment| is_admin(assignment.role))
}

/// Whether a tie makes an administrator of somebody. A user group may carry extra grants (AD-9).
fn gives_administration(tie: Tie) -> bool {
    matches!(
        tie,
        Tie::ContactAdmin | Tie::DeskRight(_) | Tie::AccountAdmin(_) | Tie::UserGroup(_)
    )
}

fn changes_sign_in(fields: &[ProfileField]) -> bool {
    fields.contains(&ProfileField::SignIn) || fields.contains(&ProfileField::Address)
}
