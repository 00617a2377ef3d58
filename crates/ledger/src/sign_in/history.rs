//! The sign-in log: what happened at the door. It holds ids, and neither names nor addresses of any kind (AD-20, SD-26).

use access::{ConnectionId, Dense, Moment, PersonId};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use super::credentials::CredentialKind;
use crate::database::{Row, Tx, Value};
use crate::dialect::{BulkTable, Column};
use crate::engine::{Account, Engine};
use crate::error::{LedgerError, Result};
use crate::log::AccountId;
use crate::profile;

/// Days that an entry is kept.
const KEPT_DAYS: i64 = 400;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Entries that are kept at most, over all accounts.
const KEPT_MAX: i64 = 1_000_000;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignInFact {
    /// Somebody signed in.
    SignedIn,
    /// A proof was wrong, or nobody's.
    Failed,
    /// There were too many tries with an address.
    Locked,
    /// A sign-in session ended, by its owner or by what was done to them.
    Ended,
    /// The password was right, and the code was not.
    CodeFailed,
    /// A recovery code stood in for a one-time code.
    RecoveryCodeUsed,
    /// A second factor or a passkey was set up.
    FactorAdded,
    /// Its owner took one off.
    FactorRemoved,
    /// Somebody else took them off (AD-24).
    FactorReset,
    /// New recovery codes were made.
    RecoveryCodesMade,
    /// A new password was chosen with a link that came by mail.
    PasswordReset,
    /// A sign-in provider knows them from now on.
    ProviderLinked,
    /// It does no longer.
    ProviderUnlinked,
}

impl SignInFact {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 13] = [
        Self::SignedIn,
        Self::Failed,
        Self::Locked,
        Self::Ended,
        Self::CodeFailed,
        Self::RecoveryCodeUsed,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::FactorReset,
        Self::RecoveryCodesMade,
        Self::PasswordReset,
        Self::ProviderLinked,
        Self::ProviderUnlinked,
    ];

    /// Its name, as it is stored and answered.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Failed => "failed",
            Self::Locked => "locked",
            Self::Ended => "ended",
            Self::CodeFailed => "code_failed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::FactorAdded => "factor_added",
            Self::FactorRemoved => "factor_removed",
            Self::FactorReset => "factor_reset",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::PasswordReset => "password_reset",
            Self::ProviderLinked => "provider_linked",
            Self::ProviderUnlinked => "provider_unlinked",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.name() == name)
    }
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInEntry {
    /// Its number; later ones have higher ones.
    pub number: i64,
    /// When.
    pub at: Moment,
    /// Whose; `None` where the address was nobody's.
    pub person: Option<PersonId>,
    /// What.
    pub what: SignInFact,
    /// Through which sign-in provider.
    pub through: Option<ConnectionId>,
}

pub(crate) async fn write(
    tx: &mut Tx,
    account: Option<AccountId>,
    person: Option<PersonId>,
    what: SignInFact,
    at: Moment,
) -> Result<()> {
    write_through(tx, (account, person), what, None, at).await
}

/// Somebody signed in, through a provider or by their own means.
pub(crate) async fn signed_in(
    tx: &mut Tx,
    account: Option<AccountId>,
    person: Option<PersonId>,
    through: Option<ConnectionId>,
    at: Moment,
) -> Result<()> {
    write_through(tx, (account, person), SignInFact::SignedIn, through, at).await
}

async fn write_through(
    tx: &mut Tx,
    (account, person): (Option<AccountId>, Option<PersonId>),
    what: SignInFact,
    through: Option<ConnectionId>,
    at: Moment,
) -> Result<()> {
    tx.execute(
        "INSERT INTO sign_in_log (account, at, person, what, connection) VALUES ($1, $2, $3, $4, $5)",
        [
            account.map_or(0, |account| account.0).into(),
            at.0.into(),
            person.map(Dense::number).into(),
            what.name().into(),
            through.map(Dense::number).into(),
        ],
    )
    .await?;
    Ok(())
}

/// What the log says where a credential comes or goes. `reset`: it was somebody else who took it.
pub(crate) fn of_credential(kind: CredentialKind, comes: bool, reset: bool) -> Option<SignInFact> {
    match (kind, comes) {
        (CredentialKind::Password, _) | (CredentialKind::RecoveryCodes, false) => None,
        (CredentialKind::Provider(_), true) => Some(SignInFact::ProviderLinked),
        (CredentialKind::Provider(_), false) => Some(SignInFact::ProviderUnlinked),
        (CredentialKind::RecoveryCodes, true) => Some(SignInFact::RecoveryCodesMade),
        (_, true) => Some(SignInFact::FactorAdded),
        (_, false) if reset => Some(SignInFact::FactorReset),
        (_, false) => Some(SignInFact::FactorRemoved),
    }
}

