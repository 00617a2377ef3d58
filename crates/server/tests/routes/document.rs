//! The OpenAPI document is true: each answer that a test of the routes gets is held against it, and each example is what its schema says.
//!
//! An example that is missing is recorded from a running server: `ROLECALL_RECORD=<folder>` makes every test write there what it was
//! answered, and `examples_are_complete` then puts what is missing into `src/examples.json`.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::LazyLock};

use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use web::openapi::{Example, Examples, ambiguous_schemas};

use super::{bodies, schema::flaws};

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| rolecall::wiring::document(&rolecall::wiring::routes()).unwrap());

/// The operation behind an address: that with the most words of its own, as the router reads it.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let asked: Vec<_> = path.split('/').collect();
    let fits = |template: &&String| {
        let parts: Vec<_> = template.split('/').collect();
        parts.len() == asked.len()
            && parts
                .iter()
                .zip(&asked)
                .all(|(part, asked)| part.starts_with('{') || part == asked)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let all = paths.keys().filter(fits);
    let path = all.min_by_key(|template| template.matches('{').count())?;
    paths[path].get(method.as_str().to_ascii_lowercase())
}

fn response(operation: &Value, status: StatusCode) -> Option<&Value> {
    let response = operation["responses"].get(status.as_str())?;
    match response["$ref"].as_str() {
        None => Some(response),
        Some(name) => DOCUMENT.pointer(name.trim_start_matches('#')),
    }
}

/// What is wrong with an answer, by the document. Pages are no part of it.
fn wrong(
    method: &Method,
    path: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &Value,
) -> Vec<String> {
    let Some(operation) = operation(method, path) else {
        return Vec::new();
    };
    let Some(response) = response(operation, status) else {
        return vec![format!("the document has no {status}")];
    };
    let media = headers
        .get("content-type")
        .map(|media| media.to_str().unwrap());
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        return media
            .map(|media| format!("a body of {media}"))
            .into_iter()
            .collect();
    };
    let plain = |media: &str| media.split(';').next().unwrap_or_default().to_owned();
    let known = content
        .iter()
        .find(|(known, _)| plain(known) == plain(media.unwrap_or_default()));
    match known {
        // A file has the kind that whoever brought it said.
        None if content.contains_key("*/*") => Vec::new(),
        None => vec![format!("a body of {media:?}")],
        Some((_, content)) if media.is_some_and(|media| media.contains("json")) => {
            flaws(&DOCUMENT, &content["schema"], body)
        }
        Some(_) => Vec::new(),
    }
}

/// Holds an answer against the document.
pub fn hold(method: &Method, path: &str, status: StatusCode, headers: &HeaderMap, body: &Value) {
    let found = wrong(method, path, status, headers, body);
    // While examples are recorded, what is wrong is collected.
    if let (Ok(folder), false) = (std::env::var("ROLECALL_RECORD"), found.is_empty()) {
        fs::create_dir_all(&folder).unwrap();
        let name = operation(method, path).map_or("", |one| one["operationId"].as_str().unwrap());
        let file = PathBuf::from(folder).join(format!("{name}.{}.wrong.txt", status.as_u16()));
        return fs::write(file, format!("{method} {path}: {found:#?}\n{body}")).unwrap();
    }
    assert!(
        found.is_empty(),
        "{method} {path}: {status}: {found:#?}\n{body}"
    );
    record(method, path, status, body);
}

/// Ids, secrets and moments of an example, the same in each.
fn sample(text: &str) -> String {
    let replace =
        |text: &str, pattern: &str, by: &dyn Fn(&regex::Captures<'_>, usize) -> String| {
            let mut seen: Vec<String> = Vec::new();
            let replaced = regex::Regex::new(pattern).unwrap().replace_all(
                text,
                |found: &regex::Captures<'_>| {
                    let whole = found[0].to_owned();
                    let place = seen
                        .iter()
                        .position(|one| *one == whole)
                        .unwrap_or_else(|| {
                            seen.push(whole);
                            seen.len() - 1
                        });
                    by(found, place + 1)
                },
            );
            replaced.into_owned()
        };
    let id = |found: &regex::Captures<'_>, number| {
        format!("{}_0192c5a0b7e47d6a8f31{number:012x}", &found[1])
    };
    let text = replace(text, r"\b([a-z]{3})_[0-9a-f]{32}\b", &id);
    let secret = |_: &regex::Captures<'_>, _| "rc_0123456789abcdef_…".to_owned();
    let text = replace(&text, r"\brc_[0-9a-f]{16}_[0-9a-f]+", &secret);
    let moment =
        |_: &regex::Captures<'_>, number: usize| format!("2026-03-02T09:{:02}:00Z", number % 60);
    replace(&text, r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", &moment)
}

fn record(method: &Method, path: &str, status: StatusCode, body: &Value) {
    let (Ok(folder), StatusCode::OK) = (std::env::var("ROLECALL_RECORD"), status) else {
        return;
    };
    let Some(name) =
        operation(method, path).and_then(|operation| operation["operationId"].as_str())
    else {
        return;
    };
    let text = sample(&body.to_string());
    let is_short = text.len() < 6_000;
    let tried = if body["dry_run"] == true {
        "tried"
    } else {
        "done"
    };
    if is_short {
        fs::create_dir_all(&folder).unwrap();
        fs::write(
            PathBuf::from(folder).join(format!("{name}.{tried}.json")),
            text,
        )
        .unwrap();
    }
}

