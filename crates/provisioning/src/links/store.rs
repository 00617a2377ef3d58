//! Rows of users and groups, in transactions of the ledger. They are changed beside commands alone (`beside.rs`).

use access::{ConnectionId, Dense, Moment, PersonId, ProviderGroupId};
use ledger::{AccountId, AssertSqlSafe, LedgerError, Row, Tx, Value};
use scim::fold;

use super::{GroupRow, UserRow};

type Result<T> = std::result::Result<T, LedgerError>;

const USER: &str = "person, attributes, revision, created_at, modified_at";
const GROUP: &str = "provider_group, attributes, revision, created_at, modified_at";

/// Whose rows: those of one connection of an account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose {
    pub account: AccountId,
    pub connection: ConnectionId,
}

impl Whose {
    fn values<const N: usize>(self, more: [Value; N]) -> Vec<Value> {
        let own: [Value; 2] = [self.account.0.into(), self.connection.number().into()];
        own.into_iter().chain(more).collect()
    }
}

fn damaged(what: &str) -> LedgerError {
    LedgerError::Damaged(format!("{what} of a directory cannot be read"))
}

fn id<K: Dense>(number: i64) -> Result<K> {
    let id = u32::try_from(number).ok().and_then(K::from_number);
    id.ok_or_else(|| damaged("an id"))
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| damaged("what was written"))
}

fn user(row: &Row) -> Result<UserRow> {
    Ok(UserRow {
        person: id(row.get(0)?)?,
        attributes: json(&row.get::<String>(1)?)?,
        revision: row.get(2)?,
        created_at: Moment(row.get(3)?),
        modified_at: Moment(row.get(4)?),
    })
}

fn group(row: &Row) -> Result<GroupRow> {
    Ok(GroupRow {
        group: id(row.get(0)?)?,
        attributes: json(&row.get::<String>(1)?)?,
        members: Vec::new(),
        revision: row.get(2)?,
        created_at: Moment(row.get(3)?),
        modified_at: Moment(row.get(4)?),
    })
}

/// Which users are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which<'a> {
    Person(PersonId),
    /// As it was written; case does not count.
    UserName(&'a str),
    ExternalId(&'a str),
}

/// The user who is so.
pub(crate) async fn one_user(
    tx: &mut Tx,
    whose: Whose,
    which: Which<'_>,
) -> Result<Option<UserRow>> {
    let (column, value): (_, Value) = match which {
        Which::Person(person) => ("person", person.number().into()),
        Which::UserName(name) => ("user_name_folded", fold(name).into()),
        Which::ExternalId(id) => ("external_id", id.into()),
    };
    let sql = format!(
        "SELECT {USER} FROM provisioned_users WHERE account = $1 AND connection = $2 AND {column} = $3 AND hidden = 0"
    );
    let row = tx.fetch_optional(AssertSqlSafe(sql), whose.values([value]));
    row.await?.map(|row| user(&row)).transpose()
}

/// What another user of a directory has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    UserName,
    ExternalId,
}

/// Who else has the userName or, if nobody has, the externalId.
pub(crate) async fn taken(
    tx: &mut Tx,
    whose: Whose,
    (user_name, external_id): (&str, Option<&str>),
    but: Option<u32>,
) -> Result<Option<(Taken, PersonId)>> {
    // One question: a first sync asks it for each of its users.
    let sql = "SELECT CAST(0 AS BIGINT) AS what, person FROM provisioned_users \
               WHERE account = $1 AND connection = $2 AND hidden = 0 AND user_name_folded = $3 AND person <> $5 \
               UNION ALL SELECT CAST(1 AS BIGINT) AS what, person FROM provisioned_users \
               WHERE account = $1 AND connection = $2 AND hidden = 0 AND external_id = $4 AND person <> $5 ORDER BY what LIMIT 1";
    let but = but.map_or(-1, i64::from);
    let values = [fold(user_name).into(), external_id.into(), but.into()];
    let row = tx.fetch_optional(sql, whose.values(values)).await?;
    let found = |row: &Row| {
        let what = match row.get::<i64>(0)? {
            0 => Taken::UserName,
            _ => Taken::ExternalId,
        };
        Ok((what, id(row.get(1)?)?))
    };
    row.as_ref().map(found).transpose()
}

/// Who was deleted by the directory, was called so, and is still here.
pub(crate) async fn gone(
    tx: &mut Tx,
    whose: Whose,
    user_name: &str,
    external_id: Option<&str>,
) -> Result<Option<UserRow>> {
    let sql = format!(
        "SELECT {USER} FROM provisioned_users WHERE account = $1 AND connection = $2 AND user_name_folded = $3 AND hidden = 1 \
         ORDER BY CASE WHEN external_id = $4 THEN 0 ELSE 1 END, modified_at DESC LIMIT 1"
    );
    let values = [fold(user_name).into(), external_id.into()];
    let row = tx.fetch_optional(AssertSqlSafe(sql), whose.values(values));
    row.await?.map(|row| user(&row)).transpose()
}

/// How many users there are.
pub(crate) async fn count_users(tx: &mut Tx, whose: Whose) -> Result<usize> {
    let sql = "SELECT COUNT(*) FROM provisioned_users WHERE account = $1 AND connection = $2 AND hidden = 0";
    count(tx, sql, whose).await
}

