//! What the ledger promises, on both databases.

use std::time::Duration;

use crate::common::{TestDatabase, World, code, engine, options};
use access::state::PortalLevel;
use access::{Actor, Command, Event, Version};
use ledger::{
    Change, Field, Idempotency, Kind, LedgerError, NewSecret, Of, Options, Place, ProfileWrite,
    Purpose, Secret, When, changes, person_of_email, read_at, search, search_after, verify,
};

testkit::on_both![
    an_acknowledged_act_is_there_after_a_restart,
    a_refusal_disturbs_nobody_in_the_batch,
    a_failed_commit_leaves_nothing_and_the_next_one_goes_on,
    accounts_share_a_batch_and_nothing_else,
    one_person_per_address,
    an_address_that_was_given_up_is_free,
    a_name_is_found_by_each_of_its_words,
    a_search_goes_on_where_a_page_ended,
    a_preview_writes_nothing_and_its_fingerprint_is_compared,
    a_read_and_its_state_speak_of_one_moment,
    readers_who_ask_for_more_never_wait_for_each_other_for_ever,
    the_past_can_be_asked,
    a_snapshot_and_the_tail_make_the_same_state,
    sd_24_an_invitation_is_used_once_and_expires,
    a_wanted_version_is_waited_for,
    ad_20_the_log_says_who_what_when_and_from_where,
    ad_20_an_entry_says_what_was_there_before_and_the_chain_holds_it,
];

async fn an_acknowledged_act_is_there_after_a_restart(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let ann = world.add_customer("Ann Lee", "ann@example.org").await;
    let (id, before, head) = (
        world.account.id(),
        world.account.state(),
        world.account.head(),
    );
    world.engine.clone().close().await;

    let again = engine(&db.address, &world.clock).await;
    let account = again.account(id).await.unwrap();
    assert_eq!(account.state().version(), before.version());
    assert_eq!(account.head(), head);
    let mut reading = account.read().await.unwrap();
    let profile = read_at(&mut reading.tx, id, Place::of(ann), head.position)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(profile.get(Field::Name), Some("Ann Lee"));
    drop(reading);
    again.close().await;
}

async fn a_refusal_disturbs_nobody_in_the_batch(db: TestDatabase) {
    let world = World::open(&db.address).await;
    world.add_customer("Ann", "ann@example.org").await;
    let acts = (0..40).map(|index| {
        // Every fourth asks for an address that is taken.
        let email = if index % 4 == 0 {
            "ANN@example.org".to_owned()
        } else {
            format!("c{index}@example.org")
        };
        let change = world.customer("C", &email).1;
        let account = world.account.clone();
        let boss = Actor::Person(world.boss);
        tokio::spawn(async move { account.submit(boss, change, options()).await })
    });
    let mut done = 0;
    for (index, act) in acts.collect::<Vec<_>>().into_iter().enumerate() {
        let outcome = act.await.unwrap();
        if index % 4 == 0 {
            assert_eq!(code(outcome), "address_taken");
        } else {
            outcome.unwrap();
            done += 1;
        }
    }
    assert_eq!(world.account.state().people().len(), 2 + done);
    verify(world.engine.database(), world.account.id(), None)
        .await
        .unwrap();
}

async fn a_failed_commit_leaves_nothing_and_the_next_one_goes_on(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let head = world.account.head();
    let rename = async |sql: &str| {
        world
            .engine
            .database()
            .run_outside_transaction(sql)
            .await
            .unwrap()
    };
    rename("ALTER TABLE person_row RENAME TO person_row_away").await;
    let acts = (0..5).map(|index| {
        let (account, boss) = (world.account.clone(), Actor::Person(world.boss));
        let change = world.customer("C", &format!("c{index}@example.org")).1;
        tokio::spawn(async move { account.submit(boss, change, options()).await })
    });
    for act in acts.collect::<Vec<_>>() {
        let failed = act.await.unwrap();
        assert!(matches!(
            failed,
            Err(ledger::SubmitError::Failed(LedgerError::NotWritten))
        ));
    }
    assert_eq!(world.account.head(), head);
    assert_eq!(world.account.state().people().len(), 1);
    rename("ALTER TABLE person_row_away RENAME TO person_row").await;
    world.add_customer("C", "c0@example.org").await;
    verify(world.engine.database(), world.account.id(), None)
        .await
        .unwrap();
}

