//! Properties of subjects, resources, actions and contexts: small trees of values, bounded where they come in, so that a
//! condition over them ends soon.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Entries of a list, and members of a map.
pub const MAX_ENTRIES: usize = 64;
/// Bytes of a text, a name, or an external id.
pub const MAX_TEXT_BYTES: usize = 1024;
/// Maps and lists inside each other.
pub const MAX_DEPTH: usize = 4;
/// Values of one set of properties, all together.
pub const MAX_VALUES: usize = 512;

/// One value, as JSON has them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Property {
    /// Nothing, written down.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(Box<str>),
    /// Several values.
    List(Vec<Property>),
    /// Named values.
    Map(BTreeMap<Box<str>, Property>),
}

impl From<&str> for Property {
    fn from(text: &str) -> Property {
        Property::Text(text.into())
    }
}

/// Named values within the limits of this file. Written as a JSON object.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Box<str>, Property>")]
pub struct Properties(BTreeMap<Box<str>, Property>);

/// Properties beyond a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// `MAX_ENTRIES`.
    #[error("a list or map has more than {MAX_ENTRIES} entries")]
    Entries,
    /// `MAX_TEXT_BYTES`.
    #[error("a text is longer than {MAX_TEXT_BYTES} bytes")]
    Text,
    /// `MAX_DEPTH`.
    #[error("values are nested deeper than {MAX_DEPTH}")]
    Depth,
    /// `MAX_VALUES`.
    #[error("there are more than {MAX_VALUES} values")]
    Values,
}

/// No properties, for questions that bring none.
pub static NO_PROPERTIES: Properties = Properties(BTreeMap::new());

impl Properties {
    /// Takes values that are within the limits.
    pub fn new(values: BTreeMap<Box<str>, Property>) -> Result<Properties, TooMuch> {
        let mut left = MAX_VALUES;
        check_map(&values, MAX_DEPTH, &mut left)?;
        Ok(Properties(values))
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Property> {
        self.0.get(name)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Property)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<BTreeMap<Box<str>, Property>> for Properties {
    type Error = TooMuch;
    fn try_from(values: BTreeMap<Box<str>, Property>) -> Result<Properties, TooMuch> {
        Properties::new(values)
    }
}

fn check_map(
    values: &BTreeMap<Box<str>, Property>,
    depth: usize,
    left: &mut usize,
) -> Result<(), TooMuch> {
    if values.len() > MAX_ENTRIES {
        return Err(TooMuch::Entries);
    }
    for (name, value) in values {
        check_text(name)?;
        check(value, depth, left)?;
    }
    Ok(())
}

fn check(value: &Property, depth: usize, left: &mut usize) -> Result<(), TooMuch> {
    *left = left.checked_sub(1).ok_or(TooMuch::Values)?;
    match value {
        Property::Text(text) => check_text(text),
        Property::List(values) => {
            let depth = depth.checked_sub(1).ok_or(TooMuch::Depth)?;
            if values.len() > MAX_ENTRIES {
                return Err(TooMuch::Entries);
            }
            values
                .iter()
                .try_for_each(|value| check(value, depth, left))
        }
        Property::Map(values) => {
            let depth = depth.checked_sub(1).ok_or(TooMuch::Depth)?;
            check_map(values, depth, left)
        }
        Property::Null | Property::Bool(_) | Property::Int(_) | Property::Float(_) => Ok(()),
    }
}

fn check_text(text: &str) -> Result<(), TooMuch> {
    if text.len() > MAX_TEXT_BYTES {
        Err(TooMuch::Text)
    } else {
        Ok(())
    }
}
