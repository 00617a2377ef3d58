//! Parts of a request. None of them refuses it: what is wrong with one is told by the handler, which notes the request.

use std::collections::HashMap;

use axum::http::StatusCode;
use scim::{Error, ScimType, project::Projection, schema::ResourceType};
use serde_json::Value;
use utoipa::openapi::{Object, Type, path::ParameterIn};
use web::{
    Problem, Result,
    about::{About, Content},
    call::Call,
    part::{Part, json_bytes},
};

use crate::{dialect::problem, reply::MEDIA};

/// A segment of the path that names something.
#[derive(Debug)]
pub(crate) struct InPath<S> {
    pub text: String,
    segment: std::marker::PhantomData<S>,
}

/// What it is called.
pub(crate) trait Segment: Send {
    const NAME: &'static str;
}

macro_rules! segments {
    ($($type:ident = $name:literal),+) => {$(
        #[derive(Debug)]
        pub(crate) struct $type;

        impl Segment for $type {
            const NAME: &'static str = $name;
        }
    )+};
}
segments!(
    User = "user",
    Group = "directory_group",
    Kind = "resource_type",
    Schema = "schema"
);

impl<S: Segment> Part for InPath<S> {
    fn describe(about: &mut About) {
        about.parameter::<String>(ParameterIn::Path, S::NAME, true, "Its id.");
    }

    async fn take(call: &mut Call) -> Result<Self> {
        Ok(Self {
            text: call.segment(S::NAME).unwrap_or_default().to_owned(),
            segment: std::marker::PhantomData,
        })
    }
}

/// The body as it came, or what is wrong with it.
#[derive(Debug)]
pub(crate) struct Sent(Result<Value>);

impl Sent {
    /// The body.
    pub fn body(self) -> Result<Value> {
        self.0
    }
}

impl Part for Sent {
    fn describe(about: &mut About) {
        about.request = Some(Content {
            media: MEDIA,
            schema: Some(utoipa::openapi::Schema::from(Object::with_type(Type::Object)).into()),
        });
        about.problems.extend([413, 415]);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        Ok(Self(read(call).await))
    }
}

async fn read(call: &mut Call) -> Result<Value> {
    let bytes = json_bytes(call)
        .await
        .map_err(|problem| match problem.status() {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                problem.detail("send JSON, and say so: Content-Type: application/scim+json")
            }
            _ => problem,
        })?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        problem(Error::of(
            ScimType::InvalidSyntax,
            format!("the body is not JSON: {place}"),
        ))
    })
}

/// The parameters of a question (RFC 7644 §3.4.2), from the address or from a body.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pub filter: Option<String>,
    pub sort_by: Option<String>,
    pub sort_order: Option<String>,
    pub start_index: Option<String>,
    pub count: Option<String>,
    pub attributes: Vec<String>,
    pub excluded: Vec<String>,
}

/// Which attributes are answered. Apart from the rest, because a PATCH takes these alone.
const NAMES: [&str; 7] = [
    "filter",
    "sortBy",
    "sortOrder",
    "startIndex",
    "count",
    "attributes",
    "excludedAttributes",
];

impl Part for Params {
    fn describe(about: &mut About) {
        for name in NAMES {
            let text = "As RFC 7644 §3.4.2 and §3.9 have it.";
            about.parameter::<String>(ParameterIn::Query, name, false, text);
        }
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let query = call.parts.uri.query().unwrap_or_default();
        let mut given = HashMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            given.entry(name.to_ascii_lowercase()).or_insert(value);
        }
        let mut take = |name: &str| {
            let value = given.remove(&name.to_ascii_lowercase());
            value
                .map(|value| value.into_owned())
                .filter(|value| !value.is_empty())
        };
        let [
            filter,
            sort_by,
            sort_order,
            start_index,
            count,
            attributes,
            excluded,
        ] = NAMES.map(&mut take);
        let split = |names: Option<String>| {
            let names = names.unwrap_or_default();
            let names = names
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        };
        Ok(Self {
            filter,
            sort_by,
            sort_order,
            start_index,
            count,
            attributes: split(attributes),
            excluded: split(excluded),
        })
    }
}

impl Params {
    /// From the body of a `.search` (RFC 7644 §3.4.3).
    pub fn of_body(body: &Value) -> Result<Self> {
        const MESSAGE: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
        let wrong = |detail: String| problem(Error::of(ScimType::InvalidSyntax, detail));
        let Some(body) = body.as_object() else {
            return Err(wrong("the body is no object".to_owned()));
        };
        let field = |name: &str| {
            let mut fields = body.iter();
            let field = fields.find(|(field, _)| field.eq_ignore_ascii_case(name));
            field
                .map(|(_, value)| value)
                .filter(|value| !value.is_null())
        };
        let schemas = field("schemas").and_then(Value::as_array);
        let mut schemas = schemas.into_iter().flatten().filter_map(Value::as_str);
        if !schemas.any(|schema| schema.eq_ignore_ascii_case(MESSAGE)) {
            return Err(wrong(format!("schemas does not name {MESSAGE}")));
        }
        let text = |name: &str| match field(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(wrong(format!("{name} is of another type"))),
        };
        let list = |name: &str| match field(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(names)) => {
                let names = names.iter().map(|name| name.as_str().map(str::to_owned));
                let names: Option<Vec<_>> = names.collect();
                names.ok_or_else(|| wrong(format!("{name} is no list of texts")))
            }
            Some(_) => Err(wrong(format!("{name} is no list of texts"))),
        };
        Ok(Self {
            filter: text("filter")?,
            sort_by: text("sortBy")?,
            sort_order: text("sortOrder")?,
            start_index: text("startIndex")?,
            count: text("count")?,
            attributes: list("attributes")?,
            excluded: list("excludedAttributes")?,
        })
    }

    /// Which attributes are answered.
    pub fn projection(&self, kind: &'static ResourceType) -> Result<Projection, Problem> {
        let [attributes, excluded] = [&self.attributes, &self.excluded]
            .map(|names| names.iter().map(String::as_str).collect::<Vec<_>>());
        Projection::new(kind, &attributes, &excluded).map_err(problem)
    }
}
