//! What is announced (RFC 7643 §5 to §8, RFC 7644 §4).

use scim::discovery::{resource_type, schema, schemas, service_provider_config};
use scim::path::AttrPath;
use scim::schema::{GROUP, Mutability, Named, Returned, USER};
use serde_json::{Value, json};

use crate::things::{ENTERPRISE, THING};

const BASE: &str = "https://rolecall.example/scim/v2";

#[test]
fn rfc_7643_7_an_attribute_is_told_with_all_its_qualities() {
    let body = USER.schema.body(BASE);
    let attributes = body["attributes"].as_array().unwrap();
    let user_name = attributes.iter().find(|one| one["name"] == "userName");
    assert_eq!(
        *user_name.unwrap(),
        json!({
            "name": "userName",
            "type": "string",
            "multiValued": false,
            "description": "The name by which the provider knows the user.",
            "required": true,
            "caseExact": false,
            "mutability": "readWrite",
            "returned": "default",
            "uniqueness": "server",
        })
    );
    let emails = attributes
        .iter()
        .find(|one| one["name"] == "emails")
        .unwrap();
    assert_eq!(emails["multiValued"], true);
    let subs = emails["subAttributes"].as_array().unwrap();
    let names: Vec<_> = subs
        .iter()
        .map(|sub| sub["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["value", "display", "type", "primary"]);
    assert_eq!(subs[2]["canonicalValues"], json!(["work", "home", "other"]));
    assert_eq!(
        body["meta"]["location"],
        format!("{BASE}/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")
    );
}

/// Entra ID asks for it: "If a value isn't present, don't send null values."
#[test]
fn nothing_announced_is_null() {
    fn is_whole(value: &Value) -> bool {
        match value {
            Value::Null => false,
            Value::Array(values) => values.iter().all(is_whole),
            Value::Object(object) => object.values().all(is_whole),
            _ => true,
        }
    }
    for schema in schemas() {
        assert!(is_whole(&schema.body(BASE)), "{}", schema.name);
    }
    for kind in [&USER, &GROUP] {
        assert!(is_whole(&kind.body(BASE)), "{}", kind.name);
    }
    assert!(is_whole(&service_provider_config(BASE, 200)));
}

#[test]
fn rfc_7643_8_6_a_resource_type_names_its_schemas() {
    let body = USER.body(BASE);
    assert_eq!(body["endpoint"], "/Users");
    assert_eq!(body["schema"], "urn:ietf:params:scim:schemas:core:2.0:User");
    assert_eq!(
        body["schemaExtensions"],
        json!([
            { "schema": ENTERPRISE, "required": false },
        ])
    );
    for extension in USER.extensions {
        assert!(schema(extension.id).is_some(), "{}", extension.id);
    }
    assert_eq!(GROUP.body(BASE)["schemaExtensions"], json!([]));
}

#[test]
fn rfc_7644_4_what_describes_the_server_is_described_too() {
    let names = schemas().map(|schema| schema.name);
    for name in ["ServiceProviderConfig", "ResourceType", "Schema"] {
        assert!(names.contains(&name), "{name}");
    }
    let user = "URN:ietf:params:scim:schemas:core:2.0:user";
    assert_eq!(schema(user).unwrap().name, "User");
    assert_eq!(resource_type("group").unwrap().endpoint, "/Groups");
    assert!(schema("urn:x").is_none() && resource_type("Device").is_none());
}

#[test]
fn rfc_7643_5_the_server_says_what_it_can_do() {
    let config = service_provider_config(BASE, 200);
    for (what, supported) in [
        ("patch", true),
        ("filter", true),
        ("sort", true),
        ("etag", true),
        ("bulk", false),
        ("changePassword", false),
    ] {
        assert_eq!(config[what]["supported"], supported, "{what}");
    }
    assert_eq!(config["filter"]["maxResults"], 200);
    assert_eq!(
        config["authenticationSchemes"][0]["type"],
        "oauthbearertoken"
    );
}

// proves: AD-30
#[test]
fn access_is_for_reading_and_answered_when_asked_for() {
    for name in ["roles", "entitlements"] {
        let attribute = scim::schema::USER.schema.attribute(name).unwrap();
        assert_eq!(attribute.returned, Returned::Request, "{name}");
        assert_eq!(attribute.mutability, Mutability::ReadOnly, "{name}");
        for sub in attribute.sub_attributes {
            assert_eq!(sub.mutability, Mutability::ReadOnly, "{name}.{}", sub.name);
        }
    }
}

#[test]
fn rfc_7644_3_10_a_path_names_an_attribute_in_any_case() {
    for (path, wanted) in [
        ("userName", "userName"),
        ("USERNAME", "userName"),
        ("name.FAMILYname", "name.familyName"),
        (
            "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName",
            "name.familyName",
        ),
        ("urn:IETF:params:scim:schemas:core:2.0:user:id", "id"),
        ("meta.lastModified", "meta.lastModified"),
        ("emails.value", "emails.value"),
        ("manager", "ENTERPRISE:manager"),
        ("ENTERPRISE:manager.$ref", "ENTERPRISE:manager.$ref"),
        ("ENTERPRISE:department", "ENTERPRISE:department"),
    ] {
        let path = AttrPath::parse(&path.replace("ENTERPRISE", ENTERPRISE)).unwrap();
        let Some(Named::Attribute(place)) = USER.resolve(&path) else {
            panic!("{path}");
        };
        assert_eq!(place.dotted(), wanted.replace("ENTERPRISE", ENTERPRISE));
    }
    let whole = AttrPath::parse(ENTERPRISE).unwrap();
    assert!(
        matches!(USER.resolve(&whole), Some(Named::Extension(schema)) if schema.id == ENTERPRISE)
    );
    for unknown in [
        "nickName",
        "name.nick",
        "userName.value",
        "urn:x:userName",
        "urn:ietf:params:scim:schemas:core:2.0:User:department",
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:test:Thing:label",
    ] {
        let path = AttrPath::parse(unknown).unwrap();
        assert!(USER.resolve(&path).is_none(), "{unknown}");
    }
    for no_path in ["", "1a", "a..b", "a.b.c", "a b", "a[b pr]", "urn:x:", "ü"] {
        assert!(AttrPath::parse(no_path).is_none(), "{no_path}");
    }
    assert!(
        THING
            .resolve(&AttrPath::parse("urn:test:Thing:label").unwrap())
            .is_some()
    );
}
