//! Sessions that a sign-in provider vouched for: what each opens, and how it ends when the provider says so. A provider is for staff or for
//! the customers of named companies, so a session carries its limit with it, and whoever looks on it sees one facet.

use access::state::Facet;
use access::{CompanyId, ConnectionId, Dense, Moment, PersonId};
use uuid::Uuid;

use super::credentials::PROVIDER;
use super::factors::answered_now;
use super::history::{self, SignInFact};
use super::viewings;
use crate::chain::Hash;
use crate::database::{Row, Tx, Value};
use crate::engine::Account;
use crate::error::{LedgerError, Result};
use crate::log::AccountId;
use crate::profile;

/// What a session that came through a provider opens, and by what the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Through {
    /// The provider.
    pub connection: ConnectionId,
    /// The one facet that it opens.
    pub facet: Facet,
    /// For customers: whose people it is for. None: nobody's (AD-26).
    pub companies: Vec<CompanyId>,
    /// A keyed hash of the provider's name for the person.
    pub subject_mark: String,
    /// A keyed hash of the provider's session, where it names one.
    pub session_mark: Option<String>,
    /// Sealed: what is shown to the provider when the person signs out here.
    pub goodbye: Option<Vec<u8>>,
}

/// What a row has of it.
pub(super) const COLUMNS: &str =
    "connection, facet, companies, subject_mark, session_mark, goodbye";
/// How many columns these are.
pub(super) const WIDTH: usize = 6;

/// A facet, as rows of providers and of their sessions have it.
pub fn facet_number(facet: Facet) -> i64 {
    match facet {
        Facet::User => 1,
        Facet::Customer => 2,
    }
}

/// The facet of such a row.
pub fn facet_of_number(number: i64) -> Result<Facet> {
    match number {
        1 => Ok(Facet::User),
        2 => Ok(Facet::Customer),
        _ => Err(damaged()),
    }
}

fn damaged() -> LedgerError {
    LedgerError::Damaged("the limit of a session cannot be read".into())
}

/// Ids with spaces between them.
pub(super) fn numbers<K: Dense>(of: &[K]) -> String {
    let numbers: Vec<_> = of.iter().map(|one| one.number().to_string()).collect();
    numbers.join(" ")
}

impl Through {
    /// From its columns; a session that nobody vouched for has none.
    pub(super) fn of_row(row: &Row, first: usize) -> Result<Option<Self>> {
        let Some(connection) = row.get::<Option<i64>>(first)? else {
            return Ok(None);
        };
        let connection = ConnectionId::from_number(profile::number(connection)?);
        let facet = row.get::<Option<i64>>(first + 1)?.ok_or_else(damaged)?;
        let companies: String = row.get::<Option<String>>(first + 2)?.unwrap_or_default();
        let companies = companies.split_whitespace().map(|number| {
            let number = number.parse().ok().and_then(CompanyId::from_number);
            number.ok_or_else(damaged)
        });
        Ok(Some(Self {
            connection: connection.ok_or_else(damaged)?,
            facet: facet_of_number(facet)?,
            companies: companies.collect::<Result<_>>()?,
            subject_mark: row.get::<Option<String>>(first + 3)?.ok_or_else(damaged)?,
            session_mark: row.get(first + 4)?,
            goodbye: row.get(first + 5)?,
        }))
    }

    /// For its columns.
    pub(super) fn values(through: Option<&Self>) -> [Value; WIDTH] {
        let Some(through) = through else {
            return [
                None::<i64>.into(),
                None::<i64>.into(),
                None::<String>.into(),
                None::<String>.into(),
                None::<String>.into(),
                None::<Vec<u8>>.into(),
            ];
        };
        [
            Some(i64::from(through.connection.number())).into(),
            Some(facet_number(through.facet)).into(),
            Some(numbers(&through.companies)).into(),
            Some(through.subject_mark.clone()).into(),
            through.session_mark.clone().into(),
            through.goodbye.clone().into(),
        ]
    }
}

/// Which sessions of a provider end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThroughEnding {
    /// All.
    All,
    /// Those of one person, by the mark of the provider's name for them.
    Of(String),
    /// Those of one person, but for the session with this public id.
    OfPerson {
        /// Whose.
        person: PersonId,
        /// The one that goes on.
        but: Option<String>,
    },
    /// One session, by the mark of the provider's.
    One(String),
    /// One session, of this person alone.
    OneOf {
        /// The mark of the provider's session.
        session: String,
        /// The mark of the person.
        subject: String,
    },
}

/// A sign-in provider that knows somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownBy {
    /// The mark of issuer and name.
    pub mark: Uuid,
    /// The provider.
    pub connection: ConnectionId,
    /// Since when.
    pub since: Moment,
}

impl Account {
    /// Whom a provider knows by the name that has this mark.
    pub async fn known_by(&self, mark: Uuid) -> Result<Option<PersonId>> {
        let mut tx = self.read_once().await?;
        known_by(&mut tx, self.id(), mark).await
    }

    /// Which providers know somebody, the one of longest standing first.
    pub async fn providers_of(&self, person: PersonId) -> Result<Vec<KnownBy>> {
        let mut tx = self.read_once().await?;
        let sql = "SELECT id, data, created_at FROM credentials WHERE account = $1 AND person = $2 AND kind = $3 \
                   ORDER BY created_at, id LIMIT 100";
        let values = [self.id().0.into(), person.number().into(), PROVIDER.into()];
        let rows = tx.fetch_all(sql, values).await?;
        let known = rows.iter().map(|row| {
            let (mark, connection): (String, String) = (row.get(0)?, row.get(1)?);
            let connection = connection.parse().ok().and_then(ConnectionId::from_number);
            Ok(KnownBy {
                mark: mark.parse().map_err(|_| damaged())?,
                connection: connection.ok_or_else(damaged)?,
                since: Moment(row.get(2)?),
            })
        });
        known.collect()
    }
}

