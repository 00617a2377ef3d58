//! Lists of people: filtered, sorted, counted and paged by key, at a million of them, cut by what the reader sees.
//!
//! The database gives candidates in the order of the list, sets of the state narrow them down, and the access core says of each whether
//! it belongs there (`matching.rs`). Where few match, they are found first and sorted then; where many do, the list is walked
//! (`page.rs`). Of those whom a text finds in too great a number some are taken, and stand in the order in which they were found:
//! to sort some of them would promise an order that the list has not. Nothing here decides access.

mod found;
mod matching;
mod page;
mod start;
mod whole;

use access::{
    CompanyId, GroupId, LicenceId, RoleId, ServiceId, UserGroupId,
    state::{Facet, PortalLevel, Tie},
};
use serde::{Deserialize, Serialize};

pub use self::found::{Count, Found};
pub use self::matching::Matching;
pub use self::page::read;
pub use self::start::Start;
pub use self::whole::{Stretch, Whole, count, stretch, whole};

/// Whom a list is about, and in which order.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Users or customers.
    pub facet: Facet,
    /// The beginning of a word of the name, of the address, of a number, or of the name of the company.
    pub text: Option<String>,
    /// Users with this account role.
    pub role: Option<RoleId>,
    /// People in this state.
    pub status: Option<Status>,
    /// Users in this user group or below.
    pub user_group: Option<UserGroupId>,
    /// Users who hold this licence.
    pub licence: Option<LicenceId>,
    /// People of this company.
    pub company: Option<CompanyId>,
    /// Customers with this portal level.
    pub level: Option<PortalLevel>,
    /// People with this stored on a service (SD-2).
    pub stored: Option<Stored>,
    /// People who have access to this service now, by whichever way.
    pub access: Option<Access>,
    /// The order.
    pub sort: Sort,
}

impl Wanted {
    /// All with a facet, by name.
    pub fn all(facet: Facet) -> Self {
        Self {
            facet,
            text: None,
            role: None,
            status: None,
            user_group: None,
            licence: None,
            company: None,
            level: None,
            stored: None,
            access: None,
            sort: Sort::Name,
        }
    }

    /// Whether everybody with the facet is meant.
    pub(crate) fn is_unfiltered(&self) -> bool {
        matches!(
            self,
            Self {
                facet: _,
                text: None,
                role: None,
                status: None,
                user_group: None,
                licence: None,
                company: None,
                level: None,
                stored: None,
                access: None,
                sort: _,
            }
        )
    }
}

/// What is stored for ever of a person's own access to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// This level or access.
    Tie(ServiceId, Tie),
    /// Nothing.
    Nothing(ServiceId),
}

/// Access to a service as it is, whatever is stored: a decision about each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Of this service.
    pub service: ServiceId,
    /// By which ways.
    pub by: Ways,
}

/// The ways that a filter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// Any.
    Any,
    /// Any group, perhaps beside others (SD-10).
    Groups,
    /// This group, perhaps beside others.
    Group(GroupId),
    /// The company, perhaps beside an access of their own (SD-9).
    Companies,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Name.
    #[default]
    Name,
    /// Address.
    Address,
    /// Name of the company, then name; who has none, or one that the reader does not see, comes last.
    Company,
    /// Account role or portal level, the one that opens most first, then name.
    Rank,
    /// Who came last comes first.
    Newest,
}

/// In which state somebody is: of a user (AD-15), or of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// May act; of a customer: confirmed.
    Active,
    /// A user who has not accepted yet.
    Invited,
    /// A user who holds nothing: derived at the moment that is asked about.
    Suspended,
    /// Switched off.
    Deactivated,
    /// A customer whose address is not confirmed.
    Unconfirmed,
}

/// How far a page looks.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Up to here counts are exact, and the people of a list are found before they are sorted.
    pub few: usize,
    /// So many who are known are looked up one by one and sorted. Where they are more, a page of them is looked for on the way through
    /// the list first.
    pub sorted: usize,
    /// So many people and companies one page looks at before it ends, to within a stretch. It may be short while there is more.
    pub walked: usize,
    /// So many companies are read at once, and taken as they come where no more are known to have somebody on the list.
    pub companies: usize,
    /// So many words that a text begins are looked at, and as many employees of companies that it finds.
    pub searched: usize,
    /// The first stretch of a walk; each one is twice as long as the one before.
    pub stretch: usize,
    /// Rows that a count looks at, where no set narrows the people down.
    pub counted: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            few: 10_000,
            sorted: 2_000,
            walked: 60_000,
            companies: 512,
            searched: 20_000,
            stretch: 256,
            counted: 250_000,
        }
    }
}
