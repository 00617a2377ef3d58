//! The OpenAPI document, made from the list of routes: what is accepted, what is answered, who may, and an example of each.
//!
//! What routes know of themselves comes from the types of their handlers ([`crate::about`]). The examples were recorded from a running
//! server by the tests of all routes, which hold each answer against this document.
//!
//! **Start reading** in [`document`]; [`codes`] has the codes of problems, `tidy` makes the parts that types say too much or too little of true.

pub mod codes;
mod problems;
mod tidy;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::PartialSchema;

use crate::{
    about::{About, Content, Good, GuardText},
    page::upload::MULTIPART,
    problem::ProblemBody,
    route::Route,
};

const TOKEN: &str = "token";

/// One request that a route reads, and the answer that it got.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Example {
    /// The body of the request.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub request: Value,
    /// The body of the answer; a text where it is no JSON.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub answer: Value,
}

/// Examples by the names of routes.
pub type Examples = BTreeMap<String, Example>;

/// The document of these routes. Pages are for people, and no part of it.
pub fn document(routes: &[Route], version: &str, examples: &Examples) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    let mut responses = problems::responses();
    let api = || routes.iter().filter(|route| route.is_api());
    for route in api() {
        for (name, schema) in &route.about.schemas {
            schemas.insert(name.clone(), json!(schema));
        }
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        let method = route.method.as_str().to_ascii_lowercase();
        let mut operation = operation(route, examples.get(route.name));
        let dialects = routes.iter().filter_map(Route::dialect);
        if let Some(dialect) = dialects.into_iter().find(|one| one.is_of(route.path)) {
            problems::tell_in(&dialect, &mut operation, &mut responses);
        }
        item[method] = operation;
    }
    schemas.insert("Problem".to_owned(), json!(ProblemBody::schema()));
    let mut tags: Vec<_> = api().map(tag).collect();
    tags.sort_unstable();
    tags.dedup();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Rolecall",
            "version": version,
            "description": "Who is who in a support organisation, who may do what on which thing, and why.",
        },
        "tags": tags.iter().map(|tag| json!({"name": tag})).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "headers": problems::headers(),
            "securitySchemes": {
                TOKEN: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A personal token, or the token of a connection.",
                },
            },
        },
    });
    tidy::tidy(&mut document);
    document
}

/// What routes are grouped by.
fn tag(route: &Route) -> &'static str {
    route.name.split('.').next().unwrap_or(route.name)
}

fn operation(route: &Route, example: Option<&Example>) -> Value {
    let about = &route.about;
    let mut operation = json!({
        "operationId": route.name,
        "tags": [tag(route)],
        "summary": route.summary,
        "description": about.guard.to_string(),
        "responses": responses(about, example),
    });
    if !about.parameters.is_empty() {
        operation["parameters"] = json!(about.parameters);
    }
    if let Some(content) = &about.request {
        let body = content_of(content, example.map(|example| &example.request));
        operation["requestBody"] = json!({"required": true, "content": body});
    }
    if !matches!(about.guard, GuardText::Public { .. }) {
        operation["security"] = json!([{TOKEN: []}]);
    }
    operation
}

fn responses(about: &About, example: Option<&Example>) -> Value {
    let mut responses = Map::new();
    for good in &about.good {
        responses.insert(good.status.to_string(), answer(about, good, example));
    }
    for status in statuses(about) {
        responses.insert(status.to_string(), problems::reference(status));
    }
    responses.into()
}

fn answer(about: &About, good: &Good, example: Option<&Example>) -> Value {
    let mut headers = json!({"Rolecall-Request": {"$ref": "#/components/headers/Request"}});
    if !matches!(about.guard, GuardText::Public { .. }) {
        headers["Rolecall-Version"] = json!({"$ref": "#/components/headers/Version"});
    }
    let mut answer = json!({"description": good.description, "headers": headers});
    if let Some(content) = &good.content {
        answer["content"] = content_of(content, example.map(|example| &example.answer));
    }
    answer
}

fn content_of(content: &Content, example: Option<&Value>) -> Value {
    let mut body = json!({});
    if let Some(schema) = &content.schema {
        body["schema"] = json!(schema);
    }
    // A form with a file has no example in JSON.
    let example = example.filter(|example| !example.is_null() && content.media != MULTIPART);
    if let Some(example) = example {
        body["example"] = example.clone();
    }
    json!({content.media: body})
}

/// The statuses of the problems that a route can answer with.
fn statuses(about: &About) -> Vec<u16> {
    let mut statuses = about.problems.clone();
    // Of every route: a parameter that nobody knows, too many requests, what is our fault, and what goes by.
    statuses.extend([422, 429, 500, 503]);
    match about.guard {
        GuardText::Public { .. } => {}
        // Whoever has to have a second factor and signed in without one is refused everywhere (403).
        GuardText::SignedIn | GuardText::Permit { .. } | GuardText::Anywhere { .. } => {
            statuses.extend([401, 403]);
        }
        GuardText::Seen { .. } => statuses.extend([401, 403, 404]),
        // A command is refused because the caller may not (403), because it makes no sense (422), or because it would break what has to
        // hold (409).
        GuardText::Command { .. } => statuses.extend([401, 403, 404, 409]),
    }
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// Schemas of one name that are not one schema: whoever reads the name would be told of the other.
pub fn ambiguous_schemas(routes: &[Route]) -> Vec<String> {
    let mut known: BTreeMap<&str, (Value, &str)> = BTreeMap::new();
    let mut found = Vec::new();
    for route in routes.iter().filter(|route| route.is_api()) {
        for (name, schema) in &route.about.schemas {
            let schema = json!(schema);
            let (first, of) = known
                .entry(name)
                .or_insert_with(|| (schema.clone(), route.name));
            if *first != schema {
                found.push(format!("{name} of {} is not that of {of}", route.name));
            }
        }
    }
    found
}
