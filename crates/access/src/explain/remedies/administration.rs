//! What gives `admin.*` and `billing.*`: a wider scope, an extra grant, a user group, account admin, an account role.

use super::{Case, Change};
use crate::catalogue::{Permission, PermissionSet, sets};
use crate::command::{AccountAdminGrant, Command, RoleAssignment};
use crate::decide::{Subject, Target};
use crate::event::GrantHolder;
use crate::ids::{PersonId, RoleId, UserGroupId};
use crate::moment::Window;
use crate::state::{ExtraGrant, LimitedAdmin, PeopleScope, Person, Tie};

/// How many roles and user groups are tried.
const MAX_TRIED: usize = 2;

impl Case<'_> {
    pub(super) fn administration(&self) -> Vec<Change> {
        match (self.question.subject, self.person()) {
            // AD-29: a connection has its role and nothing else.
            (Subject::Connection(connection), _) => self
                .roles()
                .map(|role| vec![Command::SetConnectionRole { connection, role }])
                .collect(),
            (_, Some((person, row))) => {
                let mut changes = self.wider_scope(person, row);
                changes.extend(self.extra_grants(person));
                changes.extend(self.user_groups(person));
                changes.extend(self.limited_admin(person, row));
                changes.extend(self.account_roles(person, row));
                if sets::BILLING_CONTACT.contains(self.permission()) {
                    changes.extend(self.billing_contact(person, row));
                }
                changes
            }
            _ => Vec::new(),
        }
    }

    /// The scopes that would reach the target, the narrowest first.
    fn scopes(&self) -> Vec<PeopleScope> {
        let mut scopes = Vec::new();
        if self.permission().is_people_scoped() {
            scopes.extend(
                self.narrow_group()
                    .map(|group| PeopleScope::UserGroups(vec![group])),
            );
        }
        scopes.push(PeopleScope::All);
        scopes
    }

    /// The user group asked about, or the first one that the person asked about is in.
    fn narrow_group(&self) -> Option<UserGroupId> {
        match self.target() {
            Target::UserGroup(group) => Some(group),
            Target::Person(about) => {
                let row = self.state.people().get(about)?;
                self.state.user_groups_of(row, self.question.now).next()
            }
            _ => None,
        }
    }

    /// The custom role that is held already, over more people.
    fn wider_scope(&self, person: PersonId, row: &Person) -> Vec<Change> {
        let extras = row.extras();
        if !self.role_gives(row.account_role) {
            return Vec::new();
        }
        let scope = self.widened(&extras.role_scope).into_iter();
        scope
            .map(|scope| vec![self.account_role(person, row.account_role, scope)])
            .collect()
    }

    /// A scope with the group of the target in it too.
    fn widened(&self, scope: &PeopleScope) -> Option<PeopleScope> {
        match (scope, self.narrow_group()) {
            (PeopleScope::UserGroups(groups), Some(group)) if !groups.contains(&group) => {
                let more = groups.iter().copied().chain([group]);
                Some(PeopleScope::UserGroups(more.collect()))
            }
            _ => None,
        }
    }

    /// AD-9.
    fn extra_grants(&self, person: PersonId) -> Vec<Change> {
        let permission = self.permission();
        if !permission.is_extra_grantable() {
            return Vec::new();
        }
        let give = |scope| {
            vec![Command::GiveExtraGrant {
                to: GrantHolder::Person(person),
                grant: ExtraGrant {
                    permission,
                    scope,
                    window: Window::ALWAYS,
                },
            }]
        };
        self.scopes().into_iter().map(give).collect()
    }

    /// A user group whose members hold it.
    fn user_groups(&self, person: PersonId) -> Vec<Change> {
        let carries = |grants: &[ExtraGrant]| {
            grants
                .iter()
                .any(|grant| grant.permission == self.permission())
        };
        self.state
            .user_groups()
            .iter()
            .filter(|(_, row)| row.life.is_active() && carries(&row.extra_grants))
            .map(|(group, _)| vec![self.tie(person, Tie::UserGroup(group))])
            .take(MAX_TRIED)
            .collect()
    }

    /// S0: the five privileges; seeing the people of the scope comes with the empty subset too.
    fn limited_admin(&self, person: PersonId, row: &Person) -> Vec<Change> {
        let privilege = sets::ACCOUNT_ADMIN_PRIVILEGES & self.permission().set();
        let comes_by_itself = matches!(
            self.permission(),
            Permission::AdminPeopleView | Permission::AdminPortalOpen
        );
        if privilege.is_empty() && !comes_by_itself {
            return Vec::new();
        }
        let before = row.extras().limited_admin.as_ref();
        let privileges = before.map_or(PermissionSet::EMPTY, |admin| admin.privileges) | privilege;
        let scopes = match before {
            // The scope as it is; with one group more; everybody.
            Some(admin) => std::iter::once(admin.scope.clone())
                .chain(self.widened(&admin.scope))
                .chain([PeopleScope::All])
                .collect(),
            None => self.scopes(),
        };
        let appoint = |scope| {
            let limited = LimitedAdmin { privileges, scope };
            self.as_agent(person, row, set_limited_admin(person, limited))
        };
        scopes.into_iter().map(appoint).collect()
    }

    /// Account roles that give it, with the narrowest scope that they can have.
    fn account_roles(&self, person: PersonId, row: &Person) -> Vec<Change> {
        let mut changes = Vec::new();
        for role in self.roles().filter(|role| *role != row.account_role) {
            // AD-12: only custom roles have a scope.
            let scopes = if role.is_system() {
                vec![PeopleScope::All]
            } else {
                self.scopes()
            };
            for scope in scopes {
                changes.push(vec![self.account_role(person, role, scope)]);
            }
        }
        changes
    }

    /// The roles that give the permission: custom ones with the fewest others first, then Admin, then Super admin.
    fn roles(&self) -> impl Iterator<Item = RoleId> + use<> {
        let mut custom: Vec<(usize, RoleId)> = self
            .state
            .roles()
            .iter()
            .filter(|(id, row)| !id.is_system() && row.life.is_active() && self.role_gives(*id))
            .map(|(id, row)| (row.permissions.len(), id))
            .collect();
        custom.sort_unstable();
        let system: Vec<RoleId> = [RoleId::ADMIN, RoleId::SUPER_ADMIN]
            .into_iter()
            .filter(|role| self.role_gives(*role))
            .collect();
        let custom = custom.into_iter().map(|(_, id)| id).take(MAX_TRIED);
        custom.chain(system)
    }

    fn role_gives(&self, role: RoleId) -> bool {
        let Some(row) = self.state.roles().get(role) else {
            return false;
        };
        match self.permission() {
            Permission::AdminPortalOpen => !row.permissions.is_empty(),
            Permission::AdminPeopleView => row.permissions.iter().any(Permission::is_people_scoped),
            permission => row.permissions.contains(permission),
        }
    }

    /// AD-16: must be an account admin; one with no privilege is enough.
    pub(super) fn billing_contact(&self, person: PersonId, row: &Person) -> Vec<Change> {
        let appoint = Command::SetBillingContact { person };
        let is_admin = self
            .state
            .ties_at(row, self.question.now)
            .any(|(tie, _)| matches!(tie, Tie::AccountAdmin(_)));
        if is_admin {
            return vec![vec![appoint]];
        }
        let limited = LimitedAdmin {
            privileges: PermissionSet::EMPTY,
            scope: PeopleScope::UserGroups(Vec::new()),
        };
        let mut change = self.as_agent(person, row, set_limited_admin(person, limited));
        change.push(appoint);
        vec![change]
    }

    /// A system role for somebody, who keeps the extra grants.
    pub(super) fn system_role(&self, person: PersonId, role: RoleId) -> Command {
        self.account_role(person, role, PeopleScope::All)
    }

    fn account_role(&self, person: PersonId, role: RoleId, scope: PeopleScope) -> Command {
        let held = self.state.people().get(person);
        Command::SetAccountRoles {
            bulk: false,
            people: vec![person],
            assignment: RoleAssignment { role, scope },
            keep: held.map_or_else(Vec::new, |row| row.extras().extra_grants.clone()),
        }
    }
}

fn set_limited_admin(person: PersonId, limited: LimitedAdmin) -> Command {
    Command::SetAccountAdmin {
        person,
        admin: Some(AccountAdminGrant::Limited(limited)),
    }
}
