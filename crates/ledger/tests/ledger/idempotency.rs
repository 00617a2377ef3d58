//! Asking twice with one key does it once, and tells the same.

use access::state::RegistrationPolicy;
use access::{Actor, Command};
use ledger::{Change, Done, Echo, Idempotency, Options, SubmitError};

use crate::common::{TestDatabase, World, code, options};

testkit::on_both![
    an_idempotency_key_does_it_once,
    two_at_the_same_instant_are_one,
    an_echo_may_rest_on_what_became_of_the_act,
    an_echo_that_is_too_long_is_not_kept,
    what_was_so_already_is_not_done_later_either,
];

fn keyed(key: &str, body: &str, echo: Echo) -> Options {
    Options {
        idempotency: Some(Idempotency {
            key: key.into(),
            body: body.into(),
            echo,
        }),
        ..options()
    }
}

fn text(echo: &str) -> Echo {
    Vec::from(echo).into()
}

async fn ask(
    world: &World,
    change: impl Into<Change>,
    options: Options,
) -> Result<Done, SubmitError> {
    let boss = Actor::Person(world.boss);
    world.account.submit(boss, change, options).await
}

async fn an_idempotency_key_does_it_once(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let ann = || world.customer("Ann", "ann@example.org").1;
    let first = ask(&world, ann(), keyed("k1", "body", text("made 1"))).await;
    let first = first.unwrap();
    assert!(!first.repeated);
    let people = world.account.state().people().len();
    // The face draws new ids when it is asked again: what counts is the body.
    let second = ask(&world, ann(), keyed("k1", "body", text("made 2"))).await;
    let second = second.unwrap();
    assert!(second.repeated);
    assert_eq!(
        (second.version, second.echo.as_deref()),
        (first.version, Some(b"made 1".as_slice()))
    );
    assert_eq!(world.account.state().people().len(), people);
    let bob = world.customer("Bob", "bob@example.org").1;
    let other = ask(&world, bob, keyed("k1", "another body", text(""))).await;
    assert_eq!(code(other), "idempotency_key_reused");
}

async fn two_at_the_same_instant_are_one(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let boss = Actor::Person(world.boss);
    let twice = [1, 2].map(|_| {
        let account = world.account.clone();
        let change = world.customer("Cy", "cy@example.org").1;
        let options = keyed("k", "cy", text(""));
        tokio::spawn(async move { account.submit(boss, change, options).await })
    });
    let mut repeated = 0;
    for one in twice {
        repeated += u32::from(one.await.unwrap().unwrap().repeated);
    }
    assert_eq!(repeated, 1);
}

async fn an_echo_may_rest_on_what_became_of_the_act(db: TestDatabase) {
    let world = World::open(&db.address).await;
    for repeated in [false, true] {
        let change = world.customer("Dee", "dee@example.org").1;
        let counted = Echo::new(|state, done| {
            let (people, events) = (state.people().len(), done.proposal.events.len());
            format!("{people} people, {events} event").into_bytes()
        });
        let done = ask(&world, change, keyed("k", "b", counted)).await.unwrap();
        let echo = repeated.then_some(b"2 people, 1 event".as_slice());
        assert_eq!((done.repeated, done.echo.as_deref()), (repeated, echo));
    }
}

async fn an_echo_that_is_too_long_is_not_kept(db: TestDatabase) {
    let world = World::open(&db.address).await;
    for repeated in [false, true] {
        let change = world.customer("Eve", "eve@example.org").1;
        let long = vec![0; 5 * 1024 * 1024].into();
        let done = ask(&world, change, keyed("k", "b", long)).await.unwrap();
        assert_eq!((done.repeated, done.echo), (repeated, None));
    }
}

async fn what_was_so_already_is_not_done_later_either(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let before = world.account.state().account().registration;
    let anyone = RegistrationPolicy::Anyone;
    for (policy, key, repeated) in [
        (before, "k1", false),
        (anyone, "k2", false),
        (before, "k1", true),
    ] {
        let set = Command::SetRegistration {
            policy: Some(policy),
            denied: 0,
            allowed: 0,
        };
        let done = ask(&world, set, keyed(key, key, text(""))).await.unwrap();
        assert_eq!(done.repeated, repeated, "{key}");
    }
    let now = world.account.state().account().registration;
    assert_eq!(now, anyone);
}
