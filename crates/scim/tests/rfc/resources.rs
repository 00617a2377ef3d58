//! What is kept of a body (RFC 7643 §2, RFC 7644 §3.3 and §3.5.1).

use scim::access::{AccessFields, Given};
use scim::resource::{self, LONGEST_TEXT, Meta};
use scim::schema::{GROUP, USER};
use scim::{Attributes, ScimType};
use serde_json::{Value, json};

use crate::things::{ENTERPRISE, THING, attributes, read, refused, user};

#[test]
fn rfc_7643_2_1_names_are_taken_in_any_case_and_kept_in_ours() {
    let kept = user(json!({
        "USERNAME": "bjensen",
        "Name": { "FAMILYNAME": "Jensen" },
        "emails": [{ "VALUE": "b@example.com", "Primary": true }],
        "urn:IETF:params:scim:schemas:extension:enterprise:2.0:user": { "Department": "Tours" },
    }));
    let wanted = json!({
        "userName": "bjensen",
        "name": { "familyName": "Jensen" },
        "emails": [{ "value": "b@example.com", "primary": true }],
        ENTERPRISE: { "department": "Tours" },
    });
    assert_eq!(Value::Object(kept), wanted);
}

#[test]
fn rfc_7643_2_5_nothing_is_no_value() {
    let kept = user(json!({
        "userName": "a", "title": null, "emails": [], "phoneNumbers": [null, {}], "name": {},
        "displayName": "",
        ENTERPRISE: { "manager": { "value": null } },
    }));
    assert_eq!(
        Value::Object(kept),
        json!({ "userName": "a", "displayName": "" })
    );
}

#[test]
fn rfc_7644_3_3_what_is_read_only_or_unknown_is_passed_over() {
    let kept = user(json!({
        "userName": "a", "id": "mine", "meta": { "resourceType": "User" }, "password": "x", "favourite": { "a": [1] },
        "emails": [{ "value": "a@b", "favourite": 1 }],
        ENTERPRISE: { "manager": { "value": "m", "displayName": "M" }, "costCenter": "4130" },
        "roles": [{ "value": "super_admin" }],
        "urn:example:Other": { "a": 1 },
    }));
    let wanted = json!({
        "userName": "a", "emails": [{ "value": "a@b" }], ENTERPRISE: { "manager": { "value": "m" } },
    });
    assert_eq!(Value::Object(kept), wanted);
}

#[test]
fn values_of_other_types_are_refused_by_the_name_of_their_attribute() {
    for (body, wanted) in [
        (json!({}), "userName is required"),
        (json!({ "userName": null }), "userName is required"),
        (json!({ "userName": " " }), "userName is empty"),
        (json!({ "userName": 5 }), "userName is no string"),
        (json!({ "userName": ["a", "b"] }), "userName is no string"),
        (
            json!({ "userName": { "value": "a" } }),
            "userName is no string",
        ),
        (
            json!({ "userName": "a", "active": "yes" }),
            "active is no boolean",
        ),
        (
            json!({ "userName": "a", "active": 1 }),
            "active is no boolean",
        ),
        (
            json!({ "userName": "a", "name": "A B" }),
            "name is no object",
        ),
        (
            json!({ "userName": "a", "name": { "givenName": 1 } }),
            "name.givenName is no string",
        ),
        (
            json!({ "userName": "a", "emails": [7] }),
            "emails is no object",
        ),
        (
            json!({ "userName": "a", "emails": [{ "value": true }] }),
            "emails.value is no string",
        ),
        (
            json!({ "userName": "a", "emails": [{ "value": "b", "primary": true }, { "value": "c", "primary": "True" }] }),
            "emails has more than one primary value",
        ),
        (
            json!({ "userName": "a", "emails": vec!["a@b"; 51] }),
            "emails holds 50 values at most",
        ),
        (
            json!({ "userName": "a", "title": "t".repeat(LONGEST_TEXT + 1) }),
            "title has more than 1024 letters",
        ),
        (
            json!({ "userName": "a", ENTERPRISE: { "department": [] , "manager": { "value": 1 } } }),
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value is no string",
        ),
        (
            json!({ "userName": "a", ENTERPRISE: "x" }),
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User is no object",
        ),
    ] {
        let refusal = read(&USER, body.clone()).unwrap_err();
        assert_eq!(refusal.scim_type, Some(ScimType::InvalidValue), "{body}");
        assert_eq!(refusal.detail, wanted, "{body}");
    }
    assert!(
        read(
            &USER,
            json!({ "userName": "a", "title": "ü".repeat(LONGEST_TEXT) })
        )
        .is_ok()
    );
}

