//! What a provider writes about a resource, in our spelling (RFC 7643 §2, RFC 7644 §3.3 and §3.5.1); and what it is answered.
//!
//! Names are taken in any case. What this server does not know, or makes itself, is passed over. A null and an empty list are no value
//! (RFC 7643 §2.5). Texts are kept as they came.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::Attributes;
use crate::error::Error;
use crate::filter::boolean;
use crate::schema::{Attribute, Kind, Mutability, ResourceType};

/// Longest text of one attribute, in letters.
pub const LONGEST_TEXT: usize = 1_024;

/// The attributes of the body of a POST or PUT. Refused where it is no resource of this type, lacks what is required, or holds a value of
/// another type.
pub fn read(kind: &'static ResourceType, body: &Value) -> Result<Attributes, Error> {
    let Some(body) = body.as_object() else {
        return Err(Error::syntax("the body is no object"));
    };
    says_schema(body, kind.schema.id)?;
    let mut resource = Attributes::new();
    let mut names = HashSet::new();
    for (name, value) in body {
        if !names.insert(name.to_ascii_lowercase()) {
            return Err(Error::syntax(format!(
                "an attribute stands twice, as {}",
                known(kind, name)
            )));
        }
        if let Some(attribute) = kind.top(name) {
            put(&mut resource, attribute, value, "")?;
        } else if let Some(extension) = kind.extension(name) {
            let values = object_of(extension.attributes, value, &format!("{}:", extension.id))?;
            if !values.is_empty() {
                resource.insert(extension.id.to_owned(), values.into());
            }
        }
    }
    let missing =
        |attribute: &&Attribute| attribute.required && !resource.contains_key(attribute.name);
    match kind.schema.attributes.iter().find(missing) {
        Some(attribute) => Err(Error::value(format!("{} is required", attribute.name))),
        None => Ok(resource),
    }
}

