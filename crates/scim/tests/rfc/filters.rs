//! Filters (RFC 7644 §3.4.2.2).

use scim::ScimType;
use scim::filter::{DEEPEST, Filter, LONGEST, Matcher};
use scim::schema::{GROUP, ResourceType, USER};
use serde_json::{Value, json};

use crate::things::{ENTERPRISE, THING, attributes, refused};

fn bound(kind: &'static ResourceType, filter: &str) -> Matcher {
    Filter::parse(filter).unwrap().bind(kind).unwrap()
}

fn barbara() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "id": "usr_1",
        "externalId": "701984",
        "userName": "bjensen@Example.com",
        "name": { "familyName": "O'Malley", "givenName": "Barbara" },
        "title": "Tour \"Guide\"",
        "displayName": "",
        "active": true,
        "emails": [
            { "value": "bjensen@example.com", "type": "work", "primary": true },
            { "value": "babs@jensen.org", "type": "home" },
        ],
        ENTERPRISE: { "department": "Tours", "manager": { "value": "usr_2" } },
        "meta": { "resourceType": "User", "lastModified": "2011-05-13T04:42:34Z" },
    })
}

#[test]
fn rfc_7644_3_4_2_2_filters_of_the_text_find_whom_they_should() {
    let resource = attributes(barbara());
    for (filter, wanted) in [
        // The examples of the RFC, with its spelling.
        ("userName eq \"bjensen@example.com\"", true),
        ("name.familyName co \"O'Malley\"", true),
        ("userName sw \"BJ\"", true),
        (
            "urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"J\"",
            false,
        ),
        ("title pr", true),
        ("meta.lastModified gt \"2011-05-13T04:42:34Z\"", false),
        ("meta.lastModified ge \"2011-05-13T06:42:34+02:00\"", true),
        ("meta.lastModified lt \"2011-05-13T04:42:34.5Z\"", true),
        ("meta.lastModified le \"2011-05-13T04:42:34Z\"", true),
        ("title pr and userName eq \"bjensen@example.com\"", true),
        ("title pr or preferredLanguage eq \"en\"", true),
        (
            "schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"",
            true,
        ),
        (
            "active eq true and (emails co \"example.com\" or emails.value co \"example.org\")",
            true,
        ),
        (
            "active eq true and not (emails co \"example.com\" or emails.value co \"example.org\")",
            false,
        ),
        ("active eq true and (emails.type eq \"work\")", true),
        (
            "active eq true and emails[type eq \"work\" and value co \"@example.com\"]",
            true,
        ),
        (
            "emails[type eq \"work\" and value co \"@jensen.org\"]",
            false,
        ),
        (
            "emails.type eq \"work\" and emails.value co \"@jensen.org\"",
            true,
        ),
        // Names, operators and literals in any case; space where it may be.
        ("  USERNAME EQ \"bjensen@EXAMPLE.com\"  ", true),
        ("NOT(active Eq FALSE)", true),
        ("emails[ TYPE Eq \"HOME\" ]", true),
        // Case counts where the schema says so.
        ("id eq \"usr_1\"", true),
        ("id eq \"USR_1\"", false),
        // What is there, and what is not.
        ("displayName pr", false),
        ("preferredLanguage pr", false),
        ("phoneNumbers pr", false),
        ("emails pr", true),
        ("name pr", true),
        ("preferredLanguage ne \"en\"", true),
        ("preferredLanguage eq null", true),
        ("title eq null", false),
        ("title ne null", true),
        ("preferredLanguage sw \"\"", false),
        ("emails.type ne \"work\"", true),
        ("title eq \"tour \\\"guide\\\"\"", true),
        ("title ew \"guide\\u0022\"", true),
        // Of an extension, with its URN and without.
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"tours\"",
            true,
        ),
        ("department eq \"tours\"", true),
        // Entra ID asks whether a user has a manager, and for users by their address.
        ("id eq \"usr_1\" and manager eq \"usr_2\"", true),
        (
            "emails[type eq \"work\"].value eq \"BJENSEN@example.com\"",
            true,
        ),
        (
            "emails[type eq \"home\"].value eq \"bjensen@example.com\"",
            false,
        ),
        ("emails[type eq \"home\"].display pr", false),
    ] {
        assert_eq!(bound(&USER, filter).matches(&resource), wanted, "{filter}");
    }
}

#[test]
fn rfc_7644_table_5_and_binds_more_than_or_and_brackets_more_than_both() {
    let facts = attributes(json!({ "label": "a", "code": "b" }));
    let (yes, no) = ("label pr", "count pr");
    for (filter, wanted) in [
        (format!("{yes} or {no} and {no}"), true),
        (format!("({yes} or {no}) and {no}"), false),
        (format!("{no} and {no} or {yes}"), true),
        (format!("{no} and ({no} or {yes})"), false),
        (format!("not ({no}) and {yes}"), true),
        (format!("not ({no} or {yes})"), false),
        (format!("not (not ({yes}))"), true),
    ] {
        assert_eq!(bound(&THING, &filter).matches(&facts), wanted, "{filter}");
    }
}

#[test]
fn rfc_7644_table_3_values_are_compared_as_their_types_ask() {
    let thing = attributes(json!({
        "label": "Ärger", "code": "AbC", "count": 17, "since": "2020-01-01T00:00:00Z", "open": false,
        "tags": ["one", "Two"],
    }));
    for (filter, wanted) in [
        ("count eq 17", true),
        ("count eq 17.0", true),
        ("count gt 9", true),
        ("count lt 17.5", true),
        ("count ge 18", false),
        ("count ne 17", false),
        ("open eq false", true),
        ("open eq \"False\"", true),
        ("open ne true", true),
        ("label eq \"äRGER\"", true),
        ("label gt \"arger\"", true),
        ("code eq \"abc\"", false),
        ("code co \"bC\"", true),
        ("code gt \"AAA\"", true),
        ("since eq \"2019-12-31T23:00:00-01:00\"", true),
        ("tags eq \"two\"", true),
        ("tags sw \"o\"", true),
        ("tags gt \"z\"", false),
    ] {
        assert_eq!(bound(&THING, filter).matches(&thing), wanted, "{filter}");
    }
}

