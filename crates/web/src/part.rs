//! The further arguments of a handler: parts of the request, read once the guard has opened.

use std::future::Future;

use access::Fingerprint;
use axum::{body::Body as RawBody, http::header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema, openapi::path::ParameterIn};

use crate::{
    about::{About, Content},
    call::Call,
    common::Submission,
    effect,
    objects::Objects,
    problem::{Problem, Result},
    schema,
};

/// The header of a replacement.
const IF_MARK: &str = "If-Mark";

/// A part of the request.
pub trait Part: Sized + Send {
    /// Parameters or body, for the document.
    fn describe(about: &mut About);

    /// Reads it, or says what is wrong with it.
    fn take(call: &mut Call) -> impl Future<Output = Result<Self>> + Send;
}

/// Several parts in the place of one.
impl<A: Part, B: Part, C: Part> Part for (A, B, C) {
    fn describe(about: &mut About) {
        A::describe(about);
        B::describe(about);
        C::describe(about);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        Ok((
            A::take(call).await?,
            B::take(call).await?,
            C::take(call).await?,
        ))
    }
}

/// A JSON body. Give its type `#[serde(deny_unknown_fields)]`: a key nobody knows is a slip or an attempt (RULES.md §7).
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + ToSchema + Send> Part for Body<T> {
    fn describe(about: &mut About) {
        let schema = about.schema::<T>();
        about.request = Some(Content {
            media: "application/json",
            schema: Some(schema),
        });
        about.problems.extend([400, 413, 415, 422]);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let bytes = json_bytes(call).await?;
        parse(&bytes).map(Self)
    }
}

/// A JSON body that orders a change, and how the change is to be submitted. One part, because an idempotency key stands for both.
#[derive(Debug)]
pub struct Order<T> {
    /// What is to be done.
    pub body: T,
    /// How.
    pub how: Submission,
}

impl<T: DeserializeOwned + ToSchema + Send> Part for Order<T> {
    fn describe(about: &mut About) {
        Body::<T>::describe(about);
        Submission::describe(about);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let bytes = json_bytes(call).await?;
        let body = parse(&bytes)?;
        call.keep(bytes);
        let how = Submission::take(call).await?;
        Ok(Self { body, how })
    }
}

/// An order that takes the place of what is there. It carries the mark of what was read: nothing is overwritten that the caller has not
/// seen, and nothing that somebody else changes in between.
#[derive(Debug)]
pub struct Replacement<T> {
    /// What is to stand there.
    pub order: Order<T>,
    /// The mark of what the caller read. A dry run may come without.
    pub read: Option<Fingerprint>,
}

impl<T: DeserializeOwned + ToSchema + Send> Part for Replacement<T> {
    fn describe(about: &mut About) {
        Order::<T>::describe(about);
        about.parameter_of(
            schema::mark(),
            ParameterIn::Header,
            IF_MARK,
            false,
            "The `mark` that was read with what is replaced; refused with 409 when there is another one by now. Only a dry run may leave it out.",
        );
        about.problems.push(428);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let order = Order::take(call).await?;
        let read = call
            .header(IF_MARK)
            .map(|mark| effect::fingerprint(IF_MARK, mark))
            .transpose()?;
        if order.how.dry_run || read.is_some() {
            Ok(Self { order, read })
        } else {
            Err(Problem::read_first(IF_MARK))
        }
    }
}

/// The bytes of a body that says it is JSON, up to the limit.
pub async fn json_bytes(call: &mut Call) -> Result<bytes::Bytes> {
    if !is_json(call.header(header::CONTENT_TYPE.as_str())) {
        return Err(Problem::new(
            axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body is of a kind that is not read here",
        )
        .detail("send JSON, and say so: Content-Type: application/json"));
    }
    body_bytes(call).await
}

/// The bytes of a body, up to the limit.
pub(crate) async fn body_bytes(call: &mut Call) -> Result<bytes::Bytes> {
    let limit = call.app.limits().body_bytes;
    collect(call.take_body()?, limit).await
}

async fn collect(body: RawBody, limit: usize) -> Result<bytes::Bytes> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
            Err(Problem::too_large(limit))
        }
        Err(_) => Err(Problem::malformed("the body ended early")),
    }
}

