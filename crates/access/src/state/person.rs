//! A person's row: facets, the one account role, and all ties.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::catalogue::{Permission, PermissionSet};
use crate::ids::{
    CompanyId, DeviceGroupId, GroupId, LicenceId, ProductId, QueueId, RoleId, ServiceId,
    TimedTieId, UserGroupId,
};
use crate::idset::IdSet;
use crate::moment::{Moment, Window};
use crate::table::Named;

/// A human record. Names and addresses are not here: they live in the profile store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// Number of the public id.
    pub uid: Uuid,
    /// Memberships, levels, licences and product roles.
    pub ties: Ties,
    /// What few people have.
    pub extras: Option<Box<Extras>>,
    /// AD-1: exactly one; Member for whoever is only a customer, where it opens nothing.
    pub account_role: RoleId,
    /// SD-21: at most one.
    pub company: Option<CompanyId>,
    /// Staff facet.
    pub user: UserFacet,
    /// Served contact.
    pub customer: CustomerFacet,
    /// SD-13.
    pub portal_level: PortalLevel,
    /// SD-22: how the person came to the present company, or to none.
    pub placement: Placement,
    /// Whether the person has a way to sign in that works (I-1, AD-8), by whichever facet it came.
    pub can_sign_in: bool,
    /// Whether the last invitation as a user was accepted (AD-15): what whoever is deactivated comes back to.
    pub accepted: bool,
}

impl Named for Person {
    fn uid(&self) -> Uuid {
        self.uid
    }
}

/// State of the staff facet as stored. *Suspended* is not stored: it is derived (AD-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserFacet {
    /// Not staff, or no longer.
    Absent,
    /// Not yet accepted.
    Invited,
    /// Accepted.
    Accepted,
    /// AD-15: the only switch.
    Deactivated,
}

/// State of the customer facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerFacet {
    /// No customer, or no longer.
    Absent,
    /// SD-23: the address is not confirmed; opens nothing, not selectable (SD-11).
    Unconfirmed,
    /// A served contact.
    Active,
    /// SD-11: not selectable.
    Deactivated,
}

/// One of the two facets, where an operation concerns one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// Staff.
    User,
    /// Served contact.
    Customer,
}

/// Portal level of a customer (SD-13).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum PortalLevel {
    /// The portal is closed.
    #[default]
    None,
    /// SD-14.
    Standard,
    /// SD-15.
    Company,
    /// SD-16.
    CompanyAdmin,
}

/// How somebody came to a company (SD-22): who was placed or removed by hand is never moved by a rule.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Never sorted yet.
    #[default]
    Unsorted,
    /// By the domain of a confirmed address; without a company: none had it.
    ByDomain,
    /// Placed, moved or removed by somebody.
    ByHand,
}

/// A user's level on a service (SD-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceLevel {
    /// SD-3.
    User,
    /// SD-4.
    Administrator,
}

/// A customer's own access to a service (SD-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerAccess {
    /// Selectable, and the portal is open by it.
    Portal,
    /// Selectable only.
    NoPortal,
}

/// A right over the whole desk (RULES §2 "account rights"), stored one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskRight {
    /// `service_desk.account.configure`.
    Configure,
    /// `service_desk.configuration_items.read`.
    ConfigurationItemsRead,
    /// `service_desk.configuration_items.edit`.
    ConfigurationItemsEdit,
    /// `service_desk.time.read`.
    TimeRead,
    /// `service_desk.time.edit`.
    TimeEdit,
}

impl DeskRight {
    /// All of them.
    pub const ALL: [DeskRight; 5] = [
        DeskRight::Configure,
        DeskRight::ConfigurationItemsRead,
        DeskRight::ConfigurationItemsEdit,
        DeskRight::TimeRead,
        DeskRight::TimeEdit,
    ];

    /// The permission that the right is.
    pub fn permission(self) -> Permission {
        match self {
            DeskRight::Configure => Permission::ServiceDeskAccountConfigure,
            DeskRight::ConfigurationItemsRead => Permission::ServiceDeskConfigurationItemsRead,
            DeskRight::ConfigurationItemsEdit => Permission::ServiceDeskConfigurationItemsEdit,
            DeskRight::TimeRead => Permission::ServiceDeskTimeRead,
            DeskRight::TimeEdit => Permission::ServiceDeskTimeEdit,
        }
    }
}

