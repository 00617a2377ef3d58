//! Schemas of what is sent, for the document. They say what is accepted: the same bounds as [`crate::values`] and the readers of
//! parameters have, so that whatever is built from the document knows them before it asks.

use utoipa::openapi::{
    KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type,
    schema::{AnyOfBuilder, OneOfBuilder, SchemaType},
};

use crate::values::{NAME_CHARS_MAX, PASSAGE_CHARS_MAX, TEXT_CHARS_MAX, VALUE_CHARS_MAX};

/// Characters that no line has, as a pattern's class has them.
macro_rules! control {
    () => {
        r"\x00-\x1f\x7f-\x9f"
    };
}

/// One line with something on it. Spaces around it are not kept.
const LINE: &str = concat!(
    r"^\s*[^\s",
    control!(),
    r"]([^",
    control!(),
    r"]*[^\s",
    control!(),
    r"])?\s*$"
);
/// Several lines, or none.
const LINES: &str = concat!(r"^\s*([^", control!(), r"]|\r?\n)*\s*$");
/// Several lines with something on one of them.
const FILLED_LINES: &str = concat!(
    r"^\s*[^\s",
    control!(),
    r"]([^",
    control!(),
    r"]|\r?\n)*\s*$"
);
/// As [`crate::values::email`] reads it.
const EMAIL: &str = concat!(
    r"^\s*[^\s",
    control!(),
    r"]+@[^\s@.",
    control!(),
    r"][^\s@",
    control!(),
    r"]*\.[^\s@",
    control!(),
    r"]*[^\s@.",
    control!(),
    r"]\s*$"
);

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A text of this form.
pub fn pattern(pattern: &str) -> RefOr<Schema> {
    string().pattern(Some(pattern)).into()
}

/// One line of 1 to so many characters.
pub fn line(chars_max: usize) -> RefOr<Schema> {
    let line = string().pattern(Some(LINE));
    line.min_length(Some(1)).max_length(Some(chars_max)).into()
}

/// A name of something or somebody.
pub fn name() -> RefOr<Schema> {
    line(NAME_CHARS_MAX)
}

/// A telephone number, a title, a language, an id of the caller's own.
pub fn contact() -> RefOr<Schema> {
    line(VALUE_CHARS_MAX)
}

/// An e-mail address.
pub fn email() -> RefOr<Schema> {
    let email = string().pattern(Some(EMAIL));
    email.max_length(Some(VALUE_CHARS_MAX)).into()
}

/// Several lines, up to so many characters.
pub fn lines(chars_max: usize) -> RefOr<Schema> {
    let lines = string().pattern(Some(LINES));
    lines.max_length(Some(chars_max)).into()
}

/// Several lines that say something.
pub fn filled_lines(chars_max: usize) -> RefOr<Schema> {
    let lines = string().pattern(Some(FILLED_LINES));
    lines.min_length(Some(1)).max_length(Some(chars_max)).into()
}

/// A text of several lines.
pub fn text() -> RefOr<Schema> {
    lines(TEXT_CHARS_MAX)
}

/// What people tell at length.
pub fn passage() -> RefOr<Schema> {
    lines(PASSAGE_CHARS_MAX)
}

/// The same, with something in it.
pub fn filled_passage() -> RefOr<Schema> {
    filled_lines(PASSAGE_CHARS_MAX)
}

/// A day, like `2026-03-01`.
pub fn day() -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::Date);
    string().format(Some(format)).into()
}

/// The same of a parameter, which may be left empty.
pub fn day_if() -> RefOr<Schema> {
    let none = string().max_length(Some(0));
    AnyOfBuilder::new().item(day()).item(none).into()
}

/// A moment, like `2026-03-01T12:00:00Z`.
pub fn moment() -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
    string().format(Some(format)).into()
}

/// A mark or a fingerprint, as it came.
pub fn mark() -> RefOr<Schema> {
    pattern("^[0-9a-f]{32}$")
}

/// A whole number within bounds.
pub fn number(min: u64, max: u64) -> RefOr<Schema> {
    let number = ObjectBuilder::new().schema_type(Type::Integer);
    number.minimum(Some(min)).maximum(Some(max)).into()
}

/// One of some words.
pub fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> RefOr<Schema> {
    string().enum_values(Some(words)).into()
}

/// The same, or null.
pub fn or_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    let null = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null));
    OneOfBuilder::new().item(schema).item(null).into()
}

/// Anything that is JSON.
pub fn anything() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .into()
}

/// A form that brings one file.
pub fn file() -> RefOr<Schema> {
    let bytes = SchemaFormat::KnownFormat(KnownFormat::Binary);
    ObjectBuilder::new()
        .property("file", string().format(Some(bytes)))
        .required("file")
        .into()
}
