//! Decisions about other products: gates, paths, and whose word counts.

use access::decide::{By, Over, Reason};
use access::event::Event;
use access::products::{Asked, ProductCommand, Properties, Property, Side};
use access::state::{Tie, UserFacet};
use access::{Command, Gate, GateOutcome, Moment, PersonId, Right, Target, ThingId, Window};
use proptest::prelude::*;

use crate::world::{Ask, NOW, World, ask, texts};

const SHOP: &str = r#"
product = "shop"
name = "Shop"
[subject_types.clerk]
[subject_types.person]
properties = { desk = "sent" }
[subject_types.visitor]
open = true
[resource_types.order]
properties = { owner = "sent", stage = "sent_where_not_stored" }
[resource_types.page]
open = true
[permissions.read]
on = ["order", "page"]
[permissions.edit]
on = ["order"]
parent = "read"
properties = { soft = "sent" }
[permissions.audit]
on = ["order"]
[roles.reader]
permissions = ["read"]
[roles.editor]
permissions = ["edit"]
[[roles.auditor.rules]]
permissions = ["audit", "read"]
when = "resource.properties.branch == 'north'"
[[roles.finisher.rules]]
permissions = ["read"]
when = "resource.properties.stage == 'done'"
[[roles.owner.rules]]
permissions = ["read"]
when = "resource.properties.owner == subject.id"
[[roles.softly.rules]]
permissions = ["edit"]
when = "has(action.properties.soft) && action.properties.soft"
[[roles.boss.rules]]
permissions = ["read"]
when = "subject.properties.rank == 'boss' || context.hour < 9"
[[roles.number.rules]]
permissions = ["read"]
when = "resource.properties.weight"
[[roles.looper.rules]]
permissions = ["read"]
when = "subject.properties.exists(name, name == 'rank')"
[[roles.member.rules]]
permissions = ["read"]
when = '''
'rank' in subject.properties && size(subject.properties) == 1 && !has(subject.properties.age) &&
context.tags.exists(tag, tag.name == resource.properties.branch) && context.one == context.tags[0]
'''
[[roles.deskbound.rules]]
permissions = ["read"]
when = "subject.properties.desk == 'front'"
[[grants]]
to = ["visitor"]
permissions = ["read"]
when = "resource.type == 'page' && subject.type == 'visitor'"
"#;

struct Shop {
    world: World,
    product: access::ProductId,
    clerk: ThingId,
    order: ThingId,
}

/// A clerk with these roles, and order 1 of the branch north, weight 3.
fn shop(roles: &[&str]) -> Shop {
    let mut world = World::new();
    let product = world.load(SHOP);
    let clerk = world.register(
        product,
        Side::Subject,
        "clerk",
        "c1",
        texts(&[("rank", "clerk")]),
    );
    for role in roles {
        world.give_role(clerk, role);
    }
    let properties: Properties =
        serde_json::from_str(r#"{"branch": "north", "weight": 3, "owner": "c1"}"#).unwrap();
    let order = world.register(product, Side::Resource, "order", "1", properties);
    Shop {
        world,
        product,
        clerk,
        order,
    }
}

fn order_question(action: &str) -> Ask<'_> {
    ask(("clerk", "c1"), action, ("order", "1"))
}

impl Shop {
    fn reason(&self, question: &Ask<'_>) -> Option<(Gate, Reason)> {
        let decision = self.world.ask(question).decision;
        assert_eq!(decision.allowed, decision.gates.all_pass());
        decision.gates.failed().first().copied()
    }

    #[track_caller]
    fn allows(&self, question: &Ask<'_>) {
        assert_eq!(self.reason(question), None);
    }

    #[track_caller]
    fn denies(&self, question: &Ask<'_>, gate: Gate, reason: Reason) {
        assert_eq!(self.reason(question), Some((gate, reason)));
    }
}

