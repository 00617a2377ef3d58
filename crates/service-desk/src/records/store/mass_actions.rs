//! Mass actions (SD-4): what is done to which records, and what became of each.

use std::collections::BTreeMap;

use access::{
    Dense, Moment, Permit, PersonId, ServiceId,
    decide::{
        VisibleRecords,
        permissions::{ManageRecord, RunMassAction},
    },
};
use ledger::{AccountId, AssertSqlSafe, Database, LedgerError, Row, Tx, Value};
use uuid::Uuid;

use super::{COLUMNS, Result, dense, number, read, statement::Statement};
use crate::records::{
    Record,
    ids::MassActionId,
    mass_actions::{Chosen, Counts, MassAction, MassChange, Outcome, Stage, Why},
    tags,
};

/// A mass action is told of for so long after it was looked at.
pub(in crate::records) const MASS_ACTION_KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1_000;
/// A worker that was not heard of for so long works no more.
const SILENCE_MS: i64 = 5_000;
/// Mass actions that a worker is told of at once.
const TOLD_MAX: i64 = 100;

const ACTION: &str =
    "id, service, runner, change, add_tags, take_tags, stage, total, made_at, started_at, ended_at";

fn damaged(what: &str) -> LedgerError {
    LedgerError::Damaged(format!("a mass action has {what} that is none"))
}

fn read_action(row: &Row) -> Result<MassAction> {
    let id = Uuid::try_parse(&row.get::<String>(0)?).map_err(|_| damaged("an id"))?;
    let text: String = row.get(3)?;
    let mut change: MassChange = serde_json::from_str(&text).map_err(|_| damaged("a change"))?;
    // SD-26: what was blanked in them is no tag any more.
    let tags = |text: String| tags::typed(&text).unwrap_or_default();
    (change.add_tags, change.take_tags) = (tags(row.get(4)?), tags(row.get(5)?));
    let moment = |at: Option<i64>| at.map(Moment);
    Ok(MassAction {
        id: MassActionId(id),
        service: dense(row.get(1)?).ok_or_else(|| damaged("a service"))?,
        runner: dense(row.get(2)?).ok_or_else(|| damaged("a runner"))?,
        change,
        stage: Stage::of_number(row.get(6)?).ok_or_else(|| damaged("a stage"))?,
        total: usize::try_from(row.get::<i64>(7)?).unwrap_or_default(),
        made_at: Moment(row.get(8)?),
        started_at: moment(row.get(9)?),
        ended_at: moment(row.get(10)?),
    })
}

fn key(account: AccountId, id: MassActionId) -> [Value; 2] {
    [account.0.into(), id.0.to_string().into()]
}

/// A mass action. It is no answer to anybody: whoever shows it asks first who it is for.
pub(in crate::records) async fn mass_action(
    tx: &mut Tx,
    account: AccountId,
    id: MassActionId,
) -> Result<Option<MassAction>> {
    let sql =
        format!("SELECT {ACTION} FROM service_desk_mass_actions WHERE account = $1 AND id = $2");
    let row = tx
        .fetch_optional(AssertSqlSafe(sql), key(account, id))
        .await?;
    row.as_ref().map(read_action).transpose()
}

/// Those of services on which the reader may run some, the newest first: what was only looked at is for whoever did, and what is on records of
/// which the reader sees none is for whoever runs it (SD-33).
pub(in crate::records) async fn mass_actions(
    tx: &mut Tx,
    account: AccountId,
    (services, reader, since): (&[ServiceId], Option<PersonId>, Moment),
    visible: &VisibleRecords<'_, ManageRecord>,
    most: i64,
) -> Result<Vec<MassAction>> {
    let mut wanted = Statement::new(format!(
        "SELECT {ACTION} FROM service_desk_mass_actions AS m WHERE TRUE"
    ));
    wanted.and("account", account.0);
    wanted.and_among("service", services.iter().map(|one| one.number()));
    let own = wanted.bind(Value::Int(reader.map(number)));
    let since = wanted.bind(since.0);
    let (looked_at, running) = (Stage::LookedAt.number(), Stage::Running.number());
    wanted.sql += &format!(
        " AND (stage = {running} OR made_at >= {since}) AND (runner = {own} OR (stage <> {looked_at} AND EXISTS (SELECT 1 \
         FROM service_desk_mass_action_records AS a CROSS JOIN service_desk_records AS r \
         WHERE a.account = m.account AND a.action = m.id AND r.account = a.account AND r.number = a.record"
    );
    wanted.and_visible(visible);
    let most = wanted.bind(most);
    wanted.sql += &format!("))) ORDER BY made_at DESC, id LIMIT {most}");
    let rows = wanted.fetch(tx).await?;
    rows.iter().map(read_action).collect()
}

