//! What pages that are open are told: written in the transaction of each act, read by whoever has streams of the account on this node.

use access::{Moment, decide::RecordFacts};
use ledger::{AccountId, AssertSqlSafe, Row, Tx, Value};
use uuid::Uuid;

use super::{Result, damaged, facts_of, number};
use crate::records::RecordId;

/// Changes that are kept, the newest: whoever was away for longer looks at everything again.
const KEPT: i64 = 10_000;
/// After so many new ones the oldest are taken away.
const CLEARED_AFTER: i64 = 100;
/// Changes that are read at once.
pub(in crate::records) const READ_AT_ONCE: usize = 1_000;

/// Something happened to a record.
#[derive(Debug, Clone, Copy)]
pub(in crate::records) struct Told {
    pub change: i64,
    pub record: RecordId,
    /// What decides who hears of it.
    pub facts: RecordFacts,
}

/// Tells that something happens to records, to those who see them as they stand there now. Before one is given to another service, customer or
/// company, or is deleted, those are told who will see it no more.
pub(super) async fn tell(
    tx: &mut Tx,
    account: AccountId,
    records: &[i64],
    at: Moment,
) -> Result<()> {
    let places: Vec<_> = (2..)
        .zip(records)
        .map(|(place, _)| format!("${place}"))
        .collect();
    let such = format!("account = $1 AND number IN ({})", places.join(", "));
    let numbers = records.iter().map(|number| (*number).into());
    let values = std::iter::once(account.0.into()).chain(numbers).collect();
    tell_of_all(tx, account, &such, values, at).await
}

/// The same of a record that is new, and whose change was counted with its number.
pub(super) async fn tell_new(
    tx: &mut Tx,
    account: AccountId,
    change: i64,
    record: RecordId,
    facts: RecordFacts,
    at: Moment,
) -> Result<()> {
    let sql = "INSERT INTO service_desk_feed (account, change, record, service, customer, company, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        account.0.into(),
        change.into(),
        record.0.to_string().into(),
        number(facts.service).into(),
        Value::Int(facts.customer.map(number)),
        Value::Int(facts.company.map(number)),
        at.0.into(),
    ];
    tx.execute(sql, values).await?;
    clear(tx, account, change, 1).await
}

/// The same of every record that a condition of ours names.
pub(super) async fn tell_of_all(
    tx: &mut Tx,
    account: AccountId,
    such: &str,
    mut values: Vec<Value>,
    at: Moment,
) -> Result<()> {
    // Bound, so that the text is known again: a new one has to be understood first.
    values.push(at.0.into());
    let sql = format!(
        "INSERT INTO service_desk_feed (account, change, record, service, customer, company, at) \
         SELECT account, (SELECT last_change FROM service_desk_numbers AS n WHERE n.account = r.account) \
         + ROW_NUMBER() OVER (ORDER BY number), id, service, customer, company, CAST(${} AS BIGINT) \
         FROM service_desk_records AS r WHERE {such}",
        values.len()
    );
    let told = tx.execute(AssertSqlSafe(sql), values).await?;
    counted(tx, account, i64::try_from(told).unwrap_or(i64::MAX)).await
}

async fn counted(tx: &mut Tx, account: AccountId, told: i64) -> Result<()> {
    let sql = "UPDATE service_desk_numbers SET last_change = last_change + $2 WHERE account = $1 RETURNING last_change";
    let row = tx
        .fetch_optional(sql, [account.0.into(), told.into()])
        .await?;
    let last: i64 = row.map_or(Ok(0), |row| row.get(0))?;
    clear(tx, account, last, told).await
}

/// Takes the oldest away, now and then.
async fn clear(tx: &mut Tx, account: AccountId, last: i64, told: i64) -> Result<()> {
    if last / CLEARED_AFTER == last.saturating_sub(told) / CLEARED_AFTER {
        return Ok(());
    }
    let sql = "DELETE FROM service_desk_feed WHERE account = $1 AND change <= $2";
    let until = last.saturating_sub(KEPT).into();
    tx.execute(sql, [account.0.into(), until]).await?;
    Ok(())
}

/// The last change that was told.
pub(in crate::records) async fn last_told(tx: &mut Tx, account: AccountId) -> Result<i64> {
    let sql = "SELECT last_change FROM service_desk_numbers WHERE account = $1";
    let row = tx.fetch_optional(sql, [account.0.into()]).await?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// What was told after a change, the oldest first. It is for nobody's eyes: each stream passes on what its reader may see.
pub(in crate::records) async fn told_after(
    tx: &mut Tx,
    account: AccountId,
    after: i64,
) -> Result<Vec<Told>> {
    let sql = "SELECT change, record, service, customer, company FROM service_desk_feed WHERE account = $1 AND change > $2 \
               ORDER BY change LIMIT $3";
    let most = i64::try_from(READ_AT_ONCE).unwrap_or(i64::MAX);
    let rows = tx
        .fetch_all(sql, [account.0.into(), after.into(), most.into()])
        .await?;
    rows.iter().map(read).collect()
}

/// The first change that was told at this moment or later, less one.
pub(in crate::records) async fn told_before(
    tx: &mut Tx,
    account: AccountId,
    from: Moment,
) -> Result<Option<i64>> {
    let sql = "SELECT MIN(change) - 1 FROM (SELECT change, at FROM service_desk_feed WHERE account = $1 ORDER BY change DESC LIMIT $2) \
               AS recent WHERE at >= $3";
    let most = i64::try_from(READ_AT_ONCE).unwrap_or(i64::MAX);
    let values = [account.0.into(), most.into(), from.0.into()];
    let row = tx.fetch_optional(sql, values).await?;
    row.map_or(Ok(None), |row| row.get(0))
}

fn read(row: &Row) -> Result<Told> {
    let record = Uuid::try_parse(&row.get::<String>(1)?).map_err(|_| damaged("an id"))?;
    Ok(Told {
        change: row.get(0)?,
        record: RecordId(record),
        facts: facts_of(row, 2)?,
    })
}
