//! What the log holds: facts about one account, in order. An event names ids and the names of changed fields, never a name,
//! an address or other free text. Events are history: a variant once released keeps its meaning.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::catalogue::{PermissionSet, Product, Switch};
use crate::ids::{
    CompanyId, ConnectionId, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId,
    ProviderGroupId, QueueId, RoleId, ServiceId, TimedTieId, TokenId, UserGroupId,
};
use crate::moment::{Moment, Window};
use crate::state::{
    ConnectionKind, ConnectionRights, CustomerFacet, DueDateOverride, ExtraGrant, Facet,
    LicenceModel, Life, LimitedAdmin, Mapping, PeopleScope, Placement, PortalLevel, QueueKind,
    RegistrationPolicy, Tie, TokenOwner, UserFacet,
};

/// A fact. Applying it cannot fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The account came to be.
    AccountOpened,
    /// The account was switched on or off.
    AccountActiveSet { active: bool },
    /// A person came to be, as Member, without any tie.
    PersonAdded {
        uid: Uuid,
        user: UserFacet,
        customer: CustomerFacet,
    },
    /// The staff facet changed its state.
    UserFacetSet { person: PersonId, state: UserFacet },
    /// The customer facet changed its state.
    CustomerFacetSet {
        person: PersonId,
        state: CustomerFacet,
    },
    /// Fields of the profile changed; their values are in the profile store.
    ProfileEdited {
        person: PersonId,
        fields: Vec<ProfileField>,
    },
    /// The person can or can no longer sign in.
    SignInSet { person: PersonId, possible: bool },
    /// Sessions and tokens of the person ended (AD-24).
    AccessEnded { person: PersonId },
    /// The person's data is erased (SD-26); the facets are absent from here on.
    PersonErased { person: PersonId },
    /// The one account role; `scope` is `All` for system roles.
    AccountRoleSet {
        person: PersonId,
        role: RoleId,
        scope: PeopleScope,
    },
    /// AD-9.
    ExtraGrantGiven { to: GrantHolder, grant: ExtraGrant },
    /// AD-9.
    ExtraGrantTaken {
        from: GrantHolder,
        grant: ExtraGrant,
    },
    /// With [`Tie::AccountAdmin`] limited.
    LimitedAdminSet {
        person: PersonId,
        admin: Option<LimitedAdmin>,
    },
    /// SD-33. `None`: all companies.
    CompanyAccessSet {
        person: PersonId,
        listed: Option<ListedCompanies>,
    },
    /// AD-2.
    RoleCreated {
        uid: Uuid,
        permissions: PermissionSet,
    },
    /// AD-2.
    RoleEdited {
        role: RoleId,
        permissions: PermissionSet,
    },
    /// Membership, level, licence or product role.
    Tied { person: PersonId, tie: Tie },
    /// The reverse.
    Untied { person: PersonId, tie: Tie },
    /// A tie that begins or ends by itself.
    TimedTied {
        person: PersonId,
        tie: Tie,
        window: Window,
    },
    /// Taken away before its end.
    TimedUntied { timed: TimedTieId },
    /// SD-13.
    PortalLevelSet {
        person: PersonId,
        level: PortalLevel,
    },
    /// SD-21.
    EmployerSet {
        person: PersonId,
        company: Option<CompanyId>,
        placement: Placement,
    },
    /// AD-16.
    BillingContactSet { person: Option<PersonId> },
    /// AD-16: the first half of handing over.
    BillingContactOffered { to: Option<PersonId> },
    /// AD-12.
    UserGroupCreated {
        uid: Uuid,
        parent: Option<UserGroupId>,
    },
    /// AD-12.
    UserGroupMoved {
        group: UserGroupId,
        parent: Option<UserGroupId>,
    },
    /// A desk group.
    GroupCreated { uid: Uuid },
    /// SD-8.
    GroupAccessSet {
        group: GroupId,
        service: ServiceId,
        full: bool,
    },
    /// A client.
    CompanyCreated { uid: Uuid },
    /// SD-9.
    CompanyServiceSet {
        company: CompanyId,
        service: ServiceId,
        full: bool,
    },
    /// SD-22. A company's domain is a setting of the account, not data about a person.
    DomainAdded {
        company: CompanyId,
        domain: Box<str>,
    },
    /// SD-22.
    DomainRemoved {
        company: CompanyId,
        domain: Box<str>,
    },
    /// SD-23.
    CompanyRegistrationSet { company: CompanyId, accepts: bool },
    /// SD-23.
    RegistrationSet { policy: RegistrationPolicy },
    /// A service of the desk.
    ServiceCreated { uid: Uuid },
    /// SD-29.
    DueDateOverrideSet {
        service: ServiceId,
        policy: DueDateOverride,
    },
    /// SD-23.
    ServiceOpenToAllSet { service: ServiceId, open: bool },
    /// SD-28: from here on the service can only be archived.
    ServiceHasRecords { service: ServiceId },
    /// SD-30: when the records of the service are due is another thing. What it says stands in a row of the service desk.
    ServiceTargetsSet { service: ServiceId },
    /// SD-37: the service takes mails at other addresses. They stand in rows of the service desk.
    ServiceMailSet { service: ServiceId },
    /// A service gives its records other presets. What they are stands in rows of the service desk.
    ServicePresetsSet { service: ServiceId },
    /// A queue of the contact centre.
    QueueCreated { uid: Uuid, kind: QueueKind },
    /// CC-2.
    SwitchSet { switch: Switch, on: bool },
    /// AD-19.
    DeviceGroupCreated { uid: Uuid },
    /// AD-19.
    DeviceAdded {
        uid: Uuid,
        group: DeviceGroupId,
        company: Option<CompanyId>,
    },
    /// AD-19.
    DeviceMoved {
        device: DeviceId,
        group: DeviceGroupId,
        company: Option<CompanyId>,
    },
    /// AD-14.
    LicenceBought {
        uid: Uuid,
        product: Product,
        model: LicenceModel,
        seats: u32,
    },
    /// AD-14.
    LicenceSeatsSet { licence: LicenceId, seats: u32 },
    /// AD-14: a session key was made.
    SeatTaken {
        licence: LicenceId,
        seat: Uuid,
        person: PersonId,
    },
    /// AD-14: the session ended or timed out, or an administrator cleared it.
    SeatFreed { licence: LicenceId, seat: Uuid },
    /// Something was archived, restored or deleted.
    LifeSet { of: Node, life: Life },
    /// AD-29.
    ConnectionCreated {
        uid: Uuid,
        role: RoleId,
        #[serde(default)]
        kind: ConnectionKind,
        /// Who made it, where a person did.
        #[serde(default)]
        maker: Option<PersonId>,
    },
    /// AD-29.
    ConnectionRoleSet {
        connection: ConnectionId,
        role: RoleId,
    },
    /// AD-29.
    TokenIssued {
        uid: Uuid,
        owner: TokenOwner,
        expires: Moment,
    },
    /// AD-28.
    TokenRevoked { token: TokenId },
    /// Another product's catalogue, thing or role; see [`crate::products`].
    Product(crate::products::ProductEvent),
    /// A thing has another name; it is in the profile store.
    Renamed { of: Node },
    /// SD-23: so many addresses and domains went on the denylist and off it. Which they are stands nowhere but in its keyed
    /// hashes.
    DenylistChanged { denied: u32, allowed: u32 },
    /// The mark of RULES §4: with the events before it the actor gave something to themselves.
    GivenToOneself { person: PersonId },
    /// SD-24, AD-15: a link was sent, in the place of earlier ones. Which it is stands nowhere but as a hash.
    InvitationSent { person: PersonId, facet: Facet },
    /// The link that was sent leads nowhere any more.
    InvitationRevoked { person: PersonId, facet: Facet },
    /// AD-27: the actor began to view as the person. It changes nothing, and stands in the log.
    ViewedAs { person: PersonId },
    /// Whether a second factor is asked of the holders of an account role; of everybody where none is named.
    SecondFactorRequired {
        role: Option<RoleId>,
        required: bool,
    },
    /// A list of the contact centre changed that no decision rests on. What it says stands in the rows of the slice.
    ContactCentre(ContactCentreEvent),
    /// What customers see around the pages of the portal is another: the name, the colour or the logo. They stand in the rows of the slice.
    PortalFaceSet,
    /// Many records of a service are changed at once (SD-4), and how far that came. What is done to which records stands in the rows of the
    /// slice.
    MassAction {
        service: ServiceId,
        action: Uuid,
        step: MassActionStep,
    },
    /// The browsers in which the person is signed in, or one of them, were signed out by somebody else (AD-24). Tokens go on.
    SignInSessionsEnded { person: PersonId },
    /// What a connection may do in products, beside its account role (AD-29).
    ConnectionRightsSet {
        connection: ConnectionId,
        rights: ConnectionRights,
    },
    /// AD-30: a provider has a group of people.
    ProviderGroupCreated { uid: Uuid, connection: ConnectionId },
    /// AD-30: who came into the provider's group, and who left it.
    ProviderGroupMembersChanged {
        provider_group: ProviderGroupId,
        added: Vec<PersonId>,
        taken: Vec<PersonId>,
    },
    /// AD-30: what the groups of a connection are mapped to, in the order of the page.
    MappingsSet {
        connection: ConnectionId,
        mappings: Vec<Mapping>,
    },
    /// [`Event::Tied`] by a mapping of the group, and by no hand (AD-30). It is taken by [`Event::Untied`].
    MappedTied {
        person: PersonId,
        tie: Tie,
        provider_group: ProviderGroupId,
    },
    /// The one account role, for everybody whom it can reach, by a mapping of the group (AD-30).
    MappedRoleSet {
        person: PersonId,
        role: RoleId,
        provider_group: ProviderGroupId,
    },
    /// Who is told of what happens is another: a webhook, or a collector of the audit log. Where it leads stands in a row of the slice, with
    /// its secret.
    Subscription {
        uid: Uuid,
        connection: ConnectionId,
        step: SubscriptionStep,
    },
    /// How a sign-in provider is set up is another. It stands in a row of the slice, with its secret.
    SignInProvider {
        connection: ConnectionId,
        step: ProviderStep,
        /// AD-8: who comes in without it, while people of a domain come in by it alone.
        break_glass: Option<PersonId>,
    },
    /// The provider knows somebody from now on, or no longer. By which name stands nowhere but as a hash.
    ProviderLinked {
        person: PersonId,
        connection: ConnectionId,
        linked: bool,
    },
}

