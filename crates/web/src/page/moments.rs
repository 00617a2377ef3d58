//! Moments on pages: in words, in a field, and days in an address. All are UTC, and say so.

use access::Moment;
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

/// A moment in words.
pub fn moment(moment: Moment) -> String {
    at(moment)
        .to_zoned(TimeZone::UTC)
        .strftime("%-d %B %Y, %H:%M UTC")
        .to_string()
}

/// The two fields that ask for a moment: a day, and a time of it, which may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MomentFields {
    /// Like `2026-03-03`.
    pub day: String,
    /// Like `12:00` or `12:00:30`.
    pub time: String,
}

impl MomentFields {
    /// As the fields take a moment.
    pub fn of(moment: Moment) -> Self {
        let zoned = at(moment).to_zoned(TimeZone::UTC);
        Self {
            day: zoned.strftime("%Y-%m-%d").to_string(),
            time: zoned.strftime("%H:%M:%S").to_string(),
        }
    }

    /// What they say, as an address has it: nothing where they are empty, the beginning of the day where the time is; `None` where it is no
    /// moment.
    pub fn moment(&self) -> Option<Option<String>> {
        let (day, time) = (self.day.trim(), self.time.trim());
        match time.is_empty() {
            true => moment_of_field(day),
            false => moment_of_field(&format!("{day}T{time}")),
        }
    }
}

/// What a field says, as an address has it: nothing where it is empty; `None` where it is no moment.
pub fn moment_of_field(text: &str) -> Option<Option<String>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let civil: DateTime = text.trim_end_matches('Z').parse().ok()?;
    let moment = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(Some(moment.to_string()))
}

/// The first moment of a day like `2026-03-01`, and that of the next one.
pub fn day(text: &str) -> Option<(Moment, Moment)> {
    let day: Date = text.parse().ok()?;
    let begins = |day: Date| {
        let zoned = day.to_zoned(TimeZone::UTC).ok()?;
        Some(Moment(zoned.timestamp().as_millisecond()))
    };
    Some((begins(day)?, begins(day.tomorrow().ok()?)?))
}

fn at(moment: Moment) -> Timestamp {
    Timestamp::from_millisecond(moment.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_goes_through_a_field_and_back() {
        let there = Moment(1_772_539_200_000);
        let fields = MomentFields::of(there);
        let text = format!("{}T{}", fields.day, fields.time);
        assert_eq!(fields.moment(), moment_of_field(&text));
        assert_eq!(text, "2026-03-03T12:00:00");
        assert_eq!(
            moment_of_field(&text),
            Some(Some("2026-03-03T12:00:00Z".to_owned()))
        );
        assert_eq!(moment_of_field(" "), Some(None));
        assert_eq!(moment_of_field("2026-03-03T12:00"), moment_of_field(&text));
        assert_eq!(moment_of_field("yesterday"), None);
        let fields = |day: &str, time: &str| {
            let (day, time) = (day.to_owned(), time.to_owned());
            MomentFields { day, time }.moment()
        };
        assert_eq!(fields("", ""), Some(None));
        assert_eq!(fields("2026-03-03", "12:00"), moment_of_field(&text));
        let midnight = "2026-03-03T00:00:00Z".to_owned();
        assert_eq!(fields("2026-03-03", ""), Some(Some(midnight)));
        assert_eq!(fields("", "12:00"), None);
    }

    #[test]
    fn a_day_is_twenty_four_hours() {
        let (begin, end) = day("2026-03-03").unwrap();
        assert_eq!(end.0 - begin.0, 86_400_000);
        assert_eq!(day("03/03/2026"), None);
    }
}
