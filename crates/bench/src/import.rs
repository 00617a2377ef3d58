//! Import from CSV to acknowledged, on SQLite, and on PostgreSQL where `ROLECALL_TEST_POSTGRES` names one.

use std::io::Write;
use std::time::Instant;

use rolecall::import::{Import, Mapping, run};

use crate::fixture::Size;
use crate::table::Table;
use crate::write::account;

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
    let (account, owner) = account(folder.path()).await?;
    let import = Import {
        file,
        mapping: Mapping::default(),
        dry_run: false,
        create_missing: false,
        rejects: None,
    };
    let start = Instant::now();
    let report = run(&account, owner, &import, &|_| {}).await?;
    anyhow::ensure!(report.added == u64::from(size.people), "{report:?}");
    table.add(
        "import from CSV to acknowledged, SQLite",
        "people per second",
        vec![f64::from(size.people) / start.elapsed().as_secs_f64()],
    );
    Ok(())
}
