//! When the records of a service are due, for programs.

use access::{Fingerprint, ServiceId, decide::permissions::ConfigureDesk};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{ArrayBuilder, RefOr, Schema},
};
use web::{
    Problem, Result,
    common::Submission,
    guard::{And, CommandsOn, May, TheAccount},
    part::Replacement,
    reply::Answer,
    route::{Route, get, put},
    session::{Session, failed},
    submit::Written,
};

use super::{
    HOLIDAYS_MAX, Target, Targets, Wrong,
    acts::SetTargets,
    hours::{Span, Week},
};
use crate::records::{Priority, store};

pub(super) fn routes() -> Vec<Route> {
    const PATH: &str = "/api/v1/services/{service}/targets";
    vec![
        get(
            PATH,
            "service_targets.show",
            "Show when the records of a service are due; as it is now",
            show,
        ),
        put(
            PATH,
            "service_targets.set",
            "Say when the records of a service are due, by what was read of it: for records that are opened, or get another priority, afterwards",
            set,
        ),
    ]
}

/// Hours of a day.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SpanBody {
    /// Like `09:00`.
    #[schema(schema_with = time_of_day)]
    from: String,
    /// Like `17:00`; `24:00` ends the day.
    #[schema(schema_with = time_of_day)]
    to: String,
}

/// The hours of a week; a day without any is none on which somebody works.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct WeekBody {
    monday: Vec<SpanBody>,
    tuesday: Vec<SpanBody>,
    wednesday: Vec<SpanBody>,
    thursday: Vec<SpanBody>,
    friday: Vec<SpanBody>,
    saturday: Vec<SpanBody>,
    sunday: Vec<SpanBody>,
}

/// The days as paths of a body name them.
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

impl WeekBody {
    fn of(week: &Week) -> Self {
        let day = |of: &Vec<Span>| {
            let span = |span: &Span| SpanBody {
                from: span.from.to_string(),
                to: span.to.to_string(),
            };
            of.iter().map(span).collect()
        };
        let [
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
        ] = week.0.each_ref().map(day);
        Self {
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
        }
    }

    fn week(&self) -> Result<Week> {
        let days = [
            &self.monday,
            &self.tuesday,
            &self.wednesday,
            &self.thursday,
            &self.friday,
            &self.saturday,
            &self.sunday,
        ];
        let mut week = Week::default();
        for ((spans, name), into) in days.into_iter().zip(DAYS).zip(&mut week.0) {
            for span in spans {
                let time = |text: &str| {
                    let wrong = "a time of a day is 00:00 to 24:00";
                    let at = format!("/hours/{name}");
                    text.parse().map_err(|()| Problem::invalid(at, wrong))
                };
                let (from, to) = (time(&span.from)?, time(&span.to)?);
                into.push(Span { from, to });
            }
        }
        Ok(week)
    }
}

/// What is promised for a priority, in minutes of working time; what is absent is not promised.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TargetBody {
    priority: Priority,
    /// Until staff answer first; of incidents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 525_600)]
    first_response_minutes: Option<u32>,
    /// Until it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 525_600)]
    resolution_minutes: Option<u32>,
}

/// When the records of a service are due.
#[derive(Debug, Serialize, ToSchema)]
struct TargetsBody {
    #[serde(flatten)]
    settings: SettingsBody,
    /// Whether the service set nothing, and has what every service begins with.
    is_default: bool,
    /// Send it as `If-Mark` with a change.
    mark: String,
}

/// What a service says of when its records are due.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettingsBody {
    /// The name of a time zone, like `Europe/Brussels`.
    time_zone: String,
    /// When working time passes; `null`: around the clock.
    hours: Option<WeekBody>,
    /// Days on which it does not, like `2026-12-25`.
    #[serde(default)]
    #[schema(schema_with = days)]
    holidays: Vec<Date>,
    /// The share of a target after which a record is nearly late.
    #[schema(minimum = 1, maximum = 99)]
    warn_at_percent: u8,
    /// One of each priority; one that is not named has no target.
    targets: Vec<TargetBody>,
}

