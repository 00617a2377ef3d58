//! Sign-in sessions: the browsers in which somebody is signed in. Each is looked up for each request, so that one that was ended on
//! any node is over at once.

use std::collections::BTreeSet;
use std::net::IpAddr;

use access::{Dense, Moment, PersonId, State};
use subtle::ConstantTimeEq;

use super::history::{self, SignInFact};
use crate::database::{Row, Tx};
use crate::dialect::{Bulk, BulkTable, Column, wanted};
use crate::engine::{Account, Engine};
use crate::error::Result;
use crate::log::AccountId;
use crate::profile;
use crate::tokens::Secret;

/// Sessions that a person has at most; with one more the one that was unused for longest ends.
const SESSIONS_MAX: u32 = 20;

const COLUMNS: &str = "prefix, account, person, browser, began_at, used_at, ends_at, hash";

/// A browser in which somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInSession {
    /// Its public id.
    pub id: String,
    /// In which account.
    pub account: AccountId,
    /// Whose.
    pub person: PersonId,
    /// The browser, in a few words.
    pub browser: String,
    /// When it began.
    pub began_at: Moment,
    /// When it was used, to the minute.
    pub used_at: Moment,
    /// When it ends at the latest.
    pub ends_at: Moment,
}

impl SignInSession {
    fn from_row(row: &Row) -> Result<Self> {
        let person = profile::number(row.get(2)?)?;
        Ok(Self {
            id: row.get(0)?,
            account: AccountId(row.get(1)?),
            person: PersonId::from_number(person)
                .ok_or(crate::error::LedgerError::Unknown("person"))?,
            browser: row.get(3)?,
            began_at: Moment(row.get(4)?),
            used_at: Moment(row.get(5)?),
            ends_at: Moment(row.get(6)?),
        })
    }
}

/// Somebody who has proved who they are.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// Who.
    pub person: PersonId,
    /// The address that was given, and where it came from: their tries are forgotten.
    pub tried: Option<(&'a str, IpAddr)>,
    /// The browser, in a few words.
    pub browser: &'a str,
    /// When it ends at the latest.
    pub ends_at: Moment,
}