async fn accounts_share_a_batch_and_nothing_else(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let mut worlds = Vec::new();
    for _ in 0..3 {
        worlds.push(World::open_in(&world.engine, &world.clock).await);
    }
    // The same address, name and idempotency key in each.
    let acts = worlds.iter().flat_map(|world| {
        (0..4).map(|n| {
            let (account, boss) = (world.account.clone(), Actor::Person(world.boss));
            let change = world.customer("Ann", &format!("ann{n}@example.org")).1;
            let idempotency = Idempotency {
                key: format!("k{n}"),
                body: b"b".into(),
                echo: Vec::new().into(),
            };
            let options = Options {
                idempotency: Some(idempotency),
                ..options()
            };
            tokio::spawn(async move {
                account
                    .submit(boss, change, options)
                    .await
                    .unwrap()
                    .repeated
            })
        })
    });
    for act in acts.collect::<Vec<_>>() {
        assert!(
            !act.await.unwrap(),
            "a key of another account counts for nothing here"
        );
    }
    for other in &worlds {
        assert_eq!(other.account.state().people().len(), 5);
        verify(world.engine.database(), other.account.id(), None)
            .await
            .unwrap();
    }
    assert_eq!(world.account.state().people().len(), 1);
    assert_eq!(world.engine.accounts(None, 10).await.unwrap().len(), 4);
}

async fn one_person_per_address(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let ann = world.add_customer("Ann", "Ann@Example.org").await;
    assert_eq!(
        code(
            world
                .submit(world.customer("Other", " ann@example.ORG ").1)
                .await
        ),
        "address_taken"
    );
    // The same person may write the own address in another way.
    let edit = Command::EditProfile {
        person: ann,
        fields: vec![access::event::ProfileField::Address],
    };
    let change = Change::from(edit)
        .with_profile(ProfileWrite::new(Of::known(ann)).set(Field::Email, "ann@example.org"));
    world.submit(change).await.unwrap();
}

async fn an_address_that_was_given_up_is_free(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let ann = world.add_customer("Ann", "old@example.org").await;
    let edit = Command::EditProfile {
        person: ann,
        fields: vec![access::event::ProfileField::Address],
    };
    let change = Change::from(edit)
        .with_profile(ProfileWrite::new(Of::known(ann)).set(Field::Email, "new@example.org"));
    world.submit(change).await.unwrap();
    let bob = world.add_customer("Bob", "old@example.org").await;
    let mut reading = world.account.read().await.unwrap();
    let holder = |person: access::PersonId| Some(Place::of(person).entity);
    let id = world.account.id();
    assert_eq!(
        person_of_email(&mut reading.tx, id, "OLD@example.org")
            .await
            .unwrap(),
        holder(bob)
    );
    assert_eq!(
        person_of_email(&mut reading.tx, id, "new@example.org")
            .await
            .unwrap(),
        holder(ann)
    );
}

