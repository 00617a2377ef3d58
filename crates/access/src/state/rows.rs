//! The rows of everything but people. Each list of edges lives in its owner's row; sets of people are reverse indexes that
//! may name too many (a timed tie counts from the day it is written), never too few.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::mappings::Mapping;
use super::person::ExtraGrant;
use crate::catalogue::{PermissionSet, Product};
use crate::ids::{
    CompanyId, ConnectionId, DeviceGroupId, DeviceId, GroupId, PersonId, ProviderGroupId, RoleId,
    ServiceId, UserGroupId,
};
use crate::idset::IdSet;
use crate::moment::Moment;
use crate::table::Named;

macro_rules! named {
    ($($row:ty),*) => {$(impl Named for $row { fn uid(&self) -> Uuid { self.uid } })*};
}
named!(
    Role,
    UserGroup,
    DeviceGroup,
    Device,
    Group,
    Company,
    Service,
    Queue,
    Licence,
    Connection,
    Token
);

/// Whether a thing counts (AD-25).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// Counts.
    #[default]
    Active,
    /// Gives nothing; can be restored.
    Archived,
    /// Gives nothing, for ever.
    Deleted,
}

impl Life {
    /// Whether it gives anything.
    #[inline]
    pub fn is_active(self) -> bool {
        self == Life::Active
    }
}

/// An account role (AD-1): three of the catalogue, the others custom (AD-2).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Role {
    /// Number of the public id.
    pub uid: Uuid,
    /// What it gives. Parents always included (I-4).
    pub permissions: PermissionSet,
    /// State.
    pub life: Life,
    /// Who holds it; not kept for Member, which nearly everybody holds and which gives nothing.
    pub holders: IdSet<PersonId>,
}

/// A node of the user-group tree (AD-12).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserGroup {
    /// Number of the public id.
    pub uid: Uuid,
    /// The group above.
    pub parent: Option<UserGroupId>,
    /// The groups right below, deleted ones not included.
    pub children: IdSet<UserGroupId>,
    /// State.
    pub life: Life,
    /// AD-9: what every member counted in holds on top.
    pub extra_grants: Vec<ExtraGrant>,
    /// Its own members, without those of the groups below.
    pub members: IdSet<PersonId>,
    /// Whose role, extra grant or limited admin has this group in its scope.
    pub managers: IdSet<PersonId>,
}

impl UserGroup {
    /// Whether being counted in it gives an extra grant, now or later (AD-9).
    pub fn carries_grants(&self, now: Moment) -> bool {
        self.extra_grants.iter().any(|grant| !grant.is_over(now))
    }
}

/// A set of managed devices with the agents who may reach them (AD-19).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeviceGroup {
    /// Number of the public id.
    pub uid: Uuid,
    /// State.
    pub life: Life,
    /// Agents.
    pub agents: IdSet<PersonId>,
    /// Devices.
    pub devices: IdSet<DeviceId>,
}

/// A managed device (AD-19).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Device {
    /// Number of the public id.
    pub uid: Uuid,
    /// Where it belongs.
    pub group: DeviceGroupId,
    /// Whose it is (SD-33).
    pub company: Option<CompanyId>,
    /// State.
    pub life: Life,
}

/// A named set of users to whom work is assigned (SD-8).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Group {
    /// Number of the public id.
    pub uid: Uuid,
    /// State.
    pub life: Life,
    /// Members, users only (I-8).
    pub members: IdSet<PersonId>,
    /// The services to which it has full access.
    pub services: IdSet<ServiceId>,
}

/// A client organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Company {
    /// Number of the public id.
    pub uid: Uuid,
    /// State.
    pub life: Life,
    /// SD-22; lower case, in their ASCII form.
    pub domains: Vec<Box<str>>,
    /// The services given to it (SD-9).
    pub services: IdSet<ServiceId>,
    /// Its people (SD-21).
    pub employees: IdSet<PersonId>,
    /// SD-23: people of its domains may register themselves.
    pub accepts_registration: bool,
}

/// Who may override a due date (SD-29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueDateOverride {
    /// Nobody.
    Off,
    /// Service administrators.
    #[default]
    Administrators,
    /// Every user of the service.
    EveryUser,
}

