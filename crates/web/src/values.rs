//! What a value may be that somebody types about a person or a thing, whatever face it comes through.

use std::fmt;

use crate::problem::{Problem, Result};

/// Longest name, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 200;
/// Longest value of a contact field, in characters.
pub(crate) const VALUE_CHARS_MAX: usize = 320;

/// A value that is not kept, with what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAValue {
    chars_max: usize,
}

impl fmt::Display for NotAValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "give 1 to {} characters on one line", self.chars_max)
    }
}

/// Longest text of several lines, in characters.
pub(crate) const TEXT_CHARS_MAX: usize = 2_000;
/// Longest description of something, in characters.
pub(crate) const PASSAGE_CHARS_MAX: usize = 20_000;

/// A name as it is kept: without spaces around it, not empty, of a sane length, on one line.
pub fn name(text: &str) -> std::result::Result<&str, NotAValue> {
    line(text, NAME_CHARS_MAX)
}

/// A telephone number, a job title, a language, the caller's own id: the same, of another length.
pub fn contact(text: &str) -> std::result::Result<&str, NotAValue> {
    line(text, VALUE_CHARS_MAX)
}

fn line(text: &str, chars_max: usize) -> std::result::Result<&str, NotAValue> {
    // Counted as it was sent: the document's bound counts what stands around it too.
    let is_short = text.chars().count() <= chars_max;
    let text = text.trim();
    let sane = is_short && !text.is_empty() && !text.chars().any(char::is_control);
    sane.then_some(text).ok_or(NotAValue { chars_max })
}

/// A text of several lines as it is kept, which may be empty: without spaces around it, with one kind of line end.
pub fn text(text: &str) -> Option<String> {
    several_lines(text, TEXT_CHARS_MAX)
}

/// The same of what people tell at length: a description, a note.
pub fn passage(text: &str) -> Option<String> {
    several_lines(text, PASSAGE_CHARS_MAX)
}

fn several_lines(text: &str, chars_max: usize) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let is_short = text.chars().count() <= chars_max;
    let text = text.trim();
    let sane = is_short && !text.chars().any(|one| one.is_control() && one != '\n');
    sane.then(|| text.to_owned())
}

/// A text of several lines in a request, as it is kept.
pub fn parse_text(at: &str, given: &str) -> Result<String> {
    let problem = || {
        Problem::invalid(
            at,
            format!("give up to {TEXT_CHARS_MAX} characters, without control characters"),
        )
    };
    text(given).ok_or_else(problem)
}

/// What people tell at length in a request, as it is kept.
pub fn parse_passage(at: &str, given: &str) -> Result<String> {
    let problem = || {
        let wanted = "give up to 20,000 characters, without control characters";
        Problem::invalid(at, wanted)
    };
    passage(given).ok_or_else(problem)
}

/// An e-mail address. Not more than a syntax check: whether it works is proved by writing to it.
pub fn email(text: &str) -> Option<&str> {
    let email = contact(text).ok()?;
    let (local, domain) = email.rsplit_once('@')?;
    let plausible = !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !email.contains(char::is_whitespace);
    plausible.then_some(email)
}

/// A name in a request, as it is kept.
pub fn parse_name(at: &str, text: &str) -> Result<String> {
    let name = name(text).map_err(|error| Problem::invalid(at, error.to_string()))?;
    Ok(name.to_owned())
}

/// An e-mail address in a request, as it is kept.
pub fn parse_email(at: &str, text: &str) -> Result<String> {
    contact(text).map_err(|error| Problem::invalid(at, error.to_string()))?;
    let email = email(text).ok_or_else(|| {
        Problem::invalid(
            at,
            "this is not an e-mail address: it reads somebody@example.org",
        )
    })?;
    Ok(email.to_owned())
}
