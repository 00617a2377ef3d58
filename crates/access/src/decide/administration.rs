//! Paths to `admin.*` and `billing.*`: role permissions ∪ extra grants (own, and of the active user groups one is counted in)
//! ∪ privileges of account admins and of the billing contact (RULES §7).

use super::{By, Over, Path, Paths, Reason, Subject, Target, Through, View, until};
use crate::catalogue::{Permission, PermissionSet, Product, sets};
use crate::ids::{PersonId, RoleId, UserGroupId};
use crate::moment::Window;
use crate::state::{AccountAdminKind, Extras, Facet, PeopleScope, Person, Tie};

/// One thing that gives administrative permissions for some people.
pub(crate) struct Holding<'a> {
    pub through: Through,
    pub by: By,
    pub permissions: PermissionSet,
    pub scope: &'a PeopleScope,
    pub window: Window,
}

impl View<'_> {
    /// Rights over people are about users; asking about access also about customers (AD-31).
    pub(super) fn person_resource(
        &self,
        permission: Permission,
        about: PersonId,
    ) -> Result<(), Reason> {
        let known = self.state.people().get(about).is_some_and(|row| {
            row.is_user() || permission == Permission::AdminAccessAsk && row.is_customer()
        });
        if known {
            Ok(())
        } else {
            Err(Reason::UnknownResource)
        }
    }

    pub(super) fn administration_paths(
        &self,
        permission: Permission,
        on: Target,
        paths: &mut Paths,
    ) {
        if let (Permission::AdminAccessAsk, Subject::Person(person)) = (permission, self.subject)
            && on == Target::Person(person)
        {
            paths.push(Path {
                through: Through::Direct,
                by: By::Oneself,
                over: Over::Oneself,
                until: None,
            });
        }
        self.each_holding(&mut |holding| {
            let gives = match permission {
                // RULES §2: these two come by themselves.
                Permission::AdminPortalOpen => {
                    matches!(holding.by, By::AccountAdmin(_))
                        || self.is_effective(holding.permissions, holding.scope)
                }
                Permission::AdminPeopleView => {
                    matches!(holding.by, By::AccountAdmin(_))
                        || holding.permissions.contains(permission)
                        || holding
                            .permissions
                            .iter()
                            .any(|p| p.is_people_scoped() && self.parent_is_held(p, on))
                }
                _ => holding.permissions.contains(permission),
            };
            if !gives {
                return;
            }
            // The portal opens for whoever holds anything, for whatever people.
            let over = if permission == Permission::AdminPortalOpen {
                Some(Over::Account)
            } else {
                self.reaches(holding.scope, on)
            };
            if let Some(over) = over {
                paths.push(Path {
                    through: holding.through,
                    by: holding.by,
                    over,
                    until: until(holding.window),
                });
            }
        });
    }

    /// Whether permissions over a scope give an `admin.*` permission over anything at all. AD-25, AD-26: what reaches archived groups only, or
    /// nobody, gives nothing; a child without its parent neither, and the parent counts by itself.
    fn is_effective(&self, permissions: PermissionSet, scope: &PeopleScope) -> bool {
        let counts = |p: Permission| p.product() == Product::Admin && p.parent().is_none();
        match scope {
            PeopleScope::All => permissions.iter().any(counts),
            PeopleScope::UserGroups(groups) => {
                let active = |group: &UserGroupId| {
                    let row = self.state.user_groups().get(*group);
                    row.is_some_and(|row| row.life.is_active())
                };
                groups.iter().any(active)
                    && permissions
                        .iter()
                        .any(|p| counts(p) && p.is_people_scoped())
            }
        }
    }

    /// RULES §2: a child counts if its parent is held over the same resource, by any path.
    fn parent_is_held(&self, permission: Permission, on: Target) -> bool {
        permission
            .parent()
            .is_none_or(|parent| !self.paths(parent, on, false).is_empty())
    }

    /// Whether the permission is held over anything.
    pub fn holds_somewhere(&self, permission: Permission) -> bool {
        self.both(|view| view.holds_it_somewhere(permission))
    }

    fn holds_it_somewhere(&self, permission: Permission) -> bool {
        match permission.product() {
            Product::ServiceDesk => self.desk_somewhere(permission),
            Product::ContactCentre => self.contact_centre_somewhere(permission),
            Product::Portal => self.portal_somewhere(permission),
            Product::Admin | Product::Billing | Product::RemoteSupport => {
                let mut held = self.remote_support_somewhere(permission);
                self.each_holding(&mut |holding| {
                    held |= holding.permissions.contains(permission)
                        || permission == Permission::AdminPeopleView
                            && matches!(holding.by, By::AccountAdmin(_));
                });
                held
            }
        }
    }

    fn reaches(&self, scope: &PeopleScope, on: Target) -> Option<Over> {
        let group = match on {
            Target::Account => (*scope == PeopleScope::All).then_some(None),
            Target::Person(about) => {
                let row = self.state.people().get(about)?;
                // AD-31: customers need scope *all*.
                if row.is_user() {
                    self.state.scope_reaches_person(scope, row, self.now)
                } else {
                    (*scope == PeopleScope::All).then_some(None)
                }
            }
            Target::UserGroup(group) => self.state.scope_reaches_group(scope, group),
            _ => None,
        };
        group.map(|group| group.map_or(Over::Account, Over::UserGroup))
    }

    /// AD-9, AD-15: whether any extra grant keeps the person from being suspended now. An own one is a right marked †, whatever it
    /// reaches; what a user group carries is the group's, and counts by the permission that it gives.
    pub(super) fn has_extra_grant(&self, row: &Person) -> bool {
        let own = row
            .extras
            .as_deref()
            .map_or(&[][..], |extras| &extras.extra_grants);
        own.iter().any(|grant| grant.window.contains(self.now))
            || self.state.user_groups_of(row, self.now).any(|group| {
                let grants = self
                    .state
                    .user_groups()
                    .get(group)
                    .map_or(&[][..], |row| &row.extra_grants);
                grants.iter().any(|grant| {
                    grant.window.contains(self.now)
                        && self.is_effective(grant.permission.set(), &grant.scope)
                })
            })
    }

    /// Everything administrative that the subject holds, whether or not it is active.
    pub(crate) fn each_holding(&self, found: &mut dyn FnMut(Holding<'_>)) {
        let state = self.state;
        if let Subject::Connection(connection) = self.subject {
            // AD-29: a connection never does more than its role; its rights are in products.
            if let Some(row) = state.connections().get(connection) {
                self.role_holding(row.role, &PeopleScope::All, found);
            }
            return;
        }
        let (Subject::Person(person), Some(row)) = (self.subject, self.person_as(Facet::User))
        else {
            return;
        };
        let extras: &Extras = row.extras();
        self.role_holding(row.account_role, &extras.role_scope, found);
        for grant in &extras.extra_grants {
            if grant.window.contains(self.now) {
                found(Holding {
                    through: Through::Direct,
                    by: By::ExtraGrant(grant.permission),
                    permissions: grant.permission.set(),
                    scope: &grant.scope,
                    window: grant.window,
                });
            }
        }
        for (tie, window) in state.ties_at(row, self.now) {
            match tie {
                Tie::UserGroup(group) => self.user_group_holdings(group, window, found),
                Tie::AccountAdmin(AccountAdminKind::Full) => found(Holding {
                    through: Through::Direct,
                    by: By::AccountAdmin(AccountAdminKind::Full),
                    permissions: sets::ACCOUNT_ADMIN_FULL,
                    scope: &PeopleScope::All,
                    window,
                }),
                Tie::AccountAdmin(AccountAdminKind::Limited) => {
                    if let Some(limited) = &extras.limited_admin {
                        found(Holding {
                            through: Through::Direct,
                            by: By::AccountAdmin(AccountAdminKind::Limited),
                            permissions: limited.privileges,
                            scope: &limited.scope,
                            window,
                        });
                    }
                }
                _ => {}
            }
        }
        if state.account().billing_contact == Some(person) {
            found(Holding {
                through: Through::Direct,
                by: By::BillingContact,
                permissions: sets::BILLING_CONTACT,
                scope: &PeopleScope::All,
                window: Window::ALWAYS,
            });
        }
    }

    fn role_holding(&self, role: RoleId, scope: &PeopleScope, found: &mut dyn FnMut(Holding<'_>)) {
        if role.is_member() {
            return;
        }
        if let Some(row) = self.state.roles().get(role)
            && row.life.is_active()
        {
            found(Holding {
                through: Through::Direct,
                by: By::AccountRole(role),
                permissions: row.permissions,
                scope,
                window: Window::ALWAYS,
            });
        }
    }

    fn user_group_holdings(
        &self,
        group: UserGroupId,
        window: Window,
        found: &mut dyn FnMut(Holding<'_>),
    ) {
        for above in self.state.user_group_chain(group) {
            let Some(row) = self.state.user_groups().get(above) else {
                continue;
            };
            for grant in &row.extra_grants {
                if grant.window.contains(self.now) {
                    let end = match (grant.window.end, window.end) {
                        (Some(a), Some(b)) => Some(a.min(b)),
                        (a, b) => a.or(b),
                    };
                    found(Holding {
                        through: Through::UserGroup(above),
                        by: By::ExtraGrant(grant.permission),
                        permissions: grant.permission.set(),
                        scope: &grant.scope,
                        window: Window { start: None, end },
                    });
                }
            }
        }
    }
}