async fn a_name_is_found_by_each_of_its_words(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let zoe = Place::of(world.add_customer("Zoë Ångström", "zoe@example.org").await).entity;
    let adam = Place::of(world.add_customer("Adam Berg", "adam@example.org").await).entity;
    let mut reading = world.account.read().await.unwrap();
    let id = world.account.id();
    for (text, found) in [
        ("zoe", zoe),
        ("ANG", zoe),
        ("angström", zoe),
        ("adam b", adam),
        ("berg", adam),
        ("adam@", adam),
    ] {
        assert_eq!(
            search(&mut reading.tx, id, Kind::Person, text, 10)
                .await
                .unwrap(),
            [found],
            "{text}"
        );
    }
    assert!(
        search(&mut reading.tx, id, Kind::Person, "", 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        search(&mut reading.tx, id, Kind::Company, "zoe", 10)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_search_goes_on_where_a_page_ended(db: TestDatabase) {
    let world = World::open(&db.address).await;
    for (name, address) in [
        ("Ann Andersen", "x1@example.org"),
        ("Ann", "ann@example.org"),
        ("Bo Ann", "x2@example.org"),
        ("Ann", "x3@example.org"),
        ("Otto", "x4@example.org"),
    ] {
        world.add_customer(name, address).await;
    }
    let mut reading = world.account.read().await.unwrap();
    let (tx, id) = (&mut reading.tx, world.account.id());
    let whole = search_after(tx, id, Kind::Person, "an", None, 100)
        .await
        .unwrap();
    // Each key once: two people called Ann, two keys of Ann Andersen, one of Bo Ann, one address.
    assert_eq!(whole.len(), 6);
    let mut pages = Vec::new();
    loop {
        let page = search_after(tx, id, Kind::Person, "an", pages.last(), 1)
            .await
            .unwrap();
        let Some(one) = page.into_iter().next() else {
            break;
        };
        pages.push(one);
    }
    assert_eq!(pages, whole);
}

async fn a_preview_writes_nothing_and_its_fingerprint_is_compared(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let boss = Actor::Person(world.boss);
    let (head, change) = (
        world.account.head(),
        world.customer("Ann", "ann@example.org").1,
    );
    let effect = world.account.preview(boss, change.clone()).await.unwrap();
    assert!(effect.events > 0);
    assert_eq!(world.account.head(), head);
    let taken = world.customer("Other", "boss@example.org").1;
    assert_eq!(
        code(world.account.preview(boss, taken).await),
        "address_taken"
    );

    let seen = |fingerprint| Options {
        fingerprint: Some(fingerprint),
        ..options()
    };
    let other = access::Fingerprint([7; 16]);
    assert_eq!(
        code(
            world
                .account
                .submit(boss, change.clone(), seen(other))
                .await
        ),
        "world_moved"
    );
    assert_eq!(world.account.head(), head);
    world
        .account
        .submit(boss, change, seen(effect.fingerprint))
        .await
        .unwrap();
}

async fn a_read_and_its_state_speak_of_one_moment(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let writer = {
        let (account, boss) = (world.account.clone(), Actor::Person(world.boss));
        let changes: Vec<_> = (0..120)
            .map(|n| world.customer("C", &format!("c{n}@example.org")).1)
            .collect();
        tokio::spawn(async move {
            for change in changes {
                account.submit(boss, change, options()).await.unwrap();
            }
        })
    };
    while !writer.is_finished() {
        let mut reading = world.account.read().await.unwrap();
        let rows = reading.tx.fetch_all(
            "SELECT person FROM person_row WHERE account = $1",
            [world.account.id().0.into()],
        );
        assert_eq!(rows.await.unwrap().len(), reading.state.people().len());
    }
    writer.await.unwrap();
}

/// A page reads its rows, and then the names of what stands in them.
async fn readers_who_ask_for_more_never_wait_for_each_other_for_ever(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let pages = (0..64).map(|_| {
        let account = world.account.clone();
        tokio::spawn(async move {
            let page = account.read().await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
            let names = account.read_once().await.unwrap();
            drop((names, page));
        })
    });
    for page in pages.collect::<Vec<_>>() {
        page.await.unwrap();
    }
}

async fn the_past_can_be_asked(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let opened = world.account.state().version();
    world.clock.advance(Duration::from_secs(3600));
    world.add_customer("Ann", "ann@example.org").await;
    world.account.snapshot().await.unwrap();
    let middle = world.account.state().version();
    world.clock.advance(Duration::from_secs(3600));
    world.add_customer("Bob", "bob@example.org").await;

    let past = |when: When| world.account.state_at(when);
    assert_eq!(
        past(When::Position(opened.0)).await.unwrap().people().len(),
        1
    );
    assert_eq!(
        past(When::Position(middle.0)).await.unwrap().people().len(),
        2
    );
    let half_past = access::Moment(crate::common::START.0 + 5_400_000);
    assert_eq!(past(When::At(half_past)).await.unwrap().version(), middle);
    assert_eq!(
        past(When::At(access::Moment(0))).await.unwrap().version(),
        Version(0)
    );
    assert!(matches!(
        past(When::Position(1)).await,
        Err(LedgerError::Unknown(_))
    ));

    // From the log, not from the ring.
    let again = engine(&db.address, &world.clock).await;
    let account = again.account(world.account.id()).await.unwrap();
    assert_eq!(
        account
            .state_at(When::Position(opened.0))
            .await
            .unwrap()
            .people()
            .len(),
        1
    );
    assert_eq!(
        account
            .state_at(When::At(half_past))
            .await
            .unwrap()
            .people()
            .len(),
        2
    );
}

async fn a_snapshot_and_the_tail_make_the_same_state(db: TestDatabase) {
    let world = World::open(&db.address).await;
    for round in 0..3 {
        world
            .add_customer("C", &format!("c{round}@example.org"))
            .await;
        world.account.snapshot().await.unwrap();
    }
    world.add_customer("D", "d@example.org").await;
    let again = engine(&db.address, &world.clock).await;
    let account = again.account(world.account.id()).await.unwrap();
    assert_eq!(account.head(), world.account.head());
    assert_eq!(
        account.state().people().len(),
        world.account.state().people().len()
    );
    let verified = verify(again.database(), account.id(), None).await.unwrap();
    assert_eq!(verified.snapshots, 2, "only the newest are kept");
}

async fn sd_24_an_invitation_is_used_once_and_expires(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let ann = world.add_customer("Ann", "ann@example.org").await;
    let secret = Secret::make(world.engine.randomness().as_ref());
    let late = Secret::make(world.engine.randomness().as_ref());
    let invite = |secret: &Secret| NewSecret {
        purpose: Purpose::Invitation,
        of: Some(Of::known(ann)),
        secret: secret.clone(),
        expires_at: Some(access::Moment(crate::common::START.0 + 60_000)),
    };
    let bob = world.customer("Bob", "bob@example.org").1;
    let both = bob.with_secret(invite(&secret)).with_secret(invite(&late));
    world.submit(both).await.unwrap();
    let bearer = world.engine.bearer(&secret).await.unwrap().unwrap();
    assert_eq!(
        (bearer.purpose, bearer.entity),
        (Purpose::Invitation, Place::of(ann).entity)
    );
    let wrong = Secret::parse(&format!(
        "{}{}",
        &secret.reveal()[..secret.reveal().len() - 4],
        "0000"
    ))
    .unwrap();
    assert!(world.engine.bearer(&wrong).await.unwrap().is_none());

    let spend = |secret: &Secret, email: &str| {
        world.submit(world.customer("C", email).1.spending(secret.clone()))
    };
    // A refused act spends nothing.
    assert_eq!(
        code(spend(&secret, "bob@example.org").await),
        "address_taken"
    );
    spend(&secret, "c@example.org").await.unwrap();
    assert_eq!(code(spend(&secret, "d@example.org").await), "link_used");
    assert!(world.engine.bearer(&secret).await.unwrap().is_none());

    assert!(world.engine.bearer(&late).await.unwrap().is_some());
    world.clock.advance(Duration::from_secs(60));
    assert!(world.engine.bearer(&late).await.unwrap().is_none());
    assert_eq!(code(spend(&late, "d@example.org").await), "link_used");
}

async fn a_wanted_version_is_waited_for(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let next = Version(world.account.state().version().0 + 1);
    let busy = world
        .account
        .at_least(next, Duration::from_millis(30))
        .await;
    assert!(matches!(busy, Err(LedgerError::Busy(_))));
    let waiting = {
        let account = world.account.clone();
        tokio::spawn(async move {
            account
                .at_least(next, Duration::from_secs(5))
                .await
                .unwrap()
                .version()
        })
    };
    world.add_customer("Ann", "ann@example.org").await;
    assert!(waiting.await.unwrap() >= next);
}

async fn ad_20_the_log_says_who_what_when_and_from_where(db: TestDatabase) {
    let world = World::open(&db.address).await;
    world.add_customer("Ann Lee", "ann@example.org").await;
    let page = world.account.log_page(None, 10).await.unwrap();
    let entry = &page[0];
    assert_eq!(
        entry.actor,
        format!("person:{}", Place::of(world.boss).entity)
    );
    assert_eq!(
        (
            entry.act.as_str(),
            entry.face.as_str(),
            entry.request.as_str()
        ),
        ("add_customer", "test", "req-1")
    );
    assert_eq!(entry.at, crate::common::START);
    assert!(!ledger::events(entry).unwrap().is_empty());
    assert_eq!(page[1].actor, "set_up");
    let text = format!("{page:?}");
    assert!(
        !text.contains("Ann") && !text.contains("example.org"),
        "no personal data in the log"
    );
    assert_eq!(
        world
            .account
            .log_page(Some(entry.position), 10)
            .await
            .unwrap(),
        page[1..]
    );
}

async fn ad_20_an_entry_says_what_was_there_before_and_the_chain_holds_it(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let ann = world.add_customer("Ann", "ann@example.org").await;
    let level = |level| Event::PortalLevelSet { person: ann, level };
    for to in [PortalLevel::Standard, PortalLevel::CompanyAdmin] {
        let (people, level, bulk) = (vec![ann], to, false);
        let command = Command::SetPortalLevel {
            people,
            level,
            bulk,
        };
        world.submit(command).await.unwrap();
    }
    let page = world.account.log_page(None, 2).await.unwrap();
    let said: Vec<_> = page.iter().map(|entry| changes(entry).unwrap()).collect();
    let expected = [
        (PortalLevel::CompanyAdmin, PortalLevel::Standard),
        (PortalLevel::Standard, PortalLevel::None),
    ];
    let expected = expected.map(|(after, before)| vec![(level(after), vec![level(before)])]);
    assert_eq!(said, expected);
    let (database, id) = (world.engine.database().clone(), world.account.id());
    verify(&database, id, None).await.unwrap();
    // The last byte of an entry is the level that was there before.
    let mut bytes = page[0].events.clone();
    if let Some(last) = bytes.last_mut() {
        *last = 0;
    }
    let mut tx = database.begin().await.unwrap();
    let edited = "UPDATE log SET events = $1 WHERE position = $2";
    let position = i64::try_from(page[0].position).unwrap();
    tx.execute(edited, [bytes.into(), position.into()])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let Err(LedgerError::Damaged(what)) = verify(&database, id, None).await else {
        panic!("an edit of what was before is not noticed")
    };
    assert!(what.contains("the hash chain breaks"), "{what}");
}
