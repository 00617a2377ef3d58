//! Attributes as data (RFC 7643 §2 and §7): what everything else in this crate asks before it reads, compares or changes a value.

mod core;
mod discovery;
mod enterprise;

use serde_json::{Map, Value, json};

use crate::path::AttrPath;

use self::core::COMMON;
pub use self::core::{GROUP, USER};
pub use self::discovery::{RESOURCE_TYPE, SCHEMA, SERVICE_PROVIDER_CONFIG};
pub use self::enterprise::ENTERPRISE_USER;

/// What a value is (RFC 7643 §2.3): the types that our schemas use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A moment as XML Schema writes it.
    DateTime,
    /// A URI of something else. Its case always counts (RFC 7643 §2.3.7).
    Reference,
    /// An object of sub-attributes.
    Complex,
}

/// Who may change a value, and how often (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutability {
    /// This server alone.
    ReadOnly,
    /// The provider.
    ReadWrite,
    /// The provider, once.
    Immutable,
}

/// When a value is in an answer (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// Whatever is asked for.
    Always,
    /// In no answer.
    Never,
    /// Unless something else is asked for.
    Default,
    /// When it is asked for by name.
    Request,
}

/// Among what a value may stand once (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uniqueness {
    /// As often as anybody likes.
    None,
    /// Once among the resources that a provider sees.
    Server,
}

/// One attribute, or sub-attribute, of a schema.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// As it is written in JSON. Names are compared without case (RFC 7643 §2.1).
    pub name: &'static str,
    /// What its value is, or each of its values.
    pub kind: Kind,
    /// For people.
    pub description: &'static str,
    /// Whether its value is a list.
    pub multi_valued: bool,
    /// At most so many values, where it is a list.
    pub most: usize,
    /// Whether no resource is without it.
    pub required: bool,
    /// Whether case counts when it is compared.
    pub case_exact: bool,
    /// Who may change it.
    pub mutability: Mutability,
    /// When it is answered.
    pub returned: Returned,
    /// Whether two may have the same.
    pub uniqueness: Uniqueness,
    /// What its value usually is; others are kept too (RFC 7643 §7: "suggested").
    pub canonical_values: &'static [&'static str],
    /// What a reference leads to.
    pub reference_types: &'static [&'static str],
    /// What a complex value is made of.
    pub sub_attributes: &'static [Attribute],
}

/// How many values a list has where its schema says nothing else: addresses and telephone numbers of one person.
const MOST_VALUES: usize = 50;

impl Attribute {
    /// A single text that may be changed, is answered by default, and is compared without case (RFC 7643 §2.2).
    pub const fn new(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self {
            name,
            kind,
            description,
            multi_valued: false,
            most: MOST_VALUES,
            required: false,
            case_exact: matches!(kind, Kind::Reference),
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            canonical_values: &[],
            reference_types: &[],
            sub_attributes: &[],
        }
    }

    /// A text.
    pub const fn string(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Kind::String, description)
    }

    /// A reference to one of these types: names of resource types, `external` or `uri`.
    pub const fn reference(
        name: &'static str,
        description: &'static str,
        types: &'static [&'static str],
    ) -> Self {
        let mut attribute = Self::new(name, Kind::Reference, description);
        attribute.reference_types = types;
        attribute
    }

    /// An object.
    pub const fn complex(
        name: &'static str,
        description: &'static str,
        sub_attributes: &'static [Attribute],
    ) -> Self {
        let mut attribute = Self::new(name, Kind::Complex, description);
        attribute.sub_attributes = sub_attributes;
        attribute
    }

    /// The same as a list.
    pub const fn multi_valued(mut self) -> Self {
        self.multi_valued = true;
        self
    }

    /// The same with at most so many values.
    pub const fn at_most(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// The same, and every resource has it.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same, and case counts.
    pub const fn case_exact(mut self) -> Self {
        self.case_exact = true;
        self
    }

    /// The same, for this server alone to change.
    pub const fn read_only(mut self) -> Self {
        self.mutability = Mutability::ReadOnly;
        self
    }

    /// The same, to be set once.
    pub const fn immutable(mut self) -> Self {
        self.mutability = Mutability::Immutable;
        self
    }

    /// The same, answered at other times.
    pub const fn returned(mut self, returned: Returned) -> Self {
        self.returned = returned;
        self
    }

    /// The same, and no two resources have the same value.
    pub const fn unique(mut self) -> Self {
        self.uniqueness = Uniqueness::Server;
        self
    }

    /// The same with what it usually is.
    pub const fn usually(mut self, values: &'static [&'static str]) -> Self {
        self.canonical_values = values;
        self
    }

    /// A sub-attribute by its name, in any case.
    pub fn sub(&self, name: &str) -> Option<&'static Attribute> {
        named(self.sub_attributes, name)
    }

    /// Whether its values are known by a `value` that never changes, as members of a group are: a list has each of them once.
    pub(crate) fn holds_references(&self) -> bool {
        let value = self.sub("value");
        self.multi_valued && value.is_some_and(|sub| sub.mutability == Mutability::Immutable)
    }

    /// As `/Schemas` tells it (RFC 7643 §7). What does not apply is left out: providers take a null for a value.
    fn body(&self) -> Value {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("name", self.name.into());
        put("type", self.kind.keyword().into());
        put("multiValued", self.multi_valued.into());
        put("description", self.description.into());
        put("required", self.required.into());
        put("mutability", self.mutability.keyword().into());
        put("returned", self.returned.keyword().into());
        if matches!(self.kind, Kind::String | Kind::Reference) {
            put("caseExact", self.case_exact.into());
        }
        if self.kind != Kind::Complex {
            put("uniqueness", self.uniqueness.keyword().into());
        }
        if !self.canonical_values.is_empty() {
            put("canonicalValues", json!(self.canonical_values));
        }
        if !self.reference_types.is_empty() {
            put("referenceTypes", json!(self.reference_types));
        }
        if !self.sub_attributes.is_empty() {
            let subs: Vec<_> = self.sub_attributes.iter().map(Self::body).collect();
            put("subAttributes", subs.into());
        }
        Value::Object(body)
    }
}

