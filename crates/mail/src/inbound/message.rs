//! What a mail says, read from bytes that nobody vouches for: never a panic, and work that is bounded whatever they are.

mod address;
mod authentication;
mod automatic;
mod html;
mod parts;
mod quoted;
mod text;

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{HeaderName, HeaderValue, Message, MessageParser};

pub use automatic::Automatic;
pub use parts::{ATTACHMENTS_MAX, Attachment};
pub use quoted::Said;
pub use text::TEXT_MAX;

/// Longest subject, in letters.
pub const SUBJECT_MAX: usize = 250;
/// Servers that a mail passed; more, and it goes in circles.
pub const HOPS_MAX: usize = 50;
/// Longest block of headers.
const HEADERS_MAX: usize = 256 * 1_024;
/// Most addresses that are read of a header.
const ADDRESSES_MAX: usize = 100;
/// Most mails that one refers to; the first and the newest say enough.
const REFERENCES_MAX: usize = 50;
/// Longest id of a mail.
const ID_MAX: usize = 250;

/// A mail, as it says itself. None of it is proven.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its id, by which it is known again when it comes twice.
    pub id: Option<String>,
    /// The mails that it follows, the newest last.
    pub references: Vec<String>,
    /// The one address that it says it comes from. Several, or none that is one, are nobody (SD-37).
    pub from: Option<String>,
    /// The name beside that address.
    pub from_name: Option<String>,
    /// To whom it was written.
    pub to: Vec<String>,
    /// Who was to have it too (SD-38: text, nothing more).
    pub cc: Vec<String>,
    /// Its subject, one line.
    pub subject: String,
    /// Its text: what is new, and what stands below that.
    pub said: Said,
    /// Its files, and mails within it.
    pub attachments: Vec<Attachment>,
    /// How many files were too many, or could not be read.
    pub left_out: usize,
    /// A program sent it, or a list: nobody answers it (SD-37).
    pub automatic: Option<Automatic>,
    /// It passed through here before.
    pub is_loop: bool,
    /// The relay that is trusted says that its From is true (SD-37).
    pub is_verified: bool,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(…)")
    }
}

/// Why a mail cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing that a mail begins with.
    #[error("this is no mail")]
    NoHeaders,
    /// Its headers alone are longer than a mail should be.
    #[error("the headers of this mail are too long")]
    HeadersTooLong,
}

impl Mail {
    /// Reads a mail. `trusted` are the names of the servers whose word on the sender is taken (`Authentication-Results`, RFC 8601): they have
    /// to take away what others wrote under these names.
    ///
    /// Large mails take a while: not on a thread that others wait for.
    pub fn read(raw: &[u8], trusted: &[String]) -> Result<Self, Unreadable> {
        // A parser that meets what its makers did not think of must not take the listener with it, for a mail that cannot be read is sent
        // again and again.
        catch_unwind(AssertUnwindSafe(|| read(raw, trusted))).unwrap_or(Err(Unreadable::NoHeaders))
    }
}

/// Sender and receivers of a mail that comes without an envelope: where the last server says that it delivered it, which may be the mailbox
/// and not the address that was written to, and then all to whom it was written. No sender is the empty one of reports; one of which nothing is known has an empty name.
pub(super) fn envelope(raw: &[u8]) -> (Option<String>, Vec<String>) {
    let found = catch_unwind(|| {
        let (headers, _) = parts::split(raw);
        let ended = ended(headers).ok()?;
        let message = headers_of(&ended).ok()?;
        let returned = self::raw(&message, "Return-Path").next();
        let sender =
            (returned != Some("<>")).then(|| returned.and_then(address::plain).unwrap_or_default());
        let mut to = address::delivered_to(&message);
        to.extend(address::all(&message, &HeaderName::To));
        to.extend(address::all(&message, &HeaderName::Cc));
        Some((sender, to))
    });
    let found = found.ok().flatten();
    found.unwrap_or_else(|| (Some(String::new()), Vec::new()))
}

/// A block of headers, with the line that ends it.
fn ended(headers: &[u8]) -> Result<Vec<u8>, Unreadable> {
    if headers.len() > HEADERS_MAX {
        return Err(Unreadable::HeadersTooLong);
    }
    Ok([headers, b"\r\n\r\n"].concat())
}

fn headers_of(ended: &[u8]) -> Result<Message<'_>, Unreadable> {
    MessageParser::new()
        .with_mime_headers()
        .with_message_ids()
        .header_address(HeaderName::From)
        .header_address(HeaderName::To)
        .header_address(HeaderName::Cc)
        .header_text(HeaderName::Subject)
        .default_header_raw()
        .parse_headers(ended)
        .filter(|message| !message.parts.is_empty() && !message.headers().is_empty())
        .ok_or(Unreadable::NoHeaders)
}

fn read(raw: &[u8], trusted: &[String]) -> Result<Mail, Unreadable> {
    let (headers, body) = parts::split(raw);
    let ended = ended(headers)?;
    let message = headers_of(&ended)?;
    let from = address::one_from(&message);
    let read = parts::read(&message, body);
    let subject = message.subject().unwrap_or_default();
    let is_verified = from
        .as_ref()
        .is_some_and(|(from, _)| authentication::passes(&message, trusted, from));
    let (from, from_name) = from.unzip();
    Ok(Mail {
        id: ids(&message, &HeaderName::MessageId).pop(),
        references: references(&message),
        from,
        from_name: from_name.flatten(),
        to: address::all(&message, &HeaderName::To),
        cc: address::all(&message, &HeaderName::Cc),
        subject: text::line(subject, SUBJECT_MAX),
        said: Said::of(&read.text),
        attachments: read.attachments,
        left_out: read.left_out,
        automatic: automatic::kind(&message),
        is_loop: automatic::passed_here(&message),
        is_verified,
    })
}

/// The mails that one follows: the thread, and the mail that is answered last.
fn references(message: &Message<'_>) -> Vec<String> {
    let mut all = ids(message, &HeaderName::References);
    for answered in ids(message, &HeaderName::InReplyTo) {
        all.retain(|id| *id != answered);
        all.push(answered);
    }
    let too_many = all.len().saturating_sub(REFERENCES_MAX);
    all.drain(..too_many);
    all
}

fn ids(message: &Message<'_>, name: &HeaderName<'static>) -> Vec<String> {
    let headers = message.headers().iter();
    let values = headers
        .filter(|header| header.name == *name)
        .map(|header| &header.value);
    let ids = values.flat_map(|value| match value {
        HeaderValue::Text(id) => std::slice::from_ref(id),
        HeaderValue::TextList(ids) => ids.as_slice(),
        _ => &[],
    });
    ids.map(|id| id.trim())
        .filter(|id| !id.is_empty() && id.len() <= ID_MAX)
        .filter(|id| id.bytes().all(|byte| byte.is_ascii_graphic()))
        .map(str::to_owned)
        .collect()
}

/// The values of a header as they stand there, from the top.
fn raw<'m>(message: &'m Message<'_>, name: &str) -> impl Iterator<Item = &'m str> {
    message
        .headers_raw()
        .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
