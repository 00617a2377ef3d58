//! What a profile takes, whatever face it comes through. A value that no text or index of the database takes would fail the
//! commit of everybody in the batch.

use access::Refusal;

use super::{Field, Kind, ProfileWrite, fold_email};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 200;
/// Longest contact value, in characters.
const VALUE_CHARS_MAX: usize = 320;
/// Longest address as it is compared, in bytes: it is a key of an index, and folding can make it longer.
const FOLDED_EMAIL_BYTES_MAX: usize = 1_024;
/// Longest value of any field, in bytes.
const FIELD_BYTES_MAX: usize = 64 * 1024;

impl ProfileWrite {
    /// Whether its values can be kept.
    pub fn check(&self) -> Result<(), Refusal> {
        let given = self.fields.iter();
        given
            .filter_map(|(field, value)| Some((*field, value.as_deref()?)))
            .try_for_each(|(field, value)| check(self.of.kind(), field, value))
    }
}

fn check(kind: Kind, field: Field, value: &str) -> Result<(), Refusal> {
    let is_text = matches!(field, Field::Description | Field::Properties);
    let allowed = |letter: char| is_text && matches!(letter, '\n' | '\r' | '\t');
    if value
        .chars()
        .any(|letter| letter.is_control() && !allowed(letter))
    {
        let detail = format!("{} holds a control character", name(field));
        return Err(Refusal::invalid("§7", "control_character", detail));
    }
    let chars_max = match field {
        Field::Name => NAME_CHARS_MAX,
        // The product's own id of a thing has a limit in the access core.
        Field::ExternalId if kind == Kind::Thing => FIELD_BYTES_MAX,
        Field::Email
        | Field::Phone
        | Field::Title
        | Field::Language
        | Field::ExternalId
        | Field::NoMails => VALUE_CHARS_MAX,
        Field::Description | Field::Properties => FIELD_BYTES_MAX,
    };
    let fits = value.len() <= FIELD_BYTES_MAX
        && value.chars().count() <= chars_max
        && (field != Field::Email || fold_email(value).len() <= FOLDED_EMAIL_BYTES_MAX);
    if fits {
        return Ok(());
    }
    let detail = format!("{} has at most {chars_max} characters", name(field));
    Err(Refusal::invalid("§7", "too_long", detail))
}

/// The field as callers know it.
fn name(field: Field) -> &'static str {
    match field {
        Field::Name => "name",
        Field::Email => "email",
        Field::Phone => "phone",
        Field::Title => "title",
        Field::Language => "language",
        Field::ExternalId => "external_id",
        Field::Description => "description",
        Field::Properties => "properties",
        Field::NoMails => "no_mails",
    }
}
