//! What always holds, of anything that could be sent.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use scim::date_time::DateTime;
use scim::etag::Tags;
use scim::filter::{Comparison, Filter, Literal};
use scim::group::GroupFields;
use scim::list::Page;
use scim::path::{AttrPath, PatchPath};
use scim::project::Projection;
use scim::schema::{GROUP, USER};
use scim::user::UserFields;
use scim::{Attributes, fold};
use serde_json::{Value, json};

use crate::things::{ENTERPRISE, THING, attributes, patched, read, user};

static COMPARISONS: [Comparison; 9] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Contains,
    Comparison::StartsWith,
    Comparison::EndsWith,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
    Comparison::Less,
    Comparison::LessOrEqual,
];

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z$][a-zA-Z0-9_$-]{0,8}".prop_filter("words of the language", |name| {
        !["and", "or", "not"].contains(&name.to_ascii_lowercase().as_str())
    })
}

fn attr_path() -> impl Strategy<Value = AttrPath> {
    let urn = option::of("urn:[a-z]{1,4}(:[a-zA-Z0-9.]{1,5}){1,3}");
    (urn, name(), option::of(name())).prop_map(|(urn, attribute, sub)| AttrPath {
        urn,
        attribute,
        sub,
    })
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Boolean),
        any::<i64>().prop_map(|number| Literal::Number(number.into())),
        ".{0,8}".prop_map(Literal::Text),
    ]
}

fn condition() -> impl Strategy<Value = Filter> {
    prop_oneof![
        attr_path().prop_map(Filter::Present),
        (attr_path(), select(&COMPARISONS[..]), literal())
            .prop_map(|(path, comparison, literal)| Filter::Compare(path, comparison, literal)),
    ]
}

fn joined(of: impl Strategy<Value = Filter> + Clone + 'static) -> impl Strategy<Value = Filter> {
    prop_oneof![
        vec(of.clone(), 2..4).prop_map(Filter::And),
        vec(of.clone(), 2..4).prop_map(Filter::Or),
        of.prop_map(|filter| Filter::Not(Box::new(filter))),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let of_values = condition().prop_recursive(2, 8, 3, |of| joined(of.boxed()));
    let within = (attr_path(), of_values).prop_map(|(path, filter)| {
        let path = AttrPath { sub: None, ..path };
        Filter::Within(path, Box::new(filter))
    });
    let one = prop_oneof![3 => condition(), 1 => within];
    one.prop_recursive(3, 16, 3, |of| joined(of.boxed()))
}

/// Texts that come near a filter.
fn near_a_filter() -> impl Strategy<Value = String> {
    let pieces = [
        "userName",
        "emails",
        "emails[",
        "]",
        "(",
        ")",
        "not",
        " and ",
        " or ",
        " eq ",
        " pr",
        ".value",
        ".",
        ":",
        "urn:",
        "urn:ietf:params:scim:schemas:core:2.0:User:",
        "\"",
        "\"a\"",
        "\"\\",
        "true",
        "null",
        "-1.5e3",
        "1e999",
        "ü",
        " ",
        "$ref",
        ",",
    ];
    vec(select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec!["a", "b", "A", "é"]).prop_map(str::to_owned),
        ".{1,6}"
    ]
    .prop_filter("says something", |text| !text.trim().is_empty())
}

fn email() -> impl Strategy<Value = Value> {
    let kind = option::of(select(vec!["work", "home", "Work"]));
    (option::of(text()), kind, option::of(text())).prop_map(
        |(value, kind, display)| json!({ "value": value, "type": kind, "display": display }),
    )
}

/// A user as a provider might write one.
fn any_user() -> impl Strategy<Value = Attributes> {
    let emails = (vec(email(), 0..4), any::<Option<usize>>());
    let parts = (option::of(text()), option::of(text()), option::of(text()));
    let enterprise = (option::of(text()), option::of(text()), option::of(text()));
    (text(), option::of(text()), option::of(any::<bool>()), emails, parts, enterprise).prop_map(
        |(user_name, title, active, (mut emails, primary), name, enterprise)| {
            let count = emails.len();
            if let Some(primary) = primary
                && count > 0
            {
                emails[primary % count]["primary"] = true.into();
            }
            let manager = enterprise.2.map(|id| json!({ "value": id, "$ref": "../Users/x" }));
            user(json!({
                "userName": user_name, "title": title, "active": active, "emails": emails,
                "name": { "givenName": name.0, "familyName": name.1, "formatted": name.2 },
                ENTERPRISE: { "department": enterprise.0, "employeeNumber": enterprise.1, "manager": manager },
            }))
        },
    )
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i32>().prop_map(Value::from),
        text().prop_map(Value::from),
        select(vec!["True", "false"]).prop_map(Value::from),
        email(),
        vec(email(), 0..3).prop_map(Value::from),
        vec(text(), 0..3).prop_map(Value::from),
        (text(), text()).prop_map(
            |(given, value)| json!({ "givenName": given, "value": value, "department": given })
        ),
        any::<bool>().prop_map(|primary| json!([{ "value": "p", "primary": primary }])),
    ]
}