impl Kind {
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Reference => "reference",
            Self::Complex => "complex",
        }
    }
}

impl Mutability {
    fn keyword(self) -> &'static str {
        match self {
            Self::ReadOnly => "readOnly",
            Self::ReadWrite => "readWrite",
            Self::Immutable => "immutable",
        }
    }
}

impl Returned {
    fn keyword(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Never => "never",
            Self::Default => "default",
            Self::Request => "request",
        }
    }
}

impl Uniqueness {
    fn keyword(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Server => "server",
        }
    }
}

/// A set of attributes with a URN (RFC 7643 §7).
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// The URN.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    /// For people.
    pub description: &'static str,
    /// What a resource of it has, beside what every resource has.
    pub attributes: &'static [Attribute],
}

impl Schema {
    /// An attribute by its name, in any case.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        named(self.attributes, name)
    }

    /// As `/Schemas` tells it (RFC 7643 §8.7), under the address `base`.
    pub fn body(&self, base: &str) -> Value {
        let attributes: Vec<_> = self.attributes.iter().map(Attribute::body).collect();
        json!({
            "schemas": [SCHEMA.id],
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "attributes": attributes,
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{}", self.id) },
        })
    }
}

/// A kind of resource with its address (RFC 7643 §6).
#[derive(Clone, Copy, Debug)]
pub struct ResourceType {
    /// Its name, and its id.
    pub name: &'static str,
    /// Where its resources are, under the base.
    pub endpoint: &'static str,
    /// For people.
    pub description: &'static str,
    /// What every resource of it is.
    pub schema: &'static Schema,
    /// What a resource of it may be beside that. None is required.
    pub extensions: &'static [&'static Schema],
}

impl ResourceType {
    /// As `/ResourceTypes` tells it (RFC 7643 §8.6), under the address `base`.
    pub fn body(&self, base: &str) -> Value {
        let extension = |schema: &&Schema| json!({ "schema": schema.id, "required": false });
        let extensions: Vec<_> = self.extensions.iter().map(extension).collect();
        let location = format!("{base}/ResourceTypes/{}", self.name);
        json!({
            "schemas": [RESOURCE_TYPE.id],
            "id": self.name,
            "name": self.name,
            "endpoint": self.endpoint,
            "description": self.description,
            "schema": self.schema.id,
            "schemaExtensions": extensions,
            "meta": { "resourceType": "ResourceType", "location": location },
        })
    }

    /// An extension by its URN, in any case.
    pub fn extension(&self, urn: &str) -> Option<&'static Schema> {
        let mut extensions = self.extensions.iter().copied();
        extensions.find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    /// What a path names. Without a URN it is an attribute of the resource, or of an extension where the resource has none of that name:
    /// Entra ID writes `manager`.
    pub fn resolve(&'static self, path: &AttrPath) -> Option<Named> {
        let Some(urn) = &path.urn else {
            let own = self.own(path);
            let mut extensions = self.extensions.iter();
            return own.or_else(|| extensions.find_map(|schema| Named::of(schema, path)));
        };
        if self.schema.id.eq_ignore_ascii_case(urn) {
            return self.own(path);
        }
        if let Some(schema) = self.extension(urn) {
            return Named::of(schema, path);
        }
        // The URN of an extension alone: its last part reads like an attribute.
        let whole = self.extension(&format!("{urn}:{}", path.attribute));
        whole.filter(|_| path.sub.is_none()).map(Named::Extension)
    }

