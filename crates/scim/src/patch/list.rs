//! Attributes of many values: as a whole, and those of their values that a path chooses.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::single::{New, merge, unchanged};
use super::{Change, Does};
use crate::error::Error;
use crate::filter::{Filter, Matcher};
use crate::resource::{is_primary, too_many};
use crate::schema::Attribute;
use crate::{Attributes, fold, resource};

impl Change<'_> {
    /// `emails`: values are added, or take the place of all, or all are removed, or some.
    pub(super) fn of_list(
        &self,
        list: &'static Attribute,
        object: &mut Attributes,
    ) -> Result<(), Error> {
        let mut values = taken(object, list);
        match (self.new_value(list)?, self.does) {
            (New::Kept, _) => {}
            (New::Removed, _) => match self.value {
                // Entra ID removes members so, and means these alone.
                Some(these) if self.does == Does::Remove && !these.is_null() => {
                    self.remove_these(list, these, &mut values)?;
                }
                _ => values.clear(),
            },
            (New::Value(Value::Array(new)), Does::Add) => add(list, &mut values, new)?,
            (New::Value(Value::Array(new)), _) => values = new,
            (New::Value(_), _) => {}
        }
        self.set(list, values, object)
    }

    /// `emails[type eq "work"]`, `emails[type eq "work"].value`, `emails.display`: without a filter each value is chosen.
    pub(super) fn of_values(
        &self,
        list: &'static Attribute,
        filter: Option<&Filter>,
        sub: Option<&'static Attribute>,
        object: &mut Attributes,
    ) -> Result<(), Error> {
        let matcher = match filter {
            Some(filter) => Some(Matcher::of_values(filter, list)?),
            None => None,
        };
        let is_chosen = |value: &Value| match (&matcher, value.as_object()) {
            (Some(matcher), Some(value)) => matcher.matches(value),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let mut values = taken(object, list);
        let is_found = values.iter().any(is_chosen);
        match (self.does, sub, is_found) {
            // What is gone already need not be removed: providers repeat themselves.
            (Does::Remove, _, false) => {}
            (Does::Remove, None, true) => values.retain(|value| !is_chosen(value)),
            (_, _, true) => self.change_chosen(list, sub, &mut values, is_chosen)?,
            (_, _, false) => self.make(list, sub, matcher.as_ref(), &mut values)?,
        }
        self.set(list, values, object)
    }

    fn change_chosen(
        &self,
        list: &'static Attribute,
        sub: Option<&'static Attribute>,
        values: &mut Vec<Value>,
        is_chosen: impl Fn(&Value) -> bool,
    ) -> Result<(), Error> {
        let parts = self.parts(list, sub)?;
        let takes_primary = parts
            .as_ref()
            .is_some_and(|parts| parts.get("primary") == Some(&true.into()));
        let mut preferred = None;
        let mut left = Vec::with_capacity(values.len());
        for value in values.drain(..) {
            let chosen = is_chosen(&value);
            match value {
                Value::Object(value) if chosen => {
                    if takes_primary && preferred.replace(left.len()).is_some() {
                        return Err(two_primaries(list));
                    }
                    let value = self.changed(list, sub, parts.as_ref(), value)?;
                    left.extend(value.map(Value::Object));
                }
                value => left.push(value),
            }
        }
        *values = left;
        prefer(values, preferred);
        Ok(())
    }

    /// One chosen value after the change; `None` where nothing is left of it.
    fn changed(
        &self,
        list: &'static Attribute,
        sub: Option<&'static Attribute>,
        parts: Option<&Attributes>,
        mut value: Attributes,
    ) -> Result<Option<Attributes>, Error> {
        match (parts, sub, self.does) {
            (Some(parts), None, Does::Replace) => {
                unchanged(list, &value, parts)?;
                value = parts.clone();
            }
            (Some(parts), ..) => merge(&mut value, parts.clone(), list)?,
            (None, _, Does::Add) => {}
            (None, None, _) => return Ok(None),
            (None, Some(sub), _) => {
                self.remove(sub, &mut value)?;
                // Without what it is about, an address is none (RFC 7643 §2.4: "the attribute's significant value").
                let is_left = sub.name != "value" && !value.is_empty();
                return Ok(is_left.then_some(value));
            }
        }
        Ok(Some(value))
    }

    /// What is to be set in a value of a list; `None` for nothing.
    fn parts(
        &self,
        list: &'static Attribute,
        sub: Option<&'static Attribute>,
    ) -> Result<Option<Attributes>, Error> {
        if let Some(sub) = sub {
            return Ok(match self.new_value(sub)? {
                New::Value(value) => Some(Map::from_iter([(sub.name.to_owned(), value)])),
                New::Kept | New::Removed => None,
            });
        }
        let Some(value) = self.value else {
            return Err(Error::value(format!(
                "{}{}: the value is missing",
                self.before, list.name
            )));
        };
        let value = match value.as_array().map(Vec::as_slice) {
            Some([one]) => one,
            _ => value,
        };
        Ok(match resource::single(list, value, &self.before)? {
            Some(Value::Object(parts)) => Some(parts),
            _ => None,
        })
    }

    /// A path that chooses nothing says what it would choose, so that Entra ID's first work address becomes one. Where it names the values
    /// themselves there is nothing to replace (RFC 7644 §3.5.2.3), and where it asks for more than sameness nothing can be made of it.
    fn make(
        &self,
        list: &'static Attribute,
        sub: Option<&'static Attribute>,
        matcher: Option<&Matcher>,
        values: &mut Vec<Value>,
    ) -> Result<(), Error> {
        let no_target = || Error::no_target(format!("no value of {} is so", list.name));
        let example = matcher.map_or_else(|| Some(Attributes::new()), Matcher::example);
        let is_replaced = self.does == Does::Replace && sub.is_none();
        let mut made = example.filter(|_| !is_replaced).ok_or_else(no_target)?;
        let Some(parts) = self.parts(list, sub)? else {
            return Ok(());
        };
        made.extend(parts);
        if matcher.is_some_and(|matcher| !matcher.matches(&made)) {
            return Err(no_target());
        }
        // Once more through the door of values: an example may hold what a value must not.
        if let Some(made) = resource::value(list, &Value::Object(made), &self.before)? {
            add(list, values, made.as_array().cloned().unwrap_or_default())?;
        }
        Ok(())
    }

    /// Values that are given, by their `value` or else by all that is given of them.
    fn remove_these(
        &self,
        list: &'static Attribute,
        these: &Value,
        values: &mut Vec<Value>,
    ) -> Result<(), Error> {
        let these = resource::value(list, these, &self.before)?;
        let these = these.as_ref().and_then(Value::as_array);
        let (mut known, mut others) = (HashMap::new(), Vec::new());
        for one in these.into_iter().flatten() {
            match significant(list, one) {
                Some(value) => {
                    known.insert(value, ());
                }
                None => others.push(one),
            }
        }
        values.retain(|value| {
            let is_known = significant(list, value).is_some_and(|value| known.contains_key(&value));
            !is_known && !others.iter().any(|other| has_all(value, other))
        });
        Ok(())
    }

    /// The list as it is now; an empty one is none (RFC 7643 §2.5).
    fn set(
        &self,
        list: &'static Attribute,
        values: Vec<Value>,
        object: &mut Attributes,
    ) -> Result<(), Error> {
        if values.len() > list.most {
            return Err(too_many(list));
        }
        if !values.is_empty() {
            object.insert(list.name.to_owned(), values.into());
        } else if list.required {
            return Err(self.not_removed(list));
        }
        Ok(())
    }
}