fn is_json(content_type: Option<&str>) -> bool {
    let Some(media) = content_type.and_then(|value| value.split(';').next()) else {
        return false;
    };
    let media = media.trim().to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

/// Reads JSON, and says where it went wrong.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::malformed("the body is empty; send a JSON object"));
    }
    // What is wrong is looked for only where something is.
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    if let Ok(value) = T::deserialize(Objects(&mut reader))
        && reader.end().is_ok()
    {
        return Ok(value);
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Objects(&mut reader)).map_err(|error| {
        let at = pointer(error.path());
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => Problem::invalid(at, inner.to_string()),
            _ => Problem::malformed(format!("the body is not JSON: {inner}")),
        }
    })?;
    reader.end().map_err(|error| {
        Problem::malformed(format!("the body goes on after the JSON value: {error}"))
    })?;
    Ok(value)
}

/// A JSON pointer (RFC 6901) to the place where reading stopped.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// Query parameters of a route's own; the common ones are in [`crate::common`].
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + IntoParams + Send> Part for Query<T> {
    fn describe(about: &mut About) {
        about
            .parameters
            .extend(T::into_params(|| Some(ParameterIn::Query)));
        about.problems.push(422);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        pairs(call.query()).map(Self)
    }
}

/// Segments of the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + IntoParams + Send> Part for Path<T> {
    fn describe(about: &mut About) {
        about
            .parameters
            .extend(T::into_params(|| Some(ParameterIn::Path)));
        about.problems.push(404);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        // An id that cannot be read names nothing.
        pairs(call.path())
            .map(Self)
            .map_err(|_| Problem::not_found())
    }
}

/// Reads a struct from name=value pairs, with the place in the error.
pub(crate) fn pairs<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T> {
    let text = serde_urlencoded::to_string(pairs).map_err(Problem::internal)?;
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let at = error.path().to_string();
        Problem::invalid(at, error.into_inner().to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only read")]
        lines: Vec<Line>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only read")]
        number: u8,
    }

    fn problem(text: &str) -> (u16, String, String) {
        let problem = parse::<Order>(text.as_bytes()).unwrap_err().body();
        let at = problem
            .members
            .get("at")
            .and_then(|at| at.as_str())
            .unwrap_or("-")
            .to_owned();
        (problem.status, at, problem.detail.unwrap())
    }

    #[test]
    fn a_wrong_type_says_where() {
        let (status, at, detail) = problem(r#"{"lines": [{"number": 1}, {"number": "x"}]}"#);
        assert_eq!((status, at.as_str()), (422, "/lines/1/number"));
        assert!(detail.contains("expected u8"), "{detail}");
    }

    #[test]
    fn an_unknown_key_and_a_missing_one_are_named() {
        assert!(
            problem(r#"{"lines": [], "is_admin": true}"#)
                .2
                .contains("`is_admin`")
        );
        assert!(problem("{}").2.contains("missing field `lines`"));
    }

    #[test]
    fn an_object_is_no_list() {
        for text in ["[[]]", r#"{"lines": [[1]]}"#] {
            let (status, _, detail) = problem(text);
            assert_eq!(status, 422, "{text}");
            assert!(detail.contains("expected an object"), "{detail}");
        }
        assert!(parse::<Order>(br#"{"lines": [{"number": 1}]}"#).is_ok());
        assert!(parse::<Order>(br#"{"lines": [{"number": 1.0}]}"#).is_ok());
        assert!(parse::<Order>(br#"{"lines": [{"number": 1.5}]}"#).is_err());
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for text in ["", "  ", "{", r#"{"lines": []} x"#, "lines=1"] {
            assert_eq!(problem(text).0, 400, "{text}");
        }
    }

    #[test]
    fn json_has_a_charset_or_a_suffix_or_neither() {
        for yes in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON",
            "application/scim+json",
        ] {
            assert!(is_json(Some(yes)), "{yes}");
        }
        for no in [
            "text/json",
            "application/jsonx",
            "application/x-www-form-urlencoded",
            "",
        ] {
            assert!(!is_json(Some(no)), "{no}");
        }
    }
}
