//! A file that somebody brought, as it goes out: kept by whoever asks for it, and never shown by a browser as a page of ours. Its pieces go
//! out as they are read.

use std::{fmt, sync::LazyLock, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use tokio::{sync::mpsc, time};
use tracing::Instrument as _;

use crate::{
    about::{About, Content, Good},
    limit::{Share, Sides},
    problem::{Problem, Result},
    reply::Reply,
    session::Session,
};

/// Files that go out at once, to a caller, to an account, and of a server, to staff and to customers each; whoever asks for one more is sent away.
const AT_ONCE: [usize; 3] = [4, 64, 256];
const AGAIN: Duration = Duration::from_secs(5);
/// Bytes that are handed on at once: a piece goes out in slices, so that a slow line is not taken for one that stands still.
const SLICE: usize = 16 * 1024;
/// How long a slice waits for whoever takes it. A file that is not taken any further gives its place to others.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is neither known nor guessed.
const BYTES: &str = "application/octet-stream";
/// Whatever it is and wherever it is opened: it runs nothing, loads nothing, and is of no origin.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

static PLACES: LazyLock<Sides> = LazyLock::new(|| Sides::new(AT_ONCE, AT_ONCE));

/// What reads a file, piece by piece.
pub trait Pieces: Send + 'static {
    /// The next one; `None` where that was all.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send;
}

/// A file on its way out.
pub struct Download {
    name: String,
    media: String,
    size: u64,
    body: Body,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its name is typed text.
        f.debug_struct("Download").finish_non_exhaustive()
    }
}

impl Download {
    /// A file of this name, kind and size, for the caller. One that cannot be read to its end is broken off, so that nobody takes it for
    /// whole.
    pub fn new(
        session: &Session,
        (name, media, size): (String, String, u64),
        pieces: impl Pieces,
    ) -> Result<Self> {
        let place = PLACES.take(&session.account, session.subject);
        let place = place
            .ok_or_else(|| Problem::unavailable("busy", "too many files are being sent", AGAIN))?;
        Ok(Self {
            name,
            media,
            size,
            body: going_out(place, pieces, PATIENCE),
        })
    }
}

/// The pieces as they are read, by a task that has the place until the last one was taken, or is not taken any more: whoever takes a file asks for
/// the next piece when they like, and this must not wait with them.
fn going_out(place: Share, mut pieces: impl Pieces, patience: Duration) -> Body {
    let (ready, taken) = mpsc::channel::<Option<Bytes>>(1);
    let reading = async move {
        let _place = place;
        // AD-28: a piece is read, and the right asked, only when there is room for it: behind the end of a right one goes out at most.
        while let Some(mut room) = room_in(&ready, patience).await {
            // What went wrong stands in the log, and not in the file.
            let piece = pieces.next().await.inspect_err(|problem| {
                tracing::warn!(code = problem.code(), "a file was broken off");
            });
            let Ok(piece) = piece else { return };
            let Some(mut rest) = piece.map(Bytes::from) else {
                room.send(None);
                return;
            };
            loop {
                room.send(Some(rest.split_to(rest.len().min(SLICE))));
                if rest.is_empty() {
                    break;
                }
                let Some(next) = room_in(&ready, patience).await else {
                    return;
                };
                room = next;
            }
        }
    };
    tokio::spawn(reading.in_current_span());
    Body::from_stream(stream::try_unfold(taken, async |mut taken| {
        match taken.recv().await {
            Some(piece) => Ok(piece.map(|piece: Bytes| (piece, taken))),
            // Without its end it is not whole.
            None => Err(std::io::Error::other("the file was broken off")),
        }
    }))
}

/// Room for one more, as soon as what was handed on before is taken; `None`: it is not taken any further.
async fn room_in<T>(ready: &mpsc::Sender<T>, patience: Duration) -> Option<mpsc::Permit<'_, T>> {
    let Ok(room) = time::timeout(patience, ready.reserve()).await else {
        tracing::info!("a file was not taken any further");
        return None;
    };
    room.ok()
}

/// A file is of the kind that whoever brought it said.
const ANY: &str = "*/*";

impl Reply for Download {
    fn describe(about: &mut About) {
        about.good.push(Good {
            status: 200,
            description: "The file, to be kept.",
            content: Some(Content {
                media: ANY,
                schema: None,
            }),
        });
        about.problems.push(503);
    }

    fn reply(self) -> Response {
        let media = HeaderValue::try_from(self.media);
        let disposition = HeaderValue::try_from(disposition(&self.name));
        let headers = [
            (
                header::CONTENT_TYPE,
                media.unwrap_or(HeaderValue::from_static(BYTES)),
            ),
            (
                header::CONTENT_DISPOSITION,
                disposition.unwrap_or(HeaderValue::from_static("attachment")),
            ),
            (header::CONTENT_LENGTH, HeaderValue::from(self.size)),
            (
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(POLICY),
            ),
            (
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
        ];
        (headers, self.body).into_response()
    }
}

/// The same, where a page leads to it.
#[derive(Debug)]
pub struct OfPage(pub Download);

impl Reply for OfPage {
    fn describe(about: &mut About) {
        about.page = true;
        Download::describe(about);
    }

