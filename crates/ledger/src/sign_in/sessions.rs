//! Sign-in sessions: the browsers in which somebody is signed in. Each is looked up for each request, so that one that was ended on
//! any node is over at once.

use std::collections::BTreeSet;
use std::net::IpAddr;

use access::{Dense, Moment, PersonId, State};
use subtle::ConstantTimeEq;

use super::factors::{FactorProof, factors_of};
use super::history::{self, SignInFact};
use super::through::{self, Through};
use super::viewings;
use crate::database::{Row, Tx, Value};
use crate::dialect::{Bulk, BulkTable, Column, wanted};
use crate::engine::{Account, Engine};
use crate::error::Result;
use crate::log::AccountId;
use crate::profile;
use crate::slices::{OwnMeans, own_means};
use crate::tokens::{self, Purpose, Secret};

/// Sessions that a person has at most; with one more the one that was unused for longest ends.
const SESSIONS_MAX: u32 = 20;

/// How long somebody who proved a password has for the second factor.
const HALF_MS: i64 = 5 * 60 * 1_000;
/// Sign-ins of a person that wait for a second factor; with one more the oldest ends. They never end a whole one.
const HALVES_MAX: u32 = 3;

const OWN: &str =
    "prefix, account, person, browser, began_at, used_at, ends_at, stage, proved_at, hash";
const OWN_COLUMNS: usize = 10;

/// What was proved when a session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A password, and the second factor is still to be proved: nobody is signed in yet.
    Half,
    /// A password, of somebody who has no one-time codes, and of whom no passkey was asked when it began.
    OneFactor,
    /// Both factors.
    TwoFactors,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Half, Self::OneFactor, Self::TwoFactors];

    fn number(self) -> i64 {
        match self {
            Self::Half => 0,
            Self::OneFactor => 1,
            Self::TwoFactors => 2,
        }
    }
}

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
    /// What was proved when it began.
    pub stage: Stage,
    /// When a password or a passkey was proved in it for the last time.
    pub proved_at: Moment,
    /// As whom the person views in it (AD-27), and until when at most.
    pub views: Option<(PersonId, Moment)>,
    /// The provider that it came through, and what it opens; none: by the person's own means, and everything that is theirs.
    pub through: Option<Through>,
}

impl SignInSession {
    fn from_row(row: &Row) -> Result<Self> {
        let person = profile::number(row.get(2)?)?;
        let number: i64 = row.get(7)?;
        let stage = Stage::ALL
            .into_iter()
            .find(|stage| stage.number() == number);
        Ok(Self {
            id: row.get(0)?,
            account: AccountId(row.get(1)?),
            person: PersonId::from_number(person)
                .ok_or(crate::error::LedgerError::Unknown("person"))?,
            browser: row.get(3)?,
            began_at: Moment(row.get(4)?),
            used_at: Moment(row.get(5)?),
            ends_at: Moment(row.get(6)?),
            stage: stage.ok_or(crate::error::LedgerError::Unknown("stage of a session"))?,
            proved_at: Moment(row.get(8)?),
            views: None,
            through: Through::of_row(row, OWN_COLUMNS)?,
        })
    }
}

/// What somebody proved who wants to be signed in.
#[derive(Clone, Copy, Debug)]
pub enum SignInProof<'a> {
    /// A password, or a link by mail that gives one. Whoever has one-time codes is half signed in by it, and so is whoever has a passkey
    /// and has to have a second factor: a lost one is reset by somebody else (AD-24), and never replaced with the password alone.
    Password,
    /// The single-use link of a mail, which is gone then. More is asked than that where a password is not enough, and it is none: where a
    /// fresh proof is wanted, the password is.
    Link(&'a Secret),
    /// A sign-in provider says who they are. Where it does not say that two factors were proved to it, it is worth what a password is.
    Provider {
        /// Whether it says so.
        two_factors: bool,
    },
    /// A second factor, or both. `half` is the session of somebody who proved a password, and is over with this.
    Factor {
        /// That session, where there is one.
        half: Option<&'a str>,
        /// The proof.
        proof: FactorProof<'a>,
    },
    /// What this browser's session had proved, which just ended with all the others because its owner changed how they sign in. Of two
    /// factors one is left where the last second factor went.
    Before(Stage),
}

