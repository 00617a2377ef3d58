//! The demonstration on both databases: whole, or not there.

use std::time::Duration;

use testkit::databases::TestDatabase;

use crate::program::{Server, run, verify};

testkit::on_both![
    a_demonstration_is_made_once_and_used_as_it_is_afterwards,
    a_demonstration_whose_making_was_interrupted_is_made_anew,
    a_database_that_waits_for_its_first_user_is_not_filled,
];

async fn a_demonstration_is_made_once_and_used_as_it_is_afterwards(db: TestDatabase) {
    let mut first = Server::demo(&db, "small");
    let token = first.demonstrates();
    let people = first.client(&token).list("/people").await;
    assert!(people.len() > 1_000, "{}", people.len());
    first.kill();
    verify(&db.address);
    let mut second = Server::demo(&db, "small");
    assert!(second.hear("account already").contains("used as it is"));
    second.demonstrates();
    // The token of the first start works on: it is the same account.
    second.client(&token).read("/me").await;
}

async fn a_demonstration_whose_making_was_interrupted_is_made_anew(db: TestDatabase) {
    for pause_ms in [0, 300, 1_500] {
        let interrupted = Server::demo(&db, "large");
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        interrupted.kill();
        let output = run(&db.address, &["verify"]);
        assert!(!output.status.success(), "something is there already");
    }
    let mut demo = Server::demo(&db, "small");
    let token = demo.demonstrates();
    let people = demo.client(&token).list("/people").await;
    assert!(people.len() > 1_000, "{}", people.len());
    demo.kill();
    verify(&db.address);
}

async fn a_database_that_waits_for_its_first_user_is_not_filled(db: TestDatabase) {
    Server::start(&db.address).kill();
    let output = run(
        &db.address,
        &["demo", "--database", &db.address, "--port", "0"],
    );
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && complaint.contains("--database"),
        "{complaint}"
    );
}
