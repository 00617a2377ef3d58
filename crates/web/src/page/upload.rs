//! What a page sends with a file: a form of `multipart/form-data`, with a bound of its own.

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use bytes::Bytes;
use http_body_util::BodyExt;
use std::{sync::LazyLock, time::Duration};

use super::form::{TOKEN_FIELD, require_origin, require_token};
use crate::{
    about::{About, Content},
    call::Call,
    deadline::Deadline,
    limit::{Share, Sides},
    part::Part,
    problem::{Problem, Result},
    schema,
};

/// What a form with a file is sent as.
pub const MULTIPART: &str = "multipart/form-data";
/// Uploads that are held at once, of a caller, of an account, and on a server: they stand in memory.
const AT_ONCE: [usize; 3] = [1, 4, 16];
/// The same of customers.
const OF_CUSTOMERS: [usize; 3] = [1, 4, 8];
const AGAIN: Duration = Duration::from_secs(5);
/// How long one takes at most. Each step of it comes within the time of a request.
const ALTOGETHER: Duration = Duration::from_secs(10 * 60);
/// Bytes of a step: whoever trickles puts nothing off.
const STEP: usize = 64 * 1024;
/// Bytes of a form beside its file.
const AROUND: usize = 16 * 1024;
/// A body that is too large is read to so many times its bound: a browser that is still sending hears no answer.
const HEARD_OUT: usize = 4;
/// The most parts of a form.
const PARTS: usize = 16;

static PLACES: LazyLock<Sides> = LazyLock::new(|| Sides::new(AT_ONCE, OF_CUSTOMERS));

/// What was read, which keeps its place for as long as anything of it lives.
struct Held {
    bytes: Vec<u8>,
    _place: Share,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A file of at most `MOST` bytes, from a page of ours.
#[derive(Debug)]
pub struct Upload<const MOST: usize> {
    /// What its owner calls it; empty where none was chosen.
    pub name: String,
    /// What stands in it; `None`: more than is read.
    pub bytes: Option<Bytes>,
    /// What else the form says.
    fields: Vec<(String, String)>,
}

impl<const MOST: usize> Upload<MOST> {
    /// What a field of the form says.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, text)| text.as_str())
    }
}

impl<const MOST: usize> Part for Upload<MOST> {
    fn describe(about: &mut About) {
        about.request = Some(Content {
            media: MULTIPART,
            schema: Some(schema::file()),
        });
        about.problems.extend([400, 403, 408, 413, 415, 503]);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        // A program that shows a token is nobody's page.
        if !call.caller().is_ok_and(|caller| caller.sign_in().is_none()) {
            require_origin(call)?;
        }
        let media = call.header(header::CONTENT_TYPE.as_str());
        let boundary = media.and_then(boundary).ok_or_else(|| {
            Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body is of a kind that is not read here",
            )
            .detail("send a form with a file: Content-Type: multipart/form-data")
        })?;
        let caller = call.caller()?;
        let place = PLACES.take(&caller.account, caller.subject);
        let place = place.ok_or_else(|| {
            let detail = "a file of yours is being sent already, or too many of others: send this one afterwards";
            Problem::unavailable("busy", detail, AGAIN)
        })?;
        let deadline = call.parts.extensions.get::<Deadline>().cloned();
        let reading = collect(call.take_body()?, MOST + AROUND, || {
            deadline.iter().for_each(Deadline::put_off);
        });
        let body = tokio::time::timeout(ALTOGETHER, reading).await;
        let body = body.map_err(|_| too_slow())??;
        let Some(bytes) = body else {
            // Nothing of it is kept, so it does not matter whose form it was.
            return Ok(Self {
                name: String::new(),
                bytes: None,
                fields: Vec::new(),
            });
        };
        let body = Bytes::from_owner(Held {
            bytes,
            _place: place,
        });
        let parts = parts(&body, &boundary)
            .ok_or_else(|| Problem::malformed("the body is not a form with a file"))?;
        let token = parts.iter().find(|part| part.name == TOKEN_FIELD);
        let token = token.and_then(|part| std::str::from_utf8(&body[part.range.clone()]).ok());
        require_token(call, token)?;
        // An idempotency key stands for the file, too.
        call.keep(Bytes::from(print(&body, &parts)));
        let (files, fields): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part| part.file.is_some());
        let file = files
            .into_iter()
            .find_map(|part| Some((part.file?, part.range)));
        let (name, range) = file.ok_or_else(|| Problem::malformed("the form holds no file"))?;
        let said = |part: OnePart| {
            let text = std::str::from_utf8(&body[part.range]).ok()?;
            Some((part.name, text.to_owned()))
        };
        let fields = fields.into_iter().map(said).collect::<Option<_>>();
        let fields = fields.ok_or_else(|| Problem::malformed("the form is not text"))?;
        let bytes = (range.len() <= MOST).then(|| body.slice(range));
        Ok(Self {
            name,
            bytes,
            fields,
        })
    }
}