fn time_of_day() -> RefOr<Schema> {
    web::schema::pattern("^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$")
}

fn days() -> RefOr<Schema> {
    ArrayBuilder::new()
        .items(web::schema::day())
        .max_items(Some(HOLIDAYS_MAX))
        .into()
}

impl SettingsBody {
    fn of(targets: &Targets) -> Self {
        let target = |(priority, target): (Priority, &Target)| TargetBody {
            priority,
            first_response_minutes: target.response,
            resolution_minutes: target.resolution,
        };
        Self {
            time_zone: targets.zone.clone(),
            hours: targets.week.as_ref().map(WeekBody::of),
            holidays: targets.holidays.iter().copied().collect(),
            warn_at_percent: targets.warn_percent,
            targets: Priority::ALL
                .into_iter()
                .zip(&targets.of)
                .map(target)
                .collect(),
        }
    }

    fn targets(self) -> Result<Targets> {
        let mut of = [None; 5];
        for (at, one) in self.targets.iter().enumerate() {
            let place = Priority::ALL.iter().position(|of| *of == one.priority);
            let target = Target {
                response: one.first_response_minutes,
                resolution: one.resolution_minutes,
            };
            let there = place.and_then(|place| of.get_mut(place));
            if there.is_some_and(|there| there.replace(target).is_some()) {
                let detail = "each priority is named once";
                return Err(Problem::invalid(format!("/targets/{at}/priority"), detail));
            }
        }
        let targets = Targets {
            zone: self.time_zone,
            week: self.hours.as_ref().map(WeekBody::week).transpose()?,
            holidays: self.holidays.into_iter().collect(),
            warn_percent: self.warn_at_percent,
            of: of.map(Option::unwrap_or_default),
        };
        let place = |priority: usize| {
            let of = |one: &TargetBody| usize::from(one.priority.number()) == priority + 1;
            self.targets.iter().position(of).unwrap_or(0)
        };
        targets.check().map_err(|wrong| {
            let at = match wrong {
                Wrong::Zone => "/time_zone".to_owned(),
                Wrong::Hours { day, .. } => format!("/hours/{}", DAYS.get(day).unwrap_or(&"")),
                Wrong::Holidays => "/holidays".to_owned(),
                Wrong::Percent => "/warn_at_percent".to_owned(),
                Wrong::Target {
                    priority,
                    of_response: false,
                } => format!("/targets/{}/resolution_minutes", place(priority)),
                Wrong::Target { priority, .. } | Wrong::Order { priority } => {
                    format!("/targets/{}/first_response_minutes", place(priority))
                }
            };
            Problem::invalid(at, wrong.why())
        })?;
        Ok(targets)
    }
}

/// What a service says now.
pub(super) async fn read(
    may: &May<ConfigureDesk, TheAccount>,
    service: ServiceId,
) -> Result<Targets> {
    let mut reading = may.account.read().await.map_err(failed)?;
    let found = store::targets(&mut reading.tx, may.account.id(), service).await;
    found.map_err(failed)
}

/// Sets what was looked at.
pub(super) async fn submit(
    session: &Session,
    service: ServiceId,
    targets: Targets,
    read: Option<Fingerprint>,
    how: &Submission,
) -> Result<Answer<Written>> {
    let act = SetTargets {
        service,
        targets,
        read,
    };
    session.act(act, how, None).await
}

async fn show(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
) -> Result<Answer<TargetsBody>> {
    let targets = read(&may, service.0).await?;
    may.answer(TargetsBody {
        settings: SettingsBody::of(&targets),
        is_default: targets == Targets::default(),
        mark: targets.mark(service.0).to_string(),
    })
}

async fn set(
    commands: CommandsOn<ServiceId>,
    order: Replacement<SettingsBody>,
) -> Result<Answer<Written>> {
    let Replacement { order, read } = order;
    let targets = order.body.targets()?;
    submit(&commands, commands.on, targets, read, &order.how).await
}
