//! The hash chain over an account's log. It shows that an entry was edited, moved or taken out; it cannot show that somebody
//! who owns the database rewrote all of it, so backups print the head hash and `verify --expect` compares it.

use access::Moment;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::log::Entry;

/// SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// From what a database column holds; `None` when the length is wrong.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Hash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut hash = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("a hash is 64 hexadecimal digits");
        }
        for (index, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16)
                .map_err(|_| "not hexadecimal")?;
        }
        Ok(Self(hash))
    }
}

/// The hash before the first entry: it binds the chain to its account.
pub fn genesis(account: Uuid) -> Hash {
    Hash(
        Sha256::new()
            .chain_update(b"rolecall ledger 1")
            .chain_update(account.as_bytes())
            .finalize()
            .into(),
    )
}

/// The hash after an entry.
pub fn next(before: &Hash, entry: &Entry) -> Hash {
    let Moment(at) = entry.at;
    let mut hasher = Sha256::new();
    hasher.update(before.0);
    hasher.update(entry.position.to_be_bytes());
    hasher.update(at.to_be_bytes());
    for part in [
        entry.actor.as_bytes(),
        entry.act.as_bytes(),
        entry.face.as_bytes(),
        entry.request.as_bytes(),
        &entry.events,
    ] {
        // With its length, so that no two entries hash the same bytes.
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}
