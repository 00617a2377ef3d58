//! What Entra ID and Okta do in their own way, beside the literal requests of `requests.rs`.

use scim::schema::{GROUP, USER};
use serde_json::{Value, json};

use crate::things::{ENTERPRISE, patched};

fn after(before: Value, operation: Value) -> Value {
    Value::Object(
        patched(&USER, &before, json!([operation]))
            .unwrap()
            .resource,
    )
}

#[test]
fn operations_and_booleans_come_in_any_case() {
    for op in ["Replace", "REPLACE", "replace", "Add"] {
        for value in [
            json!("False"),
            json!("false"),
            json!("FALSE"),
            json!(false),
            json!([false]),
        ] {
            let operation = json!({ "op": op, "path": "ACTIVE", "value": value });
            let patched = after(json!({ "userName": "a", "active": true }), operation);
            assert_eq!(patched["active"], false, "{op} {value}");
        }
    }
}

#[test]
fn the_first_work_address_is_made_by_a_path_that_finds_none() {
    for op in ["Add", "Replace"] {
        let path = "emails[type eq \"work\"].value";
        let operation = json!({ "op": op, "path": path, "value": "a@b" });
        let wanted = json!([{ "type": "work", "value": "a@b" }]);
        assert_eq!(
            after(json!({ "userName": "a" }), operation.clone())["emails"],
            wanted
        );

        let other = json!({ "userName": "a", "emails": [{ "value": "x@y", "type": "home", "primary": true }] });
        let wanted = json!([
            { "value": "x@y", "type": "home", "primary": true },
            { "value": "a@b", "type": "work" },
        ]);
        assert_eq!(after(other.clone(), operation)["emails"], wanted);

        let path = "emails[type eq \"work\" and primary eq \"True\"].value";
        let operation = json!({ "op": op, "path": path, "value": "a@b" });
        let emails = &after(other, operation)["emails"];
        assert_eq!(emails[0]["primary"], false);
        assert_eq!(
            emails[1],
            json!({ "value": "a@b", "type": "work", "primary": true })
        );
    }
    let operation =
        json!({ "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+49 1" });
    let wanted = json!([{ "type": "mobile", "value": "+49 1" }]);
    assert_eq!(
        after(json!({ "userName": "a" }), operation)["phoneNumbers"],
        wanted
    );
}

#[test]
fn a_manager_comes_as_an_object_as_a_list_of_one_or_as_an_id() {
    let path = format!("{ENTERPRISE}:manager");
    for value in [
        json!("m"),
        json!({ "value": "m" }),
        json!([{ "value": "m", "$ref": null }]),
    ] {
        for path in ["manager", &path] {
            let operation = json!({ "op": "Add", "path": path, "value": value });
            let wanted = json!({ "userName": "a", ENTERPRISE: { "manager": { "value": "m" } } });
            assert_eq!(after(json!({ "userName": "a" }), operation), wanted);
        }
    }
}

#[test]
fn names_in_an_object_may_be_paths() {
    let operation = json!({ "op": "replace", "value": {
        "active": "True",
        "name.givenName": "A",
        "emails[type eq \"work\"].value": "a@b",
        format!("{ENTERPRISE}:department"): "Tours",
        "nickName": "passed over",
        "id": "passed over",
        "schemas": [],
        "urn:example:Other:thing": "passed over",
    }});
    let wanted = json!({
        "userName": "a",
        "active": true,
        "name": { "givenName": "A" },
        "emails": [{ "value": "a@b", "type": "work" }],
        ENTERPRISE: { "department": "Tours" },
    });
    assert_eq!(after(json!({ "userName": "a" }), operation), wanted);
}

/// Entra ID maps more by default than this server keeps; the rest of a patch is not lost for it.
#[test]
fn attributes_of_the_rfc_that_are_not_kept_are_passed_over() {
    for path in [
        "nickName",
        "addresses[type eq \"work\"].streetAddress",
        "roles[primary eq \"True\"].value",
        "roles",
        "entitlements[type eq \"x\"].favourite",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter",
        "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User:tag",
    ] {
        for op in ["Add", "Replace", "Remove"] {
            let operation = json!({ "op": op, "path": path, "value": "x" });
            let patched = patched(&USER, &json!({ "userName": "a" }), json!([operation])).unwrap();
            assert!(!patched.changed, "{op} {path}");
        }
    }
}

#[test]
fn members_are_removed_by_the_values_beside_their_path() {
    let group = json!({ "displayName": "G", "members": [
        { "value": "a", "$ref": "../Users/a" }, { "value": "b" }, { "value": "c" },
    ]});
    for (value, left) in [
        (json!([{ "value": "a" }, { "value": "c" }]), &["b"][..]),
        (json!([{ "value": "a", "$ref": null }]), &["b", "c"]),
        (json!({ "value": "b" }), &["a", "c"]),
        (json!("b"), &["a", "c"]),
        (json!(["a", "b"]), &["c"]),
        (json!([{ "value": "A" }]), &["a", "b", "c"]),
        // To remove nothing is to remove nothing; without values, all are meant (RFC 7644 §3.5.2.2).
        (json!([]), &["a", "b", "c"]),
        (json!(null), &[]),
    ] {
        let operation = json!({ "op": "Remove", "path": "members", "value": value });
        let patched = patched(&GROUP, &group, json!([operation]))
            .unwrap()
            .resource;
        let members = scim::group::GroupFields::read(&patched).members;
        assert_eq!(members, left, "{value}");
    }
}

#[test]
fn what_is_removed_twice_is_gone() {
    let group = json!({ "displayName": "G", "members": [{ "value": "a" }] });
    let remove = json!({ "op": "remove", "path": "members[value eq \"b\"]" });
    assert!(!patched(&GROUP, &group, json!([remove])).unwrap().changed);
}
