//! The order of an answer (RFC 7644 §3.4.2.3).

use std::cmp::{Ordering, Reverse};

use serde_json::Value;

use crate::date_time::DateTime;
use crate::error::Error;
use crate::path::AttrPath;
use crate::resource::is_primary;
use crate::schema::{Kind, Named, Place, ResourceType};
use crate::{Attributes, fold};

/// By what, and which way.
#[derive(Clone, Copy, Debug)]
pub struct Sort {
    place: Place,
    descending: bool,
}

/// Comparable as the attribute's type asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Boolean(bool),
    Number(i64),
    Moment(DateTime),
    Text(String),
}

impl Sort {
    /// From the parameters `sortBy` and `sortOrder`. Refused as `invalidPath` or `invalidValue`.
    pub fn new(kind: &'static ResourceType, by: &str, order: Option<&str>) -> Result<Self, Error> {
        let named = AttrPath::parse(by).and_then(|path| kind.resolve(&path));
        let place = match named {
            Some(Named::Attribute(place)) => place.leaf(),
            _ => return Err(Error::path("sortBy names no attribute")),
        };
        if place.last().kind == Kind::Complex {
            return Err(Error::path("sortBy names an attribute of several parts"));
        }
        let order = order.unwrap_or("ascending");
        let descending = order.eq_ignore_ascii_case("descending");
        if descending || order.eq_ignore_ascii_case("ascending") {
            Ok(Self { place, descending })
        } else {
            Err(Error::value(
                "sortOrder is neither ascending nor descending",
            ))
        }
    }

    /// Puts resources in order. Those that compare the same stay as they are; those without a value are last, or first where it descends.
    pub fn sort(&self, resources: &mut [Attributes]) {
        if self.descending {
            resources.sort_by_cached_key(|resource| self.key(resource).map(Reverse));
        } else {
            resources.sort_by_cached_key(|resource| Last(self.key(resource)));
        }
    }

    /// Of a list its primary value counts, or else its first.
    fn key(&self, resource: &Attributes) -> Option<Key> {
        let whole = Place {
            sub: None,
            ..self.place
        };
        let values = whole.values(resource);
        let value = values.iter().find(|value| is_primary(value));
        let value = *value.or(values.first())?;
        let value = match self.place.sub {
            Some(sub) => value.get(sub.name)?,
            None => value,
        };
        let last = self.place.last();
        match (last.kind, value) {
            (Kind::Boolean, value) => value.as_bool().map(Key::Boolean),
            (Kind::Integer, value) => value.as_i64().map(Key::Number),
            (Kind::DateTime, Value::String(text)) => DateTime::parse(text).map(Key::Moment),
            (_, Value::String(text)) if last.case_exact => Some(Key::Text(text.clone())),
            (_, Value::String(text)) => Some(Key::Text(fold(text))),
            _ => None,
        }
    }
}

/// What has no key is after what has one.
#[derive(PartialEq, Eq)]
struct Last(Option<Key>);

impl Ord for Last {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => one.cmp(other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        }
    }
}

impl PartialOrd for Last {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
