//! Rows of the log. They are added by the server itself, for whoever asked; nobody changes one.

use std::collections::BTreeSet;

use access::{ConnectionId, Dense, Moment, PersonId, ProviderGroupId};
use ledger::{AccountId, AssertSqlSafe, LedgerError, Tx, Value};

use super::{CameTo, Entry};
use crate::links::store::Whose;

type Result<T> = std::result::Result<T, LedgerError>;

/// How long an entry is kept.
const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1_000;
/// Entries of one connection at most, give or take what came since it was last looked at.
const KEPT_MAX: i64 = 200_000;
/// Columns of an entry.
const COLUMNS: usize = 11;

/// Adds entries.
pub(crate) async fn add(tx: &mut Tx, entries: &[Entry]) -> Result<()> {
    let row = |place: usize| {
        let values = (1..=COLUMNS).map(|column| format!("${}", place * COLUMNS + column));
        format!("({})", values.collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<_> = (0..entries.len()).map(row).collect();
    let sql = format!(
        "INSERT INTO provisioning_log (account, connection, at, id, method, route, status, code, reason, person, provider_group) VALUES {}",
        rows.join(", ")
    );
    let mut values = Vec::with_capacity(entries.len() * COLUMNS);
    for entry in entries {
        let row: [Value; COLUMNS] = [
            entry.account.0.into(),
            entry.connection.number().into(),
            entry.at.0.into(),
            entry.id.clone().into(),
            entry.method.clone().into(),
            entry.route.clone().into(),
            i64::from(entry.status).into(),
            entry.code.clone().into(),
            entry.reason.clone().into(),
            entry.person.map(Dense::number).into(),
            entry.group.map(Dense::number).into(),
        ];
        values.extend(row);
    }
    tx.execute(AssertSqlSafe(sql), values).await?;
    Ok(())
}

/// Takes away what is too old of those who are written about, and now and then what is too much.
pub(crate) async fn prune(tx: &mut Tx, entries: &[Entry], now: Moment) -> Result<()> {
    let whose: BTreeSet<_> = entries
        .iter()
        .map(|entry| (entry.account.0, entry.connection.number()))
        .collect();
    // Its count is as good as a clock: what is too much is looked for once in so many entries.
    let is_due = |entry: &Entry| {
        entry
            .id
            .split('-')
            .next()
            .is_some_and(|count| count.ends_with("00"))
    };
    let counts = entries.iter().any(is_due);
    for (account, connection) in whose {
        let mut before = now.0.saturating_sub(KEPT_MS);
        if counts {
            let sql = "SELECT at FROM provisioning_log WHERE account = $1 AND connection = $2 ORDER BY at DESC, id DESC LIMIT 1 OFFSET $3";
            let values: [Value; 3] = [account.into(), connection.into(), KEPT_MAX.into()];
            if let Some(row) = tx.fetch_optional(sql, values).await? {
                before = before.max(row.get(0)?);
            }
        }
        let sql = "DELETE FROM provisioning_log WHERE account = $1 AND connection = $2 AND at < $3";
        let values: [Value; 3] = [account.into(), connection.into(), before.into()];
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// The entries before a place that came to this, newest first, at most so many.
pub(crate) async fn before(
    tx: &mut Tx,
    whose: Whose,
    place: Option<(i64, String)>,
    only: Option<CameTo>,
    most: usize,
) -> Result<Vec<Entry>> {
    let came_to = match only {
        None => "",
        Some(CameTo::Done) => "AND status < 400 AND code = ''",
        Some(CameTo::InPart) => "AND status < 400 AND code <> ''",
        Some(CameTo::Refused) => "AND status >= 400",
    };
    let sql = format!(
        "SELECT account, connection, at, id, method, route, status, code, reason, person, provider_group FROM provisioning_log \
         WHERE account = $1 AND connection = $2 AND (at < $3 OR (at = $3 AND id < $4)) {came_to} ORDER BY at DESC, id DESC LIMIT $5"
    );
    let (at, id) = place.unwrap_or((i64::MAX, String::new()));
    let values: [Value; 5] = [
        whose.account.0.into(),
        whose.connection.number().into(),
        at.into(),
        id.into(),
        i64::try_from(most).unwrap_or(i64::MAX).into(),
    ];
    let rows = tx.fetch_all(AssertSqlSafe(sql), values).await?;
    let number = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
    let entries = rows.iter().map(|row| {
        let damaged =
            || LedgerError::Damaged("an entry of the provisioning log cannot be read".into());
        let connection = number(Some(row.get(1)?)).and_then(ConnectionId::from_number);
        let status = u16::try_from(row.get::<i64>(6)?).map_err(|_| damaged())?;
        Ok(Entry {
            account: AccountId(row.get(0)?),
            connection: connection.ok_or_else(damaged)?,
            at: Moment(row.get(2)?),
            id: row.get(3)?,
            method: row.get(4)?,
            route: row.get(5)?,
            status,
            code: row.get(7)?,
            reason: row.get(8)?,
            person: number(row.get(9)?).and_then(PersonId::from_number),
            group: number(row.get(10)?).and_then(ProviderGroupId::from_number),
        })
    });
    entries.collect()
}

/// What was asked since a moment, and how much of it was refused; and when the directory was last heard of.
pub(crate) async fn counts(
    tx: &mut Tx,
    whose: Whose,
    since: Moment,
) -> Result<(Option<Moment>, i64, i64)> {
    let of = || -> [Value; 2] { [whose.account.0.into(), whose.connection.number().into()] };
    let sql = "SELECT at FROM provisioning_log WHERE account = $1 AND connection = $2 ORDER BY at DESC, id DESC LIMIT 1";
    let last = tx.fetch_optional(sql, of()).await?;
    let last = last.map(|row| row.get(0)).transpose()?.map(Moment);
    let sql = "SELECT COUNT(*), COUNT(CASE WHEN status >= 400 THEN 1 END) FROM provisioning_log \
               WHERE account = $1 AND connection = $2 AND at >= $3";
    let [account, connection] = of();
    let row = tx
        .fetch_optional(sql, [account, connection, since.0.into()])
        .await?;
    let counts = row.map_or(Ok((0, 0)), |row| {
        Ok::<_, LedgerError>((row.get(0)?, row.get(1)?))
    });
    let (asked, refused) = counts?;
    Ok((last, asked, refused))
}
