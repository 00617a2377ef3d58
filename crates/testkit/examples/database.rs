//! A PostgreSQL database for tests that are not written in Rust: prints its address, and drops it when the standard input ends, whatever became
//! of whoever asked for it.

use std::io::{Read as _, Write as _};

use testkit::databases::PostgresDatabase;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let database = PostgresDatabase::make().await;
    let mut out = std::io::stdout();
    writeln!(out, "{}", database.address)?;
    out.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    database.remove().await;
    Ok(())
}
