//! A long table as a file for spreadsheets, whose rows go out as they are read.

use std::fmt;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::csv::{Csv, add_row, sent};
use crate::{
    about::About,
    problem::{Problem, Result},
    reply::Reply,
};

/// Files that are under way at once; whoever asks for one more is sent away.
const AT_ONCE: usize = 4;
const AGAIN: std::time::Duration = std::time::Duration::from_secs(5);

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// A file that is made while it is sent.
pub struct CsvStream {
    name: &'static str,
    body: Body,
}

impl fmt::Debug for CsvStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("CsvStream");
        shown.field("name", &self.name).finish_non_exhaustive()
    }
}

impl CsvStream {
    /// A file of this name: the heads of its columns, then rows, some at a time. One that fails is broken off, so that nobody takes it
    /// for whole.
    pub fn new<R: IntoIterator<Item = String>>(
        name: &'static str,
        heads: impl IntoIterator<Item = &'static str>,
        rows: impl Stream<Item = Result<Vec<R>>> + Send + 'static,
    ) -> Result<Self> {
        let place = PLACES
            .try_acquire()
            .map_err(|_| Problem::unavailable("busy", "too many files are being made", AGAIN))?;
        let mut head = String::new();
        add_row(&mut head, heads);
        let head = futures_util::stream::once(async move { Ok(head) });
        let rows = rows.map(|rows| {
            let mut text = String::new();
            rows?.into_iter().for_each(|row| add_row(&mut text, row));
            Ok(text)
        });
        let body = head.chain(rows).map(move |part| held(&place, part));
        let body = Body::from_stream(body);
        Ok(Self { name, body })
    }
}

/// The place goes with the stream. What went wrong stands in the log, and not in the file.
fn held(
    _place: &SemaphorePermit<'static>,
    part: Result<String>,
) -> std::result::Result<Bytes, std::io::Error> {
    part.map(Bytes::from).map_err(|problem| {
        tracing::warn!(code = problem.code(), "a file was broken off");
        std::io::Error::other("the file was broken off")
    })
}

impl Reply for CsvStream {
    fn describe(about: &mut About) {
        Csv::describe(about);
        about.problems.push(503);
    }

    fn reply(self) -> Response {
        sent(self.name, self.body)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn a_place_is_free_again_when_the_file_is_gone() {
        let file = || CsvStream::new("a.csv", ["a"], stream::empty::<Result<Vec<[String; 1]>>>());
        let files: Vec<_> = (0..AT_ONCE).map(|_| file()).collect();
        assert!(files.iter().all(Result::is_ok));
        assert_eq!(file().unwrap_err().code(), "busy");
        drop(files);
        assert!(file().is_ok());
    }
}