/// Names of what we do not know are the provider's own, and are not repeated.
fn known(kind: &'static ResourceType, name: &str) -> &'static str {
    let attribute = kind.top(name).map(|attribute| attribute.name);
    let extension = || kind.extension(name).map(|schema| schema.id);
    attribute.or_else(extension).unwrap_or("something unknown")
}

/// Whether a body says that it is of this schema (RFC 7643 §3, RFC 7644 §3.1).
pub(crate) fn says_schema(body: &Map<String, Value>, urn: &str) -> Result<(), Error> {
    let mut names = body.iter();
    let schemas = names.find(|(name, _)| name.eq_ignore_ascii_case("schemas"));
    let schemas = schemas.and_then(|(_, schemas)| schemas.as_array());
    let mut schemas = schemas.into_iter().flatten().filter_map(Value::as_str);
    if schemas.any(|schema| schema.eq_ignore_ascii_case(urn)) {
        Ok(())
    } else {
        Err(Error::syntax(format!("schemas does not name {urn}")))
    }
}

/// A value that the provider may write goes into an object.
fn put(
    object: &mut Attributes,
    attribute: &Attribute,
    incoming: &Value,
    before: &str,
) -> Result<(), Error> {
    if attribute.mutability == Mutability::ReadOnly {
        return Ok(());
    }
    if let Some(value) = value(attribute, incoming, before)? {
        object.insert(attribute.name.to_owned(), value);
    }
    Ok(())
}

/// The value of an attribute in our spelling; `None` where there is none. `before` stands before its name in a refusal.
pub(crate) fn value(
    attribute: &Attribute,
    incoming: &Value,
    before: &str,
) -> Result<Option<Value>, Error> {
    if !attribute.multi_valued {
        return single(attribute, alone(incoming), before);
    }
    let each = match incoming {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    if each.len() > attribute.most {
        return Err(too_many(attribute));
    }
    let mut values = Vec::with_capacity(each.len());
    let mut references = HashSet::new();
    for one in each {
        let Some(one) = single(attribute, one, before)? else {
            continue;
        };
        if attribute.holds_references() {
            let Some(reference) = one["value"].as_str() else {
                let name = attribute.name;
                return Err(Error::value(format!(
                    "{before}{name} needs a value in each"
                )));
            };
            if !references.insert(reference.to_owned()) {
                continue;
            }
        }
        values.push(one);
    }
    let primary = values.iter().filter(|value| is_primary(value)).count();
    if primary > 1 {
        // RFC 7643 §2.4: no more than once.
        let name = attribute.name;
        return Err(Error::value(format!(
            "{before}{name} has more than one primary value"
        )));
    }
    Ok((!values.is_empty()).then(|| values.into()))
}

pub(crate) fn too_many(attribute: &Attribute) -> Error {
    let (name, most) = (attribute.name, attribute.most);
    Error::value(format!("{name} holds {most} values at most"))
}

/// Whether a value of a list is the preferred one.
pub(crate) fn is_primary(value: &Value) -> bool {
    value.get("primary") == Some(&Value::Bool(true))
}

/// Entra ID wraps a single value in a list.
fn alone(incoming: &Value) -> &Value {
    match incoming.as_array().map(Vec::as_slice) {
        Some([]) => &Value::Null,
        Some([one]) => one,
        _ => incoming,
    }
}

/// One value: that of a single attribute, or one of a list.
pub(crate) fn single(
    attribute: &Attribute,
    incoming: &Value,
    before: &str,
) -> Result<Option<Value>, Error> {
    let name = attribute.name;
    let wrong = || {
        let kind = match attribute.kind {
            Kind::Complex => "object",
            kind => kind.keyword(),
        };
        Err(Error::value(format!("{before}{name} is no {kind}")))
    };
    match (attribute.kind, incoming) {
        (_, Value::Null) => Ok(None),
        (Kind::Boolean, value) => match boolean(value) {
            Some(boolean) => Ok(Some(boolean.into())),
            None => wrong(),
        },
        (Kind::Integer, Value::Number(number)) if number.is_i64() => {
            Ok(Some(number.clone().into()))
        }
        (Kind::String | Kind::Reference, Value::String(text)) => {
            if text.chars().count() > LONGEST_TEXT {
                let most = LONGEST_TEXT;
                return Err(Error::value(format!(
                    "{before}{name} has more than {most} letters"
                )));
            }
            if attribute.required && text.trim().is_empty() {
                return Err(Error::value(format!("{before}{name} is empty")));
            }
            Ok(Some(text.clone().into()))
        }
        (Kind::DateTime, Value::String(text)) => match crate::date_time::DateTime::parse(text) {
            Some(_) => Ok(Some(text.clone().into())),
            None => wrong(),
        },
        // Entra ID gives a manager by the id alone.
        (Kind::Complex, Value::String(text)) if attribute.sub("value").is_some() => {
            single(attribute, &json!({ "value": text }), before)
        }
        (Kind::Complex, Value::Object(_)) => {
            let object = object_of(
                attribute.sub_attributes,
                incoming,
                &format!("{before}{name}."),
            )?;
            Ok(Some(object)
                .filter(|object| !object.is_empty())
                .map(Value::Object))
        }
        _ => wrong(),
    }
}

/// The attributes of an object in our spelling.
pub(crate) fn object_of(
    attributes: &'static [Attribute],
    incoming: &Value,
    before: &str,
) -> Result<Attributes, Error> {
    let mut object = Attributes::new();
    let incoming = match incoming {
        Value::Object(incoming) => incoming,
        Value::Null => return Ok(object),
        _ => {
            let place = before.trim_end_matches(['.', ':']);
            return Err(Error::value(format!("{place} is no object")));
        }
    };
    for (name, value) in incoming {
        let mut known = attributes.iter();
        if let Some(attribute) = known.find(|known| known.name.eq_ignore_ascii_case(name)) {
            put(&mut object, attribute, value, before)?;
        }
    }
    Ok(object)
}

/// What this server knows of a resource beside what the provider wrote.
#[derive(Clone, Copy, Debug)]
pub struct Meta<'a> {
    /// The id that this server gave.
    pub id: &'a str,
    /// The address under which everything stands, without a `/` at its end.
    pub base: &'a str,
    /// When it was made, as RFC 3339 writes it.
    pub created: &'a str,
    /// When it was last changed, likewise.
    pub last_modified: &'a str,
    /// Its entity tag.
    pub version: &'a str,
}

/// A resource as it is answered, before [`crate::project::Projection`] leaves out what was not asked for: what the provider wrote, and what
/// this server adds.
pub fn complete(kind: &ResourceType, mut resource: Attributes, meta: &Meta<'_>) -> Attributes {
    let extensions = kind.extensions.iter().map(|schema| schema.id);
    let mut schemas = vec![kind.schema.id];
    schemas.extend(extensions.filter(|id| resource.contains_key(*id)));
    let location = format!("{}{}/{}", meta.base, kind.endpoint, meta.id);
    let told = json!({
        "resourceType": kind.name,
        "created": meta.created,
        "lastModified": meta.last_modified,
        "location": location,
        "version": meta.version,
    });
    resource.insert("schemas".to_owned(), json!(schemas));
    resource.insert("id".to_owned(), meta.id.into());
    resource.insert("meta".to_owned(), told);
    resource
}