/// How many groups there are.
pub(crate) async fn count_groups(tx: &mut Tx, whose: Whose) -> Result<usize> {
    let sql = "SELECT COUNT(*) FROM provisioned_groups WHERE account = $1 AND connection = $2";
    count(tx, sql, whose).await
}

async fn count(tx: &mut Tx, sql: &'static str, whose: Whose) -> Result<usize> {
    let row = tx.fetch_optional(sql, whose.values([])).await?;
    let count = row.map_or(Ok(0), |row| row.get::<i64>(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The number before the first user of a page. The index is walked there, and not the rows.
pub(crate) async fn users_before(tx: &mut Tx, whose: Whose, skipped: usize) -> Result<Option<u32>> {
    if skipped == 0 {
        return Ok(Some(0));
    }
    let sql = "SELECT person FROM provisioned_users WHERE account = $1 AND connection = $2 AND hidden = 0 ORDER BY person LIMIT 1 OFFSET $3";
    let skipped = i64::try_from(skipped - 1).unwrap_or(i64::MAX);
    let row = tx
        .fetch_optional(sql, whose.values([skipped.into()]))
        .await?;
    let number = row.map(|row| row.get::<i64>(0)).transpose()?;
    Ok(number.and_then(|number| u32::try_from(number).ok()))
}

/// The users after a number, at most so many, in the order of their numbers.
pub(crate) async fn users_after(
    tx: &mut Tx,
    whose: Whose,
    after: u32,
    most: usize,
) -> Result<Vec<UserRow>> {
    let sql = format!(
        "SELECT {USER} FROM provisioned_users WHERE account = $1 AND connection = $2 AND hidden = 0 AND person > $3 ORDER BY person LIMIT $4"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = whose.values([after.into(), most.into()]);
    let rows = tx.fetch_all(AssertSqlSafe(sql), values).await?;
    rows.iter().map(user).collect()
}

/// Who of these people is a user of the directory.
pub(crate) async fn known(tx: &mut Tx, whose: Whose, people: &[PersonId]) -> Result<Vec<PersonId>> {
    const AT_ONCE: usize = 1_000;
    let mut known = Vec::with_capacity(people.len());
    for some in people.chunks(AT_ONCE) {
        let numbers: Vec<_> = some.iter().map(|one| one.number().to_string()).collect();
        let sql = format!(
            "SELECT person FROM provisioned_users WHERE account = $1 AND connection = $2 AND hidden = 0 AND person IN ({})",
            numbers.join(",")
        );
        for row in tx.fetch_all(AssertSqlSafe(sql), whose.values([])).await? {
            known.push(id(row.get(0)?)?);
        }
    }
    Ok(known)
}

/// A group, with its members where they are asked for.
pub(crate) async fn one_group(
    tx: &mut Tx,
    whose: Whose,
    of: ProviderGroupId,
    members: bool,
) -> Result<Option<GroupRow>> {
    let sql = format!(
        "SELECT {GROUP}, {} FROM provisioned_groups WHERE account = $1 AND connection = $2 AND provider_group = $3",
        if members { "members" } else { "'[]'" }
    );
    let row = tx.fetch_optional(AssertSqlSafe(sql), whose.values([of.number().into()]));
    row.await?.map(|row| with_members(&row)).transpose()
}

fn with_members(row: &Row) -> Result<GroupRow> {
    Ok(GroupRow {
        members: json(&row.get::<String>(5)?)?,
        ..group(row)?
    })
}

/// The groups after a number, at most so many, in the order of their numbers.
pub(crate) async fn groups_after(
    tx: &mut Tx,
    whose: Whose,
    after: u32,
    most: usize,
) -> Result<Vec<GroupRow>> {
    let sql = format!(
        "SELECT {GROUP} FROM provisioned_groups WHERE account = $1 AND connection = $2 AND provider_group > $3 ORDER BY provider_group LIMIT $4"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = whose.values([after.into(), most.into()]);
    let rows = tx.fetch_all(AssertSqlSafe(sql), values).await?;
    rows.iter().map(group).collect()
}

/// The groups that are called so, or have this id of the directory's; at most so many.
pub(crate) async fn groups_by(
    tx: &mut Tx,
    whose: Whose,
    display_name: Option<&str>,
    external_id: Option<&str>,
    most: usize,
) -> Result<Vec<GroupRow>> {
    let (column, value) = match (display_name, external_id) {
        (_, Some(id)) => ("external_id", id.to_owned()),
        (name, None) => ("display_name_folded", fold(name.unwrap_or_default())),
    };
    let sql = format!(
        "SELECT {GROUP} FROM provisioned_groups WHERE account = $1 AND connection = $2 AND {column} = $3 ORDER BY provider_group LIMIT $4"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = whose.values([value.into(), most.into()]);
    let rows = tx.fetch_all(AssertSqlSafe(sql), values).await?;
    rows.iter().map(group).collect()
}

/// Everything of a connection, which is no more.
pub(crate) async fn forget(tx: &mut Tx, whose: Whose) -> Result<()> {
    for sql in [
        "DELETE FROM provisioned_users WHERE account = $1 AND connection = $2",
        "DELETE FROM provisioned_groups WHERE account = $1 AND connection = $2",
        "DELETE FROM provisioning_log WHERE account = $1 AND connection = $2",
    ] {
        tx.execute(sql, whose.values([])).await?;
    }
    Ok(())
}
