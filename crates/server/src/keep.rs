//! Keeping the database: verify, backup, restore, compact.

use anyhow::Context;
use ledger::{Clock as _, Contents, LedgerError, SystemClock};

use crate::{
    cli::{File, Verify},
    say::say,
    settings::{Storage, open_database},
};

/// Replays every account from zero.
pub(crate) async fn verify(asked: Verify) -> anyhow::Result<()> {
    let engine = asked.storage.open().await?;
    let mut last = None;
    loop {
        let page = engine.accounts(last, 100).await?;
        let Some(end) = page.last() else {
            last.ok_or(LedgerError::NoAccount)?;
            break;
        };
        last = Some(*end);
        for account in page {
            let verified = ledger::verify(engine.database(), account, asked.expect).await?;
            say!(
                "account {}: {} entries, {} snapshots and {} people are what the log says; head {} {}",
                account.0,
                verified.entries,
                verified.snapshots,
                verified.people,
                verified.head.position,
                verified.head.hash
            )?;
        }
    }
    engine.close().await;
    Ok(())
}

/// Writes everything to one file.
pub(crate) async fn backup(asked: File) -> anyhow::Result<()> {
    let database = open_database(&asked.storage.existing().await?).await?;
    let contents = ledger::backup(&database, &asked.file, SystemClock.now())
        .await
        .with_context(|| format!("{} was not written", asked.file.display()))?;
    print(&contents)?;
    say!(
        "Note the hash: `rolecall verify --expect` finds out whether it still stands in the log."
    )?;
    database.close().await;
    Ok(())
}

/// Reads a backup into an empty database.
pub(crate) async fn restore(asked: File) -> anyhow::Result<()> {
    let config = asked.storage.config();
    let database = open_database(&config).await?;
    let contents = ledger::restore(&database, &asked.file)
        .await
        .with_context(|| format!("{} was not restored into {config}", asked.file.display()))?;
    print(&contents)?;
    database.close().await;
    Ok(())
}

/// SD-26: takes what erasures left out of the files.
pub(crate) async fn compact(storage: Storage) -> anyhow::Result<()> {
    let database = open_database(&storage.existing().await?).await?;
    ledger::compact(&database).await?;
    database.close().await;
    Ok(())
}

fn print(contents: &[Contents]) -> anyhow::Result<()> {
    for Contents { account, head } in contents {
        say!("account {account}: head {} {}", head.position, head.hash)?;
    }
    Ok(())
}
