//! Who viewed as whom, in which sign-in session, from when to when (AD-27). The audit log says that it began; here is how long it
//! lasts, and what the viewed person is shown of it.

use access::{Dense, Moment, PersonId};

use crate::database::{Row, Tx};
use crate::dialect::{BulkTable, Column};
use crate::engine::{Account, Engine};
use crate::error::{LedgerError, Result};
use crate::log::AccountId;
use crate::profile;

/// How long the viewed person is shown it.
const KEPT_MS: i64 = 365 * 24 * 60 * 60 * 1_000;

/// Somebody viewed as somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewing {
    /// Its number; later ones have higher ones.
    pub number: i64,
    /// Who looked.
    pub viewer: PersonId,
    /// From when.
    pub since: Moment,
    /// When it ended, or will at the latest.
    pub until: Moment,
}

impl Account {
    /// The session views as this person from now on, until the moment at the latest, and as nobody else. What is asked for twice at once
    /// begins once. It never lasts longer than its session.
    pub async fn begin_viewing(
        &self,
        session: &str,
        viewer: PersonId,
        viewed: PersonId,
        until: Moment,
    ) -> Result<()> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        self.state_under_lock(&mut tx).await?;
        let row = tx
            .fetch_optional(
                "SELECT ends_at, viewed FROM sign_in_sessions LEFT JOIN viewings ON of_session = prefix AND until_at > $4 \
                 WHERE prefix = $1 AND account = $2 AND person = $3",
                [
                    session.into(),
                    self.id().0.into(),
                    viewer.number().into(),
                    now.0.into(),
                ],
            )
            .await?;
        let row = row.ok_or(LedgerError::Unknown("session"))?;
        let views: Option<i64> = row.get(1)?;
        if views == Some(viewed.number().into()) {
            return tx.rollback().await;
        }
        let until = until.0.min(row.get(0)?);
        end(&mut tx, session, now).await?;
        tx.execute(
            "INSERT INTO viewings (of_account, of_session, viewer, viewed, since, until_at) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                self.id().0.into(),
                session.into(),
                viewer.number().into(),
                viewed.number().into(),
                now.0.into(),
                until.into(),
            ],
        )
        .await?;
        tx.commit().await
    }

    /// A page of who viewed as this person, newest first: those before the number.
    pub async fn viewings_of(
        &self,
        viewed: PersonId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Viewing>> {
        let mut tx = self.engine().database().begin_read().await?;
        let rows = tx
            .fetch_all(
                "SELECT number, viewer, since, until_at FROM viewings WHERE of_account = $1 AND viewed = $2 AND number < $3 \
                 ORDER BY number DESC LIMIT $4",
                [
                    self.id().0.into(),
                    viewed.number().into(),
                    before.unwrap_or(i64::MAX).into(),
                    limit.into(),
                ],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Viewing {
                    number: row.get(0)?,
                    viewer: person(row.get(1)?)?,
                    since: Moment(row.get(2)?),
                    until: Moment(row.get(3)?),
                })
            })
            .collect()
    }
}

impl Engine {
    /// The session views as nobody any more.
    pub async fn end_viewing(&self, session: &str) -> Result<()> {
        let mut tx = self.database().begin().await?;
        end(&mut tx, session, self.now()).await?;
        tx.commit().await
    }
}

async fn end(tx: &mut Tx, session: &str, now: Moment) -> Result<()> {
    tx.execute(
        "UPDATE viewings SET until_at = $2 WHERE of_session = $1 AND until_at > $2",
        [session.into(), now.0.into()],
    )
    .await?;
    Ok(())
}

/// Viewings end with their session, whatever ended that.
pub(super) async fn end_without_session(
    tx: &mut Tx,
    account: AccountId,
    now: Moment,
) -> Result<()> {
    tx.execute(
        "UPDATE viewings SET until_at = $2 WHERE of_account = $1 AND until_at > $2 \
         AND NOT EXISTS (SELECT 1 FROM sign_in_sessions WHERE prefix = of_session)",
        [account.0.into(), now.0.into()],
    )
    .await?;
    Ok(())
}

fn person(number: i64) -> Result<PersonId> {
    PersonId::from_number(profile::number(number)?).ok_or(LedgerError::Unknown("person"))
}

/// As whom a session views, and until when: two columns, both empty where it views as nobody.
pub(super) fn of_row(row: &Row, first: usize) -> Result<Option<(PersonId, Moment)>> {
    let viewed: Option<i64> = row.get(first)?;
    let until: Option<i64> = row.get(first + 1)?;
    Ok(match (viewed, until) {
        (Some(viewed), Some(until)) => Some((person(viewed)?, Moment(until))),
        _ => None,
    })
}

/// The table, for a restore.
pub(crate) static VIEWINGS: BulkTable = BulkTable {
    name: "viewings",
    columns: &[
        ("of_account", Column::Int),
        ("of_session", Column::Text),
        ("viewer", Column::Int),
        ("viewed", Column::Int),
        ("since", Column::Int),
        ("until_at", Column::Int),
    ],
    on_conflict: "",
};

pub(super) async fn sweep(tx: &mut Tx, now: Moment) -> Result<()> {
    tx.execute(
        "DELETE FROM viewings WHERE until_at < $1",
        [now.0.saturating_sub(KEPT_MS).into()],
    )
    .await?;
    Ok(())
}
