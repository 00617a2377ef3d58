//! What stands beside a command is written with its events, and is never dropped.

use access::command::Command;
use access::{Actor, PermissionSet, PublicId, RoleId};
use ledger::{Change, Field, Kind, NewSecret, Of, ProfileWrite, Purpose, Secret, search};

use crate::common::{TestDatabase, World, code, options};

testkit::on_both![
    a_value_that_no_index_takes_costs_its_own_act_alone,
    a_search_for_control_characters_finds_nothing,
    ad_20_what_no_event_speaks_of_is_refused,
    sd_23_the_denylist_knows_addresses_and_domains,
    sd_23_the_last_word_about_an_entry_counts_in_one_commit_too,
];

/// A change of the denylist and of nothing else.
fn denylist(world: &World, deny: &[&str], allow: &[&str]) -> Change {
    let entries = |entries: &[&str]| entries.iter().map(|&entry| entry.to_owned()).collect();
    let mut change = Change::from(Command::SetRegistration {
        policy: Some(world.account.state().account().registration),
        denied: deny.len().try_into().unwrap(),
        allowed: allow.len().try_into().unwrap(),
    });
    change.deny = entries(deny);
    change.allow = entries(allow);
    change
}

async fn ad_20_what_no_event_speaks_of_is_refused(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let id = PublicId::<RoleId>::new(world.engine.new_uuid());
    let permissions = PermissionSet::EMPTY;
    let named = |command: Command, name: &str| {
        Change::from(command).with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name))
    };
    let create = Command::CreateRole { id, permissions };
    world.submit(named(create, "Helper")).await.unwrap();

    let role = world.account.state().resolve(id).unwrap();
    let edit = || Command::EditRole { role, permissions };
    let head = world.account.head();
    // The name alone would be written by nobody, and at no time.
    assert_eq!(
        code(world.submit(named(edit(), "Other")).await),
        "not_logged"
    );
    let secret = NewSecret {
        purpose: Purpose::Invitation,
        of: None,
        secret: Secret::make(world.engine.randomness().as_ref()),
        expires_at: None,
    };
    let with_secret = Change::from(edit()).with_secret(secret);
    assert_eq!(code(world.submit(with_secret).await), "not_logged");
    let (_, mut silent) = world.customer("Ann", "ann@example.org");
    silent.deny = vec!["spam.example".into()];
    assert_eq!(code(world.submit(silent).await), "not_logged");
    // Everything is so already: nothing would be written.
    world.submit(named(edit(), "Helper")).await.unwrap();
    assert_eq!(world.account.head(), head);
}

async fn sd_23_the_denylist_knows_addresses_and_domains(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let denied = async |address: &str| world.account.is_denied(address).await.unwrap();
    let change = denylist(&world, &["Bad@example.com", "spam.example"], &[]);
    world.submit(change).await.unwrap();
    assert!(denied("bad@EXAMPLE.com").await);
    assert!(denied("x@mail.spam.example").await);
    assert!(!denied("good@example.com").await);
    let change = denylist(&world, &["a.example"], &["spam.example", "a.example"]);
    world.submit(change).await.unwrap();
    assert!(!denied("x@mail.spam.example").await);
    assert!(denied("x@a.example").await, "named twice, it stays denied");
}

async fn sd_23_the_last_word_about_an_entry_counts_in_one_commit_too(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let boss = Actor::Person(world.boss);
    let domains: Vec<String> = (0..20).map(|index| format!("d{index}.example")).collect();
    let mut waiting = Vec::new();
    for (index, domain) in domains.iter().enumerate() {
        let deny = denylist(&world, &[domain], &[]);
        let allow = denylist(&world, &[], &[domain]);
        let changes = if index % 2 == 0 {
            [deny, allow]
        } else {
            [allow, deny]
        };
        for change in changes {
            let begun = world.account.begin(boss, change, options()).await.unwrap();
            waiting.push(begun);
        }
    }
    for act in waiting {
        act.await.unwrap();
    }
    for (index, domain) in domains.iter().enumerate() {
        let denied = world.account.is_denied(domain).await.unwrap();
        assert_eq!(denied, index % 2 == 1, "{domain}");
    }
}

/// PostgreSQL takes no NUL in a text, and no long value into an index: either would fail the commit of everybody.
async fn a_value_that_no_index_takes_costs_its_own_act_alone(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let boss = Actor::Person(world.boss);
    // Short as it is written, and thousands of different letters as it is compared.
    let swollen: String = (0..300)
        .map(|index| ['\u{fdfa}', 'x', 'é'][index % 3])
        .collect();
    let bad = [
        (Field::Name, "Ann\u{0}Lee".to_owned(), "control_character"),
        (Field::Name, "Ann\nLee".to_owned(), "control_character"),
        (Field::Phone, "+49\u{0}".to_owned(), "control_character"),
        (Field::ExternalId, "a\u{0}".to_owned(), "control_character"),
        (
            Field::Email,
            "a\u{0}@example.org".to_owned(),
            "control_character",
        ),
        (Field::Description, "a\u{0}".to_owned(), "control_character"),
        (Field::Name, "n".repeat(201), "too_long"),
        (Field::Title, "t".repeat(321), "too_long"),
        (Field::Email, format!("{swollen}@example.org"), "too_long"),
        (Field::Description, "d".repeat(70_000), "too_long"),
    ];
    let mut waiting = Vec::new();
    for (index, (field, value, wanted)) in bad.into_iter().enumerate() {
        let email = format!("bad{index}@example.org");
        let (_, mut change) = world.customer("Bad", &email);
        change.profiles[0] = change.profiles[0].clone().set(field, value);
        let (_, good) = world.customer("Good", &format!("good{index}@example.org"));
        for (change, wanted) in [(change, Some(wanted)), (good, None)] {
            let begun = world.account.begin(boss, change, options()).await.unwrap();
            waiting.push((index, wanted, begun));
        }
    }
    for (index, wanted, begun) in waiting {
        match (begun.await, wanted) {
            (outcome, Some(wanted)) => assert_eq!(code(outcome), wanted, "{index}"),
            (outcome, None) => drop(outcome.unwrap()),
        }
    }
    assert_eq!(world.account.state().people().len(), 11);
    // Free text has lines.
    let (_, mut change) = world.customer("Ann", "ann@example.org");
    change.profiles[0] = change.profiles[0].clone().set(Field::Description, "a\n\tb");
    world.submit(change).await.unwrap();
}

async fn a_search_for_control_characters_finds_nothing(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let mut reading = world.account.read().await.unwrap();
    let id = world.account.id();
    for (text, found) in [("\u{0}", 0), ("\u{0}\u{1}", 0), ("Bo\u{0}", 1)] {
        let hits = search(&mut reading.tx, id, Kind::Person, text, 9).await;
        assert_eq!(hits.unwrap().len(), found, "{text:?}");
    }
}
