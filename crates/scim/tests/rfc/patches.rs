//! Changes of parts (RFC 7644 §3.5.2).

use scim::ScimType;
use scim::patch::{MOST_OPERATIONS, Patch};
use scim::schema::{GROUP, ResourceType, USER};
use serde_json::{Value, json};

use crate::things::{ENTERPRISE, THING, attributes, patched, refused};

/// One operation, and what becomes of the resource.
fn becomes(kind: &'static ResourceType, before: Value, operation: Value, after: Value) {
    let patched = patched(kind, &before, json!([operation])).unwrap();
    assert_eq!(Value::Object(patched.resource), after, "{operation}");
    assert_eq!(patched.changed, before != after, "{operation}");
}

fn is_refused(kind: &'static ResourceType, before: &Value, operation: Value, why: ScimType) {
    let result = patched(kind, before, json!([operation.clone()]));
    assert_eq!(refused(result), why, "{operation}");
}

fn barbara() -> Value {
    json!({
        "userName": "bjensen",
        "name": { "familyName": "Jensen", "givenName": "Barbara" },
        "emails": [
            { "value": "b@work", "type": "work", "primary": true },
            { "value": "b@home", "type": "home" },
        ],
        ENTERPRISE: { "department": "Tours", "manager": { "value": "m1", "$ref": "../Users/m1" } },
    })
}

fn barbara_with(name: &str, value: Value) -> Value {
    let mut after = barbara();
    after[name] = value;
    after
}

#[test]
fn rfc_7644_3_5_2_1_to_add_sets_merges_or_appends() {
    becomes(
        &USER,
        barbara(),
        json!({ "op": "add", "path": "title", "value": "Guide" }),
        barbara_with("title", json!("Guide")),
    );
    becomes(
        &USER,
        barbara(),
        json!({ "op": "add", "path": "name", "value": { "familyName": "Smith", "middleName": "J" } }),
        barbara_with(
            "name",
            json!({ "familyName": "Smith", "givenName": "Barbara", "middleName": "J" }),
        ),
    );
    becomes(
        &USER,
        barbara(),
        json!({ "op": "add", "path": "name.middleName", "value": "J" }),
        barbara_with(
            "name",
            json!({ "familyName": "Jensen", "givenName": "Barbara", "middleName": "J" }),
        ),
    );
    let third = json!({ "value": "b@club", "type": "other" });
    let mut three = barbara()["emails"].clone();
    three.as_array_mut().unwrap().push(third.clone());
    for value in [third.clone(), json!([third])] {
        becomes(
            &USER,
            barbara(),
            json!({ "op": "add", "path": "emails", "value": value }),
            barbara_with("emails", three.clone()),
        );
    }
    // Without a path, by an object.
    becomes(
        &USER,
        barbara(),
        json!({ "op": "add", "value": { "title": "Guide", "emails": [{ "value": "b@club", "type": "other" }] } }),
        {
            let mut after = barbara_with("emails", three);
            after["title"] = json!("Guide");
            after
        },
    );
}

#[test]
fn rfc_7644_3_5_2_1_what_is_there_already_changes_nothing() {
    for operation in [
        json!({ "op": "add", "path": "userName", "value": "bjensen" }),
        json!({ "op": "add", "path": "emails", "value": [{ "type": "home", "value": "b@home" }] }),
        json!({ "op": "add", "path": "emails", "value": [] }),
        json!({ "op": "add", "path": "title", "value": null }),
        json!({ "op": "replace", "path": "name", "value": { "givenName": "Barbara" } }),
        json!({ "op": "remove", "path": "title" }),
        json!({ "op": "remove", "path": "emails[type eq \"other\"]" }),
        json!({ "op": "remove", "path": "name.middleName" }),
        json!({ "op": "replace", "path": "title", "value": null }),
        json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "b@work" }),
    ] {
        becomes(&USER, barbara(), operation, barbara());
    }
    let group = json!({ "displayName": "G", "members": [{ "value": "a", "$ref": "../Users/a" }] });
    becomes(
        &GROUP,
        group.clone(),
        json!({ "op": "add", "path": "members", "value": [{ "value": "a" }] }),
        group,
    );
}

