//! Durable commands: acknowledged when they are on disk, SQLite with full synchronisation.

use std::sync::Arc;
use std::time::{Duration, Instant};

use access::{Actor, Command, LicenceId, PersonId, PublicId};
use ledger::{Account, DatabaseConfig, Engine, Options, SystemClock, SystemRandomness};

use crate::table::Table;

/// How long each number of writers writes.
const LENGTH: Duration = Duration::from_secs(4);

/// Commands per second and the 99th percentile of their latency, by number of writers.
pub async fn measure(table: &mut Table) -> anyhow::Result<()> {
    for writers in [16, 256] {
        let (mut rates, mut slowest) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let folder = tempfile::tempdir()?;
            let (account, owner) = account(folder.path()).await?;
            let start = Instant::now();
            let tasks: Vec<_> = (0..writers)
                .map(|_| tokio::spawn(write(account.clone(), owner, start + LENGTH)))
                .collect();
            let mut latencies = Vec::new();
            for task in tasks {
                latencies.extend(task.await??);
            }
            let seconds = start.elapsed().as_secs_f64();
            latencies.sort_unstable();
            rates.push(latencies.len() as f64 / seconds);
            let late = latencies
                .get(latencies.len() * 99 / 100)
                .copied()
                .unwrap_or_default();
            slowest.push(late.as_secs_f64() * 1e3);
        }
        table.add(
            format!("durable commands, SQLite, {writers} writers"),
            "per second",
            rates,
        );
        table.add(
            format!("durable commands, SQLite, {writers} writers, 99th percentile"),
            "ms",
            slowest,
        );
    }
    Ok(())
}

/// An account with its first user, in a folder on a real disk.
pub async fn account(folder: &std::path::Path) -> anyhow::Result<(Account, Actor)> {
    let database = DatabaseConfig::sqlite(folder.join("rolecall.db"));
    let engine = Engine::open(database, Arc::new(SystemClock), Arc::new(SystemRandomness)).await?;
    let account = engine.create_account().await?;
    let first_user = PublicId::<PersonId>::new(engine.new_uuid());
    let licences = [0; 3].map(|_| PublicId::<LicenceId>::new(engine.new_uuid()));
    account
        .submit(
            Actor::SetUp,
            Command::OpenAccount {
                first_user,
                licences,
            },
            Options::default(),
        )
        .await?;
    let owner = account
        .state()
        .resolve(first_user)
        .ok_or_else(|| anyhow::anyhow!("nobody came"))?;
    Ok((account, Actor::Person(owner)))
}

/// Adds customers, one after the other, until `end`; the latencies of all.
async fn write(account: Account, owner: Actor, end: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    while Instant::now() < end {
        let id = PublicId::<PersonId>::new(account.engine().new_uuid());
        let start = Instant::now();
        account
            .submit(
                owner,
                Command::AddCustomer { id, service: None },
                Options {
                    face: "bench",
                    ..Options::default()
                },
            )
            .await?;
        latencies.push(start.elapsed());
    }
    Ok(latencies)
}
