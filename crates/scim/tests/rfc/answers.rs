//! What is answered, in which order, and how much of it (RFC 7644 §3.4.2.3, §3.4.2.4, §3.9, §3.12, §3.14).

use scim::etag::{Tags, of_revision};
use scim::list::{Page, response};
use scim::project::Projection;
use scim::schema::{GROUP, ResourceType, USER};
use scim::sort::Sort;
use scim::{Attributes, Error, ScimType};
use serde_json::{Value, json};

use crate::things::{ENTERPRISE, THING, attributes, refused};

fn thing() -> Value {
    json!({
        "schemas": ["urn:test:Thing"], "id": "t", "meta": { "version": "W/\"1\"" },
        "label": "l", "secret": "s", "costly": "c", "badge": "b", "tags": ["x"],
        "key": { "name": "n", "pin": "p", "cut": "c" },
        "urn:test:More": { "colour": "red", "hidden": "h" },
    })
}

fn projected(
    kind: &'static ResourceType,
    resource: Value,
    only: &[&str],
    without: &[&str],
) -> Value {
    let projection = Projection::new(kind, only, without).unwrap();
    Value::Object(projection.project(&attributes(resource)))
}

#[test]
fn rfc_7644_3_9_attributes_are_answered_as_they_are_asked_for() {
    let always = json!({ "schemas": ["urn:test:Thing"], "id": "t", "badge": "b" });
    let with = |more: Value| {
        let mut wanted = attributes(always.clone());
        wanted.extend(attributes(more));
        Value::Object(wanted)
    };
    let by_default = json!({
        "label": "l", "tags": ["x"], "key": { "name": "n" }, "urn:test:More": { "colour": "red" },
        "meta": { "version": "W/\"1\"" },
    });
    let without = |path: &str| {
        let mut left = attributes(by_default.clone());
        left.remove(path);
        with(Value::Object(left))
    };
    for (only, excluded, wanted) in [
        (&[][..], &[][..], with(by_default.clone())),
        (&["label"], &[], with(json!({ "label": "l" }))),
        (
            &["LABEL", "urn:test:Thing:tags"],
            &[],
            with(json!({ "label": "l", "tags": ["x"] })),
        ),
        (&["costly"], &[], with(json!({ "costly": "c" }))),
        (
            &["secret", "key.pin", "urn:test:More:hidden"],
            &[],
            always.clone(),
        ),
        (&["key"], &[], with(json!({ "key": { "name": "n" } }))),
        (&["key.name"], &[], with(json!({ "key": { "name": "n" } }))),
        (&["key.cut"], &[], with(json!({ "key": { "cut": "c" } }))),
        (
            &["urn:test:More"],
            &[],
            with(json!({ "urn:test:More": { "colour": "red" } })),
        ),
        (
            &["colour"],
            &[],
            with(json!({ "urn:test:More": { "colour": "red" } })),
        ),
        // A name that means nothing asks for nothing.
        (&["nothing"], &[], always.clone()),
        (&[], &["label"], without("label")),
        (&[], &["key.name"], without("key")),
        (&[], &["urn:test:More"], without("urn:test:More")),
        (&[], &["meta"], without("meta")),
        (
            &[],
            &["id", "schemas", "badge", "nothing"],
            with(by_default.clone()),
        ),
    ] {
        assert_eq!(
            projected(&THING, thing(), only, excluded),
            wanted,
            "{only:?} {excluded:?}"
        );
    }
    let both = Projection::new(&THING, &["label"], &["tags"]);
    assert_eq!(refused(both), ScimType::InvalidValue);
}

#[test]
fn parts_of_the_values_of_a_list_are_asked_for_alike() {
    let user =
        json!({ "id": "u", "emails": [{ "value": "a@b", "type": "work" }, { "type": "home" }] });
    let values = json!({ "id": "u", "emails": [{ "value": "a@b" }] });
    assert_eq!(
        projected(&USER, user.clone(), &["emails.value"], &[]),
        values
    );
    let kinds = json!({ "id": "u", "emails": [{ "type": "work" }, { "type": "home" }] });
    assert_eq!(projected(&USER, user, &[], &["emails.value"]), kinds);
    let empty = json!({ "id": "g", "members": [] });
    assert_eq!(projected(&GROUP, empty.clone(), &[], &[]), empty);
}

#[test]
fn what_is_not_asked_for_need_not_be_looked_up() {
    let wants = |kind, only: &[&str], without: &[&str], path: &str| {
        Projection::new(kind, only, without).unwrap().wants(path)
    };
    assert!(wants(&GROUP, &[], &[], "members"));
    // Entra ID asks for groups so.
    assert!(!wants(&GROUP, &[], &["members"], "members"));
    assert!(!wants(&GROUP, &["displayName"], &[], "members"));
    assert!(wants(&GROUP, &["members.value"], &[], "members"));
    assert!(wants(&GROUP, &["members.value"], &[], "members.value"));
    assert!(!wants(&GROUP, &["members.value"], &[], "members.$ref"));
    // Access costs something to work out.
    assert!(!wants(&USER, &[], &[], "entitlements"));
    assert!(wants(&USER, &["entitlements"], &[], "entitlements"));
    assert!(wants(&USER, &["entitlements.value"], &[], "entitlements"));
    assert!(!wants(&USER, &["entitlements.value"], &[], "roles"));
    assert!(!wants(&USER, &["nothing"], &[], "nothing"));
}

fn sorted(
    kind: &'static ResourceType,
    by: &str,
    order: Option<&str>,
    resources: Value,
) -> Vec<String> {
    let mut resources: Vec<Attributes> = resources
        .as_array()
        .unwrap()
        .iter()
        .cloned()
        .map(attributes)
        .collect();
    Sort::new(kind, by, order).unwrap().sort(&mut resources);
    let ids = resources
        .iter()
        .map(|resource| resource["id"].as_str().unwrap().to_owned());
    ids.collect()
}

