//! Commands about products: who may give them, what they refuse, and what the log and a snapshot keep.

use access::event::Event;
use access::products::{ProductCommand, ProductEvent, Side, ThingProfile};
use access::state::{PeopleScope, Tie};
use access::{Actor, Command, ProductId, PublicId, RefusalKind, RoleId, State, ThingId, Window};
use uuid::Uuid;

use crate::world::{NOW, World, ask, texts};

const SHOP: &str = "product = \"shop\"\nname = \"Shop\"\n[subject_types.clerk]\n[subject_types.person]\n[resource_types.order]\n\
    [permissions.read]\non = [\"order\"]\n[permissions.edit]\non = [\"order\"]\n[roles.reader]\npermissions = [\"read\"]\n\
    [roles.editor]\npermissions = [\"read\", \"edit\"]\n";

fn without(text: &str, part: &str) -> String {
    assert!(text.contains(part));
    text.replacen(part, "", 1)
}

fn code(world: &World, command: ProductCommand) -> &'static str {
    world.propose(command).unwrap_err().code
}

#[test]
fn only_holders_of_integrations_manage_touch_products() {
    let mut world = World::new();
    let nobody = world.user();
    let product = world.load(SHOP);
    let clerk = world.register(product, Side::Subject, "clerk", "c1", texts(&[]));
    let role = || "reader".into();
    let commands = [
        ProductCommand::LoadCatalogue {
            id: PublicId::new(Uuid::from_u128(7)),
            text: SHOP.into(),
        },
        ProductCommand::ReplaceCatalogue {
            product,
            text: SHOP.into(),
        },
        ProductCommand::Archive { product },
        ProductCommand::Restore { product },
        ProductCommand::RegisterThing {
            id: PublicId::new(Uuid::from_u128(8)),
            product,
            side: Side::Subject,
            kind: "clerk".into(),
        },
        ProductCommand::DescribeThing { thing: clerk },
        ProductCommand::RemoveThing { thing: clerk },
        ProductCommand::GiveRole {
            thing: clerk,
            role: role(),
        },
        ProductCommand::TakeRole {
            thing: clerk,
            role: role(),
        },
    ];
    for command in commands {
        let command = Command::Product(command);
        let refusal = world.state.propose(Actor::Person(nobody), &command, NOW);
        assert_eq!(
            refusal.unwrap_err().kind,
            RefusalKind::Forbidden,
            "{command:?}"
        );
    }
}

#[test]
fn a_dropped_key_is_never_used_again() {
    let mut world = World::new();
    let product = world.load(SHOP);
    let role_of = |world: &World, key: &str| {
        let row = world.state.products().rows().get(product).unwrap();
        row.catalogue().unwrap().find_role(key)
    };
    let editor = role_of(&world, "editor").unwrap();
    let reader = "[roles.reader]\npermissions = [\"read\"]\n";
    let second = without(SHOP, reader);
    world.replace(product, &second);
    // Numbers stay with their keys.
    assert_eq!(role_of(&world, "editor"), Some(editor));
    assert_eq!(role_of(&world, "reader"), None);
    let back = ProductCommand::ReplaceCatalogue {
        product,
        text: SHOP.into(),
    };
    let refusal = world.propose(back).unwrap_err();
    assert_eq!(refusal.code, "bad_catalogue");
    assert!(
        refusal.detail.starts_with("line 10: "),
        "{}",
        refusal.detail
    );
    assert!(
        refusal.detail.contains("never used again"),
        "{}",
        refusal.detail
    );
    // Types and permissions likewise; a new key gets a new number.
    for part in [
        "[subject_types.clerk]\n",
        "[roles.editor]\npermissions = [\"read\", \"edit\"]\n",
    ] {
        world.replace(product, &without(&second, part));
        let back = ProductCommand::ReplaceCatalogue {
            product,
            text: second.as_str().into(),
        };
        assert_eq!(code(&world, back), "bad_catalogue");
        let mut fresh = World::new();
        fresh.load(SHOP);
        world = fresh;
        world.replace(product, &second);
    }
    world.replace(
        product,
        &format!("{second}[roles.writer]\npermissions = [\"edit\"]\n"),
    );
    assert!(role_of(&world, "writer").unwrap() > editor);
}

