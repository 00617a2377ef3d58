//! Rows of records, in a transaction of the ledger. Whoever reads has the filter of what they may see; whoever writes has the permit of the
//! act, which carries the facts of that very record. Statements are put together from texts of this file and numbers of the core; what people
//! typed is bound.

use access::{
    CompanyId, Dense, GroupId, Moment, PermissionType, Permit, PersonId, ServiceId, Subject,
    decide::{
        RecordFacts, VisibleRecords,
        permissions::{
            CreateRecord, DeleteRecord, ManageRecord, MarkCommon, MarkInteresting, OverrideDueDate,
        },
    },
    state::CompanyAccess,
};
use ledger::{AccountId, AssertSqlSafe, LedgerError, Row, Tx, Value};
use uuid::Uuid;

use super::{
    Assignee, Content, Priority, Record, RecordId, dense,
    history::{Change, Entry},
    life::{Kind, Reason, Status},
};

type Result<T> = std::result::Result<T, LedgerError>;

/// Notes of a record that are read at once.
pub(super) const NOTES_MAX: usize = 500;
/// Entries of a history that are read at once, the newest.
pub(super) const HISTORY_MAX: usize = 200;
/// How far lists are counted.
pub(super) const COUNTED_MAX: i64 = 1_000;

const COLUMNS: &str = "number, id, kind, service, customer, company, title, description, priority, status, reason, assignee_user, \
                       assignee_group, due_at, is_common, is_interesting, opened_at, changed_at, revision";

/// What a list asks for besides what its reader may see.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked {
    pub service: Option<ServiceId>,
    pub kind: Option<Kind>,
    /// Only what somebody still works on, or only what is done.
    pub open: Option<bool>,
    pub whose: Option<Whose>,
    pub customer: Option<PersonId>,
    /// The one with this number.
    pub number: Option<i64>,
}

/// Whose work a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Assignee(Assignee),
    Nobody,
}

/// A statement that grows, with its values.
struct Statement {
    sql: String,
    values: Vec<Value>,
}

impl Statement {
    fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            values: Vec::new(),
        }
    }

    /// The place of a value.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn and(&mut self, column: &str, value: impl Into<Value>) {
        let place = self.bind(value);
        self.sql += &format!(" AND {column} = {place}");
    }

    /// `AND column IN (…)`; an empty list holds nothing (AD-26). The numbers are the core's own, and stand in the text.
    fn and_among(&mut self, column: &str, numbers: impl Iterator<Item = u32>) {
        self.sql += &format!(" AND {}", among(column, numbers));
    }

    /// What the reader may see, and no more: SD-5 and SD-33 as the core has decided them.
    fn and_visible<P>(&mut self, visible: &VisibleRecords<'_, P>) {
        self.and_among("service", visible.services().iter().map(|one| one.number()));
        for listed in visible.companies() {
            let admitted = match listed {
                CompanyAccess::All => continue,
                CompanyAccess::Listed {
                    companies,
                    without_company,
                } => {
                    let listed = among("company", companies.iter().map(Dense::number));
                    let none = if *without_company {
                        " OR company IS NULL"
                    } else {
                        ""
                    };
                    format!("{listed}{none}")
                }
            };
            self.sql += &format!(" AND (customer IS NULL OR {admitted})");
        }
    }

    fn and_asked(&mut self, asked: &Asked) {
        if let Some(service) = asked.service {
            self.and("service", service.number());
        }
        if let Some(kind) = asked.kind {
            self.and("kind", kind.number());
        }
        if let Some(open) = asked.open {
            let done = [Status::Resolved, Status::Closed].map(|one| one.number().to_string());
            let not = if open { "NOT " } else { "" };
            self.sql += &format!(" AND status {not}IN ({})", done.join(", "));
        }
        match asked.whose {
            None => {}
            Some(Whose::Nobody) => {
                self.sql += " AND assignee_user IS NULL AND assignee_group IS NULL";
            }
            Some(Whose::Assignee(Assignee::User(user))) => self.and("assignee_user", user.number()),
            Some(Whose::Assignee(Assignee::Group(group))) => {
                self.and("assignee_group", group.number());
            }
        }
        if let Some(customer) = asked.customer {
            self.and("customer", customer.number());
        }
        if let Some(number) = asked.number {
            self.and("number", number);
        }
    }

    async fn fetch(self, tx: &mut Tx) -> Result<Vec<Row>> {
        tx.fetch_all(AssertSqlSafe(self.sql), self.values).await
    }
}