#[test]
fn a_role_allows_and_the_path_says_which() {
    let shop = shop(&["reader"]);
    let answer = shop.world.ask(&order_question("read"));
    assert!(answer.decision.allowed);
    assert_eq!(answer.decision.version, shop.world.state.version());
    let [path] = answer.decision.paths[..] else {
        panic!("{:?}", answer.decision.paths)
    };
    let By::ProductRole(product, role) = path.by else {
        panic!("{path:?}")
    };
    let products = shop.world.state.products();
    assert_eq!(products.role_key(product, role), "shop.reader");
    assert_eq!(path.over, Over::Thing(shop.order));
    shop.denies(&order_question("audit"), Gate::Permission, Reason::NotHeld);
}

#[test]
fn a_child_counts_where_its_parent_is_held() {
    let editor = shop(&["editor"]);
    let decision = editor.world.ask(&order_question("edit")).decision;
    let (gate, reason) = decision.gates.failed()[0];
    assert!(!decision.allowed);
    assert_eq!(gate, Gate::Permission);
    let Reason::ProductParentNotHeld(product, parent) = reason else {
        panic!("{reason:?}")
    };
    let products = editor.world.state.products();
    assert_eq!(products.action_key(product, parent), "shop.read");
    // By any path: another role, and one with a condition.
    shop(&["editor", "reader"]).allows(&order_question("edit"));
    shop(&["editor", "auditor"]).allows(&order_question("edit"));
    // The parent alone does not give the child.
    shop(&["reader"]).denies(&order_question("edit"), Gate::Permission, Reason::NotHeld);
}

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
fn what_is_unknown_is_denied() {
    let shop = shop(&["reader"]);
    let (subject, order) = (("clerk", "c1"), ("order", "1"));
    for (question, gate, reason) in [
        (
            ask(("clerk", "c9"), "read", order),
            Gate::Person,
            Reason::UnknownSubject,
        ),
        (
            ask(("clerk", ""), "read", order),
            Gate::Person,
            Reason::UnknownSubject,
        ),
        (
            ask(subject, "read", ("order", "9")),
            Gate::Resource,
            Reason::UnknownResource,
        ),
        (
            ask(subject, "read", ("order", "")),
            Gate::Resource,
            Reason::UnknownResource,
        ),
        (
            ask(subject, "read", ("crate", "1")),
            Gate::Resource,
            Reason::UnknownResource,
        ),
        (
            ask(subject, "fly", order),
            Gate::Resource,
            Reason::UnknownResource,
        ),
        (
            ask(subject, "audit", ("page", "1")),
            Gate::Resource,
            Reason::UnknownResource,
        ),
        (
            ask(("order", "1"), "read", order),
            Gate::Resource,
            Reason::UnknownResource,
        ),
        (
            ask(("person", "per_0"), "read", order),
            Gate::Person,
            Reason::UnknownSubject,
        ),
        (
            ask(subject, "other.read", order),
            Gate::Resource,
            Reason::UnknownResource,
        ),
    ] {
        shop.denies(&question, gate, reason);
    }
    shop.allows(&ask(("shop.clerk", "c1"), "shop.read", ("shop.order", "1")));
}

#[test]
fn what_need_not_be_registered_counts_where_its_type_is_open() {
    let shop = shop(&["reader"]);
    shop.allows(&ask(("clerk", "c1"), "read", ("page", "anything")));
    shop.allows(&ask(("visitor", "v"), "read", ("page", "anything")));
    let on_order = ask(("visitor", "v"), "read", ("order", "1"));
    shop.denies(&on_order, Gate::Switch, Reason::ConditionFalse);
    let too_long = "x".repeat(1025);
    let question = ask(("clerk", "c1"), "read", ("page", &too_long));
    shop.denies(&question, Gate::Resource, Reason::UnknownResource);
}

#[test]
fn ad_25_a_removed_thing_and_an_archived_product_give_nothing() {
    let mut shop = shop(&["reader"]);
    shop.allows(&order_question("read"));
    let product = shop.product;
    shop.world.run(ProductCommand::Archive { product });
    shop.denies(
        &order_question("read"),
        Gate::Resource,
        Reason::ResourceNotActive,
    );
    shop.world.run(ProductCommand::Restore { product });
    shop.allows(&order_question("read"));
    let order = shop.order;
    shop.world.run(ProductCommand::RemoveThing { thing: order });
    shop.denies(
        &order_question("read"),
        Gate::Resource,
        Reason::UnknownResource,
    );
    shop.world
        .state
        .apply(&Event::AccountActiveSet { active: false });
    let question = ask(("clerk", "c1"), "read", ("page", "p"));
    shop.denies(&question, Gate::Account, Reason::AccountNotActive);
}