/// What a login to a queue rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginBasis {
    /// The agent's assignment: ends with it (CC-4).
    Assignment,
    /// The organisation switch was on at the time; switching it off does not end it (CC-4).
    UnassignedLogin,
    /// A supervisor logged the agent in for a time (CC-5).
    Supervisor,
}

/// Which kind of account admin of remote support somebody is (S0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountAdminKind {
    /// All five privileges, for all users.
    Full,
    /// Chosen privileges and scope; see [`Extras::limited_admin`].
    Limited,
}

/// One thing that ties a person to something or gives a product role. Additive: the more ties, the more access, save
/// [`Tie::Customer`] with *no portal* (SD-15). Eight bytes; a person's ties stand sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// A seat of a named licence, or entitlement to a concurrent pool (AD-14).
    Licence(LicenceId),
    /// The user's own level on a service (SD-2).
    Service(ServiceId, ServiceLevel),
    /// The customer's own access to a service (SD-11).
    Customer(ServiceId, CustomerAccess),
    /// Membership of a group.
    Group(GroupId),
    /// Membership of a user group.
    UserGroup(UserGroupId),
    /// Agent of a queue (CC-1).
    QueueAgent(QueueId),
    /// Supervisor of a queue (CC-1).
    QueueSupervisor(QueueId),
    /// Logged in to a queue now.
    Login(QueueId, LoginBasis),
    /// Paused in a queue.
    Paused(QueueId),
    /// May reach the devices of a device group (AD-19).
    DeviceGroup(DeviceGroupId),
    /// Agent of remote support (S0).
    Agent,
    /// A feature permission of remote support, granted one by one.
    Feature(Permission),
    /// Account admin of remote support.
    AccountAdmin(AccountAdminKind),
    /// Contact admin (S4).
    ContactAdmin,
    /// A right over the whole desk.
    DeskRight(DeskRight),
    /// A role of another product's catalogue, by its position there.
    ProductRole(ProductId, u16),
    /// A tie that begins or ends by itself: the row says which.
    Timed(TimedTieId),
}

/// A person's ties, sorted and without repetition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ties(Box<[Tie]>);

impl std::ops::Deref for Ties {
    type Target = [Tie];
    #[inline]
    fn deref(&self) -> &[Tie] {
        &self.0
    }
}

impl Ties {
    /// Whether this very tie is there.
    #[inline]
    pub fn has(&self, tie: Tie) -> bool {
        self.0.binary_search(&tie).is_ok()
    }

    /// The ties between two bounds, both included.
    #[inline]
    pub fn range(&self, low: Tie, high: Tie) -> &[Tie] {
        let start = self.0.partition_point(|tie| *tie < low);
        let rest = &self.0[start..];
        &rest[..rest.partition_point(|tie| *tie <= high)]
    }

    /// Adds a tie; `false` if it was there.
    pub(crate) fn insert(&mut self, tie: Tie) -> bool {
        let Err(place) = self.0.binary_search(&tie) else {
            return false;
        };
        let mut ties = Vec::with_capacity(self.0.len() + 1);
        ties.extend_from_slice(&self.0[..place]);
        ties.push(tie);
        ties.extend_from_slice(&self.0[place..]);
        self.0 = ties.into_boxed_slice();
        true
    }

    /// Removes a tie; `false` if it was not there.
    pub(crate) fn remove(&mut self, tie: Tie) -> bool {
        let Ok(place) = self.0.binary_search(&tie) else {
            return false;
        };
        let mut ties = self.0.to_vec();
        ties.remove(place);
        self.0 = ties.into_boxed_slice();
        true
    }
}

/// The people that an administrative right reaches.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleScope {
    /// Every user of the account, and the account itself.
    All,
    /// The members of these user groups and of the groups below. AD-26: the empty list reaches nobody.
    UserGroups(Vec<UserGroupId>),
}

impl PeopleScope {
    /// Whether the group stands in it by itself, not below another.
    pub fn names(&self, group: UserGroupId) -> bool {
        match self {
            PeopleScope::All => false,
            PeopleScope::UserGroups(groups) => groups.contains(&group),
        }
    }
}

