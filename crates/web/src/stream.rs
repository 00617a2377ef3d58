//! An answer that goes on while a page is open: server-sent events, for as long as the reader may hear them.

use std::{fmt, time::Duration};

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use ledger::AccountId;

use crate::{
    about::{About, Content, Good},
    limit::{Counts, Place},
    problem::{Problem, Result},
    reply::Reply,
    session::Session,
};

/// Streams of one caller at once: a browser has one, and people have several browsers.
const EACH_MAX: usize = 8;
/// Streams of everybody at once on this node.
const ALL_MAX: usize = 4_096;
/// What keeps a quiet stream alive through proxies, and shows that its reader is gone.
const QUIET: Duration = Duration::from_secs(15);
/// When a browser asks again after a stream broke off, in milliseconds.
const AGAIN_MS: u64 = 1_000;
const AGAIN: Duration = Duration::from_secs(10);

const MEDIA: &str = "text/event-stream";

static EACH: std::sync::LazyLock<Counts<(AccountId, access::Subject)>> =
    std::sync::LazyLock::new(|| Counts::new(EACH_MAX));
static ALL: std::sync::LazyLock<Counts<()>> = std::sync::LazyLock::new(|| Counts::new(ALL_MAX));

/// Something that a page is told.
#[derive(Debug)]
pub struct Event {
    /// What it is: a name of ours.
    pub name: &'static str,
    /// What it says, in one line: ids, and never what somebody typed.
    pub data: String,
    /// From where a reader goes on that was cut off after it, where one can.
    pub id: Option<String>,
}

/// What makes the events of a stream. It is asked for the next one again and again, and may be asked anew while it waits: whatever it
/// waits for is to be found again.
pub trait Source: Send + 'static {
    /// The next ones; `None`: that was all.
    fn next(&mut self) -> impl Future<Output = Option<Vec<Event>>> + Send;
}

/// A stream of events.
pub struct Events {
    body: Body,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// The place of a stream among those of its caller, and among those of everybody.
#[derive(Debug)]
pub struct Places {
    _each: Place<(AccountId, access::Subject)>,
    _all: Place<()>,
}

impl Events {
    /// Begins a stream for the caller.
    pub fn new(session: &Session, source: impl Source) -> Result<Self> {
        Ok(Self::in_places(Self::places(session)?, source))
    }

    /// Takes the places of a stream for the caller: before what it begins with is read, where that is much.
    pub fn places(session: &Session) -> Result<Places> {
        let each = EACH.take((session.account.id(), session.subject));
        let places = each.and_then(|_each| {
            let _all = ALL.take(())?;
            Some(Places { _each, _all })
        });
        places.ok_or_else(|| Problem::unavailable("busy", "too many streams are open", AGAIN))
    }

    /// Begins a stream in these places.
    pub fn in_places(places: Places, source: impl Source) -> Self {
        let begin = format!("retry: {AGAIN_MS}\n\n");
        let rest = stream::unfold((source, places), |(mut source, places)| async {
            let text = match tokio::time::timeout(QUIET, source.next()).await {
                Ok(None) => return None,
                Ok(Some(events)) => events.iter().map(written).collect(),
                Err(_) => ":\n\n".to_owned(),
            };
            Some((text, (source, places)))
        });
        let parts = stream::iter([begin]).chain(rest);
        let parts = parts.map(|text| Ok::<_, std::convert::Infallible>(Bytes::from(text)));
        Self {
            body: Body::from_stream(parts),
        }
    }
}

fn written(event: &Event) -> String {
    let one_line = |text: &str| text.replace(['\r', '\n'], " ");
    let id = event
        .id
        .as_deref()
        .map(|id| format!("id: {}\n", one_line(id)));
    let (id, data) = (id.unwrap_or_default(), one_line(&event.data));
    format!("{id}event: {}\ndata: {data}\n\n", event.name)
}

impl Reply for Events {
    fn describe(about: &mut About) {
        about.page = true;
        about.good.push(Good {
            status: 200,
            description: "Events, for as long as they may be heard.",
            content: Some(Content {
                media: MEDIA,
                schema: None,
            }),
        });
        about.problems.push(503);
    }

    fn reply(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, MEDIA),
            (header::CACHE_CONTROL, "no-store"),
            // A proxy that collects an answer before it passes it on would keep all of it back.
            (header::HeaderName::from_static("x-accel-buffering"), "no"),
        ];
        (headers, self.body).into_response()
    }
}

/// The same as a part of the API: it stands in the document, and whoever is not signed in is not led to a page.
#[derive(Debug)]
pub struct ApiEvents(pub Events);

impl Reply for ApiEvents {
    fn describe(about: &mut About) {
        let is_page = about.page;
        Events::describe(about);
        about.page = is_page;
    }

    fn reply(self) -> Response {
        self.0.reply()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_told_ends_its_event() {
        let event = Event {
            name: "record",
            data: "a\n\nevent: b".to_owned(),
            id: None,
        };
        assert_eq!(written(&event), "event: record\ndata: a  event: b\n\n");
        let placed = Event {
            id: Some("1-2-0".to_owned()),
            ..event
        };
        assert!(written(&placed).starts_with("id: 1-2-0\nevent: record\n"));
    }
}
