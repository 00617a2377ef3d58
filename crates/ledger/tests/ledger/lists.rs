//! Candidates of lists, in the order of the list on both databases, and what somebody typed.

use std::time::Duration;

use access::{Command, PersonId, PublicId, state::PortalLevel};
use ledger::{
    Change, Field, Having, Kind, ListOrder, ListPlace, Of, Place, ProfileWrite, Toward, Within,
    lists, people_of_external_ids, search_after, search_first, search_many,
};

use crate::common::{TestDatabase, World, person};

testkit::on_both![
    people_are_walked_in_the_order_of_the_list_both_ways,
    few_are_sorted_as_many_are_walked,
    whoever_is_renamed_or_erased_stands_elsewhere,
    few_of_many_are_told_by_their_rows,
    a_text_finds_words_numbers_and_addresses,
    an_external_id_is_found_exactly_and_of_everybody_who_has_it,
    sd_26_what_was_typed_is_ones_own_for_a_day_and_gone_with_an_erasure,
];

async fn names(world: &World) -> Vec<PersonId> {
    let mut people = vec![world.boss];
    for (name, email) in [
        ("Çelik Ana", "z@example.org"),
        ("ana Lee", "y@example.org"),
        ("Ana Lee", "x@example.org"),
        ("عبد الرحمن", "w@example.org"),
        ("Zoë Ångström", "a@example.org"),
    ] {
        people.push(world.add_customer(name, email).await);
    }
    people
}

/// Walks in stretches of so many.
async fn walked(
    world: &World,
    order: ListOrder,
    within: Within,
    toward: Toward,
    stretch: usize,
) -> Vec<PersonId> {
    let mut reading = world.account.read().await.unwrap();
    let account = world.account.id();
    let (mut people, mut from): (Vec<PersonId>, Option<ListPlace>) = (Vec::new(), None);
    loop {
        let begin = (from.as_ref(), toward);
        let found = lists::walk(&mut reading.tx, account, order, within, begin, stretch);
        let found = found.await.unwrap();
        let Some(last) = found.last().copied() else {
            return people;
        };
        people.extend(found);
        from = lists::place(&mut reading.tx, account, order, last)
            .await
            .unwrap();
    }
}

async fn people_are_walked_in_the_order_of_the_list_both_ways(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let [boss, celik, ana_small, ana, arabic, zoe] = names(&world).await[..] else {
        unreachable!()
    };
    // Folded: without accents and case; who has the same name stands in the order of coming.
    let by_name = vec![ana_small, ana, boss, celik, zoe, arabic];
    let by_address = vec![zoe, boss, arabic, ana, ana_small, celik];
    for (order, expected) in [(ListOrder::Name, by_name), (ListOrder::Address, by_address)] {
        let mut backward = expected.clone();
        backward.reverse();
        for stretch in [1, 2, 100] {
            let found = walked(&world, order, Within::Account, Toward::End, stretch).await;
            assert_eq!(found, expected, "{order:?} by {stretch}");
            let found = walked(&world, order, Within::Account, Toward::Start, stretch).await;
            assert_eq!(found, backward, "{order:?} by {stretch}");
            let state = world.account.state();
            let is_user = |person: &PersonId| state.people().get(*person).unwrap().is_user();
            let users: Vec<_> = expected.iter().copied().filter(is_user).collect();
            assert!((1..expected.len()).contains(&users.len()));
            let found = walked(&world, order, Within::Users, Toward::End, stretch).await;
            assert_eq!(found, users, "{order:?} by {stretch}");
            let mut found = walked(&world, order, Within::Users, Toward::Start, stretch).await;
            found.reverse();
            assert_eq!(found, users, "{order:?} by {stretch}");
        }
    }
}

