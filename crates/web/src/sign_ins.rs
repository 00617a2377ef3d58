//! Sign-in sessions: from the cookie of a browser to the subject that it stands for, and back.
//!
//! The cookie holds a random secret and nothing else; the ledger keeps its hash. Each request looks it up, so that a session that was
//! ended anywhere is over with the next request, and rights are decided anew as for everybody (AD-28).

use std::{
    collections::HashSet,
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use access::{Actor, Moment, PersonId, Subject};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use ledger::{Account, Engine, Hash, NewSession, Randomness, Secret, SignInSession};
use subtle::ConstantTimeEq;

use crate::{
    about::About,
    browser::Browser,
    call::Call,
    caller::{Caller, Proof},
    origin,
    page::SeeOther,
    part::Part,
    problem::{Problem, Result},
    session::failed,
    tokens::counts,
};

/// Browsers send it to this host alone, over TLS alone, and no other host can set it. On the loopback address they take it without TLS.
const COOKIE: &str = "__Host-rolecall";
/// How precisely it is known when a session was used.
const USED_EVERY_MS: i64 = 60 * 1_000;
/// Secrets that are remembered; above it everything is forgotten.
const REMEMBERED: usize = 50_000;
const NONCE_BYTES: usize = 16;

/// How long somebody stays signed in.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Without asking for anything.
    pub idle: Duration,
    /// Altogether.
    pub whole: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        let twelve_hours = Duration::from_secs(12 * 60 * 60);
        Self {
            idle: twelve_hours,
            whole: twelve_hours,
        }
    }
}

/// The session that a request came with.
#[derive(Clone)]
pub struct SignIn {
    session: SignInSession,
    secret: Secret,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIn(…)")
    }
}

impl SignIn {
    /// Its public id.
    pub fn id(&self) -> &str {
        &self.session.id
    }

    /// What a form of this session carries, so that no other page can send it. Each page gets another one: a page is packed, and its
    /// length would tell of one that stays the same.
    pub(crate) fn form_token(&self, randomness: &dyn Randomness) -> String {
        let mut nonce = [0; NONCE_BYTES];
        randomness.fill(&mut nonce);
        let nonce = Hash::of(&nonce).to_string();
        format!("{nonce}.{}", self.proof(&nonce))
    }

    /// Whether the session made this token.
    pub(crate) fn made(&self, token: &str) -> bool {
        let Some((nonce, proof)) = token.split_once('.') else {
            return false;
        };
        bool::from(self.proof(nonce).as_bytes().ct_eq(proof.as_bytes()))
    }

    fn proof(&self, nonce: &str) -> String {
        Hash::of(format!("form {} {nonce}", self.secret.reveal()).as_bytes()).to_string()
    }
}

/// The sign-in sessions of a ledger.
#[derive(Clone, Debug)]
pub struct SignIns {
    engine: Engine,
    lifetimes: Lifetimes,
    /// Hashes of secrets that were found: whoever guesses is not among them.
    known: Arc<Mutex<HashSet<Hash>>>,
}

impl SignIns {
    pub(crate) fn new(engine: Engine, lifetimes: Lifetimes) -> Self {
        Self {
            engine,
            lifetimes,
            known: Arc::default(),
        }
    }

    /// Whether the secret was found before.
    pub(crate) fn remembers(&self, secret: &Secret) -> bool {
        self.known().contains(&hash(secret))
    }

    fn remember(&self, secret: &Secret) {
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(hash(secret));
    }

    fn known(&self) -> MutexGuard<'_, HashSet<Hash>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The secret of a request, if there is exactly one that can be ours.
    pub(crate) fn presented(method: &Method, headers: &HeaderMap) -> Option<Secret> {
        let values = headers.get_all(header::COOKIE).iter();
        let pairs = values.flat_map(|value| value.to_str().unwrap_or_default().split(';'));
        let mut ours = pairs.filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE).then_some(value)
        });
        let (secret, None) = (ours.next()?, ours.next()) else {
            return None;
        };
        let secret = Secret::parse(secret)?;
        origin::may_use_cookie(method, headers).then_some(secret)
    }

    /// Who is signed in with this secret, if their session is not over and they count (AD-15).
    pub(crate) async fn find(&self, secret: Secret) -> Result<Option<Caller>> {
        let idle = milliseconds(self.lifetimes.idle);
        let found = self.engine.sign_in_session(&secret, idle).await;
        let Some(session) = found.map_err(failed)? else {
            self.known().remove(&hash(&secret));
            return Ok(None);
        };
        self.remember(&secret);
        let account = self.engine.account(session.account).await.map_err(failed)?;
        let person = session.person;
        if account.state().people().get(person).is_none() {
            // Another node added the person, and this one has not heard of it yet.
            account.read().await.map_err(failed)?;
        }
        let now = account.now();
        if !counts(&account.state(), person, now) {
            return Ok(None);
        }
        if session.used_at.0.saturating_add(USED_EVERY_MS) <= now.0 {
            let used = self.engine.use_sign_in_session(&session.id).await;
            used.map_err(failed)?;
        }
        Ok(Some(Caller {
            account,
            actor: Actor::Person(person),
            subject: Subject::Person(person),
            by: Proof::SignIn(Arc::new(SignIn { session, secret })),
        }))
    }

    /// Signs somebody in who has proved who they are, and leads on. `tried` is the address that was given, and where it came from.
    pub async fn begin(
        &self,
        account: &Account,
        person: PersonId,
        tried: Option<(&str, IpAddr)>,
        browser: &Browser,
        to: impl Into<String>,
    ) -> Result<SeeOther> {
        let (now, whole) = (account.now(), milliseconds(self.lifetimes.whole));
        let new = NewSession {
            person,
            tried,
            browser: &browser.0,
            ends_at: Moment(now.0.saturating_add(whole)),
        };
        let begun = account.begin_sign_in_session(new, |state| counts(state, person, now));
        let secret = begun.await.map_err(failed)?;
        let secret = secret.ok_or_else(Problem::unauthenticated)?;
        let seconds = self.lifetimes.whole.as_secs();
        Ok(SeeOther::to(to).with_cookie(cookie(secret.reveal(), seconds)?))
    }

    /// The sessions of a person, the one used last first.
    pub async fn of(&self, account: &Account, person: PersonId) -> Result<Vec<SignInSession>> {
        let idle = milliseconds(self.lifetimes.idle);
        account.sign_in_sessions(person, idle).await.map_err(failed)
    }

    /// Leads on, without the cookie.
    pub fn leave(to: impl Into<String>) -> Result<SeeOther> {
        Ok(SeeOther::to(to).with_cookie(cookie("", 0)?))
    }
}

impl Part for SignIns {
    fn describe(_: &mut About) {}

    async fn take(call: &mut Call) -> Result<Self> {
        Ok(call.app.sign_ins().clone())
    }
}

fn hash(secret: &Secret) -> Hash {
    Hash::of(secret.reveal().as_bytes())
}

fn cookie(value: &str, seconds: u64) -> Result<HeaderValue> {
    let text =
        format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
    let mut cookie = HeaderValue::from_str(&text).map_err(Problem::internal)?;
    cookie.set_sensitive(true);
    Ok(cookie)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
