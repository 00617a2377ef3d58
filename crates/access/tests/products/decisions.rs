//! Decisions about other products: gates and paths.

use access::decide::{By, Over, Reason};
use access::event::Event;
use access::products::{Asked, NO_PROPERTIES, Party, ProductCommand, ProductQuestion, Side};
use access::state::{Tie, UserFacet};
use access::{Gate, Moment, PersonId, Window};

use crate::shop::{SHOP, Shop, order_question, shop};
use crate::world::{NOW, ask, texts};

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
    for action in ["read", "fly"] {
        let question = ask(("clerk", "c1"), action, ("page", "p"));
        shop.denies(&question, Gate::Account, Reason::AccountNotActive);
    }
}

/// RULES §7: what is unknown, or of a kind that the permission is never about, is denied by its number as well as by its name.
#[test]
fn numbers_that_the_catalogue_does_not_join_are_denied() {
    let mut shop = shop(&["reader", "editor"]);
    let row = shop.world.state.products().rows().get(shop.product);
    let catalogue = row.unwrap().catalogue().unwrap();
    let number = |name| catalogue.find_permission(name).unwrap();
    let (read, edit) = (number("read"), number("edit"));
    let kind = catalogue.find_kind(Side::Resource, "page").unwrap();
    let page = Party::Open { kind, id: "p" };
    let twin = SHOP.replace("product = \"shop\"", "product = \"twin\"");
    let twin = shop.world.load(&twin);
    let foreign = texts(&[]);
    let foreign = shop
        .world
        .register(twin, Side::Resource, "order", "1", foreign);

    let (clerk, order) = (Party::Thing(shop.clerk), Party::Thing(shop.order));
    let unknown_resource = Some((Gate::Resource, Reason::UnknownResource));
    for (subject, permission, resource, expected) in [
        (clerk, edit, order, None),
        (clerk, u16::MAX, order, unknown_resource),
        (clerk, edit, page, unknown_resource),
        (clerk, read, Party::Thing(foreign), unknown_resource),
        (clerk, read, clerk, unknown_resource),
        (
            order,
            read,
            order,
            Some((Gate::Person, Reason::UnknownSubject)),
        ),
    ] {
        let question = ProductQuestion {
            product: shop.product,
            permission,
            subject,
            resource,
            subject_sent: &NO_PROPERTIES,
            resource_sent: &NO_PROPERTIES,
            action_sent: &NO_PROPERTIES,
            context: &NO_PROPERTIES,
        };
        let decision = shop.world.state.decide_product(&question, NOW);
        assert_eq!(decision.gates.failed().first().copied(), expected);
        assert_eq!(decision.allowed, expected.is_none());
    }
}

#[test]
fn a_role_in_another_product_gives_nothing_here() {
    let mut shop = shop(&[]);
    let person = shop.world.user();
    let twin = SHOP.replace("product = \"shop\"", "product = \"twin\"");
    let twin = shop.world.load(&twin);
    let Tie::ProductRole(_, reader) = shop.role("reader") else {
        panic!("a role of the shop")
    };
    shop.world.tie(person, Tie::ProductRole(twin, reader));
    let id = shop.world.state.public(person).unwrap().to_string();
    let question = ask(("person", &id), "shop.read", ("shop.order", "1"));
    shop.denies(&question, Gate::Permission, Reason::NotHeld);
}

/// A person as the world has them, with the question by public id.
fn person_reads(shop: &Shop, person: PersonId) -> Option<(Gate, Reason)> {
    let id = shop.world.state.public(person).unwrap().to_string();
    shop.reason(&ask(("person", &id), "read", ("order", "1")))
}

#[test]
fn ad_15_people_are_subjects_by_role_while_they_are_active() {
    let mut shop = shop(&[]);
    let person = shop.world.user();
    assert_eq!(
        person_reads(&shop, person),
        Some((Gate::Person, Reason::Suspended))
    );
    shop.world.tie(person, shop.role("reader"));
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
    let (person, tie) = (shop.world.user(), shop.role("reader"));
    shop.world.state.apply(&Event::TimedTied {
        person,
        tie,
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
fn one_door_answers_about_rolecall_itself_and_ignores_what_is_sent() {
    let shop = shop(&[]);
    let admin = shop
        .world
        .state
        .public(shop.world.admin)
        .unwrap()
        .to_string();
    let key = "admin.users.manage";
    let mut question = ask(("person", &admin), key, ("account", "account"));
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
            .ask(&ask(("clerk", "c1"), key, ("account", "account")))
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
