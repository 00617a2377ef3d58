//! What the columns about rights mean, as the parts of an enrolment.

use access::command::{AccountAdminGrant, RoleAssignment};
use access::event::ListedCompanies;
use access::state::{
    CustomerAccess, DeskRight, ExtraGrant, LimitedAdmin, PeopleScope, ServiceLevel, Tie,
};
use access::{Permission, PermissionSet, ServiceId, UserGroupId, Window};

use super::column::Column;
use super::item;
use super::names::Names;
use super::row::{Facets, Parsed, found, reject};
use super::source::Row;

/// Ties and levels of a row, in the order in which one rests on another.
#[derive(Debug, Default)]
pub(super) struct Rights {
    pub user_groups: Vec<UserGroupId>,
    pub levels: Vec<(ServiceId, ServiceLevel)>,
    pub accesses: Vec<(ServiceId, CustomerAccess)>,
    pub ties: Vec<(Tie, Window)>,
}

impl Row {
    /// Licences come first, for queues need them, and Agent before its features.
    pub(super) fn rights(&self, names: &Names, facets: Facets) -> Parsed<Rights> {
        let mut rights = Rights::default();
        for item in self.list(Column::UserGroups) {
            let (name, window) = item::read(item);
            let group = found(names, &names.user_groups, Column::UserGroups, name)?;
            match window.is_always() {
                true => rights.user_groups.push(group),
                false => rights.ties.push((Tie::UserGroup(group), window)),
            }
        }
        for item in self.list(Column::Licences) {
            let (text, window) = item::read(item);
            let licence = found(names, &names.licences, Column::Licences, text)?;
            rights.ties.push((Tie::Licence(licence), window));
        }
        for item in self.list(Column::ProductRoles) {
            let (text, window) = item::read(item);
            rights.ties.push((product_role(names, text)?, window));
        }
        for item in self.list(Column::Queues) {
            let (text, window) = item::read(item);
            rights.ties.push((queue_role(names, text)?, window));
        }
        for item in self.list(Column::DeviceGroups) {
            let (name, window) = item::read(item);
            let group = found(names, &names.device_groups, Column::DeviceGroups, name)?;
            rights.ties.push((Tie::DeviceGroup(group), window));
        }
        for item in self.list(Column::Groups) {
            let (name, window) = item::read(item);
            let group = found(names, &names.groups, Column::Groups, name)?;
            rights.ties.push((Tie::Group(group), window));
        }
        for item in self.list(Column::Services) {
            let (text, window) = item::read(item);
            match (service_tie(names, text, facets)?, window.is_always()) {
                (Tie::Service(service, level), true) => rights.levels.push((service, level)),
                (Tie::Customer(service, access), true) => rights.accesses.push((service, access)),
                (tie, _) => rights.ties.push((tie, window)),
            }
        }
        Ok(rights)
    }

    pub(super) fn account_role(&self, names: &Names) -> Parsed<Option<RoleAssignment>> {
        let Some(name) = self.text(Column::AccountRole) else {
            return match self.text(Column::RoleUserGroups) {
                None => Ok(None),
                Some(_) => Err(reject(Column::RoleUserGroups, "belongs to an account_role")),
            };
        };
        let role = found(names, &names.roles, Column::AccountRole, name)?;
        let scope = match self.text(Column::RoleUserGroups) {
            None => PeopleScope::All,
            Some(_) => groups(
                names,
                Column::RoleUserGroups,
                self.list(Column::RoleUserGroups),
            )?,
        };
        Ok(Some(RoleAssignment { role, scope }))
    }

    pub(super) fn account_admin(&self, names: &Names) -> Parsed<Option<AccountAdminGrant>> {
        const COLUMN: Column = Column::AccountAdmin;
        let mut items = self.list(COLUMN);
        let Some(first) = items.next() else {
            return Ok(None);
        };
        let (kind, scope) = scoped(names, COLUMN, first)?;
        match kind.to_lowercase().as_str() {
            "full" if scope == PeopleScope::All && items.next().is_none() => {
                Ok(Some(AccountAdminGrant::Full))
            }
            "limited" => {
                let privileges = items.map(|key| permission(COLUMN, key));
                let privileges = privileges.collect::<Parsed<PermissionSet>>()?;
                Ok(Some(AccountAdminGrant::Limited(LimitedAdmin {
                    privileges,
                    scope,
                })))
            }
            _ => Err(reject(
                COLUMN,
                "is neither full, nor limited with its privileges behind it",
            )),
        }
    }

