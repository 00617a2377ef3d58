//! What hangs on records and matters when they are changed: read at once for as many as are changed at once.

use std::collections::{BTreeSet, HashMap};

use access::PersonId;
use ledger::{AccountId, Tx};

use super::{Result, damaged, dense, statement::Statement};
use crate::records::{Record, links::Relation};

const MERGED: i64 = 1;
const TAG: i64 = 2;
const WATCHER: i64 = 3;

/// What hangs on a record.
#[derive(Debug, Default)]
pub(in crate::records) struct Ties {
    /// Whether it was merged into another one, whoever sees that.
    pub is_merged: bool,
    /// Its tags, in their order.
    pub tags: Vec<String>,
    pub watchers: BTreeSet<PersonId>,
}

/// What hangs on some records, by their numbers. It is no answer to anybody.
pub(in crate::records) async fn ties<'r>(
    tx: &mut Tx,
    account: AccountId,
    records: impl Iterator<Item = &'r Record>,
) -> Result<HashMap<i64, Ties>> {
    let mut ties: HashMap<i64, Ties> = records
        .map(|record| (record.number, Ties::default()))
        .collect();
    if ties.is_empty() {
        return Ok(ties);
    }
    let mut wanted = Statement::default();
    let account = wanted.bind(account.0);
    let (relation, _) = Relation::MergedInto.stored();
    let relation = wanted.bind(relation);
    let numbers: Vec<_> = ties.keys().map(|number| wanted.bind(*number)).collect();
    let such = format!("account = {account} AND record IN ({})", numbers.join(", "));
    // SD-26: a tag that was the name of somebody who is erased is none.
    wanted.sql = format!(
        "SELECT record, CAST({MERGED} AS BIGINT), CAST(0 AS BIGINT) AS place, '' FROM service_desk_links WHERE {such} AND relation = {relation} \
         UNION ALL SELECT record, {TAG}, place, tag FROM service_desk_tags WHERE {such} AND tag <> '' \
         UNION ALL SELECT record, {WATCHER}, person, '' FROM service_desk_watchers WHERE {such} ORDER BY place"
    );
    for row in wanted.fetch(tx).await? {
        let of = ties.entry(row.get(0)?).or_default();
        match row.get::<i64>(1)? {
            MERGED => of.is_merged = true,
            TAG => of.tags.push(row.get(3)?),
            _ => {
                let who = dense(row.get(2)?);
                of.watchers.insert(who.ok_or_else(|| damaged("a watcher"))?);
            }
        }
    }
    Ok(ties)
}
