//! Working time: which hours of which days count, in whose time zone. Pure: moments come in and go out, and nothing tells the time.

use std::{collections::BTreeSet, fmt, str::FromStr};

use access::Moment;
use jiff::{
    Timestamp,
    civil::{Date, Weekday},
    tz::{AmbiguousOffset, TimeZone},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MINUTES_OF_DAY: u16 = 24 * 60;
const MINUTE: i64 = 60_000;
/// How many days are looked at, at most: what takes longer than ten years of working time ends there.
const DAYS_MAX: usize = 3_660;
/// Spans of one day.
pub(crate) const SPANS_MAX: usize = 6;

/// Working time that passes, or is needed, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Work(pub i64);

impl Work {
    pub fn minutes(minutes: u32) -> Self {
        Self(i64::from(minutes) * MINUTE)
    }

    /// A share of it, in percent.
    pub fn percent(self, share: u8) -> Self {
        Self(self.0 / 100 * i64::from(share) + self.0 % 100 * i64::from(share) / 100)
    }

    pub fn plus(self, more: Work) -> Self {
        Self(self.0.saturating_add(more.0))
    }

    pub fn less(self, less: Work) -> Self {
        Self(self.0.saturating_sub(less.0).max(0))
    }
}

/// A time of a day in minutes; 24:00 ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimeOfDay(u16);

impl TimeOfDay {
    /// A full hour.
    pub const fn of_hour(hour: u8) -> Self {
        let minutes = hour as u16 * 60;
        Self(if minutes > MINUTES_OF_DAY {
            MINUTES_OF_DAY
        } else {
            minutes
        })
    }
}

impl FromStr for TimeOfDay {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (hours, minutes) = text.split_once(':').ok_or(())?;
        let of = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
            let is_number =
                lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            is_number
                .then(|| part.parse::<u16>().ok())
                .flatten()
                .ok_or(())
        };
        let (hours, minutes) = (of(hours, 1..=2)?, of(minutes, 2..=2)?);
        let all = hours * 60 + minutes;
        let is_time = minutes < 60 && all <= MINUTES_OF_DAY;
        is_time.then_some(Self(all)).ok_or(())
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let wrong = |()| serde::de::Error::custom("a time of a day is 00:00 to 24:00");
        text.parse().map_err(wrong)
    }
}

/// When somebody works, within one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Span {
    pub from: TimeOfDay,
    pub to: TimeOfDay,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", self.from, self.to)
    }
}

/// What is wrong with hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WrongHours {
    /// It ends before it begins: what goes on past midnight is two spans, of two days.
    PastMidnight,
    /// One begins before the one before it ended.
    Overlap,
    /// More of a day than [`SPANS_MAX`].
    TooMany,
    /// Nobody ever works.
    Never,
}

impl WrongHours {
    pub fn why(self) -> &'static str {
        match self {
            Self::PastMidnight => {
                "hours end later than they begin, within one day: past midnight, give the rest to the next day"
            }
            Self::Overlap => "hours of a day come one after the other, and do not overlap",
            Self::TooMany => "a day has up to six spans of hours",
            Self::Never => "some day of the week has hours",
        }
    }
}

/// The hours of a week, Monday first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Week(pub [Vec<Span>; 7]);

impl Week {
    /// The same hours from Monday to Friday.
    pub fn of_office(from: TimeOfDay, to: TimeOfDay) -> Self {
        let day = vec![Span { from, to }];
        let mut week = Self::default();
        week.0[..5].fill(day);
        week
    }

    /// What is wrong with it, and on which day.
    pub fn check(&self) -> Result<(), (usize, WrongHours)> {
        for (day, spans) in self.0.iter().enumerate() {
            if spans.len() > SPANS_MAX {
                return Err((day, WrongHours::TooMany));
            }
            if spans.iter().any(|span| span.from >= span.to) {
                return Err((day, WrongHours::PastMidnight));
            }
            if spans.windows(2).any(|two| two[1].from < two[0].to) {
                return Err((day, WrongHours::Overlap));
            }
        }
        if self.0.iter().all(Vec::is_empty) {
            return Err((0, WrongHours::Never));
        }
        Ok(())
    }
}

