//! In which state somebody is, as a shape and a word: as the stylesheet draws it, and as it is read.

use access::{
    PersonId,
    decide::UserStatus,
    state::{CustomerFacet, Facet, PortalLevel},
};

use crate::session::Session;

/// The class of the shape, and the word.
pub type Status = (&'static str, &'static str);

/// Of a user (AD-15).
pub fn user_status(status: UserStatus) -> Status {
    match status {
        UserStatus::Active => ("on", "Active"),
        UserStatus::Invited => ("wait", "Invited"),
        UserStatus::Suspended => ("stop", "Suspended"),
        UserStatus::Deactivated => ("none", "Deactivated"),
        UserStatus::Absent => ("none", "No user"),
    }
}

/// Of a customer (SD-23).
pub fn customer_status(facet: CustomerFacet) -> Status {
    match facet {
        CustomerFacet::Active => ("on", "Active"),
        CustomerFacet::Unconfirmed => ("wait", "Unconfirmed"),
        CustomerFacet::Deactivated => ("none", "Deactivated"),
        CustomerFacet::Absent => ("none", "No customer"),
    }
}

/// A portal level (SD-13).
pub fn portal_level(level: PortalLevel) -> &'static str {
    match level {
        PortalLevel::None => "None",
        PortalLevel::Standard => "Standard",
        PortalLevel::Company => "Company",
        PortalLevel::CompanyAdmin => "Company Admin",
    }
}

impl Session {
    /// What is to be said of somebody who cannot act as what the page is about; nothing of whoever can.
    pub fn not_active(&self, person: PersonId, facet: Facet) -> Option<Status> {
        match facet {
            Facet::User => match self.view().user_status(person) {
                UserStatus::Active => None,
                status => Some(user_status(status)),
            },
            Facet::Customer => match self.state().people().get(person)?.customer {
                CustomerFacet::Active => None,
                facet => Some(customer_status(facet)),
            },
        }
    }
}
