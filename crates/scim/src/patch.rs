//! Changes of parts of a resource (RFC 7644 §3.5.2). Either all operations of a patch apply, or none.
//!
//! What providers document and the RFC does not have is accepted: operations in any case; `"False"` for false; a path in the place of an
//! attribute's name (`"name.givenName"`, `"urn:…:User:department"`); the values to remove beside the path of a list; and a value for
//! `emails[type eq "work"].value` where there is no such address yet, which then makes one.

use serde_json::Value;

use crate::Attributes;
use crate::access;
use crate::error::Error;
use crate::path::{AttrPath, PatchPath};
use crate::resource::says_schema;
use crate::schema::{Attribute, Mutability, Named, Place, ResourceType, Schema, is_not_kept};

mod list;
mod single;

/// What the body of a PATCH says that it is.
const MESSAGE: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// Most operations of one patch.
pub const MOST_OPERATIONS: usize = 1_000;

/// A patch as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    operations: Vec<Operation>,
}

#[derive(Clone, Debug, PartialEq)]
struct Operation {
    does: Does,
    path: Option<PatchPath>,
    value: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Add,
    Remove,
    Replace,
}

/// A resource after a patch.
#[derive(Clone, Debug, PartialEq)]
pub struct Patched {
    /// Its attributes.
    pub resource: Attributes,
    /// Whether anything is another than before. If not, its revision stays as it is (RFC 7644 §3.5.2.1).
    pub changed: bool,
}

/// One operation with what it is done to: a resource, or an extension of it.
struct Change<'v> {
    does: Does,
    value: Option<&'v Value>,
    /// What stands before the names of attributes in a refusal.
    before: String,
}

impl Patch {
    /// From the body of a PATCH. Refused as `invalidSyntax`, or as `invalidPath` where a path is no path.
    pub fn parse(body: &Value) -> Result<Self, Error> {
        let Some(body) = body.as_object() else {
            return Err(Error::syntax("the body is no object"));
        };
        says_schema(body, MESSAGE)?;
        let Some(operations) = field(body, "Operations").and_then(Value::as_array) else {
            return Err(Error::syntax("Operations is no list"));
        };
        if operations.is_empty() || operations.len() > MOST_OPERATIONS {
            let most = MOST_OPERATIONS;
            return Err(Error::syntax(format!(
                "a patch has between 1 and {most} operations"
            )));
        }
        let operations = operations.iter().map(Operation::parse);
        Ok(Self {
            operations: operations.collect::<Result<_, _>>()?,
        })
    }

    /// What becomes of a resource, which is given by what the provider wrote of it.
    pub fn apply(
        &self,
        kind: &'static ResourceType,
        resource: &Attributes,
    ) -> Result<Patched, Error> {
        let mut patched = resource.clone();
        for operation in &self.operations {
            operation.apply(kind, &mut patched)?;
        }
        Ok(Patched {
            changed: patched != *resource,
            resource: patched,
        })
    }
}

/// A field of a message, by its name in any case.
fn field<'b>(body: &'b Attributes, name: &str) -> Option<&'b Value> {
    let mut fields = body.iter();
    let field = fields.find(|(field, _)| field.eq_ignore_ascii_case(name));
    field.map(|(_, value)| value)
}

impl Operation {
    fn parse(operation: &Value) -> Result<Self, Error> {
        let Some(operation) = operation.as_object() else {
            return Err(Error::syntax("an operation is no object"));
        };
        let does = field(operation, "op").and_then(Value::as_str);
        let does = match does.map(str::to_ascii_lowercase).as_deref() {
            Some("add") => Does::Add,
            Some("remove") => Does::Remove,
            Some("replace") => Does::Replace,
            _ => return Err(Error::syntax("op is neither add, remove nor replace")),
        };
        let path = match field(operation, "path") {
            None | Some(Value::Null) => None,
            Some(Value::String(path)) if path.trim().is_empty() => None,
            Some(Value::String(path)) => Some(PatchPath::parse(path)?),
            Some(_) => return Err(Error::path("path is no text")),
        };
        let value = field(operation, "value").cloned();
        Ok(Self { does, path, value })
    }

