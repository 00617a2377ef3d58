//! The published vectors of the AuthZEN interop events, which nobody here wrote: all 241, decided by the two catalogues that an
//! account would load.

use std::path::Path;

use access::ProductId;
use access::products::{Budget, Found, Page, ProductCommand, Properties, Side};
use serde_json::Value;

use crate::world::{Ask, NOW, World, ask, texts};

const SUBJECTS: [(&str, &str, &[&str]); 5] = [
    (
        "CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
        "rick@the-citadel.com",
        &["admin", "evil_genius"],
    ),
    (
        "CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
        "morty@the-citadel.com",
        &["editor"],
    ),
    (
        "CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
        "summer@the-smiths.com",
        &["editor"],
    ),
    (
        "CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
        "beth@the-smiths.com",
        &["viewer"],
    ),
    (
        "CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs",
        "jerry@the-smiths.com",
        &["viewer"],
    ),
];

fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{} is needed by this test: {error}", path.display()))
}

fn vectors(name: &str) -> Value {
    serde_json::from_str(&file(&format!("../shared/vectors/authzen/{name}.json"))).unwrap()
}

/// One account with both scenarios, so that each has to leave the other alone.
fn world() -> World {
    let mut world = World::new();
    let todo = world.load(&file("crates/testkit/catalogues/todo.toml"));
    for (id, email, roles) in SUBJECTS {
        let email = texts(&[("email", email)]);
        let thing = world.register(todo, Side::Subject, "user", id, email);
        for role in roles {
            world.give_role(thing, role);
        }
    }
    let search = world.load(&file("crates/testkit/catalogues/search.toml"));
    let sides = [
        ("search-users", Side::Subject, "user"),
        ("search-records", Side::Resource, "record"),
    ];
    for (name, side, kind) in sides {
        for row in vectors(name).as_array().unwrap() {
            let mut properties = row.as_object().unwrap().clone();
            let id = match properties.remove("id").unwrap() {
                Value::String(id) => id,
                id => id.to_string(),
            };
            let properties = serde_json::from_value(Value::Object(properties)).unwrap();
            world.register(search, side, kind, &id, properties);
        }
    }
    world
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

/// The question of a request; `defaults` are those of a batch.
fn asked<'v>(request: &'v Value, defaults: &'v Value) -> Ask<'v> {
    let member = |pointer: &str| match text(request, pointer) {
        "" => text(defaults, pointer),
        own => own,
    };
    let sent: Properties = request
        .pointer("/resource/properties")
        .map(|sent| serde_json::from_value(sent.clone()).unwrap())
        .unwrap_or_default();
    let mut question = ask(
        (member("/subject/type"), member("/subject/id")),
        member("/action/name"),
        (member("/resource/type"), member("/resource/id")),
    );
    question.resource_sent = sent;
    question
}

#[test]
fn ad_31_the_todo_vectors_of_authzen_decide_as_published() {
    let world = world();
    let vectors = vectors("todo-decisions");
    let mut count = 0;
    for vector in vectors["evaluation"].as_array().unwrap() {
        let answer = world.ask(&asked(&vector["request"], &Value::Null));
        assert_eq!(answer.decision.allowed, vector["expected"], "{vector}");
        count += 1;
    }
    for vector in vectors["evaluations"].as_array().unwrap() {
        let request = &vector["request"];
        let items = request["evaluations"].as_array().unwrap();
        for (item, expected) in items.iter().zip(vector["expected"].as_array().unwrap()) {
            let answer = world.ask(&asked(item, request));
            assert_eq!(answer.decision.allowed, expected["decision"], "{item}");
        }
        count += 1;
    }
    assert_eq!(count, 43);
}

/// What a search vector expects, member by member.
fn expected<'v>(vector: &'v Value, member: &str) -> Vec<&'v str> {
    let results = vector["expected"]["results"].as_array().unwrap();
    let mut results: Vec<_> = results
        .iter()
        .map(|r| r[member].as_str().unwrap())
        .collect();
    results.sort_unstable();
    results
}

fn names(world: &World, found: &[Found]) -> Vec<String> {
    let products = world.state.products();
    let name = |found: &Found| match found {
        Found::Thing(thing) => {
            let thing = products.things().get(*thing).unwrap();
            thing.profile().unwrap().external_id.to_string()
        }
        Found::Person(person) => panic!("{person:?} is no user of the scenario"),
    };
    let mut names: Vec<_> = found.iter().map(name).collect();
    names.sort_unstable();
    names
}

fn whole<T>(page: Page<T>) -> Vec<T> {
    assert_eq!(page.next, None);
    page.results
}

#[test]
fn ad_31_the_search_vectors_of_authzen_find_as_published() {
    let world = world();
    let state = &world.state;
    let budget = Budget::default();
    let mut count = 0;
    for vector in vectors("search-subject")["evaluation"].as_array().unwrap() {
        let question = asked(&vector["request"], &Value::Null);
        let page = state.search_product_subjects(&question.question(), None, budget, NOW, |_| true);
        assert_eq!(
            names(&world, &whole(page)),
            expected(vector, "id"),
            "{vector}"
        );
        count += 1;
    }
    assert_eq!(count, 60);
    for vector in vectors("search-resource")["evaluation"].as_array().unwrap() {
        let question = asked(&vector["request"], &Value::Null);
        let page =
            state.search_product_resources(&question.question(), None, budget, NOW, |_| true);
        assert_eq!(
            names(&world, &whole(page)),
            expected(vector, "id"),
            "{vector}"
        );
        count += 1;
    }
    assert_eq!(count, 78);
    for vector in vectors("search-action")["evaluation"].as_array().unwrap() {
        let question = asked(&vector["request"], &Value::Null);
        let page = state.search_product_actions(&question.question(), None, budget, NOW);
        let mut found: Vec<_> = whole(page)
            .into_iter()
            .map(|a| a.name.to_string())
            .collect();
        found.sort_unstable();
        assert_eq!(found, expected(vector, "name"), "{vector}");
        count += 1;
    }
    assert_eq!(count, 198);
}

#[test]
fn the_116_permitted_triples_of_360_check_true_and_no_other() {
    let world = world();
    let mut allowed = 0;
    for user in vectors("search-users").as_array().unwrap() {
        for record in vectors("search-records").as_array().unwrap() {
            let record = record["id"].to_string();
            for action in ["view", "edit", "delete"] {
                let user = user["id"].as_str().unwrap();
                let question = ask(("user", user), action, ("record", &record));
                allowed += usize::from(world.ask(&question).decision.allowed);
            }
        }
    }
    assert_eq!(allowed, 116);
}

#[test]
fn ad_25_an_archived_product_allows_and_finds_nothing() {
    let mut world = world();
    let search: ProductId = world.state.products().find_product("search").unwrap();
    world.run(ProductCommand::Archive { product: search });
    let question = ask(("user", "alice"), "view", ("record", "101"));
    assert!(!world.ask(&question).decision.allowed);
    let page = world.state.search_product_resources(
        &question.question(),
        None,
        Budget::default(),
        NOW,
        |_| true,
    );
    assert_eq!(page.results, []);
    world.run(ProductCommand::Restore { product: search });
    assert!(world.ask(&question).decision.allowed);
}
