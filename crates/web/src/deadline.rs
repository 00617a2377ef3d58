//! Until when a request may take: what is long by its nature, as a large file on a slow line, is given more for as long as it goes on.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, timeout_at};

/// When a request is given up; what is read of its body may put it off.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    each: Duration,
    until: Arc<Mutex<Instant>>,
}

impl Deadline {
    /// So much from now.
    pub(crate) fn within(each: Duration) -> Self {
        let until = Arc::new(Mutex::new(Instant::now() + each));
        Self { each, until }
    }

    /// Something came: as much again from now. Whoever puts it off keeps a bound of their own.
    pub(crate) fn put_off(&self) {
        let until = Instant::now() + self.each;
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    fn until(&self) -> Instant {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for some work, until then; `None`: it took too long.
    pub(crate) async fn wait<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        loop {
            let until = self.until();
            if let Ok(done) = timeout_at(until, &mut work).await {
                return Some(done);
            }
            if self.until() <= until {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(40);

    #[tokio::test]
    async fn what_goes_on_is_given_more_and_what_stands_still_is_not() {
        let deadline = Deadline::within(STEP * 3);
        let going = async {
            for _ in 0..6 {
                tokio::time::sleep(STEP).await;
                deadline.put_off();
            }
        };
        assert!(deadline.wait(going).await.is_some());
        let still = tokio::time::sleep(STEP * 9);
        assert!(deadline.wait(still).await.is_none());
    }
}
