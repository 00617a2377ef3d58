//! Rows of subscriptions and of what they were told, in transactions of the ledger. Whoever changes a subscription has the permit of that act;
//! what was told is written by the worker, which has the lease of the subscription.

use access::{
    ConnectionId, Dense, Moment, Permit, Version, decide::permissions::ManageIntegrations,
};
use ledger::{AccountId, AssertSqlSafe, Database, LedgerError, Row, Tx, Value};
use uuid::Uuid;

use super::{Came, Delivery, Form, Stage, Subscription, SubscriptionId};
use crate::{
    feed::{Known, Position},
    kind::Kinds,
};

type Result<T> = std::result::Result<T, LedgerError>;
type MayManage<'a> = Permit<'a, ManageIntegrations>;

/// Subscriptions of an account at most.
pub(crate) const SUBSCRIPTIONS_MAX: usize = 200;
/// What waits for one of them at most; the log keeps the rest.
pub(crate) const WAITING_MAX: i64 = 100;
/// What could not be told to one of them since somebody last let it go on, at most. With more it gives up; older dead letters are forgotten.
pub(crate) const DEAD_MAX: i64 = 1_000;
/// What was delivered is shown for so long, and so much of it.
const DELIVERED_MAX: i64 = 100;
/// How long a worker that is not heard of keeps a subscription, in milliseconds.
const LEASE_MS: i64 = 20_000;
/// What one round looks at of all accounts.
const CLAIMED_MAX: u32 = 10_000;

const COLUMNS: &str = "id, connection, form, name, url, url_mark, kinds, secrets, stage, position, epoch, revision, made_at, failing_since, failure";

fn damaged(what: &str) -> LedgerError {
    LedgerError::Damaged(format!("{what} of a subscription cannot be read"))
}

fn id_of(row: &Row, index: usize) -> Result<SubscriptionId> {
    let id = Uuid::try_parse(&row.get::<String>(index)?);
    id.map(SubscriptionId).map_err(|_| damaged("the id"))
}

/// Which subscription of which account: the first two columns.
fn place_of(row: &Row) -> Result<(AccountId, SubscriptionId)> {
    Ok((AccountId(row.get(0)?), id_of(row, 1)?))
}

fn subscription(row: &Row) -> Result<Subscription> {
    let text = |index| row.get::<String>(index);
    let number = |index| row.get::<i64>(index);
    let connection = u32::try_from(number(1)?)
        .ok()
        .and_then(ConnectionId::from_number);
    Ok(Subscription {
        id: id_of(row, 0)?,
        connection: connection.ok_or_else(|| damaged("the connection"))?,
        form: Form::of_number(number(2)?).ok_or_else(|| damaged("the form"))?,
        name: text(3)?,
        url: text(4)?,
        url_mark: text(5)?,
        kinds: Kinds::of_stored(&text(6)?),
        secrets: row.get(7)?,
        stage: Stage::of_number(number(8)?).ok_or_else(|| damaged("the stage"))?,
        position: text(9)?.parse().map_err(|_| damaged("the position"))?,
        epoch: number(10)?,
        revision: number(11)?,
        made_at: Moment(number(12)?),
        failing_since: row.get::<Option<i64>>(13)?.map(Moment),
        failure: text(14)?,
    })
}

/// All of an account, oldest first.
pub(crate) async fn all(tx: &mut Tx, account: AccountId) -> Result<Vec<Subscription>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM event_subscriptions WHERE account = $1 ORDER BY made_at, id"
    );
    let rows = tx.fetch_all(AssertSqlSafe(sql), [account.0.into()]).await?;
    rows.iter().map(subscription).collect()
}

/// One of them, if it is there.
pub(crate) async fn one(
    tx: &mut Tx,
    account: AccountId,
    id: SubscriptionId,
) -> Result<Option<Subscription>> {
    let sql = format!("SELECT {COLUMNS} FROM event_subscriptions WHERE account = $1 AND id = $2");
    let values = [account.0.into(), id.0.to_string().into()];
    let row = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
    row.map(|row| subscription(&row)).transpose()
}

