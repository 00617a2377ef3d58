//! The state of one account: everything that decisions depend on, and nothing else. It changes by [`State::apply`] only.

mod apply;
mod before;
mod expiries;
mod links;
mod mappings;
mod on_person;
mod person;
mod rows;
mod tree;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::expiries::{Expiring, Expiry};
pub use self::mappings::{MappedTo, Mapping, Origins, ProviderGroup};
pub use self::person::{
    AccountAdminKind, CompanyAccess, CustomerAccess, CustomerFacet, DeskRight, ExtraGrant, Extras,
    Facet, LimitedAdmin, LoginBasis, PeopleScope, Person, Placement, PortalLevel, ServiceLevel,
    Tie, Ties, UserFacet,
};
pub use self::rows::{
    Company, Connection, ConnectionKind, ConnectionRights, Device, DeviceGroup, DueDateOverride,
    Group, Licence, LicenceModel, Life, Queue, QueueKind, Role, Service, Token, TokenOwner,
    UserGroup,
};
pub use self::tree::MAX_DEPTH;
use crate::catalogue::Switch;
use crate::ids::{
    CompanyId, ConnectionId, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId,
    ProviderGroupId, QueueId, RoleId, ServiceId, TimedTieId, TokenId, UserGroupId,
};
use crate::idset::IdSet;
use crate::moment::{Moment, Version, Window};
use crate::sorted::SortedMap;
use crate::table::{NamedTable, Table};

/// A tie with a start or an end. It counts inside its window only, and its row stays as history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TimedTie {
    /// Whose.
    pub person: PersonId,
    /// Never itself [`Tie::Timed`].
    pub tie: Tie,
    /// When it counts.
    pub window: Window,
}

/// Who may register in the portal (SD-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationPolicy {
    /// Nobody.
    #[default]
    Nobody,
    /// People of companies that accept it.
    Companies,
    /// Anyone.
    Anyone,
}

/// Settings of the account itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Account {
    /// Set up.
    pub open: bool,
    /// AD-25: switched off, it gives nothing.
    pub active: bool,
    /// AD-16.
    pub billing_contact: Option<PersonId>,
    /// AD-16: to whom the billing contact is being handed over.
    pub billing_offer: Option<PersonId>,
    /// SD-23.
    pub registration: RegistrationPolicy,
    /// Contact-centre switches that are on.
    pub switches: BTreeSet<Switch>,
    /// Of whom a second factor is asked when they sign in.
    pub second_factor: SecondFactorRule,
}

/// Of whom a second factor is asked when they sign in. It opens nothing, and no decision depends on it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorRule {
    /// Of everybody who signs in, customers too.
    pub everybody: bool,
    /// Of the users who hold one of these account roles.
    pub roles: BTreeSet<RoleId>,
}

impl SecondFactorRule {
    /// What is set for a role; for everybody where none is named.
    pub fn is_set_for(&self, role: Option<RoleId>) -> bool {
        role.map_or(self.everybody, |role| self.roles.contains(&role))
    }
}

/// One account. A clone is a fork: it costs a few pointers, and neither side sees what the other does later.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    version: Version,
    account: Arc<Account>,
    people: NamedTable<PersonId, Person>,
    /// Behind one pointer: most commands are about a person and leave it alone.
    rest: Arc<Rest>,
    /// Users who are not deleted, and the one if there is one only (AD-17).
    users: u32,
    only_user: Option<PersonId>,
    products: Arc<crate::products::Products>,
}

