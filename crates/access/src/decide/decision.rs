//! What a decision says: yes or no, every gate, every path.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::catalogue::{Permission, Product, Switch};
use crate::command::SystemSubject;
use crate::ids::{
    CompanyId, ConnectionId, DeviceGroupId, DeviceId, GroupId, PersonId, ProductId, QueueId,
    RoleId, ServiceId, ThingId, UserGroupId,
};
use crate::moment::{Moment, Version};
use crate::state::{AccountAdminKind, CustomerAccess, DeskRight, PortalLevel, ServiceLevel};

/// Who is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Staff or customer.
    Person(PersonId),
    /// A program (AD-29).
    Connection(ConnectionId),
    /// Somebody without account, who may join a support session by code and nothing else.
    Guest,
    /// A subject of another product.
    Thing(ThingId),
    /// A background job of the product, with the few permissions that it needs. No text of a question names one.
    System(SystemSubject),
    /// An id that this account does not know: denied, whoever asks.
    Unknown,
}

/// What a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The account itself; for a queue's permission: every queue, present and future.
    Account,
    /// A person, as the one who is administered.
    Person(PersonId),
    /// A node of the tree of administration.
    UserGroup(UserGroupId),
    /// A service.
    Service(ServiceId),
    /// A record of the desk, by the facts that decide about it.
    Record(RecordFacts),
    /// A queue, and the calls that are in it now.
    Queue(QueueId),
    /// A call that belongs to no queue (CC-16).
    DirectCall,
    /// A managed device.
    Device(DeviceId),
    /// A support session, by whether the join code that was shown is valid for it (AD-18).
    Session {
        /// Short-lived, of this session, not used up.
        code_is_valid: bool,
    },
    /// A resource of another product.
    Thing(ThingId),
    /// An id that this account does not know: denied, whoever asks.
    Unknown,
}

/// Facts about a record that decide who may reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordFacts {
    /// Whose record it is.
    pub service: ServiceId,
    /// Whom it is for.
    pub customer: Option<PersonId>,
    /// SD-33: the company that the customer had when it was logged.
    pub company: Option<CompanyId>,
}

macro_rules! target_from {
    ($($id:ty => $variant:ident),*) => {$(
        impl From<$id> for Target { fn from(id: $id) -> Target { Target::$variant(id) } }
    )*};
}
target_from!(PersonId => Person, UserGroupId => UserGroup, ServiceId => Service, RecordFacts => Record, QueueId => Queue,
    DeviceId => Device, ThingId => Thing);

/// A condition that has to hold (RULES §7). All are asked; one that fails denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Gate {
    /// The account is open and active.
    Account,
    /// The subject is known, has the facet, and is active (AD-15).
    Person,
    /// The resource is known, of the right kind, and active (AD-25).
    Resource,
    /// Module access (SD-7).
    Licence,
    /// The permission, and its parent, is held at all.
    Permission,
    /// It is held over this resource.
    Scope,
    /// The subject outranks the person concerned (AD-24).
    Rank,
    /// Switches of the contact centre; conditions of other products.
    Switch,
    /// Company access (SD-33).
    Company,
}

impl Gate {
    /// All gates in the order of asking.
    pub const ALL: [Gate; 9] = [
        Gate::Account,
        Gate::Person,
        Gate::Resource,
        Gate::Licence,
        Gate::Permission,
        Gate::Scope,
        Gate::Rank,
        Gate::Switch,
        Gate::Company,
    ];
}

/// What a gate said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "reason")]
pub enum GateOutcome {
    /// It does not concern this permission.
    NotAsked,
    /// It lets pass.
    Passed,
    /// It denies.
    Failed(Reason),
}

/// Why a gate denies. For programs; faces make sentences of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Not set up, or switched off.
    AccountNotActive,
    /// Unknown id, of another account, or erased.
    UnknownSubject,
    /// Staff right for somebody who is not staff, portal right for somebody who is no customer.
    FacetMissing,
    /// Not yet accepted.
    Invited,
    /// Holds nothing (AD-15).
    Suspended,
    /// Switched off.
    Deactivated,
    /// The address is not confirmed (SD-23).
    Unconfirmed,
    /// Unknown id, of another account, deleted, or a kind that the permission is never about.
    UnknownResource,
    /// Archived, or switched off (AD-25).
    ResourceNotActive,
    /// SD-29: nobody may override due dates on this service.
    OverrideIsOff,
    /// CC-1, CC-16: there is nothing to monitor.
    NotMonitored,
    /// AD-18: no valid join code.
    NoJoinCode,
    /// No licence of this product (SD-7).
    NoLicence(Product),
    /// Nothing gives the permission.
    NotHeld,
    /// The permission is held, its parent is not (RULES §2).
    ParentNotHeld(Permission),
    /// The same, of another product, by the parent's number in its catalogue.
    ProductParentNotHeld(ProductId, u16),
    /// Held, but not over this resource.
    OutOfScope,
    /// SD-13: portal level *none*.
    PortalClosed,
    /// AD-24: an equal or a superior.
    Outranked,
    /// A switch would open it.
    SwitchOff(Switch),
    /// A condition of another product's catalogue said no.
    ConditionFalse,
    /// A condition of another product's catalogue failed: that denies.
    ConditionError,
    /// SD-33.
    CompanyHidden,
}

