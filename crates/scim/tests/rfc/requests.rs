//! The requests that Entra ID and Okta document, word by word: what becomes of each. Where each stands is said in the README beside them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use scim::Attributes;
use scim::group::GroupFields;
use scim::patch::Patch;
use scim::resource;
use scim::schema::{GROUP, ResourceType, USER};
use scim::user::UserFields;
use serde_json::{Value, json};

use crate::things::{ENTERPRISE, attributes};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/requests")
}

fn body(name: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(name).with_extension("json"));
    serde_json::from_str(&text.unwrap()).unwrap()
}

fn created(kind: &'static ResourceType, name: &str) -> Attributes {
    resource::read(kind, &body(name)).unwrap()
}

/// A resource after the patch of that name. Sent once more, it changes nothing.
fn patched(kind: &'static ResourceType, before: &Value, name: &str) -> Value {
    let patch = Patch::parse(&body(name)).unwrap();
    let patched = patch.apply(kind, &attributes(before.clone())).unwrap();
    assert_eq!(
        patched.changed,
        attributes(before.clone()) != patched.resource,
        "{name}"
    );
    let again = patch.apply(kind, &patched.resource).unwrap();
    assert!(!again.changed, "{name}");
    Value::Object(patched.resource)
}

fn joy() -> Value {
    Value::Object(created(&USER, "entra-create-user-with-nulls"))
}

#[test]
fn every_request_has_a_source_and_a_test() {
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let tests = include_str!("requests.rs");
    let files = std::fs::read_dir(folder()).unwrap();
    let names: BTreeSet<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.len() > 20);
    for name in names.iter().filter_map(|name| name.strip_suffix(".json")) {
        assert!(
            readme.contains(&format!("`{name}.json` |")),
            "{name} has no source"
        );
        assert!(tests.contains(&format!("\"{name}\"")), "{name} has no test");
    }
}

#[test]
fn entra_creates_users() {
    let wanted = json!({
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "Test_User_00aa00aa-bb11-cc22-dd33-44ee44ee44ee",
        "active": true,
        "emails": [{
            "primary": true, "type": "work",
            "value": "Test_User_11bb11bb-cc22-dd33-ee44-55ff55ff55ff@testuser.com",
        }],
        "name": { "formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName" },
    });
    assert_eq!(Value::Object(created(&USER, "entra-create-user")), wanted);
    let wanted = json!({
        "externalId": "jyoung",
        "userName": "jyoung@testuser.com",
        "active": true,
        "displayName": "Joy Young",
        "emails": [{ "type": "work", "value": "jyoung@Contoso.com", "primary": true }],
        "name": { "familyName": "Young", "givenName": "Joy" },
    });
    assert_eq!(joy(), wanted);
}

#[test]
fn entra_updates_users() {
    let after = patched(&USER, &joy(), "entra-update-multi-valued");
    assert_eq!(after["emails"][0]["value"], "updatedEmail@microsoft.com");
    assert_eq!(
        after["name"],
        json!({ "familyName": "updatedFamilyName", "givenName": "Joy" })
    );
    // The same for somebody who had none.
    let after = patched(
        &USER,
        &json!({ "userName": "a" }),
        "entra-update-multi-valued",
    );
    assert_eq!(
        after["emails"],
        json!([{ "type": "work", "value": "updatedEmail@microsoft.com" }])
    );

    let after = patched(&USER, &joy(), "entra-update-single-valued");
    assert_eq!(
        after["userName"],
        "5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com"
    );

    for (name, text) in [
        ("entra-replace-many-by-path", "Eqpj"),
        ("entra-replace-many-by-object", "Aklq"),
    ] {
        let after = patched(&USER, &joy(), name);
        let fields = UserFields::read(&attributes(after));
        assert_eq!(fields.employee_number.as_deref(), Some(text));
        assert!(fields.email.unwrap().starts_with("Test"));
        assert!(["Pvlo", "Bjfe"].contains(&fields.display_name.unwrap().as_str()));
        assert!(["Gtfd", "Kkom"].contains(&fields.name.given.unwrap().as_str()));
        assert!(["Pkqf", "Unua"].contains(&fields.name.family.unwrap().as_str()));
    }

    let after = patched(&USER, &joy(), "entra-set-manager");
    assert_eq!(
        after[ENTERPRISE],
        json!({ "manager": {
            "$ref": "http://.../scim/Users/00aa00aa-bb11-cc22-dd33-44ee44ee44ee",
            "value": "00aa00aa-bb11-cc22-dd33-44ee44ee44ee",
        }})
    );
    // This server keeps no nickname, and announces none.
    assert_eq!(patched(&USER, &joy(), "entra-add-text"), joy());
}

