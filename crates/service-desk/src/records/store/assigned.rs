//! SD-19: what users and groups are assigned to, and taking it from those who lost access.

use access::{
    Dense, GroupId, Moment, PersonId, Subject,
    decide::{RecordFacts, VisibleRecords, permissions::ManageRecord},
};
use ledger::{AccountId, AssertSqlSafe, Database, Row, Tx, Value};
use uuid::Uuid;

use super::{
    Result, damaged, facts_of, feed, number, person_of,
    statement::{Statement, among},
    text_of,
};
use crate::records::{Assignee, RecordId, history::Change};

/// Assignees whom one statement asks about.
pub(super) const ASKED_AT_ONCE: usize = 1_000;

/// Accounts that one statement finds.
const ACCOUNTS_AT_ONCE: usize = 500;

/// SD-19: what users and groups are assigned to, by what decides about it.
pub(in crate::records) async fn assigned(
    tx: &mut Tx,
    account: AccountId,
    users: &[PersonId],
    groups: &[GroupId],
) -> Result<Vec<(Assignee, RecordFacts)>> {
    let users = users.iter().map(|one| one.number()).collect::<Vec<_>>();
    let groups = groups.iter().map(|one| one.number()).collect::<Vec<_>>();
    let mut found = Vec::new();
    for (column, numbers) in [("assignee_user", users), ("assignee_group", groups)] {
        for some in numbers.chunks(ASKED_AT_ONCE) {
            // One of each: whether there is a customer is all that counts of them.
            let sql = format!(
                "SELECT service, MIN(customer), company, MIN(assignee_user), MIN(assignee_group) FROM service_desk_records \
                 WHERE account = $1 AND {} GROUP BY {column}, service, company, customer IS NULL",
                among(column, some.iter().copied())
            );
            let rows = tx.fetch_all(AssertSqlSafe(sql), [account.0.into()]).await?;
            for row in &rows {
                let who = Assignee::of_columns(row.get(3)?, row.get(4)?);
                let who = who.ok_or_else(|| damaged("an assignee"))?;
                found.push((who, facts_of(row, 0)?));
            }
        }
    }
    Ok(found)
}

/// A piece of the accounts in which a record was ever opened: in no other one is anybody assigned to any. With it, after which one the next piece
/// begins: none where this was the last.
pub(in crate::records) async fn accounts_with_records(
    database: &Database,
    after: Option<AccountId>,
) -> Result<(Vec<AccountId>, Option<AccountId>)> {
    let mut tx = database.begin_read().await?;
    let sql =
        "SELECT account FROM service_desk_numbers WHERE account > $1 ORDER BY account LIMIT $2";
    let after = after.map_or(i64::MIN, |account| account.0);
    let most = i64::try_from(ACCOUNTS_AT_ONCE).unwrap_or(i64::MAX);
    let rows = tx.fetch_all(sql, [after.into(), most.into()]).await?;
    let found = rows.iter().map(|row| row.get(0).map(AccountId));
    let found = found.collect::<Result<Vec<_>>>()?;
    let is_last = found.len() < ACCOUNTS_AT_ONCE;
    let next = found.last().copied().filter(|_| !is_last);
    Ok((found, next))
}

