//! Moments as XML Schema writes them (RFC 7643 §2.3.5): `2008-01-23T04:56:22Z`. They are compared as moments, not as texts.

/// A moment: seconds since the epoch, and nanoseconds within the second. One without an offset is taken for UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime {
    seconds: i64,
    nanoseconds: u32,
}

impl DateTime {
    /// `None` for whatever is no moment.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once(['T', 't'])?;
        let (time, offset) = split_offset(time)?;
        let (time, fraction) = match time.split_once('.') {
            Some((time, fraction)) => (time, nanoseconds(fraction)?),
            None => (time, 0),
        };
        let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
        let is_time = hour < 24 && minute < 60 && second <= 60;
        let seconds = days(date)? * 86_400 + hour * 3_600 + minute * 60 + second - offset;
        is_time.then_some(Self {
            seconds,
            nanoseconds: fraction,
        })
    }
}

/// The time without its offset, and the offset in seconds.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (time, offset) = time.split_at(at);
    let (sign, offset) = offset.split_at(1);
    let [hours, minutes] = numbers(offset, ':', [2, 2])?;
    let seconds = hours * 3_600 + minutes * 60;
    let is_offset = hours <= 14 && minutes < 60;
    is_offset.then_some((time, if sign == "-" { -seconds } else { seconds }))
}

/// Days since the epoch of `2008-01-23`, in the calendar that we have.
fn days(date: &str) -> Option<i64> {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let leaps = |year: i64| year / 4 - year / 100 + year / 400;
    let is_leap = leaps(year) > leaps(year - 1);
    let before = BEFORE.get(usize::try_from(month - 1).ok()?)?;
    let after = BEFORE.get(usize::try_from(month).ok()?).unwrap_or(&365);
    let leap_day = i64::from(is_leap && month > 2);
    let length = after - before + i64::from(is_leap && month == 2);
    let is_date = year >= 1 && (1..=length).contains(&day);
    let whole_years = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    is_date.then_some(whole_years + before + leap_day + day - 1)
}

/// Numbers of so many digits each.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(between);
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = part.parse().ok().filter(|_| is_number)?;
    }
    parts.next().is_none().then_some(numbers)
}

/// Of a fraction of a second; digits after the ninth say nothing.
fn nanoseconds(fraction: &str) -> Option<u32> {
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let first: String = fraction
        .chars()
        .chain("000000000".chars())
        .take(9)
        .collect();
    first.parse().ok().filter(|_| is_fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_has_many_spellings() {
        let moment = DateTime::parse("2011-05-13T04:42:34Z").unwrap();
        for same in [
            "2011-05-13T04:42:34",
            "2011-05-13t04:42:34.000z",
            "2011-05-13T06:42:34+02:00",
            "2011-05-12T23:12:34-05:30",
        ] {
            assert_eq!(DateTime::parse(same), Some(moment), "{same}");
        }
        assert_eq!(moment.seconds, 1_305_261_754);
    }

    #[test]
    fn moments_are_in_order() {
        let ordered = [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999Z",
            "1970-01-01T00:00:00Z",
            "2000-02-29T00:00:00Z",
            "2000-03-01T00:00:00Z",
            "2023-12-31T23:59:60Z",
            "2024-02-29T12:00:00.1Z",
            "2024-02-29T12:00:00.25Z",
            "9999-12-31T23:59:59Z",
        ];
        let moments: Vec<_> = ordered.map(|text| DateTime::parse(text).unwrap()).into();
        assert!(moments.is_sorted());
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "T",
            "2011-05-13",
            "2011-5-13T04:42:34Z",
            "2011-02-29T04:42:34Z",
            "2011-13-01T04:42:34Z",
            "2011-00-01T04:42:34Z",
            "2011-05-13T24:00:00Z",
            "2011-05-13T04:42Z",
            "2011-05-13T04:42:34.Z",
            "2011-05-13T04:42:34+2",
            "2011-05-13T04:42:34+é0:00",
            "+011-05-13T04:42:34Z",
        ] {
            assert_eq!(DateTime::parse(text), None, "{text}");
        }
    }
}
