//! Working time as people write it: `30 min`, `4 h`, `1 h 30 min`. Days are not written: how long one is depends on the hours.

/// Minutes in words.
pub(super) fn words(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// What somebody wrote: nothing where the field is empty, an error where it is no time.
pub(super) fn parse(text: &str) -> Result<Option<u32>, ()> {
    let mut text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let mut all: u32 = 0;
    let mut units = &[("h", 60), ("min", 1)][..];
    while !text.is_empty() {
        let digits = text.len()
            - text
                .trim_start_matches(|one: char| one.is_ascii_digit())
                .len();
        let (number, rest) = text.split_at(digits);
        let number: u32 = number.parse().map_err(drop)?;
        let rest = rest.trim_start();
        let place = units.iter().position(|(unit, _)| rest.starts_with(unit));
        let place = place.ok_or(())?;
        let (unit, minutes) = units.get(place).ok_or(())?;
        let more = number.checked_mul(*minutes).ok_or(())?;
        all = all.checked_add(more).ok_or(())?;
        units = units.get(place + 1..).unwrap_or_default();
        text = rest.get(unit.len()..).unwrap_or_default().trim_start();
    }
    Ok(Some(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for minutes in [1, 30, 59, 60, 61, 90, 480, 4_800, 525_600] {
            assert_eq!(parse(&words(minutes)), Ok(Some(minutes)));
        }
        for (text, minutes) in [("4h", 240), (" 90 min ", 90), ("1h30min", 90), ("0 h", 0)] {
            assert_eq!(parse(text), Ok(Some(minutes)), "{text}");
        }
        assert_eq!(parse("  "), Ok(None));
        for wrong in [
            "4",
            "h",
            "4 d",
            "4 h 4 h",
            "30 min 1 h",
            "-1 h",
            "99999999999 h",
            "4294967295 h",
            "1.5 h",
        ] {
            assert_eq!(parse(wrong), Err(()), "{wrong}");
        }
    }
}
