//! What a request is refused with (RFC 7644 §3.12).

use std::fmt;

use serde_json::{Map, Value, json};

/// What the body of a refusal says that it is.
const MESSAGE: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The keyword of a refusal (RFC 7644 §3.12, table 9): those that this server has a use for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScimType {
    /// A filter that is no filter, or compares what cannot be compared.
    InvalidFilter,
    /// More would be answered than the server gives.
    TooMany,
    /// A value is taken by another resource.
    Uniqueness,
    /// An attribute that cannot be changed, or cannot be removed.
    Mutability,
    /// The body is not what the request asks for.
    InvalidSyntax,
    /// The path of a PATCH names nothing that there could be.
    InvalidPath,
    /// The path of a PATCH names nothing that is there.
    NoTarget,
    /// A value is missing, or of the wrong type.
    InvalidValue,
}

impl ScimType {
    /// As it stands in the body.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
        }
    }

    /// The status of HTTP that goes with it.
    fn status(self) -> u16 {
        match self {
            Self::Uniqueness => 409,
            _ => 400,
        }
    }
}

/// A refusal. Its detail names attributes and places and never holds a value: details stand in the logs of both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The status of HTTP.
    pub status: u16,
    /// The keyword, where table 9 has one for it.
    pub scim_type: Option<ScimType>,
    /// For people.
    pub detail: String,
}

impl Error {
    /// A refusal that has a keyword.
    pub fn of(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self {
            status: scim_type.status(),
            scim_type: Some(scim_type),
            detail: detail.into(),
        }
    }

    /// A refusal that has none: 401, 403, 404, 412 and their like.
    pub fn plain(status: u16, detail: impl Into<String>) -> Self {
        Self {
            status,
            scim_type: None,
            detail: detail.into(),
        }
    }

    /// The body of the answer. Its status is a text (RFC 7644 §3.12).
    pub fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("schemas".to_owned(), json!([MESSAGE]));
        body.insert("status".to_owned(), self.status.to_string().into());
        if let Some(scim_type) = self.scim_type {
            body.insert("scimType".to_owned(), scim_type.keyword().into());
        }
        body.insert("detail".to_owned(), self.detail.clone().into());
        Value::Object(body)
    }

    pub(crate) fn syntax(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidSyntax, detail)
    }

    pub(crate) fn value(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidValue, detail)
    }

    pub(crate) fn filter(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidFilter, detail)
    }

    pub(crate) fn path(detail: impl Into<String>) -> Self {
        Self::of(ScimType::InvalidPath, detail)
    }

    pub(crate) fn mutability(detail: impl Into<String>) -> Self {
        Self::of(ScimType::Mutability, detail)
    }

    pub(crate) fn no_target(detail: impl Into<String>) -> Self {
        Self::of(ScimType::NoTarget, detail)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Error {}
