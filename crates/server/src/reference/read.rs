//! The document as the pages show it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Members of members are shown down to this depth; what is deeper is named.
const DEPTH_MAX: usize = 4;

/// Everything that the pages show.
#[derive(Debug)]
pub struct Reference {
    pub version: String,
    pub groups: Vec<Group>,
    pub problems: Vec<Kind>,
}

/// A status of problems, with its codes.
#[derive(Debug)]
pub struct Kind {
    pub status: String,
    pub says: String,
    pub codes: Vec<String>,
}

/// Operations about one thing.
#[derive(Debug)]
pub struct Group {
    /// As the names of its operations begin.
    pub name: String,
    pub title: String,
    pub operations: Vec<Operation>,
}

/// A method of a path.
#[derive(Debug)]
pub struct Operation {
    pub name: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    /// Who may.
    pub guard: Vec<Words>,
    pub parameters: Vec<Row>,
    pub request: Option<Body>,
    pub answers: Vec<Answer>,
    /// Statuses of problems, with what they mean.
    pub problems: Vec<(String, String)>,
}

/// A part of a sentence.
#[derive(Debug)]
pub struct Words {
    pub text: String,
    /// It is a key.
    pub is_code: bool,
}

/// A parameter, or a member of a body.
#[derive(Debug)]
pub struct Row {
    pub name: String,
    /// Where it stands: in the path, the query or a header; empty in a body.
    pub place: String,
    /// What it may be.
    pub kind: String,
    pub is_needed: bool,
    pub says: Vec<Words>,
}

/// A body, in or out.
#[derive(Debug)]
pub struct Body {
    pub media: String,
    /// What it is, where it is no object.
    pub kind: String,
    pub rows: Vec<Row>,
    pub example: Option<String>,
}

/// An answer that is not a problem.
#[derive(Debug)]
pub struct Answer {
    pub status: String,
    pub says: String,
    pub body: Option<Body>,
}

impl Operation {
    /// Whether all the words, in small letters, are found in it.
    pub fn has(&self, words: &[String]) -> bool {
        let text = format!(
            "{} {} {} {}",
            self.method, self.path, self.name, self.summary
        );
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    }
}

impl Reference {
    pub fn read(document: &Value) -> Self {
        let reader = Reader { document };
        let mut groups: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
        for (path, item) in members(&document["paths"]) {
            for (method, operation) in members(item) {
                let tag = text(&operation["tags"][0]);
                let operation = reader.operation(method, path, operation);
                groups.entry(tag).or_default().push(operation);
            }
        }
        let group = |(name, operations): (String, Vec<Operation>)| Group {
            title: titled(&name),
            name,
            operations,
        };
        Self {
            version: text(&document["info"]["version"]),
            groups: groups.into_iter().map(group).collect(),
            problems: reader.problems(),
        }
    }
}

struct Reader<'a> {
    document: &'a Value,
}

impl<'a> Reader<'a> {
    fn resolved(&self, value: &'a Value) -> &'a Value {
        let reference = value["$ref"].as_str();
        let pointer = reference.and_then(|reference| reference.strip_prefix('#'));
        let found = pointer.and_then(|pointer| self.document.pointer(pointer));
        found.unwrap_or(value)
    }

    fn operation(&self, method: &str, path: &str, operation: &'a Value) -> Operation {
        let mut answers = Vec::new();
        let mut problems = Vec::new();
        for (status, response) in members(&operation["responses"]) {
            let response = self.resolved(response);
            let says = text(&response["description"]);
            if status.starts_with('2') {
                answers.push(Answer {
                    status: status.clone(),
                    says,
                    body: self.body(&response["content"]),
                });
            } else {
                problems.push((status.clone(), says));
            }
        }
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        Operation {
            name: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]).replace('`', ""),
            guard: words(&text(&operation["description"])),
            parameters: parameters
                .map(|one| self.parameter(self.resolved(one)))
                .collect(),
            request: self.body(&operation["requestBody"]["content"]),
            answers,
            problems,
        }
    }

    fn parameter(&self, parameter: &'a Value) -> Row {
        Row {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            kind: self.kind(&parameter["schema"]),
            is_needed: parameter["required"] == true,
            says: words(&text(&parameter["description"])),
        }
    }

    fn body(&self, content: &'a Value) -> Option<Body> {
        let (media, content) = members(content).next()?;
        let mut rows = Vec::new();
        self.rows(&content["schema"], "", 0, &mut rows);
        let example = content.get("example");
        Some(Body {
            media: media.clone(),
            kind: if rows.is_empty() {
                self.kind(&content["schema"])
            } else {
                String::new()
            },
            rows,
            example: example.map(|example| format!("{example:#}")),
        })
    }

    /// The members of an object, and of what stands in it.
    fn rows(&self, schema: &'a Value, before: &str, depth: usize, rows: &mut Vec<Row>) {
        let schema = self.resolved(schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.rows(part, before, depth, rows);
        }
        if let Some((one, _)) = self.one_or_null(schema) {
            return self.rows(one, before, depth, rows);
        }
        if schema["type"] == "array" {
            return self.rows(&schema["items"], &format!("{before}[]"), depth, rows);
        }
        let needed: Vec<_> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .collect();
        for (name, member) in members(&schema["properties"]) {
            let whole = match before {
                "" => name.clone(),
                before => format!("{before}.{name}"),
            };
            let says = text(&member["description"]);
            let says = if says.is_empty() {
                text(&self.resolved(member)["description"])
            } else {
                says
            };
            rows.push(Row {
                name: whole.clone(),
                place: String::new(),
                kind: self.kind(member),
                is_needed: needed.iter().any(|needed| *needed == name),
                says: words(&says),
            });
            if depth < DEPTH_MAX {
                self.rows(member, &whole, depth + 1, rows);
            }
        }
    }

    /// The schema that something has where it is not null.
    fn one_or_null(&self, schema: &'a Value) -> Option<(&'a Value, &'static str)> {
        match schema["oneOf"].as_array().map(Vec::as_slice)? {
            [one, null] if null["type"] == "null" => Some((one, ", or null")),
            _ => None,
        }
    }

    /// What a value may be, in words.
    fn kind(&self, schema: &'a Value) -> String {
        let schema = self.resolved(schema);
        if let Some((one, or_null)) = self.one_or_null(schema) {
            return self.kind(one) + or_null;
        }
        for several in ["oneOf", "anyOf"] {
            if let Some(parts) = schema[several].as_array() {
                let parts: Vec<_> = parts.iter().map(|part| self.kind(part)).collect();
                return parts.join(", or ");
            }
        }
        if let Some(words) = schema["enum"].as_array() {
            let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
            return match words.len() {
                0..=12 => words.join(", "),
                many => format!("{}, … ({many} words)", words[..6].join(", ")),
            };
        }
        let (name, or_null) = match &schema["type"] {
            Value::Array(types) => (types[0].as_str().unwrap_or_default(), ", or null"),
            name => (name.as_str().unwrap_or_default(), ""),
        };
        let kind = match name {
            "string" => of_text(schema),
            "integer" => format!("whole number{}", bounds(schema, "minimum", "maximum", "")),
            "number" => format!("number{}", bounds(schema, "minimum", "maximum", "")),
            "boolean" => "true or false".to_owned(),
            "array" => {
                let bounds = bounds(schema, "minItems", "maxItems", " of them");
                format!("list of: {}{bounds}", self.kind(&schema["items"]))
            }
            "object" => "object".to_owned(),
            "null" => "null".to_owned(),
            _ if schema["allOf"].is_array() => "object".to_owned(),
            _ => "anything".to_owned(),
        };
        kind + or_null
    }

    fn problems(&self) -> Vec<Kind> {
        let responses = members(&self.document["components"]["responses"]);
        let kind = |(name, response): (&String, &Value)| {
            let media = members(&response["content"]).next();
            let codes = media
                .map(|(_, content)| &content["schema"]["allOf"][1]["properties"]["code"]["enum"]);
            let codes = codes.and_then(Value::as_array).into_iter().flatten();
            Kind {
                status: name.trim_start_matches("Problem").to_owned(),
                says: text(&response["description"]),
                codes: codes.map(text).collect(),
            }
        };
        responses.map(kind).collect()
    }
}