#[test]
fn entra_and_okta_deactivate_users() {
    for name in [
        "entra-disable-user",
        "entra-disable-user-by-text",
        "okta-deactivate-user",
    ] {
        let after = patched(&USER, &joy(), name);
        let mut wanted = joy();
        wanted["active"] = json!(false);
        assert_eq!(after, wanted, "{name}");
        assert!(!UserFields::read(&attributes(after)).active);
    }
}

#[test]
fn entra_keeps_groups() {
    let group = created(&GROUP, "entra-create-group");
    let wanted = json!({ "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159", "displayName": "displayName" });
    assert_eq!(group, attributes(wanted.clone()));
    let renamed = patched(&GROUP, &wanted, "entra-rename-group");
    assert_eq!(
        renamed["displayName"],
        "1879db59-3bdf-4490-ad68-ab880a269474updatedDisplayName"
    );

    let with_member = patched(&GROUP, &wanted, "entra-add-members");
    assert_eq!(
        with_member["members"],
        json!([{ "value": "f648f8d5ea4e4cd38e9c" }])
    );
    assert_eq!(
        patched(&GROUP, &with_member, "entra-remove-members"),
        wanted
    );

    let two = json!({ "displayName": "G", "members": [
        { "value": "7f4bc1a3-285e-48ae-8202-5accb43efb0e" }, { "value": "other" },
    ]});
    let after = patched(&GROUP, &two, "entra-remove-member-by-path");
    assert_eq!(after["members"], json!([{ "value": "other" }]));
}

#[test]
fn okta_creates_and_replaces_users() {
    let wanted = json!({
        "userName": "test.user@okta.local",
        "name": { "givenName": "Test", "familyName": "User" },
        "emails": [{ "primary": true, "value": "test.user@okta.local", "type": "work" }],
        "displayName": "Test User",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "active": true,
    });
    assert_eq!(Value::Object(created(&USER, "okta-create-user")), wanted);
    let wanted = json!({
        "userName": "test.user@okta.local",
        "name": { "givenName": "Another", "middleName": "Excited", "familyName": "User" },
        "emails": [{
            "primary": true, "value": "test.user@okta.local", "type": "work", "display": "test.user@okta.local",
        }],
        "active": true,
    });
    assert_eq!(Value::Object(created(&USER, "okta-replace-user")), wanted);
}

#[test]
fn okta_keeps_groups() {
    let group = created(&GROUP, "okta-create-group");
    assert_eq!(group, attributes(json!({ "displayName": "Test SCIMv2" })));
    let before = json!({ "displayName": "Before", "members": [
        { "value": "89bb1940-b905-4575-9e7f-6f887cfb368e" }, { "value": "other" },
    ]});
    let renamed = patched(&GROUP, &before, "okta-rename-group");
    assert_eq!(renamed["displayName"], "Test SCIMv2");
    assert_eq!(renamed["members"], before["members"]);

    let ids = |group: Value| GroupFields::read(&attributes(group)).members;
    let (one, two) = (
        "23a35c27-23d3-4c03-b4c5-6443c09e7173",
        "89bb1940-b905-4575-9e7f-6f887cfb368e",
    );
    assert_eq!(
        ids(patched(&GROUP, &before, "okta-change-members")),
        ["other", one]
    );
    assert_eq!(
        ids(patched(&GROUP, &before, "okta-replace-members")),
        [one, two]
    );
    assert_eq!(
        GroupFields::read(&created(&GROUP, "okta-replace-group")).members,
        [one]
    );
}
