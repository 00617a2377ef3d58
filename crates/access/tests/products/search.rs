//! Searches over other products: complete, paged, and each result checks true.

use access::products::{Budget, Cursor, Found, Page, Side};
use access::state::Tie;
use proptest::prelude::*;

use crate::world::{NOW, World, ask, texts};

const LIBRARY: &str = r#"
product = "library"
name = "Library"
[subject_types.reader]
[subject_types.person]
[resource_types.book]
[permissions.read]
on = ["book"]
[permissions.lend]
on = ["book"]
parent = "read"
[permissions.burn]
on = ["book"]
[roles.librarian]
permissions = ["read", "lend"]
[[grants]]
to = ["reader"]
permissions = ["read"]
when = "resource.properties.shelf == subject.properties.shelf"
[[grants]]
to = ["reader"]
permissions = ["lend"]
when = "resource.properties.shelf == 'a' || subject.properties.missing"
"#;

const SHELVES: [&str; 3] = ["a", "b", "c"];

/// Readers and books on shelves, as chosen; the first reader and one person are librarians.
fn library(readers: &[usize], books: &[usize]) -> World {
    let mut world = World::new();
    let product = world.load(LIBRARY);
    for (side, kind, shelves) in [
        (Side::Subject, "reader", readers),
        (Side::Resource, "book", books),
    ] {
        for (number, shelf) in shelves.iter().enumerate() {
            let shelf = texts(&[("shelf", SHELVES[*shelf])]);
            let thing = world.register(product, side, kind, &number.to_string(), shelf);
            if side == Side::Subject && number == 0 {
                world.give_role(thing, "librarian");
            }
        }
    }
    let person = world.user();
    let row = world.state.products().rows().get(product).unwrap();
    let role = row.catalogue().unwrap().find_role("librarian").unwrap();
    world.tie(person, Tie::ProductRole(product, role));
    world
}

/// Every page after the other, with what each page keeps.
fn every_page<T>(mut page: impl FnMut(Option<Cursor>) -> Page<T>, budget: Budget) -> Vec<T> {
    let mut all = Vec::new();
    let mut after = None;
    for _ in 0..10_000 {
        let found = page(after);
        assert!(found.results.len() <= budget.results);
        all.extend(found.results);
        assert!(found.next > after || found.next.is_none());
        after = found.next;
        if after.is_none() {
            return all;
        }
    }
    panic!("the search does not end");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn searches_are_complete_and_each_result_checks_true(
        readers in prop::collection::vec(0..3usize, 1..8),
        books in prop::collection::vec(0..3usize, 1..8),
        results in 1..5usize,
        candidates in 1..5usize,
    ) {
        let world = library(&readers, &books);
        let state = &world.state;
        let budget = Budget { results, candidates };
        let numbers = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
        let (readers, books) = (numbers(readers.len()), numbers(books.len()));
        let may = |reader: &str, action: &str, book: &str| {
            world.ask(&ask(("reader", reader), action, ("book", book))).decision.allowed
        };
        let name = |found: &Found| match found {
            Found::Thing(thing) => {
                let row = state.products().things().get(*thing).unwrap();
                row.profile().unwrap().external_id.to_string()
            }
            Found::Person(person) => format!("{person:?}"),
        };
        for action in ["read", "lend", "burn"] {
            for book in &books {
                let question = ask(("reader", ""), action, ("book", book));
                let page = |after| state.search_product_subjects(&question.question(), after, budget, NOW, |_| true);
                let found: Vec<_> = every_page(page, budget).iter().map(name).collect();
                let expected: Vec<_> = readers.iter().filter(|r| may(r, action, book)).cloned().collect();
                prop_assert_eq!(found, expected);
            }
            for reader in &readers {
                let question = ask(("reader", reader), action, ("book", ""));
                let page = |after| state.search_product_resources(&question.question(), after, budget, NOW, |_| true);
                let found: Vec<_> = every_page(page, budget).iter().map(name).collect();
                let expected: Vec<_> = books.iter().filter(|b| may(reader, action, b)).cloned().collect();
                prop_assert_eq!(found, expected);
            }
        }
        for reader in &readers {
            for book in &books {
                let question = ask(("reader", reader), "", ("book", book));
                let page = |after| state.search_product_actions(&question.question(), after, budget, NOW);
                let found: Vec<_> = every_page(page, budget).into_iter().map(|a| a.name.to_string()).collect();
                let expected: Vec<_> = ["read", "lend", "burn"].into_iter().filter(|a| may(reader, a, book)).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}

#[test]
fn people_are_found_as_subjects() {
    let world = library(&[0], &[0]);
    let question = ask(("person", ""), "lend", ("book", "0"));
    let budget = Budget::default();
    let page = world
        .state
        .search_product_subjects(&question.question(), None, budget, NOW, |_| true);
    let last = world.state.people().ids().next_back().unwrap();
    assert_eq!(page.results, [Found::Person(last)]);
    assert_eq!(page.next, None);
    assert_eq!(page.version, world.state.version());
}

#[test]
fn unknown_names_find_nothing() {
    let world = library(&[0], &[0]);
    let budget = Budget::default();
    for question in [
        ask(("reader", "0"), "read", ("shelf", "0")),
        ask(("robot", "0"), "read", ("book", "0")),
        ask(("reader", "9"), "fly", ("book", "9")),
    ] {
        let question = question.question();
        let state = &world.state;
        assert_eq!(
            state
                .search_product_subjects(&question, None, budget, NOW, |_| true)
                .results,
            []
        );
        assert_eq!(
            state
                .search_product_resources(&question, None, budget, NOW, |_| true)
                .results,
            []
        );
        assert_eq!(
            state
                .search_product_actions(&question, None, budget, NOW)
                .results,
            []
        );
    }
}

#[test]
fn an_action_that_two_products_have_is_found_by_its_long_name() {
    let mut world = library(&[0], &[0]);
    world.load(&LIBRARY.replacen("\"library\"", "\"archive\"", 1));
    let question = ask(("reader", "0"), "", ("book", "0"));
    let page =
        world
            .state
            .search_product_actions(&question.question(), None, Budget::default(), NOW);
    let names: Vec<_> = page.results.iter().map(|found| &*found.name).collect();
    assert_eq!(names, ["library.read", "library.lend"]);
}
