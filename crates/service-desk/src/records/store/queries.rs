//! Saved queries, and whom they are shared with. They hold a question and no record: what it finds is asked for as whoever opens it.

use access::{Dense, GroupId, Permit, PersonId, decide::permissions::ManageRecord};
use ledger::{AccountId, AssertSqlSafe, Row, Tx};

use super::{Result, damaged, dense, number, statement::among};
use crate::records::{
    QueryId,
    queries::{Holder, SavedQuery},
};

/// Queries that somebody keeps.
pub(in crate::records) const QUERIES_MAX: usize = 100;
/// Users and groups that one is shared with.
pub(in crate::records) const SHARES_MAX: usize = 50;
/// Queries of others that are shown.
const OF_OTHERS_MAX: i64 = 200;

const COLUMNS: &str = "q.id, q.owner, q.name, q.question, q.words";

fn read(row: &Row) -> Result<SavedQuery> {
    let id: String = row.get(0)?;
    Ok(SavedQuery {
        id: id.parse().map(QueryId).map_err(|_| damaged("a query"))?,
        owner: dense(Some(row.get(1)?)).ok_or_else(|| damaged("the owner of a query"))?,
        name: row.get(2)?,
        question: row.get(3)?,
        words: row.get(4)?,
    })
}

/// What is shared with somebody, or with a group of theirs.
fn shared(groups: &[GroupId]) -> String {
    let in_group = among("s.in_group", groups.iter().map(|one| one.number()));
    format!(
        "SELECT s.query FROM service_desk_query_shares AS s WHERE s.account = $1 AND s.person = $2 AND s.person > 0 \
         UNION SELECT s.query FROM service_desk_query_shares AS s WHERE s.account = $1 AND s.in_group > 0 AND {in_group}"
    )
}

/// Somebody's own.
pub(in crate::records) async fn own_queries(
    tx: &mut Tx,
    account: AccountId,
    owner: PersonId,
) -> Result<Vec<SavedQuery>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM service_desk_queries AS q WHERE q.account = $1 AND q.owner = $2 ORDER BY q.id LIMIT $3"
    );
    let most = i64::try_from(QUERIES_MAX).unwrap_or(i64::MAX);
    let values = [account.0.into(), number(owner).into(), most.into()];
    let rows = tx.fetch_all(AssertSqlSafe(sql), values).await?;
    rows.iter().map(read).collect()
}

/// Those of others that are shared with somebody.
pub(in crate::records) async fn shared_queries(
    tx: &mut Tx,
    account: AccountId,
    with: PersonId,
    groups: &[GroupId],
) -> Result<Vec<SavedQuery>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM service_desk_queries AS q WHERE q.account = $1 AND q.owner <> $2 AND q.id IN ({}) ORDER BY q.id LIMIT $3",
        shared(groups)
    );
    let values = [account.0.into(), number(with).into(), OF_OTHERS_MAX.into()];
    let rows = tx.fetch_all(AssertSqlSafe(sql), values).await?;
    rows.iter().map(read).collect()
}

/// One that is somebody's own or shared with them; every other one is not there.
pub(in crate::records) async fn query(
    tx: &mut Tx,
    account: AccountId,
    reader: PersonId,
    groups: &[GroupId],
    id: QueryId,
) -> Result<Option<SavedQuery>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM service_desk_queries AS q WHERE q.account = $1 AND q.id = $3 AND (q.owner = $2 OR q.id IN ({}))",
        shared(groups)
    );
    let values = [
        account.0.into(),
        number(reader).into(),
        id.0.to_string().into(),
    ];
    let row = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
    row.as_ref().map(read).transpose()
}

/// Writes one, in the place of the one with its id.
pub(in crate::records) async fn write_query(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    query: SavedQuery,
) -> Result<()> {
    let sql = "INSERT INTO service_desk_queries (account, id, owner, name, question, words) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (account, id) DO UPDATE SET name = excluded.name, question = excluded.question, words = excluded.words";
    let values = [
        account.0.into(),
        query.id.0.to_string().into(),
        number(query.owner).into(),
        query.name.into(),
        query.question.into(),
        query.words.into(),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// It is gone, for everybody whom it was shared with as well.
pub(in crate::records) async fn remove_query(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    query: &SavedQuery,
) -> Result<()> {
    for sql in [
        "DELETE FROM service_desk_query_shares WHERE account = $1 AND query = $2",
        "DELETE FROM service_desk_queries WHERE account = $1 AND id = $2",
    ] {
        let values = [account.0.into(), query.id.0.to_string().into()];
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// Whom one is shared with.
pub(in crate::records) async fn holders(
    tx: &mut Tx,
    account: AccountId,
    query: &SavedQuery,
) -> Result<Vec<Holder>> {
    let sql = "SELECT person, in_group FROM service_desk_query_shares WHERE account = $1 AND query = $2 ORDER BY person, in_group LIMIT $3";
    let most = i64::try_from(SHARES_MAX).unwrap_or(i64::MAX);
    let values = [account.0.into(), query.id.0.to_string().into(), most.into()];
    let rows = tx.fetch_all(sql, values).await?;
    let holder = |row: &Row| {
        let user = dense(Some(row.get(0)?)).map(Holder::User);
        let group = dense(Some(row.get(1)?)).map(Holder::Group);
        user.or(group).ok_or_else(|| damaged("a share of a query"))
    };
    rows.iter().map(holder).collect()
}

/// It is shared with somebody from now on, or not any more.
pub(in crate::records) async fn share(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    query: &SavedQuery,
    with: Holder,
    is: bool,
) -> Result<()> {
    let (person, group) = match with {
        Holder::User(person) => (number(person), 0),
        Holder::Group(group) => (0, number(group)),
    };
    let sql = match is {
        true => {
            "INSERT INTO service_desk_query_shares (account, query, owner, person, in_group) VALUES ($1, $2, $3, $4, $5)"
        }
        false => {
            "DELETE FROM service_desk_query_shares WHERE account = $1 AND query = $2 AND owner = $3 AND person = $4 AND in_group = $5"
        }
    };
    let values = [
        account.0.into(),
        query.id.0.to_string().into(),
        number(query.owner).into(),
        person.into(),
        group.into(),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}