/// What became of signing in.
#[derive(Clone, Debug)]
pub enum Beginning {
    /// A session: its secret, and what it has proved.
    Begun(Secret, Stage),
    /// The person does not count.
    MayNot,
    /// The proof is used up or void.
    NotProved,
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
    /// When a password or a passkey was proved for the last time, of a session that goes on as another one; else it is now.
    pub proved_at: Option<Moment>,
    /// What was proved.
    pub proof: SignInProof<'a>,
    /// Of whom a sign-in provider says who they are: by which, and what that opens.
    pub through: Option<&'a Through>,
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
            "SELECT {OWN}, {}, viewed, until_at FROM sign_in_sessions \
             LEFT JOIN viewings ON of_session = prefix AND until_at > $2 WHERE prefix = $1",
            through::COLUMNS
        ));
        let values = [secret.prefix().into(), now.0.into()];
        let row = tx.fetch_optional(sql, values).await?;
        let Some(row) = row else { return Ok(None) };
        let stored: Vec<u8> = row.get(9)?;
        let session = SignInSession {
            views: viewings::of_row(&row, OWN_COLUMNS + through::WIDTH)?,
            ..SignInSession::from_row(&row)?
        };
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
    /// session that begins while they are being switched off would live on when they are back (AD-24). Whether a second factor is
    /// missing is asked there too, and by nobody else, so that no way in can leave it out.
    pub async fn begin_sign_in_session(
        &self,
        new: NewSession<'_>,
        may: impl FnOnce(&State) -> bool,
    ) -> Result<Beginning> {
        let engine = self.engine();
        let (now, secret) = (engine.now(), Secret::make(engine.randomness().as_ref()));
        let mut tx = self.begin_write().await?;
        let state = self.state_under_lock(&mut tx).await?;
        if !may(&state) {
            tx.rollback().await?;
            return Ok(Beginning::MayNot);
        }
        // No door of one's own is left out: all of them lead here.
        if new.through.is_none()
            && own_means(&mut tx, self.id(), &state, new.person).await? == OwnMeans::Shut
        {
            tx.rollback().await?;
            return Ok(Beginning::MayNot);
        }
        let proved = self.proved(&mut tx, &state, new.person, new.proof).await?;
        let Some((stage, proved_before)) = proved else {
            tx.rollback().await?;
            return Ok(Beginning::NotProved);
        };
        let (is_half, most) = match stage {
            Stage::Half => ("=", HALVES_MAX),
            Stage::OneFactor | Stage::TwoFactors => ("<>", SESSIONS_MAX),
        };
        let sql = sqlx::AssertSqlSafe(format!(
            "DELETE FROM sign_in_sessions WHERE prefix IN (SELECT prefix FROM sign_in_sessions \
             WHERE account = $1 AND person = $2 AND stage {is_half} 0 ORDER BY used_at DESC, prefix LIMIT 1000 OFFSET $3)",
        ));
        let values = [
            self.id().0.into(),
            new.person.number().into(),
            (most - 1).into(),
        ];
        tx.execute(sql, values).await?;
        let ends_at = match stage {
            Stage::Half => new.ends_at.0.min(now.0.saturating_add(HALF_MS)),
            Stage::OneFactor | Stage::TwoFactors => new.ends_at.0,
        };
        let mut values: Vec<Value> = vec![
            secret.prefix().into(),
            self.id().0.into(),
            new.person.number().into(),
            secret.hash().0.into(),
            new.browser.into(),
            now.0.into(),
            ends_at.into(),
            stage.number().into(),
            new.proved_at.or(proved_before).unwrap_or(now).0.into(),
        ];
        values.extend(Through::values(new.through));
        let sql = sqlx::AssertSqlSafe(format!(
            "INSERT INTO sign_in_sessions (prefix, account, person, hash, browser, began_at, used_at, ends_at, stage, proved_at, {}) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            through::COLUMNS
        ));
        tx.execute(sql, values).await?;
        viewings::end_without_session(&mut tx, self.id(), now).await?;
        if stage != Stage::Half {
            // Half of a proof gives no tries back: the other half can be guessed at.
            if let Some((address, network)) = new.tried {
                engine.forget_tries(&mut tx, address, network).await?;
            }
            let (account, person) = (Some(self.id()), Some(new.person));
            let by = new.through.map(|through| through.connection);
            history::signed_in(&mut tx, account, person, by, now).await?;
        }
        tx.commit().await?;
        Ok(Beginning::Begun(secret, stage))
    }

    /// What a proof comes to, used up where it is good once, and when the half before it was proved, where it is no whole one itself.
    /// `None`: nothing.
    async fn proved(
        &self,
        tx: &mut Tx,
        state: &State,
        person: PersonId,
        proof: SignInProof<'_>,
    ) -> Result<Option<(Stage, Option<Moment>)>> {
        let stage = match proof {
            SignInProof::Password if self.asks_for_more(tx, state, person).await? => Stage::Half,
            SignInProof::Password => Stage::OneFactor,
            SignInProof::Provider { two_factors: true } => Stage::TwoFactors,
            SignInProof::Provider { two_factors: false } => {
                match self.asks_for_more(tx, state, person).await? {
                    true => Stage::Half,
                    false => Stage::OneFactor,
                }
            }
            SignInProof::Link(link) => {
                let bearer = tokens::find(tx, link, self.now()).await?;
                let is_theirs = bearer.is_some_and(|bearer| {
                    bearer.account == self.id()
                        && bearer.entity == person.number()
                        && bearer.purpose == Purpose::SignIn
                });
                if !is_theirs {
                    return Ok(None);
                }
                tokens::spend(tx, link).await?;
                match self.asks_for_more(tx, state, person).await? {
                    true => Stage::Half,
                    false => Stage::OneFactor,
                }
            }
            SignInProof::Before(stage) => {
                let has = factors_of(tx, self.id(), person).await?;
                match stage {
                    Stage::TwoFactors if has.is_empty() => Stage::OneFactor,
                    stage => stage,
                }
            }
            SignInProof::Factor { half, proof } => {
                let mut before = None;
                if let Some(half) = half {
                    let over = tx
                        .fetch_optional(
                            "DELETE FROM sign_in_sessions WHERE prefix = $1 AND account = $2 AND person = $3 AND stage = 0 \
                             RETURNING proved_at",
                            [half.into(), self.id().0.into(), person.number().into()],
                        )
                        .await?;
                    let Some(over) = over else {
                        return Ok(None);
                    };
                    before = Some(Moment(over.get(0)?));
                }
                let used = self.use_up(tx, person, proof).await?;
                if used && let FactorProof::RecoveryCode { .. } = proof {
                    let (account, now) = (Some(self.id()), self.now());
                    let fact = SignInFact::RecoveryCodeUsed;
                    history::write(tx, account, Some(person), fact, now).await?;
                }
                // A code is no password: what came before it says how fresh that is. A passkey is both at once.
                let before = match proof {
                    FactorProof::Passkey { .. } => None,
                    _ => before,
                };
                return Ok(used.then_some((Stage::TwoFactors, before)));
            }
        };
        Ok(Some((stage, None)))
    }

    /// Writes down that the password was proved again in a session, now.
    pub async fn proved_again(&self, id: &str) -> Result<()> {
        let engine = self.engine();
        let mut tx = self.begin_write().await?;
        tx.execute(
            "UPDATE sign_in_sessions SET proved_at = $2 WHERE prefix = $1 AND account = $3",
            [id.into(), engine.now().0.into(), self.id().0.into()],
        )
        .await?;
        tx.commit().await
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
            "SELECT {OWN}, {} FROM sign_in_sessions WHERE account = $1 AND person = $2 AND ends_at > $3 AND used_at > $4 AND stage <> 0 \
             ORDER BY used_at DESC, prefix LIMIT {SESSIONS_MAX}",
            through::COLUMNS
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
        let now = self.now();
        let mut tx = self.begin_write().await?;
        let ended = end_some(&mut tx, self.id(), person, which, now).await?;
        tx.commit().await?;
        Ok(ended)
    }
}