impl Engine {
    /// Writes down a try that came to nothing: the same one row, whoever it was.
    pub async fn sign_in_failed(
        &self,
        account: Option<AccountId>,
        person: Option<PersonId>,
        what: SignInFact,
    ) -> Result<()> {
        let mut tx = self.database().begin().await?;
        write(&mut tx, account, person, what, self.now()).await?;
        tx.commit().await
    }
}

/// Which entries are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignInFilter {
    /// Of this person.
    pub person: Option<PersonId>,
    /// Of this kind.
    pub what: Option<SignInFact>,
    /// Not before.
    pub from: Option<Moment>,
    /// Before.
    pub until: Option<Moment>,
}

/// Where a page of the sign-in log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The moment of its last entry.
    pub at: Moment,
    /// The number of its last entry.
    pub number: i64,
}

impl SignInEntry {
    /// Where it stands.
    pub fn place(&self) -> Place {
        Place {
            at: self.at,
            number: self.number,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let what: String = row.get(3)?;
        let person = row
            .get::<Option<i64>>(2)?
            .map(profile::number)
            .transpose()?;
        let through = row
            .get::<Option<i64>>(4)?
            .map(profile::number)
            .transpose()?;
        Ok(Self {
            number: row.get(0)?,
            at: Moment(row.get(1)?),
            person: person.and_then(PersonId::from_number),
            through: through.and_then(ConnectionId::from_number),
            what: SignInFact::from_name(&what).ok_or_else(|| {
                LedgerError::Damaged("an unknown entry of the sign-in log".into())
            })?,
        })
    }
}

impl Account {
    /// A page of the sign-in log, newest first: entries after that place.
    pub async fn sign_in_log(
        &self,
        filter: &SignInFilter,
        after: Option<Place>,
        limit: u32,
    ) -> Result<Vec<SignInEntry>> {
        let mut tx = self.engine().database().begin_read().await?;
        let (text, values) = question(self.id(), filter, after, limit);
        let rows = tx.fetch_all(AssertSqlSafe(text), values).await?;
        rows.iter().map(SignInEntry::from_row).collect()
    }

    /// A new password was chosen with a link that came by mail: that is written down, and tries with the address are forgotten. Where codes
    /// are asked for after the password they are not: whoever reads the mails would guess at the codes for ever.
    pub async fn password_was_reset(&self, person: PersonId, address: &str) -> Result<()> {
        let (engine, now) = (self.engine(), self.now());
        let mut tx = self.begin_write().await?;
        if !self.has_codes(&mut tx, person).await? {
            engine.forget_tries_with(&mut tx, address).await?;
        }
        let (account, what) = (Some(self.id()), SignInFact::PasswordReset);
        write(&mut tx, account, Some(person), what, now).await?;
        tx.commit().await
    }
}

/// One text for each set of conditions: what is not asked for is no part of it, so that each has an index of its own.
fn question(
    account: AccountId,
    filter: &SignInFilter,
    after: Option<Place>,
    limit: u32,
) -> (String, Vec<Value>) {
    let mut text =
        "SELECT id, at, person, what, connection FROM sign_in_log WHERE account = $1".to_owned();
    let mut values = vec![account.0.into(), limit.into()];
    let mut add = |condition: &str, value: Value| {
        values.push(value);
        text.push_str(&format!(" AND {condition} ${}", values.len()));
    };
    if let Some(person) = filter.person {
        add("person =", person.number().into());
    }
    if let Some(what) = filter.what {
        add("what =", what.name().into());
    }
    if let Some(from) = filter.from {
        add("at >=", from.0.into());
    }
    if let Some(until) = filter.until {
        add("at <", until.0.into());
    }
    if let Some(after) = after {
        values.extend([after.at.0.into(), after.number.into()]);
        let last = values.len();
        text.push_str(&format!(" AND (at, id) < (${}, ${last})", last - 1));
    }
    text.push_str(" ORDER BY at DESC, id DESC LIMIT $2");
    (text, values)
}

/// The table, for a restore.
pub(crate) static SIGN_IN_LOG: BulkTable = BulkTable {
    name: "sign_in_log",
    columns: &[
        ("account", Column::Int),
        ("at", Column::Int),
        ("person", Column::Int),
        ("what", Column::Text),
        ("connection", Column::Int),
    ],
    on_conflict: "",
};

pub(super) async fn sweep(tx: &mut Tx, now: Moment) -> Result<()> {
    tx.execute(
        "DELETE FROM sign_in_log WHERE id <= (SELECT MAX(id) FROM sign_in_log) - $1",
        [KEPT_MAX.into()],
    )
    .await?;
    // In the order of their numbers, which is that of their moments: the walk ends at the first that is kept.
    tx.execute(
        "DELETE FROM sign_in_log WHERE id < (SELECT id FROM sign_in_log WHERE at >= $1 ORDER BY id LIMIT 1)",
        [now.0.saturating_sub(KEPT_DAYS * DAY_MS).into()],
    )
    .await?;
    Ok(())
}