static PATHS: [&str; 22] = [
    "userName",
    "externalId",
    "title",
    "active",
    "name",
    "name.givenName",
    "emails",
    "emails.value",
    "emails.primary",
    "emails[type eq \"work\"]",
    "emails[type eq \"work\"].value",
    "emails[type eq \"work\"].primary",
    "emails[type eq \"home\" and primary eq true].value",
    "emails[not (type pr)].display",
    "phoneNumbers[type eq \"fax\"].value",
    "manager",
    "manager.value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "nickName",
    "id",
    "unknown",
];

fn operation() -> impl Strategy<Value = Value> {
    let path = option::weighted(0.9, select(&PATHS[..]));
    let op = select(vec!["add", "Replace", "remove"]);
    (op, path, any_value())
        .prop_map(|(op, path, value)| json!({ "op": op, "path": path, "value": value }))
}

/// A value of the right type for each path that is no path by what it changes itself.
fn replacement() -> impl Strategy<Value = Value> {
    let texts = vec![
        "userName",
        "title",
        "name.givenName",
        "emails[type eq \"work\"].value",
        "emails[type eq \"home\" and primary eq true].value",
        "phoneNumbers[type eq \"fax\"].value",
        "manager",
        "manager.value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    ];
    let lists = vec(email(), 1..3).prop_map(|emails| ("emails", Value::from(emails)));
    prop_oneof![
        4 => (select(texts), text()).prop_map(|(path, text)| (path, text.into())),
        1 => lists,
        1 => (Just("name"), text()).prop_map(|(path, text)| (path, json!({ "givenName": text }))),
        1 => (Just("active"), any::<bool>()).prop_map(|(path, active)| (path, active.into())),
    ]
    .prop_map(|(path, value)| json!({ "op": "replace", "path": path, "value": value }))
}

fn primaries(resource: &Attributes) -> usize {
    let emails = resource.get("emails").and_then(Value::as_array);
    let primary = |email: &&Value| email["primary"] == true;
    emails.map_or(0, |emails| emails.iter().filter(primary).count())
}

proptest! {
    #[test]
    fn a_filter_that_is_printed_is_read_as_itself(filter in filter()) {
        let printed = filter.to_string();
        prop_assert_eq!(Filter::parse(&printed).unwrap(), filter, "{}", printed);
    }

    #[test]
    fn a_path_that_is_printed_is_read_as_itself(attribute in attr_path(), filter in option::of(condition()), sub in option::of(name())) {
        let (attribute, sub) = match filter {
            Some(_) => (AttrPath { sub: None, ..attribute }, sub),
            None => (attribute, None),
        };
        let path = PatchPath { attribute, filter, sub };
        prop_assert_eq!(PatchPath::parse(&path.to_string()).unwrap(), path);
    }

    #[test]
    fn no_text_breaks_a_parser(text in prop_oneof![".{0,40}", near_a_filter()], resource in any_user()) {
        if let Ok(filter) = Filter::parse(&text) {
            for kind in [&USER, &GROUP, &THING] {
                if let Ok(matcher) = filter.bind(kind) {
                    matcher.matches(&resource);
                }
            }
            prop_assert_eq!(Filter::parse(&filter.to_string()).unwrap(), filter);
        }
        let _ = PatchPath::parse(&text);
        let _ = AttrPath::parse(&text);
        let _ = DateTime::parse(&text);
        let _ = Tags::parse(&text);
        let _ = Page::new(Some(&text), Some(&text), 10);
    }

    #[test]
    fn a_filter_and_its_contrary_divide_everybody(filter in near_a_filter(), resource in any_user()) {
        if let Ok(matcher) = Filter::parse(&filter).and_then(|filter| filter.bind(&USER)) {
            let contrary = Filter::parse(&format!("not ({filter})")).unwrap().bind(&USER).unwrap();
            prop_assert_ne!(matcher.matches(&resource), contrary.matches(&resource));
        }
    }

    /// An index that is asked for the equality finds whoever meets the filter.
    #[test]
    fn whoever_meets_a_filter_has_what_it_must_equal(one in text(), other in text(), resource in any_user()) {
        let quoted = |text: &str| Value::from(text).to_string();
        let filter = format!("(userName eq {} and emails.value eq {}) and title pr", quoted(&one), quoted(&other));
        let matcher = Filter::parse(&filter).unwrap().bind(&USER).unwrap();
        prop_assert_eq!(matcher.must_equal("userName"), Some(one.as_str()));
        prop_assert_eq!(matcher.must_equal("emails.value"), Some(other.as_str()));
        if matcher.matches(&resource) {
            prop_assert_eq!(fold(resource["userName"].as_str().unwrap()), fold(&one));
        }
    }

    #[test]
    fn what_is_read_is_read_as_itself(resource in any_user()) {
        prop_assert_eq!(read(&USER, Value::Object(resource.clone())).unwrap(), resource);
    }

    /// A patch never makes what a POST would not have made.
    #[test]
    fn a_patched_resource_could_have_been_posted(resource in any_user(), operations in vec(operation(), 1..5)) {
        let before = Value::Object(resource.clone());
        if let Ok(patched) = patched(&USER, &before, operations.into()) {
            let body = Value::Object(patched.resource.clone());
            prop_assert_eq!(read(&USER, body).unwrap(), patched.resource.clone());
            prop_assert!(primaries(&patched.resource) <= 1);
            prop_assert_eq!(patched.changed, patched.resource != resource);
        }
    }

    #[test]
    fn what_is_added_and_removed_leaves_no_trace(resource in any_user(), value in "[a-z]{10}") {
        let mut resource = resource;
        resource.remove("title");
        let before = Value::Object(resource.clone());
        let by_value = format!("emails[value eq \"{value}\"]");
        let email = json!([{ "value": value, "type": "other" }]);
        for (added, removed, value) in [
            ("title", "title", json!(value)),
            ("displayName", "displayName", json!(value)),
            ("name.middleName", "name.middleName", json!(value)),
            ("emails", by_value.as_str(), email),
            ("emails[type eq \"other\"].value", "emails[type eq \"other\"]", json!(value)),
            ("phoneNumbers", "phoneNumbers", json!({ "value": value })),
        ] {
            let add = json!({ "op": "add", "path": added, "value": value });
            let added = patched(&USER, &before, json!([add])).unwrap();
            prop_assert!(added.changed);
            let remove = json!({ "op": "remove", "path": removed });
            let after = patched(&USER, &Value::Object(added.resource), json!([remove])).unwrap();
            prop_assert_eq!(&after.resource, &resource);
        }
    }

    #[test]
    fn members_that_come_and_go_leave_no_trace(stay in vec("[a-m]{3}", 0..6), come in vec("[n-z]{3}", 1..6)) {
        let members = |ids: &[String]| ids.iter().map(|id| json!({ "value": id })).collect::<Vec<_>>();
        let group = read(&GROUP, json!({ "displayName": "G", "members": members(&stay) })).unwrap();
        let add = json!({ "op": "Add", "path": "members", "value": members(&come) });
        let added = patched(&GROUP, &Value::Object(group.clone()), json!([add])).unwrap();
        let ids = GroupFields::read(&added.resource).members;
        prop_assert!(come.iter().all(|id| ids.iter().filter(|other| *other == id).count() == 1));
        let by_value = json!([{ "op": "Remove", "path": "members", "value": members(&come) }]);
        let by_path = come.iter().map(|id| json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") }));
        for removals in [by_value, by_path.collect::<Vec<_>>().into()] {
            let after = patched(&GROUP, &Value::Object(added.resource.clone()), removals).unwrap();
            prop_assert_eq!(&after.resource, &group);
        }
    }

    #[test]
    fn what_is_replaced_twice_is_replaced_once(resource in any_user(), replace in replacement()) {
        let once = patched(&USER, &Value::Object(resource), json!([replace])).unwrap();
        let twice = patched(&USER, &Value::Object(once.resource.clone()), json!([replace])).unwrap();
        prop_assert!(!twice.changed);
        prop_assert_eq!(twice.resource, once.resource);
    }

    #[test]
    fn what_is_never_returned_is_in_no_answer(only in vec(asked(), 0..4), without in vec(asked(), 0..4), both in any::<bool>()) {
        let thing = attributes(json!({
            "id": "t", "label": "l", "secret": "never", "costly": "c", "badge": "b", "key": { "name": "n", "pin": "never" },
            "urn:test:More": { "colour": "red", "hidden": "never" }, "unheard": "never",
        }));
        let (only, without): (&[&str], &[&str]) = if both { (&only, &[]) } else { (&[], &without) };
        let answer = Projection::new(&THING, only, without).unwrap().project(&thing);
        prop_assert!(!Value::Object(answer.clone()).to_string().contains("never"));
        prop_assert!(answer.contains_key("id") && answer.contains_key("badge"));
        prop_assert!(answer.iter().all(|(name, _)| thing.contains_key(name)));
    }

    #[test]
    fn a_profile_that_is_written_is_read_as_itself(resource in any_user(), other in any_user()) {
        let fields = UserFields::read(&resource);
        let mut same = resource.clone();
        fields.write(&mut same);
        prop_assert_eq!(&UserFields::read(&same), &fields);
        // Into the attributes of somebody else too.
        let mut other = other;
        fields.write(&mut other);
        prop_assert_eq!(&UserFields::read(&other), &fields);
        prop_assert_eq!(read(&USER, Value::Object(other.clone())).unwrap(), other);
    }
}

fn asked() -> impl Strategy<Value = &'static str> {
    select(vec![
        "id",
        "label",
        "secret",
        "costly",
        "badge",
        "key",
        "key.name",
        "key.pin",
        "urn:test:More",
        "urn:test:More:hidden",
        "hidden",
        "colour",
        "unheard",
        "",
        "a b",
        "urn:test:Thing:secret",
    ])
}
