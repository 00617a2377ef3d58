//! Telling a collector of logs: the same messages, many at once, and none is ever left out.

use std::time::Duration;

use access::Subject;
use hyper::header::{AUTHORIZATION, HeaderValue};
use ledger::LedgerError;

use super::{Courier, Next, Tried, after};
use crate::{
    message::{Message, may_hear},
    subscription::Subscription,
};

/// Bytes of lines that a collector is sent at once, about.
const LINES_MAX: usize = 512 * 1024;
/// How long a collector is let be after each try that failed; from the last one on it is tried again and again.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
];

impl Courier {
    /// Sends lines: all that there are, a piece at a time. A collector misses nothing: what is not taken is sent again.
    pub(super) async fn collector(&mut self, row: &Subscription) -> Result<Next, LedgerError> {
        if let Some((_, due)) = self.held.filter(|(_, due)| *due > self.account.now()) {
            return Ok(Next::Wait(Some(due)));
        }
        let mut reader = self.reader(row);
        let read = reader.read(&self.account).await?;
        let view = read
            .state
            .view(Subject::Connection(row.connection), self.account.now());
        // AD-28: what was read may be later than what was decided on.
        if !may_hear(&view) {
            return Ok(Next::Now);
        }
        let (mut lines, mut last) = (String::new(), None);
        for item in &read.items {
            if lines.len() > LINES_MAX {
                break;
            }
            let message = Message::of(&self.account, &view, item)?;
            if let Some(message) = message.filter(|one| row.kinds.has(one.kind)) {
                lines.push_str(&message.body);
                lines.push('\n');
            }
            last = Some(item);
        }
        let Some(last) = last else {
            self.told_to = Some((row.epoch, reader.position()));
            self.reader = Some(reader);
            return Ok(Next::Wait(read.next));
        };
        if !lines.is_empty() {
            // What was read took its time, and all of it goes out at once.
            if !self.is_unchanged(row).await? {
                return Ok(Next::Now);
            }
            let tried = self.send_lines(row, lines).await?;
            let outcome = if tried.is_taken {
                "delivered"
            } else {
                "retried"
            };
            metrics::counter!("rolecall_collector_requests_total", "outcome" => outcome)
                .increment(1);
            if !tried.is_taken {
                return self.hold(row).await;
            }
        }
        self.held = None;
        self.told(row, last, Vec::new());
        if read
            .items
            .last()
            .is_some_and(|item| item.position == last.position)
        {
            self.told_to = Some((row.epoch, reader.position()));
            self.reader = Some(reader);
        }
        Ok(Next::Now)
    }

    async fn send_lines(
        &mut self,
        row: &Subscription,
        lines: String,
    ) -> Result<Tried, LedgerError> {
        let secrets = row.secrets(&self.account)?;
        let authorization = secrets.authorization().and_then(|text| {
            let mut value = HeaderValue::from_str(text).ok()?;
            value.set_sensitive(true);
            Some((AUTHORIZATION, value))
        });
        let headers = authorization.into_iter().collect();
        Ok(self
            .post(row, headers, "application/x-ndjson", lines.into())
            .await)
    }

    /// A collector takes nothing now.
    async fn hold(&mut self, row: &Subscription) -> Result<Next, LedgerError> {
        let failed = self.held.map_or(0, |(failed, _)| failed);
        let pause = PAUSES[failed.min(PAUSES.len() - 1)];
        let due = after(self.account.now(), pause);
        self.held = Some((failed + 1, due));
        self.note(row, Vec::new());
        self.shared.write(Some(self.id)).await?;
        Ok(Next::Wait(Some(due)))
    }
}
