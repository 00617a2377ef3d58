//! One item of a list, as a file writes it: what it names, and from when until when it holds.
//!
//! `Night shift`, `Payroll:administrator`, `Night shift [2026-01-01T00:00:00Z..2026-07-01T00:00:00Z]`, `Night shift [..2026-07-01T00:00:00Z]`.

use access::{Moment, Window};
use jiff::Timestamp;

/// Separates the items of a list.
pub const SEPARATOR: char = ';';
/// Separates the user groups of a scope inside an item.
pub const OF_SCOPE: char = '|';
/// Nothing, where leaving it out would mean something else.
pub const NONE: &str = "-";

/// What an item names, and when it holds. What looks like no window is part of the name.
pub fn read(item: &str) -> (&str, Window) {
    let parsed = item.strip_suffix(']').and_then(|rest| {
        let (text, window) = rest.rsplit_once('[')?;
        let (start, end) = window.split_once("..")?;
        let (start, end) = (bound(start)?, bound(end)?);
        Some((text.trim_end(), Window { start, end }))
    });
    parsed.unwrap_or((item, Window::ALWAYS))
}

/// The item that is read as this.
pub fn write(text: &str, window: Window) -> String {
    if window.is_always() {
        return text.to_owned();
    }
    let bound = |moment: Option<Moment>| {
        let at = moment.and_then(|moment| Timestamp::from_millisecond(moment.0).ok());
        at.map(|at| at.to_string()).unwrap_or_default()
    };
    format!("{text} [{}..{}]", bound(window.start), bound(window.end))
}

/// Whether a name can stand in a list as it is.
pub fn is_plain(name: &str) -> bool {
    name.trim() == name
        && !name.is_empty()
        && name != NONE
        && !name.contains([SEPARATOR, OF_SCOPE])
        && read(name) == (name, Window::ALWAYS)
}

fn bound(text: &str) -> Option<Option<Moment>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let at = text.parse::<Timestamp>().ok()?;
    Some(Some(Moment(at.as_millisecond())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let (start, end) = (
            Some(Moment(1_790_000_000_123)),
            Some(Moment(1_800_000_000_000)),
        );
        for window in [
            Window::ALWAYS,
            Window { start, end },
            Window { start, end: None },
            Window { start: None, end },
        ] {
            for name in ["Night shift", "Payroll:user", "Desk [EMEA]", "Desk [a..b]"] {
                let written = write(name, window);
                assert_eq!(read(&written), (name, window), "{written}");
            }
        }
    }

    #[test]
    fn a_name_that_would_be_read_as_something_else_is_not_plain() {
        for name in ["Night shift", "Desk [EMEA]", "A:B", "A@B", "[..x]"] {
            assert!(is_plain(name), "{name}");
        }
        for name in [
            "",
            " ",
            "-",
            "A;B",
            "A|B",
            " A",
            "A [..]",
            "A [..2026-01-01T00:00:00Z]",
        ] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
