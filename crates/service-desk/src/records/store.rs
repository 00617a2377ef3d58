//! Rows of records, in a transaction of the ledger. Whoever reads has the filter of what they may see; whoever writes has the permit of the
//! act, which carries the facts of that very record. Statements are put together from texts of this file and numbers of the core; what people
//! typed is bound.

mod asked;
mod assigned;
mod attachments;
mod card_notes;
mod deadlines;
mod erasure;
mod feed;
mod incidents;
mod links;
mod lists;
mod mails;
mod mass_actions;
mod moves;
mod pieces;
#[cfg(test)]
mod plans;
mod presets;
mod queries;
mod reports;
mod statement;
mod tags;
mod ties;
mod watchers;

use access::{
    CompanyId, Dense, Moment, PermissionType, Permit, PersonId, ServiceId, Subject,
    decide::{
        RecordFacts, VisibleRecords,
        permissions::{
            CreateRecord, DeleteRecord, FollowByMail, LogIncident, ManageRecord, MarkCommon,
            MarkInteresting, ModifyCompanyIncidents, ViewIncident,
        },
    },
};
use ledger::{
    AccountId, AssertSqlSafe, Indexed, LedgerError, Row, Tx, Value, add_words, take_words,
};
use uuid::Uuid;

use super::{
    Assignee, CategoryId, Content, Priority, Record, RecordId,
    deadlines::Deadlines,
    dense,
    history::{Change, Entry},
    life::{Kind, Reason, Status},
};

pub(super) use self::{
    asked::{Asked, DueAsked, Mark, Order, Place, StateAsked, Whose},
    assigned::{accounts_with_records, assigned, losing, unassign},
    attachments::{
        ATTACHMENTS_MAX, attach, attach_mailed, attachment, attachment_for_customers, attachments,
        attachments_for_customers, count_files, detach, has_public_file, piece,
    },
    card_notes::{CARD_NOTES_MAX, add_card_note, card_note, card_notes, change_card_note},
    deadlines::{override_due, targets, write_deadlines, write_targets},
    erasure::{Gone, gone_with},
    feed::{Told, last_told, told_after, told_before},
    incidents::{answers, count_incidents, incident, incident_facts, list_incidents, set_status},
    links::{LINKS_MAX, Linked, count_links, is_linked, link, links, numbered, seen, unlink},
    lists::{COMMON, WORDS_MAX, count, list},
    mails::{
        Addressed, Keeps, KeptMail, NewMail, addresses, count_mails, is_new_mail, keep_mail,
        kept_mail, kept_mails, mail_piece, numbered_facts, opening_mail, said, services_at,
        set_addresses,
    },
    mass_actions::{
        MASS_ACTION_KEPT_MS, Piece, Running, choose, claim_mass_action, clear_mass_actions,
        count_chosen, count_outcomes, count_running, end_mass_action, forget_mass_actions,
        keep_mass_action, mass_action, mass_actions, move_mass_action, outcomes, running,
        tell_outcomes, waiting,
    },
    moves::{hand_over, is_merged, keep_from_others, move_to},
    presets::{categories, given, presets, write_presets},
    queries::{
        QUERIES_MAX, SHARES_MAX, holders, own_queries, query, remove_query, share, shared_queries,
        write_query,
    },
    reports::{By, Counted, DAY as REPORT_DAY, InTime, Key, On, all_in_time, by_day, in_time},
    tags::{Tagging, set_tags, tags, tags_like},
    ties::{Ties, ties},
    watchers::{WATCHERS_MAX, unwatch, unwatch_lost, watch, watched, watchers},
};
pub(crate) use self::{
    attachments::{Attachment, NewAttachment},
    incidents::{AskedIncidents, Incident, OfWhom},
    lists::COUNTED_MAX,
};
use self::{deadlines::read_deadlines, statement::Statement};

type Result<T> = std::result::Result<T, LedgerError>;

/// A record with more changes than these begins a statement of its own for the history: with nineteen others that have fewer it stays below the
/// 500 terms that SQLite takes in one, even where all its watchers are lost.
const FEW_CHANGES: usize = 20;

