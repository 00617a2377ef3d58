//! Mails of programs: nobody answers them, and none is somebody's answer (SD-37).

use mail_parser::{HeaderName, Message};

use super::{HOPS_MAX, raw};

/// By what a mail of a program is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Automatic {
    /// It says so (RFC 3834, and what came before that).
    Said,
    /// It went to many.
    List,
    /// It reports what became of another mail.
    Report,
    /// It has no sender to whom anything could go back.
    NoSender,
}

impl Automatic {
    /// A stable code, for the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::Said => "auto_submitted",
            Self::List => "list",
            Self::Report => "report",
            Self::NoSender => "no_sender",
        }
    }
}

/// Whether a program sent it, and how that shows.
pub(super) fn kind(message: &Message<'_>) -> Option<Automatic> {
    let says = |name, wanted: fn(&str) -> bool| {
        let mut values = raw(message, name);
        values.any(|value| wanted(&value.to_ascii_lowercase()))
    };
    let has = |name| raw(message, name).next().is_some();

    let is_automatic = says("Auto-Submitted", |value| first(value) != "no")
        || says("X-Auto-Response-Suppress", |value| first(value) != "none")
        || says("Precedence", |value| first(value) == "auto_reply")
        || has("X-Autoreply")
        || has("X-Autorespond");
    let is_list = says("Precedence", |value| {
        matches!(first(value), "bulk" | "junk" | "list")
    }) || has("List-Id");
    let content = message.header(HeaderName::ContentType);
    let is_report = content
        .and_then(|value| value.as_content_type())
        .is_some_and(|content| {
            content.ctype().eq_ignore_ascii_case("multipart")
                && content
                    .subtype()
                    .is_some_and(|kind| kind.eq_ignore_ascii_case("report"))
        });
    let has_no_sender = says("Return-Path", |value| value == "<>");
    [
        (is_report, Automatic::Report),
        (has_no_sender, Automatic::NoSender),
        (is_automatic, Automatic::Said),
        (is_list, Automatic::List),
    ]
    .into_iter()
    .find_map(|(is, kind)| is.then_some(kind))
}

/// A mail of ours that comes back, or one that goes in circles elsewhere.
pub(super) fn passed_here(message: &Message<'_>) -> bool {
    raw(message, crate::post::LOOP_HEADER).next().is_some()
        || raw(message, "Received").count() > HOPS_MAX
}

fn first(value: &str) -> &str {
    let end = value.find(|letter: char| letter == ';' || letter == ',' || letter.is_whitespace());
    value.get(..end.unwrap_or(value.len())).unwrap_or_default()
}
