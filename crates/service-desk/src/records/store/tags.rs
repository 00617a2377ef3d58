//! Tags: short words of a record, and those that others have already.

use access::{
    Moment, Permit,
    decide::{VisibleRecords, permissions::ManageRecord},
};
use ledger::{AccountId, Row, Tx};

use super::{Result, statement::Statement, touch};
use crate::records::Record;

/// Rows that suggestions are taken from: those of the commonest words are among them.
const LOOKED_AT: i64 = 5_000;
/// Behind every letter: what begins with a text stands before it.
const LAST: char = char::MAX;

/// The tags of a record that somebody may read. One that was the name of somebody who is erased is none (SD-26).
pub(in crate::records) async fn tags(
    tx: &mut Tx,
    account: AccountId,
    of: &Record,
) -> Result<Vec<String>> {
    let sql = "SELECT tag FROM service_desk_tags WHERE account = $1 AND record = $2 AND tag <> '' ORDER BY place";
    let values = [account.0.into(), of.number.into()];
    let rows = tx.fetch_all(sql, values).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// These take the place of those that were there.
pub(in crate::records) async fn set_tags(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    record: &Record,
    tags: &[String],
    at: Moment,
) -> Result<()> {
    let gone = "DELETE FROM service_desk_tags WHERE account = $1 AND record = $2";
    tx.execute(gone, [account.0.into(), record.number.into()])
        .await?;
    let sql = "INSERT INTO service_desk_tags (account, record, place, tag) VALUES ($1, $2, $3, $4)";
    for (place, tag) in (1_i64..).zip(tags) {
        let values = [
            account.0.into(),
            record.number.into(),
            place.into(),
            tag.as_str().into(),
        ];
        tx.execute(sql, values).await?;
    }
    touch(tx, account, record, at).await
}

/// The commonest tags that begin so, of records that the reader sees.
pub(in crate::records) async fn tags_like(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    beginning: &str,
    most: i64,
) -> Result<Vec<String>> {
    let mut wanted = Statement::new(
        "SELECT tag FROM (SELECT t.tag FROM service_desk_tags AS t \
         JOIN service_desk_records AS r ON r.account = t.account AND r.number = t.record WHERE t.tag <> ''",
    );
    wanted.and("t.account", account.0);
    let (first, last) = (
        wanted.bind(beginning),
        wanted.bind(format!("{beginning}{LAST}")),
    );
    wanted.sql += &format!(" AND t.tag >= {first} AND t.tag < {last}");
    wanted.and_visible(visible);
    let (looked_at, most) = (wanted.bind(LOOKED_AT), wanted.bind(most));
    wanted.sql += &format!(
        " LIMIT {looked_at}) AS found GROUP BY tag ORDER BY COUNT(*) DESC, tag LIMIT {most}"
    );
    let rows = wanted.fetch(tx).await?;
    rows.iter().map(|row: &Row| row.get(0)).collect()
}
