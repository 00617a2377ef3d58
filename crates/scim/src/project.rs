//! Which attributes an answer has (RFC 7644 §3.9, RFC 7643 §7).

use serde_json::Value;

use crate::Attributes;
use crate::error::Error;
use crate::path::AttrPath;
use crate::schema::{Attribute, Named, Place, ResourceType, Returned, Schema};

/// What was asked for, or asked to be left out.
#[derive(Clone, Debug)]
pub struct Projection {
    kind: &'static ResourceType,
    ask: Ask,
}

#[derive(Clone, Debug)]
enum Ask {
    /// What is answered by default, without these.
    Without(Vec<Named>),
    /// These alone.
    Only(Vec<Named>),
}

impl Projection {
    /// From the parameters `attributes` and `excludedAttributes`, taken apart at their commas: a request has one of them at most. Names that
    /// mean nothing ask for nothing.
    pub fn new(
        kind: &'static ResourceType,
        attributes: &[&str],
        excluded: &[&str],
    ) -> Result<Self, Error> {
        let named = |names: &[&str]| {
            let paths = names.iter().filter_map(|name| AttrPath::parse(name));
            paths.filter_map(|path| kind.resolve(&path)).collect()
        };
        let ask = match (attributes, excluded) {
            ([], excluded) => Ask::Without(named(excluded)),
            (attributes, []) => Ask::Only(named(attributes)),
            _ => {
                let detail = "attributes and excludedAttributes exclude each other";
                return Err(Error::value(detail));
            }
        };
        Ok(Self { kind, ask })
    }

    /// Whether an attribute, or a part of it, is in the answer: what is not need not be looked up. `path` as in a request; what there is not
    /// is not wanted.
    pub fn wants(&self, path: &str) -> bool {
        match AttrPath::parse(path).and_then(|path| self.kind.resolve(&path)) {
            Some(Named::Attribute(place)) => match place.sub {
                Some(sub) => self.has(&place) && self.has_sub(&place, sub),
                None => self.has(&place),
            },
            Some(Named::Extension(schema)) => {
                let mut attributes = schema.attributes.iter();
                attributes.any(|attribute| self.has(&at(Some(schema), attribute)))
            }
            None => false,
        }
    }

    /// The resource with what is answered of it.
    pub fn project(&self, resource: &Attributes) -> Attributes {
        let mut answer = Attributes::new();
        for (name, value) in resource {
            if let Some(attribute) = self.kind.top(name) {
                let value = self.attribute(&at(None, attribute), value);
                answer.extend(value.map(|value| (name.clone(), value)));
            } else if let Some(schema) = self.kind.extension(name) {
                let value = self.extension(schema, value);
                answer.extend(value.map(|value| (name.clone(), value)));
            }
        }
        answer
    }

    fn extension(&self, schema: &'static Schema, values: &Value) -> Option<Value> {
        let values = values.as_object()?.iter().filter_map(|(name, value)| {
            let place = at(Some(schema), schema.attribute(name)?);
            Some((name.clone(), self.attribute(&place, value)?))
        });
        let values: Attributes = values.collect();
        (!values.is_empty()).then_some(values.into())
    }

    fn attribute(&self, place: &Place, value: &Value) -> Option<Value> {
        if !self.has(place) {
            return None;
        }
        match value {
            Value::Array(values) => {
                let values: Vec<_> = values
                    .iter()
                    .filter_map(|one| self.parts(place, one))
                    .collect();
                // An empty list that is stored is answered: Okta expects the members of a new group.
                let is_left = !values.is_empty() || value.as_array().is_some_and(Vec::is_empty);
                is_left.then(|| values.into())
            }
            value => self.parts(place, value),
        }
    }

    fn parts(&self, place: &Place, value: &Value) -> Option<Value> {
        let Some(object) = value.as_object() else {
            return Some(value.clone());
        };
        let parts = object.iter().filter(|(name, _)| {
            let sub = place.attribute.sub(name);
            sub.is_some_and(|sub| self.has_sub(place, sub))
        });
        let parts: Attributes = parts
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        (!parts.is_empty()).then_some(parts.into())
    }

    /// Whether anything of an attribute is answered.
    fn has(&self, place: &Place) -> bool {
        match (place.attribute.returned, &self.ask) {
            (Returned::Never, _) => false,
            (Returned::Always, _) => true,
            (_, Ask::Only(asked)) => asked.iter().any(|named| is_of(named, place)),
            (Returned::Request, Ask::Without(_)) => false,
            (Returned::Default, Ask::Without(these)) => {
                !these.iter().any(|named| is_all_of(named, place))
            }
        }
    }

    /// Whether a sub-attribute of an attribute that is answered is answered.
    fn has_sub(&self, place: &Place, sub: &Attribute) -> bool {
        let is_named = |named: &Named| matches!(named, Named::Attribute(one) if is_of(named, place) && one.sub.is_some_and(|one| one.name == sub.name));
        match (sub.returned, &self.ask) {
            (Returned::Never, _) => false,
            (Returned::Always, _) => true,
            (Returned::Request, Ask::Only(asked)) => asked.iter().any(is_named),
            (Returned::Request, Ask::Without(_)) => false,
            (Returned::Default, Ask::Only(asked)) => {
                let is_always = place.attribute.returned == Returned::Always;
                is_always
                    || asked
                        .iter()
                        .any(|named| is_all_of(named, place) || is_named(named))
            }
            (Returned::Default, Ask::Without(these)) => !these.iter().any(is_named),
        }
    }
}

fn at(extension: Option<&'static Schema>, attribute: &'static Attribute) -> Place {
    Place {
        extension,
        attribute,
        sub: None,
    }
}

/// Whether what is named is the attribute, or a part of it, or the extension that it belongs to.
fn is_of(named: &Named, place: &Place) -> bool {
    let id = |schema: &Schema| schema.id;
    match named {
        Named::Extension(schema) => place.extension.map(id) == Some(schema.id),
        Named::Attribute(one) => {
            one.extension.map(id) == place.extension.map(id)
                && one.attribute.name == place.attribute.name
        }
    }
}

/// The same, and no part of it.
fn is_all_of(named: &Named, place: &Place) -> bool {
    is_of(named, place) && !matches!(named, Named::Attribute(one) if one.sub.is_some())
}
