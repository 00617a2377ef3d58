//! A start of the server's ledger: from the snapshot that the last one left to an account that decides.

use std::sync::Arc;
use std::time::Instant;

use ledger::{DatabaseConfig, Engine, SystemClock, SystemRandomness};

use crate::table::Table;

const RUNS: usize = 5;

/// Seconds.
pub async fn measure(
    table: &mut Table,
    database: &DatabaseConfig,
    on: &'static str,
    version: access::Version,
) -> anyhow::Result<()> {
    let mut figures = Vec::new();
    for run in 0..=RUNS {
        let start = Instant::now();
        let engine = Engine::open(
            database.clone(),
            Arc::new(SystemClock),
            Arc::new(SystemRandomness),
            rolecall::CONSEQUENCES,
        )
        .await?;
        let first = engine.accounts(None, 1).await?;
        let first = first.first().ok_or_else(|| anyhow::anyhow!("no account"))?;
        let account = engine.account(*first).await?;
        anyhow::ensure!(
            account.state().version() == version,
            "another state came back"
        );
        // The first run reads from a cold file.
        if run > 0 {
            figures.push(start.elapsed().as_secs_f64());
        }
        engine.close().await;
    }
    table.add(format!("start from a snapshot, {on}"), "s", figures);
    Ok(())
}