fn of_text(schema: &Value) -> String {
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    if let Some(id) = pattern.strip_suffix("_[0-9a-f]{32}$") {
        return format!(
            "id: {}_ and 32 hexadecimal digits",
            id.trim_start_matches('^')
        );
    }
    let kind = match schema["format"].as_str() {
        Some("date-time") => "moment (RFC 3339)",
        Some("date") => "day, like 2026-03-01",
        Some("uuid") => "UUID",
        Some("binary") => "file",
        _ if pattern == "^[0-9a-f]{32}$" => "32 hexadecimal digits",
        _ => "text",
    };
    format!(
        "{kind}{}",
        bounds(schema, "minLength", "maxLength", " characters")
    )
}

/// Least and most, in words.
fn bounds(schema: &Value, least: &str, most: &str, of: &str) -> String {
    let most = match &schema[most] {
        // As large as a machine counts: no bound to speak of.
        most if most.as_u64().is_some_and(|most| most > u64::from(u32::MAX)) => &Value::Null,
        most => most,
    };
    match (&schema[least], most) {
        (Value::Null, Value::Null) => String::new(),
        (least, Value::Null) => format!(", {least} or more{of}"),
        (Value::Null, most) => format!(", up to {most}{of}"),
        (least, most) => format!(", {least} to {most}{of}"),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What stands between backticks is a key.
fn words(text: &str) -> Vec<Words> {
    let part = |(place, text): (usize, &str)| Words {
        text: text.to_owned(),
        is_code: place % 2 == 1,
    };
    let parts = text.split('`').enumerate().map(part);
    parts.filter(|words| !words.text.is_empty()).collect()
}

/// `user_groups`: User groups.
fn titled(name: &str) -> String {
    let name = name.replace('_', " ");
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_shows_every_operation_with_its_bodies() {
        let document = crate::wiring::document(&crate::wiring::routes()).unwrap();
        let reference = Reference::read(&document);
        let all = || reference.groups.iter().flat_map(|group| &group.operations);
        assert!(all().count() > 300);
        let rename = all().find(|one| one.name == "groups.rename").unwrap();
        assert_eq!(
            (rename.method.as_str(), rename.path.as_str()),
            ("PUT", "/api/v1/groups/{group}/name")
        );
        let name = &rename.request.as_ref().unwrap().rows[0];
        assert_eq!(
            (name.name.as_str(), name.kind.as_str()),
            ("name", "text, 1 to 200 characters")
        );
        assert!(name.is_needed);
        assert!(
            rename
                .parameters
                .iter()
                .any(|one| one.name == "Idempotency-Key" && one.place == "header")
        );
        assert!(rename.problems.iter().any(|(status, _)| status == "409"));
        let words = ["put".to_owned(), "groups/{group}/name".to_owned()];
        assert_eq!(all().filter(|one| one.has(&words)).count(), 1);
        let codes = reference
            .problems
            .iter()
            .find(|kind| kind.status == "404")
            .unwrap();
        assert!(codes.codes.contains(&"not_found".to_owned()));
    }
}