/// SD-19: the first records of an assignee by such facts, as far as a reader sees them: their ids and titles.
pub(in crate::records) async fn losing(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    who: Assignee,
    lost: &[RecordFacts],
    most: usize,
) -> Result<Vec<(RecordId, String)>> {
    let mut wanted = Statement::new("SELECT id, title FROM service_desk_records WHERE TRUE");
    wanted.and("account", account.0);
    wanted.and(assignee_column(who), assignee_number(who));
    wanted.and_visible(visible);
    let such = lost.iter().map(|facts| {
        let company = facts.company.map_or("IS NULL".to_owned(), |company| {
            format!("= {}", company.number())
        });
        let customer = if facts.customer.is_some() {
            "NOT NULL"
        } else {
            "NULL"
        };
        let service = facts.service.number();
        format!("(service = {service} AND company {company} AND customer IS {customer})")
    });
    let such: Vec<_> = such.collect();
    wanted.sql += &format!(" AND ({})", such.join(" OR "));
    let most = wanted.bind(i64::try_from(most).unwrap_or(i64::MAX));
    wanted.sql += &format!(" ORDER BY number DESC LIMIT {most}");
    let rows = wanted.fetch(tx).await?;
    let one = |row: &Row| {
        let id = Uuid::try_parse(&row.get::<String>(0)?).map_err(|_| damaged("an id"))?;
        Ok((RecordId(id), row.get(1)?))
    };
    rows.iter().map(one).collect()
}

/// SD-19: takes such records from an assignee who has lost access to them, and writes down that it was so.
pub(in crate::records) async fn unassign(
    tx: &mut Tx,
    account: AccountId,
    who: Assignee,
    lost: RecordFacts,
    actor: Subject,
    at: Moment,
) -> Result<()> {
    let column = assignee_column(who);
    let such = Such::of(
        account,
        &format!("{column} = $2"),
        assignee_number(who),
        lost,
    );
    let change = Change::AssigneeLostAccess { who };
    such.remember(tx, &change, actor, at).await?;
    feed::tell_of_all(tx, account, &such.text, such.values(Vec::new()), at).await?;
    let cleared = format!(
        "UPDATE service_desk_records SET {column} = NULL, changed_at = $5, revision = revision + 1 WHERE {}",
        such.text
    );
    tx.execute(AssertSqlSafe(cleared), such.values(vec![at.0.into()]))
        .await?;
    Ok(())
}

/// Records that somebody has to do with, by what decides about them. Its values are the first four.
pub(super) struct Such {
    pub text: String,
    values: [Value; 4],
}

impl Such {
    /// `theirs` says of a record what the person or the group, whose number is `$2`, has to do with it.
    pub fn of(account: AccountId, theirs: &str, number: i64, facts: RecordFacts) -> Self {
        let customer = match facts.customer {
            Some(_) => "NOT NULL",
            None => "NULL",
        };
        let company = facts.company.map(super::number);
        Self {
            text: format!(
                "account = $1 AND {theirs} AND service = $3 AND company IS NOT DISTINCT FROM $4 AND customer IS {customer}"
            ),
            values: [
                account.0.into(),
                number.into(),
                facts.service.number().into(),
                Value::Int(company),
            ],
        }
    }

    /// With those that follow.
    pub fn values(&self, more: Vec<Value>) -> Vec<Value> {
        self.values.iter().cloned().chain(more).collect()
    }

    /// Writes down of each of them what happened.
    pub async fn remember(
        &self,
        tx: &mut Tx,
        change: &Change,
        actor: Subject,
        at: Moment,
    ) -> Result<()> {
        let sql = format!(
            "INSERT INTO service_desk_history (account, record, entry, at, actor, change) \
             SELECT r.account, r.number, (SELECT COALESCE(MAX(h.entry), 0) + 1 FROM service_desk_history AS h \
             WHERE h.account = r.account AND h.record = r.number), CAST($5 AS BIGINT), CAST($6 AS BIGINT), CAST($7 AS TEXT) \
             FROM service_desk_records AS r WHERE {}",
            self.text
        );
        let actor = Value::Int(person_of(actor));
        let more = vec![at.0.into(), actor, text_of(change)?.into()];
        tx.execute(AssertSqlSafe(sql), self.values(more)).await?;
        Ok(())
    }
}

fn assignee_column(who: Assignee) -> &'static str {
    match who {
        Assignee::User(_) => "assignee_user",
        Assignee::Group(_) => "assignee_group",
    }
}

fn assignee_number(who: Assignee) -> i64 {
    match who {
        Assignee::User(person) => number(person),
        Assignee::Group(group) => number(group),
    }
}
