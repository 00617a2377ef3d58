//! Searches by names through one door: Rolecall's own, and those of other products, each under the name by which it can be asked about.

use access::products::{Budget, FoundPage, Place, Side};
use access::state::Tie;
use access::{Permission, Subject, Target};

use crate::world::{NOW, World, ask, texts};

/// A product that has services too, for the people of the account.
const CLEANING: &str = r#"
product = "cleaning"
name = "Cleaning"
[subject_types.person]
[subject_types.robot]
[resource_types.account]
open = true
[resource_types.room]
[permissions.polish]
on = ["account", "room"]
[permissions.sweep]
on = ["account", "room"]
[roles.cleaner]
permissions = ["polish", "sweep"]
"#;

/// The Super admin and one robot clean.
fn cleaned() -> World {
    let mut world = World::new();
    let product = world.load(CLEANING);
    let row = world.state.products().rows().get(product).unwrap();
    let role = row.catalogue().unwrap().find_role("cleaner").unwrap();
    world.tie(world.admin, Tie::ProductRole(product, role));
    let robot = world.register(product, Side::Subject, "robot", "r2", texts(&[]));
    world.give_role(robot, "cleaner");
    world.register(product, Side::Resource, "room", "attic", texts(&[]));
    world
}

fn every_page<T, K: Copy>(
    mut page: impl FnMut(Option<Place<K>>) -> FoundPage<T, K>,
    most: usize,
) -> Vec<T> {
    let mut all = Vec::new();
    let mut after = None;
    for _ in 0..10_000 {
        let found = page(after);
        assert!(found.results.len() <= most);
        all.extend(found.results);
        after = found.next;
        if after.is_none() {
            return all;
        }
    }
    panic!("the search does not end");
}

#[test]
fn actions_of_rolecall_come_first_and_a_page_may_end_anywhere() {
    let world = cleaned();
    let admin = world.state.public(world.admin).unwrap().to_string();
    let question = ask(("person", &admin), "", ("account", "account"));
    let names = |results| {
        let budget = Budget {
            results,
            ..Budget::default()
        };
        let find = |after| {
            let question = question.question();
            world.state.find_actions(&question, after, budget, NOW)
        };
        every_page(find, results)
    };
    let whole = names(1_000);
    let (own, others) = whole.split_at(whole.len() - 2);
    let held = world
        .state
        .actions(Subject::Person(world.admin), Target::Account, NOW);
    let held: Vec<Box<str>> = held.into_iter().map(|one| one.key().into()).collect();
    assert_eq!(own, held);
    assert_eq!(others, ["polish".into(), "sweep".into()]);
    for results in [1, own.len(), own.len() + 1, whole.len()] {
        assert_eq!(names(results), whole, "{results}");
    }
    for name in &whole {
        let question = ask(("person", &admin), name, ("account", "account"));
        assert!(world.ask(&question).decision.allowed, "{name}");
    }
}

#[test]
fn people_are_found_and_asked_about_by_either_name_of_their_type() {
    let world = cleaned();
    let admin = world.state.public(world.admin).unwrap().to_string();
    for kind in ["person", "cleaning.person"] {
        let question = ask((kind, ""), "sweep", ("room", "attic"));
        let question = question.question();
        let page = world
            .state
            .find_subjects(&question, None, Budget::default(), NOW, |_| true);
        assert_eq!(page.results, [Subject::Person(world.admin)], "{kind}");
        let question = ask((kind, &admin), "sweep", ("room", "attic"));
        assert!(world.ask(&question).decision.allowed, "{kind}");
    }
}

#[test]
fn each_search_has_one_kind_of_results() {
    let world = cleaned();
    let budget = Budget::default();
    let own = Permission::AdminHistoryAccess.key();
    let subjects = |kind, action, resource| {
        let question = ask((kind, ""), action, resource);
        let question = question.question();
        let page = world
            .state
            .find_subjects(&question, None, budget, NOW, |_| true);
        assert_eq!(page.next, None);
        page.results
    };
    let account = ("account", "account");
    let found = subjects("person", own, account);
    assert_eq!(found, [Subject::Person(world.admin)]);
    assert_eq!(subjects("connection", own, account), []);
    assert_eq!(subjects("robot", own, account), []);
    let robots = subjects("robot", "sweep", ("room", "attic"));
    assert!(matches!(robots[..], [Subject::Thing(_)]));
    let resources = |subject, action, kind| {
        let question = ask(subject, action, (kind, ""));
        let question = question.question();
        let page = world
            .state
            .find_resources(&question, None, budget, NOW, |_| true);
        assert_eq!(page.next, None);
        page.results
    };
    let admin = world.state.public(world.admin).unwrap().to_string();
    let admin = ("person", admin.as_str());
    assert_eq!(resources(admin, own, "account"), [Target::Account]);
    assert!(matches!(
        resources(admin, "sweep", "room")[..],
        [Target::Thing(_)]
    ));
    // What need not be registered is not found.
    assert_eq!(resources(admin, "sweep", "account"), []);
    assert_eq!(resources(("robot", "r2"), own, "account"), []);
    assert_eq!(resources(admin, own, "room"), []);
}

#[test]
fn what_was_registered_is_asked_about_by_an_id_that_leads_back() {
    let mut world = cleaned();
    let product = world.state.products().find_product("cleaning").unwrap();
    let first = world.register(product, Side::Subject, "robot", "r3", texts(&[]));
    let public = world.state.public(first).unwrap().to_string();
    let second = world.register(product, Side::Subject, "robot", &public, texts(&[]));
    assert_eq!(world.state.id_to_ask(first).as_deref(), Some("r3"));
    let second_public = world.state.public(second).unwrap().to_string();
    assert_eq!(world.state.id_to_ask(second), Some(second_public));
}
