//! Second factors: one-time codes, the recovery codes that stand in for them, and passkeys, which are both factors in one. Like a
//! password each is written beside a command whose event says so (AD-8). What wears off with use is not: the last step of a one-time
//! code, a recovery code, the counter of a passkey.

use std::collections::BTreeSet;

use access::{Dense, Moment, PersonId, State};
use uuid::Uuid;

use super::credentials::{CredentialKind, NewCredential, one};
use crate::chain::Hash;
use crate::database::Tx;
use crate::engine::Account;
use crate::error::{LedgerError, Result};
use crate::log::AccountId;
use crate::profile::Of;

/// What a sealed secret of one-time codes opens with.
const BOUND: &[u8] = b"one-time codes";
/// Passkeys that a person has at most.
pub const PASSKEYS_MAX: usize = 10;

/// Somebody's one-time codes.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCodes {
    /// What the codes are made of.
    pub secret: Vec<u8>,
    /// The step of the last code that was used: it and earlier ones are used up.
    pub used: i64,
}

impl std::fmt::Debug for OneTimeCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeCodes(…)")
    }
}

/// A passkey as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPasskey {
    /// Its own id, which is not the browser's.
    pub id: Uuid,
    /// What a proof is checked against, as the face wrote it.
    pub data: String,
    /// When it was registered.
    pub created_at: Moment,
}

/// What proves a second factor, or both at once. Each proof is good once.
#[derive(Clone, Copy, Debug)]
pub enum FactorProof<'a> {
    /// A one-time code, by its step.
    OneTimeCode {
        /// The step.
        step: i64,
    },
    /// A recovery code as it was made.
    RecoveryCode {
        /// The code.
        code: &'a str,
    },
    /// A passkey that answered a challenge.
    Passkey {
        /// Which.
        id: Uuid,
        /// What was checked against.
        before: &'a str,
        /// What the next proof is checked against.
        after: &'a str,
        /// The challenge.
        challenge: &'a Hash,
        /// When the challenge is over by itself.
        until: Moment,
    },
}

impl Account {
    /// One-time codes to be stored beside a command. The secret is sealed: whoever reads the database alone cannot make codes.
    pub fn new_one_time_codes(&self, of: Of, secret: &[u8]) -> Result<NewCredential> {
        let sealed = self.seal(BOUND, secret)?;
        Ok(NewCredential {
            of,
            kind: CredentialKind::OneTimeCodes,
            data: Some(sealed.iter().map(|byte| format!("{byte:02x}")).collect()),
        })
    }

    /// Recovery codes to be stored beside a command, in the place of those before: as keyed hashes, one a line.
    pub fn new_recovery_codes(&self, of: Of, codes: &[String]) -> Result<NewCredential> {
        let hashes: Result<Vec<_>> = codes.iter().map(|code| self.recovery_hash(code)).collect();
        Ok(NewCredential {
            of,
            kind: CredentialKind::RecoveryCodes,
            data: Some(hashes?.join("\n")),
        })
    }

    fn recovery_hash(&self, code: &str) -> Result<String> {
        self.key().hash("recovery code", &[code.as_bytes()])
    }

    /// Somebody's one-time codes, if they have some.
    pub async fn one_time_codes(&self, person: PersonId) -> Result<Option<OneTimeCodes>> {
        let mut tx = self.engine().database().begin_read().await?;
        let found = one(&mut tx, self.id(), person, CredentialKind::OneTimeCodes).await?;
        let Some(row) = found else { return Ok(None) };
        let damaged = || LedgerError::Damaged("a sealed secret does not open".into());
        let sealed = unhex(&row.get::<String>(0)?).ok_or_else(damaged)?;
        Ok(Some(OneTimeCodes {
            secret: self.unseal(BOUND, &sealed).ok_or_else(damaged)?,
            used: row.get(1)?,
        }))
    }

    /// How many recovery codes somebody has left.
    pub async fn recovery_codes_left(&self, person: PersonId) -> Result<usize> {
        let mut tx = self.engine().database().begin_read().await?;
        let found = one(&mut tx, self.id(), person, CredentialKind::RecoveryCodes).await?;
        let codes: Option<String> = found.map(|row| row.get(0)).transpose()?;
        Ok(codes.map_or(0, |codes| codes.lines().count()))
    }

    /// Somebody's passkeys, the first one first.
    pub async fn passkeys(&self, person: PersonId) -> Result<Vec<StoredPasskey>> {
        let mut tx = self.engine().database().begin_read().await?;
        let rows = tx
            .fetch_all(
                "SELECT id, data, created_at FROM credentials WHERE account = $1 AND person = $2 AND kind = $3 \
                 ORDER BY created_at, id LIMIT 100",
                [
                    self.id().0.into(),
                    person.number().into(),
                    CredentialKind::EveryPasskey.name().into(),
                ],
            )
            .await?;
        let passkey = |row: &crate::database::Row| -> Result<StoredPasskey> {
            let id = row.get::<String>(0)?.parse();
            Ok(StoredPasskey {
                id: id.map_err(|_| LedgerError::Damaged("a passkey without an id".into()))?,
                data: row.get(1)?,
                created_at: Moment(row.get(2)?),
            })
        };
        rows.iter().map(passkey).collect()
    }

