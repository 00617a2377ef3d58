//! The schemas of what describes the server (RFC 7643 §5 to §7, §8.7.2). `/Schemas` lists them with the others.

use super::{Attribute, Kind, Schema};

const fn text(name: &'static str, description: &'static str) -> Attribute {
    Attribute::string(name, description).read_only()
}

const fn flag(name: &'static str, description: &'static str) -> Attribute {
    Attribute::new(name, Kind::Boolean, description).read_only()
}

const fn number(name: &'static str, description: &'static str) -> Attribute {
    Attribute::new(name, Kind::Integer, description).read_only()
}

const fn object(
    name: &'static str,
    description: &'static str,
    sub_attributes: &'static [Attribute],
) -> Attribute {
    Attribute::complex(name, description, sub_attributes).read_only()
}

const fn uri(name: &'static str, description: &'static str) -> Attribute {
    Attribute::reference(name, description, &["uri"]).read_only()
}

const fn external(name: &'static str, description: &'static str) -> Attribute {
    Attribute::reference(name, description, &["external"]).read_only()
}

const SUPPORTED: Attribute = flag("supported", "Whether it can be used.").required();

/// What the server can do (RFC 7643 §5).
pub static SERVICE_PROVIDER_CONFIG: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
    name: "ServiceProviderConfig",
    description: "What the server can do.",
    attributes: &[
        external("documentationUri", "Where to read about it."),
        object("patch", "PATCH.", &[SUPPORTED]).required(),
        object(
            "bulk",
            "Many operations in one request.",
            &[
                SUPPORTED,
                number("maxOperations", "Most operations.").required(),
                number("maxPayloadSize", "Most bytes.").required(),
            ],
        )
        .required(),
        object(
            "filter",
            "Filters.",
            &[
                SUPPORTED,
                number("maxResults", "Most resources in one answer.").required(),
            ],
        )
        .required(),
        object("changePassword", "Changing passwords.", &[SUPPORTED]).required(),
        object("sort", "Sorting.", &[SUPPORTED]).required(),
        object("etag", "Entity tags.", &[SUPPORTED]).required(),
        object(
            "authenticationSchemes",
            "How a provider proves who it is.",
            &[
                text("type", "The scheme.").required().usually(&[
                    "oauth",
                    "oauth2",
                    "oauthbearertoken",
                    "httpbasic",
                    "httpdigest",
                ]),
                text("name", "Its name.").required(),
                text("description", "What it is.").required(),
                external("specUri", "Where it is specified."),
                external("documentationUri", "Where to read about it."),
            ],
        )
        .multi_valued()
        .required(),
    ],
};

/// A kind of resource (RFC 7643 §6).
pub static RESOURCE_TYPE: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
    name: "ResourceType",
    description: "A kind of resource.",
    attributes: &[
        text("name", "Its name.").required(),
        text("description", "What it is."),
        uri("endpoint", "Where its resources are, under the base.").required(),
        uri("schema", "Its schema.").case_exact().required(),
        object(
            "schemaExtensions",
            "Its extensions.",
            &[
                uri("schema", "The schema of the extension.").required(),
                flag("required", "Whether every resource has it.").required(),
            ],
        )
        .multi_valued(),
    ],
};

/// What a sub-attribute is told to be: the same as an attribute, without sub-attributes of its own.
const ATTRIBUTE: [Attribute; 11] = [
    text("name", "Its name.").case_exact().required(),
    text("type", "What its value is.").required().usually(&[
        "string",
        "complex",
        "boolean",
        "decimal",
        "integer",
        "dateTime",
        "reference",
    ]),
    flag("multiValued", "Whether its value is a list.").required(),
    text("description", "What it is.").case_exact(),
    flag("required", "Whether every resource has it."),
    text("canonicalValues", "What its value usually is.")
        .case_exact()
        .multi_valued(),
    flag("caseExact", "Whether case counts."),
    text("mutability", "Who may change it.")
        .case_exact()
        .usually(&["readOnly", "readWrite", "immutable", "writeOnly"]),
    text("returned", "When it is answered.")
        .case_exact()
        .usually(&["always", "never", "default", "request"]),
    text("uniqueness", "Whether two may have the same.")
        .case_exact()
        .usually(&["none", "server", "global"]),
    text("referenceTypes", "What a reference leads to.")
        .case_exact()
        .multi_valued(),
];

/// What an attribute is told to be.
const WHOLE_ATTRIBUTE: [Attribute; 12] = {
    let [a, b, c, d, e, f, g, h, i, j, k] = ATTRIBUTE;
    let sub_attributes = object(
        "subAttributes",
        "What a complex value is made of.",
        &ATTRIBUTE,
    );
    [
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        i,
        j,
        k,
        sub_attributes.multi_valued(),
    ]
};

/// A schema (RFC 7643 §7).
pub static SCHEMA: Schema = Schema {
    id: "urn:ietf:params:scim:schemas:core:2.0:Schema",
    name: "Schema",
    description: "A set of attributes.",
    attributes: &[
        text("name", "Its name.").required(),
        text("description", "What it is."),
        object("attributes", "The attributes.", &WHOLE_ATTRIBUTE)
            .multi_valued()
            .required(),
    ],
};
