//! Conditions of other products: whose word counts, and what errs.

use access::decide::Reason;
use access::products::{ProductCommand, Properties, Property};
use access::{Gate, GateOutcome};
use proptest::prelude::*;

use crate::shop::{SHOP, order_question, shop};
use crate::world::{ask, texts};

#[test]
fn ad_31_a_stored_property_is_not_to_be_had_by_sending_it() {
    let mut shop = shop(&["boss"]);
    let mut question = order_question("read");
    question.context = serde_json::from_str(r#"{"hour": 12}"#).unwrap();
    question.subject_sent = texts(&[("rank", "boss")]);
    shop.denies(&question, Gate::Switch, Reason::ConditionFalse);
    // Context is the caller's word.
    question.context = serde_json::from_str(r#"{"hour": 8}"#).unwrap();
    shop.allows(&question);
    // What is stored changes by describing.
    question.context = serde_json::from_str(r#"{"hour": 12}"#).unwrap();
    let (clerk, before) = (shop.clerk, shop.world.state.version());
    shop.world
        .run(ProductCommand::DescribeThing { thing: clerk });
    assert_ne!(shop.world.state.version(), before);
    let profile = access::products::ThingProfile {
        external_id: "c1".into(),
        properties: texts(&[("rank", "boss")]),
    };
    shop.world.state.products_mut().attach(clerk, profile);
    shop.allows(&question);
}

#[test]
fn ad_31_sent_and_sent_where_not_stored_count_as_the_catalogue_says() {
    // `owner` is sent: what is stored does not count, although it would allow.
    let owner = shop(&["owner"]);
    let mut question = order_question("read");
    owner.denies(&question, Gate::Switch, Reason::ConditionError);
    question.resource_sent = texts(&[("owner", "c2")]);
    owner.denies(&question, Gate::Switch, Reason::ConditionFalse);
    question.resource_sent = texts(&[("owner", "c1")]);
    owner.allows(&question);

    // `stage` counts from the question until something is stored.
    let mut finisher = shop(&["finisher"]);
    question.resource_sent = texts(&[("stage", "done")]);
    finisher.allows(&question);
    let profile = access::products::ThingProfile {
        external_id: "1".into(),
        properties: texts(&[("stage", "open")]),
    };
    let order = finisher.order;
    finisher.world.state.products_mut().attach(order, profile);
    finisher.denies(&question, Gate::Switch, Reason::ConditionFalse);

    // `branch` is stored: sending it changes nothing.
    let auditor = shop(&["auditor"]);
    question.resource_sent = texts(&[("branch", "south")]);
    auditor.allows(&question);

    // Properties of an action count as it declares them.
    let softly = shop(&["softly", "reader"]);
    let mut question = order_question("edit");
    softly.denies(&question, Gate::Switch, Reason::ConditionFalse);
    question.action_sent = serde_json::from_str(r#"{"soft": true}"#).unwrap();
    softly.allows(&question);
}

#[test]
fn a_condition_that_errs_denies_whatever_else_allows() {
    // `weight` is a number: neither true nor false.
    let number = shop(&["number"]);
    number.denies(
        &order_question("read"),
        Gate::Switch,
        Reason::ConditionError,
    );
    let both = shop(&["number", "reader"]);
    let decision = both.world.ask(&order_question("read")).decision;
    assert!(!decision.allowed);
    assert_eq!(
        decision.gates.outcome(Gate::Switch),
        GateOutcome::Failed(Reason::ConditionError)
    );
    // An error about the parent denies the child.
    shop(&["number", "editor", "reader"]).denies(
        &order_question("edit"),
        Gate::Switch,
        Reason::ConditionError,
    );
    // `||` needs only one side: the other may be missing.
    let boss = shop(&["boss"]);
    boss.denies(
        &order_question("read"),
        Gate::Switch,
        Reason::ConditionError,
    );
}

#[test]
fn properties_are_asked_by_name_and_not_gone_over() {
    // The order would be of chance.
    let looper = shop(&["looper"]);
    looper.denies(
        &order_question("read"),
        Gate::Switch,
        Reason::ConditionError,
    );
    let member = shop(&["member"]);
    let mut question = order_question("read");
    let context = r#"{"tags": [{"name": "north"}, {"name": "x"}], "one": {"name": "north"}}"#;
    question.context = serde_json::from_str(context).unwrap();
    member.allows(&question);
    let context = r#"{"tags": [{"name": "x"}, {"name": "north"}], "one": {"name": "north"}}"#;
    question.context = serde_json::from_str(context).unwrap();
    member.denies(&question, Gate::Switch, Reason::ConditionFalse);
}

#[test]
fn ad_31_properties_of_people_are_sent_where_the_catalogue_says_so() {
    let mut shop = shop(&[]);
    let person = shop.person_with("deskbound");
    let id = shop.world.state.public(person).unwrap().to_string();
    let mut question = ask(("person", &id), "read", ("order", "1"));
    shop.denies(&question, Gate::Switch, Reason::ConditionError);
    question.subject_sent = texts(&[("desk", "front")]);
    shop.allows(&question);
}

#[test]
fn properties_beyond_the_limits_are_no_properties() {
    let parse = |text: &str| serde_json::from_str::<Properties>(text);
    let good = parse(r#"{"a": [1, 2.5, null, true, {"b": "c"}]}"#).unwrap();
    assert!(matches!(good.get("a"), Some(Property::List(values)) if values.len() == 5));
    assert!(parse(&format!(r#"{{"a": [{}]}}"#, vec!["1"; 65].join(","))).is_err());
    assert!(parse(&format!(r#"{{"a": "{}"}}"#, "x".repeat(1025))).is_err());
    assert!(parse(r#"{"a": [[[[1]]]]}"#).is_ok());
    assert!(parse(r#"{"a": [[[[[1]]]]]}"#).is_err());
    let list = format!("[{}]", vec!["1"; 60].join(","));
    let wide: Vec<_> = (0..9).map(|n| format!(r#""p{n}": {list}"#)).collect();
    assert!(parse(&format!("{{{}}}", wide.join(","))).is_err());
}

/// Expressions with every operator and function over values at the edges.
fn hostile() -> impl Strategy<Value = String> {
    let leaves = prop::sample::select(vec![
        "9223372036854775807",
        "(-9223372036854775807 - 1)",
        "0",
        "-1",
        "18446744073709551615u",
        "1e308",
        "0.0",
        "''",
        "'9\u{e9}'",
        "[]",
        "[1, 'a', [2]]",
        "null",
        "true",
        "subject",
        "subject.properties",
        "resource.properties.weight",
        "context.missing",
    ]);
    leaves
        .prop_map(str::to_owned)
        .prop_recursive(3, 12, 3, |inner| {
            let operators = prop::sample::select(vec![
                "+", "-", "*", "/", "%", "<", ">=", "==", "!=", "&&", "||", "in",
            ]);
            let functions =
                prop::sample::select(vec!["int", "uint", "double", "string", "size", "-", "!"]);
            let methods = prop::sample::select(vec!["contains", "startsWith", "endsWith"]);
            prop_oneof![
                (inner.clone(), operators, inner.clone())
                    .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
                (functions, inner.clone()).prop_map(|(f, a)| format!("{f}({a})")),
                (inner.clone(), methods, inner.clone())
                    .prop_map(|(a, f, b)| format!("({a}).{f}({b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}]")),
                (inner.clone(), inner.clone(), inner.clone())
                    .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
                (inner.clone(), inner).prop_map(|(a, b)| format!("[{a}, 2].filter(x, x == {b})")),
            ]
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Whatever a condition computes, it ends in an answer, and only `true` allows.
    #[test]
    fn no_condition_brings_the_decision_down(expression in hostile()) {
        let text = SHOP.replacen("resource.properties.weight", &expression, 1);
        if access::products::Catalogue::parse(&text).is_ok() {
            let mut shop = shop(&["number"]);
            shop.world.replace(shop.product, &text);
            let decision = shop.world.ask(&order_question("read")).decision;
            let switch = decision.gates.outcome(Gate::Switch);
            prop_assert_eq!(decision.allowed, switch == GateOutcome::Passed);
        }
    }
}
