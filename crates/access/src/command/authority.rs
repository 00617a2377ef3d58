//! The table "who may give and take what" of RULES §4. Taking needs the same right as giving. Every command asks here, whatever
//! face it came through; rank (AD-24) is worked out from the same answers.

use super::{Actor, Refusal};
use crate::catalogue::{Permission, PermissionSet, Product, sets};
use crate::decide::{Subject, Target, View};
use crate::ids::{LicenceId, PersonId, QueueId, RoleId, UserGroupId};
use crate::moment::Moment;
use crate::state::{ConnectionRights, CustomerAccess, ExtraGrant, Facet, MappedTo, State, Tie};

/// One thing that can be given to, or taken from, somebody.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Gift<'a> {
    /// An account role, for whatever people it reaches.
    AccountRole(RoleId),
    /// A permission on top of a role, for one user.
    ExtraGrant(&'a ExtraGrant),
    /// Which companies a user sees.
    CompanyAccess,
    /// A membership, level, licence or product role.
    Tie(Tie),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct No {
    /// The rule that says so.
    pub rule: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// Who could.
    pub needs: Needs,
}

/// Who could do what was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A Super admin.
    SuperAdmin,
    /// A Super admin, or an Admin under conditions of the table.
    Admin,
    /// A holder of the permission over the target.
    Permission(Permission, Target),
    /// Somebody who manages users and outranks the person (AD-24).
    Rank(PersonId),
    /// Another person than oneself.
    SomebodyElse,
}

impl Gift<'_> {
    /// Marked † in the table: never to oneself.
    pub(crate) fn is_marked(&self) -> bool {
        match self {
            Gift::AccountRole(role) => !role.is_member(),
            Gift::ExtraGrant(_) | Gift::CompanyAccess => true,
            Gift::Tie(tie) => tie.is_marked(),
        }
    }

    /// Whether it is something that its holder may give up. A place in the tree of administration, a list of companies and a
    /// closed portal (SD-15) are not: without them the holder would be freer than before.
    pub(crate) fn is_a_right(&self) -> bool {
        !matches!(
            self,
            Gift::CompanyAccess
                | Gift::Tie(Tie::UserGroup(_) | Tie::Customer(_, CustomerAccess::NoPortal))
        )
    }

    /// The facet that it belongs to.
    pub(crate) fn facet(&self) -> Facet {
        match self {
            Gift::Tie(Tie::Customer(..)) => Facet::Customer,
            _ => Facet::User,
        }
    }

    /// `admin.users.manage` about a person includes rank (RULES §7).
    fn is_ranked(&self) -> bool {
        matches!(self, Gift::Tie(Tie::Agent | Tie::Feature(_)))
    }
}

impl Needs {
    /// Whether somebody is one of those who could.
    pub(crate) fn is_met_by(self, view: &View<'_>) -> bool {
        match self {
            Needs::SuperAdmin => view.is_super_admin(),
            Needs::Admin => view.is_admin_or_above(),
            Needs::Permission(permission, on) => view.may(permission, on),
            Needs::Rank(about) => view.may(Permission::AdminUsersManage, about),
            Needs::SomebodyElse => false,
        }
    }
}

impl No {
    /// What the caller reads.
    pub(crate) fn detail(self) -> String {
        match self.needs {
            Needs::SuperAdmin => "only a Super admin may do this".to_owned(),
            Needs::Admin => "only a Super admin or an Admin may do this".to_owned(),
            Needs::Permission(permission, _) => {
                format!("this needs {} over what it concerns", permission.key())
            }
            Needs::Rank(_) => "nobody acts so on an equal or a superior".to_owned(),
            Needs::SomebodyElse => {
                "nobody gives this to themselves; somebody else who may give it has to".to_owned()
            }
        }
    }

    fn new(rule: &'static str, code: &'static str, needs: Needs) -> No {
        No { rule, code, needs }
    }

    pub(crate) fn outranked(about: PersonId) -> No {
        No::new("AD-24", "outranked", Needs::Rank(about))
    }
}

impl Actor {
    /// The actor as the subject of decisions; `None` for those whose few commands are fixed.
    pub fn subject(self) -> Option<Subject> {
        match self {
            Actor::Person(person) | Actor::Facet(person, _) => Some(Subject::Person(person)),
            Actor::Connection(connection) => Some(Subject::Connection(connection)),
            Actor::SetUp | Actor::System(_) => None,
        }
    }

    /// The person, if it is one.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Actor::Person(person) | Actor::Facet(person, _) => Some(person),
            Actor::Connection(_) | Actor::SetUp | Actor::System(_) => None,
        }
    }

    /// The one facet that the actor has here; none: both.
    pub fn facet(self) -> Option<Facet> {
        match self {
            Actor::Facet(_, facet) => Some(facet),
            _ => None,
        }
    }

    /// The actor's view; system subjects look as somebody who holds nothing.
    pub(crate) fn view(self, state: &State, now: Moment) -> View<'_> {
        let view = state.view(self.subject().unwrap_or(Subject::Unknown), now);
        view.only(self.facet())
    }
}

