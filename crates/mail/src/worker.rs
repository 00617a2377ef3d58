//! The worker: claims what is due, sends it, says what became of it. On every node of a database one may run; a claim is over by
//! itself when its node died.

use std::sync::Arc;
use std::time::Duration;

use access::PersonId;
use futures_util::future::join_all;
use ledger::{Account, BoxFuture, ClaimedMail, Engine, LedgerError};

use crate::letter::{Letter, News};
use crate::post::{Failure, Post};
use crate::text::{Letterhead, Text};

/// Mails on their way at once.
const AT_ONCE: u32 = 8;
/// How long a mail is claimed: longer than one takes, with room.
pub const LEASE: Duration = Duration::from_secs(5 * 60);
/// How often the outbox is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// The same while the database does not answer.
const LOOK_IN_TROUBLE: Duration = Duration::from_secs(10);

/// Of what its reader wants no mails, and what is not theirs to know any more: neither is a failure.
const NOT_WANTED: &str = "not_wanted";
const NOT_TOLD: &str = "not_told";

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// How long a mail waits after each try that failed. After the last one it is given up.
const PAUSES: [Duration; 7] = [
    Duration::from_secs(MINUTE),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(15 * MINUTE),
    Duration::from_secs(HOUR),
    Duration::from_secs(4 * HOUR),
    Duration::from_secs(12 * HOUR),
    Duration::from_secs(24 * HOUR),
];
/// Tries of one mail, those included in which a node died.
pub const ATTEMPTS_MAX: u32 = PAUSES.len() as u32 + 1;

/// How long a mail waits after so many tries; `None`: it is given up.
pub fn pause(attempts: u32) -> Option<Duration> {
    let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
    PAUSES.get(index).copied()
}

/// Whoever keeps records, and writes what is told of them.
pub trait Writes: Send + Sync + std::fmt::Debug {
    /// What this person is told, as they may read it now; `None`: nothing, because they may not any more, or do not want to be told.
    fn write<'a>(
        &'a self,
        account: &'a Account,
        person: PersonId,
        news: &'a News,
    ) -> BoxFuture<'a, Result<Option<Letter>, LedgerError>>;
}

/// Sends mails.
#[derive(Clone, Debug)]
pub struct Worker {
    engine: Engine,
    post: Post,
    head: Letterhead,
    writes: Option<Arc<dyn Writes>>,
}

impl Worker {
    /// Of this ledger, by this way.
    pub fn new(engine: Engine, post: Post, head: Letterhead) -> Self {
        metrics::describe_counter!(
            "rolecall_mails_total",
            "Mails by what became of a try: sent, retried, given_up."
        );
        metrics::describe_gauge!("rolecall_mails_waiting", "Mails that wait in the outbox.");
        Self {
            engine,
            post,
            head,
            writes: None,
        }
    }

    /// With whoever writes what is told of records; without, nobody is told.
    #[must_use]
    pub fn with(self, writes: Arc<dyn Writes>) -> Self {
        Self {
            writes: Some(writes),
            ..self
        }
    }

