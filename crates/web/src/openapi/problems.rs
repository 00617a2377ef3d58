//! The answers that are problems, once for all routes: one per status, with its stable codes and an example.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::codes::CODES;
use crate::{
    problem::{PROBLEM_JSON, Problem},
    route::Dialect,
};

/// By the status: `#/components/responses/Problem404`.
pub(super) fn reference(status: u16) -> Value {
    json!({"$ref": format!("#/components/responses/Problem{status}")})
}

pub(super) fn responses() -> Map<String, Value> {
    let responses = CODES.iter().map(|(status, codes)| {
        let schema = json!({
            "allOf": [
                {"$ref": "#/components/schemas/Problem"},
                {"properties": {"status": {"const": status}, "code": {"enum": codes}}},
            ],
        });
        let response = json!({
            "description": means(*status),
            "headers": headers_of(*status),
            "content": {PROBLEM_JSON: {"schema": schema, "example": json!(problem(*status).body())}},
        });
        (format!("Problem{status}"), response)
    });
    responses.collect()
}

/// Puts the words of a standard in the place of ours.
pub(super) fn tell_in(
    dialect: &Dialect,
    operation: &mut Value,
    responses: &mut Map<String, Value>,
) {
    let Some(answers) = operation["responses"].as_object_mut() else {
        return;
    };
    let problems = answers.iter().filter_map(|(status, _)| status.parse().ok());
    let problems: Vec<u16> = problems.filter(|status| *status >= 400).collect();
    for status in problems {
        answers.remove(&status.to_string());
        let (status, body) = (dialect.tell)(&problem(status).body());
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let status = status.as_u16();
        let name = format!("{}{status}", dialect.name);
        let reference = json!({"$ref": format!("#/components/responses/{name}")});
        answers.insert(status.to_string(), reference);
        responses
            .entry(name)
            .or_insert_with(|| in_words(dialect.media, status, &body));
    }
}

/// A response of a standard, whose bodies have the members of this one.
fn in_words(media: &str, status: u16, body: &Value) -> Value {
    let members = body.as_object().into_iter().flatten();
    let properties = members.map(|(name, value)| {
        let kind = match value {
            Value::Array(_) => json!({"type": "array", "items": {"type": "string"}}),
            _ => json!({"type": "string"}),
        };
        (name.clone(), kind)
    });
    let properties: Map<_, _> = properties.collect();
    json!({
        "description": means(status),
        "headers": headers_of(status),
        "content": {media: {"schema": {"type": "object", "properties": properties}, "example": body}},
    })
}

fn headers_of(status: u16) -> Value {
    let mut headers = json!({"Rolecall-Request": {"$ref": "#/components/headers/Request"}});
    if let 429 | 503 = status {
        headers["Retry-After"] = json!({"$ref": "#/components/headers/RetryAfter"});
    }
    if status == 401 {
        headers["WWW-Authenticate"] = json!({"required": true, "schema": {"type": "string"}});
    }
    headers
}

/// Headers of answers.
pub(super) fn headers() -> Value {
    json!({
        "Request": {
            "description": "The id of this request, which the log and the audit log have too.",
            "required": true,
            "schema": {"type": "string"},
        },
        "Version": {
            "description": "The version of the account that the answer was computed on.",
            "required": true,
            "schema": {"type": "integer", "minimum": 0},
        },
        "RetryAfter": {
            "description": "Asking again makes sense after so many seconds.",
            "schema": {"type": "integer", "minimum": 1},
        },
    })
}

/// What a status means, whichever route answers with it.
pub fn means(status: u16) -> &'static str {
    match status {
        400 => "The request cannot be read, or its `page` leads nowhere.",
        401 => "Nobody is known by the request: the token is missing, unknown, expired or revoked.",
        403 => "The caller may know of the thing, and may not do this.",
        404 => "There is nothing here that the caller can see.",
        408 => "The body came too slowly.",
        409 => "This clashes with the present state.",
        412 => "It is not what the caller read.",
        413 => "The body is too large.",
        415 => "The body is of a kind that is not read here.",
        422 => "The request can be read, and something in it makes no sense.",
        428 => "This replaces what is there, and does not say what was read.",
        429 => "Too many requests.",
        503 => "Not now.",
        _ => "Something went wrong on our side.",
    }
}

/// One of each status, as it is told.
fn problem(status: u16) -> Problem {
    let wait = Duration::from_secs(1);
    match status {
        400 => Problem::malformed("the body is empty; send a JSON object"),
        401 => Problem::unauthenticated(),
        403 => Problem::forbidden(),
        404 => Problem::not_found(),
        408 => Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            "The file took too long",
        ),
        409 => Problem::conflict(
            "world_moved",
            "the change would do something else by now: look again",
        ),
        412 => Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "changed",
            "It is not what the caller read",
        )
        .detail("it was changed since it was read: read it again"),
        413 => Problem::too_large(1_048_576),
        415 => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body is of a kind that is not read here",
        )
        .detail("send JSON, and say so: Content-Type: application/json"),
        422 => Problem::invalid("/name", "give 1 to 200 characters on one line"),
        428 => Problem::read_first("If-Mark"),
        429 => Problem::too_many_requests(wait),
        503 => Problem::unavailable("busy", "too many requests are being worked on", wait),
        _ => Problem::internal("something of ours"),
    }
}
