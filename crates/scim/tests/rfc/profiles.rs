//! What is kept of users and groups, both ways.

use scim::group::GroupFields;
use scim::schema::GROUP;
use scim::user::{Name, UserFields};
use serde_json::{Value, json};

use crate::things::{ENTERPRISE, attributes, read, user};

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_user_is_read_from_its_attributes() {
    let resource = user(json!({
        "userName": "bjensen", "externalId": "x1", "active": "False", "displayName": "Babs", "title": "Guide",
        "preferredLanguage": "en-GB",
        "name": {
            "formatted": "Ms. B. J. Jensen III", "familyName": "Jensen", "givenName": "Barbara", "middleName": "Jane",
            "honorificPrefix": "Ms.", "honorificSuffix": "III",
        },
        "emails": [{ "value": "home@x", "type": "home" }, { "value": "work@x", "type": "work" }],
        "phoneNumbers": [{ "value": "1", "type": "work" }, { "value": "2", "type": "mobile", "primary": true }],
        ENTERPRISE: { "department": "Tours", "employeeNumber": "7", "manager": { "value": "m" } },
    }));
    let wanted = UserFields {
        user_name: "bjensen".to_owned(),
        external_id: some("x1"),
        active: false,
        display_name: some("Babs"),
        name: Name {
            formatted: some("Ms. B. J. Jensen III"),
            family: some("Jensen"),
            given: some("Barbara"),
            middle: some("Jane"),
            prefix: some("Ms."),
            suffix: some("III"),
        },
        email: some("work@x"),
        phone: some("2"),
        title: some("Guide"),
        preferred_language: some("en-GB"),
        department: some("Tours"),
        employee_number: some("7"),
        manager: some("m"),
    };
    assert_eq!(UserFields::read(&resource), wanted);
    let least = UserFields::read(&user(
        json!({ "userName": "a", "displayName": "", "emails": [{ "type": "work" }] }),
    ));
    assert!(least.active && least.email.is_none() && least.display_name.is_none());
}

#[test]
fn the_preferred_address_counts_then_that_of_work_then_the_first() {
    for (emails, wanted) in [
        (
            json!([{ "value": "a", "type": "work" }, { "value": "b", "primary": true }]),
            "b",
        ),
        (
            json!([{ "value": "a" }, { "value": "b", "type": "WORK" }]),
            "b",
        ),
        (
            json!([{ "type": "work", "primary": true }, { "value": "a" }, { "value": "b" }]),
            "a",
        ),
    ] {
        let resource = user(json!({ "userName": "a", "emails": emails }));
        assert_eq!(UserFields::read(&resource).email.unwrap(), wanted);
    }
}

#[test]
fn what_is_written_changes_what_counts_and_nothing_else() {
    let mut resource = user(json!({
        "userName": "a", "name": { "givenName": "A", "middleName": "" },
        "emails": [{ "value": "home@x", "type": "home" }, { "value": "work@x", "type": "work", "display": "Work" }],
        ENTERPRISE: { "manager": { "value": "m", "$ref": "../Users/m" } },
    }));
    let mut fields = UserFields::read(&resource);
    fields.email = some("new@x");
    fields.title = some("Guide");
    fields.name.given = None;
    fields.phone = some("1");
    fields.write(&mut resource);
    let wanted = json!({
        "userName": "a", "active": true, "title": "Guide", "name": { "middleName": "" },
        "emails": [{ "value": "home@x", "type": "home" }, { "value": "new@x", "type": "work", "display": "Work" }],
        "phoneNumbers": [{ "value": "1", "type": "work" }],
        ENTERPRISE: { "manager": { "value": "m", "$ref": "../Users/m" } },
    });
    assert_eq!(Value::Object(resource.clone()), wanted);

    fields.email = None;
    fields.manager = some("n");
    fields.write(&mut resource);
    assert!(!resource.contains_key("emails"));
    assert_eq!(resource[ENTERPRISE], json!({ "manager": { "value": "n" } }));
    fields.manager = None;
    fields.write(&mut resource);
    assert!(!resource.contains_key(ENTERPRISE));
    assert_eq!(UserFields::read(&resource), fields);
}

#[test]
fn a_group_is_read_and_written() {
    let mut resource = read(
        &GROUP,
        json!({ "displayName": "G", "externalId": "x", "members": [{ "value": "a", "type": "User" }, { "value": "b" }] }),
    )
    .unwrap();
    let mut fields = GroupFields::read(&resource);
    assert_eq!(fields.members, ["a", "b"]);
    assert_eq!(
        (fields.display_name.as_str(), fields.external_id.as_deref()),
        ("G", Some("x"))
    );
    fields.members = vec!["c".to_owned(), "a".to_owned()];
    fields.external_id = None;
    fields.write(&mut resource);
    let wanted = json!({ "displayName": "G", "members": [{ "value": "c" }, { "value": "a", "type": "User" }] });
    assert_eq!(resource, attributes(wanted));
    fields.members.clear();
    fields.write(&mut resource);
    assert_eq!(resource, attributes(json!({ "displayName": "G" })));
}