    fn apply(&self, kind: &'static ResourceType, resource: &mut Attributes) -> Result<(), Error> {
        let change = Change {
            does: self.does,
            value: self.value.as_ref(),
            before: String::new(),
        };
        let Some(path) = &self.path else {
            return match self.does {
                // RFC 7644 §3.5.2.2
                Does::Remove => Err(Error::no_target("remove has no path")),
                Does::Add | Does::Replace => change.of_each(kind, resource),
            };
        };
        match kind.resolve(&attribute_of(path)) {
            Some(Named::Extension(schema)) if path.filter.is_none() => {
                change.of_extension(schema, resource, true)
            }
            // What somebody may use is given in no attribute (AD-30): what is sent of it is passed over (RFC 7643 §2.2).
            Some(Named::Attribute(place)) if access::is_of_it(&place) => Ok(()),
            Some(Named::Attribute(place)) => {
                allowed(&place)?;
                change.at(place, path, resource)
            }
            None if is_not_kept(kind, &path.attribute) => Ok(()),
            _ => Err(Error::path("path names nothing that is known here")),
        }
    }
}

/// The attribute of a path with the sub-attribute that stands after its filter.
fn attribute_of(path: &PatchPath) -> AttrPath {
    let mut attribute = path.attribute.clone();
    attribute.sub = path.sub.clone().or(attribute.sub);
    attribute
}

/// Whether a provider may change it at all (RFC 7644 §3.5.2).
fn allowed(place: &Place) -> Result<(), Error> {
    let mut parts = [Some(place.attribute), place.sub].into_iter().flatten();
    if parts.any(|part| part.mutability == Mutability::ReadOnly) {
        return Err(Error::mutability(format!(
            "{} is read-only",
            place.dotted()
        )));
    }
    Ok(())
}

impl Change<'_> {
    /// Without a path, the value is an object of what is to be set; its names may be paths. As in a POST, what is unknown or read-only is
    /// passed over: Okta sends the id of a group along.
    fn of_each(&self, kind: &'static ResourceType, resource: &mut Attributes) -> Result<(), Error> {
        let Some(values) = self.value.and_then(Value::as_object) else {
            return Err(Error::value("value is no object, and there is no path"));
        };
        for (name, value) in values {
            let path = PatchPath::parse(name)?;
            let change = Change {
                does: self.does,
                value: Some(value),
                before: String::new(),
            };
            match kind.resolve(&attribute_of(&path)) {
                Some(Named::Extension(schema)) => change.of_extension(schema, resource, false)?,
                Some(Named::Attribute(place)) if allowed(&place).is_ok() => {
                    change.at(place, &path, resource)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// All of an extension: what is given of it is set, or all of it is removed.
    fn of_extension(
        &self,
        schema: &'static Schema,
        resource: &mut Attributes,
        by_path: bool,
    ) -> Result<(), Error> {
        let is_read_only = |one: &Attribute| one.mutability == Mutability::ReadOnly;
        if schema.attributes.iter().all(is_read_only) {
            return if by_path {
                Err(Error::mutability(format!("{} is read-only", schema.id)))
            } else {
                Ok(())
            };
        }
        if self.does == Does::Remove {
            resource.remove(schema.id);
            return Ok(());
        }
        let Some(values) = self.value.and_then(Value::as_object) else {
            return Err(Error::value(format!("{} needs an object", schema.id)));
        };
        for (name, value) in values {
            let Some(attribute) = schema.attribute(name) else {
                continue;
            };
            let place = Place {
                extension: Some(schema),
                attribute,
                sub: None,
            };
            if allowed(&place).is_ok() {
                let change = Change {
                    does: self.does,
                    value: Some(value),
                    before: String::new(),
                };
                let path = PatchPath {
                    attribute: AttrPath::simple(name),
                    filter: None,
                    sub: None,
                };
                change.at(place, &path, resource)?;
            }
        }
        Ok(())
    }

    /// One attribute, or a part of it.
    fn at(
        mut self,
        place: Place,
        path: &PatchPath,
        resource: &mut Attributes,
    ) -> Result<(), Error> {
        let Some(extension) = place.extension else {
            return self.within(place, path, resource);
        };
        self.before = format!("{}:", extension.id);
        let mut within = match resource.get(extension.id) {
            Some(Value::Object(within)) => within.clone(),
            _ => Attributes::new(),
        };
        self.within(place, path, &mut within)?;
        if within.is_empty() {
            resource.remove(extension.id);
        } else {
            resource.insert(extension.id.to_owned(), within.into());
        }
        Ok(())
    }

    fn within(&self, place: Place, path: &PatchPath, object: &mut Attributes) -> Result<(), Error> {
        match (place.attribute.multi_valued, &path.filter, place.sub) {
            (true, None, None) => self.of_list(place.attribute, object),
            (true, filter, sub) => self.of_values(place.attribute, filter.as_ref(), sub, object),
            (false, Some(_), _) => Err(Error::path(format!("{} is no list", place.dotted()))),
            (false, None, None) => self.of_single(place.attribute, object),
            (false, None, Some(sub)) => self.of_part(place.attribute, sub, object),
        }
    }
}