/// When working time passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Calendar<'a> {
    zone: TimeZone,
    /// `None`: around the clock.
    week: Option<&'a Week>,
    holidays: &'a BTreeSet<Date>,
}

impl<'a> Calendar<'a> {
    pub fn new(zone: TimeZone, week: Option<&'a Week>, holidays: &'a BTreeSet<Date>) -> Self {
        Self {
            zone,
            week,
            holidays,
        }
    }

    /// The moment at which so much working time has passed since another.
    pub fn after(&self, from: Moment, work: Work) -> Moment {
        let mut left = work.0;
        if left <= 0 {
            return from;
        }
        let mut reached = from;
        for (begins, ends) in self.spans(from) {
            let (begins, ends) = (begins.max(from.0), ends.max(from.0));
            if ends - begins >= left {
                return Moment(begins + left);
            }
            left -= ends - begins;
            reached = Moment(ends);
        }
        // Ten years are looked at, and it takes longer.
        reached
    }

    /// The working time between two moments; none where the second is the earlier one.
    pub fn between(&self, from: Moment, to: Moment) -> Work {
        let spans = self.spans(from).take_while(|(begins, _)| *begins < to.0);
        let passed = spans.map(|(begins, ends)| ends.min(to.0) - begins.max(from.0));
        Work(passed.filter(|one| *one > 0).sum())
    }

    /// The spans of the day of a moment and of those that follow, in milliseconds since the epoch.
    fn spans(&self, from: Moment) -> impl Iterator<Item = (i64, i64)> {
        let first = Timestamp::from_millisecond(from.0).ok();
        let first = first.map(|at| self.zone.to_datetime(at).date());
        let next = |day: &Date| day.tomorrow().ok();
        let days = std::iter::successors(first, next).take(DAYS_MAX);
        days.filter(|day| !self.holidays.contains(day))
            .flat_map(move |day| {
                let spans = self.hours(day.weekday());
                spans.filter_map(move |(from, to)| Some((self.at(day, from)?, self.at(day, to)?)))
            })
    }

