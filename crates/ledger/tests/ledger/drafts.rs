//! Drafts: what somebody chose on a page and has not saved yet.

use std::time::Duration;

use access::command::SystemSubject;
use access::state::{DeskRight, Facet, Tie};
use access::{Actor, Command, Moment, Permission, PersonId, Product, PublicId, Window};
use ledger::{Change, DraftOf, DraftRow, Of};

use crate::common::{self, TestDatabase, World, person};

testkit::on_both![
    sd_18_a_draft_is_of_one_person_page_and_right,
    sd_18_what_is_over_neither_counts_nor_comes_back,
    sd_18_a_draft_ends_with_the_right_that_its_page_needs,
    sd_18_whoever_is_given_the_right_again_finds_no_draft,
];

const CONFIGURE: Permission = Permission::ServiceDeskAccountConfigure;

fn of(person: PersonId, page: &str) -> DraftOf<'_> {
    DraftOf {
        person,
        page,
        needs: CONFIGURE,
    }
}

fn row(thing: &str) -> DraftRow {
    DraftRow {
        thing: thing.to_owned(),
        had: "none".to_owned(),
        wanted: "user".to_owned(),
    }
}

impl World {
    async fn keep(&self, of: DraftOf<'_>, things: &[&str], most: usize) -> bool {
        let rows = things.iter().map(|thing| row(thing)).collect();
        self.account.keep_draft(of, rows, most).await.unwrap()
    }

    async fn kept(&self, of: DraftOf<'_>) -> Vec<String> {
        let rows = self.account.draft(of).await.unwrap();
        rows.into_iter().map(|row| row.thing).collect()
    }
}

async fn sd_18_a_draft_is_of_one_person_page_and_right(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let other = world.add_customer("Ann Lee", "ann@example.org").await;
    let own = of(world.boss, "a/users");
    let others = [
        of(other, "a/users"),
        of(world.boss, "a/groups"),
        of(world.boss, "b/users"),
        DraftOf {
            needs: Permission::AdminUsersManage,
            ..own
        },
    ];
    assert!(world.keep(own, &["x"], 10).await);
    for other in others {
        assert_eq!(world.kept(other).await, Vec::<String>::new(), "{other:?}");
        world.account.drop_draft(other).await.unwrap();
    }
    assert_eq!(world.kept(own).await, ["x"]);
    // Another account of the same database has its own.
    let elsewhere = World::open_in(&world.engine, &world.clock).await;
    assert_eq!(elsewhere.kept(own).await, Vec::<String>::new());
}

async fn sd_18_what_is_over_neither_counts_nor_comes_back(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let of = of(world.boss, "a/users");
    assert!(world.keep(of, &["x", "y"], 2).await);
    assert!(!world.keep(of, &["z"], 2).await, "one too many");
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(world.kept(of).await, Vec::<String>::new());
    assert!(world.keep(of, &["z"], 2).await, "the others are over");
    assert_eq!(world.kept(of).await, ["z"]);
}

async fn sd_18_a_draft_ends_with_the_right_that_its_page_needs(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let without = world.add_customer("Ann Lee", "ann@example.org").await;
    for person in [world.boss, without] {
        assert!(world.keep(of(person, "a/users"), &["x"], 10).await);
    }
    world.engine.forget_what_is_over().await.unwrap();
    assert_eq!(world.kept(of(world.boss, "a/users")).await, ["x"]);
    let left = world.kept(of(without, "a/users")).await;
    assert_eq!(left, Vec::<String>::new());
}

/// RULES §7: nothing of a right that was lost is left when it is given again, however soon.
async fn sd_18_whoever_is_given_the_right_again_finds_no_draft(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let id = PublicId::new(world.engine.new_uuid());
    let add = Command::AddUser {
        id,
        user_groups: Vec::new(),
        account_role: None,
    };
    let add = Change::from(add).with_profile(person(Of::public(id), "Ann Lee", "ann@example.org"));
    world.submit(add).await.unwrap();
    let ann = world.account.state().resolve(id).unwrap();
    let accept = Command::AcceptInvitation { person: ann };
    let sign_in = Actor::System(SystemSubject::SignIn);
    world
        .account
        .submit(sign_in, accept, common::options())
        .await
        .unwrap();
    let configure = Tie::DeskRight(DeskRight::Configure);
    let tie = |window| Command::Tie {
        person: ann,
        tie: configure,
        window,
    };
    let hour_ms = 60 * 60 * 1_000;
    let for_an_hour = |world: &World| Window {
        start: None,
        end: Some(Moment(world.account.now().0 + hour_ms)),
    };
    let state = world.account.state();
    let mut licences = state.licences().iter();
    let (licence, _) = licences
        .find(|(_, row)| row.product == Product::ServiceDesk)
        .unwrap();
    let more = Command::SetLicenceSeats { licence, seats: 3 };
    world.submit(more).await.unwrap();
    let seat = Command::Tie {
        person: ann,
        tie: Tie::Licence(licence),
        window: Window::ALWAYS,
    };
    world.submit(seat).await.unwrap();
    world.submit(tie(Window::ALWAYS)).await.unwrap();
    let (own, bosses) = (of(ann, "a/users"), of(world.boss, "a/users"));
    assert!(world.keep(bosses, &["x"], 10).await);

    // By an act.
    assert!(world.keep(own, &["x"], 10).await);
    world
        .submit(Command::Untie {
            person: ann,
            tie: configure,
        })
        .await
        .unwrap();
    world.submit(tie(for_an_hour(&world))).await.unwrap();
    assert_eq!(world.kept(own).await, Vec::<String>::new());

    // By its time.
    assert!(world.keep(own, &["y"], 10).await);
    world.clock.advance(Duration::from_secs(2 * 60 * 60));
    world.submit(tie(Window::ALWAYS)).await.unwrap();
    assert_eq!(world.kept(own).await, Vec::<String>::new());

    // By something else that the right rests on, of several drafts with more rows than are read at once, lost and given again in one batch.
    let many: Vec<_> = (0..1_200).map(|number| format!("{number:04}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let other = of(ann, "b/users");
    assert!(world.keep(own, &many, 2_000).await);
    assert!(world.keep(other, &["z"], 10).await);
    let options = common::options;
    let boss = Actor::Person(world.boss);
    let facet = Facet::User;
    let lost = Command::Deactivate { person: ann, facet };
    let given = Command::Reactivate { person: ann, facet };
    let lost = world.account.begin(boss, lost, options()).await.unwrap();
    let given = world.account.begin(boss, given, options()).await.unwrap();
    lost.await.unwrap();
    given.await.unwrap();
    for ended in [own, other] {
        assert_eq!(world.kept(ended).await, Vec::<String>::new());
    }
    assert_eq!(world.kept(bosses).await, ["x"], "nobody else's ended");
}