#[test]
fn rfc_7644_3_5_2_2_to_remove_takes_what_the_path_chooses() {
    let home = json!([{ "value": "b@home", "type": "home" }]);
    becomes(
        &USER,
        barbara(),
        json!({ "op": "remove", "path": "emails[type eq \"work\" and value ew \"WORK\"]" }),
        barbara_with("emails", home),
    );
    let mut without = barbara();
    without.as_object_mut().unwrap().remove("emails");
    for path in [
        "emails",
        "emails[value co \"b@\"]",
        "emails[type eq \"work\" or type eq \"home\"]",
    ] {
        becomes(
            &USER,
            barbara(),
            json!({ "op": "remove", "path": path }),
            without.clone(),
        );
    }
    becomes(
        &USER,
        barbara(),
        json!({ "op": "remove", "path": "emails[type eq \"work\"].primary" }),
        barbara_with(
            "emails",
            json!([{ "value": "b@work", "type": "work" }, { "value": "b@home", "type": "home" }]),
        ),
    );
    becomes(
        &USER,
        barbara(),
        json!({ "op": "remove", "path": "name.givenName" }),
        barbara_with("name", json!({ "familyName": "Jensen" })),
    );
    // Without its value, an address is none.
    becomes(
        &USER,
        barbara(),
        json!({ "op": "remove", "path": "emails[type eq \"work\"].value" }),
        barbara_with("emails", json!([{ "value": "b@home", "type": "home" }])),
    );
}

#[test]
fn what_is_left_empty_is_gone() {
    let before = json!({ "userName": "a", "name": { "givenName": "A" }, ENTERPRISE: { "manager": { "value": "m" } } });
    let patched = patched(
        &USER,
        &before,
        json!([
            { "op": "remove", "path": "name.givenName" },
            { "op": "remove", "path": format!("{ENTERPRISE}:manager") },
        ]),
    );
    assert_eq!(
        Value::Object(patched.unwrap().resource),
        json!({ "userName": "a" })
    );
}

#[test]
fn rfc_7644_3_5_2_3_to_replace_sets_what_the_path_chooses() {
    becomes(
        &USER,
        barbara(),
        json!({ "op": "replace", "path": "userName", "value": "babs" }),
        barbara_with("userName", json!("babs")),
    );
    becomes(
        &USER,
        barbara(),
        json!({ "op": "replace", "path": "emails", "value": [{ "value": "new@work" }] }),
        barbara_with("emails", json!([{ "value": "new@work" }])),
    );
    // A whole value, or a part of it.
    becomes(
        &USER,
        barbara(),
        json!({ "op": "replace", "path": "emails[type eq \"home\"]", "value": { "type": "other", "value": "x@y" } }),
        barbara_with(
            "emails",
            json!([{ "value": "b@work", "type": "work", "primary": true }, { "value": "x@y", "type": "other" }]),
        ),
    );
    becomes(
        &USER,
        barbara(),
        json!({ "op": "replace", "path": "emails.type", "value": "other" }),
        barbara_with(
            "emails",
            json!([{ "value": "b@work", "type": "other", "primary": true }, { "value": "b@home", "type": "other" }]),
        ),
    );
    // "Replaces any existing values or adds where an attribute did not previously exist."
    becomes(
        &USER,
        barbara(),
        json!({ "op": "replace", "path": "name", "value": { "givenName": "Babs" } }),
        barbara_with(
            "name",
            json!({ "familyName": "Jensen", "givenName": "Babs" }),
        ),
    );
    becomes(
        &USER,
        json!({ "userName": "a", "title": "Guide" }),
        json!({ "op": "replace", "path": "title", "value": null }),
        json!({ "userName": "a" }),
    );
}

#[test]
fn an_extension_is_changed_by_its_urn() {
    let path = |attribute: &str| format!("{ENTERPRISE}:{attribute}");
    let with = |enterprise: Value| barbara_with(ENTERPRISE, enterprise);
    let manager = json!({ "value": "m1", "$ref": "../Users/m1" });
    becomes(
        &USER,
        barbara(),
        json!({ "op": "add", "path": path("employeeNumber"), "value": "7" }),
        with(json!({ "department": "Tours", "employeeNumber": "7", "manager": manager })),
    );
    becomes(
        &USER,
        barbara(),
        json!({ "op": "replace", "path": path("manager.value"), "value": "m2" }),
        // The address was that of another.
        with(json!({ "department": "Tours", "manager": { "value": "m2" } })),
    );
    becomes(
        &USER,
        barbara(),
        json!({ "op": "add", "path": ENTERPRISE, "value": { "DEPARTMENT": "Sales", "costCenter": "1" } }),
        with(json!({ "department": "Sales", "manager": manager })),
    );
    becomes(
        &USER,
        barbara(),
        json!({ "op": "replace", "value": { ENTERPRISE: { "department": "Sales" } } }),
        with(json!({ "department": "Sales", "manager": manager })),
    );
    let mut without = barbara();
    without.as_object_mut().unwrap().remove(ENTERPRISE);
    becomes(
        &USER,
        barbara(),
        json!({ "op": "remove", "path": ENTERPRISE }),
        without.clone(),
    );
    becomes(
        &USER,
        without,
        json!({ "op": "add", "path": path("department"), "value": "Tours" }),
        with(json!({ "department": "Tours" })),
    );
}

