//! What the schemas of types say too much or too little of.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Makes the document true, and shorter.
pub(super) fn tidy(document: &mut Value) {
    close_variants(document);
    let closed = closed_schemas(document);
    open_parts(document, &closed);
    each_operation(document, |operation| {
        let parameters = operation.get_mut("parameters");
        let parameters = parameters.and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            without_null(parameter);
        }
    });
    share_parameters(document);
}

fn each_operation(document: &mut Value, mut each: impl FnMut(&mut Value)) {
    let paths = document["paths"].as_object_mut();
    for item in paths.into_iter().flat_map(Map::values_mut) {
        let operations = item.as_object_mut();
        operations
            .into_iter()
            .flat_map(Map::values_mut)
            .for_each(&mut each);
    }
}

/// A parameter is there or is not: it is never null.
fn without_null(parameter: &mut Value) {
    let schema = &mut parameter["schema"];
    if let Some([one, null]) = schema["type"].as_array().map(Vec::as_slice)
        && null == "null"
    {
        schema["type"] = one.clone();
    }
    if let Some([one, null]) = schema["oneOf"].as_array().map(Vec::as_slice)
        && null["type"] == "null"
    {
        *schema = one.clone();
    }
}

/// One of several objects with one member each is known by that member, and has no other.
fn close_variants(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(close_variants),
        Value::Object(members) => {
            let variants = members.get_mut("oneOf").and_then(Value::as_array_mut);
            for variant in variants.into_iter().flatten() {
                let named = variant["properties"].as_object().map(Map::len);
                if named == Some(1) && variant["required"].is_array() {
                    variant["additionalProperties"] = false.into();
                }
            }
            members.values_mut().for_each(close_variants);
        }
        _ => {}
    }
}

/// The schemas of objects that take no other members, by reference.
fn closed_schemas(document: &Value) -> BTreeMap<String, Value> {
    let schemas = document["components"]["schemas"].as_object();
    let closed = schemas
        .into_iter()
        .flatten()
        .filter(|(_, schema)| schema["additionalProperties"] == false);
    closed
        .map(|(name, schema)| (format!("#/components/schemas/{name}"), schema.clone()))
        .collect()
}

/// What is a part of another object does not close it: the other parts have members of their own.
fn open_parts(value: &mut Value, closed: &BTreeMap<String, Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| open_parts(item, closed)),
        Value::Object(members) => {
            let parts = members.get_mut("allOf").and_then(Value::as_array_mut);
            for part in parts.into_iter().flatten() {
                let whole = part["$ref"].as_str().and_then(|name| closed.get(name));
                if let Some(whole) = whole {
                    *part = whole.clone();
                }
                if let Some(part) = part.as_object_mut() {
                    part.remove("additionalProperties");
                }
            }
            members
                .values_mut()
                .for_each(|member| open_parts(member, closed));
        }
        _ => {}
    }
}

/// A parameter that is the same wherever it stands is written once.
fn share_parameters(document: &mut Value) {
    let mut known: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    each_parameter(document, |key, parameter| {
        known.entry(key).or_default().push(parameter.clone());
    });
    known.retain(|_, all| all.len() > 1 && all.iter().all(|one| *one == all[0]));
    each_parameter(document, |key, parameter| {
        if known.contains_key(&key) {
            *parameter = json!({"$ref": format!("#/components/parameters/{key}")});
        }
    });
    let shared: Map<_, _> = known
        .into_iter()
        .filter_map(|(key, mut all)| Some((key, all.pop()?)))
        .collect();
    document["components"]["parameters"] = shared.into();
}

fn each_parameter(document: &mut Value, mut each: impl FnMut(String, &mut Value)) {
    each_operation(document, |operation| {
        let parameters = operation.get_mut("parameters");
        let parameters = parameters.and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let text = |member: &str| parameter[member].as_str().unwrap_or_default();
            each(format!("{}.{}", text("in"), text("name")), parameter);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_part_does_not_close_the_whole() {
        let part =
            json!({"type": "object", "properties": {"a": {}}, "additionalProperties": false});
        let mut document = json!({
            "paths": {},
            "components": {"schemas": {
                "Part": part,
                "Whole": {"allOf": [{"properties": {"version": {}}}, {"$ref": "#/components/schemas/Part"}]},
            }},
        });
        tidy(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Part"], part);
        let opened = json!({"type": "object", "properties": {"a": {}}});
        assert_eq!(schemas["Whole"]["allOf"][1], opened);
    }

    #[test]
    fn a_parameter_is_never_null_and_written_once() {
        let page = json!({"in": "query", "name": "page", "schema": {"type": ["string", "null"]}});
        let operation = json!({"parameters": [page]});
        let mut document = json!({
            "paths": {"/a": {"get": operation}, "/b": {"get": operation}},
            "components": {"schemas": {}},
        });
        tidy(&mut document);
        let one = json!({"in": "query", "name": "page", "schema": {"type": "string"}});
        assert_eq!(
            document["components"]["parameters"],
            json!({"query.page": one})
        );
        let reference = json!([{"$ref": "#/components/parameters/query.page"}]);
        assert_eq!(document["paths"]["/b"]["get"]["parameters"], reference);
    }
}
