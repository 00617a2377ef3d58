//! The outbox: mails that acts cause, one row each, written in the transaction of the act. A worker claims them, sends them and says
//! what became of it; a claim that nobody ends is over after a while, so a mail is sent at least once, and by one node at a time.
//!
//! What stands in a mail (a link, an address that was typed) is sealed with the account's key and gone when the mail is over. The
//! address of a person is looked up when the mail is sent: whoever is erased has none, and their rows go with them (SD-26).

use std::time::Duration;

use access::{Dense, Moment, PersonId};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::database::{Database, Value};
use crate::dialect::{BulkTable, Column};
use crate::engine::{Account, Engine};
use crate::error::{LedgerError, Result};
use crate::log::AccountId;
use crate::profile::{self, Field, Of, Place};
use crate::tokens::Purpose;

mod asked;
pub(crate) use asked::{end_links, write_link};

/// Mails that are over are kept so long, for whoever asks what became of them.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// Decoys are of no use to anybody.
const DECOY_KEPT_MS: i64 = 60 * 60 * 1_000;
/// Rows that are cleared in one go; the next one comes soon.
const SWEPT_AT_ONCE: u32 = 10_000;
/// The address and the letter of one mail, in bytes.
const SEALED_BYTES_MAX: usize = 4_096;

/// What becomes of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// It waits to be sent, or to be tried again.
    Waiting,
    /// A server took it.
    Sent,
    /// It is not tried again.
    GivenUp,
}

impl MailState {
    const fn number(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Sent => 1,
            Self::GivenUp => 2,
        }
    }
}

/// A row that is never sent: asking for a link for an address that is nobody's writes as much as for one that is somebody's.
const DECOY: i64 = 3;

pub(crate) static MAILS: BulkTable = BulkTable {
    name: "mails",
    columns: &[
        ("id", Column::Text),
        ("account", Column::Int),
        ("person", Column::Int),
        ("template", Column::Text),
        ("purpose", Column::Text),
        ("body", Column::Blob),
        ("state", Column::Int),
        ("attempts", Column::Int),
        ("due_at", Column::Int),
        ("ends_at", Column::Int),
        ("queued_at", Column::Int),
    ],
    on_conflict: "",
};

/// A mail to be queued beside a command. What is in it is sealed already.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// To whom, or about whom.
    pub of: Of,
    /// Of the secret whose link stands in it.
    pub purpose: Option<Purpose>,
    id: Uuid,
    template: &'static str,
    body: Vec<u8>,
    ends_at: Moment,
}

/// What a mail says, and to whom.
#[derive(Clone, Copy, Debug)]
pub struct MailDraft<'a> {
    /// To whom, or about whom.
    pub of: Of,
    /// An address that is not (or no longer) the person's; absent: the one that the person has when it is sent.
    pub address: Option<&'a str>,
    /// The key of the text.
    pub template: &'static str,
    /// What goes into the text.
    pub letter: &'a [u8],
    /// Of the secret whose link stands in it: when the link ends, so does the mail.
    pub purpose: Option<Purpose>,
    /// From when on it is worth nothing.
    pub ends_at: Moment,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    address: Option<String>,
    letter: Vec<u8>,
}

impl NewMail {
    pub(crate) fn row(&self, account: AccountId, person: u32, now: Moment) -> [Value; 11] {
        self.row_in(account, person, now, MailState::Waiting.number())
    }

    fn row_in(&self, account: AccountId, person: u32, now: Moment, state: i64) -> [Value; 11] {
        [
            self.id.to_string().into(),
            account.0.into(),
            person.into(),
            self.template.into(),
            self.purpose.map(Purpose::name).into(),
            self.body.clone().into(),
            state.into(),
            0_i64.into(),
            now.0.into(),
            self.ends_at.0.into(),
            now.0.into(),
        ]
    }
}

/// A mail that this node may send until the claim is over.
#[derive(Clone, Debug)]
pub struct ClaimedMail {
    /// Its id.
    pub id: Uuid,
    /// The account.
    pub account: AccountId,
    /// The key of the text.
    pub template: String,
    /// How many times it was claimed, this one included.
    pub attempts: u32,
}

/// What a claimed mail says, and where it goes.
pub struct OpenedMail {
    /// To whom it goes, or about whom it is; nobody who is here where an address is not confirmed yet (SD-23).
    pub person: Option<PersonId>,
    /// The address; absent where the person has none.
    pub address: Option<String>,
    /// The name of the person.
    pub name: Option<String>,
    /// Of what the person wants no mails: keys.
    pub no_mails: Vec<String>,
    /// What goes into the text.
    pub letter: Vec<u8>,
}

impl std::fmt::Debug for OpenedMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenedMail(…)")
    }
}

/// A link that somebody was sent, as those may see it who may send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLink {
    /// When the link ends; absent where there is none.
    pub expires_at: Option<Moment>,
    /// What became of the mail; absent where it was cleared away.
    pub mail: Option<MailStatus>,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailStatus {
    /// Where it is.
    pub state: MailState,
    /// When it was queued.
    pub queued_at: Moment,
    /// When it was sent or given up.
    pub done_at: Option<Moment>,
    /// The code of the last failure.
    pub error: Option<String>,
}