#[test]
fn rfc_7644_3_5_2_a_new_primary_value_takes_it_from_the_other() {
    let after = json!([
        { "value": "b@work", "type": "work", "primary": false },
        { "value": "b@home", "type": "home", "primary": true },
    ]);
    for operation in [
        json!({ "op": "add", "path": "emails[type eq \"home\"].primary", "value": true }),
        json!({ "op": "replace", "path": "emails[type eq \"home\"].primary", "value": "True" }),
        json!({ "op": "add", "path": "emails", "value": [{ "value": "b@home", "type": "home", "primary": true }] }),
        json!({ "op": "add", "path": "emails[type eq \"home\"]", "value": { "primary": true } }),
        json!({
            "op": "replace", "path": "emails[type eq \"home\"]",
            "value": { "value": "b@home", "type": "home", "primary": true },
        }),
    ] {
        becomes(
            &USER,
            barbara(),
            operation,
            barbara_with("emails", after.clone()),
        );
    }
    is_refused(
        &USER,
        &barbara(),
        json!({ "op": "replace", "path": "emails.primary", "value": true }),
        ScimType::InvalidValue,
    );
    let two = json!([{ "value": "x", "primary": true }, { "value": "y", "primary": true }]);
    is_refused(
        &USER,
        &barbara(),
        json!({ "op": "add", "path": "emails", "value": two }),
        ScimType::InvalidValue,
    );
}

#[test]
fn rfc_7644_3_5_2_what_cannot_be_done_is_refused_by_its_keyword() {
    use ScimType::{InvalidFilter, InvalidPath, InvalidSyntax, InvalidValue, Mutability, NoTarget};
    for (operation, why) in [
        (json!({ "op": "remove" }), NoTarget),
        (
            json!({ "op": "replace", "path": "emails[type eq \"other\"]", "value": { "value": "x" } }),
            NoTarget,
        ),
        (
            json!({ "op": "replace", "path": "emails[value co \"x\"].type", "value": "work" }),
            NoTarget,
        ),
        (
            json!({ "op": "add", "path": "emails[type eq \"a\" and type eq \"b\"].value", "value": "x" }),
            NoTarget,
        ),
        (
            json!({ "op": "add", "path": "emails[type eq \"other\"].type", "value": "work" }),
            NoTarget,
        ),
        (json!({ "op": "remove", "path": "userName" }), Mutability),
        (
            json!({ "op": "replace", "path": "userName", "value": null }),
            Mutability,
        ),
        (
            json!({ "op": "replace", "path": "id", "value": "x" }),
            Mutability,
        ),
        (
            json!({ "op": "add", "path": "meta.created", "value": "2020-01-01T00:00:00Z" }),
            Mutability,
        ),
        (json!({ "op": "remove", "path": "schemas" }), Mutability),
        (
            json!({ "op": "add", "path": "manager.displayName", "value": "M" }),
            Mutability,
        ),
        (
            json!({ "op": "add", "path": "name..x", "value": "x" }),
            InvalidPath,
        ),
        (
            json!({ "op": "add", "path": "emails[type eq].value", "value": "x" }),
            InvalidPath,
        ),
        (
            json!({ "op": "add", "path": "favourite", "value": "x" }),
            InvalidPath,
        ),
        (
            json!({ "op": "add", "path": "name.favourite", "value": "x" }),
            InvalidPath,
        ),
        (
            json!({ "op": "add", "path": "title[value eq \"x\"]", "value": "x" }),
            InvalidPath,
        ),
        (
            json!({ "op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User", "value": {} }),
            InvalidPath,
        ),
        (json!({ "op": "add", "path": 5, "value": {} }), InvalidPath),
        (
            json!({ "op": "remove", "path": "emails[favourite eq \"x\"]" }),
            InvalidFilter,
        ),
        (
            json!({ "op": "remove", "path": "emails[primary gt true]" }),
            InvalidFilter,
        ),
        (json!({ "op": "add", "path": "title" }), InvalidValue),
        (
            json!({ "op": "add", "path": "title", "value": 5 }),
            InvalidValue,
        ),
        (
            json!({ "op": "add", "path": "emails[type eq \"work\"]" }),
            InvalidValue,
        ),
        (
            json!({ "op": "add", "path": "userName", "value": "" }),
            InvalidValue,
        ),
        (json!({ "op": "replace" }), InvalidValue),
        (json!({ "op": "add", "value": "x" }), InvalidValue),
        (
            json!({ "op": "add", "path": ENTERPRISE, "value": "x" }),
            InvalidValue,
        ),
        (json!({ "op": "move", "path": "title" }), InvalidSyntax),
        (json!({ "path": "title" }), InvalidSyntax),
        (json!("remove"), InvalidSyntax),
    ] {
        is_refused(&USER, &barbara(), operation, why);
    }
}

