//! What stands beside a command is written with its events, and is never dropped.

use access::command::Command;
use access::{Actor, PermissionSet, PublicId, RoleId};
use ledger::{Change, Field, NewSecret, Of, ProfileWrite, Purpose, Secret};

use crate::common::{TestDatabase, World, code, options};

crate::on_both![
    ad_20_what_no_event_speaks_of_is_refused,
    sd_23_the_denylist_knows_addresses_and_domains,
    sd_23_the_last_word_about_an_entry_counts_in_one_commit_too,
];

/// A change of the denylist and of nothing else.
fn denylist(world: &World, deny: &[&str], allow: &[&str]) -> Change {
    let entries = |entries: &[&str]| entries.iter().map(|&entry| entry.to_owned()).collect();
    let mut change = Change::from(Command::SetRegistration {
        policy: world.account.state().account().registration,
        denied: deny.len().try_into().unwrap(),
        allowed: allow.len().try_into().unwrap(),
    });
    change.deny = entries(deny);
    change.allow = entries(allow);
    change
}

async fn ad_20_what_no_event_speaks_of_is_refused(db: TestDatabase) {
    let world = World::open(&db.config).await;
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
    let world = World::open(&db.config).await;
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
    let world = World::open(&db.config).await;
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