/// What somebody looked at before and did not start goes.
pub(in crate::records) async fn forget_mass_actions(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, RunMassAction>,
    runner: PersonId,
) -> Result<()> {
    let such = "account = $1 AND runner = $2 AND stage = 1";
    let values = || [account.0.into(), number(runner).into()];
    for sql in [
        format!(
            "DELETE FROM service_desk_mass_action_records WHERE account = $1 AND action IN \
             (SELECT id FROM service_desk_mass_actions WHERE {such})"
        ),
        format!("DELETE FROM service_desk_mass_actions WHERE {such}"),
    ] {
        tx.execute(AssertSqlSafe(sql), values()).await?;
    }
    Ok(())
}

/// What is long over goes, in every account: one at a time, which is told of no more by then.
pub(in crate::records) async fn clear_mass_actions(database: &Database, now: Moment) -> Result<()> {
    let mut tx = database.begin_read().await?;
    let sql = "SELECT account, id FROM service_desk_mass_actions WHERE stage <> 2 AND made_at < $1 LIMIT 1";
    let until = now.0.saturating_sub(MASS_ACTION_KEPT_MS);
    let Some(row) = tx.fetch_optional(sql, [until.into()]).await? else {
        return Ok(());
    };
    let (account, id): (i64, String) = (row.get(0)?, row.get(1)?);
    drop(tx);
    let mut tx = database.begin().await?;
    for sql in [
        "DELETE FROM service_desk_mass_action_records WHERE account = $1 AND action = $2",
        "DELETE FROM service_desk_mass_actions WHERE account = $1 AND id = $2",
    ] {
        tx.execute(sql, [account.into(), id.clone().into()]).await?;
    }
    tx.commit().await
}

