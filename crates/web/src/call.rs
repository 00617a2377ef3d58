//! One request on its way through guard, parts and handler.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    body::Body,
    extract::{FromRequestParts, RawPathParams, Request},
    http::{HeaderValue, request::Parts},
    response::Response,
};
use bytes::Bytes;

use crate::{
    app::App,
    caller::Caller,
    common::Reading,
    envelope::{Client, RequestId},
    page::done,
    problem::{Problem, Result},
    reply::VERSION_HEADER,
    session::Session,
};

/// The request as guards and parts see it.
#[derive(Debug)]
pub struct Call {
    /// What the server holds.
    pub app: App,
    /// Method, headers, extensions.
    pub parts: Parts,
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
    body: Option<Body>,
    read: Bytes,
    session: Option<Session>,
}

impl Call {
    pub(crate) async fn new(app: App, request: Request) -> Result<Self> {
        let (mut parts, body) = request.into_parts();
        let raw = RawPathParams::from_request_parts(&mut parts, &())
            .await
            .map_err(|_| Problem::not_found())?;
        let path = raw
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let query = match parts.uri.query() {
            None => Vec::new(),
            Some(text) => serde_urlencoded::from_str(text)
                .map_err(|_| Problem::malformed("the query string is not a list of name=value"))?,
        };
        Ok(Self {
            app,
            parts,
            path,
            query,
            body: Some(body),
            read: Bytes::new(),
            session: None,
        })
    }

    /// A segment of the path, by the name that the route gives it.
    pub fn segment(&self, name: &str) -> Option<&str> {
        value_of(&self.path, name)
    }

    /// A query parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        value_of(&self.query, name)
    }

    /// Every query parameter as it came.
    pub(crate) fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// Every segment of the path as it came.
    pub(crate) fn path(&self) -> &[(String, String)] {
        &self.path
    }

    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// Who asks, if a valid token or the cookie of a session came along.
    pub fn caller(&self) -> Result<&Caller> {
        self.parts
            .extensions
            .get::<Caller>()
            .ok_or_else(Problem::unauthenticated)
    }

    /// The caller's session: opened by the guard, the same for the parts that come after it. Whoever has to have a second factor and
    /// signed in without one has none.
    pub async fn session(&mut self, reading: Reading) -> Result<Session> {
        let session = self.any_session(reading).await?;
        session.require_second_factor()?;
        Ok(session)
    }

    /// The same for the few pages where they set it up.
    pub(crate) async fn any_session(&mut self, reading: Reading) -> Result<Session> {
        if let Some(session) = &self.session {
            return Ok(session.clone());
        }
        let session = Session::open(self.caller()?, self.request_id(), reading, &self.app).await?;
        let session = session.with_done(done::of(&self.parts.headers));
        self.session = Some(session.clone());
        Ok(session)
    }

    /// The network address that the request came from.
    pub(crate) fn client(&self) -> IpAddr {
        let client = self.parts.extensions.get::<Client>();
        client.map_or(Ipv4Addr::UNSPECIFIED.into(), |client| client.0)
    }

    pub(crate) fn request_id(&self) -> String {
        self.parts
            .extensions
            .get::<RequestId>()
            .map(|id| id.0.clone())
            .unwrap_or_default()
    }

    /// Every answer about an account names the version that it speaks of, errors too.
    pub(crate) fn stamp(&self, mut response: Response) -> Response {
        if let Some(session) = &self.session {
            let version = HeaderValue::from(session.asked().version().0);
            response
                .headers_mut()
                .entry(VERSION_HEADER)
                .or_insert(version);
        }
        response
    }

    /// What makes this request the same as another one with the same idempotency key.
    pub(crate) fn fingerprint(&self) -> Vec<u8> {
        let mut bytes = format!("{} {}\n", self.parts.method, self.parts.uri).into_bytes();
        bytes.extend_from_slice(&self.read);
        bytes
    }

    /// Keeps the body for [`Call::fingerprint`].
    pub(crate) fn keep(&mut self, read: Bytes) {
        self.read = read;
    }

    pub(crate) fn take_body(&mut self) -> Result<Body> {
        self.body
            .take()
            .ok_or_else(|| Problem::internal("a handler reads the body twice"))
    }

    /// A parameter given twice would be read differently by different programs on the way; one nobody knows is a slip.
    pub(crate) fn refuse_odd_parameters(&self, known: &[String]) -> Result<()> {
        for (index, (name, _)) in self.query.iter().enumerate() {
            if !known.iter().any(|known| known == name) {
                let known = if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                };
                return Err(Problem::invalid(
                    "query",
                    format!("there is no such query parameter here; known: {known}"),
                ));
            }
            if self.query[..index]
                .iter()
                .any(|(earlier, _)| earlier == name)
            {
                return Err(Problem::invalid(
                    name.clone(),
                    "this query parameter is given twice",
                ));
            }
        }
        Ok(())
    }
}

fn value_of<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}
