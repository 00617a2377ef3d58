//! SD-38: who follows records, and taking those off who lost access.

use access::{
    Dense, Moment, Permit, PersonId, Subject,
    decide::{RecordFacts, permissions::ManageRecord},
};
use ledger::{AccountId, AssertSqlSafe, Row, Tx};

use super::{
    Result,
    assigned::{ASKED_AT_ONCE, Such},
    damaged, dense, facts_of, feed, number,
    statement::among,
};
use crate::records::{Record, history::Change};

/// Who follows one record at most.
pub(in crate::records) const WATCHERS_MAX: usize = 50;

/// Who follows a record that somebody may read.
pub(in crate::records) async fn watchers(
    tx: &mut Tx,
    account: AccountId,
    of: &Record,
) -> Result<Vec<PersonId>> {
    let sql = "SELECT person FROM service_desk_watchers WHERE account = $1 AND record = $2 ORDER BY person LIMIT $3";
    let most = i64::try_from(WATCHERS_MAX).unwrap_or(i64::MAX);
    let values = [account.0.into(), of.number.into(), most.into()];
    let rows = tx.fetch_all(sql, values).await?;
    rows.iter().map(|row| person(row, 0)).collect()
}

fn person(row: &Row, column: usize) -> Result<PersonId> {
    let person = dense(Some(row.get(column)?));
    person.ok_or_else(|| damaged("a watcher"))
}

/// Somebody follows it from now on.
pub(in crate::records) async fn watch(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    record: &Record,
    who: PersonId,
) -> Result<()> {
    let sql = "INSERT INTO service_desk_watchers (account, record, person) VALUES ($1, $2, $3)";
    let values = [account.0.into(), record.number.into(), number(who).into()];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Somebody does not follow it any more.
pub(in crate::records) async fn unwatch(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    record: &Record,
    who: PersonId,
) -> Result<()> {
    let sql =
        "DELETE FROM service_desk_watchers WHERE account = $1 AND record = $2 AND person = $3";
    let values = [account.0.into(), record.number.into(), number(who).into()];
    tx.execute(sql, values).await?;
    Ok(())
}

/// What users follow, by what decides about it.
pub(in crate::records) async fn watched(
    tx: &mut Tx,
    account: AccountId,
    users: &[PersonId],
) -> Result<Vec<(PersonId, RecordFacts)>> {
    let mut found = Vec::new();
    for some in users.chunks(ASKED_AT_ONCE) {
        // One of each: whether there is a customer is all that counts of them.
        let sql = format!(
            "SELECT w.person, r.service, MIN(r.customer), r.company FROM service_desk_watchers AS w \
             JOIN service_desk_records AS r ON r.account = w.account AND r.number = w.record \
             WHERE w.account = $1 AND {} GROUP BY w.person, r.service, r.company, r.customer IS NULL",
            among("w.person", some.iter().map(|one| one.number()))
        );
        let rows = tx.fetch_all(AssertSqlSafe(sql), [account.0.into()]).await?;
        for row in &rows {
            found.push((person(row, 0)?, facts_of(row, 1)?));
        }
    }
    Ok(found)
}

/// Takes somebody off such records, who has lost access to them, and writes down that it was so.
pub(in crate::records) async fn unwatch_lost(
    tx: &mut Tx,
    account: AccountId,
    who: PersonId,
    lost: RecordFacts,
    actor: Subject,
    at: Moment,
) -> Result<()> {
    let theirs = "number IN (SELECT w.record FROM service_desk_watchers AS w WHERE w.account = $1 AND w.person = $2)";
    let such = Such::of(account, theirs, number(who), lost);
    let change = Change::WatcherLostAccess { who };
    such.remember(tx, &change, actor, at).await?;
    feed::tell_of_all(tx, account, &such.text, such.values(Vec::new()), at).await?;
    let taken = format!(
        "DELETE FROM service_desk_watchers WHERE account = $1 AND person = $2 \
         AND record IN (SELECT number FROM service_desk_records WHERE {})",
        such.text
    );
    tx.execute(AssertSqlSafe(taken), such.values(Vec::new()))
        .await?;
    Ok(())
}
