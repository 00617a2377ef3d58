//! What happens, as a stream for programs: server-sent events, each with its position, from which a reader goes on that was cut off. It is for
//! whoever may read the audit log, for as long as they may (AD-28), and what company access hides from them is not in it (SD-33).

use std::sync::Arc;

use access::{Moment, decide::permissions::ViewAudit};
use utoipa::openapi::path::ParameterIn;
use web::{
    Problem, Result,
    about::About,
    call::Call,
    guard::{May, TheAccount},
    part::Part,
    rights::Rights,
    route::{Route, get},
    session::{Session, failed},
    sign_ins::SignIns,
    stream::{ApiEvents, Event, Events, Source},
};

use crate::{
    feed::{Item, Position, Read, Reader},
    kind::Kinds,
    message::{Message, may_hear},
    subscription::position,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![get(
        "/api/v1/events",
        "events.stream",
        "What happens, as server-sent events, from now on or since a position",
        live,
    )]
}

/// From where somebody reads, and of what.
struct Wanted {
    /// `None`: from now on.
    since: Option<Position>,
    kinds: Kinds,
}

impl Part for Wanted {
    fn describe(about: &mut About) {
        about.parameter::<String>(
            ParameterIn::Query,
            "since",
            false,
            "Everything after this position, as far as the caller may hear of it now; 0: from the beginning. Left out: from now on.",
        );
        about.parameter::<String>(
            ParameterIn::Header,
            "Last-Event-ID",
            false,
            "The same, as programs send it that read such streams and were cut off; it counts before `since`.",
        );
        about.parameter::<String>(
            ParameterIn::Query,
            "kinds",
            false,
            "Kinds of events with commas between them. Left out: all.",
        );
        about.problems.push(422);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let last = call
            .header("last-event-id")
            .map(|text| position("Last-Event-ID", text));
        let since = call.parameter("since").map(|text| position("since", text));
        let keys = call.parameter("kinds").unwrap_or_default().split(',');
        let kinds = Kinds::of_keys(keys.filter(|key| !key.is_empty())).map_err(|key| {
            Problem::invalid("kinds", format!("there is no kind of events called {key}"))
        })?;
        Ok(Self {
            since: last.or(since).transpose()?,
            kinds,
        })
    }
}

async fn live(
    reader: May<ViewAudit, TheAccount>,
    sign_ins: SignIns,
    wanted: Wanted,
) -> Result<ApiEvents> {
    let account = &reader.account;
    let since = wanted.since.unwrap_or_else(|| Position::now(account));
    if since.version > reader.state().version() {
        return Err(Problem::invalid(
            "since",
            "nothing has happened after this position",
        ));
    }
    let mut stream = Stream {
        reader: Reader::from(since),
        kinds: wanted.kinds,
        rights: Rights::of(&reader, sign_ins, |_| ()),
        read: None,
        is_over: false,
    };
    // A position in the middle of nowhere is told before the stream begins.
    stream.read = Some(stream.reader.read(account).await.map_err(failed)?);
    Events::new(&reader, stream).map(ApiEvents)
}

/// A stream of one reader.
struct Stream {
    rights: Rights<()>,
    reader: Reader,
    kinds: Kinds,
    /// What was read and not passed on.
    read: Option<Read>,
    is_over: bool,
}

impl Stream {
    fn session(&self) -> &Session {
        &self.rights.session
    }

    /// What the reader hears of this; `None`: nothing any more.
    fn heard(&self, read: &Read) -> Option<Vec<Event>> {
        let session = self.session();
        let state = Arc::clone(&read.state);
        // The state is at least that of the moment at which it was read.
        let newest = match state.version() > session.state().version() {
            true => session.view_on(&state, session.account.now()),
            false => session.view(),
        };
        if !may_hear(&newest) {
            return None;
        }
        let event = |item: &Item| -> Option<Event> {
            let message = Message::of(&session.account, &newest, item);
            let message = message
                .ok()
                .flatten()
                .filter(|one| self.kinds.has(one.kind))?;
            Some(Event {
                name: message.kind.key(),
                data: message.body,
                id: Some(message.position.to_string()),
            })
        };
        Some(read.items.iter().filter_map(event).collect())
    }

    /// Waits until something may have happened, rights may have changed, or a moment comes; `false`: the server stops.
    async fn wait(&mut self, next: Option<Moment>) -> bool {
        let clock = Arc::clone(self.session().account.engine().clock());
        let moment = async {
            match next {
                Some(next) => clock.sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            goes_on = self.rights.may_change() => goes_on,
            () = moment => true,
        }
    }
}

impl Source for Stream {
    async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            if self.is_over {
                return None;
            }
            let read = match self.read.take() {
                Some(read) => read,
                None => {
                    // AD-28: however much happens, it is asked each time whether the reader is still who they were.
                    if self.rights.renew().await.is_err() {
                        self.is_over = true;
                        return None;
                    }
                    let account = self.session().account.clone();
                    self.reader.read(&account).await.ok()?
                }
            };
            let events = self.heard(&read)?;
            if !events.is_empty() {
                return Some(events);
            }
            if !read.has_more && !self.wait(read.next).await {
                return None;
            }
        }
    }
}