#[test]
fn a_dropped_role_gives_nothing_and_can_be_taken_away() {
    let mut world = World::new();
    let product = world.load(SHOP);
    let clerk = world.register(product, Side::Subject, "clerk", "c1", texts(&[]));
    world.register(product, Side::Resource, "order", "1", texts(&[]));
    world.give_role(clerk, "reader");
    let question = ask(("clerk", "c1"), "read", ("order", "1"));
    assert!(world.ask(&question).decision.allowed);
    world.replace(
        product,
        &without(SHOP, "[roles.reader]\npermissions = [\"read\"]\n"),
    );
    assert!(!world.ask(&question).decision.allowed);
    let role = "reader".into();
    world.run(ProductCommand::TakeRole { thing: clerk, role });
    assert!(
        world
            .state
            .products()
            .things()
            .get(clerk)
            .unwrap()
            .roles
            .is_empty()
    );
}

#[test]
fn people_get_roles_that_the_catalogue_has() {
    let mut world = World::new();
    let product = world.load(SHOP);
    let person = world.user();
    let role = |key: &str| {
        let row = world.state.products().rows().get(product).unwrap();
        row.catalogue().unwrap().find_role(key).unwrap()
    };
    let tie = |role| Command::Tie {
        person,
        tie: Tie::ProductRole(product, role),
        window: Window::ALWAYS,
    };
    let give = |role| {
        world
            .state
            .propose(Actor::Person(world.admin), &tie(role), NOW)
    };
    assert_eq!(give(role("editor")).unwrap().events.len(), 1);
    assert_eq!(give(99).unwrap_err().kind, RefusalKind::NotFound);
}

/// RULES §4 table: whoever could not give it directly gives it by no other way (AD-7).
#[test]
fn ad_7_a_role_in_a_product_is_given_by_who_manages_integrations() {
    let mut world = World::new();
    let product = world.load(SHOP);
    let (person, admin) = (world.user(), world.user());
    world.state.apply(&Event::AccountRoleSet {
        person: admin,
        role: RoleId::ADMIN,
        scope: PeopleScope::All,
    });
    let row = world.state.products().rows().get(product).unwrap();
    let role = row.catalogue().unwrap().find_role("reader").unwrap();
    let tie = Tie::ProductRole(product, role);
    let give = Command::Tie {
        person,
        tie,
        window: Window::ALWAYS,
    };
    let take = Command::Untie { person, tie };
    let code = |world: &World, command| {
        let refused = world.state.propose(Actor::Person(admin), command, NOW);
        refused.unwrap_err().code
    };
    assert_eq!(code(&world, &give), "permission_missing");
    world.tie(person, tie);
    assert_eq!(code(&world, &take), "permission_missing");
    let super_admin = Actor::Person(world.admin);
    assert!(world.state.propose(super_admin, &take, NOW).is_ok());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut world = World::new();
    let product = world.load(SHOP);
    let clerk = world.register(product, Side::Subject, "clerk", "c1", texts(&[]));
    let order = world.register(product, Side::Resource, "order", "1", texts(&[]));
    let new = || PublicId::new(Uuid::from_u128(99));
    let register = |side, kind: &str| ProductCommand::RegisterThing {
        id: PublicId::new(Uuid::from_u128(98)),
        product,
        side,
        kind: kind.into(),
    };
    let give = |thing, role: &str| ProductCommand::GiveRole {
        thing,
        role: role.into(),
    };
    let load = |text: &str| ProductCommand::LoadCatalogue {
        id: new(),
        text: text.into(),
    };
    let other = SHOP.replacen("\"shop\"", "\"other\"", 1);
    let replace = |text: &str| ProductCommand::ReplaceCatalogue {
        product,
        text: text.into(),
    };
    for (command, expected) in [
        (load(SHOP), "product_known"),
        (load("product = 3"), "bad_catalogue"),
        (replace(&other), "another_product"),
        (replace("product = 3"), "bad_catalogue"),
        (register(Side::Subject, "order"), "unknown_type"),
        (register(Side::Resource, "clerk"), "unknown_type"),
        (
            register(Side::Subject, "person"),
            "people_are_not_registered",
        ),
        (give(clerk, "boss"), "unknown_role"),
        (give(order, "reader"), "not_a_subject"),
    ] {
        assert_eq!(code(&world, command.clone()), expected, "{command:?}");
    }
    world.run(ProductCommand::RemoveThing { thing: clerk });
    for command in [
        give(clerk, "reader"),
        ProductCommand::DescribeThing { thing: clerk },
        ProductCommand::RemoveThing { thing: clerk },
    ] {
        assert_eq!(code(&world, command.clone()), "not_found", "{command:?}");
    }
}