fn among(column: &str, numbers: impl Iterator<Item = u32>) -> String {
    let numbers: Vec<_> = numbers.map(|number| number.to_string()).collect();
    if numbers.is_empty() {
        return "1 = 0".to_owned();
    }
    format!("{column} IN ({})", numbers.join(", "))
}

/// The first of a list, the newest first: those before a number.
pub(super) async fn list(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    asked: &Asked,
    before: Option<i64>,
    most: usize,
) -> Result<Vec<Record>> {
    let mut wanted = Statement::new(format!(
        "SELECT {COLUMNS} FROM service_desk_records WHERE TRUE"
    ));
    wanted.and("account", account.0);
    wanted.and_visible(visible);
    wanted.and_asked(asked);
    if let Some(before) = before {
        let place = wanted.bind(before);
        wanted.sql += &format!(" AND number < {place}");
    }
    let most = wanted.bind(i64::try_from(most).unwrap_or(i64::MAX));
    wanted.sql += &format!(" ORDER BY number DESC LIMIT {most}");
    let rows = wanted.fetch(tx).await?;
    rows.iter().map(read).collect()
}

/// How many there are, up to [`COUNTED_MAX`] and one.
pub(super) async fn count(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    asked: &Asked,
) -> Result<i64> {
    let mut wanted =
        Statement::new("SELECT COUNT(*) FROM (SELECT 1 FROM service_desk_records WHERE TRUE");
    wanted.and("account", account.0);
    wanted.and_visible(visible);
    wanted.and_asked(asked);
    wanted.sql += &format!(" LIMIT {}) AS found", COUNTED_MAX + 1);
    let rows = wanted.fetch(tx).await?;
    rows.first().map_or(Ok(0), |row| row.get(0))
}

/// One record, for somebody who may read it.
pub(super) async fn record(
    tx: &mut Tx,
    account: AccountId,
    visible: &VisibleRecords<'_, ManageRecord>,
    id: RecordId,
) -> Result<Option<Record>> {
    let mut wanted = Statement::new(format!(
        "SELECT {COLUMNS} FROM service_desk_records WHERE TRUE"
    ));
    wanted.and("account", account.0);
    wanted.and("id", id.0.to_string());
    wanted.and_visible(visible);
    let rows = wanted.fetch(tx).await?;
    rows.first().map(read).transpose()
}

/// What decides who reaches a record, for an act that finds its target. It is no answer to anybody.
pub(super) async fn facts(
    tx: &mut Tx,
    account: AccountId,
    id: RecordId,
) -> Result<Option<RecordFacts>> {
    let sql = "SELECT service, customer, company FROM service_desk_records WHERE account = $1 AND id = $2";
    let row = tx
        .fetch_optional(sql, [account.0.into(), id.0.to_string().into()])
        .await?;
    row.map(|row| facts_of(&row, 0)).transpose()
}

/// The record as it is at the head of the log, for whoever has the permit of an act on it.
pub(super) async fn permitted<P: PermissionType<On = RecordFacts>>(
    tx: &mut Tx,
    account: AccountId,
    permit: &Permit<'_, P>,
    id: RecordId,
) -> Result<Record> {
    let sql = format!("SELECT {COLUMNS} FROM service_desk_records WHERE account = $1 AND id = $2");
    let row = tx
        .fetch_optional(
            AssertSqlSafe(sql),
            [account.0.into(), id.0.to_string().into()],
        )
        .await?;
    let record = row.as_ref().map(read).transpose()?;
    // The permit is of facts that were read in this transaction: a record of another service, customer or company is not written with it.
    let record = record.filter(|record| record.facts() == permit.on());
    record.ok_or(LedgerError::Unknown("record"))
}

