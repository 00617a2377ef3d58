//! The page of both reports: a picture, and beside it the table that says the same.

use access::{decide::permissions::ManageRecord, explain::words::Name};
use askama::Template;
use web::{
    Result,
    page::{Frame, Page, address},
    part::Query,
    resource::ServiceRef,
};

use super::{BY, Counts, DAYS, DAYS_FILE, Day, PATH, TARGETS_FILE, Which, counts, name, names};
use crate::records::rest::Reader;

/// How high a picture is, in units of its own.
const HEIGHT: i64 = 120;

struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

struct Select {
    name: &'static str,
    label: &'static str,
    any: Option<&'static str>,
    choices: Vec<Choice>,
}

/// A bar: where it begins, and how far it goes.
struct Bar {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    class: &'static str,
}

/// What was in time, of what has something in common.
struct Row {
    name: String,
    done: i64,
    responded: [i64; 2],
    resolved: [i64; 2],
}

#[derive(Template)]
#[template(path = "reports.html")]
pub(super) struct ReportsPage {
    frame: Frame,
    selects: Vec<Select>,
    days: Vec<Day>,
    opened: i64,
    done: i64,
    width: i64,
    bars: Vec<Bar>,
    rows: Vec<Row>,
    /// Of the picture of what was in time.
    lines: Vec<Bar>,
    lines_height: usize,
    in_time: i64,
    too_late: i64,
    by: &'static str,
    days_file: String,
    targets_file: String,
}

pub(super) async fn show(reader: Reader, Query(which): Query<Which>) -> Result<Page<ReportsPage>> {
    let session = &*reader;
    let asked = which.asked(session);
    let Counts { days, in_time, all } = counts(session, &asked).await?;
    let view = session.view();
    let services = view.visible_records(ManageRecord).services().to_vec();
    let called = names(session, &in_time).await?;
    let rows: Vec<_> = in_time
        .iter()
        .map(|row| Row {
            name: name(row.key, &called),
            done: row.done,
            responded: row.responded,
            resolved: row.resolved,
        })
        .collect();
    let known: Vec<_> = services.iter().map(|one| Name::Service(*one)).collect();
    let known = web::page::names::Names::of(session, known).await?;
    let service = |one: &access::ServiceId| {
        let id: ServiceRef = session.id(*one);
        let value = id.0.to_string();
        Choice {
            is_chosen: which.service.as_ref() == Some(&value),
            label: known.text(Name::Service(*one)),
            value,
        }
    };
    let selects = vec![
        Select {
            name: "service",
            label: "Service",
            any: Some("every service"),
            choices: services.iter().map(service).collect(),
        },
        Select {
            name: "days",
            label: "Time",
            any: None,
            choices: DAYS
                .map(|(days, label)| Choice {
                    value: days.to_string(),
                    label: label.to_owned(),
                    is_chosen: days == asked.days,
                })
                .into(),
        },
        Select {
            name: "by",
            label: "In time, by",
            any: None,
            choices: BY
                .map(|(code, label, by)| Choice {
                    value: code.to_owned(),
                    label: label.to_owned(),
                    is_chosen: by == asked.by,
                })
                .into(),
        },
    ];
    let parameters = [
        ("service", which.service.as_deref()),
        ("days", which.days.as_deref()),
        ("by", which.by.as_deref()),
    ];
    let by = BY.iter().find(|(.., by)| *by == asked.by);
    Ok(Page::new(ReportsPage {
        frame: Frame::of(session, "Reports", PATH, super::SERVICE_DESK.label).await?,
        selects,
        opened: days.iter().map(|day| day.opened).sum(),
        done: days.iter().map(|day| day.done).sum(),
        width: 20 * i64::try_from(days.len()).unwrap_or(0),
        bars: bars(&days),
        lines: lines(&rows),
        lines_height: 28 * rows.len(),
        in_time: all[0],
        too_late: all[1],
        by: by.map_or("service", |(_, label, _)| label),
        days_file: address(DAYS_FILE, &parameters),
        targets_file: address(TARGETS_FILE, &parameters),
        rows,
        days,
    }))
}

/// Two bars for each day: what was opened, and what was done.
fn bars(days: &[Day]) -> Vec<Bar> {
    let most = days.iter().map(|day| day.opened.max(day.done)).max();
    let most = most.unwrap_or(0).max(1);
    let bar = |x: i64, count: i64, class: &'static str| {
        let height = count * HEIGHT / most;
        Bar {
            x,
            y: HEIGHT - height,
            width: 8,
            height,
            class,
        }
    };
    let of = |(x, day): (i64, &Day)| [bar(x, day.opened, "c1"), bar(x + 9, day.done, "c2")];
    (0..).step_by(20).zip(days).flat_map(of).collect()
}

/// A line for each row: how much of what was due was in time, and how much too late.
fn lines(rows: &[Row]) -> Vec<Bar> {
    let line = |(y, row): (i64, &Row)| {
        let [met, missed] = row.resolved;
        let part = |count: i64| count * 1_000 / (met + missed).max(1);
        let bar = |x: i64, width: i64, class: &'static str| Bar {
            x,
            y,
            width,
            height: 16,
            class,
        };
        [bar(0, part(met), "c1"), bar(part(met), part(missed), "c2")]
    };
    (6..).step_by(28).zip(rows).flat_map(line).collect()
}