/// Keeps what is looked at; its records follow.
pub(in crate::records) async fn keep_mass_action(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, RunMassAction>,
    new: &MassAction,
) -> Result<()> {
    let sql = "INSERT INTO service_desk_mass_actions (account, id, service, runner, change, add_tags, take_tags, stage, total, made_at, \
               worker, beat_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0)";
    let text = serde_json::to_string(&new.change)
        .map_err(|error| LedgerError::Damaged(format!("a mass action: {error}")))?;
    let values = [
        account.0.into(),
        new.id.0.to_string().into(),
        number(new.service).into(),
        number(new.runner).into(),
        text.into(),
        tags::in_one_field(&new.change.add_tags).into(),
        tags::in_one_field(&new.change.take_tags).into(),
        new.stage.number().into(),
        i64::try_from(new.total).unwrap_or(i64::MAX).into(),
        new.made_at.0.into(),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Some of the records that were chosen.
pub(in crate::records) async fn choose(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, RunMassAction>,
    id: MassActionId,
    chosen: &[Chosen],
) -> Result<()> {
    // Numbers of ours, and nothing that anybody typed.
    let row = |one: &Chosen| {
        let (number, revision, outcome) = (one.number, one.revision, one.outcome.number());
        let why = one.why.map(|why| why.number().to_string());
        let why = why.as_deref().unwrap_or("NULL");
        format!("($1, $2, {number}, {revision}, {outcome}, {why})")
    };
    let rows: Vec<_> = chosen.iter().map(row).collect();
    let sql = format!(
        "INSERT INTO service_desk_mass_action_records (account, action, record, seen_revision, outcome, why) VALUES {}",
        rows.join(", ")
    );
    tx.execute(AssertSqlSafe(sql), key(account, id)).await?;
    Ok(())
}

/// How many records were kept of it.
pub(in crate::records) async fn count_chosen(
    tx: &mut Tx,
    account: AccountId,
    id: MassActionId,
) -> Result<usize> {
    let sql =
        "SELECT COUNT(*) FROM service_desk_mass_action_records WHERE account = $1 AND action = $2";
    let row = tx.fetch_optional(sql, key(account, id)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// It is at another stage from now on.
pub(in crate::records) async fn move_mass_action(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, RunMassAction>,
    id: MassActionId,
    to: Stage,
    at: Moment,
) -> Result<()> {
    let column = match to {
        Stage::LookedAt => "made_at",
        Stage::Running => "started_at",
        Stage::Done | Stage::Stopped | Stage::RightEnded | Stage::Failed => "ended_at",
    };
    let sql = format!(
        "UPDATE service_desk_mass_actions SET stage = $3, {column} = $4 WHERE account = $1 AND id = $2"
    );
    let [account, id] = key(account, id);
    let values = [account, id, to.number().into(), at.0.into()];
    tx.execute(AssertSqlSafe(sql), values).await?;
    Ok(())
}

/// It cannot go on: written with the event that says so.
pub(in crate::records) async fn end_mass_action(
    tx: &mut Tx,
    account: AccountId,
    (service, id): (ServiceId, MassActionId),
    to: Stage,
    at: Moment,
) -> Result<()> {
    let sql = "UPDATE service_desk_mass_actions SET stage = $3, ended_at = $4 WHERE account = $1 AND id = $2 AND service = $5 AND stage = 2";
    let [account, id] = key(account, id);
    let values = [
        account,
        id,
        to.number().into(),
        at.0.into(),
        number(service).into(),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// How many are running on a service, or in the account.
pub(in crate::records) async fn count_running(
    tx: &mut Tx,
    account: AccountId,
    on: Option<ServiceId>,
) -> Result<i64> {
    let mut wanted =
        Statement::new("SELECT COUNT(*) FROM service_desk_mass_actions WHERE stage = 2");
    wanted.and("account", account.0);
    if let Some(service) = on {
        wanted.and("service", number(service));
    }
    let rows = wanted.fetch(tx).await?;
    rows.first().map_or(Ok(0), |row| row.get(0))
}

/// A worker takes it, or goes on with it. False: another one is at it, and was heard of.
pub(in crate::records) async fn claim_mass_action(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, RunMassAction>,
    id: MassActionId,
    worker: Uuid,
    now: Moment,
) -> Result<bool> {
    let sql = "UPDATE service_desk_mass_actions SET worker = $3, beat_at = $4 WHERE account = $1 AND id = $2 AND (worker = $3 OR beat_at <= $5)";
    let [account, id] = key(account, id);
    let silent = now.0.saturating_sub(SILENCE_MS);
    let values = [
        account,
        id,
        worker.to_string().into(),
        now.0.into(),
        silent.into(),
    ];
    Ok(tx.execute(sql, values).await? > 0)
}

/// A mass action that runs.
#[derive(Debug, Clone, Copy)]
pub(in crate::records) struct Running {
    pub account: AccountId,
    pub id: MassActionId,
    pub service: ServiceId,
    pub runner: PersonId,
}

/// Those that run, in every account of the database, for a worker: those that are another one's are left out as long as it is heard of.
pub(in crate::records) async fn running(
    database: &Database,
    worker: Uuid,
    now: Moment,
) -> Result<Vec<Running>> {
    let mut tx = database.begin_read().await?;
    let sql = "SELECT account, id, service, runner FROM service_desk_mass_actions WHERE stage = 2 AND (worker = $1 OR beat_at <= $2) \
               ORDER BY account, id LIMIT $3";
    let silent = now.0.saturating_sub(SILENCE_MS);
    let values = [worker.to_string().into(), silent.into(), TOLD_MAX.into()];
    let rows = tx.fetch_all(sql, values).await?;
    let running = |row: &Row| {
        let id = Uuid::try_parse(&row.get::<String>(1)?).map_err(|_| damaged("an id"))?;
        Ok(Running {
            account: AccountId(row.get(0)?),
            id: MassActionId(id),
            service: dense(row.get(2)?).ok_or_else(|| damaged("a service"))?,
            runner: dense(row.get(3)?).ok_or_else(|| damaged("a runner"))?,
        })
    };
    rows.iter().map(running).collect()
}

/// A record that waits for its turn.
pub(in crate::records) struct Piece {
    pub number: i64,
    pub seen_revision: i64,
    /// `None`: it was deleted. What decides who may change it is asked of it as it is now.
    pub record: Option<Record>,
}

/// The next records of a mass action, for whoever may run it; each of them is written with a permit of its own.
pub(in crate::records) async fn waiting(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, RunMassAction>,
    id: MassActionId,
    most: usize,
) -> Result<Vec<Piece>> {
    let by = match tx {
        Tx::Sqlite(_) => " INDEXED BY service_desk_mass_action_waiting",
        Tx::Postgres(_) => "",
    };
    let sql = format!(
        "SELECT {COLUMNS}, record, seen_revision FROM service_desk_mass_action_records AS a{by} \
         LEFT JOIN service_desk_records AS r ON r.account = a.account AND r.number = a.record \
         WHERE a.account = $1 AND a.action = $2 AND outcome = 0 ORDER BY a.record DESC LIMIT $3"
    );
    let [account, id] = key(account, id);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = tx
        .fetch_all(AssertSqlSafe(sql), [account, id, most.into()])
        .await?;
    let after = COLUMNS.split(',').count();
    let piece = |row: &Row| {
        let is_there = row.get::<Option<i64>>(0)?.is_some();
        Ok(Piece {
            number: row.get(after)?,
            seen_revision: row.get(after + 1)?,
            record: is_there.then(|| read(row)).transpose()?,
        })
    };
    rows.iter().map(piece).collect()
}

/// Writes down what became of records.
pub(in crate::records) async fn tell_outcomes(
    tx: &mut Tx,
    account: AccountId,
    _: &Permit<'_, RunMassAction>,
    id: MassActionId,
    done: &[(i64, Outcome, Option<Why>)],
) -> Result<()> {
    let mut alike: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for (number, outcome, why) in done {
        let came_to = (outcome.number(), why.map(Why::number));
        alike.entry(came_to).or_default().push(number.to_string());
    }
    for ((outcome, why), numbers) in alike {
        let sql = format!(
            "UPDATE service_desk_mass_action_records SET outcome = $3, why = $4 WHERE account = $1 AND action = $2 AND record IN ({})",
            numbers.join(", ")
        );
        let [account, id] = key(account, id);
        let values = [account, id, outcome.into(), Value::Int(why)];
        tx.execute(AssertSqlSafe(sql), values).await?;
    }
    Ok(())
}

/// The records of a mass action that a reader sees (SD-5, SD-33).
fn of_action(
    columns: &str,
    account: AccountId,
    id: MassActionId,
    visible: &VisibleRecords<'_, ManageRecord>,
    outcome: Option<Outcome>,
) -> Statement {
    // The chosen ones lead: SQLite keeps the order of CROSS JOIN.
    let mut wanted = Statement::new(format!(
        "SELECT {columns} FROM service_desk_mass_action_records AS a CROSS JOIN service_desk_records AS r \
         WHERE r.account = a.account AND r.number = a.record"
    ));
    wanted.and("a.account", account.0);
    wanted.and("a.action", id.0.to_string());
    wanted.and_visible(visible);
    if let Some(outcome) = outcome {
        wanted.sql += &format!(" AND outcome = {}", outcome.number());
    }
    wanted
}

/// What became of the records of a mass action, the newest records first, as far as the reader sees them.
pub(in crate::records) async fn outcomes(
    tx: &mut Tx,
    account: AccountId,
    id: MassActionId,
    visible: &VisibleRecords<'_, ManageRecord>,
    outcome: Option<Outcome>,
    after: Option<i64>,
    most: usize,
) -> Result<Vec<(Record, Outcome, Option<Why>)>> {
    let columns = format!("{COLUMNS}, outcome, why");
    let mut wanted = of_action(&columns, account, id, visible, outcome);
    if let Some(after) = after {
        let after = wanted.bind(after);
        wanted.sql += &format!(" AND a.record < {after}");
    }
    let most = wanted.bind(i64::try_from(most).unwrap_or(i64::MAX));
    wanted.sql += &format!(" ORDER BY a.record DESC LIMIT {most}");
    let rows = wanted.fetch(tx).await?;
    let after = COLUMNS.split(',').count();
    let one = |row: &Row| {
        let outcome = Outcome::of_number(row.get(after)?).ok_or_else(|| damaged("an outcome"))?;
        let why = row.get::<Option<i64>>(after + 1)?.and_then(Why::of_number);
        Ok((read(row)?, outcome, why))
    };
    rows.iter().map(one).collect()
}

/// How many came to what, as far as the reader sees them.
pub(in crate::records) async fn count_outcomes(
    tx: &mut Tx,
    account: AccountId,
    id: MassActionId,
    visible: &VisibleRecords<'_, ManageRecord>,
) -> Result<Counts> {
    let mut wanted = of_action("outcome, COUNT(*)", account, id, visible, None);
    wanted.sql += " GROUP BY outcome";
    let mut counts = Counts::default();
    for row in wanted.fetch(tx).await? {
        let outcome = Outcome::of_number(row.get(0)?).ok_or_else(|| damaged("an outcome"))?;
        *counts.of(outcome) = usize::try_from(row.get::<i64>(1)?).unwrap_or_default();
    }
    Ok(counts)
}
