//! Rights that last: a stream, a session, a monitored call, scheduled work. A standing right is decided again on each new
//! version of the state and when something begins or ends by itself, and it ends by itself (CC-14, AD-28).

use std::future::Future;

use access::decide::Denied;
use access::{Moment, PermissionType, Subject, Target, Version};
use tokio::sync::watch;

use crate::engine::Account;

/// A right that is held for as long as this lives, and not a moment longer than it is due.
#[derive(Debug)]
pub struct Standing<P: PermissionType> {
    account: Account,
    subject: Subject,
    on: P::On,
    versions: watch::Receiver<Version>,
}

impl Account {
    /// Begins to stand on a right; denied if it is not held now.
    pub fn stand<P: PermissionType>(
        &self,
        subject: Subject,
        _: P,
        on: P::On,
    ) -> Result<Standing<P>, Denied> {
        let mut standing = Standing {
            account: self.clone(),
            subject,
            on,
            versions: self.versions(),
        };
        standing.decide().map(|_| standing)
    }
}

impl<P: PermissionType> Standing<P> {
    /// Who holds it.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// On what.
    pub fn on(&self) -> P::On {
        self.on
    }

    /// Decides on the newest state. A yes says when to ask again if no version comes before.
    fn decide(&mut self) -> Result<Option<Moment>, Denied> {
        // Seen before the state is read: a version that comes in between is looked at again.
        self.versions.borrow_and_update();
        let (state, now) = (self.account.state(), self.account.now());
        let on: Target = self.on.into();
        let decision = state.view(self.subject, now).decide(P::PERMISSION, on);
        if decision.allowed {
            Ok(state.next_expiry(now))
        } else {
            Err(Denied {
                decision: Box::new(decision),
            })
        }
    }

    /// Waits until the right is gone, and says why.
    pub async fn ended(&mut self) -> Denied {
        loop {
            let again = match self.decide() {
                Ok(again) => again,
                Err(denied) => return denied,
            };
            let clock = std::sync::Arc::clone(self.account.engine().clock());
            let expiry = async {
                match again {
                    Some(moment) => clock.sleep_until(moment).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // The account lives as long as `self`, so this ends by a new version alone.
                _ = self.versions.changed() => {}
                () = expiry => {}
            }
        }
    }

    /// Does something for as long as the right is held: cut off, wherever it stands, when the right ends.
    pub async fn run<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Denied> {
        tokio::select! {
            biased;
            denied = self.ended() => Err(denied),
            done = work => Ok(done),
        }
    }
}
