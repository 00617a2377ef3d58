//! RULES §4 *Who may give and take what*, and rank (AD-24), which is made of it.

use std::collections::BTreeSet;

use access::event::Node;
use access::state::{AccountAdminKind, ExtraGrant, PeopleScope, Tie};
use access::{Moment, Permission, PersonId, RoleId, Subject, Target, UserGroupId, Window};

use super::roles::admin_keeps;
use super::world::is_inside;
use super::{Status, World};

/// Something of the table that somebody holds and that rank is about: an account role, an extra grant, a right marked †.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gift {
    /// AD-1, with the people it reaches (AD-12).
    AccountRole(RoleId, PeopleScope),
    /// AD-9, own or by a user group.
    ExtraGrant(ExtraGrant),
    /// S0.
    AccountAdmin(AccountAdminKind),
    /// A feature permission, a tie to a device group, `account.configure`, Contact admin, supervisor of a queue.
    Tie(Tie),
}

/// Who was given what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Who has it now.
    pub to: PersonId,
    /// What.
    pub gift: Gift,
}

impl World {
    /// Everything of the table that gives the person something now (AD-25).
    pub fn gifts_of(&self, person: PersonId, now: Moment) -> Vec<Gift> {
        let counts = |gift: &Gift| match gift {
            Gift::Tie(Tie::DeviceGroup(group)) => self.is_active(Node::DeviceGroup(*group)),
            Gift::Tie(Tie::QueueSupervisor(queue)) => self.is_active(Node::Queue(*queue)),
            _ => true,
        };
        let groups = self.counted_in(person, now);
        let mut gifts = self.gifts(person, &groups, |window| is_inside(window, now));
        gifts.retain(counts);
        gifts
    }

    /// The same by what is written down, without what has ended: what starts or is restored later outranks already now.
    fn gifts_to_come(&self, person: PersonId, now: Moment) -> Vec<Gift> {
        let lasts = |window: Window| window.end.is_none_or(|end| now < end);
        let mut groups = BTreeSet::new();
        for held in self
            .people
            .get(&person)
            .into_iter()
            .flat_map(|row| &row.ties)
        {
            if let Tie::UserGroup(group) = held.tie
                && lasts(held.window)
            {
                let mut next = Some(group);
                while let Some(group) = next
                    && groups.insert(group)
                {
                    next = self.user_groups.get(&group).and_then(|row| row.parent);
                }
            }
        }
        self.gifts(person, &groups, lasts)
    }

    fn gifts(
        &self,
        person: PersonId,
        groups: &BTreeSet<UserGroupId>,
        counts: impl Fn(Window) -> bool,
    ) -> Vec<Gift> {
        let Some(row) = self.people.get(&person) else {
            return Vec::new();
        };
        let mut gifts = vec![Gift::AccountRole(row.account_role, row.role_scope.clone())];
        let of_groups = groups
            .iter()
            .flat_map(|group| &self.user_groups[group].extra_grants);
        gifts.extend(
            row.extra_grants
                .iter()
                .chain(of_groups)
                .filter(|grant| counts(grant.window))
                .cloned()
                .map(Gift::ExtraGrant),
        );
        for held in row.ties.iter().filter(|held| counts(held.window)) {
            match held.tie {
                Tie::AccountAdmin(kind) => gifts.push(Gift::AccountAdmin(kind)),
                // §2 calls all five "account rights".
                Tie::DeskRight(_)
                | Tie::DeviceGroup(_)
                | Tie::QueueSupervisor(_)
                | Tie::Feature(_)
                | Tie::ContactAdmin => gifts.push(Gift::Tie(held.tie)),
                _ => {}
            }
        }
        gifts
    }

    /// The table. That † is never given to oneself is asked elsewhere.
    pub fn could_give(&self, actor: Subject, gift: &Gift, to: PersonId, now: Moment) -> bool {
        if self.is_role(actor, RoleId::SUPER_ADMIN, now) {
            // But for the supervisors of queues, who are the Contact admins' affair.
            return !matches!(gift, Gift::Tie(Tie::QueueSupervisor(_)))
                || self.gives_queues(actor, now);
        }
        let admin = self.is_role(actor, RoleId::ADMIN, now);
        let of = |permission, target| {
            self.is_active_actor(actor, now) && self.holds(actor, permission, target, now)
        };
        match gift {
            Gift::AccountRole(RoleId::SUPER_ADMIN | RoleId::ADMIN, _) => false,
            Gift::AccountRole(RoleId::MEMBER, _) => {
                admin || of(Permission::AdminUsersManage, Target::Person(to))
            }
            Gift::AccountRole(role, _) => {
                admin
                    && self
                        .roles
                        .get(role)
                        .is_some_and(|held| held.iter().all(|permission| admin_keeps(*permission)))
            }
            Gift::ExtraGrant(grant) => {
                let role = self.people.get(&to).map(|row| row.account_role);
                admin
                    && !matches!(role, Some(RoleId::ADMIN | RoleId::SUPER_ADMIN))
                    && admin_keeps(grant.permission)
            }
            Gift::AccountAdmin(AccountAdminKind::Full) => false,
            Gift::AccountAdmin(AccountAdminKind::Limited) => admin,
            Gift::Tie(tie) => match tie {
                Tie::Feature(_) => of(Permission::AdminUsersManage, Target::Person(to)),
                Tie::DeviceGroup(_) => of(Permission::AdminDeviceGroupsManage, Target::Account),
                Tie::DeskRight(_) => {
                    admin
                        || self.allows(
                            actor,
                            Permission::ServiceDeskAccountConfigure,
                            Target::Account,
                            now,
                        )
                }
                Tie::ContactAdmin => admin,
                Tie::QueueSupervisor(_) => self.gives_queues(actor, now),
                _ => false,
            },
        }
    }

    /// AD-24: could give and take the account role, the extra grants and every † right; Super admins act on everybody.
    pub fn outranks(&self, actor: Subject, about: PersonId, now: Moment) -> bool {
        self.is_role(actor, RoleId::SUPER_ADMIN, now)
            || self
                .gifts_to_come(about, now)
                .iter()
                .all(|gift| self.could_give(actor, gift, about, now))
    }

    /// Whether the actor acts with this account role.
    pub fn is_role(&self, actor: Subject, role: RoleId, now: Moment) -> bool {
        self.is_active_actor(actor, now)
            && match actor {
                Subject::Person(person) => self.people[&person].account_role == role,
                Subject::Connection(connection) => self.connections[&connection] == role,
                _ => false,
            }
    }

    fn is_active_actor(&self, actor: Subject, now: Moment) -> bool {
        match actor {
            Subject::Person(person) => self.status(person, now) == Status::Active,
            Subject::Connection(connection) => self.is_active(Node::Connection(connection)),
            _ => false,
        }
    }

    /// "Contact admin": who assigns agents and supervisors.
    fn gives_queues(&self, actor: Subject, now: Moment) -> bool {
        match actor {
            Subject::Person(person) => {
                self.is_active_actor(actor, now)
                    && (self.only_user() == Some(person) || self.is_contact_admin(person, now))
            }
            Subject::Connection(connection) => self.rights_of(connection).contact_admin,
            _ => false,
        }
    }
}
