//! Secrets that are shown once: API tokens, invitations, the set-up link. Only a hash is kept. A secret reads
//! `rc_<prefix>_<rest>`; the prefix is public and finds the row, the whole is compared in constant time.

use access::Moment;
use subtle::ConstantTimeEq;

use crate::chain::Hash;
use crate::clock::Randomness;
use crate::database::Tx;
use crate::dialect::{BulkTable, Column};
use crate::error::{LedgerError, Result};
use crate::log::AccountId;
use crate::profile::{self, Of};

const PREFIX_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;

/// What a secret is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// An API token of a person or a connection (AD-28, AD-29).
    Token,
    /// A single-use invitation of a user (AD-15).
    Invitation,
    /// A single-use invitation of a customer to the portal (SD-24).
    PortalInvitation,
    /// A new password, asked for by whoever reads the mails of the address.
    PasswordReset,
    /// To sign in once, asked for by whoever reads the mails of a customer's address.
    SignIn,
    /// A new address of one's own, confirmed at both addresses (RULES §4).
    AddressChange,
    /// The first set-up of the account.
    SetUp,
}

impl Purpose {
    const ALL: [Self; 7] = [
        Self::Token,
        Self::Invitation,
        Self::PortalInvitation,
        Self::PasswordReset,
        Self::SignIn,
        Self::AddressChange,
        Self::SetUp,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Invitation => "invitation",
            Self::PortalInvitation => "portal_invitation",
            Self::PasswordReset => "password_reset",
            Self::SignIn => "sign_in",
            Self::AddressChange => "address_change",
            Self::SetUp => "set_up",
        }
    }
}

/// A secret as its owner sees it, once. It is neither stored nor shown in a trace.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one.
    pub fn make(randomness: &dyn Randomness) -> Self {
        let mut bytes = [0_u8; PREFIX_BYTES + SECRET_BYTES];
        randomness.fill(&mut bytes);
        let hex = |bytes: &[u8]| {
            bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        let (prefix, rest) = bytes.split_at(PREFIX_BYTES);
        Self(format!("rc_{}_{}", hex(prefix), hex(rest)))
    }

    /// What somebody sent; `None` when it cannot be a secret of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, rest) = text.strip_prefix("rc_")?.split_once('_')?;
        let is_hex = |text: &str, bytes: usize| {
            text.len() == 2 * bytes
                && text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        (is_hex(prefix, PREFIX_BYTES) && is_hex(rest, SECRET_BYTES)).then(|| Self(text.to_owned()))
    }

    /// The text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.0[3..3 + 2 * PREFIX_BYTES]
    }

    pub(crate) fn hash(&self) -> Hash {
        Hash::of(self.0.as_bytes())
    }
}

/// A secret to be stored beside a command.
#[derive(Clone, Debug)]
pub struct NewSecret {
    /// For what.
    pub purpose: Purpose,
    /// Whose: the token, the invited person; the account itself has none.
    pub of: Option<Of>,
    /// The secret.
    pub secret: Secret,
    /// When it ends, where the state does not know that.
    pub expires_at: Option<Moment>,
}

impl NewSecret {
    pub(crate) fn row(&self, account: AccountId, entity: u32) -> [crate::database::Value; 6] {
        [
            self.secret.prefix().into(),
            account.0.into(),
            self.purpose.name().into(),
            entity.into(),
            self.secret.hash().0.into(),
            self.expires_at.map(|moment| moment.0).into(),
        ]
    }
}

/// Whom a secret belongs to. Whether it still counts is for the state to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The account.
    pub account: AccountId,
    /// What it is good for.
    pub purpose: Purpose,
    /// The dense number of its token or person; zero for the account itself.
    pub entity: u32,
}

pub(crate) static SECRETS: BulkTable = BulkTable {
    name: "secrets",
    columns: &[
        ("prefix", Column::Text),
        ("account", Column::Int),
        ("purpose", Column::Text),
        ("entity", Column::Int),
        ("hash", Column::Blob),
        ("expires_at", Column::Int),
    ],
    on_conflict: "",
};

/// Finds the bearer of a secret that is not expired.
pub async fn find(tx: &mut Tx, secret: &Secret, now: Moment) -> Result<Option<Bearer>> {
    let row = tx
        .fetch_optional(
            "SELECT account, purpose, entity, hash, expires_at FROM secrets WHERE prefix = $1",
            [secret.prefix().into()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let stored: Vec<u8> = row.get(3)?;
    let matches = bool::from(stored.ct_eq(&secret.hash().0));
    let expired = row.get::<Option<i64>>(4)?.is_some_and(|end| end <= now.0);
    if !matches || expired {
        return Ok(None);
    }
    let purpose: String = row.get(1)?;
    let purpose = Purpose::ALL
        .into_iter()
        .find(|known| known.name() == purpose);
    Ok(Some(Bearer {
        account: AccountId(row.get(0)?),
        purpose: purpose
            .ok_or_else(|| LedgerError::Damaged("a secret of an unknown purpose".into()))?,
        entity: profile::number(row.get(2)?)?,
    }))
}

/// Takes a single-use secret away.
pub(crate) async fn spend(tx: &mut Tx, secret: &Secret) -> Result<()> {
    tx.execute(
        "DELETE FROM secrets WHERE prefix = $1",
        [secret.prefix().into()],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;

    #[test]
    fn a_secret_has_one_spelling_and_is_not_shown_by_accident() {
        let secret = Secret::make(&SystemRandomness);
        assert_eq!(Secret::parse(secret.reveal()), Some(secret.clone()));
        assert_eq!(Secret::parse(&secret.reveal().to_uppercase()), None);
        assert_eq!(Secret::parse(&secret.reveal()[..40]), None);
        assert_eq!(Secret::parse(""), None);
        assert!(!format!("{secret:?}").contains(secret.prefix()));
    }
}
