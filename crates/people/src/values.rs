//! What a value may be that somebody types about a person or a thing, whatever face it comes through.

use std::fmt;

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 200;
/// Longest value of a contact field, in characters.
const VALUE_CHARS_MAX: usize = 320;

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

/// A name as it is kept: without spaces around it, not empty, of a sane length, on one line.
pub fn name(text: &str) -> Result<&str, NotAValue> {
    line(text, NAME_CHARS_MAX)
}

/// A telephone number, a job title, a language, the caller's own id: the same, of another length.
pub fn contact(text: &str) -> Result<&str, NotAValue> {
    line(text, VALUE_CHARS_MAX)
}

fn line(text: &str, chars_max: usize) -> Result<&str, NotAValue> {
    let text = text.trim();
    let sane = !text.is_empty()
        && text.chars().count() <= chars_max
        && !text.chars().any(char::is_control);
    sane.then_some(text).ok_or(NotAValue { chars_max })
}