impl ExtraGrant {
    /// Whether the group stands in the scope of the same permission for the same time already.
    pub(crate) fn stood(&self, held: &[ExtraGrant], group: UserGroupId) -> bool {
        let is_same =
            |held: &&ExtraGrant| (held.permission, held.window) == (self.permission, self.window);
        let mut same = held.iter().filter(is_same);
        same.any(|held| held.scope.names(group))
    }
}

/// A permission on top of a role (AD-9).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExtraGrant {
    /// ◇, `admin.reports.view` or `admin.account.view`.
    pub permission: Permission,
    /// Written for a ◦ permission; `All` for the others.
    pub scope: PeopleScope,
    /// When it holds.
    #[serde(default)]
    pub window: Window,
}

impl ExtraGrant {
    /// Whether its time has passed: it gives nothing any more (AD-25).
    pub fn is_over(&self, now: Moment) -> bool {
        self.window.end.is_some_and(|end| end <= now)
    }

    /// Whether this grant, of the parent, is there whenever and wherever the child's is (I-4).
    pub fn carries(&self, child: &ExtraGrant) -> bool {
        (self.scope == PeopleScope::All || self.scope == child.scope)
            && (self.window.is_always() || self.window == child.window)
    }
}

/// Privileges of a limited account admin (S0).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LimitedAdmin {
    /// Any subset of the five privileges, the empty one too.
    pub privileges: PermissionSet,
    /// For whom.
    pub scope: PeopleScope,
}

/// Which companies a user sees in desk and remote support (SD-33).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompanyAccess {
    /// All companies.
    #[default]
    All,
    /// Only these.
    Listed {
        /// AD-26: empty means none.
        companies: IdSet<CompanyId>,
        /// Whether what has no company is shown.
        without_company: bool,
    },
}

impl CompanyAccess {
    /// Whether things of this company are visible.
    #[inline]
    pub fn admits(&self, company: Option<CompanyId>) -> bool {
        match (self, company) {
            (CompanyAccess::All, _) => true,
            (CompanyAccess::Listed { companies, .. }, Some(company)) => companies.contains(company),
            (
                CompanyAccess::Listed {
                    without_company, ..
                },
                None,
            ) => *without_company,
        }
    }
}

/// What only few people have, kept out of the row of the many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extras {
    /// Scope of a custom account role; `All` for the others.
    pub role_scope: PeopleScope,
    /// AD-9.
    pub extra_grants: Vec<ExtraGrant>,
    /// With [`AccountAdminKind::Limited`].
    pub limited_admin: Option<LimitedAdmin>,
    /// SD-33.
    pub company_access: CompanyAccess,
}

impl Extras {
    /// What somebody without extras has.
    pub const NONE: Extras = Extras {
        role_scope: PeopleScope::All,
        extra_grants: Vec::new(),
        limited_admin: None,
        company_access: CompanyAccess::All,
    };

    /// Whether the group stands in the scope of a limited account admin.
    pub fn admin_names(&self, group: UserGroupId) -> bool {
        let admin = self.limited_admin.as_ref();
        admin.is_some_and(|admin| admin.scope.names(group))
    }
}

impl Person {
    /// The extras, or their defaults.
    pub fn extras(&self) -> &Extras {
        static NONE: Extras = Extras::NONE;
        self.extras.as_deref().unwrap_or(&NONE)
    }

    /// Whether the person has a staff facet, in whatever state.
    pub fn is_user(&self) -> bool {
        self.user != UserFacet::Absent
    }

    /// Whether the person has a customer facet, in whatever state.
    pub fn is_customer(&self) -> bool {
        self.customer != CustomerFacet::Absent
    }

    /// SD-23: somebody who registered, did not confirm the address yet, and is nothing else.
    pub fn is_unconfirmed(&self) -> bool {
        self.customer == CustomerFacet::Unconfirmed && self.user == UserFacet::Absent
    }

    /// SD-22: a confirmed customer who was never looked at, or was looked at when no company had the domain. Whoever is somewhere, or was
    /// removed by hand, stays so.
    pub fn waits_to_be_sorted(&self) -> bool {
        self.customer == CustomerFacet::Active
            && self.company.is_none()
            && self.placement != Placement::ByHand
    }

    /// SD-33.
    #[inline]
    pub fn company_access(&self) -> &CompanyAccess {
        match &self.extras {
            Some(extras) => &extras.company_access,
            None => &CompanyAccess::All,
        }
    }
}
