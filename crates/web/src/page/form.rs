//! What a page sends: a form, from a page of ours, with keys that are all known.

use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;

use crate::{
    about::{About, Content},
    call::Call,
    origin,
    part::{Part, body_bytes, pairs},
    problem::{Problem, Result},
};

/// The media type of a form without a file.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// The field that proves that the form comes from a page of this session.
pub const TOKEN_FIELD: &str = "form_token";

/// A form. Give its type `#[serde(deny_unknown_fields)]`: a key nobody knows is a slip or an attempt (RULES.md §7).
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Send> Part for Form<T> {
    fn describe(about: &mut About) {
        about.request = Some(Content {
            media: FORM,
            schema: None,
        });
        about.problems.extend([400, 403, 413, 415, 422]);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        pairs(&fields(call).await?).map(Self)
    }
}

/// The fields of a form that comes from a page of ours, as they came, without the proof of that.
pub(super) async fn fields(call: &mut Call) -> Result<Vec<(String, String)>> {
    require_origin(call)?;
    let media = call
        .header(header::CONTENT_TYPE.as_str())
        .unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case(FORM) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body is of a kind that is not read here",
        )
        .detail("send a form, and say so: Content-Type: application/x-www-form-urlencoded"));
    }
    let bytes = body_bytes(call).await?;
    let mut fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes)
        .map_err(|_| Problem::malformed("the body is not a form"))?;
    for (index, (name, _)) in fields.iter().enumerate() {
        if fields[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(Problem::invalid(name.clone(), "this field is given twice"));
        }
    }
    let token = fields.iter().position(|(name, _)| name == TOKEN_FIELD);
    let token = token.map(|index| fields.swap_remove(index).1);
    require_token(call, token.as_deref())?;
    Ok(fields)
}

/// Before anybody is signed in as well: nobody is to be signed in as somebody else by a page of theirs.
pub(super) fn require_origin(call: &Call) -> Result<()> {
    if origin::is_ours(&call.parts.headers) {
        return Ok(());
    }
    Err(foreign())
}

/// What was sent comes from a page of this very session, where the caller has one.
pub(super) fn require_token(call: &Call, token: Option<&str>) -> Result<()> {
    if let Ok(caller) = call.caller()
        && let Some(sign_in) = caller.sign_in()
        && !token.is_some_and(|token| sign_in.made(token))
    {
        return Err(foreign());
    }
    Ok(())
}

fn foreign() -> Problem {
    Problem::forbidden_by("foreign_form").detail(
        "the form does not come from a page of yours here: open the page again, and send it from there",
    )
}
