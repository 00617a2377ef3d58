//! Import from CSV to acknowledged, on SQLite, and on PostgreSQL where the environment names a server.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use ledger::DatabaseConfig;
use people::import::{Import, run};

use crate::fixture::Size;
use crate::ledgers;
use crate::table::Table;

/// People per second.
pub async fn measure(table: &mut Table, size: Size) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("people.csv");
    let mut text = std::io::BufWriter::new(std::fs::File::create(&file)?);
    writeln!(text, "email,name,kind,portal_level")?;
    for person in 0..size.people {
        writeln!(
            text,
            "p{person}@client{}.example,Person {person},customer,standard",
            person % 1_000
        )?;
    }
    text.flush()?;
    for engine in ["SQLite", "PostgreSQL"] {
        let Some(held) = ledgers::Held::of(engine).await? else {
            continue;
        };
        let rate = one(&file, size, held.config()).await?;
        let what = format!("import from CSV to acknowledged, {engine}");
        table.add(what, "people per second", vec![rate]);
        held.remove().await;
    }
    Ok(())
}

async fn one(file: &Path, size: Size, database: DatabaseConfig) -> anyhow::Result<f64> {
    let (account, owner) = ledgers::account(database).await?;
    let import = Import {
        file: file.to_owned().into(),
        ..Import::default()
    };
    let start = Instant::now();
    let report = run(&account, owner, &import, &|_| {}).await?;
    let seconds = start.elapsed().as_secs_f64();
    anyhow::ensure!(report.added == u64::from(size.people), "{report:?}");
    account.engine().clone().close().await;
    Ok(f64::from(size.people) / seconds)
}