    pub(super) fn extra_grants(&self, names: &Names) -> Parsed<Vec<ExtraGrant>> {
        let grant = |item| {
            let (text, window) = item::read(item);
            let (key, scope) = scoped(names, Column::ExtraGrants, text)?;
            Ok(ExtraGrant {
                permission: permission(Column::ExtraGrants, key)?,
                scope,
                window,
            })
        };
        self.list(Column::ExtraGrants).map(grant).collect()
    }

    pub(super) fn company_access(&self, names: &Names) -> Parsed<Option<ListedCompanies>> {
        const COLUMN: Column = Column::CompanyAccess;
        let mut items = self.list(COLUMN);
        let without_company = match items.next() {
            None => return Ok(None),
            Some("listed") => false,
            Some("listed_and_without") => true,
            Some(_) => {
                let reason = "begins with neither listed nor listed_and_without";
                return Err(reject(COLUMN, reason));
            }
        };
        let companies = items.map(|name| found(names, &names.companies, COLUMN, name));
        Ok(Some(ListedCompanies {
            companies: companies.collect::<Parsed<_>>()?,
            without_company,
        }))
    }
}

/// `Payroll:administrator`; without a level, what somebody of this kind has first.
fn service_tie(names: &Names, text: &str, facets: Facets) -> Parsed<Tie> {
    const COLUMN: Column = Column::Services;
    // A name with a colon in it, and no level.
    let is_name = names.services.has(text);
    let (name, level) = text
        .rsplit_once(':')
        .filter(|_| !is_name)
        .unwrap_or((text, if facets.user { "user" } else { "portal" }));
    let service = found(names, &names.services, COLUMN, name.trim())?;
    match level.trim().to_lowercase().as_str() {
        "user" if facets.is_user => Ok(Tie::Service(service, ServiceLevel::User)),
        "administrator" if facets.is_user => Ok(Tie::Service(service, ServiceLevel::Administrator)),
        "portal" if facets.is_customer => Ok(Tie::Customer(service, CustomerAccess::Portal)),
        "no_portal" | "no portal" if facets.is_customer => {
            Ok(Tie::Customer(service, CustomerAccess::NoPortal))
        }
        level => Err(reject(
            COLUMN,
            format!(
                "{level:?} is no level of a person of this kind: user or administrator for users, portal or no_portal for customers"
            ),
        )),
    }
}

fn product_role(names: &Names, text: &str) -> Parsed<Tie> {
    if let Some(permission) = Permission::from_key(text) {
        let mut rights = DeskRight::ALL.into_iter();
        let right = rights.find(|right| right.permission() == permission);
        return Ok(right.map_or(Tie::Feature(permission), Tie::DeskRight));
    }
    match text {
        "agent" => Ok(Tie::Agent),
        "contact_admin" => Ok(Tie::ContactAdmin),
        text => names.product_role(text).ok_or_else(|| {
            let reason = format!(
                "{text:?} is neither agent, contact_admin, the key of a feature or of a desk right, nor a role of another product"
            );
            reject(Column::ProductRoles, reason)
        }),
    }
}

fn queue_role(names: &Names, text: &str) -> Parsed<Tie> {
    const COLUMN: Column = Column::Queues;
    let (name, role) = text.rsplit_once(':').unwrap_or((text, "agent"));
    let queue = found(names, &names.queues, COLUMN, name.trim())?;
    match role.trim().to_lowercase().as_str() {
        "agent" => Ok(Tie::QueueAgent(queue)),
        "supervisor" => Ok(Tie::QueueSupervisor(queue)),
        role => Err(reject(
            COLUMN,
            format!("{role:?} is neither agent nor supervisor"),
        )),
    }
}

/// `admin.history.access@North|South`: what, and for whom; without a scope for everybody.
fn scoped<'t>(names: &Names, column: Column, text: &'t str) -> Parsed<(&'t str, PeopleScope)> {
    let Some((what, scope)) = text.split_once('@') else {
        return Ok((text, PeopleScope::All));
    };
    let scope = groups(names, column, scope.split(item::OF_SCOPE).map(str::trim))?;
    Ok((what.trim(), scope))
}

/// AD-26: `-` alone reaches nobody.
fn groups<'t>(
    names: &Names,
    column: Column,
    texts: impl Iterator<Item = &'t str>,
) -> Parsed<PeopleScope> {
    let named = texts.filter(|text| *text != item::NONE);
    let groups = named.map(|text| found(names, &names.user_groups, column, text));
    Ok(PeopleScope::UserGroups(groups.collect::<Parsed<_>>()?))
}

fn permission(column: Column, key: &str) -> Parsed<Permission> {
    Permission::from_key(key)
        .ok_or_else(|| reject(column, format!("{key:?} is no key of a permission")))
}
