//! Attributes of one value, and their parts.

use serde_json::{Map, Value};

use super::{Change, Does};
use crate::Attributes;
use crate::error::Error;
use crate::resource;
use crate::schema::{Attribute, Mutability};

impl Change<'_> {
    /// `title`, `name`
    pub(super) fn of_single(
        &self,
        attribute: &'static Attribute,
        object: &mut Attributes,
    ) -> Result<(), Error> {
        match self.new_value(attribute)? {
            New::Kept => Ok(()),
            New::Removed => self.remove(attribute, object),
            New::Value(Value::Object(parts)) => {
                let mut whole = object_at(object, attribute.name);
                merge(&mut whole, parts, attribute)?;
                object.insert(attribute.name.to_owned(), whole.into());
                Ok(())
            }
            New::Value(value) => {
                let before = object.get(attribute.name);
                unchanging(attribute, before, &value)?;
                object.insert(attribute.name.to_owned(), value);
                Ok(())
            }
        }
    }

    /// `name.familyName`
    pub(super) fn of_part(
        &self,
        attribute: &'static Attribute,
        sub: &'static Attribute,
        object: &mut Attributes,
    ) -> Result<(), Error> {
        let mut whole = object_at(object, attribute.name);
        match self.new_value(sub)? {
            New::Kept => return Ok(()),
            New::Removed => {
                self.remove(sub, &mut whole)?;
                if sub.name == "value" {
                    whole.remove("$ref");
                }
            }
            New::Value(value) => {
                let parts = Map::from_iter([(sub.name.to_owned(), value)]);
                merge(&mut whole, parts, attribute)?;
            }
        }
        if whole.is_empty() {
            object.remove(attribute.name);
        } else {
            object.insert(attribute.name.to_owned(), whole.into());
        }
        Ok(())
    }

    /// What an attribute or a part is to be. To add nothing keeps what is there, and to replace by nothing removes it (RFC 7643 §2.5).
    pub(super) fn new_value(&self, attribute: &'static Attribute) -> Result<New, Error> {
        if self.does == Does::Remove {
            return Ok(New::Removed);
        }
        let name = attribute.name;
        let Some(value) = self.value else {
            return Err(Error::value(format!(
                "{}{name}: the value is missing",
                self.before
            )));
        };
        Ok(
            match (resource::value(attribute, value, &self.before)?, self.does) {
                (Some(value), _) => New::Value(value),
                (None, Does::Add) => New::Kept,
                (None, _) => New::Removed,
            },
        )
    }

    /// What is required stays, and so does what is set once (RFC 7644 §3.5.2.2).
    pub(super) fn remove(
        &self,
        attribute: &'static Attribute,
        object: &mut Attributes,
    ) -> Result<(), Error> {
        let is_set = object.contains_key(attribute.name);
        let is_kept = attribute.required || attribute.mutability == Mutability::Immutable;
        if is_kept && is_set {
            return Err(self.not_removed(attribute));
        }
        object.remove(attribute.name);
        Ok(())
    }

    pub(super) fn not_removed(&self, attribute: &Attribute) -> Error {
        let name = attribute.name;
        Error::mutability(format!("{}{name} cannot be removed", self.before))
    }
}

/// What becomes of a value.
pub(super) enum New {
    Kept,
    Removed,
    Value(Value),
}

fn object_at(object: &Attributes, name: &str) -> Attributes {
    let value = object.get(name).and_then(Value::as_object);
    value.cloned().unwrap_or_default()
}

/// Parts into a complex value. Those that are not named stay (RFC 7644 §3.5.2.1, §3.5.2.3), but for a reference that belonged to another
/// value.
pub(super) fn merge(
    whole: &mut Attributes,
    parts: Attributes,
    attribute: &'static Attribute,
) -> Result<(), Error> {
    unchanged(attribute, whole, &parts)?;
    let is_another = parts.contains_key("value") && parts.get("value") != whole.get("value");
    if is_another {
        whole.remove("$ref");
    }
    whole.extend(parts);
    Ok(())
}

/// Whether parts leave alone what is set once.
pub(super) fn unchanged(
    attribute: &'static Attribute,
    whole: &Attributes,
    parts: &Attributes,
) -> Result<(), Error> {
    for sub in attribute.sub_attributes {
        if let Some(value) = parts.get(sub.name) {
            unchanging(sub, whole.get(sub.name), value)?;
        }
    }
    Ok(())
}

/// What is set once is not set again to something else (RFC 7643 §2.2).
fn unchanging(attribute: &Attribute, before: Option<&Value>, after: &Value) -> Result<(), Error> {
    let is_same = before.is_none_or(|before| before == after);
    if attribute.mutability == Mutability::Immutable && !is_same {
        return Err(Error::mutability(format!(
            "{} cannot be changed",
            attribute.name
        )));
    }
    Ok(())
}