#[test]
fn rfc_7644_3_12_what_cannot_be_compared_is_an_invalid_filter() {
    for filter in [
        "open gt true",
        "open co \"t\"",
        "open eq \"yes\"",
        "open eq 1",
        "count eq \"17\"",
        "count sw 1",
        "count eq true",
        "since gt \"yesterday\"",
        "since sw \"2020\"",
        "since eq 2020",
        "label eq 5",
        "label eq true",
        "label co null",
        "label gt null",
        "key eq \"a\"",
        "nothing eq \"a\"",
        "label.part eq \"a\"",
        "key[nothing pr]",
        "label[value pr]",
        "urn:test:More pr",
        "urn:test:Other:label pr",
    ] {
        let bound = Filter::parse(filter).unwrap().bind(&THING);
        assert_eq!(refused(bound), ScimType::InvalidFilter, "{filter}");
    }
}

#[test]
fn rfc_7644_3_12_what_is_no_filter_is_refused_with_the_place() {
    for (filter, wanted) in [
        ("", "expected an attribute at letter 1"),
        ("userName", "expected an operator at letter 9"),
        (
            "userName eq",
            "expected a value as JSON writes it at letter 12",
        ),
        (
            "userName eq bjensen",
            "expected a value as JSON writes it at letter 13",
        ),
        (
            "userName eq \"bjensen",
            "expected a value as JSON writes it at letter 13",
        ),
        ("userName eq \"ä\" x", "expected the end at letter 17"),
        ("userName xx \"a\"", "expected an operator at letter 9"),
        ("(title pr", "expected ) at letter 10"),
        ("title pr)", "expected the end at letter 9"),
        ("emails[type pr", "expected ] at letter 15"),
        ("emails[]", "expected an attribute at letter 8"),
        (
            "emails[emails[type pr]]",
            "expected an operator at letter 14",
        ),
        ("name.familyName[a pr]", "expected an operator at letter 16"),
        ("title pr and", "expected an attribute at letter 13"),
        ("and title pr", "expected an operator at letter 4"),
        ("title pr title pr", "expected the end at letter 10"),
        ("name. eq 1", "expected a sub-attribute at letter 6"),
    ] {
        let refusal = Filter::parse(filter).unwrap_err();
        assert_eq!(refusal.scim_type, Some(ScimType::InvalidFilter));
        assert_eq!(refusal.detail, format!("filter: {wanted}"), "{filter}");
    }
}

#[test]
fn filters_have_bounds() {
    let deep = |depth| format!("{}title pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Filter::parse(&deep(DEEPEST)).is_ok());
    assert_eq!(
        refused(Filter::parse(&deep(DEEPEST + 1))),
        ScimType::InvalidFilter
    );
    assert_eq!(
        refused(Filter::parse(&deep(100_000))),
        ScimType::InvalidFilter
    );

    let long = |length: usize| format!("title eq \"{}\"", "a".repeat(length - 11));
    assert!(Filter::parse(&long(LONGEST)).is_ok());
    assert_eq!(
        refused(Filter::parse(&long(LONGEST + 1))),
        ScimType::InvalidFilter
    );
}

/// So that a store looks a resource up by an index, and the filter has the last word.
#[test]
fn an_equality_that_must_hold_is_found() {
    let manager = format!("{ENTERPRISE}:manager.value");
    for (kind, filter, path, wanted) in [
        (&USER, "userName eq \"A@b\"", "userName", Some("A@b")),
        (&USER, "USERNAME eq \"a\"", "userName", Some("a")),
        (
            &USER,
            "urn:ietf:params:scim:schemas:core:2.0:User:id eq \"a\"",
            "id",
            Some("a"),
        ),
        (
            &USER,
            "active eq true and externalId eq \"x\"",
            "externalId",
            Some("x"),
        ),
        (
            &USER,
            "active eq true and (title pr and id eq \"x\")",
            "id",
            Some("x"),
        ),
        (
            &USER,
            "emails[type eq \"work\"].value eq \"a@b\"",
            "emails.value",
            Some("a@b"),
        ),
        (&USER, "emails eq \"a@b\"", "emails.value", Some("a@b")),
        (&USER, "manager eq \"m\"", manager.as_str(), Some("m")),
        (&GROUP, "displayName eq \"G\"", "displayName", Some("G")),
        (&GROUP, "members.value eq \"m\"", "members.value", Some("m")),
        (&GROUP, "members eq \"m\"", "members.value", Some("m")),
        (
            &GROUP,
            "members[value eq \"m\"]",
            "members.value",
            Some("m"),
        ),
        // Not where something else would do as well.
        (
            &USER,
            "userName eq \"a\" or active eq true",
            "userName",
            None,
        ),
        (&USER, "not (userName eq \"a\")", "userName", None),
        (&USER, "userName sw \"a\"", "userName", None),
        (&USER, "userName ne \"a\"", "userName", None),
        (&USER, "userName eq null", "userName", None),
        (&USER, "userName eq \"a\"", "externalId", None),
    ] {
        assert_eq!(bound(kind, filter).must_equal(path), wanted, "{filter}");
    }
}