/// Which sessions of a person end.
#[derive(Clone, Copy, Debug)]
pub enum Ending<'a> {
    /// This one.
    One(&'a str),
    /// All but this one.
    Others(&'a str),
}

impl Engine {
    /// The session of a secret that is neither over nor unused for longer than `idle_ms`.
    pub async fn sign_in_session(
        &self,
        secret: &Secret,
        idle_ms: i64,
    ) -> Result<Option<SignInSession>> {
        let now = self.now();
        let mut tx = self.database().begin_read().await?;
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM sign_in_sessions WHERE prefix = $1"
        ));
        let row = tx.fetch_optional(sql, [secret.prefix().into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let stored: Vec<u8> = row.get(7)?;
        let session = SignInSession::from_row(&row)?;
        let matches = bool::from(stored.ct_eq(&secret.hash().0));
        let lives = now < session.ends_at && now.0 < session.used_at.0.saturating_add(idle_ms);
        Ok((matches && lives).then_some(session))
    }

    /// Writes down that a session was used now.
    pub async fn use_sign_in_session(&self, id: &str) -> Result<()> {
        let mut tx = self.database().begin().await?;
        tx.execute(
            "UPDATE sign_in_sessions SET used_at = $2 WHERE prefix = $1",
            [id.into(), self.now().0.into()],
        )
        .await?;
        tx.commit().await
    }
}

impl Account {
    /// Begins a session, and writes down that somebody signed in. Whether the person may is asked under the account's lock: a
    /// session that begins while they are being switched off would live on when they are back (AD-24).
    pub async fn begin_sign_in_session(
        &self,
        new: NewSession<'_>,
        may: impl FnOnce(&State) -> bool,
    ) -> Result<Option<Secret>> {
        let engine = self.engine();
        let (now, secret) = (engine.now(), Secret::make(engine.randomness().as_ref()));
        let mut tx = engine.database().begin().await?;
        if !may(&*self.state_under_lock(&mut tx).await?) {
            tx.rollback().await?;
            return Ok(None);
        }
        if let Some((address, network)) = new.tried {
            engine.forget_tries(&mut tx, address, network).await?;
        }
        tx.execute(
            "DELETE FROM sign_in_sessions WHERE prefix IN (SELECT prefix FROM sign_in_sessions \
             WHERE account = $1 AND person = $2 ORDER BY used_at DESC, prefix LIMIT 1000 OFFSET $3)",
            [
                self.id().0.into(),
                new.person.number().into(),
                (SESSIONS_MAX - 1).into(),
            ],
        )
        .await?;
        tx.execute(
            "INSERT INTO sign_in_sessions (prefix, account, person, hash, browser, began_at, used_at, ends_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
            [
                secret.prefix().into(),
                self.id().0.into(),
                new.person.number().into(),
                secret.hash().0.into(),
                new.browser.into(),
                now.0.into(),
                new.ends_at.0.into(),
            ],
        )
        .await?;
        let (account, person) = (Some(self.id()), Some(new.person));
        history::write(&mut tx, account, person, SignInFact::SignedIn, now).await?;
        tx.commit().await?;
        Ok(Some(secret))
    }

    /// The sessions of a person that are not over, the one used last first.
    pub async fn sign_in_sessions(
        &self,
        person: PersonId,
        idle_ms: i64,
    ) -> Result<Vec<SignInSession>> {
        let now = self.now();
        let mut tx = self.engine().database().begin_read().await?;
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM sign_in_sessions WHERE account = $1 AND person = $2 AND ends_at > $3 AND used_at > $4 \
             ORDER BY used_at DESC, prefix LIMIT {SESSIONS_MAX}"
        ));
        let values = [
            self.id().0.into(),
            person.number().into(),
            now.0.into(),
            now.0.saturating_sub(idle_ms).into(),
        ];
        let rows = tx.fetch_all(sql, values).await?;
        rows.iter().map(SignInSession::from_row).collect()
    }

    /// Ends sessions of a person; how many there were.
    pub async fn end_sign_in_sessions(&self, person: PersonId, which: Ending<'_>) -> Result<u64> {
        let (verb, id) = match which {
            Ending::One(id) => ("=", id),
            Ending::Others(id) => ("<>", id),
        };
        let now = self.now();
        let mut tx = self.engine().database().begin().await?;
        let sql = sqlx::AssertSqlSafe(format!(
            "DELETE FROM sign_in_sessions WHERE account = $1 AND person = $2 AND prefix {verb} $3"
        ));
        let values = [self.id().0.into(), person.number().into(), id.into()];
        let ended = tx.execute(sql, values).await?;
        for _ in 0..ended {
            let (account, person) = (Some(self.id()), Some(person));
            history::write(&mut tx, account, person, SignInFact::Ended, now).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }
}

/// All sessions of a person.
static SESSIONS_OF: BulkTable = BulkTable {
    name: "sign_in_sessions",
    columns: &[("account", Column::Int), ("person", Column::Int)],
    on_conflict: "",
};

/// AD-24, SD-26: ends every session of these people, in the transaction of the events that say so.
pub(crate) async fn end_of(
    tx: &mut Tx,
    people: BTreeSet<(AccountId, u32)>,
    now: Moment,
) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let asked: Vec<_> = people
        .iter()
        .map(|(account, person)| (account.0, *person))
        .collect();
    let sql = format!(
        "INSERT INTO sign_in_log (account, at, person, what) SELECT s.account, $2, s.person, $3 FROM {} \
         CROSS JOIN sign_in_sessions AS s WHERE s.account = wanted.account AND s.person = wanted.person",
        wanted(tx, &[("account", Column::Int), ("person", Column::Int)])
    );
    let asked = serde_json::json!(asked).to_string();
    let values = [asked.into(), now.0.into(), SignInFact::Ended.name().into()];
    tx.execute(sqlx::AssertSqlSafe(sql), values).await?;
    let mut gone = Bulk::new(&SESSIONS_OF);
    for (account, person) in people {
        gone.push([account.0.into(), person.into()]);
    }
    gone.delete(tx).await
}

pub(super) async fn sweep(tx: &mut Tx, now: Moment) -> Result<()> {
    tx.execute(
        "DELETE FROM sign_in_sessions WHERE ends_at <= $1",
        [now.0.into()],
    )
    .await?;
    Ok(())
}