/// What is known beside the people.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Rest {
    roles: NamedTable<RoleId, Role>,
    user_groups: NamedTable<UserGroupId, UserGroup>,
    groups: NamedTable<GroupId, Group>,
    device_groups: NamedTable<DeviceGroupId, DeviceGroup>,
    devices: NamedTable<DeviceId, Device>,
    companies: NamedTable<CompanyId, Company>,
    services: NamedTable<ServiceId, Service>,
    queues: NamedTable<QueueId, Queue>,
    licences: NamedTable<LicenceId, Licence>,
    connections: NamedTable<ConnectionId, Connection>,
    provider_groups: NamedTable<ProviderGroupId, ProviderGroup>,
    tokens: NamedTable<TokenId, Token>,
    timed_ties: Table<TimedTieId, TimedTie>,
    domains: SortedMap<Box<str>, CompanyId>,
    /// Whoever may hold something administrative: a role other than Member, extras, or a † tie. Over-approximates.
    administrators: IdSet<PersonId>,
    /// Begins and ends of the timed ties and extra grants that are held, each with how many.
    expiries: SortedMap<Moment, u32>,
    /// When those tokens end that were not revoked.
    token_ends: SortedMap<(Moment, TokenId), ()>,
    /// Tokens that were not revoked, by whose they are.
    live_tokens: SortedMap<(TokenOwner, TokenId), ()>,
    /// SD-4: those that run.
    mass_actions: BTreeSet<uuid::Uuid>,
    /// AD-30: what stands by mappings alone, of those who have some.
    origins: SortedMap<PersonId, Origins>,
    /// SD-33: the company of each customer who was erased, by which they stay hidden. Whoever was staff too is not in here.
    erased_customers: SortedMap<PersonId, Option<CompanyId>>,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident [$($field:ident).+]: $id:ty => $row:ty;)*) => {
        impl State {
            $($(#[$doc])* pub fn $name(&self) -> &NamedTable<$id, $row> { &self.$($field).+ })*
        }
        $(impl Resolve for $id {
            fn resolve(state: &State, public: crate::PublicId<$id>) -> Option<$id> { state.$name().find(public) }
            fn public(self, state: &State) -> Option<crate::PublicId<$id>> { state.$name().public(self) }
        })*
    };
}

tables! {
    /// Everybody who ever was, erased people included (as blank rows).
    people [people]: PersonId => Person;
    /// System roles first, then custom ones.
    roles [rest.roles]: RoleId => Role;
    /// The tree of administration.
    user_groups [rest.user_groups]: UserGroupId => UserGroup;
    /// Desk groups.
    groups [rest.groups]: GroupId => Group;
    /// Device groups.
    device_groups [rest.device_groups]: DeviceGroupId => DeviceGroup;
    /// Devices.
    devices [rest.devices]: DeviceId => Device;
    /// Companies.
    companies [rest.companies]: CompanyId => Company;
    /// Services.
    services [rest.services]: ServiceId => Service;
    /// Queues.
    queues [rest.queues]: QueueId => Queue;
    /// Licence pools.
    licences [rest.licences]: LicenceId => Licence;
    /// Connections.
    connections [rest.connections]: ConnectionId => Connection;
    /// Groups of providers.
    provider_groups [rest.provider_groups]: ProviderGroupId => ProviderGroup;
    /// Tokens.
    tokens [rest.tokens]: TokenId => Token;
}

/// A dense id that has a public one.
pub trait Resolve: crate::ids::Dense {
    /// The dense id of a public one of this account.
    fn resolve(state: &State, public: crate::PublicId<Self>) -> Option<Self>;
    /// The public id of a dense one.
    fn public(self, state: &State) -> Option<crate::PublicId<Self>>;
}

impl State {
    /// An account before its first event.
    pub fn empty() -> State {
        State::default()
    }

    /// SD-4: whether a mass action runs: it was started, and did not end.
    pub fn runs_mass_action(&self, action: uuid::Uuid) -> bool {
        self.rest.mass_actions.contains(&action)
    }

    /// SD-33: the company, if any, of somebody who was a customer and no user when they were erased.
    pub(crate) fn erased_customer_of(&self, person: PersonId) -> Option<Option<CompanyId>> {
        self.rest.erased_customers.get(&person).copied()
    }

    /// Number of events applied.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The account's own settings.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The same for writing; copies what an older fork still shows.
    fn account_mut(&mut self) -> &mut Account {
        Arc::make_mut(&mut self.account)
    }

    /// The rest for writing; copies what an older fork still shows.
    fn rest_mut(&mut self) -> &mut Rest {
        Arc::make_mut(&mut self.rest)
    }

    /// The dense id behind a public one; `None` for ids of other accounts, other kinds and nobody.
    pub fn resolve<K: Resolve>(&self, public: crate::PublicId<K>) -> Option<K> {
        K::resolve(self, public)
    }

    /// The public id of a dense one.
    pub fn public<K: Resolve>(&self, id: K) -> Option<crate::PublicId<K>> {
        id.public(self)
    }

    /// Ties with a window.
    pub fn timed_ties(&self) -> &Table<TimedTieId, TimedTie> {
        &self.rest.timed_ties
    }

    /// The company that a domain sorts into, exactly as stored (SD-22).
    pub fn domain_owner(&self, domain: &str) -> Option<CompanyId> {
        self.rest.domains.get(domain).copied()
    }

    /// Other products' catalogues and things.
    pub fn products(&self) -> &crate::products::Products {
        &self.products
    }

    /// Other products' catalogues and things, for attaching what the profile store keeps of them.
    pub fn products_mut(&mut self) -> &mut crate::products::Products {
        Arc::make_mut(&mut self.products)
    }

    /// Whoever may hold an administrative right: candidates, not an answer.
    pub fn administrators(&self) -> &IdSet<PersonId> {
        &self.rest.administrators
    }

    /// Whether a contact-centre switch is on. A locked switch is on whatever is stored (CC-9).
    pub fn switch(&self, switch: Switch) -> bool {
        switch.is_locked() && switch.default_value() || self.account.switches.contains(&switch)
    }

    /// Whether the person has to sign in with a second factor.
    pub fn asks_second_factor(&self, person: PersonId) -> bool {
        let rule = &self.account.second_factor;
        let holds = |row: &Person| row.is_user() && rule.roles.contains(&row.account_role);
        rule.everybody || self.people.get(person).is_some_and(holds)
    }

    /// Users who are not deleted.
    pub fn user_count(&self) -> u32 {
        self.users
    }

    /// AD-17: the user of an account with exactly one.
    pub fn only_user(&self) -> Option<PersonId> {
        self.only_user
    }

    /// The next moment after `after` at which a timed tie or grant begins or ends: whoever keeps an answer asks again then.
    pub fn next_expiry(&self, after: Moment) -> Option<Moment> {
        let mut bounds = self.rest.expiries.from(&after).map(|(bound, _)| *bound);
        bounds.find(|bound| *bound > after)
    }

    /// Every tie of the person's, whether or not its time has come: the tie itself, its window, and its row if it is timed.
    pub fn ties_of<'a>(
        &'a self,
        person: &'a Person,
    ) -> impl Iterator<Item = (Tie, Window, Option<TimedTieId>)> + 'a {
        person.ties.iter().filter_map(|tie| match *tie {
            Tie::Timed(timed) => {
                let row = self.timed_ties().get(timed)?;
                Some((row.tie, row.window, Some(timed)))
            }
            tie => Some((tie, Window::ALWAYS, None)),
        })
    }

    /// The person's ties that count at this moment; a timed one stands as the tie that it is.
    pub fn ties_at<'a>(
        &'a self,
        person: &'a Person,
        now: Moment,
    ) -> impl Iterator<Item = (Tie, Window)> + 'a {
        person.ties.iter().filter_map(move |tie| match *tie {
            Tie::Timed(timed) => self
                .timed_ties()
                .get(timed)
                .filter(|row| row.window.contains(now))
                .map(|row| (row.tie, row.window)),
            tie => Some((tie, Window::ALWAYS)),
        })
    }
}
