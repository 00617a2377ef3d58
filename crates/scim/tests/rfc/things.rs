//! A kind of resource with one attribute of each sort, which no schema of ours has all of; and what makes tests short.

use scim::patch::{Patch, Patched};
use scim::schema::{Attribute, Kind, ResourceType, Returned, Schema, USER};
use scim::{Attributes, Error, ScimType, resource};
use serde_json::{Value, json};

pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Things, which have what users and groups have not.
pub static THING: ResourceType = ResourceType {
    name: "Thing",
    endpoint: "/Things",
    description: "A thing of a test.",
    schema: &THING_SCHEMA,
    extensions: &[&MORE],
};

static THING_SCHEMA: Schema = Schema {
    id: "urn:test:Thing",
    name: "Thing",
    description: "A thing of a test.",
    attributes: &[
        Attribute::string("label", ""),
        Attribute::string("code", "").case_exact(),
        Attribute::string("serial", "").immutable(),
        Attribute::string("secret", "").returned(Returned::Never),
        Attribute::string("costly", "").returned(Returned::Request),
        Attribute::string("badge", "").returned(Returned::Always),
        Attribute::new("count", Kind::Integer, ""),
        Attribute::new("since", Kind::DateTime, ""),
        Attribute::new("open", Kind::Boolean, ""),
        Attribute::string("tags", "").multi_valued(),
        Attribute::complex(
            "key",
            "",
            &[
                Attribute::string("name", ""),
                Attribute::string("pin", "").returned(Returned::Never),
                Attribute::string("cut", "").returned(Returned::Request),
            ],
        ),
    ],
};

static MORE: Schema = Schema {
    id: "urn:test:More",
    name: "More",
    description: "More of a thing.",
    attributes: &[
        Attribute::string("colour", ""),
        Attribute::string("hidden", "").returned(Returned::Never),
    ],
};

pub fn attributes(value: Value) -> Attributes {
    value.as_object().unwrap().clone()
}

/// What is kept of a body, to which its schema is added.
pub fn read(kind: &'static ResourceType, mut body: Value) -> Result<Attributes, Error> {
    body["schemas"] = json!([kind.schema.id]);
    resource::read(kind, &body)
}

pub fn user(body: Value) -> Attributes {
    read(&USER, body).unwrap()
}

/// A resource after operations.
pub fn patched(
    kind: &'static ResourceType,
    resource: &Value,
    operations: Value,
) -> Result<Patched, Error> {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    });
    Patch::parse(&body)?.apply(kind, &attributes(resource.clone()))
}

/// By what a refusal is known.
pub fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> ScimType {
    result.unwrap_err().scim_type.unwrap()
}