    fn own(&self, path: &AttrPath) -> Option<Named> {
        let attribute =
            named(COMMON, &path.attribute).or_else(|| self.schema.attribute(&path.attribute))?;
        Place::of(None, attribute, path).map(Named::Attribute)
    }

    /// The attribute that stands under a name at the top of a resource.
    pub(crate) fn top(&self, name: &str) -> Option<&'static Attribute> {
        named(COMMON, name).or_else(|| self.schema.attribute(name))
    }
}

/// What a path can name.
#[derive(Clone, Copy, Debug)]
pub enum Named {
    /// All of an extension.
    Extension(&'static Schema),
    /// An attribute, or a sub-attribute.
    Attribute(Place),
}

impl Named {
    fn of(extension: &'static Schema, path: &AttrPath) -> Option<Self> {
        let attribute = extension.attribute(&path.attribute)?;
        Place::of(Some(extension), attribute, path).map(Self::Attribute)
    }
}

/// Where an attribute stands in a resource.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The extension that it belongs to.
    pub extension: Option<&'static Schema>,
    /// The attribute.
    pub attribute: &'static Attribute,
    /// One of its sub-attributes.
    pub sub: Option<&'static Attribute>,
}

impl Place {
    fn of(
        extension: Option<&'static Schema>,
        attribute: &'static Attribute,
        path: &AttrPath,
    ) -> Option<Self> {
        let sub = match &path.sub {
            Some(name) => Some(attribute.sub(name)?),
            None => None,
        };
        Some(Self {
            extension,
            attribute,
            sub,
        })
    }

    /// A sub-attribute as it stands in one value of a list.
    pub(crate) fn within_value(sub: &'static Attribute) -> Self {
        Self {
            extension: None,
            attribute: sub,
            sub: None,
        }
    }

    /// What is compared and sorted by: the sub-attribute, or the attribute, or its `value` where it is complex (RFC 7644 §3.4.2.2 compares
    /// `emails` so).
    pub(crate) fn leaf(mut self) -> Self {
        if self.sub.is_none() {
            self.sub = self.attribute.sub("value");
        }
        self
    }

    /// The attribute or sub-attribute that is meant.
    pub(crate) fn last(&self) -> &'static Attribute {
        self.sub.unwrap_or(self.attribute)
    }

    /// As it is written: `name.familyName`, or with the URN of its extension before it.
    pub fn dotted(&self) -> String {
        let mut text = String::new();
        if let Some(extension) = self.extension {
            text.push_str(extension.id);
            text.push(':');
        }
        text.push_str(self.attribute.name);
        if let Some(sub) = self.sub {
            text.push('.');
            text.push_str(sub.name);
        }
        text
    }

    /// Its values in a resource, each value of a list by itself.
    pub(crate) fn values<'a>(&self, resource: &'a Map<String, Value>) -> Vec<&'a Value> {
        let within = match self.extension {
            Some(extension) => resource.get(extension.id).and_then(Value::as_object),
            None => Some(resource),
        };
        let value = within.and_then(|within| within.get(self.attribute.name));
        let each: &[Value] = match value {
            Some(Value::Array(values)) => values,
            Some(value) => std::slice::from_ref(value),
            None => &[],
        };
        let pick = |value: &'a Value| match self.sub {
            Some(sub) => value.get(sub.name),
            None => Some(value),
        };
        each.iter().filter_map(pick).collect()
    }
}

fn named(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    let mut attributes = attributes.iter();
    attributes.find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// Attributes of RFC 7643 §4 that this server does not keep, and therefore does not announce. Providers send them by default, and are not
/// stopped for it: in a PATCH they are passed over, as in a POST. So is what they send of access in parts that we do not have.
const NOT_KEPT: [&str; 16] = [
    "addresses",
    "costCenter",
    "division",
    "entitlements",
    "groups",
    "ims",
    "locale",
    "nickName",
    "organization",
    "password",
    "photos",
    "profileUrl",
    "roles",
    "timezone",
    "userType",
    "x509Certificates",
];

/// Whether a path that names nothing of ours names what an RFC has and this server does not keep, or something of an extension that it does
/// not know.
pub(crate) fn is_not_kept(kind: &ResourceType, path: &AttrPath) -> bool {
    let is_core = |urn: &str| kind.schema.id.eq_ignore_ascii_case(urn);
    if let Some(urn) = &path.urn
        && !is_core(urn)
        && kind.extension(urn).is_none()
    {
        return !is_core(&format!("{urn}:{}", path.attribute));
    }
    let mut not_kept = NOT_KEPT.iter();
    not_kept.any(|name| name.eq_ignore_ascii_case(&path.attribute))
}
