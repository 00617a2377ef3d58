//! States, levels and counts in the words of the screen.

use access::decide::UserStatus;
use access::state::{CustomerFacet, PortalLevel};

/// A portal level (SD-13).
pub(super) fn level(level: PortalLevel) -> &'static str {
    match level {
        PortalLevel::None => "None",
        PortalLevel::Standard => "Standard",
        PortalLevel::Company => "Company",
        PortalLevel::CompanyAdmin => "Company Admin",
    }
}

/// AD-15: the shape and the word.
pub(super) fn user_status(status: UserStatus) -> (&'static str, &'static str) {
    match status {
        UserStatus::Active => ("on", "Active"),
        UserStatus::Invited => ("wait", "Invited"),
        UserStatus::Suspended => ("stop", "Suspended"),
        UserStatus::Deactivated => ("none", "Deactivated"),
        UserStatus::Absent => ("none", "No user"),
    }
}

/// The same of a customer.
pub(super) fn customer_status(facet: CustomerFacet) -> (&'static str, &'static str) {
    match facet {
        CustomerFacet::Active => ("on", "Active"),
        CustomerFacet::Unconfirmed => ("wait", "Unconfirmed"),
        CustomerFacet::Deactivated => ("none", "Deactivated"),
        CustomerFacet::Absent => ("none", "No customer"),
    }
}

/// A number with its thousands apart.
pub(super) fn number(number: usize) -> String {
    web::page::count(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let written = [0, 12, 999, 1_000, 12_480, 1_000_000].map(number);
        assert_eq!(written, ["0", "12", "999", "1,000", "12,480", "1,000,000"]);
    }
}