async fn few_are_sorted_as_many_are_walked(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let people = names(&world).await;
    let account = world.account.id();
    for order in [ListOrder::Name, ListOrder::Address] {
        for toward in [Toward::End, Toward::Start] {
            let all = walked(&world, order, Within::Account, toward, 100).await;
            let few: Vec<_> = people.iter().copied().skip(2).collect();
            let expected: Vec<_> = all.iter().copied().filter(|id| few.contains(id)).collect();
            let mut reading = world.account.read().await.unwrap();
            let tx = &mut reading.tx;
            let sorted = lists::sorted(tx, account, order, &few, (None, toward), 100);
            assert_eq!(sorted.await.unwrap(), expected);
            let place = lists::place(tx, account, order, expected[0]).await.unwrap();
            let rest = lists::sorted(tx, account, order, &few, (place.as_ref(), toward), 2);
            assert_eq!(rest.await.unwrap(), expected[1..3]);
        }
    }
}

async fn whoever_is_renamed_or_erased_stands_elsewhere(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let people = names(&world).await;
    let (first, last) = (people[2], people[5]);
    let rename = Change::from(Command::EditProfile {
        person: last,
        fields: vec![access::event::ProfileField::Name],
    })
    .with_profile(ProfileWrite::new(Of::known(last)).set(Field::Name, "Aaron"));
    world.submit(rename).await.unwrap();
    let found = walked(&world, ListOrder::Name, Within::Account, Toward::End, 100).await;
    assert_eq!(found[0], last);
    world
        .submit(Command::ErasePerson { person: first })
        .await
        .unwrap();
    let mut reading = world.account.read().await.unwrap();
    let rows = reading
        .tx
        .fetch_all("SELECT person FROM person_row WHERE name = 'ana lee'", []);
    assert_eq!(
        rows.await.unwrap().len(),
        1,
        "SD-26: the other one with this name"
    );
}

async fn few_of_many_are_told_by_their_rows(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let people = names(&world).await;
    for person in [people[1], people[5]] {
        let level = Command::SetPortalLevel {
            people: vec![person],
            level: PortalLevel::Standard,
            bulk: false,
        };
        world.submit(level).await.unwrap();
    }
    let having = async |what, limit| {
        let mut reading = world.account.read().await.unwrap();
        let found = lists::having(&mut reading.tx, world.account.id(), what, limit);
        let mut found = found.await.unwrap();
        if let Some(found) = &mut found {
            found.sort_unstable();
        }
        found
    };
    let standard = Having::Level(PortalLevel::Standard);
    let both = vec![people[1], people[5]];
    assert_eq!(having(standard, 100).await, Some(both.clone()));
    assert_eq!(having(standard, 2).await, Some(both));
    assert_eq!(having(standard, 1).await, None);
    assert_eq!(having(Having::User, 1).await, Some(vec![world.boss]));
    let nobody = Having::Level(PortalLevel::CompanyAdmin);
    assert_eq!(having(nobody, 0).await, Some(Vec::new()));
    let within = Within::Level(PortalLevel::Standard);
    let found = walked(&world, ListOrder::Name, within, Toward::End, 1).await;
    assert_eq!(found, [people[1], people[5]]);
}

async fn a_text_finds_words_numbers_and_addresses(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let people = names(&world).await;
    let found = async |text: &str| {
        let mut reading = world.account.read().await.unwrap();
        let account = world.account.id();
        let tx = &mut reading.tx;
        let found = search_many(tx, account, Kind::Person, text, None, 100);
        let (mut found, rest) = found.await.unwrap();
        assert_eq!(rest, None);
        // The same, one key after the other.
        let (mut singly, mut after) = (Vec::new(), None);
        loop {
            let one = search_many(tx, account, Kind::Person, text, after.as_ref(), 1);
            let (keys, next) = one.await.unwrap();
            singly.extend(keys);
            let Some(next) = next else { break };
            after = Some(next);
        }
        assert_eq!(singly, found, "{text}");
        // The first of them, as somebody types.
        let all = search_after(tx, account, Kind::Person, text, None, 100)
            .await
            .unwrap();
        for most in [1, 2, 100] {
            let kinds = [Kind::Company, Kind::Person];
            let mut first = search_first(tx, account, &kinds, text, most).await.unwrap();
            let first = first.remove(&Kind::Person).unwrap_or_default();
            assert!(
                all.starts_with(&first.matches),
                "{text}: {first:?} of {all:?}"
            );
            assert!(
                first.is_cut || first.matches == all,
                "{text}: {first:?} of {all:?}"
            );
            assert!(
                first.matches.len() >= most.min(all.len()),
                "{text}: {first:?}"
            );
        }
        found.sort_unstable();
        found.dedup();
        found
    };
    let number = |person: PersonId| access::Dense::number(person);
    assert_eq!(found("ANG").await, [number(people[5])], "a further word");
    assert_eq!(found("w@ex").await, [number(people[4])], "an address");
    let anas = [people[1], people[2], people[3]].map(number);
    assert_eq!(found("ana").await, anas);
    assert_eq!(found("  ").await, Vec::<u32>::new());
}

