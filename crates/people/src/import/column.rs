//! The columns of a file of people.

use access::command::EnrolmentPart;
use access::event::ProfileField;
use access::state::Tie;
use ledger::Field;

/// A column that a file can have. What is a list separates its items by `;`, and an item can hold for a time: see `item.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The address, by which the person is recognised. Required.
    Email,
    /// Display name.
    Name,
    /// `user`, `customer` or `both`. Without it a new person is a customer, and somebody who is there stays what they are.
    Kind,
    /// Telephone number.
    Phone,
    /// Job title.
    Title,
    /// Preferred language.
    Language,
    /// The caller's own id.
    ExternalId,
    /// Name of the company, or `-` for none; without either, the address's domain decides (SD-22).
    Company,
    /// Names, separated by `;`.
    Groups,
    /// Names, separated by `;`.
    UserGroups,
    /// Name of a role.
    AccountRole,
    /// Names of the user groups that the role is for (AD-12), or `-` for none (AD-26); without any, the role is for everybody.
    RoleUserGroups,
    /// `admin.history.access@North|South; admin.audit.view`: permissions on top of the role (AD-9).
    ExtraGrants,
    /// `full`, or `limited@North|South; admin.users.manage`: where, and which privileges.
    AccountAdmin,
    /// `Payroll:administrator; E-mail:user`, for customers `portal` or `no_portal`.
    Services,
    /// `none`, `standard`, `company` or `company_admin`.
    PortalLevel,
    /// Products, separated by `;`: `service_desk; contact_centre`. A further pool of a product goes by its name.
    Licences,
    /// `agent`, `contact_admin`, keys of features and of desk rights, roles of other products: `agent; remote_support.unattended.access; todo.editor`.
    ProductRoles,
    /// `Front desk:agent; Front desk:supervisor`.
    Queues,
    /// Names, separated by `;`.
    DeviceGroups,
    /// `listed; Orchard`: what the user sees (SD-33). `listed_and_without`: also what has no company.
    CompanyAccess,
    /// Facets that are switched off: `user; customer`.
    Deactivated,
}

impl Column {
    /// All of them, in the order of the files that we write.
    pub const ALL: [Column; 22] = [
        Column::Email,
        Column::Name,
        Column::Kind,
        Column::Phone,
        Column::Title,
        Column::Language,
        Column::ExternalId,
        Column::Company,
        Column::Groups,
        Column::UserGroups,
        Column::AccountRole,
        Column::RoleUserGroups,
        Column::ExtraGrants,
        Column::AccountAdmin,
        Column::Services,
        Column::PortalLevel,
        Column::Licences,
        Column::ProductRoles,
        Column::Queues,
        Column::DeviceGroups,
        Column::CompanyAccess,
        Column::Deactivated,
    ];

    /// The column that a part of an enrolment comes from.
    pub(super) fn of(part: EnrolmentPart) -> Option<Column> {
        Some(match part {
            EnrolmentPart::Profile(field) => {
                let is_its =
                    |column: &Column| column.field().is_some_and(|(_, logged)| logged == field);
                return Column::ALL.into_iter().find(is_its);
            }
            EnrolmentPart::Facets => Column::Kind,
            EnrolmentPart::AccountRole => Column::AccountRole,
            EnrolmentPart::RoleScope => Column::RoleUserGroups,
            EnrolmentPart::AccountAdmin | EnrolmentPart::Tie(Tie::AccountAdmin(_)) => {
                Column::AccountAdmin
            }
            EnrolmentPart::ExtraGrants => Column::ExtraGrants,
            EnrolmentPart::CompanyAccess => Column::CompanyAccess,
            EnrolmentPart::Employer => Column::Company,
            EnrolmentPart::PortalLevel => Column::PortalLevel,
            EnrolmentPart::Deactivated => Column::Deactivated,
            EnrolmentPart::Tie(tie) => match tie {
                Tie::Licence(_) => Column::Licences,
                Tie::Service(..) | Tie::Customer(..) => Column::Services,
                Tie::Group(_) => Column::Groups,
                Tie::UserGroup(_) => Column::UserGroups,
                Tie::QueueAgent(_) | Tie::QueueSupervisor(_) => Column::Queues,
                Tie::DeviceGroup(_) => Column::DeviceGroups,
                Tie::Agent
                | Tie::Feature(_)
                | Tie::ContactAdmin
                | Tie::DeskRight(_)
                | Tie::ProductRole(..) => Column::ProductRoles,
                // No file brings them.
                Tie::AccountAdmin(_) | Tie::Login(..) | Tie::Paused(_) | Tie::Timed(_) => {
                    return None;
                }
            },
        })
    }