/// All gates of one decision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gates {
    asked: u16,
    failed: SmallVec<[(Gate, Reason); 2]>,
}

impl Gates {
    /// Records a gate, and says whether it lets pass. This is the only way to a gate: `cargo xtask mutate` breaks what is handed
    /// in here.
    #[inline]
    pub(crate) fn ask(&mut self, gate: Gate, outcome: Result<(), Reason>) -> bool {
        self.asked |= 1 << gate as u16;
        match outcome {
            Ok(()) => true,
            Err(reason) => {
                self.failed.push((gate, reason));
                false
            }
        }
    }

    /// Whether every gate that was asked let pass.
    #[inline]
    pub fn all_pass(&self) -> bool {
        self.failed.is_empty()
    }

    /// What one gate said.
    pub fn outcome(&self, gate: Gate) -> GateOutcome {
        if let Some((_, reason)) = self.failed.iter().find(|(failed, _)| *failed == gate) {
            GateOutcome::Failed(*reason)
        } else if self.asked & (1 << gate as u16) != 0 {
            GateOutcome::Passed
        } else {
            GateOutcome::NotAsked
        }
    }

    /// The gates that deny, with their reasons, in the order of asking.
    pub fn failed(&self) -> &[(Gate, Reason)] {
        &self.failed
    }

    /// Every gate with what it said.
    pub fn iter(&self) -> impl Iterator<Item = (Gate, GateOutcome)> + '_ {
        Gate::ALL.into_iter().map(|gate| (gate, self.outcome(gate)))
    }
}

/// How a right comes to the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Through {
    /// The subject's own.
    Direct,
    /// Membership of a desk group.
    Group(GroupId),
    /// Being counted in a user group.
    UserGroup(UserGroupId),
    /// Employment.
    Company(CompanyId),
}

/// What gives the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The account role.
    AccountRole(RoleId),
    /// AD-9.
    ExtraGrant(Permission),
    /// Account admin of remote support.
    AccountAdmin(AccountAdminKind),
    /// AD-16.
    BillingContact,
    /// Agent of remote support.
    Agent,
    /// A feature permission beside the tie to the device group.
    Feature(DeviceGroupId),
    /// An account right of the desk.
    DeskRight(DeskRight),
    /// A level on the service.
    ServiceLevel(ServiceLevel),
    /// The customer's own access to the service.
    CustomerAccess(CustomerAccess),
    /// Level and the company's access to the service.
    PortalLevel(PortalLevel),
    /// The company's access to the service alone: its people can be chosen as customers (SD-11).
    CompanyService,
    /// Contact admin.
    ContactAdmin,
    /// Supervisor of a queue; another one than asked about where the limit is off (CC-8).
    QueueSupervisor(QueueId),
    /// Agent of a queue.
    QueueAgent(QueueId),
    /// Logged in to the queue now.
    Login(QueueId),
    /// A switch opens it to every licensed user (CC-3).
    Switch(Switch),
    /// A valid join code (AD-18).
    JoinCode,
    /// Everybody may ask about themselves.
    Oneself,
    /// The only user of the account (AD-17).
    OnlyUser,
    /// What a background job of the product does.
    Job,
    /// A role of another product's catalogue, by its position there.
    ProductRole(ProductId, u16),
    /// A rule without role of another product's catalogue, by its position in the present version.
    ProductGrant(ProductId, u16),
}

/// Over what the right is held by this path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Everything of the account that the permission can be about.
    Account,
    /// The members of a user group and of those below.
    UserGroup(UserGroupId),
    /// One service.
    Service(ServiceId),
    /// One queue.
    Queue(QueueId),
    /// Every call queue (CC-8).
    CallQueues,
    /// The devices of one group.
    DeviceGroup(DeviceGroupId),
    /// The subject itself.
    Oneself,
    /// One support session.
    Session,
    /// One thing of another product.
    Thing(ThingId),
}

/// One complete way from the subject to the permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Path {
    /// How it comes to the subject.
    pub through: Through,
    /// What gives it.
    pub by: By,
    /// Over what.
    pub over: Over,
    /// First moment after, where the tie ends by itself.
    pub until: Option<Moment>,
}

/// Every path of one decision.
pub type Paths = SmallVec<[Path; 2]>;

/// The answer to one question, on one version of the state, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Yes or no.
    pub allowed: bool,
    /// Of the state that was asked.
    pub version: Version,
    /// For which moment.
    pub decided_at: Moment,
    /// What each gate said.
    pub gates: Gates,
    /// Every way by which the permission itself is held over the resource; the other gates may still deny.
    pub paths: Paths,
}
