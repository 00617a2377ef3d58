//! The numbers of the product, each beside what it is compared with, in one run: `cargo bench -p bench`.
//!
//! Decisions are timed in CPU seconds of this thread's process, so that a busy machine does not make them slower than they
//! are; what waits for a disk is timed by the clock. Figures are taken several times and printed as minimum, median and
//! maximum, but for those that fill a large account anew. Arguments choose sections: `cargo bench -p bench -- decide`.

#![expect(
    clippy::disallowed_methods,
    reason = "it measures how long something takes"
)]

mod chase;
mod decide;
mod desk;
mod fixture;
mod http;
mod import;
mod ledgers;
mod pages;
mod peers;
mod preview;
mod standards;
mod start;
mod table;
mod write;

use mimalloc::MiMalloc;

/// The server's allocator. What counts bytes is a program of its own (`memory.rs`): counting costs a tenth of an import.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What is measured on both databases, or on the one that the section's name ends with.
#[derive(Clone, Copy)]
enum Section {
    Pages,
    Desk,
    Standards,
}

fn main() -> anyhow::Result<()> {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let wants = |section: &str| chosen.is_empty() || chosen.iter().any(|word| word == section);
    let size = fixture::Size::from_environment();
    println!(
        "Account of {} people, about 7 ties each, and {} services.\n",
        size.people, size.services
    );
    let mut table = table::Table::default();
    if wants("decide") || wants("preview") {
        let state = fixture::account(size);
        if wants("decide") {
            decide::measure(&mut table, &state, size);
            peers::measure(&mut table, &state)?;
        }
        if wants("preview") {
            preview::measure(&mut table, &state)?;
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    if wants("write") {
        runtime.block_on(write::measure(&mut table))?;
    }
    if wants("http") || wants("start") {
        runtime.block_on(full(&mut table, size, wants("http"), wants("start")))?;
    }
    for (section, name) in [
        (Section::Pages, "pages"),
        (Section::Desk, "desk"),
        (Section::Standards, "standards"),
    ] {
        for engine in ["SQLite", "PostgreSQL"] {
            if wants(name) || wants(&format!("{name}-{}", engine.to_lowercase())) {
                runtime.block_on(on(&mut table, size, engine, section))?;
            }
        }
    }
    if wants("import") {
        runtime.block_on(import::measure(&mut table, size))?;
    }
    println!("{table}");
    Ok(())
}

/// What needs the whole account in a ledger.
async fn full(
    table: &mut table::Table,
    size: fixture::Size,
    http: bool,
    start: bool,
) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let database = ledgers::sqlite(folder.path());
    let (account, owner) = ledgers::account(database.clone()).await?;
    ledgers::fill(&account, owner, size).await?;
    if http {
        http::measure(table, &account, owner, size).await?;
    }
    let version = account.state().version();
    let engine = account.engine().clone();
    drop(account);
    engine.close().await;
    if start {
        start::measure(table, &database, "SQLite", version).await?;
    }
    Ok(())
}

/// What is measured on one database.
async fn on(
    table: &mut table::Table,
    size: fixture::Size,
    engine: &str,
    section: Section,
) -> anyhow::Result<()> {
    let Some(held) = ledgers::Held::of(engine).await? else {
        return Ok(());
    };
    let database = held.config();
    match section {
        Section::Pages => pages_on(table, database, size, engine).await?,
        Section::Desk => desk::measure(table, database, size, engine).await?,
        Section::Standards => standards::measure(table, database, size, engine).await?,
    }
    held.remove().await;
    Ok(())
}

/// Pages of people who have names here.
async fn pages_on(
    table: &mut table::Table,
    database: ledger::DatabaseConfig,
    size: fixture::Size,
    engine: &str,
) -> anyhow::Result<()> {
    let (account, owner) = ledgers::account(database).await?;
    let pasts = ledgers::fill(&account, owner, size).await?;
    pages::name_everybody(&account, owner, size).await?;
    pages::measure(table, &account, owner, size, &pasts, engine).await?;
    let engine = account.engine().clone();
    drop(account);
    engine.close().await;
    Ok(())
}