    fn reply(self) -> Response {
        self.0.reply()
    }
}

/// RFC 6266: the name as it is, and a plain one for what cannot read that.
fn disposition(name: &str) -> String {
    let plain = |letter: char| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' | ' ' => letter,
        _ => '_',
    };
    let plain: String = name.chars().map(plain).collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                whole.push(char::from(byte));
            }
            _ => whole.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::Shares;

    #[test]
    fn a_name_ends_no_header_and_begins_no_other() {
        assert_eq!(
            disposition("a b.txt"),
            "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt"
        );
        assert_eq!(
            disposition("x\"; filename=\"y.exe\r\nSet-Cookie: a"),
            "attachment; filename=\"x__ filename__y.exe__Set-Cookie_ a\"; \
             filename*=UTF-8''x%22%3B%20filename%3D%22y.exe%0D%0ASet-Cookie%3A%20a"
        );
        assert!(disposition("Größe.pdf").ends_with("''Gr%C3%B6%C3%9Fe.pdf"));
    }

    struct Broken(u8);

    impl Pieces for Broken {
        async fn next(&mut self) -> Result<Option<Vec<u8>>> {
            self.0 += 1;
            match self.0 {
                1 => Ok(Some(vec![7; 3])),
                _ => Err(Problem::not_found()),
            }
        }
    }

    fn place(of: &Shares) -> Option<Share> {
        of.take(ledger::AccountId(1), access::Subject::Unknown)
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_to_its_end_is_broken_off_and_its_place_is_free_again() {
        use http_body_util::BodyExt;
        let shares = Shares::new([1, 1, 1]);
        let body = going_out(place(&shares).unwrap(), Broken(0), PATIENCE);
        assert!(place(&shares).is_none());
        assert!(body.collect().await.is_err());
        freed(&shares).await;
    }

    struct Endless;

    impl Pieces for Endless {
        async fn next(&mut self) -> Result<Option<Vec<u8>>> {
            Ok(Some(vec![7; 3]))
        }
    }

    /// The place is free as soon as the task that had it is over.
    async fn freed(of: &Shares) {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(place(of).is_some());
    }

    #[tokio::test]
    async fn a_file_that_is_not_taken_any_further_gives_its_place_back_and_is_broken_off() {
        use http_body_util::BodyExt;
        let (shares, patience) = (Shares::new([1, 1, 1]), Duration::from_millis(400));
        let mut body = going_out(place(&shares).unwrap(), Endless, patience);
        for _ in 0..3 {
            assert!(body.frame().await.unwrap().is_ok());
            // Slow is not still.
            tokio::time::sleep(patience / 4).await;
            assert!(place(&shares).is_none());
        }
        tokio::time::sleep(patience * 2).await;
        freed(&shares).await;
        assert!(body.collect().await.is_err());
    }

    #[tokio::test]
    async fn a_file_that_nobody_waits_for_gives_its_place_back() {
        let shares = Shares::new([1, 1, 1]);
        let body = going_out(place(&shares).unwrap(), Endless, PATIENCE);
        assert!(place(&shares).is_none());
        drop(body);
        freed(&shares).await;
    }

    struct Once(bool);

    impl Pieces for Once {
        async fn next(&mut self) -> Result<Option<Vec<u8>>> {
            Ok(std::mem::take(&mut self.0).then(|| vec![7; 3]))
        }
    }

    struct Counting(std::sync::Arc<std::sync::atomic::AtomicUsize>);

    impl Pieces for Counting {
        async fn next(&mut self) -> Result<Option<Vec<u8>>> {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Ok(Some(vec![7; SLICE + 1]))
        }
    }

    /// AD-28: the right is asked with every piece, so none is read before all of the last one was taken.
    #[tokio::test]
    async fn ad_28_a_piece_goes_out_in_slices_and_the_next_is_read_behind_the_last_of_them() {
        use http_body_util::BodyExt;
        let (shares, read) = (Shares::new([1, 1, 1]), std::sync::Arc::default());
        let pieces = Counting(std::sync::Arc::clone(&read));
        let mut body = going_out(place(&shares).unwrap(), pieces, PATIENCE);
        for (length, has_read) in [(SLICE, 1), (1, 2), (SLICE, 2), (1, 3)] {
            let frame = body.frame().await.unwrap().unwrap();
            assert_eq!(frame.into_data().unwrap().len(), length);
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            let so_far = read.load(std::sync::atomic::Ordering::SeqCst);
            assert_eq!(so_far, has_read);
        }
    }

    #[tokio::test]
    async fn a_whole_file_ends() {
        use http_body_util::BodyExt;
        let shares = Shares::new([1, 1, 1]);
        let body = going_out(place(&shares).unwrap(), Once(true), PATIENCE);
        assert_eq!(&*body.collect().await.unwrap().to_bytes(), [7; 3]);
        freed(&shares).await;
    }
}
