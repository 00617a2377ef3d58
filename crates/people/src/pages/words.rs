//! States, levels and counts in the words of the screen.

pub(super) use web::page::status::{customer_status, portal_level as level, user_status};

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