/// Entries of a history that are read at once, the newest.
pub(super) const HISTORY_MAX: usize = 200;

const COLUMNS: &str = "number, id, kind, service, customer, company, title, description, priority, status, reason, assignee_user, \
                       assignee_group, is_common, is_interesting, opened_at, changed_at, revision, due_at, due_is_set, target_at, warn_at, \
                       respond_by, warn_response_at, responded_at, waiting_since, stood, resolved_at, closed_at, category";

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

/// A permission by which records are opened: for staff at the desk (SD-3), for customers in the portal (SD-14).
pub(super) trait Opens: PermissionType<On = ServiceId> {}

impl Opens for CreateRecord {}

impl Opens for LogIncident {}

/// A new record.
pub(super) struct NewRecord {
    pub id: RecordId,
    pub kind: Kind,
    pub content: Content,
    pub deadlines: Deadlines,
    /// How it was opened, by whom and when.
    pub how: Change,
    pub who: Subject,
    pub at: Moment,
}

/// Writes it with its words, what begins its history and what pages are told, and gives its number. There are as few statements as can be: each
/// is a round trip to the database, while all other writers wait.
pub(super) async fn insert(
    tx: &mut Tx,
    account: AccountId,
    permit: &Permit<'_, impl Opens>,
    new: NewRecord,
) -> Result<i64> {
    let (number, told) = next_numbers(tx, account).await?;
    let NewRecord {
        id,
        kind,
        content,
        deadlines,
        how,
        who,
        at,
    } = new;
    let sql = "INSERT INTO service_desk_records (account, number, id, kind, service, customer, company, title, description, priority, status, \
               reason, assignee_user, assignee_group, is_common, is_interesting, opened_at, changed_at, told_at, revision, category, \
               due_at, due_is_set, target_at, warn_at, respond_by, warn_response_at, responded_at, waiting_since, stood, resolved_at, \
               closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, $15, $15, $15, 1, $16, \
               $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)";
    let [customer, company, reason, user, group] = references(&content);
    let words = format!("{} {}", content.title, content.description);
    let category = category_of(&content);
    let facts = RecordFacts {
        service: permit.on(),
        customer: content.customer,
        company: content.company,
    };
    let mut values = vec![
        account.0.into(),
        number.into(),
        id.0.to_string().into(),
        kind.number().into(),
        facts.service.number().into(),
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
        category,
    ];
    values.extend(deadlines::columns(&deadlines));
    tx.execute(sql, values).await?;
    add_words(tx, indexed(account, number, facts.service), &words).await?;
    let sql = "INSERT INTO service_desk_history (account, record, entry, at, actor, change) VALUES ($1, $2, 1, $3, $4, $5)";
    let values = [
        account.0.into(),
        number.into(),
        at.0.into(),
        Value::Int(person_of(who)),
        text_of(&how)?.into(),
    ];
    tx.execute(sql, values).await?;
    feed::tell_new(tx, account, told, id, facts, at).await?;
    Ok(number)
}

/// The next number of the account, which is never given again (SD-26), and that of the change that pages are told.
async fn next_numbers(tx: &mut Tx, account: AccountId) -> Result<(i64, i64)> {
    let sql = "INSERT INTO service_desk_numbers (account, last, last_change) VALUES ($1, 1, 1) ON CONFLICT (account) DO UPDATE \
               SET last = service_desk_numbers.last + 1, last_change = service_desk_numbers.last_change + 1 RETURNING last, last_change";
    let row = tx.fetch_optional(sql, [account.0.into()]).await?;
    let row = row.ok_or(LedgerError::Unknown("number"))?;
    Ok((row.get(0)?, row.get(1)?))
}

