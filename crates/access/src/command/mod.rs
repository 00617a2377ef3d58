//! What somebody may ask to be changed. A command is checked against the state at the head of the log (who may give and take
//! what, rank, invariants) and becomes events, or is refused with the rule that says why.
//!
//! Start with [`Command`]; `dispatch.rs` sends each to the file that knows its rules; `authority.rs` is the table "who may give
//! and take what" of RULES §4, the only place that answers it.

mod account;
pub(crate) mod authority;
mod companies;
mod connections;
mod contact_centre;
mod dispatch;
mod draft;
mod enrol;
mod extra_grants;
mod hand_over;
mod invitations;
mod licences;
mod lives;
mod mapped;
mod mappings;
mod newcomers;
mod notice;
mod people;
mod portal;
mod proof;
mod provider_groups;
mod providers;
mod queue_people;
mod reach;
mod refusal;
mod registration;
mod remote_support;
mod right;
mod roles;
mod second_factor;
mod services;
mod tabs;
mod ties;
mod user_groups;
mod widening;

pub use self::contact_centre::LOGIN_HOURS;
pub(crate) use self::draft::Draft;
pub use self::enrol::{Employer, Enrolment, EnrolmentPart};
pub use self::mapped::Unmet;
pub(crate) use self::mappings::people_of_mappings;
pub use self::notice::{Notice, ToldOf};
pub use self::provider_groups::MembersChange;
pub use self::refusal::{Refusal, RefusalKind};
pub use self::tabs::{Own, Tab, TabKind};

use serde::{Deserialize, Serialize};

use crate::catalogue::{PermissionSet, Product, Switch};
use crate::event::{GrantHolder, ListedCompanies, Node, ProfileField};
use crate::ids::{
    CompanyId, ConnectionId, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId,
    ProviderGroupId, PublicId, QueueId, RoleId, ServiceId, TokenId, UserGroupId,
};
use crate::moment::{Moment, Window};
use crate::preview::Fingerprint;
use crate::state::{
    AccountAdminKind, ConnectionKind, ConnectionRights, CustomerAccess, DueDateOverride,
    ExtraGrant, Facet, LicenceModel, LimitedAdmin, Mapping, PeopleScope, PortalLevel, QueueKind,
    RegistrationPolicy, ServiceLevel, Tie, TokenOwner,
};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Somebody signed in, or a personal token.
    Person(PersonId),
    /// Somebody signed in by a provider, which opens one of their facets alone.
    Facet(PersonId, Facet),
    /// A program of its own (AD-29).
    Connection(ConnectionId),
    /// The set-up link, good for [`Command::OpenAccount`] alone.
    SetUp,
    /// A background job of the product, with a small role of its own.
    System(SystemSubject),
}

/// The jobs that act by themselves, each with the few commands that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemSubject {
    /// The operator at the server's own command line: switches the account off and on, and vouches for users who are invited.
    Operator,
    /// The portal's registration: adds customers who register, confirms addresses, lets whoever came by the link in (SD-22, SD-23).
    Registration,
    /// Remote support's sessions: takes and frees seats (AD-14).
    Sessions,
    /// The worker of mass actions: ends those whose runner may not run them any more (SD-4).
    MassActions,
    /// Mappings are applied again: what could not be given is tried once more (AD-30).
    Mappings,
    /// The sign-in pages: acceptance of invitations, changes of sign-in after proof by the person.
    SignIn,
    /// Mails that come in: opens incidents (SD-37). It has no commands, and one permission, `SystemSubject::holds`.
    Mail,
    /// Time itself: takes records from those whose access to them ended by it (SD-19, SD-38). It has no commands, and one permission.
    Time,
}

/// A row of the Permissions page (CC-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchRow {
    /// Which switch.
    pub switch: Switch,
    /// What it was, as the actor read it.
    pub was: bool,
    /// What it is to be.
    pub on: bool,
}