/// A person as the world has them, with the question by public id.
fn person_reads(shop: &Shop, person: PersonId) -> Option<(Gate, Reason)> {
    let id = shop.world.state.public(person).unwrap().to_string();
    shop.reason(&ask(("person", &id), "read", ("order", "1")))
}

#[test]
fn ad_15_people_are_subjects_by_role_while_they_are_active() {
    let mut shop = shop(&[]);
    let (product, person) = (shop.product, shop.world.user());
    let reader = |shop: &Shop| {
        let row = shop.world.state.products().rows().get(product).unwrap();
        row.catalogue().unwrap().find_role("reader").unwrap()
    };
    let role = reader(&shop);
    assert_eq!(
        person_reads(&shop, person),
        Some((Gate::Person, Reason::Suspended))
    );
    shop.world.tie(person, Tie::ProductRole(product, role));
    assert_eq!(person_reads(&shop, person), None);
    shop.world.state.apply(&Event::UserFacetSet {
        person,
        state: UserFacet::Deactivated,
    });
    assert_eq!(
        person_reads(&shop, person),
        Some((Gate::Person, Reason::Deactivated))
    );
}

#[test]
fn ad_25_a_timed_role_counts_in_its_window() {
    let mut shop = shop(&[]);
    let (product, person) = (shop.product, shop.world.user());
    let row = shop.world.state.products().rows().get(product).unwrap();
    let role = row.catalogue().unwrap().find_role("reader").unwrap();
    shop.world.state.apply(&Event::TimedTied {
        person,
        tie: Tie::ProductRole(product, role),
        window: Window {
            start: Some(NOW),
            end: Some(Moment(NOW.0 + 1)),
        },
    });
    let id = shop.world.state.public(person).unwrap().to_string();
    let question = ask(("person", &id), "read", ("order", "1"));
    let at = |moment| {
        shop.world
            .state
            .answer(&question.question(), Moment(moment))
            .decision
    };
    assert!(!at(NOW.0 - 1).allowed);
    assert!(at(NOW.0).allowed);
    assert_eq!(at(NOW.0).paths[0].until, Some(Moment(NOW.0 + 1)));
    assert!(!at(NOW.0 + 1).allowed);
}

#[test]
fn ad_31_properties_of_people_are_sent_where_the_catalogue_says_so() {
    let mut shop = shop(&[]);
    let (product, person) = (shop.product, shop.world.user());
    let row = shop.world.state.products().rows().get(product).unwrap();
    let role = row.catalogue().unwrap().find_role("deskbound").unwrap();
    shop.world.tie(person, Tie::ProductRole(product, role));
    let id = shop.world.state.public(person).unwrap().to_string();
    let mut question = ask(("person", &id), "read", ("order", "1"));
    shop.denies(&question, Gate::Switch, Reason::ConditionError);
    question.subject_sent = texts(&[("desk", "front")]);
    shop.allows(&question);
}

#[test]
fn one_door_answers_about_rolecall_itself_and_ignores_what_is_sent() {
    let shop = shop(&[]);
    let admin = shop
        .world
        .state
        .public(shop.world.admin)
        .unwrap()
        .to_string();
    let key = "admin.users.manage";
    let mut question = ask(("person", &admin), key, ("account", ""));
    let answer = shop.world.ask(&question);
    assert_eq!(
        answer.asked,
        Asked::Own(access::Permission::AdminUsersManage)
    );
    assert!(answer.decision.allowed);
    question.subject = ("person", "per_00000000000000000000000000000000");
    question.subject_sent = texts(&[("role", "super_admin")]);
    assert!(!shop.world.ask(&question).decision.allowed);
    // A thing of another product is nobody here.
    assert!(
        !shop
            .world
            .ask(&ask(("clerk", "c1"), key, ("account", "")))
            .decision
            .allowed
    );
}