/// The record, as the index of words knows it.
fn indexed(account: AccountId, number: i64, service: ServiceId) -> Indexed {
    let service = service.number();
    Indexed {
        account,
        number,
        service,
    }
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

fn category_of(content: &Content) -> Value {
    Value::Text(content.category.map(|one| one.0.to_string()))
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
    deadlines: &Deadlines,
    at: Moment,
) -> Result<()> {
    let facts = RecordFacts {
        service: record.service,
        customer: content.customer,
        company: content.company,
    };
    if facts != record.facts() {
        feed::tell(tx, account, &[record.number], at).await?;
    }
    let sql = "UPDATE service_desk_records SET customer = $3, company = $4, reason = $5, assignee_user = $6, assignee_group = $7, title = $8, \
               description = $9, priority = $10, status = $11, changed_at = $12, category = $13, revision = revision + 1, \
               answered_at = CASE WHEN status = $11 THEN answered_at END, due_at = $14, due_is_set = $15, target_at = $16, warn_at = $17, \
               respond_by = $18, warn_response_at = $19, responded_at = $20, waiting_since = $21, stood = $22, resolved_at = $23, \
               closed_at = $24 WHERE account = $1 AND number = $2";
    let [customer, company, reason, user, group] = references(content);
    let mut values = vec![
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
        category_of(content),
    ];
    values.extend(deadlines::columns(deadlines));
    tx.execute(sql, values).await?;
    let before = &record.content;
    if (&before.title, &before.description) == (&content.title, &content.description) {
        return Ok(());
    }
    let [gone, said] = [before, content].map(|one| format!("{} {}", one.title, one.description));
    take_words(tx, account, record.number, &gone).await?;
    add_words(tx, indexed(account, record.number, record.service), &said).await
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

/// A record is gone, with what was said to it and what hangs on it. That it was, and who deleted it, stays.
pub(super) async fn delete(
    tx: &mut Tx,
    account: AccountId,
    permit: &Permit<'_, DeleteRecord>,
    record: &Record,
    at: Moment,
) -> Result<()> {
    feed::tell(tx, account, &[record.number], at).await?;
    let content = &record.content;
    let mut gone = format!("{} {}", content.title, content.description);
    let notes = "SELECT text FROM service_desk_notes WHERE account = $1 AND record = $2";
    let values = [account.0.into(), record.number.into()];
    tx.for_each(notes, values, |row| {
        gone.push(' ');
        gone.push_str(&row.get::<String>(0)?);
        Ok(())
    })
    .await?;
    attachments::detach_all(tx, account, permit, record).await?;
    mails::drop_all(tx, account, permit, record).await?;
    for sql in [
        "DELETE FROM service_desk_notes WHERE account = $1 AND record = $2",
        "DELETE FROM service_desk_tags WHERE account = $1 AND record = $2",
        "DELETE FROM service_desk_links WHERE account = $1 AND (record = $2 OR other = $2)",
        "DELETE FROM service_desk_watchers WHERE account = $1 AND record = $2",
        "DELETE FROM service_desk_records WHERE account = $1 AND number = $2",
    ] {
        tx.execute(sql, [account.0.into(), record.number.into()])
            .await?;
    }
    take_words(tx, account, record.number, &gone).await
}

/// A note of a record.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub note: i64,
    pub author: Option<PersonId>,
    pub at: Moment,
    /// SD-32: whether the customer may read it.
    pub is_public: bool,
    /// Whether it came from the portal, or by mail from whom it is for.
    pub by_customer: bool,
    /// Whether it came by mail.
    pub by_mail: bool,
    pub text: String,
}

impl Note {
    /// Where it stands among those of its record: when it was said, and its number. Those that a merge brought are numbered behind the others.
    pub(super) fn place(&self) -> (i64, i64) {
        (self.at.0, self.note)
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            note: row.get(0)?,
            author: dense(row.get(1)?),
            at: Moment(row.get(2)?),
            is_public: row.get::<i64>(3)? != 0,
            by_customer: matches!(row.get::<i64>(4)?, IN_PORTAL | BY_MAIL),
            by_mail: matches!(row.get::<i64>(4)?, BY_MAIL | STAFF_BY_MAIL),
            text: row.get(5)?,
        })
    }
}