impl Account {
    /// Ends sessions that came through a provider; how many there were. It is the provider who says so, or nobody may come by it any more.
    pub async fn end_sessions_through(
        &self,
        connection: ConnectionId,
        which: &ThroughEnding,
    ) -> Result<u64> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let ended = end_sessions_through(&mut tx, self.id(), connection, which, now).await?;
        tx.commit().await?;
        Ok(ended)
    }
}

impl Account {
    /// A provider says who signed out there. False: by a token that was used before, and nothing is changed. It is remembered by this mark,
    /// until it is too old anyway.
    pub async fn provider_signed_out(
        &self,
        connection: ConnectionId,
        which: &ThroughEnding,
        (token, until): (&str, Moment),
    ) -> Result<bool> {
        let now = self.now();
        let mut tx = self.begin_write().await?;
        if !answered_now(&mut tx, &Hash::of(token.as_bytes()), until).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        end_sessions_through(&mut tx, self.id(), connection, which, now).await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Account {
    /// A browser is back from a provider with this. False: somebody was before.
    pub async fn came_back(&self, with: &str, until: Moment) -> Result<bool> {
        let mut tx = self.begin_write().await?;
        let is_first = answered_now(&mut tx, &Hash::of(with.as_bytes()), until).await?;
        tx.commit().await?;
        Ok(is_first)
    }

    /// Writes down that whoever came through a provider proved there once more who they are, and when. False: the session is over, or
    /// it is somebody else's, or came by another one.
    pub async fn proved_through(
        &self,
        id: &str,
        (person, connection): (PersonId, ConnectionId),
        at: Moment,
    ) -> Result<bool> {
        let mut tx = self.begin_write().await?;
        // What was proved later otherwise stays.
        let sql = "UPDATE sign_in_sessions SET proved_at = CASE WHEN proved_at > $2 THEN proved_at ELSE $2 END \
                   WHERE prefix = $1 AND account = $3 AND person = $4 AND connection = $5";
        let values = [
            id.into(),
            at.0.into(),
            self.id().0.into(),
            person.number().into(),
            connection.number().into(),
        ];
        let proved = tx.execute(sql, values).await?;
        tx.commit().await?;
        Ok(proved != 0)
    }
}

/// The same in a transaction that is there.
pub async fn end_sessions_through(
    tx: &mut Tx,
    account: AccountId,
    connection: ConnectionId,
    which: &ThroughEnding,
    now: Moment,
) -> Result<u64> {
    let mut sql = "DELETE FROM sign_in_sessions WHERE account = $1 AND connection = $2".to_owned();
    let mut values: Vec<Value> = vec![account.0.into(), connection.number().into()];
    let mut add = |condition: &str, value: Value| {
        values.push(value);
        sql.push_str(&format!(" AND {condition} ${}", values.len()));
    };
    match which {
        ThroughEnding::All => {}
        ThroughEnding::Of(subject) => add("subject_mark =", subject.clone().into()),
        ThroughEnding::OfPerson { person, but } => {
            add("person =", person.number().into());
            if let Some(id) = but {
                add("prefix <>", id.clone().into());
            }
        }
        ThroughEnding::One(session) => add("session_mark =", session.clone().into()),
        ThroughEnding::OneOf { session, subject } => {
            add("session_mark =", session.clone().into());
            add("subject_mark =", subject.clone().into());
        }
    }
    sql.push_str(" RETURNING person, stage");
    let rows = tx.fetch_all(sqlx::AssertSqlSafe(sql), values).await?;
    viewings::end_without_session(tx, account, now).await?;
    let mut ended = 0;
    for row in &rows {
        let person = PersonId::from_number(profile::number(row.get(0)?)?);
        if row.get::<i64>(1)? != 0 {
            history::write(tx, Some(account), person, SignInFact::Ended, now).await?;
            ended += 1;
        }
    }
    Ok(ended)
}

/// Whom a provider knows by the name that has this mark.
pub(crate) async fn known_by(
    tx: &mut Tx,
    account: AccountId,
    mark: Uuid,
) -> Result<Option<PersonId>> {
    let sql = "SELECT person FROM credentials WHERE account = $1 AND id = $2 AND kind = 'provider'";
    let values = [account.0.into(), mark.to_string().into()];
    let row = tx.fetch_optional(sql, values).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(PersonId::from_number(profile::number(row.get(0)?)?))
}

/// A provider knows nobody any more. The sign-in log says so of each, as where one is unlinked.
pub(crate) async fn forget_links(
    tx: &mut Tx,
    account: AccountId,
    connection: ConnectionId,
    now: Moment,
) -> Result<()> {
    const LINKS: &str = "FROM credentials WHERE account = $1 AND kind = 'provider' AND data = $2";
    let of = || -> [Value; 2] { [account.0.into(), connection.number().to_string().into()] };
    let sql = format!(
        "INSERT INTO sign_in_log (account, at, person, what) SELECT account, CAST($3 AS BIGINT), person, '{}' {LINKS}",
        SignInFact::ProviderUnlinked.name()
    );
    let [whose, which] = of();
    tx.execute(sqlx::AssertSqlSafe(sql), [whose, which, now.0.into()])
        .await?;
    tx.execute(sqlx::AssertSqlSafe(format!("DELETE {LINKS}")), of())
        .await?;
    Ok(())
}
