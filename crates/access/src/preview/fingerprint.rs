//! The short mark of an effect, or of what is stored, by which a write knows whether it would still do what was seen.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Change, Effect};
use crate::command::Outcome;

/// A digest of an [`Effect`], or of what is stored of a tab: equal effects have equal fingerprints, on every node and in every release that writes facts the
/// same way, because it is taken of their stored form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub [u8; 16]);

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Fingerprint {
    /// Of nothing yet.
    pub(super) const NONE: Fingerprint = Fingerprint([0; 16]);

    /// Of everything that the effect says, and of the changes that it only counts.
    pub(super) fn of(effect: &Effect, gains: &[Change], losses: &[Change]) -> Fingerprint {
        let outcomes = effect.outcomes.iter().map(|(person, outcome)| {
            let why = match outcome {
                Outcome::Changed => None,
                Outcome::Unchanged => Some(("", "unchanged")),
                Outcome::Skipped(refusal) => Some((refusal.rule, refusal.code)),
            };
            (person, why)
        });
        let mut digest = Digester::default();
        digest.add(&effect.events);
        digest.add(&effect.everybody);
        for changes in [gains, losses] {
            digest.add(&changes.len());
            for change in changes {
                // How long a temporary login lasts counts from the moment of asking (CC-5): the end of a change is left out.
                digest.add(&(change.subject, change.right, change.on, change.from));
            }
        }
        digest.add(&effect.locked_out);
        digest.add(&effect.notices);
        digest.add(&outcomes.collect::<Vec<_>>());
        if !effect.vacancies.is_empty() {
            // Where there is none, the digest is what it was before they were known.
            digest.add(&effect.vacancies);
        }
        if !(digest.is_whole && effect.complete) {
            // What was not compared whole is good for this version only.
            digest.sha.update(effect.version.0.to_le_bytes());
        }
        digest.finish()
    }

    /// Of what is stored.
    pub fn of_stored(stored: &impl Serialize) -> Fingerprint {
        let mut digest = Digester::default();
        digest.add(stored);
        digest.finish()
    }
}

/// Feeds stored forms into a digest.
struct Digester {
    sha: Sha256,
    buffer: Vec<u8>,
    is_whole: bool,
}

impl Default for Digester {
    fn default() -> Self {
        Digester {
            sha: Sha256::new(),
            buffer: Vec::new(),
            is_whole: true,
        }
    }
}

impl Digester {
    fn add(&mut self, value: &impl Serialize) {
        self.buffer.clear();
        match postcard::to_extend(value, std::mem::take(&mut self.buffer)) {
            Ok(bytes) => {
                self.sha.update(&bytes);
                self.buffer = bytes;
            }
            Err(_) => self.is_whole = false,
        }
    }

    fn finish(self) -> Fingerprint {
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&self.sha.finalize()[..16]);
        Fingerprint(fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Changes, NotGiven};
    use super::*;
    use crate::moment::Version;

    #[test]
    fn what_was_not_compared_whole_is_good_for_one_version_only() {
        let fingerprint = |complete, version| {
            let effect = Effect {
                version: Version(version),
                events: 1,
                gains: Changes::default(),
                losses: Changes::default(),
                locked_out: Vec::new(),
                vacancies: Vec::new(),
                everybody: false,
                complete,
                notices: Vec::new(),
                outcomes: Vec::new(),
                not_given: NotGiven::default(),
                fingerprint: Fingerprint::NONE,
            };
            Fingerprint::of(&effect, &[], &[])
        };
        assert_eq!(fingerprint(true, 1), fingerprint(true, 2));
        assert_ne!(fingerprint(false, 1), fingerprint(false, 2));
    }
}
