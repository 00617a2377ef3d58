//! For whom a provider is, as it is written in REST, on forms and in refusals.

use access::state::Facet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// For whom a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Audience {
    /// Users: it opens the console, and never the portal.
    Staff,
    /// Customers of named companies: it opens the portal, and never the console.
    Customers,
}

impl Audience {
    pub fn facet(self) -> Facet {
        match self {
            Self::Staff => Facet::User,
            Self::Customers => Facet::Customer,
        }
    }

    pub fn of(facet: Facet) -> Self {
        match facet {
            Facet::User => Self::Staff,
            Facet::Customer => Self::Customers,
        }
    }

    /// As it is written everywhere.
    pub fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Customers => "customers",
        }
    }
}
