//! SD-36: records counted, as far as a reader sees them.

use access::{
    Dense, GroupId, Moment, ServiceId,
    decide::{VisibleRecords, permissions::ManageRecord},
};
use ledger::{AccountId, Tx};

use super::{Result, damaged, dense, statement::Statement};
use crate::records::Priority;

/// A day, in milliseconds.
pub(in crate::records) const DAY: i64 = 86_400_000;
/// Rows of a report.
const ROWS_MAX: i64 = 200;

/// What a report is about: some time, and one service or all.
#[derive(Debug, Clone, Copy)]
pub(in crate::records) struct Counted {
    pub service: Option<ServiceId>,
    pub from: Moment,
    pub to: Moment,
}

/// Which moment of records is counted.
#[derive(Debug, Clone, Copy)]
pub(in crate::records) enum On {
    Opened,
    Done,
}

impl On {
    fn column(self) -> &'static str {
        match self {
            On::Opened => "opened_at",
            On::Done => "resolved_at",
        }
    }
}

/// What records are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::records) enum By {
    Service,
    Group,
    Priority,
}

impl By {
    fn column(self) -> &'static str {
        match self {
            By::Service => "service",
            By::Group => "assignee_group",
            By::Priority => "priority",
        }
    }
}

/// What some records have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::records) enum Key {
    Service(ServiceId),
    Group(GroupId),
    NoGroup,
    Priority(Priority),
}

/// How many were in time and too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::records) struct InTime {
    pub key: Key,
    pub done: i64,
    pub resolved: [i64; 2],
    pub responded: [i64; 2],
}

fn counted(
    what: String,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    of: Counted,
    on: On,
) -> Statement {
    let mut wanted = Statement::new(format!(
        "SELECT {what} FROM service_desk_records WHERE TRUE"
    ));
    wanted.and("account", account.0);
    wanted.and_visible(visible);
    if let Some(service) = of.service {
        wanted.and("service", service.number());
    }
    let (from, to) = (wanted.bind(of.from.0), wanted.bind(of.to.0));
    let column = on.column();
    wanted.sql += &format!(" AND {column} >= {from} AND {column} < {to}");
    wanted
}

/// How many were opened, or done, on each day of UTC: its number since the epoch, and how many.
pub(in crate::records) async fn by_day(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    of: Counted,
    on: On,
) -> Result<Vec<(i64, i64)>> {
    let day = format!("{} / {DAY}", on.column());
    let mut wanted = counted(format!("{day}, COUNT(*)"), account, visible, of, on);
    wanted.sql += &format!(" GROUP BY {day}");
    let rows = wanted.fetch(tx).await?;
    rows.iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

const IN_TIME: &str = "COUNT(CASE WHEN resolved_at <= due_at THEN 1 END), COUNT(CASE WHEN resolved_at > due_at THEN 1 END)";

/// How many of all that was done were in time, and too late.
pub(in crate::records) async fn all_in_time(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    of: Counted,
) -> Result<[i64; 2]> {
    let wanted = counted(IN_TIME.to_owned(), account, visible, of, On::Done);
    let rows = wanted.fetch(tx).await?;
    let row = rows.first().ok_or_else(|| damaged("no count"))?;
    Ok([row.get(0)?, row.get(1)?])
}

/// What was done, against its targets. What was done without an answer is answered by that.
pub(in crate::records) async fn in_time(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    of: Counted,
    by: By,
) -> Result<Vec<InTime>> {
    let answered = "(CASE WHEN responded_at < resolved_at THEN responded_at ELSE resolved_at END)";
    let key = by.column();
    let what = format!(
        "{key}, COUNT(*), {IN_TIME}, \
         COUNT(CASE WHEN {answered} <= respond_by THEN 1 END), COUNT(CASE WHEN {answered} > respond_by THEN 1 END)"
    );
    let mut wanted = counted(what, account, visible, of, On::Done);
    let most = wanted.bind(ROWS_MAX);
    wanted.sql += &format!(" GROUP BY {key} ORDER BY 2 DESC, 1 LIMIT {most}");
    let rows = wanted.fetch(tx).await?;
    let one = |row: &ledger::Row| {
        let number: Option<i64> = row.get(0)?;
        let key = match (by, number) {
            (By::Service, number) => dense(number).map(Key::Service),
            (By::Group, None) => Some(Key::NoGroup),
            (By::Group, number) => dense(number).map(Key::Group),
            (By::Priority, number) => number.and_then(Priority::of_number).map(Key::Priority),
        };
        Ok(InTime {
            key: key.ok_or_else(|| damaged("something to count it by"))?,
            done: row.get(1)?,
            resolved: [row.get(2)?, row.get(3)?],
            responded: [row.get(4)?, row.get(5)?],
        })
    };
    rows.iter().map(one).collect()
}
