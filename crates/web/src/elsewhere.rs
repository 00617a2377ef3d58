//! Somebody who is on their way to a sign-in provider and back: what only this browser brings along, and what it comes back with. What is in
//! the cookie is sealed by who writes it; here it is a text.

use axum::http::{HeaderValue, header};
use serde::de::DeserializeOwned;

use crate::{
    about::{About, Content},
    call::Call,
    page::{Page, SeeOther, WithCookie},
    part::{Part, body_bytes},
    problem::{Problem, Result},
};

/// Sent to this host alone, over TLS alone, and also where another place leads here (`Lax`).
const COOKIE: &str = "__Host-rolecall-provider";
/// Browsers keep about so much.
const BYTES_MAX: usize = 4_000;

/// What this browser brought along.
#[derive(Debug)]
pub struct Brought(pub Option<String>);

impl Part for Brought {
    fn describe(_: &mut About) {}

    async fn take(call: &mut Call) -> Result<Self> {
        let values = call.parts.headers.get_all(header::COOKIE).iter();
        let pairs = values.flat_map(|value| value.to_str().unwrap_or_default().split(';'));
        let mut ours = pairs.filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE).then_some(value)
        });
        let (Some(value), None) = (ours.next(), ours.next()) else {
            return Ok(Self(None));
        };
        Ok(Self((value.len() <= BYTES_MAX).then(|| value.to_owned())))
    }
}

/// The query of a request from elsewhere, as it came: others put into it what they like.
#[derive(Debug)]
pub struct RawQuery(pub String);

impl Part for RawQuery {
    fn describe(about: &mut About) {
        about.takes_any_parameter = true;
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let query = call.parts.uri.query().unwrap_or_default();
        Ok(Self(query.to_owned()))
    }
}

/// A form that another server sends, and no page of ours: whoever reads it believes what is signed in it alone. Others put into it what they
/// like besides.
#[derive(Debug)]
pub struct ForeignForm<T>(pub T);

impl<T: DeserializeOwned + Send> Part for ForeignForm<T> {
    fn describe(about: &mut About) {
        about.request = Some(Content {
            media: "application/x-www-form-urlencoded",
            schema: None,
        });
        about.problems.extend([400, 413]);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let bytes = body_bytes(call).await?;
        let read = serde_urlencoded::from_bytes(&bytes);
        read.map(Self).map_err(|_| {
            Problem::malformed("the body is not a form with the field that is read here")
        })
    }
}

fn cookie(value: &str, seconds: i64) -> Result<HeaderValue> {
    if value.len() > BYTES_MAX {
        return Err(Problem::internal("what a browser is to keep is too long"));
    }
    let text =
        format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
    let mut cookie = HeaderValue::from_str(&text).map_err(Problem::internal)?;
    cookie.set_sensitive(true);
    Ok(cookie)
}

impl<T> WithCookie<T> {
    /// With this to bring along, for so long.
    pub fn keeping(page: Page<T>, value: &str, seconds: i64) -> Result<Self> {
        Ok(Self::new(page, cookie(value, seconds)?))
    }

    /// With nothing to bring along any more.
    pub fn keeping_nothing(page: Page<T>) -> Result<Self> {
        Self::keeping(page, "", 0)
    }
}

impl SeeOther {
    /// With this to bring along, for so long; with nothing any more where it is empty.
    pub fn keeping(self, value: &str, seconds: i64) -> Result<Self> {
        Ok(self.with_cookie(cookie(value, seconds)?))
    }
}
