//! Service Desk › Reports (SD-36): what came and what was done, and whether it was in time. Each counts the records that its reader sees.

mod page;

use access::{ServiceId, decide::permissions::ManageRecord, explain::words::Name};
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    page::{Csv, SERVICE_DESK, names::Names},
    part::Query,
    resource::ServiceRef,
    route::{Route, get},
    session::{Session, failed},
};

use super::{
    desk::Desk,
    rest::Reader,
    store::{self, By, Counted, InTime, Key, On, REPORT_DAY},
};

const PATH: &str = "/service-desk/reports";
const DAYS_FILE: &str = "/service-desk/reports/days";
const TARGETS_FILE: &str = "/service-desk/reports/targets";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "reports_page.show",
            "What was opened and done, and whether it was in time",
            page::show,
        )
        .in_section(&SERVICE_DESK, "Reports"),
        get(
            DAYS_FILE,
            "reports_page.days_file",
            "What was opened and done on each day, as a file for spreadsheets",
            days_file,
        ),
        get(
            TARGETS_FILE,
            "reports_page.targets_file",
            "What was in time and what too late, as a file for spreadsheets",
            targets_file,
        ),
    ]
}

/// What a report is to count.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
struct Which {
    /// Of a service, by its id.
    service: Option<String>,
    /// How many days up to now: 7, 28 or 91.
    days: Option<String>,
    /// `service`, `group` or `priority`.
    by: Option<String>,
}

/// A question, as far as it is one.
struct Asked {
    /// `None`: of a service that the reader does not know; nothing is counted (AD-26).
    service: Option<Option<ServiceId>>,
    days: i64,
    by: By,
}

const DAYS: [(i64, &str); 3] = [
    (7, "the last 7 days"),
    (28, "the last 28 days"),
    (91, "the last 91 days"),
];
const BY: [(&str, &str, By); 3] = [
    ("service", "service", By::Service),
    ("group", "group", By::Group),
    ("priority", "priority", By::Priority),
];

impl Which {
    fn asked(&self, session: &Session) -> Asked {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let service = said(&self.service).map(|id| {
            let id: ServiceRef = id.parse().map(web::resource::Id).ok()?;
            session.named("service", id).ok()
        });
        let days = said(&self.days).and_then(|days| days.parse().ok());
        let days = DAYS.into_iter().find(|(one, _)| Some(*one) == days);
        let by = BY
            .into_iter()
            .find(|(code, ..)| Some(*code) == self.by.as_deref());
        Asked {
            service: match service {
                None => Some(None),
                Some(None) => None,
                Some(Some(service)) => Some(Some(service)),
            },
            days: days.map_or(28, |(days, _)| days),
            by: by.map_or(By::Service, |(.., by)| by),
        }
    }
}

/// A day of a report.
struct Day {
    /// Like `2026-11-26`.
    date: String,
    opened: i64,
    done: i64,
}

/// What both reports say.
struct Counts {
    days: Vec<Day>,
    in_time: Vec<InTime>,
    /// Of all that was done, in time and too late, however many rows there are.
    all: [i64; 2],
}

async fn counts(session: &Session, asked: &Asked) -> Result<Counts> {
    let now = session.now();
    let today = now.0.div_euclid(REPORT_DAY);
    let first = today - asked.days + 1;
    let mut days: Vec<_> = (first..=today)
        .map(|day| Day {
            date: date(day),
            opened: 0,
            done: 0,
        })
        .collect();
    let Some(service) = asked.service else {
        return Ok(Counts {
            days,
            in_time: Vec::new(),
            all: [0, 0],
        });
    };
    let of = Counted {
        service,
        from: access::Moment(first * REPORT_DAY),
        to: access::Moment((today + 1) * REPORT_DAY),
    };
    let mut desk = Desk::open(session).await?;
    let _hurry = desk.hurry().await?;
    let (tx, account) = (&mut desk.tx, session.account.id());
    let view = session.view_on(&desk.state, now);
    let visible = view.visible_records(ManageRecord);
    for on in [On::Opened, On::Done] {
        let found = store::by_day(tx, account, &visible, of, on).await;
        for (day, count) in found.map_err(failed)? {
            let place = usize::try_from(day - first).ok();
            let Some(day) = place.and_then(|place| days.get_mut(place)) else {
                continue;
            };
            match on {
                On::Opened => day.opened = count,
                On::Done => day.done = count,
            }
        }
    }
    let in_time = store::in_time(tx, account, &visible, of, asked.by).await;
    let all = store::all_in_time(tx, account, &visible, of).await;
    Ok(Counts {
        days,
        in_time: in_time.map_err(failed)?,
        all: all.map_err(failed)?,
    })
}

/// A day since the epoch, as it is written.
fn date(day: i64) -> String {
    let at = Timestamp::from_millisecond(day * REPORT_DAY).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// The names of what the rows have in common.
async fn names<'a>(session: &'a Session, rows: &[InTime]) -> Result<Names<'a>> {
    let named = rows.iter().filter_map(|row| match row.key {
        Key::Service(service) => Some(Name::Service(service)),
        Key::Group(group) => Some(Name::Group(group)),
        Key::NoGroup | Key::Priority(_) => None,
    });
    // SD-19: whoever reads a record is told who works on it.
    Names::of_shown(session, named.collect::<Vec<_>>()).await
}

fn name(key: Key, names: &Names<'_>) -> String {
    match key {
        Key::Service(service) => names.text(Name::Service(service)),
        Key::Group(group) => names.text(Name::Group(group)),
        Key::NoGroup => "No group".to_owned(),
        Key::Priority(priority) => priority.word().to_owned(),
    }
}

async fn days_file(reader: Reader, Query(which): Query<Which>) -> Result<Csv> {
    let counts = counts(&reader, &which.asked(&reader)).await?;
    let mut file = Csv::new("records-by-day.csv", &["day", "opened", "done"]);
    for day in counts.days {
        file.row([day.date, day.opened.to_string(), day.done.to_string()]);
    }
    Ok(file)
}

async fn targets_file(reader: Reader, Query(which): Query<Which>) -> Result<Csv> {
    let counts = counts(&reader, &which.asked(&reader)).await?;
    let heads = [
        "what",
        "done",
        "first_response_in_time",
        "first_response_too_late",
        "resolution_in_time",
        "resolution_too_late",
    ];
    let names = names(&reader, &counts.in_time).await?;
    let mut file = Csv::new("records-against-targets.csv", &heads);
    for row in counts.in_time {
        let numbers = [
            row.done,
            row.responded[0],
            row.responded[1],
            row.resolved[0],
            row.resolved[1],
        ];
        let numbers = numbers.map(|number| number.to_string());
        file.row(std::iter::once(name(row.key, &names)).chain(numbers));
    }
    Ok(file)
}
