//! Good answers of the standard: their status, media type and headers (RFC 7644 §3.1, §3.14).

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use utoipa::openapi::{Array, Object, ObjectBuilder, RefOr, Schema, Type};
use web::{
    about::{About, Content, Good},
    reply::Reply,
};

/// The media type of what is read and answered. `application/json` is read as well.
pub(crate) const MEDIA: &str = "application/scim+json";

/// An answer that has this status when all is well, or the other one: 304, or 200 where a body was asked for. 0: there is no other.
#[derive(Debug)]
pub(crate) struct Told<const STATUS: u16, const OR: u16 = 0> {
    /// Whether it is the other one.
    pub or: bool,
    pub body: Option<Value>,
    pub etag: Option<String>,
    pub location: Option<String>,
}

impl<const STATUS: u16, const OR: u16> Told<STATUS, OR> {
    /// With a body and nothing else.
    pub fn body(body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::nothing()
        }
    }

    /// Without a body.
    pub fn nothing() -> Self {
        Self {
            or: false,
            body: None,
            etag: None,
            location: None,
        }
    }

    pub fn status(&self) -> StatusCode {
        let status = if self.or { OR } else { STATUS };
        StatusCode::from_u16(status).unwrap_or(StatusCode::OK)
    }
}

/// An object of the standard: each names its schemas.
fn resource() -> RefOr<Schema> {
    let texts = Array::new(Object::with_type(Type::String));
    let object = ObjectBuilder::new()
        .property("schemas", texts)
        .required("schemas");
    Schema::from(object.build()).into()
}

impl<const STATUS: u16, const OR: u16> Reply for Told<STATUS, OR> {
    fn describe(about: &mut About) {
        for status in [STATUS, OR] {
            let description = match status {
                0 => continue,
                201 => "It was created.",
                204 => "Done.",
                304 => "It is as the caller knows it.",
                _ => "Done, or found.",
            };
            let content = matches!(status, 200 | 201).then(|| Content {
                media: MEDIA,
                schema: Some(resource()),
            });
            about.good.push(Good {
                status,
                description,
                content,
            });
        }
    }

    fn reply(self) -> Response {
        let status = self.status();
        let mut response = match self.body {
            Some(body) => {
                let media = [(header::CONTENT_TYPE, MEDIA)];
                (status, media, body.to_string()).into_response()
            }
            None => status.into_response(),
        };
        for (name, value) in [(header::ETAG, self.etag), (header::LOCATION, self.location)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
