//! Keeping the database: verify, backup, restore, compact.

use anyhow::Context;
use ledger::{Database, Hash};

use crate::{
    cli::{File, Verify},
    settings::Storage,
};

/// Replays every account from zero.
pub(crate) async fn verify(asked: Verify) -> anyhow::Result<()> {
    let expect = asked.expect.as_deref().map(parse_hash).transpose()?;
    let engine = asked.storage.open().await?;
    let mut last = None;
    loop {
        let page = engine.accounts(last, 100).await?;
        let Some(end) = page.last() else { break };
        last = Some(*end);
        for account in page {
            let verified = ledger::verify(engine.database(), account, expect).await?;
            println!(
                "account {}: {} entries, {} snapshots and {} people are what the log says; head {} {}",
                account.0,
                verified.entries,
                verified.snapshots,
                verified.people,
                verified.head.position,
                hex(verified.head.hash)
            );
        }
    }
    engine.close().await;
    Ok(())
}

/// Writes everything to one file.
pub(crate) async fn backup(asked: File) -> anyhow::Result<()> {
    let database = Database::open(&asked.storage.existing()?).await?;
    let contents = ledger::backup(&database, &asked.file)
        .await
        .context("the backup was not written")?;
    for account in contents {
        println!("{account:?}");
    }
    database.close().await;
    Ok(())
}

/// Reads a backup into an empty database.
pub(crate) async fn restore(asked: File) -> anyhow::Result<()> {
    let database = Database::open(&asked.storage.config()).await?;
    let contents = ledger::restore(&database, &asked.file)
        .await
        .context("the backup was not restored")?;
    for account in contents {
        println!("{account:?}");
    }
    database.close().await;
    Ok(())
}

/// SD-26: takes what erasures left out of the files.
pub(crate) async fn compact(storage: Storage) -> anyhow::Result<()> {
    let database = Database::open(&storage.existing()?).await?;
    ledger::compact(&database).await?;
    database.close().await;
    Ok(())
}

fn hex(hash: Hash) -> String {
    hash.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parse_hash(text: &str) -> anyhow::Result<Hash> {
    let bytes: Option<Vec<u8>> = (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect();
    bytes
        .and_then(|bytes| Hash::from_slice(&bytes))
        .context("a head hash has 64 hexadecimal digits")
}
