//! What a caller is told when something does not work: `application/problem+json` (RFC 9457).
//!
//! A [`Problem`] has two faces. The caller sees status, code, title, detail and members; the chain of causes
//! stays inside and is logged once, when the answer is made. Codes are stable: programs may branch on them.

use std::{borrow::Cow, error::Error, fmt, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value};

/// The media type of every error answer.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The boxed cause of a problem: for the log, never for the caller.
pub type Cause = Box<dyn Error + Send + Sync>;

/// An error answer. Build one with the named constructors, so that a code always has the same status and title.
///
/// Boxed, so that the good way of a `Result` stays small.
#[derive(Debug)]
pub struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    code: Cow<'static, str>,
    title: &'static str,
    detail: Option<String>,
    rule: Option<Cow<'static, str>>,
    members: Map<String, Value>,
    retry_after: Option<Duration>,
    cause: Option<Cause>,
}

/// The result of everything that can end in an error answer.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

impl Problem {
    /// A problem with a code of its own; slices use it for refusals, everybody else the constructors below.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        title: &'static str,
    ) -> Self {
        Self(Box::new(Inner {
            status,
            code: code.into(),
            title,
            detail: None,
            rule: None,
            members: Map::new(),
            retry_after: None,
            cause: None,
        }))
    }

    /// 404: the thing does not exist, or the caller may not know that it does. Never with a detail that tells which.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing here that you can see",
        )
    }

    /// 401: nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first")
            .detail("send a valid token: Authorization: Bearer <token>; in a browser, sign in")
    }

    /// 403: the caller may know of the thing, and may not do this to it.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "You may not do this")
    }

    /// 403 by a rule that has a code of its own.
    pub fn forbidden_by(code: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, "You may not do this")
    }

    /// 422 by a rule that has a code of its own.
    pub fn refused_as_invalid(code: &'static str) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            code,
            "This makes no sense, whoever asks",
        )
    }

    /// 400: the request cannot be read at all.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "The request cannot be read",
        )
        .detail(detail)
    }

    /// 422: the request can be read, and one value in it is not acceptable. `at` is a JSON pointer or a parameter's name.
    pub fn invalid(at: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "A value in the request is not acceptable",
        )
        .member("at", at.into())
        .detail(detail)
    }

    /// 422: a value has the form that the document asks for, and makes no sense: `code` says why.
    pub fn senseless(code: &'static str, at: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::refused_as_invalid(code)
            .member("at", at.into())
            .detail(detail)
    }

    /// 422: an id in query or body, alike for what is not there and for what the caller may not know of. In the path it would be 404.
    pub fn unknown_id(at: impl fmt::Display) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unknown_id",
            "An id in the request names nothing that you can see",
        )
        .member("at", at.to_string())
    }

    /// 409: the world moved since the caller looked.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            code,
            "This clashes with the present state",
        )
        .detail(detail)
    }

    /// 413: a body above the limit, which is `limit` bytes.
    pub fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "The request body is too large",
        )
        .detail(format!(
            "at most {limit} bytes are read; send the rest in further requests"
        ))
    }

    /// 428: a replacement without the mark of what it replaces.
    pub fn read_first(header: &str) -> Self {
        Self::new(
            StatusCode::PRECONDITION_REQUIRED,
            "read_first",
            "This replaces what is there: read it first",
        )
        .detail(format!(
            "read it with GET, and send the `mark` of the first page as {header}"
        ))
    }

    /// 429: come back after `wait`.
    pub fn too_many_requests(wait: Duration) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many requests",
        )
        .retry_after(wait)
    }

    /// 503: not now; come back after `wait`.
    pub fn unavailable(code: &'static str, detail: impl Into<String>, wait: Duration) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            code,
            "The server cannot answer this now",
        )
        .detail(detail)
        .retry_after(wait)
    }

    /// 500: our fault. The caller gets the request id to quote; the cause goes to the log.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side",
        )
        .detail("the log has the cause under this answer's Rolecall-Request")
        .because(cause)
    }

    /// What the log says about it, and the caller is not told.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Cause>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// What is wrong with this request and what to do about it, for a person to read.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// The rule of the rule book that refused, like `AD-8`.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<Cow<'static, str>>) -> Self {
        self.0.rule = Some(rule.into());
        self
    }

    /// A further member of the answer (RFC 9457 §3.2).
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// When asking again makes sense.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// The same problem under another status: faces that follow a standard need it (AuthZEN wants 400 for 422).
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// The HTTP status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The body of the answer.
    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            r#type: format!("urn:rolecall:problem:{}", self.0.code),
            title: self.0.title.to_owned(),
            status: self.0.status.as_u16(),
            code: self.0.code.to_string(),
            detail: self.0.detail.clone(),
            rule: self.0.rule.as_ref().map(ToString::to_string),
            members: self.0.members.clone(),
        }
    }
}

/// The members of an error answer (RFC 9457), as they go over the wire.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A URN that ends in the code.
    pub r#type: String,
    /// The kind of problem in words; the same for every answer with this code.
    pub title: String,
    /// The HTTP status, again.
    pub status: u16,
    /// The stable code for programs.
    pub code: String,
    /// What is wrong with this very request, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The rule of the rule book that refused, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Further members, by code: `at` (where in the request), `allowed_by` (who could do it), …
    #[serde(flatten)]
    pub members: Map<String, Value>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Some(cause) = &self.0.cause {
            tracing::error!(code = %self.0.code, cause = %chain(cause.as_ref()), "a request failed");
        }
        let body = self.body();
        let text = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (self.0.status, text).into_response();
        // For whoever asked for a page.
        response.extensions_mut().insert(body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if self.0.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"rolecall\""),
            );
        }
        if let Some(wait) = self.0.retry_after {
            // Whole seconds, rounded up: "0" would invite the caller back at once.
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
        }
        response
    }
}

/// Every cause on one line, outermost first.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        next = cause.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_never_reaches_the_caller() {
        let problem = Problem::internal("disk /dev/sda1 is full");
        assert!(
            !serde_json::to_string(&problem.body())
                .unwrap()
                .contains("sda1")
        );
    }

    #[test]
    fn a_401_says_how_to_sign_in() {
        let response = Problem::unauthenticated().into_response();
        assert_eq!(
            response.headers()[header::WWW_AUTHENTICATE],
            "Bearer realm=\"rolecall\""
        );
    }

    #[test]
    fn a_wait_of_less_than_a_second_is_not_announced_as_none() {
        let response = Problem::too_many_requests(Duration::from_millis(20)).into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    }
}
