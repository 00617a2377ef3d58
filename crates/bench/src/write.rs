//! Durable commands: acknowledged when they are on disk, SQLite with full synchronisation.

use std::time::{Duration, Instant};

use access::{Actor, Command, PersonId, PublicId};
use ledger::{Account, Options};

use crate::ledgers;
use crate::table::Table;

/// How long each number of writers writes.
const LENGTH: Duration = Duration::from_secs(4);

/// Commands per second and the 99th percentile of their latency, by number of writers.
pub async fn measure(table: &mut Table) -> anyhow::Result<()> {
    for writers in [16, 256] {
        let (mut rates, mut slowest) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let folder = tempfile::tempdir()?;
            let (account, owner) = ledgers::account(ledgers::sqlite(folder.path())).await?;
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
                Options::untold("bench"),
            )
            .await?;
        latencies.push(start.elapsed());
    }
    Ok(latencies)
}
