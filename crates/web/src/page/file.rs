//! A file that an account has of its own, and pages of ours load.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{
    about::{About, Good},
    reply::Reply,
};

/// What a browser may do with a file that somebody brought: look at it.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'");
/// Kept by this browser alone, for as long as the address names it.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// A file.
#[derive(Debug)]
pub struct File {
    media: &'static str,
    bytes: Vec<u8>,
    is_kept: bool,
}

impl File {
    /// Of this kind.
    pub fn new(media: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            media,
            bytes: bytes.into(),
            is_kept: false,
        }
    }

    /// To be kept by the browser, where its address changes with it.
    #[must_use]
    pub fn kept(self, is_kept: bool) -> Self {
        Self { is_kept, ..self }
    }
}

impl Reply for File {
    fn describe(about: &mut About) {
        about.page = true;
        about.good.push(Good {
            status: 200,
            description: "The file.",
            content: None,
        });
    }

    fn reply(self) -> Response {
        let mut response = self.bytes.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media));
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
        if self.is_kept {
            headers.insert(header::CACHE_CONTROL, KEPT);
        }
        response
    }
}