/// What was recorded of a route: what was done, before what was only tried.
fn recorded(name: &str) -> Value {
    let Ok(folder) = std::env::var("ROLECALL_RECORD") else {
        return Value::Null;
    };
    let read = |how: &str| {
        fs::read_to_string(PathBuf::from(&folder).join(format!("{name}.{how}.json"))).ok()
    };
    let text = read("done").or_else(|| read("tried"));
    text.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
}

/// The body of a request as the document shows it: that which the tests of all routes send.
fn request(name: &str) -> Value {
    let Some(body) = bodies::example(name) else {
        return Value::Null;
    };
    let document = &DOCUMENT["components"]["schemas"];
    let mut text = body.to_string();
    let pattern = regex::Regex::new(r"\{([a-z_]+)\}").unwrap();
    let named: Vec<String> = pattern
        .captures_iter(&text)
        .map(|found| found[1].to_owned())
        .collect();
    for (number, name) in named.iter().enumerate() {
        let kind = match name.as_str() {
            "listener" => "connection",
            "cc_licence" => "licence",
            "colleague" | "agent" | "manager" => "person",
            kind => kind,
        };
        let schema: String = kind
            .split('_')
            .map(|word| word[..1].to_uppercase() + &word[1..])
            .collect();
        let prefix = document[format!("{schema}Id")]["pattern"]
            .as_str()
            .map(|pattern| &pattern[1..4]);
        let value = match prefix {
            Some(prefix) => format!("{prefix}_0192c5a0b7e47d6a8f31{:012x}", number + 1),
            None => "2026-12-31T00:00:00Z".to_owned(),
        };
        text = text.replace(&format!("{{{name}}}"), &value);
    }
    serde_json::from_str(&text).unwrap()
}

/// The operations, by name.
fn operations() -> BTreeMap<&'static str, &'static Value> {
    let items = DOCUMENT["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    operations
        .map(|operation| (operation["operationId"].as_str().unwrap(), operation))
        .collect()
}

/// The schema of a body that is JSON, in whichever words.
fn json_of(body: &Value) -> &Value {
    let content = body["content"].as_object().into_iter().flatten();
    let json = content
        .into_iter()
        .find(|(media, _)| media.contains("json"));
    json.map_or(&Value::Null, |(_, content)| &content["schema"])
}

#[test]
fn every_route_for_programs_is_in_the_document() {
    let routes = rolecall::wiring::routes();
    let mut names: Vec<_> = routes
        .iter()
        .filter(|route| route.is_api())
        .map(|route| route.name)
        .collect();
    names.push("api.document");
    names.sort_unstable();
    let documented: Vec<_> = operations().into_keys().collect();
    assert_eq!(documented, names);
}

#[test]
fn a_name_stands_for_one_schema() {
    let found = ambiguous_schemas(&rolecall::wiring::routes());
    assert_eq!(
        found,
        Vec::<String>::new(),
        "give the type a name with #[schema(as = …)]"
    );
}

/// Answers that have no example: they are too long for one, or no JSON.
const WITHOUT: [&str; 6] = [
    "api.document",
    "catalogue.show",
    "event_kinds.list",
    "health.metrics",
    "events.stream",
    "scim.schemas",
];

#[test]
fn each_example_is_what_its_schema_says_and_none_is_missing() {
    let mut examples: Examples =
        serde_json::from_str(include_str!("../../src/examples.json")).unwrap();
    let mut missing = Vec::new();
    let mut found = Vec::new();
    for (name, operation) in operations() {
        let known = examples.entry(name.to_owned()).or_default();
        let answer = match known.answer.is_null() {
            true => recorded(name),
            false => known.answer.clone(),
        };
        let bodies = json_of(&operation["requestBody"]);
        let request = if bodies.is_null() {
            Value::Null
        } else {
            request(name)
        };
        let wanted = Example { request, answer };
        if *known != wanted {
            missing.push(name);
            *known = wanted;
        }
        let answers = json_of(&operation["responses"]["200"]);
        for (schema, example) in [(bodies, &known.request), (answers, &known.answer)] {
            if schema.is_null() || (example.is_null() && WITHOUT.contains(&name)) {
                continue;
            }
            let flaws = match example.is_null() {
                true => vec!["there is none".to_owned()],
                false => flaws(&DOCUMENT, schema, example),
            };
            if !flaws.is_empty() {
                found.push(format!("{name}: {flaws:?}"));
            }
        }
    }
    if std::env::var("ROLECALL_RECORD").is_ok() {
        examples.retain(|_, example| *example != Example::default());
        let text = serde_json::to_string_pretty(&json!(examples)).unwrap();
        fs::write(
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/examples.json"),
            text + "\n",
        )
        .unwrap();
    }
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(
        missing,
        Vec::<&str>::new(),
        "CONTRIBUTING.md says how examples are recorded"
    );
}
