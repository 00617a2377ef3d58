//! One sentence from a form that was taken to the page that it leads to: in a cookie that lasts for as long as that takes.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::is_page;
use crate::problem::{Problem, Result};

const COOKIE: &str = "__Host-done";
/// Until the next page is there.
const SECONDS: u64 = 5;
/// The longest sentence that is shown.
const BYTES_MAX: usize = 512;

pub(super) fn cookie(text: &str) -> Result<HeaderValue> {
    let value = BASE64_URL_SAFE_NO_PAD.encode(text);
    let cookie =
        format!("{COOKIE}={value}; Path=/; Max-Age={SECONDS}; Secure; HttpOnly; SameSite=Lax");
    HeaderValue::from_str(&cookie).map_err(Problem::internal)
}

/// Takes it away with the page that shows it, so that no other one does.
pub(crate) async fn said_once(request: Request, inner: Next) -> Response {
    let is_said = of(request.headers()).is_some();
    let mut response = inner.run(request).await;
    if is_said && is_page(response.headers()) {
        let over = HeaderValue::from_static(
            "__Host-done=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
        );
        response.headers_mut().append(header::SET_COOKIE, over);
    }
    response
}

/// The sentence that a request came with.
pub(crate) fn of(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter();
    let pairs = values.flat_map(|value| value.to_str().unwrap_or_default().split(';'));
    let value = pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE && value.len() <= BYTES_MAX).then_some(value))?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(value).ok()?;
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.is_empty())
}
