//! How often one caller may ask: a bucket per token, and per network address for those without one. And how much of one caller is
//! under way at once.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use access::Subject;
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock};
use ledger::{Account, AccountId, network};

use crate::{app::Limits, caller::CallerKey};

/// Buckets kept per kind. Above it the full ones are dropped, and if that does not help, strangers share one bucket.
const KEYS_MAX: usize = 100_000;
/// How many questions pass between two looks at the number of buckets.
const LOOK_EVERY: u32 = 1024;

/// The rate limits of a server.
pub(crate) struct RateLimits {
    callers: Buckets<CallerKey>,
    addresses: Buckets<IpAddr>,
    look_ups: Buckets<IpAddr>,
}

/// Tokens that are looked up for each request that an address has without one. After a start the tokens of everybody behind one
/// proxy are unknown at once, so that these come out of a larger bucket than strangers have.
const LOOK_UPS_PER_STRANGER: u32 = 10;

impl RateLimits {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            callers: Buckets::new(limits.per_token),
            addresses: Buckets::new(limits.per_address),
            look_ups: Buckets::new(limits.per_address.saturating_mul(LOOK_UPS_PER_STRANGER)),
        }
    }

    /// Counts one request of a caller; an error says how long to wait.
    pub(crate) fn caller(&self, key: CallerKey) -> Result<(), Duration> {
        self.callers.take(key)
    }

    /// Counts one request of an address without a valid token.
    pub(crate) fn address(&self, address: IpAddr) -> Result<(), Duration> {
        self.addresses.take(network(address))
    }

    /// Counts one token of an address that has to be looked up.
    pub(crate) fn look_up(&self, address: IpAddr) -> Result<(), Duration> {
        self.look_ups.take(network(address))
    }
}

/// One bucket per key; the bucket of `None` is shared by all when there are too many.
struct Buckets<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<Option<K>>,
    asked: AtomicU32,
    crowded: AtomicBool,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(per_second: u32) -> Self {
        let quota = Quota::per_second(NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN));
        Self {
            limiter: DefaultKeyedRateLimiter::keyed(quota),
            asked: AtomicU32::new(0),
            crowded: AtomicBool::new(false),
        }
    }

    fn take(&self, key: K) -> Result<(), Duration> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % LOOK_EVERY == LOOK_EVERY - 1 {
            self.tidy();
        }
        let key = (!self.crowded.load(Ordering::Relaxed)).then_some(key);
        let taken = self.limiter.check_key(&key);
        taken.map_err(|until| until.wait_time_from(self.limiter.clock().now()))
    }

    fn tidy(&self) {
        if self.limiter.len() > KEYS_MAX {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.crowded
            .store(self.limiter.len() > KEYS_MAX, Ordering::Relaxed);
    }
}

/// How much of each key is under way at once. Keys without anything under way are not remembered.
#[derive(Debug)]
pub(crate) struct Counts<K: Hash + Eq + Copy> {
    each: usize,
    under_way: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Hash + Eq + Copy> Counts<K> {
    /// At most so much of each key.
    pub(crate) fn new(each: usize) -> Self {
        Self {
            each,
            under_way: Arc::default(),
        }
    }

    /// A place for one more, until it is dropped; `None` when the key has all of its places taken.
    pub(crate) fn take(&self, key: K) -> Option<Place<K>> {
        let mut counts = lock(&self.under_way);
        let count = counts.get(&key).copied().unwrap_or_default();
        if count >= self.each {
            return None;
        }
        counts.insert(key, count + 1);
        drop(counts);
        let under_way = Arc::clone(&self.under_way);
        Some(Place { key, under_way })
    }
}

/// One of a key's places.
#[derive(Debug)]
pub(crate) struct Place<K: Hash + Eq + Copy> {
    key: K,
    under_way: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Hash + Eq + Copy> Drop for Place<K> {
    fn drop(&mut self) {
        let mut counts = lock(&self.under_way);
        match counts.get(&self.key).copied() {
            Some(count) if count > 1 => counts.insert(self.key, count - 1),
            _ => counts.remove(&self.key),
        };
    }
}

/// Places for what is large: few of one caller, some of one account, and a bound for everybody together, so that nobody keeps others out.
#[derive(Debug)]
pub(crate) struct Shares {
    caller: Counts<(AccountId, Subject)>,
    account: Counts<AccountId>,
    all: Counts<()>,
}

/// A place among [`Shares`], until it is dropped.
pub(crate) type Share = (Place<(AccountId, Subject)>, Place<AccountId>, Place<()>);

impl Shares {
    /// So many of one caller, of one account, and of everybody.
    pub(crate) fn new([caller, account, all]: [usize; 3]) -> Self {
        Self {
            caller: Counts::new(caller),
            account: Counts::new(account),
            all: Counts::new(all),
        }
    }

