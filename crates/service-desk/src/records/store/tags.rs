//! Tags: short words of a record, and those that others have already.

use access::{
    Moment, Permit,
    decide::{VisibleRecords, permissions::ManageRecord},
};
use ledger::{AccountId, Row, Tx};

use super::{Result, statement::Statement};
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

/// The tags that a record is to have. Nobody makes one without the permit for that record.
pub(in crate::records) struct Tagging {
    record: i64,
    tags: Vec<String>,
}

impl Tagging {
    pub fn new(_: &Permit<'_, ManageRecord>, record: &Record, tags: Vec<String>) -> Self {
        let record = record.number;
        Self { record, tags }
    }
}

/// These take the place of those that were there, on all of the records at once: each round trip to the database counts while others wait.
pub(in crate::records) async fn set_tags(
    tx: &mut Tx,
    account: AccountId,
    taggings: &[Tagging],
    at: Moment,
) -> Result<()> {
    if taggings.is_empty() {
        return Ok(());
    }
    let records = || taggings.iter().map(|one| one.record);
    let mut gone = Statement::new("DELETE FROM service_desk_tags WHERE TRUE");
    gone.and("account", account.0);
    gone.and_any("record", records());
    gone.execute(tx).await?;
    insert_tags(tx, account, taggings).await?;
    let mut touched = Statement::default();
    let at = touched.bind(at.0);
    touched.sql = format!("UPDATE service_desk_records SET changed_at = {at} WHERE TRUE");
    touched.and("account", account.0);
    touched.and_any("number", records());
    touched.execute(tx).await?;
    Ok(())
}

async fn insert_tags(tx: &mut Tx, account: AccountId, taggings: &[Tagging]) -> Result<()> {
    let mut said = Statement::default();
    let account = said.bind(account.0);
    let mut rows = Vec::new();
    // A value that no row names is one too many for PostgreSQL.
    for one in taggings.iter().filter(|one| !one.tags.is_empty()) {
        let record = said.bind(one.record);
        for (place, tag) in (1..).zip(&one.tags) {
            let tag = said.bind(tag.as_str());
            rows.push(format!("({account}, {record}, {place}, {tag})"));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.join(", ");
    said.sql = format!("INSERT INTO service_desk_tags (account, record, place, tag) VALUES {rows}");
    said.execute(tx).await?;
    Ok(())
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