impl Account {
    /// Seals a mail.
    pub fn new_mail(&self, draft: MailDraft<'_>) -> Result<NewMail> {
        let sealed = Sealed {
            address: draft.address.map(str::to_owned),
            letter: draft.letter.to_vec(),
        };
        let plain = postcard::to_stdvec(&sealed)
            .map_err(|error| LedgerError::Damaged(format!("a mail cannot be written: {error}")))?;
        if plain.len() > SEALED_BYTES_MAX {
            return Err(LedgerError::Damaged("a mail is too long".into()));
        }
        let id = self.engine().new_uuid();
        Ok(NewMail {
            of: draft.of,
            purpose: draft.purpose,
            id,
            template: draft.template,
            body: self.seal(id.as_bytes(), &plain)?,
            ends_at: draft.ends_at,
        })
    }

    /// What became of the last link of this kind that the person was sent; `None` where there is neither link nor mail.
    pub async fn sent_link(&self, person: PersonId, purpose: Purpose) -> Result<Option<SentLink>> {
        let mut tx = self.engine().database().begin_read().await?;
        let of = || {
            [
                self.id().0.into(),
                person.number().into(),
                purpose.name().into(),
            ]
        };
        let link = tx
            .fetch_optional(
                "SELECT max(expires_at) FROM secrets WHERE account = $1 AND entity = $2 AND purpose = $3",
                of(),
            )
            .await?;
        let expires_at = match link {
            Some(row) => row.get::<Option<i64>>(0)?.map(Moment),
            None => None,
        };
        let row = tx
            .fetch_optional(
                "SELECT state, queued_at, done_at, error FROM mails WHERE account = $1 AND person = $2 AND purpose = $3",
                of(),
            )
            .await?;
        let mail = match row {
            None => None,
            Some(row) => Some(MailStatus {
                state: match row.get::<i64>(0)? {
                    1 => MailState::Sent,
                    2 => MailState::GivenUp,
                    _ => MailState::Waiting,
                },
                queued_at: Moment(row.get(1)?),
                done_at: row.get::<Option<i64>>(2)?.map(Moment),
                error: row.get(3)?,
            }),
        };
        let now = self.now();
        let expires_at = expires_at.filter(|end| *end > now);
        Ok((expires_at.is_some() || mail.is_some()).then_some(SentLink { expires_at, mail }))
    }

