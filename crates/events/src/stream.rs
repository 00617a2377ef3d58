//! What happens, as a stream for programs: server-sent events, each with its position, from which a reader goes on that was cut off. It is for
//! whoever may read the audit log, for as long as they may (AD-28), and what company access hides from them is not in it (SD-33).

use std::{sync::Arc, time::Duration};

use access::{Moment, decide::permissions::ViewAudit};
use ledger::LedgerError;
use tokio::time::Instant;
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

/// How long it is taken for known who the reader is, while there is more to read at once.
const KNOWN_FOR: Duration = Duration::from_millis(250);
/// How long this node may take to hear of what another one told.
const REACHED: Duration = Duration::from_secs(1);

pub(crate) fn routes() -> Vec<Route> {
    vec![get(
        "/api/v1/events",
        "events.stream",
        "What happens, as server-sent events, from now on or since a position",
        live,
    )]
}

/// A position as a message has it, or 0.
const POSITION: &str = "^(0|[0-9]{1,18}-[0-9]{1,18}-[0-9]{1,9})$";

/// From where somebody reads, and of what.
struct Wanted {
    /// `None`: from now on.
    since: Option<Position>,
    kinds: Kinds,
}

impl Part for Wanted {
    fn describe(about: &mut About) {
        about.parameter_of(
            web::schema::pattern(POSITION),
            ParameterIn::Query,
            "since",
            false,
            "Everything after this position, as far as the caller may hear of it now; 0: from the beginning. Left out: from now on.",
        );
        about.parameter_of(
            web::schema::pattern(POSITION),
            ParameterIn::Header,
            "Last-Event-ID",
            false,
            "The same, as programs send it that read such streams and were cut off; it counts before `since`.",
        );
        about.parameter::<String>(
            ParameterIn::Query,
            "kinds",
            false,
            "Kinds of events with commas between them, at least one. Left out: all, also those that come later.",
        );
        about.problems.push(422);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let last = call
            .header("last-event-id")
            .map(|text| position("Last-Event-ID", text));
        // Read even where it does not count: a slip is told.
        let since = call.parameter("since");
        let since = since.map(|text| position("since", text)).transpose()?;
        let kinds = match call.parameter("kinds") {
            None => Kinds::All,
            Some(keys) => Kinds::of_keys(keys.split(',').filter(|key| !key.is_empty()))
                .map_err(|wrong| Problem::senseless("unknown_kind", "kinds", wrong))?,
        };
        Ok(Self {
            since: last.transpose()?.or(since),
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
    // One of eight, before anything is read for it.
    let places = Events::places(&reader)?;
    let since = wanted.since.unwrap_or_else(|| Position::now(account));
    // It may come from another node, and this one lag behind: the log is asked before it is said that there is no such position.
    let reached = match account.at_least(since.version, REACHED).await {
        Ok(state) => state,
        Err(LedgerError::Busy(_)) => account.state(),
        Err(error) => return Err(failed(error)),
    };
    if !since.has_come(&reached, account.now()) {
        return Err(Problem::senseless(
            "no_such_position",
            "since",
            "there is no such position yet",
        ));
    }
    let mut stream = Stream {
        reader: Reader::from(since),
        kinds: wanted.kinds,
        rights: Rights::of(&reader, sign_ins, |_| ()),
        read: None,
        has_more: false,
        renewed_at: Instant::now(),
        is_over: false,
    };
    // A position in the middle of nowhere is told before the stream begins.
    stream.read = Some(stream.reader.read(account).await.map_err(failed)?);
    Ok(ApiEvents(Events::in_places(places, stream)))
}

/// A stream of one reader.
struct Stream {
    rights: Rights<()>,
    reader: Reader,
    kinds: Kinds,
    /// What was read and not passed on.
    read: Option<Read>,
    /// Whether there may be more at once.
    has_more: bool,
    /// When it was last asked whether the reader is still who they were.
    renewed_at: Instant,
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
                    // AD-28: however much is read, it is asked again and again whether the reader is still who they were. What they may
                    // hear is decided on the newest state each time.
                    if !self.has_more || self.renewed_at.elapsed() > KNOWN_FOR {
                        if self.rights.renew().await.is_err() {
                            self.is_over = true;
                            return None;
                        }
                        self.renewed_at = Instant::now();
                    }
                    let account = self.session().account.clone();
                    self.reader.read(&account).await.ok()?
                }
            };
            self.has_more = read.has_more;
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