#[test]
fn asking_twice_changes_nothing_more() {
    let mut world = World::new();
    let product = world.load(SHOP);
    let clerk = world.register(product, Side::Subject, "clerk", "c1", texts(&[]));
    world.give_role(clerk, "reader");
    let products = world.state.products();
    let again = [
        ProductCommand::LoadCatalogue {
            id: products.rows().public(product).unwrap(),
            text: SHOP.into(),
        },
        ProductCommand::ReplaceCatalogue {
            product,
            text: SHOP.into(),
        },
        ProductCommand::Restore { product },
        ProductCommand::RegisterThing {
            id: products.things().public(clerk).unwrap(),
            product,
            side: Side::Subject,
            kind: "clerk".into(),
        },
        ProductCommand::GiveRole {
            thing: clerk,
            role: "reader".into(),
        },
        ProductCommand::TakeRole {
            thing: clerk,
            role: "editor".into(),
        },
    ];
    for command in again {
        assert_eq!(
            world.propose(command.clone()).unwrap().events,
            [],
            "{command:?}"
        );
    }
    // The id of one thing is not good for another.
    let other = ProductCommand::RegisterThing {
        id: world.state.products().things().public(clerk).unwrap(),
        product,
        side: Side::Resource,
        kind: "order".into(),
    };
    assert_eq!(code(&world, other), "id_taken");
}

#[test]
fn an_external_id_has_one_thing() {
    let mut world = World::new();
    let product = world.load(SHOP);
    let first = world.register(product, Side::Resource, "order", "1", texts(&[]));
    let kind = world.state.products().things().get(first).unwrap().kind;
    let check = |world: &World, thing: Option<ThingId>, id: &str| {
        let products = world.state.products();
        products
            .check_external_id(thing, product, kind, id)
            .map_err(|no| no.code)
    };
    assert_eq!(check(&world, None, "1"), Err("external_id_taken"));
    assert_eq!(check(&world, Some(first), "1"), Ok(()));
    assert_eq!(check(&world, None, ""), Err("bad_external_id"));
    assert_eq!(
        check(&world, None, &"x".repeat(1025)),
        Err("bad_external_id")
    );
    // A new name frees the old one, and so does removal.
    let profile = |id: &str| ThingProfile {
        external_id: id.into(),
        properties: texts(&[]),
    };
    world.state.products_mut().attach(first, profile("2"));
    assert_eq!(check(&world, None, "1"), Ok(()));
    assert_eq!(world.state.products().find(product, kind, "2"), Some(first));
    world.run(ProductCommand::RemoveThing { thing: first });
    assert_eq!(world.state.products().find(product, kind, "2"), None);
    world.state.products_mut().attach(first, profile("2"));
    assert_eq!(world.state.products().find(product, kind, "2"), None);
}