/// What becomes of how a sign-in provider is set up, which the state only counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderStep {
    /// It came to be.
    Made,
    /// Something of it is another.
    Edited,
    /// It is gone for ever, and knows nobody.
    Removed,
    /// Something of it is another by which it names people: it knows nobody any more.
    KnowsNobody,
}

/// What becomes of a subscription, which the state only counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionStep {
    /// It came to be.
    Made,
    /// It has another address, another choice of kinds or another name.
    Edited,
    /// It has a new secret.
    SecretRotated,
    /// Somebody paused it.
    Paused,
    /// Somebody let it go on.
    Resumed,
    /// What was told is told again.
    Replayed,
    /// It is gone for ever.
    Removed,
}

/// A change in the lists of the contact centre: a record act, which the state only counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactCentreEvent {
    /// An entry came to be.
    EntryAdded { list: ContactCentreList, uid: Uuid },
    /// It says something else.
    EntryEdited { list: ContactCentreList, uid: Uuid },
    /// It is gone for ever.
    EntryRemoved { list: ContactCentreList, uid: Uuid },
    /// CC-10: an agent has the skill.
    SkillGiven { person: PersonId, skill: Uuid },
    /// The reverse.
    SkillTaken { person: PersonId, skill: Uuid },
}

/// What becomes of a mass action: the state knows which run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MassActionStep {
    /// It was started.
    Started,
    /// Somebody stopped it before its last record.
    Stopped,
    /// Every record was tried.
    Done,
    /// Whoever runs it may not any more.
    RightEnded,
    /// The server could not write it, again and again.
    Failed,
}