/// One of them, if it is this worker's.
pub(crate) async fn one_of(
    tx: &mut Tx,
    account: AccountId,
    id: SubscriptionId,
    worker: Uuid,
) -> Result<Option<Subscription>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM event_subscriptions WHERE account = $1 AND id = $2 AND worker = $3"
    );
    let values: [Value; 3] = [
        account.0.into(),
        id.0.to_string().into(),
        worker.to_string().into(),
    ];
    let row = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
    row.map(|row| subscription(&row)).transpose()
}

/// A new one.
pub(crate) async fn add(
    tx: &mut Tx,
    account: AccountId,
    _: &MayManage<'_>,
    new: &Subscription,
) -> Result<()> {
    let sql = "INSERT INTO event_subscriptions (account, id, connection, form, name, url, url_mark, kinds, secrets, stage, position, \
               epoch, revision, made_at, resumed_at, failing_since, failure, worker, beat_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, $12, $12, NULL, '', '', 0)";
    let values: [Value; 12] = [
        account.0.into(),
        new.id.0.to_string().into(),
        new.connection.number().into(),
        new.form.number().into(),
        new.name.clone().into(),
        new.url.clone().into(),
        new.url_mark.clone().into(),
        new.kinds.stored().into(),
        new.secrets.clone().into(),
        new.stage.number().into(),
        new.position.to_string().into(),
        new.made_at.0.into(),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Writes what somebody changed of it, as one revision more.
pub(crate) async fn change(
    tx: &mut Tx,
    account: AccountId,
    _: &MayManage<'_>,
    new: &Subscription,
) -> Result<()> {
    let sql = "UPDATE event_subscriptions SET name = $3, url = $4, url_mark = $5, kinds = $6, secrets = $7, stage = $8, \
               revision = revision + 1, failing_since = NULL, failure = '' WHERE account = $1 AND id = $2";
    let values: [Value; 8] = [
        account.0.into(),
        new.id.0.to_string().into(),
        new.name.clone().into(),
        new.url.clone().into(),
        new.url_mark.clone().into(),
        new.kinds.stored().into(),
        new.secrets.clone().into(),
        new.stage.number().into(),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Somebody lets it go on: what could not be told before counts no more.
pub(crate) async fn resumed(
    tx: &mut Tx,
    account: AccountId,
    _: &MayManage<'_>,
    id: SubscriptionId,
    now: Moment,
) -> Result<()> {
    let sql = "UPDATE event_subscriptions SET resumed_at = $3 WHERE account = $1 AND id = $2";
    let values: [Value; 3] = [account.0.into(), id.0.to_string().into(), now.0.into()];
    tx.execute(sql, values).await?;
    Ok(())
}

/// It is told from there on, whatever its worker has told meanwhile.
pub(crate) async fn rewind(
    tx: &mut Tx,
    account: AccountId,
    _: &MayManage<'_>,
    id: SubscriptionId,
    position: Position,
) -> Result<()> {
    let sql = "UPDATE event_subscriptions SET position = $3, epoch = epoch + 1, revision = revision + 1 \
               WHERE account = $1 AND id = $2";
    let values: [Value; 3] = [
        account.0.into(),
        id.0.to_string().into(),
        position.to_string().into(),
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Takes it away, with what it was told; false where it is not there.
pub(crate) async fn remove(
    tx: &mut Tx,
    account: AccountId,
    _: &MayManage<'_>,
    id: SubscriptionId,
) -> Result<bool> {
    let of = || -> [Value; 2] { [account.0.into(), id.0.to_string().into()] };
    let sql = "DELETE FROM event_deliveries WHERE account = $1 AND subscription = $2";
    tx.execute(sql, of()).await?;
    let sql = "DELETE FROM event_subscriptions WHERE account = $1 AND id = $2";
    Ok(tx.execute(sql, of()).await? > 0)
}

/// What could not be told is told again from now on: one of it, or all; how many that is.
pub(crate) async fn revive(
    tx: &mut Tx,
    account: AccountId,
    _: &MayManage<'_>,
    id: SubscriptionId,
    event: Option<&str>,
    now: Moment,
) -> Result<u64> {
    let (waiting, dead) = (Came::Waiting.number(), Came::Dead.number());
    let values: [Value; 6] = [
        account.0.into(),
        id.0.to_string().into(),
        waiting.into(),
        dead.into(),
        now.0.into(),
        event.into(),
    ];
    let sql = "UPDATE event_deliveries SET came = $3, attempts = 0, due_at = $5 \
               WHERE account = $1 AND subscription = $2 AND came = $4 AND ($6 IS NULL OR event = $6)";
    tx.execute(sql, values).await
}

/// AD-28: whatever these connections are told stops, in the transaction that takes their right.
pub(crate) async fn stop(
    tx: &mut Tx,
    account: AccountId,
    connections: &[ConnectionId],
) -> Result<()> {
    for connection in connections {
        let values: [Value; 4] = [
            account.0.into(),
            connection.number().into(),
            Stage::RightEnded.number().into(),
            Stage::Active.number().into(),
        ];
        let sql = "UPDATE event_subscriptions SET stage = $3, revision = revision + 1 \
                   WHERE account = $1 AND connection = $2 AND stage = $4";
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// How many are there.
pub(crate) async fn count(tx: &mut Tx, account: AccountId) -> Result<usize> {
    let sql = "SELECT COUNT(*) FROM event_subscriptions WHERE account = $1";
    let row = tx.fetch_optional(sql, [account.0.into()]).await?;
    let count = row.map_or(Ok(0), |row| row.get::<i64>(0))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Takes those that are told and are nobody's, and keeps what is this worker's: all that are its own then.
pub(crate) async fn claim(
    database: &Database,
    worker: Uuid,
    now: Moment,
) -> Result<Vec<(AccountId, SubscriptionId)>> {
    let active = Stage::Active.number();
    let silent = now.0.saturating_sub(LEASE_MS);
    // A lease is renewed at its half, so that the writer is left alone in between.
    let half = now.0.saturating_sub(LEASE_MS / 2);
    let mut tx = database.read_once().await?;
    let sql = "SELECT account, id, worker, beat_at FROM event_subscriptions WHERE stage = $1 ORDER BY account, id LIMIT $2";
    let rows = tx
        .fetch_all(sql, [active.into(), CLAIMED_MAX.into()])
        .await?;
    drop(tx);
    let (mut own, mut takes) = (Vec::new(), false);
    for row in &rows {
        let (of, beat_at): (String, i64) = (row.get(2)?, row.get(3)?);
        let is_own = of == worker.to_string();
        takes |= if is_own {
            beat_at < half
        } else {
            beat_at < silent
        };
        if is_own {
            own.push(place_of(row)?);
        }
    }
    if !takes {
        return Ok(own);
    }
    let mut tx = database.begin().await?;
    let sql = "UPDATE event_subscriptions SET worker = $1, beat_at = $2 WHERE stage = $3 AND (worker = $1 OR beat_at < $4) \
               RETURNING account, id";
    let values: [Value; 4] = [
        worker.to_string().into(),
        now.0.into(),
        active.into(),
        silent.into(),
    ];
    let rows = tx.fetch_all(sql, values).await?;
    tx.commit().await?;
    rows.iter().map(place_of).collect()
}

/// Whose it is: a worker that stops leaves it to others at once.
pub(crate) async fn leave(database: &Database, worker: Uuid) -> Result<()> {
    let mut tx = database.begin().await?;
    let sql = "UPDATE event_subscriptions SET worker = '', beat_at = 0 WHERE worker = $1";
    tx.execute(sql, [worker.to_string().into()]).await?;
    tx.commit().await
}

/// How far a subscription was told, by the worker that has it, and as long as nobody had it told again.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub account: AccountId,
    pub id: SubscriptionId,
    pub epoch: i64,
    pub position: Position,
    /// Why the last try failed, and since when they do; none where it did not.
    pub failing: Option<(Moment, String)>,
    /// What was tried.
    pub tried: Vec<Delivery>,
}

/// Writes how far some were told, in one transaction.
pub(crate) async fn note(database: &Database, worker: Uuid, told: &[Told]) -> Result<()> {
    let mut tx = database.begin().await?;
    for one in told {
        note_one(&mut tx, worker, one).await?;
    }
    tx.commit().await
}

async fn note_one(tx: &mut Tx, worker: Uuid, told: &Told) -> Result<()> {
    let (account, id) = (told.account, told.id.0.to_string());
    let (since, failure) = match &told.failing {
        Some((since, failure)) => (Some(since.0), failure.as_str()),
        None => (None, ""),
    };
    let values: [Value; 7] = [
        account.0.into(),
        id.clone().into(),
        told.epoch.into(),
        worker.to_string().into(),
        told.position.to_string().into(),
        since.into(),
        failure.into(),
    ];
    let sql = "UPDATE event_subscriptions SET position = $5, failing_since = $6, failure = $7 \
               WHERE account = $1 AND id = $2 AND epoch = $3 AND worker = $4";
    if tx.execute(sql, values).await? == 0 {
        // It is told again, or it is another worker's: that one tells what is to be told.
        return Ok(());
    }
    for delivery in &told.tried {
        write(tx, account, told.id, delivery).await?;
    }
    for (came, most) in [(Came::Delivered, DELIVERED_MAX), (Came::Dead, DEAD_MAX)] {
        if told.tried.iter().any(|one| one.came == came) {
            forget(tx, account, &id, came, most).await?;
        }
    }
    Ok(())
}

async fn write(
    tx: &mut Tx,
    account: AccountId,
    id: SubscriptionId,
    delivery: &Delivery,
) -> Result<()> {
    let expiry = match &delivery.known {
        Known::Version(_) => String::new(),
        Known::Expiry(expiry) => serde_json::to_string(expiry).unwrap_or_default(),
    };
    let values: [Value; 12] = [
        account.0.into(),
        id.0.to_string().into(),
        delivery.event.clone().into(),
        delivery.position.to_string().into(),
        expiry.into(),
        delivery.kind.clone().into(),
        delivery.at.0.into(),
        delivery.came.number().into(),
        delivery.attempts.into(),
        delivery.due_at.0.into(),
        delivery.tried_at.0.into(),
        delivery.answer.clone().into(),
    ];
    let sql = "INSERT INTO event_deliveries (account, subscription, event, position, expiry, kind, at, came, attempts, due_at, tried_at, answer) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (account, subscription, event) DO UPDATE SET \
               position = excluded.position, came = excluded.came, attempts = excluded.attempts, due_at = excluded.due_at, \
               tried_at = excluded.tried_at, answer = excluded.answer";
    tx.execute(sql, values).await?;
    Ok(())
}

/// The newest of what came to this are shown, and no more are kept.
async fn forget(tx: &mut Tx, account: AccountId, id: &str, came: Came, most: i64) -> Result<()> {
    let values: [Value; 4] = [
        account.0.into(),
        id.into(),
        came.number().into(),
        most.into(),
    ];
    let sql = "DELETE FROM event_deliveries WHERE account = $1 AND subscription = $2 AND came = $3 AND tried_at < \
               (SELECT MIN(tried_at) FROM (SELECT tried_at FROM event_deliveries WHERE account = $1 AND subscription = $2 AND came = $3 \
               ORDER BY tried_at DESC LIMIT $4) AS newest)";
    tx.execute(sql, values).await?;
    Ok(())
}

/// It stops by itself; false where somebody changed it meanwhile.
pub(crate) async fn end(
    database: &Database,
    account: AccountId,
    id: SubscriptionId,
    (revision, stage, why): (i64, Stage, &str),
) -> Result<()> {
    let values: [Value; 5] = [
        account.0.into(),
        id.0.to_string().into(),
        revision.into(),
        stage.number().into(),
        why.into(),
    ];
    let mut tx = database.begin().await?;
    let sql = "UPDATE event_subscriptions SET stage = $4, failure = $5, revision = revision + 1 \
               WHERE account = $1 AND id = $2 AND revision = $3";
    tx.execute(sql, values).await?;
    tx.commit().await
}

fn delivery(row: &Row) -> Result<Delivery> {
    let position: Position = (row.get::<String>(1)?.parse()).map_err(|_| damaged("a position"))?;
    let expiry: String = row.get(2)?;
    let known = match expiry.is_empty() {
        true => Known::Version(Version(position.version.0)),
        false => Known::Expiry(serde_json::from_str(&expiry).map_err(|_| damaged("an event"))?),
    };
    Ok(Delivery {
        event: row.get(0)?,
        position,
        known,
        kind: row.get(3)?,
        at: Moment(row.get(4)?),
        came: Came::of_number(row.get(5)?).ok_or_else(|| damaged("a delivery"))?,
        attempts: u32::try_from(row.get::<i64>(6)?).unwrap_or(u32::MAX),
        due_at: Moment(row.get(7)?),
        tried_at: Moment(row.get(8)?),
        answer: row.get(9)?,
    })
}

const OF_DELIVERY: &str =
    "event, position, expiry, kind, at, came, attempts, due_at, tried_at, answer";

/// What was tried last, newest first: what came of it, and so much of it at most.
pub(crate) async fn deliveries(
    tx: &mut Tx,
    account: AccountId,
    id: SubscriptionId,
    came: Came,
    limit: u32,
) -> Result<Vec<Delivery>> {
    let sql = format!(
        "SELECT {OF_DELIVERY} FROM event_deliveries WHERE account = $1 AND subscription = $2 AND came = $3 \
         ORDER BY tried_at DESC, event LIMIT $4"
    );
    let values: [Value; 4] = [
        account.0.into(),
        id.0.to_string().into(),
        came.number().into(),
        limit.into(),
    ];
    let rows = tx.fetch_all(AssertSqlSafe(sql), values).await?;
    rows.iter().map(delivery).collect()
}

/// What is tried again first.
pub(crate) async fn next_waiting(
    tx: &mut Tx,
    account: AccountId,
    id: SubscriptionId,
) -> Result<Option<Delivery>> {
    let sql = format!(
        "SELECT {OF_DELIVERY} FROM event_deliveries WHERE account = $1 AND subscription = $2 AND came = $3 \
         ORDER BY due_at, event LIMIT 1"
    );
    let values: [Value; 3] = [
        account.0.into(),
        id.0.to_string().into(),
        Came::Waiting.number().into(),
    ];
    let row = tx.fetch_optional(AssertSqlSafe(sql), values).await?;
    row.map(|row| delivery(&row)).transpose()
}

/// How many of what was tried came to this.
pub(crate) async fn count_of(
    tx: &mut Tx,
    account: AccountId,
    id: SubscriptionId,
    came: Came,
) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM event_deliveries WHERE account = $1 AND subscription = $2 AND came = $3";
    let values: [Value; 3] = [
        account.0.into(),
        id.0.to_string().into(),
        came.number().into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    row.map_or(Ok(0), |row| row.get(0))
}

/// How much could not be told since somebody last let it go on.
pub(crate) async fn dead_since_resumed(
    tx: &mut Tx,
    account: AccountId,
    id: SubscriptionId,
) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM event_deliveries WHERE account = $1 AND subscription = $2 AND came = $3 AND tried_at > \
               (SELECT resumed_at FROM event_subscriptions WHERE account = $1 AND id = $2)";
    let values: [Value; 3] = [
        account.0.into(),
        id.0.to_string().into(),
        Came::Dead.number().into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    row.map_or(Ok(0), |row| row.get(0))
}
