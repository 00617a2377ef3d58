//! What a handler gives back when it went well.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Object, Schema, schema::AllOfBuilder},
};

use crate::about::{About, Content, Good};

/// The header that names the version of the account which an answer was computed on.
pub const VERSION_HEADER: HeaderName = HeaderName::from_static("rolecall-version");

const JSON: &str = "application/json";

/// A good answer, and what the document says about it.
pub trait Reply {
    /// Status, media type and schema.
    fn describe(about: &mut About);

    /// The response.
    fn reply(self) -> Response;
}

/// 200 with a JSON body that names the version it was computed on, in the body and in a header.
#[derive(Debug)]
pub struct Answer<T> {
    /// The version.
    pub version: u64,
    /// The rest of the body; an object.
    pub body: T,
}

#[derive(Serialize)]
struct Versioned<T> {
    version: u64,
    #[serde(flatten)]
    body: T,
}

/// The version that every answer about an account carries.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct OnVersion {
    /// The version of the account that this was computed on.
    version: u64,
}

impl<T: Serialize + ToSchema> Reply for Answer<T> {
    fn describe(about: &mut About) {
        let body = about.schema::<T>();
        let schema = AllOfBuilder::new()
            .item(OnVersion::schema())
            .item(body)
            .build();
        about.good.push(Good {
            status: 200,
            description: "Done, or found.",
            content: Some(Content {
                media: JSON,
                schema: Some(Schema::AllOf(schema).into()),
            }),
        });
    }

    fn reply(self) -> Response {
        let mut response = json(
            StatusCode::OK,
            &Versioned {
                version: self.version,
                body: self.body,
            },
        );
        response
            .headers_mut()
            .insert(VERSION_HEADER, HeaderValue::from(self.version));
        response
    }
}

/// 200 with a JSON body that is about no account.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: Serialize + ToSchema> Reply for Json<T> {
    fn describe(about: &mut About) {
        let schema = about.schema::<T>();
        about.good.push(Good {
            status: 200,
            description: "Found.",
            content: Some(Content {
                media: JSON,
                schema: Some(schema),
            }),
        });
    }

    fn reply(self) -> Response {
        json(StatusCode::OK, &self.0)
    }
}

/// 200 with JSON that was made before.
#[derive(Debug)]
pub struct Document(pub Box<RawValue>);

impl Reply for Document {
    fn describe(about: &mut About) {
        about.good.push(Good {
            status: 200,
            description: "Found.",
            content: Some(Content {
                media: JSON,
                schema: Some(Object::new().into()),
            }),
        });
    }

    fn reply(self) -> Response {
        let bytes = self.0.get().to_owned();
        ([(header::CONTENT_TYPE, JSON)], bytes).into_response()
    }
}

/// 200 with text.
#[derive(Debug)]
pub struct Text(pub String);

impl Reply for Text {
    fn describe(about: &mut About) {
        about.good.push(Good {
            status: 200,
            description: "Found.",
            content: Some(Content {
                media: "text/plain; charset=utf-8",
                schema: Some(String::schema()),
            }),
        });
    }

    fn reply(self) -> Response {
        self.0.into_response()
    }
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => (status, [(header::CONTENT_TYPE, JSON)], bytes).into_response(),
        Err(error) => crate::problem::Problem::internal(error).into_response(),
    }
}
