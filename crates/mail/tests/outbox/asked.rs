//! Links that are asked for at the sign-in pages, while something happens to the person who asks.

use access::state::Facet;
use access::{Command, PersonId, State};
use ledger::{Account, Confirmed, Field, Of, ProfileWrite, Purpose, Secret};
use testkit::databases::TestDatabase;

use crate::world::{SIGN_IN, World};

testkit::on_both![
    ad_24_a_link_never_outlives_a_deactivation_on_another_node,
    ad_24_a_link_that_races_with_what_ends_it_is_over,
    ad_24_a_link_is_for_who_has_the_address_by_then,
    four_a_new_address_is_confirmed_at_both,
    four_two_who_confirm_at_once_are_a_first_and_a_second,
    four_a_newer_wish_ends_the_one_before,
];

/// As the sign-in pages ask: whoever accepted, and was not switched off.
fn may(state: &State, person: PersonId) -> bool {
    let row = state.people().get(person);
    row.is_some_and(|row| row.user == access::state::UserFacet::Accepted)
}

impl World {
    async fn accepted(&self, name: &str, address: &str) -> PersonId {
        let person = self.invited(name, address).await;
        let accept = Command::AcceptInvitation { person };
        self.as_actor(SIGN_IN, accept).await.unwrap();
        person
    }

    /// Links of the person that open something.
    async fn live_links(&self, person: PersonId, purpose: Purpose) -> usize {
        let sent = self.account.sent_link(person, purpose).await.unwrap();
        usize::from(sent.is_some_and(|sent| sent.expires_at.is_some()))
    }

    async fn waits(&self) -> u64 {
        self.engine.waiting_mails().await.unwrap()
    }

    /// The links that went to these two addresses.
    async fn links(&self, new: &str, old: &str) -> [Secret; 2] {
        while self.worker().round().await.unwrap() > 0 {}
        let received = self.server.received();
        [new, old].map(|address| {
            let mut mails = received.iter().rev();
            let mail = mails.find(|mail| mail.to == address).unwrap();
            Secret::parse(&mail.link().unwrap()).unwrap()
        })
    }
}

fn off(person: PersonId) -> Command {
    let facet = Facet::User;
    Command::Deactivate { person, facet }
}

/// The other node has not heard of it when it is asked: the lock makes it.
async fn ad_24_a_link_never_outlives_a_deactivation_on_another_node(db: TestDatabase) {
    let world = World::open(&db).await;
    for number in 0..10 {
        let address = format!("rita{number}@example.net");
        let rita = world.accepted("Rita", &address).await;
        let there = world.other_account().await;
        assert!(may(&there.state(), rita));
        world.submit(off(rita)).await.unwrap();
        mail::queue_link(&there, mail::Asked::Reset, &address, may)
            .await
            .unwrap();
        let asked =
            mail::confirm_address(&there, rita, "new@example.net", |state| may(state, rita));
        assert!(!asked.await.unwrap());
        assert_eq!(world.live_links(rita, Purpose::PasswordReset).await, 0);
        assert_eq!(world.live_links(rita, Purpose::AddressChange).await, 0);
    }
    assert_eq!(world.waits().await, 0);
}

async fn ad_24_a_link_that_races_with_what_ends_it_is_over(db: TestDatabase) {
    let world = World::open(&db).await;
    let there = world.other_account().await;
    for number in 0..10 {
        let address = format!("rita{number}@example.net");
        let rita = world.accepted("Rita", &address).await;
        let end = match number % 2 {
            0 => off(rita),
            _ => Command::ErasePerson { person: rita },
        };
        let ask = async |account: &Account| {
            mail::queue_link(account, mail::Asked::Reset, &address, may)
                .await
                .unwrap();
        };
        let (ended, (), ()) = tokio::join!(world.submit(end), ask(&there), ask(&world.account));
        ended.unwrap();
        assert_eq!(world.live_links(rita, Purpose::PasswordReset).await, 0);
    }
    assert_eq!(world.waits().await, 0, "nothing is left to be sent");
}

