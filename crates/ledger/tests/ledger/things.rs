//! Other products' things: their external ids and properties are profiles that the state carries along.

use access::products::{ProductCommand, Property, Side};
use access::{Command, ProductId, PublicId, State, ThingId};
use ledger::{Change, Field, Of, Place, ProfileWrite, read_at, verify};

use crate::common::{TestDatabase, World, code, engine};

testkit::on_both![
    ad_31_stored_properties_survive_a_restart_and_reach_other_nodes,
    an_external_id_belongs_to_one_thing,
    a_removed_thing_leaves_no_profile,
];

const CATALOGUE: &str = r#"
product = "notes"
name = "Notes"

[resource_types.note]

[permissions."notes.note.read"]
on = ["note"]
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