    fn hours(&self, day: Weekday) -> impl Iterator<Item = (u16, u16)> + use<'_> {
        let day = usize::try_from(day.to_monday_zero_offset()).unwrap_or(0);
        let always = self.week.is_none().then_some((0, MINUTES_OF_DAY));
        let spans = self.week.and_then(|week| week.0.get(day));
        let spans = spans.into_iter().flatten();
        always
            .into_iter()
            .chain(spans.map(|span| (span.from.0, span.to.0)))
    }

    /// A time of a day in this zone. One that a change of the clocks leaves out comes when they have changed, one that comes twice is the first.
    fn at(&self, day: Date, minutes: u16) -> Option<i64> {
        let (day, minutes) = match minutes {
            MINUTES_OF_DAY => (day.tomorrow().ok()?, 0),
            minutes => (day, minutes),
        };
        let (hour, minute) = (
            i8::try_from(minutes / 60).ok()?,
            i8::try_from(minutes % 60).ok()?,
        );
        let civil = day.at(hour, minute, 0, 0);
        let found = self.zone.to_ambiguous_timestamp(civil);
        let at = found.compatible().ok()?;
        if !matches!(found.offset(), AmbiguousOffset::Gap { .. }) {
            return Some(at.as_millisecond());
        }
        // The transition may be that very moment.
        let after = Timestamp::from_millisecond(at.as_millisecond() + 1).ok()?;
        let changed = self.zone.preceding(after).next()?;
        Some(changed.timestamp().as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    fn spans(text: &str) -> Vec<Span> {
        let span = |text: &str| {
            let (from, to) = text.split_once('-').unwrap();
            Span {
                from: time(from),
                to: time(to),
            }
        };
        text.split_whitespace().map(span).collect()
    }

    fn at(text: &str) -> Moment {
        let zoned: jiff::Zoned = text.parse().unwrap();
        Moment(zoned.timestamp().as_millisecond())
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn office() -> Week {
        Week::of_office(time("09:00"), time("17:00"))
    }

    #[test]
    fn sd_30_working_time_passes_in_hours_alone() {
        let week = office();
        let holidays = BTreeSet::from([Date::constant(2026, 12, 25)]);
        let calendar = Calendar::new(zone("Europe/Brussels"), Some(&week), &holidays);
        for (from, minutes, to) in [
            // Thursday in the middle of the day.
            (
                "2026-11-26T10:00[Europe/Brussels]",
                30,
                "2026-11-26T10:30[Europe/Brussels]",
            ),
            // To the very end of the day, and past it.
            (
                "2026-11-26T16:00[Europe/Brussels]",
                60,
                "2026-11-26T17:00[Europe/Brussels]",
            ),
            (
                "2026-11-26T16:00[Europe/Brussels]",
                61,
                "2026-11-27T09:01[Europe/Brussels]",
            ),
            // Before the day begins, and after it ended.
            (
                "2026-11-26T03:00[Europe/Brussels]",
                60,
                "2026-11-26T10:00[Europe/Brussels]",
            ),
            (
                "2026-11-26T21:00[Europe/Brussels]",
                60,
                "2026-11-27T10:00[Europe/Brussels]",
            ),
            // Over a weekend; and over Christmas with the weekend behind it.
            (
                "2026-11-27T16:30[Europe/Brussels]",
                60,
                "2026-11-30T09:30[Europe/Brussels]",
            ),
            (
                "2026-12-24T16:30[Europe/Brussels]",
                60,
                "2026-12-28T09:30[Europe/Brussels]",
            ),
            // Nothing is needed.
            (
                "2026-11-28T12:00[Europe/Brussels]",
                0,
                "2026-11-28T12:00[Europe/Brussels]",
            ),
        ] {
            let (from, to) = (at(from), at(to));
            assert_eq!(
                calendar.after(from, Work::minutes(minutes)),
                to,
                "{minutes}"
            );
            assert_eq!(calendar.between(from, to), Work::minutes(minutes));
            assert_eq!(
                calendar.between(to, from),
                Work(0),
                "nothing passes backwards"
            );
        }
    }

    #[test]
    fn sd_30_a_pause_at_noon_is_no_working_time() {
        let mut week = Week::default();
        week.0[0] = spans("08:00-12:00 13:00-17:00");
        let none = BTreeSet::new();
        let calendar = Calendar::new(TimeZone::UTC, Some(&week), &none);
        let monday = at("2026-11-23T11:30[UTC]");
        assert_eq!(
            calendar.after(monday, Work::minutes(60)),
            at("2026-11-23T13:30[UTC]")
        );
        assert_eq!(
            calendar.after(monday, Work::minutes(30)),
            at("2026-11-23T12:00[UTC]")
        );
        // Mondays alone: the rest of the week does not count.
        assert_eq!(
            calendar.after(monday, Work::minutes(8 * 60)),
            at("2026-11-30T11:30[UTC]")
        );
        assert_eq!(
            calendar.between(monday, at("2026-11-30T11:30[UTC]")),
            Work::minutes(480)
        );
    }

    #[test]
    fn sd_30_the_hours_stand_where_the_clocks_change() {
        let mut week = office();
        week.0[6] = spans("01:00-04:00");
        let none = BTreeSet::new();
        let calendar = Calendar::new(zone("Europe/Brussels"), Some(&week), &none);
        let hours = |hours: u32| Work::minutes(hours * 60);
        for (from, work, to) in [
            // Spring: the hour from 02:00 to 03:00 is not there.
            (
                "2026-03-29T00:00[Europe/Brussels]",
                1,
                "2026-03-29T03:00[Europe/Brussels]",
            ),
            (
                "2026-03-29T00:00[Europe/Brussels]",
                2,
                "2026-03-29T04:00[Europe/Brussels]",
            ),
            // Autumn: it is there twice.
            (
                "2026-10-25T00:00[Europe/Brussels]",
                4,
                "2026-10-25T04:00[Europe/Brussels]",
            ),
            // Around both, an office begins at nine by its own clocks.
            (
                "2026-03-27T16:00[Europe/Brussels]",
                4,
                "2026-03-30T10:00[Europe/Brussels]",
            ),
            (
                "2026-10-23T16:00[Europe/Brussels]",
                6,
                "2026-10-26T10:00[Europe/Brussels]",
            ),
        ] {
            assert_eq!(calendar.after(at(from), hours(work)), at(to), "{from}");
            assert_eq!(calendar.between(at(from), at(to)), hours(work), "{from}");
        }
        // A span of which nothing is left.
        week.0[6] = spans("02:00-03:00");
        let calendar = Calendar::new(zone("Europe/Brussels"), Some(&week), &none);
        let sunday = at("2026-03-29T00:00[Europe/Brussels]");
        assert_eq!(
            calendar.after(sunday, hours(1)),
            at("2026-03-30T10:00[Europe/Brussels]")
        );
    }

    #[test]
    fn sd_30_around_the_clock_every_minute_counts_but_those_of_holidays() {
        let holidays = BTreeSet::from([Date::constant(2026, 12, 25)]);
        let calendar = Calendar::new(zone("America/New_York"), None, &holidays);
        let eve = at("2026-12-24T22:00[America/New_York]");
        let night = at("2026-12-26T02:00[America/New_York]");
        assert_eq!(calendar.after(eve, Work::minutes(240)), night);
        assert_eq!(calendar.between(eve, night), Work::minutes(240));
        let saturday = at("2026-03-07T12:00[America/New_York]");
        let sunday = at("2026-03-08T12:00[America/New_York]");
        assert_eq!(calendar.between(saturday, sunday), Work::minutes(23 * 60));
    }

    #[test]
    fn sd_30_hours_past_midnight_overlapping_or_none_are_refused() {
        let on = |day: usize, text: &str| {
            let mut week = Week::default();
            week.0[day] = spans(text);
            week.check()
        };
        assert_eq!(on(2, "08:00-12:00 12:00-24:00"), Ok(()));
        assert_eq!(on(2, "22:00-06:00"), Err((2, WrongHours::PastMidnight)));
        assert_eq!(on(6, "09:00-09:00"), Err((6, WrongHours::PastMidnight)));
        assert_eq!(
            on(1, "08:00-12:00 11:00-13:00"),
            Err((1, WrongHours::Overlap))
        );
        assert_eq!(
            on(1, "13:00-17:00 08:00-12:00"),
            Err((1, WrongHours::Overlap))
        );
        let seven =
            "01:00-02:00 03:00-04:00 05:00-06:00 07:00-08:00 09:00-10:00 11:00-12:00 13:00-14:00";
        assert_eq!(on(0, seven), Err((0, WrongHours::TooMany)));
        assert_eq!(Week::default().check(), Err((0, WrongHours::Never)));
        for wrong in [
            "24:01", "12:60", "9", "09:5", "-1:00", "+9:00", "", "009:00",
        ] {
            assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong}");
        }
        assert_eq!(time("9:05").to_string(), "09:05");
    }

    #[test]
    fn what_lies_too_far_is_bounded() {
        let mut week = Week::default();
        week.0[0] = spans("09:00-09:01");
        let none = BTreeSet::new();
        let calendar = Calendar::new(TimeZone::UTC, Some(&week), &none);
        let from = at("2026-11-26T10:00[UTC]");
        let far = calendar.after(from, Work(i64::MAX));
        assert!(far > from && far < at("2037-01-01T00:00[UTC]"));
        assert!(calendar.between(from, Moment(i64::MAX)) <= Work::minutes(523));
        for odd in [Moment(i64::MIN), Moment(i64::MAX)] {
            assert_eq!(calendar.after(odd, Work::minutes(5)), odd);
            assert_eq!(calendar.between(odd, odd), Work(0));
        }
    }

    #[test]
    fn a_share_of_work_is_rounded_down_and_never_overflows() {
        assert_eq!(Work::minutes(240).percent(75), Work::minutes(180));
        assert_eq!(Work(199).percent(50), Work(99));
        assert!(Work(i64::MAX).percent(99) < Work(i64::MAX));
    }

    fn calendars() -> impl Strategy<Value = (&'static str, Option<Week>, BTreeSet<Date>)> {
        let zones = prop::sample::select(vec![
            "UTC",
            "Europe/Brussels",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "America/Santiago",
        ]);
        let day = prop::collection::btree_set(0..=MINUTES_OF_DAY, 0..=6).prop_map(|cuts| {
            let cuts: Vec<_> = cuts.into_iter().map(TimeOfDay).collect();
            let pairs = cuts.chunks_exact(2);
            pairs
                .map(|two| Span {
                    from: two[0],
                    to: two[1],
                })
                .collect::<Vec<_>>()
        });
        let week = prop::array::uniform7(day).prop_map(Week);
        let week = week.prop_filter("somebody works", |week| week.check().is_ok());
        let first = Date::constant(2026, 1, 1);
        let holidays = prop::collection::btree_set(0..700_i32, 0..20).prop_map(move |days| {
            let day = |day: i32| first.checked_add(jiff::Span::new().days(day)).unwrap();
            days.into_iter().map(day).collect()
        });
        (zones, prop::option::weighted(0.8, week), holidays)
    }

    /// A moment of 2026.
    fn moments() -> impl Strategy<Value = Moment> {
        (1_767_225_600_000..1_798_761_600_000_i64).prop_map(Moment)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn sd_30_after_and_between_agree(
            (name, week, holidays) in calendars(),
            from in moments(),
            needed in 0..40_000_000_i64,
            span in 0..2_000_000_000_i64,
        ) {
            let calendar = Calendar::new(zone(name), week.as_ref(), &holidays);
            let reached = calendar.after(from, Work(needed));
            prop_assert!(reached >= from);
            // As far as ten years go.
            if reached.0 - from.0 < 3_000 * 86_400_000 {
                prop_assert_eq!(calendar.between(from, reached), Work(needed));
            }
            let to = Moment(from.0 + span);
            prop_assert!(calendar.after(from, calendar.between(from, to)) <= to);
        }

        #[test]
        fn sd_30_more_work_and_a_later_beginning_never_end_earlier(
            (name, week, holidays) in calendars(),
            (one, other) in (moments(), moments()),
            (less, more) in (0..40_000_000_i64, 0..40_000_000_i64),
        ) {
            let calendar = Calendar::new(zone(name), week.as_ref(), &holidays);
            let (one, other) = (one.min(other), one.max(other));
            let (less, more) = (less.min(more), less.max(more));
            prop_assert!(calendar.after(one, Work(less)) <= calendar.after(one, Work(more)));
            prop_assert!(calendar.after(one, Work(less)) <= calendar.after(other, Work(less)));
            let passed = calendar.between(one, other);
            prop_assert!(passed.0 <= other.0 - one.0);
            // What passes in two parts passes in the whole.
            let middle = Moment(one.0 + (other.0 - one.0) / 3);
            let parts = calendar.between(one, middle).plus(calendar.between(middle, other));
            prop_assert_eq!(parts, passed);
        }
    }
}
