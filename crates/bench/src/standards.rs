//! What other programs ask and are told, in an account of a million people: searches over AuthZEN, a directory over SCIM, and webhooks while one
//! receiver hangs.

mod scim;
mod searches;
mod webhooks;

use ledger::DatabaseConfig;

use crate::{fixture::Size, ledgers, table::Table};

/// All of it, on one database.
pub async fn measure(
    table: &mut Table,
    database: DatabaseConfig,
    size: Size,
    engine: &str,
) -> anyhow::Result<()> {
    let (account, owner) = ledgers::account(database).await?;
    ledgers::fill(&account, owner, size).await?;
    searches::measure(table, &account, owner, size, engine).await?;
    scim::measure(table, &account, owner, engine).await?;
    webhooks::measure(table, &account, owner, engine).await?;
    let engine = account.engine().clone();
    drop(account);
    engine.close().await;
    Ok(())
}
