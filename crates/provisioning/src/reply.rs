//! Good answers of the standard: their status, media type and headers (RFC 7644 §3.1, §3.14).

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use web::{
    about::{About, Content, Good},
    reply::Reply,
};

/// The media type of what is read and answered. `application/json` is read as well.
pub(crate) const MEDIA: &str = "application/scim+json";

/// An answer that has this status when all is well.
#[derive(Debug, Default)]
pub(crate) struct Told<const STATUS: u16> {
    /// Another status: 304, or 204 where a body was not asked for.
    pub instead: Option<StatusCode>,
    pub body: Option<Value>,
    pub etag: Option<String>,
    pub location: Option<String>,
}

impl<const STATUS: u16> Told<STATUS> {
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
            instead: None,
            body: None,
            etag: None,
            location: None,
        }
    }

    pub fn status(&self) -> StatusCode {
        let usual = StatusCode::from_u16(STATUS).unwrap_or(StatusCode::OK);
        self.instead.unwrap_or(usual)
    }
}

impl<const STATUS: u16> Reply for Told<STATUS> {
    fn describe(about: &mut About) {
        let content = (STATUS != 204).then_some(Content {
            media: MEDIA,
            schema: None,
        });
        about.good.push(Good {
            status: STATUS,
            description: "Done, or found.",
            content,
        });
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