/// The notes of a record that somebody may read, the newest first, after a place.
pub(super) async fn notes(
    tx: &mut Tx,
    account: AccountId,
    of: &Record,
    after: Option<(i64, i64)>,
    most: usize,
) -> Result<Vec<Note>> {
    let sql = "SELECT note, author, at, is_public, by_customer, text FROM service_desk_notes WHERE account = $1 AND record = $2 \
               AND (at < $3 OR (at = $3 AND note < $4)) ORDER BY at DESC, note DESC LIMIT $5";
    let (at, note) = after.unwrap_or((i64::MAX, i64::MAX));
    let values = [
        account.0.into(),
        of.number.into(),
        at.into(),
        note.into(),
        i64::try_from(most).unwrap_or(i64::MAX).into(),
    ];
    let rows = tx.fetch_all(sql, values).await?;
    rows.iter().map(Note::read).collect()
}

/// How many notes a record has that somebody may read.
pub(super) async fn count_notes(tx: &mut Tx, account: AccountId, of: &Record) -> Result<usize> {
    let sql = "SELECT COUNT(*) FROM service_desk_notes WHERE account = $1 AND record = $2";
    let values = [account.0.into(), of.number.into()];
    let row = tx.fetch_optional(sql, values).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// A permission by which something is said to a record.
pub(super) trait Speaks: PermissionType<On = RecordFacts> {
    /// Whether it is said in the portal.
    const BY_CUSTOMER: bool;
}

impl Speaks for ManageRecord {
    const BY_CUSTOMER: bool = false;
}

impl Speaks for ViewIncident {
    const BY_CUSTOMER: bool = true;
}

impl Speaks for FollowByMail {
    const BY_CUSTOMER: bool = true;
}

impl Speaks for ModifyCompanyIncidents {
    const BY_CUSTOMER: bool = true;
}

/// What is said.
pub(super) struct NewNote {
    pub text: String,
    /// SD-32: whether the customer may read it.
    pub is_public: bool,
    /// Whether it came by mail (SD-37).
    pub by_mail: bool,
}

/// How something was said, in its column; what staff said at the desk has 0.
const IN_PORTAL: i64 = 1;
const BY_MAIL: i64 = 2;
const STAFF_BY_MAIL: i64 = 3;

/// Adds a note, and tells its number within the record.
pub(super) async fn add_note<P: Speaks>(
    tx: &mut Tx,
    account: AccountId,
    permit: &Permit<'_, P>,
    record: &Record,
    new: NewNote,
    at: Moment,
) -> Result<i64> {
    let sql = "INSERT INTO service_desk_notes (account, record, note, author, at, is_public, text, by_customer) \
               SELECT $1, $2, COALESCE(MAX(note), 0) + 1, $3, $4, $5, $6, $7 FROM service_desk_notes WHERE account = $1 AND record = $2 \
               RETURNING note";
    let author = person_of(permit.subject());
    let NewNote {
        text,
        is_public,
        by_mail,
    } = new;
    let by_customer = match (P::BY_CUSTOMER, by_mail) {
        (false, false) => 0,
        (true, false) => IN_PORTAL,
        (true, true) => BY_MAIL,
        (false, true) => STAFF_BY_MAIL,
    };
    let values = [
        account.0.into(),
        record.number.into(),
        Value::Int(author),
        at.0.into(),
        i64::from(is_public).into(),
        text.as_str().into(),
        by_customer.into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    let note = row.ok_or(LedgerError::Unknown("note"))?.get(0)?;
    // What the customer said waits for an answer, and what they read is one.
    let sql = "UPDATE service_desk_records SET changed_at = $3, answered_at = CASE WHEN $4 = 0 THEN answered_at ELSE $5 END \
               WHERE account = $1 AND number = $2";
    let values = [
        account.0.into(),
        record.number.into(),
        at.0.into(),
        i64::from(is_public).into(),
        Value::Int(P::BY_CUSTOMER.then_some(at.0)),
    ];
    tx.execute(sql, values).await?;
    add_words(tx, indexed(account, record.number, record.service), &text).await?;
    Ok(note)
}

/// What a customer brought waits for an answer, and what they are brought is one.
async fn answered(
    tx: &mut Tx,
    account: AccountId,
    record: &Record,
    by_customer: bool,
    at: Moment,
) -> Result<()> {
    let sql = "UPDATE service_desk_records SET changed_at = $3, answered_at = $4 WHERE account = $1 AND number = $2";
    let waits = Value::Int(by_customer.then_some(at.0));
    let values = [account.0.into(), record.number.into(), at.0.into(), waits];
    tx.execute(sql, values).await?;
    Ok(())
}

async fn touch(tx: &mut Tx, account: AccountId, record: &Record, at: Moment) -> Result<()> {
    let sql = "UPDATE service_desk_records SET changed_at = $3 WHERE account = $1 AND number = $2";
    tx.execute(sql, [account.0.into(), record.number.into(), at.0.into()])
        .await?;
    Ok(())
}

/// Writes down what happened to records, by their numbers, and tells pages that are open. All of them at once: each round trip to the
/// database counts while others wait.
pub(super) async fn remember(
    tx: &mut Tx,
    account: AccountId,
    who: Subject,
    happened: &[(i64, Vec<Change>)],
    at: Moment,
) -> Result<()> {
    let happened = happened.iter().filter(|(_, changes)| !changes.is_empty());
    let happened: Vec<_> = happened.collect();
    if happened.is_empty() {
        return Ok(());
    }
    for some in happened.chunk_by(|_, next| next.1.len() <= FEW_CHANGES) {
        write_history(tx, account, who, some, at).await?;
    }
    let told = happened
        .iter()
        .filter(|(_, changes)| changes.iter().any(Change::is_told))
        .map(|(record, _)| *record);
    let told: Vec<_> = told.collect();
    if !told.is_empty() {
        let mut tell = Statement::default();
        let at = tell.bind(at.0);
        tell.sql = format!("UPDATE service_desk_records SET told_at = {at} WHERE TRUE");
        tell.and("account", account.0);
        tell.and_any("number", told);
        tell.execute(tx).await?;
    }
    let records: Vec<_> = happened.iter().map(|(record, _)| *record).collect();
    feed::tell(tx, account, &records, at).await
}

async fn write_history(
    tx: &mut Tx,
    account: AccountId,
    who: Subject,
    happened: &[&(i64, Vec<Change>)],
    at: Moment,
) -> Result<()> {
    let mut said = Statement::new(
        "INSERT INTO service_desk_history (account, record, entry, at, actor, change) \
         SELECT said.account, said.record, said.place + (SELECT COALESCE(MAX(h.entry), 0) FROM service_desk_history AS h \
         WHERE h.account = said.account AND h.record = said.record), said.at, said.actor, said.change FROM (",
    );
    let (account_of, moment) = (said.bind(account.0), said.bind(at.0));
    let actor = said.bind(Value::Int(person_of(who)));
    let mut between = "";
    for (record, changes) in happened {
        let record = said.bind(*record);
        for (place, change) in (1..).zip(changes) {
            let change = said.bind(text_of(change)?);
            said.sql += &format!(
                "{between}SELECT CAST({account_of} AS BIGINT) AS account, CAST({record} AS BIGINT) AS record, {place} AS place, \
                 CAST({moment} AS BIGINT) AS at, CAST({actor} AS BIGINT) AS actor, CAST({change} AS TEXT) AS change"
            );
            between = " UNION ALL ";
        }
    }
    said.sql += ") AS said";
    said.execute(tx).await?;
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

fn facts_of(row: &Row, first: usize) -> Result<RecordFacts> {
    let service = dense::<ServiceId>(Some(row.get(first)?));
    Ok(RecordFacts {
        service: service.ok_or_else(|| damaged("a service"))?,
        customer: dense::<PersonId>(row.get(first + 1)?),
        company: dense::<CompanyId>(row.get(first + 2)?),
    })
}

fn category(row: &Row, column: usize) -> Result<Option<CategoryId>> {
    let id: Option<String> = row.get(column)?;
    let id = id.map(|id| Uuid::try_parse(&id).map(CategoryId));
    id.transpose().map_err(|_| damaged("a category"))
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
            category: category(row, 29)?,
        },
        is_common: row.get::<i64>(13)? != 0,
        is_interesting: row.get::<i64>(14)? != 0,
        opened_at: Moment(row.get(15)?),
        changed_at: Moment(row.get(16)?),
        revision: row.get(17)?,
        deadlines: read_deadlines(row, 18)?,
    })
}
