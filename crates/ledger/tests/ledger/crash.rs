//! kill −9 in the middle of writes: nothing acknowledged is lost, and `verify` is clean. The writing process is this test
//! binary, run again; a commit without synchronisation would survive too (the kernel keeps the pages), which is why
//! `synchronised.rs` counts those.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use access::{Actor, PersonId, PublicId};
use ledger::{AccountId, verify};

use crate::common::{START, TestDatabase, World, engine, options};

testkit::on_both![nothing_acknowledged_is_lost];

const DATABASE: &str = "LEDGER_CRASH_DATABASE";
const ACCOUNT: &str = "LEDGER_CRASH_ACCOUNT";
const ROUNDS: u64 = 4;

async fn nothing_acknowledged_is_lost(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let (id, clock) = (world.account.id(), world.clock.clone());
    world.engine.clone().close().await;
    let mut acknowledged: Vec<PublicId<PersonId>> = Vec::new();
    for round in 0..ROUNDS {
        acknowledged.extend(write_until_killed(
            &db.address,
            id,
            Duration::from_millis(120 + 170 * round),
        ));
        let engine = engine(&db.address, &clock).await;
        let account = engine.account(id).await.unwrap();
        let state = account.state();
        for person in &acknowledged {
            assert!(
                state.resolve(*person).is_some(),
                "an acknowledged act is lost in round {round}"
            );
        }
        verify(engine.database(), id, None).await.unwrap();
        engine.close().await;
    }
    assert!(
        acknowledged.len() > 20,
        "the writer wrote: {}",
        acknowledged.len()
    );
}

/// Runs the writer, reads what it acknowledges, and kills it. The answer: everything that was acknowledged.
#[expect(
    clippy::disallowed_methods,
    reason = "the moment of the kill is measured on the real clock"
)]
fn write_until_killed(
    database: &str,
    account: AccountId,
    after: Duration,
) -> Vec<PublicId<PersonId>> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "crash::the_process_that_is_killed",
            "--nocapture",
        ])
        .env(DATABASE, database)
        .env(ACCOUNT, account.0.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    let mut deadline: Option<Instant> = None;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if let Some(id) = line.unwrap().trim().strip_prefix("done ") {
            acknowledged.push(id.parse().unwrap());
            // From the first answer on: the start of the process does not count.
            let due = *deadline.get_or_insert_with(|| Instant::now() + after);
            if Instant::now() >= due {
                // SIGKILL. What it still says before it dies is read to the end: it was acknowledged.
                let _ = child.kill();
            }
        }
    }
    child.wait().unwrap();
    acknowledged
}

/// Only ever started by the test above; by itself it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_that_is_killed() {
    let (Ok(database), Ok(account)) = (std::env::var(DATABASE), std::env::var(ACCOUNT)) else {
        return;
    };
    let clock = ledger::FakeClock::at(START);
    let engine = engine(&database, &clock).await;
    let account = engine
        .account(AccountId(account.parse().unwrap()))
        .await
        .unwrap();
    let boss = account.state().people().ids().next().unwrap();
    let world = World {
        engine,
        account,
        clock,
        boss,
    };
    let writers = (0..8).map(|writer| {
        let (engine, account) = (world.engine.clone(), world.account.clone());
        tokio::spawn(async move {
            for number in 0.. {
                let id = PublicId::<PersonId>::new(engine.new_uuid());
                let email = format!("{writer}-{number}-{}@example.org", id.uuid().simple());
                let add = access::Command::AddCustomer { id, service: None };
                let change = ledger::Change::from(add).with_profile(crate::common::person(
                    ledger::Of::public(id),
                    "C",
                    &email,
                ));
                account
                    .submit(Actor::Person(boss), change, options())
                    .await
                    .unwrap();
                println!("done {id}");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}