/// A product, project or team supported in the service desk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Service {
    /// Number of the public id.
    pub uid: Uuid,
    /// State.
    pub life: Life,
    /// SD-29.
    pub due_date_override: DueDateOverride,
    /// SD-23: given to everybody who registers.
    pub open_to_all: bool,
    /// SD-28: a service that ever had a record is archived, never deleted.
    pub has_records: bool,
    /// People with an own tie, users and customers.
    pub people: IdSet<PersonId>,
    /// Groups with full access.
    pub groups: IdSet<GroupId>,
    /// Companies with full access.
    pub companies: IdSet<CompanyId>,
}

/// What kind of queue it is (CC-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueKind {
    /// Call queue: the only kind to which the two switches of CC-3 and CC-8 apply.
    Call,
    /// Ring group: agents only, always by assignment.
    RingGroup,
    /// Inbox queue.
    Inbox,
    /// Campaign.
    Campaign,
}

/// A queue of the contact centre.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Queue {
    /// Number of the public id.
    pub uid: Uuid,
    /// Kind.
    pub kind: QueueKind,
    /// State.
    pub life: Life,
    /// Agents, supervisors and whoever is logged in.
    pub people: IdSet<PersonId>,
}

/// How seats of a licence are counted (AD-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenceModel {
    /// One holder a seat.
    Named,
    /// A pool: a seat is in use from session key to end of session. Remote support only.
    Concurrent,
}

/// A pool of licences of one product.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Licence {
    /// Number of the public id.
    pub uid: Uuid,
    /// Whose modules it opens (SD-7).
    pub product: Product,
    /// How seats are counted.
    pub model: LicenceModel,
    /// Seats bought.
    pub bought: u32,
    /// Holders of a seat, or those entitled to the pool.
    pub holders: IdSet<PersonId>,
    /// Concurrent seats in use: the session key's number and who made it.
    pub seats: Vec<(Uuid, PersonId)>,
    /// State.
    pub life: Life,
}

impl Licence {
    /// Seats in use (I-10).
    pub fn in_use(&self) -> usize {
        match self.model {
            LicenceModel::Named => self.holders.len(),
            LicenceModel::Concurrent => self.seats.len(),
        }
    }
}

/// What a program connects for. Fixed when it is made: of what it may do beside its role nothing is ever added.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionKind {
    /// Keeps people as a directory has them (SCIM): what leaves there is switched off here, whatever its rank (AD-24).
    Provisioning,
    /// Lets people sign in.
    SignInProvider,
    /// Anything else that has a token.
    #[default]
    Service,
}

/// What a connection may do in products, beside its account role (AD-29): by it mappings give levels and queue roles (AD-30). No licence
/// is asked for it: a program is no seat of anybody's.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionRights {
    /// `service_desk.account.configure`.
    pub configure_desk: bool,
    /// Contact admin.
    pub contact_admin: bool,
}

/// A program that acts by itself (AD-29).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Connection {
    /// Number of the public id.
    pub uid: Uuid,
    /// What it is for.
    pub kind: ConnectionKind,
    /// It never does more than this role, and its rights.
    pub role: RoleId,
    /// In products.
    pub rights: ConnectionRights,
    /// State.
    pub life: Life,
    /// AD-29: who made it, where a person did. It lives on when they leave.
    pub maker: Option<PersonId>,
    /// AD-30: groups of its provider that are not deleted.
    pub provider_groups: IdSet<ProviderGroupId>,
    /// AD-30: what they are mapped to, in the order of the page.
    pub mappings: Vec<Mapping>,
    /// AD-8: the Super admin who comes in without it, while people of a domain come in by it alone.
    pub break_glass: Option<PersonId>,
}

/// Who presents a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenOwner {
    /// AD-29: acts as its owner and no further.
    Person(PersonId),
    /// AD-29: acts as the connection.
    Connection(ConnectionId),
}

/// An API token; its secret is not here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    /// Number of the public id.
    pub uid: Uuid,
    /// As whom it acts.
    pub owner: TokenOwner,
    /// First moment at which it is refused.
    pub expires: Moment,
    /// Ended by hand, or with its owner's sign-in (AD-24).
    pub revoked: bool,
}