/// The next number of the account. It is never given again (SD-26).
pub(super) async fn next_number(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, CreateRecord>,
) -> Result<i64> {
    let sql = "INSERT INTO service_desk_numbers (account, last) VALUES ($1, 1) \
               ON CONFLICT (account) DO UPDATE SET last = service_desk_numbers.last + 1 RETURNING last";
    let row = tx.fetch_optional(sql, [account.0.into()]).await?;
    row.ok_or(LedgerError::Unknown("number"))?.get(0)
}

/// A new record.
pub(super) struct NewRecord {
    pub number: i64,
    pub id: RecordId,
    pub kind: Kind,
    pub content: Content,
    pub at: Moment,
}

pub(super) async fn insert(
    tx: &mut Tx,
    account: AccountId,
    permit: &Permit<'_, CreateRecord>,
    new: NewRecord,
) -> Result<()> {
    let NewRecord {
        number,
        id,
        kind,
        content,
        at,
    } = new;
    let sql = "INSERT INTO service_desk_records (account, number, id, kind, service, customer, company, title, description, priority, status, \
               reason, assignee_user, assignee_group, due_at, is_common, is_interesting, opened_at, changed_at, revision) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, NULL, 0, 0, $15, $15, 1)";
    let [customer, company, reason, user, group] = references(&content);
    let values = [
        account.0.into(),
        number.into(),
        id.0.to_string().into(),
        kind.number().into(),
        permit.on().number().into(),
        customer,
        company,
        content.title.into(),
        content.description.into(),
        i64::from(content.priority.number()).into(),
        content.status.number().into(),
        reason,
        user,
        group,
        at.0.into(),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// The columns that may be empty.
fn references(content: &Content) -> [Value; 5] {
    let user = content.assignee.and_then(Assignee::user);
    let group = content.assignee.and_then(Assignee::group);
    [
        Value::Int(content.customer.map(number)),
        Value::Int(content.company.map(number)),
        Value::Int(content.reason.map(Reason::number)),
        Value::Int(user.map(number)),
        Value::Int(group.map(number)),
    ]
}

fn number(id: impl Dense) -> i64 {
    i64::from(id.number())
}

/// Writes what a record says now.
pub(super) async fn update(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, ManageRecord>,
    record: &Record,
    content: &Content,
    at: Moment,
) -> Result<()> {
    let sql = "UPDATE service_desk_records SET customer = $3, company = $4, reason = $5, assignee_user = $6, assignee_group = $7, title = $8, \
               description = $9, priority = $10, status = $11, changed_at = $12, revision = revision + 1 \
               WHERE account = $1 AND number = $2";
    let [customer, company, reason, user, group] = references(content);
    let values = [
        account.0.into(),
        record.number.into(),
        customer,
        company,
        reason,
        user,
        group,
        content.title.clone().into(),
        content.description.clone().into(),
        i64::from(content.priority.number()).into(),
        content.status.number().into(),
        at.0.into(),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// A permission that guards one column, and the value that stands there.
pub(super) trait Guards: PermissionType<On = RecordFacts> {
    const COLUMN: &'static str;
}

impl Guards for MarkCommon {
    const COLUMN: &'static str = "is_common";
}

impl Guards for MarkInteresting {
    const COLUMN: &'static str = "is_interesting";
}

impl Guards for OverrideDueDate {
    const COLUMN: &'static str = "due_at";
}

/// Sets what the permission guards.
pub(super) async fn mark<P: Guards>(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, P>,
    record: &Record,
    value: Option<i64>,
    at: Moment,
) -> Result<()> {
    let sql = format!(
        "UPDATE service_desk_records SET {} = $3, changed_at = $4, revision = revision + 1 WHERE account = $1 AND number = $2",
        P::COLUMN
    );
    let values = [
        account.0.into(),
        record.number.into(),
        Value::Int(value),
        at.0.into(),
    ];
    tx.execute(AssertSqlSafe(sql), values).await?;
    Ok(())
}

/// A record is gone, with what was said to it. That it was, and who deleted it, stays.
pub(super) async fn delete(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, DeleteRecord>,
    record: &Record,
) -> Result<()> {
    for sql in [
        "DELETE FROM service_desk_notes WHERE account = $1 AND record = $2",
        "DELETE FROM service_desk_records WHERE account = $1 AND number = $2",
    ] {
        tx.execute(sql, [account.0.into(), record.number.into()])
            .await?;
    }
    Ok(())
}

/// A note of a record.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub note: i64,
    pub author: Option<PersonId>,
    pub at: Moment,
    /// SD-32: whether the customer may read it.
    pub is_public: bool,
    pub text: String,
}

/// The notes of a record that somebody may read, the newest first.
pub(super) async fn notes(tx: &mut Tx, account: AccountId, of: &Record) -> Result<Vec<Note>> {
    let sql = "SELECT note, author, at, is_public, text FROM service_desk_notes WHERE account = $1 AND record = $2 \
               ORDER BY note DESC LIMIT $3";
    let most = i64::try_from(NOTES_MAX).unwrap_or(i64::MAX);
    let values = [account.0.into(), of.number.into(), most.into()];
    let rows = tx.fetch_all(sql, values).await?;
    let note = |row: &Row| {
        Ok(Note {
            note: row.get(0)?,
            author: dense(row.get(1)?),
            at: Moment(row.get(2)?),
            is_public: row.get::<i64>(3)? != 0,
            text: row.get(4)?,
        })
    };
    rows.iter().map(note).collect()
}

/// Adds a note, and tells its number.
pub(super) async fn add_note(
    tx: &mut Tx,
    account: AccountId,
    permit: &Permit<'_, ManageRecord>,
    record: &Record,
    is_public: bool,
    text: String,
    at: Moment,
) -> Result<()> {
    let sql = "INSERT INTO service_desk_notes (account, record, note, author, at, is_public, text) \
               SELECT $1, $2, COALESCE(MAX(note), 0) + 1, $3, $4, $5, $6 FROM service_desk_notes WHERE account = $1 AND record = $2";
    let author = person_of(permit.subject());
    let values = [
        account.0.into(),
        record.number.into(),
        Value::Int(author),
        at.0.into(),
        i64::from(is_public).into(),
        text.into(),
    ];
    tx.execute(sql, values).await?;
    touch(tx, account, record, at).await
}

async fn touch(tx: &mut Tx, account: AccountId, record: &Record, at: Moment) -> Result<()> {
    let sql = "UPDATE service_desk_records SET changed_at = $3 WHERE account = $1 AND number = $2";
    tx.execute(sql, [account.0.into(), record.number.into(), at.0.into()])
        .await?;
    Ok(())
}

/// Writes down what happened to a record.
pub(super) async fn remember(
    tx: &mut Tx,
    account: AccountId,
    record: i64,
    who: Subject,
    changes: &[Change],
    at: Moment,
) -> Result<()> {
    let sql = "INSERT INTO service_desk_history (account, record, entry, at, actor, change) \
               SELECT $1, $2, COALESCE(MAX(entry), 0) + 1, $3, $4, $5 FROM service_desk_history WHERE account = $1 AND record = $2";
    for change in changes {
        let values = [
            account.0.into(),
            record.into(),
            at.0.into(),
            Value::Int(person_of(who)),
            text_of(change)?.into(),
        ];
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// The person that a subject is, in a column.
fn person_of(who: Subject) -> Option<i64> {
    match who {
        Subject::Person(person) => Some(number(person)),
        _ => None,
    }
}

fn text_of(change: &Change) -> Result<String> {
    serde_json::to_string(change)
        .map_err(|error| LedgerError::Damaged(format!("a change of a record: {error}")))
}

/// What happened to a record that somebody may read, the newest first.
pub(super) async fn history(tx: &mut Tx, account: AccountId, of: &Record) -> Result<Vec<Entry>> {
    let sql = "SELECT at, actor, change FROM service_desk_history WHERE account = $1 AND record = $2 ORDER BY entry DESC LIMIT $3";
    let most = i64::try_from(HISTORY_MAX).unwrap_or(i64::MAX);
    let values = [account.0.into(), of.number.into(), most.into()];
    let rows = tx.fetch_all(sql, values).await?;
    let entry = |row: &Row| {
        let text: String = row.get(2)?;
        let change = serde_json::from_str(&text)
            .map_err(|error| LedgerError::Damaged(format!("a change of a record: {error}")))?;
        Ok(Entry {
            at: Moment(row.get(0)?),
            who: dense(row.get(1)?),
            change,
        })
    };
    rows.iter().map(entry).collect()
}

/// Assignees whom one statement asks about.
const ASKED_AT_ONCE: usize = 1_000;

/// SD-19: what users and groups are assigned to, by what decides about it.
pub(super) async fn assigned(
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

/// SD-19: the first records of an assignee by such facts, as far as a reader sees them: their ids and titles.
pub(super) async fn losing(
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
pub(super) async fn unassign(
    tx: &mut Tx,
    account: AccountId,
    who: Assignee,
    lost: RecordFacts,
    actor: Subject,
    at: Moment,
) -> Result<()> {
    let column = assignee_column(who);
    let has_customer = if lost.customer.is_some() {
        "NOT NULL"
    } else {
        "NULL"
    };
    let such = format!(
        "account = $1 AND {column} = $2 AND service = $3 AND company IS NOT DISTINCT FROM $4 AND customer IS {has_customer}"
    );
    let values = |more: Vec<Value>| {
        let first = [
            account.0.into(),
            assignee_number(who).into(),
            lost.service.number().into(),
            Value::Int(lost.company.map(number)),
        ];
        first.into_iter().chain(more).collect::<Vec<_>>()
    };
    let history = format!(
        "INSERT INTO service_desk_history (account, record, entry, at, actor, change) \
         SELECT r.account, r.number, (SELECT COALESCE(MAX(h.entry), 0) + 1 FROM service_desk_history AS h \
         WHERE h.account = r.account AND h.record = r.number), CAST($5 AS BIGINT), CAST($6 AS BIGINT), CAST($7 AS TEXT) \
         FROM service_desk_records AS r WHERE {such}"
    );
    let change = text_of(&Change::AssigneeLostAccess { who })?;
    let more = vec![at.0.into(), Value::Int(person_of(actor)), change.into()];
    tx.execute(AssertSqlSafe(history), values(more)).await?;
    let cleared = format!(
        "UPDATE service_desk_records SET {column} = NULL, changed_at = $5, revision = revision + 1 WHERE {such}"
    );
    tx.execute(AssertSqlSafe(cleared), values(vec![at.0.into()]))
        .await?;
    Ok(())
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

fn facts_of(row: &Row, first: usize) -> Result<RecordFacts> {
    let service = dense::<ServiceId>(Some(row.get(first)?));
    Ok(RecordFacts {
        service: service.ok_or_else(|| damaged("a service"))?,
        customer: dense::<PersonId>(row.get(first + 1)?),
        company: dense::<CompanyId>(row.get(first + 2)?),
    })
}

fn damaged(what: &str) -> LedgerError {
    LedgerError::Damaged(format!("a record of the desk has {what} that is none"))
}

fn read(row: &Row) -> Result<Record> {
    let id = Uuid::try_parse(&row.get::<String>(1)?).map_err(|_| damaged("an id"))?;
    let RecordFacts {
        service,
        customer,
        company,
    } = facts_of(row, 3)?;
    Ok(Record {
        number: row.get(0)?,
        id: RecordId(id),
        kind: Kind::of_number(row.get(2)?).ok_or_else(|| damaged("a kind"))?,
        service,
        content: Content {
            title: row.get(6)?,
            description: row.get(7)?,
            priority: Priority::of_number(row.get(8)?).ok_or_else(|| damaged("a priority"))?,
            status: Status::of_number(row.get(9)?).ok_or_else(|| damaged("a status"))?,
            reason: row.get::<Option<i64>>(10)?.and_then(Reason::of_number),
            assignee: Assignee::of_columns(row.get(11)?, row.get(12)?),
            customer,
            company,
        },
        due_at: row.get::<Option<i64>>(13)?.map(Moment),
        is_common: row.get::<i64>(14)? != 0,
        is_interesting: row.get::<i64>(15)? != 0,
        opened_at: Moment(row.get(16)?),
        changed_at: Moment(row.get(17)?),
        revision: row.get(18)?,
    })
}