#[test]
fn a_short_name_that_two_products_have_is_too_short() {
    let mut shop = shop(&["reader"]);
    let two = SHOP.replacen("product = \"shop\"", "product = \"shop_two\"", 1);
    let second = shop.world.load(&two);
    let question = order_question("read");
    assert_eq!(shop.world.ask(&question).asked, Asked::Unknown);
    assert!(!shop.world.ask(&question).decision.allowed);
    shop.allows(&order_question("shop.read"));
    // The other product knows neither this clerk nor this order, and its key is not a prefix of a name.
    let other = order_question("shop_two.read");
    shop.denies(&other, Gate::Person, Reason::UnknownSubject);
    // Archived, it is not in the way.
    shop.world.run(ProductCommand::Archive { product: second });
    shop.allows(&question);
}

#[test]
fn a_preview_of_a_catalogue_names_who_loses_what() {
    let mut shop = shop(&["reader", "auditor"]);
    let person = shop.world.user();
    let row = shop
        .world
        .state
        .products()
        .rows()
        .get(shop.product)
        .unwrap();
    let role = row.catalogue().unwrap().find_role("reader").unwrap();
    shop.world.tie(person, Tie::ProductRole(shop.product, role));
    // Readers read no more; audits need another branch, which is a loss and a gain.
    let text = SHOP
        .replacen(
            "[roles.reader]\npermissions = [\"read\"]",
            "[roles.reader]",
            1,
        )
        .replacen("'north'", "'south'", 1);
    let command = Command::Product(ProductCommand::ReplaceCatalogue {
        product: shop.product,
        text: text.into(),
    });
    let actor = access::Actor::Person(shop.world.admin);
    let effect = shop.world.state.preview(actor, &command, NOW).unwrap();
    let products = shop.world.state.products();
    let named = |changes: &access::Changes| {
        let mut named: Vec<_> = changes
            .listed
            .iter()
            .map(|change| {
                let Right::ProductAction(product, action) = change.right else {
                    panic!("{change:?}")
                };
                assert_eq!(change.on, Target::Account);
                let who = format!("{:?}", change.subject);
                (who, products.action_key(product, action))
            })
            .collect();
        named.sort_unstable();
        named
    };
    let person = format!("{:?}", access::Subject::Person(person));
    let clerk = format!("{:?}", access::Subject::Thing(shop.clerk));
    let name = |who: &String, action: &str| (who.clone(), action.to_owned());
    assert_eq!(
        named(&effect.losses),
        [
            name(&person, "shop.read"),
            name(&clerk, "shop.audit"),
            name(&clerk, "shop.read")
        ]
    );
    // The clerk read every order by the other role: what is new is no more.
    assert_eq!(named(&effect.gains), [name(&clerk, "shop.audit")]);
    assert_eq!(effect.events, 1);
    assert_eq!(effect.locked_out, []);
}

#[test]
fn ad_15_a_product_that_ends_suspends_whoever_held_nothing_else() {
    let mut shop = shop(&["reader"]);
    let (product, person) = (shop.product, shop.world.user());
    let row = shop.world.state.products().rows().get(product).unwrap();
    let role = row.catalogue().unwrap().find_role("reader").unwrap();
    shop.world.tie(person, Tie::ProductRole(product, role));
    let actor = access::Actor::Person(shop.world.admin);
    let dropped = SHOP.replacen("[roles.reader]\npermissions = [\"read\"]", "", 1);
    let text = dropped.into();
    for command in [
        ProductCommand::Archive { product },
        ProductCommand::ReplaceCatalogue { product, text },
    ] {
        let command = Command::Product(command);
        let effect = shop.world.state.preview(actor, &command, NOW).unwrap();
        assert_eq!(effect.locked_out, [person]);
        assert_eq!((effect.losses.total, effect.gains.total), (2, 0));
    }
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