/// The same in a transaction that is there.
pub(crate) async fn end_some(
    tx: &mut Tx,
    account: AccountId,
    person: PersonId,
    which: Ending<'_>,
    now: Moment,
) -> Result<u64> {
    let (verb, id) = match which {
        Ending::One(id) => ("=", id),
        Ending::Others(id) => ("<>", id),
    };
    let sql = sqlx::AssertSqlSafe(format!(
        "DELETE FROM sign_in_sessions WHERE account = $1 AND person = $2 AND prefix {verb} $3"
    ));
    // One that waits for its second factor never began: it goes with the others, and the log does not say that it ended.
    tx.execute(
        "DELETE FROM sign_in_sessions WHERE account = $1 AND person = $2 AND stage = 0",
        [account.0.into(), person.number().into()],
    )
    .await?;
    let values = [account.0.into(), person.number().into(), id.into()];
    let ended = tx.execute(sql, values).await?;
    viewings::end_without_session(tx, account, now).await?;
    for _ in 0..ended {
        history::write(tx, Some(account), Some(person), SignInFact::Ended, now).await?;
    }
    Ok(ended)
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
    let wanted = wanted(tx, &[("account", Column::Int), ("person", Column::Int)]);
    let of = "sign_in_sessions AS p WHERE p.account = wanted.account AND p.person = wanted.person AND p.stage <> 0";
    let rows = tx.looked_up(&wanted, "p.account, p.person", of);
    let sql = format!(
        "INSERT INTO sign_in_log (account, at, person, what) SELECT p.account, $2, p.person, $3 FROM {rows}"
    );
    let asked = serde_json::json!(asked).to_string();
    let values = [asked.into(), now.0.into(), SignInFact::Ended.name().into()];
    tx.execute(sqlx::AssertSqlSafe(sql), values).await?;
    let mut gone = Bulk::new(&SESSIONS_OF);
    let accounts: BTreeSet<_> = people.iter().map(|(account, _)| *account).collect();
    for (account, person) in people {
        gone.push([account.0.into(), person.into()]);
    }
    gone.delete(tx).await?;
    for account in accounts {
        viewings::end_without_session(tx, account, now).await?;
    }
    Ok(())
}

pub(super) async fn sweep(tx: &mut Tx, now: Moment) -> Result<()> {
    tx.execute(
        "DELETE FROM sign_in_sessions WHERE ends_at <= $1",
        [now.0.into()],
    )
    .await?;
    Ok(())
}