fn too_slow() -> Problem {
    let title = "The file came too slowly";
    Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", title)
        .detail("a file comes within ten minutes: send it by a faster line, or a smaller one")
}

/// What was sent, whatever stands between its parts: each sender draws another boundary, and so does one that sends the same again.
fn print(body: &[u8], parts: &[OnePart]) -> String {
    let sent = parts.iter().filter(|part| part.name != TOKEN_FIELD);
    let sent = sent.map(|part| {
        let content = ledger::Hash::of(&body[part.range.clone()]);
        format!("{:?} {:?} {content}\n", part.name, part.file)
    });
    ledger::Hash::of(sent.collect::<String>().as_bytes()).to_string()
}

/// `None`: it is larger. Says when another step of it came.
async fn collect(mut body: Body, most: usize, came: impl Fn()) -> Result<Option<Vec<u8>>> {
    let (mut bytes, mut read) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::malformed("the body ended early"))?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        let steps = read / STEP;
        read += data.len();
        if read / STEP > steps {
            came();
        }
        if read <= most {
            bytes.extend_from_slice(data);
        } else if read > most * HEARD_OUT {
            return Err(Problem::too_large(most));
        } else {
            bytes = Vec::new();
        }
    }
    Ok((read <= most).then_some(bytes))
}

fn boundary(media: &str) -> Option<String> {
    let mut parts = media.split(';').map(str::trim);
    let is_form = parts.next()?.eq_ignore_ascii_case(MULTIPART);
    let text = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then_some(value)
    })?;
    let text = text.trim_matches('"');
    (is_form && (1..=70).contains(&text.len())).then(|| text.to_owned())
}

#[derive(Debug)]
struct OnePart {
    name: String,
    file: Option<String>,
    range: std::ops::Range<usize>,
}

