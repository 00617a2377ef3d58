//! Links between records. Whoever reads one is shown its other side where they see that record: everything else is not there.

use access::{
    Permit,
    decide::{RecordFacts, VisibleRecords, permissions::ManageRecord},
};
use ledger::{AccountId, Row, Tx};
use uuid::Uuid;

use super::{Result, damaged, facts_of, statement::Statement};
use crate::records::{
    Record, RecordId,
    life::{Kind, Status},
    links::Relation,
};

/// Links of one record at most, and as many are shown.
pub(in crate::records) const LINKS_MAX: i64 = 100;

/// The other side of a link, for somebody who sees it.
#[derive(Debug, Clone)]
pub(in crate::records) struct Linked {
    pub relation: Relation,
    pub number: i64,
    pub id: RecordId,
    pub kind: Kind,
    pub status: Status,
    pub title: String,
}

/// The links of a record that somebody may read, to records that they see, too.
pub(in crate::records) async fn links(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    of: &Record,
) -> Result<Vec<Linked>> {
    let mut wanted = Statement::new(
        "SELECT l.relation, l.forward, r.number, r.id, r.kind, r.status, r.title FROM (\
         SELECT relation, other AS far, CAST(1 AS BIGINT) AS forward FROM service_desk_links WHERE account = $1 AND record = $2 UNION ALL \
         SELECT relation, record, CAST(0 AS BIGINT) FROM service_desk_links WHERE account = $1 AND other = $2) AS l \
         JOIN service_desk_records AS r ON r.number = l.far WHERE r.account = $1",
    );
    wanted.bind(account.0);
    wanted.bind(of.number);
    wanted.and_visible(visible);
    let most = wanted.bind(LINKS_MAX);
    wanted.sql += &format!(" ORDER BY l.relation, l.forward DESC, r.number LIMIT {most}");
    let rows = wanted.fetch(tx).await?;
    let linked = |row: &Row| {
        let relation = Relation::of_columns(row.get(0)?, row.get(1)?);
        let id = Uuid::try_parse(&row.get::<String>(3)?).map_err(|_| damaged("an id"))?;
        Ok(Linked {
            relation: relation.ok_or_else(|| damaged("a relation"))?,
            number: row.get(2)?,
            id: RecordId(id),
            kind: Kind::of_number(row.get(4)?).ok_or_else(|| damaged("a kind"))?,
            status: Status::of_number(row.get(5)?).ok_or_else(|| damaged("a status"))?,
            title: row.get(6)?,
        })
    };
    rows.iter().map(linked).collect()
}

/// How many links a record has, whoever sees them.
pub(in crate::records) async fn count_links(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    record: &Record,
) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM service_desk_links WHERE account = $1 AND (record = $2 OR other = $2)";
    let values = [account.0.into(), record.number.into()];
    let row = tx.fetch_optional(sql, values).await?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// Whether a record is so linked to another one.
pub(in crate::records) async fn is_linked(
    tx: &mut Tx,
    account: AccountId,
    from: &Record,
    relation: Relation,
    to: &Record,
) -> Result<bool> {
    let sql = "SELECT 1 FROM service_desk_links WHERE account = $1 AND record = $2 AND relation = $3 AND other = $4";
    let values = relation.columns(account, from.number, to.number);
    Ok(tx.fetch_optional(sql, values).await?.is_some())
}

/// Links two records: the right is needed on both.
pub(in crate::records) async fn link(
    tx: &mut Tx,
    account: AccountId,
    _: [&Permit<'_, ManageRecord>; 2],
    from: &Record,
    relation: Relation,
    to: &Record,
) -> Result<()> {
    let sql =
        "INSERT INTO service_desk_links (account, record, relation, other) VALUES ($1, $2, $3, $4)";
    let values = relation.columns(account, from.number, to.number);
    tx.execute(sql, values).await?;
    Ok(())
}

/// Takes a link away.
pub(in crate::records) async fn unlink(
    tx: &mut Tx,
    account: AccountId,
    _: [&Permit<'_, ManageRecord>; 2],
    from: &Record,
    relation: Relation,
    to: &Record,
) -> Result<()> {
    let sql = "DELETE FROM service_desk_links WHERE account = $1 AND record = $2 AND relation = $3 AND other = $4";
    let values = relation.columns(account, from.number, to.number);
    tx.execute(sql, values).await?;
    Ok(())
}

/// The record with a number, and what decides about it, for an act that asks whether its actor may. It is no answer to anybody.
pub(in crate::records) async fn numbered(
    tx: &mut Tx,
    account: AccountId,
    number: i64,
) -> Result<Option<(RecordId, RecordFacts)>> {
    let sql = "SELECT id, service, customer, company FROM service_desk_records WHERE account = $1 AND number = $2";
    let row = tx
        .fetch_optional(sql, [account.0.into(), number.into()])
        .await?;
    let found = |row: Row| {
        let id = Uuid::try_parse(&row.get::<String>(0)?).map_err(|_| damaged("an id"))?;
        Ok((RecordId(id), facts_of(&row, 1)?))
    };
    row.map(found).transpose()
}

/// Which of these numbers are those of records that a reader sees.
pub(in crate::records) async fn seen(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    numbers: impl Iterator<Item = i64>,
) -> Result<Vec<i64>> {
    let numbers: Vec<_> = numbers.map(|number| number.to_string()).collect();
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut wanted = Statement::new("SELECT number FROM service_desk_records WHERE TRUE");
    wanted.and("account", account.0);
    wanted.and_visible(visible);
    wanted.sql += &format!(" AND number IN ({})", numbers.join(", "));
    let rows = wanted.fetch(tx).await?;
    rows.iter().map(|row| row.get(0)).collect()
}
