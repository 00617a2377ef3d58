//! API tokens (AD-28, AD-29): from the secret that a caller presents to the subject that it stands for.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use access::{
    Actor, Dense, Moment, PersonId, State, Subject, TokenId, decide::UserStatus, state::TokenOwner,
};
use ledger::{Account, AccountId, Engine, Hash, Purpose, Secret};

use crate::{
    caller::{Caller, Finding, Presented, Proof, Tokens},
    problem::Result,
    session::failed,
};

/// How precisely it is known when a token was used: each request would be a write.
const USED_EVERY_MS: i64 = 60 * 60 * 1_000;
/// Whoever renews a token is warned so long before its end.
const WARNED_SECONDS: u32 = 30 * 24 * 60 * 60;
/// Secrets whose token is remembered. Above it everything is forgotten, which costs a look into the database each.
const REMEMBERED: usize = 50_000;

/// Whether a token has ended or ends within 30 days: it is told wherever its owner is shown.
pub fn ends_soon(expires: Moment, now: Moment) -> bool {
    expires <= now.plus_seconds(WARNED_SECONDS)
}

/// The tokens of a ledger.
///
/// Which token a secret stands for never changes, and is remembered under the secret's hash. Whether the token still counts is asked of the
/// present state each time, so that a revocation holds at once.
#[derive(Debug)]
pub struct LedgerTokens {
    engine: Engine,
    known: Mutex<HashMap<[u8; 32], Known>>,
}

/// The token of a secret.
#[derive(Clone, Copy, Debug)]
struct Known {
    account: AccountId,
    token: TokenId,
    /// When this node last wrote down that it was used.
    used: Option<Moment>,
}

impl LedgerTokens {
    /// The tokens of this ledger.
    pub fn new(engine: Engine) -> Self {
        Self {
            engine,
            known: Mutex::default(),
        }
    }

    async fn caller(&self, presented: Presented<'_>) -> Result<Option<Caller>> {
        let Some((account, token)) = self.token(&presented).await? else {
            return Ok(None);
        };
        let account = self.engine.account(account).await.map_err(failed)?;
        if account.state().tokens().get(token).is_none() {
            // Another node made it, and this one has not heard of it yet: a new token counts everywhere at once.
            account.read().await.map_err(failed)?;
        }
        let bearer = bearer(&account.state(), token, account.now());
        if bearer.is_some() {
            self.used(&presented, &account, token).await?;
        }
        Ok(bearer.map(|(actor, subject)| Caller {
            account,
            actor,
            subject,
            by: Proof::Token(token),
        }))
    }

    async fn token(&self, presented: &Presented<'_>) -> Result<Option<(AccountId, TokenId)>> {
        if let Some(known) = self.remembered(presented) {
            return Ok(Some(known));
        }
        let Some(secret) = Secret::parse(presented.secret()) else {
            return Ok(None);
        };
        let bearer = self.engine.bearer(&secret).await.map_err(failed)?;
        let found = bearer
            .filter(|bearer| bearer.purpose == Purpose::Token)
            .and_then(|bearer| Some((bearer.account, TokenId::from_number(bearer.entity)?)));
        let Some(found) = found else { return Ok(None) };
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let (account, token) = found;
        let used = None;
        known.insert(
            hash(presented),
            Known {
                account,
                token,
                used,
            },
        );
        Ok(Some(found))
    }

    async fn used(
        &self,
        presented: &Presented<'_>,
        account: &Account,
        token: TokenId,
    ) -> Result<()> {
        let now = account.now();
        let is_new = match self.known().get_mut(&hash(presented)) {
            None => false,
            Some(known) => {
                let last = known.used.replace(now);
                let is_new = last.is_none_or(|last| last.0.saturating_add(USED_EVERY_MS) <= now.0);
                if !is_new {
                    known.used = last;
                }
                is_new
            }
        };
        if is_new {
            account.use_token(token).await.map_err(failed)?;
        }
        Ok(())
    }

    fn remembered(&self, presented: &Presented<'_>) -> Option<(AccountId, TokenId)> {
        let known = self.known().get(&hash(presented)).copied();
        known.map(|known| (known.account, known.token))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(presented: &Presented<'_>) -> [u8; 32] {
    Hash::of(presented.secret().as_bytes()).0
}

impl Tokens for LedgerTokens {
    fn remembers(&self, presented: &Presented<'_>) -> bool {
        self.remembered(presented).is_some()
    }

    fn find<'a>(&'a self, presented: Presented<'a>) -> Finding<'a> {
        Box::pin(self.caller(presented))
    }
}

/// As whom a token acts now; `None` when it is revoked or expired, or when its owner does not count (AD-15, AD-28).
pub(crate) fn bearer(state: &State, token: TokenId, now: Moment) -> Option<(Actor, Subject)> {
    let row = state
        .tokens()
        .get(token)
        .filter(|row| !row.revoked && now < row.expires)?;
    match row.owner {
        TokenOwner::Person(person) => {
            let subject = Subject::Person(person);
            counts(state, person, now).then_some((Actor::Person(person), subject))
        }
        TokenOwner::Connection(connection) => {
            let active = state.connections().get(connection)?.life.is_active();
            active.then_some((
                Actor::Connection(connection),
                Subject::Connection(connection),
            ))
        }
    }
}

/// Whether a person may act at all: as an active user, or as an active customer (AD-15).
pub fn counts(state: &State, person: PersonId, now: Moment) -> bool {
    let status = state.view(Subject::Person(person), now).user_status(person);
    let customer = || {
        let row = state.people().get(person);
        row.is_some_and(|row| row.customer == access::state::CustomerFacet::Active)
    };
    status == UserStatus::Active || customer()
}