impl View<'_> {
    fn is_super_admin(&self) -> bool {
        self.acts_as(RoleId::SUPER_ADMIN)
    }

    fn is_admin_or_above(&self) -> bool {
        self.is_super_admin() || self.acts_as(RoleId::ADMIN)
    }

    /// Whether the subject could give this to, and so take it from, the person. Marked † is asked by the draft.
    pub(crate) fn may_give(&self, gift: &Gift<'_>, to: PersonId) -> Result<(), No> {
        match *gift {
            Gift::AccountRole(role) => self.may_give_role(role, to),
            Gift::ExtraGrant(grant) => self.may_give_grant(grant, Some(to)),
            Gift::CompanyAccess => self.may_give_desk(),
            Gift::Tie(tie) => self.may_give_tie(tie, to),
        }
    }

    /// The same with rank, where what is given is an affair of `admin.users.manage`. Rank itself is worked out without.
    pub(crate) fn may_give_ranked(&self, gift: &Gift<'_>, to: PersonId) -> Result<(), No> {
        self.may_give(gift, to)?;
        if gift.is_ranked() && !self.outranks(to) {
            return Err(No::outranked(to));
        }
        Ok(())
    }

    /// Marked †, or a door to something marked: a user group whose extra grants come with it (AD-7).
    pub(crate) fn is_marked_for(&self, gift: &Gift<'_>, to: PersonId) -> bool {
        match gift {
            Gift::Tie(Tie::UserGroup(group)) => {
                self.subject() == Subject::Person(to)
                    && self.state().user_group_chain(*group).any(|above| {
                        let row = self.state().user_groups().get(above);
                        row.is_some_and(|row| row.carries_grants(self.now()))
                    })
            }
            gift => gift.is_marked(),
        }
    }

    fn need_super_admin(&self, rule: &'static str, code: &'static str) -> Result<(), No> {
        if self.is_super_admin() {
            Ok(())
        } else {
            Err(No::new(rule, code, Needs::SuperAdmin))
        }
    }

    fn need_admin(&self, rule: &'static str, code: &'static str) -> Result<(), No> {
        if self.is_admin_or_above() {
            Ok(())
        } else {
            Err(No::new(rule, code, Needs::Admin))
        }
    }

    pub(crate) fn need(&self, permission: Permission, on: Target) -> Result<(), No> {
        if self.may(permission, on) {
            Ok(())
        } else {
            Err(No::new(
                "§4",
                "permission_missing",
                Needs::Permission(permission, on),
            ))
        }
    }

    /// AD-6, AD-12. Super admin and Admin: Super admin. A custom role: Super admin; Admin, if it holds only what an Admin holds
    /// by role; a group manager is the same with a scope. Member: also a holder of `users.manage` inside the scope.
    fn may_give_role(&self, role: RoleId, to: PersonId) -> Result<(), No> {
        match role {
            RoleId::MEMBER if self.is_admin_or_above() => Ok(()),
            RoleId::MEMBER => self.may_manage_user(to),
            other => self.may_give_role_to_anybody(other),
        }
    }

    /// The same of a role that is not Member: to whom makes no difference.
    fn may_give_role_to_anybody(&self, role: RoleId) -> Result<(), No> {
        match role {
            RoleId::SUPER_ADMIN | RoleId::ADMIN => {
                self.need_super_admin("AD-6", "role_by_super_admin")
            }
            custom => {
                let set = self
                    .state()
                    .roles()
                    .get(custom)
                    .map_or(PermissionSet::EMPTY, |row| row.permissions);
                self.may_define_role(set)
            }
        }
    }

    /// A custom role's definition, before or after a change.
    pub(crate) fn may_define_role(&self, set: PermissionSet) -> Result<(), No> {
        if self.is_super_admin() || self.is_admin_or_above() && set.is_subset_of(sets::ADMIN) {
            Ok(())
        } else if self.is_admin_or_above() {
            Err(No::new("AD-7", "role_exceeds_admin", Needs::SuperAdmin))
        } else {
            Err(No::new("AD-6", "custom_role_by_admin", Needs::Admin))
        }
    }

    /// Whether a second factor is asked of whoever holds a system role: who may give Super admin and Admin; for Member, an Admin too, but
    /// nobody with a scope. For everybody, of whom the Super admins are some: a Super admin.
    pub(crate) fn may_require_second_factor(&self, role: Option<RoleId>) -> Result<(), No> {
        match role {
            Some(RoleId::MEMBER) => self.need_admin("AD-6", "second_factor_by_admin"),
            _ => self.need_super_admin("AD-6", "second_factor_by_super_admin"),
        }
    }

    /// Extra grants †: Super admin; Admin, to users who are not Admins, within what an Admin holds by role.
    pub(crate) fn may_give_grant(
        &self,
        grant: &ExtraGrant,
        to: Option<PersonId>,
    ) -> Result<(), No> {
        if self.is_super_admin() {
            return Ok(());
        }
        let to_admin = to
            .and_then(|to| self.state().people().get(to))
            .is_some_and(|row| {
                row.account_role == RoleId::ADMIN || row.account_role == RoleId::SUPER_ADMIN
            });
        if !self.is_admin_or_above() {
            Err(No::new("AD-9", "extra_grant_by_admin", Needs::Admin))
        } else if to_admin || !sets::ADMIN.contains(grant.permission) {
            Err(No::new(
                "AD-9",
                "extra_grant_by_super_admin",
                Needs::SuperAdmin,
            ))
        } else {
            Ok(())
        }
    }

    /// Account rights †, company access †, configuration items, time; and employment, levels …: who configures the desk. The
    /// rights also by Super admin and Admin.
    fn may_give_desk(&self) -> Result<(), No> {
        if self.is_admin_or_above() {
            Ok(())
        } else {
            self.need(Permission::ServiceDeskAccountConfigure, Target::Account)
        }
    }

    /// `admin.users.manage` over the person's scope, whatever the rank.
    fn may_manage_user(&self, to: PersonId) -> Result<(), No> {
        let on = Target::Person(to);
        if self
            .decide_without_rank(Permission::AdminUsersManage, on)
            .allowed
        {
            Ok(())
        } else {
            Err(No::new(
                "§4",
                "permission_missing",
                Needs::Permission(Permission::AdminUsersManage, on),
            ))
        }
    }

    fn may_give_tie(&self, tie: Tie, to: PersonId) -> Result<(), No> {
        match tie {
            Tie::AccountAdmin(crate::state::AccountAdminKind::Full) => {
                self.need_super_admin("§4", "account_admin_by_super_admin")
            }
            // Any of the five privileges.
            Tie::AccountAdmin(_) => self.need_admin("§4", "limited_account_admin_by_admin"),
            Tie::Agent | Tie::Feature(_) => self.may_manage_user(to),
            Tie::DeviceGroup(_) => self.need(Permission::AdminDeviceGroupsManage, Target::Account),
            Tie::UserGroup(group) => self.may_enter_user_group(group, to),
            Tie::Licence(licence) => self.may_give_licence(licence, Target::Person(to)),
            Tie::DeskRight(_) => self.may_give_desk(),
            Tie::Service(..) | Tie::Customer(..) | Tie::Group(_) => {
                self.need(Permission::ServiceDeskAccountConfigure, Target::Account)
            }
            Tie::ContactAdmin => self.need_admin("§4", "contact_admin_by_admin"),
            Tie::QueueAgent(queue) | Tie::QueueSupervisor(queue) => self.may_assign_to(queue),
            Tie::Login(queue, _) | Tie::Paused(queue) => {
                self.need(Permission::ContactCentreAgentsLog, Target::Queue(queue))
            }
            Tie::ProductRole(..) => self.need(Permission::AdminIntegrationsManage, Target::Account),
            Tie::Timed(timed) => match self.state().timed_ties().get(timed) {
                Some(row) => self.may_give_tie(row.tie, to),
                None => Ok(()),
            },
        }
    }

    /// `admin.licences.manage` (scope); the desk's also `account.configure`; the contact centre's also Contact admin.
    fn may_give_licence(&self, licence: LicenceId, to: Target) -> Result<(), No> {
        let row = self.state().licences().get(licence);
        let also = match row.map(|row| row.product) {
            Some(Product::ServiceDesk) => {
                self.may(Permission::ServiceDeskAccountConfigure, Target::Account)
            }
            Some(Product::ContactCentre) => {
                self.may(Permission::ContactCentreLicenceAssign, Target::Account)
            }
            _ => false,
        };
        if also {
            Ok(())
        } else {
            self.need(Permission::AdminLicencesManage, to)
        }
    }

    fn may_assign_to(&self, queue: QueueId) -> Result<(), No> {
        self.need_over(Permission::ContactCentreQueueAssign, queue)
    }

    /// AD-29: rights of a connection in products, by who gives them to people.
    pub(crate) fn may_give_rights(&self, rights: ConnectionRights) -> Result<(), No> {
        if rights.configure_desk {
            self.may_give_desk()?;
        }
        if rights.contact_admin {
            self.need_admin("AD-29", "contact_admin_by_admin")?;
        }
        Ok(())
    }

    /// AD-30: whether the subject could give what a mapping gives to whoever comes into the group: to everybody, so that no scope is
    /// enough.
    pub(crate) fn may_map(&self, to: MappedTo) -> Result<(), No> {
        match to {
            MappedTo::AccountRole(RoleId::MEMBER) if self.is_admin_or_above() => Ok(()),
            MappedTo::AccountRole(RoleId::MEMBER) => {
                self.need(Permission::AdminUsersManage, Target::Account)
            }
            MappedTo::AccountRole(role) => self.may_give_role_to_anybody(role),
            MappedTo::Licence(licence) => self.may_give_licence(licence, Target::Account),
            MappedTo::Service(..) => {
                self.need(Permission::ServiceDeskAccountConfigure, Target::Account)
            }
            MappedTo::QueueAgent(queue) | MappedTo::QueueSupervisor(queue) => {
                self.may_assign_to(queue)
            }
        }
    }

    /// AD-30: the same, for whoever shows what can be mapped.
    pub fn can_map(&self, to: MappedTo) -> bool {
        self.may_map(to).is_ok()
    }

    /// The right over the thing; over everything, where the thing is archived. No right reaches what is archived, but what is tied
    /// to it can be taken away and counts in rank (AD-24), because it may come back (AD-25). Giving it is refused elsewhere.
    fn need_over(&self, permission: Permission, thing: impl Into<Target>) -> Result<(), No> {
        let on = thing.into();
        if self.is_ended(on) && self.may(permission, Target::Account) {
            return Ok(());
        }
        self.need(permission, on)
    }

    fn is_ended(&self, on: Target) -> bool {
        let state = self.state();
        let life = match on {
            Target::Queue(id) => state.queues().get(id).map(|row| row.life),
            Target::UserGroup(id) => state.user_groups().get(id).map(|row| row.life),
            _ => None,
        };
        life.is_some_and(|life| !life.is_active())
    }

    /// Entering a user group needs `user_groups.manage` over the group, and the right to give every extra grant that it and
    /// the groups above carry; a scoped holder adds only people already in the scope.
    fn may_enter_user_group(&self, group: UserGroupId, to: PersonId) -> Result<(), No> {
        self.need_over(Permission::AdminUserGroupsManage, group)?;
        if self.is_ended(group.into()) {
            let chain: Vec<_> = self.state().user_group_chain_of_any_life(group).collect();
            return self.may_give_grants_in(&chain, to);
        }
        if !self.may(Permission::AdminUserGroupsManage, Target::Account) {
            self.need(Permission::AdminUserGroupsManage, Target::Person(to))?;
        }
        self.may_give_grants_of(group, to)
    }

    /// The right to give every extra grant that a user group and the groups above it carry (AD-7).
    pub(crate) fn may_give_grants_of(&self, group: UserGroupId, to: PersonId) -> Result<(), No> {
        let chain: Vec<_> = self.state().user_group_chain(group).collect();
        self.may_give_grants_in(&chain, to)
    }

    /// The same for groups that are named.
    pub(crate) fn may_give_grants_in(
        &self,
        groups: &[UserGroupId],
        to: PersonId,
    ) -> Result<(), No> {
        let rows = groups
            .iter()
            .filter_map(|group| self.state().user_groups().get(*group));
        let grants = rows.flat_map(|row| &row.extra_grants);
        for grant in grants.filter(|grant| !grant.is_over(self.now())) {
            self.may_give_grant(grant, Some(to))
                .map_err(|no| No { rule: "AD-7", ..no })?;
        }
        Ok(())
    }
}

/// Up to eight people who could, of those that may hold anything administrative, Super admins and Admins first. Bounded: a
/// refusal must not cost more in a large account.
pub(crate) fn who_could(
    state: &State,
    now: Moment,
    could: impl Fn(View<'_>) -> bool,
) -> Vec<PersonId> {
    const LOOKED_AT: usize = 64;
    let first = [RoleId::SUPER_ADMIN, RoleId::ADMIN];
    let is_first = |person: PersonId| {
        let row = state.people().get(person);
        row.is_some_and(|row| first.contains(&row.account_role))
    };
    let holders = first.into_iter().filter_map(|role| state.roles().get(role));
    let others = state.administrators().iter();
    holders
        .flat_map(|role| role.holders.iter())
        .chain(others.filter(|person| !is_first(*person)))
        .take(LOOKED_AT)
        .filter(|person| could(state.view(Subject::Person(*person), now)))
        .take(8)
        .collect()
}

impl No {
    /// The refusal that the caller gets.
    pub(crate) fn refusal(self, detail: impl Into<String>) -> Refusal {
        Refusal::forbidden(self.rule, self.code, detail)
    }
}
