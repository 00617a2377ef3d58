//! Our columns in the words of the screen.

use crate::import::Column;

/// What a column is called, and what its values look like.
pub(super) fn column(column: Column) -> (&'static str, &'static str) {
    match column {
        Column::Email => (
            "E-mail address",
            "people are recognised by it; every row has one",
        ),
        Column::Name => (
            "Name",
            "several columns of a file may make it: first and last name",
        ),
        Column::Kind => (
            "Kind",
            "user, customer or both; without it, somebody new is a customer",
        ),
        Column::Phone => ("Telephone", "any number"),
        Column::Title => ("Job title", "any words"),
        Column::Language => ("Language", "such as en or de"),
        Column::ExternalId => ("Your own id", "what another program knows them by"),
        Column::Company => ("Company", "its name, or - for none"),
        Column::Groups => ("Groups", "names, separated by ;"),
        Column::UserGroups => ("User groups", "names, separated by ;"),
        Column::AccountRole => (
            "Account role",
            "Member, Admin, Super admin, or a role of yours",
        ),
        Column::RoleUserGroups => (
            "User groups of the role",
            "for whom a custom role holds; names, separated by ;",
        ),
        Column::ExtraGrants => (
            "Extra grants",
            "keys of permissions, such as admin.audit.view",
        ),
        Column::AccountAdmin => ("Account admin", "full, or limited with its privileges"),
        Column::Services => (
            "Services",
            "Payroll:user or Payroll:administrator; for customers Payroll:portal or Payroll:no_portal",
        ),
        Column::PortalLevel => ("Portal level", "none, standard, company or company_admin"),
        Column::Licences => ("Licences", "service_desk, contact_centre, remote_support"),
        Column::ProductRoles => (
            "Product roles",
            "agent, contact_admin, and keys of features",
        ),
        Column::Queues => ("Queues", "Front desk:agent or Front desk:supervisor"),
        Column::DeviceGroups => ("Device groups", "names, separated by ;"),
        Column::CompanyAccess => (
            "Company access",
            "listed; and the companies that the user sees",
        ),
        Column::Deactivated => ("Switched off", "user, customer, or both, separated by ;"),
    }
}

/// What the rows of the file of errors call so.
pub(super) fn named(name: &str) -> &str {
    Column::from_name(name).map_or("The row", |one| column(one).0)
}