    /// Uses a proof up that begins no session. False: it was used before, or what it proves was taken away.
    pub async fn use_factor(&self, person: PersonId, proof: FactorProof<'_>) -> Result<bool> {
        let mut tx = self.begin_write().await?;
        self.state_under_lock(&mut tx).await?;
        let used = self.use_up(&mut tx, person, proof).await?;
        if used {
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(used)
    }

    /// Whether somebody has passkeys.
    pub async fn has_passkeys(&self, person: PersonId) -> Result<bool> {
        let mut tx = self.engine().database().begin_read().await?;
        let has = factors_of(&mut tx, self.id(), person).await?;
        Ok(has
            .iter()
            .any(|kind| matches!(kind, CredentialKind::Passkey(_))))
    }

    /// Whether somebody who proved a password has to prove a second factor too: whoever has one-time codes, and whoever has a passkey
    /// where a second factor is asked of them. Under the account's lock.
    pub(super) async fn asks_for_more(
        &self,
        tx: &mut Tx,
        state: &State,
        person: PersonId,
    ) -> Result<bool> {
        let has = factors_of(tx, self.id(), person).await?;
        Ok(has.contains(&CredentialKind::OneTimeCodes)
            || !has.is_empty() && state.asks_second_factor(person))
    }

    /// Whether there are tries at a second factor to be counted.
    pub(super) async fn has_codes(&self, tx: &mut Tx, person: PersonId) -> Result<bool> {
        let has = factors_of(tx, self.id(), person).await?;
        Ok(has.contains(&CredentialKind::OneTimeCodes))
    }

    /// Uses a proof up, under the account's lock. False: it was used before, or what it proves was taken away meanwhile.
    pub(super) async fn use_up(
        &self,
        tx: &mut Tx,
        person: PersonId,
        proof: FactorProof<'_>,
    ) -> Result<bool> {
        let (account, number) = (self.id(), person.number());
        let changed = match proof {
            FactorProof::OneTimeCode { step } => {
                let kind = CredentialKind::OneTimeCodes.name();
                tx.execute(
                    "UPDATE credentials SET used = $4 WHERE account = $1 AND person = $2 AND kind = $3 AND id = '' AND used < $4",
                    [account.0.into(), number.into(), kind.into(), step.into()],
                )
                .await?
            }
            FactorProof::RecoveryCode { code } => {
                let kind = CredentialKind::RecoveryCodes;
                let found = one(tx, account, person, kind).await?;
                let before: Option<String> = found.map(|row| row.get(0)).transpose()?;
                let (before, code) = (before.unwrap_or_default(), self.recovery_hash(code)?);
                // The hashes are keyed, so that how long a comparison takes tells nothing.
                let left: Vec<_> = before.lines().filter(|line| *line != code).collect();
                if left.len() == before.lines().count() {
                    return Ok(false);
                }
                tx.execute(
                    "UPDATE credentials SET data = $4 WHERE account = $1 AND person = $2 AND kind = $3 AND id = ''",
                    [
                        account.0.into(),
                        number.into(),
                        kind.name().into(),
                        left.join("\n").into(),
                    ],
                )
                .await?
            }
            FactorProof::Passkey {
                id,
                before,
                after,
                challenge,
                until,
            } => {
                if !answered_now(tx, challenge, until).await? {
                    return Ok(false);
                }
                tx.execute(
                    "UPDATE credentials SET data = $6 WHERE account = $1 AND person = $2 AND kind = $3 AND id = $4 AND data = $5",
                    [
                        account.0.into(),
                        number.into(),
                        CredentialKind::Passkey(id).name().into(),
                        id.to_string().into(),
                        before.into(),
                        after.into(),
                    ],
                )
                .await?
            }
        };
        Ok(changed == 1)
    }
}

/// The second factors that somebody has: one-time codes, and each of their passkeys.
pub(crate) async fn factors_of(
    tx: &mut Tx,
    account: AccountId,
    person: PersonId,
) -> Result<BTreeSet<CredentialKind>> {
    let (codes, passkeys) = (CredentialKind::OneTimeCodes, CredentialKind::EveryPasskey);
    let rows = tx
        .fetch_all(
            "SELECT id FROM credentials WHERE account = $1 AND person = $2 AND kind IN ($3, $4)",
            [
                account.0.into(),
                person.number().into(),
                codes.name().into(),
                passkeys.name().into(),
            ],
        )
        .await?;
    let kind = |row: &crate::database::Row| -> Result<CredentialKind> {
        let id: String = row.get(0)?;
        if id.is_empty() {
            return Ok(codes);
        }
        let id = id.parse();
        let id = id.map_err(|_| LedgerError::Damaged("a passkey without an id".into()))?;
        Ok(CredentialKind::Passkey(id))
    };
    rows.iter().map(kind).collect()
}

/// Remembers what is good for one answer, until it is good for none; false where it was answered before.
pub(super) async fn answered_now(tx: &mut Tx, what: &Hash, until: Moment) -> Result<bool> {
    let sql = "INSERT INTO answered_challenges (hash, ends_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    let answered = tx.execute(sql, [what.to_string().into(), until.0.into()]);
    Ok(answered.await? != 0)
}

pub(super) async fn sweep(tx: &mut Tx, now: Moment) -> Result<()> {
    tx.execute(
        "DELETE FROM answered_challenges WHERE ends_at <= $1",
        [now.0.into()],
    )
    .await?;
    Ok(())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
