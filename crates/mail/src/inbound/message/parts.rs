//! The parts of a mail: its text and its files.
//!
//! The parts are walked here, and not by the library, which follows mails within mails however deep they are nested: freeing what it makes of
//! them ends the stack of its thread. A mail within a mail is a file to us, and is not opened.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{ContentType, HeaderName, Message, MessageParser};

use super::html;
use super::text::{TEXT_MAX, cut, line, lines};

/// Most files of a mail that are kept.
pub const ATTACHMENTS_MAX: usize = 20;
/// Multiparts within multiparts.
const DEPTH_MAX: usize = 10;
/// All parts together.
const PARTS_MAX: usize = 200;
/// Longest block of headers of a part.
const HEADERS_MAX: usize = 16 * 1_024;
/// Longest line between parts (RFC 2046 has 70).
const BOUNDARY_MAX: usize = 200;
/// Longest name of a file.
const NAME_MAX: usize = 120;
/// Text that is read, before it is made plain and cut: what stands above is markup.
const TEXT_READ_MAX: usize = 16 * TEXT_MAX;

/// A file of a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, without a path.
    pub name: String,
    /// What the mail says it is, like `image/png`. Not to be believed.
    pub kind: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attachment(…)")
    }
}

/// What the parts hold.
#[derive(Default)]
pub(super) struct Parts {
    pub text: String,
    pub attachments: Vec<Attachment>,
    pub left_out: usize,
}

/// The headers and what follows them.
pub(super) fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut from = 0;
    loop {
        let rest = raw.get(from..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n');
        let Some(end) = end.map(|end| from + end) else {
            return (raw, &[]);
        };
        if matches!(raw.get(from..end), Some([] | [b'\r'])) {
            let body = raw.get(end + 1..).unwrap_or_default();
            return (raw.get(..from).unwrap_or_default(), body);
        }
        from = end + 1;
    }
}

/// Reads all parts of a mail with these headers.
pub(super) fn read(headers: &Message<'_>, body: &[u8]) -> Parts {
    let mut walk = Walk {
        parser: MessageParser::new()
            .with_mime_headers()
            .default_header_ignore(),
        parts: 0,
        out: Parts::default(),
    };
    let read = walk.part(headers, body, 0);
    walk.out.text = cut(&read.text, TEXT_MAX).to_owned();
    walk.out
}

/// The text of a part.
#[derive(Default)]
struct Read {
    text: String,
    is_plain: bool,
}

impl Read {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

struct Walk {
    parser: MessageParser,
    parts: usize,
    out: Parts,
}

impl Walk {
    fn part(&mut self, headers: &Message<'_>, body: &[u8], depth: usize) -> Read {
        self.parts += 1;
        let content = content_type(headers);
        let (kind, subkind) = kinds(content);
        if kind == "multipart"
            && let Some(boundary) = content.and_then(|content| content.attribute("boundary"))
            && !boundary.is_empty()
            && boundary.len() <= BOUNDARY_MAX
        {
            if depth >= DEPTH_MAX {
                self.out.left_out += 1;
                return Read::default();
            }
            let parts = self.within(body, boundary, depth);
            return if subkind == "alternative" {
                best(parts)
            } else {
                joined(parts)
            };
        }
        let name = name(headers, content);
        let is_attached = headers
            .header(HeaderName::ContentDisposition)
            .and_then(|value| value.as_content_type())
            .is_some_and(ContentType::is_attachment);
        let is_html = subkind == "html";
        if kind == "text" && (is_html || subkind == "plain") && name.is_none() && !is_attached {
            let text = decoded_text(headers, content, body);
            let text = if is_html { html::text(&text) } else { text };
            return Read {
                text: lines(cut(&text, TEXT_READ_MAX)),
                is_plain: !is_html,
            };
        }
        self.attach(headers, body, name, &format!("{kind}/{subkind}"));
        Read::default()
    }

    fn within(&mut self, body: &[u8], boundary: &str, depth: usize) -> Vec<Read> {
        let mut all = Vec::new();
        for part in between(body, boundary.as_bytes()) {
            if self.parts >= PARTS_MAX {
                self.out.left_out += 1;
                break;
            }
            let (headers, body) = split(part);
            if headers.len() > HEADERS_MAX {
                self.out.left_out += 1;
                self.parts += 1;
                continue;
            }
            let ended = [headers, b"\r\n\r\n"].concat();
            let parsed = self.parser.parse_headers(&ended);
            // Without headers it is plain text (RFC 2046).
            let parsed = parsed.or_else(|| self.parser.parse_headers("X-None: 1\r\n\r\n"));
            if let Some(headers) = parsed {
                all.push(self.part(&headers, body, depth + 1));
            }
        }
        all
    }