/// A list of the contact centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactCentreList {
    /// Why agents pause (CC-10).
    PauseReasons,
    /// What agents are good at (CC-10).
    Skills,
    /// Audio messages that agents play into calls (CC-12).
    PrerecordedMessages,
    /// Texts that everybody can send (CC-12).
    PrewrittenMessages,
}

/// Who holds an extra grant (AD-9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantHolder {
    /// One user.
    Person(PersonId),
    /// Everybody who is counted in the user group.
    UserGroup(UserGroupId),
}

/// The list of [`crate::state::CompanyAccess::Listed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedCompanies {
    /// AD-26: empty means none.
    pub companies: Vec<CompanyId>,
    /// Whether what has no company is shown.
    pub without_company: bool,
}

/// A field of a person's profile, by name only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileField {
    /// Display name.
    Name,
    /// E-mail address.
    Address,
    /// Telephone number.
    Phone,
    /// Job title.
    Title,
    /// Preferred language.
    Language,
    /// Password, second factor or passkey.
    SignIn,
    /// The caller's own id of the person.
    ExternalId,
    /// Of what the person wants no mails.
    Mails,
}

/// A thing with a name and a life of its own: it can be renamed, archived, restored and deleted (AD-25).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// Custom account role.
    Role(RoleId),
    /// User group.
    UserGroup(UserGroupId),
    /// Device group.
    DeviceGroup(DeviceGroupId),
    /// Device.
    Device(DeviceId),
    /// Desk group.
    Group(GroupId),
    /// Company.
    Company(CompanyId),
    /// Service.
    Service(ServiceId),
    /// Queue.
    Queue(QueueId),
    /// Licence pool.
    Licence(LicenceId),
    /// Connection.
    Connection(ConnectionId),
    /// Group of a provider: it ends with being deleted, and is never archived.
    ProviderGroup(ProviderGroupId),
}
