//! API tokens (AD-28, AD-29): from the secret that a caller presents to the subject that it stands for.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use access::{
    Actor, Dense, Moment, State, Subject, TokenId, decide::UserStatus, state::TokenOwner,
};
use ledger::{AccountId, Engine, Hash, Purpose, Secret};

use crate::caller::{Caller, Finding, Presented, Tokens};

/// Secrets whose token is remembered. Above it everything is forgotten, which costs a look into the database each.
const REMEMBERED: usize = 50_000;

/// The tokens of a ledger.
///
/// Which token a secret stands for never changes, and is remembered under the secret's hash. Whether the token still counts is asked of the
/// present state each time, so that a revocation holds at once.
#[derive(Debug)]
pub struct LedgerTokens {
    engine: Engine,
    known: Mutex<HashMap<[u8; 32], (AccountId, TokenId)>>,
}

impl LedgerTokens {
    /// The tokens of this ledger.
    pub fn new(engine: Engine) -> Self {
        Self {
            engine,
            known: Mutex::default(),
        }
    }

    async fn caller(&self, presented: Presented<'_>) -> Option<Caller> {
        let secret = Secret::parse(presented.secret())?;
        let (account, token) = self.token(&secret).await?;
        let account = self.engine.account(account).await.ok()?;
        let (actor, subject) = bearer(&account.state(), token, account.now())?;
        Some(Caller {
            account,
            actor,
            subject,
            token,
        })
    }

    async fn token(&self, secret: &Secret) -> Option<(AccountId, TokenId)> {
        let hash = Hash::of(secret.reveal().as_bytes()).0;
        if let Some(known) = self.known().get(&hash) {
            return Some(*known);
        }
        let bearer = match self.engine.bearer(secret).await {
            Ok(bearer) => bearer.filter(|bearer| bearer.purpose == Purpose::Token)?,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a token could not be looked up"
                );
                return None;
            }
        };
        let found = (bearer.account, TokenId::from_number(bearer.entity)?);
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(hash, found);
        Some(found)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], (AccountId, TokenId)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tokens for LedgerTokens {
    fn find<'a>(&'a self, presented: Presented<'a>) -> Finding<'a> {
        Box::pin(self.caller(presented))
    }
}

/// As whom a token acts now; `None` when it is revoked or expired, or when its owner does not count (AD-15, AD-28).
fn bearer(state: &State, token: TokenId, now: Moment) -> Option<(Actor, Subject)> {
    let row = state
        .tokens()
        .get(token)
        .filter(|row| !row.revoked && now < row.expires)?;
    match row.owner {
        TokenOwner::Person(person) => {
            let subject = Subject::Person(person);
            let active = state.view(subject, now).user_status(person) == UserStatus::Active
                || state.people().get(person)?.customer == access::state::CustomerFacet::Active;
            active.then_some((Actor::Person(person), subject))
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
