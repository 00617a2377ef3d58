//! The links of mails: what ends them, and with them the mails that wait.

use std::time::Duration;

use access::state::Facet;
use access::{Command, PersonId};
use ledger::{Change, Purpose, Secret};
use testkit::databases::TestDatabase;

use crate::world::{SIGN_IN, World};

testkit::on_both![
    sd_24_a_customer_is_sent_a_link_that_works_once,
    sd_24_a_new_link_ends_the_one_before,
    sd_24_a_revoked_invitation_is_not_sent_and_its_link_leads_nowhere,
    ad_24_a_new_address_leaves_no_link_at_the_old_one,
    ad_15_deactivation_and_acceptance_end_the_link,
    sd_26_whoever_is_erased_is_sent_nothing_and_leaves_nothing,
    an_unknown_address_writes_as_much_as_a_known_one,
];

impl World {
    /// The link that was received last.
    fn last_link(&self) -> Secret {
        let received = self.server.received();
        Secret::parse(&received.last().unwrap().link().unwrap()).unwrap()
    }

    async fn is_good(&self, link: &Secret) -> bool {
        self.engine.bearer(link).await.unwrap().is_some()
    }

    async fn send_all(&self) -> usize {
        while self.worker().round().await.unwrap() > 0 {}
        self.server.received().len()
    }

    async fn count(&self, table: &'static str) -> i64 {
        let mut tx = self.engine.database().begin_read().await.unwrap();
        let text = match table {
            "mails" => "SELECT count(*) FROM mails",
            "address_changes" => "SELECT count(*) FROM address_changes",
            _ => "SELECT count(*) FROM secrets",
        };
        let row = tx.fetch_optional(text, []).await.unwrap().unwrap();
        row.get(0).unwrap()
    }
}

fn accept(person: PersonId) -> Command {
    Command::AcceptInvitation { person }
}

fn accept_portal(person: PersonId) -> Command {
    Command::SetSignIn {
        person,
        possible: true,
    }
}

async fn sd_24_a_customer_is_sent_a_link_that_works_once(db: TestDatabase) {
    let world = World::open(&db).await;
    let clara = world.customer("Clara", "clara@example.net").await;
    world.invite(clara, Facet::Customer).await.unwrap();
    assert_eq!(world.send_all().await, 1);
    let link = world.last_link();
    let bearer = world.engine.bearer(&link).await.unwrap().unwrap();
    assert_eq!(bearer.purpose, Purpose::PortalInvitation);
    let use_it = || Change::from(accept_portal(clara)).spending(link.clone());
    world.as_actor(SIGN_IN, use_it()).await.unwrap();
    let state = world.account.state();
    assert!(state.people().get(clara).unwrap().can_sign_in);
    assert!(!world.is_good(&link).await);
    assert!(world.as_actor(SIGN_IN, use_it()).await.is_err());
    // Who can sign in is invited no more.
    assert!(world.invite(clara, Facet::Customer).await.is_err());
    // And a link that nobody used ends by itself.
    let dora = world.customer("Dora", "dora@example.net").await;
    world.invite(dora, Facet::Customer).await.unwrap();
    world.send_all().await;
    let link = world.last_link();
    world.wait(Duration::from_secs(7 * 24 * 60 * 60));
    assert!(!world.is_good(&link).await);
}

async fn sd_24_a_new_link_ends_the_one_before(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.invited("Rita", "rita@example.net").await;
    assert_eq!(world.send_all().await, 1);
    let first = world.last_link();
    world.invite(rita, Facet::User).await.unwrap();
    assert!(!world.is_good(&first).await);
    // One that waits is replaced, too: one mail with one link.
    world.invite(rita, Facet::User).await.unwrap();
    assert_eq!(world.send_all().await, 2);
    let last = world.last_link();
    assert_ne!(first, last);
    let spend = |link: &Secret| Change::from(accept(rita)).spending(link.clone());
    assert!(world.as_actor(SIGN_IN, spend(&first)).await.is_err());
    world.as_actor(SIGN_IN, spend(&last)).await.unwrap();
    assert_eq!(world.count("mails").await, 0, "it is over");
}

async fn sd_24_a_revoked_invitation_is_not_sent_and_its_link_leads_nowhere(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.invited("Rita", "rita@example.net").await;
    let facet = Facet::User;
    let revoke = Command::RevokeInvitation {
        person: rita,
        facet,
    };
    world.submit(revoke.clone()).await.unwrap();
    assert_eq!(world.send_all().await, 0);
    world.invite(rita, facet).await.unwrap();
    assert_eq!(world.send_all().await, 1);
    let link = world.last_link();
    // Both in one batch, in this order: the link is over for the second.
    let options = || ledger::Options::untold("tests");
    let boss = access::Actor::Person(world.boss);
    let revoked = world.account.begin(boss, revoke, options()).await.unwrap();
    let spend = Change::from(accept(rita)).spending(link.clone());
    let accepted = world
        .account
        .begin(SIGN_IN, spend, options())
        .await
        .unwrap();
    let (revoked, accepted) = tokio::join!(revoked, accepted);
    assert!(revoked.is_ok() && accepted.is_err());
    assert!(!world.is_good(&link).await);
}

