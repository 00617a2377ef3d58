//! What a catalogue may say, and what is said about one that is wrong.

use access::products::{
    Catalogue, CatalogueError, MAX_CATALOGUE_BYTES, MAX_CONDITIONS, MAX_DECLARED, MAX_KEY_BYTES,
    MAX_NAME_BYTES, MAX_PERMISSIONS, MAX_ROLES, MAX_RULES, MAX_TYPES, Side,
};
use proptest::prelude::*;

const HEAD: &str = "product = \"shop\"\nname = \"Shop\"\n";

fn error(text: &str) -> CatalogueError {
    Catalogue::parse(text).expect_err(text)
}

/// The error of a catalogue whose third line and following are these.
fn error_after_head(rest: &str) -> (usize, String) {
    let error = error(&format!("{HEAD}{rest}"));
    (error.line, error.reason)
}

#[track_caller]
fn refused(rest: &str, line: usize, reason: &str) {
    let (found_line, found) = error_after_head(rest);
    assert!(found.contains(reason), "{found}");
    assert_eq!(found_line, line, "{found}");
}

#[test]
fn the_example_of_the_documentation_is_a_catalogue() {
    let document = include_str!("../../../../docs/how-to-add-a-product.md");
    let (_, example) = document.split_once("```toml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let catalogue = Catalogue::parse(example).unwrap();
    assert_eq!(catalogue.key(), "shop");
    assert_eq!(catalogue.permissions().count(), 3);
    assert!(catalogue.find_kind(Side::Subject, "person").is_some());
}

#[test]
fn names_are_found_bare_and_behind_their_product_and_no_other() {
    let text = format!(
        "{HEAD}[resource_types.order]\n[permissions.read]\non = [\"order\"]\n[permissions.\"shop.order.read\"]\non = [\"order\"]\n"
    );
    let catalogue = Catalogue::parse(&text).unwrap();
    let find = |name| catalogue.find_permission(name);
    assert!(find("read").is_some());
    assert_eq!(find("read"), find("shop.read"));
    assert!(find("shop.order.read").is_some());
    assert_ne!(find("shop.order.read"), find("read"));
    // Another product's prefix, a longer one, a shorter one, ours twice.
    for name in [
        "sho.read",
        "shopping.read",
        "shop.shop.read",
        "order.read",
        "shop.",
        ".read",
        "",
    ] {
        assert_eq!(find(name), None, "{name}");
    }
    assert_eq!(
        catalogue.find_kind(Side::Resource, "order"),
        catalogue.find_kind(Side::Resource, "shop.order")
    );
    assert_eq!(catalogue.find_kind(Side::Subject, "order"), None);
}

#[test]
fn a_wrong_shape_is_refused_with_its_line() {
    assert_eq!(error("product = \"shop\"\nname = ").line, 2);
    assert!(error("product = \"shop\"").reason.contains("name"));
    refused("rolls = 3\n", 3, "unknown field `rolls`");
    refused(
        "[roles.a]\npermission = []\n",
        4,
        "unknown field `permission`",
    );
    refused("[roles.a]\n[roles.a]\n", 4, "duplicate key");
    refused(
        "[resource_types.a]\nproperties = { x = \"given\" }\n",
        4,
        "unknown variant `given`",
    );
    refused("[resource_types.a]\nopen = \"yes\"\n", 4, "invalid type");
}

#[test]
fn a_key_that_is_none_is_refused_with_its_line() {
    for key in [
        "Shop", "9shop", "", "sh-op", "shop.x", "admin", "portal", "rolecall",
    ] {
        let error = error(&format!("product = \"{key}\"\nname = \"x\"\n"));
        assert_eq!(error.line, 1, "{key}");
    }
    refused("[resource_types.\"a b\"]\n", 3, "no key");
    refused("[resource_types.\"a.b\"]\n", 3, "no key");
    refused("[roles.\"9\"]\n", 3, "no key");
    refused(
        "[resource_types.person]\n",
        3,
        "`person` stands for the people",
    );
    refused(
        "[subject_types.person]\nopen = true\n",
        3,
        "`person` stands for the people",
    );
    refused(
        "[resource_types.a]\n[permissions.\"other.x\"]\non = [\"a\"]\n",
        4,
        "begins with its product",
    );
    refused(
        "[resource_types.a]\n[permissions.\"shop..x\"]\non = [\"a\"]\n",
        4,
        "no key",
    );
    refused(
        "[resource_types.a]\n[permissions.x]\non = [\"a\"]\n[permissions.\"shop.x\"]\non = [\"a\"]\n",
        6,
        "stands here twice",
    );
}

#[test]
fn a_name_that_leads_nowhere_is_refused_with_its_line() {
    refused("[permissions.x]\non = [\"a\"]\n", 4, "no resource type `a`");
    refused("[permissions.x]\non = []\n", 3, "names the resource types");
    refused(
        "[roles.r]\npermissions = [\n  \"x\",\n]\n",
        5,
        "no permission `x`",
    );
    refused(
        "[[grants]]\nto = [\"u\"]\npermissions = []\n",
        4,
        "no subject type `u`",
    );
    let base = "[resource_types.a]\n[resource_types.b]\n[permissions.x]\non = [\"a\", \"b\"]\n";
    refused(&format!("{base}parent = \"y\"\n"), 7, "no permission `y`");
    refused(&format!("{base}parent = \"x\"\n"), 5, "above itself");
    let narrow = "[permissions.y]\non = [\"a\"]\n[permissions.z]\non = [\"b\"]\nparent = \"y\"\n";
    refused(&format!("{base}{narrow}"), 9, "parent `y` is not about");
    refused(
        &format!("{base}properties = {{ n = \"stored\" }}\n"),
        7,
        "nothing is stored about an action",
    );
}

fn with_condition(when: &str) -> String {
    format!(
        "[subject_types.u]\n[resource_types.a]\n[permissions.x]\non = [\"a\"]\n[[grants]]\nto = [\"u\"]\npermissions = [\"x\"]\nwhen = {when}\n"
    )
}

#[test]
fn a_condition_that_is_none_is_refused_with_its_line() {
    refused(&with_condition("\"subject.id == \""), 10, "not a condition");
    refused(
        &with_condition("\"user.id == 'x'\""),
        10,
        "do not know `user`",
    );
    refused(
        &with_condition("\"subject.id.matches('a*')\""),
        10,
        "cannot call `matches`",
    );
    refused(&with_condition("\"now() > 3\""), 10, "cannot call `now`");
    refused(
        &with_condition("\"Thing{a: 1} == 2\""),
        10,
        "not a condition",
    );
    // In a text of several lines, the line inside it.
    refused(
        &with_condition("'''\nsubject.id == 'x' &&\n(\n'''"),
        13,
        "not a condition",
    );
    refused(&with_condition("''"), 10, "not a condition");
}

#[test]
fn conditions_are_limited_in_size_depth_loops_and_lists() {
    let quoted = |text: &str| with_condition(&format!("\"{text}\""));
    let long = format!("subject.id == '{}'", "x".repeat(2048));
    refused(&quoted(&long), 10, "at most 2048 bytes");
    let wide = vec!["true"; 200].join(" && ");
    refused(&quoted(&wide), 10, "at most 256 parts");
    let deep = format!("{}true{}", "!(".repeat(40), ")".repeat(40));
    refused(&quoted(&deep), 10, "nested at most 32");
    let list = format!("1 in [{}]", vec!["1"; 65].join(","));
    refused(&quoted(&list), 10, "at most 64 entries");
    let l = "subject.properties.l";
    let two = format!("{l}.all(a, {l}.exists(b, a == b))");
    assert!(Catalogue::parse(&format!("{HEAD}{}", quoted(&two))).is_ok());
    let three = format!("{l}.all(a, {l}.exists(b, {l}.exists(c, a == c)))");
    refused(&quoted(&three), 10, "at most 2 deep");
    refused(
        &quoted(&format!("({l} + {l}).exists(a, a == 1)")),
        10,
        "a property or a written list",
    );
    refused(
        &quoted("{'a': 1} == subject.properties"),
        10,
        "no written maps",
    );
    // A name of a loop is known inside it only.
    refused(
        &quoted(&format!("{l}.all(a, true) && a == 1")),
        10,
        "do not know `a`",
    );
}

/// `most` of these pass this check (whatever else is wrong), one more is refused.
#[track_caller]
fn limit(most: usize, reason: &str, make: impl Fn(usize) -> String) {
    let at = |count| {
        Catalogue::parse(&make(count))
            .err()
            .map(|error| error.reason)
    };
    let below = at(most);
    assert!(
        below.is_none_or(|found| !found.contains(reason)),
        "{reason}"
    );
    let above = at(most + 1).unwrap_or_default();
    assert!(above.contains(reason), "{above}");
}

#[test]
fn every_limit_of_a_catalogue_holds() {
    let many =
        |count: usize, make: &dyn Fn(usize) -> String| (0..count).map(make).collect::<String>();
    let base = "[subject_types.u]\n[resource_types.a]\n[permissions.x]\non = [\"a\"]\n";
    for (side, what) in [
        ("subject", "64 subject types"),
        ("resource", "64 resource types"),
    ] {
        limit(MAX_TYPES, what, |count| {
            format!(
                "{HEAD}{}",
                many(count, &|n| format!("[{side}_types.t{n}]\n"))
            )
        });
    }
    limit(MAX_PERMISSIONS, "1024 permissions", |count| {
        let all = many(count, &|n| format!("[permissions.p{n}]\non = [\"a\"]\n"));
        format!("{HEAD}[resource_types.a]\n{all}")
    });
    limit(MAX_ROLES, "256 roles", |count| {
        format!("{HEAD}{}", many(count, &|n| format!("[roles.r{n}]\n")))
    });
    limit(MAX_RULES, "at most 256 here", |count| {
        let rule = "[[roles.r.rules]]\npermissions = [\"x\"]\n";
        format!("{HEAD}{base}{}", many(count, &|_| rule.to_owned()))
    });
    limit(MAX_RULES, "at most 256 here", |count| {
        let grant = "[[grants]]\nto = [\"u\"]\npermissions = [\"x\"]\n";
        format!("{HEAD}{base}{}", many(count, &|_| grant.to_owned()))
    });
    limit(MAX_CONDITIONS, "512 conditions", |count| {
        let rule = |n: usize| {
            format!(
                "[[roles.r{}.rules]]\npermissions = [\"x\"]\nwhen = \"true\"\n",
                n % 3
            )
        };
        format!("{HEAD}{base}{}", many(count, &rule))
    });
    limit(MAX_DECLARED, "64 properties", |count| {
        let all = many(count, &|n| format!("p{n} = \"sent\"\n"));
        format!("{HEAD}[resource_types.a.properties]\n{all}")
    });
    limit(MAX_KEY_BYTES, "no key", |count| {
        format!("{HEAD}[roles.{}]\n", "r".repeat(count))
    });
    limit(MAX_NAME_BYTES, "200 bytes", |count| {
        format!("product = \"shop\"\nname = \"{}\"\n", "n".repeat(count))
    });
    limit(MAX_CATALOGUE_BYTES, "262144 bytes", |count| {
        format!("{HEAD}#{}", "x".repeat(count - HEAD.len() - 1))
    });
    limit(4, "more than 4 parents", |count| {
        let all = many(count, &|n| {
            format!(
                "[permissions.p{}]\non = [\"a\"]\nparent = \"p{n}\"\n",
                n + 1
            )
        });
        format!("{HEAD}[resource_types.a]\n[permissions.p0]\non = [\"a\"]\n{all}")
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever text comes, it is a catalogue or an error with a line of it.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}", when in "[a-z.()\\[\\]{}<>=!&|+' 0-9?:,]{0,40}") {
        let condition = with_condition(&format!("{when:?}"));
        for text in [text, format!("{HEAD}{condition}")] {
            if let Err(error) = Catalogue::parse(&text) {
                prop_assert!(error.line >= 1);
                prop_assert!(error.line <= text.lines().count().max(1) + 1);
                prop_assert!(!error.reason.is_empty());
            }
        }
    }
}