async fn ad_24_a_link_is_for_who_has_the_address_by_then(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.accepted("Rita", "old@example.net").await;
    let there = world.other_account().await;
    world.move_to(rita, "new@example.net").await;
    for account in [&world.account, &there] {
        mail::queue_link(account, mail::Asked::Reset, "old@example.net", may)
            .await
            .unwrap();
    }
    assert_eq!(world.live_links(rita, Purpose::PasswordReset).await, 0);
    mail::queue_link(&there, mail::Asked::Reset, "new@example.net", may)
        .await
        .unwrap();
    assert_eq!(world.live_links(rita, Purpose::PasswordReset).await, 1);
}

async fn ask(world: &World, person: PersonId, address: &str) {
    let asked = mail::confirm_address(&world.account, person, address, |_| true).await;
    assert!(asked.unwrap());
}

/// RULES §4: confirmed at both addresses.
async fn four_a_new_address_is_confirmed_at_both(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.accepted("Rita", "old@example.net").await;
    ask(&world, rita, "new@example.net").await;
    let [new, old] = world.links("new@example.net", "old@example.net").await;
    assert_ne!(new, old);
    let waits = world.account.address_change(rita).await.unwrap().unwrap();
    assert_eq!(waits.address, "new@example.net");
    assert!(!waits.confirmed_at_new && !waits.confirmed_at_old);
    let first = world.account.confirm_address(&new).await.unwrap();
    assert!(matches!(first, Confirmed::Half));
    let waits = world.account.address_change(rita).await.unwrap().unwrap();
    assert!(waits.confirmed_at_new && !waits.confirmed_at_old);
    // The same one twice is not both.
    let again = world.account.confirm_address(&new).await.unwrap();
    assert!(matches!(again, Confirmed::Not));
    let Confirmed::Both { person, address } = world.account.confirm_address(&old).await.unwrap()
    else {
        panic!("both");
    };
    assert_eq!((person, address.as_str()), (rita, "new@example.net"));
    let fields = vec![access::event::ProfileField::Address];
    let edit = || {
        ledger::Change::from(Command::EditProfile {
            person,
            fields: fields.clone(),
        })
        .with_profile(ProfileWrite::new(Of::known(person)).set(Field::Email, &address))
        .spending(old.clone())
    };
    world.as_actor(SIGN_IN, edit()).await.unwrap();
    assert_eq!(world.account.address_change(rita).await.unwrap(), None);
    assert!(world.as_actor(SIGN_IN, edit()).await.is_err());
}

async fn four_two_who_confirm_at_once_are_a_first_and_a_second(db: TestDatabase) {
    let world = World::open(&db).await;
    let there = world.other_account().await;
    for number in 0..5 {
        let old = format!("old{number}@example.net");
        let rita = world.accepted("Rita", &old).await;
        let address = format!("new{number}@example.net");
        ask(&world, rita, &address).await;
        let [new, old] = world.links(&address, &old).await;
        let (one, two) = tokio::join!(
            world.account.confirm_address(&new),
            there.confirm_address(&old)
        );
        let both = [one.unwrap(), two.unwrap()];
        let of = |what: fn(&Confirmed) -> bool| both.iter().filter(|one| what(one)).count();
        assert_eq!(of(|one| matches!(one, Confirmed::Half)), 1);
        assert_eq!(of(|one| matches!(one, Confirmed::Both { .. })), 1);
    }
}

async fn four_a_newer_wish_ends_the_one_before(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.accepted("Rita", "old@example.net").await;
    ask(&world, rita, "first@example.net").await;
    let [new, old] = world.links("first@example.net", "old@example.net").await;
    let half = world.account.confirm_address(&new).await.unwrap();
    assert!(matches!(half, Confirmed::Half));
    ask(&world, rita, "second@example.net").await;
    for link in [&new, &old] {
        let late = world.account.confirm_address(link).await.unwrap();
        assert!(matches!(late, Confirmed::Not), "nothing is carried over");
    }
    world.account.forget_address_change(rita).await.unwrap();
    assert_eq!(world.account.address_change(rita).await.unwrap(), None);
    assert_eq!(world.waits().await, 0);
    // What nobody confirms ends by itself.
    ask(&world, rita, "third@example.net").await;
    world.wait(std::time::Duration::from_secs(24 * 60 * 60 + 1));
    assert_eq!(world.account.address_change(rita).await.unwrap(), None);
    world.engine.sweep_mails().await.unwrap();
    let mut tx = world.engine.database().begin_read().await.unwrap();
    let left = tx.fetch_all("SELECT person FROM address_changes", []);
    assert!(left.await.unwrap().is_empty());
}