#[test]
fn rfc_7643_2_2_what_is_set_once_stays() {
    let thing = json!({ "serial": "1" });
    becomes(
        &THING,
        json!({}),
        json!({ "op": "add", "path": "serial", "value": "1" }),
        thing.clone(),
    );
    becomes(
        &THING,
        thing.clone(),
        json!({ "op": "replace", "path": "serial", "value": "1" }),
        thing.clone(),
    );
    for operation in [
        json!({ "op": "replace", "path": "serial", "value": "2" }),
        json!({ "op": "remove", "path": "serial" }),
    ] {
        is_refused(&THING, &thing, operation, ScimType::Mutability);
    }
    let group = json!({ "displayName": "G", "members": [{ "value": "a", "type": "User" }] });
    for operation in [
        json!({ "op": "replace", "path": "members[value eq \"a\"].value", "value": "b" }),
        json!({ "op": "replace", "path": "members[value eq \"a\"]", "value": { "value": "b" } }),
        json!({ "op": "remove", "path": "members[value eq \"a\"].value" }),
        json!({ "op": "remove", "path": "displayName" }),
    ] {
        is_refused(&GROUP, &group, operation, ScimType::Mutability);
    }
}

#[test]
fn lists_of_texts_are_changed_alike() {
    let thing = json!({ "tags": ["a", "b"] });
    for (operation, after) in [
        (
            json!({ "op": "add", "path": "tags", "value": ["b", "c"] }),
            json!({ "tags": ["a", "b", "c"] }),
        ),
        (
            json!({ "op": "add", "path": "tags", "value": "c" }),
            json!({ "tags": ["a", "b", "c"] }),
        ),
        (
            json!({ "op": "remove", "path": "tags", "value": ["a", "z"] }),
            json!({ "tags": ["b"] }),
        ),
        (
            json!({ "op": "replace", "path": "tags", "value": ["z"] }),
            json!({ "tags": ["z"] }),
        ),
        (json!({ "op": "remove", "path": "tags" }), json!({})),
    ] {
        becomes(&THING, thing.clone(), operation, after);
    }
}

#[test]
fn rfc_7644_3_5_2_all_operations_apply_or_none() {
    let before = attributes(barbara());
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            { "op": "replace", "path": "title", "value": "Guide" },
            { "op": "replace", "path": "id", "value": "x" },
        ],
    });
    let patch = Patch::parse(&body).unwrap();
    assert_eq!(refused(patch.apply(&USER, &before)), ScimType::Mutability);
    assert_eq!(before, attributes(barbara()));
    // Each sees what those before it did.
    let patched = patched(
        &USER,
        &barbara(),
        json!([
            { "op": "add", "path": "title", "value": "Guide" },
            { "op": "remove", "path": "title" },
        ]),
    );
    assert!(!patched.unwrap().changed);
}

#[test]
fn a_patch_is_a_message_of_its_kind_and_has_a_bound() {
    let operation = json!({ "op": "remove", "path": "title" });
    let message =
        |schema: &str, operations: Value| json!({ "schemas": [schema], "operations": operations });
    let urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    assert!(Patch::parse(&message(urn, json!([operation]))).is_ok());
    for wrong in [
        json!([]),
        json!({ "Operations": [operation] }),
        message(
            "urn:ietf:params:scim:schemas:core:2.0:User",
            json!([operation]),
        ),
        message(urn, json!([])),
        message(urn, json!(operation)),
        message(urn, vec![operation; MOST_OPERATIONS + 1].into()),
    ] {
        assert_eq!(refused(Patch::parse(&wrong)), ScimType::InvalidSyntax);
    }
    // A list has a bound, however it is filled.
    let members: Vec<_> = (0..100_000)
        .map(|id| json!({ "value": id.to_string() }))
        .collect();
    let group = json!({ "displayName": "G", "members": members });
    is_refused(
        &GROUP,
        &group,
        json!({ "op": "add", "path": "members", "value": [{ "value": "one more" }] }),
        ScimType::InvalidValue,
    );
}