/// The values are taken out and set again, for a group has many and a patch many operations.
fn taken(object: &mut Attributes, list: &Attribute) -> Vec<Value> {
    match object.remove(list.name) {
        Some(Value::Array(values)) => values,
        _ => Vec::new(),
    }
}

/// Values that are there already stay where they are: a reference as it is, and what can be changed with what is given anew of it.
fn add(list: &'static Attribute, values: &mut Vec<Value>, new: Vec<Value>) -> Result<(), Error> {
    let mut places = HashMap::new();
    for (place, value) in values.iter().enumerate() {
        places.entry(identity(list, value)).or_insert(place);
    }
    let mut preferred = None;
    for one in new {
        let primary = is_primary(&one);
        let place = *places.entry(identity(list, &one)).or_insert(values.len());
        match (values.get_mut(place), one) {
            (Some(_), _) if list.holds_references() => {}
            (Some(Value::Object(value)), Value::Object(one)) => merge(value, one, list)?,
            (Some(value), one) => *value = one,
            (None, one) => values.push(one),
        }
        if primary {
            preferred = Some(place);
        }
    }
    prefer(values, preferred);
    Ok(())
}

/// By what a value is known in its list: a reference by its `value`, others by `value` and `type` (RFC 7643 §2.4), or by all of it.
fn identity(list: &Attribute, value: &Value) -> String {
    let Some(significant) = significant(list, value) else {
        return value.to_string();
    };
    if list.holds_references() {
        return significant;
    }
    let kind = value.get("type").and_then(Value::as_str).map(fold);
    Value::from_iter([Some(significant), kind]).to_string()
}

/// The `value` of a value as it is compared.
fn significant(list: &Attribute, value: &Value) -> Option<String> {
    let text = value.get("value")?.as_str()?;
    let is_exact = list.sub("value")?.case_exact;
    Some(if is_exact {
        text.to_owned()
    } else {
        fold(text)
    })
}

fn has_all(value: &Value, of: &Value) -> bool {
    match of.as_object() {
        Some(of) => of.iter().all(|(name, part)| value.get(name) == Some(part)),
        None => value == of,
    }
}

/// One at most is the preferred one: a new one takes it from the others (RFC 7644 §3.5.2).
fn prefer(values: &mut [Value], preferred: Option<usize>) {
    let Some(preferred) = preferred else {
        return;
    };
    for (place, value) in values.iter_mut().enumerate() {
        if place != preferred && is_primary(value) {
            value["primary"] = false.into();
        }
    }
}

fn two_primaries(list: &Attribute) -> Error {
    Error::value(format!("{} has more than one primary value", list.name))
}