    /// A place for one more; `None` where a share is used up.
    pub(crate) fn take(&self, account: AccountId, caller: Subject) -> Option<Share> {
        let own = self.caller.take((account, caller))?;
        Some((own, self.account.take(account)?, self.all.take(())?))
    }
}

/// Places of staff, and others for those who are customers alone: many of them together keep no staff out.
#[derive(Debug)]
pub(crate) struct Sides {
    staff: Shares,
    customers: Shares,
}

impl Sides {
    /// So many each.
    pub(crate) fn new(staff: [usize; 3], customers: [usize; 3]) -> Self {
        Self {
            staff: Shares::new(staff),
            customers: Shares::new(customers),
        }
    }

    /// A place on the caller's side.
    pub(crate) fn take(&self, account: &Account, caller: Subject) -> Option<Share> {
        let state = account.state();
        let is_customer = state.view(caller, account.now()).is_customer_alone();
        self.of(is_customer).take(account.id(), caller)
    }

    fn of(&self, is_customer: bool) -> &Shares {
        match is_customer {
            true => &self.customers,
            false => &self.staff,
        }
    }
}

fn lock<K>(counts: &Mutex<HashMap<K, usize>>) -> MutexGuard<'_, HashMap<K, usize>> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_so_many_places_and_gives_them_back() {
        let counts = Counts::new(2);
        let first = counts.take(7);
        let second = counts.take(7);
        assert!(first.is_some() && second.is_some());
        assert!(counts.take(7).is_none() && counts.take(8).is_some());
        drop((first, second));
        assert!(counts.take(7).is_some());
        assert!(lock(&counts.under_way).is_empty());
    }

    #[test]
    fn customers_leave_all_places_of_staff() {
        let (sides, account) = (Sides::new([1, 2, 2], [1, 2, 2]), AccountId(1));
        let person = |number| Subject::Person(access::Dense::from_index(number).unwrap());
        let customers = sides.of(true);
        let taken = [0, 1].map(|one| customers.take(account, person(one)));
        assert!(taken.iter().all(Option::is_some));
        assert!(customers.take(account, person(2)).is_none());
        assert!(sides.of(false).take(account, person(3)).is_some());
    }

    #[test]
    fn one_caller_and_one_account_leave_places_to_others() {
        let shares = Shares::new([1, 2, 3]);
        let [one, other] = [1, 2].map(AccountId);
        let person = |number| Subject::Person(access::Dense::from_index(number).unwrap());
        let first = shares.take(one, person(0));
        assert!(first.is_some() && shares.take(one, person(0)).is_none());
        let second = shares.take(one, person(1));
        assert!(second.is_some() && shares.take(one, person(2)).is_none());
        // What was refused has kept no place of the caller's.
        drop(second);
        let again = shares.take(one, person(2));
        let third = shares.take(other, person(0));
        assert!(again.is_some() && third.is_some() && shares.take(other, person(1)).is_none());
    }

    #[test]
    fn the_burst_passes_and_the_next_one_is_told_to_wait() {
        let buckets = Buckets::new(2);
        assert!(buckets.take(7).is_ok() && buckets.take(7).is_ok());
        assert!(buckets.take(7).unwrap_err() <= Duration::from_millis(500));
        assert!(buckets.take(8).is_ok(), "one key does not use up another's");
    }
}