async fn sd_26_what_was_typed_is_ones_own_for_a_day_and_gone_with_an_erasure(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let people = names(&world).await;
    let (boss, other) = (world.boss, people[1]);
    let account = &world.account;
    let id = account.keep_view(boss, "ana lee").await.unwrap();
    let text = async |person, id: &str| account.view_text(person, id).await.unwrap();
    assert_eq!(text(boss, &id).await.as_deref(), Some("ana lee"));
    assert_eq!(text(other, &id).await, None, "somebody else's");
    assert_eq!(account.keep_view(boss, "ana lee").await.unwrap(), id);
    assert!(!id.contains("ana"));
    // Bounded: the oldest goes.
    for number in 0..100 {
        world.clock.advance(Duration::from_secs(1));
        account
            .keep_view(boss, &format!("text {number}"))
            .await
            .unwrap();
    }
    assert_eq!(text(boss, &id).await, None);
    let id = account.keep_view(boss, "ana lee").await.unwrap();
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(text(boss, &id).await, None, "its day is over");
    let id = account.keep_view(boss, "ana lee").await.unwrap();
    world
        .submit(Command::ErasePerson { person: people[3] })
        .await
        .unwrap();
    assert_eq!(
        text(boss, &id).await,
        None,
        "it may have named whoever was erased"
    );
}

async fn an_external_id_is_found_exactly_and_of_everybody_who_has_it(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let mut people = Vec::new();
    for (index, (field, value)) in [
        (Field::ExternalId, "HR 1"),
        (Field::ExternalId, "hr1"),
        (Field::Phone, "HR 1"),
        (Field::ExternalId, "twice"),
        (Field::ExternalId, "twice"),
    ]
    .into_iter()
    .chain([(Field::Phone, "often"); 17])
    .chain([(Field::ExternalId, "often")])
    .enumerate()
    {
        let id = PublicId::new(world.engine.new_uuid());
        let profile = person(Of::public(id), "Ann", &format!("{index}@example.org"));
        let change = Change::from(Command::AddCustomer { id, service: None });
        let change = change.with_profile(profile.set(field, value));
        world.submit(change).await.unwrap();
        people.push(world.account.state().resolve(id).unwrap());
    }
    let mut reading = world.account.read().await.unwrap();
    let ids = ["HR 1", "hr1", "HR1", "twice", "often", "nobody", "", "\0"];
    let id = world.account.id();
    let found = people_of_external_ids(&mut reading.tx, id, ids.into_iter()).await;
    let found = found.unwrap();
    assert_eq!(found.len(), 3, "{found:?}");
    for (id, holders) in [
        ("HR 1", &people[..1]),
        ("hr1", &people[1..2]),
        ("twice", &people[3..5]),
    ] {
        let mut numbers = found[id].clone();
        numbers.sort_unstable();
        let holders: Vec<_> = holders
            .iter()
            .map(|person| Place::of(*person).entity)
            .collect();
        assert_eq!(numbers, holders, "{id}");
    }
    // Another account has nobody of these.
    let other = World::open_in(&world.engine, &world.clock).await.account;
    let mut reading = other.read().await.unwrap();
    let found = people_of_external_ids(&mut reading.tx, other.id(), ids.into_iter()).await;
    assert_eq!(found.unwrap().len(), 0);
}
