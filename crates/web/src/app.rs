//! What every request can reach, and the bounds that every request keeps.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use access::Subject;
use ledger::{AccountId, Engine, LedgerError};
use uuid::Uuid;

use crate::{
    caller::Tokens,
    client::Proxies,
    limit::{Counts, RateLimits},
    page::{Pages, Site, find::Stretches},
    problem::Result,
    session::failed,
    sign_ins::{Lifetimes, SignIns},
};

/// The bounds of the HTTP face. Everything has one; the defaults suit a server of a few thousand users.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a request body.
    pub body_bytes: usize,
    /// Time a request may take, from its head to its answer.
    pub request: Duration,
    /// Requests worked on at once; the next one is sent away with 503.
    pub concurrent: usize,
    /// Requests of one caller that are worked on at once, whatever tokens they come with; the next one is sent away with 429.
    pub concurrent_per_caller: usize,
    /// Requests per second and token, with a burst of as many.
    pub per_token: u32,
    /// Requests per second and network address without a valid token, with a burst of as many.
    pub per_address: u32,
    /// Open connections; the next one waits to be accepted.
    pub connections: usize,
    /// Open connections of one network address; the next one is closed.
    pub connections_per_address: usize,
    /// Time a client gets to send a request's head, the first one and each one after it; slower ones are cut off.
    pub head: Duration,
    /// Time that running requests get to finish when the server stops.
    pub drain: Duration,
    /// How long somebody stays signed in at a browser.
    pub sign_in: Lifetimes,
    /// The proxies whose word counts on where a request comes from.
    pub proxies: Proxies,
    /// Scheme, host and port under which browsers reach the server, where its operator says so. Passkeys belong to this host; without it,
    /// to the host of the page that they were registered on.
    pub origin: Option<String>,
    /// How many people are looked at where a record's customer is chosen.
    pub customer_choice: Stretches,
    /// Where requests of ours may go to addresses that somebody typed in.
    pub outgoing: outgoing::Allowed,
    /// Asks sign-in providers who somebody is; without it nobody comes in by one.
    pub providers: Option<openid::RelyingParty>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            request: Duration::from_secs(30),
            concurrent: 1024,
            concurrent_per_caller: 256,
            per_token: 2_000,
            per_address: 20,
            connections: 4096,
            connections_per_address: 1024,
            head: Duration::from_secs(10),
            drain: Duration::from_secs(20),
            sign_in: Lifetimes::default(),
            proxies: Proxies::default(),
            origin: None,
            customer_choice: Stretches::default(),
            outgoing: outgoing::Allowed::default(),
            providers: None,
        }
    }
}

impl Limits {
    /// The origin, if it is one of TLS.
    pub fn secure_origin(&self) -> Option<&str> {
        let origin = self.origin.as_deref();
        origin.filter(|origin| origin.starts_with("https://"))
    }

    /// Whether browsers are to come by TLS, and in no other way again.
    pub(crate) fn is_reached_by_tls(&self) -> bool {
        self.secure_origin().is_some()
    }
}

/// The state behind the routes. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    engine: Engine,
    tokens: Box<dyn Tokens>,
    sign_ins: SignIns,
    pages: OnceLock<Pages>,
    limits: Limits,
    rates: RateLimits,
    running: Arc<tokio::sync::Semaphore>,
    callers: Counts<(AccountId, Subject)>,
    kept: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl App {
    /// Wires the face to what stands behind it.
    pub fn new(engine: Engine, tokens: impl Tokens, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            sign_ins: SignIns::new(engine.clone(), limits.sign_in),
            engine,
            tokens: Box::new(tokens),
            pages: OnceLock::new(),
            rates: RateLimits::new(&limits),
            running: Arc::new(tokio::sync::Semaphore::new(limits.concurrent)),
            callers: Counts::new(limits.concurrent_per_caller),
            limits,
            kept: Mutex::default(),
        }))
    }

    /// The ledger.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The bounds.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Whether a text is the public id of an account, in the one way in which it is written.
    pub async fn has_account(&self, text: &str) -> Result<bool> {
        let id = Uuid::try_parse(text).ok();
        let Some(id) = id.filter(|id| id.to_string() == text) else {
            return Ok(false);
        };
        match self.engine().account_by_public_id(id).await {
            Ok(_) => Ok(true),
            Err(LedgerError::Unknown(_)) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    /// What a face keeps in memory for as long as the server runs: one of its type.
    pub fn kept<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let of_type = kept.entry(TypeId::of::<T>());
        let one = Arc::clone(of_type.or_insert_with(|| Arc::new(T::default())));
        drop(kept);
        one.downcast().unwrap_or_default()
    }

    /// The browsers in which people are signed in.
    pub fn sign_ins(&self) -> &SignIns {
        &self.0.sign_ins
    }

    /// Which pages there are.
    pub(crate) fn pages(&self) -> Pages {
        self.0.pages.get().cloned().unwrap_or_default()
    }

    /// Says which pages there are, once.
    pub(crate) fn set_pages(&self, site: Site) {
        let _ = self.0.pages.set(site.into());
    }

    pub(crate) fn tokens(&self) -> &dyn Tokens {
        self.0.tokens.as_ref()
    }

    pub(crate) fn rates(&self) -> &RateLimits {
        &self.0.rates
    }

    pub(crate) fn callers(&self) -> &Counts<(AccountId, Subject)> {
        &self.0.callers
    }

    pub(crate) fn running(&self) -> &tokio::sync::Semaphore {
        &self.0.running
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}
