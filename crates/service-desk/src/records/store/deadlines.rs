//! SD-29, SD-30: the moments of a record that count, in its row.

use access::{
    Moment, PermissionType, Permit, ServiceId,
    decide::permissions::{ConfigureDesk, OverrideDueDate},
};
use ledger::{AccountId, LedgerError, Row, Tx, Value};

use super::{Result, number};
use crate::records::{
    Record,
    deadlines::Deadlines,
    targets::{Targets, hours::Work},
};

/// Writes them, for whoever has the permit of an act on the record.
pub(in crate::records) async fn write_deadlines<P: PermissionType>(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, P>,
    record: i64,
    deadlines: &Deadlines,
) -> Result<()> {
    let sql = "UPDATE service_desk_records SET due_at = $3, due_is_set = $4, target_at = $5, warn_at = $6, respond_by = $7, \
               warn_response_at = $8, responded_at = $9, waiting_since = $10, stood = $11, resolved_at = $12, closed_at = $13 \
               WHERE account = $1 AND number = $2";
    let mut values = vec![account.0.into(), record.into()];
    values.extend(columns(deadlines));
    tx.execute(sql, values).await?;
    Ok(())
}

/// Their columns, in the order of the statements that write them.
pub(super) fn columns(deadlines: &Deadlines) -> [Value; 11] {
    let moment = |at: Option<Moment>| Value::Int(at.map(|at| at.0));
    [
        moment(deadlines.due_at),
        i64::from(deadlines.is_set).into(),
        moment(deadlines.target_at),
        moment(deadlines.warn_at),
        moment(deadlines.respond_by),
        moment(deadlines.warn_response_at),
        moment(deadlines.responded_at),
        moment(deadlines.waiting_since),
        deadlines.stood.0.into(),
        moment(deadlines.resolved_at),
        moment(deadlines.closed_at),
    ]
}

/// SD-29: writes them where somebody set or gave back when the record is due, which is a change of the record.
pub(in crate::records) async fn override_due(
    tx: &mut Tx,
    account: AccountId,
    permit: &Permit<'_, OverrideDueDate>,
    record: &Record,
    deadlines: &Deadlines,
    at: Moment,
) -> Result<()> {
    let sql = "UPDATE service_desk_records SET changed_at = $3, revision = revision + 1 WHERE account = $1 AND number = $2";
    tx.execute(sql, [account.0.into(), record.number.into(), at.0.into()])
        .await?;
    write_deadlines(tx, account, permit, record.number, deadlines).await
}

/// Reads them: eleven columns of a row, from one on.
pub(super) fn read_deadlines(row: &Row, first: usize) -> Result<Deadlines> {
    let moment = |at: usize| -> Result<Option<Moment>> {
        Ok(row.get::<Option<i64>>(first + at)?.map(Moment))
    };
    Ok(Deadlines {
        due_at: moment(0)?,
        is_set: row.get::<i64>(first + 1)? != 0,
        target_at: moment(2)?,
        warn_at: moment(3)?,
        respond_by: moment(4)?,
        warn_response_at: moment(5)?,
        responded_at: moment(6)?,
        waiting_since: moment(7)?,
        stood: Work(row.get(first + 8)?),
        resolved_at: moment(9)?,
        closed_at: moment(10)?,
    })
}

/// What a service says of targets; the defaults where it says nothing. It is no answer to anybody: whoever shows it has a guard.
pub(in crate::records) async fn targets(
    tx: &mut Tx,
    account: AccountId,
    service: ServiceId,
) -> Result<Targets> {
    let sql = "SELECT settings FROM service_desk_targets WHERE account = $1 AND service = $2";
    let row = tx
        .fetch_optional(sql, [account.0.into(), number(service).into()])
        .await?;
    row.map_or_else(|| Ok(Targets::default()), |row| read_targets(&row, 0))
}

/// Reads them from a column; the defaults where it is empty.
pub(super) fn read_targets(row: &Row, column: usize) -> Result<Targets> {
    let Some(text) = row.get::<Option<String>>(column)? else {
        return Ok(Targets::default());
    };
    serde_json::from_str(&text)
        .map_err(|error| LedgerError::Damaged(format!("the targets of a service: {error}")))
}

/// Writes what a service says of targets.
pub(in crate::records) async fn write_targets(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ConfigureDesk>,
    service: ServiceId,
    targets: &Targets,
) -> Result<()> {
    let sql = "INSERT INTO service_desk_targets (account, service, settings) VALUES ($1, $2, $3) \
               ON CONFLICT (account, service) DO UPDATE SET settings = excluded.settings";
    let text = serde_json::to_string(targets)
        .map_err(|error| LedgerError::Damaged(format!("the targets of a service: {error}")))?;
    let values = [account.0.into(), number(service).into(), text.into()];
    tx.execute(sql, values).await?;
    Ok(())
}
