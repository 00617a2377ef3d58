//! Time and chance are parameters, so that a test can hold both still.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use access::Moment;
use tokio::sync::watch;
use uuid::Uuid;

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Tells the time, and waits for it.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Moment;
    /// Time since some start: it measures, and nobody can set it.
    fn uptime(&self) -> Duration;
    /// Ends at or after the moment.
    fn sleep_until(&self, moment: Moment) -> BoxFuture<'_, ()>;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    fn now(&self) -> Moment {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    fn uptime(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }

    fn sleep_until(&self, moment: Moment) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // In steps of at most an hour: the wall clock may be set while we sleep.
            loop {
                let left = moment.0.saturating_sub(self.now().0);
                if left <= 0 {
                    return;
                }
                tokio::time::sleep(
                    Duration::from_millis(left.unsigned_abs()).min(Duration::from_secs(3600)),
                )
                .await;
            }
        })
    }
}

/// A clock that moves when told to: for tests, and for the past of the demonstration.
#[derive(Clone, Debug)]
pub struct FakeClock(watch::Sender<Moment>);

impl FakeClock {
    /// A clock that stands at the moment.
    pub fn at(moment: Moment) -> Self {
        Self(watch::Sender::new(moment))
    }

    /// Moves the clock; whoever sleeps until then wakes.
    pub fn advance(&self, by: Duration) {
        self.0
            .send_modify(|now| now.0 += i64::try_from(by.as_millis()).unwrap_or(i64::MAX));
    }

    /// Sets the clock.
    pub fn set(&self, moment: Moment) {
        self.0.send_replace(moment);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Moment {
        *self.0.borrow()
    }

    fn uptime(&self) -> Duration {
        Duration::from_millis(self.now().0.unsigned_abs())
    }

    fn sleep_until(&self, moment: Moment) -> BoxFuture<'_, ()> {
        let mut now = self.0.subscribe();
        Box::pin(async move {
            // The sender lives as long as `self`, so the wait ends by the clock alone.
            let _ = now.wait_for(|now| *now >= moment).await;
        })
    }
}

/// Makes what must not be guessed.
pub trait Randomness: fmt::Debug + Send + Sync + 'static {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);

    /// The number of a new public id: it begins with the time, so that neighbours in time are neighbours in an index.
    fn uuid(&self, now: Moment) -> Uuid {
        let mut random = [0_u8; 10];
        self.fill(&mut random);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.0).unwrap_or_default(), &random)
            .into_uuid()
    }
}

/// The randomness of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    #[expect(
        clippy::expect_used,
        reason = "without randomness no secret can be made: there is nothing to go on with"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}
