//! The answers that are problems, once for all routes: one per status, with its stable codes and an example.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::codes::CODES;
use crate::problem::{PROBLEM_JSON, Problem};

/// By the status: `#/components/responses/Problem404`.
pub(super) fn reference(status: u16) -> Value {
    json!({"$ref": format!("#/components/responses/Problem{status}")})
}

pub(super) fn responses() -> Value {
    let responses = CODES.iter().map(|(status, codes)| {
        let schema = json!({
            "allOf": [
                {"$ref": "#/components/schemas/Problem"},
                {"properties": {"status": {"const": status}, "code": {"enum": codes}}},
            ],
        });
        let mut headers = json!({"Rolecall-Request": {"$ref": "#/components/headers/Request"}});
        if let 429 | 503 = status {
            headers["Retry-After"] = json!({"$ref": "#/components/headers/RetryAfter"});
        }
        if *status == 401 {
            headers["WWW-Authenticate"] = json!({"required": true, "schema": {"type": "string"}});
        }
        let response = json!({
            "description": means(*status),
            "headers": headers,
            "content": {PROBLEM_JSON: {"schema": schema, "example": example(*status)}},
        });
        (format!("Problem{status}"), response)
    });
    responses.collect::<Map<_, _>>().into()
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
        413 => "The body is too large.",
        415 => "The body is of a kind that is not read here.",
        422 => "The request can be read, and something in it makes no sense.",
        428 => "This replaces what is there, and does not say what was read.",
        429 => "Too many requests.",
        503 => "Not now.",
        _ => "Something went wrong on our side.",
    }
}

fn example(status: u16) -> Value {
    let wait = Duration::from_secs(1);
    let problem = match status {
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
    };
    json!(problem.body())
}
