//! Other products' things: their external ids and properties are profiles that the state carries along.

use access::products::{ProductCommand, Property, Side};
use access::{Actor, Fingerprint};
use access::{Command, ProductId, PublicId, State, ThingId};
use ledger::{Change, Field, Of, Options, Place, ProfileWrite, read_at, verify};

use crate::common::{TestDatabase, World, code, engine, options};

testkit::on_both![
    ad_31_stored_properties_survive_a_restart_and_reach_other_nodes,
    an_external_id_belongs_to_one_thing,
    a_removed_thing_leaves_no_profile,
    a_preview_refuses_what_the_write_would,
    a_preview_of_a_description_notices_that_the_world_moved,
];

const CATALOGUE: &str = r#"
product = "notes"
name = "Notes"

[resource_types.note]

[subject_types.person]

[permissions."notes.note.read"]
on = ["note"]

[[grants]]
to = ["person"]
permissions = ["notes.note.read"]
when = "resource.properties.owner == 'ann@example.org'"
"#;

async fn load(world: &World) -> ProductId {
    let id = PublicId::new(world.engine.new_uuid());
    let load = ProductCommand::LoadCatalogue {
        id,
        text: CATALOGUE.into(),
    };
    world.submit(Command::Product(load)).await.unwrap();
    world.account.state().products().rows().find(id).unwrap()
}

