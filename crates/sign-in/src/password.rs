//! Hashes of passwords: Argon2id, in PHC form. Each takes memory and time on purpose, so that few are made at once, and few wait.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicU64, Ordering},
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use ledger::Randomness;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use web::{Problem, Result};

const SALT_BYTES: usize = 16;
/// Hashes that may wait for their turn; the next one is sent away.
const WAITING_MAX: usize = 64;

/// One for the process: it bounds what all requests together take of the machine.
static HASHER: LazyLock<Hasher> = LazyLock::new(Hasher::new);

struct Hasher {
    at_once: Arc<Semaphore>,
    /// Those who are at it, and those who wait.
    places: Semaphore,
    made: AtomicU64,
}

impl Hasher {
    fn new() -> Self {
        // Half of the machine goes on answering.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let at_once = (cores / 2).max(1);
        Self {
            at_once: Arc::new(Semaphore::new(at_once)),
            places: Semaphore::new(at_once + WAITING_MAX),
            made: AtomicU64::new(0),
        }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let Ok(_place) = self.places.try_acquire() else {
            return Err(busy());
        };
        let turn = Arc::clone(&self.at_once).acquire_owned().await;
        let turn = turn.map_err(Problem::internal)?;
        self.made.fetch_add(1, Ordering::Relaxed);
        // The turn goes with the work: a caller who has gone away does not make room for another.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(Problem::internal)
    }
}

fn busy() -> Problem {
    let wait = std::time::Duration::from_secs(1);
    Problem::unavailable("busy", "too many passwords are being checked", wait)
}

/// What somebody typed. It is neither stored nor shown.
#[derive(Clone)]
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// The same password for the same keys, however a keyboard writes accents down.
    pub fn typed(text: &str) -> Self {
        Self(text.nfc().collect())
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// The hash to be kept.
pub async fn hash(password: Password, randomness: &dyn Randomness) -> Result<String> {
    let mut salt = [0; SALT_BYTES];
    randomness.fill(&mut salt);
    let hashed = HASHER.run(move || hash_now(&password, &salt));
    hashed
        .await?
        .map_err(|error| Problem::internal(error.to_string()))
}

/// The same on the caller's own thread, and with a salt of theirs.
pub fn hash_now(password: &Password, salt: &[u8]) -> Result<String, argon2::password_hash::Error> {
    let hash: PasswordHash =
        Argon2::default().hash_password_with_salt(password.0.as_bytes(), salt)?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed. Without a hash the work is the same, and the answer no.
pub(crate) async fn is_right(password: Password, stored: Option<String>) -> Result<bool> {
    HASHER
        .run(move || is_right_now(&password, stored.as_deref()))
        .await
}

fn is_right_now(password: &Password, stored: Option<&str>) -> bool {
    // Of a password that nobody can type.
    static NOBODYS: LazyLock<String> = LazyLock::new(|| {
        hash_now(&Password("\n".to_owned()), &[0; SALT_BYTES]).unwrap_or_default()
    });
    let read = |text: &str| PasswordHash::new(text).ok();
    let (hash, is_somebodys) = match stored.and_then(read) {
        Some(hash) => (Some(hash), true),
        None => (read(&NOBODYS), false),
    };
    let matches = hash.is_some_and(|hash| {
        let checked = Argon2::default().verify_password(password.0.as_bytes(), &hash);
        checked.is_ok()
    });
    matches && is_somebodys
}

/// How many hashes were made, for tests of what an answer costs.
pub fn hashes_made() -> u64 {
    HASHER.made.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_right_or_wrong_however_its_accents_are_written() {
        let hash = hash_now(&Password::typed("caf\u{e9} au lait"), &[7; SALT_BYTES]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m="), "{hash}");
        assert!(is_right_now(
            &Password::typed("cafe\u{301} au lait"),
            Some(&hash)
        ));
        assert!(!is_right_now(&Password::typed("cafe au lait"), Some(&hash)));
    }

    #[test]
    fn without_a_hash_no_password_is_right() {
        for typed in ["\n", "", "correct horse battery"] {
            assert!(!is_right_now(&Password::typed(typed), None));
            assert!(!is_right_now(&Password::typed(typed), Some("not a hash")));
        }
    }
}
