//! Drafts: what somebody chose on a page and has not saved yet.

use std::time::Duration;

use access::{Permission, PersonId};
use ledger::{DraftOf, DraftRow};

use crate::common::{TestDatabase, World};

testkit::on_both![
    sd_18_a_draft_is_of_one_person_page_and_right,
    sd_18_what_is_over_neither_counts_nor_comes_back,
    sd_18_a_draft_ends_with_the_right_that_its_page_needs,
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