fn register(world: &World, product: ProductId, external_id: &str) -> (PublicId<ThingId>, Change) {
    let id = PublicId::new(world.engine.new_uuid());
    let register = ProductCommand::RegisterThing {
        id,
        product,
        side: Side::Resource,
        kind: "note".into(),
    };
    let write = ProfileWrite::new(Of::public(id))
        .set(Field::ExternalId, external_id)
        .set(Field::Properties, r#"{"owner":"ann@example.org"}"#);
    (
        id,
        Change::from(Command::Product(register)).with_profile(write),
    )
}

fn owner(state: &State, thing: ThingId) -> Option<Property> {
    let profile = state.products().things().get(thing)?.profile()?;
    profile.properties.get("owner").cloned()
}

async fn ad_31_stored_properties_survive_a_restart_and_reach_other_nodes(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let other = engine(&db.address, &world.clock).await;
    let other = other.account(world.account.id()).await.unwrap();
    let product = load(&world).await;
    let (id, change) = register(&world, product, "n-1");
    let first = world.submit(change).await.unwrap().version;
    let thing = world.account.state().products().things().find(id).unwrap();
    let ann = Some(Property::from("ann@example.org"));
    assert_eq!(owner(&world.account.state(), thing), ann);
    world.account.snapshot().await.unwrap();

    let describe = Command::Product(ProductCommand::DescribeThing { thing });
    let write = ProfileWrite::new(Of::known(thing))
        .set(Field::Properties, r#"{"owner":"bob@example.org"}"#);
    let second = world
        .submit(Change::from(describe).with_profile(write))
        .await
        .unwrap()
        .version;
    let bob = Some(Property::from("bob@example.org"));
    let state = other
        .at_least(second, std::time::Duration::from_secs(5))
        .await
        .unwrap();
    assert_eq!(owner(&state, thing), bob, "on another node");

    let again = engine(&db.address, &world.clock).await;
    let account = again.account(world.account.id()).await.unwrap();
    assert_eq!(
        owner(&account.state(), thing),
        bob,
        "from a snapshot and the tail"
    );
    let past = account
        .state_at(ledger::When::Position(first.0))
        .await
        .unwrap();
    assert_eq!(owner(&past, thing), ann, "as of then");
    verify(again.database(), account.id(), None).await.unwrap();
}

async fn an_external_id_belongs_to_one_thing(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let product = load(&world).await;
    world
        .submit(register(&world, product, "n-1").1)
        .await
        .unwrap();
    assert_eq!(
        code(world.submit(register(&world, product, "n-1").1).await),
        "external_id_taken"
    );
    let (id, _) = register(&world, product, "");
    let register = ProductCommand::RegisterThing {
        id,
        product,
        side: Side::Resource,
        kind: "note".into(),
    };
    let write = ProfileWrite::new(Of::public(id))
        .set(Field::ExternalId, "n-2")
        .set(Field::Properties, "[]");
    let change = Change::from(Command::Product(register)).with_profile(write);
    assert_eq!(code(world.submit(change).await), "bad_properties");
    assert_eq!(world.account.state().products().things().len(), 1);
}

async fn a_removed_thing_leaves_no_profile(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let product = load(&world).await;
    let (id, change) = register(&world, product, "n-1");
    world.submit(change).await.unwrap();
    let thing = world.account.state().products().things().find(id).unwrap();
    world
        .submit(Command::Product(ProductCommand::RemoveThing { thing }))
        .await
        .unwrap();
    assert_eq!(owner(&world.account.state(), thing), None);
    let mut reading = world.account.read().await.unwrap();
    let left = read_at(
        &mut reading.tx,
        world.account.id(),
        Place::of(thing),
        u32::MAX.into(),
    )
    .await;
    assert_eq!(left.unwrap(), None);
    drop(reading);
    world
        .submit(register(&world, product, "n-1").1)
        .await
        .unwrap();
}

async fn a_preview_refuses_what_the_write_would(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let boss = Actor::Person(world.boss);
    let product = load(&world).await;
    let (_, first) = register(&world, product, "n-1");
    world.submit(first).await.unwrap();
    let with = |field: Field, value: &str| {
        let (_, mut change) = register(&world, product, "n-2");
        change.profiles[0] = change.profiles[0].clone().set(field, value);
        change
    };
    let long = "x".repeat(70_000);
    for (change, wanted) in [
        (with(Field::ExternalId, "n-1"), "external_id_taken"),
        (with(Field::ExternalId, ""), "bad_external_id"),
        (with(Field::ExternalId, "n\u{0}"), "control_character"),
        (with(Field::Properties, "[]"), "bad_properties"),
        (with(Field::Description, &long), "too_long"),
    ] {
        assert_eq!(
            code(world.account.preview(boss, change.clone()).await),
            wanted
        );
        assert_eq!(code(world.submit(change).await), wanted);
    }
    // A known address tells nothing to somebody who may not add anybody.
    let customer = world.add_customer("Ann", "ann@example.org").await;
    for email in ["ann@example.org", "nobody@example.org"] {
        let (_, change) = world.customer("C", email);
        let refused = world.account.preview(Actor::Person(customer), change).await;
        assert_eq!(code(refused), "permission_missing");
    }
}

async fn a_preview_of_a_description_notices_that_the_world_moved(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let product = load(&world).await;
    let (id, change) = register(&world, product, "n-1");
    world.submit(change).await.unwrap();
    let thing = world.account.state().products().things().find(id).unwrap();
    let describe = |owner: &str| {
        let command = Command::Product(ProductCommand::DescribeThing { thing });
        let properties = format!(r#"{{"owner":"{owner}"}}"#);
        let write = ProfileWrite::new(Of::known(thing)).set(Field::Properties, properties);
        Change::from(command).with_profile(write)
    };
    let boss = Actor::Person(world.boss);
    let seen = world
        .account
        .preview(boss, describe("bob@example.org"))
        .await
        .unwrap();
    assert!(
        seen.losses.total > 0,
        "the boss may lose what ann's notes gave"
    );
    let carry = |seen: Fingerprint| Options {
        fingerprint: Some(seen),
        ..options()
    };
    // Somebody else was quicker: the same words would take nothing from anybody now.
    world.submit(describe("bob@example.org")).await.unwrap();
    let late = world
        .account
        .submit(boss, describe("bob@example.org"), carry(seen.fingerprint));
    assert_eq!(code(late.await), "world_moved");
    let seen = world
        .account
        .preview(boss, describe("ann@example.org"))
        .await
        .unwrap();
    let done = world
        .account
        .submit(boss, describe("ann@example.org"), carry(seen.fingerprint));
    done.await.unwrap();
}