/// What somebody is to be in a queue: the whole of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueRow {
    /// Who.
    pub person: PersonId,
    /// Whether they serve it.
    pub agent: bool,
    /// Whether they supervise it.
    pub supervisor: bool,
    /// Given together with the role (CC-13).
    pub licence: Option<LicenceId>,
}

/// An account role with the people it reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleAssignment {
    /// System or custom role.
    pub role: RoleId,
    /// `All` for system roles; user groups make a group manager of a custom role's holder (AD-12).
    pub scope: PeopleScope,
}

/// A change that somebody asks for. New things bring their public id along, so that asking twice cannot make two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    // ---- account ----
    /// The first user of a new account, who gets everything (AD-17), with a first token and its end in the same step: an account that is
    /// open and has no way in could not be set up again.
    OpenAccount {
        first_user: PublicId<PersonId>,
        licences: [PublicId<LicenceId>; 3],
        token: Option<(PublicId<TokenId>, Moment)>,
    },
    /// Switches the account off or on.
    SetAccountActive { active: bool },
    /// Whether a second factor is asked of the holders of an account role; of everybody where none is named. By whoever may give the
    /// role, and by a Super admin for everybody.
    RequireSecondFactor {
        role: Option<RoleId>,
        required: bool,
    },

    // ---- people ----
    /// A new user, or the user facet of a customer. A scoped holder names a group of the scope (RULES §4 table).
    AddUser {
        id: PublicId<PersonId>,
        user_groups: Vec<UserGroupId>,
        account_role: Option<RoleAssignment>,
    },
    /// A user facet for somebody who is a customer.
    AddUserFacet {
        person: PersonId,
        user_groups: Vec<UserGroupId>,
    },
    /// A new customer with a known address: by `account.configure`, or by a user of `service`, as Access (no portal).
    AddCustomer {
        id: PublicId<PersonId>,
        service: Option<ServiceId>,
    },
    /// A customer facet for somebody who is a user, or who is a customer already (then nothing changes but the access).
    AddCustomerFacet {
        person: PersonId,
        service: Option<ServiceId>,
    },
    /// SD-23: somebody registers in the portal; the address is not confirmed yet. `domain`: of the address.
    Register {
        id: PublicId<PersonId>,
        domain: Box<str>,
        denied: bool,
    },
    /// SD-22, SD-23: the address of a customer is confirmed.
    ConfirmAddress {
        person: PersonId,
        domain: Box<str>,
        denied: bool,
    },
    /// SD-23: whoever has the link of an address comes by it, confirmed and with a way to sign in: as somebody new, or as who registered with
    /// the address and did not confirm it. In one step, so that of two who come at once by one link one comes.
    Arrive {
        id: PublicId<PersonId>,
        domain: Box<str>,
        denied: bool,
    },
    /// The invited user accepts and can sign in, or the operator vouches that it is so (AD-15).
    AcceptInvitation { person: PersonId },
    /// A new link by mail, in the place of earlier ones: of an invited user, or of a customer with a portal level (SD-24). The link
    /// stands beside the command; the actor never sees it (AD-24).
    Invite { person: PersonId, facet: Facet },
    /// The link that was sent is to lead nowhere; nothing else changes.
    RevokeInvitation { person: PersonId, facet: Facet },
    /// The person gains or loses the last way to sign in (AD-8).
    SetSignIn { person: PersonId, possible: bool },
    /// Values are in the profile store; here is who, and which fields (AD-24).
    EditProfile {
        person: PersonId,
        fields: Vec<ProfileField>,
    },
    /// A person with everything that belongs to them: one row of an import.
    Enrol(Box<Enrolment>),
    /// The same, and what it names is taken from somebody who leaves, in one step.
    HandOver { from: PersonId, to: Box<Enrolment> },
    /// Signs the person out at their browsers, or at the one that stands beside the command, and changes nothing else. By who may switch
    /// them off (AD-24).
    EndSignInSessions { person: PersonId },
    /// AD-15: the only switch.
    Deactivate { person: PersonId, facet: Facet },
    /// Needs rank (AD-24).
    Reactivate { person: PersonId, facet: Facet },
    /// AD-27: the actor is going to view as the person. Asked again of each request that views.
    ViewAs { person: PersonId },
    /// A sign-in provider knows the person from now on: after proof, at the sign-in pages.
    LinkProvider {
        person: PersonId,
        connection: ConnectionId,
        /// AD-15: the provider is sure who it is, so an invitation that waits is accepted.
        accepts: bool,
    },
    /// It does no longer: by the person, or by who could edit their identity (AD-24).
    UnlinkProvider {
        person: PersonId,
        connection: ConnectionId,
    },
    /// SD-26. A person with both facets needs who may delete both.
    ErasePerson { person: PersonId },

    // ---- roles and administration ----
    /// AD-1, AD-6, for one. Extra grants are dropped unless named again (AD-9). AD-23 for several: each by the same rules, skips
    /// reported.
    SetAccountRoles {
        people: Vec<PersonId>,
        assignment: RoleAssignment,
        keep: Vec<ExtraGrant>,
        bulk: bool,
    },
    /// AD-2, AD-3.
    CreateRole {
        id: PublicId<RoleId>,
        permissions: PermissionSet,
    },
    /// AD-2, AD-3.
    EditRole {
        role: RoleId,
        permissions: PermissionSet,
    },
    /// AD-5.
    DeleteRole {
        role: RoleId,
        replacement: Option<RoleId>,
    },
    /// AD-9.
    GiveExtraGrant { to: GrantHolder, grant: ExtraGrant },
    /// AD-9.
    TakeExtraGrant {
        from: GrantHolder,
        grant: ExtraGrant,
    },
    /// S0: account admin, full or limited, or no longer.
    SetAccountAdmin {
        person: PersonId,
        admin: Option<AccountAdminGrant>,
    },
    /// AD-16: by a Super admin, at once.
    SetBillingContact { person: PersonId },
    /// AD-16: the present one names a receiver.
    OfferBillingContact { to: PersonId },
    /// AD-16: the receiver accepts, in one step.
    AcceptBillingContact,

    // ---- user groups, device groups ----
    /// AD-12.
    CreateUserGroup {
        id: PublicId<UserGroupId>,
        parent: Option<UserGroupId>,
    },
    /// AD-12, AD-7.
    MoveUserGroup {
        group: UserGroupId,
        parent: Option<UserGroupId>,
    },
    /// AD-19.
    CreateDeviceGroup { id: PublicId<DeviceGroupId> },
    /// AD-19.
    AddDevice {
        id: PublicId<DeviceId>,
        group: DeviceGroupId,
        company: Option<CompanyId>,
    },
    /// AD-19.
    MoveDevice {
        device: DeviceId,
        group: DeviceGroupId,
        company: Option<CompanyId>,
    },

    // ---- ties ----
    /// Gives a membership, level, licence or product role to somebody, for ever or for a time. A level replaces the level that
    /// was there. Refused: [`Tie::AccountAdmin`], [`Tie::Login`], [`Tie::Paused`], [`Tie::Timed`], which have commands of their own.
    Tie {
        person: PersonId,
        tie: Tie,
        window: Window,
    },
    /// Takes it away, timed or not.
    Untie { person: PersonId, tie: Tie },
    /// Contact admin, queue agent or queue supervisor together with the licence, in one step (RULES §4 table).
    TieWithLicence {
        person: PersonId,
        tie: Tie,
        licence: LicenceId,
    },

    // ---- licences ----
    /// AD-14.
    BuyLicence {
        id: PublicId<LicenceId>,
        product: Product,
        model: LicenceModel,
        seats: u32,
    },
    /// AD-14.
    SetLicenceSeats { licence: LicenceId, seats: u32 },
    /// AD-14: a session key is made. The actor is the agent.
    TakeSeat {
        licence: LicenceId,
        seat: uuid::Uuid,
        person: PersonId,
    },
    /// AD-14.
    FreeSeat {
        licence: LicenceId,
        seat: uuid::Uuid,
    },

    // ---- service desk ----
    /// A new service names its first administrator.
    CreateService {
        id: PublicId<ServiceId>,
        first_administrator: PersonId,
    },
    /// SD-29.
    SetDueDateOverride {
        service: ServiceId,
        policy: DueDateOverride,
    },
    /// SD-23.
    SetServiceOpenToAll { service: ServiceId, open: bool },
    /// SD-4: whoever runs a mass action may not any more, or the server cannot write it, so it ends before its last record.
    EndMassAction {
        service: ServiceId,
        action: uuid::Uuid,
        failed: bool,
    },
    /// SD-28: noted by the desk when the first record comes.
    NoteRecords { service: ServiceId },
    /// SD-2, SD-18: rows of the Users tab. `None`: No access.
    SaveUsersTab {
        service: ServiceId,
        rows: Vec<(PersonId, Option<ServiceLevel>)>,
    },
    /// SD-8, SD-18: rows of the Groups tab.
    SaveGroupsTab {
        service: ServiceId,
        rows: Vec<(GroupId, bool)>,
    },
    /// SD-11, SD-18: rows of the Customers tab. `None`: No access.
    SaveCustomersTab {
        service: ServiceId,
        rows: Vec<(PersonId, Option<CustomerAccess>)>,
    },
    /// SD-9, SD-18: rows of the Companies tab.
    SaveCompaniesTab {
        service: ServiceId,
        rows: Vec<(CompanyId, bool)>,
    },
    /// SD-18: a whole tab; who is not in it has no access of their own afterwards.
    ReplaceTab {
        service: ServiceId,
        tab: Tab,
        /// The mark of the tab as it was read: refused if it is another one by now. `None`: whatever is there.
        read: Option<Fingerprint>,
    },
    /// A desk group.
    CreateGroup { id: PublicId<GroupId> },
    /// A client.
    CreateCompany { id: PublicId<CompanyId> },
    /// SD-22. People already here are not moved: see [`Command::SortNow`].
    AddDomain {
        company: CompanyId,
        domain: Box<str>,
    },
    /// SD-22.
    RemoveDomain {
        company: CompanyId,
        domain: Box<str>,
    },
    /// SD-22: sorts the never sorted customers with these confirmed domains.
    SortNow { people: Vec<(PersonId, Box<str>)> },
    /// SD-23.
    SetCompanyRegistration { company: CompanyId, accepts: bool },
    /// SD-23. `policy`: `None` leaves it as it is. `denied`, `allowed`: so many addresses and domains go on the denylist and off it
    /// beside this command.
    SetRegistration {
        policy: Option<RegistrationPolicy>,
        denied: u32,
        allowed: u32,
    },
    /// SD-21. `move_from_other`: a present company is left in the same step; otherwise it is a refusal.
    SetEmployer {
        person: PersonId,
        company: Option<CompanyId>,
        move_from_other: bool,
    },
    /// SD-13 for one (stored whatever its effect), SD-25 for several (skips reported).
    SetPortalLevel {
        people: Vec<PersonId>,
        level: PortalLevel,
        bulk: bool,
    },
    /// SD-33. `None`: all companies. Of a list that stands, what is hidden from the actor stays in it.
    SetCompanyAccess {
        person: PersonId,
        listed: Option<ListedCompanies>,
    },

    // ---- contact centre ----
    /// A queue.
    CreateQueue {
        id: PublicId<QueueId>,
        kind: QueueKind,
    },
    /// CC-1, CC-13: what several people are in a queue. Who is in no row stays what they are.
    SaveQueuePeople { queue: QueueId, rows: Vec<QueueRow> },
    /// CC-2 to CC-12.
    SetSwitch { switch: Switch, on: bool },
    /// CC-2: the changed rows of the Permissions page, each with what it was when it was read.
    SaveSwitches { rows: Vec<SwitchRow> },
    /// CC-3: the actor logs in.
    LogIn { queue: QueueId },
    /// CC-5: a supervisor logs somebody in. `hours`: limit, 12 by default.
    LogInOther {
        person: PersonId,
        queue: QueueId,
        hours: Option<u8>,
    },
    /// Oneself needs no right; somebody else needs `contact_centre.agents.log`.
    LogOut { person: PersonId, queue: QueueId },
    /// Pauses or resumes.
    SetPaused {
        person: PersonId,
        queue: QueueId,
        paused: bool,
    },

    // ---- names and lives ----
    /// The new name is in the profile store. People have [`Command::EditProfile`].
    Rename { node: Node },
    /// AD-25.
    Archive { node: Node },
    /// AD-25: needs the right to create it, and to give what comes back with it.
    Restore { node: Node },
    /// For ever. Roles have [`Command::DeleteRole`].
    Delete { node: Node },

    // ---- connections and tokens ----
    /// AD-29.
    CreateConnection {
        id: PublicId<ConnectionId>,
        role: RoleId,
        kind: ConnectionKind,
        #[serde(default)]
        rights: ConnectionRights,
    },
    /// AD-29.
    SetConnectionRole {
        connection: ConnectionId,
        role: RoleId,
    },
    /// AD-29: what it may do in products, by who could give that to people.
    SetConnectionRights {
        connection: ConnectionId,
        rights: ConnectionRights,
    },
    /// AD-29: for oneself, or for a connection.
    IssueToken {
        id: PublicId<TokenId>,
        owner: TokenOwner,
        expires: Moment,
    },
    /// One's own, a connection's, or somebody's over whom one has rank.
    RevokeToken { token: TokenId },

    // ---- provisioning ----
    /// AD-30: by the connection itself, whose directory has the group; those of a sign-in provider also by who manages integrations.
    CreateProviderGroup {
        id: PublicId<ProviderGroupId>,
        connection: ConnectionId,
    },
    /// AD-30: by the connection itself. What the mappings of the group give comes and goes in the same step; what cannot be given is no
    /// error ([`crate::State::unmet`]).
    ChangeProviderGroup {
        provider_group: ProviderGroupId,
        change: MembersChange,
    },
    /// AD-30: the whole list, in the order of the page.
    SetMappings {
        connection: ConnectionId,
        mappings: Vec<Mapping>,
    },
    /// AD-30: tries again what could not be given.
    ApplyMappings { connection: ConnectionId },

    // ---- other products ----
    /// Catalogues, things and roles of other products.
    Product(crate::products::ProductCommand),
}

/// What kind of account admin somebody becomes (S0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountAdminGrant {
    /// All five privileges, for everybody.
    Full,
    /// Chosen privileges, for a written scope.
    Limited(LimitedAdmin),
}

impl AccountAdminGrant {
    /// The kind without its particulars.
    pub fn kind(&self) -> AccountAdminKind {
        match self {
            AccountAdminGrant::Full => AccountAdminKind::Full,
            AccountAdminGrant::Limited(_) => AccountAdminKind::Limited,
        }
    }
}

/// What a command becomes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Empty when everything is already so.
    pub events: Vec<crate::event::Event>,
    /// What the answer says beyond yes.
    pub notices: Vec<Notice>,
    /// AD-23, SD-25: for commands on several people, each with its outcome, in the order asked.
    pub outcomes: Vec<(PersonId, Outcome)>,
}

/// Per person of a command on several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Changed,
    /// It was so already, and the actor may know that.
    Unchanged,
    /// Not done, with the reason (SD-25, AD-23).
    Skipped(Refusal),
}
