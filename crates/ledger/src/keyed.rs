//! Keyed hashes: what has to be recognised again without being kept. Each account has a key of its own.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::chain::Hash;
use crate::database::Tx;
use crate::dialect::{BulkTable, Column};
use crate::error::{LedgerError, Result};
use crate::log::AccountId;
use crate::profile::fold_email_or_domain;

/// The key of an account's keyed hashes.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    pub(crate) fn from_slice(bytes: &[u8]) -> Result<Self> {
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| LedgerError::Damaged("an account's key has a wrong length".into()))
    }

    /// HMAC-SHA-256 over the parts, each with its length.
    pub(crate) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Result<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .map_err(|_| LedgerError::Damaged("an account's key has a wrong length".into()))?;
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Ok(mac.finalize().into_bytes().into())
    }

    /// The same in hexadecimal.
    pub(crate) fn hash(&self, purpose: &str, parts: &[&[u8]]) -> Result<String> {
        Ok(Hash(self.mac(purpose, parts)?).to_string())
    }

    /// SD-23, SD-26: the denylist's form of an address or a domain.
    pub(crate) fn denied(&self, address_or_domain: &str) -> Result<String> {
        self.hash(
            "denylist",
            &[fold_email_or_domain(address_or_domain).as_bytes()],
        )
    }
}

pub(crate) static DENYLIST: BulkTable = BulkTable {
    name: "denylist",
    columns: &[("account", Column::Int), ("hash", Column::Text)],
    on_conflict: "ON CONFLICT DO NOTHING",
};

/// SD-23: whether the denylist holds the address, its domain, or a domain above it.
pub async fn is_denied(tx: &mut Tx, account: AccountId, key: &Key, address: &str) -> Result<bool> {
    let folded = fold_email_or_domain(address);
    let domain = folded
        .rsplit_once('@')
        .map_or(folded.as_str(), |(_, domain)| domain);
    let above = domain
        .match_indices('.')
        .map(|(index, _)| &domain[index + 1..]);
    for candidate in [folded.as_str(), domain].into_iter().chain(above) {
        let row = tx
            .fetch_optional(
                "SELECT 1 FROM denylist WHERE account = $1 AND hash = $2",
                [account.0.into(), key.denied(candidate)?.into()],
            )
            .await?;
        if row.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
