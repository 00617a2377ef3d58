//! One request on its way through guard, parts and handler.

use axum::{
    body::Body,
    extract::{FromRequestParts, RawPathParams, Request},
    http::request::Parts,
};

use crate::{
    app::App,
    caller::Caller,
    problem::{Problem, Result},
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

    /// Who asks, if a valid token came along.
    pub fn caller(&self) -> Result<&Caller> {
        self.parts
            .extensions
            .get::<Caller>()
            .ok_or_else(Problem::unauthenticated)
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
