//! The list of routes as a whole.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;

fn document() -> Value {
    web::openapi::document(&people::routes(), "test", &Default::default())
}

#[test]
fn every_segment_is_read_and_no_route_is_there_twice() {
    assert_eq!(web::route::faults(&people::routes()), Vec::<String>::new());
}

/// RULES §7, ways in that must stay shut: extra body keys.
#[test]
fn every_request_body_denies_keys_that_it_does_not_know() {
    let document = document();
    let lax = people::routes().into_iter().filter_map(|route| {
        let method = route.method.as_str().to_lowercase();
        let body = &document["paths"][route.path][&method]["requestBody"]["content"]["application/json"]["schema"];
        let name = body["$ref"].as_str()?.rsplit('/').next()?;
        let schema = &document["components"]["schemas"][name];
        let denies = |schema: &Value| schema["additionalProperties"] == Value::Bool(false);
        let variants = schema["oneOf"].as_array();
        let strict = denies(schema) || variants.is_some_and(|variants| variants.iter().all(denies));
        (!strict).then(|| format!("{} {name}", route.name))
    });
    assert_eq!(lax.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    let named = text
        .split("#/components/schemas/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    let missing: Vec<_> = named.filter(|name| !schemas.contains_key(*name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// Two types with one name would overwrite each other's schema.
#[test]
fn no_two_schemas_share_a_name() {
    let mut known = std::collections::HashMap::new();
    let mut clashes = Vec::new();
    for route in people::routes() {
        for (name, schema) in route.about.schemas {
            let schema = serde_json::to_value(schema).unwrap();
            if known.entry(name.clone()).or_insert_with(|| schema.clone()) != &schema {
                clashes.push(name);
            }
        }
    }
    assert_eq!(clashes, Vec::<String>::new());
}
