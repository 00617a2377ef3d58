//! How far a sign-in provider reaches: who came in by it, and for whom a change of it would shut a door. For whoever is about to change one.

use access::{ConnectionId, Dense, Moment, PersonId};

use crate::database::{Row, Value};
use crate::engine::Account;
use crate::error::{LedgerError, Result};
use crate::profile;

/// Providers of one account that are looked at.
const PROVIDERS_MAX: u32 = 200;
/// What somebody has of their own: a password, or a passkey.
const OWN_MEANS: &str = "('password', 'passkey')";

fn person(row: &Row) -> Result<PersonId> {
    let number = profile::number(row.get(0)?)?;
    let damaged = || LedgerError::Damaged("a person has no number".into());
    PersonId::from_number(number).ok_or_else(damaged)
}

impl Account {
    /// When somebody came in by each provider last.
    pub async fn last_through(&self) -> Result<Vec<(ConnectionId, Moment)>> {
        let mut tx = self.read_once().await?;
        let sql = "SELECT connection, MAX(at) FROM sign_in_log WHERE account = $1 AND connection IS NOT NULL \
                   GROUP BY connection ORDER BY connection LIMIT $2";
        let values = [self.id().0.into(), i64::from(PROVIDERS_MAX).into()];
        let rows = tx.fetch_all(sql, values).await?;
        let found = rows.iter().map(|row| {
            let connection = ConnectionId::from_number(profile::number(row.get(0)?)?);
            let damaged = || LedgerError::Damaged("a sign-in provider has no number".into());
            Ok((connection.ok_or_else(damaged)?, Moment(row.get(1)?)))
        });
        found.collect()
    }

    /// How many people are signed in through a provider now.
    pub async fn sessions_through(&self, connection: ConnectionId) -> Result<u64> {
        let mut tx = self.read_once().await?;
        let sql = "SELECT COUNT(*) FROM sign_in_sessions WHERE account = $1 AND connection = $2 AND ends_at > $3";
        let values: [Value; 3] = [
            self.id().0.into(),
            connection.number().into(),
            self.now().0.into(),
        ];
        let row = tx.fetch_optional(sql, values).await?;
        let count = row.map_or(Ok(0), |row| row.get::<i64>(0))?;
        Ok(count.try_into().unwrap_or_default())
    }

    /// How many people this provider knows.
    pub async fn known_to(&self, connection: ConnectionId) -> Result<u64> {
        let mut tx = self.read_once().await?;
        let sql = "SELECT COUNT(DISTINCT person) FROM credentials WHERE account = $1 AND kind = 'provider' AND data = $2";
        let values: [Value; 2] = [self.id().0.into(), connection.number().to_string().into()];
        let row = tx.fetch_optional(sql, values).await?;
        let count = row.map_or(Ok(0), |row| row.get::<i64>(0))?;
        Ok(count.try_into().unwrap_or_default())
    }

    /// Whom this provider knows and who have no other way in: no password, no passkey and none of these providers. So many at most.
    pub async fn only_through(
        &self,
        connection: ConnectionId,
        others: &[ConnectionId],
        max: u32,
    ) -> Result<Vec<PersonId>> {
        let others = others.iter().map(|other| format!("'{}'", other.number()));
        let others: String = others.map(|other| format!(", {other}")).collect();
        let sql = format!(
            "SELECT DISTINCT c.person FROM credentials AS c WHERE c.account = $1 AND c.kind = 'provider' AND c.data = $2 \
             AND NOT EXISTS (SELECT 1 FROM credentials AS o WHERE o.account = c.account AND o.person = c.person \
             AND (o.kind IN {OWN_MEANS} OR (o.kind = 'provider' AND o.data IN ('none'{others})))) ORDER BY c.person LIMIT $3"
        );
        let values: Vec<Value> = vec![
            self.id().0.into(),
            connection.number().to_string().into(),
            i64::from(max).into(),
        ];
        self.people(sql, values).await
    }

    /// Whoever has an address of this domain, and a password or a passkey: what goes out of use where they come in by a provider alone.
    /// So many at most.
    pub async fn with_own_means_at(&self, domain: &str, max: u32) -> Result<Vec<PersonId>> {
        // In its one spelling a domain has no character that a pattern has.
        let sql = format!(
            "SELECT e.person FROM emails AS e WHERE e.account = $1 AND e.email LIKE $2 \
             AND EXISTS (SELECT 1 FROM credentials AS c WHERE c.account = e.account AND c.person = e.person \
             AND c.kind IN {OWN_MEANS}) ORDER BY e.person LIMIT $3"
        );
        let values: Vec<Value> = vec![
            self.id().0.into(),
            format!("%@{domain}").into(),
            i64::from(max).into(),
        ];
        self.people(sql, values).await
    }

    async fn people(&self, sql: String, values: Vec<Value>) -> Result<Vec<PersonId>> {
        let mut tx = self.read_once().await?;
        let rows = tx.fetch_all(sqlx::AssertSqlSafe(sql), values).await?;
        rows.iter().map(person).collect()
    }
}