#[test]
fn every_external_id_is_found_and_a_fork_does_not_see_later_ones() {
    let mut world = World::new();
    let product = world.load(SHOP);
    let mut things = Vec::new();
    for number in 0..3_000u32 {
        let uid = world.uid();
        world
            .state
            .apply(&Event::Product(ProductEvent::ThingRegistered {
                uid,
                product,
                side: Side::Resource,
                kind: "order".into(),
            }));
        let thing: ThingId = world.state.resolve(PublicId::new(uid)).unwrap();
        let profile = ThingProfile {
            external_id: number.to_string().into(),
            properties: texts(&[]),
        };
        world.state.products_mut().attach(thing, profile);
        things.push(thing);
    }
    let kind = world.state.products().things().get(things[0]).unwrap().kind;
    let fork = world.state.clone();
    for (number, thing) in things.iter().enumerate().step_by(2) {
        world.state.products_mut().detach(*thing);
        let find = |state: &State| state.products().find(product, kind, &number.to_string());
        assert_eq!(find(&world.state), None);
        assert_eq!(find(&fork), Some(*thing));
    }
    for (number, thing) in things.iter().enumerate().skip(1).step_by(2) {
        let found = world
            .state
            .products()
            .find(product, kind, &number.to_string());
        assert_eq!(found, Some(*thing));
    }
}

#[test]
fn a_snapshot_and_a_replay_come_to_the_same_once_profiles_are_attached() {
    let mut world = World::new();
    let mut log = Vec::new();
    let mut run = |world: &mut World, command: ProductCommand| {
        let events = world.propose(command).unwrap().events;
        for event in &events {
            world.state.apply(event);
        }
        log.extend(events);
    };
    let start = world.state.clone();
    let (id, thing_id, order_id) = (
        PublicId::<ProductId>::new(world.uid()),
        PublicId::<ThingId>::new(world.uid()),
        PublicId::<ThingId>::new(world.uid()),
    );
    let text = SHOP.into();
    run(&mut world, ProductCommand::LoadCatalogue { id, text });
    let product = world.state.resolve(id).unwrap();
    for (id, side, kind) in [
        (thing_id, Side::Subject, "clerk"),
        (order_id, Side::Resource, "order"),
    ] {
        let kind = kind.into();
        run(
            &mut world,
            ProductCommand::RegisterThing {
                id,
                product,
                side,
                kind,
            },
        );
    }
    let thing = world.state.resolve(thing_id).unwrap();
    let role = "reader".into();
    run(&mut world, ProductCommand::GiveRole { thing, role });
    let text: Box<str> = without(SHOP, "[permissions.edit]\non = [\"order\"]\n")
        .replace("[\"read\", \"edit\"]", "[\"read\"]")
        .into();
    run(
        &mut world,
        ProductCommand::ReplaceCatalogue { product, text },
    );
    run(&mut world, ProductCommand::DescribeThing { thing });

    let attach = |state: &mut State| {
        for (id, external_id) in [(thing_id, "anna@example.org"), (order_id, "1")] {
            let thing = state.resolve(id).unwrap();
            let profile = ThingProfile {
                external_id: external_id.into(),
                properties: texts(&[("name", "Anna Example")]),
            };
            state.products_mut().attach(thing, profile);
        }
    };
    attach(&mut world.state);
    // Neither the log nor the snapshot holds what may be personal.
    let snapshot = postcard::to_allocvec(&world.state).unwrap();
    let bytes = postcard::to_allocvec(&log).unwrap();
    for personal in ["anna@example.org", "Anna Example"] {
        for kept in [&snapshot, &bytes] {
            assert!(
                !kept
                    .windows(personal.len())
                    .any(|w| w == personal.as_bytes())
            );
        }
    }
    let mut replayed = start;
    for event in postcard::from_bytes::<Vec<Event>>(&bytes).unwrap() {
        replayed.apply(&event);
    }
    let mut restored: State = postcard::from_bytes(&snapshot).unwrap();
    let question = ask(("clerk", "anna@example.org"), "read", ("order", "1"));
    for state in [&mut replayed, &mut restored] {
        // Without profiles nothing is known by the product's own id.
        assert!(!state.answer(&question.question(), NOW).decision.allowed);
        attach(state);
        assert_eq!(postcard::to_allocvec(state).unwrap(), snapshot);
        let answer = state.answer(&question.question(), NOW);
        assert_eq!(answer, world.state.answer(&question.question(), NOW));
        assert!(answer.decision.allowed);
        let row = state.products().things().get(thing).unwrap();
        assert_eq!(row.profile_version, 2);
    }
}