    /// Opens a claimed mail just before it is sent; `None` when it was taken away since, with its link or its person, or when somebody
    /// else has claimed it.
    pub async fn open_mail(&self, claimed: &ClaimedMail) -> Result<Option<OpenedMail>> {
        let mut tx = self.engine().database().begin_read().await?;
        let row = tx
            .fetch_optional(
                "SELECT person, body FROM mails WHERE id = $1 AND attempts = $2 AND state = 0",
                [claimed.id.to_string().into(), claimed.attempts.into()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let damaged = || LedgerError::Damaged("a mail cannot be opened".into());
        // Nobody: an address that is not confirmed yet (SD-23) stands in the mail.
        let person = PersonId::from_number(profile::number(row.get(0)?)?);
        let body: Vec<u8> = row.get(1)?;
        let plain = self
            .unseal(claimed.id.as_bytes(), &body)
            .ok_or_else(damaged)?;
        let sealed: Sealed = postcard::from_bytes(&plain).map_err(|_| damaged())?;
        let place = person.map(|person| (self.id(), Place::of(person)));
        let profile = profile::read_many(&mut tx, place.into_iter()).await?.pop();
        let text = |field| {
            let (_, _, profile) = profile.as_ref()?;
            Some(profile.get(field)?.to_owned())
        };
        Ok(Some(OpenedMail {
            person,
            address: sealed.address.or_else(|| text(Field::Email)),
            name: text(Field::Name),
            no_mails: no_mails(text(Field::NoMails).as_deref()),
            letter: sealed.letter,
        }))
    }
}

/// The keys that stand in [`Field::NoMails`].
pub fn no_mails(value: Option<&str>) -> Vec<String> {
    let keys = value.unwrap_or_default().split_whitespace();
    keys.map(str::to_owned).collect()
}

impl Engine {
    /// Claims mails that are due, of all accounts: nobody else sends them until `lease` is over.
    pub async fn claim_mails(&self, limit: u32, lease: Duration) -> Result<Vec<ClaimedMail>> {
        let now = self.now();
        let mut tx = self.database().begin_read().await?;
        let due = tx
            .fetch_optional(
                "SELECT 1 FROM mails WHERE state = 0 AND due_at <= $1 AND ends_at > $1",
                [now.0.into()],
            )
            .await?;
        tx.rollback().await?;
        if due.is_none() {
            // The writer is not disturbed for nothing.
            return Ok(Vec::new());
        }
        let until = now
            .0
            .saturating_add(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
        let mut tx = self.database().begin().await?;
        // Somebody waits for a link; what is told of records may wait behind it.
        let text = format!(
            "UPDATE mails SET attempts = attempts + 1, due_at = $1 WHERE id IN (SELECT id FROM mails \
             WHERE state = 0 AND due_at <= $2 AND ends_at > $2 ORDER BY CASE WHEN purpose IS NULL THEN 1 ELSE 0 END, due_at LIMIT $3{}) AND state = 0 AND due_at <= $2 \
             RETURNING id, account, template, attempts",
            tx.skip_locked()
        );
        let rows = tx
            .fetch_all(
                AssertSqlSafe(text),
                [until.into(), now.0.into(), limit.into()],
            )
            .await?;
        tx.commit().await?;
        let claimed = rows.iter().map(|row| {
            let id: String = row.get(0)?;
            Ok(ClaimedMail {
                id: id
                    .parse()
                    .map_err(|_| LedgerError::Damaged("a mail has no id".into()))?,
                account: AccountId(row.get(1)?),
                template: row.get(2)?,
                attempts: profile::number(row.get(3)?)?,
            })
        });
        claimed.collect()
    }

    /// A server took it. Nothing of what it said is kept.
    pub async fn mail_sent(&self, claimed: &ClaimedMail) -> Result<()> {
        self.end_mail(
            "UPDATE mails SET state = $2, done_at = $3, body = NULL, error = NULL WHERE id = $1 AND state = 0",
            [
                claimed.id.to_string().into(),
                MailState::Sent.number().into(),
                self.now().0.into(),
            ],
        )
        .await
    }

    /// It could not be sent: it is due again then, or is given up. A claim that is over changes nothing any more.
    pub async fn mail_failed(
        &self,
        claimed: &ClaimedMail,
        code: &str,
        again: Option<Duration>,
    ) -> Result<()> {
        let (id, now) = (claimed.id.to_string(), self.now());
        match again {
            Some(pause) => {
                let pause = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
                let values = [
                    id.into(),
                    claimed.attempts.into(),
                    code.into(),
                    now.0.saturating_add(pause).into(),
                ];
                self.end_mail(
                    "UPDATE mails SET error = $3, due_at = $4 WHERE id = $1 AND attempts = $2 AND state = 0",
                    values,
                )
                .await
            }
            None => {
                let values = [
                    id.into(),
                    claimed.attempts.into(),
                    code.into(),
                    MailState::GivenUp.number().into(),
                    now.0.into(),
                ];
                self.end_mail(
                    "UPDATE mails SET error = $3, state = $4, done_at = $5, body = NULL \
                     WHERE id = $1 AND attempts = $2 AND state = 0",
                    values,
                )
                .await
            }
        }
    }

    async fn end_mail<const N: usize>(&self, text: &'static str, values: [Value; N]) -> Result<()> {
        let mut tx = self.database().begin().await?;
        tx.execute(text, values).await?;
        tx.commit().await
    }

    /// How many mails wait.
    pub async fn waiting_mails(&self) -> Result<u64> {
        let mut tx = self.database().begin_read().await?;
        let row = tx
            .fetch_optional("SELECT count(*) FROM mails WHERE state = 0", [])
            .await?;
        let count: i64 = row.map_or(Ok(0), |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Clears what is over: mails whose time is over are given up; old ones, decoys and links that ended go.
    pub async fn sweep_mails(&self) -> Result<()> {
        sweep_all(self.database(), self.now()).await
    }
}

pub(crate) async fn sweep_all(database: &Database, now: Moment) -> Result<()> {
    let before = |age: i64| Value::from(now.0.saturating_sub(age));
    let (sent, given_up) = (MailState::Sent.number(), MailState::GivenUp.number());
    let mut tx = database.begin().await?;
    let some = format!("LIMIT {SWEPT_AT_ONCE}{}", tx.skip_locked());
    for (verb, which, values) in [
        (
            "UPDATE mails SET state = $2, error = 'expired', body = NULL, done_at = $1 WHERE id IN (SELECT id FROM mails",
            "state = 0 AND ends_at <= $1",
            vec![now.0.into(), given_up.into()],
        ),
        (
            "DELETE FROM mails WHERE id IN (SELECT id FROM mails",
            "state IN ($2, $3) AND done_at < $1",
            vec![before(KEPT_MS), sent.into(), given_up.into()],
        ),
        (
            "DELETE FROM mails WHERE id IN (SELECT id FROM mails",
            "state = $2 AND queued_at < $1",
            vec![before(DECOY_KEPT_MS), DECOY.into()],
        ),
        (
            "DELETE FROM address_changes WHERE (account, person) IN (SELECT account, person FROM address_changes",
            "ends_at <= $1",
            vec![now.0.into()],
        ),
        // Of tokens the state knows when they end.
        (
            "DELETE FROM secrets WHERE prefix IN (SELECT prefix FROM secrets",
            "expires_at < $1 AND purpose <> $2",
            vec![before(DECOY_KEPT_MS), Purpose::Token.name().into()],
        ),
    ] {
        let text = format!("{verb} WHERE {which} {some})");
        tx.execute(AssertSqlSafe(text), values).await?;
    }
    tx.commit().await
}
