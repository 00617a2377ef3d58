//! Seals: what a caller is handed and brings back later, without being able to read it, to change it, or to bring it where it
//! does not belong. XChaCha20-Poly1305 under a key of the account, so any node opens what another has sealed.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};

use crate::clock::Randomness;
use crate::error::{LedgerError, Result};
use crate::keyed::Key;

const NONCE_BYTES: usize = 24;

impl Key {
    /// Seals the bytes; they open together with `bound` only.
    pub(crate) fn seal(
        &self,
        randomness: &dyn Randomness,
        bound: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_BYTES];
        randomness.fill(&mut nonce);
        let sealed = self
            .cipher()?
            .encrypt(&XNonce::from(nonce), payload(bound, plain))
            .map_err(|_| LedgerError::Damaged("something is too long to be sealed".into()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Key::seal`] made; `None` for everything else.
    pub(crate) fn unseal(&self, bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let cipher = self.cipher().ok()?;
        cipher
            .decrypt(&XNonce::from(*nonce), payload(bound, sealed))
            .ok()
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305> {
        let key = CipherKey::from(self.mac("seal", &[])?);
        Ok(XChaCha20Poly1305::new(&key))
    }
}

fn payload<'p>(bound: &'p [u8], text: &'p [u8]) -> Payload<'p, 'p> {
    Payload {
        msg: text,
        aad: bound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;

    #[test]
    fn what_is_sealed_opens_unchanged_where_it_belongs_and_nowhere_else() {
        let key = Key::from_slice(&[7; 32]).unwrap();
        let other = Key::from_slice(&[8; 32]).unwrap();
        let sealed = key.seal(&SystemRandomness, b"here", b"12").unwrap();
        assert_eq!(key.unseal(b"here", &sealed).unwrap(), b"12");
        assert_eq!(key.unseal(b"there", &sealed), None);
        assert_eq!(other.unseal(b"here", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.unseal(b"here", &changed), None, "byte {at}");
            assert_eq!(key.unseal(b"here", &sealed[..at]), None);
        }
        assert_ne!(key.seal(&SystemRandomness, b"here", b"12").unwrap(), sealed);
    }
}