#[test]
fn a_catalogue_that_cannot_be_read_any_more_gives_nothing_and_breaks_nothing() {
    let mut world = World::new();
    let uid = world.uid();
    let text = "product = 3".into();
    world
        .state
        .apply(&Event::Product(ProductEvent::CatalogueLoaded { uid, text }));
    let product: ProductId = world.state.resolve(PublicId::new(uid)).unwrap();
    assert!(!world.state.products().is_active(product));
    let uid = world.uid();
    world
        .state
        .apply(&Event::Product(ProductEvent::ThingRegistered {
            uid,
            product,
            side: Side::Subject,
            kind: "clerk".into(),
        }));
    let question = ask(("clerk", "c1"), "read", ("order", "1"));
    assert!(!world.ask(&question).decision.allowed);
}

/// What conditions ask about differs: who holds a right under such a condition may lose it and may gain it.
#[test]
fn a_preview_of_a_description_knows_what_is_described() {
    let text = format!(
        "{SHOP}[[roles.auditor.rules]]\npermissions = [\"edit\"]\nwhen = \"resource.properties.branch == 'north'\"\n\
         [[roles.boss.rules]]\npermissions = [\"read\"]\nwhen = \"subject.properties.rank == 'boss'\"\n"
    );
    let mut world = World::new();
    let product = world.load(&text);
    let clerk = world.register(
        product,
        Side::Subject,
        "clerk",
        "c1",
        texts(&[("rank", "clerk")]),
    );
    let other = world.register(product, Side::Subject, "clerk", "c2", texts(&[]));
    world.give_role(clerk, "auditor");
    world.give_role(clerk, "boss");
    world.give_role(other, "reader");
    let order = world.register(
        product,
        Side::Resource,
        "order",
        "1",
        texts(&[("branch", "north")]),
    );
    let preview = |thing: ThingId, external_id: &str, properties: &[(&str, &str)]| {
        let command = Command::Product(ProductCommand::DescribeThing { thing });
        let profile = ThingProfile {
            external_id: external_id.into(),
            properties: texts(properties),
        };
        let actor = Actor::Person(world.admin);
        let attach = |_: &access::command::Proposal, after: &mut State| {
            after.products_mut().attach(thing, profile);
            Ok(())
        };
        world
            .state
            .preview_with(actor, &command, NOW, attach)
            .unwrap()
    };
    let products = world.state.products();
    let named = |changes: &access::Changes| -> Vec<_> {
        let named = changes.listed.iter().map(|change| match change.right {
            access::preview::Right::ProductAction(of, action) => {
                (change.subject, products.action_key(of, action))
            }
            _ => panic!("{change:?}"),
        });
        named.collect()
    };
    let of_clerk = |action: &str| vec![(access::Subject::Thing(clerk), action.to_owned())];

    let south = preview(order, "1", &[("branch", "south")]);
    assert_eq!(named(&south.gains), of_clerk("shop.edit"));
    assert_eq!(named(&south.losses), of_clerk("shop.edit"));
    let promoted = preview(clerk, "c1", &[("rank", "boss")]);
    assert_eq!(named(&promoted.gains), of_clerk("shop.read"));
    // Nothing that a condition asks about differs.
    let same = preview(order, "1", &[("branch", "north")]);
    assert_eq!((same.gains.total, same.losses.total), (0, 0));
    assert_ne!(same.fingerprint, south.fingerprint);
    assert_eq!(preview(other, "c2", &[("rank", "boss")]).gains.total, 0);
}