#[test]
fn rfc_7643_2_3_moments_and_numbers_are_what_they_say() {
    let right = json!({ "count": 5, "since": "2020-02-29T10:00:00Z" });
    assert_eq!(read(&THING, right.clone()).unwrap(), attributes(right));
    for wrong in [
        json!({ "count": 5.5 }),
        json!({ "count": "5" }),
        json!({ "since": "2021-02-29T10:00:00Z" }),
    ] {
        assert_eq!(refused(read(&THING, wrong)), ScimType::InvalidValue);
    }
}

#[test]
fn rfc_7643_3_a_body_names_its_schema() {
    let body = |schemas: Value| json!({ "schemas": schemas, "userName": "a" });
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    for right in [
        json!([core]),
        json!([core.to_uppercase()]),
        json!(["urn:x", core]),
    ] {
        assert!(resource::read(&USER, &body(right)).is_ok());
    }
    for wrong in [json!([]), json!(null), json!(core), json!([ENTERPRISE])] {
        let refusal = resource::read(&USER, &body(wrong));
        assert_eq!(refused(refusal), ScimType::InvalidSyntax);
    }
    assert_eq!(
        refused(resource::read(&USER, &json!([]))),
        ScimType::InvalidSyntax
    );
    let twice = json!({ "schemas": [core], "userName": "a", "username": "b" });
    let refusal = resource::read(&USER, &twice).unwrap_err();
    assert_eq!(refusal.detail, "an attribute stands twice, as userName");
}

#[test]
fn a_group_has_each_member_once() {
    let kept = read(
        &GROUP,
        json!({ "displayName": "G", "members": [{ "value": "a" }, { "value": "b", "display": "B" }, { "value": "a" }] }),
    );
    let wanted = json!({ "displayName": "G", "members": [{ "value": "a" }, { "value": "b" }] });
    assert_eq!(Value::Object(kept.unwrap()), wanted);
    let nobody = json!({ "displayName": "G", "members": [{ "type": "User" }] });
    let refusal = read(&GROUP, nobody).unwrap_err();
    assert_eq!(refusal.detail, "members needs a value in each");
}

/// What was refused may be somebody's name: it stands in no detail.
#[test]
fn refusals_hold_no_values() {
    let secret = "Vertraulich";
    for body in [
        json!({ secret: 1, secret.to_lowercase(): 2 }),
        json!({ "userName": "a", "active": secret }),
        json!({ "userName": "a", "name": secret }),
        json!({ "userName": [secret, secret] }),
    ] {
        let refusal = read(&USER, body).unwrap_err();
        assert!(
            !refusal.detail.to_lowercase().contains("vertraulich"),
            "{}",
            refusal.detail
        );
    }
}

#[test]
fn rfc_7643_3_1_an_answer_has_what_the_server_adds() {
    let meta = Meta {
        id: "usr_1",
        base: "https://rolecall.example/scim/v2",
        created: "2026-01-01T00:00:00Z",
        last_modified: "2026-01-02T00:00:00Z",
        version: "W/\"3\"",
    };
    let plain = resource::complete(&USER, user(json!({ "userName": "a" })), &meta);
    let wanted = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "usr_1",
        "userName": "a",
        "meta": {
            "resourceType": "User",
            "created": "2026-01-01T00:00:00Z",
            "lastModified": "2026-01-02T00:00:00Z",
            "location": "https://rolecall.example/scim/v2/Users/usr_1",
            "version": "W/\"3\"",
        },
    });
    assert_eq!(Value::Object(plain), wanted);

    let mut whole = user(json!({ "userName": "a", ENTERPRISE: { "department": "Tours" } }));
    let given = |value: &str, kind: &'static str| Given {
        value: value.to_owned(),
        display: value.to_uppercase(),
        kind,
    };
    let access = AccessFields {
        role: Some(given("member", "account_role")),
        entitlements: vec![
            given("svc_1", "service_user"),
            given("que_1", "queue_agent"),
        ],
    };
    access.write(&mut whole);
    let whole = resource::complete(&USER, whole, &meta);
    assert_eq!(
        whole["schemas"],
        json!(["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE])
    );
    let role = json!([{ "value": "member", "display": "MEMBER", "type": "account_role" }]);
    assert_eq!(whole["roles"], role);
    assert_eq!(
        whole["entitlements"],
        json!([
            { "value": "svc_1", "display": "SVC_1", "type": "service_user" },
            { "value": "que_1", "display": "QUE_1", "type": "queue_agent" },
        ])
    );
    let mut nothing = Attributes::new();
    AccessFields::default().write(&mut nothing);
    assert!(nothing.is_empty());
}