#[test]
fn rfc_7644_3_4_2_3_resources_are_sorted_as_the_type_asks() {
    let users = json!([
        { "id": "1", "userName": "b", "emails": [{ "value": "z@x" }, { "value": "a@x", "primary": true }] },
        { "id": "2", "userName": "A", "emails": [{ "value": "M@x" }] },
        { "id": "3", "userName": "c", "name": { "familyName": "Z" } },
        { "id": "4", "userName": "a" },
    ]);
    assert_eq!(
        sorted(&USER, "userName", None, users.clone()),
        ["2", "4", "1", "3"]
    );
    assert_eq!(
        sorted(&USER, "USERNAME", Some("Descending"), users.clone()),
        ["3", "1", "2", "4"]
    );
    // Of a list the primary value counts, or the first; what has none is last, or first.
    assert_eq!(
        sorted(&USER, "emails", None, users.clone()),
        ["1", "2", "3", "4"]
    );
    assert_eq!(
        sorted(&USER, "emails.value", Some("descending"), users.clone()),
        ["3", "4", "2", "1"]
    );
    assert_eq!(
        sorted(&USER, "name.familyName", Some("ascending"), users),
        ["3", "1", "2", "4"]
    );

    let things = json!([
        { "id": "1", "count": 10, "since": "2020-01-01T00:00:00+05:00", "code": "a", "open": true },
        { "id": "2", "count": 9, "since": "2019-12-31T23:00:00Z", "code": "B", "open": false },
    ]);
    for by in ["count", "code", "open"] {
        assert_eq!(sorted(&THING, by, None, things.clone()), ["2", "1"], "{by}");
    }
    assert_eq!(sorted(&THING, "since", None, things), ["1", "2"]);

    assert_eq!(
        refused(Sort::new(&USER, "nothing", None)),
        ScimType::InvalidPath
    );
    assert_eq!(
        refused(Sort::new(&USER, "name", None)),
        ScimType::InvalidPath
    );
    assert_eq!(
        refused(Sort::new(&USER, ENTERPRISE, None)),
        ScimType::InvalidPath
    );
    assert_eq!(
        refused(Sort::new(&USER, "title", Some("up"))),
        ScimType::InvalidValue
    );
}

#[test]
fn rfc_7644_3_4_2_4_pages_begin_at_one_and_have_a_bound() {
    for (start, count, wanted) in [
        (None, None, (1, 200)),
        (Some("0"), Some("0"), (1, 0)),
        (Some("-5"), Some("-5"), (1, 0)),
        (Some("11"), Some("10"), (11, 10)),
        (Some("1"), Some("500"), (1, 200)),
        (Some("1"), Some("99999999999999999999"), (1, 200)),
        (Some("-99999999999999999999"), None, (1, 200)),
    ] {
        let page = Page::new(start, count, 200).unwrap();
        assert_eq!(
            (page.start_index, page.count),
            wanted,
            "{start:?} {count:?}"
        );
    }
    let far = Page::new(Some("99999999999999999999"), None, 200).unwrap();
    assert!(far.skipped() > 1_000_000);
    for wrong in ["", "-", "one", "1.5", "+1", " 1"] {
        assert_eq!(
            refused(Page::new(Some(wrong), None, 200)),
            ScimType::InvalidValue
        );
        assert_eq!(
            refused(Page::new(None, Some(wrong), 200)),
            ScimType::InvalidValue
        );
    }
    let page = Page::new(Some("3"), Some("2"), 200).unwrap();
    let wanted = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 3, "startIndex": 3, "itemsPerPage": 1, "Resources": [{ "id": "c" }],
    });
    assert_eq!(response(&page, 3, vec![json!({ "id": "c" })]), wanted);
}

#[test]
fn rfc_7644_3_14_tags_are_compared_weakly() {
    let own = of_revision(17);
    assert_eq!(own, "W/\"17\"");
    for (header, wanted) in [
        ("W/\"17\"", true),
        ("\"17\"", true),
        ("*", true),
        (" W/\"16\" , W/\"17\"", true),
        ("\"a,b\",W/\"17\"", true),
        ("W/\"16\"", false),
        ("W/\"\"", false),
        ("W/\"170\"", false),
    ] {
        assert_eq!(
            Tags::parse(header).unwrap().matches(&own),
            wanted,
            "{header}"
        );
    }
    for wrong in [
        "",
        "17",
        "w/\"17\"",
        "W/\"17",
        "W/\"17\",",
        "W/\"1\" W/\"2\"",
        "*, \"1\"",
        "W/\"a b\"",
    ] {
        assert_eq!(
            refused(Tags::parse(wrong)),
            ScimType::InvalidSyntax,
            "{wrong}"
        );
    }
    let many = vec!["\"a\""; 101].join(",");
    assert_eq!(refused(Tags::parse(&many)), ScimType::InvalidSyntax);
}

#[test]
fn rfc_7644_3_12_a_refusal_says_its_status_as_text() {
    let taken = Error::of(ScimType::Uniqueness, "userName is taken");
    assert_eq!(
        taken.body(),
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": "409", "scimType": "uniqueness", "detail": "userName is taken",
        })
    );
    assert_eq!(taken.status, 409);
    let unknown = Error::plain(404, "there is no such user");
    assert_eq!(
        unknown.body(),
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": "404", "detail": "there is no such user",
        })
    );
    assert_eq!(Error::of(ScimType::TooMany, "").status, 400);
}
