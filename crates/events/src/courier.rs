//! Tells one subscription what happens. Each has a courier of its own, so one whose receiver hangs keeps no other one waiting.
//!
//! What happens is told in its order, once and at once. What is not taken waits in a row and is tried again, later and later, while what
//! happens next is told; where too much waits, the log keeps the rest. Before each try it is decided whether the connection may still be told
//! (AD-28).

mod collector;
mod shared;

use std::{sync::Arc, time::Duration};

use access::{Moment, State, Subject};
use bytes::Bytes;
use hyper::{
    Method,
    header::{HeaderName, HeaderValue},
};
use ledger::{Account, LedgerError};
use outgoing::Question;
use tokio::time::Instant;

pub(crate) use self::shared::Shared;
use crate::{
    feed::{Item, Known, Position, Reader},
    message::{Message, may_hear},
    signature::signatures,
    subscription::{
        Came, Delivery, Form, Stage, Subscription, SubscriptionId, address,
        store::{self, DEAD_MAX, Told, WAITING_MAX},
    },
};

/// How long a receiver may take.
const WITHIN: Duration = Duration::from_secs(15);
/// How long what somebody changed of a subscription may be unknown while much is told.
const KNOWN_FOR: Duration = Duration::from_millis(250);
/// How often it is looked for what is to be told, whatever wakes it.
const LOOK: Duration = Duration::from_secs(5);
/// The same while something does not answer.
const LOOK_IN_TROUBLE: Duration = Duration::from_secs(2);

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// How long a message waits after each try that failed, as Standard Webhooks recommends it. After the last one it is dead.
const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(5 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(14 * HOUR),
    Duration::from_secs(20 * HOUR),
    Duration::from_secs(24 * HOUR),
];
/// How long a message waits after so many tries; `None`: it is dead.
fn pause(attempts: u32) -> Option<Duration> {
    let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
    PAUSES.get(index).copied()
}

/// The moment so much later.
fn after(now: Moment, pause: Duration) -> Moment {
    let pause = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
    Moment(now.0.saturating_add(pause))
}

/// What is next.
enum Next {
    /// There may be more at once.
    Now,
    /// Something happens, or this moment comes.
    Wait(Option<Moment>),
    /// It is told nothing any more.
    Over,
}

/// What became of a try.
struct Tried {
    is_taken: bool,
    /// Whether the receiver wants no more, ever.
    is_gone: bool,
    answer: String,
}

/// What became of telling something for the first time.
enum First {
    /// It is told, or is not for this subscription.
    Told,
    /// It is tried again.
    Waits,
    /// The receiver wants no more, ever.
    Gone,
}

/// Tells one subscription.
#[derive(Debug)]
pub(crate) struct Courier {
    shared: Arc<Shared>,
    account: Account,
    id: SubscriptionId,
    reader: Option<Reader>,
    /// How far it told, and as of which epoch: its row may be behind.
    told_to: Option<(i64, Position)>,
    failing: Option<(Moment, String)>,
    /// What waits was tried last: what is new has its turn.
    new_is_next: bool,
    /// Of a collector: tries that failed one after the other, and when the next one is due.
    held: Option<(usize, Moment)>,
}

impl Courier {
    pub fn new(shared: Arc<Shared>, account: Account, id: SubscriptionId) -> Self {
        Self {
            shared,
            account,
            id,
            reader: None,
            told_to: None,
            failing: None,
            new_is_next: false,
            held: None,
        }
    }