    fn attach(&mut self, headers: &Message<'_>, body: &[u8], name: Option<String>, kind: &str) {
        if self.out.attachments.len() >= ATTACHMENTS_MAX {
            self.out.left_out += 1;
            return;
        }
        let Some(bytes) = decoded(headers, body) else {
            self.out.left_out += 1;
            return;
        };
        if bytes.is_empty() {
            return;
        }
        let number = self.out.attachments.len() + 1;
        let name = name.unwrap_or_else(|| match kind {
            "message/rfc822" => format!("mail-{number}.eml"),
            _ => format!("file-{number}"),
        });
        let kind = line(kind, NAME_MAX);
        let attachment = Attachment { name, kind, bytes };
        self.out.attachments.push(attachment);
    }
}

/// Of the same in several forms, the plain one; one that is markup where there is nothing else.
fn best(parts: Vec<Read>) -> Read {
    let mut best = Read::default();
    for part in parts {
        if !part.is_blank() && (best.is_blank() || part.is_plain && !best.is_plain) {
            best = part;
        }
    }
    best
}

/// One below the other.
fn joined(parts: Vec<Read>) -> Read {
    let mut all = Read {
        text: String::new(),
        is_plain: true,
    };
    for part in parts.into_iter().filter(|part| !part.is_blank()) {
        if !all.text.is_empty() {
            all.text.truncate(all.text.trim_end().len());
            all.text.push_str("\n\n");
        }
        if all.text.len() < TEXT_READ_MAX {
            all.text.push_str(&part.text);
        }
        all.is_plain &= part.is_plain;
    }
    all
}

/// What stands between the lines that part a multipart.
fn between<'b>(body: &'b [u8], boundary: &[u8]) -> Vec<&'b [u8]> {
    let (mut parts, mut begin, mut at) = (Vec::new(), None, 0);
    while at < body.len() && parts.len() <= PARTS_MAX {
        let rest = body.get(at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\n');
        let length = length.map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or_default();
        let after = line
            .strip_prefix(b"--")
            .and_then(|line| line.strip_prefix(boundary))
            .map(<[u8]>::trim_ascii_end);
        if let Some(after @ (b"" | b"--")) = after {
            if let Some(begin) = begin {
                parts.push(without_end(body.get(begin..at).unwrap_or_default()));
            }
            begin = after.is_empty().then_some(at + length);
            if begin.is_none() {
                return parts;
            }
        }
        at += length;
    }
    if let Some(begin) = begin {
        // Cut off on its way: what is there counts.
        parts.push(body.get(begin..).unwrap_or_default());
    }
    parts
}

/// The line break before a boundary belongs to the boundary.
fn without_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

fn content_type<'m>(headers: &'m Message<'_>) -> Option<&'m ContentType<'m>> {
    headers
        .header(HeaderName::ContentType)
        .and_then(|value| value.as_content_type())
}

/// What is said to be in a part; plain text where nothing is said (RFC 2045).
fn kinds(content: Option<&ContentType<'_>>) -> (String, String) {
    let Some(content) = content else {
        return ("text".to_owned(), "plain".to_owned());
    };
    let subkind = content.subtype().unwrap_or("plain");
    (
        content.ctype().to_ascii_lowercase(),
        subkind.to_ascii_lowercase(),
    )
}

/// The name of a file: no path, nothing that a system of files would take for something else.
fn name(headers: &Message<'_>, content: Option<&ContentType<'_>>) -> Option<String> {
    let disposition = headers
        .header(HeaderName::ContentDisposition)
        .and_then(|value| value.as_content_type());
    let name = disposition
        .and_then(|disposition| disposition.attribute("filename"))
        .or_else(|| content.and_then(|content| content.attribute("name")))?;
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = line(last, NAME_MAX).replace([':', '*', '?', '"', '<', '>', '|'], "_");
    let name = name.trim_matches(['.', ' ']);
    (!name.is_empty()).then(|| name.to_owned())
}

/// The bytes of a part; `None` where they are not what they are said to be.
fn decoded(headers: &Message<'_>, body: &[u8]) -> Option<Vec<u8>> {
    let encoding = headers
        .header(HeaderName::ContentTransferEncoding)
        .and_then(|value| value.as_text())
        .unwrap_or_default();
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64_decode(body),
        "quoted-printable" => quoted_printable_decode(body),
        _ => Some(body.to_vec()),
    }
}

fn decoded_text(headers: &Message<'_>, content: Option<&ContentType<'_>>, body: &[u8]) -> String {
    // Four letters of base64 are three bytes, and three of quoted-printable are one.
    let body = body.get(..TEXT_READ_MAX * 3).unwrap_or(body);
    let bytes = decoded(headers, body).unwrap_or_else(|| body.to_vec());
    let charset = content.and_then(|content| content.attribute("charset"));
    match charset.and_then(|charset| charset_decoder(charset.as_bytes())) {
        Some(decode) => decode(&bytes),
        None => String::from_utf8_lossy(&bytes).into_owned(),
    }
}
