//! Whether a value is what a schema of the document says. Only what the document uses is known here: a keyword that is not known is a
//! failure, so that nothing is passed over. Programs that fuzz the API check the same with a validator of their own.

use regex::Regex;
use serde_json::{Map, Value};

/// Keywords that say something to people.
const SAID: [&str; 4] = ["description", "default", "example", "title"];

/// What is wrong with a value, with its place; `document` is where references lead.
pub fn flaws(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Check { document }.look(schema, value, "", &mut found);
    found
}

struct Check<'a> {
    document: &'a Value,
}

impl Check<'_> {
    fn look(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let Some(keywords) = schema.as_object() else {
            if schema == false {
                found.push(format!("{at}: nothing may stand here"));
            }
            return;
        };
        for (keyword, wanted) in keywords {
            let is_right = match (keyword.as_str(), wanted) {
                ("type", Value::String(name)) => is_of(name, value),
                ("type", Value::Array(names)) => names
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|name| is_of(name, value)),
                ("enum", Value::Array(words)) => words.contains(value),
                ("const", _) => wanted == value,
                ("$ref", Value::String(to)) => {
                    self.look(self.at(to), value, at, found);
                    true
                }
                ("allOf", Value::Array(parts)) => {
                    parts
                        .iter()
                        .for_each(|part| self.look(part, value, at, found));
                    true
                }
                ("oneOf", Value::Array(parts)) => self.passing(parts, value) == 1,
                ("anyOf", Value::Array(parts)) => self.passing(parts, value) > 0,
                ("required", Value::Array(names)) => {
                    let names = names.iter().filter_map(Value::as_str);
                    value.as_object().is_none_or(|members| {
                        names.into_iter().all(|name| members.contains_key(name))
                    })
                }
                ("properties", _) => {
                    self.members(keywords, value, at, found);
                    true
                }
                ("additionalProperties", _) => {
                    // Beside `properties` it is looked at with them.
                    if !keywords.contains_key("properties") {
                        self.members(keywords, value, at, found);
                    }
                    true
                }
                ("items", _) => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.look(wanted, item, &format!("{at}/{index}"), found);
                    }
                    true
                }
                ("minItems" | "maxItems", _) => {
                    let count = value.as_array().map(|items| items.len() as f64);
                    bounded(keyword.starts_with("min"), count, wanted)
                }
                ("minLength" | "maxLength", _) => {
                    let count = value.as_str().map(|text| text.chars().count() as f64);
                    bounded(keyword.starts_with("min"), count, wanted)
                }
                ("minimum" | "maximum", _) => {
                    bounded(keyword.starts_with("min"), value.as_f64(), wanted)
                }
                ("pattern", Value::String(pattern)) => {
                    let pattern = Regex::new(pattern).expect("a pattern of ours");
                    value.as_str().is_none_or(|text| pattern.is_match(text))
                }
                ("format", Value::String(format)) => is_in(format, value),
                _ if SAID.contains(&keyword.as_str()) => true,
                _ => panic!("{at}: a keyword that is not known here: {keyword}: {wanted}"),
            };
            if !is_right {
                let shown: String = value.to_string().chars().take(200).collect();
                found.push(format!("{at}: {keyword} {wanted}: {shown}"));
            }
        }
    }

    fn at(&self, reference: &str) -> &Value {
        let pointer = reference
            .strip_prefix('#')
            .expect("a reference within the document");
        let schema = self.document.pointer(pointer);
        schema.unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    fn passing(&self, parts: &[Value], value: &Value) -> usize {
        let passes = |part: &&Value| {
            let mut found = Vec::new();
            self.look(part, value, "", &mut found);
            found.is_empty()
        };
        parts.iter().filter(passes).count()
    }

    fn members(
        &self,
        keywords: &Map<String, Value>,
        value: &Value,
        at: &str,
        found: &mut Vec<String>,
    ) {
        let known = keywords.get("properties").and_then(Value::as_object);
        for (name, member) in value.as_object().into_iter().flatten() {
            let place = format!("{at}/{name}");
            match known.and_then(|known| known.get(name)) {
                Some(schema) => self.look(schema, member, &place, found),
                None => {
                    if let Some(schema) = keywords.get("additionalProperties") {
                        self.look(schema, member, &place, found);
                    }
                }
            }
        }
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => panic!("a type that is not known here: {name}"),
    }
}

fn bounded(is_least: bool, value: Option<f64>, bound: &Value) -> bool {
    let bound = bound.as_f64().expect("a bound is a number");
    value.is_none_or(|value| {
        if is_least {
            value >= bound
        } else {
            value <= bound
        }
    })
}

fn is_in(format: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return true;
    };
    match format {
        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
        "date" => text.parse::<jiff::civil::Date>().is_ok(),
        "uuid" => text.parse::<uuid::Uuid>().is_ok(),
        // Of numbers, and of files: the bounds say the same.
        "int32" | "int64" | "double" | "binary" => true,
        _ => panic!("a format that is not known here: {format}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_wrong_is_found_where_it_is() {
        let document = json!({"components": {"schemas": {"Name": {"type": "string", "minLength": 1, "pattern": "^[a-z]*$"}}}});
        let schema = json!({
            "type": "object", "required": ["name"], "additionalProperties": false,
            "properties": {
                "name": {"$ref": "#/components/schemas/Name"},
                "size": {"oneOf": [{"type": "integer", "maximum": 5}, {"type": "null"}]},
                "at": {"type": "string", "format": "date-time"},
            },
        });
        let wrong = |value: Value| flaws(&document, &schema, &value).len();
        assert_eq!(
            wrong(json!({"name": "a", "size": 5, "at": "2026-03-01T12:00:00Z"})),
            0
        );
        assert_eq!(wrong(json!({"name": "a", "size": null})), 0);
        for one in [
            json!({}),
            json!([]),
            json!({"name": ""}),
            json!({"name": "A"}),
            json!({"name": "a", "size": 6}),
            json!({"name": "a", "other": 1}),
            json!({"name": "a", "at": "yesterday"}),
        ] {
            assert_eq!(wrong(one.clone()), 1, "{one}");
        }
    }
}
