//! How a stream learns that its reader's rights have changed, or that their session is over.

use std::time::Duration;

use crate::{session::Session, sign_ins::SignIns, stream::Event};
use access::{Moment, Version};
use tokio::{sync::watch, time::Instant};

/// How often it is asked whether the session is still there, if nothing else makes a stream ask: a stream is over within a second of it, with
/// what the asking takes.
const ASK_AGAIN: Duration = Duration::from_millis(750);
/// Versions that come one upon the other are looked at together.
const TOGETHER: Duration = Duration::from_millis(100);

/// The page asks again whether it may still be shown.
pub fn access() -> Event {
    Event {
        name: "access",
        data: String::new(),
        id: None,
    }
}

/// Who reads a stream, as of now, and what they see.
#[derive(Debug)]
pub struct Rights<S> {
    /// The reader, on the state that was looked at last.
    pub session: Session,
    sign_ins: SignIns,
    look: fn(&Session) -> S,
    /// What the reader saw when their rights were looked at last, to be compared.
    sight: S,
    versions: watch::Receiver<Version>,
    /// When it is asked again, whatever else happens: a busy desk does not put it off.
    asks_again_at: Instant,
    /// As of when the reader's rights were looked at last: what ended since then is looked at, however long ago it was.
    looked_at: Moment,
}

impl<S: PartialEq> Rights<S> {
    /// `look` tells what somebody sees of that of which the stream tells.
    pub fn of(session: &Session, sign_ins: SignIns, look: fn(&Session) -> S) -> Self {
        Self {
            look,
            sight: look(session),
            versions: session.account.versions(),
            asks_again_at: Instant::now() + ASK_AGAIN,
            looked_at: session.now(),
            session: session.clone(),
            sign_ins,
        }
    }

    /// Waits until rights may have changed, or the session may be over; `false`: the server stops. It may be asked anew while it waits: what
    /// is due stays due until [`Rights::renew`].
    pub async fn may_change(&mut self) -> bool {
        let account = self.session.account.clone();
        let expiry = account.state().next_expiry(self.looked_at);
        let expired = async {
            match expiry {
                Some(at) => account.engine().clock().sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.versions.changed() => true,
            () = expired => true,
            () = tokio::time::sleep_until(self.asks_again_at) => true,
            () = account.engine().until_stopping() => false,
        }
    }

    /// The same reader on the newest state, and whether they see something else than before (AD-28); otherwise what is to be said at the end:
    /// where the session is over the page asks again, and where nobody knows, the browser comes back.
    pub async fn renew(&mut self) -> Result<bool, Option<Vec<Event>>> {
        tokio::time::sleep(TOGETHER).await;
        match self.session.anew(&self.sign_ins).await {
            Ok(session) => {
                self.looked_at = session.now();
                self.asks_again_at = Instant::now() + ASK_AGAIN;
                let sight = (self.look)(&session);
                let is_other = sight != self.sight;
                (self.session, self.sight) = (session, sight);
                Ok(is_other)
            }
            Err(problem) => {
                let is_signed_out = problem.code() == "unauthenticated";
                Err(is_signed_out.then(|| vec![access()]))
            }
        }
    }
}
