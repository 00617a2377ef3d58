//! What proves that somebody is who they say. It is written beside a command whose event says so (AD-8, AD-20), and goes with the
//! person (SD-26).

use access::event::ProfileField;
use access::state::UserFacet;
use access::{Dense, Event, PersonId};
use uuid::Uuid;

use crate::database::{Row, Tx};
use crate::dialect::{BulkTable, Column};
use crate::engine::Engine;
use crate::error::Result;
use crate::log::AccountId;
use crate::profile::{self, Of, fold_email};

/// As rows name it; an index of the migrations is by it.
pub(super) const PROVIDER: &str = "provider";

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialKind {
    /// A password; its data is the hash in PHC form.
    Password,
    /// One-time codes, a second factor; see `factors.rs`.
    OneTimeCodes,
    /// Codes that stand in for one-time codes, each of them once.
    RecoveryCodes,
    /// A passkey, which is both factors in one.
    Passkey(Uuid),
    /// All of somebody's passkeys: only ever taken away.
    EveryPasskey,
    /// A sign-in provider knows them by a name of which this is a keyed hash; its data is the number of the connection.
    Provider(Uuid),
}

impl CredentialKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::OneTimeCodes => "one_time_codes",
            Self::RecoveryCodes => "recovery_codes",
            Self::Passkey(_) | Self::EveryPasskey => "passkey",
            Self::Provider(_) => PROVIDER,
        }
    }

    /// Which one of its kind. Passkeys and providers can be several.
    pub(crate) fn id(self) -> String {
        match self {
            Self::Passkey(id) | Self::Provider(id) => id.to_string(),
            _ => String::new(),
        }
    }
}

/// A credential that is stored, or taken away, beside a command about the person.
#[derive(Clone)]
pub struct NewCredential {
    /// Whose.
    pub of: Of,
    /// Of which kind.
    pub kind: CredentialKind,
    /// What a proof is checked against; `None` takes it away.
    pub data: Option<String>,
}

impl std::fmt::Debug for NewCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCredential")
            .field("of", &self.of)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Whether these events say that the person's ways to sign in change. Without one nothing of them is written.
pub(crate) fn is_logged(events: &[Event], person: u32) -> bool {
    let is = |of: &PersonId| of.number() == person;
    events.iter().any(|event| match event {
        Event::SignInSet { person, .. } => is(person),
        Event::UserFacetSet { person, state } => is(person) && *state == UserFacet::Accepted,
        Event::ProfileEdited { person, fields } => {
            is(person) && fields.contains(&ProfileField::SignIn)
        }
        Event::ProviderLinked { person, .. } => is(person),
        _ => false,
    })
}

pub(crate) static CREDENTIALS: BulkTable = BulkTable {
    name: "credentials",
    columns: &[
        ("account", Column::Int),
        ("person", Column::Int),
        ("kind", Column::Text),
        ("id", Column::Text),
        ("data", Column::Text),
        ("created_at", Column::Int),
    ],
    on_conflict: "ON CONFLICT (account, person, kind, id) DO UPDATE SET data = excluded.data, created_at = excluded.created_at, used = 0",
};

/// One credential.
pub(crate) static CREDENTIAL_KEYS: BulkTable = BulkTable {
    name: "credentials",
    columns: &[
        ("account", Column::Int),
        ("person", Column::Int),
        ("kind", Column::Text),
        ("id", Column::Text),
    ],
    on_conflict: "",
};

/// All of a person's that are of one kind.
pub(crate) static CREDENTIALS_OF_KIND: BulkTable = BulkTable {
    name: "credentials",
    columns: &[
        ("account", Column::Int),
        ("person", Column::Int),
        ("kind", Column::Text),
    ],
    on_conflict: "",
};

/// All of a person's.
pub(crate) static CREDENTIALS_OF: BulkTable = BulkTable {
    name: "credentials",
    columns: &[("account", Column::Int), ("person", Column::Int)],
    on_conflict: "",
};

/// Somebody whose address was given at the door.
#[derive(Clone)]
pub struct Candidate {
    /// In which account.
    pub account: AccountId,
    /// Who.
    pub person: PersonId,
    /// The hash of the password, if there is one.
    pub password: Option<String>,
}

impl std::fmt::Debug for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Candidate")
            .field("account", &self.account)
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Who has the address, one in each of these accounts at most.
    pub async fn sign_in_candidates(
        &self,
        accounts: &[AccountId],
        address: &str,
    ) -> Result<Vec<Candidate>> {
        let folded = fold_email(address);
        let mut tx = self.database().begin_read().await?;
        let mut found = Vec::new();
        for account in accounts {
            let row = tx
                .fetch_optional(
                    "SELECT e.person, c.data FROM emails AS e LEFT JOIN credentials AS c \
                     ON c.account = e.account AND c.person = e.person AND c.kind = $3 AND c.id = '' \
                     WHERE e.account = $1 AND e.email = $2",
                    [
                        account.0.into(),
                        folded.as_str().into(),
                        CredentialKind::Password.name().into(),
                    ],
                )
                .await?;
            let Some(row) = row else { continue };
            let Some(person) = PersonId::from_number(profile::number(row.get(0)?)?) else {
                continue;
            };
            found.push(Candidate {
                account: *account,
                person,
                password: row.get(1)?,
            });
        }
        Ok(found)
    }
}

impl crate::engine::Account {
    /// The hash of a person's password, if there is one.
    pub async fn password_of(&self, person: PersonId) -> Result<Option<String>> {
        let mut tx = self.engine().database().begin_read().await?;
        password_of(&mut tx, self.id(), person).await
    }
}

async fn password_of(tx: &mut Tx, account: AccountId, person: PersonId) -> Result<Option<String>> {
    let row = one(tx, account, person, CredentialKind::Password).await?;
    row.map(|row| row.get(0)).transpose()
}

/// What somebody can sign in with by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// A password.
    pub password: bool,
    /// A passkey.
    pub passkey: bool,
}

/// What somebody can sign in with by themselves, whatever providers know them.
pub async fn means_of(tx: &mut Tx, account: AccountId, person: PersonId) -> Result<Means> {
    let sql = "SELECT DISTINCT kind FROM credentials WHERE account = $1 AND person = $2";
    let rows = tx
        .fetch_all(sql, [account.0.into(), person.number().into()])
        .await?;
    let mut means = Means::default();
    for row in &rows {
        let kind: String = row.get(0)?;
        means.password |= kind == CredentialKind::Password.name();
        means.passkey |= kind == CredentialKind::EveryPasskey.name();
    }
    Ok(means)
}

/// Data and last use of a credential.
pub(super) async fn one(
    tx: &mut Tx,
    account: AccountId,
    person: PersonId,
    kind: CredentialKind,
) -> Result<Option<Row>> {
    tx.fetch_optional(
        "SELECT data, used FROM credentials WHERE account = $1 AND person = $2 AND kind = $3 AND id = $4",
        [
            account.0.into(),
            person.number().into(),
            kind.name().into(),
            kind.id().into(),
        ],
    )
    .await
}
