//! A long table as a file for spreadsheets, whose rows go out as they are read.

use std::fmt;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
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

/// What makes the rows of a file, some at a time.
pub trait Rows: Send + 'static {
    /// One of them.
    type Row: IntoIterator<Item = String> + Send;

    /// The next ones: none of them where there are none among what was looked at, and `None` when that was all.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<Self::Row>>>> + Send;
}

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
    /// A file of this name: the heads of its columns, then rows, some at a time. What is wrong with the first of them is said before the
    /// file begins; one that fails later is broken off, so that nobody takes it for whole.
    pub async fn new(
        name: &'static str,
        heads: impl IntoIterator<Item = &'static str>,
        mut rows: impl Rows,
    ) -> Result<Self> {
        let place = PLACES
            .try_acquire()
            .map_err(|_| Problem::unavailable("busy", "too many files are being made", AGAIN))?;
        let mut begin = String::new();
        add_row(&mut begin, heads);
        begin.extend(part(&mut rows).await?);
        let rest = stream::try_unfold(rows, |mut rows| async {
            Ok(part(&mut rows).await?.map(|text| (text, rows)))
        });
        let body = stream::iter([Ok(begin)]).chain(rest);
        let body = Body::from_stream(body.map(move |part| held(&place, part)));
        Ok(Self { name, body })
    }
}

/// The next rows as they stand in the file.
async fn part(rows: &mut impl Rows) -> Result<Option<String>> {
    let rows = rows.next().await?;
    Ok(rows.map(|rows| {
        let mut text = String::new();
        rows.into_iter().for_each(|row| add_row(&mut text, row));
        text
    }))
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
    use super::*;

    struct Nothing;

    impl Rows for Nothing {
        type Row = [String; 1];

        async fn next(&mut self) -> Result<Option<Vec<Self::Row>>> {
            Ok(None)
        }
    }

    #[tokio::test]
    async fn a_place_is_free_again_when_the_file_is_gone() {
        let file = || CsvStream::new("a.csv", ["a"], Nothing);
        let mut files = Vec::new();
        for _ in 0..AT_ONCE {
            files.push(file().await);
        }
        assert!(files.iter().all(Result::is_ok));
        assert_eq!(file().await.unwrap_err().code(), "busy");
        drop(files);
        assert!(file().await.is_ok());
    }
}
