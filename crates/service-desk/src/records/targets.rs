//! SD-30: how soon the records of a service are to be answered and done, by their priority, and when its working time passes. Settings that no
//! decision about access rests on: one row of this slice for each service that has set any.

mod acts;
mod duration;
pub(super) mod hours;
mod page;
mod rest;

use std::collections::BTreeSet;

use access::{Fingerprint, ServiceId};
use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use web::route::Route;

pub(super) use self::acts::SetTargets;
use self::hours::{Calendar, Week, Work, WrongHours};
use super::Priority;

/// Working time that a target is given, at most: a year of it around the clock.
const MINUTES_MAX: u32 = 365 * 24 * 60;
/// Days that are kept as holidays.
const HOLIDAYS_MAX: usize = 400;

pub(super) fn routes() -> Vec<Route> {
    [rest::routes(), page::routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// What a priority promises, in minutes of working time; where nothing stands, nothing is promised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    /// Until the first answer.
    pub response: Option<u32>,
    /// Until it is done.
    pub resolution: Option<u32>,
}

/// What a service says of targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Targets {
    /// The name of a time zone, like `Europe/Brussels`.
    pub zone: String,
    /// `None`: around the clock.
    pub week: Option<Week>,
    pub holidays: BTreeSet<Date>,
    /// The share of a target after which it is nearly over, in percent.
    pub warn_percent: u8,
    /// Of each priority, the most urgent first.
    pub of: [Target; 5],
}

/// What is wrong with settings, at the field that says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    Zone,
    Hours {
        day: usize,
        why: WrongHours,
    },
    Holidays,
    Percent,
    Target {
        priority: usize,
        of_response: bool,
    },
    /// The first answer would be owed later than the whole.
    Order {
        priority: usize,
    },
}

impl Wrong {
    pub fn why(&self) -> String {
        match self {
            Self::Zone => "give the name of a time zone, like Europe/Brussels".to_owned(),
            Self::Hours { why, .. } => why.why().to_owned(),
            Self::Holidays => format!("a service has up to {HOLIDAYS_MAX} holidays"),
            Self::Percent => "a warning comes after 1 to 99 percent of the time".to_owned(),
            Self::Target { .. } => "a target is one minute to a year of working time".to_owned(),
            Self::Order { .. } => {
                "the first response is not due later than the resolution".to_owned()
            }
        }
    }
}

impl Default for Targets {
    /// What holds until a service sets something else: working days of eight hours, from 30 minutes and 4 hours to 3 and 10 days.
    fn default() -> Self {
        let target = |response, resolution| Target {
            response: Some(response),
            resolution: Some(resolution),
        };
        let hour = 60;
        let day = 8 * hour;
        Self {
            zone: "UTC".to_owned(),
            week: Some(Week::of_office(
                hours::TimeOfDay::of_hour(9),
                hours::TimeOfDay::of_hour(17),
            )),
            holidays: BTreeSet::new(),
            warn_percent: 75,
            of: [
                target(30, 4 * hour),
                target(hour, day),
                target(4 * hour, 3 * day),
                target(day, 5 * day),
                target(3 * day, 10 * day),
            ],
        }
    }
}

impl Targets {
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), Wrong> {
        if zone(&self.zone).is_none() {
            return Err(Wrong::Zone);
        }
        if let Some(week) = &self.week {
            let wrong = |(day, why)| Wrong::Hours { day, why };
            week.check().map_err(wrong)?;
        }
        if self.holidays.len() > HOLIDAYS_MAX {
            return Err(Wrong::Holidays);
        }
        if !(1..=99).contains(&self.warn_percent) {
            return Err(Wrong::Percent);
        }
        for (priority, target) in self.of.iter().enumerate() {
            let is_wrong =
                |minutes: Option<u32>| minutes.is_some_and(|one| !(1..=MINUTES_MAX).contains(&one));
            for (of_response, minutes) in [(true, target.response), (false, target.resolution)] {
                if is_wrong(minutes) {
                    return Err(Wrong::Target {
                        priority,
                        of_response,
                    });
                }
            }
            if let (Some(response), Some(resolution)) = (target.response, target.resolution)
                && response > resolution
            {
                return Err(Wrong::Order { priority });
            }
        }
        Ok(())
    }

    /// When working time passes. A zone that is known no more counts as UTC: what was written is read for ever.
    pub fn calendar(&self) -> Calendar<'_> {
        let zone = zone(&self.zone).unwrap_or(TimeZone::UTC);
        Calendar::new(zone, self.week.as_ref(), &self.holidays)
    }

    pub fn response(&self, of: Priority) -> Option<Work> {
        self.target(of).response.map(Work::minutes)
    }

    pub fn resolution(&self, of: Priority) -> Option<Work> {
        self.target(of).resolution.map(Work::minutes)
    }

    fn target(&self, of: Priority) -> Target {
        let place = usize::from(of.number()).saturating_sub(1);
        self.of.get(place).copied().unwrap_or_default()
    }

    /// What a change of them carries: it is refused where they say something else by now.
    pub fn mark(&self, service: ServiceId) -> Fingerprint {
        Fingerprint::of_stored(&(service, self))
    }
}

/// A time zone by its name.
fn zone(name: &str) -> Option<TimeZone> {
    let is_name = !name.is_empty() && name.len() <= 64;
    is_name.then(|| TimeZone::get(name).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sd_30_there_are_five_defaults_and_they_are_sound() {
        let targets = Targets::default();
        assert_eq!(targets.check(), Ok(()));
        for priority in Priority::ALL {
            assert!(targets.response(priority) < targets.resolution(priority));
        }
        let urgent = |of: usize| targets.resolution(Priority::ALL[of]);
        assert!(
            (1..5).all(|of| urgent(of - 1) < urgent(of)),
            "the most urgent is the soonest"
        );
        let text = serde_json::to_string(&targets).unwrap();
        assert_eq!(serde_json::from_str::<Targets>(&text).unwrap(), targets);
    }

    #[test]
    fn sd_30_what_no_service_can_mean_is_refused() {
        let with = |change: fn(&mut Targets)| {
            let mut targets = Targets::default();
            change(&mut targets);
            targets.check().unwrap_err()
        };
        assert_eq!(
            with(|one| one.zone = "Moon/Tranquillity".into()),
            Wrong::Zone
        );
        assert_eq!(
            with(|one| one.zone = "../../etc/passwd".into()),
            Wrong::Zone
        );
        assert_eq!(with(|one| one.zone = String::new()), Wrong::Zone);
        assert_eq!(with(|one| one.warn_percent = 100), Wrong::Percent);
        let never = WrongHours::Never;
        let hours = Wrong::Hours { day: 0, why: never };
        assert_eq!(with(|one| one.week = Some(Week::default())), hours);
        assert_eq!(
            with(|one| one.of[2].response = Some(100_000)),
            Wrong::Order { priority: 2 }
        );
        let none = Wrong::Target {
            priority: 4,
            of_response: false,
        };
        assert_eq!(with(|one| one.of[4].resolution = Some(0)), none);
    }
}