/// The parts of a body (RFC 7578); `None`: it is not of this form, or has too many.
fn parts(body: &[u8], boundary: &str) -> Option<Vec<OnePart>> {
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let mut found = Vec::new();
    let mut at = body.starts_with(first.as_bytes()).then_some(first.len())?;
    loop {
        let rest = &body[at..];
        if rest.starts_with(b"--") {
            return Some(found);
        }
        let rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&rest[..head_end]).ok()?;
        let begin = body.len() - rest.len() + head_end + 4;
        let length = find(&body[begin..], next.as_bytes())?;
        let (name, file) = disposition(head)?;
        found.push(OnePart {
            name,
            file,
            range: begin..begin + length,
        });
        at = begin + length + next.len();
        if found.len() > PARTS {
            return None;
        }
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = 0;
    loop {
        at += text.get(at..)?.iter().position(|byte| *byte == first)?;
        if text[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
}

/// The name of a part, and of its file.
fn disposition(head: &str) -> Option<(String, Option<String>)> {
    let line = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    // Browsers write quotes within as %22.
    let value = |wanted: &str| {
        let (_, rest) = line.split_once(&format!(" {wanted}=\""))?;
        rest.split('"').next().map(str::to_owned)
    };
    Some((value("name")?, value("filename")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\nabc\r\n--x\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n\
        a,b\r\n\r\n--y\r\n1,2\r\n\r\n--x--\r\n";

    #[test]
    fn a_file_is_what_stands_between_its_bounds_to_the_byte() {
        let parts = parts(FORM, "x").unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(
            (parts[0].name.as_str(), &FORM[parts[0].range.clone()]),
            ("form_token", &b"abc"[..])
        );
        assert_eq!(parts[1].file.as_deref(), Some("people.csv"));
        assert_eq!(&FORM[parts[1].range.clone()], b"a,b\r\n\r\n--y\r\n1,2\r\n");
    }

    #[test]
    fn a_form_that_is_cut_off_anywhere_is_none() {
        for end in 0..FORM.len() - 4 {
            assert!(parts(&FORM[..end], "x").is_none(), "{end}");
        }
        assert!(parts(FORM, "z").is_none());
    }

    #[test]
    fn the_bound_of_the_parts_is_named_in_the_header() {
        assert_eq!(boundary("multipart/form-data; boundary=x").unwrap(), "x");
        assert_eq!(
            boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"").unwrap(),
            "a b"
        );
        for none in [
            "multipart/form-data",
            "text/csv; boundary=x",
            "multipart/form-data; boundary=",
        ] {
            assert!(boundary(none).is_none(), "{none}");
        }
    }

    #[tokio::test]
    async fn what_is_larger_is_heard_out_and_not_kept() {
        let body = |bytes: usize| Body::from(vec![b'a'; bytes]);
        let collect = |bytes| collect(body(bytes), 10, || ());
        assert_eq!(collect(10).await.unwrap().unwrap().len(), 10);
        assert!(collect(11).await.unwrap().is_none());
        assert_eq!(collect(41).await.unwrap_err().code(), "too_large");
    }

    #[tokio::test]
    async fn whoever_trickles_puts_nothing_off() {
        let pieces = |count: usize, bytes: usize| {
            let piece = move |_| Ok::<_, std::io::Error>(vec![b'a'; bytes]);
            Body::from_stream(futures_util::stream::iter((0..count).map(piece)))
        };
        for (count, bytes, steps) in [(1_000, 1, 0), (3, STEP, 3), (4, STEP / 2, 2)] {
            let came = std::cell::Cell::new(0);
            let read = collect(pieces(count, bytes), 4 * STEP, || came.set(came.get() + 1));
            assert_eq!(read.await.unwrap().unwrap().len(), count * bytes);
            assert_eq!(came.get(), steps, "{count} of {bytes}");
        }
    }

    #[tokio::test]
    async fn a_place_is_taken_for_as_long_as_anything_of_it_lives() {
        let shares = crate::limit::Shares::new([1, 1, 1]);
        let take = || shares.take(ledger::AccountId(1), access::Subject::Unknown);
        let body = Bytes::from_owner(Held {
            bytes: b"abc".to_vec(),
            _place: take().unwrap(),
        });
        let file = body.slice(1..2);
        drop(body);
        assert!(take().is_none());
        drop(file);
        assert!(take().is_some());
    }

    #[test]
    fn the_same_form_has_the_same_print_whatever_stands_between_its_parts() {
        let print_of = |body: &[u8], boundary: &str| print(body, &parts(body, boundary).unwrap());
        let form = String::from_utf8(FORM.to_vec()).unwrap();
        let same = form.replace("--x", "--other").replace("abc", "def");
        assert_eq!(print_of(FORM, "x"), print_of(same.as_bytes(), "other"));
        for other in [
            form.replace("1,2", "1,3"),
            form.replace("people.csv", "people2.csv"),
            form.replace("\"file\"", "\"files\""),
        ] {
            assert_ne!(print_of(FORM, "x"), print_of(other.as_bytes(), "x"));
        }
    }
}