    /// Tells until it is over, or the server stops; a try that is under way then is finished.
    pub async fn run(mut self) {
        let mut versions = self.account.versions();
        let mut stopping = self.shared.stopping.clone();
        loop {
            // Seen before anything is read: a version that comes in between is looked at again.
            versions.borrow_and_update();
            let (until, look) = match self.round().await {
                Ok(Next::Over) | Err(LedgerError::Closed) => return,
                Ok(Next::Now) if !self.shared.is_stopping() => continue,
                Ok(Next::Now) => return,
                Ok(Next::Wait(until)) => (until, LOOK),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, subscription = %self.id, "a subscription could not be told");
                    self.reader = None;
                    (None, LOOK_IN_TROUBLE)
                }
            };
            let stopped = async {
                // The sender lives as long as the worker.
                let _ = stopping.wait_for(|stopping| *stopping).await;
            };
            let clock = Arc::clone(self.account.engine().clock());
            let moment = async {
                match until {
                    Some(until) => clock.sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = stopped => return,
                _ = versions.changed() => {}
                () = moment => {}
                () = tokio::time::sleep(look) => {}
            }
        }
    }

    /// The subscription as it is now, if it is told anything, and by this worker.
    async fn subscription(&self) -> Result<Option<Subscription>, LedgerError> {
        let mut tx = self.account.read_once().await?;
        let found = store::one_of(&mut tx, self.account.id(), self.id, self.shared.worker).await?;
        Ok(found.filter(|one| one.stage == Stage::Active))
    }

    /// How far it told: what it remembers, or what its row says where somebody had it told again.
    fn position(&self, row: &Subscription) -> Position {
        let remembered = self.told_to.filter(|(epoch, _)| *epoch == row.epoch);
        remembered.map_or(row.position, |(_, position)| position)
    }

    fn hears(&self, state: &State, of: &Subscription) -> bool {
        let view = state.view(Subject::Connection(of.connection), self.account.now());
        self.account.is_current() && may_hear(&view)
    }

    async fn round(&mut self) -> Result<Next, LedgerError> {
        if self.shared.is_stopping() {
            return Ok(Next::Over);
        }
        // Taken before the row is read: what is read afterwards takes its time.
        let known_at = Instant::now();
        let Some(row) = self.subscription().await? else {
            return Ok(Next::Over);
        };
        if !row.is_whole(&self.account)? {
            return self.end(&row, "address_blanked").await;
        }
        // AD-28: on the newest state, before anything is sent.
        if !self.hears(&self.account.state(), &row) {
            return Ok(Next::Wait(None));
        }
        if self.told_to.is_none() {
            self.failing = row.failing_since.map(|since| (since, row.failure.clone()));
        }
        match row.form {
            Form::Webhook => self.webhook(&row, known_at).await,
            Form::Collector => self.collector(&row).await,
        }
    }

    /// The reader of what is new. It is put back where it told all that it read, and begins anew otherwise.
    fn reader(&mut self, row: &Subscription) -> Reader {
        let is_same = self.told_to.is_some_and(|(epoch, _)| epoch == row.epoch);
        let kept = self.reader.take().filter(|_| is_same);
        kept.unwrap_or_else(|| Reader::from(self.position(row)))
    }

    /// Whether nobody changed, paused or took away the subscription since its row was read.
    async fn is_unchanged(&self, row: &Subscription) -> Result<bool, LedgerError> {
        let now = self.subscription().await?;
        Ok(now.is_some_and(|now| now.revision == row.revision))
    }

    async fn webhook(
        &mut self,
        row: &Subscription,
        mut known_at: Instant,
    ) -> Result<Next, LedgerError> {
        let account = self.account.id();
        let mut tx = self.account.read_once().await?;
        let waiting = store::next_waiting(&mut tx, account, self.id).await?;
        let due = waiting.as_ref().map(|one| one.due_at);
        let mut many = 0;
        if let Some(waiting) = waiting {
            many = store::count_of(&mut tx, account, self.id, Came::Waiting).await?;
            let dead = store::dead_since_resumed(&mut tx, account, self.id).await?;
            drop(tx);
            if dead >= DEAD_MAX {
                return self.end(row, "not_taken").await;
            }
            let is_due = waiting.due_at <= self.account.now();
            if is_due && !std::mem::take(&mut self.new_is_next) {
                self.new_is_next = true;
                return self.again(row, waiting).await;
            }
        } else {
            drop(tx);
        }
        if many >= WAITING_MAX {
            return Ok(Next::Wait(due));
        }
        let mut reader = self.reader(row);
        let read = reader.read(&self.account).await?;
        for item in &read.items {
            if known_at.elapsed() > KNOWN_FOR {
                known_at = Instant::now();
                if !self.is_unchanged(row).await? {
                    return Ok(Next::Now);
                }
            }
            let state = self.account.state();
            if self.shared.is_stopping() || !self.hears(&state, row) || many >= WAITING_MAX {
                return Ok(Next::Now);
            }
            match self.first(row, &state, item).await? {
                First::Told => {}
                First::Waits => many += 1,
                First::Gone => return self.end(row, "gone").await,
            }
        }
        self.told_to = Some((row.epoch, reader.position()));
        self.reader = Some(reader);
        Ok(match read.has_more {
            true => Next::Now,
            // What did not get through just now is due first.
            false if many > 0 && due.is_none() => Next::Now,
            false => Next::Wait(read.next.into_iter().chain(due).min()),
        })
    }

    /// Tells something for the first time.
    async fn first(
        &mut self,
        row: &Subscription,
        state: &State,
        item: &Item,
    ) -> Result<First, LedgerError> {
        let view = state.view(Subject::Connection(row.connection), self.account.now());
        let message = Message::of(&self.account, &view, item)?;
        let Some(message) = message.filter(|one| row.kinds.has(one.kind)) else {
            self.told(row, item, Vec::new());
            return Ok(First::Told);
        };
        let tried = self.send(row, &message).await?;
        let late = self.account.now().0.saturating_sub(item.at.0);
        metrics::histogram!("rolecall_webhook_first_try_seconds").record(late as f64 / 1_000.0);
        let delivery = self.delivery(&message, item, 1, &tried);
        let came = delivery.came;
        self.told(row, item, vec![delivery]);
        if came == Came::Delivered {
            return Ok(First::Told);
        }
        // What waits is on disk before anything else is told.
        self.shared.write(Some(self.id)).await?;
        Ok(match tried.is_gone {
            true => First::Gone,
            false => First::Waits,
        })
    }

    /// It told so far.
    fn told(&mut self, row: &Subscription, item: &Item, tried: Vec<Delivery>) {
        self.told_to = Some((row.epoch, item.position));
        self.note(row, tried);
    }

    /// Notes what was tried, and how far it told.
    fn note(&self, row: &Subscription, tried: Vec<Delivery>) {
        self.shared.note(Told {
            account: self.account.id(),
            id: self.id,
            epoch: row.epoch,
            position: self.position(row),
            failing: self.failing.clone(),
            tried,
        });
    }

    /// Tries once more what was not taken.
    async fn again(&mut self, row: &Subscription, waiting: Delivery) -> Result<Next, LedgerError> {
        let item = waiting
            .known
            .clone()
            .read(&self.account, waiting.position)
            .await?;
        let state = self.account.state();
        let view = state.view(Subject::Connection(row.connection), self.account.now());
        let message = match &item {
            Some(item) => Message::of(&self.account, &view, item)?,
            None => None,
        };
        let attempts = waiting.attempts.saturating_add(1);
        let (delivery, is_gone) = match (message, item) {
            (Some(message), Some(item)) => {
                let tried = self.send(row, &message).await?;
                (
                    self.delivery(&message, &item, attempts, &tried),
                    tried.is_gone,
                )
            }
            // It is not theirs to know any more.
            _ => {
                let gone = Delivery {
                    came: Came::Dead,
                    answer: "not_visible".to_owned(),
                    tried_at: self.account.now(),
                    ..waiting
                };
                (gone, false)
            }
        };
        self.note(row, vec![delivery]);
        self.shared.write(Some(self.id)).await?;
        match is_gone {
            true => self.end(row, "gone").await,
            false => Ok(Next::Now),
        }
    }

    /// What became of a try, as it is kept.
    fn delivery(&self, message: &Message, item: &Item, attempts: u32, tried: &Tried) -> Delivery {
        let now = self.account.now();
        let again = pause(attempts).filter(|_| !tried.is_taken);
        let came = match (tried.is_taken, again) {
            (true, _) => Came::Delivered,
            (false, Some(_)) => Came::Waiting,
            (false, None) => Came::Dead,
        };
        let outcome = match came {
            Came::Delivered => "delivered",
            Came::Waiting => "retried",
            Came::Dead => "dead",
        };
        metrics::counter!("rolecall_webhooks_total", "outcome" => outcome).increment(1);
        let (event, answer) = (&message.id, &tried.answer);
        tracing::debug!(subscription = %self.id, event, outcome, answer, attempts, "a webhook was tried");
        Delivery {
            event: message.id.clone(),
            position: message.position,
            known: Known::of(item),
            kind: message.kind.key().to_owned(),
            at: item.at,
            came,
            attempts,
            due_at: again.map_or(now, |pause| after(now, pause)),
            tried_at: now,
            answer: tried.answer.clone(),
        }
    }

    /// Sends a message, signed as of now.
    async fn send(&mut self, row: &Subscription, message: &Message) -> Result<Tried, LedgerError> {
        let now = self.account.now();
        let secrets = row.secrets(&self.account)?;
        let seconds = now.0.div_euclid(1_000);
        let body = message.body.as_bytes();
        let signed = signatures(&secrets.good_at(now), &message.id, seconds, body);
        let headers = [
            ("webhook-id", message.id.clone()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signed),
        ];
        let headers = headers.into_iter().filter_map(|(name, value)| {
            let value = HeaderValue::from_str(&value).ok()?;
            Some((HeaderName::from_static(name), value))
        });
        let body = Bytes::copy_from_slice(body);
        Ok(self
            .post(row, headers.collect(), "application/json", body)
            .await)
    }

    async fn post(
        &mut self,
        row: &Subscription,
        headers: Vec<(HeaderName, HeaderValue)>,
        media: &'static str,
        body: Bytes,
    ) -> Tried {
        let outgoing = &self.shared.outgoing;
        let answer = match address(&row.url, outgoing.allowed()) {
            None => Err(outgoing::Failure::Refused),
            Some(address) => {
                let question = Question {
                    method: Method::POST,
                    address: &address,
                    headers,
                    media,
                    body,
                    // The status says whether it was taken: what else is in the answer nobody reads.
                    answer_max: 0,
                    within: WITHIN,
                };
                outgoing.send(question).await
            }
        };
        let tried = match answer {
            // A redirect is no answer: nobody follows it.
            Ok(answer) => Tried {
                is_taken: answer.status.is_success(),
                is_gone: answer.status == hyper::StatusCode::GONE,
                answer: answer.status.as_u16().to_string(),
            },
            Err(failure) => Tried {
                is_taken: false,
                is_gone: false,
                answer: failure.code().to_owned(),
            },
        };
        let since = self
            .failing
            .as_ref()
            .map_or(self.account.now(), |(since, _)| *since);
        self.failing = (!tried.is_taken).then(|| (since, tried.answer.clone()));
        tried
    }

    /// It stops by itself, and is listed.
    async fn end(&mut self, row: &Subscription, why: &str) -> Result<Next, LedgerError> {
        self.shared.write(Some(self.id)).await?;
        let how = (row.revision, Stage::GaveUp, why);
        store::end(
            self.shared.engine.database(),
            self.account.id(),
            self.id,
            how,
        )
        .await?;
        tracing::warn!(subscription = %self.id, why, "a subscription stopped");
        Ok(Next::Over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tried_again_after_seconds_and_is_dead_after_days() {
        let pauses: Vec<_> = (1..=10).map(pause).collect();
        assert_eq!(pauses[0], Some(Duration::from_secs(5)));
        assert_eq!(pauses[8], Some(Duration::from_secs(24 * 60 * 60)));
        assert_eq!((pauses[9], pause(0)), (None, None));
        assert!(pauses[..9].is_sorted());
    }
}
