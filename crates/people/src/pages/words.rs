//! States, levels and counts in the words of the screen.

use access::state::PortalLevel;
pub(super) use web::page::status::{customer_status, user_status};

/// A portal level (SD-13).
pub(super) fn level(level: PortalLevel) -> &'static str {
    match level {
        PortalLevel::None => "None",
        PortalLevel::Standard => "Standard",
        PortalLevel::Company => "Company",
        PortalLevel::CompanyAdmin => "Company Admin",
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