    /// Sends what is due until it is asked to stop; what is on its way then is finished.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let wait = match self.round().await {
                Ok(0) => LOOK,
                Ok(_) => Duration::ZERO,
                Err(LedgerError::Closed) => return,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "the outbox could not be read");
                    LOOK_IN_TROUBLE
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Sends some of what is due; how many there were.
    pub async fn round(&self) -> Result<usize, LedgerError> {
        let claimed = self.engine.claim_mails(AT_ONCE, LEASE).await?;
        for outcome in join_all(claimed.iter().map(|mail| self.send(mail))).await {
            if let Err(error) = outcome {
                // The claim ends by itself, and the mail is tried again.
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "a mail could not be taken from the outbox");
            }
        }
        if !claimed.is_empty() {
            let waiting = self.engine.waiting_mails().await?;
            metrics::gauge!("rolecall_mails_waiting").set(waiting as f64);
        }
        Ok(claimed.len())
    }

    async fn send(&self, claimed: &ClaimedMail) -> Result<(), LedgerError> {
        if claimed.attempts > ATTEMPTS_MAX {
            // The last tries were not ended by anybody.
            let failure = Failure::final_with("not_ended");
            return self.failed(claimed, &failure).await;
        }
        match self.try_to_send(claimed).await? {
            // Its link was revoked, or its person erased.
            None => Ok(()),
            Some(Ok(())) => {
                self.engine.mail_sent(claimed).await?;
                self.count("sent", claimed, "");
                Ok(())
            }
            Some(Err(failure)) => self.failed(claimed, &failure).await,
        }
    }

    async fn try_to_send(
        &self,
        claimed: &ClaimedMail,
    ) -> Result<Option<Result<(), Failure>>, LedgerError> {
        let account = self.engine.account(claimed.account).await?;
        let Some(opened) = account.open_mail(claimed).await? else {
            return Ok(None);
        };
        let failed = |code| Ok(Some(Err(Failure::final_with(code))));
        let Some(address) = opened.address else {
            return failed("no_address");
        };
        let Ok(letter) = serde_json::from_slice::<Letter>(&opened.letter) else {
            return failed("not_readable");
        };
        let letter = match (letter, self.writes.as_ref().zip(opened.person)) {
            (Letter::Record(news), _) if opened.no_mails.iter().any(|of| of == news.what.key()) => {
                return failed(NOT_WANTED);
            }
            (Letter::Record(news), Some((writes, person))) => {
                match writes.write(&account, person, &news).await? {
                    Some(letter) => letter,
                    None => return failed(NOT_TOLD),
                }
            }
            (Letter::Record(_), None) => return failed(NOT_TOLD),
            (letter, _) => letter,
        };
        let Ok(text) = Text::of(&letter, opened.name.as_deref(), &self.head) else {
            return failed("not_writable");
        };
        let (id, now) = (claimed.id.to_string(), self.engine.now());
        Ok(Some(self.post.deliver(&id, now, &address, &text).await))
    }

    async fn failed(&self, claimed: &ClaimedMail, failure: &Failure) -> Result<(), LedgerError> {
        if matches!(failure.code.as_ref(), NOT_WANTED | NOT_TOLD) {
            self.engine
                .mail_failed(claimed, &failure.code, None)
                .await?;
            self.count("dropped", claimed, &failure.code);
            return Ok(());
        }
        let again = pause(claimed.attempts).filter(|_| !failure.is_final);
        self.engine
            .mail_failed(claimed, &failure.code, again)
            .await?;
        let outcome = if again.is_some() {
            "retried"
        } else {
            "given_up"
        };
        self.count(outcome, claimed, &failure.code);
        Ok(())
    }

    /// Numbers and codes; nobody's address, and nothing of what was said.
    fn count(&self, outcome: &'static str, claimed: &ClaimedMail, code: &str) {
        metrics::counter!("rolecall_mails_total", "outcome" => outcome).increment(1);
        let (mail, template, attempts) = (claimed.id, &claimed.template, claimed.attempts);
        match outcome {
            "sent" => tracing::info!(%mail, template, attempts, "a mail was sent"),
            "dropped" => tracing::info!(%mail, template, attempts, code, "a mail is not sent"),
            _ => tracing::warn!(%mail, template, attempts, outcome, code, "a mail was not sent"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_again_after_a_minute_and_given_up_after_the_day() {
        let pauses: Vec<_> = (1..=ATTEMPTS_MAX).map(pause).collect();
        assert_eq!(pauses[0], Some(Duration::from_secs(60)));
        assert_eq!(pauses[6], Some(Duration::from_secs(24 * 60 * 60)));
        assert_eq!(pauses[7], None);
        assert_eq!(pause(0), None);
        assert!(pauses.is_sorted_by_key(|pause| pause.unwrap_or(Duration::MAX)));
    }
}
