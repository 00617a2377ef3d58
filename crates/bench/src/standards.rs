//! What other programs ask and are told, in an account of a million people: searches over AuthZEN, a directory over SCIM, and webhooks while one
//! receiver hangs.

mod scim;
mod searches;
mod webhooks;

use ledger::DatabaseConfig;
use outgoing::{Allowed, Outgoing};
use tokio::runtime::Runtime;
use web::Limits;

use crate::{
    fixture::Size,
    http::{Server, token},
    ledgers,
    table::Table,
};

/// Who is asked, and by whom: the owner of the account.
#[derive(Clone, Copy)]
struct Asked<'a> {
    server: &'a Server,
    token: &'a str,
    engine: &'a str,
}

/// All of it, on one database.
pub async fn measure(
    table: &mut Table,
    database: DatabaseConfig,
    size: Size,
    engine: &str,
) -> anyhow::Result<()> {
    let (account, owner) = ledgers::account(database).await?;
    ledgers::fill(&account, owner, size).await?;
    let token = token(&account, owner).await?;
    let here: Allowed = vec!["127.0.0.0/8".parse()?].into();
    let limits = Limits {
        per_token: u32::MAX,
        per_address: u32::MAX,
        outgoing: here.clone(),
        ..Limits::default()
    };
    // One for all: connections to a database end with the runtime that made them.
    let server = Server::start(&account, limits, Vec::new(), Runtime::new()?)?;
    let asked = Asked {
        server: &server,
        token: &token,
        engine,
    };
    searches::measure(table, asked, &account.state(), size)?;
    scim::measure(table, asked, account.now())?;
    let outgoing = Outgoing::new(here, &[]);
    let outgoing = outgoing.ok_or_else(|| anyhow::anyhow!("no roots are trusted"))?;
    webhooks::measure(table, asked, &account, outgoing).await?;
    server.stop();
    let engine = account.engine().clone();
    drop(account);
    engine.close().await;
    Ok(())
}