    /// The word in the header.
    pub const fn name(self) -> &'static str {
        match self {
            Column::Email => "email",
            Column::Name => "name",
            Column::Kind => "kind",
            Column::Phone => "phone",
            Column::Title => "title",
            Column::Language => "language",
            Column::ExternalId => "external_id",
            Column::Company => "company",
            Column::Groups => "groups",
            Column::UserGroups => "user_groups",
            Column::AccountRole => "account_role",
            Column::RoleUserGroups => "role_user_groups",
            Column::ExtraGrants => "extra_grants",
            Column::AccountAdmin => "account_admin",
            Column::Services => "services",
            Column::PortalLevel => "portal_level",
            Column::Licences => "licences",
            Column::ProductRoles => "product_roles",
            Column::Queues => "queues",
            Column::DeviceGroups => "device_groups",
            Column::CompanyAccess => "company_access",
            Column::Deactivated => "deactivated",
        }
    }

    /// The column of this word, however it is written: `External ID`, `e-mail`.
    pub fn from_name(name: &str) -> Option<Column> {
        let name = word(name);
        Column::ALL
            .into_iter()
            .find(|column| word(column.name()) == name)
    }

    /// All words, for messages.
    pub fn names() -> String {
        Column::ALL.map(Column::name).join(", ")
    }

    /// What stands between the values of several columns of a file that are this one; `None` where only one value fits.
    pub(super) fn joint(self) -> Option<&'static str> {
        match self {
            Column::Name => Some(" "),
            Column::Groups
            | Column::UserGroups
            | Column::RoleUserGroups
            | Column::ExtraGrants
            | Column::Services
            | Column::Licences
            | Column::ProductRoles
            | Column::Queues
            | Column::DeviceGroups
            | Column::Deactivated => Some("; "),
            _ => None,
        }
    }

    /// Whether only somebody who is a user has it.
    pub(super) fn is_for_users(self) -> bool {
        matches!(
            self,
            Column::Groups
                | Column::UserGroups
                | Column::AccountRole
                | Column::RoleUserGroups
                | Column::ExtraGrants
                | Column::AccountAdmin
                | Column::Licences
                | Column::ProductRoles
                | Column::Queues
                | Column::DeviceGroups
                | Column::CompanyAccess
        )
    }

    /// What a value of it names.
    pub(super) fn thing(self) -> &'static str {
        match self {
            Column::Company | Column::CompanyAccess => "company",
            Column::Groups => "group",
            Column::UserGroups
            | Column::RoleUserGroups
            | Column::ExtraGrants
            | Column::AccountAdmin => "user group",
            Column::AccountRole => "role",
            Column::Services => "service",
            Column::Licences => "pool of licences",
            Column::Queues => "queue",
            Column::DeviceGroups => "device group",
            _ => "thing",
        }
    }

    /// The field of the profile that it fills, and what the log calls it.
    pub(super) fn field(self) -> Option<(Field, ProfileField)> {
        match self {
            Column::Email => Some((Field::Email, ProfileField::Address)),
            Column::Name => Some((Field::Name, ProfileField::Name)),
            Column::Phone => Some((Field::Phone, ProfileField::Phone)),
            Column::Title => Some((Field::Title, ProfileField::Title)),
            Column::Language => Some((Field::Language, ProfileField::Language)),
            Column::ExternalId => Some((Field::ExternalId, ProfileField::ExternalId)),
            _ => None,
        }
    }
}

fn word(text: &str) -> String {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
