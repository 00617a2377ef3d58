//! RULES §7 *admin*: role permissions, extra grants (own, and of the user groups one is counted in), Account admin privileges.

use access::event::Node;
use access::state::{AccountAdminKind, ExtraGrant, PeopleScope, Tie};
use access::{Moment, Permission, PersonId, Subject, Target};

use super::World;
use super::roles::{ACCOUNT_ADMIN, BILLING_CONTACT, all_of, is_scoped};
use super::world::is_inside;

impl World {
    /// Whether administration gives the subject this permission over the target, parents not considered.
    pub(super) fn administration_gives(
        &self,
        subject: Subject,
        permission: Permission,
        target: Target,
        now: Moment,
    ) -> bool {
        if let Subject::Person(person) = subject {
            // "about oneself always free"
            if permission == Permission::AdminAccessAsk && target == Target::Person(person) {
                return true;
            }
            if BILLING_CONTACT.contains(&permission) && self.is_billing_contact(person, now) {
                return true;
            }
        }
        match permission {
            // Comes with any effective admin.* permission, and with Account admin of either kind.
            Permission::AdminPortalOpen => {
                target == Target::Account
                    && (self.account_admin_kind(subject, now).is_some()
                        || all_of("admin").into_iter().any(|other| {
                            other != Permission::AdminPortalOpen
                                && self.holds_anywhere(subject, other, now)
                        }))
            }
            // Comes with any ◦ permission over the same, and with a limited account admin's scope.
            Permission::AdminPeopleView => {
                self.holdings(subject, now).iter().any(|(held, scope)| {
                    is_scoped(*held)
                        && self.covers(scope, target, now)
                        && (*held == Permission::AdminPeopleView
                            || self.holds(subject, *held, target, now))
                }) || self
                    .limited_scope(subject, now)
                    .is_some_and(|scope| self.covers(&scope, target, now))
            }
            _ => self
                .holdings(subject, now)
                .iter()
                .any(|(held, scope)| *held == permission && self.covers(scope, target, now)),
        }
    }

    /// Everything that administration gives, with the people it reaches.
    pub(super) fn holdings(&self, subject: Subject, now: Moment) -> Vec<(Permission, PeopleScope)> {
        let mut holdings = Vec::new();
        let Subject::Person(person) = subject else {
            if let Subject::Connection(connection) = subject
                && self.is_active(Node::Connection(connection))
            {
                let role = self.connections[&connection];
                if self.is_active(Node::Role(role)) {
                    holdings.extend(self.roles[&role].iter().map(|p| (*p, PeopleScope::All)));
                }
            }
            return holdings;
        };
        let Some(row) = self.people.get(&person) else {
            return holdings;
        };
        if self.is_active(Node::Role(row.account_role)) {
            for permission in &self.roles[&row.account_role] {
                holdings.push((*permission, row.role_scope.clone()));
            }
        }
        for grant in self.own_grants(person, now) {
            holdings.push((grant.permission, grant.scope));
        }
        for group in self.counted_in(person, now) {
            for grant in &self.user_groups[&group].extra_grants {
                if is_inside(grant.window, now) {
                    holdings.push((grant.permission, grant.scope.clone()));
                }
            }
        }
        match self.account_admin_kind(subject, now) {
            Some(AccountAdminKind::Full) => {
                holdings.extend(ACCOUNT_ADMIN.map(|permission| (permission, PeopleScope::All)));
            }
            Some(AccountAdminKind::Limited) => {
                if let Some(admin) = &row.limited_admin {
                    for permission in admin.privileges.iter() {
                        holdings.push((permission, admin.scope.clone()));
                    }
                }
            }
            None => {}
        }
        holdings
    }

    /// The person's own extra grants that count now.
    pub(super) fn own_grants(&self, person: PersonId, now: Moment) -> Vec<ExtraGrant> {
        self.people.get(&person).map_or(Vec::new(), |row| {
            row.extra_grants
                .iter()
                .filter(|grant| is_inside(grant.window, now))
                .cloned()
                .collect()
        })
    }

    pub(super) fn account_admin_kind(
        &self,
        subject: Subject,
        now: Moment,
    ) -> Option<AccountAdminKind> {
        let Subject::Person(person) = subject else {
            return None;
        };
        [AccountAdminKind::Full, AccountAdminKind::Limited]
            .into_iter()
            .find(|kind| self.has(person, Tie::AccountAdmin(*kind), now))
    }

    fn limited_scope(&self, subject: Subject, now: Moment) -> Option<PeopleScope> {
        let Subject::Person(person) = subject else {
            return None;
        };
        match self.account_admin_kind(subject, now) {
            Some(AccountAdminKind::Limited) => {
                let admin = self.people.get(&person)?.limited_admin.as_ref()?;
                Some(admin.scope.clone())
            }
            _ => None,
        }
    }

    /// AD-16: only while an account admin of either kind.
    pub(super) fn is_billing_contact(&self, person: PersonId, now: Moment) -> bool {
        self.billing_contact == Some(person)
            && self
                .account_admin_kind(Subject::Person(person), now)
                .is_some()
    }

    /// Whether a scope reaches what is asked about. The account is reached by *all* only; AD-26: nothing is in an empty list.
    pub(super) fn covers(&self, scope: &PeopleScope, target: Target, now: Moment) -> bool {
        let PeopleScope::UserGroups(listed) = scope else {
            return true;
        };
        let counted: Vec<_> = match target {
            Target::Person(person) => self.counted_in(person, now).into_iter().collect(),
            Target::UserGroup(group) => self.chain(group),
            _ => Vec::new(),
        };
        counted.iter().any(|group| listed.contains(group))
    }

    /// Whether the permission is held, parents included, over anything at all.
    pub(super) fn holds_anywhere(
        &self,
        subject: Subject,
        permission: Permission,
        now: Moment,
    ) -> bool {
        let oneself = match subject {
            Subject::Person(person) => Some(person),
            _ => None,
        };
        // What is free about oneself is no right that one holds.
        let free = |person| permission == Permission::AdminAccessAsk && Some(person) == oneself;
        let people = self
            .people
            .keys()
            .filter(|person| !free(**person))
            .map(|person| Target::Person(*person));
        let groups = self
            .user_groups
            .keys()
            .map(|group| Target::UserGroup(*group));
        std::iter::once(Target::Account)
            .chain(people)
            .chain(groups)
            .any(|target| {
                self.is_fitting_resource(permission, target)
                    && self.holds(subject, permission, target, now)
            })
    }

    /// AD-24 as a gate: `users.manage` about somebody else includes rank, and so does its child, a subset of it.
    pub(super) fn rank_passes(
        &self,
        subject: Subject,
        permission: Permission,
        target: Target,
        now: Moment,
    ) -> bool {
        let Target::Person(about) = target else {
            return true;
        };
        let ranked = matches!(
            permission,
            Permission::AdminUsersManage | Permission::AdminUserSettingsManage
        );
        !ranked || subject == Subject::Person(about) || self.outranks(subject, about, now)
    }
}