async fn ad_24_a_new_address_leaves_no_link_at_the_old_one(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.invited("Rita", "old@example.net").await;
    assert_eq!(world.send_all().await, 1);
    let link = world.last_link();
    world.invite(rita, Facet::User).await.unwrap();
    world.move_to(rita, "new@example.net").await;
    assert!(!world.is_good(&link).await);
    assert_eq!(world.send_all().await, 1, "what waited went with it");
    world.invite(rita, Facet::User).await.unwrap();
    assert_eq!(world.send_all().await, 2);
    assert_eq!(world.server.received()[1].to, "new@example.net");
}

async fn ad_15_deactivation_and_acceptance_end_the_link(db: TestDatabase) {
    let world = World::open(&db).await;
    let (rita, tom) = (
        world.invited("Rita", "rita@example.net").await,
        world.invited("Tom", "tom@example.net").await,
    );
    world
        .submit(Command::Deactivate {
            person: rita,
            facet: Facet::User,
        })
        .await
        .unwrap();
    let operator = access::Actor::System(access::command::SystemSubject::Operator);
    world.as_actor(operator, accept(tom)).await.unwrap();
    assert_eq!(world.send_all().await, 0);
    for person in [rita, tom] {
        let sent = world.account.sent_link(person, Purpose::Invitation).await;
        assert_eq!(sent.unwrap(), None);
        assert!(world.invite(person, Facet::User).await.is_err());
    }
}

async fn sd_26_whoever_is_erased_is_sent_nothing_and_leaves_nothing(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.invited("Rita", "rita@example.net").await;
    let address = "rita.secret@example.net";
    let asked = mail::confirm_address(&world.account, rita, address, |_| true).await;
    assert!(asked.unwrap());
    let kept = ("mails", "secrets", "address_changes");
    let rows = (
        world.count(kept.0).await,
        world.count(kept.1).await,
        world.count(kept.2).await,
    );
    assert_eq!(rows, (3, 3, 1), "beside the invitation");
    let claimed = world.engine.claim_mails(1, mail::LEASE).await.unwrap();
    world
        .submit(Command::ErasePerson { person: rita })
        .await
        .unwrap();
    for table in [kept.0, kept.1, kept.2] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
    let opened = world.account.open_mail(&claimed[0]).await.unwrap();
    assert!(opened.is_none(), "what was claimed is gone, too");
    assert_eq!(world.send_all().await, 0);
}

async fn an_unknown_address_writes_as_much_as_a_known_one(db: TestDatabase) {
    let world = World::open(&db).await;
    let rita = world.invited("Rita", "rita@example.net").await;
    world.send_all().await;
    world.as_actor(SIGN_IN, accept(rita)).await.unwrap();
    let before = (world.count("mails").await, world.count("secrets").await);
    let ask = async |address: &str, may: bool| {
        mail::queue_link(&world.account, mail::Asked::Reset, address, |_, _| may)
            .await
            .unwrap();
    };
    ask("rita@example.net", true).await;
    let known = (world.count("mails").await, world.count("secrets").await);
    ask("nobody@example.net", true).await;
    let unknown = (world.count("mails").await, world.count("secrets").await);
    assert_eq!(known, (before.0 + 1, before.1 + 1));
    assert_eq!(unknown, (known.0 + 1, known.1 + 1));
    // So does one of somebody who may have no link.
    ask("boss@example.org", false).await;
    let denied = (world.count("mails").await, world.count("secrets").await);
    assert_eq!(denied, (unknown.0 + 1, unknown.1 + 1));
    // A second request takes the place of the first; a decoy is never sent, and nobody opens anything with it.
    ask("Rita@Example.net", true).await;
    assert_eq!(world.send_all().await, 2);
    let link = world.last_link();
    let bearer = world.engine.bearer(&link).await.unwrap().unwrap();
    assert_eq!(bearer.purpose, Purpose::PasswordReset);
    world.wait(Duration::from_secs(60 * 60 + 1));
    world.engine.sweep_mails().await.unwrap();
    assert!(!world.is_good(&link).await);
    assert_eq!(world.rows().await, [(1, false)], "the decoys are gone");
}
